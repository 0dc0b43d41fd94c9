"""What an observed cloud means: a step is done only when the cloud shows it."""

from datetime import datetime, timedelta

import pytest
import samples
from rollouts import LATER, MINUTE, PACE, PLAN, seen_with, split, watched
from samples import NOW, SAM, back, canary, deploy, observed

from bot.domain.approval import rule_for
from bot.domain.deploy import Deploy, Step
from bot.domain.errors import Outcome
from bot.domain.events import (
    BackupDue,
    Broke,
    Cause,
    Completed,
    Event,
    Failed,
    Held,
    Lost,
    Retained,
    RevisionReady,
    RolledBack,
    SmokeDue,
    Tagged,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Unreached,
    Waiting,
    Withdrawn,
)
from bot.domain.history import Kind
from bot.domain.lane import Lane
from bot.domain.observation import Fence, Health, Observation, Revision
from bot.domain.plan import Plan, Terms, make_plan
from bot.domain.policy import DatabaseRule, Phase
from bot.domain.rollout import (
    STEP_LIMIT,
    arrived,
    changed_outside,
    judge,
    judge_turn,
    kept_revision,
    landing,
    needs_backup,
    ours,
    overdue,
    refused,
    removed,
    revision_of,
    tag_of,
    undone,
)
from bot.domain.setbacks import hold_limit
from bot.domain.states import DECIDING, FINAL, TABLE, State
from bot.domain.transition import advance

S = State
LANE = Lane(target="api/production", turn=4, queue=("D-7F3K2",))
TAG = tag_of("D-7F3K2")
OURS = Revision(name="api-00002", image="i", deploy="D-7F3K2", ready=True)
OTHERS = Revision(name="api-00003", image="i", deploy="D-00000", ready=True)
UNMARKED = Revision(name="api-00004", image="i", ready=True)
FOREIGN = {"api-00009": 100}
LAST_MOMENT = NOW + STEP_LIMIT
TOO_LATE = LAST_MOMENT + timedelta(microseconds=1)
UNCONFIRMED = "The cloud did not confirm it within 20 minutes."
QUOTA = "Quota exceeded."


def with_revisions(*revisions: Revision, **changes: object) -> Observation:
    """The sample target with more revisions."""
    known = dict(observed().revisions) | {each.name: each for each in revisions}
    return observed(revisions=known, **changes)


def planned(seen: Observation) -> Plan:
    """The sample plan, made from what is seen."""
    subject = samples.target()
    return make_plan(subject, samples.artifact(), seen, Terms(), subject.approvals)


# ── The turn ─────────────────────────────────────────────────────────────────────────────────────


def test_a_turn_is_above_all_that_were_given_out() -> None:
    event = judge_turn(deploy(S.QUEUED), LANE, observed(), planned(observed()))
    assert event == TurnTaken(turn=5, plan=samples.plan())


def test_a_turn_is_above_what_the_cloud_has_seen() -> None:
    """A lane that was lost with Redis' memory must not give out an old turn again."""
    seen = observed(fence=Fence(turn=41, step=3))
    event = judge_turn(deploy(S.QUEUED), LANE, seen, planned(seen))
    assert event == TurnTaken(turn=42, plan=samples.plan())


def test_an_approved_plan_is_void_when_something_else_serves() -> None:
    seen = observed(serving=FOREIGN)
    event = judge_turn(deploy(S.QUEUED), LANE, seen, planned(seen))
    assert event == TargetChanged(what="api-00009 is serving by now")


def test_an_approval_of_another_plan_is_worth_nothing() -> None:
    other = samples.approval().model_copy(update={"plan_hash": "0" * 16})
    event = judge_turn(deploy(S.QUEUED, approval=other), LANE, observed(), planned(observed()))
    assert isinstance(event, TargetChanged)


def test_without_an_approval_it_goes_on_from_what_serves() -> None:
    seen = observed(serving=FOREIGN)
    event = judge_turn(deploy(S.QUEUED, approval=None), LANE, seen, planned(seen))
    assert event == TurnTaken(turn=5, plan=planned(seen))


def test_what_was_looked_up_for_the_plan_is_kept() -> None:
    subject = deploy(S.QUEUED, plan=samples.full_plan(), approval=None)
    event = judge_turn(subject, LANE, observed(), planned(observed()))
    assert isinstance(event, TurnTaken)
    assert event.plan.differences == samples.DIFFERENCES
    assert event.plan.compare == samples.full_plan().compare


def test_without_a_plan_nothing_is_begun() -> None:
    subject = deploy(S.QUEUED, plan=None, approval=None)
    assert judge_turn(subject, LANE, observed(), planned(observed())) == TargetChanged()


@pytest.mark.parametrize(
    ("subject", "rule", "wanted"),
    [
        (deploy(S.QUEUED), None, False),
        (deploy(S.QUEUED), DatabaseRule(instance="p/main"), True),
        (deploy(S.QUEUED), DatabaseRule(instance="p/main", backup_before=False), False),
        # A way back loses no time.
        (back(S.QUEUED), DatabaseRule(instance="p/main"), False),
    ],
)
def test_a_database_is_backed_up_before_a_deploy(
    subject: Deploy, rule: DatabaseRule | None, *, wanted: bool
) -> None:
    plan = planned(observed()).model_copy(update={"database": rule})
    assert needs_backup(subject, plan) is wanted
    event = judge_turn(subject.model_copy(update={"approval": None}), LANE, observed(), plan)
    assert (type(event) is BackupDue) is wanted


# ── The revision ─────────────────────────────────────────────────────────────────────────────────


def test_a_revision_is_ours_by_its_mark_only() -> None:
    subject = deploy(S.STAGING)
    assert revision_of(subject, with_revisions(OTHERS, UNMARKED)) is None
    assert revision_of(subject, with_revisions(OTHERS, OURS)) == "api-00002"


def test_tags_are_what_cloud_run_takes() -> None:
    assert tag_of("D-7F3K2") == "c-d-7f3k2"


OLD = Revision(name="api-00001", image="i", digest=samples.OLD_DIGEST, ready=True)


@pytest.mark.parametrize(
    ("revision", "found"),
    [
        (OLD, "api-00001"),
        # A digest that the cloud does not show cannot differ.
        (OLD.model_copy(update={"digest": None}), "api-00001"),
        (OLD.model_copy(update={"digest": samples.NEW_DIGEST}), None),
        (OLD.model_copy(update={"ready": False}), None),
        (None, None),
    ],
)
def test_a_way_back_needs_no_new_revision_where_the_old_one_is_left(
    revision: Revision | None, found: str | None
) -> None:
    known = {} if revision is None else {revision.name: revision}
    seen = observed(serving={"api-00002": 100}, revisions=known)
    assert kept_revision(back(S.STAGING), seen) == found


def test_a_deploy_restores_nothing_and_an_unpin_stays_on_what_serves() -> None:
    assert kept_revision(deploy(S.STAGING), observed()) is None
    assert kept_revision(back(S.STAGING, Kind.UNPIN), observed()) == "api-00001"
    assert kept_revision(back(S.STAGING, Kind.UNPIN), observed(serving={})) is None


# ── Whose traffic it is ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("serving", "phase", "mine"),
    [
        ({"api-00001": 100}, 1, True),
        (split(5), 1, True),
        (split(25), 1, True),
        # It has not come to that share yet, so somebody else has set it.
        (split(50), 1, False),
        (split(50), 2, True),
        (split(100), 1, False),
        (FOREIGN, 3, False),
        ({}, 3, False),
        ({"api-00001": 95, "api-00009": 5}, 3, False),
    ],
)
def test_traffic_is_ours_as_it_was_and_as_we_set_it_so_far(
    serving: dict[str, int], phase: int, *, mine: bool
) -> None:
    assert ours(watched(S.ROUTING, phase), seen_with(serving)) is mine


def test_before_there_is_a_plan_nothing_is_judged() -> None:
    assert ours(deploy(), observed(serving=FOREIGN))


@pytest.mark.parametrize(("who", "words"), [("eve@olympus.example",) * 2, (None, "somebody")])
def test_a_change_outside_names_who_made_it(who: str | None, words: str) -> None:
    event = changed_outside(watched(), observed(last_modifier=who), LATER)
    assert event.cause is Cause.CHANGED_OUTSIDE
    assert event.reason == f"The traffic was changed outside by {words}, so it is left alone."
    assert event.until == LATER + hold_limit(watched())


# ── What is confirmed ────────────────────────────────────────────────────────────────────────────


def tagged(**changes: object) -> Observation:
    """The new revision under its own address."""
    return with_revisions(OURS, tags={TAG: "api-00002"}, **changes)


CONFIRMED = [
    (deploy(S.STAGING), with_revisions(OURS), RevisionReady(revision="api-00002")),
    (
        deploy(S.STAGING),
        with_revisions(OURS.model_copy(update={"ready": False, "problem": "It crashed."})),
        Failed(reason="It crashed."),
    ),
    (deploy(S.TAGGING), tagged(), Tagged(preview=None)),
    (
        deploy(S.TAGGING),
        tagged(previews={TAG: "https://x.example"}),
        Tagged(preview="https://x.example"),
    ),
    (canary(S.TAGGING), tagged(), SmokeDue(preview=None)),
    (deploy(S.ROUTING), seen_with(split(100)), Completed()),
    (back(S.ROUTING), seen_with({"api-00001": 100}), Completed()),
    (canary(S.ROUTING), seen_with(split(5)), TrafficShifted(until=LATER + 30 * MINUTE)),
    (deploy(S.ROLLING_BACK), observed(), RolledBack()),
]


@pytest.mark.parametrize(("subject", "seen", "event"), CONFIRMED)
def test_a_step_is_done_when_the_cloud_shows_it(
    subject: Deploy, seen: Observation, event: Event
) -> None:
    """However long it took."""
    assert type(event) in TABLE[subject.state]
    assert judge(subject, seen, None, LATER) == event
    late = judge(subject, seen, None, TOO_LATE)
    assert type(late) is type(event)


NOT_YET = [
    (deploy(S.STAGING), observed()),
    (deploy(S.STAGING), with_revisions(OTHERS, UNMARKED)),
    (deploy(S.STAGING), with_revisions(OURS.model_copy(update={"ready": False}))),
    (deploy(S.TAGGING), with_revisions(OURS)),
    (deploy(S.TAGGING), with_revisions(OURS, tags={TAG: "api-00003"})),
    (deploy(S.TAGGING), with_revisions(OURS, tags={"c-d-00000": "api-00002"})),
    (deploy(S.ROUTING), with_revisions(OURS)),
    (deploy(S.ROUTING), with_revisions(OURS, serving=split(100), health=Health.CHANGING)),
    (watched(S.ROUTING, 1), seen_with(split(5))),
    (deploy(S.ROLLING_BACK), observed(health=Health.CHANGING)),
    (deploy(S.ROLLING_BACK), seen_with(split(100), health=Health.CHANGING)),
]


@pytest.mark.parametrize(("subject", "seen"), NOT_YET)
def test_an_operation_that_ended_is_not_taken_for_success(
    subject: Deploy, seen: Observation
) -> None:
    assert judge(subject, seen, None, LATER) == Waiting()
    assert judge(subject, seen, None, LAST_MOMENT) == Waiting()


@pytest.mark.parametrize(("subject", "seen"), NOT_YET)
def test_what_is_not_confirmed_in_time_has_failed(subject: Deploy, seen: Observation) -> None:
    """Where everything is as it was, that is all; else it goes back, if that is not what failed."""
    event = judge(subject, seen, None, TOO_LATE)
    untouched = dict(seen.serving) == subject.agreed.replaces and not subject.trail
    if subject.state is S.ROLLING_BACK:
        assert event == Lost(reason=UNCONFIRMED)
    else:
        assert event == (Failed(reason=UNCONFIRMED) if untouched else Broke(reason=UNCONFIRMED))


@pytest.mark.parametrize(
    ("subject", "serving", "event"),
    [
        (deploy(S.STAGING), {"api-00001": 100}, Failed(reason=QUOTA)),
        (deploy(S.TAGGING), {"api-00001": 100}, Failed(reason=QUOTA)),
        (deploy(S.ROUTING), {"api-00001": 100}, Failed(reason=QUOTA)),
        (deploy(S.ROUTING), split(50), Broke(reason=QUOTA)),
        (deploy(S.ROUTING), split(100), Broke(reason=QUOTA)),
        # Where a share was given before, the failed step is not the only thing to undo.
        (watched(S.ROUTING, 1), {"api-00001": 100}, Broke(reason=QUOTA)),
        (back(S.ROUTING), {"api-00002": 100}, Failed(reason=QUOTA)),
        (back(S.ROUTING), {"api-00001": 100}, Lost(reason=QUOTA)),
        (
            deploy(S.ROLLING_BACK),
            split(100),
            Unreached(reason=QUOTA, outcome=Outcome.UNKNOWN, anew=True),
        ),
        # The way back is where it has to be, whatever its operation says.
        (deploy(S.ROLLING_BACK), {"api-00001": 100}, RolledBack()),
    ],
)
def test_a_failed_operation_claims_only_what_is_seen(
    subject: Deploy, serving: dict[str, int], event: Event
) -> None:
    assert judge(subject, seen_with(serving), QUOTA, LATER) == event


def test_a_broken_revision_explains_itself_better_than_its_operation() -> None:
    broken = OURS.model_copy(update={"ready": False, "problem": "It crashed."})
    event = judge(deploy(S.STAGING), with_revisions(broken), "Operation failed.", NOW)
    assert event == Failed(reason="It crashed.")


@pytest.mark.parametrize("subject", [deploy(S.ROUTING), canary(S.ROUTING), deploy(S.ROLLING_BACK)])
def test_traffic_that_somebody_else_has_set_is_left_alone(subject: Deploy) -> None:
    """On the way there and on the way back, as soon as it is known."""
    seen = observed(serving=FOREIGN)
    assert judge(subject, seen, None, LATER) == changed_outside(subject, seen, LATER)
    moving = observed(serving=FOREIGN, health=Health.CHANGING)
    assert judge(subject, moving, None, LATER) == Waiting()


@pytest.mark.parametrize("health", [Health.READY, Health.FAILING, Health.UNKNOWN])
def test_a_way_back_that_came_to_rest_elsewhere_is_ordered_anew(health: Health) -> None:
    """Somebody has set our own split once more; waiting would leave it there."""
    for serving in (split(100), split(50)):
        subject = watched(S.ROLLING_BACK, phase=3)
        event = judge(subject, seen_with(serving, health=health), None, LATER)
        assert event == Unreached(
            reason="The traffic did not come back.", outcome=Outcome.UNKNOWN, anew=True
        )


def test_what_follows_the_newest_again_is_done_when_it_is_not_pinned() -> None:
    subject = back(S.ROUTING, Kind.UNPIN)
    assert judge(subject, observed(pinned=True), None, LATER) == Waiting()
    assert judge(subject, observed(pinned=False), None, LATER) == Completed()


@pytest.mark.parametrize(
    ("begun", "now", "late"),
    [
        (None, LAST_MOMENT, False),
        (None, TOO_LATE, True),
        # A worker was away for a day: what was accepted just now is not late.
        (NOW + timedelta(days=1), NOW + timedelta(days=1) + STEP_LIMIT, False),
        (NOW + timedelta(days=1), TOO_LATE + timedelta(days=1), True),
    ],
)
def test_a_step_is_overdue_after_its_limit(
    begun: datetime | None, now: datetime, *, late: bool
) -> None:
    assert overdue(deploy(S.STAGING, begun=begun), now) is late


@pytest.mark.parametrize("state", [S.REQUESTED, S.QUEUED, S.SMOKE, S.OBSERVING, S.COMPLETED])
def test_states_without_a_write_confirm_nothing(state: State) -> None:
    seen = seen_with(split(100), tags={TAG: "api-00002"})
    assert judge(deploy(state), seen, None, NOW) == Waiting()


# ── A share that has arrived ─────────────────────────────────────────────────────────────────────


def phased(*phases: Phase) -> Plan:
    """A plan of these phases."""
    strategy = samples.CANARY.model_copy(update={"phases": phases})
    return samples.full_plan(strategy)


@pytest.mark.parametrize(
    ("phases", "phase", "event"),
    [
        ((Phase(percent=100),), 0, Completed()),
        ((Phase(percent=100, bake=MINUTE),), 0, TrafficShifted(until=LATER + MINUTE)),
        # A share that is not watched is confirmed all the same before the next one.
        ((Phase(percent=5), Phase(percent=100)), 0, TrafficShifted(until=LATER)),
        ((Phase(percent=5), Phase(percent=100)), 1, Completed()),
        # Promoted past the last share: confirmed once more, and then it has landed.
        ((Phase(percent=100, bake=MINUTE),), 1, Completed()),
    ],
)
def test_a_share_that_arrived_is_watched_or_is_the_end(
    phases: tuple[Phase, ...], phase: int, event: Event
) -> None:
    subject = canary(S.ROUTING).model_copy(update={"plan": phased(*phases), "phase": phase})
    assert arrived(subject, LATER) == event


def test_a_resumed_bake_counts_from_the_confirmed_share() -> None:
    """Else the time that the write took would be missing from the last window of the gates."""
    subject = watched(S.ROUTING, since=NOW, bake=NOW + 13 * MINUTE, shifted=None)
    assert arrived(subject, LATER) == TrafficShifted(until=LATER + 13 * MINUTE)


def test_what_is_kept_for_a_while_is_not_completed_yet() -> None:
    blue = samples.full_plan(samples.BLUE_GREEN)
    subject = deploy(S.ROUTING, plan=blue)
    assert landing(subject, LATER) == Retained(until=LATER + timedelta(hours=24))
    first = blue.model_copy(update={"replaces": {}})
    assert landing(deploy(S.ROUTING, plan=first), LATER) == Completed()


@pytest.mark.parametrize(
    ("changes", "event"),
    [
        ({"moved": True, "trail": ()}, RolledBack()),
        ({"moved": False, "trail": ()}, Failed(reason="503")),
        ({"moved": False, "trail": (), "undone_by": SAM}, Withdrawn()),
        ({"moved": True, "trail": (), "undone_by": SAM}, RolledBack()),
        (
            {"moved": False, "trail": (), "cause": None},
            Failed(reason="It was undone before it had any traffic."),
        ),
    ],
)
def test_going_back_means_more_when_there_was_traffic(
    changes: dict[str, object], event: Event
) -> None:
    subject = deploy(S.ROLLING_BACK, cause="503").model_copy(update=changes)
    assert undone(subject) == event


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────────

NO = "Permission denied."


@pytest.mark.parametrize(
    ("subject", "step", "event"),
    [
        (deploy(S.REQUESTED), Step.PLAN, Failed(reason=NO)),
        (deploy(S.QUEUED), Step.TAKE_TURN, Failed(reason=NO)),
        (deploy(S.BACKING_UP), Step.BACK_UP, Failed(reason=NO)),
        (deploy(S.STAGING), Step.STAGE, Failed(reason=NO)),
        (deploy(S.STAGING), Step.POLL, Broke(reason=NO)),
        (deploy(S.TAGGING), Step.TAG, Failed(reason=NO)),
        (deploy(S.TAGGING), Step.POLL, Broke(reason=NO)),
        (deploy(S.SMOKE), Step.SMOKE, Broke(reason=NO)),
        # The first write of traffic was refused, so there is none.
        (deploy(S.ROUTING), Step.ROUTE, Failed(reason=NO)),
        # An earlier attempt may have got through.
        (deploy(S.ROUTING, attempt=1), Step.ROUTE, Broke(reason=NO)),
        (watched(S.ROUTING, 1), Step.ROUTE, Broke(reason=NO)),
        (deploy(S.ROUTING), Step.POLL, Broke(reason=NO)),
        (back(S.ROUTING), Step.POLL, Lost(reason=NO)),
        (deploy(S.ROLLING_BACK), Step.RESTORE, Lost(reason=NO)),
        (deploy(S.ROLLING_BACK), Step.POLL, Lost(reason=NO)),
        (deploy(S.HELD), Step.MEASURE, Unreached(reason=NO, outcome=Outcome.NOT_DONE)),
        (deploy(S.RETAINING), Step.MEASURE, Unreached(reason=NO, outcome=Outcome.NOT_DONE)),
    ],
)
def test_a_refused_write_did_nothing_and_a_refused_look_leaves_it_open(
    subject: Deploy, step: Step, event: Event
) -> None:
    found = refused(subject, step, NO, LATER)
    assert found == event
    assert type(found) in TABLE[subject.state]


@pytest.mark.parametrize("state", sorted(set(State) - FINAL))
@pytest.mark.parametrize("turn", [0, 1])
def test_what_is_under_way_where_nobody_may_write_is_for_a_person_to_look_at(
    state: State, turn: int
) -> None:
    """Its target is gone from the catalog. What was not begun, or has landed, is simply over."""
    subject = canary(state, turn=turn)
    event = removed(subject, "It was removed.")
    if type(event) in TABLE[state]:
        ended = advance(subject, event, LATER, PACE)
        assert ended.over
        if state in DECIDING | {S.BACKING_UP}:
            assert (ended.state, ended.cause) == (S.CANCELLED, "It was removed.")
        elif state is S.RETAINING:
            assert ended.state is S.COMPLETED
        else:
            assert ended.state is (S.FAILED_UNKNOWN if turn else S.FAILED_SAFE)
    else:
        # Without a turn it cannot be there, and with one it does not wait for a turn any more.
        assert (turn == 0) is (state is not S.QUEUED)


def test_evidence_that_is_refused_is_no_evidence() -> None:
    found = refused(watched(), Step.MEASURE, NO, LATER)
    assert found == Held(cause=Cause.NO_EVIDENCE, reason=NO, until=LATER + 120 * MINUTE)


def test_the_rule_of_the_sample_plan_is_the_one_that_is_asked_at_the_turn() -> None:
    """The plan that is made anew is bound to the rule of the same terms."""
    subject = samples.target()
    rule = rule_for(subject, Terms())
    again = make_plan(subject, samples.artifact(), observed(), Terms(), rule)
    assert again.hash == samples.plan().hash
    assert PLAN.hash == again.hash
