"""What is said once in the room of an incident: one line, and the button that answers it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.messages import IncidentNote, IncidentSaid
from bot.domain.incidents.remarks import FAILED, LANDED, TOO
from bot.domain.incidents.states import State
from bot.views.blocks import Block, Rendered, actions, rendered, section
from bot.views.incidents.buttons import menu, press
from bot.views.incidents.controls import acknowledge, post_mortem
from bot.views.incidents.decided import offer_decided, reminder_decided, task_decided
from bot.views.incidents.lines import unfinished
from bot.views.incidents.names import IncidentAction, reference
from bot.views.incidents.others import other_one
from bot.views.incidents.paged import paged
from bot.views.incidents.wording import (
    mark,
    moment,
    named,
    people,
    room_link,
    severity_name,
    short,
    state_name,
)
from bot.views.languages.calls import Call
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import code, escape, link, user

A = IncidentAction
S = IncidentSaid
_DETAIL = 1000
SNOOZES = (15, 30, 60)  # minutes
_ENDS: Mapping[str, Phrase] = MappingProxyType({LANDED: Phrase.LANDED, FAILED: Phrase.FAILED})
# What the word of a note is one of.
_FAMILIES: Mapping[IncidentSaid, str] = MappingProxyType(
    {S.ROLE: "role", S.RELATED: "relation", S.ROOM_PROBLEM: "step", S.DEPLOY: "part"}
)


def incident_note(
    note: IncidentNote, incident: Incident, others: Sequence[Incident] = ()
) -> Rendered:
    """One thing that happened; `others` as for a card."""
    over = reminder_decided(incident, note.mark)
    text = "\n".join(filter(None, (_aloud(note, incident) + _text(note, incident, others), over)))
    buttons = [] if over else _buttons(note, incident)
    blocks: list[Block] = [section(text)]
    if buttons:
        blocks.append(actions(f"note:{incident.ref}", *buttons))
    return rendered(f"{escape(incident.ref)} · {text}", blocks)


def _aloud(note: IncidentNote, incident: Incident) -> str:
    """Where those read it who have forgotten which one that was: what it is about, and its room."""
    if not note.aloud:
        return ""
    named = f"{mark(incident)} *{escape(incident.ref)}* {short(incident.title, 200)}"
    return " ".join(filter(None, (named, room_link(incident)))) + "\n"


def _text(note: IncidentNote, incident: Incident, others: Sequence[Incident]) -> str:
    lang = incident.language
    if note.said is S.BELL:
        to = f"{people(lang, note.people)}: " if note.people else ""
        return to + say(lang, Phrase(f"bell.{note.word}"), title=short(incident.title, 200))
    if note.said is S.PAGED:
        return paged(note, incident)
    if note.said is S.JOINED and note.people != (note.by,):
        who = user(note.by) if note.by else "Signalbox"
        return say(lang, Call.BROUGHT_IN, who=who, people=people(lang, note.people))
    if note.said is S.ACKED and note.word == TOO:
        return say(lang, Call.NOTE_TOO, who=user(note.by) if note.by else "Signalbox")
    if note.said is S.PAGE_ACKED and not note.word:
        return say(lang, Call.PERSON_ANSWERED, who=user(note.by) if note.by else "Signalbox")
    decided = _decided(note, incident)
    if decided:
        return decided
    phrase = Phrase(f"note.{note.said.value}")
    left = unfinished(incident, lang) if note.said is S.CLOSED else ""
    text = say(
        lang,
        phrase,
        who=user(note.by) if note.by else "Signalbox",
        people=people(lang, note.people) if note.people else say(lang, Phrase.NOBODY),
        word=_word(note, incident),
        detail=_detail(note, incident, others),
    ).strip()
    return f"{text}\n{left}" if left else text


def _decided(note: IncidentNote, incident: Incident) -> str:
    """What became of what it asked for; "" while that is open."""
    if note.said is S.TASK_ADDED:
        return task_decided(incident, note.word)
    if note.said is S.HANDOFF and note.people:
        return offer_decided(incident, note.people[0])
    return ""


def _word(note: IncidentNote, incident: Incident) -> str:
    """What a note is about, in words."""
    lang = incident.language
    match note.said:
        case S.MOVED | S.REOPENED | S.CANCELLED | S.DECLINED | S.CLOSED:
            return state_name(lang, State(note.word)) if note.word else ""
        case S.SEVERITY:
            return severity_name(lang, Severity(note.word))
        case S.FROZEN | S.THAWED:
            return f"*{short(note.word, 120)}*" if note.word else say(lang, Phrase.EVERYTHING)
        case S.DEPLOY if note.word in _ENDS:
            return say(lang, _ENDS[note.word])
        case said:
            family = _FAMILIES.get(said)
            return named(lang, family, note.word) if family else short(note.word, 120)


def _detail(note: IncidentNote, incident: Incident, others: Sequence[Incident]) -> str:
    """The rest of a note: a reason, a moment, a deploy, an address."""
    lang = incident.language
    if not note.detail:
        return ""
    match note.said:
        case S.SNOOZED | S.FROZEN | S.SUGGEST_RESOLVE:
            return moment(datetime.fromisoformat(note.detail))
        case S.DEPLOY:
            return _deploy(note.detail, incident)
        case S.RELATED | S.MERGED:
            return other_one(note.detail, others)
        case S.POST_MORTEM:
            return link(note.detail, say(lang, Phrase.READ_ALL))
        case S.MOVED | S.SEVERITY | S.REOPENED | S.CANCELLED | S.DECLINED | S.CLOSED:
            return f"\n> {short(note.detail, _DETAIL)}"
        case _:
            return short(note.detail, _DETAIL)


def _deploy(deploy: str, incident: Incident) -> str:
    found = incident.deploy(deploy)
    if found is None:
        return code(deploy)
    return f"{code(f'{found.service} {found.version[:60]}', 160)} ({escape(deploy)})"


def _buttons(note: IncidentNote, incident: Incident) -> list[Block]:
    """What can be done about it right here, if that is still of use."""
    lang, ref = incident.language, incident.ref
    match note.said:
        case S.BELL:
            return _answers(Bell(note.word), incident)
        case S.SUGGEST_RESOLVE if incident.active:
            return [press(lang, Term.RESOLVE, A.RESOLVE, ref, style="primary")]
        case S.HANDOFF if incident.handoff is not None and incident.handoff.to in note.people:
            return [press(lang, Term.ACCEPT, A.ACCEPT, ref, style="primary")]
        case S.TASK_ADDED:
            task = incident.task(note.word)
            if task is None or task.done_by is not None:
                return []
            value = reference(ref, task.id)
            done = press(lang, Term.TASK_DONE, A.TASK_DONE, value)
            return (
                [done] if task.owner else [press(lang, Term.TAKE_TASK, A.TASK_TAKEN, value), done]
            )
        case S.ROOM_PROBLEM:
            return [press(lang, Term.RETRY, A.REPAIR, ref)]
        case _:
            return []


def _answers(bell: Bell, incident: Incident) -> list[Block]:
    lang, ref = incident.language, incident.ref
    if not incident.active:
        return post_mortem(incident) if bell is Bell.POST_MORTEM_DUE and not incident.over else []
    match bell:
        case Bell.UNCLAIMED if incident.lead is None:
            value = reference(ref, Role.LEAD.value)
            return [press(lang, Term.TAKE_LEAD, A.TAKE_ROLE, value, style="primary")]
        case Bell.RESPONSE_BREACHED if incident.at(Moment.ACKED) is None:
            return [acknowledge(incident)]
        case Bell.UPDATE_SOON | Bell.UPDATE_DUE | Bell.UPDATE_OVERDUE:
            return update_answers(incident)
        case Bell.RESOLUTION_NEAR | Bell.RESOLUTION_BREACHED | Bell.LADDER_ENDED:
            return [] if incident.drill else [press(lang, Term.PAGE, A.PAGE, ref)]
        case _:
            return []


def update_answers(incident: Incident) -> list[Block]:
    """What to do about an update that is due: say that nothing changed, write one, or later."""
    lang, ref = incident.language, incident.ref
    later = [
        (say(lang, Phrase.IN_MINUTES, count=count), reference(ref, str(count))) for count in SNOOZES
    ]
    return [
        press(lang, Term.NO_CHANGE, A.NO_CHANGE, ref),
        press(lang, Term.GIVE_UPDATE, A.UPDATE, ref, style="primary"),
        menu(lang, Term.SNOOZE, A.SNOOZE, later),
    ]
