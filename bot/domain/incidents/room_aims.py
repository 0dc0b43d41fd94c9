"""What the room of an incident aims at: who belongs into it, and what is said at its top. Pure."""

from bot.domain.audit import is_person
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.visibility import insiders


def wanted_people(incident: Incident) -> frozenset[str]:
    """Those who belong into the room, by id, whether they are in it or not.

    Whoever was called belongs there, too: an answer begins with reading what is known.

    Whoever has a deploy of a suspect under way should know at once what it may be doing; not of an
    incident that is private, or a drill. Names that are no people of the chat system are left out.
    """
    people = insiders(incident)
    if not incident.private and not incident.drill:
        people |= {suspect.requested_by for suspect in incident.suspects if suspect.running}
    return frozenset(person for person in people if is_person(person))


def topic_of(incident: Incident) -> str:
    """What the topic of its channel depends on."""
    return f"{incident.severity} {incident.state} {incident.private} {incident.title}"
