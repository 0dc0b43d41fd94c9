"""The grammar of a declaration: `[P1..P4] [service:X] [env:X] TITLE`, with its flags.

What is not a mark of its own is part of the title; marks may stand in any order before it, and
those with a colon anywhere. `private` before the title is both: it may be the first word of what is
wrong, and what was to be hidden and is not cannot be hidden any more.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bot.domain.errors import UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import kind_of
from bot.domain.incidents.incident import IncidentKind
from bot.domain.worded import Worded, worded
from commands.flags import at
from commands.incidents.heard import NO_SEVERITY, SEVERITIES, Heard, known_name
from commands.incidents.wishes import Declaration, DrillWish
from commands.moments import parse_past
from commands.words import Word

_SEVERITY = re.compile(r"[Pp][0-9]")
_PRIVATE = "private"
_QUOTES = "\"“”„‟«»'‘’‚‹›"
# What may stand before a colon.
_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "service": "service",
        "svc": "service",
        "env": "environment",
        "environment": "environment",
        "severity": "severity",
        "sev": "severity",
    }
)


@dataclass(kw_only=True)
class _Marks:
    """What was said apart from the title, by its name. `private` is the word, which is kept."""

    said: dict[str, str] = field(default_factory=dict)
    private: Word | None = None

    def put(self, name: str, value: str, word: Word) -> None:
        """Note one. Raises `UsageError` when it was said before."""
        if name in self.said:
            raise UsageError(
                "The {field} is there twice, again {place}: “{word}”.",
                hint="Say it once.",
                field=Worded(name),
                place=at(word),
                word=word.text,
            )
        self.said[name] = value


def declaration_of(said: Heard) -> Declaration:
    """What was typed of an incident. Raises `UsageError` for a mark that cannot be understood."""
    marks = _Marks()
    title: list[Word] = []
    for word in said.words:
        if not _taken(word, said, marks, leading=not title):
            title.append(word)
    if marks.private and title:
        title.insert(0, marks.private)
    severity = marks.said.get("severity")
    since = said.asked.flags.get("since")
    if said.asked.has("backfill"):
        _require_known(said, title)
    return Declaration(
        title=" ".join(said.text(title).split()),
        severity=Severity(severity) if severity else None,
        service=marks.said.get("service"),
        environment=marks.said.get("environment"),
        private=said.asked.has(_PRIVATE) or marks.private is not None,
        impact=said.asked.value("impact"),
        summary=said.asked.value("summary"),
        since=parse_past(since, said.source.now) if since else None,
        thread=said.asked.has("thread"),
        backfill=said.asked.has("backfill"),
    )


def _require_known(said: Heard, title: Sequence[Word]) -> None:
    """Raise `UsageError` unless what was over can be written down at once: no form asks for it."""
    command = f"{said.source.command} declare --backfill --since 13:05 checkout was down"
    example = worded("For example: {example}", example=command)
    if not title:
        raise said.missing(worded("What was it?"), example)
    if not said.asked.has("since"):
        hint = worded("Say so with --since. {example}", example=example)
        raise said.missing(worded("When did it begin?"), hint)
    if said.asked.has("thread"):
        raise said.missing(
            worded("What is written down afterwards has no alert, and so no thread."),
            worded("Leave --thread away."),
        )


def _taken(word: Word, said: Heard, marks: _Marks, *, leading: bool) -> bool:
    """Whether a word is a mark, which is noted then."""
    if word.quoted:
        return False
    if leading and _SEVERITY.fullmatch(word.text):
        marks.put("severity", _severity(word, word.text), word)
        return True
    if leading and marks.private is None and word.text.lower() == _PRIVATE:
        marks.private = word
        return True
    key, colon, value = word.text.partition(":")
    name = _KEYS.get(key.lower()) if colon else None
    if name is None:
        return False
    value = value.strip(_QUOTES)
    if not value:
        example = {"severity": "P1", "environment": "production"}.get(name, _first(said))
        raise UsageError(
            "“{word}” {place} has nothing behind the colon.",
            hint="Type it without a space: {key}:{example}",
            word=word.text,
            place=at(word),
            key=key.lower(),
            example=example,
        )
    marks.put(name, _READERS[name](word, value, said), word)
    return True


def _severity(word: Word, value: str) -> str:
    if value.upper() not in Severity.__members__:
        raise UsageError(
            "“{word}” {place} is {what}.",
            hint=SEVERITIES,
            word=value,
            place=at(word),
            what=NO_SEVERITY,
        )
    return value.upper()


def _first(said: Heard) -> str:
    return next(iter(said.source.catalog.services), "api")


_READERS: Mapping[str, Callable[[Word, str, Heard], str]] = MappingProxyType(
    {
        "severity": lambda word, value, _said: _severity(word, value),
        "service": lambda word, value, said: known_name(
            "service", word, value, said.source.catalog.services
        ),
        "environment": lambda word, value, said: known_name(
            "environment", word, value, said.source.catalog.environments
        ),
    }
)


def declared_of(said: Heard) -> Declaration | DrillWish:
    """What was typed of an incident, or of an exercise with `--drill`. Raises as `declaration_of`,
    and when the exercise would be over by now.
    """
    declaration = declaration_of(said)
    kind = kind_of(drill=said.asked.has("drill"), afterwards=declaration.backfill)
    if kind is IncidentKind.DRILL:
        return DrillWish(declaration=as_drill(declaration))
    return declaration


def as_drill(declaration: Declaration) -> Declaration:
    """An exercise is the worst that there is, unless it is said otherwise: it is to be trained."""
    return replace(declaration, severity=declaration.severity or Severity.P1)
