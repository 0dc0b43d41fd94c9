"""What can go wrong in Slack, and which of its methods the steps of a room call."""

from datetime import timedelta

from adapters.local.workspace.faults import Fault, Kind
from bot.domain.incidents.room import Step

# The steps that make a room, in the order in which they can be done.
METHODS = {
    Step.CHANNEL: "conversations.create",
    Step.CARD: "chat.postMessage",
    Step.INVITE: "conversations.invite",
    Step.BROADCAST: "chat.postMessage",
    Step.TOPIC: "conversations.setTopic",
    Step.PURPOSE: "conversations.setPurpose",
    Step.BOOKMARKS: "bookmarks.add",
    Step.PIN: "pins.add",
}
STEPS = tuple(METHODS)
# What passes by itself.
TROUBLES = {
    "429": Fault(kind=Kind.RATE_LIMITED, wait=timedelta(seconds=7)),
    "500": Fault(kind=Kind.SERVER_ERROR),
    "fatal_error": Fault(kind=Kind.FATAL_ERROR),
    "broken off before": Fault(kind=Kind.DROP),
    "lost answer": Fault(kind=Kind.LOST_ANSWER),
}


def refusal(word: str) -> Fault:
    """Slack says no, with this word."""
    return Fault(kind=Kind.REFUSED, word=word)
