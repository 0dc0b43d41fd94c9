"""A client for an address: plain Redis or Valkey, Sentinel, or Cluster, by the address' scheme."""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException
from redis.maint_notifications import MaintNotificationsConfig

from bot.domain.errors import StoreUnavailable

# 32 connections served 1,000 approvals at once without a refusal when this was measured; redis-py's
# own pool refuses the 101st.
POOL = 32
# Seconds. A person waits for the answer: after a second Redis counts as away.
PATIENCE = 1.0
SENTINEL_PORT = 26379

_FORMS = (
    "redis://host:6379/0, rediss://… for TLS, redis+cluster://host:6379, "
    "or redis+sentinel://host:26379,host:26379/mymaster/0"
)


class Patience(NamedTuple):
    """How long a client waits, in seconds: for a connection, and for an answer (None: for ever)."""

    connection: float
    answer: float | None


def open_client(url: str, patience: Patience) -> Any:
    """A client that connects when it is first used.

    Raises `StoreUnavailable` for an address that cannot be understood. The address is not repeated
    in that error, because it may carry a password.
    """
    try:
        parts = urlsplit(url)
        scheme, _, kind = parts.scheme.partition("+")
        opener = _KINDS.get(kind) if scheme in {"redis", "rediss"} else None
        client = opener(parts._replace(scheme=scheme), patience) if opener else None
    except (ValueError, RedisClusterException):  # the latter: a cluster has no database but 0
        client = None
    if client is None:
        raise StoreUnavailable(f"REDIS_URL cannot be understood. It looks like {_FORMS}.")
    return client


def _options(patience: Patience) -> dict[str, Any]:
    """How every connection behaves.

    Nothing is repeated behind our back: a repeated write would meet its own first try. Protocol 2
    without a driver's name lets a new connection send its command at once, without a greeting.
    Where maintenance notifications are on, redis-py does not notice that an idle connection was
    closed.
    """
    return {
        "decode_responses": True,
        "protocol": 2,
        "driver_info": None,
        "socket_timeout": patience.answer,
        "socket_connect_timeout": patience.connection,
        "retry": Retry(NoBackoff(), 0),
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }


def _single(parts: SplitResult, patience: Patience) -> Any:
    pool = BlockingConnectionPool.from_url(
        urlunsplit(parts),
        max_connections=POOL,
        timeout=patience.connection,
        **_options(patience),
    )
    return Redis.from_pool(pool)


class _Cluster(RedisCluster):
    """A cluster client that lets commands wait for a connection where redis-py would refuse."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._room = asyncio.Semaphore(POOL)

    async def execute_command(self, *arguments: Any, **options: Any) -> Any:
        """Run a command when there is room."""
        async with self._room:
            return await super().execute_command(*arguments, **options)


def _cluster(parts: SplitResult, patience: Patience) -> Any:
    return _Cluster.from_url(urlunsplit(parts), max_connections=POOL, **_options(patience))


class _SentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """Asks the sentinels who is primary, and lets callers wait for a free connection."""


class _Watched(Redis):
    """A client of whichever server the sentinels name."""

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        """Close the connections, those to the sentinels as well."""
        await super().aclose(close_connection_pool)
        watch: Any = self.connection_pool
        await watch.sentinel_manager.aclose()


def _sentinel(parts: SplitResult, patience: Patience) -> Any:
    """`[user:password@]host:port,host:port` and `/name[/db]`.

    The credentials are those of Redis itself; `?sentinel_username=` and `?sentinel_password=` are
    those of the sentinels. With TLS, the sentinels are spoken to over TLS as well.
    """
    credentials, at, hosts = parts.netloc.rpartition("@")
    name, _, database = parts.path.strip("/").partition("/")
    sentinels = [parse_url(f"redis://{host}") for host in hosts.split(",")]
    if not name or not all("host" in sentinel for sentinel in sentinels):
        raise ValueError(parts.scheme)
    first = parts._replace(netloc=f"{credentials}{at}localhost", path=f"/{int(database or 0)}")
    asked: dict[str, Any] = dict(parse_url(urlunsplit(first)))
    asked.pop("host")
    asked.pop("connection_class", None)
    tls = {option: asked[option] for option in asked if option.startswith("ssl_")}
    tls |= {"ssl": True} if parts.scheme == "rediss" else {}
    watchers = {
        **tls,
        "username": asked.pop("sentinel_username", None),
        "password": asked.pop("sentinel_password", None),
        **_options(Patience(patience.connection, patience.connection)),
    }
    # redis-py has no types for what these two pass on to the connection.
    watch: Any = Sentinel(  # type: ignore[no-untyped-call]
        [(s["host"], s.get("port", SENTINEL_PORT)) for s in sentinels], sentinel_kwargs=watchers
    )
    asked |= {**tls, **_options(patience)}
    asked |= {"max_connections": POOL, "timeout": patience.connection}
    pool: Any = _SentinelPool(name, watch, **asked)  # type: ignore[no-untyped-call]
    return _Watched.from_pool(pool)


_KINDS: Mapping[str, Callable[[SplitResult, Patience], Any]] = MappingProxyType(
    {"": _single, "cluster": _cluster, "sentinel": _sentinel}
)
