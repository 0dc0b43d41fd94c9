"""What an event changes beside the state: plan, fence, phase, hold, and when to look again."""

from datetime import timedelta

import pytest
import samples
from rollouts import (
    ANALYSIS,
    EVENTS,
    GOOD,
    LATER,
    MINUTE,
    OUT_OF_REACH,
    PACE,
    PLAN,
    VOTED,
    judged_by,
    watched,
)
from samples import NOW, SAM

from bot.domain.deploy import Deploy, Shift, Step, next_step
from bot.domain.errors import IllegalTransition, Outcome
from bot.domain.events import (
    Abandoned,
    Aborted,
    BackedUp,
    BackupDue,
    Broke,
    Cause,
    ChecksOpened,
    Cleared,
    Completed,
    Event,
    Failed,
    GateTripped,
    Held,
    HoldOverdue,
    Lost,
    Observed,
    PhasePassed,
    Planned,
    Promoted,
    Rejected,
    Reminded,
    Resumed,
    Retained,
    RevisionFound,
    RevisionReady,
    SmokeDue,
    SmokePassed,
    Started,
    Tagged,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Unreached,
    VoteCast,
    Waiting,
)
from bot.domain.history import Kind
from bot.domain.observation import Fence
from bot.domain.setbacks import broke, hold_limit
from bot.domain.states import TABLE, WRITING, State
from bot.domain.transition import MAX_ATTEMPTS, advance

S = State
UNTIL = LATER + 120 * MINUTE


def after(before: Deploy, event: Event) -> Deploy:
    """The deploy a minute after `NOW`, when something has happened to it."""
    return advance(before, event, LATER, PACE)


# ── People decide ────────────────────────────────────────────────────────────────────────────────


def test_open_checks_are_awaited_until_a_time() -> None:
    found = after(samples.deploy(), EVENTS[ChecksOpened])
    until = LATER + 30 * MINUTE
    assert (found.plan, found.decide_by, found.due) == (PLAN, until, until)
    assert next_step(found, until - timedelta(microseconds=1)) is None
    assert next_step(found, until) is Step.EXPIRE


def test_a_plan_waits_for_approval_and_reminds_half_way() -> None:
    found = after(samples.deploy(), EVENTS[Planned])
    asked = samples.approval()
    assert (found.plan, found.approval, found.due) == (PLAN, asked, asked.remind_at)
    assert next_step(found, asked.remind_at) is Step.REMIND
    reminded = after(found, Reminded())
    assert (reminded.reminded, reminded.due) == (True, asked.expires_at)
    assert next_step(reminded, asked.expires_at) is Step.EXPIRE
    assert next_step(reminded, asked.expires_at - timedelta(microseconds=1)) is None


def test_a_vote_is_kept_and_does_not_prolong_the_approval() -> None:
    before = samples.deploy(S.AWAITING_APPROVAL, due=samples.approval().expires_at)
    found = after(before, VoteCast(approval=VOTED))
    assert (found.approval, found.due) == (VOTED, before.due)


@pytest.mark.parametrize("given", [None, VOTED])
@pytest.mark.parametrize("state", [S.REQUESTED, S.CHECKING, S.AWAITING_APPROVAL])
def test_a_cleared_deploy_goes_on_at_once(state: State, given: object) -> None:
    found = after(samples.deploy(state), Cleared.model_validate({"plan": PLAN, "approval": given}))
    assert (found.plan, found.approval, found.due) == (PLAN, given, LATER)


def test_a_rejection_says_who_and_why() -> None:
    found = after(samples.deploy(S.AWAITING_APPROVAL), EVENTS[Rejected])
    assert (found.decided_by, found.problem) == (SAM, "Not on a Friday.")


def test_a_changed_target_voids_plan_and_approval_and_starts_an_edition() -> None:
    before = samples.deploy(S.QUEUED, decide_by=NOW)
    found = after(before, TargetChanged(what="the policy was changed"))
    assert (found.plan, found.approval, found.decide_by, found.due) == (None, None, None, LATER)
    assert (found.edition, found.cause) == (before.edition + 1, "the policy was changed")
    planned = after(found, EVENTS[Planned])
    assert planned.approval is not None
    assert not planned.approval.votes
    assert not planned.reminded


# ── The turn, and the writes ─────────────────────────────────────────────────────────────────────


def test_a_waiting_deploy_names_what_it_waits_for() -> None:
    found = after(samples.deploy(S.QUEUED), Waiting(behind=("D-1", "D-2")))
    assert (found.waiting_for, found.blocked) == (("D-1", "D-2"), "")
    assert found.due == LATER + PACE.poll
    frozen = after(found, Waiting(blocked="It is frozen."))
    assert (frozen.waiting_for, frozen.blocked) == ((), "It is frozen.")
    # A freeze lasts longer than a step of somebody else's deploy.
    assert frozen.due == LATER + PACE.idle


@pytest.mark.parametrize("event", [TurnTaken(turn=4, plan=PLAN), BackupDue(turn=4, plan=PLAN)])
def test_a_turn_is_the_fence_of_all_that_follows(event: TurnTaken) -> None:
    before = samples.deploy(S.QUEUED, waiting_for=("D-1",), blocked="frozen", cause="replanned")
    found = after(before, event)
    assert found.fence == Fence(turn=4, step=1)
    assert (found.plan, found.waiting_for, found.blocked) == (PLAN, (), "")
    assert (found.started, found.due, found.cause) == (LATER, LATER, None)


def test_a_backup_is_followed_by_the_first_write_at_once() -> None:
    found = after(samples.deploy(S.BACKING_UP, operation="backup-1"), BackedUp())
    assert (found.operation, found.due, next_step(found, LATER)) == (None, LATER, Step.STAGE)


@pytest.mark.parametrize("state", sorted(WRITING | {S.BACKING_UP}))
def test_a_started_operation_is_looked_at_after_a_while(state: State) -> None:
    before = samples.deploy(state, reclaim=True, attempt=3)
    found = after(before, Started(operation="operations/9"))
    assert (found.operation, found.begun) == ("operations/9", LATER)
    assert (found.due, found.attempt, found.fence) == (LATER + PACE.poll, 0, before.fence)
    assert not found.reclaim, "only one write may overrule what somebody else did"


@pytest.mark.parametrize(
    ("state", "event", "fields"),
    [
        (S.STAGING, RevisionReady(revision="api-00009"), {"revision": "api-00009"}),
        (S.STAGING, RevisionFound(revision="api-1"), {"revision": "api-1", "moved": True}),
        (S.TAGGING, Tagged(preview="https://x.example"), {"preview": "https://x.example"}),
        (S.TAGGING, Tagged(preview=None), {"preview": None, "moved": True}),
        (S.TAGGING, SmokeDue(preview=None), {"preview": None, "moved": False}),
        (S.OBSERVING, PhasePassed(readings=GOOD), {"phase": 1, "readings": GOOD}),
        (S.OBSERVING, Promoted(by=SAM), {"phase": 1}),
        (S.HELD, Promoted(by=SAM), {"phase": 1, "hold": None}),
        (S.HELD, Resumed(by=SAM, bake=MINUTE), {"hold": None, "bake": LATER + MINUTE}),
        (S.SMOKE, Broke(reason="503"), {"cause": "503"}),
        (S.OBSERVING, GateTripped(reason="errors", readings=GOOD), {"cause": "errors"}),
        (S.ROUTING, Aborted(by=SAM, reason="Bad."), {"cause": "Bad.", "undone_by": SAM}),
    ],
)
def test_what_leads_to_another_write_raises_the_fence(
    state: State, event: Event, fields: dict[str, object]
) -> None:
    """So that whoever still writes for the step before is refused by the cloud."""
    before = samples.canary(state, operation="operations/1", begun=NOW)
    found = after(before, event)
    assert {name: getattr(found, name) for name in fields} == fields
    assert before.fence < found.fence
    assert (found.operation, found.begun, found.due) == (None, None, LATER)


def test_a_smoke_test_comes_before_any_traffic() -> None:
    found = after(samples.deploy(S.SMOKE, moved=False), SmokePassed())
    assert (found.moved, found.due) == (True, LATER)


def test_a_problem_is_forgotten_when_things_go_on() -> None:
    found = after(samples.deploy(S.STAGING, problem="No answer."), EVENTS[Started])
    assert found.problem is None


# ── Shares of the traffic ────────────────────────────────────────────────────────────────────────


def test_a_confirmed_share_is_dated_and_watched() -> None:
    before = samples.canary(S.ROUTING, phase=1, operation="operations/1", begun=NOW)
    found = after(before, TrafficShifted(until=UNTIL))
    assert (found.shifted, found.bake, found.operation) == (LATER, UNTIL, None)
    assert found.trail == (*before.trail, Shift(percent=25, at=LATER))
    assert found.due == LATER + ANALYSIS.interval


def test_a_share_that_is_confirmed_again_keeps_its_first_mark() -> None:
    before = watched(S.ROUTING, phase=1, shifted=None)
    found = after(before, TrafficShifted(until=UNTIL))
    assert (found.trail, found.shifted) == (before.trail, LATER)


def test_a_short_bake_is_looked_at_when_it_ends() -> None:
    soon = LATER + timedelta(seconds=2)
    found = after(samples.canary(S.ROUTING), TrafficShifted(until=soon))
    assert found.due == soon


@pytest.mark.parametrize("event", [PhasePassed(readings=GOOD), Promoted(by=SAM)])
def test_the_next_share_begins_without_evidence_of_its_own(event: Event) -> None:
    found = after(watched(), event)
    assert (found.phase, found.shifted, found.bake) == (1, None, None)
    assert found.split == {"api-00002": 25, "api-00001": 75}


def test_what_is_observed_is_kept_and_a_warning_is_kept_once() -> None:
    before = watched(warned=("p95-warning",), attempt=2)
    found = after(before, Observed(readings=GOOD, warned=("slow", "p95-warning")))
    assert (found.readings, found.warned) == (GOOD, ("p95-warning", "slow"))
    assert (found.attempt, found.bake, found.due) == (0, before.bake, LATER + 30 * MINUTE / 60)


def test_what_is_watched_without_gates_is_looked_at_now_and_then() -> None:
    """Not as often as a running operation: it may be held for days."""
    before = samples.deploy(S.HELD)
    assert before.agreed.strategy.analysis is None
    assert after(before, Observed()).due == LATER + PACE.idle
    assert after(samples.deploy(S.RETAINING), Observed()).due == LATER + PACE.idle


@pytest.mark.parametrize("event", [Completed(readings=GOOD), Retained(until=UNTIL, readings=GOOD)])
def test_landing_without_a_bake_confirms_the_share(event: Event) -> None:
    """A deploy all at once lands straight from its write."""
    found = after(samples.deploy(S.ROUTING, operation="operations/1"), event)
    assert (found.trail, found.shifted) == ((Shift(percent=100, at=LATER),), LATER)
    assert (found.operation, found.readings) == (None, GOOD)


def test_landing_after_a_bake_dates_nothing_anew() -> None:
    before = watched(phase=3)
    found = after(before, Completed())
    assert (found.trail, found.shifted, found.readings) == (before.trail, NOW, before.readings)


def test_what_replaced_is_kept_until_a_time() -> None:
    found = after(watched(phase=3), Retained(until=UNTIL))
    assert (found.keep_until, found.due) == (UNTIL, LATER + timedelta(seconds=30))


# ── Holds ────────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_says_why_and_when_somebody_is_called() -> None:
    before = watched(operation="x")
    found = after(before, Held(cause=Cause.BLOCKED, reason="p95", until=UNTIL))
    assert found.hold is not None
    assert (found.hold.cause, found.hold.reason) == (Cause.BLOCKED, "p95")
    assert (found.hold.since, found.hold.until, found.hold.paged) == (LATER, UNTIL, False)
    assert (found.readings, found.operation) == (before.readings, None)
    assert next_step(found, UNTIL) is Step.CALL
    assert next_step(found, UNTIL - timedelta(microseconds=1)) is Step.MEASURE


def test_somebody_is_called_once() -> None:
    held = samples.canary(S.HELD, hold=samples.hold(until=LATER))
    called = after(held, HoldOverdue())
    assert called.state is S.HELD
    assert called.hold is not None
    assert called.hold.paged
    assert next_step(called, UNTIL) is Step.MEASURE


def test_another_reason_to_hold_replaces_the_first() -> None:
    """And people are called about it in their turn."""
    held = samples.canary(S.HELD, hold=samples.hold(paged=True))
    outside = Held(cause=Cause.CHANGED_OUTSIDE, reason="by eve", until=UNTIL)
    found = after(held, outside)
    assert found.hold is not None
    assert (found.hold.cause, found.hold.paged) == (Cause.CHANGED_OUTSIDE, False)


@pytest.mark.parametrize("cause", list(Cause))
def test_only_who_knows_of_a_change_outside_overrules_it(cause: Cause) -> None:
    """The hold has told them; of any later change nobody has."""
    held = samples.canary(S.HELD, hold=samples.hold(cause))
    known = cause is Cause.CHANGED_OUTSIDE
    assert after(held, Resumed(by=SAM, bake=MINUTE)).reclaim is known
    assert after(held, Aborted(by=SAM)).reclaim is known
    assert after(held, Promoted(by=SAM)).reclaim is False


def test_what_was_held_on_its_way_back_goes_on_back() -> None:
    """Never forth: what was to be undone is not brought into service by “go on”."""
    going = samples.canary(S.ROLLING_BACK, phase=1, cause="errors: 9.00 %")
    outside = Held(cause=Cause.CHANGED_OUTSIDE, reason="by eve", until=UNTIL)
    held = after(after(going, outside), outside)
    assert held.hold is not None
    assert held.hold.back
    resumed = after(held, Resumed(by=SAM, bake=MINUTE))
    assert (resumed.state, resumed.reclaim) == (S.ROLLING_BACK, True)
    assert (resumed.cause, resumed.undone_by) == ("errors: 9.00 %", SAM)
    assert resumed.hold is None
    for forth in (Promoted(by=SAM), Completed(), Retained(until=UNTIL)):
        with pytest.raises(IllegalTransition):
            after(held, forth)


def test_what_is_left_as_it_is_says_so() -> None:
    found = after(samples.canary(S.HELD), Abandoned(by=SAM))
    assert (found.state, found.undone_by, found.hold) == (S.CANCELLED, SAM, None)
    assert found.cause == "The traffic was left as it is."


@pytest.mark.parametrize(
    ("subject", "limit"),
    [
        (samples.canary(S.HELD), timedelta(hours=2)),
        (samples.deploy(S.HELD), timedelta(hours=2)),
        (samples.deploy(), timedelta(hours=2)),
        (samples.canary(S.HELD, plan=judged_by(max_hold=MINUTE)), MINUTE),
    ],
)
def test_a_hold_lasts_as_long_as_the_policy_says(subject: Deploy, limit: timedelta) -> None:
    assert hold_limit(subject) == limit


# ── Neighbours out of reach ──────────────────────────────────────────────────────────────────────

RETRIED = sorted(state for state in State if Unreached in TABLE[state])
PATIENT = {S.HELD, S.RETAINING}


@pytest.mark.parametrize("state", RETRIED)
def test_a_step_is_tried_again_after_longer_and_longer(state: State) -> None:
    current, waits = samples.deploy(state, operation=None), []
    for _ in range(MAX_ATTEMPTS - 1):
        current = advance(current, OUT_OF_REACH, NOW, PACE)
        assert (current.state, current.problem) == (state, "No answer.")
        assert current.due is not None
        waits.append(current.due - NOW)
    assert waits == [PACE.retry * factor for factor in (1, 2, 4, 8)]


@pytest.mark.parametrize(
    ("state", "outcome", "end"),
    [
        # Nothing was written yet, whatever became of a question.
        (S.REQUESTED, Outcome.UNKNOWN, S.FAILED_SAFE),
        (S.QUEUED, Outcome.UNKNOWN, S.FAILED_SAFE),
        (S.BACKING_UP, Outcome.UNKNOWN, S.FAILED_SAFE),
        # A write that certainly did not happen leaves what served.
        (S.STAGING, Outcome.NOT_DONE, S.FAILED_SAFE),
        (S.TAGGING, Outcome.NOT_DONE, S.FAILED_SAFE),
        # Else something may have been written, so it is put back.
        (S.STAGING, Outcome.UNKNOWN, S.ROLLING_BACK),
        (S.TAGGING, Outcome.UNKNOWN, S.ROLLING_BACK),
        (S.SMOKE, Outcome.NOT_DONE, S.ROLLING_BACK),
        (S.ROUTING, Outcome.NOT_DONE, S.ROLLING_BACK),
        (S.ROUTING, Outcome.UNKNOWN, S.ROLLING_BACK),
        # Without evidence it neither goes on nor back.
        (S.OBSERVING, Outcome.NOT_DONE, S.HELD),
        # Nobody is helped by an end.
        (S.HELD, Outcome.NOT_DONE, S.HELD),
        (S.RETAINING, Outcome.NOT_DONE, S.RETAINING),
        # The way back itself failed, so only the cloud could tell.
        (S.ROLLING_BACK, Outcome.NOT_DONE, S.FAILED_UNKNOWN),
        (S.ROLLING_BACK, Outcome.UNKNOWN, S.FAILED_UNKNOWN),
    ],
)
def test_giving_up_claims_only_what_is_known(state: State, outcome: Outcome, end: State) -> None:
    before = samples.deploy(state, attempt=MAX_ATTEMPTS - 1, operation="operations/1", begun=NOW)
    found = after(before, Unreached(reason="No answer.", outcome=outcome))
    assert found.state is end
    said = found.cause if end is S.ROLLING_BACK else found.problem
    assert "No answer." in (said, found.hold and found.hold.reason)
    assert found.attempt == (MAX_ATTEMPTS - 1 if state in PATIENT else 0)


def test_a_hold_for_want_of_evidence_says_what_is_missing() -> None:
    found = after(watched(attempt=MAX_ATTEMPTS - 1), OUT_OF_REACH)
    assert found.hold is not None
    assert (found.hold.cause, found.hold.reason) == (Cause.NO_EVIDENCE, "No answer.")
    assert found.hold.until == LATER + hold_limit(found)


@pytest.mark.parametrize("state", [S.STAGING, S.TAGGING, S.SMOKE, S.ROUTING])
@pytest.mark.parametrize("kind", list(Kind))
def test_a_way_back_that_breaks_has_nothing_to_go_back_to(state: State, kind: Kind) -> None:
    subject = samples.deploy(state) if kind is Kind.DEPLOY else samples.back(state, kind)
    expected = Broke(reason="503") if kind is Kind.DEPLOY else Lost(reason="503")
    assert broke(subject, "503") == expected
    assert type(expected) in TABLE[state]


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (S.QUEUED, EVENTS[Waiting]),
        (S.STAGING, EVENTS[Started]),
        (S.STAGING, EVENTS[Waiting]),
        (S.STAGING, EVENTS[RevisionReady]),
        (S.QUEUED, EVENTS[TurnTaken]),
        (S.QUEUED, EVENTS[TargetChanged]),
        (S.OBSERVING, EVENTS[Observed]),
        (S.HELD, EVENTS[Observed]),
    ],
)
def test_an_answer_makes_the_attempts_count_anew(state: State, event: Event) -> None:
    assert after(samples.deploy(state, attempt=MAX_ATTEMPTS - 1), event).attempt == 0


def test_a_time_to_wait_that_a_neighbour_asks_for_is_kept() -> None:
    """Where it is longer than our own."""
    asked = OUT_OF_REACH.model_copy(update={"retry_after": 5 * MINUTE})
    assert after(samples.deploy(S.STAGING), asked).due == LATER + 5 * MINUTE
    asked = OUT_OF_REACH.model_copy(update={"retry_after": timedelta(seconds=1)})
    assert after(samples.deploy(S.STAGING), asked).due == LATER + PACE.retry


def test_nobody_waits_longer_than_the_longest() -> None:
    patient = PACE.model_copy(update={"retry": 2 * MINUTE})
    found = advance(samples.deploy(S.HELD, attempt=4), OUT_OF_REACH, NOW, patient)
    assert found.due == NOW + patient.longest


def test_an_operation_that_ends_in_vain_is_ordered_anew_a_few_times() -> None:
    """Under a new fence each time, else the cloud would take it for done; then somebody looks."""
    vain = Unreached(reason="Quota.", outcome=Outcome.UNKNOWN, anew=True)
    current = samples.deploy(S.ROLLING_BACK)
    for number in range(1, MAX_ATTEMPTS):
        running = after(current, Started(operation=f"operations/{number}"))
        current = after(after(running, Waiting()), vain)
        assert current.state is S.ROLLING_BACK
        assert running.fence < current.fence
        assert (current.operation, current.begun, current.vain) == (None, None, number)
        assert next_step(current, LATER) is Step.RESTORE
        assert current.due == LATER + PACE.back_off(number)
    last = after(after(current, Started(operation="operations/5")), vain)
    assert (last.state, last.problem) == (S.FAILED_UNKNOWN, "Quota.")


# ── The end ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("event", [Failed(reason="It broke."), Lost(reason="It broke.")])
def test_a_failed_deploy_says_why_and_has_nothing_under_way(event: Event) -> None:
    before = samples.deploy(S.ROUTING, operation="operations/1", begun=NOW)
    found = after(before, event)
    assert (found.problem, found.operation, found.begun, found.due) == (
        "It broke.",
        None,
        None,
        None,
    )
