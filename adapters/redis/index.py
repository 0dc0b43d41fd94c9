"""By what incidents are found: terms, each with the incidents that have it by their declaration.

All terms share one sorted set, whose members have the same score and so are kept in the order of
their text: “<term> <position>”. A position is the time of the declaration and the reference, such
as “01763733600000000 INC-2026-001”, so that the incidents of a term stand together in the order in
which they were declared. One set, because a script has to name the keys that it writes to, and the
terms that an incident had before are known to the server only.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.naming import words
from bot.ports import Search

# A decision of this project: of a summary, what is said first. It bounds the terms of an incident.
SEARCHED_SUMMARY = 1000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ALL, _OPEN, _OVER = "all", "open", "over"


def found_by(incident: Incident) -> str:
    """What the index has of an incident, one per line: its position, then its terms in order."""
    position = f"{moment(declared(incident))} {incident.ref}"
    return "\n".join([position, *sorted(_terms(incident))])


def terms(search: Search) -> list[str]:
    """The terms that an incident has to have, in order; one at least."""
    return sorted(_wanted(search)) or [_ALL]


def declared(incident: Incident) -> datetime:
    """When it was declared first, by the clock of whoever did."""
    stamp = incident.first_times.get(Moment.DECLARED)
    return stamp.at if stamp is not None else incident.clocks.since


def moment(at: datetime) -> str:
    """A moment as text that sorts by time: microseconds since the epoch, 17 digits."""
    return f"{max((at - _EPOCH) // _MICROSECOND, 0):017d}"


def following(at: datetime) -> str:
    """The first moment after another one, likewise."""
    return moment(at + _MICROSECOND)


def _terms(incident: Incident) -> set[str]:
    text = f"{incident.title}\n{incident.service or ''}\n{incident.summary[:SEARCHED_SUMMARY]}"
    found = {_ALL, _state(not incident.over), _severity(incident.severity)}
    if incident.service is not None:
        found.add(_service(incident.service))
    return found | {_word(word) for word in words(text)}


def _wanted(search: Search) -> Iterator[str]:
    if search.open is not None:
        yield _state(search.open)
    if search.service is not None:
        yield _service(search.service)
    if search.severity is not None:
        yield _severity(search.severity)
    yield from (_word(word) for word in search.words)


def _state(is_open: bool) -> str:
    return _OPEN if is_open else _OVER


def _service(name: str) -> str:
    # A term has neither spaces nor line breaks; words have none anyway.
    return f"service:{quote(name)}"


def _severity(severity: Severity) -> str:
    return f"severity:{severity}"


def _word(word: str) -> str:
    return f"word:{word}"
