"""What was put on its way, or kept, while everybody could read an incident, once it is private."""

from collections.abc import AsyncIterator

import policies
import pytest
from changes import everything
from engine import TO_PRODUCTION, Bench, bench_of, identity
from incident_samples import incident_policy
from samples import DANA, SAM

from adapters.redis.connection import Connections
from adapters.slack.rendering import rendered
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.events import Described
from bot.domain.incidents.incident import Incident
from bot.domain.message import Notice
from bot.domain.policy import Policy
from bot.usecases.deploys import Forbidden

WORD = "zebrafish"
OUTAGE = Wish(title=f"The {WORD} mailbox was read", severity=Severity.P1, service="api")


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """Production is rolled at once, and nobody is asked."""
    policy = incident_policy()
    catalog = policies.catalog(Policy()).model_copy(update={"incidents": policy})
    async with bench_of(memory, catalog) as built:
        yield built


async def declare(bench: Bench) -> Incident:
    """Everybody may read it so far."""
    declaring = bench.use_cases.incidents.declaring
    return (await declaring.declare(identity(DANA), OUTAGE, once="1")).incident


async def hide(bench: Bench, incident: Incident) -> None:
    """From now on it is nobody else's business."""
    await bench.use_cases.incidents.relations.make_private(identity(DANA), incident.ref)


async def notices(bench: Bench) -> list[str]:
    """What Slack shows of locks and freezes, once everything has been delivered there."""
    await bench.delivery.empty(bench.catalog.deploys_channel)
    policy = bench.catalog.incidents
    return [
        str(rendered(entry, scene, policy).blocks)
        for entry, scene in bench.board.scenes.values()
        if isinstance(entry.message, Notice)
    ]


async def test_a_notice_of_a_freeze_says_why_as_it_stands_at_delivery(bench: Bench) -> None:
    incident = await declare(bench)
    (said,) = await notices(bench)
    assert f"{incident.ref}: {OUTAGE.title}" in said


async def test_a_notice_that_waited_says_nothing_of_what_is_private_by_then(bench: Bench) -> None:
    incident = await declare(bench)
    await hide(bench, incident)
    told = await notices(bench)
    assert len(told) == 1
    assert f"{incident.ref}: a private incident" in told[0]
    assert WORD not in told[0]


async def test_a_notice_that_waited_has_the_title_of_that_moment(bench: Bench) -> None:
    """Somebody took out of it what did not belong there."""
    incident = await declare(bench)
    better = Described(title="A mailbox was read")
    await bench.use_cases.incidents.responding.describe(identity(DANA), incident.ref, better)
    (said,) = await notices(bench)
    assert "A mailbox was read" in said
    assert WORD not in said


async def test_nothing_that_a_freeze_stopped_keeps_a_word_of_what_is_private_later(
    bench: Bench, memory: Connections
) -> None:
    """Neither that deploy, nor what forbids others, nor the audit log, nor any message."""
    waiting = await bench.ask(TO_PRODUCTION)
    incident = await declare(bench)
    stopped = await bench.work(waiting)
    assert incident.ref in (stopped.problem or "")
    with pytest.raises(Forbidden) as refused:
        await bench.ask(TO_PRODUCTION, who=SAM)
    assert WORD not in str(refused.value.obstacles)
    await hide(bench, incident)
    kept = await everything(memory)
    told = {key for key, value in kept.items() if WORD in str(value)}
    assert {key.rpartition("}:")[2] for key in told} == {
        f"incident:{incident.ref}",
        f"timeline:{incident.ref}",
        "incidents:index",
    }
