"""Whoever came into a public room to look is not in the incident when it becomes private."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from engine import identity
from incident_engine import OUTAGE, IncidentBench, People, incident_bench
from samples import DANA, MAX, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.actor import Actor
from bot.domain.errors import NotFound
from bot.domain.incidents.incident import Incident, Interest, TaskKind
from bot.domain.incidents.timeline import LineKind
from bot.usecases.incidents.responding import Draft

Deed = Callable[[IncidentBench, str], Awaitable[object]]
SOON = timedelta(minutes=20)


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """Nobody is paged, and nobody is a confidant."""
    async with incident_bench(memory, ladder=(), confidants=None) as built:
        yield built


async def visited(bench: IncidentBench, *people: str) -> Incident:
    """A public incident of Dana's, into whose room people have come."""
    incident = await bench.furnish(await bench.declare())
    for person in people:
        await bench.cases.crew.entered(identity(person), incident.room.channel or "")
    return incident


async def hide(bench: IncidentBench, incident: Incident) -> Incident:
    """It becomes private, and has a room of its own again."""
    await bench.cases.relations.make_private(identity(DANA), incident.ref)
    return await bench.furnish(incident)


async def test_whoever_only_looked_does_not_see_what_is_private(bench: IncidentBench) -> None:
    incident = await visited(bench, MAX, SAM)
    await bench.cases.crew.subscribe(identity(MAX), incident.ref, Interest.ALL)
    secret = await hide(bench, incident)
    assert bench.premises.channels[secret.room.channel or ""].people == {DANA}
    for person in (MAX, SAM):
        with pytest.raises(NotFound):
            await bench.cases.sight.see(identity(person), incident.ref)
    await bench.cases.responding.update(identity(DANA), incident.ref, Draft(progress="The key"))
    assert all(entry.channel != MAX for entry in (await bench.waiting()).get(MAX, []))


async def test_owners_whom_the_bot_invites_are_visitors(bench: IncidentBench) -> None:
    """That they are there is all that Slack says of them."""
    service = bench.catalog.services["api"].model_copy(update={"owners": "owners"})
    services = {**bench.catalog.services, "api": service}
    bench.catalog = bench.catalog.model_copy(update={"services": services})
    bench.again()
    incident = await visited(bench, DANA)
    assert OLIVIA in bench.premises.channels[incident.room.channel or ""].people
    await bench.cases.crew.entered(identity(OLIVIA), incident.room.channel or "")
    secret = await hide(bench, incident)
    assert OLIVIA not in bench.premises.channels[secret.room.channel or ""].people
    with pytest.raises(NotFound):
        await bench.cases.sight.see(identity(OLIVIA), incident.ref)


async def _note(bench: IncidentBench, ref: str) -> object:
    return await bench.cases.records.note(identity(MAX), ref, "The pool is full.", once="n")


async def _update(bench: IncidentBench, ref: str) -> object:
    return await bench.cases.responding.update(identity(MAX), ref, Draft(progress="Looking."))


async def _task(bench: IncidentBench, ref: str) -> object:
    return await bench.cases.records.task(
        identity(MAX), ref, TaskKind.TASK, "Look at the logs", once="t"
    )


async def _join(bench: IncidentBench, ref: str) -> object:
    return await bench.cases.crew.join(identity(MAX), ref)


async def _called(bench: IncidentBench, ref: str) -> object:
    return await bench.cases.crew.call_in(identity(DANA), ref, frozenset({MAX}))


@pytest.mark.parametrize("deed", [_note, _update, _task, _join, _called])
async def test_whoever_did_something_stays(bench: IncidentBench, deed: Deed) -> None:
    incident = await visited(bench, MAX, SAM)
    await deed(bench, incident.ref)
    secret = await hide(bench, incident)
    assert bench.premises.channels[secret.room.channel or ""].people == {DANA, MAX}
    assert (await bench.cases.sight.see(identity(MAX), incident.ref))[1].title == OUTAGE.title


async def test_a_visit_leaves_nothing_on_the_timeline(bench: IncidentBench) -> None:
    incident = await visited(bench)
    waiting = await bench.waiting()
    await bench.cases.crew.entered(identity(MAX), incident.room.channel or "")
    assert not [line for line in await bench.lines(incident) if line.kind is LineKind.ROLE]
    before = await bench.now(incident)
    # Nor anything to be said: everybody sees in Slack who comes in.
    assert await bench.waiting() == waiting
    await bench.cases.crew.entered(identity(MAX), incident.room.channel or "")
    assert await bench.now(incident) == before


async def test_a_visit_that_ends_in_private_is_none(bench: IncidentBench) -> None:
    """It becomes private while the bot looks at who came in."""
    incident = await bench.furnish(await bench.declare())
    relations = bench.cases.relations

    class Slow(People):
        """Between the look at the incident and the answer who somebody is, something happens."""

        async def actor(self, user: str, team: str) -> Actor:
            if user == MAX:
                await relations.make_private(identity(DANA), incident.ref)
            return await super().actor(user, team)

    bench.people = Slow()
    bench.again()
    await bench.cases.crew.entered(identity(MAX), incident.room.channel or "")
    now = await bench.now(incident)
    assert now.private
    assert MAX not in now.responders | now.visitors


async def test_what_was_stored_before_there_were_visitors_can_be_read(
    bench: IncidentBench,
) -> None:
    incident = await bench.declare()
    old = incident.model_dump_json(exclude={"visitors"})
    assert Incident.model_validate_json(old) == incident
