"""What was deployed and how well it goes, from what was really done."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import samples
from engine import TO_STAGING, Bench, bench_of, identity
from ledgers import record
from samples import DANA, MAX, SAM

from adapters.redis.connection import Connections
from adapters.system import SystemClock
from bot.domain.errors import NotFound, NotPermitted, UnknownName, UsageError
from bot.domain.history import Ending
from bot.domain.states import State
from bot.export import export_history
from bot.ports import Change
from bot.settings import Settings
from bot.usecases.inquiries import Place

CONFIG = Path(__file__).parents[2] / "signalbox.yaml"
DAY = timedelta(days=1)


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """The sample catalog."""
    async with bench_of(memory, samples.catalog()) as built:
        yield built


async def test_the_history_has_what_ended_and_the_figures(bench: Bench) -> None:
    """Newest first; anybody of the workspace may look."""
    done = await bench.work(await bench.ask(TO_STAGING))
    history = bench.use_cases.history
    targets = await history.choose(identity(MAX), "api", "staging")
    found = await history.read(targets, 30)
    assert [(each.deploy, each.ending) for each in found.records] == [(done.id, Ending.COMPLETED)]
    assert found.figures["api/staging"].landed == 1
    assert found.figures["api/staging"].success.met is None
    assert found.cut == ()
    whole = await history.read(await history.choose(identity(MAX), "api"), 30)
    assert whole.records == found.records


async def test_what_is_older_than_the_period_is_left_out(bench: Bench) -> None:
    """But it still tells how later deploys went on."""
    await bench.work(await bench.ask(TO_STAGING))
    bench.clock.move(8 * DAY)
    history = bench.use_cases.history
    targets = await history.choose(identity(DANA), "api", "staging")
    assert (await history.read(targets, 7)).records == ()
    assert (await history.read(targets, 7)).figures["api/staging"].landed == 0


@pytest.mark.parametrize("days", [0, 3651])
async def test_there_is_no_such_period(bench: Bench, days: int) -> None:
    history = bench.use_cases.history
    with pytest.raises(UsageError, match="is not a number of days"):
        await history.read(await history.choose(identity(DANA), "api"), days)
    with pytest.raises(UsageError, match="is not a number of days"):
        await bench.use_cases.incidents.archive.metrics(identity(DANA), None, days)


async def test_a_ledger_that_does_not_reach_back_says_so(bench: Bench) -> None:
    """Figures of half a period would otherwise be taken for those of a whole one."""
    now = bench.clock.now()
    lines = [record("A", number, target="api/staging", ended=now) for number in range(1000)]
    for start in range(0, len(lines), 100):
        await bench.store.commit(Change(writes=(), records=tuple(lines[start : start + 100])))
    history = bench.use_cases.history
    found = await history.read(await history.choose(identity(DANA), "api", "staging"), 30)
    assert found.cut == ("api/staging",)


async def test_the_same_records_are_exported_on_the_machine_itself(
    bench: Bench, redis_url: str
) -> None:
    """Without asking Slack who it is: whoever has the bot's settings has Redis as well."""
    moment = SystemClock().now()
    line = record("A", 1, target="api/staging", ended=moment)
    await bench.store.commit(Change(writes=(), records=(line,)))
    settings = Settings.model_validate(
        {
            "slack_bot_token": "x",
            "slack_signing_secret": "x",
            "redis_url": redis_url,
            "SIGNALBOX_CONFIG": CONFIG,
        }
    )
    text = await export_history(settings, "api", None, days=30, form="json")
    (found,) = json.loads(text)
    assert (found["deploy"], found["environment"]) == ("D-1", "staging")
    lines = (await export_history(settings, "api", "staging", days=1, form="csv")).splitlines()
    assert len(lines) == 2
    with pytest.raises(UnknownName):
        await export_history(settings, "apy", None, days=30, form="csv")


async def test_outsiders_and_unknown_names_are_refused(bench: Bench) -> None:
    """Before anything is read."""
    history = bench.use_cases.history
    with pytest.raises(NotPermitted):
        await history.choose(identity("U0NOBODY1"), "api")
    with pytest.raises(UnknownName):
        await history.choose(identity(DANA), "apy")
    with pytest.raises(UnknownName):
        await history.choose(identity(DANA), "api", "prod")


# ── Finding a deploy ─────────────────────────────────────────────────────────────────────────────


async def test_a_deploy_is_found_by_its_id_and_by_its_place(bench: Bench) -> None:
    """In a place only once it stands in its lane; afterwards the last one that landed is shown."""
    inquiries = bench.use_cases.inquiries
    place = Place("api", "staging")
    with pytest.raises(NotFound, match="has not deployed anything"):
        await inquiries.newest(identity(DANA), place)
    deploy = await bench.ask(TO_STAGING)
    assert (await inquiries.find(identity(MAX), deploy.id)).id == deploy.id
    with pytest.raises(NotFound, match="Nothing is under way in api/staging"):
        await inquiries.find(identity(DANA), place)
    await bench.work(deploy, until=State.STAGING)
    assert (await inquiries.find(identity(DANA), place)).id == deploy.id
    assert (await inquiries.newest(identity(DANA), place)).state is State.STAGING
    await bench.work(deploy)
    assert (await inquiries.newest(identity(SAM), place)).state is State.COMPLETED
    with pytest.raises(NotFound):
        await inquiries.find(identity(DANA), "D-ZZZZZ")
    with pytest.raises(NotPermitted):
        await inquiries.find(identity("U0NOBODY1"), deploy.id)
