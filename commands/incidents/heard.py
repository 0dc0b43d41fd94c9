"""The words that follow a verb of incidents, and how people, references and texts are read there.

Free text is taken as it was typed: what looks like a flag and is none is text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.catalog import Catalog
from bot.domain.errors import UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import MAX_TITLE
from bot.domain.incidents.naming import parse_reference
from bot.domain.worded import Worded, worded
from bot.views.incidents.verbs import INCIDENT_VERBS
from bot.views.verbs import Verb
from commands.flags import Asked, at, nearest, sort
from commands.moments import BEHIND_TIMES
from commands.words import Word, prose, typed

EXAMPLE = "INC-2026-001"
TOO_MANY = worded("one word too many")
NO_SEVERITY = worded("no severity")
SEVERITIES = worded("There are {options}.", options=tuple(Severity))
_UNSAID = Worded("")
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_AT = frozenset({"at", "since"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was typed after the command, and what it is read against."""

    text: str
    command: str
    catalog: Catalog
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The words that follow a verb and the reference, which is "" when none was typed."""

    source: Source
    asked: Asked
    ref: str

    @property
    def words(self) -> tuple[Word, ...]:
        """What it is about."""
        return self.asked.words

    def text(self, words: Sequence[Word] | None = None) -> str:
        """What some of the words say, or all of them, as it was typed."""
        return prose(self.source.text, self.words if words is None else words)

    def reason(self, words: Sequence[Word]) -> str:
        """The reason: by its flag, or the words that are left."""
        return self.asked.value("reason") or self.text(words)

    def wrong(self, word: Word, what: Worded, hint: Worded = _UNSAID) -> UsageError:
        """The error for a word, with its place, what it is not, and what to type instead."""
        return UsageError(
            "“{word}” {place} is {what}.",
            hint=hint or self.usage,
            word=word.text,
            place=at(word),
            what=what,
        )

    def missing(self, question: Worded, hint: Worded = _UNSAID) -> UsageError:
        """The error for something that was not typed."""
        return UsageError(question, hint=hint or self.usage)

    def at_most(self, count: int) -> None:
        """Raise `UsageError` naming the first word that is one too many."""
        if len(self.words) > count:
            raise self.wrong(self.words[count], TOO_MANY)

    @property
    def usage(self) -> Worded:
        """What to type; and how to declare an incident whose title begins like a verb."""
        count = len(self.words)
        title = " ".join(typed(self.source.text).split())
        declares = f"{self.source.command} declare {title}"
        # A single word is no title; what is longer than a title would not be taken either.
        if self.ref or count <= 1 or len(declares) > MAX_TITLE:
            return self.asked.usage
        return worded(
            "{usage}. To declare an incident of this title: {command}",
            usage=self.asked.usage,
            command=declares,
        )


def heard(source: Source, verb: Verb, words: Sequence[Word], ref: str, *, free: bool) -> Heard:
    """Sort the words that follow a verb; in `free` text, flags that are none are words.

    Raises `UsageError` as `sort`.
    """
    verbs = tuple(INCIDENT_VERBS.values())
    left = [_as_text(word, verb, verbs) for word in words] if free else list(words)
    asked = sort(_with_ago(left), source.command, verb, verbs)
    return Heard(source=source, asked=asked, ref=ref)


def leading_reference(words: Sequence[Word]) -> tuple[str, tuple[Word, ...]]:
    """The reference that the words begin with ("" when there is none), and the others."""
    if words and not words[0].quoted and not words[0].flag:
        found = parse_reference(words[0].text)
        if found:
            return found, tuple(words[1:])
    return "", tuple(words)


def person_of(word: Word, said: Heard) -> str:
    """The id of somebody who is mentioned. Raises `UsageError` for a name that is only typed."""
    if word.goal[:1] in {"U", "W"}:
        return word.goal
    if word.text.lower() == "me":
        hint = worded("Leave the name away to mean yourself.")
        raise said.wrong(word, worded("nobody's name"), hint)
    hint = worded("Type @ and choose the person from the list that comes up.")
    raise said.wrong(word, worded("nobody whom Slack knows"), hint)


def there_are(known: Iterable[str]) -> Worded:
    """What can be typed."""
    return worded("There are: {options}.", options=tuple(known))


def severity_of(word: Word, said: Heard) -> Severity:
    """A severity. Raises `UsageError`."""
    if word.text.upper() in Severity.__members__:
        return Severity(word.text.upper())
    raise said.wrong(word, NO_SEVERITY, SEVERITIES)


def service_named(word: Word, said: Heard) -> str:
    """A service of the catalog. Raises `UsageError`."""
    return known_name("service", word, word.text, said.source.catalog.services)


def known_name(kind: str, word: Word, name: str, known: Iterable[str]) -> str:
    """A name as the catalog has it. Raises `UsageError` with its place and what is near."""
    options = tuple(known)
    if name.lower() in options:
        return name.lower()
    raise UsageError(
        "There is no {kind} called “{given}” {place}.",
        hint=nearest(name, options) or worded("Known are: {options}.", options=options),
        kind=Worded(kind),
        given=name,
        place=at(word),
    )


def _as_text(word: Word, verb: Verb, verbs: Iterable[Verb]) -> Word:
    """A flag that nobody has, and that is near to none, was meant as text."""
    if not word.flag or verb.flag(word.text):
        return word
    meant = nearest(word.text, (flag.name for flag in verb.flags))
    if meant or any(other.flag(word.text) for other in verbs):
        return word
    return replace(word, text=word.raw, flag=False)


def _with_ago(words: Sequence[Word]) -> list[Word]:
    """`--at 10m ago` and `--at 14:05 UTC` have a value of two words."""
    left: list[Word] = []
    for word in words:
        timed = len(left) > 1 and left[-2].flag and left[-2].text in _AT
        if timed and word.text.lower() in BEHIND_TIMES and not word.quoted and not word.flag:
            left[-1] = replace(left[-1], text=f"{left[-1].text} {word.text}")
        else:
            left.append(word)
    return left
