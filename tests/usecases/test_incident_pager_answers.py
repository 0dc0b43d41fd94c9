"""What the paging service hears of answers: whoever has answered is not called any more."""

from collections.abc import AsyncIterator

import pytest
from engine import identity
from incident_engine import MINUTE, OUTAGE, IncidentBench, incident_bench
from premises import Beeper
from samples import DANA, MAX, SAM

from adapters.redis.connection import Connections
from bot.domain.incidents.calls import Page
from bot.domain.incidents.escalation import answered
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import PAGER, OutsidePage


class Alerts(Beeper):
    """A pager with an alert for each page, by whom it calls: it rings until it is acknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.ringing: list[str] = []

    async def page(self, incident: Incident, page: Page) -> None:
        """Call out; the same page twice is one alert."""
        await super().page(incident, page)
        self.ringing += [page.name] if page.name not in self.ringing else []

    async def acknowledge(self, incident: Incident) -> None:
        """Stop calling for what somebody is on, or all."""
        await super().acknowledge(incident)
        over = [page for page in incident.pages if not incident.active or answered(incident, page)]
        self.ringing = [name for name in self.ringing if name not in {page.name for page in over}]


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """A world whose pager keeps alerts."""
    async with incident_bench(memory) as built:
        built.beeper = Alerts()
        built.again()
        yield built


async def two_called(bench: IncidentBench) -> tuple[Incident, list[str]]:
    """Dana and then Max were called by hand after the first answer, and neither has answered."""
    incident = await bench.declare()
    await bench.cases.crew.answer(identity(SAM), incident.ref, incident.pages[0].id)
    for person in (DANA, MAX):
        bench.clock.move(2 * MINUTE)
        incident = await bench.cases.crew.page(identity(SAM), incident.ref, person)
    await bench.deliver()
    return incident, [page.id for page in incident.pages[1:]]


def alerts(bench: IncidentBench) -> Alerts:
    """The pager."""
    assert isinstance(bench.beeper, Alerts)
    return bench.beeper


async def test_whoever_answers_an_earlier_page_is_not_called_any_more(
    bench: IncidentBench,
) -> None:
    incident, (first, second) = await two_called(bench)
    assert alerts(bench).ringing == [DANA, MAX]
    told = len(alerts(bench).pages)
    await bench.cases.crew.answer(identity(DANA), incident.ref, first)
    await bench.deliver()
    assert alerts(bench).ringing == [MAX]
    assert len(alerts(bench).pages) == told  # whom nobody asked about is not called once more
    await bench.cases.crew.answer(identity(MAX), incident.ref, second)
    await bench.deliver()
    assert alerts(bench).ringing == []


async def test_whoever_takes_it_on_is_not_called_any_more(bench: IncidentBench) -> None:
    incident, _ = await two_called(bench)
    await bench.cases.responding.ack(identity(DANA), incident.ref)
    await bench.deliver()
    assert alerts(bench).ringing == [MAX]


@pytest.mark.parametrize("private", [False, True])
async def test_what_a_new_call_finds_answered_is_silent(
    bench: IncidentBench, private: bool
) -> None:
    """An answer that came while the service was away is told with whatever is told next."""
    incident = await bench.declare(OUTAGE.model_copy(update={"private": private}))
    await bench.deliver()
    assert alerts(bench).ringing == ["Primary"]
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    bench.clock.move(2 * MINUTE)
    called = await bench.cases.crew.page(identity(SAM), incident.ref, MAX)
    newest = called.pages[-1]
    await bench.outbox.settle(PAGER, tuple((await bench.waiting())[PAGER]))
    showing = bench.delivery.scenes.showing
    assert showing is not None
    await showing.call_out(OutsidePage(incident=incident.ref, page=newest.id))
    assert alerts(bench).ringing == [MAX]
