"""Whoever takes the lead themselves has acknowledged; to whom it was given has not."""

import pytest
from engine import identity
from incident_engine import LEAK, MINUTE, OUTAGE, IncidentBench
from incident_samples import RESOLUTION, ROOT_CAUSE
from samples import DANA, MAX, NOW, SAM
from screens import buttons

from bot.domain.errors import UsageError
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.events import Bell, RoleGiven
from bot.domain.incidents.incident import Incident, IncidentKind, Moment
from bot.domain.incidents.people import taken
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind
from bot.views.incidents.card import incident_card

SMALL = OUTAGE.model_copy(update={"severity": Severity.P3})
DRILL = OUTAGE.model_copy(update={"kind": IncidentKind.DRILL})
LATE = OUTAGE.model_copy(
    update={"kind": IncidentKind.BACKFILLED, "occurred": NOW - 60 * MINUTE, "dedup_key": None}
)


async def told(bench: IncidentBench, incident: Incident) -> list[tuple[LineKind, str, str]]:
    """Who leads and who has acknowledged, as the timeline has it."""
    wanted = {LineKind.ROLE, LineKind.ACK}
    lines = await bench.lines(incident)
    return [(line.kind, line.word, line.by) for line in lines if line.kind in wanted]


@pytest.mark.parametrize("wish", [OUTAGE, LEAK, DRILL, SMALL], ids=["P1", "private", "drill", "P3"])
async def test_whoever_takes_the_lead_has_acknowledged(bench: IncidentBench, wish: object) -> None:
    """A drill does as the real thing does; what is in triage stays there."""
    incident = await bench.declare(OUTAGE.model_validate(wish))
    state = incident.state
    bench.clock.move(2 * MINUTE)
    leads = await bench.cases.crew.give(identity(DANA), incident.ref, Role.LEAD)
    stamp = leads.times[Moment.ACKED]
    assert (leads.lead, stamp.by, stamp.at) == (DANA, DANA, NOW + 2 * MINUTE)
    assert (leads.state, leads.clocks.respond_by) == (state, None)
    assert all((page.acked_by, page.acked_at) == (DANA, stamp.at) for page in leads.pages)
    assert await told(bench, leads) == [(LineKind.ROLE, "lead", DANA), (LineKind.ACK, "", DANA)]
    shown = buttons(incident_card(leads, bench.catalog.incidents))
    assert not {"Acknowledge", "Take lead"} & shown.keys()


async def test_nobody_is_told_that_nobody_answers_what_somebody_leads(bench: IncidentBench) -> None:
    """Nor is anybody else called before it takes too long."""
    incident = await bench.declare()
    bench.clock.move(2 * MINUTE)
    await bench.cases.crew.give(identity(MAX), incident.ref, Role.LEAD)
    await bench.pass_time(29 * MINUTE)
    now = await bench.now(incident)
    assert [page.acked_by for page in now.pages] == [MAX]
    rung = [line.word for line in await bench.lines(now) if line.kind is LineKind.CLOCK]
    assert Bell.RESPONSE_BREACHED not in rung


@pytest.mark.parametrize("who", [SAM, MAX])
async def test_the_paging_service_hears_of_it_once(bench: IncidentBench, who: str) -> None:
    """Whether the lead was called, as Sam was, or not."""
    incident = await bench.declare()
    await bench.deliver()
    await bench.cases.crew.give(identity(who), incident.ref, Role.LEAD)
    await bench.deliver()
    assert bench.beeper.acknowledged == [incident.ref]


async def test_it_counts_once_and_not_after_somebody_else(bench: IncidentBench) -> None:
    incident = await bench.declare()
    crew = bench.cases.crew
    for _ in range(2):
        await crew.give(identity(SAM), incident.ref, Role.LEAD)
    leads = await crew.give(identity(MAX), incident.ref, Role.LEAD)
    assert (leads.lead, leads.times[Moment.ACKED].by) == (MAX, SAM)
    assert await told(bench, leads) == [
        (LineKind.ROLE, "lead", SAM),
        (LineKind.ACK, "", SAM),
        (LineKind.ROLE, "lead", MAX),
    ]


async def test_whoever_accepts_the_lead_has_acknowledged(bench: IncidentBench) -> None:
    incident = await bench.declare()
    crew = bench.cases.crew
    with pytest.raises(UsageError, match="not offered"):
        await crew.accept(identity(MAX), incident.ref)
    assert Moment.ACKED not in (await bench.now(incident)).times
    await crew.hand_off(identity(DANA), incident.ref, SAM)
    leads = await crew.accept(identity(SAM), incident.ref)
    assert (leads.lead, leads.times[Moment.ACKED].by, leads.handoff) == (SAM, SAM, None)


@pytest.mark.parametrize(("who", "role"), [(DANA, Role.LEAD), (SAM, Role.COMMS)])
async def test_who_was_given_it_or_has_another_role_has_not(
    bench: IncidentBench, who: str, role: Role
) -> None:
    """Until whoever has it says that it is theirs."""
    incident = await bench.declare()
    crew = bench.cases.crew
    given = await crew.give(identity(who), incident.ref, role, SAM)
    assert Moment.ACKED not in given.times
    assert given.clocks.respond_by is not None
    leads = await crew.give(identity(SAM), incident.ref, Role.LEAD)
    assert leads.times[Moment.ACKED].by == SAM


async def test_what_is_over_waits_for_no_answer(bench: IncidentBench) -> None:
    resolved = await bench.declare()
    await bench.cases.responding.resolve(identity(DANA), resolved.ref, ROOT_CAUSE, RESOLUTION)
    written = await bench.declare(LATE)
    for incident in (resolved, written):
        led = await bench.cases.crew.give(identity(SAM), incident.ref, Role.LEAD)
        assert (led.lead, led.at(Moment.ACKED)) == (SAM, None)
    assert (await bench.now(resolved)).state is State.RESOLVED


async def test_a_machine_that_leads_has_answered_nothing(bench: IncidentBench) -> None:
    """It cannot be asked anything."""
    machine = "cli:max"
    event = RoleGiven(role=Role.LEAD, to=machine)
    assert taken(await bench.declare(), event, machine) == (event,)
