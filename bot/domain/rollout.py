"""What an observed cloud means for a running deploy. Pure: the judgement, not the asking.

Another writer is never fought: traffic that is neither as it was nor as we set it is somebody
else's, and a person decides about it.
"""

from datetime import datetime, timedelta

from bot.domain.audit import ENGINE
from bot.domain.deploy import Deploy, Step
from bot.domain.errors import Outcome
from bot.domain.events import (
    Aborted,
    BackupDue,
    Cause,
    Completed,
    Event,
    Failed,
    Held,
    Lost,
    Retained,
    RevisionReady,
    RolledBack,
    SmokeDue,
    Tagged,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Unreached,
    Waiting,
    Withdrawn,
)
from bot.domain.evidence import Reading
from bot.domain.history import Kind
from bot.domain.lane import Lane
from bot.domain.observation import Health, Observation
from bot.domain.plan import Plan, what_changed
from bot.domain.setbacks import broke, hold_limit
from bot.domain.states import DECIDING, State

S = State
# Cloud Run gives up on a revision long before this; a step without an end in this time has lost it.
STEP_LIMIT = timedelta(minutes=20)


def tag_of(deploy_id: str) -> str:
    """The traffic tag under which a deploy's revision is reachable before it gets traffic.

    Cloud Run takes lower-case letters, digits and hyphens; `c-` marks the tag as one of ours.
    """
    return f"c-{deploy_id.lower()}"


def judge_turn(deploy: Deploy, lane: Lane, seen: Observation, plan: Plan) -> Event:
    """Decide whether a deploy at the head of its lane may start to write.

    `plan` is made from what is there now. Where people approved, it has to be the very plan that
    they saw; otherwise there is nobody to ask again, and the deploy goes on from what serves.
    """
    if deploy.plan is None:
        return TargetChanged()
    if deploy.approval and plan.hash != deploy.approval.plan_hash:
        return TargetChanged(what=what_changed(deploy.plan, plan))
    kept = {"differences": deploy.plan.differences, "compare": deploy.plan.compare}
    turn = lane.take_turn(seen.fence.turn).turn
    begin = BackupDue if needs_backup(deploy, plan) else TurnTaken
    return begin(turn=turn, plan=plan.model_copy(update=kept))


def needs_backup(deploy: Deploy, plan: Plan) -> bool:
    """Whether the database is backed up first. A way back loses no time to it."""
    wanted = plan.database is not None and plan.database.backup_before
    return wanted and deploy.kind is Kind.DEPLOY


def revision_of(deploy: Deploy, seen: Observation) -> str | None:
    """The revision that carries this deploy's mark."""
    marked = (revision.name for revision in seen.revisions.values() if revision.deploy == deploy.id)
    return next(marked, None)


def kept_revision(deploy: Deploy, seen: Observation) -> str | None:
    """The revision that a way back can send traffic to without making a new one.

    It has to be there, to be ready, and to run the very image; else the image is deployed again.
    Who follows the newest again stays on what serves.
    """
    if deploy.kind is Kind.UNPIN:
        return next(iter(seen.serving), None)
    goal = deploy.terms.restore
    known = seen.revisions.get(goal.revision) if goal else None
    if goal is None or known is None or not known.ready:
        return None
    same = known.digest is None or goal.digest is None or known.digest == goal.digest
    return known.name if same else None


def ours(deploy: Deploy, seen: Observation) -> bool:
    """Whether the traffic is as it was before, or as this deploy has set it so far."""
    serving = dict(seen.serving)
    if deploy.plan is None or serving == deploy.plan.replaces:
        return True
    return any(serving == deploy.split_at(phase) for phase in range(deploy.phase + 1))


def changed_outside(deploy: Deploy, seen: Observation, now: datetime) -> Held:
    """Somebody else has moved the traffic: what they did is left alone until a person decides."""
    who = seen.last_modifier or "somebody"
    reason = f"The traffic was changed outside by {who}, so it is left alone."
    return Held(cause=Cause.CHANGED_OUTSIDE, reason=reason, until=now + hold_limit(deploy))


def overdue(deploy: Deploy, now: datetime) -> bool:
    """Whether a step has been under way for longer than it can take.

    It counts from when the cloud accepted it: a time in which nobody worked is not held against it.
    """
    return now - (deploy.begun or deploy.since) > STEP_LIMIT


def refused(deploy: Deploy, step: Step, reason: str, now: datetime) -> Event:
    """What follows when a neighbour understood and said no.

    A refused write did nothing; a refused look leaves open what an earlier write did.
    """
    match deploy.state:
        case S.STAGING | S.TAGGING if step is not Step.POLL:
            return Failed(reason=reason)
        case S.ROUTING if step is Step.ROUTE and not deploy.trail and deploy.attempt == 0:
            return Failed(reason=reason)
        case S.STAGING | S.TAGGING | S.SMOKE | S.ROUTING:
            return broke(deploy, reason)
        case S.OBSERVING:
            until = now + hold_limit(deploy)
            return Held(cause=Cause.NO_EVIDENCE, reason=reason, until=until)
        case S.HELD | S.RETAINING:
            return Unreached(reason=reason, outcome=Outcome.NOT_DONE)
        case S.ROLLING_BACK:
            return Lost(reason=reason)
        case _:
            return Failed(reason=reason)


def removed(deploy: Deploy, reason: str) -> Event:
    """What follows when a deploy's target is not in the catalog any more.

    Nobody may go on with it. What was not begun is called off; what has landed has landed; what was
    under way is for a person to look at, because nothing may be written there.
    """
    if deploy.state is S.RETAINING:
        return Completed(readings=deploy.readings)
    if deploy.state in DECIDING or deploy.state is S.BACKING_UP:
        return Aborted(by=ENGINE, reason=reason)
    return Lost(reason=reason) if deploy.turn else Failed(reason=reason)


def judge(deploy: Deploy, seen: Observation, problem: str | None, now: datetime) -> Event:
    """Say what an operation came to, by what the cloud shows now.

    `problem` is the reason of a failed operation. A step that the cloud does not confirm keeps
    waiting until it is overdue; that an operation ended is never taken for success by itself. A way
    back that has come to rest elsewhere is ordered anew.
    """
    confirmed = _confirmed(deploy, seen, now)
    if confirmed is not None and (problem is None or not _forward(deploy)):
        return confirmed
    if isinstance(confirmed, Failed):
        return confirmed
    if problem is None and not _forward(deploy) and seen.health is not Health.CHANGING:
        problem = "The traffic did not come back."
    if problem is not None:
        return _ended_badly(deploy, seen, problem)
    if overdue(deploy, now):
        minutes = int(STEP_LIMIT.total_seconds() // 60)
        reason = f"The cloud did not confirm it within {minutes} minutes."
        if deploy.state is S.ROLLING_BACK:
            return Lost(reason=reason)
        return _ended_badly(deploy, seen, reason)
    return Waiting()


def _forward(deploy: Deploy) -> bool:
    return deploy.state is not S.ROLLING_BACK


def _ended_badly(deploy: Deploy, seen: Observation, reason: str) -> Event:
    """A failed step: where everything is as it was, that is all; else back to that."""
    if deploy.state is S.ROLLING_BACK:
        return Unreached(reason=reason, outcome=Outcome.UNKNOWN, anew=True)
    untouched = dict(seen.serving) == deploy.agreed.replaces
    if untouched and not deploy.trail:
        return Failed(reason=reason)
    return broke(deploy, reason)


def _confirmed(deploy: Deploy, seen: Observation, now: datetime) -> Event | None:
    """The event by which the cloud shows a step to be done or broken; None for neither."""
    match deploy.state:
        case S.STAGING:
            return _staged(deploy, seen)
        case S.TAGGING:
            return _tagged(deploy, seen)
        case S.ROUTING if seen.health is not Health.CHANGING:
            if dict(seen.serving) == deploy.split and not _still_pinned(deploy, seen):
                return arrived(deploy, now)
        case S.ROLLING_BACK if seen.health is not Health.CHANGING:
            if dict(seen.serving) == deploy.agreed.replaces:
                return undone(deploy)
        case _:
            return None
    foreign = not ours(deploy, seen) and not deploy.reclaim
    return changed_outside(deploy, seen, now) if foreign else None


def _still_pinned(deploy: Deploy, seen: Observation) -> bool:
    return deploy.kind is Kind.UNPIN and seen.pinned


def _staged(deploy: Deploy, seen: Observation) -> Event | None:
    name = revision_of(deploy, seen)
    revision = seen.revisions.get(name) if name else None
    if revision is None:
        return None
    if revision.problem:
        return Failed(reason=revision.problem)
    return RevisionReady(revision=revision.name) if revision.ready else None


def _tagged(deploy: Deploy, seen: Observation) -> Event | None:
    tag = tag_of(deploy.id)
    if seen.tags.get(tag) != deploy.revision:
        return None
    preview = seen.previews.get(tag)
    tested = deploy.agreed.strategy.smoke is not None and deploy.kind is Kind.DEPLOY
    return SmokeDue(preview=preview) if tested else Tagged(preview=preview)


def arrived(deploy: Deploy, now: datetime) -> Event:
    """A share of traffic is confirmed: it is watched for as long as the plan says.

    After a hold it is as long as whoever resumed it wants; the time counts from now, else the last
    windows of the gates would not be whole. Who was promoted past the last share has landed.
    """
    bake = deploy.present_phase.bake
    if deploy.phase >= len(deploy.agreed.phases) or (deploy.last_phase and not bake):
        return landing(deploy, now)
    return TrafficShifted(until=now + (deploy.bake - deploy.since if deploy.bake else bake))


def landing(deploy: Deploy, now: datetime, readings: tuple[Reading, ...] = ()) -> Event:
    """All traffic is on the new revision and it is good."""
    keep = deploy.agreed.strategy.keep_blue
    if keep and deploy.agreed.replaces:
        return Retained(until=now + keep, readings=readings)
    return Completed(readings=readings)


def undone(deploy: Deploy) -> Event:
    """What served before serves again: what that means depends on how far it had come."""
    if deploy.trail or deploy.moved:
        return RolledBack()
    if deploy.undone_by is not None:
        return Withdrawn()
    return Failed(reason=deploy.cause or "It was undone before it had any traffic.")
