"""Who sees an incident, and who may do what takes its lead."""

import incident_samples as samples
import pytest
from samples import DANA, DEVELOPER, ENGINEER, MAX, NOW, OLIVIA, OUTSIDER, OWNER, SAM

from bot.domain.actor import Actor
from bot.domain.errors import NotFound
from bot.domain.incident_policy import Role
from bot.domain.incidents.incident import Handoff, Incident
from bot.domain.incidents.visibility import can_see, may_lead, require_sight, unknown_incident

POLICY = samples.incident_policy()


def secret(**changes: object) -> Incident:
    """A private incident with nobody in it but who declared it."""
    empty: dict[str, object] = {"roles": {}, "responders": frozenset(), "pages": ()}
    return samples.incident(private=True, **(empty | changes))


def test_everybody_sees_what_is_not_private() -> None:
    assert can_see(OUTSIDER, samples.incident(), POLICY)


@pytest.mark.parametrize(
    ("changes", "person"),
    [
        ({}, DANA),
        ({"responders": frozenset({MAX})}, MAX),
        ({"roles": {Role.COMMS: MAX}}, MAX),
        ({"handoff": Handoff(to=MAX, by=SAM, at=NOW)}, MAX),
        ({"pages": (samples.page(people=(MAX,)),)}, MAX),
    ],
    ids=("who declared it", "who takes part", "a role", "who was offered the lead", "who is paged"),
)
def test_whoever_is_in_it_sees_it(changes: dict[str, object], person: str) -> None:
    actor = Actor(id=person, name="Somebody")
    assert can_see(actor, secret(**changes), POLICY)
    assert not can_see(actor.model_copy(update={"id": "U0OTHER01"}), secret(**changes), POLICY)


def test_confidants_see_it_and_commanders_do_not() -> None:
    assert can_see(OWNER, secret(), POLICY)
    assert not can_see(ENGINEER, secret(), POLICY)


@pytest.mark.parametrize("machine", ["api:token", "cli:ops"])
def test_a_key_or_a_terminal_is_no_confidant(machine: str) -> None:
    """Even where one group commands and is trusted: they see what came in by them, and no more."""
    one = samples.incident_policy(confidants="commanders", commanders="commanders")
    actor = Actor(id=machine, name=machine, groups=frozenset({"commanders"}))
    assert not can_see(actor, secret(), one)
    assert not may_lead(actor, secret(), one)
    assert can_see(actor, secret(declared_by=machine), one)
    assert may_lead(actor, samples.incident(), one)
    assert can_see(actor.model_copy(update={"id": MAX}), secret(), one)


def test_without_confidants_nobody_else_sees_it() -> None:
    policy = samples.incident_policy(confidants=None)
    assert not any(can_see(actor, secret(), policy) for actor in (ENGINEER, OWNER, OUTSIDER))


def test_what_one_may_not_see_does_not_exist() -> None:
    with pytest.raises(NotFound) as refused:
        require_sight(OUTSIDER, secret(), POLICY)
    assert str(refused.value) == str(unknown_incident(samples.REF))
    assert "private" not in str(refused.value)
    require_sight(DEVELOPER, secret(), POLICY)


def test_lead_declarer_and_commanders_lead() -> None:
    subject = samples.incident(roles={Role.LEAD: OLIVIA})
    leads = {
        actor.id
        for actor in (DEVELOPER, ENGINEER, OWNER, OUTSIDER)
        if may_lead(actor, subject, POLICY)
    }
    assert leads == {DANA, SAM, OLIVIA}


def test_nobody_leads_by_having_another_role() -> None:
    subject = samples.incident(roles={Role.SCRIBE: MAX})
    assert not may_lead(OUTSIDER, subject, POLICY)


def test_nobody_leads_what_they_do_not_see() -> None:
    assert not may_lead(ENGINEER, secret(), POLICY)
    assert may_lead(DEVELOPER, secret(), POLICY)


def test_without_commanders_it_takes_who_is_in_it() -> None:
    policy = samples.incident_policy(commanders=None)
    assert not may_lead(ENGINEER, samples.incident(roles={}), policy)
