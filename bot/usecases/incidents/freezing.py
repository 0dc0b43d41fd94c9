"""The freeze that a grave incident sets: which one, and how it is kept. Pure.

What forbids deploys follows the incident, which says until when it has frozen what. What people
wrote about the incident stays out of it: everybody who deploys reads its reason.
"""

from datetime import datetime, timedelta

from bot.domain.errors import UsageError
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.linked import FreezeLink
from bot.domain.restrictions import Freeze, Restrictions

# Two ends that are nearer to each other are one (a decision of this project): two have pressed the
# same button, or one of them twice.
_SAME_END = timedelta(seconds=10)


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
    return Freeze(
        environment=incident.environment,
        service=incident.service,
        incident=incident.ref,
        by=incident.declared_by,
        reason=reason_of(incident),
        since=now,
        until=now + lasts,
    )


def holds(incident: Incident | None, now: datetime) -> FreezeLink | None:
    """The freeze of an incident that still holds."""
    freeze = incident.freeze if incident is not None else None
    return freeze if freeze is not None and not freeze.lifted and now < freeze.until else None


def same_freeze(held: FreezeLink | None, asked: FreezeLink) -> bool:
    """Whether a freeze that is asked for is the one that holds: of the same, for as long."""
    if held is None or (held.service, held.environment) != (asked.service, asked.environment):
        return False
    return abs(asked.until - held.until) < _SAME_END


def outlived(
    before: Incident, after: Incident, policy: IncidentPolicy, now: datetime
) -> FreezeLink | None:
    """The freeze that what happened makes needless: any, once customers are fine again; and that of
    its severity, when it is called less bad than what asks for one. Who has frozen by hand thaws.
    """
    held = holds(after, now)
    if held is None or (before.active and not after.active):
        return held
    lowered = before.severity.worse_than(after.severity)
    asked = held.by_hand or policy.rule(after.severity).freeze is not None
    return held if lowered and not asked else None


def followed(
    held: Restrictions, before: Incident | None, after: Incident, now: datetime
) -> Restrictions | None:
    """What forbids deploys, as it follows from what became of an incident; None: as before."""
    had, has = holds(before, now), holds(after, now)
    hidden = before is not None and after.private and not before.private
    if had == has and not (has and hidden):
        return None
    if has is None:
        return without_freeze(held, after.ref, now)
    mine = next((each for each in held.freezes if each.incident == after.ref), None)
    if had == has and mine is None:
        return None  # those who guard it have ended it, and the incident is still to hear of that
    freeze = Freeze(
        environment=has.environment,
        service=has.service,
        incident=after.ref,
        by=mine.by if mine else after.declared_by,
        reason=reason_of(after),
        since=mine.since if mine else now,
        until=has.until,
    )
    return with_freeze(held, freeze, now)


def reason_of(incident: Incident) -> str:
    """Why it is frozen, without a word that somebody wrote: refusals are kept with the deploys that
    they stopped, and an incident may become private, or get another title, later.
    """
    return f"{incident.ref}: a private incident" if incident.private else incident.ref


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


def link_of(freeze: Freeze, *, by_hand: bool = False) -> FreezeLink:
    """The freeze as its incident remembers it, and whether somebody has asked for it. Raises
    `UsageError` for one without an end.
    """
    if freeze.until is None:
        raise UsageError("The freeze of an incident has an end.")
    return FreezeLink(
        service=freeze.service,
        environment=freeze.environment,
        until=freeze.until,
        by_hand=by_hand,
    )
