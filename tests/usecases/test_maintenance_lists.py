"""Maintenance lists on a real Redis: posted on schedule, ticked off, called when overdue."""

from datetime import datetime, timedelta

import pytest
import samples
from fakes import CountingIds, ListedPeople, VirtualClock

from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.outbox import RedisOutbox
from adapters.redis.store import RedisStore
from bot.domain.actor import Identity
from bot.domain.errors import NotFound
from bot.domain.incident_policy import MaintenanceRule, ProcedureItem
from bot.domain.incidents.messages import MaintenanceCard, MaintenanceOverdue
from bot.usecases.maintenance import Maintenance

DAILY = MaintenanceRule(
    name="daily",
    title="Daily tasks",
    channel="#ops",
    cron="0 8 * * *",
    within=timedelta(hours=4),
    items=(
        ProcedureItem(id="backups", text="Verify backup completion"),
        ProcedureItem(id="logs", text="Review security logs"),
    ),
)
SAM = Identity(user=samples.SAM, team=samples.TEAM)
# The virtual clock begins on 14 March 2026 at noon; the list comes up the next morning.
FIRST = "M-daily-20260315T0800"
SECOND = "M-daily-20260316T0800"


class Upkeep:
    """The use case on its neighbours, and what it said."""

    def __init__(self, memory: Connections, *rules: MaintenanceRule) -> None:
        self.clock = VirtualClock()
        self.incidents = RedisIncidents(memory)
        self.outbox = RedisOutbox(memory)
        self.lists = Maintenance(
            rules=rules,
            store=RedisStore(memory),
            incidents=self.incidents,
            directory=ListedPeople(),
            clock=self.clock,
            ids=CountingIds(),
        )

    async def at(self, moment: str) -> None:
        """Let it be this moment, and do what is due."""
        there = datetime.fromisoformat(moment)
        self.clock.move(there - self.clock.now())
        await self.lists.tick("daily")

    async def said(self) -> list[MaintenanceCard | MaintenanceOverdue]:
        """What waits for the channel."""
        mail = await self.outbox.read("#ops", 50)
        found = [entry.message for entry in mail.entries]
        return [each for each in found if isinstance(each, MaintenanceCard | MaintenanceOverdue)]


async def test_a_list_comes_up_once_at_its_time(memory: Connections) -> None:
    upkeep = Upkeep(memory, DAILY)
    assert await upkeep.lists.arrange() == 1
    assert await upkeep.lists.arrange() == 0
    await upkeep.at("2026-03-15T07:59:00+00:00")
    assert await upkeep.said() == []
    await upkeep.at("2026-03-15T08:00:00+00:00")
    await upkeep.at("2026-03-15T08:00:01+00:00")
    assert await upkeep.said() == [MaintenanceCard(run=FIRST)]


async def test_a_line_is_ticked_once_and_can_be_taken_back(memory: Connections) -> None:
    upkeep = Upkeep(memory, DAILY)
    await upkeep.lists.arrange()
    await upkeep.at("2026-03-15T08:00:00+00:00")
    await upkeep.lists.line(SAM, FIRST, "backups")
    again = await upkeep.lists.line(SAM, FIRST, "backups")
    assert [tick.by for tick in again.procedure.ticks] == [samples.SAM]
    assert len(await upkeep.said()) == 2  # the card as it came up, and with the tick
    back = await upkeep.lists.line(SAM, FIRST, "backups", undone=True)
    assert back.procedure.ticks == ()


async def test_what_is_not_done_in_time_is_named_once(memory: Connections) -> None:
    upkeep = Upkeep(memory, DAILY)
    await upkeep.lists.arrange()
    await upkeep.at("2026-03-15T08:00:00+00:00")
    await upkeep.lists.line(SAM, FIRST, "backups")
    for moment in ("12:00:00", "12:00:01", "13:00:00"):
        await upkeep.at(f"2026-03-15T{moment}+00:00")
    called = [each for each in await upkeep.said() if isinstance(each, MaintenanceOverdue)]
    assert called == [MaintenanceOverdue(run=FIRST)]
    run = (await upkeep.incidents.maintenance(FIRST)).value
    assert [item.id for item in run.procedure.open] == ["logs"]


async def test_a_finished_list_is_never_overdue(memory: Connections) -> None:
    upkeep = Upkeep(memory, DAILY)
    await upkeep.lists.arrange()
    await upkeep.at("2026-03-15T08:00:00+00:00")
    for item in ("backups", "logs"):
        await upkeep.lists.line(SAM, FIRST, item)
    await upkeep.at("2026-03-15T12:00:00+00:00")
    assert not [each for each in await upkeep.said() if isinstance(each, MaintenanceOverdue)]


async def test_after_a_long_pause_a_list_comes_up_once_and_the_old_one_is_called(
    memory: Connections,
) -> None:
    upkeep = Upkeep(memory, DAILY)
    await upkeep.lists.arrange()
    await upkeep.at("2026-03-15T08:00:00+00:00")
    await upkeep.at("2026-03-18T09:30:00+00:00")
    said = await upkeep.said()
    assert MaintenanceOverdue(run=FIRST) in said
    cards = [each.run for each in said if isinstance(each, MaintenanceCard)]
    assert cards.count(SECOND) == 1
    run = (await upkeep.incidents.maintenance(SECOND)).value
    # There is as much time for it as ever.
    assert run.due == datetime.fromisoformat("2026-03-18T13:30:00+00:00")


async def test_a_rule_that_is_gone_leaves_the_agenda(memory: Connections) -> None:
    await Upkeep(memory, DAILY).lists.arrange()
    upkeep = Upkeep(memory)
    await upkeep.at("2026-03-15T08:00:00+00:00")
    assert await upkeep.said() == []


async def test_an_unknown_line_is_refused(memory: Connections) -> None:
    upkeep = Upkeep(memory, DAILY)
    await upkeep.lists.arrange()
    await upkeep.at("2026-03-15T08:00:00+00:00")
    with pytest.raises(NotFound, match="no line"):
        await upkeep.lists.line(SAM, FIRST, "nothing")
