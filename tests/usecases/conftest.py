"""What most tests of incidents begin with."""

from collections.abc import AsyncIterator

import pytest
from incident_engine import IncidentBench, incident_bench

from adapters.redis.connection import Connections


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """A world in which nothing has happened yet."""
    async with incident_bench(memory) as built:
        yield built
