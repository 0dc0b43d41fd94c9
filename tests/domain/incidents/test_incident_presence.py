"""Who is in already is not called: the ladder looks for those who are not."""

from datetime import datetime, timedelta

import incident_samples as samples
import pytest
from incident_samples import MINUTE, ON_LADDER
from samples import DANA, MAX, NOW, OLIVIA, SAM

from bot.domain.audit import ENGINE
from bot.domain.incident_policy import Role, Rung, Severity
from bot.domain.incidents.announcements import announcements
from bot.domain.incidents.calls import Because, Page
from bot.domain.incidents.chronicle import lines_of
from bot.domain.incidents.clocks import rings
from bot.domain.incidents.declaring import Wish, declare
from bot.domain.incidents.escalation import awaited, climb_by_hand, due_page, ladder_top, reached
from bot.domain.incidents.events import (
    Acked,
    Bell,
    Event,
    HandoffAccepted,
    HandoffOffered,
    Informed,
    Moved,
    Paged,
    RoleGiven,
    Settled,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import OutsidePage
from bot.domain.incidents.remarks import PRESENT, UNKNOWN, remark
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind
from bot.domain.incidents.transition import advance

# Sam, then Dana, then Sam again, then Olivia, then Max; P1 climbs after 5 and after 30 minutes.
POLICY = samples.incident_policy()
UPDATE = Informed(progress="Still at it.", eta="soon", next_update=NOW + 90 * MINUTE)


class Ladder:
    """An incident that was just declared, and a worker that looks every minute."""

    def __init__(self, members: dict[int, frozenset[str] | None] | None = None) -> None:
        wish = Wish(title="Checkout answers 500s", severity=Severity.P1, service="api")
        self.incident = declare("INC-2026-001", "TOKEN", wish, DANA, "en", NOW, POLICY)
        self.members: dict[int, frozenset[str] | None] = {**ON_LADDER, **(members or {})}
        self.minute = 0
        self.look()

    @property
    def now(self) -> datetime:
        """How late it is."""
        return NOW + self.minute * MINUTE

    def look(self) -> None:
        """Page whatever is due."""
        while True:
            name = f"P{len(self.incident.pages) + 1}"
            found = due_page(self.incident, self.now, POLICY, self.members, name)
            if found is None:
                return
            self.incident = advance(self.incident, found, ENGINE, self.now, POLICY)

    def at(self, minute: int, *events: Event, by: str = SAM) -> Incident:
        """Let time pass until then, and let somebody say something."""
        while self.minute < minute:
            self.minute += 1
            self.look()
        for event in events:
            self.incident = advance(self.incident, event, by, self.now, POLICY)
        return self.incident

    @property
    def told(self) -> list[tuple[int, str, tuple[str, ...], tuple[str, ...]]]:
        """The minute, the name, whom it called and who was in, of every page."""
        return [
            (int((each.at - NOW) / MINUTE), each.name, each.people, each.present)
            for each in self.incident.pages
        ]


def reasons(incident: Incident) -> list[tuple[Because, timedelta | None]]:
    """Why each page was."""
    return [(page.because, page.waited) for page in incident.pages]


# ── Who is in ────────────────────────────────────────────────────────────────────────────────────


def test_whoever_is_in_is_passed_and_the_next_one_is_called_in_the_same_breath() -> None:
    ladder = Ladder()
    ladder.at(2, Acked())
    ladder.at(36)
    assert ladder.told == [
        (0, "Primary", (SAM,), ()),
        (30, "Secondary", (DANA,), ()),
        (35, "Team lead", (), (SAM,)),
        (35, "Architect", (OLIVIA,), ()),
    ]


def test_others_on_the_rung_are_called_and_have_the_whole_time() -> None:
    ladder = Ladder({2: frozenset({SAM, MAX})})
    ladder.at(2, Acked())
    ladder.at(64)
    assert ladder.told[2:] == [(35, "Team lead", (MAX,), (SAM,))]
    ladder.at(65)
    assert [name for _, name, _, _ in ladder.told[3:]] == ["Architect"]


@pytest.mark.parametrize("role", [Role.LEAD, Role.COMMS])
def test_whoever_takes_a_role_has_answered_without_the_button(role: Role) -> None:
    ladder = Ladder()
    incident = ladder.at(2, RoleGiven(role=role, to=SAM))
    assert (incident.pages[0].acked_by, incident.pages[0].acked_at) == (SAM, NOW + 2 * MINUTE)
    ladder.at(29)
    assert [name for _, name, _, _ in ladder.told] == ["Primary"]
    ladder.at(30)
    assert [name for _, name, _, _ in ladder.told] == ["Primary", "Secondary"]


def test_whoever_takes_the_lead_over_has_answered() -> None:
    ladder = Ladder()
    ladder.at(1, HandoffOffered(to=SAM), by=DANA)
    incident = ladder.at(2, HandoffAccepted())
    assert incident.pages[0].acked_by == SAM
    ladder.at(29)
    assert len(ladder.told) == 1


def test_a_role_that_others_gave_wakes_nobody_and_so_answers_nothing() -> None:
    ladder = Ladder()
    ladder.at(1, RoleGiven(role=Role.LEAD, to=SAM), by=DANA)
    ladder.at(5)
    assert ladder.told[1:] == [(5, "Secondary", (DANA,), ())]
    # As soon as anything is heard of the lead, there is somebody.
    ladder.at(6, UPDATE)
    assert ladder.incident.pages[0].acked_by == SAM
    assert SAM in ladder.incident.clocks.present


def test_an_early_rung_of_somebody_who_is_in_answers_for_those_below() -> None:
    """Dana, who leads, is on the second rung: nobody has to be found any more."""
    ladder = Ladder()
    ladder.at(1, RoleGiven(role=Role.LEAD, to=DANA), by=DANA)
    ladder.at(29)
    assert ladder.told == [(0, "Primary", (SAM,), ()), (5, "Secondary", (), (DANA,))]
    ladder.at(30)
    assert ladder.told[2:] == [(30, "Team lead", (SAM,), ())]


def test_who_only_looks_is_not_in() -> None:
    ladder = Ladder()
    ladder.at(1, UPDATE, by=DANA)
    ladder.at(5)
    assert ladder.told[1:] == [(5, "Secondary", (DANA,), ())]


def test_in_another_life_of_it_everybody_is_called_who_was_not_heard_of_in_it() -> None:
    ladder = Ladder()
    ladder.at(2, Acked())
    settled = Settled(root_cause="The pool", resolution="Rolled back")
    ladder.at(3, settled, Moved(to=State.INVESTIGATING, reason="The errors are back."), by=DANA)
    ladder.look()
    assert ladder.incident.lead == SAM
    assert ladder.told[-1] == (3, "Primary", (SAM,), ())


# ── When nothing is climbed ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("answer", [True, False])
def test_nobody_is_called_while_customers_are_better(answer: bool) -> None:
    ladder = Ladder()
    ladder.at(2, *([Acked()] if answer else []), Moved(to=State.MONITORING))
    ladder.at(59)
    assert len(ladder.told) == 1
    ladder.at(60, Moved(to=State.INVESTIGATING))
    ladder.look()
    assert ladder.told[1:] == [(60, "Secondary", (DANA,), ())]


def test_that_nobody_is_left_is_no_news_while_customers_are_better() -> None:
    ladder = Ladder()
    ladder.at(24, Moved(to=State.MONITORING))
    assert len(ladder.told) == 5
    assert ladder_top(ladder.incident, POLICY) is None
    bells = {each.bell for each in rings(ladder.incident, NOW + 40 * MINUTE, POLICY)}
    assert Bell.LADDER_ENDED not in bells
    back = ladder.at(26, Moved(to=State.INVESTIGATING))
    assert ladder_top(back, POLICY) == NOW + 25 * MINUTE


def test_a_last_rung_of_somebody_who_is_in_is_no_end() -> None:
    ladder = Ladder({4: frozenset({SAM})})
    ladder.at(2, Acked())
    ladder.at(60)
    assert ladder.told[-1] == (40, "CTO", (), (SAM,))
    assert ladder_top(ladder.incident, POLICY) is None


def test_nobody_is_awaited_while_customers_are_better() -> None:
    policy = samples.incident_policy(ladder=(Rung(name="Sre", group="sre"),))
    wish = Wish(title="Checkout answers 500s", severity=Severity.P1, service="api")
    fresh = declare("INC-2026-001", "TOKEN", wish, DANA, "en", NOW, policy)
    found = due_page(fresh, NOW, policy, {0: None}, "P1")
    assert found is not None
    open_ = advance(fresh, found, ENGINE, NOW, policy)
    assert awaited(open_)
    better = open_
    for state in (State.INVESTIGATING, State.MONITORING):
        better = advance(better, Moved(to=state), DANA, NOW, policy)
    assert awaited(better) == ()
    # Of those who are found at last, whoever is in is left out.
    led = advance(open_, RoleGiven(role=Role.LEAD, to=SAM), SAM, NOW, policy)
    late = reached(led, found.page, frozenset({SAM, MAX}), NOW + MINUTE)
    assert (late.page.people, late.page.present) == ((MAX,), (SAM,))


# ── Why ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_page_says_why_it_was() -> None:
    ladder = Ladder({2: frozenset()})
    ladder.at(7, Acked())
    ladder.at(30)
    assert reasons(ladder.incident) == [
        (Because.AT_ONCE, None),
        (Because.UNANSWERED, 5 * MINUTE),
        (Because.UNRESOLVED, 30 * MINUTE),
        # Nobody stands on the third: what follows has the same reason.
        (Because.UNRESOLVED, 30 * MINUTE),
    ]
    asked = climb_by_hand(ladder.incident, ladder.now, POLICY, ON_LADDER, "P9", by=DANA).page
    assert (asked.because, asked.waited, asked.by) == (Because.ASKED, None, DANA)


def test_what_is_not_paged_at_once_is_paged_because_it_takes_too_long() -> None:
    rule = POLICY.rule(Severity.P1).model_copy(update={"page": False})
    policy = samples.incident_policy(rules={**POLICY.rules, Severity.P1: rule})
    base = samples.incident(pages=())
    clocks = base.clocks.model_copy(update={"rung": -1})
    found = due_page(
        base.model_copy(update={"clocks": clocks}), NOW + 30 * MINUTE, policy, {}, "P1"
    )
    assert found is not None
    assert (found.page.because, found.page.waited) == (Because.UNRESOLVED, 30 * MINUTE)


# ── What is told of it ───────────────────────────────────────────────────────────────────────────


def passed() -> tuple[Incident, Paged, Incident]:
    """Before and after a rung that was passed, and what happened."""
    before = samples.incident()
    page = samples.page(id="P2", rung=1, people=(), present=(SAM,), acked_by=None, acked_at=None)
    event = Paged(page=page)
    return before, event, advance(before, event, ENGINE, NOW + 30 * MINUTE, POLICY)


def test_a_passed_rung_is_a_word_in_the_room_and_on_the_timeline_and_no_page() -> None:
    before, event, after = passed()
    said = remark(before, after, event)
    assert said is not None
    assert (said.detail, said.people, said.page) == ("", (), "P2")
    messages = [each.message for each in announcements(before, after, event, ENGINE, POLICY)]
    assert not [each for each in messages if isinstance(each, OutsidePage)]
    lines = lines_of(before, after, event, ENGINE, NOW, "T")
    assert [(line.kind, line.text) for line in lines] == [(LineKind.PAGE, f"{PRESENT}{SAM}")]


def test_the_paging_service_is_not_asked_for_a_last_rung_that_is_in() -> None:
    before, event, _ = passed()
    last = event.page.model_copy(update={"rung": 4})
    after = advance(before, Paged(page=last), ENGINE, NOW + 30 * MINUTE, POLICY)
    messages = [each.message for each in announcements(before, after, event, ENGINE, POLICY)]
    assert not [each for each in messages if isinstance(each, OutsidePage)]


def test_a_page_is_silent_empty_or_unknown() -> None:
    page = samples.page(people=())
    assert (page.silent, page.empty) == (True, True)
    assert (page.model_copy(update={"present": (SAM,)}).empty) is False
    unknown: Page = page.model_copy(update={"unknown": True})
    assert (unknown.silent, unknown.empty) == (False, False)
    before = samples.incident(pages=())
    said = remark(before, before, Paged(page=unknown))
    assert said is not None
    assert said.detail == UNKNOWN
