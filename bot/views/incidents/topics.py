"""What stands at the top of an incident's channel: its topic and its description.

Slack takes 250 characters for each (https://docs.slack.dev/reference/methods/conversations.setTopic).
"""

from bot.domain.incidents.incident import Incident
from bot.views.blocks import cut
from bot.views.incidents.wording import badges, severity_name, state_name
from bot.views.languages.hidings import Hiding
from bot.views.languages.saying import say
from bot.views.mrkdwn import escape

MAX_TOPIC = 250


def topic(incident: Incident) -> str:
    """How bad it is, how far, and what it is about."""
    language = incident.language
    bad = severity_name(language, incident.severity)
    state = state_name(language, incident.state)
    return _fitting(f"{badges(incident)}{bad} · {state} · {incident.ref} · ", incident.title)


def purpose(incident: Incident) -> str:
    """What it is about."""
    return _fitting(f"{incident.ref} · ", incident.title)


def closing(incident: Incident) -> str:
    """What a channel says that a private incident has left, and that is closed, in letters that
    Slack keeps as is. It does not say where it goes on: others read that as well.
    """
    return say(incident.language, Hiding.CLOSED, ref=incident.ref)


def leaving(incident: Incident) -> str:
    """What stands where somebody else's channel had the card of an incident that is private now."""
    return say(incident.language, Hiding.LEFT, ref=incident.ref)


def opened(incident: Incident) -> str:
    """What stands in place of the card in the room of a private incident that others can read."""
    return say(incident.language, Hiding.OPENED, ref=incident.ref)


def _fitting(before: str, title: str) -> str:
    """The title on one line behind the rest, no longer than Slack takes it and harmless."""
    flat = " ".join(title.split())
    room = MAX_TOPIC - len(before)
    length = min(len(flat), room)
    while len(escape(cut(flat, length))) > room:
        length -= 1
    return f"{before}{escape(cut(flat, length))}"
