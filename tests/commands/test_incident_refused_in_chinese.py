"""Somebody who reads Chinese is refused in Chinese, in chat and in forms, with what to type."""

from collections.abc import AsyncIterator, Mapping

import pytest
from incident_chat import REF, Chat, chatting
from samples import DANA, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.errors import SignalboxError
from bot.views.errors import apology
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F
from commands.replies import FieldErrors

CHINESE = "zh-TW"


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """Sam and Olivia read Chinese, and Dana English."""
    async with chatting(memory) as opened:
        people = opened.bench.people.people
        for who in (SAM, OLIVIA):
            people[who] = people[who].model_copy(update={"language": CHINESE})
        yield opened


async def refused(chat: Chat, text: str, who: str = SAM) -> str:
    """What somebody reads who types what is refused."""
    with pytest.raises(SignalboxError) as error:
        await chat.type(text, who)
    language = chat.bench.people.language_of(who) or "en"
    return apology(error.value, "REF12345", language).text


async def below(chat: Chat, form: C, values: Mapping[F, str], *more: str) -> dict[str, str]:
    """What stands below the fields of a form that is refused."""
    reply = await chat.fill(form, values, *more, who=SAM)
    assert isinstance(reply, FieldErrors)
    return dict(reply.errors)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "/incident escalte",
            "🤔 沒有「escalte」（第 1 個字元）這個動作。是不是要輸入 escalate？"
            "若要以此為標題通報事件，請輸入 /incident declare escalte",
        ),
        (
            "/incident severity bad",
            "🤔 「bad」（第 10 個字元）不是嚴重等級。可用的有 P1、P2、P3、P4。",
        ),
        (
            "/incident service:shop it is slow",
            "🤔 找不到名為「shop」的服務（第 1 個字元）。可用的有：api、auth。",
        ),
        (
            "/incident note it broke --at never",
            "🤔 「never」（第 20 個字元）不是時間。請輸入 14:05（UTC）、10m ago，或完整時間，",
        ),
        ("/incident ack it now", "🤔 「it」（第 5 個字元）是多餘的字詞。請輸入 /incident ack"),
        (
            "/incident list --days 4",
            "🤔 --days（第 6 個字元）不能用於「list」，只能用於 metrics。這裡可用的有：--service、",
        ),
        (
            "/incident status merged",
            "🤔 「merged」（第 8 個字元）不是狀態。請輸入 /incident merge 並加上另一個事件的編號。",
        ),
        ("/incident show INC-2020-009", "ℹ️ 找不到事件 INC-2020-009。"),
    ],
)
async def test_nonsense_is_answered_in_chinese(chat: Chat, text: str, says: str) -> None:
    await chat.declared()
    assert (await refused(chat, text)).startswith(says)


async def test_the_same_is_answered_in_english_to_whoever_reads_that(chat: Chat) -> None:
    await chat.declared()
    said = await refused(chat, "/incident severity bad", who=DANA)
    assert said == "🤔 “bad” (character 10) is no severity. There are P1, P2, P3, P4."


async def test_a_title_that_is_too_short_is_refused_in_chinese(chat: Chat) -> None:
    says = "標題至少要有 3 個字元。請簡短說明發生什麼問題。"
    assert await refused(chat, "/incident P1 service:api x") == f"🤔 {says}"
    assert await below(chat, C.DECLARE, {F.TITLE: "x", F.SEVERITY: ""}) == {
        F.TITLE: says,
        F.SEVERITY: "請選擇嚴重等級。",
    }


async def test_what_does_not_fit_the_state_is_refused_in_chinese(chat: Chat) -> None:
    await chat.declared()
    assert await refused(chat, f"/incident {REF} status post-mortem") == (
        f"ℹ️ {REF} 目前為「調查中」，無法改為「事後檢討中」。"
    )
    assert await refused(chat, "/incident postmortem") == (
        f"🤔 {REF} 尚未解決。請先執行 /incident resolve。"
    )


async def test_forms_are_refused_in_chinese(chat: Chat) -> None:
    await chat.declared()
    assert await below(chat, C.RESOLVE, {F.ROOT_CAUSE: "", F.RESOLUTION: ""}) == {
        F.ROOT_CAUSE: "請說明原因，或填寫「不明」。",
        F.RESOLUTION: "請說明如何排除。",
    }
    assert await below(chat, C.PAGE, {F.RUNG: "", F.PERSON: ""}) == {F.PERSON: "請選擇要呼叫誰。"}
    assert await below(chat, C.EDIT, {F.TITLE: "", F.SUMMARY: "x" * 4000}, "") == {
        F.TITLE: "標題至少要有 3 個字元。請簡短說明發生什麼問題。",
        F.SUMMARY: (
            "「摘要」有 4000 個字元，上限為 3000 個。其餘內容請寫在註記，或放在文件中並附上連結。"
        ),
    }


async def test_a_button_of_something_gone_is_answered_in_chinese(chat: Chat) -> None:
    with pytest.raises(SignalboxError) as error:
        await chat.press(A.ACK, "nothing", who=SAM)
    assert apology(error.value, "R", CHINESE).text == "ℹ️ 這個按鈕對應的內容已不存在。"


async def test_who_may_is_said_in_chinese(chat: Chat) -> None:
    await chat.declared()
    said = await refused(chat, "/incident severity P3 it is calm", who=OLIVIA)
    assert said == f"🚫 只有 {REF} 的負責人、通報者或 sre 的成員可以調降嚴重等級。"
    said = await refused(chat, "/incident cancel it is calm", who=OLIVIA)
    assert said == f"🚫 只有 {REF} 的負責人、通報者或 sre 的成員可以取消事件。"
    said = await refused(chat, f"/incident close {REF}", who=OLIVIA)
    assert said == f"🚫 只有 {REF} 的負責人、通報者或 sre 的成員可以結案。"
