"""Changes for tests of the store, and all that a server holds."""

from typing import Any

import samples

from adapters.redis.connection import Connections
from bot.domain.deploy import Deploy
from bot.domain.message import DeployCard, Entry, entry_of
from bot.ports import Change, Document, Stored


def entry(number: int, channel: str = "#deploys") -> Entry:
    """A message on its way."""
    return entry_of(f"e{number}", channel, DeployCard(deploy="D-7F3K2"))


def created(deploy: Deploy | None = None, **more: Any) -> Change:
    """The change that stores a new deploy."""
    fresh = deploy or samples.deploy()
    fields: dict[str, Any] = {"wake": {fresh.id: fresh.due}, **more}
    return Change(writes=(Stored(value=fresh, version=0),), **fields)


def written(*documents: Document, version: int = 0) -> Change:
    """The change that writes documents which all have a version."""
    return Change(writes=tuple(Stored(value=each, version=version) for each in documents))


async def everything(connections: Connections) -> dict[str, object]:
    """All that is in the server, by key."""
    found: dict[str, object] = {}
    for key in await connections.commands.keys("*"):
        kind = await connections.commands.type(key)
        read = {
            "hash": connections.commands.hgetall,
            "set": connections.commands.smembers,
            "zset": lambda k: connections.commands.zrange(k, 0, -1, withscores=True),
            "list": lambda k: connections.commands.lrange(k, 0, -1),
            "stream": connections.commands.xrange,
            "string": connections.commands.get,
        }[kind]
        found[key] = await read(key)
    return found


async def lives(connections: Connections) -> dict[str, int]:
    """How many seconds each key has to live; -1: it lives for ever."""
    keys = await connections.commands.keys("*")
    return {key: await connections.commands.ttl(key) for key in keys}
