"""A small world for tests: a catalog of two services, people, and deploys in every state."""

from datetime import UTC, datetime, timedelta

from bot.domain.actor import Actor
from bot.domain.approval import Approval
from bot.domain.artifact import Artifact
from bot.domain.catalog import (
    ApprovalRule,
    Catalog,
    CloudRunPlace,
    Group,
    GroupMinimum,
    Service,
    Target,
)
from bot.domain.deploy import Deploy, State
from bot.domain.observation import Health, Observation, Revision
from bot.domain.plan import Plan, make_plan

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


def plan(subject: Target | None = None) -> Plan:
    """From v1.1.0 to v1.2.0."""
    return make_plan(subject or target(), artifact(), observed())


def approval(rule: ApprovalRule = FOUR_EYES) -> Approval:
    """An open approval of that plan."""
    return Approval(
        plan_hash=plan().hash,
        requester=DANA,
        rule=rule,
        expires_at=NOW + timedelta(minutes=30),
    )


def deploy(state: State = State.REQUESTED, **changes: object) -> Deploy:
    """A deploy of api v1.2.0 to production, as it would stand in a state."""
    fields: dict[str, object] = {}
    if state is not State.REQUESTED:
        fields |= {"plan": plan(), "approval": approval()}
    if state in {State.STAGING, State.TAGGING, State.ROUTING, State.COMPLETED}:
        fields |= {"turn": 1, "step": 1}
    if state in {State.TAGGING, State.ROUTING, State.COMPLETED}:
        fields |= {"revision": "api-00002", "step": 2}
    if state in {State.ROUTING, State.COMPLETED}:
        fields |= {"preview": "https://c-d-7f3k2---api.run.example", "step": 3}
    if state in {State.REJECTED, State.FAILED_SAFE, State.FAILED_UNKNOWN}:
        fields |= {"problem": "Not today.", "decided_by": SAM}
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
