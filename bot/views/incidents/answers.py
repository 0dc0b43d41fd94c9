"""Answers to the one person who asked for something."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from types import MappingProxyType

from bot.domain.incidents.gates import Lack
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import RoomKind
from bot.domain.incidents.states import State
from bot.views.blocks import Block, Rendered, actions, rendered, section, sentence
from bot.views.incidents.buttons import press
from bot.views.incidents.lists import listed
from bot.views.incidents.names import IncidentAction
from bot.views.incidents.wording import mark, room_link, short, state_name
from bot.views.languages.deeds import Deed
from bot.views.languages.hidings import Hiding
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import in_turn, say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import code, escape

A = IncidentAction
_TITLE = 300
_SHOWN = 5
# The button that adds what is missing; for a deploy that runs, the form asks why not to wait.
_REMEDIES: Mapping[Lack, tuple[Term, IncidentAction]] = MappingProxyType(
    {
        Lack.ROOT_CAUSE: (Term.RESOLVE, A.RESOLVE),
        Lack.RESOLUTION: (Term.RESOLVE, A.RESOLVE),
        Lack.DEPLOY_RUNNING: (Term.RESOLVE, A.RESOLVE),
        Lack.REVIEW_SKIPPED: (Term.START_POST_MORTEM, A.POST_MORTEM),
        Lack.POST_MORTEM: (Term.PUBLISH, A.PUBLISH),
        Lack.FOLLOW_UP_OWNER: (Term.SHOW_TASKS, A.TASKS),
    }
)


def declared(
    incident: Incident, duplicates: Sequence[Incident], language: str, *, known: bool = False
) -> Rendered:
    """It is declared, or (`known`) was before; where it goes on, and what may be the same."""
    ref = escape(incident.ref)
    title = short(incident.title, _TITLE)
    if known:
        text = say(language, Phrase.ALREADY_KNOWN, ref=ref, title=title)
    elif incident.afterwards:
        text = say(language, Phrase.WRITTEN_DOWN, ref=ref)
    else:
        text = say(language, Phrase.DECLARED_HERE, mark=mark(incident), ref=ref)
    blocks: list[Block] = [section(in_turn(text, where_it_goes_on(incident, language)))]
    if not known:
        blocks += [section(each) for each in _unusual(incident, language)]
    if incident.afterwards and not known:
        blocks.append(section(_next(incident, language)))
    if duplicates and not known:
        blocks.append(section(say(language, Phrase.MAY_BE_SAME)))
        blocks += [listed(each, language) for each in duplicates[:_SHOWN]]
        blocks += _merging(incident, duplicates, language)
    return rendered(text, blocks)


def _merging(incident: Incident, duplicates: Sequence[Incident], language: str) -> list[Block]:
    """What to type when the likeliest of those that go on is the same."""
    goes_on = next((each for each in duplicates if each.active), None)
    if goes_on is None or incident.afterwards:
        return []
    command = code(f"/incident merge {incident.ref} {goes_on.ref}")
    return [section(say(language, Phrase.MERGE_HOW, command=command))]


def _unusual(incident: Incident, language: str) -> list[str]:
    """What whoever declared it has to know, if they did not mean it so."""
    shown = [say(language, Deed.DECLARED_DRILL)] if incident.drill else []
    return [*shown, say(language, Deed.DECLARED_PRIVATE)] if incident.private else shown


def asks_private(incident: Incident, language: str) -> Rendered:
    """The question before it is hidden, with the button that does it."""
    ref = incident.ref
    text = say(language, Hiding.ASK, ref=escape(ref))
    button = press(language, Term.MAKE_PRIVATE, A.MAKE_PRIVATE, ref, style="danger")
    return rendered(text, [section(text), actions(f"private:{ref}", button)])


def _next(incident: Incident, language: str) -> str:
    """What to type about an incident that is over: its moments, what happened, how it ended."""
    ref, at = incident.ref, f"{incident.began.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    examples = (
        f"date {ref} detected {at}",
        f"note {ref} … --at {at}",
        f"resolve {ref}",
        f"date {ref} resolved {at}",
        f"postmortem {ref}",
    )
    shown = " · ".join(code(f"/incident {each}") for each in examples)
    return say(language, Phrase.WRITTEN_NEXT, examples=shown)


def where_it_goes_on(incident: Incident, language: str) -> str:
    """Its room as a link, or what there is instead of one; "" when nothing is made any more."""
    room = room_link(incident)
    if room:
        return say(language, Phrase.DECLARED_ROOM, room=room)
    if incident.over and incident.room.kind is RoomKind.CHANNEL and not incident.afterwards:
        return ""
    if incident.afterwards:
        return say(language, Phrase.NO_ROOM_ASKED, ref=escape(incident.ref))
    thread = incident.room.kind is RoomKind.THREAD
    return say(language, Phrase.DECLARED_THREAD if thread else Phrase.DECLARED_COMING)


def gone_on(incident: Incident, said: Rendered) -> Rendered:
    """An answer to somebody who still acts where its room was; only who may see it gets one."""
    where = where_it_goes_on(incident, incident.language)
    if not where or where in said.text:
        return said
    return rendered(said.text, [*said.blocks, section(where)])


def done(incident: Incident, text: str) -> Rendered:
    """Something was done; `text` is mrkdwn that was made harmless."""
    return rendered(
        f"{escape(incident.ref)} · {text}", [section(f"*{escape(incident.ref)}* {text}")]
    )


def subscribed(incident: Incident, language: str) -> Rendered:
    """Somebody hears of it from now on."""
    return done(incident, say(language, Phrase.SAID_SUBSCRIBED))


def unsubscribed(incident: Incident, language: str) -> Rendered:
    """Somebody does not hear of it any more."""
    return done(incident, say(language, Phrase.SAID_UNSUBSCRIBED))


def drafted(incident: Incident, language: str) -> Rendered:
    """The post-mortem is being written."""
    if incident.afterwards and not room_link(incident):
        return done(incident, say(language, Phrase.SAID_DRAFTED_HERE, ref=escape(incident.ref)))
    return done(incident, say(language, Phrase.SAID_DRAFTED))


def access_asked(language: str) -> Rendered:
    """Somebody wants to be let in; of what, is not said."""
    return sentence(say(language, Phrase.SAID_ASKED))


def chart_sent(language: str, *, sent: bool) -> Rendered:
    """The chart comes by itself, or there is none."""
    return sentence(say(language, Phrase.FIGURES_SENT if sent else Phrase.FIGURES_NONE))


def one_moment(language: str) -> Rendered:
    """Something comes."""
    return sentence(say(language, Phrase.ONE_MOMENT))


def lacking(incident: Incident, to: State, lacks: Sequence[Lack], language: str) -> Rendered:
    """What is missing before it may have a state, each with the button that adds it."""
    ref = escape(incident.ref)
    text = say(language, Phrase.CANNOT_YET, ref=ref, state=state_name(language, to))
    blocks: list[Block] = [section(text)]
    for lack in lacks:
        term, action = _REMEDIES[lack]
        button = press(language, term, action, incident.ref)
        blocks.append(section(f"• {lack_name(language, lack)}", accessory=button))
    return rendered(text, blocks)


def undecided(incident: Incident, language: str) -> Rendered:
    """It may be a false alarm still, which is not resolved; with the buttons that decide that."""
    ref = incident.ref
    text = say(language, Deed.UNDECIDED, ref=escape(ref))
    buttons = (
        press(language, Term.CONFIRM, A.CONFIRM, ref, style="primary"),
        press(language, Term.DECLINE, A.DECLINE, ref),
    )
    return rendered(text, [section(text), actions(f"triage:{ref}", *buttons)])


def lack_name(language: str, lack: Lack) -> str:
    """What is missing, in a few words."""
    return say(language, Phrase(f"lack.{lack.value}"))
