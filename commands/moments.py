"""Durations, moments and numbers that people type, refused with their place in what was typed."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.errors import UsageError
from bot.domain.worded import Worded, worded
from commands.flags import at
from commands.words import Word

_DURATION = re.compile(
    r"(?:(?P<days>[0-9]{1,5})d)?(?:(?P<hours>[0-9]{1,5})h)?"
    r"(?:(?P<minutes>[0-9]{1,5})m)?(?:(?P<seconds>[0-9]{1,5})s)?"
)
_LONGEST = timedelta(days=366)
_CLOCK = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?:z|\s+utc)?", re.ASCII)
# What is written like a time of day or a day, which a typing error does not make a text.
_LIKE_CLOCK = re.compile(
    r"[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2})?(?:z|am|pm)?|[0-9]{1,2}[ap]m|[0-9]{4}-[0-9]{2}-[0-9]{2}\S*",
    re.ASCII,
)
# What may follow a time as a word of its own. Halves of a day are taken along to be refused:
# without them 07:56 PM, as Slack shows it in somebody's own zone, would be read as another time.
BEHIND_TIMES = frozenset({"ago", "utc", "am", "pm"})
_AGO = re.compile(r"(?P<lasts>(?:[0-9]+[dhms])+)(?:\s+ago)?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,6}")


def parse_duration(word: Word) -> timedelta:
    """Read `30s`, `90m`, `2h` or `1d12h`. Raises `UsageError` for all else, 0, and over a year."""
    hint = worded("Type a number with s, m, h or d, such as 45s, 30m, 2h, 1d or 1h30m.")
    found = _DURATION.fullmatch(word.text.lower()) if word.text else None
    if found is None:
        raise _wrong(word, worded("not a duration"), hint)
    parts = {unit: int(number) for unit, number in found.groupdict(default="0").items()}
    duration = timedelta(**parts)
    if not duration:
        raise _wrong(word, worded("no time at all"), hint)
    if duration > _LONGEST:
        raise _wrong(word, worded("longer than a year"), worded("Type 366d or less."))
    return duration


def parse_moment(word: Word) -> datetime:
    """Read a moment in ISO 8601 with its time zone, into UTC. Raises `UsageError`."""
    hint = worded(
        "Type it in UTC, such as 2026-11-21T18:00Z, or with its offset: 2026-11-21T19:00+01:00."
    )
    try:
        moment = datetime.fromisoformat(word.text.upper())
        known = moment.tzinfo is not None
        moment = moment.astimezone(UTC) if known else moment
    except (ValueError, OverflowError) as error:
        raise _wrong(word, worded("not a time"), hint) from error
    if not known:
        raise UsageError(
            "“{word}” {place} does not say in which time zone.",
            hint=hint,
            word=word.text,
            place=at(word),
        )
    return moment


def parse_number(word: Word, *, most: int) -> int:
    """Read a whole number from 1 to `most`. Raises `UsageError`."""
    if _WHOLE.fullmatch(word.text) and 1 <= int(word.text) <= most:
        return int(word.text)
    what = worded("not a number from 1 to {most}", most=most)
    raise _wrong(word, what, worded("For example: {example}", example=30))


def parse_past(word: Word, now: datetime) -> datetime:
    """Read when something was: `14:05` (UTC, the last one), `10m ago` (or `10m`), or as
    `parse_moment`. Raises `UsageError`, also for what lies ahead.
    """
    text = word.text.strip()
    clock = _CLOCK.fullmatch(text.lower())
    if clock is not None:
        hour, minute = int(clock["hour"]), int(clock["minute"])
        today = now.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)
        return today if today <= now else today - timedelta(days=1)
    lasts = _AGO.fullmatch(text.lower())
    if lasts is not None:
        return now - parse_duration(replace(word, text=lasts["lasts"]))
    try:
        moment = parse_moment(word)
    except UsageError as error:
        hint = worded("Type 14:05 (in UTC), 10m ago, or a moment such as 2026-11-21T14:05Z.")
        raise UsageError(error.said, hint=hint) from error
    if moment > now:
        raise UsageError(
            "“{word}” {place} lies in the future.",
            hint="Type when it was, such as 14:05 (in UTC) or 10m ago.",
            word=word.text,
            place=at(word),
        )
    return moment


def like_past(text: str) -> bool:
    """Whether a text is meant as when something was, be it a time that there is or not."""
    low = text.lower()
    return _LIKE_CLOCK.fullmatch(low) is not None or _AGO.fullmatch(low) is not None


def _wrong(word: Word, what: Worded, hint: Worded) -> UsageError:
    return UsageError(
        "“{word}” {place} is {what}.", hint=hint, word=word.text, place=at(word), what=what
    )
