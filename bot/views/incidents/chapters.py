"""One line of a timeline in words. What its fields mean is said in `incidents.chronicle`."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from bot.domain.incident_policy import Severity
from bot.domain.incidents.remarks import UNKNOWN
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.views.incidents.wording import moment, named, people, severity_name, short
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.mrkdwn import code, escape, link, user

K = LineKind
_TEXT = 110
_WORD = 60
MARKS: Mapping[LineKind, str] = MappingProxyType(
    {
        K.DECLARED: "🚨",
        K.ROOM: "💬",
        K.STATE: "🔀",
        K.SEVERITY: "🌡️",
        K.ROLE: "🧭",
        K.UPDATE: "📣",
        K.NOTE: "📌",
        K.TASK: "☑️",
        K.CHECK: "📋",
        K.PAGE: "📟",
        K.ACK: "✋",
        K.CLOCK: "⏰",
        K.DEPLOY: "🚀",
        K.FREEZE: "❄️",
        K.LINK: "🔗",
        K.ALERT: "🔔",
        K.PRIVACY: "🔒",
        K.POST_MORTEM: "📝",
        K.DETAIL: "✏️",
    }
)


def told(language: str, line: TimelineLine) -> str:
    """When it happened, what, and who did it."""
    what = " ".join(part for part in _what(language, line) if part)
    return f"{moment(line.at)} {MARKS[line.kind]} {what} · {user(line.by)}"


def _what(language: str, line: TimelineLine) -> tuple[str, ...]:
    """The word in the language, what it is about, and the text."""
    text = _text(line)
    match line.kind:
        case K.DECLARED:
            word = severity_name(language, Severity(line.word)) if line.word else ""
            return (say(language, Phrase.LINE_DECLARED, word=word, text=text),)
        case K.STATE:
            return f"*{named(language, 'state', line.word)}*", escape(line.subject), text
        case K.SEVERITY:
            return f"*{severity_name(language, Severity(line.word))}*", text
        case K.ACK:
            word = short(line.word, _WORD)
            return (say(language, Phrase.LINE_ACKED, word=word), text)
        case K.ROLE:
            return _word(language, "role", line.word), user(line.subject)
        case K.PAGE:
            return short(line.word, _WORD), _called(language, line.text)
        case _:
            return _other(language, line, text)


def _called(language: str, ids: str) -> str:
    """Whom a page has called."""
    if ids == UNKNOWN:
        return say(language, Phrase.NOT_KNOWN)
    called = tuple(part for part in ids.split(", ") if part)
    return people(language, called) if called else say(language, Phrase.NOBODY)


def _other(language: str, line: TimelineLine, text: str) -> tuple[str, ...]:
    match line.kind:
        case K.TASK if line.word == "owner":
            return escape(line.subject), user(line.text), _word(language, "line", line.word)
        case K.TASK:
            return f"*{escape(line.subject)}*", _word(language, "line", line.word), text
        case K.CLOCK:
            until = moment(datetime.fromisoformat(line.subject)) if line.subject else ""
            return _clock(language, line.word), until
        case K.DEPLOY:
            name = _word(language, "part", line.word)
            return name, code(line.subject) if line.subject else "", text
        case K.LINK if line.subject.startswith(("https://", "http://")):
            return (link(line.subject, line.text[:_TEXT] or line.subject[:_TEXT]),)
        case K.LINK:
            return named(language, "relation", line.word), escape(line.subject), text
        case K.DETAIL:
            return _word(language, "moment", line.word), text
        case _:
            return _word(language, "line", line.word), text


def _word(language: str, family: str, word: str) -> str:
    """A word of the record: of its family, of timelines, of a field, or as it stands."""
    for key in (f"line.{word}", f"{family}.{word}", f"field.{word}"):
        shown = _known(language, key)
        if shown:
            return shown
    return short(word, _WORD)


def _known(language: str, key: str) -> str:
    family, _, word = key.partition(".")
    if family == "line":
        return say(language, Phrase(key)) if key in _PHRASES else ""
    found = named(language, family, word)
    return "" if found == escape(word) else found


_PHRASES = frozenset(phrase.value for phrase in Phrase)


def _clock(language: str, word: str) -> str:
    if f"bell.{word}" in _PHRASES:
        return say(language, Phrase(f"bell.{word}"), title="…")
    return _word(language, "line", word)


def _text(line: TimelineLine) -> str:
    """What somebody wrote, as a link to where they did."""
    text = short(line.text, _TEXT)
    return f"{text} {link(line.permalink, '↗')}" if line.permalink and text else text
