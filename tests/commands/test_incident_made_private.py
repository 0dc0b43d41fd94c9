"""Making an incident private, which nobody does without knowing."""

from collections.abc import AsyncIterator

import pytest
from engine import identity
from incident_chat import REF, Chat, chatting, shown
from samples import DANA, MAX

from adapters.redis.connection import Connections
from bot.domain.errors import Elsewhere, NotFound, UsageError
from bot.domain.placement import MessageRef
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F
from bot.views.incidents.names import IncidentShortcut as S
from commands.incoming import MessageShortcut


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


async def test_a_title_that_begins_with_private_keeps_its_words_and_the_answer_says_what_it_did(
    chat: Chat,
) -> None:
    said = await chat.read("/incident P3 service:api private endpoint of billing unreachable")
    found = await chat.now()
    assert (found.title, found.private) == ("private endpoint of billing unreachable", True)
    assert "🔒 It is private: announced nowhere" in said


async def test_what_is_not_private_is_not_called_so(chat: Chat) -> None:
    assert "🔒" not in await chat.read("/incident P3 service:api the private endpoint is down")


async def test_a_form_with_the_box_ticked_is_answered_the_same_way(chat: Chat) -> None:
    values = {F.TITLE: "Tokens in a log", F.SEVERITY: "P2", F.PRIVATE: "private"}
    assert "🔒 It is private" in await shown(await chat.fill(C.DECLARE, values))


async def test_the_typed_word_asks_before_it_hides_an_incident(chat: Chat) -> None:
    await chat.declared()
    asked = await chat.read("/incident private")
    assert "There is no way back" in asked
    assert "[Make private" in asked
    assert not (await chat.now()).private
    await chat.press(A.MAKE_PRIVATE)
    assert (await chat.now()).private
    assert "There is no way back" not in await chat.read(f"/incident private {REF}", DANA)


@pytest.mark.parametrize("typed", ["drill the", "--drill the", "declare P1 --drill the"])
async def test_a_drill_says_that_it_is_one(chat: Chat, typed: str) -> None:
    said = await chat.read(f"/incident {typed} pipeline is full of holes")
    assert "🧪 It is a drill: nobody is paged" in said
    found = await chat.now()
    assert (found.title, found.drill) == ("the pipeline is full of holes", True)


async def test_old_buttons_and_verbs_say_where_it_goes_on(chat: Chat) -> None:
    """To those who may see it; for others there is no such incident, and it is no room."""
    await chat.declared("/incident P1 service:api checkout returns 500s")
    coming = await shown(await chat.press(A.MAKE_PRIVATE))
    assert coming.count("Its channel is being made") == 1
    while await chat.bench.use_cases.incidents.rooming.tick(REF):
        pass
    link = f"<#{(await chat.now()).room.channel}>"
    assert link in await shown(await chat.press(A.ACK))
    assert link in await chat.read(f"/incident private {REF}")
    with pytest.raises(Elsewhere, match="not worked on here any more"):
        await chat.type("/incident note it is the pool")
    with pytest.raises(NotFound, match=f"There is no incident {REF}"):
        await chat.press(A.ACK, who=MAX)
    with pytest.raises(UsageError, match="not the channel of an incident"):
        await chat.type("/incident note it is the pool", MAX)


@pytest.mark.parametrize("shortcut", [S.NOTE_FROM, S.TASK_FROM])
async def test_a_shortcut_on_an_old_message_says_where_it_goes_on(chat: Chat, shortcut: S) -> None:
    """As a verb that is typed there: for others it is the channel of no incident."""
    await chat.declared("/incident P1 service:api checkout returns 500s")
    await chat.press(A.MAKE_PRIVATE)
    while await chat.bench.use_cases.incidents.rooming.tick(REF):
        pass
    with pytest.raises(Elsewhere, match="not worked on here any more") as told:
        await chat.say(on_message(shortcut, DANA, chat.channel))
    assert told.value.channel == (await chat.now()).room.channel
    with pytest.raises(UsageError) as old:
        await chat.say(on_message(shortcut, MAX, chat.channel))
    with pytest.raises(UsageError) as nowhere:
        await chat.say(on_message(shortcut, MAX, "C0NOWHERE"))
    assert (str(old.value), old.value.hint) == (str(nowhere.value), nowhere.value.hint)
    with pytest.raises(NotFound, match="no text"):
        await chat.say(on_message(shortcut, DANA, told.value.channel))


def on_message(shortcut: S, who: str, channel: str) -> MessageShortcut:
    """A shortcut that was chosen on a message."""
    return MessageShortcut(
        identity=identity(who),
        callback=shortcut,
        place=MessageRef(channel=channel, ts="1773489700.000100"),
        text="It is the pool.",
        trigger="7.1.x",
    )
