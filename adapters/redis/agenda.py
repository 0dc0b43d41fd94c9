"""Things that fall due, in a sorted set; times are the Redis server's."""

import asyncio
from datetime import timedelta
from typing import Any

from adapters.redis.connection import Connections, Script
from bot.ports import Claimed

_CLAIM = Script("claim")
_RESCHEDULE = Script("reschedule")

# Far more than one process ever works on at a time; older claims are over.
_REMEMBERED = 1000


class RedisAgenda:
    """One sorted set with its nudges.

    It remembers the score that a claim gave to an item: as long as the item has that score, nobody
    else claimed it and nobody gave it another time.
    """

    def __init__(self, connections: Connections, *, due: str, nudge: str) -> None:
        self._connections = connections
        self._due = due
        self._nudge = nudge
        self._held: dict[str, str] = {}
        # One at a time, so that none is sent with a score that another is just replacing.
        self._using_held = asyncio.Lock()

    async def claim(self, limit: int, lease: timedelta) -> Claimed:
        """Take up to `limit` due things under a lease."""
        found: list[Any] = await _CLAIM.run(
            self._connections.commands, [self._due], [limit, _ms(lease)]
        )
        score, wait, *ids = found
        for item in ids:
            self._hold(item, score)
        next_in = None if int(wait) < 0 else timedelta(milliseconds=int(wait))
        return Claimed(ids=tuple(ids), next_in=next_in)

    async def renew(self, item: str, lease: timedelta) -> None:
        """Keep a claimed thing for another lease, when it is still ours."""
        await self._reschedule(item, lease)

    async def postpone(self, item: str, delay: timedelta) -> None:
        """Give a claimed thing back, due after a delay, when it is still ours."""
        await self._reschedule(item, delay)

    async def wait(self, at_most: timedelta) -> None:
        """Block on the nudges of new things."""
        await self._connections.pop(self._nudge, at_most.total_seconds())

    async def _reschedule(self, item: str, delay: timedelta) -> None:
        async with self._using_held:
            held = self._held.get(item)
            if held is None:
                return
            score = await _RESCHEDULE.run(
                self._connections.commands, [self._due], [item, held, _ms(delay)]
            )
            # A claim that was answered meanwhile is newer. One that was lost stays remembered by
            # the score that it had, and so is known to be lost.
            if score is not None and self._held.get(item) == held:
                self._hold(item, str(score))

    def _hold(self, item: str, score: str) -> None:
        """Remember a claim as the newest, and forget the oldest ones."""
        self._held.pop(item, None)
        self._held[item] = score
        while len(self._held) > _REMEMBERED:
            del self._held[next(iter(self._held))]


def _ms(duration: timedelta) -> int:
    return int(duration / timedelta(milliseconds=1))
