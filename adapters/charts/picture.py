"""What a chart looks like: panels one above the other, one time axis, labels beside the lines.

The colours are those of Okabe and Ito's palette, which people of all kinds of colour vision tell
apart (https://jfly.uni-koeln.de/color/); limits are dashed besides. The paper is light in Slack's
light and dark modes alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from adapters.charts.scales import ValueScale, moments, value_scale
from adapters.charts.sheet import Box, Sheet
from adapters.charts.wording import spread
from bot.domain.chart import (
    Chart,
    Line,
    Mark,
    MarkKind,
    Panel,
    Role,
    Severity,
    figure,
    runs,
)

WIDTH, HEIGHT = 1200, 720
PAPER, EDGE, GRID, FRAME = "#ffffff", "#dedede", "#ededed", "#c4c4c4"
INK, QUIET, FAINT = "#1d1c1d", "#5c5b5d", "#767577"
LINE: Mapping[Role, str] = MappingProxyType({Role.CANDIDATE: "#d55e00", Role.STABLE: "#0072b2"})
LINE_WIDTH: Mapping[Role, float] = MappingProxyType({Role.CANDIDATE: 3.5, Role.STABLE: 2.5})
LIMIT: Mapping[Severity, str] = MappingProxyType(
    {Severity.CRITICAL: "#c21a1a", Severity.WARNING: "#b07800"}
)
BEYOND = "#fdf3f2"
MARK: Mapping[MarkKind, str] = MappingProxyType(
    {
        MarkKind.STEP: "#9a999b",
        MarkKind.HELD: "#8a5a00",
        MarkKind.ROLLED_BACK: "#b3261e",
        MarkKind.COMPLETED: "#1c7449",
    }
)

# Places in points (two pixels each).
LEFT, RIGHT = 92, 236
_MARGIN, _RIGHT_MARGIN = 32, 14
_TITLE_LINE, _SUBTITLE_LINE = 56, 85
_MARK_ROWS = (126, 102)
_TOP, _TOP_WITHOUT_MARKS = 172, 138
_BOTTOM, _BETWEEN = 670, 48
_LABEL_GAP, _FLAG_ROOM = 24, 300
_TITLE, _SUBTITLE, _PANEL_TITLE, _LABEL, _TICK = 32, 19, 20, 19, 17


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where a panel stands, and which place a moment and a value have in it."""

    panel: Panel
    box: Box
    scale: ValueScale
    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return self.box.left + share * (self.box.right - self.box.left)

    def y(self, value: float) -> float:
        return self.box.bottom - self.scale.share(value) * (self.box.bottom - self.box.top)


def png(chart: Chart) -> bytes:
    """The chart as a PNG file."""
    sheet = Sheet(WIDTH, HEIGHT, PAPER)
    _edge(sheet)
    _heading(sheet, chart)
    frames = _frames(chart)
    for frame in frames:
        _grid(sheet, frame)
    _marks(sheet, frames, [mark for mark in chart.marks if chart.start <= mark.at <= chart.end])
    for frame in frames:
        _panel_title(sheet, frame)
        _figures(sheet, frame)
        _labels(sheet, frame)
    _time_axis(sheet, frames[-1])
    return sheet.png()


def _frames(chart: Chart) -> list[_Frame]:
    top = _TOP if chart.marks else _TOP_WITHOUT_MARKS
    count = len(chart.panels)
    height = (_BOTTOM - top - (count - 1) * _BETWEEN) / count
    return [
        _Frame(
            panel=panel,
            box=Box(
                left=LEFT,
                top=round(top + number * (height + _BETWEEN)),
                right=WIDTH - RIGHT,
                bottom=round(top + number * (height + _BETWEEN) + height),
            ),
            scale=value_scale(panel),
            start=chart.start,
            end=chart.end,
        )
        for number, panel in enumerate(chart.panels)
    ]


def _edge(sheet: Sheet) -> None:
    corners = [(0.5, 0.5), (WIDTH - 0.5, 0.5), (WIDTH - 0.5, HEIGHT - 0.5), (0.5, HEIGHT - 0.5)]
    sheet.pen.line([*corners, corners[0]], EDGE, 1)


def _heading(sheet: Sheet, chart: Chart) -> None:
    room = WIDTH - 2 * _MARGIN
    title = sheet.worded(chart.title, _TITLE, room)
    subtitle = sheet.worded(chart.subtitle, _SUBTITLE, room)
    sheet.text((_MARGIN, _TITLE_LINE), title, _TITLE, INK, bold=0.35)
    sheet.text((_MARGIN, _SUBTITLE_LINE), subtitle, _SUBTITLE, QUIET)


def _grid(sheet: Sheet, frame: _Frame) -> None:
    box = frame.box
    critical = [one.value for one in frame.panel.limits if one.severity is Severity.CRITICAL]
    if critical and frame.y(min(critical)) > box.top:
        sheet.pen.area(
            Box(left=box.left, top=box.top, right=box.right, bottom=frame.y(min(critical))), BEYOND
        )
    for at, _ in moments(frame.start, frame.end):
        sheet.pen.line([(frame.x(at), box.top), (frame.x(at), box.bottom)], GRID, 1)
    for value, written in frame.scale.ticks():
        y = frame.y(value)
        sheet.pen.line([(box.left, y), (box.right, y)], GRID if value else FRAME, 1)
        sheet.text((box.left - 10, y), written, _TICK, QUIET, anchor="rm")


def _panel_title(sheet: Sheet, frame: _Frame) -> None:
    title = sheet.worded(frame.panel.title, _PANEL_TITLE, WIDTH / 2)
    unit = frame.panel.unit.value
    line = frame.box.top - 15
    width = sheet.width_of(title, _PANEL_TITLE)
    whole = width + 9 + sheet.width_of(unit, _PANEL_TITLE)
    # The lines of the marks come through here: the words stand before them.
    sheet.pen.area(
        Box(left=_MARGIN, top=line - 21, right=_MARGIN + whole + 6, bottom=line + 6), PAPER
    )
    sheet.text((_MARGIN, line), title, _PANEL_TITLE, INK, bold=0.2)
    sheet.text((_MARGIN + width + 9, line), unit, _PANEL_TITLE, FAINT)


def _figures(sheet: Sheet, frame: _Frame) -> None:
    box = frame.box
    with sheet.smooth(box.grown(8)) as pen:
        for limit in frame.panel.limits:
            y = frame.y(limit.value)
            pen.dashes((box.left, y), (box.right, y), LIMIT[limit.severity], 1.75)
        # The candidate lies on top: it is what the picture is about.
        for line in sorted(frame.panel.lines, key=lambda one: one.role is Role.CANDIDATE):
            for run in runs(_inside(line, frame)):
                places = [(frame.x(at), frame.y(value)) for at, value in run]
                pen.line(places, LINE[line.role], LINE_WIDTH[line.role])
    if not any(line.values() for line in frame.panel.lines):
        middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        sheet.text(middle, "no data", _LABEL, FAINT, anchor="mm")


def _inside(line: Line, frame: _Frame) -> tuple[tuple[datetime, float | None], ...]:
    return tuple(point for point in line.points if frame.start <= point[0] <= frame.end)


def _labels(sheet: Sheet, frame: _Frame) -> None:
    """Beside the panel: each line's name and last value, each limit's name and value."""
    box, unit = frame.box, frame.panel.unit
    found: list[tuple[float | None, str, str, str]] = []
    for line in frame.panel.lines:
        values, colour = line.values(), LINE[line.role]
        if values:
            last = values[-1][1]
            found.append((frame.y(last), line.name, figure(last, unit), colour))
        else:
            found.append((None, line.name, "no data", colour))
    for limit in frame.panel.limits:
        colour = LIMIT[limit.severity]
        found.append((frame.y(limit.value), limit.label, figure(limit.value, unit), colour))
    # What has no place stands at the top, and no line leads to it: at the bottom it were a zero.
    wanted = [box.top if y is None else y for y, _, _, _ in found]
    places = spread(wanted, _LABEL_GAP, box.top, box.bottom)
    with sheet.smooth(
        Box(left=box.right + 2, top=box.top - 8, right=box.right + 22, bottom=box.bottom + 8)
    ) as pen:
        for (y, _, _, colour), place in zip(found, places, strict=True):
            if y is not None:
                pen.line([(box.right + 4, y), (box.right + 20, place)], colour, 1.25)
    for (_, name, said, colour), there in zip(found, places, strict=True):
        _label(sheet, (box.right + 26, there), name, said, colour)


def _label(sheet: Sheet, place: tuple[float, float], name: str, value: str, colour: str) -> None:
    x, y = place
    room = WIDTH - _RIGHT_MARGIN - x - sheet.width_of(f" {value}", _LABEL)
    shown = sheet.worded(name, _LABEL, room)
    sheet.text((x, y), shown, _LABEL, colour, anchor="lm")
    x += sheet.width_of(f"{shown} ", _LABEL)
    sheet.text((x, y), value, _LABEL, colour, anchor="lm", bold=0.3)


def _marks(sheet: Sheet, frames: Sequence[_Frame], marks: Sequence[Mark]) -> None:
    """A line through all panels for each mark; how the rollout ended stands out.

    Labels that would cover one another go up a row, and are left out where that is full too: the
    line still stands there. Endings are placed first.
    """
    top, bottom = frames[0].box.top, frames[-1].box.bottom
    flags: list[tuple[Box, Mark]] = []
    for mark in sorted(marks, key=lambda one: (one.kind is MarkKind.STEP, one.at)):
        x = frames[0].x(mark.at)
        box = _free(sheet, x, mark, [taken for taken, _ in flags])
        if box is not None:
            flags.append((box, mark))
        begin = box.bottom if box is not None else top - 6
        width = 1 if mark.kind is MarkKind.STEP else 2
        sheet.pen.line([(x, begin), (x, bottom)], MARK[mark.kind], width)
    # After the lines, so that none runs through a label of the lower row.
    for box, mark in flags:
        _flag(sheet, box, mark)


def _free(sheet: Sheet, x: float, mark: Mark, taken: Sequence[Box]) -> Box | None:
    text = sheet.worded(mark.label, _TICK, _FLAG_ROOM)
    half = sheet.width_of(text, _TICK) / 2 + (10 if mark.kind is not MarkKind.STEP else 4)
    middle = min(max(x, _MARGIN + half), WIDTH - _RIGHT_MARGIN - half)
    for row in _MARK_ROWS:
        box = Box(left=middle - half, top=row - 12, right=middle + half, bottom=row + 12)
        if all(
            box.right < one.left or box.left > one.right or row - 12 != one.top for one in taken
        ):
            return box
    return None


def _flag(sheet: Sheet, box: Box, mark: Mark) -> None:
    text = sheet.worded(mark.label, _TICK, _FLAG_ROOM)
    middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    if mark.kind is MarkKind.STEP:
        sheet.pen.area(box, PAPER)
        sheet.text(middle, text, _TICK, QUIET, anchor="mm")
        return
    with sheet.smooth(box) as pen:
        pen.area(box, MARK[mark.kind], radius=6)
    sheet.text(middle, text, _TICK, PAPER, anchor="mm", bold=0.2)


def _time_axis(sheet: Sheet, frame: _Frame) -> None:
    line = frame.box.bottom + 27
    for at, written in moments(frame.start, frame.end):
        sheet.text((frame.x(at), line), written, _TICK, QUIET, anchor="ms")
    sheet.text((frame.box.right + 46, line), "UTC", _TICK, FAINT, anchor="ls")
