"""One line of a timeline in words. What its fields mean is said in `incidents.chronicle`."""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from bot.domain.incident_policy import Severity
from bot.domain.incidents.remarks import PRESENT, TOO, UNKNOWN
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.views.incidents.markups import SLACK, Markup
from bot.views.incidents.wording import named, severity_name
from bot.views.languages.calls import Call
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.mrkdwn import escape

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
        K.TASK: "☐",
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


def told(language: str, line: TimelineLine, markup: Markup = SLACK) -> str:
    """When it happened, what, and who did it."""
    return f"{markup.moment(line.at)} {what_happened(language, line, markup)}"


def what_happened(language: str, line: TimelineLine, markup: Markup) -> str:
    """What happened, and who did it."""
    what = " ".join(part.strip() for part in _what(language, line, markup) if part)
    mark = "✅" if (line.kind, line.word) == (K.TASK, "done") else MARKS[line.kind]
    return f"{mark} {what} · {markup.person(line.by)}"


def _what(language: str, line: TimelineLine, markup: Markup) -> tuple[str, ...]:
    """The word in the language, what it is about, and the text."""
    text = _text(line, markup)
    match line.kind:
        case K.DECLARED:
            word = severity_name(language, Severity(line.word)) if line.word else ""
            return (say(language, Phrase.LINE_DECLARED, word=word, text=text),)
        case K.STATE:
            state = _word(language, "state", line.word, markup)
            return markup.bold(state), markup.words(line.subject, _TEXT), text
        case K.SEVERITY:
            return markup.bold(severity_name(language, Severity(line.word))), text
        case K.ACK:
            return _acknowledged(language, line, markup), text
        case K.ROLE if line.word == "invited":
            return say(language, Call.INVITED), markup.person(line.subject)
        case K.ROLE:
            return _word(language, "role", line.word, markup), markup.person(line.subject)
        case K.PAGE:
            return markup.words(line.word, _WORD), _called(language, line.text, markup)
        case _:
            return _other(language, line, text, markup)


def _acknowledged(language: str, line: TimelineLine, markup: Markup) -> str:
    """That somebody is on it: the first, whoever was paged, or one more."""
    if line.subject == TOO:
        return say(language, Call.TOO)
    return say(language, Phrase.LINE_ACKED, word=markup.words(line.word, _WORD))


def _called(language: str, ids: str, markup: Markup) -> str:
    """Whom a page has called."""
    if ids == UNKNOWN:
        return say(language, Phrase.NOT_KNOWN)
    called = tuple(part for part in ids.removeprefix(PRESENT).split(", ") if part)
    if ids.startswith(PRESENT):
        return say(language, Call.PRESENT, people=markup.people(language, called))
    return markup.people(language, called) if called else say(language, Phrase.NOBODY)


def _other(language: str, line: TimelineLine, text: str, markup: Markup) -> tuple[str, ...]:
    subject = markup.words(line.subject, _TEXT)
    match line.kind:
        case K.TASK if line.word == "owner":
            return subject, markup.person(line.text), _word(language, "line", line.word, markup)
        case K.TASK:
            return markup.bold(subject), _word(language, "line", line.word, markup), text
        case K.CLOCK:
            until = markup.moment(datetime.fromisoformat(line.subject)) if line.subject else ""
            return _clock(language, line.word, markup), until
        case K.DEPLOY:
            name = _word(language, "part", line.word, markup)
            return name, markup.code(line.subject) if line.subject else "", text
        case K.LINK if line.subject.startswith(("https://", "http://")):
            return (markup.link(line.subject, line.text[:_TEXT] or line.subject[:_TEXT]),)
        case K.LINK:
            return _word(language, "relation", line.word, markup), subject, text
        case K.DETAIL:
            return _word(language, "moment", line.word, markup), text
        case _:
            return _word(language, "line", line.word, markup), text


def _word(language: str, family: str, word: str, markup: Markup) -> str:
    """A word of the record: of its family, of timelines, of a field, or as it stands."""
    for key in (f"line.{word}", f"{family}.{word}", f"field.{word}"):
        shown = _known(language, key)
        if shown:
            return shown
    return markup.words(word, _WORD)


def _known(language: str, key: str) -> str:
    family, _, word = key.partition(".")
    if family == "line":
        return say(language, Phrase(key)) if key in _PHRASES else ""
    found = named(language, family, word)
    return "" if found == escape(word) else found


_MARK = re.compile(r"^[^\w“「]+")
_PHRASES = frozenset(phrase.value for phrase in Phrase)


def _clock(language: str, word: str, markup: Markup) -> str:
    if f"bell.{word}" in _PHRASES:
        # What it says in a room begins with a mark; a line of the record has its own.
        return _MARK.sub("", say(language, Phrase(f"bell.{word}"), title="…"))
    return _word(language, "line", word, markup)


def _text(line: TimelineLine, markup: Markup) -> str:
    """What somebody wrote, as a link to where they did."""
    text = markup.words(line.text, _TEXT)
    return f"{text} {markup.link(line.permalink, '↗')}" if line.permalink and text else text
