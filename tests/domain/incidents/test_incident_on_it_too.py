"""Whoever acknowledges after somebody else is in the record and in the room; no clock stops."""

from datetime import datetime, timedelta

import incident_samples as samples
import pytest
from incident_samples import MINUTE
from samples import DANA, MAX, NOW, OLIVIA, SAM

from bot.domain.audit import ENGINE
from bot.domain.incident_policy import Severity
from bot.domain.incidents.announcements import announcements
from bot.domain.incidents.chronicle import lines_of
from bot.domain.incidents.declaring import Wish, declare
from bot.domain.incidents.escalation import due_page
from bot.domain.incidents.events import Acked, Event, Moved, PageAcked, Settled
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import IncidentNote, OutsidePage
from bot.domain.incidents.remarks import TOO
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind
from bot.domain.incidents.transition import advance

POLICY = samples.incident_policy()
LATER = NOW + 8 * MINUTE
# Who stands on the rungs: each is paged when the one before it has not answered.
MEMBERS = {rung: frozenset({person}) for rung, person in enumerate((SAM, DANA, OLIVIA))}


def advanced(before: Incident, event: Event, by: str, at: datetime = LATER) -> Incident:
    """The incident after an event."""
    return advance(before, event, by, at, POLICY)


def paged(before: Incident, at: datetime) -> Incident:
    """The incident after whatever is due has been paged."""
    due = due_page(before, at, POLICY, MEMBERS, f"P{len(before.pages) + 1}")
    return advanced(before, due, ENGINE, at) if due else before


def acknowledged() -> Incident:
    """A P1 that Sam was paged for and acknowledged after two minutes."""
    wish = Wish(title="Checkout answers 500s", severity=Severity.P1, service="api")
    called = paged(declare("INC-2026-001", "TOKEN", wish, DANA, "en", NOW, POLICY), NOW)
    return advanced(called, Acked(), SAM, NOW + 2 * MINUTE)


def test_who_comes_second_takes_part_and_changes_no_clock() -> None:
    before = acknowledged()
    after = advanced(before, Acked(), MAX)
    assert MAX in after.responders
    assert MAX in after.clocks.present
    assert after.clocks == before.clocks.model_copy(update={"present": after.clocks.present})
    kept = ("times", "roles", "pages", "state", "procedures", "epoch")
    assert [getattr(after, each) for each in kept] == [getattr(before, each) for each in kept]


@pytest.mark.parametrize("who", [SAM, MAX, ENGINE, "api:token", "cli:max"])
def test_each_is_named_once_and_no_machine_is(who: str) -> None:
    before = advanced(acknowledged(), Acked(), MAX)
    assert advanced(before, Acked(), who) is before


def test_whoever_acknowledged_before_it_was_kept_who_is_in_is_not_named_again() -> None:
    before = acknowledged()
    old = before.model_copy(update={"clocks": before.clocks.model_copy(update={"present": set()})})
    assert advanced(old, Acked(), SAM) is old


def test_a_rung_that_was_paged_is_still_waited_for() -> None:
    later = NOW + 30 * MINUTE
    called = paged(acknowledged(), later)
    assert [page.people for page in called.pages] == [(SAM,), (DANA,)]
    after = advanced(called, Acked(), MAX, later + MINUTE)
    assert after.pages[-1].acked_by is None
    assert after.clocks.climb_at == called.clocks.climb_at
    said = [each.message for each in announcements(called, after, Acked(), MAX, POLICY)]
    assert not any(isinstance(each, OutsidePage) for each in said)
    answered = advanced(called, Acked(), DANA, later + MINUTE)
    said = [each.message for each in announcements(called, answered, Acked(), DANA, POLICY)]
    assert any(isinstance(each, OutsidePage) for each in said)


def test_who_is_on_it_is_not_called_by_a_rung_later() -> None:
    before = advanced(acknowledged(), Acked(), DANA)
    page = paged(before, NOW + 30 * MINUTE).pages[-1]
    assert (page.people, page.present) == ((), (DANA,))


def test_the_record_and_the_room_tell_the_first_from_others() -> None:
    first = acknowledged()
    waiting = first.model_copy(update={"times": {}})
    assert marks(waiting, first, SAM) == [""]
    second = advanced(first, Acked(), MAX)
    assert marks(first, second, MAX) == [TOO]
    there = {"room": samples.room()}
    before, after = (each.model_copy(update=there) for each in (first, second))
    notes = [
        each.message
        for each in announcements(before, after, Acked(), MAX, POLICY)
        if isinstance(each.message, IncidentNote)
    ]
    assert [(note.word, note.by) for note in notes] == [(TOO, MAX)]


def test_an_old_page_is_answered_by_one_who_is_on_it_too() -> None:
    """It was opened again, and somebody else has acknowledged it since."""
    first = acknowledged()
    again = [
        Settled(root_cause="The pool", resolution="Rolled back"),
        Moved(to=State.INVESTIGATING, reason="The errors are back."),
        Acked(),
    ]
    for number, event in enumerate(again):
        first = advanced(first, event, DANA, LATER + number * MINUTE)
    after = advanced(first, PageAcked(page="P1"), SAM, LATER + timedelta(hours=1))
    assert (after.times, SAM in after.clocks.present) == (first.times, True)


def marks(before: Incident, after: Incident, by: str) -> list[str]:
    """What is said apart of each acknowledgement on the timeline."""
    found = lines_of(before, after, Acked(), by, LATER, "T")
    return [line.subject for line in found if line.kind is LineKind.ACK]
