"""Forms that are sent after something else has happened to their incident."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from engine import identity
from incident_chat import Chat, beginning, chatting, form
from samples import DANA, SAM

from adapters.redis.connection import Connections
from bot.domain.incident_policy import Severity
from bot.domain.incidents.states import State
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F
from commands.incoming import Submission
from commands.replies import FieldErrors, Nothing, Reply


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


async def answered(chat: Chat, view: Mapping[str, Any], **changes: str) -> Reply:
    """A form with what it began with, apart from what somebody changed in it."""
    submission = Submission(
        identity=identity(SAM),
        callback=view["callback_id"],
        private=view["private_metadata"],
        values=beginning(view) | changes,
        view=f"V{chat.trigger()}",
    )
    return await chat.say(submission)


async def sent(chat: Chat, view: Mapping[str, Any], **changes: str) -> None:
    """The same, and it is taken."""
    assert await answered(chat, view, **changes) == Nothing()


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


async def test_fields_that_nobody_touched_in_the_form_stay_as_others_made_them(chat: Chat) -> None:
    await chat.declared()
    edit = await form(await chat.press(A.EDIT, who=SAM))
    await chat.type('/incident edit --title "Payments fail" --summary "The pool is full"', DANA)
    await chat.type("/incident edit --service auth --environment staging", DANA)
    await sent(chat, edit, impact="Half of them fail\r\n")
    found = await chat.now()
    assert (found.title, found.summary) == ("Payments fail", "The pool is full")
    assert (found.service, found.environment) == ("auth", "staging")
    assert found.impact == "Half of them fail"


async def test_a_field_that_was_changed_in_the_form_is_a_wish(chat: Chat) -> None:
    await chat.declared()
    edit = await form(await chat.press(A.EDIT, who=SAM))
    await chat.type('/incident edit --title "Payments fail" --impact "All of them"', DANA)
    await sent(chat, edit, title="Checkout is down", service="")
    found = await chat.now()
    assert (found.title, found.service, found.impact) == ("Checkout is down", None, "All of them")


async def test_a_form_with_the_longest_texts_carries_marks_and_no_texts(chat: Chat) -> None:
    await chat.declared()
    await chat.fill(C.EDIT, {F.TITLE: "checkout", F.SUMMARY: "s" * 3000, F.IMPACT: "ä" * 3000}, "")
    edit = await form(await chat.press(A.EDIT, who=SAM))
    assert len(edit["private_metadata"]) < 300
    await chat.type('/incident edit --summary "short" --impact "little"', DANA)
    await sent(chat, edit, title="Checkout is down")
    found = await chat.now()
    assert (found.summary, found.impact) == ("short", "little")


async def test_a_text_with_lines_of_its_own_comes_back_untouched(chat: Chat) -> None:
    await chat.declared()
    await chat.fill(C.EDIT, {F.TITLE: "checkout", F.SUMMARY: "one\ntwo"}, "")
    edit = await form(await chat.press(A.EDIT, who=SAM))
    await chat.type('/incident edit --summary "three"', DANA)
    await sent(chat, edit, summary="one\r\ntwo\n")
    assert (await chat.now()).summary == "three"


async def test_a_severity_that_nobody_touched_in_the_form_is_asked_for_again(chat: Chat) -> None:
    await chat.declared()
    severity = await form(await chat.press(A.SEVERITY, who=SAM))
    await chat.type("/incident severity P2 one region only", DANA)
    found = await answered(chat, severity, reason="one region only")
    said = "It was P1 when this form opened. Choose another."
    assert found == FieldErrors(errors={F.SEVERITY: said})
    assert (await chat.now()).severity is Severity.P2
    await sent(chat, severity, severity="P3", reason="one customer")
    assert (await chat.now()).severity is Severity.P3
