"""Things that fall due, in a sorted set; times are the Redis server's."""

from datetime import timedelta
from typing import Any

from adapters.redis.connection import Connections, Script
from adapters.redis.errors import translated
from bot.ports import Claimed

_CLAIM = Script("claim")
_RESCHEDULE = Script("reschedule")


class RedisAgenda:
    """One sorted set with its nudges. Remembers with which lease an item was claimed."""

    def __init__(self, connections: Connections, *, due: str, nudge: str) -> None:
        self._connections = connections
        self._due = due
        self._nudge = nudge
        self._held: dict[str, str] = {}

    async def claim(self, limit: int, lease: timedelta) -> Claimed:
        """Take up to `limit` due things under a lease."""
        found: list[Any] = await _CLAIM.run(
            self._connections.commands, [self._due], [limit, _ms(lease)]
        )
        score, wait, *ids = found
        self._held |= dict.fromkeys(ids, score)
        next_in = None if int(wait) < 0 else timedelta(milliseconds=int(wait))
        return Claimed(ids=tuple(ids), next_in=next_in)

    async def renew(self, item: str, lease: timedelta) -> None:
        """Keep a claimed thing for another lease, when it is still ours."""
        await self._reschedule(item, lease)

    async def postpone(self, item: str, delay: timedelta) -> None:
        """Give a claimed thing back, due after a delay, when it is still ours."""
        await self._reschedule(item, delay)
        self._held.pop(item, None)

    async def wait(self, at_most: timedelta) -> None:
        """Block on the nudges of new things. Redis takes 0 for ever, so it gets a little more."""
        seconds = max(at_most.total_seconds(), 0.01)
        with translated(write=False):
            await self._connections.blocking.blpop([self._nudge], timeout=seconds)

    async def _reschedule(self, item: str, delay: timedelta) -> None:
        held = self._held.get(item)
        if held is None:
            return
        score = await _RESCHEDULE.run(
            self._connections.commands, [self._due], [item, held, _ms(delay)]
        )
        if score is None:
            self._held.pop(item, None)
        else:
            self._held[item] = str(score)


def _ms(duration: timedelta) -> int:
    return int(duration / timedelta(milliseconds=1))
