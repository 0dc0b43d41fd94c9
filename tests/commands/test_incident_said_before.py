"""What was said holds until the end, and nothing is called open that is over."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from incident_chat import OUTAGE, Chat, beginning, chatting, form
from incident_samples import incident_policy
from screens import screen

from adapters.redis.connection import Connections
from bot.domain.errors import UsageError
from bot.domain.incidents.states import State
from bot.views.incidents.broadcast import incident_broadcast
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F
from bot.views.incidents.updates import incident_update
from commands.replies import Nothing

ENDED = {F.ROOT_CAUSE: "A pool was full.", F.RESOLUTION: "It was enlarged."}


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


async def test_an_incident_that_is_opened_again_begins_with_no_update(chat: Chat) -> None:
    await chat.declared()
    await chat.type("/incident update all is fine --eta soon")
    await chat.fill(C.RESOLVE, ENDED)
    chat.bench.clock.move(timedelta(minutes=5))
    await chat.type("/incident reopen the errors are back")
    filled = beginning(await form(await chat.press(A.UPDATE)))
    assert F.PROGRESS not in filled
    assert F.ETA not in filled
    shown = screen(incident_broadcast(await chat.now(), incident_policy()))
    assert "soon" not in shown
    with pytest.raises(UsageError, match="no update that could still hold"):
        await chat.press(A.NO_CHANGE)


async def test_the_impact_is_asked_for_at_the_end_where_nobody_has_said_it(chat: Chat) -> None:
    await chat.declared()
    asked = await form(await chat.press(A.RESOLVE))
    assert F.IMPACT in [block.get("block_id") for block in asked["blocks"]]
    assert await chat.fill(C.RESOLVE, {**ENDED, F.IMPACT: "Nobody could pay."}) == Nothing()
    found = await chat.now()
    assert (found.state, found.impact) == (State.RESOLVED, "Nobody could pay.")
    again = await form(await chat.press(A.RESOLVE))
    assert F.IMPACT not in [block.get("block_id") for block in again["blocks"]]


async def test_nobody_assesses_what_is_over(chat: Chat) -> None:
    policy, incident = incident_policy(), await chat.declared(OUTAGE)
    assert "assessing" in screen(incident_broadcast(incident, policy))
    await chat.fill(C.RESOLVE, ENDED)
    assert "assessing" not in screen(incident_broadcast(await chat.now(), policy))
    await chat.type("/incident status post-mortem")
    await chat.type("/incident update we write it down")
    assert "assessing" not in screen(incident_update(await chat.now(), 1))
