"""The ladder: rung by rung, each once, past whoever is not there, and never into silence."""

import incident_samples as samples
import pytest
from incident_samples import LADDER, MINUTE, ON_LADDER
from samples import DANA, NOW, SAM

from bot.domain.audit import ENGINE
from bot.domain.errors import UsageError
from bot.domain.incident_policy import Rung, Severity
from bot.domain.incidents.calls import BY_HAND, Page
from bot.domain.incidents.escalation import (
    answered,
    climb_by_hand,
    climbs_at,
    due_page,
    ladder_top,
    last_page,
    next_rung,
    on_duty,
    page_by_hand,
)
from bot.domain.incidents.incident import Incident, IncidentKind, Moment
from bot.domain.incidents.states import ACTIVE, State

POLICY = samples.incident_policy()


def on_rung(place: int, *pages: Page, **changes: object) -> Incident:
    """A P1 that nobody has answered, so far up the ladder; the next rung is due now."""
    base = samples.incident(severity=Severity.P1)
    clocks = base.clocks.model_copy(update={"rung": place, "climb_at": NOW, "severity_epoch": 0})
    fresh = base.model_copy(update={"clocks": clocks, "pages": pages, "times": {}})
    return fresh.model_copy(update=changes)


def called(place: int, **changes: object) -> Page:
    """A page of a rung that nobody has answered."""
    name = LADDER[place].name if place >= 0 else "someone"
    base = samples.page(id=f"P{place}", rung=place, name=name, acked_by=None, acked_at=None)
    return base.model_copy(update=changes)


# ── Which rung ───────────────────────────────────────────────────────────────────────────────────


def test_the_first_rung_comes_first() -> None:
    found = due_page(on_rung(-1), NOW, POLICY, ON_LADDER, "P1")
    assert found is not None
    assert found.page == Page(
        id="P1", rung=0, epoch=0, name="Primary", people=(SAM,), at=NOW, by=ENGINE
    )


def test_whoever_has_the_turn_is_called() -> None:
    assert on_duty(LADDER[0], NOW) == frozenset({SAM})
    assert on_duty(LADDER[0], NOW + 7 * 24 * 60 * MINUTE) == frozenset({DANA})


def test_a_group_is_looked_up_elsewhere() -> None:
    assert on_duty(LADDER[2], NOW) is None
    found = due_page(on_rung(1), NOW, POLICY, {2: frozenset({SAM, DANA})}, "P1")
    assert found is not None
    assert found.page.people == tuple(sorted((SAM, DANA)))


def test_a_rung_that_is_not_for_this_severity_is_passed_by() -> None:
    first = Rung(name="Directors", group="owners", severities=frozenset({Severity.P1}))
    policy = samples.incident_policy(ladder=(first, *LADDER))
    subject = on_rung(-1)
    assert next_rung(subject, policy) == 0
    assert next_rung(subject.model_copy(update={"severity": Severity.P2}), policy) == 1


def test_the_cto_is_only_called_for_p1() -> None:
    assert next_rung(on_rung(3), POLICY) == 4
    assert next_rung(on_rung(3, severity=Severity.P2), POLICY) is None


def test_nobody_is_called_twice_from_one_rung() -> None:
    subject = on_rung(4, called(4))
    assert due_page(subject, NOW, POLICY, ON_LADDER, "P9") is None
    with pytest.raises(UsageError, match="no further rung"):
        climb_by_hand(subject, NOW, POLICY, ON_LADDER, "P9")


def test_a_page_carries_the_epoch_of_the_severity() -> None:
    base = on_rung(-1)
    clocks = base.clocks.model_copy(update={"severity_epoch": 3})
    found = due_page(base.model_copy(update={"clocks": clocks}), NOW, POLICY, ON_LADDER, "P1")
    assert found is not None
    assert found.page.epoch == 3


# ── When ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_rung_is_not_called_before_its_time() -> None:
    assert due_page(on_rung(0), NOW - MINUTE, POLICY, ON_LADDER, "P1") is None
    assert climbs_at(on_rung(0), POLICY) == NOW


def test_a_rung_without_people_is_written_down_and_the_next_one_follows_at_once() -> None:
    found = due_page(on_rung(1), NOW, POLICY, {}, "P3")
    assert found is not None
    assert found.page.people == ()
    # Even when the clock says that this rung has time to answer.
    base = on_rung(2, found.page)
    waits = base.clocks.model_copy(update={"climb_at": NOW + 5 * MINUTE})
    after = base.model_copy(update={"clocks": waits})
    assert climbs_at(after, POLICY) == NOW
    following = due_page(after, NOW, POLICY, ON_LADDER, "P4")
    assert following is not None
    assert following.page.rung == 3


def test_no_clock_no_climb() -> None:
    base = on_rung(0)
    still = base.clocks.model_copy(update={"climb_at": None})
    assert climbs_at(base.model_copy(update={"clocks": still}), POLICY) is None


@pytest.mark.parametrize("state", sorted(set(State) - ACTIVE))
def test_nobody_is_called_when_customers_are_fine(state: State) -> None:
    subject = on_rung(0, state=state)
    assert climbs_at(subject, POLICY) is None
    assert due_page(subject, NOW, POLICY, ON_LADDER, "P1") is None


@pytest.mark.parametrize("kind", [IncidentKind.DRILL, IncidentKind.BACKFILLED])
def test_nobody_is_called_for_what_is_not_real(kind: IncidentKind) -> None:
    assert climbs_at(on_rung(-1, kind=kind), POLICY) is None


# ── By hand ──────────────────────────────────────────────────────────────────────────────────────


def test_a_page_by_hand_leaves_the_ladder_where_it_is() -> None:
    found = page_by_hand(on_rung(1), NOW, "@dana", frozenset({DANA}), "P9", by=SAM)
    assert found.page == Page(
        id="P9", rung=BY_HAND, epoch=0, name="@dana", people=(DANA,), at=NOW, by=SAM
    )


def test_nobody_cannot_be_called_by_hand() -> None:
    with pytest.raises(UsageError, match="Nobody is on duty as “dba”") as refused:
        page_by_hand(on_rung(1), NOW, "dba", frozenset(), "P9", by=SAM)
    assert "@person" in refused.value.hint


def test_somebody_may_climb_before_it_is_time() -> None:
    early = NOW - 10 * MINUTE
    page = climb_by_hand(on_rung(0), early, POLICY, ON_LADDER, "P2", by=DANA).page
    assert (page.rung, page.at, page.by) == (1, early, DANA)


# ── The top ──────────────────────────────────────────────────────────────────────────────────────


def test_the_last_rung_has_its_time_to_answer() -> None:
    assert ladder_top(on_rung(4, called(4)), POLICY) == NOW + 5 * MINUTE


def test_a_last_rung_without_people_has_not_to_be_waited_for() -> None:
    assert ladder_top(on_rung(4, called(4, people=())), POLICY) == NOW


def test_whoever_answers_ends_the_worry() -> None:
    assert ladder_top(on_rung(4, called(4, acked_by=SAM)), POLICY) is None
    stamp = samples.incident().times[Moment.ACKED]
    taken = on_rung(4, called(4), times={Moment.ACKED: stamp})
    assert ladder_top(taken, POLICY) is None


@pytest.mark.parametrize(
    "subject",
    [
        on_rung(-1),
        on_rung(3, called(3)),
        on_rung(4, called(4, epoch=7)),
        on_rung(4, called(4), state=State.RESOLVED),
    ],
    ids=["nobody called yet", "a rung is left", "of another epoch", "resolved"],
)
def test_there_is_no_top_while_there_is_hope(subject: Incident) -> None:
    assert ladder_top(subject, POLICY) is None


def test_the_newest_page_of_the_ladder_is_that_of_the_highest_rung() -> None:
    pages = (called(0), called(1), called(BY_HAND), called(3, epoch=9))
    assert last_page(on_rung(1, *pages)) == pages[1]
    assert last_page(on_rung(1)) is None


def test_an_answer_before_the_page_does_not_answer_it() -> None:
    stamp = samples.incident().times[Moment.ACKED]
    taken = on_rung(4, times={Moment.ACKED: stamp})
    assert answered(taken, called(0, at=stamp.at))
    assert not answered(taken, called(0, at=stamp.at + MINUTE))
