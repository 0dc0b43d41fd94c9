"""The figures of incidents as a chart: how long they took, and how often targets were met. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.chart import (
    MAX_HEADING,
    MAX_POINTS,
    Chart,
    Line,
    Panel,
    Point,
    Role,
    Unit,
    drawn,
)
from bot.domain.incidents.figures import IncidentFigures
from bot.domain.measures import Share

Weeks = Sequence[tuple[datetime, IncidentFigures]]

_MINUTE = timedelta(minutes=1)
_WHOLE = 100


def figures_chart(weeks: Weeks, until: datetime, subject: str) -> Chart | None:
    """Two panels, week by week; None where nothing is known that could be drawn.

    `subject` is a service, or what stands for all of them. A week without incidents is a gap: no
    failure is no time to repair of zero.
    """
    shown = weeks[-MAX_POINTS:]
    if not any(_known(found) for _, found in shown):
        return None
    return drawn(
        title=f"Incidents of {subject}"[:MAX_HEADING],
        subtitle="by the week in which they began",
        panels=(
            Panel(
                title="Mean time",
                unit=Unit.MINUTES,
                lines=(
                    _line("to repair", Role.CANDIDATE, [(at, _minutes(f.mttr)) for at, f in shown]),
                    _line("to answer", Role.STABLE, [(at, _minutes(f.mtta)) for at, f in shown]),
                ),
            ),
            Panel(
                title="Targets met",
                unit=Unit.PERCENT,
                lines=(
                    _line(
                        "resolution",
                        Role.CANDIDATE,
                        [(at, _percent(f.resolution)) for at, f in shown],
                    ),
                    _line("response", Role.STABLE, [(at, _percent(f.response)) for at, f in shown]),
                ),
            ),
        ),
        start=shown[0][0],
        end=max(until, shown[0][0] + _MINUTE),
    )


def _known(found: IncidentFigures) -> bool:
    """Whether a week has any figure: of what goes on and is not late nothing is known yet."""
    shares = (found.response.value, found.resolution.value)
    return any(figure is not None for figure in (found.mttr, found.mtta, *shares))


def _line(name: str, role: Role, points: Sequence[Point]) -> Line:
    return Line(name=name, role=role, points=tuple(points))


def _minutes(duration: timedelta | None) -> float | None:
    return duration / _MINUTE if duration is not None else None


def _percent(share: Share) -> float | None:
    return share.value * _WHOLE if share.value is not None else None
