"""Who is in already gets no page by the ladder, neither in time nor by hand."""

import pytest
from engine import identity
from incident_engine import MINUTE, IncidentBench
from samples import DANA, OLIVIA, SAM

from bot.domain.incident_policy import Role
from bot.domain.incidents.messages import DirectWord, Word
from bot.domain.incidents.states import State


async def pages_of(bench: IncidentBench, person: str) -> set[str]:
    """The pages that somebody is told of."""
    waiting = (await bench.waiting()).get(person, [])
    said = [entry.message for entry in waiting]
    return {each.about for each in said if isinstance(each, DirectWord) and each.word is Word.PAGED}


async def test_the_lead_is_not_paged_for_what_takes_too_long(bench: IncidentBench) -> None:
    """Sam is the first rung, and the third."""
    incident = await bench.declare()
    bench.clock.move(MINUTE)
    await bench.cases.crew.give(identity(SAM), incident.ref, Role.LEAD)
    await bench.pass_time(36 * MINUTE)
    now = await bench.now(incident)
    assert [(page.name, page.people) for page in now.pages] == [
        ("Primary", (SAM,)),
        ("Secondary", (DANA,)),
        ("Team lead", ()),
        ("Architect", (OLIVIA,)),
    ]
    assert await pages_of(bench, SAM) == {now.pages[0].id}


async def test_by_hand_one_gets_somebody_who_is_not_in(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    await bench.cases.crew.escalate(identity(SAM), incident.ref)
    bench.clock.move(MINUTE)
    climbed = await bench.cases.crew.escalate(identity(SAM), incident.ref)
    assert [(page.people, page.present) for page in climbed.pages[2:]] == [
        ((), (SAM,)),
        ((OLIVIA,), ()),
    ]


@pytest.mark.parametrize("back", [False, True])
async def test_monitoring_halts_the_ladder_and_going_back_lets_it_go_on(
    bench: IncidentBench, back: bool
) -> None:
    incident = await bench.declare()
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    await bench.cases.responding.move(identity(SAM), incident.ref, State.MONITORING, "")
    await bench.pass_time(50 * MINUTE)
    assert len((await bench.now(incident)).pages) == 1
    if back:
        await bench.cases.responding.move(identity(SAM), incident.ref, State.INVESTIGATING, "")
    await bench.pass_time(51 * MINUTE)
    assert len((await bench.now(incident)).pages) == (2 if back else 1)
