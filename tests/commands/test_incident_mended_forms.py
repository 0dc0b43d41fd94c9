"""What is wrong with a form can be mended in it: the error is in the words of the form."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from incident_chat import Chat, chatting, form
from samples import SAM

from adapters.redis.connection import Connections
from bot.domain.errors import Need, NeedsReason, UsageError, WrongMoment
from bot.domain.incidents.incident import Moment
from bot.domain.incidents.states import State
from bot.views.incidents.forms.mending import mended
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F
from commands.replies import FieldErrors, Nothing, Reply

HOUR = timedelta(hours=1)


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


async def resolved(chat: Chat, ended: datetime, reason: str = "") -> Reply:
    """The form that ends it, with a time at which the impact ended."""
    values = {
        F.ROOT_CAUSE: "a pool",
        F.RESOLUTION: "a larger one",
        F.ENDED: str(int(ended.timestamp())),
        F.OVERRIDE: reason,
    }
    return await chat.fill(C.RESOLVE, values, who=SAM)


def errors(reply: Reply) -> dict[str, str]:
    """What is said, by field."""
    assert isinstance(reply, FieldErrors)
    return dict(reply.errors)


async def test_a_time_to_come_is_named_as_the_form_does_and_in_no_time_zone(chat: Chat) -> None:
    await chat.declared()
    said = errors(await resolved(chat, chat.bench.clock.now() + 2 * HOUR))
    assert said == {
        F.ENDED: "“Impact ended at” is 2 h from now. Choose a time that is over, or none."
    }


async def test_a_time_that_does_not_fit_is_taken_with_a_reason_of_the_form(chat: Chat) -> None:
    found = await chat.declared()
    declared = found.times[Moment.DECLARED].at
    said = errors(await resolved(chat, declared - HOUR))
    assert list(said) == [F.ENDED]
    assert said[F.ENDED].startswith("“Impact ended at” is 1 h before “Declared” (2026-03-14 ")
    assert " UTC). Choose a later time" in said[F.ENDED]
    asked = await form(await chat.press(A.RESOLVE, who=SAM))
    label = next(each for each in asked["blocks"] if each.get("block_id") == F.OVERRIDE)["label"]
    assert f"“{label['text']}”" in said[F.ENDED]
    assert await resolved(chat, declared - HOUR, "it came and went") == Nothing()
    after = await chat.now()
    assert (after.state, after.at(Moment.MITIGATED)) == (State.RESOLVED, declared - HOUR)
    assert after.times[Moment.MITIGATED].override == "it came and went"


async def test_a_lower_severity_is_asked_for_its_reason_at_the_field(chat: Chat) -> None:
    await chat.declared()
    said = errors(await chat.fill(C.SEVERITY, {F.SEVERITY: "P3", F.REASON: ""}, ""))
    assert said == {F.REASON: "A P1 or P2 becomes less bad with a reason only. Give it here."}


async def test_a_reason_to_reopen_that_is_too_short_is_asked_for_at_the_field(chat: Chat) -> None:
    await chat.declared()
    values = {F.ROOT_CAUSE: "a pool", F.RESOLUTION: "a larger one"}
    assert await chat.fill(C.RESOLVE, values, who=SAM) == Nothing()
    said = errors(await chat.fill(C.REOPEN, {F.REASON: "again"}))
    assert said == {F.REASON: "Say here what is wrong again, in 10 characters or more."}


def test_a_deploy_that_began_to_run_meanwhile_is_passed_at_the_field_for_it() -> None:
    error = NeedsReason("It runs.", hint="/incident resolve", need=Need.UNFINISHED)
    field, says = mended(error, F.RESOLUTION, "en")
    assert field is F.OVERRIDE
    assert says == "A deploy that belongs to it is still running. Say why that does not matter."


def test_a_time_that_is_too_late_says_so_in_the_language_of_the_reader() -> None:
    at = datetime.fromisoformat("2026-03-14T13:00:00+02:00")
    error = WrongMoment("It does not fit.", hint="", off=HOUR / 4, other="resolved", at=at)
    said = mended(error, F.ENDED, "en")[1]
    assert said.startswith("“Impact ended at” is 15 min after “Resolved” (2026-03-14 11:00 UTC). ")
    chinese = mended(error, F.ENDED, "zh-TW")[1]
    assert "（2026-03-14 11:00 UTC）晚了 15 分" in chinese
    assert "/incident" not in said + chinese


def test_an_error_of_another_kind_says_what_it_says() -> None:
    error = UsageError("This is too long.", hint="Make it shorter.")
    said = (F.TITLE, "This is too long. Make it shorter.")
    assert mended(error, F.TITLE, "en") == said
