"""What of the room of an incident could not be done, each on a line of its own."""

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import RoomKind, Status, Step
from bot.domain.incidents.room_leaving import LEAVING
from bot.views.blocks import Block, section
from bot.views.incidents.buttons import press
from bot.views.incidents.names import IncidentAction
from bot.views.incidents.wording import named, short
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term

_PROBLEM = 300
_SHOWN_ROOMS = 3


def problems(incident: Incident) -> list[Block]:
    """What could not be made, or taken back, with a way to try again."""
    lang = incident.language
    shown: list[Block] = []
    for step in Step:
        progress = incident.room.progress(step)
        if progress.status is not Status.REFUSED or not progress.problem:
            continue
        what = f"⚠️ *{named(lang, 'step', step.value)}*: {short(progress.problem, _PROBLEM)}"
        if step in LEAVING:
            what = f"{what}\n{_by_hand(incident)}"
        again = press(lang, Term.RETRY, IncidentAction.REPAIR, incident.ref)
        if step is Step.CHANNEL and incident.room.kind is RoomKind.THREAD:
            again = press(lang, Term.OPEN_CHANNEL, IncidentAction.OPEN_CHANNEL, incident.ref)
        shown.append(section(what, accessory=again))
    return shown


def _by_hand(incident: Incident) -> str:
    """Who can do it instead of the bot, and where."""
    left = (each.channel or "" for each in incident.room.left if not each.retired)
    channels = [channel for channel in left if channel.isalnum()]
    rooms = " ".join(f"<#{channel}>" for channel in channels[:_SHOWN_ROOMS])
    return say(incident.language, Phrase.LEFT_BY_HAND, rooms=rooms)
