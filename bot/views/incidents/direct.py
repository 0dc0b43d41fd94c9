"""What one person is told about an incident, privately and in their own language."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.calls import Page
from bot.domain.incidents.duties import DUTIES
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import DirectWord, Word
from bot.domain.incidents.room import Step
from bot.views.blocks import Block, Rendered, actions, as_typed, rendered, section, titled
from bot.views.incidents.buttons import press
from bot.views.incidents.decided import offer_decided, reminder_decided, task_decided
from bot.views.incidents.lines import (
    deploys_line,
    ending_line,
    people_line,
    sla_line,
    status_line,
    suspect_line,
    update_line,
)
from bot.views.incidents.names import IncidentAction, reference
from bot.views.incidents.notes import update_answers
from bot.views.incidents.procedures import Ticking, procedure_blocks
from bot.views.incidents.troubles import problems
from bot.views.incidents.updates import incident_resolved, incident_update
from bot.views.incidents.wording import badges, mark, moment, named, room_link, short
from bot.views.languages.calls import Call
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import escape, user

A = IncidentAction
_TITLE = 300
_TEXT = 600
_SHOWN_TASKS = 5
_BELLS: Mapping[str, Phrase] = MappingProxyType(
    {
        Bell.UPDATE_SOON: Phrase.WORD_UPDATE_SOON,
        Bell.UPDATE_DUE: Phrase.WORD_UPDATE_DUE,
        Bell.UPDATE_OVERDUE: Phrase.WORD_UPDATE_LATE,
    }
)


def direct_word(
    word: DirectWord, incident: Incident, policy: IncidentPolicy, language: str
) -> Rendered:
    """A page, duties, a handoff with its briefing, an update that is due, and other news."""
    own = incident.model_copy(update={"language": language})
    return _TOLD[word.word](word, own, policy)


def _news(word: DirectWord, incident: Incident, policy: IncidentPolicy) -> Rendered:
    """What a subscriber hears."""
    if word.word is Word.UPDATE and word.about.isdecimal():
        return _subscribed(incident, incident_update(incident, int(word.about)))
    if word.word is Word.RESOLVED:
        return _subscribed(incident, incident_resolved(incident, policy))
    lines = _lines(status_line(incident), ending_line(incident))
    return _subscribed(incident, _said(word, incident, Phrase.WORD_CHANGED, lines))


def _briefed(word: DirectWord, incident: Incident, policy: IncidentPolicy) -> Rendered:
    """Somebody comes in, or is offered the lead: how it stands, and a button that takes it."""
    told = briefing(incident, policy)
    if word.word is not Word.HANDOFF:
        return _said(word, incident, Phrase.WORD_CALLED_IN, told)
    decided = offer_decided(incident, word.to)
    if decided:
        return _over(incident, decided)
    accept = press(incident.language, Term.ACCEPT, A.ACCEPT, incident.ref, style="primary")
    return _said(word, incident, Phrase.WORD_HANDOFF, told, accept)


def _update_due(word: DirectWord, incident: Incident, _policy: IncidentPolicy) -> Rendered:
    phrase = _BELLS.get(word.about, Phrase.WORD_UPDATE_DUE)
    over = reminder_decided(incident, word.mark, word.to)
    buttons = update_answers(incident) if incident.active and not over else []
    return _said(word, incident, phrase, over, *buttons)


def _access(word: DirectWord, incident: Incident, _policy: IncidentPolicy) -> Rendered:
    """Somebody asks to see it; let them in, as long as they are not."""
    asker = word.by
    if not asker or asker in incident.responders:
        return _said(word, incident, Phrase.WORD_ACCESS, "")
    value = reference(incident.ref, asker)
    let_in = press(incident.language, Term.LET_IN, A.LET_IN, value, style="primary")
    return _said(word, incident, Phrase.WORD_ACCESS, "", let_in)


def _no_room(word: DirectWord, incident: Incident, _policy: IncidentPolicy) -> Rendered:
    """What went wrong with the room, in the words of the chat system."""
    problem = incident.room.progress(Step(word.about)).problem if word.about else None
    return _said(
        word, incident, Phrase.WORD_NO_ROOM, f"> {short(problem, _TEXT)}" if problem else ""
    )


def _left(word: DirectWord, incident: Incident, _policy: IncidentPolicy) -> Rendered:
    """What is still public of it, told to one person because there is no card to say so."""
    said = _said(word, incident, Phrase.WORD_LEFT, "")
    return rendered(said.text, [*said.blocks, *problems(incident)])


def briefing(incident: Incident, policy: IncidentPolicy) -> str:
    """What whoever comes in has to know: how it stands, what is due, and what is to be done."""
    lang = incident.language
    open_tasks = incident.open_tasks
    tasks = [f"• {escape(task.id)} {short(task.text, 160)}" for task in open_tasks[:_SHOWN_TASKS]]
    if len(open_tasks) > _SHOWN_TASKS:
        tasks.append(say(lang, Phrase.MORE, count=len(open_tasks) - _SHOWN_TASKS))
    return _lines(
        status_line(incident),
        people_line(incident),
        sla_line(incident, policy),
        update_line(incident),
        suspect_line(incident),
        deploys_line(incident),
        f"*{say(lang, Term.TASKS)}*" if tasks else "",
        *tasks,
    )


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _name(incident: Incident) -> str:
    """Which one, with where to go, in mrkdwn. Its title stands by itself, as it was typed."""
    name = f"*{escape(incident.ref)} · {incident.severity.value}*"
    return " ".join(filter(None, (f"{badges(incident)}{name}", room_link(incident))))


def _title(incident: Incident) -> str:
    """Which one and what about, plain."""
    return f"{badges(incident)}{incident.ref} · {incident.severity.value} · {incident.title}"


def _said(
    word: DirectWord, incident: Incident, phrase: Phrase, more: str, *buttons: Block
) -> Rendered:
    """A sentence about an incident, what there is to know, and what can be done."""
    who = user(word.by) if word.by else "Signalbox"
    due = incident.clocks.update_by
    at = moment(due) if due else say(incident.language, Phrase.NO_NEXT_UPDATE)
    text = say(incident.language, phrase, who=who, title=_name(incident), at=at)
    blocks: list[Block] = [section(text), as_typed(incident.title, _TITLE)]
    if more:
        blocks.append(section(more))
    if buttons:
        blocks.append(actions(f"word:{incident.ref}", *buttons))
    return rendered(f"{text} {short(incident.title, _TITLE)}", blocks)


def _paged(word: DirectWord, incident: Incident, policy: IncidentPolicy) -> Rendered:
    """A page: what is wrong, where to go, and a button that says one is coming."""
    lang = incident.language
    page = incident.page(word.about)
    lines = _lines(
        room_link(incident),
        _why_called(incident, page),
        status_line(incident),
        people_line(incident),
        sla_line(incident, policy),
    )
    blocks: list[Block] = [titled(f"{mark(incident)} {_title(incident)}"), section(lines)]
    if page is not None and page.acked_by is not None:
        at = moment(page.acked_at) if page.acked_at else ""
        blocks.append(section(say(lang, Phrase.PAGE_ANSWERED, who=user(page.acked_by), at=at)))
    if not incident.active:
        blocks.append(section(say(lang, Phrase.PAGE_OVER)))
    elif page is not None and incident.outlived(page):
        blocks.append(section(say(lang, Call.OUTLIVED)))
    elif page is not None and page.acked_by is None:
        value = reference(incident.ref, page.id)
        answer = press(lang, Term.ACKNOWLEDGE, A.ANSWER, value, style="primary")
        blocks.append(actions(f"page:{incident.ref}", answer))
    text = say(
        lang, Phrase.PAGE_TEXT, title=short(incident.title, _TITLE), ref=escape(incident.ref)
    )
    return rendered(text, blocks)


def _why_called(incident: Incident, page: Page | None) -> str:
    lang = incident.language
    if page is None:
        return ""
    name = short(page.name, 80)
    if page.by_hand:
        return say(lang, Phrase.PAGED_BY_HAND, who=user(page.by), at=moment(page.at))
    return say(lang, Phrase.PAGED_AS, rung=name, at=moment(page.at))


def _duties(word: DirectWord, incident: Incident, _policy: IncidentPolicy) -> Rendered:
    """What a role takes, as a list to tick off."""
    lang = incident.language
    role = named(lang, "role", word.about)
    text = say(lang, Phrase.WORD_DUTIES, role=role, title=_name(incident))
    found = incident.procedure(f"{DUTIES}{word.about}")
    blocks: list[Block] = [section(text), as_typed(incident.title, _TITLE)]
    if found is not None:
        ticking = Ticking(value=reference(incident.ref, found.id), tick=A.TICK, untick=A.UNTICK)
        blocks += procedure_blocks(lang, found, ticking, live=not incident.over)
    return rendered(text, blocks)


def _task(word: DirectWord, incident: Incident, _policy: IncidentPolicy) -> Rendered:
    lang = incident.language
    task = incident.task(word.about)
    if task is None:
        return _said(word, incident, Phrase.WORD_TASK, "")
    decided = task_decided(incident, task.id)
    if decided and (task.done_by is not None or task.owner != word.to):
        return _over(incident, decided)
    done = press(lang, Term.TASK_DONE, A.TASK_DONE, reference(incident.ref, task.id))
    shown = f"☐ {escape(task.id)} {short(task.text, _TEXT)}"
    return _said(word, incident, Phrase.WORD_TASK, shown, done)


def _over(incident: Incident, decided: str) -> Rendered:
    """What became of what somebody was asked, in the place of the question."""
    room = room_link(incident)
    said = section(f"{decided}\n{room}" if room else decided)
    return rendered(decided, [titled(_title(incident)), said])


def _subscribed(incident: Incident, message: Rendered) -> Rendered:
    """A message to a subscriber: instead of what is done in the room, the way out."""
    lang = incident.language
    kept = [block for block in message.blocks if block["type"] != "actions"]
    leave = press(lang, Term.UNSUBSCRIBE, A.UNSUBSCRIBE, incident.ref)
    details = press(lang, Term.SHOW, A.SHOW, incident.ref)
    return rendered(message.text, [*kept, actions(f"subscribed:{incident.ref}", details, leave)])


_TOLD: Mapping[Word, Callable[[DirectWord, Incident, IncidentPolicy], Rendered]] = MappingProxyType(
    {
        Word.PAGED: _paged,
        Word.DUTIES: _duties,
        Word.TASK: _task,
        Word.UPDATE: _news,
        Word.RESOLVED: _news,
        Word.CHANGED: _news,
        Word.UPDATE_DUE: _update_due,
        Word.NO_ROOM: _no_room,
        Word.LEFT: _left,
        Word.ACCESS: _access,
        Word.HANDOFF: _briefed,
        Word.CALLED_IN: _briefed,
    }
)
