"""Addresses, failures and pools of Redis, each with a real server in that state."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import samples
import servers
from redis import exceptions

from adapters.redis import keys
from adapters.redis.agenda import RedisAgenda
from adapters.redis.clients import PATIENCE
from adapters.redis.connection import WARM, Connections
from adapters.redis.errors import translated
from adapters.redis.properties import inspect, require_durable
from adapters.redis.store import RedisStore
from bot.domain.errors import ConcurrentUpdate, Outcome, StoreUnavailable
from bot.ports import Change, Stored

# A person gets an answer within this, whatever Redis does; Slack waits for three seconds.
ANSWER_WITHIN = 2.5


@pytest.fixture
def server(tmp_path: Path) -> Iterator[servers.RedisServer]:
    """A server of the test's own, which it may maltreat."""
    with servers.redis_server(servers.debian_redis(), tmp_path / "redis") as server:
        yield server


@asynccontextmanager
async def connected(url: str, patience: float = PATIENCE) -> AsyncIterator[Connections]:
    """Connections that are closed with the block."""
    connections = Connections(url, patience)
    try:
        yield connections
    finally:
        await connections.aclose()


def created(deploy_id: str = "D-7F3K2") -> Change:
    """The change that stores a new deploy."""
    deploy = samples.deploy(id=deploy_id)
    return Change(writes=(Stored(value=deploy, version=0),), wake={deploy.id: deploy.due})


def port_of(server: asyncio.Server) -> int:
    """The port that a server of the test's own has got."""
    return int(server.sockets[0].getsockname()[1])


# ── Addresses ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:6379",
        "http://localhost",
        "unix:///run/redis.sock",
        "redis+magic://localhost",
        "redis://localhost:port/0",
        "redis://:s3cret/with:slash@localhost/0",
        "redis+cluster://:s3cret@localhost:6379/3",
        "redis+sentinel://:s3cret@localhost:26379",
        "redis+sentinel:///mymaster",
        "redis+sentinel://localhost/mymaster/s3cret",
    ],
)
def test_an_address_that_cannot_be_understood_is_refused_without_repeating_it(url: str) -> None:
    """It may carry a password; the error says how an address looks instead."""
    with pytest.raises(StoreUnavailable, match=r"redis://host:6379/0") as error:
        Connections(url)
    assert "s3cret" not in f"{error.value}{error.value.__cause__}"
    assert error.value.__context__ is None or error.value.__suppress_context__


async def test_a_new_connection_sends_its_first_command_at_once(
    server: servers.RedisServer,
) -> None:
    """Without a greeting; with a password or a database one command more."""
    async with connected(server.url) as connections:
        servers.ask(server.port, "CONFIG", "RESETSTAT")
        await connections.ping()
    asked = servers.ask(server.port, "INFO", "commandstats")
    names = {line.split(":")[0] for line in asked.splitlines() if line.startswith("cmdstat_")}
    assert names == {"cmdstat_ping", "cmdstat_config|resetstat"}


async def test_connections_are_open_before_they_are_needed(server: servers.RedisServer) -> None:
    """Warming opens several."""
    async with connected(server.url) as connections:
        await connections.warm()
        assert f"connected_clients:{WARM + 1}" in servers.ask(server.port, "INFO", "clients")


# ── Failures ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_server_that_hangs_leaves_the_outcome_of_a_write_open(
    server: servers.RedisServer,
) -> None:
    """Within the time that a person waits; a failed read has no outcome to doubt."""
    async with connected(server.url) as connections:
        store = RedisStore(connections)
        await store.commit(created())
        server.freeze()
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable) as write:
            await store.commit(created("D-OTHER"))
        assert time.monotonic() - begun < ANSWER_WITHIN
        with pytest.raises(StoreUnavailable) as read:
            await store.lane("api/production")
    assert (write.value.outcome, read.value.outcome) == (Outcome.UNKNOWN, Outcome.NOT_DONE)


async def test_a_server_that_dies_under_a_write_leaves_its_outcome_open() -> None:
    """The command had arrived, and nobody can say what became of it."""

    async def die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.transport.abort()

    dying = await asyncio.start_server(die, "127.0.0.1", 0)
    async with dying, connected(f"redis://127.0.0.1:{port_of(dying)}/0") as connections:
        with pytest.raises(StoreUnavailable) as under:
            await RedisStore(connections).commit(created())
    assert under.value.outcome is Outcome.UNKNOWN


async def test_a_cluster_that_is_away_is_said_and_nothing_is_repeated(tmp_path: Path) -> None:
    """A cluster client repeats failed commands by itself unless it is told not to."""
    with servers.redis_cluster(servers.debian_redis(), tmp_path / "cluster") as server:
        async with connected(server.url) as connections:
            store = RedisStore(connections)
            await store.commit(created())
            server.freeze()
            with pytest.raises(StoreUnavailable) as hanging:
                await store.commit(created("D-OTHER"))
            server.kill()
            with pytest.raises(StoreUnavailable) as away:
                await store.commit(created("D-OTHER"))
    assert (hanging.value.outcome, away.value.outcome) == (Outcome.UNKNOWN, Outcome.NOT_DONE)


async def test_a_worker_that_waits_notices_that_the_server_hangs(
    server: servers.RedisServer,
) -> None:
    """It does not block for ever on a server that will never nudge it."""
    async with connected(server.url) as connections:
        agenda = RedisAgenda(connections, due=keys.DUE, nudge=keys.DUE_NUDGE)
        await agenda.wait(timedelta(0))
        server.freeze()
        async with asyncio.timeout(10):
            with pytest.raises(StoreUnavailable):
                await agenda.wait(timedelta(0))


async def test_wrong_credentials_are_named(tmp_path: Path) -> None:
    """Not “cannot be reached”, and without the password."""
    options = ("--requirepass", "right")
    with servers.redis_server(servers.debian_redis(), tmp_path / "redis", *options) as server:
        for user in (":s3cret@", "nobody:s3cret@", ""):
            url = f"redis://{user}127.0.0.1:{server.port}/0"
            async with connected(url) as connections:
                with pytest.raises(StoreUnavailable, match="credentials") as error:
                    await RedisStore(connections).commit(created())
                assert error.value.outcome is Outcome.NOT_DONE
                assert "s3cret" not in str(error.value)
        async with connected(f"redis://:right@127.0.0.1:{server.port}/0") as connections:
            assert await RedisStore(connections).commit(created()) is None


async def test_a_server_without_room_for_another_client_did_nothing(
    server: servers.RedisServer,
) -> None:
    """It turned the connection away before it read the command."""
    async with connected(server.url) as first, connected(server.url) as second:
        await first.ping()
        servers.ask(server.port, "CONFIG", "SET", "maxclients", "1")
        with pytest.raises(StoreUnavailable) as error:
            await RedisStore(second).commit(created())
    assert error.value.outcome is Outcome.NOT_DONE


async def test_a_server_that_is_full_refuses_and_writes_nothing(
    server: servers.RedisServer,
) -> None:
    """With noeviction a full server takes no script that writes; what is there stays readable."""
    async with connected(server.url) as connections:
        store = RedisStore(connections)
        await store.commit(created())
        servers.ask(server.port, "CONFIG", "SET", "maxmemory", "1")
        with pytest.raises(StoreUnavailable, match=r"refused: .*maxmemory") as error:
            await store.commit(created("D-OTHER"))
        assert error.value.outcome is Outcome.NOT_DONE
        assert (await store.deploy("D-7F3K2")).version == 1
        servers.ask(server.port, "CONFIG", "SET", "maxmemory", "0")
        assert await store.commit(created("D-OTHER")) is None


async def test_a_replica_refuses(tmp_path: Path, server: servers.RedisServer) -> None:
    """An address that leads to a replica is told by the first write."""
    options = ("--replicaof", f"127.0.0.1 {server.port}")
    # Otherwise it waits seconds for further replicas before it sends anything.
    servers.ask(server.port, "CONFIG", "SET", "repl-diskless-sync-delay", "0")
    with servers.redis_server(servers.debian_redis(), tmp_path / "replica", *options) as replica:
        servers.until(
            lambda: "master_link_status:up" in servers.ask(replica.port, "INFO", "replication"),
            "the replica follows",
        )
        async with connected(replica.url) as connections:
            with pytest.raises(StoreUnavailable, match="read only") as error:
                await RedisStore(connections).commit(created())
    assert error.value.outcome is Outcome.NOT_DONE


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (exceptions.BusyLoadingError("Redis is loading the dataset in memory"), "still loads"),
        (exceptions.MaxConnectionsError("Too many connections"), "cannot be reached"),
        (exceptions.SlotNotCoveredError('Slot "5" is not covered by the cluster.'), "not covered"),
        (exceptions.ClusterDownError("The cluster is down"), "refused"),
    ],
)
def test_what_was_turned_away_was_not_done(failure: Exception, words: str) -> None:
    """States that no server can be brought into at will."""
    with pytest.raises(StoreUnavailable, match=words) as error, translated(write=True):
        raise failure
    assert error.value.outcome is Outcome.NOT_DONE


# ── Pools and scripts ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", ["redis", "cluster"])
async def test_a_thousand_writers_at_once_are_all_served(tmp_path: Path, scheme: str) -> None:
    """They wait for a connection instead of being refused one."""
    start = servers.redis_cluster if scheme == "cluster" else servers.redis_server
    with start(servers.debian_redis(), tmp_path / "redis") as server:
        async with connected(server.url, servers.PATIENCE) as connections:
            store = RedisStore(connections)
            await store.commit(created())
            deploy = samples.deploy()
            change = Change(writes=(Stored(value=deploy, version=1),))
            results = await asyncio.gather(
                *(store.commit(change) for _ in range(1000)), return_exceptions=True
            )
            assert results.count(None) == 1
            assert sum(isinstance(result, ConcurrentUpdate) for result in results) == 999


async def test_a_server_that_forgot_the_scripts_is_sent_them_again(
    server: servers.RedisServer,
) -> None:
    """After a restart or a failover."""
    async with connected(server.url) as connections:
        store = RedisStore(connections)
        await store.commit(created())
        servers.ask(server.port, "SCRIPT", "FLUSH")
        assert await store.commit(created("D-OTHER")) is None
        assert (await store.deploy("D-OTHER")).version == 1


# ── Properties ───────────────────────────────────────────────────────────────────────────────────


async def test_what_a_server_may_not_tell_is_reported_and_does_not_refuse(
    server: servers.RedisServer,
) -> None:
    """Some managed servers forbid INFO; the bot runs, and says what it could not see."""
    rules = ("resetkeys", "~{signalbox}*", "+@all", "-info", "-config", ">right")
    servers.ask(server.port, "ACL", "SETUSER", "bot", "on", *rules)
    async with connected(f"redis://bot:right@127.0.0.1:{server.port}/0") as connections:
        findings = await require_durable(connections, allow_volatile=False)
        assert [finding.ok for finding in findings] == [None, None, None]
        assert all("does not tell" in finding.says and finding.fix for finding in findings)
        assert await RedisStore(connections).commit(created()) is None


async def test_config_is_not_needed(server: servers.RedisServer) -> None:
    """Managed servers forbid it."""
    servers.ask(server.port, "ACL", "SETUSER", "bot", "on", "~*", "+@all", "-config", ">right")
    async with connected(f"redis://bot:right@127.0.0.1:{server.port}/0") as connections:
        assert [finding.ok for finding in await inspect(connections)] == [True, True, True]
