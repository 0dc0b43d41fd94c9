"""Whoever has a task takes part: it goes to people of the workspace only, as every other part."""

from collections.abc import AsyncIterator

import pytest
from engine import identity
from incident_engine import LEAK, OUTAGE, IncidentBench, incident_bench
from samples import DANA, MAX, SAM

from adapters.redis.connection import Connections
from bot.domain.errors import UsageError
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.incident import TaskKind
from bot.ports import Change, Stored

GUEST = "U0GUEST01"


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """A world that knows no guest."""
    async with incident_bench(memory) as built:
        yield built


@pytest.mark.parametrize("wish", [LEAK, OUTAGE], ids=["private", "public"])
@pytest.mark.parametrize("way", ["own", "task", "follow-up"])
async def test_no_task_is_given_to_a_guest(bench: IncidentBench, wish: Wish, way: str) -> None:
    incident = await bench.furnish(await bench.declare(wish))
    records, dana = bench.cases.records, identity(DANA)
    await records.task(dana, incident.ref, TaskKind.TASK, "Look at it", once="1")
    before = await bench.now(incident)
    attempt = (
        records.own(dana, incident.ref, "T1", GUEST)
        if way == "own"
        else records.task(dana, incident.ref, TaskKind(way), "Look", GUEST, once="2")
    )
    with pytest.raises(UsageError, match="cannot take part"):
        await attempt
    assert await bench.now(incident) == before
    await bench.furnish(incident)
    await bench.deliver()
    assert GUEST not in bench.premises.channels[incident.room.channel or ""].people
    assert GUEST not in {entry.channel for entry, _ in bench.board.scenes.values()}


async def test_colleagues_are_given_tasks_and_take_them(bench: IncidentBench) -> None:
    incident, records = await bench.declare(LEAK), bench.cases.records
    await records.task(identity(DANA), incident.ref, TaskKind.TASK, "Look", MAX, once="1")
    assert (await bench.now(incident)).tasks[0].owner == MAX
    await records.own(identity(MAX), incident.ref, "T1", SAM)
    await records.own(identity(DANA), incident.ref, "T1", DANA)
    assert (await bench.now(incident)).tasks[0].owner == DANA


async def test_while_slack_is_away_people_are_taken_as_they_are_named(
    bench: IncidentBench,
) -> None:
    incident = await bench.declare(LEAK)
    bench.people.unseen = frozenset({MAX})
    await bench.cases.records.task(
        identity(DANA), incident.ref, TaskKind.TASK, "Look", MAX, once="1"
    )
    assert (await bench.now(incident)).tasks[0].owner == MAX


async def test_who_is_not_of_the_workspace_is_told_nothing_that_is_private(
    bench: IncidentBench,
) -> None:
    """However somebody came to be in it: by an older release, or before they were made a guest."""
    for wish in (LEAK, OUTAGE):
        incident = await bench.declare(wish)
        stored = await bench.incidents.incident(incident.ref)
        inside = stored.value.model_copy(update={"responders": frozenset({DANA, MAX, GUEST})})
        await bench.store.commit(Change(writes=(Stored(value=inside, version=stored.version),)))
        await bench.cases.records.task(
            identity(DANA), incident.ref, TaskKind.TASK, "Look", MAX, once=incident.ref
        )
    del bench.people.people[MAX]
    await bench.deliver()
    shown = [scene.incident for entry, scene in bench.board.scenes.values() if entry.channel == MAX]
    assert shown
    assert all(each is not None and not each.private for each in shown)
