"""The outbox: a list per channel, and an agenda of the channels that have something in theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

from adapters.redis import keys
from adapters.redis.agenda import RedisAgenda
from adapters.redis.connection import Argument, Connections, Script
from adapters.redis.documents import read
from adapters.redis.errors import translated
from bot.domain.errors import StoreUnavailable
from bot.domain.incidents.messages import (
    IncidentMessage,
    MaintenanceCard,
    MaintenanceOverdue,
)
from bot.domain.message import Entry
from bot.domain.placement import MessageRef
from bot.ports import Mail

_READ = Script("read")
_PLACES = Script("places")
_SETTLE = Script("settle")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An entry (as stored) that could not be delivered, with the reason and when that was noted."""

    at: datetime
    reason: str
    entry: str


class RedisOutbox(RedisAgenda):
    """`bot.ports.Outbox` on Redis. Whoever holds a channel's lease delivers it alone."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections, due=keys.OUTBOX_DUE, nudge=keys.OUTBOX_NUDGE)
        self._client = connections.commands

    async def read(self, channel: str, limit: int) -> Mail:
        """The oldest entries of a channel, with their cards and earlier attempts.

        Ends before an entry that this release cannot read, and raises `StoreUnavailable` when that
        is the oldest one: order is kept, and a replica of the newer release goes on with it.
        """
        named = [keys.outbox(channel), keys.begun(channel)]
        rows, begun = await _READ.run(self._client, named, [limit], write=False)
        entries = _readable(rows, channel)
        moments = dict(zip(begun[::2], begun[1::2], strict=True))
        return Mail(
            entries=entries,
            cards=await self.places(_names(entries)),
            intents={
                entry.id: datetime.fromisoformat(moments[entry.id])
                for entry in entries
                if entry.id in moments
            },
        )

    async def places(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, MessageRef]:
        """Where messages stand, by name, as far as they are posted.

        `wanted` has the names (`Entry.card`, `Entry.picture`) by what they are about
        (`Message.story`): the id of a deploy, the reference of an incident, or the id of a
        maintenance list.
        """
        if not wanted:
            return {}
        named = [keys.cards(story) for story in wanted]
        arguments: list[Argument] = []
        for names in wanted.values():
            arguments += [len(names), *names]
        found = await _PLACES.run(self._client, named, arguments, write=False)
        return {
            name: read(MessageRef, place, f"The place of {name}")
            for name, place in zip(chain(*wanted.values()), found, strict=True)
            if place is not None
        }

    async def intend(self, entry: Entry, now: datetime) -> None:
        """Note that a post is about to be sent."""
        with translated(write=True):
            await self._client.hset(keys.begun(entry.channel), entry.id, now.isoformat())

    async def settle(
        self, channel: str, entries: Sequence[Entry], *, card: tuple[str, MessageRef] | None = None
    ) -> bool:
        """Remove delivered entries; says whether more are waiting for this worker.

        A worker that lost its lease is told that there are none: they are another's by now.
        """
        place = _place(entries[0], card) if card and entries else None
        return await self._settle(channel, entries, place)

    async def bury(self, entry: Entry, reason: str) -> bool:
        """Move an entry to the dead ones; returns as `settle`."""
        return await self._settle(entry.channel, (entry,), None, reason or "No reason given.")

    async def dead(self) -> list[str]:
        """The reasons of everything that could not be delivered, oldest first."""
        return [letter.reason for letter in await self.dead_letters()]

    async def dead_letters(self) -> list[DeadLetter]:
        """Everything that could not be delivered, oldest first."""
        with translated(write=False):
            rows = await self._client.xrange(keys.DEAD)
        return [
            DeadLetter(at=_moment(row), reason=fields["reason"], entry=fields["entry"])
            for row, fields in rows
        ]

    async def _settle(
        self, channel: str, entries: Sequence[Entry], place: "_Place | None", reason: str = ""
    ) -> bool:
        named = [keys.outbox(channel), keys.OUTBOX_DUE, keys.begun(channel), keys.DEAD]
        if place is not None:
            named += [place.cards, place.kept_with]
        known = [place.name, place.json] if place is not None else ["", ""]
        kept = int(keys.STORY_KEPT.total_seconds())
        ids = [entry.id for entry in entries]
        async with self._using_held:
            held = self._held.get(channel, "")
            more = await _SETTLE.run(
                self._client, named, [channel, held, *known, kept, reason, keys.DEAD_KEPT, *ids]
            )
        return bool(more)


class _Place(NamedTuple):
    """Where a message was posted: under its name, in a key that lives as long as another one."""

    cards: str
    kept_with: str
    name: str
    json: str


def _place(entry: Entry, card: tuple[str, MessageRef]) -> _Place | None:
    story = entry.message.story
    if story is None:
        return None
    name, place = card
    return _Place(keys.cards(story), _document(entry, story), name, place.model_dump_json())


def _document(entry: Entry, story: str) -> str:
    """The document of what an entry is about."""
    match entry.message:
        case MaintenanceCard() | MaintenanceOverdue():
            return keys.maintenance_run(story)
        case message if isinstance(message, IncidentMessage):
            return keys.incident(story)
        case _:
            return keys.deploy(story)


def _names(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """The names of messages that these entries refer to, each once, by what they are about."""
    found: dict[str, dict[str, None]] = {}
    for entry in entries:
        story = entry.message.story
        names = [name for name in (entry.card, entry.thread, entry.picture) if name]
        if story is not None and names:
            found.setdefault(story, {}).update(dict.fromkeys(names))
    return {story: list(names) for story, names in found.items()}


def _readable(rows: Sequence[str], channel: str) -> tuple[Entry, ...]:
    """The entries up to the first one that cannot be read. Raises when that is the first of all."""
    entries: list[Entry] = []
    for row in rows:
        try:
            entries.append(read(Entry, row, f"The oldest entry for {channel}"))
        except StoreUnavailable:
            if not entries:
                raise
            break
    return tuple(entries)


def _moment(stream_id: str) -> datetime:
    """When a row of a stream was added: its id begins with the server's milliseconds."""
    return datetime.fromtimestamp(int(stream_id.partition("-")[0]) / 1000, UTC)
