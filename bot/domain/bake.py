"""What the evidence of a bake leads to. No timer promotes: only fresh, healthy evidence does."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.deploy import Deploy
from bot.domain.events import Cause, Completed, Event, GateTripped, Held, Observed, PhasePassed
from bot.domain.evidence import Probe, Reading, Verdict
from bot.domain.observation import Observation
from bot.domain.policy import ALL, Analysis, GateAction, Inconclusive, StrategyKind
from bot.domain.rollout import changed_outside, landing
from bot.domain.setbacks import hold_limit
from bot.domain.states import State

# The gate that a health probe makes.
PROBE = "health probe"


def read_probe(probe: Probe, now: datetime) -> Reading:
    """A probe of the new revision as a reading: a revision that does not answer is bad."""
    return Reading(
        gate=PROBE,
        metric=None,
        action=GateAction.ROLLBACK,
        verdict=Verdict.HEALTHY if probe.passed else Verdict.UNHEALTHY,
        value=probe.milliseconds,
        at=now,
        says=probe.problem or "",
    )


def judge_bake(
    deploy: Deploy, seen: Observation, readings: Sequence[Reading], now: datetime
) -> Event:
    """Decide about a deploy that is observed, held or retained, by what was read just now."""
    read = tuple(readings)
    if deploy.state is State.RETAINING:
        return _judge_kept(deploy, seen, read, now)
    if _held_outside(deploy):
        # By itself it could not go back either: that would overrule what somebody else did.
        return Observed(readings=read, warned=_warned(read))
    if dict(seen.serving) != deploy.split:
        return changed_outside(deploy, seen, now)
    broken = seen.revisions.get(deploy.revision or "")
    if broken is not None and broken.problem:
        return GateTripped(reason=broken.problem, readings=read)
    tripped = [each for each in read if _fails(each, GateAction.ROLLBACK)]
    if tripped:
        return GateTripped(reason="; ".join(map(describe, tripped)), readings=read)
    if deploy.state is State.HELD or deploy.bake is None or now < deploy.bake:
        return Observed(readings=read, warned=_warned(read))
    return _judge_end(deploy, read, now)


def _held_outside(deploy: Deploy) -> bool:
    return deploy.hold is not None and deploy.hold.cause is Cause.CHANGED_OUTSIDE


def _judge_end(deploy: Deploy, read: tuple[Reading, ...], now: datetime) -> Event:
    """The bake is over: on, back, or ask."""
    decisive = [each for each in read if _decides(deploy, each)]
    blocking = [each for each in decisive if _fails(each, GateAction.BLOCK)]
    if blocking:
        return _held(deploy, Cause.BLOCKED, blocking, read, now)
    unclear = [each for each in decisive if each.verdict is Verdict.INCONCLUSIVE]
    if unclear:
        return _judge_unclear(deploy, unclear, read, now)
    if not any(each.verdict is Verdict.HEALTHY for each in decisive):
        return _held(deploy, Cause.NO_EVIDENCE, [], read, now)
    return onward(deploy, read, now)


def _judge_unclear(
    deploy: Deploy, unclear: list[Reading], read: tuple[Reading, ...], now: datetime
) -> Event:
    analysis = deploy.agreed.strategy.analysis
    rule = analysis.on_inconclusive if analysis else Inconclusive.HOLD
    reason = "; ".join(map(describe, unclear))
    answers = any(each.gate == PROBE and each.verdict is Verdict.HEALTHY for each in read)
    if rule is Inconclusive.ROLLBACK:
        return GateTripped(reason=f"Too little evidence: {reason}", readings=read)
    if rule is Inconclusive.PROCEED and answers:
        return onward(deploy, read, now)
    return _held(deploy, Cause.INCONCLUSIVE, unclear, read, now)


def onward(deploy: Deploy, read: tuple[Reading, ...], now: datetime) -> Event:
    """The next share of traffic, or the end of the way."""
    if deploy.last_phase:
        return landing(deploy, now, read)
    return PhasePassed(readings=read)


def _judge_kept(
    deploy: Deploy, seen: Observation, read: tuple[Reading, ...], now: datetime
) -> Event:
    """The old revision is kept for a while: a bad reading calls people, who can switch back.

    By itself nothing is changed any more: another deploy may be under way by now.
    """
    replaced = dict(seen.serving) != {deploy.revision: ALL}
    if replaced or (deploy.keep_until is not None and now >= deploy.keep_until):
        return Completed(readings=read)
    alarming = [each for each in read if _fails(each, GateAction.ROLLBACK)]
    names = tuple(each.gate for each in alarming)
    return Observed(readings=read, warned=(*_warned(read), *names))


def _held(
    deploy: Deploy,
    cause: Cause,
    because: Sequence[Reading],
    read: tuple[Reading, ...],
    now: datetime,
) -> Held:
    reason = "; ".join(map(describe, because)) or "There is nothing to judge it by."
    return Held(cause=cause, reason=reason, until=now + hold_limit(deploy), readings=read)


def _fails(reading: Reading, action: GateAction) -> bool:
    return reading.verdict is Verdict.UNHEALTHY and reading.action is action


def _warned(read: Sequence[Reading]) -> tuple[str, ...]:
    return tuple(each.gate for each in read if _fails(each, GateAction.WARN))


def _decides(deploy: Deploy, reading: Reading) -> bool:
    """Whether a reading has a say at the end of a bake.

    Warnings have none. Neither have the gates of a blue-green switch whose window is longer than
    the time it is monitored: they stay armed while the old revision is kept.
    """
    if reading.action is GateAction.WARN or reading.verdict is Verdict.NOT_APPLICABLE:
        return False
    strategy = deploy.agreed.strategy
    if strategy.kind is not StrategyKind.BLUE_GREEN or strategy.analysis is None:
        return True
    return _reach(strategy.analysis, reading.gate) <= deploy.present_phase.bake


def _reach(analysis: Analysis, gate: str) -> timedelta:
    """How long after a shift a gate has its first whole window; nothing for the probe."""
    windows = (each.window for each in analysis.gates if each.name == gate)
    window = next(windows, None)
    return window + analysis.metric_delay if window is not None else timedelta(0)


def describe(reading: Reading) -> str:
    """A reading in words, with the numbers that it was made from."""
    if reading.metric is None:
        return f"{reading.gate}: {reading.says or reading.verdict}"
    shown = [f"{_number(reading, reading.value)} (limit {_limit(reading)})"]
    if reading.stable is not None:
        shown.append(f"stable {_number(reading, reading.stable)}")
    if reading.requests is not None:
        shown.append(f"{reading.requests} requests")
    if reading.says:
        shown = [reading.says]
    return f"{reading.gate}: {', '.join(shown)}"


def _limit(reading: Reading) -> str:
    return f"{reading.op or ''} {_number(reading, reading.limit)}".strip()


def _number(reading: Reading, value: float | None) -> str:
    if value is None:
        return "no data"
    if reading.metric is not None and reading.metric.value.endswith("_ms"):
        return f"{value:.0f} ms"
    return f"{value * 100:.2f} %"
