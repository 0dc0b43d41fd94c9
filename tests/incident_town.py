"""The use cases of incidents on the local workspace, through a client that counts its calls."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from incident_engine import IncidentBench
from incident_samples import incident_policy
from installed import workspace_of
from premises import PowerCut
from samples import DANA

from adapters.local.workspace.model import Channel, Message
from adapters.local.workspace.seed import BOT, INCIDENTS
from adapters.local.workspace.server import Workspace
from adapters.redis.connection import Connections
from adapters.slack.channels import SlackChannels
from adapters.slack.client import SlackClient
from adapters.slack.notifier import SlackNotifier
from adapters.slack.room_looks import SlackRoomLooks
from adapters.slack.rooms import RoomScreens, SlackRooms
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Status, Step
from bot.domain.incidents.room_events import StepResult
from bot.ports import RoomJob, Rooms, room_item
from bot.views.incidents.broadcast import incident_broadcast
from bot.views.incidents.card import incident_card

POLICY = incident_policy(channel="#incidents")


@dataclass
class Cutting:
    """Rooms whose process is killed around a wave that has a certain step: before it, or after."""

    rooms: Rooms
    cuts: list[tuple[Step, str]] = field(default_factory=list)

    async def perform(self, jobs: Sequence[RoomJob]) -> tuple[StepResult, ...]:
        """As the rooms, unless the power is cut."""
        now = [cut for cut in self.cuts if cut[0] in {job.step for job in jobs}]
        self.cuts = [cut for cut in self.cuts if cut not in now]
        if any(when == "before" for _, when in now):
            raise PowerCut
        done = await self.rooms.perform(jobs)
        if now:
            raise PowerCut
        return done


class Rounds(SlackClient):
    """Slack's client, counting how often something had to wait for the answer before it.

    A call waits until everything that was begun beside it has come to this point as well, however
    fast the machine is: `calls` has the round in which each was made, from 1.
    """

    calls: dict[str, list[int]]
    answered: int

    def begin(self) -> None:
        """Count from here."""
        self.calls, self.answered = {}, 0

    async def call(
        self, method: str, *, channel: str | None = None, **arguments: Any
    ) -> Mapping[str, Any]:
        """As Slack's client."""
        # Turns for the others, and no time.
        for _ in range(100):
            await asyncio.sleep(0)
        here = self.answered + 1
        self.calls.setdefault(method, []).append(here)
        try:
            return await super().call(method, channel=channel, **arguments)
        finally:
            self.answered = max(self.answered, here)


@dataclass(frozen=True, kw_only=True)
class Town:
    """The use cases of incidents on a workspace."""

    workspace: Workspace
    bench: IncidentBench
    cutting: Cutting
    client: Rounds

    async def live(self, incident: Incident) -> Incident:
        """Let time pass until the room has been made, whatever fails on the way.

        The workspace moves the same clock along when it waits, so that no length of time is asked
        for here.
        """
        item = room_item(incident.ref)
        for _ in range(30):
            due = (await self.bench.due()).get(item)
            if due is None:
                break
            self.bench.clock.move(max(due - self.bench.clock.now(), timedelta()))
            await self.bench.tick(item)
        return await self.bench.now(incident)

    @property
    def rooms(self) -> list[Channel]:
        """Every channel that the bot has made."""
        channels = self.workspace.model.channels.values()
        return [each for each in channels if each.creator == BOT and not each.is_im]

    def said(self, channel: str) -> list[Message]:
        """The bot's own messages in a channel, without lines such as “set the topic”."""
        messages = self.workspace.model.channels[channel].messages.values()
        return [each for each in messages if each.user == BOT and not each.subtype]

    def require_hidden(self, incident: Incident, title: str) -> None:
        """One private room, and nothing of it left where others read: not in messages, topics,
        purposes, names and bookmarks; what was its channel is archived.
        """
        old, new = self.rooms
        assert (old.is_private, old.is_archived, old.name) == (False, True, "inc-2026-001-closed")
        assert (new.is_private, new.is_archived, new.name) == (True, False, "inc-2026-001")
        assert new.id == incident.room.channel
        card = incident.room.card
        assert [each.ts for each in self.said(new.id)] == [card.ts if card else ""]
        for channel in self.workspace.model.channels.values():
            if not channel.is_private and not channel.is_im:
                own = [m for m in channel.messages.values() if m.user == BOT]
                told = f"{channel.name} {channel.topic} {channel.purpose} {channel.bookmarks} {own}"
                assert title not in told, channel.name
                assert "checkout" not in channel.name
        assert old.bookmarks == []
        assert not old.pins
        assert all(each.status is Status.DONE for each in incident.room.steps.values())

    def require_one_of_each(self, incident: Incident) -> None:
        """One channel, one card, one alert, one pin, each bookmark once, and Dana in it."""
        (room,) = self.rooms
        assert room.id == incident.room.channel
        card, alert = incident.room.card, incident.room.broadcast
        assert [each.ts for each in self.said(room.id)] == [card.ts if card else ""]
        assert [each.ts for each in self.said(INCIDENTS)] == [alert.ts if alert else ""]
        assert len(room.pins) == 1
        assert len(room.bookmarks) == len({each["link"] for each in room.bookmarks}) == 2
        assert DANA in room.members
        assert all(each.status is Status.DONE for each in incident.room.steps.values())


@asynccontextmanager
async def incident_town(memory: Connections) -> AsyncIterator[Town]:
    """A workspace in which the bot has every permission of its manifest."""
    bench = IncidentBench(memory, POLICY)
    workspace = workspace_of(bench.clock)
    async with (
        workspace,
        Rounds(token=workspace.bot_token, api_url=workspace.api_url, clock=bench.clock) as client,
    ):
        client.begin()
        channels = SlackChannels(client=client, clock=bench.clock)
        cutting = Cutting(
            SlackRooms(
                client=client,
                channels=channels,
                policy=POLICY,
                screens=RoomScreens(
                    card=lambda incident: incident_card(incident, POLICY),
                    broadcast=lambda incident: incident_broadcast(incident, POLICY),
                ),
                us=BOT,
            )
        )
        bench.premises = cutting
        bench.looks = SlackRoomLooks(client=client)
        bench.board = SlackNotifier(
            client=client, channels=channels, clock=bench.clock, policy=POLICY
        )
        bench.again()
        yield Town(workspace=workspace, bench=bench, cutting=cutting, client=client)
