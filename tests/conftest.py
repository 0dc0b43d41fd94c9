"""Real servers that tests share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import servers

from adapters.redis.connection import Connections


@pytest.fixture(scope="session", params=["redis", "valkey"])
def any_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[servers.RedisServer]:
    """Debian's redis-server, and then the Valkey that local mode runs on."""
    binary = servers.debian_redis() if request.param == "redis" else servers.valkey()
    with servers.redis_server(binary, tmp_path_factory.mktemp(request.param)) as server:
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
    connections = Connections(one_server.url)
    await connections.commands.flushall()
    yield connections
    await connections.aclose()
