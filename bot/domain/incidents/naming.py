"""What incidents and their rooms are called, and the words by which they are found. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from bot.domain.incidents.incident import Incident

# The chat system takes 80 characters, of these only.
MAX_ROOM_NAME = 80
_OTHER = re.compile(r"[^a-z0-9]+")
# What is left for the title once the prefix of the configuration has had its share.
_MAX_PREFIX = 30
_DRILL = "drill"
_LEFT = "-closed"
_REFERENCE = re.compile(r"INC-([0-9]{4})-([0-9]{1,9})", re.IGNORECASE)
_RUN = re.compile(r"[^\W_]+")
# Scripts that put no spaces between words: kana, Han and its extensions, Hangul.
_UNSPACED = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# Longer than any word that people look for; an index has no use for more.
_MAX_WORD = 64


def reference(year: int, number: int) -> str:
    """What people call an incident, such as INC-2026-001; wider from the thousandth on."""
    return f"INC-{year:04d}-{number:03d}"


def parse_reference(text: str) -> str | None:
    """Read a reference as somebody types it (inc-2026-1); None when it is none."""
    found = _REFERENCE.fullmatch(text.strip())
    if found is None or not int(found[2]):
        return None
    return reference(int(found[1]), int(found[2]))


def room_name(incident: Incident, prefix: str, attempt: int = 1) -> str:
    """The name of its channel: lower-case ASCII letters, digits and hyphens, 80 at most.

    What the title has of those, else what the service has, else nothing follows the number. The
    name of a private incident's channel says nothing of what it is about. `attempt` tells names
    apart when the first ones are taken.
    """
    start = _DRILL if incident.drill else _slug(prefix)[:_MAX_PREFIX].strip("-") or "inc"
    number = incident.ref.lower().partition("-")[2]
    end = f"-{attempt}" if attempt > 1 else ""
    about = "" if incident.private else _slug(incident.title) or _slug(incident.service or "")
    name = f"{start}-{number}-{about}" if about else f"{start}-{number}"
    return name[: MAX_ROOM_NAME - len(end)].rstrip("-") + end


def left_name(incident: Incident, prefix: str, attempt: int = 1) -> str:
    """The name of a channel that a private incident has left: it says nothing of what it was about.

    `attempt` as in `room_name`.
    """
    end = f"-{attempt}" if attempt > 1 else ""
    return f"{bare_name(incident, prefix)}{_LEFT}{end}"


def bare_name(incident: Incident, prefix: str) -> str:
    """What the names of all of its channels begin with: no more than its reference."""
    return room_name(incident.model_copy(update={"private": True}), prefix)


def telling(name: str, incident: Incident, prefix: str) -> bool:
    """Whether the name of one of its channels may say more than its reference does."""
    bare = bare_name(incident, prefix)
    return re.fullmatch(rf"{re.escape(bare)}({_LEFT}(-[0-9]+)?)?", name) is None


def words(text: str) -> frozenset[str]:
    """The words of a text, to find it by: without case, accents and signs.

    Where a script puts no spaces between words, every two neighbouring characters are a word, so
    that any part of a text is found; a character that stands alone is one by itself.
    """
    return frozenset(word[:_MAX_WORD] for run in _RUN.findall(_plain(text)) for word in _cut(run))


def _cut(run: str) -> Iterator[str]:
    """The words of what stands between two signs."""
    done = 0
    for found in _UNSPACED.finditer(run):
        if done < found.start():
            yield run[done : found.start()]
        together = found.group()
        yield from ((one + two for one, two in pairwise(together)) if together[1:] else together)
        done = found.end()
    if done < len(run):
        yield run[done:]


def _plain(text: str) -> str:
    """A text without case and accents."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(each for each in parted if unicodedata.category(each) != "Mn")
    return unicodedata.normalize("NFKC", bare).casefold()


def _slug(text: str) -> str:
    return _OTHER.sub("-", _plain(text)).strip("-")
