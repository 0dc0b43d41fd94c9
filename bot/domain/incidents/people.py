"""The people of an incident: roles, handing over the lead, who takes part, who listens. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never

from bot.domain.audit import ENGINE, is_person
from bot.domain.errors import UsageError
from bot.domain.incident_policy import Role
from bot.domain.incidents.events import (
    Acked,
    HandoffAccepted,
    HandoffOffered,
    Joined,
    RoleGiven,
    Subscribed,
    Visited,
)
from bot.domain.incidents.incident import Handoff, Incident, Interest, Moment

Crew = RoleGiven | HandoffOffered | HandoffAccepted | Joined | Visited | Subscribed
Fields = dict[str, object]


def fields_of(before: Incident, event: Crew, by: str, now: datetime) -> Mapping[str, object]:
    """What an event about its people changes. Raises as `transition.advance`."""
    match event:
        case RoleGiven(role=role, to=to):
            return given(before, role, to)
        case HandoffOffered(to=to):
            return _offered(before, to, by, now)
        case HandoffAccepted():
            return _accepted(before, by)
        case Joined(people=people):
            return {"responders": joined(before, people)}
        case Visited(person=person):
            known = before.private or person in before.responders
            return {} if known else {"visitors": before.visitors | {person}}
        case Subscribed(interest=interest):
            return _subscribed(before, by, interest)
        case _:
            assert_never(event)


def given(before: Incident, role: Role, to: str) -> Fields:
    """Somebody has a role, and so takes part. A new lead ends what was offered before."""
    fields: Fields = {"roles": {**before.roles, role: to}, "responders": joined(before, (to,))}
    if role is Role.LEAD and to != before.lead:
        fields["handoff"] = None
    return fields


def taken(
    before: Incident, event: RoleGiven | HandoffAccepted, by: str
) -> tuple[RoleGiven | HandoffAccepted | Acked, ...]:
    """The event, and what it says as well: whoever takes the lead themselves is on it, and so
    acknowledges what nobody has yet (a decision of this project).

    A role that others gave says nothing: whoever has it may be asleep. What is over waits for
    nobody's answer.
    """
    leads = isinstance(event, HandoffAccepted) or (event.role, event.to) == (Role.LEAD, by)
    waits = before.active and not before.afterwards and Moment.ACKED not in before.times
    return (event, Acked()) if leads and waits and is_person(by) else (event,)


def joined(before: Incident, people: Iterable[str]) -> frozenset[str]:
    """All who take part, with some more; Signalbox itself is nobody."""
    return before.responders | {person for person in people if person and person != ENGINE}


def _offered(before: Incident, to: str, by: str, now: datetime) -> Fields:
    if to == before.lead:
        raise UsageError(
            "They lead {ref} already.", hint="Hand it over to somebody else.", ref=before.ref
        )
    if before.handoff is not None and before.handoff.to == to:
        return {}
    return {"handoff": Handoff(to=to, by=by, at=now)}


def _accepted(before: Incident, by: str) -> Fields:
    if before.handoff is not None and before.handoff.to == by:
        return given(before, Role.LEAD, by)
    if before.lead == by:
        return {}
    raise UsageError(
        "The lead of {ref} was not offered to you.",
        hint="Take it with /incident lead.",
        ref=before.ref,
    )


def _subscribed(before: Incident, by: str, interest: Interest | None) -> Fields:
    others = {person: wish for person, wish in before.subscribers.items() if person != by}
    return {"subscribers": others if interest is None else {**others, by: interest}}
