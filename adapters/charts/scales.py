"""Axes: which round numbers and moments are written at them, and where values stand. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.chart import Panel, Unit

# Aim for so many steps on a value axis, and at most so many moments on a time axis.
VALUE_STEPS = 4
MAX_MOMENTS = 9
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
# Where nothing is above zero the axis still needs a height.
_HEIGHT_OF_NOTHING = {Unit.PERCENT: 1.0, Unit.MILLISECONDS: 100.0, Unit.MINUTES: 60.0}
# So that the highest value does not touch the frame.
_HEADROOM = 1.06
# A percentage of a whole ends at 100: an axis up to 150 % would be odd.
_WHOLE = 100.0
# Below this, dividing would leave the range of numbers.
_NOTHING = 1e-9
_STEPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        *(1, 2, 5, 10, 15, 30),
        *(60, 120, 300, 600, 900, 1800),
        *(3600, 7200, 10_800, 21_600, 43_200),
        *(86_400, 172_800, 604_800, 1_209_600, 2_592_000),
    )
)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueScale:
    """A value axis from 0 to `top`, with a line every `step`."""

    top: float
    step: float

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """The values at the axis, and how they are written, all with equally many decimals."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        # A step of 2.5, 0.25, … needs one more than its size says.
        if not math.isclose(round(self.step, decimals), self.step, rel_tol=1e-9):
            decimals += 1
        count = round(self.top / self.step)
        return tuple((n * self.step, f"{n * self.step:,.{decimals}f}") for n in range(count + 1))

    def share(self, value: float) -> float:
        """How far up the axis a value stands, from 0 to 1."""
        return min(value / self.top, 1.0)


def value_scale(panel: Panel) -> ValueScale:
    """The axis of a panel: from 0, and high enough for every value and every limit."""
    values = [value for line in panel.lines for _, value in line.values()]
    highest = max([*values, *(limit.value for limit in panel.limits)], default=0.0)
    if highest < _NOTHING:
        highest = _HEIGHT_OF_NOTHING[panel.unit]
    elif panel.unit is Unit.PERCENT and highest <= _WHOLE:
        highest = min(highest * _HEADROOM, _WHOLE)
    else:
        highest *= _HEADROOM
    rough = highest / VALUE_STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * part for part in _ROUND if power * part >= rough * (1 - 1e-9))
    return ValueScale(top=step * math.ceil(highest / step - 1e-9), step=step)


def moments(start: datetime, end: datetime) -> tuple[tuple[datetime, str], ...]:
    """Round moments between two, in UTC, and how they are written.

    The first one of another day is written with its day.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    step = next((one for one in _STEPS if (end - start) / one < MAX_MOMENTS), _STEPS[-1])
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = day + math.ceil((start - day) / step) * step
    count = max(0, (end - first) // step + 1)
    found = [first + number * step for number in range(min(count, 2 * MAX_MOMENTS))]
    return tuple((at, _written(at, start, found, step)) for at in found)


def _written(at: datetime, start: datetime, found: Sequence[datetime], step: timedelta) -> str:
    if step >= _DAY:
        return f"{at.day} {at:%b}"
    clock = f"{at:%H:%M:%S}" if step < _MINUTE else f"{at:%H:%M}"
    before = [one for one in found if one < at]
    last = before[-1] if before else start
    return f"{at.day} {at:%b} {clock}" if last.date() != at.date() else clock
