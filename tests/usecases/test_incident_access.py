"""Asking to see what is private: somebody who can say yes hears of it, and no other does."""

from collections.abc import AsyncIterator

import pytest
from engine import identity
from incident_engine import LEAK, IncidentBench, incident_bench
from samples import DANA, MAX, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.incident_policy import Role
from bot.domain.incidents.messages import DirectWord, Word
from bot.ports import Change, Stored

# Nobody is called by itself, so that nobody is in it for that reason.
QUIET = {"ladder": ()}


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """Olivia is the only confidant."""
    async with incident_bench(memory, **QUIET) as built:
        yield built


async def told(bench: IncidentBench) -> list[str]:
    """Who is shown that somebody asks."""
    await bench.deliver()
    shown = [entry.message for entry, _ in bench.board.scenes.values()]
    return sorted(
        each.to for each in shown if isinstance(each, DirectWord) and each.word is Word.ACCESS
    )


async def noticed(bench: IncidentBench) -> str:
    """A private incident that Signalbox itself has declared; nobody leads it."""
    return (await bench.cases.declaring.by_itself(LEAK, once="1")).incident.ref


async def test_what_no_person_declared_is_asked_of_the_confidants(bench: IncidentBench) -> None:
    ref = await noticed(bench)
    for _ in range(2):
        await bench.cases.crew.ask_access(identity(MAX), ref)
    assert await told(bench) == [OLIVIA]
    assert ("Asked for access", ref) in [(what, of) for _, what, of, _ in await bench.audit()]


@pytest.mark.parametrize("confidants", [None, "nobody"])
async def test_without_confidants_all_who_are_in_it_are_asked(
    memory: Connections, confidants: str | None
) -> None:
    async with incident_bench(memory, **QUIET, confidants=confidants) as bench:
        ref = await noticed(bench)
        # Nobody is there to be asked yet, and the question may be repeated.
        await bench.cases.crew.ask_access(identity(MAX), ref)
        assert await told(bench) == []
        stored = await bench.incidents.incident(ref)
        crew = stored.value.model_copy(update={"responders": frozenset({SAM, DANA, "api:token"})})
        await bench.store.commit(Change(writes=(Stored(value=crew, version=stored.version),)))
        await bench.cases.crew.ask_access(identity(MAX), ref)
        assert await told(bench) == [DANA, SAM]


async def test_a_lead_is_asked_and_nobody_else(bench: IncidentBench) -> None:
    ref = await noticed(bench)
    await bench.cases.crew.give(identity(OLIVIA), ref, Role.LEAD, SAM)
    await bench.cases.crew.ask_access(identity(MAX), ref)
    assert await told(bench) == [SAM]


async def test_who_has_left_the_workspace_is_not_asked(bench: IncidentBench) -> None:
    secret = await bench.declare(LEAK)
    del bench.people.people[DANA]
    await bench.cases.crew.ask_access(identity(MAX), secret.ref)
    assert await told(bench) == [OLIVIA]
