"""Other incidents that one speaks of; a private one by its reference alone."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.views.incidents.wording import room_link, short

_REF = 60
_TITLE = 200


def where_it_goes_on(ref: str, others: Sequence[Incident]) -> str:
    """A reference, and the channel to go to."""
    found = _of(ref, others)
    room = room_link(found) if found else ""
    return f"*{short(ref, _REF)}* {room}".rstrip()


def other_one(ref: str, others: Sequence[Incident]) -> str:
    """A reference, what that one is about, and its channel."""
    found = _of(ref, others)
    if found is None:
        return f"*{short(ref, _REF)}*"
    return f"*{short(ref, _REF)}* “{short(found.title, _TITLE)}” {room_link(found)}".rstrip()


def _of(ref: str, others: Sequence[Incident]) -> Incident | None:
    return next((each for each in others if each.ref == ref and not each.private), None)
