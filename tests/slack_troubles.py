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
# How what was left in public is taken back: every method that is called for it, and its step.
LEAVING_CALLS = {
    "conversations.history": Step.LEFT_WORDS,
    "conversations.replies": Step.LEFT_WORDS,
    "chat.delete": Step.LEFT_WORDS,
    "conversations.setTopic": Step.LEFT_TEXTS,
    "conversations.setPurpose": Step.LEFT_TEXTS,
    "bookmarks.list": Step.LEFT_LINKS,
    "bookmarks.remove": Step.LEFT_LINKS,
    "pins.remove": Step.LEFT_LINKS,
    "conversations.info": Step.LEFT_NAME,
    "conversations.rename": Step.LEFT_NAME,
    "conversations.archive": Step.LEFT_ARCHIVE,
}
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
