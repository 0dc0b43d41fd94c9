"""The chart of the figures of incidents: drawn from what one person may see, sent to them alone."""

from collections.abc import AsyncIterator

import policies
import pytest
from engine import Bench, bench_of, identity
from incident_samples import incident_policy
from samples import DANA, FOUR_EYES, SAM

from adapters.redis.connection import Connections
from bot.domain.errors import NotPermitted
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.messages import FiguresPicture
from bot.domain.policy import Policy

OUTAGE = Wish(title="Checkout answers 500s", severity=Severity.P3, service="auth")
LEAK = Wish(title="A key has leaked", severity=Severity.P3, private=True)


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """Incidents as in the samples."""
    catalog = policies.catalog(Policy(), rule=FOUR_EYES)
    with_incidents = catalog.model_copy(update={"incidents": incident_policy()})
    async with bench_of(memory, with_incidents) as built:
        yield built


async def answered(bench: Bench, wish: Wish, who: str) -> None:
    """Somebody declares it, and is on it: it has a figure."""
    cases = bench.use_cases.incidents
    declared = await cases.declaring.declare(identity(who), wish, once="1")
    await cases.responding.ack(identity(who), declared.incident.ref)


async def test_it_goes_to_whoever_asked_once(bench: Bench) -> None:
    await answered(bench, OUTAGE, DANA)
    for _ in range(2):
        assert await bench.use_cases.figures.send(identity(DANA), None, 30, once="t1")
    mail = await bench.outbox.read(DANA, 10)
    charts = [each.message for each in mail.entries if isinstance(each.message, FiguresPicture)]
    assert charts == [FiguresPicture(to=DANA, service=None, days=30)]
    await bench.delivery.empty(DANA)
    (picture,) = bench.board.pictures.values()
    assert picture.png.startswith(b"\x89PNG")
    assert "Incidents of all services" in picture.title


async def test_of_what_one_may_not_see_nothing_is_drawn(bench: Bench) -> None:
    await answered(bench, LEAK, SAM)
    drawn = await bench.use_cases.figures.of(FiguresPicture(to=DANA, service=None, days=30), "x")
    assert drawn is None
    seen = await bench.use_cases.figures.of(FiguresPicture(to=SAM, service=None, days=30), "x")
    assert seen is not None


async def test_where_nothing_is_known_yet_none_is_sent(bench: Bench) -> None:
    """And whoever asks hears so, instead of waiting for it."""
    assert not await bench.use_cases.figures.send(identity(DANA), None, 30, once="t1")
    await bench.use_cases.incidents.declaring.declare(identity(DANA), OUTAGE, once="1")
    assert not await bench.use_cases.figures.send(identity(DANA), None, 30, once="t2")
    assert (await bench.outbox.read(DANA, 10)).entries == ()


async def test_outsiders_get_none(bench: Bench) -> None:
    with pytest.raises(NotPermitted):
        await bench.use_cases.figures.send(identity("U0STRNGR1"), None, 30, once="t1")
