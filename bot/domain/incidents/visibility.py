"""Who may see an incident, and who may do what takes its lead. Every read that ends at a person
passes here.
"""

from collections.abc import Iterable

from bot.domain.actor import Actor
from bot.domain.audit import is_person
from bot.domain.errors import NotFound
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import LineKind, TimelineLine


def unknown_incident(ref: str) -> NotFound:
    """The error for an incident that there is not, or not for whoever asks: both read the same."""
    return NotFound("There is no incident {ref}.", ref=ref)


def insiders(incident: Incident) -> frozenset[str]:
    """Those who are in it, by id: who declared it, took part, has or was offered a role, or was
    called.
    """
    offered = (incident.handoff.to,) if incident.handoff else ()
    called = (person for page in incident.pages for person in page.people)
    return incident.responders.union(
        (incident.declared_by,), incident.roles.values(), offered, called
    )


def people_in(incident: Incident, lines: Iterable[TimelineLine]) -> tuple[str, ...]:
    """Everybody whom its record names, by id."""
    told = tuple(lines)
    named = {line.by for line in told} | {line.subject for line in told if _names_somebody(line)}
    for suspect in incident.suspects:
        named |= {suspect.requested_by, *suspect.approved_by}
    for page in incident.pages:
        named |= {*page.people, *page.present, *filter(None, (page.acked_by,))}
    ticks = (tick.by for procedure in incident.procedures for tick in procedure.ticks)
    owners = (task.owner for task in incident.tasks if task.owner)
    return tuple(sorted(insiders(incident).union(named, ticks, owners)))


def _names_somebody(line: TimelineLine) -> bool:
    return line.kind is LineKind.ROLE and bool(line.subject)


def can_see(actor: Actor, incident: Incident, policy: IncidentPolicy) -> bool:
    """Whether somebody may see it: everybody, unless it is private.

    Then it takes somebody who is in it, or a confidant. To command is not to see: a key or a
    terminal has the group of commanders, which may be that of the confidants, and is none of them.
    """
    if not incident.private or actor.id in insiders(incident):
        return True
    if not is_person(actor.id):
        return False
    return policy.confidants is not None and policy.confidants in actor.groups


def may_name(here: Incident, other: Incident) -> bool:
    """Whether the record of one incident may name another, and its people: what is private is not
    named where those read who are not in it.
    """
    return here.private or not other.private


def require_sight(actor: Actor, incident: Incident, policy: IncidentPolicy) -> None:
    """Raise `NotFound`, as for a reference that does not exist, unless somebody may see it."""
    if not can_see(actor, incident, policy):
        raise unknown_incident(incident.ref)


def may_lead(actor: Actor, incident: Incident, policy: IncidentPolicy) -> bool:
    """Whether somebody may do what takes the lead: whoever leads or declared it, or a commander.

    Nobody leads what they may not see.
    """
    if not can_see(actor, incident, policy):
        return False
    if actor.id in {incident.lead, incident.declared_by}:
        return True
    return policy.commanders is not None and policy.commanders in actor.groups
