"""The timeline says who was asked to come, and by whom; who came alone, joined."""

from collections.abc import AsyncIterator

import pytest
from engine import identity
from incident_engine import LEAK, OUTAGE, IncidentBench, incident_bench
from incident_screens import LANGUAGES
from samples import DANA, MAX, OLIVIA, SAM
from screens import screen

from adapters.redis.connection import Connections
from bot.domain.audit import ENGINE
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import IncidentNote, IncidentSaid
from bot.domain.incidents.room import RoomKind
from bot.domain.incidents.timeline import LineKind
from bot.views.incidents.chapters import told
from bot.views.incidents.notes import incident_note


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """Nobody is paged, and nobody is a confidant."""
    async with incident_bench(memory, ladder=(), confidants=None) as built:
        yield built


async def came(bench: IncidentBench, incident: Incident) -> list[tuple[str, str, str]]:
    """How people came, who, and by whom."""
    return [
        (line.word, line.subject, line.by)
        for line in await bench.lines(incident)
        if line.kind is LineKind.ROLE and line.word in {"responder", "invited"}
    ]


@pytest.mark.parametrize(
    ("inviter", "line"),
    [
        (None, []),
        (ENGINE, [("invited", OLIVIA, ENGINE)]),
        (DANA, [("invited", OLIVIA, DANA)]),
    ],
)
async def test_whoever_comes_into_a_public_room_came_alone_or_was_asked(
    bench: IncidentBench, inviter: str | None, line: list[tuple[str, str, str]]
) -> None:
    incident = await bench.furnish(await bench.declare())
    for _ in range(2):
        await bench.cases.crew.entered(identity(OLIVIA), incident.room.channel or "", inviter)
    assert await came(bench, incident) == line


@pytest.mark.parametrize(("inviter", "by"), [(None, ENGINE), (ENGINE, ENGINE), (DANA, DANA)])
async def test_nobody_comes_into_a_private_room_alone(
    bench: IncidentBench, inviter: str | None, by: str
) -> None:
    incident = await bench.furnish(await bench.declare(LEAK))
    await bench.cases.crew.hand_off(identity(DANA), incident.ref, SAM)
    await bench.cases.crew.entered(identity(SAM), incident.room.channel or "", inviter)
    assert await came(bench, incident) == [("invited", SAM, by)]


async def test_whoever_presses_join_has_joined_and_others_were_brought_in(
    bench: IncidentBench,
) -> None:
    incident = await bench.declare()
    await bench.cases.crew.join(identity(SAM), incident.ref)
    await bench.cases.crew.call_in(identity(DANA), incident.ref, frozenset({MAX}))
    assert await came(bench, incident) == [("responder", SAM, SAM), ("invited", MAX, DANA)]
    lines = [line for line in await bench.lines(incident) if line.word == "invited"]
    for language in LANGUAGES:
        assert f"<@{MAX}> · <@{DANA}>" in told(language, lines[0])
    assert "invited" in told("en", lines[0])


async def test_a_thread_says_who_joined_and_who_was_brought_in(bench: IncidentBench) -> None:
    wish = OUTAGE.model_copy(update={"room": RoomKind.THREAD})
    incident = await bench.furnish(await bench.declare(wish))
    assert incident.room.kind is RoomKind.THREAD
    await bench.cases.crew.join(identity(SAM), incident.ref)
    await bench.cases.crew.call_in(identity(DANA), incident.ref, frozenset({MAX}))
    said = [entry.message for waiting in (await bench.waiting()).values() for entry in waiting]
    assert [
        screen(incident_note(each, incident))
        for each in said
        if isinstance(each, IncidentNote) and each.said is IncidentSaid.JOINED
    ] == [f"👋 <@{SAM}> joined.", f"👋 <@{DANA}> brought in <@{MAX}>."]
