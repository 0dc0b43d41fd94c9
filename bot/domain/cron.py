"""When a schedule fires: five-field cron expressions in a time zone, read back and forth in time.

The fields are those of POSIX crontab, with the steps and names of Vixie cron. What is doubtful
there is refused here with words, because a freeze that never begins protects nobody.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.base import Model
from bot.domain.errors import UsageError
from bot.domain.wall_clock import parse_zone, spans

# How far is searched. 29 February may take eight years to come (1896 to 1904, 2096 to 2104).
REACH = timedelta(days=366 * 8)
_DAY = timedelta(days=1)
_LONGEST = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1))
_FULL_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """One of the five: what it is called, which numbers it takes, and the names for them."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What may stand there, in words."""
        named = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return (
            f"The {self.name} takes {self.low} to {self.high}{named}: one value, a range such as "
            f"{self.low}-{self.low + 2}, a list with commas, * for all, and /n for every n-th."
        )


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS = (
    _Field(name="minute", low=0, high=59),
    _Field(name="hour", low=0, high=23),
    _Field(name="day of month", low=1, high=31),
    _Field(name="month", low=1, high=12, names=_MONTHS),
    _Field(name="day of week", low=0, high=7, names=_WEEKDAYS),
)


class Cron(Model):
    """A parsed expression. Values are in rising order; Sunday is 0.

    `either_day` is set when both kinds of day are restricted: then one of them is enough, as POSIX
    has it. As in Vixie cron, a field that begins with `*` counts as not restricted.
    """

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either_day: bool

    def last_before(self, moment: datetime, tz: str) -> datetime | None:
        """The newest time at or before a moment at which it fires; UTC. None: not in `REACH`.

        Times are those of the wall clock in `tz`. In an hour that the clock passes twice it fires
        both times. Times that the clock leaves out in spring fire at the moment when it jumps:
        a window rather begins an hour early than not at all. Raises `UsageError` for an unknown
        time zone.
        """
        zone = parse_zone(tz)
        end = moment.astimezone(UTC)
        limit = end - REACH
        while end > limit:
            start = end - _DAY
            for span in reversed(list(spans(start, end, zone))):
                found = self._newest(span.opens, span.closes)
                if found is not None:
                    return span.instant(found)
            end = start
        return None

    def next_after(self, moment: datetime, tz: str) -> datetime | None:
        """The first time after a moment at which it fires; otherwise as `last_before`."""
        zone = parse_zone(tz)
        start = moment.astimezone(UTC)
        limit = start + REACH
        while start < limit:
            end = start + _DAY
            for span in spans(start, end, zone):
                found = self._oldest(span.opens, span.closes)
                if found is not None:
                    return span.instant(found)
            start = end
        return None

    def _on(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_date = day.day in self.days
        by_week = day.isoweekday() % _FULL_WEEK in self.weekdays
        return (by_date or by_week) if self.either_day else (by_date and by_week)

    def _newest(self, opens: datetime, closes: datetime) -> datetime | None:
        """The newest wall time in a span, both ends included."""
        day = closes.date()
        while day >= opens.date():
            at = self._latest(closes.time() if day == closes.date() else time.max)
            if self._on(day) and at is not None:
                found = datetime.combine(day, at)
                return found if found >= opens else None
            day -= _DAY
        return None

    def _oldest(self, opens: datetime, closes: datetime) -> datetime | None:
        """The oldest wall time in a span, both ends included."""
        day = opens.date()
        while day <= closes.date():
            at = self._earliest(opens.time() if day == opens.date() else time.min)
            if self._on(day) and at is not None:
                found = datetime.combine(day, at)
                return found if found <= closes else None
            day += _DAY
        return None

    def _latest(self, bound: time) -> time | None:
        """The last time of a day that is not after `bound`."""
        for hour in reversed(self.hours[: bisect_right(self.hours, bound.hour)]):
            last = bound.minute if hour == bound.hour else 59
            fitting = self.minutes[: bisect_right(self.minutes, last)]
            if fitting:
                return time(hour, fitting[-1])
        return None

    def _earliest(self, bound: time) -> time | None:
        """The first time of a day that is not before `bound`."""
        begun = time(bound.hour, bound.minute) < bound
        for hour in self.hours[bisect_left(self.hours, bound.hour) :]:
            first = bound.minute + begun if hour == bound.hour else 0
            fitting = self.minutes[bisect_left(self.minutes, first) :]
            if fitting:
                return time(hour, fitting[0])
        return None


# ── Reading an expression ────────────────────────────────────────────────────────────────────────


def parse_cron(text: str) -> Cron:
    """Read a five-field expression such as `0 16 * * FRI`.

    Raises `UsageError`, naming the field, the column (from 1) and what is allowed. Macros such as
    @daily are refused, and so are dates that no year has.
    """
    words = _split(text)
    if len(words) != len(FIELDS):
        raise UsageError(
            f"A schedule has five fields, and “{text}” has {len(words)}.",
            hint="Write minute, hour, day of month, month, day of week: 0 16 * * FRI.",
        )
    minutes, hours, days, months, weekdays = (
        _values(field, word, column) for field, (word, column) in zip(FIELDS, words, strict=True)
    )
    either = not any(words[place][0].startswith("*") for place in (2, 4))
    if not either and all(days[0] > _LONGEST[month] for month in months):
        raise UsageError(
            f"“{text}” never comes: none of its months has a day {days[0]} "
            f"(day of month, column {words[2][1]}).",
            hint="Take an earlier day of the month, or another month.",
        )
    return Cron(
        text=text,
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=tuple(sorted({day % _FULL_WEEK for day in weekdays})),
        either_day=either,
    )


def _split(text: str) -> list[tuple[str, int]]:
    """The words of a text with the column of each, from 1."""
    found: list[tuple[str, int]] = []
    rest = 0
    for word in text.split():
        at = text.index(word, rest)
        found.append((word, at + 1))
        rest = at + len(word)
    return found


def _values(field: _Field, word: str, column: int) -> tuple[int, ...]:
    found: set[int] = set()
    for item in word.split(","):
        found.update(_item(field, item, column))
        column += len(item) + 1
    return tuple(sorted(found))


def _item(field: _Field, item: str, column: int) -> range:
    """One item of a list: `*`, a value or a range, with a step or without."""
    span, slash, every = item.partition("/")
    first, dash, last = span.partition("-")
    if span == "*":
        low, high = field.low, field.high
    else:
        low = _number(field, first, column)
        high = _number(field, last, column + len(first) + 1) if dash else low
    if dash and high == 0 < low and field.names is _WEEKDAYS:
        high = _FULL_WEEK  # FRI-SUN: Sunday ends a week as well as it begins one
    if low > high:
        raise _refusal(field, f"the range “{span}” runs backwards", column)
    if not slash:
        return range(low, high + 1)
    at = column + len(span) + 1
    if low == high and span != "*":
        raise _refusal(field, f"“{item}” has a step without a range", at)
    step = int(every) if _is_number(every) else 0
    if not 1 <= step <= field.high:
        raise _refusal(field, f"“{every}” is not a step from 1 to {field.high}", at)
    return range(low, high + 1, step)


def _number(field: _Field, word: str, column: int) -> int:
    if word.upper() in field.names:
        return field.names.index(word.upper()) + field.low
    if not _is_number(word) or not field.low <= int(word) <= field.high:
        raise _refusal(field, f"“{word}” does not belong there", column)
    return int(word)


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= len("59")


def _refusal(field: _Field, problem: str, column: int) -> UsageError:
    return UsageError(f"The {field.name}, column {column}: {problem}.", hint=field.allowed)
