"""Tells open browser pages what has changed, each only what its person may see."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from adapters.local.workspace.model import Json

# A page that does not read for so long that this many changes wait is cut off; it reconnects and
# reads the whole state again, so nothing is lost.
_BACKLOG = 1000


class Subscription:
    """The changes that one page still has to be told; None means that the stream ends."""

    def __init__(self, user: str) -> None:
        self.user = user
        self._queue: asyncio.Queue[Json | None] = asyncio.Queue()

    def put(self, event: Json | None) -> None:
        """Add a change, or the end of the stream."""
        self._queue.put_nowait(event if self._queue.qsize() < _BACKLOG else None)

    async def next(self) -> Json | None:
        """Wait for the next change; None when the stream ends."""
        return await self._queue.get()


class Hub:
    """The open pages."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    @contextmanager
    def subscribed(self, user: str) -> Iterator[Subscription]:
        """Receive changes for as long as the context lasts."""
        subscription = Subscription(user)
        self._subscriptions.append(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)

    def publish(self, event: Json, sees: Callable[[str], bool] | None = None) -> None:
        """Tell a change to everybody, or to those of whom `sees` is true."""
        for subscription in self._subscriptions:
            if sees is None or sees(subscription.user):
                subscription.put(event)

    def close(self) -> None:
        """End all streams."""
        for subscription in self._subscriptions:
            subscription.put(None)
