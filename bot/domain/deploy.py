"""A deploy as it is stored, and what has to be done about it next.

The states and arrows are in `bot.domain.states`, what an event changes in `bot.domain.transition`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.approval import Approval
from bot.domain.base import Model
from bot.domain.events import Cause
from bot.domain.evidence import Reading
from bot.domain.history import Kind
from bot.domain.observation import Fence
from bot.domain.plan import Plan, Terms
from bot.domain.policy import Phase
from bot.domain.states import FINAL, LANDED, State
from bot.domain.traffic import blend

S = State


class Hold(Model):
    """Why a deploy waits for a person, since when, and when somebody is called (`paged`: was).

    `back`: it was on its way back, so that is where it goes on.
    """

    cause: Cause
    reason: str
    since: datetime
    until: datetime
    paged: bool = False
    back: bool = False


class Shift(Model):
    """The cloud confirmed a share of the traffic for the new revision."""

    percent: int
    at: datetime


class Deploy(Model):
    """One request to run a version on a target, and all that became of it.

    `step` counts the writes to the cloud and never goes down; with `turn` it is the fence of the
    next write. `operation` is a neighbour's name for something under way since `begun`. `attempt`
    counts failures of the present step in a row, and `vain` how often an operation of it ended in
    vain. `due` is when the worker has to look at it again; None means never. `edition` counts the
    plans that were made: the card of an earlier one is struck out.

    `phase` is the place in the plan's phases, `shifted` when its share was confirmed, and `bake`
    until when it is watched at least. `moved` is set before the first write that may give the new
    revision traffic. `cause` is why it is, or was, rolled back, and `undone_by` the person who
    wanted that (None: the engine itself). `reclaim` lets the next write overrule what somebody else
    did to the traffic, because a person said so.
    """

    id: str
    service: str
    environment: str
    version: str
    requested_by: str
    requested_at: datetime
    terms: Terms = Terms()
    state: State = State.REQUESTED
    since: datetime
    due: datetime | None
    edition: int = 0
    plan: Plan | None = None
    decide_by: datetime | None = None
    approval: Approval | None = None
    reminded: bool = False
    decided_by: str | None = None
    started: datetime | None = None
    turn: int = 0
    step: int = 0
    attempt: int = 0
    vain: int = 0
    operation: str | None = None
    begun: datetime | None = None
    waiting_for: tuple[str, ...] = ()
    blocked: str = ""
    revision: str | None = None
    preview: str | None = None
    phase: int = 0
    shifted: datetime | None = None
    bake: datetime | None = None
    hold: Hold | None = None
    readings: tuple[Reading, ...] = ()
    warned: tuple[str, ...] = ()
    trail: tuple[Shift, ...] = ()
    keep_until: datetime | None = None
    moved: bool = False
    cause: str | None = None
    undone_by: str | None = None
    reclaim: bool = False
    problem: str | None = None

    @property
    def target(self) -> str:
        """The key of the target: `service/environment`."""
        return f"{self.service}/{self.environment}"

    @property
    def kind(self) -> Kind:
        """What it is about."""
        return self.terms.kind

    @property
    def fence(self) -> Fence:
        """The fence that the next write to the cloud carries."""
        return Fence(turn=self.turn, step=self.step)

    @property
    def over(self) -> bool:
        """Whether nothing will happen to this deploy any more."""
        return self.state in FINAL

    @property
    def landed(self) -> bool:
        """Whether the new version serves everything and was found good."""
        return self.state in LANDED

    @property
    def returning(self) -> bool:
        """Whether it is held on its way back."""
        return self.hold is not None and self.hold.back

    @property
    def present_phase(self) -> Phase:
        """The share of traffic that is being given or watched."""
        phases = self.agreed.phases
        return phases[min(self.phase, len(phases) - 1)]

    @property
    def last_phase(self) -> bool:
        """Whether no further share follows."""
        return self.phase >= len(self.agreed.phases) - 1

    @property
    def agreed(self) -> Plan:
        """The plan, where there has to be one."""
        if self.plan is None:
            raise AssertionError(f"{self.id} is {self.state} without a plan")
        return self.plan

    def split_at(self, phase: int) -> dict[str, int]:
        """The traffic as it has to be in a phase."""
        phases = self.agreed.phases
        percent = phases[min(phase, len(phases) - 1)].percent
        return blend(self.agreed.replaces, self.revision or "", percent)

    @property
    def split(self) -> dict[str, int]:
        """The traffic as it has to be in the present phase."""
        return self.split_at(self.phase)


class Pace(Model):
    """How patient the engine is: time between two looks at a running operation, and the back-off.

    A failed step is repeated after `retry` × 2^(attempt-1), and after `longest` at the latest. What
    is watched without an analysis, which has an interval of its own, is looked at every `idle`.
    """

    poll: timedelta = timedelta(seconds=3)
    retry: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=5)
    idle: timedelta = timedelta(seconds=30)

    def back_off(self, failures: int) -> timedelta:
        """How long to wait after so many failures in a row."""
        return min(self.retry * (1 << (failures - 1)), self.longest)

    def interval(self, deploy: Deploy) -> timedelta:
        """How often the evidence of a deploy is looked at."""
        analysis = deploy.plan.strategy.analysis if deploy.plan else None
        return analysis.interval if analysis else self.idle


class Step(StrEnum):
    """What a deploy needs done next."""

    PLAN = "plan"
    EXPIRE = "expire"
    REMIND = "remind"
    TAKE_TURN = "take turn"
    BACK_UP = "back up"
    POLL_BACKUP = "poll backup"
    STAGE = "stage"
    TAG = "tag"
    SMOKE = "smoke"
    ROUTE = "route"
    POLL = "poll"
    MEASURE = "measure"
    CALL = "call"
    RESTORE = "restore"


# What begins a state's work, and what looks after it once that is under way.
_WORK: Mapping[State, tuple[Step, Step]] = MappingProxyType(
    {
        S.BACKING_UP: (Step.BACK_UP, Step.POLL_BACKUP),
        S.STAGING: (Step.STAGE, Step.POLL),
        S.TAGGING: (Step.TAG, Step.POLL),
        S.ROUTING: (Step.ROUTE, Step.POLL),
        S.ROLLING_BACK: (Step.RESTORE, Step.POLL),
    }
)
# Where there is only one thing to do; in a final state there is none.
_ALWAYS: Mapping[State, Step] = MappingProxyType(
    {
        S.REQUESTED: Step.PLAN,
        S.QUEUED: Step.TAKE_TURN,
        S.SMOKE: Step.SMOKE,
        S.OBSERVING: Step.MEASURE,
        S.RETAINING: Step.MEASURE,
    }
)


def subject_of(deploy: Deploy) -> str:
    """How the audit log names a deploy: its id first, then what goes where."""
    return f"{deploy.id} {deploy.service} {deploy.version} {deploy.environment}"


def next_step(deploy: Deploy, now: datetime) -> Step | None:
    """Say what has to be done for a deploy now; None when there is nothing yet, or any more."""
    match deploy.state:
        case S.BACKING_UP | S.STAGING | S.TAGGING | S.ROUTING | S.ROLLING_BACK:
            begin, look = _WORK[deploy.state]
            return begin if deploy.operation is None else look
        case S.CHECKING:
            over = deploy.decide_by is not None and now >= deploy.decide_by
            return Step.EXPIRE if over else None
        case S.AWAITING_APPROVAL:
            return _asking(deploy, now)
        case S.HELD:
            late = deploy.hold is not None and not deploy.hold.paged and now >= deploy.hold.until
            return Step.CALL if late else Step.MEASURE
        case _:
            return _ALWAYS.get(deploy.state)


def _asking(deploy: Deploy, now: datetime) -> Step | None:
    approval = deploy.approval
    if approval is None:
        return None
    if now >= approval.expires_at:
        return Step.EXPIRE
    remind = not deploy.reminded and now >= approval.remind_at
    return Step.REMIND if remind else None
