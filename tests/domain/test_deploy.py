"""A deploy as a document, and what it needs done next in every state."""

from datetime import datetime, timedelta

import pytest
import samples
from pydantic import ValidationError
from rollouts import EVENTS, LATER, MINUTE, PACE, split, watched
from samples import NOW

from bot.domain.deploy import Deploy, Pace, Step, next_step
from bot.domain.history import Kind
from bot.domain.observation import Fence
from bot.domain.states import FINAL, LANDED, TABLE, State
from bot.domain.transition import advance

S = State

# ── What has to be done ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "operation", "step"),
    [
        (S.REQUESTED, None, Step.PLAN),
        (S.QUEUED, None, Step.TAKE_TURN),
        (S.BACKING_UP, None, Step.BACK_UP),
        (S.BACKING_UP, "backup-1", Step.POLL_BACKUP),
        (S.STAGING, None, Step.STAGE),
        (S.STAGING, "operations/1", Step.POLL),
        (S.STAGING, "", Step.POLL),
        (S.TAGGING, None, Step.TAG),
        (S.TAGGING, "operations/1", Step.POLL),
        (S.SMOKE, None, Step.SMOKE),
        (S.ROUTING, None, Step.ROUTE),
        (S.ROUTING, "operations/1", Step.POLL),
        (S.OBSERVING, None, Step.MEASURE),
        (S.HELD, None, Step.MEASURE),
        (S.ROLLING_BACK, None, Step.RESTORE),
        (S.ROLLING_BACK, "operations/1", Step.POLL),
        (S.RETAINING, None, Step.MEASURE),
        *((state, None, None) for state in sorted(FINAL)),
    ],
)
def test_each_state_asks_for_its_step(
    state: State, operation: str | None, step: Step | None
) -> None:
    """An operation that ended at once ("") is looked at too: what the cloud shows decides."""
    assert next_step(samples.deploy(state, operation=operation), NOW) is step


A_MOMENT = timedelta(microseconds=1)
ASKED = samples.approval()


@pytest.mark.parametrize(
    ("reminded", "moment", "step"),
    [
        (False, ASKED.remind_at - A_MOMENT, None),
        (False, ASKED.remind_at, Step.REMIND),
        (True, ASKED.remind_at, None),
        (True, ASKED.expires_at - A_MOMENT, None),
        (True, ASKED.expires_at, Step.EXPIRE),
        # Nobody is reminded of what has expired.
        (False, ASKED.expires_at, Step.EXPIRE),
    ],
)
def test_an_approval_is_reminded_of_and_expires(
    moment: datetime, step: Step | None, *, reminded: bool
) -> None:
    waiting = samples.deploy(S.AWAITING_APPROVAL, reminded=reminded)
    assert next_step(waiting, moment) is step


def test_a_checklist_is_awaited_until_a_time() -> None:
    waiting = samples.deploy(S.CHECKING)
    assert waiting.decide_by is not None
    assert next_step(waiting, waiting.decide_by - A_MOMENT) is None
    assert next_step(waiting, waiting.decide_by) is Step.EXPIRE


@pytest.mark.parametrize("state", [S.CHECKING, S.AWAITING_APPROVAL])
def test_what_waits_for_nothing_is_left_alone(state: State) -> None:
    waiting = samples.deploy(state, approval=None, decide_by=None)
    assert next_step(waiting, NOW + timedelta(days=9)) is None


@pytest.mark.parametrize(
    ("paged", "late", "step"),
    [
        (False, False, Step.MEASURE),
        (False, True, Step.CALL),
        (True, True, Step.MEASURE),
    ],
)
def test_a_hold_calls_somebody_once_and_is_watched_on(
    step: Step, *, paged: bool, late: bool
) -> None:
    held = samples.hold(paged=paged)
    moment = held.until if late else held.until - A_MOMENT
    assert next_step(samples.canary(S.HELD, hold=held), moment) is step


# ── What it knows of itself ──────────────────────────────────────────────────────────────────────


def test_a_deploy_names_its_target_kind_and_fence() -> None:
    subject = samples.back(S.ROUTING, turn=7, step=3)
    assert (subject.target, subject.kind) == ("api/production", Kind.ROLLBACK)
    assert subject.fence == Fence(turn=7, step=3)


@pytest.mark.parametrize("state", list(State))
def test_it_knows_whether_it_is_over_or_has_landed(state: State) -> None:
    subject = samples.deploy(state)
    assert (subject.over, subject.landed) == (state in FINAL, state in LANDED)


@pytest.mark.parametrize(
    ("phase", "percent", "last"), [(0, 5, False), (1, 25, False), (2, 50, False), (3, 100, True)]
)
def test_each_phase_has_its_share(phase: int, percent: int, *, last: bool) -> None:
    subject = watched(phase=phase)
    assert (subject.present_phase.percent, subject.last_phase) == (percent, last)
    assert subject.split == subject.split_at(phase) == split(percent)


def test_past_the_last_phase_the_share_stays_whole() -> None:
    subject = watched(phase=4)
    assert (subject.present_phase.percent, subject.last_phase) == (100, True)
    assert subject.split == split(100)


def test_without_a_plan_there_is_none_to_agree_on() -> None:
    with pytest.raises(AssertionError, match="without a plan"):
        _ = samples.deploy(plan=None).agreed


def test_the_back_off_doubles_up_to_a_limit() -> None:
    pace = Pace(retry=timedelta(seconds=5), longest=MINUTE)
    waits = [pace.back_off(failures).total_seconds() for failures in range(1, 7)]
    assert waits == [5, 10, 20, 40, 60, 60]


# ── As a document ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", sorted(set(State) - FINAL))
def test_a_deploy_survives_being_stored_after_every_event(state: State) -> None:
    before = samples.canary(state)
    after = {event: advance(before, EVENTS[event], LATER, PACE) for event in TABLE[state]}
    read = {
        event: Deploy.model_validate_json(each.model_dump_json()) for event, each in after.items()
    }
    assert read == after


# What the first release wrote, in the first states of a deploy.
OLDEST = {
    "id": "D-7F3K2",
    "service": "api",
    "environment": "production",
    "version": "v1.2.0",
    "requested_by": samples.DANA,
    "requested_at": "2026-03-14T12:00:00Z",
    "state": "queued",
    "since": "2026-03-14T12:00:00Z",
    "due": "2026-03-14T12:00:00Z",
    "plan": {
        "artifact": {
            "image": "registry.example/olympus/api",
            "version": "v1.2.0",
            "digest": samples.NEW_DIGEST,
        },
        "replaces": {"api-00001": 100},
        "replaces_versions": ["v1.1.0"],
        "hash": "0123456789abcdef",
    },
    "approval": {
        "plan_hash": "0123456789abcdef",
        "requester": samples.DANA,
        "rule": {
            "required": 1,
            "groups": [{"name": "sre", "min": 0}],
            "allow_self": False,
            "expires": "PT30M",
        },
        "expires_at": "2026-03-14T12:30:00Z",
        "votes": [],
    },
    "turn": 0,
    "step": 0,
    "attempt": 0,
    "operation": None,
    "waiting_for": [],
    "revision": None,
    "preview": None,
    "problem": None,
}


def test_a_document_of_the_first_release_is_readable_and_goes_on() -> None:
    """Whatever was added since has a default that means what was true then: all at once."""
    read = Deploy.model_validate(OLDEST)
    assert (read.kind, read.state, read.edition) == (Kind.DEPLOY, S.QUEUED, 0)
    assert [phase.percent for phase in read.agreed.phases] == [100]
    assert read.approval is not None
    assert read.approval.remind_at == NOW + 15 * MINUTE
    assert next_step(read, NOW) is Step.TAKE_TURN


@pytest.mark.parametrize("state", list(State))
def test_what_is_not_written_down_has_its_default(state: State) -> None:
    """A document that leaves out all that is usual is the same deploy."""
    for subject in (samples.deploy(state), samples.canary(state), samples.back(state)):
        short = subject.model_dump_json(exclude_defaults=True)
        assert Deploy.model_validate_json(short) == subject


def test_a_document_of_a_newer_release_is_refused() -> None:
    """Rather than silently cut down."""
    with pytest.raises(ValidationError):
        Deploy.model_validate(OLDEST | {"newer": True})
