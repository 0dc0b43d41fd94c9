"""The rooms of incidents on the local workspace: each step once, whatever goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fakes import VirtualClock
from incident_samples import incident, incident_policy, new_room
from installed import installed
from samples import DANA, MAX, OLIVIA, SAM
from slack_clients import slack_client
from slack_troubles import METHODS, STEPS, TROUBLES, refusal
from slack_wire import says, wire

from adapters.local.workspace.faults import Fault, Kind
from adapters.local.workspace.model import Channel, Message, User
from adapters.local.workspace.seed import BOT, GUEST, INCIDENTS, STRANGER, TEAM
from adapters.local.workspace.server import Workspace
from adapters.slack.channels import MAX_NAMES, SlackChannels
from adapters.slack.client import SlackClient
from adapters.slack.rooms import RoomScreens, SlackRooms
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.naming import room_name
from bot.domain.incidents.room import Room, RoomKind, Step
from bot.domain.incidents.room_events import StepResult
from bot.ports import RoomJob
from bot.views.blocks import sentence

POLICY = incident_policy(channel="#incidents")
LINKS = (("Grafana", "https://grafana.example/all"), ("API", "https://grafana.example/api"))
EVERYBODY = frozenset({DANA, SAM, OLIVIA})


@dataclass(slots=True, kw_only=True)
class House:
    """A workspace with the adapter under test, and an incident whose room is made step by step."""

    workspace: Workspace
    rooms: SlackRooms
    clock: VirtualClock
    incident: Incident
    since: datetime

    async def do(self, step: Step, *, again: bool = False, **changes: Any) -> StepResult:
        """Do one step, and take its result into the incident."""
        job = RoomJob(
            step=step,
            incident=self.incident,
            again=again,
            since=self.since,
            people=EVERYBODY if step is Step.INVITE else frozenset(),
            links=LINKS if step is Step.BOOKMARKS else (),
        )
        (result,) = await self.rooms.perform([replace(job, **changes)])
        self.take(result)
        return result

    def take(self, result: StepResult) -> None:
        """Note where something stands now."""
        found: dict[str, Any] = {}
        if result.channel:
            found = {"channel": result.channel, "name": result.name}
        if result.posted and result.step in {Step.CARD, Step.BROADCAST}:
            found[result.step.value] = result.posted
        room = self.incident.room.model_copy(update=found)
        self.incident = self.incident.model_copy(update={"room": room})

    async def made(self, *steps: Step) -> None:
        """Do these steps, which all go well."""
        for step in steps:
            assert (await self.do(step)).problem is None, step

    def change(self, **changes: Any) -> None:
        """Let the incident be another."""
        self.incident = self.incident.model_copy(update=changes)

    @property
    def channel(self) -> Channel:
        """The room as the workspace has it."""
        assert self.incident.room.channel is not None
        return self.workspace.model.channels[self.incident.room.channel]

    @property
    def own_channels(self) -> list[Channel]:
        """Everything that the bot has made."""
        channels = self.workspace.model.channels.values()
        return [each for each in channels if each.creator == BOT and not each.is_im]

    def said(self, channel: str) -> list[Message]:
        """The bot's own messages in a channel, without lines such as “set the topic”."""
        messages = self.workspace.model.channels[channel].messages.values()
        return [each for each in messages if each.user == BOT and not each.subtype]

    def fail(self, step: Step, fault: Fault) -> None:
        """Let the next call of a step fail."""
        self.workspace.faults.add(METHODS[step], fault)


def before(step: Step) -> tuple[Step, ...]:
    """What has to be made before a step can be."""
    if step is Step.PIN:
        return (Step.CHANNEL, Step.CARD)
    return () if step in {Step.CHANNEL, Step.BROADCAST} else (Step.CHANNEL,)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A workspace in which the bot has every permission of its manifest."""
    clock = VirtualClock()
    async with installed(clock) as (workspace, client):
        yield House(
            workspace=workspace,
            rooms=rooms_of(client, clock),
            clock=clock,
            incident=incident(room=new_room()),
            since=clock.now(),
        )


def rooms_of(
    client: SlackClient, clock: VirtualClock, policy: IncidentPolicy = POLICY
) -> SlackRooms:
    """The adapter under test, with plain screens."""
    return SlackRooms(
        client=client,
        channels=SlackChannels(client=client, clock=clock),
        policy=policy,
        screens=RoomScreens(
            card=lambda incident: sentence(f"Card of {incident.ref}"),
            broadcast=lambda incident: sentence(f"Alert of {incident.ref}"),
        ),
        us=BOT,
        names={GUEST: "Gus"}.get,
    )


# ── All goes well ────────────────────────────────────────────────────────────────────────────────


async def test_a_room_is_made_with_everything_in_it(house: House) -> None:
    for step in STEPS:
        result = await house.do(step)
        assert (result.step, result.problem) == (step, None)

    room = house.channel
    assert room.name == room_name(house.incident, POLICY.prefix)
    assert not room.is_private
    assert house.incident.room.name == room.name
    assert set(room.members) >= EVERYBODY
    (card,) = house.said(room.id)
    assert card.text == f"Card of {house.incident.ref}"
    assert list(room.pins) == [card.ts]
    (alert,) = house.said(INCIDENTS)
    assert alert.text == f"Alert of {house.incident.ref}"
    assert house.incident.title in room.topic.value
    assert house.incident.title in room.purpose.value
    assert house.incident.room.token not in room.purpose.value
    assert sorted((each["title"], each["link"]) for each in room.bookmarks) == sorted(LINKS)


async def test_no_step_waits_for_a_second_call(house: House) -> None:
    await house.made(*STEPS)

    expected = {METHODS[step]: 1 for step in STEPS}
    expected |= {"chat.postMessage": 2, "bookmarks.add": len(LINKS)}
    assert dict(house.workspace.traffic.calls) == expected


async def test_everything_that_hangs_on_the_channel_is_under_way_at_once() -> None:
    """No call is answered before the last one has arrived."""
    clock = VirtualClock()
    steps = [step for step in STEPS if step not in {Step.CHANNEL, Step.PIN}]
    jobs = [
        RoomJob(
            step=step,
            incident=incident(),
            again=False,
            since=clock.now(),
            people=EVERYBODY,
            links=LINKS,
        )
        for step in steps
    ]
    async with (
        wire() as slack,
        slack_client(f"{slack.url}/api/", clock) as client,
        asyncio.TaskGroup() as tasks,
    ):
        for method in METHODS.values():
            slack.always(method, slack.hanging(says(channel="C1", ts="1.000100")))
        made = tasks.create_task(rooms_of(client, clock).perform(jobs))
        await slack.called("chat.postMessage", 2)
        await slack.called("bookmarks.add", 2)
        for step in (Step.INVITE, Step.TOPIC, Step.PURPOSE):
            await slack.called(METHODS[step], 1)
        slack.release()

    assert [result.step for result in made.result()] == steps
    assert {result.problem for result in made.result()} == {None}


async def test_nothing_to_do_is_nothing_done(house: House) -> None:
    assert await house.rooms.perform([]) == ()


async def test_a_private_incident_gets_a_private_channel_whose_name_says_nothing(
    house: House,
) -> None:
    house.change(private=True)
    await house.made(Step.CHANNEL, Step.CARD, Step.INVITE, Step.TOPIC, Step.PURPOSE, Step.PIN)

    assert house.channel.is_private
    assert "checkout" not in house.channel.name
    assert not house.workspace.model.sees(MAX, house.channel)


async def test_what_nobody_may_know_is_announced_to_nobody(house: House) -> None:
    for changes in ({"private": True}, {"private": False, "kind": IncidentKind.DRILL}):
        house.change(**changes)
        result = await house.do(Step.BROADCAST)
        assert result.final
        assert result.problem
    assert house.said(INCIDENTS) == []
    assert house.workspace.traffic.calls == {}


async def test_the_room_can_be_a_thread_below_the_alert(house: House) -> None:
    house.change(room=new_room(RoomKind.THREAD))
    await house.made(Step.BROADCAST, Step.CARD)

    alert, card = house.said(INCIDENTS)
    assert card.thread_ts == alert.ts
    again = await house.do(Step.CARD, again=True)
    assert again.posted == house.incident.room.card
    assert len(house.said(INCIDENTS)) == 2


async def test_a_step_whose_ground_is_missing_says_so(house: House) -> None:
    for step in STEPS:
        if step not in {Step.CHANNEL, Step.BROADCAST}:
            result = await house.do(step)
            assert result.problem
            assert not result.final
    assert house.workspace.traffic.calls == {}


# ── Something goes wrong, and it is tried again ──────────────────────────────────────────────────


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_failed_is_done_once_all_the_same(
    house: House, step: Step, trouble: str
) -> None:
    await house.made(*before(step))
    house.fail(step, TROUBLES[trouble])

    failed = await house.do(step)

    assert failed.problem
    assert not failed.final
    assert failed.retry_after == (7.0 if trouble == "429" else None)
    house.clock.move(timedelta(seconds=30))
    done = await house.do(step, again=True)
    assert done.problem is None
    rest = [each for each in STEPS if each not in {*before(step), step}]
    await house.made(*rest)
    require_one_of_each(house)


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_was_done_and_not_written_down_is_done_once(
    house: House, step: Step
) -> None:
    await house.made(*before(step))
    first = await house.do(step)
    second = await house.do(step, again=True)

    assert second.problem is None
    assert (second.channel, second.name, second.posted) == (
        first.channel,
        first.name,
        first.posted,
    )
    await house.made(*(each for each in STEPS if each not in {*before(step), step}))
    require_one_of_each(house)


def links_of(channel: Channel) -> list[str]:
    """Where its bookmarks lead."""
    return sorted(each["link"] for each in channel.bookmarks)


def require_one_of_each(house: House) -> None:
    """One channel, one card, one alert, one pin, each bookmark once, everybody in."""
    (channel,) = house.own_channels
    assert channel is house.channel
    assert len(house.said(channel.id)) == 1
    assert len(house.said(INCIDENTS)) == 1
    assert len(channel.pins) == 1
    assert links_of(channel) == sorted(url for _, url in LINKS)
    assert set(channel.members) >= EVERYBODY


async def test_one_step_that_fails_keeps_no_other_from_being_done(house: House) -> None:
    await house.made(Step.CHANNEL)
    house.fail(Step.TOPIC, TROUBLES["500"])
    jobs = [
        RoomJob(step=step, incident=house.incident, again=False, since=house.since)
        for step in (Step.TOPIC, Step.CARD)
    ]

    topic, card = await house.rooms.perform(jobs)

    assert topic.problem
    assert card.problem is None
    assert card.posted


async def test_a_screen_that_breaks_is_a_failed_step(house: House) -> None:
    def broken(_: Incident) -> Any:
        raise KeyError("a bug")

    screens = RoomScreens(card=broken, broadcast=house.rooms.screens.broadcast)
    house.rooms = replace(house.rooms, screens=screens)
    await house.made(Step.CHANNEL)

    jobs = [
        RoomJob(step=step, incident=house.incident, again=False, since=house.since)
        for step in (Step.CARD, Step.BROADCAST)
    ]
    card, alert = await house.rooms.perform(jobs)

    assert card.problem
    assert "a bug" not in card.problem
    assert not card.final
    assert alert.posted


async def test_nobody_else_s_post_is_taken_for_the_card(house: House) -> None:
    """The token stands in the description of the channel, where everybody can read it."""
    await house.made(Step.CHANNEL)
    payload = {"token": f"{house.incident.room.token}:card"}
    forged = Message(
        channel=house.channel.id,
        ts=house.workspace.model.next_ts(house.clock.now()),
        user=MAX,
        text="I am the card",
        metadata={"event_type": "signalbox_message", "event_payload": payload},
    )
    house.channel.messages[forged.ts] = forged

    result = await house.do(Step.CARD, again=True)

    assert result.posted
    assert result.posted.ts != forged.ts


# ── The channel ──────────────────────────────────────────────────────────────────────────────────


def occupy(house: House, attempt: int = 1, **changes: Any) -> Channel:
    """Give a name to a channel of somebody else."""
    fields: dict[str, Any] = {"creator": OLIVIA, "members": [OLIVIA], **changes}
    channel = Channel(
        id=house.workspace.model.new_id("C"),
        name=room_name(house.incident, POLICY.prefix, attempt),
        created=fields.pop("created", int(house.clock.now().timestamp())),
        **fields,
    )
    house.workspace.model.channels[channel.id] = channel
    return channel


async def test_a_name_that_is_taken_gets_a_number(house: House) -> None:
    for attempt in (1, 2):
        occupy(house, attempt)

    result = await house.do(Step.CHANNEL)

    assert result.name == room_name(house.incident, POLICY.prefix, 3)
    assert result.name.endswith("-3")
    assert "users.conversations" not in house.workspace.traffic.calls


async def test_a_lost_channel_with_a_number_is_found(house: House) -> None:
    occupy(house)
    house.workspace.faults.add(METHODS[Step.CHANNEL], refusal("name_taken"))
    house.fail(Step.CHANNEL, TROUBLES["lost answer"])
    assert (await house.do(Step.CHANNEL)).problem

    result = await house.do(Step.CHANNEL, again=True)

    (made,) = house.own_channels
    assert (result.channel, result.name) == (made.id, made.name)
    assert made.name.endswith("-2")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"members": [OLIVIA, BOT]},
        {"creator": BOT, "members": [BOT], "created": 1_000_000_000},
        {"creator": BOT, "members": [BOT], "is_archived": True},
    ],
    ids=["of others", "the bot was invited", "made long before", "archived"],
)
async def test_a_channel_that_is_not_of_this_attempt_is_left_alone(
    house: House, changes: dict[str, Any]
) -> None:
    other = occupy(house, **changes)

    result = await house.do(Step.CHANNEL, again=True)

    assert result.channel != other.id
    assert result.name == room_name(house.incident, POLICY.prefix, 2)


async def test_a_private_incident_never_takes_a_channel_that_everybody_can_read(
    house: House,
) -> None:
    house.change(private=True)
    public = occupy(house, creator=BOT, members=[BOT])

    result = await house.do(Step.CHANNEL, again=True)

    assert result.channel != public.id
    assert house.channel.is_private


async def test_at_some_point_names_are_taken_on_purpose(house: House) -> None:
    for attempt in range(1, MAX_NAMES + 1):
        occupy(house, attempt)

    result = await house.do(Step.CHANNEL)

    assert result.final
    assert result.channel is None
    assert house.workspace.traffic.calls == {"conversations.create": MAX_NAMES}


@pytest.mark.parametrize("word", ["restricted_action", "cannot_create_channel"])
async def test_an_administrator_may_forbid_channels(house: House, word: str) -> None:
    house.fail(Step.CHANNEL, refusal(word))

    result = await house.do(Step.CHANNEL)

    assert result.final
    assert result.problem == "An administrator does not let the bot make channels."
    assert house.own_channels == []


async def test_a_private_incident_without_a_private_channel_has_none(house: House) -> None:
    house.change(private=True)
    house.fail(Step.CHANNEL, refusal("restricted_action"))

    result = await house.do(Step.CHANNEL)

    assert (result.final, result.channel) == (True, None)
    assert house.workspace.traffic.calls == {}
    assert house.own_channels == []


async def test_a_permission_that_is_missing_waits_for_a_person(house: House) -> None:
    house.fail(Step.CHANNEL, refusal("missing_scope"))

    result = await house.do(Step.CHANNEL)

    assert result.final
    assert "channels:manage" in (result.problem or "")


async def test_a_token_that_is_not_accepted_is_tried_again(house: House) -> None:
    """The card with its button to try again could not be shown either."""
    house.fail(Step.CHANNEL, refusal("invalid_auth"))

    result = await house.do(Step.CHANNEL)

    assert result.problem
    assert not result.final


# ── People ───────────────────────────────────────────────────────────────────────────────────────


async def test_who_cannot_be_in_it_is_named_and_keeps_nobody_out(house: House) -> None:
    await house.made(Step.CHANNEL)
    result = await house.do(Step.INVITE, people=EVERYBODY | {GUEST, STRANGER, "U0GONE0001"})

    assert result.people == EVERYBODY
    assert set(house.channel.members) >= EVERYBODY
    assert result.final
    assert "Gus (a guest of one channel)" in (result.problem or "")
    assert f"{STRANGER} (of another workspace)" in (result.problem or "")
    assert "U0GONE0001 (not in the workspace)" in (result.problem or "")


async def test_who_is_in_it_and_the_bot_itself_are_no_problem(house: House) -> None:
    await house.made(Step.CHANNEL, Step.INVITE)

    result = await house.do(Step.INVITE, people=EVERYBODY | {MAX, BOT}, again=True)

    assert result.problem is None
    assert result.people == EVERYBODY | {MAX, BOT}
    assert MAX in house.channel.members


async def test_a_hundred_people_are_one_call(house: House) -> None:
    people = crowd(house, 250)
    await house.made(Step.CHANNEL)

    result = await house.do(Step.INVITE, people=people)

    assert result.problem is None
    assert result.people == people
    assert people <= set(house.channel.members)
    assert house.workspace.traffic.calls["conversations.invite"] == 3


def crowd(house: House, size: int) -> frozenset[str]:
    """Many people of the workspace."""
    people = frozenset(f"U0CROWD{number:04d}" for number in range(size))
    for user in people:
        house.workspace.model.users[user] = User(id=user, name=user, real_name=user, team_id=TEAM)
    return people


@pytest.mark.parametrize("size", [3, 60])
async def test_one_more_person_takes_three_calls_however_many_are_there(
    house: House, size: int
) -> None:
    people = crowd(house, size)
    await house.made(Step.CHANNEL)
    await house.do(Step.INVITE, people=people)
    before = house.workspace.traffic.calls.copy()

    result = await house.do(Step.INVITE, people=people | {MAX}, again=True)

    assert (result.problem, result.people) == (None, people | {MAX})
    assert MAX in house.channel.members
    asked = house.workspace.traffic.calls - before
    assert dict(asked) == {"conversations.invite": 2, "conversations.members": 1}


async def test_nobody_is_lost_when_slack_does_not_say_who_is_there(house: House) -> None:
    await house.made(Step.CHANNEL, Step.INVITE)
    house.workspace.faults.add("conversations.members", Fault(kind=Kind.SERVER_ERROR))

    result = await house.do(Step.INVITE, people=EVERYBODY | {MAX}, again=True)

    assert (result.problem, result.people) == (None, EVERYBODY | {MAX})


async def test_who_is_in_is_remembered_when_others_have_to_wait(house: House) -> None:
    await house.made(Step.CHANNEL)
    # All together are refused for the guest; of those who are then invited alone, one has to wait.
    house.fail(Step.INVITE, refusal("user_is_restricted"))
    house.fail(Step.INVITE, TROUBLES["429"])

    result = await house.do(Step.INVITE, people=EVERYBODY)

    assert result.problem
    assert not result.final
    assert result.retry_after == 7.0
    assert len(result.people) == len(EVERYBODY) - 1
    assert result.people == EVERYBODY & set(house.channel.members)


async def test_an_archived_room_takes_nobody(house: House) -> None:
    await house.made(Step.CHANNEL)
    house.channel.is_archived = True

    result = await house.do(Step.INVITE)

    assert result.final
    assert result.people == frozenset()


# ── The small things ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "title", ["x" * 200, "<!channel> & <https://a|b> " * 7, "結帳頁面壞了" * 30]
)
async def test_a_long_title_is_cut_and_calls_nobody(house: House, title: str) -> None:
    house.change(title=title)
    await house.made(Step.CHANNEL, Step.TOPIC, Step.PURPOSE)

    for note in (house.channel.topic, house.channel.purpose):
        assert len(note.value) <= 250
        assert house.incident.ref in note.value
        assert "<" not in note.value


async def test_one_bad_link_keeps_no_other_out(house: House) -> None:
    await house.made(Step.CHANNEL)
    links = (("Odd", "ftp://x.example"), *LINKS)

    result = await house.do(Step.BOOKMARKS, links=links)

    assert result.final
    assert links_of(house.channel) == sorted(url for _, url in LINKS)


async def test_bookmarks_of_people_stay(house: House) -> None:
    await house.made(Step.CHANNEL)
    await house.do(Step.BOOKMARKS, links=(("Ours", "https://ours.example"),))

    assert (await house.do(Step.BOOKMARKS, again=True)).problem is None

    links = ["https://ours.example", *(url for _, url in LINKS)]
    assert links_of(house.channel) == sorted(links)


async def test_without_links_nothing_is_asked(house: House) -> None:
    await house.made(Step.CHANNEL)
    assert (await house.do(Step.BOOKMARKS, links=(), again=True)).problem is None
    assert set(house.workspace.traffic.calls) == {"conversations.create"}


async def test_an_adopted_room_gets_the_same(house: House) -> None:
    taken = Room(channel=INCIDENTS, name="incidents", adopted=True, token="01TOKEN")
    house.change(room=taken)
    await house.made(Step.CARD, Step.INVITE, Step.TOPIC, Step.PURPOSE, Step.BOOKMARKS, Step.PIN)
    assert len(house.workspace.model.channels[INCIDENTS].pins) == 1
