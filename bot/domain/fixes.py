"""Deploys that are to end an incident: which incident they may name, and what that gives them.

A fix passes the freeze that its incident has set (see `admission`), and where people are hurt by
what it changes, the incident's lead may approve it (see `approval`). Pure.
"""

from bot.domain.actor import Actor
from bot.domain.approval import lead_of
from bot.domain.catalog import Target
from bot.domain.errors import UsageError
from bot.domain.incidents.incident import Incident, IncidentKind


def require_nameable(incident: Incident) -> None:
    """Raise `UsageError` unless a deploy may be for this incident: a real one that is not over."""
    if incident.kind is IncidentKind.DRILL:
        raise UsageError(
            f"{incident.ref} is a drill, and a drill never touches production.",
            hint="Leave --incident away.",
        )
    if not incident.active:
        raise UsageError(
            f"{incident.ref} is {incident.state.value.replace('_', ' ')}; a fix is for an incident "
            "that is not resolved yet.",
            hint="Leave --incident away, or reopen it first.",
        )


def expedites(incident: Incident, target: Target) -> bool:
    """Whether one approval is enough for what ends an incident at this target.

    Only where the incident says that it is about this very service (and, if it names one, this
    environment): whoever declares one must not gain a short way to everything else.
    """
    real = incident.kind is IncidentKind.REAL and incident.active
    here = incident.environment in {None, target.environment}
    return real and here and incident.service == target.service


def led_by(actor: Actor, incident: Incident) -> Actor:
    """The actor, with the group of the incident's lead if it is led by this person now."""
    if incident.lead != actor.id or not incident.active or incident.drill:
        return actor
    return actor.model_copy(update={"groups": actor.groups | {lead_of(incident.ref)}})
