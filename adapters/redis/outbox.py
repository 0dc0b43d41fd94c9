"""The outbox: a list per channel, and an agenda of the channels that have something in theirs."""

import json
from collections.abc import Sequence
from datetime import datetime

from adapters.redis import keys
from adapters.redis.agenda import RedisAgenda
from adapters.redis.connection import Connections, Script
from adapters.redis.documents import read
from adapters.redis.errors import translated
from bot.domain.message import Entry, MessageRef
from bot.ports import Mail

_SETTLE = Script("settle")


class RedisOutbox(RedisAgenda):
    """`bot.ports.Outbox` on Redis. Whoever holds a channel's lease delivers it alone."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections, due=keys.OUTBOX_DUE, nudge=keys.OUTBOX_NUDGE)
        self._client = connections.commands

    async def read(self, channel: str, limit: int) -> Mail:
        """The oldest entries of a channel, with their cards and earlier attempts."""
        with translated(write=False):
            rows = await self._client.lrange(keys.outbox(channel), 0, limit - 1)
        entries = tuple(read(Entry, row, f"An entry for {channel}") for row in rows)
        if not entries:
            return Mail(entries=(), cards={}, intents={})
        deploys = sorted({entry.message.deploy for entry in entries})
        with translated(write=False):
            pipe = self._client.pipeline(transaction=False)
            pipe.hmget(keys.CARDS, deploys)
            pipe.hmget(keys.INTENTS, [entry.id for entry in entries])
            places, begun = await pipe.execute()
        return Mail(
            entries=entries,
            cards={
                deploy: read(MessageRef, place, f"The card of {deploy}")
                for deploy, place in zip(deploys, places, strict=True)
                if place is not None
            },
            intents={
                entry.id: datetime.fromisoformat(moment)
                for entry, moment in zip(entries, begun, strict=True)
                if moment is not None
            },
        )

    async def intend(self, entry: Entry, now: datetime) -> None:
        """Note that a post is about to be sent."""
        with translated(write=True):
            await self._client.hset(keys.INTENTS, entry.id, now.isoformat())

    async def settle(
        self, channel: str, entries: Sequence[Entry], *, card: tuple[str, MessageRef] | None = None
    ) -> bool:
        """Remove delivered entries; says whether more are waiting."""
        deploy, place = (card[0], card[1].model_dump_json()) if card else ("", "")
        return await self._settle(channel, entries, deploy, place, "")

    async def bury(self, entry: Entry, reason: str) -> bool:
        """Move an entry to the dead ones; says whether more are waiting."""
        obituary = json.dumps({"entry": entry.model_dump(mode="json"), "reason": reason})
        return await self._settle(entry.channel, [entry], "", "", obituary)

    async def dead(self) -> list[str]:
        """The reasons of everything that could not be delivered, oldest first."""
        with translated(write=False):
            rows = await self._client.lrange(keys.DEAD, 0, -1)
        return [str(json.loads(row)["reason"]) for row in rows]

    async def _settle(
        self, channel: str, entries: Sequence[Entry], deploy: str, place: str, obituary: str
    ) -> bool:
        named = [keys.outbox(channel), keys.OUTBOX_DUE, keys.INTENTS, keys.CARDS, keys.DEAD]
        rows = [part for entry in entries for part in (entry.id, entry.model_dump_json())]
        left = await _SETTLE.run(
            self._client, named, [channel, deploy, place, obituary, len(entries), *rows]
        )
        return int(left) > 0
