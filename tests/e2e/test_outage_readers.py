"""Whoever reads Chinese is answered in it when something does not work, through the whole bot."""

from desk import MEI_LING, Desk


async def test_refusals_are_in_the_language_that_somebody_has_set(people: Desk) -> None:
    """Known from the first look at who asks; what is to be typed stays as it is typed."""
    await people.say(MEI_LING, "/incident show INC-2020-001", "general")
    lost = await people.private(MEI_LING, "INC-2020-001", "general")
    assert lost["text"] == "ℹ️ 找不到事件 INC-2020-001。"
    await people.say(MEI_LING, "/incident ack INC-2020-001 again", "general")
    wrong = await people.private(MEI_LING, "again", "general")
    assert wrong["text"] == ("🤔 「again」（第 18 個字元）是多餘的字詞。請輸入 /incident ack [INC]")
