"""Deploys that are to end an incident: which incident they may name, and what that gives them.

A fix passes the freeze that its incident has set (see `admission`), and where people are hurt by
what it changes, the incident's lead may approve it (see `approval`). Pure.
"""

from collections.abc import Iterable

from bot.domain.actor import Actor
from bot.domain.approval import lead_of
from bot.domain.catalog import Target
from bot.domain.checks import Found
from bot.domain.errors import UsageError
from bot.domain.incidents.incident import Incident, IncidentKind


def require_nameable(incident: Incident) -> None:
    """Raise `UsageError` unless a deploy may be for this incident: no drill, not resolved yet."""
    if incident.kind is IncidentKind.DRILL:
        raise UsageError(
            "{ref} is a drill, and a drill never touches production.",
            hint="Leave --incident away.",
            ref=incident.ref,
        )
    if incident.afterwards:
        raise UsageError(
            "{ref} was written down afterwards: no fix is left to be deployed for it.",
            hint="Leave --incident away.",
            ref=incident.ref,
        )
    if not incident.active:
        raise UsageError(
            "{ref} is {state}; a fix is for an incident that is not resolved yet.",
            hint="Leave --incident away, or reopen it first.",
            ref=incident.ref,
            state=incident.state,
        )


def expedites(incident: Incident, target: Target) -> bool:
    """Whether one approval is enough for what ends an incident at this target.

    Only where the incident says that it is about this very service (and, if it names one, this
    environment): whoever declares one must not gain a short way to everything else.
    """
    return incident.hurts(target.service, target.environment)


def hurting(incidents: Iterable[Incident], target: Target) -> tuple[Incident, ...]:
    """The real incidents that hurt people at a target at the moment, private ones included."""
    return tuple(each for each in incidents if each.hurts(target.service, target.environment))


def no_open_sev12(incidents: Iterable[Incident], own: str | None) -> Found:
    """Whether nothing grave is open, but for the incident that a deploy is to end (`own`).

    A private incident counts, and is not named.
    """
    grave = [each for each in incidents if each.severity.grave and each.ref != own]
    if not grave:
        return True, "no P1 or P2 is open here"
    named = [f"{each.ref} ({each.severity})" for each in grave if not each.private]
    return False, f"open: {', '.join(named)}" if named else "a P1 or P2 is open here"


def led_by(actor: Actor, incident: Incident) -> Actor:
    """The actor, with the group of the incident's lead if it is led by this person now."""
    if incident.lead != actor.id or not incident.active or incident.drill:
        return actor
    return actor.model_copy(update={"groups": actor.groups | {lead_of(incident.ref)}})
