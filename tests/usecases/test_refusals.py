"""What somebody was not allowed to do is kept in the audit log, whatever it was."""

from collections.abc import AsyncIterator

import policies
import pytest
import samples
from engine import TO_PRODUCTION, Bench, bench_of, identity
from samples import DANA, MAX, NOW

from adapters.redis.connection import Connections
from bot.domain.artifact import Migrations
from bot.domain.errors import NotFound, NotPermitted
from bot.domain.plan import Terms
from bot.domain.states import State
from bot.usecases.refusals import refusals_noted

LONG = 2000


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """The sample catalog."""
    async with bench_of(memory, samples.catalog()) as built:
        yield built


async def refused(bench: Bench) -> list[tuple[str, str, str]]:
    """The refusals of the audit log: by whom, of what, on what."""
    entries = await bench.store.audit_of(NOW.date())
    return [
        (entry.actor, entry.action, entry.subject)
        for entry in entries
        if entry.action.startswith("Refused ")
    ]


async def test_a_refusal_is_noted_and_told(bench: Bench) -> None:
    """Once, and whoever asked gets it all the same."""
    with pytest.raises(NotPermitted, match="not you"):
        async with refusals_noted(bench.store, bench.clock, samples.DEVELOPER, "sing", "loudly"):
            raise NotPermitted("not you")
    assert await refused(bench) == [(DANA, "Refused sing", "loudly")]


async def test_what_is_no_refusal_is_not_noted(bench: Bench) -> None:
    """Neither success nor another error."""
    async with refusals_noted(bench.store, bench.clock, samples.DEVELOPER, "sing", "loudly"):
        pass
    with pytest.raises(NotFound):
        async with refusals_noted(bench.store, bench.clock, samples.DEVELOPER, "sing", "loudly"):
            raise NotFound("no song")
    assert await refused(bench) == []


async def test_orders_and_ways_back_of_outsiders_are_noted(bench: Bench) -> None:
    """An order with the deploy that it was about, a way back with its target."""
    deploy = await bench.ask()
    with pytest.raises(NotPermitted):
        await bench.use_cases.orders.abort(identity(MAX), deploy.id)
    with pytest.raises(NotPermitted):
        await bench.use_cases.rollbacks.propose(identity(MAX), "api", "production")
    assert await refused(bench) == [
        (MAX, "Refused abort", f"{deploy.id} api v1.2.0 production"),
        (MAX, "Refused rollback", "api/production"),
    ]


async def test_a_switch_back_over_a_changed_schema_is_noted(memory: Connections) -> None:
    """It is a refusal like that of any other way back."""
    async with bench_of(memory, policies.catalog(policies.policy(policies.BLUE_GREEN))) as bench:
        terms = Terms(declared=Migrations.IRREVERSIBLE)
        deploy = await bench.ask(TO_PRODUCTION.model_copy(update={"terms": terms}))
        kept = await bench.work(deploy, until=State.RETAINING, most=LONG)
        assert kept.state is State.RETAINING
        with pytest.raises(NotPermitted, match="for good"):
            await bench.use_cases.rollbacks.switch_back(identity(DANA), deploy.id, once="s")
        assert await refused(bench) == [(DANA, "Refused rollback", "api/production v1.1.0")]
