"""Whoever declares an incident from elsewhere is led to its room."""

from collections.abc import AsyncIterator

import pytest
from incident_chat import OUTAGE, REF, Chat, chatting
from screens import accepted, screen

from adapters.redis.connection import Connections
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F
from commands.replies import Reply, Say


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


async def made(chat: Chat, ref: str = REF) -> str:
    """The channel, once it is there."""
    while await chat.bench.use_cases.incidents.rooming.tick(ref):
        pass
    channel = (await chat.now(ref)).room.channel
    assert channel
    return channel


async def follows(reply: Reply) -> str:
    """What is said in place of an answer."""
    assert isinstance(reply, Say)
    assert reply.then is not None
    said = await reply.then()
    return screen(accepted(said)) if said else ""


@pytest.mark.parametrize("typed", [OUTAGE, "/incident drill", OUTAGE.replace("P1", "P1 --private")])
async def test_the_answer_becomes_a_link_once_the_room_is_there(chat: Chat, typed: str) -> None:
    reply = await chat.type(typed)
    channel = await made(chat)
    assert f"Go to <#{channel}>." in await follows(reply)


async def test_a_form_and_a_part_are_answered_the_same_way(chat: Chat) -> None:
    values = {F.TITLE: "Checkout is down", F.SEVERITY: "P1", F.SERVICE: "api"}
    form = await chat.fill(C.DECLARE, values)
    channel = await made(chat)
    assert f"<#{channel}>" in await follows(form)
    part = await chat.type(f"/incident sub {REF} search is down as well")
    assert f"<#{await made(chat, 'INC-2026-002')}>" in await follows(part)


async def test_an_answer_stands_when_no_room_comes(chat: Chat) -> None:
    """Slack is away, say."""
    assert await follows(await chat.type(OUTAGE)) == ""


async def test_what_goes_on_in_a_thread_has_no_room_to_wait_for(chat: Chat) -> None:
    reply = await chat.type("/incident P3 service:api checkout is slow --thread")
    assert isinstance(reply, Say)
    assert reply.then is None
