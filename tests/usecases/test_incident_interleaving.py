"""Something else happens to an incident between what was read and what is written on it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from engine import identity
from incident_engine import OUTAGE, IncidentBench, incident_bench
from samples import DANA

from adapters.redis.connection import Connections
from adapters.redis.store import RedisStore
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind
from bot.ports import Change

ALERT = OUTAGE.model_copy(update={"dedup_key": "alert/checkout"})


class Meanwhile(RedisStore):
    """A store before whose next commit something else happens."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self.happens: Callable[[], Awaitable[object]] | None = None

    async def commit(self, change: Change) -> str | None:
        """Let it happen first."""
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens()
        return await super().commit(change)


@pytest.fixture
async def store(memory: Connections) -> Meanwhile:
    """What everything is saved with."""
    return Meanwhile(memory)


@pytest.fixture
async def bench(memory: Connections, store: Meanwhile) -> AsyncIterator[IncidentBench]:
    """A world in which nothing has happened yet."""
    async with incident_bench(memory) as built:
        built.store = store
        built.again()
        yield built


async def alerts(bench: IncidentBench, ref: str) -> int:
    """How often it came once more."""
    lines = await bench.lines(await bench.now(ref))
    return [line.kind for line in lines].count(LineKind.ALERT)


async def test_an_alert_in_the_instant_of_the_resolution_is_news(
    bench: IncidentBench, store: Meanwhile
) -> None:
    first = await bench.declare(ALERT, once="1")

    async def resolved() -> None:
        await bench.cases.responding.resolve(identity(DANA), first.ref, "A pool.", "Rolled back.")

    store.happens = resolved
    again = await bench.declared(ALERT, once="2")
    assert (await bench.now(first)).state is State.RESOLVED
    assert not again.known
    assert again.incident.ref != first.ref
    assert await alerts(bench, first.ref) == 0
    # The new one has the key from now on.
    assert (await bench.declared(ALERT, once="3")).incident.ref == again.incident.ref


async def test_an_alert_loses_no_race_to_people_who_work_on_the_incident(
    bench: IncidentBench, store: Meanwhile
) -> None:
    first = await bench.declare(ALERT, once="1")

    async def acked() -> None:
        await bench.cases.responding.ack(identity(DANA), first.ref)

    store.happens = acked
    again = await bench.declared(ALERT, once="2")
    assert (again.known, again.incident.ref) == (True, first.ref)
    assert await alerts(bench, first.ref) == 1
