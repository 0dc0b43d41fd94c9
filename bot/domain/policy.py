"""How a target is changed and when it must not be: the policy part of the configuration as values.

What is decided by these values is in `rollout` (progress), `evidence` (gates), `approval` (who) and
`admission` (whether at all). Numbers that are defaults here are those of the policy file format;
docs/policy.md lists every key.
"""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from bot.domain.base import Model

ALL = 100


class Metric(StrEnum):
    """What a gate looks at. `error_rate` is the share of 5xx answers (0 to 1); the others are
    latencies in milliseconds.
    """

    ERROR_RATE = "error_rate"
    P50 = "p50_ms"
    P95 = "p95_ms"
    P99 = "p99_ms"


class Comparison(StrEnum):
    """How a value is compared. `>` and `>=` name what is bad, `<` and `<=` what has to hold."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="

    def breached(self, value: float, limit: float) -> bool:
        """Whether the gate's rule is broken by a value."""
        match self:
            case Comparison.ABOVE:
                return value > limit
            case Comparison.AT_LEAST:
                return value >= limit
            case Comparison.BELOW:
                return not value < limit
            case Comparison.AT_MOST:
                return not value <= limit


class GateAction(StrEnum):
    """What follows when a gate is broken."""

    ROLLBACK = "rollback"
    BLOCK = "block_promotion"
    WARN = "warn"


class Gate(Model):
    """One rule on one metric over a whole `window`.

    With `vs_stable` it is the candidate's value minus that of the stable revisions that counts.
    """

    name: str
    metric: Metric
    op: Comparison
    value: float
    window: timedelta
    action: GateAction
    vs_stable: bool = False


class Inconclusive(StrEnum):
    """What to do at the end of a bake when there are too few requests to tell.

    `PROCEED` goes by the health probe alone, so it needs one.
    """

    HOLD = "hold"
    PROCEED = "proceed"
    ROLLBACK = "rollback"


class Analysis(Model):
    """How the evidence of a bake is read.

    `metric_delay` is how long a measurement takes to become visible: windows end that much before
    now. Below `min_requests` in a window a gate cannot tell. 100 requests make a false alarm of a
    5 % gate at a true error rate of 1 % less likely than 1 in 1000 (exact binomial).
    """

    gates: tuple[Gate, ...]
    metric_delay: timedelta = timedelta(seconds=180)
    min_requests: int = 100
    on_inconclusive: Inconclusive = Inconclusive.HOLD
    max_hold: timedelta = timedelta(hours=2)
    interval: timedelta = timedelta(seconds=30)

    @property
    def reach(self) -> timedelta:
        """How long after a shift of traffic every gate has a whole window to look at."""
        return max((gate.window for gate in self.gates), default=timedelta(0)) + self.metric_delay


class Smoke(Model):
    """A request to the new revision under its own address; of `attempts` one has to succeed."""

    path: str = "/"
    expect: int = 200
    attempts: int = Field(default=5, ge=1)


class Phase(Model):
    """A share of the traffic for the new revision, and how long it is watched there."""

    percent: int = Field(ge=1, le=ALL)
    bake: timedelta = timedelta(0)


class StrategyKind(StrEnum):
    """The three ways to bring a new revision into service."""

    ROLLING = "rolling"
    BLUE_GREEN = "blue_green"
    CANARY = "canary"


class Strategy(Model):
    """How a new revision gets its traffic: rising phases, the last one of 100 %.

    `keep_blue` is how long the old revision is kept ready for a switch back.
    """

    kind: StrategyKind = StrategyKind.ROLLING
    phases: tuple[Phase, ...] = (Phase(percent=ALL),)
    smoke: Smoke | None = None
    analysis: Analysis | None = None
    keep_blue: timedelta = timedelta(0)


class Profile(Model):
    """A named way to deploy, chosen with `--profile`. A shortcut asks for a reason."""

    name: str
    strategy: Strategy
    needs_reason: bool = False


class PromoteFrom(Model):
    """The environment that must have run the same digest, for at least `soak`."""

    environment: str
    soak: timedelta = timedelta(0)


class FreezeWindow(Model):
    """A time in which nothing is deployed: it opens by a five-field cron in time zone `tz`."""

    cron: str
    duration: timedelta
    tz: str = "UTC"
    reason: str


class BreakGlass(Model):
    """Who may deploy without approval in an emergency, and by when somebody reviews that."""

    group: str
    review_within: timedelta = timedelta(hours=24)


class DatabaseRule(Model):
    """The Cloud SQL instance (`project/instance`) that is backed up before the first write.

    Without `wait` the deploy goes on as soon as the backup has been accepted.
    """

    instance: str
    backup_before: bool = True
    wait: bool = True


class AutoCheck(StrEnum):
    """What Signalbox can check by itself."""

    IMAGE_PRESENT = "image_present"
    STAGING_VERIFIED = "staging_verified"
    BACKUP_FRESH = "sql_backup_fresh"
    SMOKE_PASSED = "smoke_pass"
    SLO_MET = "slo_met"
    HEALTHY = "healthy"
    NO_OPEN_SEV12 = "no_open_sev12"


class ChecklistItem(Model):
    """One line of a checklist: checked by Signalbox (`auto`) or asked of a person (`ask`).

    `max_age` is for checks of something that ages, such as a backup.
    """

    id: str
    auto: AutoCheck | None = None
    ask: str | None = None
    max_age: timedelta | None = None


class ChecklistRule(Model):
    """The three lists of a deploy. Everything asked in `pre` is answered before approval."""

    pre: tuple[ChecklistItem, ...] = ()
    during: tuple[ChecklistItem, ...] = ()
    post: tuple[ChecklistItem, ...] = ()


class Policy(Model):
    """Everything that a target's deploys have to keep to, apart from approvals.

    `profiles` has at least "standard". `freeze_exception` is the group of which a member must be
    among the approvers of a deploy during a freeze; None: there are no exceptions.
    """

    profiles: tuple[Profile, ...] = (Profile(name="standard", strategy=Strategy()),)
    promote_from: PromoteFrom | None = None
    freeze: tuple[FreezeWindow, ...] = ()
    freeze_exception: str | None = None
    break_glass: BreakGlass | None = None
    database: DatabaseRule | None = None
    checklist: ChecklistRule = ChecklistRule()
    hold_after_rollback: timedelta = timedelta(hours=1)

    @property
    def standard(self) -> Profile:
        """The profile that is meant when none is named."""
        return self.profiles[0]

    def profile(self, name: str) -> Profile | None:
        """A profile by its name."""
        return next((each for each in self.profiles if each.name == name), None)
