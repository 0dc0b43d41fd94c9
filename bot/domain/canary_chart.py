"""The picture of a rollout: the new version beside the stable one, with gates and shares. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.chart import (
    MAX_HEADING,
    MAX_LABEL,
    MAX_LIMITS,
    MAX_MARKS,
    Chart,
    Limit,
    Line,
    Mark,
    MarkKind,
    Panel,
    Role,
    Severity,
    Unit,
    drawn,
    thinned,
)
from bot.domain.deploy import Deploy
from bot.domain.evidence import Point, Window
from bot.domain.policy import Gate, GateAction, Metric
from bot.domain.states import State

S = State
# Points over the whole picture, and how much of it is shown before the first share.
_POINTS = 60
_LEAD = 0.1
_ENDS = {
    S.HELD: ("held", MarkKind.HELD),
    S.ROLLED_BACK: ("rolled back", MarkKind.ROLLED_BACK),
    S.RETAINING: ("completed", MarkKind.COMPLETED),
    S.COMPLETED: ("completed", MarkKind.COMPLETED),
}


def chart_window(deploy: Deploy, now: datetime) -> Window | None:
    """The time that a picture covers: from a little before the first share; None without one."""
    if not deploy.trail:
        return None
    first = deploy.trail[0].at
    end = max(now, first + timedelta(seconds=1))
    return Window(start=first - (end - first) * _LEAD, end=end)


def chart_period(window: Window, shortest: timedelta) -> timedelta:
    """How far the points are apart: whole seconds, not below what is measured apart."""
    seconds = int((window.end - window.start).total_seconds() // _POINTS)
    return max(timedelta(seconds=max(seconds, 1)), shortest)


def draw(
    deploy: Deploy, window: Window, candidate: Sequence[Point], stable: Sequence[Point]
) -> Chart:
    """Error rate and P95 of both, with the gates as lines and what happened as marks."""
    plan = deploy.agreed
    old = plan.replaces_versions[0] if plan.replaces_versions else "nothing"
    new = plan.artifact.version
    names = {Role.CANDIDATE: _short(f"{new} (new)"), Role.STABLE: _short(f"{old} (stable)")}
    series = {Role.CANDIDATE: candidate, Role.STABLE: stable}
    gates = plan.strategy.analysis.gates if plan.strategy.analysis else ()
    title = f"{deploy.service} {new} → {deploy.environment} ({deploy.id})"
    return drawn(
        title=title[:MAX_HEADING],
        subtitle=(deploy.cause or "")[:MAX_HEADING],
        panels=[_panel(each, names, series, gates) for each in (Metric.ERROR_RATE, Metric.P95)],
        marks=_marks(deploy, window),
        start=window.start,
        end=window.end,
    )


def _panel(
    metric: Metric,
    names: dict[Role, str],
    series: dict[Role, Sequence[Point]],
    gates: Sequence[Gate],
) -> Panel:
    rate = metric is Metric.ERROR_RATE
    scale = 100.0 if rate else 1.0
    lines = tuple(
        Line(
            name=names[role],
            role=role,
            points=thinned([(p.at, _scaled(p.sample.value(metric), scale)) for p in points]),
        )
        for role, points in series.items()
    )
    above = [gate for gate in gates if gate.metric is metric and not gate.vs_stable]
    limits = tuple(
        Limit(
            label=_short(gate.name),
            value=gate.value * scale,
            severity=Severity.CRITICAL if gate.action is GateAction.ROLLBACK else Severity.WARNING,
        )
        for gate in above[:MAX_LIMITS]
    )
    unit = Unit.PERCENT if rate else Unit.MILLISECONDS
    return Panel(title="Error rate" if rate else "P95", unit=unit, lines=lines, limits=limits)


def _short(label: str) -> str:
    return label[:MAX_LABEL]


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale


def _marks(deploy: Deploy, window: Window) -> tuple[Mark, ...]:
    shifts = deploy.trail[-(MAX_MARKS - 1) :]
    shares = [Mark(at=shift.at, label=f"{shift.percent} %") for shift in shifts]
    end = _ENDS.get(deploy.state)
    if end is None:
        return tuple(shares)
    label, kind = end
    at = min(max(deploy.since, window.start), window.end)
    return (*shares, Mark(at=at, label=label, kind=kind))
