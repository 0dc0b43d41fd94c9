"""What an event does to a deploy: the state by the table, and the fields that go with it. Pure."""

from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.deploy import Deploy, Hold, Pace, Shift
from bot.domain.errors import IllegalTransition
from bot.domain.events import (
    Abandoned,
    Aborted,
    BackedUp,
    Broke,
    Cause,
    ChecksOpened,
    Cleared,
    Completed,
    Decision,
    Ending,
    Event,
    Expired,
    Failed,
    Finding,
    GateTripped,
    Held,
    HoldOverdue,
    Lost,
    Observed,
    Order,
    PhasePassed,
    Planned,
    Progress,
    Promoted,
    Refused,
    Rejected,
    Reminded,
    Report,
    Resumed,
    Retained,
    RevisionFound,
    RevisionReady,
    RolledBack,
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
from bot.domain.setbacks import given_up
from bot.domain.states import FINAL, LANDED, TABLE, State

S = State
# How often one step may fail in a row before it is given up (a decision of this project).
MAX_ATTEMPTS = 5

Fields = dict[str, object]


def advance(deploy: Deploy, event: Event, now: datetime, pace: Pace) -> Deploy:
    """Apply an event. Raises `IllegalTransition` when the state has no arrow for it.

    A neighbour that was not reached `MAX_ATTEMPTS` times in a row ends the step, one way or
    another: see `setbacks.given_up`. So does a step whose operations ended in vain that often. What
    was held on its way back is resumed on that way, and goes no other.
    """
    if isinstance(event, Resumed) and deploy.returning:
        event = Aborted(by=event.by, reason=deploy.cause or "")
    if isinstance(event, Unreached) and _failures(deploy, event) >= MAX_ATTEMPTS:
        event = given_up(deploy, event, now)
    goal = TABLE[deploy.state].get(type(event))
    if goal is None or (deploy.returning and goal in LANDED | {S.ROUTING}):
        raise IllegalTransition(f"Deploy {deploy.id}", deploy.state.value, event.name)
    update: Fields = {"problem": None, **_fields(deploy, event, now, pace)}
    if goal is not deploy.state:
        update = {"attempt": 0, "vain": 0, "since": now, **update}
    if goal in FINAL:
        update |= {"due": None, "operation": None, "hold": None}
    if update.get("operation", deploy.operation) is None:
        update["begun"] = None
    return deploy.model_copy(update={**update, "state": goal})


def _fields(deploy: Deploy, event: Event, now: datetime, pace: Pace) -> Fields:
    if isinstance(event, Decision):
        return _decided(deploy, event, now)
    if isinstance(event, Order):
        return _ordered(deploy, event, now)
    if isinstance(event, Report):
        return _reported(deploy, event, now, pace)
    if isinstance(event, Progress):
        return _progressed(deploy, event, now, pace)
    if isinstance(event, Finding):
        return _found(deploy, event, now, pace)
    return _ended(deploy, event, now, pace)


def _decided(deploy: Deploy, event: Decision, now: datetime) -> Fields:
    match event:
        case ChecksOpened(plan=plan, until=until):
            return {"plan": plan, "decide_by": until, "due": until}
        case Planned(plan=plan, approval=approval):
            due = min(approval.remind_at, approval.expires_at)
            return {"plan": plan, "approval": approval, "due": due, "reminded": False}
        case VoteCast(approval=approval):
            return {"approval": approval}
        case Reminded():
            return {"reminded": True, "due": deploy.approval.expires_at if deploy.approval else now}
        case Cleared(plan=plan, approval=cleared):
            return {"plan": plan, "approval": cleared, "due": now}
        case Rejected(by=by, reason=reason):
            return {"decided_by": by, "problem": reason}
        case Refused(reason=reason):
            return {"problem": reason}
        case Expired():
            return {}
        case _:
            assert_never(event)


def _ordered(deploy: Deploy, event: Order, now: datetime) -> Fields:
    match event:
        case TargetChanged(what=what):
            return {
                "plan": None,
                "approval": None,
                "decide_by": None,
                "edition": deploy.edition + 1,
                "cause": what or None,
                "due": now,
            }
        case Aborted(by=by, reason=reason):
            held = deploy.hold is not None and deploy.hold.cause is Cause.CHANGED_OUTSIDE
            undo = _undo(deploy, reason, now)
            return undo | {"undone_by": by, "problem": reason or None, "reclaim": held}
        case Promoted():
            return _next_phase(deploy, now)
        case Resumed(bake=bake):
            outside = deploy.hold is not None and deploy.hold.cause is Cause.CHANGED_OUTSIDE
            again = _next_write(deploy, now) | {"hold": None, "reclaim": outside}
            return again | {"bake": now + bake, "shifted": None}
        case Abandoned(by=by):
            return {"undone_by": by, "cause": "The traffic was left as it is."}
        case _:
            assert_never(event)


def _reported(deploy: Deploy, event: Report, now: datetime, pace: Pace) -> Fields:
    match event:
        case Waiting(behind=behind, blocked=blocked):
            waits: Fields = {"waiting_for": behind, "blocked": blocked}
            return waits | {"attempt": 0, "due": now + (pace.idle if blocked else pace.poll)}
        case TurnTaken(turn=turn, plan=plan):
            taken: Fields = {"turn": turn, "plan": plan, "step": 1, "started": now, "due": now}
            return taken | {"waiting_for": (), "blocked": "", "cause": None}
        case BackedUp():
            return {"operation": None, "blocked": "", "due": now}
        case Started(operation=operation):
            accepted: Fields = {"operation": operation, "begun": now, "reclaim": False}
            return accepted | {"attempt": 0, "due": now + pace.poll}
        case Unreached(reason=reason, retry_after=asked, anew=anew):
            failures = _failures(deploy, event)
            due = now + max(pace.back_off(failures), asked or timedelta(0))
            failed: Fields = {"problem": reason, "due": due}
            failed["attempt"] = min(failures, MAX_ATTEMPTS - 1)
            # The same order under the same fence would be taken for done already.
            again = {"operation": None, "step": deploy.step + 1, "vain": failed["attempt"]}
            return failed | (again if anew else {})
        case _:
            assert_never(event)


def _failures(deploy: Deploy, event: Unreached) -> int:
    """How often the present step has failed in the same way, with this time."""
    return (deploy.vain if event.anew else deploy.attempt) + 1


def _progressed(deploy: Deploy, event: Progress, now: datetime, pace: Pace) -> Fields:
    match event:
        case RevisionReady(revision=revision):
            return {"revision": revision, **_next_write(deploy, now)}
        case RevisionFound(revision=revision):
            return {"revision": revision, "moved": True, **_next_write(deploy, now)}
        case Tagged(preview=preview):
            # What comes next writes traffic, or asks the revision first: see `states.TABLE`.
            return {"preview": preview, "moved": type(event) is Tagged, **_next_write(deploy, now)}
        case SmokePassed():
            return {"moved": True, "due": now}
        case TrafficShifted(until=until):
            shifted = _shifted(deploy, now) | {"bake": until, "operation": None, "reclaim": False}
            return shifted | {"due": min(until, now + pace.interval(deploy))}
        case _:
            assert_never(event)


def _found(deploy: Deploy, event: Finding, now: datetime, pace: Pace) -> Fields:
    match event:
        case Observed(readings=readings, warned=warned):
            known = tuple(dict.fromkeys((*deploy.warned, *warned)))
            due = now + pace.interval(deploy)
            return {"readings": readings, "warned": known, "attempt": 0, "due": due}
        case PhasePassed(readings=readings):
            return _next_phase(deploy, now) | {"readings": readings}
        case Held(cause=cause, reason=reason, until=until, readings=readings):
            back = deploy.state is S.ROLLING_BACK or deploy.returning
            hold = Hold(cause=cause, reason=reason, since=now, until=until, back=back)
            kept = readings or deploy.readings
            due = min(until, now + pace.interval(deploy))
            return {"hold": hold, "readings": kept, "operation": None, "due": due}
        case HoldOverdue():
            called = deploy.hold.model_copy(update={"paged": True}) if deploy.hold else None
            return {"hold": called, "due": now + pace.interval(deploy)}
        case GateTripped(reason=reason, readings=readings):
            return _undo(deploy, reason, now) | {"readings": readings}
        case Broke(reason=reason):
            return _undo(deploy, reason, now)
        case _:
            assert_never(event)


def _ended(deploy: Deploy, event: Ending, now: datetime, pace: Pace) -> Fields:
    match event:
        case Retained(until=until, readings=readings):
            landed = _landed(deploy, readings, now)
            return landed | {"keep_until": until, "due": now + pace.interval(deploy)}
        case Completed(readings=readings):
            return _landed(deploy, readings, now)
        case RolledBack() | Withdrawn():
            return {}
        case Failed(reason=reason) | Lost(reason=reason):
            return {"problem": reason}
        case _:
            assert_never(event)


def _undo(deploy: Deploy, reason: str, now: datetime) -> Fields:
    """Begin to go back; before anything was written this only ends the deploy."""
    return _next_write(deploy, now) | {"cause": reason or None, "hold": None}


def _landed(deploy: Deploy, readings: tuple[object, ...], now: datetime) -> Fields:
    ended: Fields = {"readings": readings or deploy.readings, "operation": None, "hold": None}
    return ended | (_shifted(deploy, now) if deploy.state is S.ROUTING else {})


def _shifted(deploy: Deploy, now: datetime) -> Fields:
    """The present share is confirmed; confirming the same one again leaves the first mark."""
    percent = deploy.present_phase.percent
    known = deploy.trail and deploy.trail[-1].percent == percent
    trail = deploy.trail if known else (*deploy.trail, Shift(percent=percent, at=now))
    return {"shifted": now, "trail": trail}


def _next_phase(deploy: Deploy, now: datetime) -> Fields:
    phase = min(deploy.phase + 1, len(deploy.agreed.phases))
    return _next_write(deploy, now) | {"phase": phase, "hold": None, "shifted": None, "bake": None}


def _next_write(deploy: Deploy, now: datetime) -> Fields:
    return {"operation": None, "step": deploy.step + 1, "due": now, "attempt": 0}
