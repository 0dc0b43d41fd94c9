"""What the room reads of a page: who is called, why, and who is in already."""

from bot.domain.incidents.calls import Because, Page
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import IncidentNote
from bot.domain.incidents.remarks import NOBODY, UNKNOWN
from bot.views.incidents.wording import length, people, short
from bot.views.languages.calls import Call
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.mrkdwn import user

_NAME = 80


def paged(note: IncidentNote, incident: Incident) -> str:
    """One page, or that there was nobody to be paged."""
    lang, name = incident.language, short(note.word, _NAME)
    page = incident.page(note.page)
    present = people(lang, page.present) if page is not None else ""
    if note.detail == NOBODY:
        return say(lang, Phrase.NOTE_NOBODY, word=name)
    if note.detail == UNKNOWN:
        return say(lang, Phrase.NOTE_NOT_KNOWN, word=name)
    called = people(lang, note.people) if note.people else say(lang, Phrase.NOBODY)
    if not name:
        return say(lang, Call.PERSON, who=user(note.by) if note.by else "Signalbox", people=called)
    why = _why(lang, page)
    if not note.people and present:
        return _with(lang, say(lang, Call.PASSED, word=name, people=present), why)
    text = say(lang, Phrase.NOTE_PAGED, word=name, people=called)
    return _with(lang, text, why, say(lang, Call.PRESENT, people=present) if present else "")


def _with(lang: str, text: str, *more: str) -> str:
    """A sentence, and in brackets what else there is to say."""
    added = say(lang, Call.APART).join(filter(None, more))
    return say(lang, Call.BESIDE, text=text, more=added) if added else text


def _why(language: str, page: Page | None) -> str:
    """Why the rung is called; nothing where its severity asks for that at once."""
    if page is None:
        return ""
    if page.by_hand:
        return say(language, Call.ASKED, who=user(page.by))
    time = length(language, page.waited) if page.waited is not None else ""
    match page.because:
        case Because.UNANSWERED:
            return say(language, Call.UNANSWERED, time=time)
        case Because.UNRESOLVED:
            return say(language, Call.UNRESOLVED, time=time)
        case Because.ASKED:
            return say(language, Call.ASKED, who=user(page.by))
        case Because.AT_ONCE:
            return ""
