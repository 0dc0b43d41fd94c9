"""Two incidents that are one: where it goes on, and what came in, as people read it."""

from engine import identity
from incident_engine import LEAK, OUTAGE, IncidentBench
from samples import DANA, SAM
from screens import accepted, screen

from adapters.slack.rendering import rendered
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import (
    IncidentBroadcast,
    IncidentCard,
    IncidentMessage,
    IncidentNote,
)
from bot.usecases.incidents.redaction import redacted

OTHER = OUTAGE.model_copy(update={"title": "Payments are slow"})


async def read(bench: IncidentBench, about: Incident, kind: type[IncidentMessage]) -> str:
    """What is shown of one kind about an incident, newest last."""
    await bench.deliver()
    return "\n".join(
        screen(accepted(rendered(entry, scene, bench.catalog.incidents)))
        for entry, scene in bench.board.scenes.values()
        if isinstance(entry.message, kind) and scene.incident and scene.incident.ref == about.ref
    )


async def merged(bench: IncidentBench, into: Incident) -> Incident:
    """One with its room, which Dana merges into another."""
    one = await bench.furnish(await bench.declare(OTHER))
    await bench.deliver()
    await bench.cases.relations.merge(identity(DANA), one.ref, into.ref)
    return await bench.now(one)


async def test_what_was_merged_leads_to_where_it_goes_on(bench: IncidentBench) -> None:
    """On its card, on its alert, and in its room."""
    into = await bench.furnish(await bench.declare())
    one = await merged(bench, into)
    way = f"*{into.ref}* <#{into.room.channel}>"
    for kind in (IncidentCard, IncidentBroadcast):
        assert f"It goes on in {way}" in await read(bench, one, kind)
    note = await read(bench, one, IncidentNote)
    assert f"<@{DANA}> says that this is one with *{into.ref}* “{OUTAGE.title}” <#" in note


async def test_where_it_goes_on_hears_what_came_in_and_by_whom(bench: IncidentBench) -> None:
    into = await bench.furnish(await bench.declare())
    one = await merged(bench, into)
    note = await read(bench, into, IncidentNote)
    assert f"<@{DANA}> · Duplicate: *{one.ref}* “{OTHER.title}” <#{one.room.channel}>" in note


async def test_where_it_went_on_hears_that_it_was_none_of_it(bench: IncidentBench) -> None:
    into = await bench.furnish(await bench.declare())
    one = await merged(bench, into)
    await bench.cases.responding.reopen(identity(DANA), one.ref, "Something else.")
    note = await read(bench, into, IncidentNote)
    assert f"<@{DANA}> · No duplicate after all: *{one.ref}* “{OTHER.title}” <#" in note


async def test_a_private_one_is_named_by_its_reference_alone(bench: IncidentBench) -> None:
    """Also one that has become private between the writing and the reading."""
    secret = await bench.furnish(await bench.declare(LEAK))
    later = await bench.furnish(await bench.declare(who=SAM))
    one = await merged(bench, secret)
    two = await bench.furnish(await bench.declare(OTHER, once="two"))
    await bench.deliver()
    await bench.cases.relations.merge(identity(DANA), two.ref, later.ref)
    await bench.cases.relations.make_private(identity(SAM), later.ref)
    for gone, into in ((one, secret), (two, later)):
        for kind in (IncidentCard, IncidentBroadcast, IncidentNote):
            said = await read(bench, gone, kind)
            assert f"*{into.ref}*" in said
            assert into.title not in said
            assert f"<#{into.room.channel}>" not in said
    assert redacted(later).title not in LEAK.title
