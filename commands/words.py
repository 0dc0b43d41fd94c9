"""What was typed after a command, cut into words: quotes, flags, and what Slack makes of them.

Slack's composer turns straight quotes into curly ones and two hyphens into a dash, and it sends
mentions and addresses as links. All of that is read as what the person meant to type.
"""

import re
from dataclasses import dataclass

from bot.domain.errors import UsageError

_DOUBLE = frozenset('"“”„‟«»')
_SINGLE = frozenset("'‘’‚‹›")
# Two hyphens, or the dash that a composer makes of them, before a letter.
_FLAG = re.compile(r"(?:--|[‐‑‒–—―−]{1,2}-?|-[‐‑‒–—―−])(?=[a-zA-Z])")
_LINK = re.compile(r"<(?P<mark>[@#!]?)(?P<goal>[^<>|\s]*)(?:\|(?P<label>[^<>]*))?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or a quoted text. `column` is the place of its first character, from 1.

    A `flag` is named without its hyphens and in lower case. A `glued` word is the value that stood
    behind the = of a flag.
    """

    text: str
    column: int
    flag: bool = False
    quoted: bool = False
    glued: bool = False


def typed(text: str) -> str:
    """A command's text as the person typed it (docs.slack.dev, "Formatting message text").

    Mentions and links become the words that were seen; ids without a word stay as they are.
    """
    plain = _LINK.sub(_seen, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def split(text: str) -> tuple[Word, ...]:
    """Cut a text into words. Raises `UsageError` for a double quote that is not closed.

    A quote opens at the beginning of a word or behind a flag's =, and closes before a space.
    """
    text = typed(text)
    words: list[Word] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        dashes = _FLAG.match(text, place)
        if dashes is None:
            place = _value(text, place, words, glued=False)
            continue
        end = _end(text, place)
        name, equals, _ = text[dashes.end() : end].partition("=")
        words.append(Word(text=name.lower(), column=place + 1, flag=True))
        place = dashes.end() + len(name)
        if equals:
            place = _value(text, place + 1, words, glued=True)
    return tuple(words)


def _seen(link: re.Match[str]) -> str:
    mark, goal, label = link["mark"], link["goal"], link["label"]
    if label:
        return label if label[0] == mark or mark in {"", "!"} else f"{mark}{label}"
    if mark == "!":
        return f"@{goal}"
    return goal if not mark else link.group()


def _value(text: str, start: int, words: list[Word], *, glued: bool) -> int:
    """Add the word that begins at a place; returns where it ends."""
    column = start + 1
    family = next((each for each in (_DOUBLE, _SINGLE) if text[start : start + 1] in each), None)
    if family is not None:
        close = _close(text, start + 1, family)
        if close is not None:
            inner = " ".join(text[start + 1 : close].split())
            words.append(Word(text=inner, column=column, quoted=True, glued=glued))
            return close + 1
        if family is _DOUBLE:
            raise UsageError(
                f"The quote at character {column} is not closed.",
                hint=f"Close it with {text[start]} at the end, or leave it away.",
            )
    end = _end(text, start)
    words.append(Word(text=text[start:end], column=column, glued=glued))
    return end


def _end(text: str, start: int) -> int:
    """Where the word that begins at a place ends, quotes or not."""
    return next((at for at in range(start, len(text)) if text[at].isspace()), len(text))


def _close(text: str, start: int, family: frozenset[str]) -> int | None:
    """The place of the quote that closes: one of the same family, before a space or at the end."""
    for at in range(start, len(text)):
        if text[at] in family and (at + 1 == len(text) or text[at + 1].isspace()):
            return at
    return None
