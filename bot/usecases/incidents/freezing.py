"""The freeze that a grave incident sets: which one, and how it is kept. Pure.

What is private about the incident stays out of it: everybody who deploys reads its reason.
"""

from datetime import datetime, timedelta

from bot.domain.errors import UsageError
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import FreezeLink, Incident, IncidentKind
from bot.domain.restrictions import Freeze, Restrictions


def freeze_of(
    incident: Incident, policy: IncidentPolicy, now: datetime, lasts: timedelta | None = None
) -> Freeze | None:
    """The freeze that its severity asks for, or somebody for so long (`lasts`): of its service in
    its environment, or, where the service is not known, of the whole environment.

    None when neither asks for one, when the environment is not known, and for what is not real.
    """
    lasts = lasts or policy.rule(incident.severity).freeze
    real = incident.kind is IncidentKind.REAL and incident.active
    if lasts is None or incident.environment is None or not real:
        return None
    about = "a private incident" if incident.private else incident.title
    return Freeze(
        environment=incident.environment,
        service=incident.service,
        incident=incident.ref,
        by=incident.declared_by,
        reason=f"{incident.ref}: {about}",
        since=now,
        until=now + lasts,
    )


def with_freeze(held: Restrictions, freeze: Freeze, now: datetime) -> Restrictions:
    """What forbids deploys, with this freeze in the place of an earlier one of its incident."""
    left = held.at(now)
    others = tuple(each for each in left.freezes if each.incident != freeze.incident)
    return left.model_copy(update={"freezes": (*others, freeze)})


def without_freeze(held: Restrictions, ref: str, now: datetime) -> Restrictions:
    """What forbids deploys, without what this incident has frozen."""
    left = held.at(now)
    kept = tuple(each for each in left.freezes if each.incident != ref)
    return left.model_copy(update={"freezes": kept})


def link_of(freeze: Freeze) -> FreezeLink:
    """The freeze as its incident remembers it. Raises `UsageError` for one without an end."""
    if freeze.until is None:
        raise UsageError("The freeze of an incident has an end.")
    return FreezeLink(service=freeze.service, environment=freeze.environment, until=freeze.until)
