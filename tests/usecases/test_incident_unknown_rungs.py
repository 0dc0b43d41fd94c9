"""Rungs of which nobody can say who stands on them: awaited, never taken for empty."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from engine import identity
from incident_engine import MINUTE, IncidentBench, incident_bench
from samples import DANA, MAX, NOW, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.catalog import Group
from bot.domain.errors import ConcurrentUpdate, SlackUnavailable
from bot.domain.incident_policy import Rotation, Rung
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import PAGER, DirectWord, IncidentNote, Word
from bot.domain.incidents.timeline import LineKind
from bot.views.incidents.chapters import told
from bot.views.incidents.notes import incident_note

LADDER = (Rung(name="Primary", group="sre"), Rung(name="Lead", group="owners"))
# Slack alone knows who is in them; nobody is in the last one.
GROUPS = {
    name: Group(name=name, usergroup=f"S0{name.upper()}")
    for name in ("sre", "owners", "finance", "developers", "nobody")
}
HOURS = timedelta(hours=2)


def prepared(bench: IncidentBench) -> IncidentBench:
    """A bench whose groups are user groups of a Slack that is away."""
    bench.catalog = bench.catalog.model_copy(update={"groups": GROUPS})
    bench.people.away = True
    bench.again()
    return bench


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """Two rungs that are groups; Slack has never said who is in them."""
    async with incident_bench(memory, ladder=LADDER) as built:
        yield prepared(built)


async def called(bench: IncidentBench, person: str) -> int:
    """How often somebody is on the way to be told of a page, as a card of its own."""
    waiting = (await bench.waiting()).get(person, [])
    said = [entry.message for entry in waiting]
    return sum(isinstance(each, DirectWord) and each.word is Word.PAGED for each in said)


def pages(incident: Incident) -> list[tuple[str, tuple[str, ...], bool]]:
    """Its pages: the rung, its people, and whether nobody can say who that is."""
    return [(page.name, page.people, page.unknown) for page in incident.pages]


@pytest.mark.parametrize("restarted", [False, True])
async def test_the_first_rung_is_called_as_soon_as_it_is_known(
    bench: IncidentBench, restarted: bool
) -> None:
    incident = await bench.declare()
    assert pages(incident) == [("Primary", (), True)]
    await bench.pass_time(20 * MINUTE)
    assert pages(await bench.now(incident)) == [("Primary", (), True)]
    if restarted:
        bench.again()
    bench.people.away = False
    await bench.pass_time(20 * MINUTE + timedelta(seconds=10))
    now = await bench.now(incident)
    assert pages(now) == [("Primary", (SAM,), False)]
    assert await called(bench, SAM) == 1
    # From now on, they have their time to answer.
    await bench.pass_time(25 * MINUTE)
    assert len((await bench.now(incident)).pages) == 1
    await bench.pass_time(HOURS)
    assert pages(await bench.now(incident)) == [
        ("Primary", (SAM,), False),
        ("Lead", (OLIVIA,), False),
    ]
    assert await called(bench, SAM) == 1


async def test_the_paging_service_is_told_at_once_and_once(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.delivery.empty(PAGER)
    assert bench.beeper.pages == [(incident.ref, "Primary")]
    await bench.pass_time(30 * MINUTE)
    await bench.delivery.empty(PAGER)
    assert bench.beeper.pages == [(incident.ref, "Primary")]


async def test_slack_is_asked_every_few_seconds_and_no_more(bench: IncidentBench) -> None:
    await bench.declare()
    before = bench.people.asked
    await bench.pass_time(MINUTE)
    assert 3 <= bench.people.asked - before <= 20


async def test_two_workers_call_it_once(bench: IncidentBench) -> None:
    incident = await bench.declare()
    bench.people.away = False
    bench.clock.move(MINUTE)
    looks = [bench.cases.ringing.tick(incident.ref) for _ in range(3)]
    for outcome in await asyncio.gather(*looks, return_exceptions=True):
        assert isinstance(outcome, int | ConcurrentUpdate)
    assert pages(await bench.now(incident)) == [("Primary", (SAM,), False)]
    assert await called(bench, SAM) == 1


async def test_a_rung_that_turns_out_to_be_empty_is_passed_at_once(memory: Connections) -> None:
    ladder = (Rung(name="Night watch", group="nobody"), *LADDER)
    async with incident_bench(memory, ladder=ladder) as built:
        bench = prepared(built)
        incident = await bench.declare()
        bench.people.away = False
        await bench.pass_time(timedelta(seconds=20))
        assert pages(await bench.now(incident)) == [
            ("Night watch", (), False),
            ("Primary", (SAM,), False),
        ]


async def test_whoever_is_known_is_called_meanwhile_in_time(memory: Connections) -> None:
    """The ladder goes on to people of whom it is known that they stand there, not past others."""
    turns = Rotation(people=(DANA,), every=timedelta(days=7), since=NOW)
    ladder = (LADDER[0], Rung(name="Turns", rotation=turns), LADDER[1])
    async with incident_bench(memory, ladder=ladder) as built:
        bench = prepared(built)
        incident = await bench.declare()
        await bench.pass_time(4 * MINUTE)
        assert pages(await bench.now(incident)) == [("Primary", (), True)]
        await bench.pass_time(20 * MINUTE)
        assert pages(await bench.now(incident)) == [
            ("Primary", (), True),
            ("Turns", (DANA,), False),
        ]
        bench.people.away = False
        await bench.pass_time(21 * MINUTE)
        assert pages(await bench.now(incident)) == [
            ("Primary", (SAM,), False),
            ("Turns", (DANA,), False),
            ("Lead", (OLIVIA,), False),
        ]


async def test_nobody_is_called_for_what_was_answered_meanwhile(bench: IncidentBench) -> None:
    incident = await bench.declare()
    bench.clock.move(MINUTE)
    await bench.cases.responding.ack(identity(MAX), incident.ref)
    bench.people.away = False
    await bench.pass_time(20 * MINUTE)
    assert pages(await bench.now(incident)) == [("Primary", (), True)]
    assert await called(bench, SAM) == 0


async def test_who_was_there_last_is_known_to_every_process(bench: IncidentBench) -> None:
    bench.people.away = False
    await bench.cases.paging.learn()
    bench.people.away = True
    bench.again()
    assert pages(await bench.declare()) == [("Primary", (SAM,), False)]


async def test_who_was_in_another_user_group_is_not_called(bench: IncidentBench) -> None:
    bench.people.away = False
    await bench.cases.paging.learn()
    bench.people.away = True
    other = Group(name="sre", usergroup="S0NEWGROUP")
    bench.catalog = bench.catalog.model_copy(update={"groups": {**GROUPS, "sre": other}})
    bench.again()
    assert pages(await bench.declare()) == [("Primary", (), True)]


async def test_escalating_by_hand_goes_on_to_the_next_rung(bench: IncidentBench) -> None:
    incident = await bench.declare()
    climbed = await bench.cases.crew.escalate(identity(DANA), incident.ref)
    assert pages(climbed) == [("Primary", (), True), ("Lead", (), True)]
    await bench.delivery.empty(PAGER)
    assert bench.beeper.pages == [(incident.ref, "Primary"), (incident.ref, "Lead")]
    bench.people.away = False
    await bench.pass_time(MINUTE)
    assert pages(await bench.now(incident)) == [
        ("Primary", (SAM,), False),
        ("Lead", (OLIVIA,), False),
    ]


async def test_calling_an_unknown_group_by_hand_says_so(bench: IncidentBench) -> None:
    incident = await bench.declare()
    for whom in ("lead", "finance"):
        with pytest.raises(SlackUnavailable, match="does not say who"):
            await bench.cases.crew.page(identity(DANA), incident.ref, whom)


async def test_what_is_read_says_that_nobody_can_say(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    await bench.cases.crew.escalate(identity(DANA), incident.ref)
    notes = [
        entry.message
        for entry in (await bench.waiting())[incident.room.channel or ""]
        if isinstance(entry.message, IncidentNote)
    ]
    assert any("does not say who" in incident_note(note, incident).text for note in notes)
    lines = [line for line in await bench.lines(incident) if line.kind is LineKind.PAGE]
    assert all("not known yet" in told("en", line) for line in lines)
