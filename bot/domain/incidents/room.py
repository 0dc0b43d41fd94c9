"""The room of an incident: what has to be made in the chat system, step by step, and resumed.

Each step is written down as begun before it is done, and as done afterwards, so that whoever comes
after a crash knows what may exist already. Steps that do not wait for each other are done side by
side: the channel; then everything that needs it; then the pin, which needs the card.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.domain.base import Model
from bot.domain.placement import MessageRef


class RoomKind(StrEnum):
    """A channel of its own, or the thread below the card in the channel for all incidents."""

    CHANNEL = "channel"
    THREAD = "thread"


class Step(StrEnum):
    """What has to be made, in the order in which it is shown."""

    CHANNEL = "channel"
    CARD = "card"
    INVITE = "invite"
    BROADCAST = "broadcast"
    TOPIC = "topic"
    PURPOSE = "purpose"
    BOOKMARKS = "bookmarks"
    PIN = "pin"
    # What is done about the channels that a private incident left behind for everybody.
    LEFT_WORDS = "left_words"
    LEFT_TEXTS = "left_texts"
    LEFT_LINKS = "left_links"
    LEFT_NAME = "left_name"
    LEFT_ARCHIVE = "left_archive"


class Status(StrEnum):
    """How far a step is. A step that is `refused` waits for a person to ask for it again."""

    PENDING = "pending"
    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    SKIPPED = "skipped"


class Progress(Model):
    """One step: since when it was begun first, what went wrong last, and when it is tried again."""

    status: Status = Status.PENDING
    begun: datetime | None = None
    tries: int = 0
    problem: str | None = None
    again_at: datetime | None = None


class Left(Model):
    """A channel that was the room while the incident was for everybody, or that somebody has opened
    to everybody since.

    `made` says that the bot made it for the incident; any other belongs to somebody else. Without a
    `channel` one was being made since the moment `since`, and nobody knows whether it is there.
    `card` is where the card stood; None when it never did, or when nobody knows where. `retired`
    says that nothing is done about it any more.
    """

    channel: str | None = None
    made: bool = False
    since: datetime | None = None
    card: MessageRef | None = None
    retired: bool = False


_PENDING = Progress()


class Room(Model):
    """The room as far as it is made. `token` is how the bot knows its own work again;
    `open_token`, if any, is the one under which it worked while everybody could read that.

    `people` are those who have been invited, by id; `topic`, what was last said of the incident at
    the top of the channel, in no language. `adopted` says that the channel was there
    before the incident; `closed`, that only those who were invited can read it. `left` are the
    channels that were the room before, and that everybody could read.
    """

    kind: RoomKind = RoomKind.CHANNEL
    token: str = ""
    open_token: str = ""
    channel: str | None = None
    name: str | None = None
    adopted: bool = False
    closed: bool = False
    card: MessageRef | None = None
    broadcast: MessageRef | None = None
    people: frozenset[str] = frozenset()
    topic: str = ""
    left: tuple[Left, ...] = ()
    steps: Mapping[Step, Progress] = {}

    def progress(self, step: Step) -> Progress:
        """How far a step is; one that nobody has begun is pending."""
        return self.steps.get(step, _PENDING)


def newly_refused(before: Room, after: Room, step: Step) -> bool:
    """Whether a step is refused now, and was not before."""
    was, now = before.progress(step).status, after.progress(step).status
    return now is Status.REFUSED and was is not Status.REFUSED
