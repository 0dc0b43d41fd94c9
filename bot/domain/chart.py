"""A chart as a value: how a candidate compared with the stable version, and where it was stopped.

Nothing here knows how a chart is painted. A value of None is a moment without data: it stays a gap,
because a zero would claim that all was well.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from bot.domain.base import Model

# More points than a picture of this width has places for are thinned (see `thinned`).
MAX_POINTS = 500
MAX_PANELS = 3
MAX_LINES = 4
MAX_LIMITS = 4
MAX_MARKS = 24
MAX_LABEL = 80
MAX_HEADING = 160
# Slack refuses a longer description of a picture (alt_txt_too_large of files.getUploadURLExternal).
MAX_ALT = 1000
# Two decimals of a percentage below this, one above: 1.96 must not read as the limit of 2.
TWO_DECIMALS_BELOW = 10

Label = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LABEL)]
# Rates and durations: never negative, never infinite, never "not a number".
Value = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Point = tuple[AwareDatetime, Value | None]


class Unit(StrEnum):
    """What the values of a panel are; its text stands behind every number."""

    PERCENT = "%"
    MILLISECONDS = "ms"
    MINUTES = "min"


class Role(StrEnum):
    """Whose line it is."""

    CANDIDATE = "candidate"
    STABLE = "stable"


class Severity(StrEnum):
    """What crossing a limit means: the candidate is taken back, or it is worth a look."""

    CRITICAL = "critical"
    WARNING = "warning"


class MarkKind(StrEnum):
    """What happened at a moment: a step of the rollout, or how the rollout ended."""

    STEP = "step"
    HELD = "held"
    ROLLED_BACK = "rolled_back"
    COMPLETED = "completed"


class Line(Model):
    """The values of one version, oldest first, each moment once."""

    name: Label
    points: Annotated[tuple[Point, ...], Field(max_length=MAX_POINTS)]
    role: Role

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(later[0] <= earlier[0] for earlier, later in pairwise(self.points)):
            raise ValueError("the points of a line must be in the order of time, each moment once")
        return self

    def values(self) -> tuple[tuple[datetime, float], ...]:
        """The points that have a value."""
        return tuple((at, value) for at, value in self.points if value is not None)


class Limit(Model):
    """A value that the candidate must stay below, in the panel's unit."""

    label: Label
    value: Value
    severity: Severity


class Panel(Model):
    """One figure over time, such as the error rate."""

    title: Label
    unit: Unit
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MAX_LINES)]
    limits: Annotated[tuple[Limit, ...], Field(max_length=MAX_LIMITS)] = ()


class Mark(Model):
    """Something that happened at a moment; the label is what is written there, such as `25 %`."""

    at: AwareDatetime
    label: Label
    kind: MarkKind = MarkKind.STEP


class Chart(Model):
    """Panels one above the other, over one time axis from `start` to `end`.

    `alt` says the same in words, for those who hear it (see `in_words`).
    """

    title: Annotated[str, StringConstraints(min_length=1, max_length=MAX_HEADING)]
    subtitle: Annotated[str, StringConstraints(max_length=MAX_HEADING)] = ""
    panels: Annotated[tuple[Panel, ...], Field(min_length=1, max_length=MAX_PANELS)]
    marks: Annotated[tuple[Mark, ...], Field(max_length=MAX_MARKS)] = ()
    start: AwareDatetime
    end: AwareDatetime
    alt: Annotated[str, StringConstraints(min_length=1, max_length=MAX_ALT)]

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a chart must end after it starts")
        return self


def thinned(points: Sequence[Point], most: int = MAX_POINTS) -> tuple[Point, ...]:
    """At most so many of the points (4 or more), without losing a spike, a dip or a gap.

    Of every stretch of equally many points the lowest, the highest and the first without a value
    stay, at their own time. The last point always stays.
    """
    if len(points) <= most:
        return tuple(points)
    stretches = (most - 1) // 3
    kept: list[Point] = []
    for number in range(stretches):
        begin = number * len(points) // stretches
        stretch = points[begin : (number + 1) * len(points) // stretches]
        valued = [(value, place) for place, (_, value) in enumerate(stretch) if value is not None]
        gaps = [place for place, (_, value) in enumerate(stretch) if value is None]
        places = {min(valued)[1], max(valued)[1]} if valued else set[int]()
        kept += [stretch[place] for place in sorted(places | set(gaps[:1]))]
    return tuple(kept) if kept[-1] == points[-1] else (*kept, points[-1])


def runs(points: Sequence[Point]) -> Iterator[tuple[tuple[datetime, float], ...]]:
    """The stretches without a gap: what may be joined by a line."""
    run: list[tuple[datetime, float]] = []
    for at, value in points:
        if value is not None:
            run.append((at, value))
        elif run:
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def figure(value: float, unit: Unit) -> str:
    """A value as people read it: `0.42 %`, `12 %`, `1,240 ms`."""
    if unit is Unit.MILLISECONDS:
        return f"{value:,.0f} ms" if value >= 1 or value == 0 else f"{value:.2g} ms"
    if unit is Unit.MINUTES:
        return f"{value:,.0f} min" if value >= 1 or value == 0 else f"{value:.2g} min"
    decimals = 2 if value < TWO_DECIMALS_BELOW else 1
    shown = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return f"{'< 0.01' if value > 0 and shown == '0' else shown} %"


def in_words(
    title: str, panels: Sequence[Panel], marks: Sequence[Mark], start: datetime, end: datetime
) -> str:
    """What a chart shows, for screen readers: last and worst values, limits, and what happened.

    Times are in UTC, as in the picture; at most `MAX_ALT` characters.
    """
    days = start.astimezone(UTC).date() != end.astimezone(UTC).date()
    parts = [f"{title}, {_moment(start, day=days)} to {_moment(end, day=days)} UTC."]
    parts += [_panel_in_words(panel) for panel in panels]
    events = [f"{mark.label} at {_moment(mark.at, day=days)}" for mark in marks]
    if events:
        parts.append(f"{'; '.join(events)}.")
    whole = " ".join(parts)
    return whole if len(whole) <= MAX_ALT else f"{whole[: MAX_ALT - 1]}…"


def _moment(at: datetime, *, day: bool) -> str:
    there = at.astimezone(UTC)
    return f"{there.day} {there:%b %H:%M}" if day else f"{there:%H:%M}"


def _panel_in_words(panel: Panel) -> str:
    said: list[str] = []
    for line in panel.lines:
        values = line.values()
        if not values:
            said.append(f"{line.name} has no data")
            continue
        (_, last), worst = values[-1], max(value for _, value in values)
        crossed = [limit.label for limit in panel.limits if worst > limit.value]
        over = f", above {' and '.join(crossed)}" if crossed and line.role is Role.CANDIDATE else ""
        said.append(
            f"{line.name} last {figure(last, panel.unit)}, worst {figure(worst, panel.unit)}{over}"
        )
    limits = [f"{limit.label} {figure(limit.value, panel.unit)}" for limit in panel.limits]
    tail = f"; limits: {', '.join(limits)}" if limits else ""
    return f"{panel.title}: {'; '.join(said)}{tail}."


def drawn(
    *,
    title: str,
    subtitle: str = "",
    panels: Sequence[Panel],
    marks: Sequence[Mark] = (),
    start: datetime,
    end: datetime,
) -> Chart:
    """A chart with its words. Raises `pydantic.ValidationError` when a bound is not kept."""
    return Chart(
        title=title,
        subtitle=subtitle,
        panels=tuple(panels),
        marks=tuple(marks),
        start=start,
        end=end,
        alt=in_words(title, panels, marks, start, end),
    )
