"""Channels that a private incident has left, on the local workspace: nothing of it stays there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from fakes import VirtualClock
from incident_samples import incident, incident_policy, new_room
from installed import installed
from samples import DANA, SAM
from slack_troubles import LEAVING_CALLS, TROUBLES, refusal

from adapters.local.workspace import changes
from adapters.local.workspace.changes import Content, Placement
from adapters.local.workspace.model import Channel, Message
from adapters.local.workspace.seed import BOT, INCIDENTS
from adapters.local.workspace.server import Workspace
from adapters.slack.channels import MAX_NAMES, SlackChannels
from adapters.slack.client import SlackClient
from adapters.slack.methods import METHODS
from adapters.slack.rooms import RoomScreens, SlackRooms
from bot.domain.incidents.events import MadePrivate, RoomAdopted, StepsBegun, StepsEnded
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.naming import left_name
from bot.domain.incidents.room import Left, Progress, Room, RoomKind, Status, Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.room_leaving import LEAVING
from bot.domain.incidents.transition import advance
from bot.domain.placement import MessageRef
from bot.ports import RoomJob
from bot.views.blocks import sentence
from bot.views.incidents.topics import closing, leaving

POLICY = incident_policy(channel="#incidents")
SECRET = "Checkout answers 500s"
LINKS = (("Grafana", "https://grafana.example/all"), ("API", "https://grafana.example/api"))
MADE = (Step.CHANNEL, Step.CARD, Step.BROADCAST, Step.TOPIC, Step.PURPOSE, Step.BOOKMARKS, Step.PIN)
TAKING = (Step.LEFT_WORDS, Step.LEFT_TEXTS, Step.LEFT_LINKS, Step.LEFT_NAME)
ALL = (*TAKING, Step.LEFT_ARCHIVE)


@dataclass(slots=True, kw_only=True)
class Estate:
    """A workspace, the adapter under test, and an incident that had a room for everybody."""

    workspace: Workspace
    rooms: SlackRooms
    client: SlackClient
    clock: VirtualClock
    incident: Incident
    since: datetime

    async def do(self, *steps: Step, again: bool = False, **changed: Any) -> StepResult:
        """Do steps one after the other; returns how the last one went."""
        result = StepResult(step=Step.CHANNEL)
        for step in steps:
            job = RoomJob(
                step=step,
                incident=self.incident,
                again=again,
                since=self.since,
                people=frozenset({DANA, SAM}) if step is Step.INVITE else frozenset(),
                links=LINKS if step in {Step.BOOKMARKS, Step.LEFT_LINKS} else (),
                left=changed.get("left", self.incident.room.left if step in LEAVING else ()),
            )
            (result,) = await self.rooms.perform([job])
            self.happened(StepsBegun(steps=(step,)), StepsEnded(results=(result,)))
        return result

    def happened(self, *events: Any) -> None:
        """Let things happen to the incident."""
        for event in events:
            self.incident = advance(self.incident, event, SAM, self.clock.now(), POLICY)

    def person(self, text: str, channel: Channel, thread: str | None = None) -> Message:
        """Somebody says something."""
        placed = Placement(thread_ts=thread)
        return changes.post(self.workspace._site, channel, SAM, Content(text=text), placed)

    async def bot(self, text: str, channel: str, thread: str | None = None) -> None:
        """The bot says something that the room does not know of."""
        more = {"thread_ts": thread} if thread else {}
        await self.client.call("chat.postMessage", channel=channel, text=text, **more)

    @property
    def old(self) -> Channel:
        """The channel that was left."""
        channel = self.incident.room.left[0].channel or ""
        return self.workspace.model.channels[channel]

    @property
    def alerts(self) -> Channel:
        """The channel for all incidents."""
        return self.workspace.model.channels[INCIDENTS]

    def told(self, channel: Channel) -> str:
        """All that a channel tells by the hand of the bot."""
        said = [
            f"{each.text}{each.blocks}" for each in channel.messages.values() if each.user == BOT
        ]
        return str((channel.name, channel.topic.value, channel.purpose.value, said))

    def require_retired(self) -> None:
        """Fail unless nothing is left of it in public, and everything of people is."""
        old = self.old
        assert SECRET not in self.told(old)
        assert old.name == "inc-2026-001-closed"
        assert old.topic.value == old.purpose.value == closing(self.incident)
        assert [each["link"] for each in old.bookmarks] == ["https://ours.example"]
        assert list(old.pins) == []
        own = [each for each in old.messages.values() if each.user == BOT and not each.subtype]
        assert own == []
        assert old.is_archived
        assert any(each.text == "It is the pool" for each in old.messages.values())
        below = [each for each in self.alerts.messages.values() if each.is_reply]
        assert [each.text for each in below if each.user == BOT] == []
        assert [each.text for each in below] == ["Who is on it?"]


def bookmark(link: str) -> dict[str, Any]:
    """One that Sam has put there."""
    return {"id": "Bk0OURS", "title": "Ours", "link": link, "last_updated_by_user_id": SAM}


@pytest.fixture
async def empty() -> AsyncIterator[Estate]:
    """A workspace in which the bot has every permission of its manifest."""
    clock = VirtualClock()
    async with installed(clock) as (workspace, client):
        rooms = SlackRooms(
            client=client,
            channels=SlackChannels(client=client, clock=clock),
            policy=POLICY,
            screens=RoomScreens(
                card=lambda incident: sentence(f"Card of {incident.title}"),
                broadcast=lambda incident: sentence(f"Alert of {incident.ref}"),
            ),
            us=BOT,
        )
        yield Estate(
            workspace=workspace,
            rooms=rooms,
            client=client,
            clock=clock,
            incident=incident(room=new_room()),
            since=clock.now(),
        )


@pytest.fixture
async def estate(empty: Estate) -> Estate:
    """A room in which people and the bot have talked, left by an incident that is private now."""
    await empty.do(*MADE)
    room = empty.incident.room
    channel = empty.workspace.model.channels[room.channel or ""]
    channel.members.append(SAM)
    empty.person("It is the pool", channel)
    await empty.bot(f"Update: {SECRET}", channel.id)
    await empty.bot(f"Checklist of {SECRET}", channel.id, room.card.ts if room.card else None)
    asked = empty.person("What is it?", channel)
    await empty.bot(f"It is {SECRET}", channel.id, asked.ts)
    alert = room.broadcast.ts if room.broadcast else ""
    empty.person("Who is on it?", empty.alerts, alert)
    await empty.bot(f"Update: {SECRET}", INCIDENTS, alert)
    channel.bookmarks.append(bookmark("https://ours.example"))
    empty.happened(MadePrivate())
    empty.workspace.traffic.calls.clear()
    return empty


# ── All goes well ────────────────────────────────────────────────────────────────────────────────


async def test_nothing_of_it_is_left_in_public(estate: Estate) -> None:
    for step in ALL:
        assert (await estate.do(step)).problem is None
    estate.require_retired()


async def test_done_twice_it_is_the_same(estate: Estate) -> None:
    await estate.do(*ALL)
    estate.clock.move(timedelta(minutes=5))
    before = estate.told(estate.old)
    for step in (Step.LEFT_WORDS, Step.LEFT_TEXTS, Step.LEFT_LINKS, *reversed(ALL)):
        assert (await estate.do(step, again=True)).problem is None, step
    assert estate.told(estate.old) == before
    estate.require_retired()


async def test_all_but_the_last_step_go_side_by_side(estate: Estate) -> None:
    jobs = [
        RoomJob(
            step=step,
            incident=estate.incident,
            again=False,
            since=estate.since,
            links=LINKS,
            left=estate.incident.room.left,
        )
        for step in TAKING
    ]
    assert {each.problem for each in await estate.rooms.perform(jobs)} == {None}
    assert (await estate.do(Step.LEFT_ARCHIVE)).problem is None
    estate.require_retired()


# ── Each call fails ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("method", LEAVING_CALLS)
async def test_whatever_fails_it_is_retired_in_the_end(
    estate: Estate, method: str, trouble: str
) -> None:
    step = LEAVING_CALLS[method]
    await estate.do(*ALL[: ALL.index(step)])
    # A read over a connection that turns out closed is repeated once, far below.
    broken = METHODS[method].verb == "GET" and trouble in {"broken off before", "lost answer"}
    estate.workspace.faults.add(method, TROUBLES[trouble], times=6 if broken else 1)
    result = await estate.do(step)
    estate.workspace.faults.clear()
    assert result.problem
    assert not result.final
    assert result.retry_after == (7.0 if trouble == "429" else None)
    estate.clock.move(timedelta(minutes=1))
    assert (await estate.do(step, again=True)).problem is None
    await estate.do(*ALL[ALL.index(step) + 1 :])
    estate.require_retired()


REFUSALS = [
    ("conversations.archive", "restricted_action", "does not let the bot archive channels"),
    ("conversations.archive", "not_in_channel", "/invite"),
    ("conversations.archive", "cant_archive_general", "cant_archive_general"),
    ("conversations.rename", "not_authorized", "does not let the bot rename channels"),
    ("conversations.rename", "not_in_channel", "/invite"),
    ("conversations.setTopic", "not_in_channel", "/invite"),
    ("conversations.setPurpose", "missing_scope", "channels:manage"),
    ("conversations.history", "not_in_channel", "/invite"),
    ("bookmarks.list", "access_denied", "access_denied"),
    ("bookmarks.remove", "permission_denied", "permission_denied"),
    ("pins.remove", "restricted_action", "does not let the bot take its pin"),
]


@pytest.mark.parametrize(("method", "word", "says"), REFUSALS)
async def test_a_refusal_waits_for_a_person_and_can_be_repaired(
    estate: Estate, method: str, word: str, says: str
) -> None:
    step = LEAVING_CALLS[method]
    await estate.do(*ALL[: ALL.index(step)])
    estate.workspace.faults.add(method, refusal(word))
    result = await estate.do(step)
    assert result.final
    assert says in (result.problem or "")
    assert (await estate.do(step, again=True)).problem is None
    await estate.do(*ALL[ALL.index(step) + 1 :])
    estate.require_retired()


@pytest.mark.parametrize("step", ALL)
async def test_a_channel_that_is_gone_has_nothing_left(estate: Estate, step: Step) -> None:
    del estate.workspace.model.channels[estate.old.id]
    assert (await estate.do(step)).problem is None


@pytest.mark.parametrize(
    ("method", "word"),
    [
        ("chat.delete", "message_not_found"),
        ("pins.remove", "no_pin"),
        ("pins.remove", "message_not_found"),
        ("bookmarks.remove", "not_found"),
        ("conversations.archive", "already_archived"),
    ],
)
async def test_what_is_gone_already_is_no_problem(estate: Estate, method: str, word: str) -> None:
    estate.workspace.faults.add(method, refusal(word))
    assert (await estate.do(LEAVING_CALLS[method])).problem is None


@pytest.mark.parametrize("step", [Step.LEFT_TEXTS, Step.LEFT_NAME])
async def test_what_was_archived_too_early_is_said_so(estate: Estate, step: Step) -> None:
    """By somebody else: the bot does it last."""
    estate.old.is_archived = True
    result = await estate.do(step)
    assert result.final
    assert "Somebody has archived the channel before" in (result.problem or "")
    estate.old.is_archived = False
    assert (await estate.do(step, again=True)).problem is None


async def test_one_trouble_keeps_no_other_message_in_place(estate: Estate) -> None:
    estate.workspace.faults.add("chat.delete", TROUBLES["500"])
    result = await estate.do(Step.LEFT_WORDS)
    assert not result.final
    told = [each for each in estate.old.messages.values() if each.user == BOT and not each.subtype]
    below = [each for each in estate.alerts.messages.values() if each.is_reply and each.user == BOT]
    assert len(told) + len(below) == 1


# ── Words ────────────────────────────────────────────────────────────────────────────────────────


async def test_what_may_not_be_deleted_is_blotted_out(estate: Estate) -> None:
    for _ in range(20):
        estate.workspace.faults.add("chat.delete", refusal("cant_delete_message"))
    assert (await estate.do(Step.LEFT_WORDS)).problem is None
    own = [each for each in estate.old.messages.values() if each.user == BOT and not each.subtype]
    assert own
    assert {each.text for each in own} == {closing(estate.incident)}
    assert SECRET not in str([each.blocks for each in own])


async def test_lines_of_slack_itself_stay_where_they_may_not_be_deleted(estate: Estate) -> None:
    """They name the old topic and the old name; an archived channel keeps them."""
    await estate.do(*TAKING)
    estate.workspace.faults.clear()
    lines = [each for each in estate.old.messages.values() if each.subtype and each.user == BOT]
    assert lines
    for _ in lines:
        estate.workspace.faults.add("chat.delete", refusal("cant_delete_message"))
        estate.workspace.faults.add("chat.update", refusal("cant_update_message"))
    assert (await estate.do(Step.LEFT_ARCHIVE)).problem is None
    assert estate.old.is_archived


async def test_what_was_said_meanwhile_goes_before_the_channel_is_archived(estate: Estate) -> None:
    await estate.do(*TAKING)
    await estate.bot(f"Late: {SECRET}", estate.old.id)
    assert (await estate.do(Step.LEFT_ARCHIVE)).problem is None
    estate.require_retired()


async def test_many_messages_are_taken_back_bit_by_bit(estate: Estate) -> None:
    for number in range(70):
        changes.post(estate.workspace._site, estate.old, BOT, Content(text=f"{number} {SECRET}"))
    tries = 0
    while (result := await estate.do(Step.LEFT_WORDS, again=True)).problem:
        assert not result.final
        tries += 1
        assert tries < 10
        estate.clock.move(timedelta(seconds=max(result.retry_after or 0, 5)))
    estate.clock.move(timedelta(minutes=5))
    await estate.do(*ALL[1:])
    estate.require_retired()


async def test_a_long_history_is_read_to_its_beginning(estate: Estate) -> None:
    for number in range(450):
        changes.post(estate.workspace._site, estate.old, SAM, Content(text=f"Talk {number}"))
    assert (await estate.do(Step.LEFT_WORDS)).problem is None
    assert SECRET not in str([m.text for m in estate.old.messages.values() if not m.subtype])


async def test_the_alert_itself_is_left_to_be_blotted_out(estate: Estate) -> None:
    await estate.do(Step.LEFT_WORDS)
    alert = estate.incident.room.broadcast
    assert alert is not None
    assert alert.ts in estate.alerts.messages


async def test_an_alert_of_which_nobody_knew_is_taken_back(empty: Estate) -> None:
    """It was being posted when the incident became private, and the process died."""
    await empty.do(Step.CHANNEL)
    begun = Progress(status=Status.BEGUN, begun=empty.since, tries=1)
    room = empty.incident.room
    steps = {**room.steps, Step.BROADCAST: begun, Step.CARD: begun}
    lost = room.model_copy(update={"steps": steps})
    await empty.do(Step.BROADCAST, Step.CARD)
    empty.incident = empty.incident.model_copy(update={"room": lost})
    empty.happened(MadePrivate())
    assert (await empty.do(Step.LEFT_WORDS)).problem is None
    for channel in (empty.alerts, empty.old):
        assert [m for m in channel.messages.values() if m.user == BOT and not m.subtype] == []


# ── Names ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_name_that_is_taken_gets_a_number(estate: Estate) -> None:
    general = next(iter(estate.workspace.model.channels.values()))
    general.name = left_name(estate.incident, POLICY.prefix)
    assert (await estate.do(Step.LEFT_NAME)).problem is None
    assert estate.old.name == "inc-2026-001-closed-2"


async def test_too_many_names_that_are_taken_wait_for_a_person(estate: Estate) -> None:
    for _ in range(MAX_NAMES):
        estate.workspace.faults.add("conversations.rename", refusal("name_taken"))
    assert (await estate.do(Step.LEFT_NAME)).final


async def test_a_name_that_tells_nothing_stays(estate: Estate) -> None:
    estate.old.name = "inc-2026-001"
    assert (await estate.do(Step.LEFT_NAME)).problem is None
    assert estate.old.name == "inc-2026-001"
    assert "conversations.rename" not in estate.workspace.traffic.calls


# ── Other channels ───────────────────────────────────────────────────────────────────────────────


async def test_somebody_elses_channel_only_loses_what_the_bot_put_there(empty: Estate) -> None:
    taken = Room(channel=INCIDENTS, name="incidents", adopted=True, token="01TOKEN")
    empty.incident = empty.incident.model_copy(update={"room": taken})
    await empty.do(Step.CARD, Step.BOOKMARKS, Step.PIN)
    mine = bookmark(LINKS[0][1])
    empty.alerts.bookmarks.append(mine)
    await empty.bot("A deploy", INCIDENTS)
    before = (empty.alerts.name, empty.alerts.topic.value, empty.alerts.purpose.value)
    empty.happened(MadePrivate())
    for step in ALL:
        assert (await empty.do(step)).problem is None
    assert (empty.alerts.name, empty.alerts.topic.value, empty.alerts.purpose.value) == before
    assert not empty.alerts.is_archived
    assert empty.alerts.bookmarks == [mine]
    assert list(empty.alerts.pins) == []
    assert any(each.text == "A deploy" for each in empty.alerts.messages.values())
    left = empty.incident.room.left[0].card
    card = empty.alerts.messages[left.ts if left else ""]
    assert card.text == leaving(empty.incident)
    assert SECRET not in str(card)
    assert "actions" not in str(card.blocks)


async def test_a_card_of_somebody_elses_channel_that_is_gone_is_no_problem(empty: Estate) -> None:
    taken = Room(channel=INCIDENTS, name="incidents", adopted=True, token="01TOKEN")
    empty.incident = empty.incident.model_copy(update={"room": taken})
    await empty.do(Step.CARD)
    empty.happened(MadePrivate())
    empty.alerts.messages.clear()
    assert (await empty.do(Step.LEFT_WORDS)).problem is None


async def test_a_card_below_the_alert_goes_with_all_that_stands_there(empty: Estate) -> None:
    empty.incident = empty.incident.model_copy(update={"room": new_room(RoomKind.THREAD)})
    await empty.do(Step.BROADCAST, Step.CARD)
    empty.happened(MadePrivate())
    assert (await empty.do(Step.LEFT_WORDS)).problem is None
    assert [m for m in empty.alerts.messages.values() if m.is_reply] == []


@pytest.mark.parametrize("made", [True, False])
async def test_a_channel_of_which_nobody_knew_is_found(empty: Estate, made: bool) -> None:
    """It was being made when the incident became private, and the process died."""
    if made:
        await empty.do(Step.CHANNEL)
    begun = Progress(status=Status.BEGUN, begun=empty.since, tries=1)
    lost = new_room(steps={Step.CHANNEL: begun})
    empty.incident = empty.incident.model_copy(update={"room": lost})
    empty.happened(MadePrivate())
    await empty.do(Step.CHANNEL)
    for step in ALL:
        assert (await empty.do(step)).problem is None
    owned = [c for c in empty.workspace.model.channels.values() if c.creator == BOT and not c.is_im]
    assert [(c.name, c.is_private, c.is_archived) for c in owned] == (
        [("inc-2026-001-closed", False, True)] if made else []
    ) + [("inc-2026-001", True, False)]


async def test_all_that_was_left_is_retired(estate: Estate) -> None:
    """Also the channel that was given up for somebody else's before it became private."""
    second = (await estate.client.call("conversations.create", name="inc-2026-001-other"))[
        "channel"
    ]
    left = (*estate.incident.room.left, Left(channel=str(second["id"]), made=True))
    for step in ALL:
        assert (await estate.do(step, left=left)).problem is None
    estate.require_retired()
    other = estate.workspace.model.channels[str(second["id"])]
    assert (other.name, other.is_archived) == ("inc-2026-001-closed-2", True)


async def test_a_pin_in_a_channel_that_became_the_room_of_another_is_all_that_goes(
    estate: Estate,
) -> None:
    taken = tuple(each.model_copy(update={"made": False}) for each in estate.incident.room.left)
    for step in ALL:
        assert (await estate.do(step, left=taken)).problem is None
    assert not estate.old.is_archived
    assert list(estate.old.pins) == []
    assert estate.old.name != "inc-2026-001-closed"


async def test_a_private_room_that_was_opened_is_retired_when_another_takes_its_place(
    empty: Estate,
) -> None:
    empty.incident = empty.incident.model_copy(update={"private": True})
    await empty.do(*(step for step in MADE if step is not Step.BROADCAST))
    room = empty.workspace.model.channels[empty.incident.room.channel or ""]
    empty.person("It is the pool", room)
    await empty.bot(f"{SECRET}, still", room.id)
    room.is_private = False
    event = RoomAdopted(channel="C0SEC", channel_name="team-sec", closed=True, opened=True)
    empty.happened(event)
    for step in ALL:
        assert (await empty.do(step)).problem is None
    assert (room.name, room.is_archived) == ("inc-2026-001", True)
    assert room.topic.value == room.purpose.value == closing(empty.incident)
    assert SECRET not in empty.told(room)
    assert (list(room.pins), room.bookmarks) == ([], [])
    assert any(each.text == "It is the pool" for each in room.messages.values())


async def test_adopting_later_leaves_the_first_room_to_be_retired(empty: Estate) -> None:
    await empty.do(*MADE)
    empty.happened(RoomAdopted(channel="C0SEC", channel_name="team-sec", closed=True))
    empty.happened(MadePrivate())
    assert [each.made for each in empty.incident.room.left] == [True, False]
    assert empty.old.name.startswith("inc-2026-001-checkout")
    place = MessageRef(channel=empty.old.id, ts=next(iter(empty.old.pins)))
    assert empty.incident.room.left[0].card == place
