"""Whom Slack names for a rung: nobody, or that it does not say. On the local workspace."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from incident_engine import MINUTE, OUTAGE, IncidentBench, incident_bench
from samples import NOW, SAM, TEAM
from slack_clients import slack_client
from slack_wire import refuses, says, wire
from workspaces import Stage, stage

from adapters.local.workspace.faults import Away, Fault, Kind
from adapters.local.workspace.model import UserGroup
from adapters.local.workspace.seed import MEI_LING
from adapters.redis.connection import Connections
from adapters.slack.client import SlackClient
from adapters.slack.directory import SlackDirectory
from bot.domain.catalog import Group
from bot.domain.errors import SlackUnavailable
from bot.domain.incident_policy import Rung
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import PAGER

SRE, EMPTY = "S0SRE0001", "S0EMPTY01"
METHOD = "usergroups.users.list"
GROUPS = {
    "sre": Group(name="sre", usergroup=SRE),
    "empty": Group(name="empty", usergroup=EMPTY),
}
LADDER = (
    Rung(name="Night watch", group="empty"),
    Rung(name="Primary", group="sre"),
    Rung(name="Again", group="sre"),
)
NAMES = [rung.name for rung in LADDER]
TROUBLES = {
    "429": Fault(kind=Kind.RATE_LIMITED, wait=timedelta(seconds=30)),
    "500": Fault(kind=Kind.SERVER_ERROR),
    "fatal": Fault(kind=Kind.FATAL_ERROR),
    "broken off": Fault(kind=Kind.DROP),
    "no scope": Fault(kind=Kind.REFUSED, word="missing_scope"),
}


@dataclass(frozen=True, kw_only=True)
class Town:
    """The use cases of incidents, whose people are those of a workspace."""

    running: Stage
    bench: IncidentBench
    client: SlackClient

    def start(self) -> None:
        """Another process, which has asked Slack nothing yet."""
        self.bench.people = SlackDirectory(  # type: ignore[assignment]  # the real one, for once
            client=self.client, groups=GROUPS, team=TEAM, clock=self.bench.clock
        )
        self.bench.again()

    async def later(self, duration: timedelta) -> None:
        """Let time pass from now on, and do meanwhile what falls due."""
        since = self.bench.clock.now() - NOW
        await self.bench.pass_time(since + duration)

    async def called(self, incident: Incident) -> list[tuple[str, tuple[str, ...], bool]]:
        """Its pages: the rung, its people, and whether nobody can say who that is."""
        pages = (await self.bench.now(incident)).pages
        return [(page.name, page.people, page.unknown) for page in pages]

    async def told(self, person: str) -> int:
        """How many messages are on their way to a person."""
        return len((await self.bench.waiting()).get(person, []))


@pytest.fixture
async def town(memory: Connections) -> AsyncIterator[Town]:
    """The demonstration workspace, with a user group that nobody is in."""
    async with stage() as running, incident_bench(memory, ladder=LADDER) as bench:
        workspace = running.workspace
        workspace.model.usergroups[EMPTY] = UserGroup(
            id=EMPTY, handle="night", name="Night watch", users=[]
        )
        async with slack_client(
            workspace.api_url, bench.clock, token=workspace.bot_token
        ) as client:
            bench.catalog = bench.catalog.model_copy(update={"groups": GROUPS})
            built = Town(running=running, bench=bench, client=client)
            built.start()
            yield built


async def test_an_empty_group_is_nobody_and_one_that_is_gone_as_well(town: Town) -> None:
    assert await town.bench.cases.paging.known("empty") == frozenset()
    del town.running.workspace.model.usergroups[EMPTY]
    town.start()
    assert await town.bench.cases.paging.known("empty") == frozenset()
    assert await town.bench.cases.paging.known("sre") == {SAM, MEI_LING}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
async def test_a_group_that_could_not_be_read_is_unknown(town: Town, trouble: Fault) -> None:
    town.running.workspace.faults.add(METHOD, trouble, times=9)
    assert await town.bench.cases.paging.known("sre") is None
    assert await town.bench.cases.paging.members("sre") == frozenset()


async def test_an_answer_without_a_list_is_no_empty_one(memory: Connections) -> None:
    async with wire() as slack, incident_bench(memory, ladder=LADDER) as bench:
        slack.script(METHOD, says(), refuses("fatal_error"), says(users=[]))
        async with slack_client(f"{slack.url}/api/", bench.clock) as client:
            directory = SlackDirectory(client=client, groups=GROUPS, team=TEAM, clock=bench.clock)
            for _ in range(2):
                with pytest.raises(SlackUnavailable):
                    await directory.members(["sre"])
            assert await directory.members(["sre"]) == frozenset()


@pytest.mark.parametrize("restarted", [False, True], ids=["same process", "restarted"])
@pytest.mark.parametrize("away", [Away.UNREACHABLE, Away.UNAVAILABLE])
async def test_the_first_rung_is_called_when_slack_is_back(
    town: Town, away: Away, restarted: bool
) -> None:
    """The paging service at once, the people as soon as Slack names them, each once; then, and only
    then, an empty rung is passed.
    """
    bench, faults = town.bench, town.running.workspace.faults
    faults.away = away
    # As a failed deploy does, or an alert: nobody of the workspace has to be looked up for it.
    incident = (await bench.cases.declaring.by_itself(OUTAGE, once="1")).incident
    await bench.delivery.empty(PAGER)
    assert bench.beeper.pages == [(incident.ref, "Night watch")]
    await town.later(10 * MINUTE)
    assert await town.called(incident) == [("Night watch", (), True)]
    if restarted:
        town.start()
    faults.away = None
    await town.later(timedelta(seconds=10))
    called = [("Night watch", (), False), ("Primary", (MEI_LING, SAM), False)]
    assert await town.called(incident) == called
    assert [await town.told(person) for person in (SAM, MEI_LING)] == [1, 1]
    await town.later(4 * MINUTE)
    assert await town.called(incident) == called
    await town.later(2 * MINUTE)
    assert [name for name, _, _ in await town.called(incident)] == NAMES


async def test_a_group_that_was_read_once_is_called_at_once_after_a_restart(town: Town) -> None:
    await town.bench.cases.paging.learn()
    town.running.workspace.faults.away = Away.UNREACHABLE
    town.start()
    incident = (await town.bench.cases.declaring.by_itself(OUTAGE, once="1")).incident
    # That nobody was in the first group is no reason to believe that nobody is by now.
    assert (await town.called(incident))[0] == ("Night watch", (), True)
    await town.later(6 * MINUTE)
    assert (await town.called(incident))[1] == ("Primary", (MEI_LING, SAM), False)
