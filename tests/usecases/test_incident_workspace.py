"""Incidents on a real chat server: one of each, whatever fails there, wherever we are killed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from engine import identity
from incident_engine import LEAK, OUTAGE, IncidentBench
from incident_samples import incident_policy
from premises import PowerCut
from samples import DANA, MAX, SAM

from adapters.local.workspace.faults import Fault, Kind
from adapters.local.workspace.model import Channel, Message
from adapters.local.workspace.seed import BOT, INCIDENTS, olympus
from adapters.local.workspace.server import Workspace
from adapters.redis.connection import Connections
from adapters.slack.channels import SlackChannels
from adapters.slack.client import SlackClient
from adapters.slack.manifest import build_manifest
from adapters.slack.notifier import SlackNotifier
from adapters.slack.room_looks import SlackRoomLooks
from adapters.slack.rooms import RoomScreens, SlackRooms
from adapters.system import RandomIds
from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import RoomKind, Status, Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.room_leaving import LEAVING
from bot.ports import RoomJob, Rooms, room_item
from bot.usecases.incidents.responding import Draft
from bot.views.incidents.broadcast import incident_broadcast
from bot.views.incidents.card import incident_card

POLICY = incident_policy(channel="#incidents")
# One that freezes nothing.
MILD = OUTAGE.model_copy(update={"severity": Severity.P3, "accepted": True})
METHODS = {
    Step.CHANNEL: "conversations.create",
    Step.CARD: "chat.postMessage",
    Step.INVITE: "conversations.invite",
    Step.BROADCAST: "chat.postMessage",
    Step.TOPIC: "conversations.setTopic",
    Step.PURPOSE: "conversations.setPurpose",
    Step.BOOKMARKS: "bookmarks.add",
    Step.PIN: "pins.add",
}
TROUBLES = {
    "429": Fault(kind=Kind.RATE_LIMITED, wait=timedelta(seconds=7)),
    "500": Fault(kind=Kind.SERVER_ERROR),
    "broken off before": Fault(kind=Kind.DROP),
    "lost answer": Fault(kind=Kind.LOST_ANSWER),
}


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


@pytest.fixture
async def town(memory: Connections) -> AsyncIterator[Town]:
    """A workspace in which the bot has every permission of its manifest."""
    bench = IncidentBench(memory, POLICY)
    manifest = build_manifest(
        socket=False,
        url="https://bot.example.com",
        deploy="/deploy",
        rollback="/rollback",
        status="/svc-status",
    )
    workspace = Workspace(olympus(bench.clock.now()), manifest, bench.clock, RandomIds())
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


async def test_a_declared_incident_has_its_room_at_once(town: Town) -> None:
    incident = await town.bench.furnish(await town.bench.declare())
    town.require_one_of_each(incident)


async def test_two_calls_in_a_row_until_the_room_is_usable_and_three_until_all_is_done(
    town: Town,
) -> None:
    """The channel; then card and invitations with all the rest; then the pin."""
    await town.bench.furnish(await town.bench.declare())
    calls = town.client.calls
    assert calls.pop("conversations.create") == [1]
    assert calls.pop("pins.add") == [3]
    assert {"chat.postMessage", "conversations.invite", "conversations.setTopic"} <= calls.keys()
    assert {made for rounds in calls.values() for made in rounds} == {2}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", list(METHODS))
async def test_killed_around_any_step_it_goes_on_with_what_there_is(
    town: Town, step: Step, when: str
) -> None:
    town.cutting.cuts += [(step, when), (step, when)]
    incident = await town.bench.furnish(await town.bench.declare())
    town.require_one_of_each(incident)
    assert len(incident.pages) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("step", [each for each in METHODS if each is not Step.BROADCAST])
async def test_whatever_fails_in_slack_the_room_is_made_once(
    town: Town, step: Step, trouble: str
) -> None:
    town.workspace.faults.add(METHODS[step], TROUBLES[trouble])
    town.require_one_of_each(await town.live(await town.bench.declare()))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", sorted(set(METHODS.values())))
async def test_killed_and_then_unanswered_it_is_still_one_room(
    town: Town, method: str, when: str
) -> None:
    """The answer to the second attempt is lost as well."""
    step = next(each for each in METHODS if METHODS[each] == method)
    town.cutting.cuts.append((step, when))
    town.workspace.faults.add(method, TROUBLES["lost answer"])
    incident = await town.bench.furnish(await town.bench.declare())
    town.require_one_of_each(await town.live(incident))


async def test_a_name_that_is_taken_gets_a_number(town: Town) -> None:
    taken = "inc-2026-001-checkout-answers-500s"
    general = next(iter(town.workspace.model.channels.values()))
    general.name = taken
    incident = await town.bench.furnish(await town.bench.declare())
    assert incident.room.name == f"{taken}-2"
    town.require_one_of_each(incident)


async def test_where_channels_are_forbidden_it_is_worked_on_below_the_alert(town: Town) -> None:
    forbidden = Fault(kind=Kind.REFUSED, word="restricted_action")
    town.workspace.faults.add("conversations.create", forbidden)
    incident = await town.live(await town.bench.declare())
    assert incident.room.kind is RoomKind.THREAD
    assert town.rooms == []
    alert = incident.room.broadcast
    assert alert is not None
    await town.bench.cases.responding.ack(identity(SAM), incident.ref)
    await town.bench.deliver()
    below = [each for each in town.said(INCIDENTS) if each.ts != alert.ts]
    assert below
    assert all(each.thread_ts == alert.ts for each in below)


async def test_what_is_private_is_seen_by_those_only_who_are_in_it(town: Town) -> None:
    secret = await town.bench.furnish(await town.bench.declare(LEAK))
    cases = town.bench.cases
    await cases.responding.update(identity(DANA), secret.ref, Draft(progress="The key is off."))
    await town.bench.furnish(secret)
    await town.bench.deliver()
    (room,) = town.rooms
    assert room.is_private
    assert town.said(INCIDENTS) == []
    seen = {
        channel.id
        for channel in town.workspace.model.channels.values()
        for message in channel.messages.values()
        if LEAK.title in str(message) or "The key is off" in str(message)
    }
    people = {
        user
        for channel in town.workspace.model.channels.values()
        if channel.id in seen
        for user in channel.members
    }
    assert room.id in seen
    assert people <= {BOT, DANA, SAM}
    assert MAX not in people


async def test_everything_that_is_said_arrives_and_cards_are_kept_up_to_date(town: Town) -> None:
    incident = await town.bench.furnish(await town.bench.declare())
    cases = town.bench.cases
    await cases.responding.ack(identity(SAM), incident.ref)
    await cases.responding.update(identity(SAM), incident.ref, Draft(progress="Rolling back."))
    await town.bench.furnish(incident)
    await town.bench.deliver()
    assert await town.bench.outbox.dead() == []
    (room,) = town.rooms
    card = room.messages[incident.room.card.ts if incident.room.card else ""]
    assert SAM in str(card.blocks)
    assert any("Rolling back." in str(each) for each in town.said(room.id))
    assert len([each for each in town.said(INCIDENTS) if each.thread_ts in {None, each.ts}]) == 1


# ── What became private ──────────────────────────────────────────────────────────────────────────

# How what was left in public is taken back.
RETIRING = {
    "conversations.history": Step.LEFT_WORDS,
    "chat.delete": Step.LEFT_WORDS,
    "conversations.setTopic": Step.LEFT_TEXTS,
    "conversations.setPurpose": Step.LEFT_TEXTS,
    "bookmarks.list": Step.LEFT_LINKS,
    "bookmarks.remove": Step.LEFT_LINKS,
    "pins.remove": Step.LEFT_LINKS,
    "conversations.info": Step.LEFT_NAME,
    "conversations.rename": Step.LEFT_NAME,
    "conversations.archive": Step.LEFT_ARCHIVE,
}


async def told(town: Town) -> Incident:
    """A public incident of which the bot has said some things."""
    bench = town.bench
    incident = await bench.furnish(await bench.declare(MILD))
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    await bench.cases.responding.update(identity(SAM), incident.ref, Draft(progress="A look."))
    await bench.deliver()
    return await bench.now(incident)


async def hide(town: Town, incident: Incident) -> None:
    """Make it private, and let the alert be blotted out."""
    await town.bench.cases.relations.make_private(identity(DANA), incident.ref)
    await town.bench.deliver()


async def test_what_becomes_private_leaves_nothing_in_public(town: Town) -> None:
    incident = await told(town)
    await hide(town, incident)
    town.require_hidden(await town.bench.furnish(incident), MILD.title)


async def test_the_new_room_does_not_wait_for_the_old_one(town: Town) -> None:
    """The channel; then the card and the invitations beside all that is taken back."""
    incident = await told(town)
    await hide(town, incident)
    town.client.begin()
    await town.bench.furnish(incident)
    calls = town.client.calls
    assert calls["conversations.create"] == [1]
    assert calls["conversations.invite"] == [2]
    assert set(calls["chat.postMessage"]) == {2}
    assert calls["conversations.archive"] == [max(max(each) for each in calls.values())]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", sorted(LEAVING | {Step.CHANNEL, Step.CARD, Step.PIN}))
async def test_killed_around_any_step_what_was_public_is_taken_back(
    town: Town, step: Step, when: str
) -> None:
    incident = await told(town)
    await hide(town, incident)
    town.cutting.cuts += [(step, when), (step, "after")]
    town.require_hidden(await town.bench.furnish(incident), MILD.title)


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("method", RETIRING)
async def test_whatever_fails_in_slack_the_old_room_is_retired(
    town: Town, method: str, trouble: str
) -> None:
    incident = await told(town)
    await hide(town, incident)
    town.workspace.faults.add(method, TROUBLES[trouble])
    town.require_hidden(await town.live(incident), MILD.title)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", sorted(METHODS))
async def test_hidden_while_its_room_is_made_nothing_is_left_either(
    town: Town, step: Step, when: str
) -> None:
    """Whoever made the room is killed, and nobody knows what is there."""
    incident = await town.bench.declare(MILD)
    town.cutting.cuts.append((step, when))
    with suppress(PowerCut):
        while await town.bench.cases.rooming.tick(incident.ref):
            pass
    town.bench.again()
    await hide(town, incident)
    moved = await town.bench.furnish(incident)
    public = [each for each in town.rooms if not each.is_private]
    assert all(each.is_archived and each.name == "inc-2026-001-closed" for each in public)
    assert [each.id for each in town.rooms if each.is_private] == [moved.room.channel]
    await town.bench.deliver()
    for channel in town.workspace.model.channels.values():
        if not channel.is_private and not channel.is_im:
            own = [m for m in channel.messages.values() if m.user == BOT]
            assert MILD.title not in f"{channel.topic} {channel.purpose} {own}"
