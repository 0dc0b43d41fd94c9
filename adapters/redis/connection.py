"""Connections to Redis, Valkey, Sentinel and Cluster, by the scheme of the address."""

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError
from redis.maint_notifications import MaintNotificationsConfig

from adapters.redis.errors import translated
from bot.domain.errors import StoreUnavailable

# 32 connections served 1,000 approvals at once without a refusal when this was measured; the
# default pool refuses the 101st. A person waits for the answer: after a second Redis counts as
# away.
POOL = 32
PATIENCE = 1.0
# A worker blocks for up to a second on purpose.
BLOCKING_PATIENCE = 5.0

Argument = str | bytes | int | float


class Script:
    """A Lua script, run by its hash and sent whole only to a server that does not know it."""

    def __init__(self, name: str) -> None:
        self._source = files("adapters.redis").joinpath(f"{name}.lua").read_text("utf-8")
        self._hash: str | None = None

    async def run(
        self, client: Any, keys: Sequence[str], arguments: Sequence[Argument], *, write: bool = True
    ) -> Any:
        """Run it in one round trip. Raises `StoreUnavailable`."""
        with translated(write=write):
            if self._hash is not None:
                try:
                    return await client.evalsha(self._hash, len(keys), *keys, *arguments)
                except NoScriptError:
                    self._hash = None
            result = await client.eval(self._source, len(keys), *keys, *arguments)
            self._hash = _sha1(self._source)
            return result


def _sha1(source: str) -> str:
    """The name by which Redis knows a script; Redis fixes the algorithm (EVALSHA)."""
    return hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


class Connections:
    """Two clients of one server: one for commands that answer at once, one for blocking ones.

    Schemes: redis, rediss (TLS), redis+cluster, rediss+cluster, and
    redis+sentinel://host:port,host:port/name/db.
    """

    def __init__(self, url: str) -> None:
        self.commands: Any = _client(url, PATIENCE)
        self.blocking: Any = _client(url, BLOCKING_PATIENCE)

    async def warm(self) -> None:
        """Connect, so that the first person does not wait for it. Raises `StoreUnavailable`."""
        await self.ping()

    async def ping(self) -> None:
        """Raise `StoreUnavailable` unless the server answers."""
        with translated(write=False):
            await self.commands.ping()

    async def aclose(self) -> None:
        """Close all connections."""
        await self.commands.aclose()
        await self.blocking.aclose()


def _client(url: str, patience: float) -> Any:
    parts = urlsplit(url)
    scheme, _, kind = parts.scheme.partition("+")
    # Nothing is repeated behind our back: a repeated write would meet its own first try. Where
    # maintenance notifications are on, redis-py does not notice that an idle connection was closed.
    options: dict[str, Any] = {
        "decode_responses": True,
        "socket_timeout": patience,
        "socket_connect_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 0),
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }
    if scheme not in {"redis", "rediss"}:
        raise StoreUnavailable(f"REDIS_URL starts with “{parts.scheme}”, which is not known.")
    match kind:
        case "":
            pool = BlockingConnectionPool.from_url(
                url, max_connections=POOL, timeout=PATIENCE, **options
            )
            return Redis.from_pool(pool)
        case "cluster":
            options.pop("retry")
            return RedisCluster.from_url(
                url.replace("+cluster", "", 1), cluster_error_retry_attempts=1, **options
            )
        case "sentinel":
            return _sentinel(parts.netloc, parts.path, scheme == "rediss", options)
        case _:
            raise StoreUnavailable(f"REDIS_URL starts with “{parts.scheme}”, which is not known.")


def _sentinel(netloc: str, path: str, tls: bool, options: dict[str, Any]) -> Any:
    """`[user:password@]host:port,host:port` and `/name[/db]`."""
    credentials, _, hosts = netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    name, _, database = path.strip("/").partition("/")
    sentinels = [
        (host, int(port or 26379))
        for host, _, port in (h.rpartition(":") for h in hosts.split(","))
    ]
    if not name or not all(host for host, _ in sentinels):
        raise StoreUnavailable(
            "REDIS_URL for Sentinel looks like redis+sentinel://host:26379,host:26379/mymaster/0"
        )
    if tls:
        options["ssl"] = True
    if credentials:
        options |= {"username": user or None, "password": password or None}
    options |= {"db": int(database or 0), "max_connections": POOL}
    # redis-py has no types for what it passes on to the connection.
    watch: Any = Sentinel(sentinels, socket_timeout=PATIENCE)  # type: ignore[no-untyped-call]
    return watch.master_for(name, **options)
