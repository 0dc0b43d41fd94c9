"""Lines of a timeline that people write: by hand, or by a mark on a message. Pure."""

from datetime import UTC, datetime

from bot.domain.incidents.declaring import MAX_NOTE
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.domain.placement import MessageRef


def note_of(name: str, text: str, by: str, at: datetime, now: datetime) -> TimelineLine:
    """A note, by the id `name`, about what was `at` that moment."""
    return TimelineLine(
        id=name, kind=LineKind.NOTE, at=at, recorded=now, by=by, text=shortened(text, MAX_NOTE)
    )


def message_of(
    name: str,
    place: MessageRef,
    said: tuple[str, str],
    by: str,
    now: datetime,
    address: str | None,
) -> TimelineLine:
    """A message as a note of when it was written: `said` is its text, and who wrote that."""
    at = datetime.fromtimestamp(float(place.ts), UTC)
    found = {"subject": said[1], "source": source_of(place), "permalink": address}
    return note_of(name, said[0], by, at, now).model_copy(update=found)


def source_of(place: MessageRef) -> str:
    """By what the line of a message is known."""
    return f"{place.channel}:{place.ts}"


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters; the last one says when there was more."""
    clean = text.strip()
    return clean if len(clean) <= most else clean[: most - 1] + "…"
