"""A page that is turned takes the place of the one that was read; what is new is said beside it."""

from collections.abc import AsyncIterator

import pytest
from incident_chat import REF, Chat, chatting
from screens import buttons

from adapters.redis.connection import Connections
from bot.views.incidents.names import IncidentAction
from commands.incidents.leafing import begun, leads
from commands.replies import Say

A = IncidentAction


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


@pytest.mark.parametrize(
    ("opened", "turned", "back"),
    [(A.SHOW, "Older", "Newer"), (A.TASKS, "Next page", "Previous page")],
)
async def test_pages_are_turned_in_place_there_and_back(
    chat: Chat, opened: IncidentAction, turned: str, back: str
) -> None:
    await chat.declared()
    for number in range(16):
        await chat.type(f"/incident task number {number}")
    first = await said(chat, opened, REF)
    assert not first.instead
    assert back not in buttons(first.rendered)
    second = await said(chat, opened, buttons(first.rendered)[turned]["value"])
    assert second.instead
    again = await said(chat, opened, buttons(second.rendered)[back]["value"])
    assert (again.instead, again.rendered) == (True, first.rendered)


async def said(chat: Chat, action: IncidentAction, value: str) -> Say:
    """The answer to a button."""
    reply = await chat.press(action, value)
    assert isinstance(reply, Say)
    return reply


def test_the_first_page_leads_on_and_the_last_one_back() -> None:
    first = leads("list:all::", (), "INC-2026-020")
    assert (first.on, first.back) == ("list:all:::INC-2026-020", "")
    last = leads("search", ("INC-2026-020", "INC-2026-010"), None, ":a,b")
    assert (last.on, last.back) == ("", "search:INC-2026-020:a,b")
    assert begun("INC-2026-020,INC-2026-010") == ("INC-2026-020", "INC-2026-010")
    assert begun("") == ()


def test_what_a_button_carries_fits_however_far_somebody_goes() -> None:
    way = tuple(f"INC-2026-{number:06}" for number in range(500))
    tail = ":" + "x" * 300
    far = leads("search", way, "INC-2026-000999", tail)
    assert max(len(far.on), len(far.back)) <= 2000
    assert far.on.endswith(f"INC-2026-000499,INC-2026-000999{tail}")
    assert far.back.endswith(f"INC-2026-000498{tail}")
