"""A page by hand names the person, once; and says of somebody who cannot come why not."""

from collections.abc import AsyncIterator

import pytest
from engine import identity
from incident_engine import IncidentBench, incident_bench
from incident_samples import incident_policy
from incident_screens import LANGUAGES
from samples import DANA, MAX, NOW
from screens import screen

from adapters.redis.connection import Connections
from bot.domain.errors import UsageError
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import IncidentNote, IncidentSaid
from bot.domain.incidents.timeline import LineKind
from bot.views.incidents.chapters import told
from bot.views.incidents.notes import incident_note
from bot.views.incidents.postmortem import nameless, postmortem

GUEST = "U0GUEST01"


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """Nobody is paged by itself."""
    async with incident_bench(memory, ladder=()) as built:
        yield built


async def notes(bench: IncidentBench, incident: Incident, *said: IncidentSaid) -> list[str]:
    """What the room was told of these kinds."""
    waiting = (await bench.waiting())[incident.room.channel or ""]
    return [
        screen(incident_note(entry.message, await bench.now(incident)))
        for entry in waiting
        if isinstance(entry.message, IncidentNote) and entry.message.said in said
    ]


async def test_a_person_is_named_once_wherever_the_page_is_told(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    paged = await bench.cases.crew.page(identity(DANA), incident.ref, MAX)
    await bench.cases.crew.answer(identity(MAX), incident.ref, paged.pages[0].id)
    assert await notes(bench, incident, IncidentSaid.PAGED, IncidentSaid.PAGE_ACKED) == [
        f"📟 <@{DANA}> paged <@{MAX}>.",
        f"📟 <@{MAX}> answered the page.",
    ]
    lines = await bench.lines(incident)
    for language in LANGUAGES:
        (line,) = [told(language, each) for each in lines if each.kind is LineKind.PAGE]
        assert line.count(MAX) == 1
    text = postmortem(await bench.now(incident), (), incident_policy(), nameless, NOW)
    (line,) = [each for each in text.splitlines() if f" {MAX}; {MAX} after" in each]
    assert line.count(MAX) == 2


async def test_a_group_keeps_its_name_and_says_who_asked(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    await bench.cases.crew.page(identity(DANA), incident.ref, "finance")
    assert await notes(bench, incident, IncidentSaid.PAGED) == [
        f"📟 Paged finance: <@{MAX}> (<@{DANA}> asked)"
    ]


async def test_a_guest_or_a_bot_is_refused_with_the_reason(bench: IncidentBench) -> None:
    incident = await bench.declare()
    with pytest.raises(UsageError, match="cannot be paged: guests") as refused:
        await bench.cases.crew.page(identity(DANA), incident.ref, GUEST)
    assert "full member" in refused.value.hint
    with pytest.raises(UsageError, match="Nobody here is called"):
        await bench.cases.crew.page(identity(DANA), incident.ref, "gus")
