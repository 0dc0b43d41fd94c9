"""Lists to tick off: what is done and by whom, and a button for each line that is not.

As many lines are shown as a message holds; the others come up when these are done.
"""

from dataclasses import dataclass

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.procedures import Procedure
from bot.views.blocks import Block, Rendered, actions, context, rendered, section, sentence, stacked
from bot.views.incidents.buttons import menu, press
from bot.views.incidents.names import IncidentAction, reference
from bot.views.incidents.wording import moment, short
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import escape, link, user

DONE, OPEN = "✅", "☐"
_MAX_OPEN = 25
_LINE = 200
# A message takes about 13,000 characters in all its blocks, and the lines below need most of them.
_MAX_DONE = 2000
_MAX_MENU = 20
_MENU_VALUE = 150  # Slack takes no more as the value of a choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticking:
    """How lines are ticked: the beginning of every value, and what the buttons are called."""

    value: str
    tick: IncidentAction
    untick: IncidentAction


def procedure_card(incident: Incident, procedure_id: str) -> Rendered:
    """A list of an incident, in the language of its room."""
    found = incident.procedure(procedure_id)
    if found is None:
        return sentence(say(incident.language, Phrase.LIST_GONE, ref=escape(incident.ref)))
    ticking = Ticking(
        value=reference(incident.ref, found.id),
        tick=IncidentAction.TICK,
        untick=IncidentAction.UNTICK,
    )
    blocks = procedure_blocks(incident.language, found, ticking, live=not incident.over)
    return rendered(f"{escape(incident.ref)} · {tally(incident.language, found)}", blocks)


def tally(language: str, procedure: Procedure) -> str:
    """The name of a list and how much of it is done; harmless in mrkdwn."""
    done = len(procedure.items) - len(procedure.open)
    return say(
        language,
        Phrase.TALLY,
        title=short(procedure.title, 200),
        done=done,
        total=len(procedure.items),
    )


def procedure_blocks(
    language: str, procedure: Procedure, ticking: Ticking, *, live: bool
) -> list[Block]:
    """The list itself; without buttons when it is not `live` any more."""
    heading = f"{DONE if not procedure.open else '📋'} *{tally(language, procedure)}*"
    if procedure.url:
        heading += f" · {link(procedure.url, say(language, Phrase.READ_ALL))}"
    blocks = [section(heading)]
    done = _done(procedure)
    if done:
        blocks.append(section(stacked(done, _MAX_DONE)))
    blocks += [
        _open(language, ticking, item.id, item.text, live=live)
        for item in procedure.open[:_MAX_OPEN]
    ]
    left = len(procedure.open) - _MAX_OPEN
    if left > 0:
        blocks.append(context(say(language, Phrase.MORE_LINES, count=left)))
    if live and (choices := _choices(procedure, ticking)):
        undo = menu(language, Term.UNTICK, ticking.untick, choices)
        blocks.append(actions(f"untick:{ticking.value}"[:255], undo))
    return blocks


def _done(procedure: Procedure) -> list[str]:
    ticked = ((item, procedure.ticked(item.id)) for item in procedure.items)
    return [
        f"{DONE} {short(item.text, _LINE)}  {user(tick.by)} · {moment(tick.at)}"
        for item, tick in ticked
        if tick is not None
    ]


def _open(language: str, ticking: Ticking, item: str, text: str, *, live: bool) -> Block:
    shown = f"{OPEN} {short(text, _LINE)}"
    if not live:
        return section(shown)
    value = f"{ticking.value}:{item}"
    return section(shown, accessory=press(language, Term.TICK, ticking.tick, value))


def _choices(procedure: Procedure, ticking: Ticking) -> list[tuple[str, str]]:
    """The newest ticks, which are those that are taken back."""
    texts = {item.id: item.text for item in procedure.items}
    found = [
        (texts[tick.item], f"{ticking.value}:{tick.item}")
        for tick in reversed(procedure.ticks)
        if tick.item in texts
    ]
    return [each for each in found[:_MAX_MENU] if len(each[1]) <= _MENU_VALUE]
