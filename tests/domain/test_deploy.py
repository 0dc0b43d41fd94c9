"""The life of a deploy: every state with every event, retries, and what has to be done when."""

from datetime import timedelta
from typing import get_args

import pytest
from samples import DANA, NOW, SAM, approval, deploy, plan

from bot.domain.approval import Vote
from bot.domain.deploy import (
    FINAL,
    IN_LANE,
    MAX_ATTEMPTS,
    TABLE,
    Pace,
    State,
    Step,
    advance,
    next_step,
)
from bot.domain.errors import IllegalTransition, Outcome
from bot.domain.events import (
    Cleared,
    Event,
    Expired,
    Failed,
    Lost,
    Planned,
    Rejected,
    RevisionReady,
    Started,
    Tagged,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Unreached,
    VoteCast,
    Waiting,
)
from bot.domain.observation import Fence

S = State
PACE = Pace(poll=timedelta(seconds=3), retry=timedelta(seconds=5))
LATER = NOW + timedelta(minutes=1)
NEW_PLAN = plan().model_copy(update={"replaces": {"api-00007": 100}})
VOTED = approval().model_copy(
    update={"votes": (Vote(by=SAM, groups=frozenset({"sre"}), at=NOW),)},
)
OUT_OF_REACH = Unreached(reason="No answer.", outcome=Outcome.NOT_DONE)
EVENTS: dict[type[Event], Event] = {
    Planned: Planned(plan=plan(), approval=approval()),
    VoteCast: VoteCast(approval=VOTED),
    Cleared: Cleared(plan=plan(), approval=VOTED),
    Rejected: Rejected(by=SAM, reason="Not on a Friday."),
    Expired: Expired(),
    TargetChanged: TargetChanged(),
    Waiting: Waiting(behind=("D-00001",)),
    TurnTaken: TurnTaken(turn=4, plan=NEW_PLAN),
    Started: Started(operation="operations/1"),
    RevisionReady: RevisionReady(revision="api-00002"),
    Tagged: Tagged(preview="https://preview.example"),
    TrafficShifted: TrafficShifted(),
    Unreached: OUT_OF_REACH,
    Failed: Failed(reason="It broke."),
    Lost: Lost(reason="It is not known."),
}
PAIRS = [(state, event) for state in State for event in EVENTS]


def accepted(state: State, event: type[Event]) -> bool:
    """Whether the table has an arrow."""
    return event in TABLE[state]


def test_the_tests_know_every_event() -> None:
    assert set(EVENTS) == set(get_args(Event))


def test_the_table_knows_every_state() -> None:
    assert set(TABLE) == set(State)


# ── The matrix ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("state", "event"), [pair for pair in PAIRS if accepted(*pair)])
def test_an_arrow_of_the_table_is_taken(state: State, event: type[Event]) -> None:
    before = deploy(state)
    after = advance(before, EVENTS[event], LATER, PACE)
    assert after.state is TABLE[state][event]
    assert after.since == (LATER if after.state is not before.state else before.since)
    assert (after.due is None) == (after.state in FINAL)
    assert (before, before.since) == (deploy(state), NOW)


@pytest.mark.parametrize(("state", "event"), [pair for pair in PAIRS if not accepted(*pair)])
def test_any_other_event_is_refused_and_changes_nothing(state: State, event: type[Event]) -> None:
    before = deploy(state)
    with pytest.raises(IllegalTransition) as refused:
        advance(before, EVENTS[event], LATER, PACE)
    assert before == deploy(state)
    assert (refused.value.state, refused.value.event) == (state.value, event.__name__)
    assert str(refused.value) == (
        f"Deploy D-7F3K2 is {state.value}; {event.__name__} is not possible any more."
    )


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_happens_to_a_deploy_that_is_over(state: State) -> None:
    assert deploy(state).over
    assert not TABLE[state]
    assert next_step(deploy(state), LATER) is None


@pytest.mark.parametrize("state", sorted(set(State) - FINAL))
def test_a_deploy_that_is_not_over_can_end_and_can_go_on(state: State) -> None:
    assert not deploy(state).over
    reached, new = {state}, {state}
    while new:
        new = {goal for each in new for goal in TABLE[each].values()} - reached
        reached |= new
    assert State.COMPLETED in reached
    assert reached & FINAL > {State.COMPLETED}


def test_the_lane_holds_what_is_cleared_and_not_over() -> None:
    assert {S.QUEUED, S.STAGING, S.TAGGING, S.ROUTING} == IN_LANE


# ── What an event sets ───────────────────────────────────────────────────────────────────────────


def test_a_plan_waits_for_approval_until_that_expires() -> None:
    after = advance(deploy(), EVENTS[Planned], LATER, PACE)
    assert (after.plan, after.approval, after.due) == (plan(), approval(), approval().expires_at)


def test_a_vote_is_kept_and_does_not_prolong_the_approval() -> None:
    before = deploy(S.AWAITING_APPROVAL, due=approval().expires_at)
    after = advance(before, EVENTS[VoteCast], LATER, PACE)
    assert (after.approval, after.due) == (VOTED, before.due)


@pytest.mark.parametrize("given", [None, VOTED])
@pytest.mark.parametrize("state", [S.REQUESTED, S.AWAITING_APPROVAL])
def test_a_cleared_deploy_goes_on_at_once(state: State, given: object) -> None:
    event = Cleared.model_validate({"plan": plan(), "approval": given})
    after = advance(deploy(state), event, LATER, PACE)
    assert (after.plan, after.approval, after.due) == (plan(), given, LATER)


def test_a_rejection_says_who_and_why() -> None:
    after = advance(deploy(S.AWAITING_APPROVAL), EVENTS[Rejected], LATER, PACE)
    assert (after.decided_by, after.problem) == (SAM, "Not on a Friday.")


def test_a_changed_target_voids_plan_and_approval() -> None:
    after = advance(deploy(S.QUEUED), TargetChanged(), LATER, PACE)
    assert (after.plan, after.approval, after.replanned) == (None, None, True)
    assert after.due == LATER


def test_a_waiting_deploy_names_those_that_go_first() -> None:
    after = advance(deploy(S.QUEUED), Waiting(behind=("D-1", "D-2")), LATER, PACE)
    assert (after.waiting_for, after.due) == (("D-1", "D-2"), LATER + PACE.poll)


def test_a_turn_is_the_fence_of_all_that_follows() -> None:
    after = advance(deploy(S.QUEUED, waiting_for=("D-1",)), EVENTS[TurnTaken], LATER, PACE)
    assert after.fence == Fence(turn=4, step=1)
    assert (after.plan, after.waiting_for, after.due) == (NEW_PLAN, (), LATER)


@pytest.mark.parametrize("state", [S.STAGING, S.TAGGING, S.ROUTING])
def test_a_started_operation_is_looked_at_after_a_while(state: State) -> None:
    after = advance(deploy(state), Started(operation="operations/9"), LATER, PACE)
    assert (after.operation, after.due) == ("operations/9", LATER + PACE.poll)
    assert after.fence == deploy(state).fence


@pytest.mark.parametrize(
    ("state", "event", "field", "value"),
    [
        (S.STAGING, RevisionReady(revision="api-00009"), "revision", "api-00009"),
        (S.TAGGING, Tagged(preview="https://x.example"), "preview", "https://x.example"),
        (S.TAGGING, Tagged(preview=None), "preview", None),
    ],
)
def test_a_confirmed_write_is_followed_by_one_with_a_higher_fence(
    state: State, event: Event, field: str, value: object
) -> None:
    before = deploy(state, operation="operations/1")
    after = advance(before, event, LATER, PACE)
    assert getattr(after, field) == value
    assert before.fence < after.fence
    assert (after.operation, after.due) == (None, LATER)


def test_a_problem_is_forgotten_when_things_go_on() -> None:
    after = advance(deploy(S.STAGING, problem="No answer."), EVENTS[Started], LATER, PACE)
    assert after.problem is None


@pytest.mark.parametrize("event", [Failed(reason="It broke."), Lost(reason="It broke.")])
def test_a_failed_deploy_says_why_and_has_nothing_under_way(event: Event) -> None:
    after = advance(deploy(S.ROUTING, operation="operations/1"), event, LATER, PACE)
    assert (after.problem, after.operation, after.due) == ("It broke.", None, None)


# ── Neighbours out of reach ──────────────────────────────────────────────────────────────────────

RETRIED = [state for state in State if Unreached in TABLE[state]]


@pytest.mark.parametrize("state", RETRIED)
def test_a_step_is_tried_again_after_longer_and_longer(state: State) -> None:
    current, waits = deploy(state, operation=None), []
    for _ in range(MAX_ATTEMPTS - 1):
        current = advance(current, OUT_OF_REACH, NOW, PACE)
        assert (current.state, current.problem) == (state, "No answer.")
        assert current.due is not None
        waits.append(current.due - NOW)
    assert waits == [PACE.retry * factor for factor in (1, 2, 4, 8)]


@pytest.mark.parametrize("state", RETRIED)
def test_the_last_attempt_ends_the_deploy(state: State) -> None:
    before = deploy(state, attempt=MAX_ATTEMPTS - 1, operation="operations/1")
    after = advance(before, OUT_OF_REACH, LATER, PACE)
    assert after.over
    assert (after.attempt, after.problem) == (MAX_ATTEMPTS, "No answer.")
    assert (after.due, after.operation) == (None, None)


@pytest.mark.parametrize(
    ("state", "outcome", "end"),
    [
        # Nothing was written yet, whatever became of a question.
        (S.REQUESTED, Outcome.NOT_DONE, S.FAILED_SAFE),
        (S.REQUESTED, Outcome.UNKNOWN, S.FAILED_SAFE),
        (S.QUEUED, Outcome.NOT_DONE, S.FAILED_SAFE),
        (S.QUEUED, Outcome.UNKNOWN, S.FAILED_SAFE),
        # A write that certainly did not happen leaves what served.
        (S.STAGING, Outcome.NOT_DONE, S.FAILED_SAFE),
        (S.STAGING, Outcome.UNKNOWN, S.FAILED_UNKNOWN),
        (S.TAGGING, Outcome.NOT_DONE, S.FAILED_SAFE),
        (S.TAGGING, Outcome.UNKNOWN, S.FAILED_UNKNOWN),
        # An earlier attempt may have moved the traffic.
        (S.ROUTING, Outcome.NOT_DONE, S.FAILED_UNKNOWN),
        (S.ROUTING, Outcome.UNKNOWN, S.FAILED_UNKNOWN),
    ],
)
def test_giving_up_claims_only_what_is_known(state: State, outcome: Outcome, end: State) -> None:
    before = deploy(state, attempt=MAX_ATTEMPTS - 1)
    after = advance(before, Unreached(reason="No answer.", outcome=outcome), LATER, PACE)
    assert after.state is end


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (S.QUEUED, EVENTS[Waiting]),
        (S.STAGING, EVENTS[Started]),
        (S.STAGING, EVENTS[Waiting]),
        (S.STAGING, EVENTS[RevisionReady]),
        (S.QUEUED, EVENTS[TurnTaken]),
        (S.QUEUED, EVENTS[TargetChanged]),
    ],
)
def test_an_answer_makes_the_attempts_count_anew(state: State, event: Event) -> None:
    after = advance(deploy(state, attempt=MAX_ATTEMPTS - 1), event, LATER, PACE)
    assert after.attempt == 0


# ── What has to be done ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "operation", "step"),
    [
        (S.REQUESTED, None, Step.PLAN),
        (S.QUEUED, None, Step.TAKE_TURN),
        (S.STAGING, None, Step.STAGE),
        (S.STAGING, "operations/1", Step.POLL),
        (S.STAGING, "", Step.POLL),
        (S.TAGGING, None, Step.TAG),
        (S.TAGGING, "operations/1", Step.POLL),
        (S.ROUTING, None, Step.ROUTE),
        (S.ROUTING, "operations/1", Step.POLL),
    ],
)
def test_each_state_asks_for_its_step(state: State, operation: str | None, step: Step) -> None:
    """An operation that ended at once ("") is looked at too: what the cloud shows decides."""
    assert next_step(deploy(state, operation=operation), NOW) is step


def test_an_approval_is_awaited_until_it_expires() -> None:
    waiting = deploy(S.AWAITING_APPROVAL)
    expiry = approval().expires_at
    assert next_step(waiting, expiry - timedelta(microseconds=1)) is None
    assert next_step(waiting, expiry) is Step.EXPIRE


def test_a_deploy_names_its_target() -> None:
    assert deploy().target == "api/production"


def test_a_deploy_survives_being_stored() -> None:
    for state in State:
        before = deploy(state, requested_by=DANA)
        assert type(before).model_validate_json(before.model_dump_json()) == before
