"""Connections to Redis, and the scripts that run over them."""

import asyncio
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from redis.exceptions import NoScriptError

from adapters.redis.clients import PATIENCE, Patience, open_client
from adapters.redis.errors import translated

# Connections that are open before the first person needs one.
WARM = 4

Argument = str | bytes | int | float


class Script:
    """A Lua script, run by its hash and sent whole only to a server that does not know it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._source = ""
        self._hash = ""

    async def run(
        self, client: Any, keys: Sequence[str], arguments: Sequence[Argument], *, write: bool = True
    ) -> Any:
        """Run it in one round trip. Raises `StoreUnavailable`."""
        if not self._source:
            self._source = files("adapters.redis").joinpath(f"{self._name}.lua").read_text("utf-8")
        with translated(write=write):
            if self._hash:
                try:
                    return await client.evalsha(self._hash, len(keys), *keys, *arguments)
                except NoScriptError:
                    self._hash = ""
            result = await client.eval(self._source, len(keys), *keys, *arguments)
            self._hash = _sha1(self._source)
            return result


def _sha1(source: str) -> str:
    """The name by which Redis knows a script; Redis fixes the algorithm (EVALSHA)."""
    return hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


class Connections:
    """Two clients of one server: one for commands that answer at once, one for those that wait.

    Schemes: redis, rediss (TLS), redis+cluster, rediss+cluster, redis+sentinel and rediss+sentinel.
    `patience`, in seconds, is how long a connection or an answer may take until Redis counts as
    away. Raises `StoreUnavailable` for an address that cannot be understood; nothing is connected
    yet.
    """

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self._patience = patience
        self.commands: Any = open_client(url, Patience(patience, patience))
        # Bounded by `pop`, which knows how long an answer may take.
        self._waiting: Any = open_client(url, Patience(patience, None))

    async def warm(self) -> None:
        """Connect, so that the first person does not wait for it. Raises `StoreUnavailable`."""
        with translated(write=False):
            await asyncio.gather(*(self.commands.ping() for _ in range(WARM)))

    async def ping(self) -> None:
        """Raise `StoreUnavailable` unless the server answers."""
        with translated(write=False):
            await self.commands.ping()

    async def pop(self, key: str, seconds: float) -> None:
        """Wait until a list has something, and take that; returns after `seconds` at the latest.

        Raises `StoreUnavailable` when the server does not keep to that time.
        """
        with translated(write=False):
            async with asyncio.timeout(seconds + self._patience):
                # Redis takes 0 for ever.
                await self._waiting.blpop([key], timeout=max(seconds, 0.01))

    async def aclose(self) -> None:
        """Close all connections."""
        await self.commands.aclose()
        await self._waiting.aclose()
