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


class Room(Model):
    """The room as far as it is made. `token` is how the bot knows its own work again.

    `people` are those who have been invited, by id; `topic`, what was last said of the incident at
    the top of the channel, in no language. `adopted` says that the channel was there
    before the incident; `closed`, that only those who were invited can read it.
    """

    kind: RoomKind = RoomKind.CHANNEL
    token: str = ""
    channel: str | None = None
    name: str | None = None
    adopted: bool = False
    closed: bool = False
    card: MessageRef | None = None
    broadcast: MessageRef | None = None
    people: frozenset[str] = frozenset()
    topic: str = ""
    steps: Mapping[Step, Progress] = {}
