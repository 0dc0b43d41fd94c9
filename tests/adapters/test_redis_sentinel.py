"""A primary, a replica and a sentinel: the bot goes on after a failover."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import samples
import servers

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.properties import inspect
from adapters.redis.store import RedisStore
from bot.domain.errors import Outcome, StoreUnavailable
from bot.ports import Change, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Trio:
    """Three servers that know each other."""

    primary: servers.RedisServer
    replica: servers.RedisServer
    sentinel: servers.RedisServer

    def failed_over(self) -> bool:
        """Whether the replica is the primary, and the sentinel says so and finds it well."""
        promoted = "role:master" in servers.ask(self.replica.port, "INFO", "replication")
        told = servers.ask(self.sentinel.port, "SENTINEL", "MASTER", "mymaster").split("\r\n")
        # Names and values take turns, each below its length.
        primary = dict(zip(told[2::4], told[4::4], strict=False))
        port = str(self.replica.port)
        return promoted and (primary["port"], primary["flags"]) == (port, "master")


def synced(primary: servers.RedisServer, replica: servers.RedisServer) -> bool:
    """Whether a replica has everything that its primary has."""

    def offset(server: servers.RedisServer) -> str:
        found = re.search(r"master_repl_offset:(\d+)", servers.ask(server.port, "INFO"))
        return found[1] if found else ""

    return offset(primary) == offset(replica)


@pytest.fixture
def trio(tmp_path: Path) -> Iterator[Trio]:
    """A sentinel that knows a primary and its replica."""
    redis = servers.debian_redis()
    with ExitStack() as stack:
        primary = stack.enter_context(servers.redis_server(redis, tmp_path / "primary"))
        # Without the pause the primary waits seconds for further replicas before it sends anything.
        servers.ask(primary.port, "CONFIG", "SET", "repl-diskless-sync-delay", "0")
        replica = stack.enter_context(
            servers.redis_server(
                redis, tmp_path / "replica", "--replicaof", f"127.0.0.1 {primary.port}"
            )
        )
        servers.until(
            lambda: "master_link_status:up" in servers.ask(replica.port, "INFO", "replication"),
            "the replica follows",
        )
        sentinel = stack.enter_context(
            servers.running(servers.SentinelServer(redis, tmp_path / "sentinel", primary.port))
        )
        # A sentinel hears of replicas from the primary, and only then can it promote one.
        servers.until(
            lambda: (
                f"127.0.0.1:{replica.port}"
                in servers.ask(sentinel.port, "SENTINEL", "REPLICAS", "mymaster")
            ),
            "the sentinel knows the replica",
        )
        yield Trio(primary=primary, replica=replica, sentinel=sentinel)


async def test_the_same_connections_write_to_the_new_primary_after_a_failover(trio: Trio) -> None:
    """What was stored before is there, and scripts are loaded again."""
    deploy = samples.deploy()
    connections = Connections(trio.sentinel.url, servers.PATIENCE)
    store = RedisStore(connections)
    try:
        await store.commit(Change(writes=(Stored(value=deploy, version=0),)))
        assert [finding.ok for finding in await inspect(connections)] == [True, True, True]
        await asyncio.to_thread(
            servers.until, lambda: synced(trio.primary, trio.replica), "the replica has it"
        )
        trio.primary.kill()
        await asyncio.to_thread(servers.until, trio.failed_over, "the replica takes over")
        await store.commit(Change(writes=(Stored(value=deploy, version=1),)))
        assert (await store.deploy(deploy.id)).version == 2
        assert servers.ask(trio.replica.port, "HGET", keys.deploy(deploy.id), "v") == "$1\r\n2\r\n"
    finally:
        await connections.aclose()


@pytest.mark.parametrize("name", ["mymaster", "unknown"])
async def test_without_a_primary_nothing_was_done(tmp_path: Path, name: str) -> None:
    """The one that the sentinel names does not live, or it does not know the name."""
    nowhere = servers.free_port()
    redis = servers.debian_redis()
    with servers.running(servers.SentinelServer(redis, tmp_path / "s", nowhere)) as sentinel:
        connections = Connections(sentinel.url.replace("mymaster", name))
        with pytest.raises(StoreUnavailable) as error:
            await RedisStore(connections).commit(
                Change(writes=(Stored(value=samples.deploy(), version=0),))
            )
        await connections.aclose()
    assert error.value.outcome is Outcome.NOT_DONE
