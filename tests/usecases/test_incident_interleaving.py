"""Something else happens to an incident between what was read and what is written on it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import policies
import pytest
from engine import Bench, bench_of, identity
from incident_engine import OUTAGE, IncidentBench, incident_bench
from incident_samples import incident_policy
from samples import DANA, MAX, SAM

from adapters.redis.connection import Connections
from adapters.redis.store import RedisStore
from bot.domain.errors import Outcome, StoreUnavailable
from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident, Relation
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind
from bot.domain.message import FEED, Notice, Posted
from bot.domain.policy import Policy
from bot.ports import Change
from bot.usecases.guards import ThawWish

MAILS = OUTAGE.model_copy(update={"title": "The mails do not go out", "service": "auth"})
ALERT = OUTAGE.model_copy(update={"dedup_key": "alert/checkout"})


Happening = Callable[[], Awaitable[object]]


class Meanwhile(RedisStore):
    """A store before whose next commits something else happens: before each one thing."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self.coming: list[Happening] = []

    async def commit(self, change: Change) -> str | None:
        """Let it happen first."""
        if self.coming:
            await self.coming.pop(0)()
        return await super().commit(change)


async def nothing() -> None:
    """Nothing happens."""


async def away() -> None:
    """Redis cannot be reached."""
    raise StoreUnavailable("Redis is away.", outcome=Outcome.NOT_DONE)


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


# ── An alert that comes again ────────────────────────────────────────────────────────────────────


async def test_an_alert_in_the_instant_of_the_resolution_is_news(
    bench: IncidentBench, store: Meanwhile
) -> None:
    first = await bench.declare(ALERT, once="1")

    async def resolved() -> None:
        await bench.cases.responding.resolve(identity(DANA), first.ref, "A pool.", "Rolled back.")

    store.coming = [resolved]
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

    store.coming = [acked]
    again = await bench.declared(ALERT, once="2")
    assert (again.known, again.incident.ref) == (True, first.ref)
    assert await alerts(bench, first.ref) == 1


# ── A part of an incident ────────────────────────────────────────────────────────────────────────


def related(incident: Incident) -> list[tuple[str, Relation]]:
    """What others are to it."""
    return [(each.incident, each.relation) for each in incident.related]


@pytest.mark.parametrize("written", range(3))
async def test_a_part_is_there_with_its_relation_or_not_at_all(
    bench: IncidentBench, store: Meanwhile, written: int
) -> None:
    """Redis goes away after so many writes; what is typed again then is the only one."""
    whole = await bench.declare()
    sub = bench.cases.relations.sub
    store.coming = [*[nothing] * written, away]
    try:
        part = await sub(identity(MAX), whole.ref, MAILS, once="typed")
    except StoreUnavailable:
        part = await sub(identity(MAX), whole.ref, MAILS, once="typed again")
    opened = {each.ref: each for each in await bench.incidents.open()}
    assert set(opened) == {whole.ref, part.ref}
    assert related(opened[part.ref]) == [(whole.ref, Relation.PARENT)]
    assert related(opened[whole.ref]) == [(part.ref, Relation.SUB)]


async def test_a_part_of_what_becomes_private_meanwhile_is_private(
    bench: IncidentBench, store: Meanwhile
) -> None:
    whole = await bench.declare()

    async def hidden() -> None:
        await bench.cases.relations.make_private(identity(DANA), whole.ref)

    store.coming = [hidden]
    part = await bench.cases.relations.sub(identity(DANA), whole.ref, MAILS, once="typed")
    assert part.private
    assert len(await bench.incidents.open()) == 2


async def test_who_relates_both_is_written_down_in_both(bench: IncidentBench) -> None:
    whole = await bench.declare()
    part = await bench.cases.relations.sub(identity(MAX), whole.ref, MAILS, once="typed")
    for each, other in ((whole, part), (part, whole)):
        lines = [line for line in await bench.lines(each) if line.kind is LineKind.LINK]
        assert [(line.by, other.ref in (line.text, line.subject)) for line in lines] == [
            (MAX, True)
        ]


async def test_a_private_part_is_not_named_where_everybody_reads(
    bench: IncidentBench, store: Meanwhile
) -> None:
    """Nor is it a part of what has changed since that was decided."""
    whole = await bench.declare()
    before = await bench.lines(whole)

    async def acked() -> None:
        await bench.cases.responding.ack(identity(DANA), whole.ref)

    store.coming = [acked]
    wish = MAILS.model_copy(update={"private": True})
    part = await bench.cases.relations.sub(identity(DANA), whole.ref, wish, once="typed")
    assert related(part) == [(whole.ref, Relation.PARENT)]
    assert related(await bench.now(whole)) == []
    assert LineKind.LINK not in {line.kind for line in await bench.lines(whole)}
    assert len(await bench.lines(whole)) > len(before)


# ── Freezes ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def production(memory: Connections) -> AsyncIterator[Bench]:
    """Production, which Sam guards."""
    catalog = policies.catalog(Policy(hold_after_rollback=timedelta(0)))
    async with bench_of(
        memory, catalog.model_copy(update={"incidents": incident_policy()})
    ) as built:
        yield built


@pytest.mark.parametrize("when", ["before it is read", "before it is written"])
async def test_a_freeze_that_was_ended_stays_ended_when_its_incident_is_hidden(
    production: Bench, memory: Connections, when: str
) -> None:
    """Also before the incident has heard that it was."""
    cases, guards = production.use_cases.incidents, production.use_cases.guards
    declared = await cases.declaring.declare(identity(MAX), OUTAGE, once="declared")
    why, ref = "It is only the report.", declared.incident.ref
    wish = ThawWish(environment="production", reason=why, incident=ref)

    async def thawed() -> None:
        await guards.thaw(identity(SAM), wish, once="thawed")

    store = Meanwhile(memory)
    if when == "before it is read":
        await thawed()
    else:
        store.coming = [thawed]
    acting = cases.relations.acting
    acting = replace(acting, transitions=replace(acting.transitions, store=store))
    relations = replace(cases.relations, acting=acting)
    hidden = await relations.make_private(identity(MAX), declared.incident.ref)
    assert hidden.private
    assert (await production.store.restrictions()).value.freezes == ()
    await production.delivery.empty(FEED)
    after = (await cases.transitions.incidents.incident(hidden.ref)).value
    assert after.freeze is not None
    assert after.freeze.lifted_by == SAM
    assert (await production.store.restrictions()).value.freezes == ()


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_freeze_that_two_people_ask_for_is_told_once(
    production: Bench, memory: Connections, at_once: bool
) -> None:
    """One a moment after the other, or in the same instant; what ends later is another one."""
    joins, cases = production.use_cases.joins, production.use_cases.incidents
    wish = OUTAGE.model_copy(update={"severity": Severity.P3})
    ref = (await cases.declaring.declare(identity(MAX), wish, once="declared")).incident.ref

    async def frozen() -> None:
        await joins.freeze(identity(SAM), ref)
        production.clock.move(timedelta(milliseconds=400))

    store = Meanwhile(memory)
    if at_once:
        store.coming = [frozen]
    else:
        await frozen()
    acting = replace(joins.acting, transitions=replace(joins.acting.transitions, store=store))
    await replace(joins, acting=acting).freeze(identity(MAX), ref)
    assert await told(production) == [Posted.FROZEN]
    longer = await joins.freeze(identity(MAX), ref, timedelta(hours=6))
    (held,) = (await production.store.restrictions()).value.freezes
    assert longer.freeze is not None
    assert held.until == longer.freeze.until == production.clock.now() + timedelta(hours=6)
    assert await told(production) == [Posted.FROZEN, Posted.FROZEN]


async def told(production: Bench) -> list[Posted]:
    """What those who deploy were told."""
    await production.delivery.empty(production.catalog.deploys_channel)
    said = [entry.message for entry, _ in production.board.scenes.values()]
    return [each.said for each in said if isinstance(each, Notice)]
