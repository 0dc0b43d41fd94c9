"""One event of each kind for tests, and deploys that have come to any state."""

from datetime import timedelta
from typing import get_args

import samples
from samples import NOW, SAM

from bot.domain.approval import Vote
from bot.domain.deploy import Deploy, Pace, Shift
from bot.domain.errors import Outcome
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
    Expired,
    Failed,
    GateTripped,
    Held,
    HoldOverdue,
    Lost,
    Observed,
    PhasePassed,
    Planned,
    Promoted,
    Refused,
    Rejected,
    Reminded,
    Resumed,
    Retained,
    RevisionFound,
    RevisionReady,
    RolledBack,
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
    Withdrawn,
)
from bot.domain.observation import Observation, Revision
from bot.domain.plan import Plan
from bot.domain.policy import Analysis, Strategy
from bot.domain.states import TABLE, State

PACE = Pace()
MINUTE = timedelta(minutes=1)
LATER = NOW + MINUTE
# Every kind of event there is: those that the unions name, and the special cases of some.
KINDS: tuple[type[Event], ...] = tuple(
    kind for named in get_args(Event) for kind in (named, *named.__subclasses__())
)
PLAN = samples.full_plan()
ANALYSIS = Analysis(gates=samples.GATES)
VOTED = samples.approval().model_copy(
    update={"votes": (Vote(by=SAM, groups=frozenset({"sre"}), at=NOW),)}
)
OUT_OF_REACH = Unreached(reason="No answer.", outcome=Outcome.NOT_DONE)
GOOD = samples.readings()
EVENTS: dict[type[Event], Event] = {
    type(each): each
    for each in (
        ChecksOpened(plan=PLAN, until=LATER + 30 * MINUTE),
        Planned(plan=PLAN, approval=samples.approval()),
        VoteCast(approval=VOTED),
        Reminded(),
        Cleared(plan=PLAN, approval=VOTED),
        Rejected(by=SAM, reason="Not on a Friday."),
        Expired(),
        Refused(reason="It is denied."),
        TargetChanged(what="the settings of the service were changed"),
        Aborted(by=SAM, reason="Checkout is broken."),
        Promoted(by=SAM),
        Resumed(by=SAM, bake=10 * MINUTE),
        Abandoned(by=SAM),
        Waiting(behind=("D-00001",), blocked="production is frozen."),
        TurnTaken(turn=4, plan=PLAN),
        BackupDue(turn=4, plan=PLAN),
        BackedUp(),
        Started(operation="operations/1"),
        OUT_OF_REACH,
        RevisionReady(revision="api-00002"),
        RevisionFound(revision="api-00001"),
        Tagged(preview="https://preview.example"),
        SmokeDue(preview="https://preview.example"),
        SmokePassed(),
        TrafficShifted(until=LATER + 30 * MINUTE),
        Observed(readings=GOOD, warned=("p95-warning",)),
        PhasePassed(readings=GOOD),
        Held(cause=Cause.BLOCKED, reason="p95-target", until=LATER + 120 * MINUTE),
        HoldOverdue(),
        GateTripped(reason="errors: 9.00 %", readings=GOOD),
        Broke(reason="The smoke test failed: 503"),
        RolledBack(),
        Withdrawn(),
        Retained(until=LATER + timedelta(hours=24), readings=GOOD),
        Completed(readings=GOOD),
        Failed(reason="It broke."),
        Lost(reason="It is not known."),
    )
}
ARROWS = [(state, event) for state in State for event in KINDS if event in TABLE[state]]


def judged_by(strategy: Strategy = samples.CANARY, **changes: object) -> Plan:
    """A plan whose evidence is read in another way."""
    analysis = ANALYSIS.model_copy(update=changes)
    return samples.full_plan(strategy.model_copy(update={"analysis": analysis}))


def seen_with(
    serving: dict[str, int], *, problem: str | None = None, **more: object
) -> Observation:
    """The sample target with the deploy's own revision beside the old one."""
    new = Revision(
        name="api-00002",
        image=f"registry.example/olympus/api@{samples.NEW_DIGEST}",
        digest=samples.NEW_DIGEST,
        version="v1.2.0",
        deploy="D-7F3K2",
        ready=problem is None,
        problem=problem,
    )
    known = {**samples.observed().revisions, new.name: new}
    return samples.observed(serving=serving, revisions=known, newest=new.name, **more)


def split(percent: int) -> dict[str, int]:
    """The traffic with so much of it on the new revision."""
    shares = {"api-00002": percent, "api-00001": 100 - percent}
    return {name: share for name, share in shares.items() if share}


def watched(state: State = State.OBSERVING, phase: int = 0, **changes: object) -> Deploy:
    """A canary in one of its phases, whose share was confirmed at `NOW`."""
    trail = tuple(Shift(percent=each.percent, at=NOW) for each in PLAN.phases[: phase + 1])
    usual = {"phase": phase, "trail": trail, "shifted": NOW, "bake": NOW + 30 * MINUTE}
    return samples.canary(state).model_copy(update=usual | changes)
