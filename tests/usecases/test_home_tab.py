"""The home tab: what concerns one person, and nothing that they may not see."""

from collections.abc import AsyncIterator
from datetime import timedelta

import policies
import pytest
from engine import Bench, bench_of, identity
from incident_samples import incident_policy
from samples import DANA, FOUR_EYES, MAX, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.errors import NotPermitted
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.incident import TaskKind
from bot.domain.policy import Policy
from bot.domain.states import State

OUTAGE = Wish(title="Checkout answers 500s", severity=Severity.P3, service="auth")
LEAK = Wish(title="A key has leaked", severity=Severity.P3, private=True)


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """Production takes one approval; incidents as in the samples."""
    catalog = policies.catalog(Policy(), rule=FOUR_EYES)
    with_incidents = catalog.model_copy(update={"incidents": incident_policy()})
    async with bench_of(memory, with_incidents) as built:
        yield built


async def test_ones_own_come_first_and_private_ones_stay_private(bench: Bench) -> None:
    declaring = bench.use_cases.incidents.declaring
    mine = (await declaring.declare(identity(DANA), OUTAGE, once="1")).incident
    other = (
        await declaring.declare(
            identity(SAM), OUTAGE.model_copy(update={"title": "Search is slow"}), once="2"
        )
    ).incident
    secret = (await declaring.declare(identity(SAM), LEAK, once="3")).incident
    screen = await bench.use_cases.home.of(identity(DANA))
    assert [each.ref for each in screen.mine] == [mine.ref]
    assert [each.ref for each in screen.others] == [other.ref]
    assert secret.ref in [each.ref for each in (await bench.use_cases.home.of(identity(SAM))).mine]


async def test_a_task_is_its_owners_until_it_is_done(bench: Bench) -> None:
    cases = bench.use_cases.incidents
    incident = (await cases.declaring.declare(identity(DANA), OUTAGE, once="1")).incident
    await cases.records.task(
        identity(DANA), incident.ref, TaskKind.TASK, "Read the logs", SAM, once="t"
    )
    (task,) = (await bench.use_cases.home.of(identity(SAM))).tasks
    assert (task.incident, task.task.text) == (incident.ref, "Read the logs")
    assert (await bench.use_cases.home.of(identity(DANA))).tasks == ()
    await cases.records.done(identity(SAM), incident.ref, task.task.id)
    assert (await bench.use_cases.home.of(identity(SAM))).tasks == ()


async def test_approvals_wait_for_those_who_may_give_them(bench: Bench) -> None:
    deploy = await bench.ask()
    await bench.work(deploy, until=State.AWAITING_APPROVAL)
    waiting = {
        who: [each.deploy for each in (await bench.use_cases.home.of(identity(who))).approvals]
        for who in (SAM, OLIVIA, DANA, MAX)
    }
    # Dana asked for it, and Max is in no group that approves.
    assert waiting == {SAM: [deploy.id], OLIVIA: [deploy.id], DANA: [], MAX: []}
    await bench.approve(deploy, SAM)
    assert (await bench.use_cases.home.of(identity(OLIVIA))).approvals == ()


async def test_freezes_and_who_is_on_call_are_shown_to_everybody(bench: Bench) -> None:
    worst = OUTAGE.model_copy(update={"severity": Severity.P1})
    incident = (
        await bench.use_cases.incidents.declaring.declare(identity(DANA), worst, once="1")
    ).incident
    screen = await bench.use_cases.home.of(identity(MAX))
    (freeze,) = screen.freezes
    assert (freeze.incident, freeze.service) == (incident.ref, "auth")
    assert [each.rung for each in screen.on_call] == [
        rung.name for rung in incident_policy().ladder
    ]
    bench.clock.move(timedelta(hours=5))
    assert (await bench.use_cases.home.of(identity(MAX))).freezes == ()


async def test_outsiders_see_nothing(bench: Bench) -> None:
    with pytest.raises(NotPermitted):
        await bench.use_cases.home.of(identity("U0STRNGR1"))
