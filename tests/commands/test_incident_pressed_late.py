"""Buttons whose work is done already: whoever comes too late hears what happened."""

from collections.abc import AsyncIterator

import pytest
from incident_chat import REF, Chat, chatting, form, shown
from samples import DANA, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.errors import IllegalTransition
from bot.views.incidents.names import IncidentAction

A = IncidentAction
TASK = f"{REF}:T1"


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """An incident with one task, in its room."""
    async with chatting(memory) as opened:
        await opened.declared()
        await opened.type("/incident task look at the pool")
        yield opened


async def test_of_two_who_take_a_task_the_second_hears_who_has_it(chat: Chat) -> None:
    assert "T1" in await shown(await chat.press(A.TASK_TAKEN, TASK, SAM))
    late = await shown(await chat.press(A.TASK_TAKEN, TASK, OLIVIA))
    assert f"*T1* look at the pool · <@{SAM}>" in late
    assert (await chat.now()).tasks[0].owner == SAM
    await chat.type("/incident task own T1", OLIVIA)
    assert (await chat.now()).tasks[0].owner == OLIVIA


async def test_who_ends_a_task_that_is_done_hears_who_did_it(chat: Chat) -> None:
    await chat.press(A.TASK_DONE, TASK, SAM)
    for action in (A.TASK_DONE, A.TASK_TAKEN):
        late = await shown(await chat.press(action, TASK, OLIVIA))
        assert f"<@{SAM}> did *T1* look at the pool" in late
    assert (await chat.now()).tasks[0].owner is None


async def test_who_accepts_what_is_not_offered_any_more_hears_who_leads(chat: Chat) -> None:
    await chat.press(A.ACK, REF, DANA)
    await chat.type(f"/incident handoff <@{SAM}>")
    await chat.type(f"/incident handoff <@{OLIVIA}>")
    late = await shown(await chat.press(A.ACCEPT, REF, SAM))
    assert f"not offered to <@{SAM}> any more. <@{DANA}> leads it." in late
    await chat.press(A.ACCEPT, REF, OLIVIA)
    late = await shown(await chat.press(A.ACCEPT, REF, SAM))
    assert f"<@{OLIVIA}> leads it." in late


@pytest.mark.parametrize(
    ("action", "deed"),
    [
        (A.UPDATE, "an update"),
        (A.RESOLVE, "resolving it"),
        (A.SEVERITY, "changing its severity"),
        (A.ROLES, "giving a role"),
        (A.HANDOFF, "handing it over"),
        (A.PAGE, "paging somebody"),
        (A.TASK, "adding a task"),
        (A.FOLLOW_UP, "adding a task"),
    ],
)
async def test_no_form_is_filled_in_to_be_refused(
    chat: Chat, action: IncidentAction, deed: str
) -> None:
    """The button of a reminder stays when the incident is over."""
    await chat.type("/incident cancel nothing is wrong")
    with pytest.raises(IllegalTransition, match=f"{REF} is cancelled; {deed} is not possible"):
        await form(await chat.press(action))


async def test_what_is_over_needs_no_first_update(chat: Chat) -> None:
    await chat.type("/incident cancel nothing is wrong")
    with pytest.raises(IllegalTransition, match="an update is not possible"):
        await chat.press(A.NO_CHANGE)
