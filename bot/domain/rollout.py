"""What an observed cloud means for a running deploy. Pure: the judgement, not the asking."""

from datetime import datetime, timedelta

from bot.domain.deploy import Deploy, State
from bot.domain.events import (
    Event,
    Failed,
    RevisionReady,
    Tagged,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Waiting,
)
from bot.domain.lane import Lane
from bot.domain.observation import Health, Observation

# Cloud Run gives up on a revision long before this; a step without an end in this time has lost it.
STEP_LIMIT = timedelta(minutes=20)


def tag_of(deploy_id: str) -> str:
    """The traffic tag under which a deploy's revision is reachable before it gets traffic.

    Cloud Run takes lower-case letters, digits and hyphens; `c-` marks the tag as one of ours.
    """
    return f"c-{deploy_id.lower()}"


def judge_turn(deploy: Deploy, lane: Lane, seen: Observation) -> Event:
    """Decide whether a deploy at the head of its lane may start to write.

    What was approved must still be what is there: when other revisions serve than the plan says,
    the plan is void. Without an approval there is nobody to ask again, so the plan simply goes on.
    """
    if deploy.approval and deploy.plan and dict(seen.serving) != deploy.plan.replaces:
        return TargetChanged()
    return TurnTaken(turn=lane.take_turn(seen.fence.turn).turn)


def revision_of(deploy: Deploy, seen: Observation) -> str | None:
    """The revision that carries this deploy's mark."""
    marked = (revision.name for revision in seen.revisions.values() if revision.deploy == deploy.id)
    return next(marked, None)


def judge(deploy: Deploy, seen: Observation, problem: str | None, now: datetime) -> Event:
    """Say what an ended operation came to, by what the cloud shows now.

    `problem` is the reason of a failed operation. A step that the cloud does not confirm keeps
    waiting until `STEP_LIMIT`; that an operation ended is never taken for success by itself.
    """
    untouched = deploy.plan is not None and dict(seen.serving) == deploy.plan.replaces
    if problem is not None:
        return Failed(reason=problem, safe=untouched)
    confirmed = _confirmed(deploy, seen)
    if confirmed is not None:
        return confirmed
    if now - deploy.since > STEP_LIMIT:
        minutes = int(STEP_LIMIT.total_seconds() // 60)
        return Failed(
            reason=f"The cloud did not confirm it within {minutes} minutes.", safe=untouched
        )
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
                return Failed(reason=revision.problem, safe=True)
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
