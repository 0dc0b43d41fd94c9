"""Every state with every event: what is in the table happens, and nothing else does."""

from collections.abc import Callable

import pytest
import samples
from rollouts import ARROWS, EVENTS, KINDS, LATER, PACE
from samples import NOW

from bot.domain.deploy import Deploy, next_step
from bot.domain.errors import IllegalTransition
from bot.domain.events import Aborted, Event, Unreached
from bot.domain.states import DECIDING, FINAL, IN_LANE, LANDED, TABLE, WATCHING, WRITING, State
from bot.domain.transition import advance

S = State
OPEN = sorted(set(State) - FINAL)
# The same state is reached by a deploy at once, by a canary and by a way back.
WAYS: tuple[Callable[[State], Deploy], ...] = (samples.deploy, samples.canary, samples.back)


def reachable(start: State) -> set[State]:
    """The states that some row of events leads to."""
    reached, new = {start}, {start}
    while new:
        new = {goal for each in new for goal in TABLE[each].values()} - reached
        reached |= new
    return reached


def test_the_tests_know_every_event() -> None:
    assert set(EVENTS) == set(KINDS)


def test_every_event_happens_somewhere() -> None:
    """An event that no state takes would be dead."""
    assert {event for _, event in ARROWS} == set(KINDS)


def test_the_table_knows_every_state() -> None:
    assert set(TABLE) == set(State)


# ── The matrix ───────────────────────────────────────────────────────────────────────────────────


def named(way: Callable[[State], Deploy], event: type[Event]) -> str:
    """A cell of the row of a state, by which a failure names it."""
    return f"{event.__name__} ({way.__name__})"


def strays(before: Deploy, after: Deploy, goal: State) -> list[str]:
    """What an arrow has made otherwise: it leads to its goal, dated, and due unless it is over."""
    checks = {
        f"state {after.state}": after.state is goal,
        f"since {after.since}": after.since == (LATER if goal is not before.state else NOW),
        f"due {after.due}": (after.due is None) == (goal in FINAL),
    }
    return [found for found, right in checks.items() if not right]


@pytest.mark.parametrize("state", OPEN)
def test_the_arrows_of_the_table_are_taken(state: State) -> None:
    wrong = {}
    for way in WAYS:
        before, untouched = way(state), way(state)
        for event, goal in TABLE[state].items():
            after = advance(before, EVENTS[event], LATER, PACE)
            wrong[named(way, event)] = strays(before, after, goal)
            assert before == untouched, named(way, event)
    assert {cell: found for cell, found in wrong.items() if found} == {}


@pytest.mark.parametrize("state", OPEN)
def test_whoever_wakes_up_when_it_is_due_finds_something_to_do(state: State) -> None:
    """Else a deploy would be left lying."""
    lying = []
    for way in WAYS:
        before = way(state)
        if state is S.AWAITING_APPROVAL:
            asked = samples.approval()
            before = before.model_copy(update={"approval": asked, "due": asked.remind_at})
        for event in TABLE[state]:
            after = advance(before, EVENTS[event], LATER, PACE)
            if after.due is not None and next_step(after, after.due) is None:
                lying.append(named(way, event))
    assert lying == []


def refusal(before: Deploy, event: Event) -> tuple[str, str, str] | None:
    """What a refusal names, and how it reads; None when the event is taken."""
    try:
        advance(before, event, LATER, PACE)
    except IllegalTransition as refused:
        return refused.state, refused.event, str(refused)
    return None


@pytest.mark.parametrize("state", State)
def test_any_other_event_is_refused_and_changes_nothing(state: State) -> None:
    wrong = {}
    for way in WAYS:
        before, untouched = way(state), way(state)
        for event in (each for each in KINDS if each not in TABLE[state]):
            name = event.__name__
            reads = f"Deploy D-7F3K2 is {state.value}; {name} is not possible any more."
            found = refusal(before, EVENTS[event])
            if found != (state.value, name, reads):
                wrong[named(way, event)] = found
            assert before == untouched, named(way, event)
    assert wrong == {}


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_happens_to_a_deploy_that_is_over(state: State) -> None:
    assert not TABLE[state]
    for way in WAYS:
        assert way(state).over
        assert next_step(way(state), LATER) is None


# ── The shape of the table ───────────────────────────────────────────────────────────────────────


def test_every_state_can_be_reached_from_a_request() -> None:
    assert reachable(S.REQUESTED) == set(State)


@pytest.mark.parametrize("state", OPEN)
def test_a_deploy_that_is_not_over_can_end(state: State) -> None:
    assert reachable(state) & FINAL


@pytest.mark.parametrize("state", sorted(set(OPEN) - {S.ROLLING_BACK}))
def test_a_deploy_that_is_not_over_can_still_complete(state: State) -> None:
    assert S.COMPLETED in reachable(state)


@pytest.mark.parametrize("state", sorted(set(OPEN) - {S.RETAINING, S.ROLLING_BACK}))
def test_a_deploy_can_be_aborted_until_it_has_landed_or_goes_back_already(state: State) -> None:
    """Before anything was written that is its end; afterwards it is the way back."""
    written = state in WRITING | WATCHING | {S.SMOKE}
    assert TABLE[state][Aborted] is (S.ROLLING_BACK if written else S.CANCELLED)


def test_nothing_leads_from_the_way_back_to_more_traffic_without_a_person() -> None:
    """It ends, or it is held; only what a person says leads on from there."""
    goals = set(TABLE[S.ROLLING_BACK].values()) - {S.ROLLING_BACK}
    assert goals == {S.ROLLED_BACK, S.CANCELLED, S.HELD, S.FAILED_SAFE, S.FAILED_UNKNOWN}


def test_traffic_is_written_before_it_is_watched() -> None:
    """Whatever is observed was routed and confirmed before, at every share."""
    before = {state for state in State if S.OBSERVING in TABLE[state].values()}
    assert before == {S.ROUTING, S.OBSERVING}


@pytest.mark.parametrize(
    "state", sorted(WRITING | WATCHING | {S.REQUESTED, S.QUEUED, S.BACKING_UP, S.SMOKE})
)
def test_a_neighbour_that_is_away_does_not_move_a_deploy(state: State) -> None:
    """Whatever asks a neighbour is repeated."""
    assert TABLE[state][Unreached] is state


def test_the_lane_holds_what_is_cleared_and_not_over() -> None:
    assert {
        S.QUEUED,
        S.BACKING_UP,
        S.STAGING,
        S.TAGGING,
        S.SMOKE,
        S.ROUTING,
        S.OBSERVING,
        S.HELD,
        S.ROLLING_BACK,
    } == IN_LANE


def test_each_state_is_of_one_stage() -> None:
    """People decide, or it stands in the lane, or it is kept, or it is over."""
    stages = [DECIDING, IN_LANE, LANDED, FINAL - LANDED]
    assert sum(len(stage) for stage in stages) == len(set(State))
    assert frozenset().union(*stages) == set(State)
    assert WRITING <= IN_LANE
    assert WATCHING <= IN_LANE | LANDED
