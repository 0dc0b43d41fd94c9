"""A deploy: its states, and what each event does to it.

Everything that can change a deploy's state stands in `TABLE`; `next_step` says what to do about a
deploy, and `advance` what became of it. Both are pure. The rest of Signalbox performs steps and
reports events.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from bot.domain.approval import Approval
from bot.domain.base import Model
from bot.domain.errors import IllegalTransition, Outcome
from bot.domain.events import (
    Cleared,
    Decision,
    Event,
    Expired,
    Failed,
    Lost,
    Planned,
    Rejected,
    Report,
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
from bot.domain.plan import Plan


class State(StrEnum):
    """Where a deploy stands. The last five are final."""

    REQUESTED = "requested"
    AWAITING_APPROVAL = "awaiting approval"
    QUEUED = "queued"
    STAGING = "staging"
    TAGGING = "tagging"
    ROUTING = "routing"
    COMPLETED = "completed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED_SAFE = "failed, old version serving"
    FAILED_UNKNOWN = "failed, outcome unknown"


S = State
FINAL = frozenset({S.COMPLETED, S.REJECTED, S.EXPIRED, S.FAILED_SAFE, S.FAILED_UNKNOWN})
# States in which the deploy stands in its target's lane: it has been cleared and is not over.
IN_LANE = frozenset({S.QUEUED, S.STAGING, S.TAGGING, S.ROUTING})
# How often one step may fail in a row before a person has to look (a decision of this project).
MAX_ATTEMPTS = 5

TABLE: Mapping[State, Mapping[type[Event], State]] = MappingProxyType(
    {
        S.REQUESTED: {
            Planned: S.AWAITING_APPROVAL,
            Cleared: S.QUEUED,
            Unreached: S.REQUESTED,
            Failed: S.FAILED_SAFE,
        },
        S.AWAITING_APPROVAL: {
            VoteCast: S.AWAITING_APPROVAL,
            Cleared: S.QUEUED,
            Rejected: S.REJECTED,
            Expired: S.EXPIRED,
        },
        S.QUEUED: {
            Waiting: S.QUEUED,
            TurnTaken: S.STAGING,
            TargetChanged: S.REQUESTED,
            Unreached: S.QUEUED,
            Failed: S.FAILED_SAFE,
        },
        S.STAGING: {
            Started: S.STAGING,
            Waiting: S.STAGING,
            RevisionReady: S.TAGGING,
            Unreached: S.STAGING,
            Failed: S.FAILED_SAFE,
            Lost: S.FAILED_UNKNOWN,
        },
        S.TAGGING: {
            Started: S.TAGGING,
            Waiting: S.TAGGING,
            Tagged: S.ROUTING,
            Unreached: S.TAGGING,
            Failed: S.FAILED_SAFE,
            Lost: S.FAILED_UNKNOWN,
        },
        S.ROUTING: {
            Started: S.ROUTING,
            Waiting: S.ROUTING,
            TrafficShifted: S.COMPLETED,
            Unreached: S.ROUTING,
            Failed: S.FAILED_SAFE,
            Lost: S.FAILED_UNKNOWN,
        },
        **{state: {} for state in FINAL},
    }
)


class Deploy(Model):
    """One request to run a version on a target, and all that became of it.

    `step` counts the writes to the cloud and never goes down; with `turn` it is the fence of the
    next write. `operation` is the cloud's name for a running operation. `attempt` counts failures
    of the present step in a row. `due` is when the worker has to look at it again; None means
    never.
    """

    id: str
    service: str
    environment: str
    version: str
    requested_by: str
    requested_at: datetime
    state: State = State.REQUESTED
    since: datetime
    due: datetime | None
    plan: Plan | None = None
    approval: Approval | None = None
    decided_by: str | None = None
    turn: int = 0
    step: int = 0
    attempt: int = 0
    operation: str | None = None
    waiting_for: tuple[str, ...] = ()
    revision: str | None = None
    preview: str | None = None
    problem: str | None = None
    replanned: bool = False

    @property
    def target(self) -> str:
        """The key of the target: `service/environment`."""
        return f"{self.service}/{self.environment}"

    @property
    def fence(self) -> Fence:
        """The fence that the next write to the cloud carries."""
        return Fence(turn=self.turn, step=self.step)

    @property
    def over(self) -> bool:
        """Whether nothing will happen to this deploy any more."""
        return self.state in FINAL


class Pace(Model):
    """How patient the engine is: time between two looks at a running operation, and the back-off.

    A failed step is repeated after `retry` × 2^(attempt-1).
    """

    poll: timedelta = timedelta(seconds=3)
    retry: timedelta = timedelta(seconds=5)


class Step(StrEnum):
    """What a deploy needs done next."""

    PLAN = "plan"
    EXPIRE = "expire"
    TAKE_TURN = "take turn"
    STAGE = "stage"
    TAG = "tag"
    ROUTE = "route"
    POLL = "poll"


_WRITES: Mapping[State, Step] = MappingProxyType(
    {S.STAGING: Step.STAGE, S.TAGGING: Step.TAG, S.ROUTING: Step.ROUTE}
)


def next_step(deploy: Deploy, now: datetime) -> Step | None:
    """Say what has to be done for a deploy now; None when there is nothing yet, or any more."""
    match deploy.state:
        case S.REQUESTED:
            return Step.PLAN
        case S.AWAITING_APPROVAL:
            expired = deploy.approval is not None and now >= deploy.approval.expires_at
            return Step.EXPIRE if expired else None
        case S.QUEUED:
            return Step.TAKE_TURN
        case S.STAGING | S.TAGGING | S.ROUTING:
            return Step.POLL if deploy.operation is not None else _WRITES[deploy.state]
        case S.COMPLETED | S.REJECTED | S.EXPIRED | S.FAILED_SAFE | S.FAILED_UNKNOWN:
            return None
        case _:
            assert_never(deploy.state)


def advance(deploy: Deploy, event: Event, now: datetime, pace: Pace) -> Deploy:
    """Apply an event. Raises `IllegalTransition` when the state has no arrow for it.

    A neighbour that was not reached `MAX_ATTEMPTS` times in a row ends the deploy.
    """
    if isinstance(event, Unreached) and deploy.attempt + 1 >= MAX_ATTEMPTS:
        deploy = deploy.model_copy(update={"attempt": deploy.attempt + 1})
        event = _given_up(deploy, event)
    goal = TABLE[deploy.state].get(type(event))
    if goal is None:
        raise IllegalTransition(f"Deploy {deploy.id}", deploy.state.value, event.name)
    moved = _apply(deploy, event, now, pace)
    entered = {"state": goal, "since": now} if goal is not deploy.state else {}
    if entered and goal not in FINAL:
        entered["attempt"] = 0
    ended = {"due": None, "operation": None} if goal in FINAL else {}
    return moved.model_copy(update={**entered, **ended})


def _given_up(deploy: Deploy, event: Unreached) -> Event:
    """The end after too many attempts. Once traffic may have moved, only the cloud could tell."""
    writing = deploy.state in _WRITES
    doubtful = deploy.state is S.ROUTING or event.outcome is Outcome.UNKNOWN
    return Lost(reason=event.reason) if writing and doubtful else Failed(reason=event.reason)


def _apply(deploy: Deploy, event: Event, now: datetime, pace: Pace) -> Deploy:
    """The fields that an event sets, apart from the state itself."""
    if isinstance(event, Decision):
        update = _decided(event, now)
    else:
        update = _reported(deploy, event, now, pace)
    return deploy.model_copy(update={"problem": None, **update})


def _decided(event: Decision, now: datetime) -> dict[str, object]:
    match event:
        case Planned(plan=plan, approval=approval):
            return {"plan": plan, "approval": approval, "due": approval.expires_at}
        case VoteCast(approval=approval):
            return {"approval": approval}
        case Cleared(plan=plan, approval=cleared):
            return {"plan": plan, "approval": cleared, "due": now}
        case Rejected(by=by, reason=reason):
            return {"decided_by": by, "problem": reason}
        case Expired():
            return {}
        case TargetChanged():
            return {"plan": None, "approval": None, "replanned": True, "due": now}
        case _:
            assert_never(event)


def _reported(deploy: Deploy, event: Report, now: datetime, pace: Pace) -> dict[str, object]:
    match event:
        case Waiting(behind=behind):
            return {"waiting_for": behind, "attempt": 0, "due": now + pace.poll}
        case TurnTaken(turn=turn, plan=plan):
            return {"turn": turn, "plan": plan, "step": 1, "waiting_for": (), "due": now}
        case Started(operation=operation):
            return {"operation": operation, "attempt": 0, "due": now + pace.poll}
        case RevisionReady(revision=revision):
            return {"revision": revision, **_next_write(deploy, now)}
        case Tagged(preview=preview):
            return {"preview": preview, **_next_write(deploy, now)}
        case TrafficShifted():
            return {}
        case Unreached(reason=reason, retry_after=asked):
            wait = max(pace.retry * 2**deploy.attempt, asked or timedelta(0))
            return {"problem": reason, "attempt": deploy.attempt + 1, "due": now + wait}
        case Failed(reason=reason) | Lost(reason=reason):
            return {"problem": reason}
        case _:
            assert_never(event)


def _next_write(deploy: Deploy, now: datetime) -> dict[str, object]:
    return {"operation": None, "step": deploy.step + 1, "due": now}
