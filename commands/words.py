"""What was typed after a command, cut into words: quotes, flags, and what Slack makes of them.

Slack's composer turns straight quotes into curly ones and two hyphens into a dash, and it sends
mentions and addresses as links. All of that is read as what the person meant to type.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import UsageError

_DOUBLE = frozenset('"“”„‟«»')
_SINGLE = frozenset("'‘’‚‹›")
# Two hyphens, or the dash that a composer makes of them, before a letter.
_FLAG = re.compile(r"(?:--|[‐‑‒–—―−]{1,2}-?|-[‐‑‒–—―−])(?=[a-zA-Z])")
_LINK = re.compile(r"<(?P<mark>[@#!]?)(?P<goal>[^<>|\s]*)(?:\|(?P<label>[^<>]*))?>")
# How Slack marks a user group.
_SUBTEAM = "subteam^"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or a quoted text. `column` is the place of its first character, from 1.

    A `flag` is named without its hyphens and in lower case. A `glued` word is the value that stood
    behind the = of a flag. `raw` is what stood there, with its quotes and hyphens. `goal` is what a
    mention or a link leads to: the id of a person or of a user group, or an address.
    """

    text: str
    column: int
    flag: bool = False
    quoted: bool = False
    glued: bool = False
    raw: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class _Link:
    """What Slack made of a mention or an address: how long it is as it was typed, and its goal."""

    length: int
    goal: str


def typed(text: str) -> str:
    """A command's text as the person typed it (docs.slack.dev, "Formatting message text").

    Mentions and links become the words that were seen; ids without a word stay as they are.
    """
    return _read(text)[0]


def split(text: str, *, strict: bool = True) -> tuple[Word, ...]:
    """Cut a text into words. Raises `UsageError` for a double quote that is not closed.

    A quote opens at the beginning of a word or behind a flag's =, and closes before a space. With
    `strict` off, one that is not closed is a character like any other. A mention is one word.
    """
    plain, links = _read(text)
    return tuple(_Cutter(plain, links, strict=strict).words())


def prose(text: str, words: Sequence[Word]) -> str:
    """What some words of a text say, with their quotes and lines as they were typed; a text that is
    in quotes as a whole is without them.
    """
    if len(words) == 1 and words[0].quoted:
        return words[0].text
    plain = typed(text)
    said: list[str] = []
    end = -1
    for word in words:
        start = word.column - 1
        between = plain[end:start] if said else ""
        if said and not between.strip(" \t\r\n="):
            said[-1] += between + word.raw
        else:
            said.append(word.raw)
        end = start + len(word.raw)
    return " ".join(said).strip()


def _read(text: str) -> tuple[str, dict[int, _Link]]:
    """The text as it was typed, and the mentions and links in it by their places."""
    pieces: list[str] = []
    links: dict[int, _Link] = {}
    length = place = 0
    for link in _LINK.finditer(text):
        before, seen = _unescaped(text[place : link.start()]), _unescaped(_seen(link))
        goal = link["goal"].removeprefix(_SUBTEAM) if link["mark"] == "!" else link["goal"]
        links[length + len(before)] = _Link(len(seen), _unescaped(goal))
        pieces += before, seen
        length += len(before) + len(seen)
        place = link.end()
    pieces.append(_unescaped(text[place:]))
    return "".join(pieces), links


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _seen(link: re.Match[str]) -> str:
    mark, goal, label = link["mark"], link["goal"], link["label"]
    if label:
        return label if label[0] == mark or mark in {"", "!"} else f"{mark}{label}"
    if mark == "!":
        return f"@{goal}"
    return goal if not mark else link.group()


class _Cutter:
    """Cuts one text into words."""

    def __init__(self, text: str, links: Mapping[int, _Link], *, strict: bool) -> None:
        self._text = text
        self._links = links
        self._strict = strict

    def words(self) -> Iterator[Word]:
        """All of them, in order."""
        text, place = self._text, 0
        while place < len(text):
            if text[place].isspace():
                place += 1
                continue
            dashes = _FLAG.match(text, place)
            if dashes is None:
                word = self._value(place, glued=False)
                yield word
                place += len(word.raw)
                continue
            name, equals, _ = text[dashes.end() : _end(text, place)].partition("=")
            end = dashes.end() + len(name)
            yield Word(text=name.lower(), column=place + 1, flag=True, raw=text[place:end])
            place = end
            if equals:
                word = self._value(place + 1, glued=True)
                yield word
                place += 1 + len(word.raw)

    def _value(self, start: int, *, glued: bool) -> Word:
        """The word that begins at a place."""
        text, column = self._text, start + 1
        opens = text[start : start + 1]
        family = next((each for each in (_DOUBLE, _SINGLE) if opens in each), None)
        if family is not None:
            close = _close(text, start + 1, family)
            if close is not None:
                inner, raw = " ".join(text[start + 1 : close].split()), text[start : close + 1]
                return Word(text=inner, column=column, quoted=True, glued=glued, raw=raw)
            if family is _DOUBLE and self._strict:
                raise UsageError(
                    "The quote at character {column} is not closed.",
                    hint="Close it with {quote} at the end, or leave it away.",
                    column=column,
                    quote=opens,
                )
        link = self._links.get(start)
        end = _end(text, start + link.length if link else start)
        goal = link.goal if link else ""
        raw = text[start:end]
        return Word(text=raw, column=column, glued=glued, raw=raw, goal=goal)


def _end(text: str, start: int) -> int:
    """Where the word that begins at a place ends, quotes or not."""
    return next((at for at in range(start, len(text)) if text[at].isspace()), len(text))


def _close(text: str, start: int, family: frozenset[str]) -> int | None:
    """The place of the quote that closes: one of the same family, before a space or at the end."""
    for at in range(start, len(text)):
        if text[at] in family and (at + 1 == len(text) or text[at + 1].isspace()):
            return at
    return None
