"""A small world for tests: a catalog of two services, people, and deploys in every state."""

from datetime import UTC, datetime, timedelta

from bot.domain.actor import Actor
from bot.domain.approval import Approval, Vote
from bot.domain.artifact import Artifact, Migrations
from bot.domain.catalog import (
    ApprovalRule,
    Catalog,
    CloudRunPlace,
    Group,
    GroupMinimum,
    Service,
    Target,
)
from bot.domain.checklist import Check, Checklist, Tick
from bot.domain.deploy import Deploy, Hold, Shift
from bot.domain.events import Cause
from bot.domain.evidence import Reading, Verdict
from bot.domain.history import Kind, Version
from bot.domain.observation import Health, Observation, Revision
from bot.domain.plan import Change, Difference, Plan, Terms, make_plan
from bot.domain.policy import (
    Analysis,
    AutoCheck,
    ChecklistItem,
    ChecklistRule,
    Comparison,
    DatabaseRule,
    Gate,
    GateAction,
    Metric,
    Phase,
    Smoke,
    Strategy,
    StrategyKind,
)
from bot.domain.review import Review
from bot.domain.states import DECIDING, State

# In the past: what is due then is due at whatever time the tests run.
NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
TEAM = "T0SIGNAL"
DANA, SAM, OLIVIA, MAX = "U0DANA001", "U0SAM0001", "U0OLIVIA1", "U0MAX0001"
ENVIRONMENTS = ("development", "staging", "production")
FOUR_EYES = ApprovalRule(required=1, groups=(GroupMinimum(name="sre"), GroupMinimum(name="owners")))
NEW_DIGEST = "sha256:" + "9a" * 32
OLD_DIGEST = "sha256:" + "1f" * 32

DEVELOPER = Actor(id=DANA, name="Dana", groups=frozenset({"developers"}))
ENGINEER = Actor(id=SAM, name="Sam", groups=frozenset({"developers", "sre"}))
OWNER = Actor(id=OLIVIA, name="Olivia", groups=frozenset({"developers", "owners"}))
OUTSIDER = Actor(id=MAX, name="Max", groups=frozenset({"finance"}))


def target(
    service: str = "api", environment: str = "production", rule: ApprovalRule | None = None
) -> Target:
    """One target; production asks for one approval unless told otherwise."""
    asked = FOUR_EYES if environment == "production" else ApprovalRule()
    return Target(
        service=service,
        environment=environment,
        place=CloudRunPlace(
            project=f"olympus-{environment}", region="us-central1", service=service
        ),
        image=f"registry.example/olympus/{service}",
        deployers=("developers", "sre"),
        approvals=rule or asked,
    )


def catalog(
    rule: ApprovalRule | None = None, services: tuple[str, ...] = ("api", "auth")
) -> Catalog:
    """Services in three environments; `rule` replaces the approval rule of production."""
    return Catalog(
        environments=ENVIRONMENTS,
        services={
            name: Service(
                name=name,
                targets={
                    environment: target(
                        name, environment, rule if environment == "production" else None
                    )
                    for environment in ENVIRONMENTS
                },
            )
            for name in services
        },
        groups={
            "developers": Group(name="developers", members=frozenset({DANA, SAM, OLIVIA})),
            "sre": Group(name="sre", usergroup="S0SRE0001"),
            "owners": Group(name="owners", members=frozenset({OLIVIA})),
            "finance": Group(name="finance", members=frozenset({MAX})),
        },
        deploys_channel="#deploys",
    )


# ── Ways to deploy ───────────────────────────────────────────────────────────────────────────────

GATES = (
    Gate(
        name="errors",
        metric=Metric.ERROR_RATE,
        op=Comparison.ABOVE,
        value=0.05,
        window=timedelta(minutes=5),
        action=GateAction.ROLLBACK,
    ),
    Gate(
        name="errors-vs-stable",
        metric=Metric.ERROR_RATE,
        op=Comparison.ABOVE,
        value=0.01,
        window=timedelta(minutes=5),
        action=GateAction.ROLLBACK,
        vs_stable=True,
    ),
    Gate(
        name="p95-target",
        metric=Metric.P95,
        op=Comparison.AT_MOST,
        value=500,
        window=timedelta(minutes=10),
        action=GateAction.BLOCK,
    ),
    Gate(
        name="p95-warning",
        metric=Metric.P95,
        op=Comparison.ABOVE,
        value=300,
        window=timedelta(minutes=10),
        action=GateAction.WARN,
    ),
)
CANARY = Strategy(
    kind=StrategyKind.CANARY,
    phases=tuple(Phase(percent=each, bake=timedelta(minutes=30)) for each in (5, 25, 50, 100)),
    smoke=Smoke(path="/healthz"),
    analysis=Analysis(gates=GATES),
)
BLUE_GREEN = Strategy(
    kind=StrategyKind.BLUE_GREEN,
    phases=(Phase(percent=100, bake=timedelta(minutes=5)),),
    smoke=Smoke(path="/healthz"),
    analysis=Analysis(gates=GATES),
    keep_blue=timedelta(hours=24),
)
DATABASE = DatabaseRule(instance="olympus-prod/main")
CHECKS = ChecklistRule(
    pre=(
        ChecklistItem(id="image", auto=AutoCheck.IMAGE_PRESENT),
        ChecklistItem(id="staging", auto=AutoCheck.STAGING_VERIFIED),
        ChecklistItem(id="evaluation", ask="Was the model evaluated on the newest data?"),
        ChecklistItem(id="plan", ask="Is the rollback plan ready?"),
    ),
    during=(ChecklistItem(id="watch", ask="Is somebody watching the dashboard?"),),
    post=(
        ChecklistItem(id="smoke", auto=AutoCheck.SMOKE_PASSED),
        ChecklistItem(id="slo", auto=AutoCheck.SLO_MET),
        ChecklistItem(id="told", ask="Were the stakeholders told?"),
    ),
)
DIFFERENCES = (
    Difference(kind="variable", name="FEATURE_X", change=Change.ADDED),
    Difference(kind="memory", name="memory", change=Change.CHANGED, before="512Mi", after="1Gi"),
    Difference(kind="secret", name="DB_PASS", change=Change.CHANGED, before="3", after="4"),
    Difference(kind="variable", name="OLD_FLAG", change=Change.REMOVED),
)


# ── What runs, and what is to run ────────────────────────────────────────────────────────────────


def artifact(version: str = "v1.2.0", digest: str = NEW_DIGEST) -> Artifact:
    """The new version of api."""
    return Artifact(image="registry.example/olympus/api", version=version, digest=digest)


def observed(**changes: object) -> Observation:
    """api as it stands: v1.1.0 serves everything."""
    old = Revision(
        name="api-00001",
        image=f"registry.example/olympus/api@{OLD_DIGEST}",
        digest=OLD_DIGEST,
        version="v1.1.0",
        ready=True,
    )
    seen = Observation(
        serving={"api-00001": 100},
        revisions={"api-00001": old},
        newest="api-00001",
        health=Health.READY,
    )
    return seen.model_copy(update=changes)


def plan(subject: Target | None = None, terms: Terms | None = None, **changes: object) -> Plan:
    """From v1.1.0 to v1.2.0, all at once unless `changes` say otherwise."""
    subject = subject or target()
    made = make_plan(subject, artifact(), observed(), terms or Terms(), subject.approvals)
    return made.model_copy(update=changes)


def full_plan(strategy: Strategy = CANARY, **changes: object) -> Plan:
    """A plan with everything that one can have: gates, differences, a database, a checklist."""
    everything: dict[str, object] = {
        "strategy": strategy,
        "differences": DIFFERENCES,
        "migrations": Migrations.COMPATIBLE,
        "compare": "https://git.example/olympus/api/compare/v1.1.0...v1.2.0",
        "database": DATABASE,
        "checklist": CHECKS,
    }
    return plan(**(everything | changes))


def approval(rule: ApprovalRule = FOUR_EYES) -> Approval:
    """An open approval of that plan."""
    return Approval(
        plan_hash=plan().hash,
        requester=DANA,
        rule=rule,
        expires_at=NOW + timedelta(minutes=30),
    )


def approved() -> Approval:
    """The same with Sam's vote."""
    vote = Vote(by=SAM, groups=ENGINEER.groups, at=NOW)
    return approval().model_copy(update={"votes": (vote,)})


def checklist(ticked: tuple[str, ...] = (), edition: int = 0) -> Checklist:
    """The checklist of the deploy; what is asked beforehand by itself was found to be so."""
    checks = (
        Check(item="image", passed=True, says="the registry has the image", at=NOW),
        Check(item="staging", passed=True, says="the same image ran well in staging", at=NOW),
    )
    ticks = tuple(Tick(item=each, by=SAM, at=NOW) for each in ticked)
    return Checklist(deploy="D-7F3K2", edition=edition, rule=CHECKS, ticks=ticks, checks=checks)


def review(**changes: object) -> Review:
    """The review of a deploy for which Sam broke the glass."""
    base = Review(
        deploy="D-7F3K2",
        target="api/production",
        by=SAM,
        reason="The site is down.",
        since=NOW,
        due=NOW + timedelta(hours=24),
        groups=("owners", "sre"),
    )
    return base.model_copy(update=changes)


# ── Evidence ─────────────────────────────────────────────────────────────────────────────────────


def reading(
    gate: Gate = GATES[0], verdict: Verdict = Verdict.HEALTHY, **changes: object
) -> Reading:
    """What a gate says, with numbers that fit."""
    known = verdict in {Verdict.HEALTHY, Verdict.UNHEALTHY}
    factor = 2 if verdict is Verdict.UNHEALTHY else 0.5
    base = Reading(
        gate=gate.name,
        metric=gate.metric,
        op=gate.op,
        limit=gate.value,
        action=gate.action,
        verdict=verdict,
        value=gate.value * factor if known else None,
        requests=240 if known else 12,
        at=NOW,
        says="" if known else "12 of 100 requests to the new version",
    )
    return base.model_copy(update=changes)


def readings(**verdicts: Verdict) -> tuple[Reading, ...]:
    """All gates; by name (with _ for -), those that say something else than that all is well."""
    return tuple(
        reading(gate, verdicts.get(gate.name.replace("-", "_"), Verdict.HEALTHY)) for gate in GATES
    )


def hold(cause: Cause = Cause.INCONCLUSIVE, **changes: object) -> Hold:
    """Why a deploy waits for a person."""
    reasons = {
        Cause.INCONCLUSIVE: "errors: 12 of 100 requests to the new version",
        Cause.BLOCKED: "p95-target: 730 ms (limit <= 500 ms), 240 requests",
        Cause.NO_EVIDENCE: "Cloud Monitoring cannot be reached.",
        Cause.CHANGED_OUTSIDE: "The traffic was changed outside by eve, so it is left alone.",
        Cause.PAUSED: "Paused by Sam.",
    }
    base = Hold(cause=cause, reason=reasons[cause], since=NOW, until=NOW + timedelta(hours=2))
    return base.model_copy(update=changes)


# ── Deploys ──────────────────────────────────────────────────────────────────────────────────────

_BEGUN = frozenset(
    {
        State.BACKING_UP,
        State.STAGING,
        State.TAGGING,
        State.SMOKE,
        State.ROUTING,
        State.OBSERVING,
        State.HELD,
        State.ROLLING_BACK,
        State.RETAINING,
        State.COMPLETED,
        State.ROLLED_BACK,
    }
)
_MADE = _BEGUN - {State.BACKING_UP, State.STAGING}
_REACHABLE = _MADE - {State.TAGGING}
_WATCHED = frozenset({State.OBSERVING, State.HELD, State.ROLLING_BACK, State.ROLLED_BACK})
_LANDED = frozenset({State.RETAINING, State.COMPLETED})
_PROBLEM = frozenset({State.REFUSED, State.REJECTED, State.FAILED_SAFE, State.FAILED_UNKNOWN})


def deploy(state: State = State.REQUESTED, **changes: object) -> Deploy:
    """A deploy of api v1.2.0 to production, as it would stand in a state.

    All traffic moves at once, unless `changes` bring another plan (see `canary`).
    """
    fields = _decided(state) | _written(state) | _ended(state)
    base = Deploy(
        id="D-7F3K2",
        service="api",
        environment="production",
        version="v1.2.0",
        requested_by=DANA,
        requested_at=NOW,
        since=NOW,
        due=NOW,
        state=state,
    )
    return base.model_copy(update={**fields, **changes})


def _decided(state: State) -> dict[str, object]:
    if state in {State.REQUESTED, State.REFUSED}:
        return {}
    if state is State.CHECKING:
        return {"plan": plan(checklist=CHECKS), "decide_by": NOW + timedelta(minutes=30)}
    return {"plan": plan(), "approval": approval()}


def _written(state: State) -> dict[str, object]:
    fields: dict[str, object] = {}
    if state in _BEGUN:
        fields |= {"turn": 1, "step": 1, "started": NOW}
    if state in _MADE:
        fields |= {"revision": "api-00002", "step": 2}
    if state in _REACHABLE:
        fields |= {"preview": "https://c-d-7f3k2---api.run.example", "step": 3}
    if state in _REACHABLE - {State.SMOKE}:
        fields |= {"moved": True}
    if state in _WATCHED | _LANDED:
        trail = (Shift(percent=100, at=NOW),)
        fields |= {"trail": trail, "shifted": NOW, "bake": NOW + timedelta(minutes=30)}
    return fields


def _ended(state: State) -> dict[str, object]:
    fields: dict[str, object] = {}
    if state in _PROBLEM:
        fields |= {"problem": "Not today.", "decided_by": SAM}
    if state in {State.ROLLING_BACK, State.ROLLED_BACK}:
        fields |= {"cause": "errors: 9.00 % (limit > 5.00 %), 240 requests"}
    if state is State.CANCELLED:
        fields |= {"undone_by": SAM}
    if state is State.HELD:
        fields |= {"hold": hold()}
    if state is State.RETAINING:
        fields |= {"keep_until": NOW + timedelta(hours=24)}
    if state not in DECIDING and state in _WATCHED | _LANDED:
        bad = state in {State.ROLLING_BACK, State.ROLLED_BACK}
        unclear = Verdict.INCONCLUSIVE if state is State.HELD else Verdict.HEALTHY
        fields |= {"readings": readings(errors=Verdict.UNHEALTHY if bad else unclear)}
    return fields


def canary(state: State, phase: int = 0, **changes: object) -> Deploy:
    """The same with a plan of four shares; `phase` is the present one, with those before it."""
    made = full_plan()
    confirmed = state in _WATCHED | _LANDED
    if not confirmed and state is not State.ROUTING:
        phase = 0
    phase = len(made.phases) - 1 if state in _LANDED else phase
    trail = tuple(
        Shift(percent=each.percent, at=NOW + number * timedelta(minutes=30))
        for number, each in enumerate(made.phases[: phase + confirmed])
    )
    fields: dict[str, object] = {"phase": phase, "trail": trail}
    if state not in {State.REQUESTED, State.REFUSED}:
        fields |= {"plan": made}
    if confirmed:
        fields |= {"shifted": trail[-1].at, "bake": trail[-1].at + made.phases[phase].bake}
    if state in _BEGUN:
        fields |= {"approval": approved()}
    return deploy(state, **(fields | changes))


def back(state: State, kind: Kind = Kind.ROLLBACK, **changes: object) -> Deploy:
    """A way back to v1.1.0 from v1.2.0 (or, of that kind, following the newest again)."""
    goal = Version(version="v1.1.0", digest=OLD_DIGEST, revision="api-00001")
    terms = Terms(kind=kind, reason="Checkout is broken.", restore=goal)
    made = plan(
        artifact=artifact("v1.1.0", OLD_DIGEST),
        replaces={"api-00002": 100},
        replaces_versions=("v1.2.0",),
        replaced=Version(version="v1.2.0", digest=NEW_DIGEST, revision="api-00002"),
    )
    fields: dict[str, object] = {"version": "v1.1.0", "terms": terms, "approval": None}
    if state not in {State.REQUESTED, State.REFUSED}:
        fields |= {"plan": made}
    if deploy(state).revision:
        fields |= {"revision": "api-00001", "preview": None}
    return deploy(state, **(fields | changes))
