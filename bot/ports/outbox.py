"""Work that falls due, and messages on their way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.message import Entry
from bot.domain.placement import MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a worker got: ids that are its own for the lease, and when the next one falls due."""

    ids: tuple[str, ...]
    next_in: timedelta | None


class Agenda(Protocol):
    """Things that fall due, shared by any number of workers; a lease keeps two from one thing.

    A lease only saves work. That nothing is done twice is due to versions and fences.
    """

    async def claim(self, limit: int, lease: timedelta) -> Claimed:
        """Take up to `limit` due things, moving each to now + lease (by the server's clock)."""

    async def renew(self, item: str, lease: timedelta) -> None:
        """Keep a claimed thing for another lease.

        Does nothing when it is gone, or when somebody gave it another time since it was claimed.
        """

    async def postpone(self, item: str, delay: timedelta) -> None:
        """Give a claimed thing back, due again after a delay; exceptions as in `renew`."""

    async def wait(self, at_most: timedelta) -> None:
        """Return when something has become due, or after that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The waiting entries of one channel, oldest first, with what is known of earlier attempts.

    `cards` has, by name, the place of every card that these entries refresh or stand below, as far
    as it is posted already. `intents` has, for entries whose posting was begun before, the time of
    that attempt.
    """

    entries: tuple[Entry, ...]
    cards: Mapping[str, MessageRef]
    intents: Mapping[str, datetime]


class Outbox(Agenda, Protocol):
    """Messages on their way, in order per channel. The agenda's items are channel names."""

    async def read(self, channel: str, limit: int) -> Mail:
        """The oldest entries of a channel."""

    async def intend(self, entry: Entry, now: datetime) -> None:
        """Note that a post is about to be sent, so that a repetition looks for it first."""

    async def settle(
        self, channel: str, entries: Sequence[Entry], *, card: tuple[str, MessageRef] | None = None
    ) -> bool:
        """Remove delivered entries and remember where a card was posted, in one write.

        Says whether more entries are waiting for this worker. When none are, the channel has left
        the agenda; when the lease was lost, it is another worker's: either way this one stops.
        """

    async def bury(self, entry: Entry, reason: str) -> bool:
        """Move an entry that can never be delivered out of the way, kept for a person to see.

        Returns as `settle`.
        """
