"""Pages of rungs of which nobody can say who stands on them."""

from datetime import datetime

import incident_samples as samples
import pytest
from incident_samples import LADDER, MINUTE
from samples import DANA, NOW, OLIVIA, SAM

from bot.domain.audit import ENGINE
from bot.domain.incident_policy import Severity
from bot.domain.incidents.calls import Page
from bot.domain.incidents.clocks import next_due, rings
from bot.domain.incidents.direct import paging
from bot.domain.incidents.escalation import (
    awaited,
    climb_by_hand,
    climbs_at,
    due_page,
    ladder_top,
    reached,
)
from bot.domain.incidents.events import Acked, Bell, Event, Paged, SeverityChanged
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import OutsidePage
from bot.domain.incidents.states import State
from bot.domain.incidents.transition import advance

# Groups only, from the third rung of the samples on.
POLICY = samples.incident_policy(ladder=LADDER[2:])
UNKNOWN = {0: None, 1: None, 2: None}
BEGUN = samples.incident(severity=Severity.P1, pages=(), times={})
FRESH = BEGUN.model_copy(
    update={"clocks": BEGUN.clocks.model_copy(update={"rung": -1, "climb_at": NOW})}
)


def after(incident: Incident, *events: Event, now: datetime = NOW, by: str = ENGINE) -> Incident:
    """What events make of it."""
    for event in events:
        incident = advance(incident, event, by, now, POLICY)
    return incident


def first() -> tuple[Incident, Page]:
    """An incident whose first rung is awaited."""
    found = due_page(FRESH, NOW, POLICY, UNKNOWN, "P1")
    assert found is not None
    return after(FRESH, found), found.page


def test_a_rung_of_which_nobody_can_say_who_stands_on_it_is_awaited() -> None:
    incident, page = first()
    assert (page.rung, page.people, page.unknown, page.empty) == (0, (), True, False)
    assert awaited(incident) == (page,)
    # It is asked for all the time, and the next one has to wait for its own time.
    assert next_due(incident, POLICY) == NOW
    assert climbs_at(incident, POLICY) == NOW + POLICY.rule(Severity.P1).ack_within
    assert due_page(incident, NOW, POLICY, UNKNOWN, "P2") is None


def test_its_people_are_called_once_and_have_their_time() -> None:
    incident, page = first()
    later = NOW + 20 * MINUTE
    known = after(incident, reached(incident, page, frozenset({SAM}), later), now=later)
    assert known.pages == (
        page.model_copy(update={"people": (SAM,), "unknown": False, "at": later}),
    )
    assert known.clocks.climb_at == later + POLICY.rule(Severity.P1).ack_within
    assert awaited(known) == ()
    assert after(known, reached(incident, page, frozenset({DANA}), later), now=later) == known


def test_a_rung_that_turns_out_to_be_empty_is_passed() -> None:
    incident, page = first()
    known = after(incident, reached(incident, page, frozenset(), NOW))
    assert known.pages[0].empty
    found = due_page(known, NOW, POLICY, {1: frozenset({OLIVIA})}, "P2")
    assert found is not None
    assert found.page.people == (OLIVIA,)


def test_another_rung_is_called_meanwhile_only_if_its_people_are_known() -> None:
    incident, page = first()
    due = NOW + POLICY.rule(Severity.P1).ack_within
    assert due_page(incident, due, POLICY, UNKNOWN, "P2") is None
    found = due_page(incident, due, POLICY, {1: frozenset({OLIVIA})}, "P2")
    assert found is not None
    climbed = after(incident, found, now=due)
    assert awaited(climbed) == (page,)
    # The lower one is called as well, and the higher one keeps its time.
    both = after(climbed, reached(incident, page, frozenset({SAM}), due + MINUTE), now=due + MINUTE)
    assert [each.people for each in both.pages] == [(SAM,), (OLIVIA,)]
    assert both.clocks == climbed.clocks


def test_by_hand_one_may_go_on() -> None:
    incident, page = first()
    found = climb_by_hand(incident, NOW, POLICY, UNKNOWN, "P2", by=DANA)
    climbed = after(incident, found, by=DANA)
    assert awaited(climbed) == (page, found.page)


@pytest.mark.parametrize(
    "event", [Acked(), SeverityChanged(to=Severity.P3, reason="It is less than we thought.")]
)
def test_nobody_is_awaited_for_what_calls_nobody_any_more(event: Event) -> None:
    incident, _ = first()
    assert awaited(after(incident, event, by=DANA, now=NOW + MINUTE)) == ()


def test_nobody_is_awaited_when_customers_are_fine() -> None:
    incident, _ = first()
    assert awaited(incident.model_copy(update={"state": State.RESOLVED})) == ()


def test_the_ladder_has_not_ended_as_long_as_a_rung_is_awaited() -> None:
    incident, page = first()
    top = incident.clocks.model_copy(update={"rung": 2})
    last = page.model_copy(update={"rung": 2})
    at_top = incident.model_copy(update={"clocks": top, "pages": (last,)})
    assert ladder_top(at_top, POLICY) is None
    bells = rings(at_top, NOW + 60 * MINUTE, POLICY)
    assert Bell.LADDER_ENDED not in {each.bell for each in bells}


def test_the_paging_service_may_know_more() -> None:
    incident, page = first()
    told = [*paging(FRESH, incident, Paged(page=page), POLICY)]
    assert told == [OutsidePage(incident=incident.ref, page=page.id)]


def test_a_page_that_was_stored_before_has_or_had_nobody() -> None:
    stored = Page(id="P1", rung=0, epoch=0, name="Sre", people=(), at=NOW, by=ENGINE)
    old = stored.model_dump_json(exclude={"unknown"})
    assert Page.model_validate_json(old).empty
