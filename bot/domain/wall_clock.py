"""What the clock on a wall shows, and the moments at which it jumps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import UsageError

# The smallest step of a datetime, to leave out one end of a span.
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of wall time, both ends included, that runs evenly with UTC.

    With `jump` it is a stretch that the clock leaves out at that moment.
    """

    opens: datetime
    closes: datetime
    offset: timedelta
    jump: datetime | None = None

    def instant(self, wall: datetime) -> datetime:
        """The moment at which a wall time of this span takes effect."""
        return self.jump or (wall - self.offset).replace(tzinfo=UTC)


def parse_zone(name: str) -> ZoneInfo:
    """A time zone of the IANA database. Raises `UsageError` for a name that it does not have."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise UsageError(
            f"“{name}” is not a time zone.",
            hint="Write UTC, or a place such as Europe/Berlin or America/New_York.",
        ) from unknown


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def spans(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[Span]:
    """The wall time of a day after `start`, up to and with `end`, in the order of time.

    No time zone changes its offset twice within a day.
    """
    before, after = _offset(start, zone), _offset(end, zone)
    opens = start.replace(tzinfo=None) + before + _TICK
    closes = end.replace(tzinfo=None) + after
    if before == after:
        yield Span(opens=opens, closes=closes, offset=after)
        return
    changed = _change(start, end, zone)
    old, new = (changed.replace(tzinfo=None) + offset for offset in (before, after))
    yield Span(opens=opens, closes=old - _TICK, offset=before)
    if new > old:
        yield Span(opens=old, closes=new - _TICK, offset=before, jump=changed)
    yield Span(opens=new, closes=closes, offset=after)


def _change(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset of `end` begins to hold."""
    old = _offset(start, zone)
    lower, upper = start.replace(microsecond=0), end.replace(microsecond=0)
    while upper - lower > timedelta(seconds=1):
        middle = lower + timedelta(seconds=(upper - lower) // timedelta(seconds=2))
        if _offset(middle, zone) == old:
            lower = middle
        else:
            upper = middle
    return upper
