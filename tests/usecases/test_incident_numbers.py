"""A reference is never used twice, also when the server has lost its count."""

from incident_engine import LEAK, OUTAGE, incident_bench

from adapters.redis import keys
from adapters.redis.connection import Connections


async def test_a_count_that_was_lost_gives_no_number_twice(memory: Connections) -> None:
    async with incident_bench(memory) as bench:
        first = await bench.declare(OUTAGE)
        await memory.commands.delete(keys.count(bench.clock.now().year))
        second = await bench.declare(LEAK)
        assert (first.ref, second.ref) == ("INC-2026-001", "INC-2026-002")
        assert (await bench.now(first)).title == OUTAGE.title
