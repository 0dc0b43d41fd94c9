"""What holds for a deploy whatever happens to it, in whatever order and at whatever time."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import TypeVar

import pytest
import samples
from hypothesis import given, settings
from hypothesis import strategies as st
from rollouts import EVENTS, GOOD, KINDS, PACE, PLAN, VOTED
from samples import NOW, SAM

from bot.domain.deploy import Deploy, next_step
from bot.domain.errors import IllegalTransition, Outcome
from bot.domain.events import (
    Aborted,
    BackupDue,
    Cause,
    Cleared,
    Completed,
    Event,
    Held,
    Observed,
    Retained,
    Started,
    Tagged,
    TrafficShifted,
    TurnTaken,
    Unreached,
    Waiting,
)
from bot.domain.policy import Strategy
from bot.domain.states import DECIDING, FINAL, IN_LANE, LANDED, TABLE, WRITING, State
from bot.domain.transition import MAX_ATTEMPTS, advance

S = State
T = TypeVar("T")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# The longest time in which nothing happens, in seconds.
LONGEST = 3 * 86400
WAITS = (timedelta(), timedelta(seconds=1), MINUTE, 29 * MINUTE, 60 * MINUTE, DAY, 3 * DAY)
AHEAD = tuple(NOW + wait for wait in WAITS)
WORDS = ("x", "No answer.", "結帳 🔥 e\u0301", '"\\\u2028\0')
PLANS = (PLAN, samples.full_plan(samples.BLUE_GREEN), samples.plan(), samples.full_plan(Strategy()))
# `turn` is small; the course adds it to what was given out before, as a lane does.
TURNS = (1, 2, 3)


def every(kind: type[Event], **values: Sequence[object]) -> tuple[Event, ...]:
    """An event with each combination of the values that its fields may have."""
    return tuple(
        kind(**dict(zip(values, chosen, strict=True))) for chosen in product(*values.values())
    )


# Events whose content matters to what is checked here; the others come as they are. They are made
# once, for they never change.
VARIED: dict[type[Event], tuple[Event, ...]] = {
    kind: every(kind, **values)
    for kind, values in (
        (Cleared, {"plan": PLANS, "approval": (None, VOTED)}),
        (TurnTaken, {"turn": TURNS, "plan": PLANS}),
        (BackupDue, {"turn": TURNS, "plan": PLANS}),
        (Waiting, {"behind": ((), ("D-1",), WORDS[:2]), "blocked": WORDS}),
        (Started, {"operation": ("", "operations/1")}),
        (Tagged, {"preview": (None, "https://x.example")}),
        (TrafficShifted, {"until": AHEAD}),
        (Observed, {"readings": ((), GOOD), "warned": (("slow",),)}),
        (Held, {"cause": tuple(Cause), "reason": WORDS, "until": AHEAD}),
        (Retained, {"until": AHEAD}),
        (Aborted, {"by": (SAM,), "reason": ("", "Bad.")}),
        (
            Unreached,
            {
                "reason": WORDS,
                "outcome": tuple(Outcome),
                "anew": (False, True),
                "retry_after": (None, *WAITS),
            },
        ),
    )
}
EACH = {kind: VARIED.get(kind, (EVENTS[kind],)) for kind in KINDS}
# Where a deploy begins: in any state, for far ones are seldom reached by chance.
OPEN = sorted(set(State) - FINAL)
WAYS: tuple[Callable[[State], Deploy], ...] = (samples.deploy, samples.canary)


def begun(state: State, way: Callable[[State], Deploy]) -> Deploy:
    """A deploy in a state, due when there is something to do."""
    subject = way(state)
    due = {
        S.CHECKING: subject.decide_by,
        S.AWAITING_APPROVAL: samples.approval().remind_at,
    }
    return subject.model_copy(update={"due": due.get(state, NOW)})


def one_of(options: Sequence[T], number: int) -> T:
    """One of several, by a number."""
    return options[number % len(options)]


class Course:
    """A deploy to which anything may happen; `told` is what did, and in which state."""

    def __init__(self, deploy: Deploy) -> None:
        self.now: datetime = NOW
        self.told: list[tuple[State, Event]] = []
        self._begin(deploy)

    def _begin(self, deploy: Deploy) -> None:
        self.deploy = self.before = deploy
        self.ended: Deploy | None = None
        # As it was stored when it was looked at last.
        self.document = deploy.model_dump_json()

    def step(self, number: int) -> None:
        """Something happens, by a number; at 0 nothing does, so that failures become short."""
        number, what = divmod(number, 4)
        if what == 0:
            self.now += timedelta(seconds=number % LONGEST)
        elif what == 1:
            number, kind = divmod(number, len(KINDS))
            self._apply(one_of(EACH[KINDS[kind]], number))
        elif self.deploy.over:
            number, state = divmod(number, len(OPEN))
            self._begin(begun(OPEN[state], one_of(WAYS, number)))
        else:
            self._go_on(number)

    def _go_on(self, number: int) -> None:
        """One of the events that the state takes and that do not end it."""
        row = TABLE[self.deploy.state]
        kinds = [each for each in row if row[each] not in FINAL]
        number, kind = divmod(number, len(kinds))
        self._apply(one_of(EACH[kinds[kind]], number))

    def _apply(self, event: Event) -> None:
        if isinstance(event, TurnTaken):
            event = event.model_copy(update={"turn": self.deploy.turn + event.turn})
        before = self.deploy
        self.told.append((before.state, event))
        try:
            self.deploy = advance(before, event, self.now, PACE)
        except IllegalTransition:
            assert type(event) not in TABLE[before.state] or before.returning
        assert before.model_dump_json() == self.document
        self.before = before
        if self.deploy.over and self.ended is None:
            self.ended = self.deploy

    def the_fence_never_goes_down(self) -> None:
        assert not self.deploy.fence < self.before.fence

    def the_end_is_final(self) -> None:
        assert self.ended is None or self.deploy == self.ended

    def a_deploy_is_due_until_it_is_over(self) -> None:
        assert (self.deploy.due is None) == (self.deploy.state in FINAL)

    def whoever_wakes_up_for_it_finds_something_to_do(self) -> None:
        """Else a deploy would be left lying."""
        due = self.deploy.due
        assert due is None or next_step(self.deploy, due) is not None

    def attempts_are_bounded(self) -> None:
        assert 0 <= self.deploy.attempt < MAX_ATTEMPTS
        assert 0 <= self.deploy.vain < MAX_ATTEMPTS

    def only_a_write_leaves_doubt(self) -> None:
        """Without a turn nothing was written, so the outcome is known."""
        assert self.deploy.state is not S.FAILED_UNKNOWN or self.deploy.turn > 0

    def writing_takes_a_plan_and_a_turn(self) -> None:
        if self.deploy.state in (IN_LANE | LANDED) - {S.QUEUED}:
            assert self.deploy.plan is not None
            assert self.deploy.started is not None
            assert self.deploy.turn > 0
            assert self.deploy.step > 0

    def who_may_have_traffic_is_marked_before(self) -> None:
        """By the mark it is known afterwards whether a way back left anything behind."""
        if self.deploy.trail or self.deploy.state in {S.ROUTING, S.OBSERVING, *LANDED}:
            assert self.deploy.moved

    def shares_are_confirmed_in_order(self) -> None:
        deploy = self.deploy
        if deploy.plan is None:
            return
        shares = [phase.percent for phase in deploy.agreed.phases]
        passed = [shift.percent for shift in deploy.trail]
        assert passed == [share for share in shares if share in passed]
        assert deploy.phase <= len(shares)
        times = [shift.at for shift in deploy.trail]
        assert times == sorted(times)

    def one_step_takes_one_share(self) -> None:
        assert self.deploy.phase - self.before.phase in {0, 1}
        assert len(self.deploy.trail) - len(self.before.trail) in {0, 1}

    def what_is_watched_was_confirmed_and_has_an_end(self) -> None:
        if self.deploy.state is S.OBSERVING:
            assert self.deploy.shifted is not None
            assert self.deploy.bake is not None

    def only_what_is_held_has_a_hold(self) -> None:
        assert (self.deploy.hold is not None) == (self.deploy.state is S.HELD)

    def nothing_is_under_way_but_in_a_write(self) -> None:
        """What begins a wait has ended its operation; each running one has a beginning."""
        if self.deploy.operation is not None:
            assert self.deploy.state in WRITING | {S.BACKING_UP}
        assert (self.deploy.begun is None) == (self.deploy.operation is None)

    def only_a_person_overrules_others(self) -> None:
        """And only where they were told: at a hold for a change outside."""
        if self.deploy.reclaim and not self.before.reclaim:
            assert self.before.hold is not None
            assert self.before.hold.cause is Cause.CHANGED_OUTSIDE

    def votes_do_not_outlive_their_plan(self) -> None:
        if self.deploy.edition != self.before.edition:
            assert self.deploy.approval is None
            assert self.deploy.plan is None
            assert self.deploy.state in DECIDING

    def it_survives_being_stored(self) -> None:
        self.document = self.deploy.model_dump_json()
        assert Deploy.model_validate_json(self.document) == self.deploy


INVARIANTS: tuple[Callable[[Course], None], ...] = (
    Course.the_fence_never_goes_down,
    Course.the_end_is_final,
    Course.a_deploy_is_due_until_it_is_over,
    Course.whoever_wakes_up_for_it_finds_something_to_do,
    Course.attempts_are_bounded,
    Course.only_a_write_leaves_doubt,
    Course.writing_takes_a_plan_and_a_turn,
    Course.who_may_have_traffic_is_marked_before,
    Course.shares_are_confirmed_in_order,
    Course.one_step_takes_one_share,
    Course.what_is_watched_was_confirmed_and_has_an_end,
    Course.only_what_is_held_has_a_hold,
    Course.nothing_is_under_way_but_in_a_write,
    Course.only_a_person_overrules_others,
    Course.votes_do_not_outlive_their_plan,
    Course.it_survives_being_stored,
)


@given(
    state=st.sampled_from(OPEN),
    way=st.sampled_from(WAYS),
    steps=st.lists(st.integers(min_value=0, max_value=2**24), min_size=40, max_size=40),
)
def test_what_holds_whatever_happens(
    state: State, way: Callable[[State], Deploy], steps: list[int]
) -> None:
    course = Course(begun(state, way))
    try:
        for number in (0, *steps):
            course.step(number)
            for holds in INVARIANTS:
                holds(course)
    except AssertionError as broken:
        for where, event in course.told:
            broken.add_note(f"{where.value}: {event!r}")
        raise


@given(failures=st.integers(min_value=1, max_value=MAX_ATTEMPTS - 1))
@settings(derandomize=True)
def test_the_back_off_doubles(failures: int) -> None:
    unreached = Unreached(reason="No answer.", outcome=Outcome.UNKNOWN)
    after = advance(samples.deploy(S.STAGING, attempt=failures - 1), unreached, NOW, PACE)
    assert after.due == NOW + PACE.retry * 2 ** (failures - 1)


@pytest.mark.parametrize("state", OPEN)
def test_what_happened_is_dated_by_when_it_was_saved(state: State) -> None:
    """However long ago the deploy was looked at last: a clock that jumps is no reason to hurry."""
    before = samples.canary(state)
    wrong = []
    for event, wait in product(TABLE[state], WAITS):
        now = NOW + wait
        after = advance(before, EVENTS[event], now, PACE)
        undated = event in {Completed, Retained} and not after.landed
        if undated or after.since != (now if after.state is not state else NOW):
            wrong.append((event, wait, after.since))
    assert wrong == []
