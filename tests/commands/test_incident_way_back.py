"""The way back from an incident: what the windows say about approvals, and how few there are."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from engine import TO_STAGING, identity
from incident_chat import Chat, chatting, form
from samples import DANA, MAX, OLIVIA, SAM
from screens import buttons, screen

from adapters.redis.connection import Connections
from bot.domain.approval import rule_for
from bot.domain.deploy import Deploy
from bot.domain.errors import NotFound, NotPermitted
from bot.domain.history import Kind
from bot.domain.plan import Terms
from bot.domain.states import State
from bot.views.blocks import Rendered
from bot.views.incidents.names import IncidentAction
from bot.views.names import Action
from commands.replies import OpenModal, UpdateModal

A = IncidentAction
STAGING_OUT = "/incident P1 service:api env:staging checkout returns 500s"


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    async with chatting(memory) as opened:
        yield opened


async def landed(chat: Chat) -> Deploy:
    """A deploy that an incident begins after."""
    done = await chat.bench.work(await chat.bench.ask(TO_STAGING))
    assert done.landed
    await chat.declared(STAGING_OUT)
    return done


def on_screen(view: dict[str, Any]) -> Rendered:
    """A window, as a message with the same blocks."""
    return Rendered(text="x", blocks=view["blocks"])


async def test_the_button_of_a_suspect_shows_the_exact_way_back_at_once(chat: Chat) -> None:
    """One window, one button with its question; and who has to agree, which is nobody here."""
    bad = await landed(chat)
    reply = await chat.press(A.ROLL_BACK, f"INC-2026-001:{bad.id}")
    assert isinstance(reply, OpenModal)
    proposed = on_screen(await form(reply))
    said = screen(proposed)
    assert "goes back to *`v1.1.0`*" in said
    assert f"Away from v1.2.0 ({bad.id}) for INC-2026-001" in said
    target = chat.bench.catalog.target("api", "staging")
    assert rule_for(target, Terms(kind=Kind.ROLLBACK)).required == 0
    assert "*Approval*  nobody has to be asked" in said
    take = buttons(proposed)["Roll back"]
    assert take["confirm"]["confirm"]["text"] == "Roll back"
    pressed = await chat.press(Action.ROLL_BACK, take["value"], view="V1")
    assert isinstance(pressed, UpdateModal)
    back = (await chat.bench.store.deploy("D-00002")).value
    assert back.terms.incident == "INC-2026-001"
    assert (await chat.bench.work(back)).state is State.COMPLETED


async def test_a_press_shows_nothing_to_whoever_may_not_go_back(chat: Chat) -> None:
    bad = await landed(chat)
    reply = await chat.press(A.ROLL_BACK, f"INC-2026-001:{bad.id}", MAX)
    assert isinstance(reply, OpenModal)
    assert reply.fill is not None
    assert bad.id not in str(reply.view)
    with pytest.raises(NotPermitted):
        await reply.fill()
    with pytest.raises(NotFound):
        await chat.press(A.ROLL_BACK, f"nonsense:{bad.id}")


async def test_the_form_says_how_many_approvals_it_takes(chat: Chat) -> None:
    """Where several may be chosen from; the number is that of the rule."""
    await landed(chat)
    view = await form(await chat.type("/incident rollback", SAM))
    assert "Approvals that it takes: 0." in screen(on_screen(view))
    assert "usual approval" not in str(view)


async def test_a_way_back_over_a_changed_schema_says_whose_approval_it_takes(chat: Chat) -> None:
    await chat.type("/deploy api v1.2.0 staging --migrations irreversible")
    await chat.bench.work((await chat.bench.store.deploy("D-00001")).value)
    rollbacks = chat.bench.use_cases.rollbacks
    for who in (DANA, SAM, OLIVIA):
        found = await rollbacks.propose(identity(who), "api", "staging")
        assert found.rule.required == 1
        assert not found.rule.allow_self
