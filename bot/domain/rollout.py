"""What an observed cloud means for a running deploy. Pure: the judgement, not the asking."""

from datetime import datetime, timedelta

from bot.domain.catalog import Target
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
from bot.domain.observation import Health, Observation
from bot.domain.plan import make_plan

# Cloud Run gives up on a revision long before this; a step without an end in this time has lost it.
STEP_LIMIT = timedelta(minutes=20)


def tag_of(deploy_id: str) -> str:
    """The traffic tag under which a deploy's revision is reachable before it gets traffic.

    Cloud Run takes lower-case letters, digits and hyphens; `c-` marks the tag as one of ours.
    """
    return f"c-{deploy_id.lower()}"


def judge_turn(deploy: Deploy, target: Target, lane: Lane, seen: Observation) -> Event:
    """Decide whether a deploy at the head of its lane may start to write.

    The plan is made again from what is there now. Where people approved, it has to be the very plan
    that they saw; otherwise there is nobody to ask again, and the deploy goes on from what serves.
    """
    if deploy.plan is None:
        return TargetChanged()
    plan = make_plan(target, deploy.plan.artifact, seen)
    if deploy.approval and plan.hash != deploy.approval.plan_hash:
        return TargetChanged()
    return TurnTaken(turn=lane.take_turn(seen.fence.turn).turn, plan=plan)


def revision_of(deploy: Deploy, seen: Observation) -> str | None:
    """The revision that carries this deploy's mark."""
    marked = (revision.name for revision in seen.revisions.values() if revision.deploy == deploy.id)
    return next(marked, None)


def overdue(deploy: Deploy, now: datetime) -> bool:
    """Whether a step has been under way for longer than it can take."""
    return now - deploy.since > STEP_LIMIT


def judge(deploy: Deploy, seen: Observation, problem: str | None, now: datetime) -> Event:
    """Say what an operation came to, by what the cloud shows now.

    `problem` is the reason of a failed operation. A step that the cloud does not confirm keeps
    waiting until it is overdue; that an operation ended is never taken for success by itself.
    """
    untouched = deploy.plan is not None and dict(seen.serving) == deploy.plan.replaces
    confirmed = _confirmed(deploy, seen)
    if isinstance(confirmed, Failed):
        return confirmed
    if problem is not None:
        return Failed(reason=problem) if untouched else Lost(reason=problem)
    if confirmed is not None:
        return confirmed
    if overdue(deploy, now):
        minutes = int(STEP_LIMIT.total_seconds() // 60)
        reason = f"The cloud did not confirm it within {minutes} minutes."
        return Failed(reason=reason) if untouched else Lost(reason=reason)
    return Waiting()


def _confirmed(deploy: Deploy, seen: Observation) -> Event | None:
    """The event by which the cloud shows a step to be done or broken; None for neither."""
    match deploy.state:
        case State.STAGING:
            name = revision_of(deploy, seen)
            revision = seen.revisions.get(name) if name else None
            if revision is None:
                return None
            if revision.problem:
                return Failed(reason=revision.problem)
            return RevisionReady(revision=revision.name) if revision.ready else None
        case State.TAGGING:
            tag = tag_of(deploy.id)
            held = seen.tags.get(tag) == deploy.revision
            return Tagged(preview=seen.previews.get(tag)) if held else None
        case State.ROUTING:
            moved = deploy.revision is not None and dict(seen.serving) == {deploy.revision: 100}
            settled = moved and seen.health is not Health.CHANGING
            return TrafficShifted() if settled else None
        case _:
            return None
