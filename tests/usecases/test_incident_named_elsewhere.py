"""What is private, next to what everybody sees: merged, related, and what is written where."""

import pytest
from engine import identity
from incident_engine import LEAK, OUTAGE, IncidentBench
from samples import DANA, MAX, SAM

from bot.domain.errors import ConcurrentUpdate, UsageError
from bot.domain.incident_policy import Role
from bot.domain.incidents.incident import Incident, Relation
from bot.domain.incidents.states import State
from bot.ports import Change


@pytest.fixture
async def public(bench: IncidentBench) -> Incident:
    """What everybody sees; Max has declared it."""
    return await bench.declare(who=MAX)


@pytest.fixture
async def secret(bench: IncidentBench) -> Incident:
    """What Dana and Sam see, both of whom are in it."""
    made = await bench.declare(LEAK, who=DANA)
    return await bench.cases.crew.call_in(identity(DANA), made.ref, frozenset({SAM}))


async def recorded(bench: IncidentBench, incident: Incident) -> str:
    """Everything that is kept of it, and on its way to where it is told."""
    document = (await bench.now(incident)).model_dump_json()
    lines = [line.model_dump_json() for line in await bench.lines(incident)]
    waiting = [
        entry.model_dump_json()
        for entries in (await bench.waiting()).values()
        for entry in entries
        if f'"incident":"{incident.ref}"' in entry.model_dump_json()
    ]
    return "\n".join([document, *lines, *waiting])


async def test_a_private_incident_goes_on_in_a_public_one_without_being_named_there(
    bench: IncidentBench, public: Incident, secret: Incident
) -> None:
    before = await bench.now(public)
    merged = await bench.cases.relations.merge(identity(DANA), secret.ref, public.ref)
    assert merged.state is State.MERGED
    assert public.ref in await recorded(bench, merged)
    assert await bench.now(public) == before
    assert secret.ref not in await recorded(bench, public)


async def test_a_public_incident_that_goes_on_in_a_private_one_says_where(
    bench: IncidentBench, public: Incident, secret: Incident
) -> None:
    """Its people do not come along: they would see it."""
    await bench.cases.crew.give(identity(DANA), public.ref, Role.LEAD)
    merged = await bench.cases.relations.merge(identity(DANA), public.ref, secret.ref)
    assert merged.related[0].incident == secret.ref
    kept = await bench.now(secret)
    assert [each.incident for each in kept.related] == [public.ref]
    assert MAX not in kept.responders


async def test_what_became_private_after_it_was_merged_goes_on_unseen(
    bench: IncidentBench, public: Incident
) -> None:
    """Where everybody reads stands what they knew before, and not a word of what is done since."""
    one = await bench.declare(OUTAGE, who=DANA, once="one")
    await bench.cases.relations.merge(identity(DANA), one.ref, public.ref)
    await bench.cases.relations.make_private(identity(DANA), one.ref)
    before = await bench.now(public)
    back = await bench.cases.responding.reopen(identity(DANA), one.ref, "Something else.")
    assert (back.state, back.related) == (State.TRIAGE, ())
    assert await bench.now(public) == before


async def test_what_goes_on_is_looked_at_in_the_same_instant(
    bench: IncidentBench, public: Incident, secret: Incident
) -> None:
    """Nothing is written in the public one, and still it must not have ended meanwhile."""
    commit = bench.store.commit
    ended = []

    async def late(change: Change) -> str | None:
        if not ended:
            ended.append(change)
            await bench.cases.responding.resolve(identity(MAX), public.ref, "A pool.", "Grown.")
        return await commit(change)

    bench.store.commit = late
    with pytest.raises((UsageError, ConcurrentUpdate), match="does not go on"):
        await bench.cases.relations.merge(identity(DANA), secret.ref, public.ref)
    assert (await bench.now(secret)).active


@pytest.mark.parametrize("from_secret", [True, False])
async def test_what_is_private_is_related_on_its_own_side_only(
    bench: IncidentBench, public: Incident, secret: Incident, from_secret: bool
) -> None:
    pair = (secret.ref, public.ref) if from_secret else (public.ref, secret.ref)
    await bench.cases.relations.relate(identity(DANA), *pair, Relation.RELATED)
    assert [each.incident for each in (await bench.now(secret)).related] == [public.ref]
    assert secret.ref not in await recorded(bench, public)


async def test_what_everybody_sees_is_related_on_both_sides(
    bench: IncidentBench, public: Incident
) -> None:
    other = await bench.declare(OUTAGE.model_copy(update={"title": "Search is slow"}))
    await bench.cases.relations.relate(identity(DANA), other.ref, public.ref, Relation.SUB)
    assert [each.incident for each in (await bench.now(other)).related] == [public.ref]
    (back,) = (await bench.now(public)).related
    assert (back.incident, back.relation) == (other.ref, Relation.PARENT)
