"""Clocks and the ladder: everything in time, once, on any number of replicas."""

import asyncio
from datetime import timedelta

import pytest
from engine import identity
from incident_engine import MINUTE, OUTAGE, IncidentBench, incident_bench
from incident_samples import RESOLUTION, ROOT_CAUSE
from samples import DANA, MAX, NOW, OLIVIA, SAM

from adapters.redis import keys
from adapters.redis.connection import Connections
from bot.domain.catalog import Group
from bot.domain.errors import ConcurrentUpdate, UsageError
from bot.domain.incident_policy import Rung, Severity
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind

HOUR = timedelta(hours=1)


async def bells(bench: IncidentBench, incident: Incident) -> list[tuple[str, int]]:
    """What rang, and after how many minutes."""
    return [
        (line.word, int((line.at - NOW) / MINUTE))
        for line in await bench.lines(incident)
        if line.kind is LineKind.CLOCK
    ]


async def test_what_nobody_answers_climbs_the_ladder_to_its_end(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.pass_time(HOUR)
    pages = (await bench.now(incident)).pages
    told = [(page.name, page.people, int((page.at - NOW) / MINUTE)) for page in pages]
    assert told == [
        ("Primary", (SAM,), 0),
        ("Secondary", (DANA,), 5),
        ("Team lead", (SAM,), 10),
        ("Architect", (OLIVIA,), 15),
        ("CTO", (MAX,), 20),
    ]
    assert ("nobody is left to page", 25) in await bells(bench, incident)


async def test_an_answer_ends_the_climb_until_it_takes_too_long(bench: IncidentBench) -> None:
    incident = await bench.declare()
    bench.clock.move(MINUTE)
    await bench.cases.crew.answer(identity(SAM), incident.ref, incident.pages[0].id)
    await bench.pass_time(29 * MINUTE)
    assert [page.name for page in (await bench.now(incident)).pages] == ["Primary"]
    await bench.pass_time(31 * MINUTE)
    assert [page.name for page in (await bench.now(incident)).pages][:2] == ["Primary", "Secondary"]


async def test_every_bell_rings_once_and_in_time(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    await bench.pass_time(HOUR + MINUTE)
    assert await bells(bench, incident) == [
        ("update due soon", 25),
        ("half of the time to resolve is over", 30),
        ("update due", 30),
        ("update overdue", 40),
        # Sam, who is the team lead as well, is in already, and passed.
        ("nobody is left to page", 45),
        ("four fifths of the time to resolve are over", 48),
        ("resolution breached", 60),
    ]


@pytest.mark.parametrize("late", [False, True])
async def test_two_replicas_ring_everything_once(bench: IncidentBench, late: bool) -> None:
    """They look in the same instant, again and again, or all at once after a long pause."""
    incident = await bench.declare()
    for _ in range(1 if late else 65):
        bench.clock.move(65 * MINUTE if late else MINUTE)
        looks = [bench.cases.ringing.tick(incident.ref) for _ in range(3)]
        for outcome in await asyncio.gather(*looks, return_exceptions=True):
            assert isinstance(outcome, int | ConcurrentUpdate)
        await bench.cases.ringing.tick(incident.ref)
    now = await bench.now(incident)
    names = [page.name for page in now.pages]
    assert names == ["Primary", "Secondary", "Team lead", "Architect", "CTO"][: len(names)]
    rang = [word for word, _ in await bells(bench, incident)]
    assert len(rang) == len(set(rang))
    assert "resolution breached" in rang


async def test_nothing_rings_when_it_is_over(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.cases.responding.move(identity(DANA), incident.ref, State.CANCELLED, "A test.")
    bench.clock.move(48 * HOUR)
    assert await bench.cases.ringing.tick(incident.ref) == 0
    assert await bench.due() == {}


async def test_a_look_before_its_time_says_when_to_look_again(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.memory.commands.delete(keys.DUE)
    assert await bench.cases.ringing.tick(incident.ref) == 0
    assert (await bench.due())[incident.ref] == NOW + 5 * MINUTE


async def test_the_post_mortem_is_asked_for_after_five_days(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.cases.responding.resolve(identity(SAM), incident.ref, ROOT_CAUSE, RESOLUTION)
    await bench.pass_time(timedelta(days=6))
    assert await bells(bench, incident) == [("post-mortem due", 5 * 24 * 60)]


async def test_a_worse_severity_calls_from_the_foot_of_the_ladder(bench: IncidentBench) -> None:
    small = await bench.declare(OUTAGE.model_copy(update={"severity": Severity.P3}))
    await bench.pass_time(10 * MINUTE)
    assert (await bench.now(small)).pages == ()
    await bench.cases.responding.severity(identity(MAX), small.ref, Severity.P1)
    await bench.pass_time(11 * MINUTE)
    assert [page.name for page in (await bench.now(small)).pages] == ["Primary"]


async def test_a_drill_calls_nobody(bench: IncidentBench) -> None:
    drill = await bench.declare(OUTAGE.model_copy(update={"kind": IncidentKind.DRILL}))
    await bench.pass_time(2 * HOUR)
    assert (await bench.now(drill)).pages == ()
    await bench.deliver()
    assert bench.beeper.pages == []


# ── Whom to call ─────────────────────────────────────────────────────────────────────────────────


async def test_a_page_goes_to_people_and_to_the_paging_service(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.deliver()
    assert bench.beeper.pages == [(incident.ref, "Primary")]
    await bench.cases.crew.answer(identity(SAM), incident.ref, incident.pages[0].id)
    await bench.deliver()
    assert bench.beeper.acknowledged == [incident.ref]


async def test_a_page_that_was_answered_meanwhile_calls_nobody(bench: IncidentBench) -> None:
    incident = await bench.declare()
    bench.beeper.away = True
    await bench.deliver()
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    bench.beeper.away = False
    await bench.deliver()
    assert bench.beeper.pages == []
    assert bench.beeper.acknowledged


async def test_the_ladder_does_not_wait_for_slack(memory: Connections) -> None:
    """Who is listed, or was there when Slack was asked last, is called; nobody stops the clock."""
    ladder = (Rung(name="Sre", group="sre"), Rung(name="Owners", group="owners"))
    async with incident_bench(memory, ladder=ladder) as bench:
        incident = await bench.declare()
        assert incident.pages[0].people == (SAM,)
        bench.people.away = True
        bench.catalog = bench.catalog.model_copy(
            update={
                "groups": {
                    **bench.catalog.groups,
                    "owners": Group(name="owners", members=frozenset({OLIVIA})),
                }
            }
        )
        bench.again()
        await bench.pass_time(6 * MINUTE)
        now = await bench.now(incident)
        assert [(page.name, page.people) for page in now.pages] == [
            ("Sre", (SAM,)),
            ("Owners", (OLIVIA,)),
        ]


async def test_whom_slack_named_last_is_called_while_it_is_away(memory: Connections) -> None:
    async with incident_bench(memory, ladder=(Rung(name="Sre", group="sre"),)) as bench:
        bench.catalog = bench.catalog.model_copy(update={"groups": {}})
        bench.again()
        await bench.declare()
        bench.people.away = True
        wish = OUTAGE.model_copy(update={"title": "The mails do not go out"})
        assert (await bench.declare(wish)).pages[0].people == (SAM,)


async def test_somebody_calls_a_rung_a_group_or_a_person(bench: IncidentBench) -> None:
    incident = await bench.declare()
    crew = bench.cases.crew
    for whom in ("architect", "sre", MAX):
        await crew.page(identity(DANA), incident.ref, whom)
    by_hand = [page for page in (await bench.now(incident)).pages if page.by_hand]
    assert [(page.name, page.people, page.by) for page in by_hand] == [
        ("architect", (OLIVIA,), DANA),
        ("sre", (SAM,), DANA),
        (MAX, (MAX,), DANA),
    ]
    with pytest.raises(UsageError, match="Nobody here is called") as refusal:
        await crew.page(identity(DANA), incident.ref, "bob")
    assert "Team lead" in refusal.value.hint


async def test_escalating_passes_rungs_with_nobody_and_ends_at_the_top(
    memory: Connections,
) -> None:
    ladder = tuple(Rung(name=name, group=name) for name in ("sre", "nobody", "owners"))
    async with incident_bench(memory, ladder=ladder) as bench:
        incident = await bench.declare()
        crew = bench.cases.crew
        climbed = await crew.escalate(identity(DANA), incident.ref)
        assert [(page.name, page.people) for page in climbed.pages] == [
            ("sre", (SAM,)),
            ("nobody", ()),
            ("owners", (OLIVIA,)),
        ]
        bench.clock.move(MINUTE)
        with pytest.raises(UsageError, match="no further rung"):
            await crew.escalate(identity(DANA), incident.ref)


async def test_a_rung_with_nobody_keeps_the_next_one_no_minute(memory: Connections) -> None:
    ladder = tuple(Rung(name=name, group=name) for name in ("nobody", "sre"))
    async with incident_bench(memory, ladder=ladder) as bench:
        assert [page.people for page in (await bench.declare()).pages] == [(), (SAM,)]
