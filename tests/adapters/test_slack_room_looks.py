"""What people say in a channel, as the bot finds it there, and how it shows that it has."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fakes import VirtualClock
from installed import installed
from samples import DANA, MAX, OLIVIA, SAM, TEAM

from adapters.local.workspace.faults import Fault, Kind
from adapters.local.workspace.model import Channel, Message
from adapters.local.workspace.seed import BOT, GENERAL, GUEST, INCIDENTS
from adapters.local.workspace.server import Workspace
from adapters.slack.directory import SlackDirectory
from adapters.slack.room_looks import TAKEN, SlackRoomLooks
from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.domain.placement import MessageRef

NOWHERE = MessageRef(channel=INCIDENTS, ts="1700000000.000100")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The workspace, and the looks under test."""

    workspace: Workspace
    looks: SlackRoomLooks

    def say(self, text: str, user: str = DANA, **changes: Any) -> MessageRef:
        """Somebody says something in the channel for incidents."""
        channel = self.workspace.model.channels[INCIDENTS]
        ts = self.workspace.model.next_ts(VirtualClock().now())
        message = Message(channel=channel.id, ts=ts, user=user, text=text, **changes)
        channel.messages[ts] = message
        return MessageRef(channel=channel.id, ts=ts)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    """A running workspace."""
    clock = VirtualClock()
    async with installed(clock) as (workspace, client):
        directory = SlackDirectory(client=client, groups={}, team=TEAM, clock=clock)
        looks = SlackRoomLooks(client=client, names=directory.name_of, meet=directory.meet)
        yield Place(workspace=workspace, looks=looks)


@pytest.mark.parametrize("private", [True, False])
async def test_a_channel_has_a_name_and_is_open_or_closed(place: Place, private: bool) -> None:
    place.workspace.model.channels[GENERAL].is_private = private
    assert await place.looks.name_of(GENERAL) == ("general", private)


async def test_a_channel_without_the_bot_is_refused(place: Place) -> None:
    place.workspace.model.channels[GENERAL].members.remove(BOT)
    with pytest.raises(SlackRefused, match="invite it there") as caught:
        await place.looks.name_of(GENERAL)
    assert caught.value.code == "not_in_channel"


async def test_an_archived_channel_is_refused_as_archived(place: Place) -> None:
    """Whatever was meant for it waits for nobody: see `bot.usecases.delivery`."""
    place.workspace.model.channels[GENERAL].is_archived = True
    with pytest.raises(SlackRefused, match="#general is archived") as caught:
        await place.looks.name_of(GENERAL)
    assert caught.value.code == "is_archived"


async def test_a_message_has_an_address(place: Place) -> None:
    said = place.say("It is slow.")
    address = await place.looks.permalink(said)
    assert address
    assert said.ts.replace(".", "") in address
    assert await place.looks.permalink(NOWHERE) is None


async def test_an_address_that_slack_does_not_answer_for_is_no_answer(place: Place) -> None:
    place.workspace.faults.add("chat.getPermalink", Fault(kind=Kind.SERVER_ERROR))
    with pytest.raises(SlackUnavailable):
        await place.looks.permalink(place.say("It is slow."))


async def test_a_message_is_read_as_people_read_it(place: Place) -> None:
    said = place.say(f"<@{SAM}> &amp; <@U0GONE0001>: see <https://x.example|the graph>", MAX)
    names = ("@sam & @U0GONE0001: see the graph (https://x.example)", MAX)
    assert await place.looks.text_of(said) == names


async def test_a_reply_is_read_and_not_the_message_above_it(place: Place) -> None:
    above = place.say("It is slow.")
    reply = place.say("So it is.", SAM, thread_ts=above.ts)
    place.say("Still.", OLIVIA, thread_ts=above.ts)

    assert await place.looks.text_of(reply) == ("So it is.", SAM)
    assert await place.looks.text_of(above) == ("It is slow.", DANA)


async def test_what_is_not_there_says_nothing(place: Place) -> None:
    assert await place.looks.text_of(NOWHERE) is None


async def test_what_the_bot_may_not_read_is_refused(place: Place) -> None:
    said = place.say("It is slow.")
    place.workspace.model.channels[INCIDENTS].members.remove(BOT)
    with pytest.raises(SlackRefused, match="invite"):
        await place.looks.text_of(said)


async def test_a_mark_is_put_once(place: Place) -> None:
    said = place.say("It is slow.")
    for _ in range(2):
        await place.looks.confirm(said)
    message = place.workspace.model.channels[INCIDENTS].messages[said.ts]
    assert message.reactions == {TAKEN: [BOT]}
    with pytest.raises(SlackRefused):
        await place.looks.confirm(NOWHERE)


# ── Bringing people in ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def room(place: Place) -> Channel:
    """A channel with the bot and Sam in it."""
    channel = Channel(id="C0ROOM0001", name="room", created=1, creator=BOT, members=[BOT, SAM])
    place.workspace.model.channels[channel.id] = channel
    return channel


async def test_people_are_brought_in_and_who_is_there_or_gone_is_no_problem(
    place: Place, room: Channel
) -> None:
    await place.looks.invite(room.id, frozenset({DANA, SAM, BOT, "U0GONE0001"}))
    assert set(room.members) == {BOT, SAM, DANA}


async def test_nobody_to_bring_in_is_nothing_to_ask(place: Place, room: Channel) -> None:
    await place.looks.invite(room.id, frozenset())
    assert place.workspace.traffic.calls == {}


async def test_who_is_not_let_in_is_named(place: Place, room: Channel) -> None:
    place.workspace.model.users[GUEST].name = "gus"
    await place.looks.meet([GUEST])
    with pytest.raises(SlackRefused, match=r"gus \(a guest of one channel\)"):
        await place.looks.invite(room.id, frozenset({DANA, GUEST}))
    assert DANA in room.members


async def test_a_channel_that_takes_nobody_is_refused(place: Place, room: Channel) -> None:
    room.members.remove(BOT)
    with pytest.raises(SlackRefused):
        await place.looks.invite(room.id, frozenset({DANA}))


async def test_without_names_ids_are_shown(place: Place) -> None:
    bare = SlackRoomLooks(client=place.looks.client)
    said = place.say(f"<@{SAM}> is on it")
    assert await bare.text_of(said) == (f"@{SAM} is on it", DANA)
    assert replace(bare, names={SAM: "sam"}.get).names(SAM) == "sam"
