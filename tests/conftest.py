"""Real servers that tests share."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import servers
from hypothesis import settings

from adapters.redis.connection import Connections

# The same examples on every machine, and no example fails for being slow.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


# What waits for nothing: there a second process on a core only collects the same tests once more.
PURE = Path(__file__).parent / "domain"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two for each core: the stories, which take most of the time, mostly wait for a process, a
    browser or a clock. One for each where only the tests of the domain are asked for.
    """
    asked = [Path(config.invocation_params.dir, each.split("::")[0]) for each in config.args]
    each_core = 1 if all(each.is_relative_to(PURE) for each in asked) else 2
    return each_core * (os.cpu_count() or 1)


@pytest.fixture(scope="session", params=["redis", "valkey", "cluster"])
def any_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[servers.RedisServer]:
    """Debian's redis-server, the Valkey that local mode runs on, and a cluster of one node."""
    binary = servers.valkey() if request.param == "valkey" else servers.debian_redis()
    folder: Path = tmp_path_factory.mktemp(request.param)
    open_server = servers.redis_cluster if request.param == "cluster" else servers.redis_server
    with open_server(binary, folder) as server:
        yield server


@pytest.fixture(scope="session")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.RedisServer]:
    """One Redis server, for tests that are not about Redis."""
    folder: Path = tmp_path_factory.mktemp("redis")
    with servers.redis_server(servers.debian_redis(), folder) as server:
        yield server


@pytest.fixture
async def memory(one_server: servers.RedisServer) -> AsyncIterator[Connections]:
    """Connections to an empty Redis."""
    connections = Connections(one_server.url, servers.PATIENCE)
    servers.ask(one_server.port, "FLUSHALL")  # with all the time that a busy disk takes
    yield connections
    await connections.aclose()


@pytest.fixture
async def redis_url(one_server: servers.RedisServer, memory: Connections) -> str:
    """The address of that empty Redis, for what makes connections of its own."""
    await memory.ping()
    return one_server.url
