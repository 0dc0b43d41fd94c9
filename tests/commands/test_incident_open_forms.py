"""Forms that are sent after something else has happened to their incident."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from engine import identity
from incident_chat import Chat, beginning, chatting, form
from samples import DANA, SAM

from adapters.redis.connection import Connections
from bot.domain.incidents.states import State
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentField as F
from commands.incoming import Submission
from commands.replies import Nothing


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


async def sent(chat: Chat, view: Mapping[str, Any], **changes: str) -> None:
    """A form with what it began with, apart from what somebody changed in it."""
    submission = Submission(
        identity=identity(SAM),
        callback=view["callback_id"],
        private=view["private_metadata"],
        values=beginning(view) | changes,
        view=f"V{chat.trigger()}",
    )
    assert await chat.say(submission) == Nothing()


async def test_a_status_that_nobody_touched_in_the_form_changes_nothing(chat: Chat) -> None:
    await chat.declared()
    update = await form(await chat.press(A.UPDATE, who=SAM))
    assert beginning(update)[F.STATE] == State.INVESTIGATING
    await chat.type("/incident status identified", DANA)
    await sent(chat, update, progress="We look into the pool.")
    found = await chat.now()
    assert found.state is State.IDENTIFIED
    assert found.updates[-1].progress == "We look into the pool."


async def test_a_status_that_was_chosen_in_the_form_is_a_wish(chat: Chat) -> None:
    await chat.declared()
    update = await form(await chat.press(A.UPDATE, who=SAM))
    await chat.type("/incident status identified", DANA)
    await sent(chat, update, progress="We roll back.", state="mitigating")
    assert (await chat.now()).state is State.MITIGATING
