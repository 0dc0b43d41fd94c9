"""Out of triage: nobody fills in a form that cannot be sent."""

from collections.abc import AsyncIterator

import pytest
from incident_chat import OUTAGE, Chat, chatting, form, shown
from incident_samples import incident_policy
from screens import screen

from adapters.redis.connection import Connections
from bot.domain.incidents.states import State
from bot.views.blocks import Rendered
from bot.views.incidents.broadcast import incident_broadcast
from bot.views.incidents.card import incident_card
from bot.views.incidents.names import IncidentAction as A
from commands.replies import Nothing, UpdateModal

DOUBTED = OUTAGE.replace("P1", "P3")


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


def read(said: Rendered) -> str:
    """A message as people see it."""
    return screen(said)


async def test_what_may_be_a_false_alarm_is_accepted_by_a_button_wherever_it_is_shown(
    chat: Chat,
) -> None:
    incident, policy = await chat.declared(DOUBTED), incident_policy()
    panel = await chat.read("/incident")
    for each in (read(incident_card(incident, policy)), read(incident_broadcast(incident, policy))):
        assert "[Accept as incident" in each
    assert "[Accept as incident" in panel
    assert "[Resolve" not in panel
    assert await chat.press(A.CONFIRM) == Nothing()
    accepted = await chat.now()
    assert accepted.state is State.INVESTIGATING
    assert "[Accept as incident" not in read(incident_card(accepted, policy))
    assert "[Accept as incident" not in read(incident_broadcast(accepted, policy))
    assert "[Resolve" in await chat.read("/incident")


@pytest.mark.parametrize("typed", ["resolve", "status resolved"])
async def test_resolving_what_may_be_a_false_alarm_says_what_comes_first(
    chat: Chat, typed: str
) -> None:
    await chat.declared(DOUBTED)
    asked = await form(await chat.type(f"/incident {typed}"))
    assert "submit" not in asked
    assert "Nobody has said yet" in str(asked["blocks"])
    assert A.CONFIRM in str(asked["blocks"])
    reply = await chat.press(A.CONFIRM, view="V1")
    assert isinstance(reply, UpdateModal)
    assert "It is an incident: Investigating." in str(reply.view)
    assert (await form(await chat.type("/incident resolve")))["callback_id"] == A.RESOLVE


async def test_a_button_elsewhere_says_that_it_is_one_now(chat: Chat) -> None:
    await chat.declared(DOUBTED)
    chat.channel = "C1"
    assert "It is an incident" in await shown(await chat.press(A.CONFIRM))
