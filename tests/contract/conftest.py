"""What the contracts of the store, the agenda and the outbox are tested on."""

from collections.abc import AsyncIterator

import pytest
import servers

from adapters.redis import keys
from adapters.redis.agenda import RedisAgenda
from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.outbox import RedisOutbox
from adapters.redis.store import RedisStore


@pytest.fixture
async def connections(any_server: servers.RedisServer) -> AsyncIterator[Connections]:
    """An empty server."""
    connections = Connections(any_server.url, servers.PATIENCE)
    servers.ask(any_server.port, "FLUSHALL")  # with all the time that a busy disk takes
    yield connections
    await connections.aclose()


@pytest.fixture
def store(connections: Connections) -> RedisStore:
    """The store under test."""
    return RedisStore(connections)


@pytest.fixture
def incidents(connections: Connections) -> RedisIncidents:
    """What the store has written of incidents."""
    return RedisIncidents(connections)


@pytest.fixture
def agenda(connections: Connections) -> RedisAgenda:
    """The agenda of deploys."""
    return RedisAgenda(connections, due=keys.DUE, nudge=keys.DUE_NUDGE)


@pytest.fixture
def outbox(connections: Connections) -> RedisOutbox:
    """The outbox."""
    return RedisOutbox(connections)
