"""What an observed cloud means: a step is done only when the cloud shows it."""

from datetime import datetime, timedelta

import pytest
from samples import NOW, approval, artifact, deploy, observed, plan, target

from bot.domain.deploy import Deploy, State
from bot.domain.events import (
    Event,
    Failed,
    Lost,
    RevisionReady,
    Tagged,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Waiting,
)
from bot.domain.lane import Lane
from bot.domain.observation import Fence, Health, Observation, Revision
from bot.domain.plan import make_plan
from bot.domain.rollout import STEP_LIMIT, judge, judge_turn, overdue, revision_of, tag_of

S = State
LANE = Lane(target="api/production", turn=4, queue=("D-7F3K2",))
TAG = tag_of("D-7F3K2")
OURS = Revision(name="api-00002", image="i", deploy="D-7F3K2", ready=True)
OTHERS = Revision(name="api-00003", image="i", deploy="D-00000", ready=True)
UNMARKED = Revision(name="api-00004", image="i", ready=True)
MOVED = {"api-00002": 100}
LAST_MOMENT = NOW + STEP_LIMIT
TOO_LATE = LAST_MOMENT + timedelta(microseconds=1)


def with_revisions(*revisions: Revision, **changes: object) -> Observation:
    known = dict(observed().revisions) | {each.name: each for each in revisions}
    return observed(revisions=known, **changes)


# ── The turn ─────────────────────────────────────────────────────────────────────────────────────


def test_a_turn_is_above_all_that_were_given_out() -> None:
    event = judge_turn(deploy(S.QUEUED), target(), LANE, observed())
    assert event == TurnTaken(turn=5, plan=plan())


def test_a_turn_is_above_what_the_cloud_has_seen() -> None:
    """A lane that was lost with Redis' memory must not give out an old turn again."""
    seen = observed(fence=Fence(turn=41, step=3))
    event = judge_turn(deploy(S.QUEUED), target(), LANE, seen)
    assert event == TurnTaken(turn=42, plan=plan())


def test_an_approved_plan_is_void_when_something_else_serves() -> None:
    seen = observed(serving={"api-00009": 100})
    assert judge_turn(deploy(S.QUEUED), target(), LANE, seen) == TargetChanged()


def test_an_approved_plan_is_void_when_the_catalog_says_otherwise() -> None:
    moved = target().model_copy(update={"deployers": ("owners",)})
    assert judge_turn(deploy(S.QUEUED), moved, LANE, observed()) == TargetChanged()


def test_without_an_approval_the_plan_is_made_anew() -> None:
    seen = observed(serving={"api-00009": 100})
    event = judge_turn(deploy(S.QUEUED, approval=None), target(), LANE, seen)
    assert event == TurnTaken(turn=5, plan=make_plan(target(), artifact(), seen))


def test_without_a_plan_nothing_is_begun() -> None:
    subject = deploy(S.QUEUED, plan=None, approval=None)
    assert judge_turn(subject, target(), LANE, observed()) == TargetChanged()


def test_an_approval_of_another_plan_is_worth_nothing() -> None:
    other = approval().model_copy(update={"plan_hash": "0" * 16})
    subject = deploy(S.QUEUED, approval=other)
    assert judge_turn(subject, target(), LANE, observed()) == TargetChanged()


# ── What is confirmed ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "seen", "event"),
    [
        (S.STAGING, with_revisions(OURS), RevisionReady(revision="api-00002")),
        (
            S.STAGING,
            with_revisions(OURS.model_copy(update={"ready": False, "problem": "It crashed."})),
            Failed(reason="It crashed."),
        ),
        (
            S.TAGGING,
            with_revisions(OURS, tags={TAG: "api-00002"}, previews={TAG: "https://x.example"}),
            Tagged(preview="https://x.example"),
        ),
        (S.TAGGING, with_revisions(OURS, tags={TAG: "api-00002"}), Tagged(preview=None)),
        (S.ROUTING, with_revisions(OURS, serving=MOVED), TrafficShifted()),
    ],
)
def test_a_step_is_done_when_the_cloud_shows_it(
    state: State, seen: Observation, event: Event
) -> None:
    assert judge(deploy(state), seen, None, NOW) == event
    assert judge(deploy(state), seen, None, TOO_LATE) == event


NOT_YET = [
    (S.STAGING, observed()),
    (S.STAGING, with_revisions(OTHERS, UNMARKED)),
    (S.STAGING, with_revisions(OURS.model_copy(update={"ready": False}))),
    (S.TAGGING, with_revisions(OURS)),
    (S.TAGGING, with_revisions(OURS, tags={TAG: "api-00003"})),
    (S.TAGGING, with_revisions(OURS, tags={"c-d-00000": "api-00002"})),
    (S.ROUTING, with_revisions(OURS)),
    (S.ROUTING, with_revisions(OURS, serving=MOVED, health=Health.CHANGING)),
    (S.ROUTING, with_revisions(OURS, serving={"api-00001": 1, "api-00002": 99})),
    (S.ROUTING, with_revisions(OURS, serving={"api-00002": 99})),
    (S.ROUTING, with_revisions(OURS, serving={})),
]


@pytest.mark.parametrize(("state", "seen"), NOT_YET)
def test_an_operation_that_ended_is_not_taken_for_success(state: State, seen: Observation) -> None:
    assert judge(deploy(state), seen, None, NOW) == Waiting()
    assert judge(deploy(state), seen, None, LAST_MOMENT) == Waiting()


@pytest.mark.parametrize(("state", "seen"), NOT_YET)
def test_what_is_not_confirmed_in_time_has_failed(state: State, seen: Observation) -> None:
    """And is only called harmless when what served before serves still."""
    event = judge(deploy(state), seen, None, TOO_LATE)
    reason = "The cloud did not confirm it within 20 minutes."
    untouched = dict(seen.serving) == plan().replaces
    assert event == (Failed(reason=reason) if untouched else Lost(reason=reason))


@pytest.mark.parametrize("state", [S.STAGING, S.TAGGING, S.ROUTING])
@pytest.mark.parametrize(
    ("serving", "event"),
    [
        ({"api-00001": 100}, Failed(reason="Quota exceeded.")),
        ({"api-00002": 100}, Lost(reason="Quota exceeded.")),
        ({"api-00001": 50, "api-00002": 50}, Lost(reason="Quota exceeded.")),
        ({}, Lost(reason="Quota exceeded.")),
    ],
)
def test_a_failed_operation_claims_only_what_is_seen(
    state: State, serving: dict[str, int], event: Event
) -> None:
    assert judge(deploy(state), observed(serving=serving), "Quota exceeded.", NOW) == event


def test_a_broken_revision_explains_itself_better_than_its_operation() -> None:
    broken = OURS.model_copy(update={"ready": False, "problem": "It crashed."})
    event = judge(deploy(S.STAGING), with_revisions(broken), "Operation failed.", NOW)
    assert event == Failed(reason="It crashed.")


@pytest.mark.parametrize(("now", "late"), [(LAST_MOMENT, False), (TOO_LATE, True)])
def test_a_step_is_overdue_after_its_limit(now: datetime, *, late: bool) -> None:
    assert overdue(deploy(S.STAGING), now) is late


@pytest.mark.parametrize("state", [S.REQUESTED, S.QUEUED, S.COMPLETED])
def test_states_without_a_write_confirm_nothing(state: State) -> None:
    seen = with_revisions(OURS, serving=MOVED, tags={TAG: "api-00002"})
    assert judge(deploy(state), seen, None, NOW) == Waiting()


# ── Names ────────────────────────────────────────────────────────────────────────────────────────


def test_a_revision_is_ours_by_its_mark_only() -> None:
    subject: Deploy = deploy(S.STAGING)
    assert revision_of(subject, with_revisions(OTHERS, UNMARKED)) is None
    assert revision_of(subject, with_revisions(OTHERS, OURS)) == "api-00002"


def test_tags_are_what_cloud_run_takes() -> None:
    assert tag_of("D-7F3K2") == "c-d-7f3k2"
