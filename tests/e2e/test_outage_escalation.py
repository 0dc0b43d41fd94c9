"""Who is called, when, and how often: the ladder, drills, and what a crash must not repeat."""

from desk import DANA, MAX, MEI_LING, OLIVIA, SAM, Desk, ready
from outages import (
    card_of,
    declare,
    entered,
    everything,
    own,
    pages,
    press,
    room_of,
    rooms,
)


async def test_nobody_answers_up_to_the_last_rung_and_then_one_does(people: Desk) -> None:
    """Primary, Secondary, Architect, each once and in private; a P2 passes the CTO by."""
    ref = await declare(people, "P2 service:api Logins fail")
    room = await room_of(people, ref)
    page = await people.told(SAM, "you are paged")
    await people.told(OLIVIA, "you are paged")
    await people.until(lambda: _paged(people, MEI_LING))
    await people.said(DANA, room.name, "nobody is left")
    assert [len(pages(people, who)) for who in (SAM, OLIVIA, MEI_LING, MAX)] == [1, 1, 1, 0]
    assert "Primary" in str(page)
    await press(people, SAM, page, "incident.answer", ref)
    await card_of(people, ref, f"<@{SAM}>")
    answered = await people.told(SAM, "answered")
    assert answered["ts"] == page["ts"]
    assert "incident.answer" not in str(answered)
    await entered(people, room, SAM)
    # The others see in their own message that somebody is on it; nobody has had a second one.
    assert (await people.told(OLIVIA, f"<@{SAM}>"))["ts"] == pages(people, OLIVIA)[0].ts
    assert [len(pages(people, who)) for who in (SAM, OLIVIA, MEI_LING, MAX)] == [1, 1, 1, 0]


async def test_a_drill_calls_nobody_tells_nobody_and_freezes_nothing(people: Desk) -> None:
    """All that a P1 does happens in its own room; a deploy goes on as if nothing was."""
    ref = await declare(people, "drill P1 service:api The database is gone")
    room = await room_of(people, ref)
    card = await card_of(people, ref, "DRILL")
    assert room.name.startswith("drill-")
    assert "incident.page" not in str(card)
    assert "incident.freeze" not in str(card)
    await press(people, DANA, card, "incident.ack")
    await card_of(people, ref, f"<@{DANA}>")
    await people.say(DANA, "/deploy api v1.2.0 production", "deploys")
    asked = await people.card("Waiting for approval")
    assert ref not in str(asked)
    await people.say(SAM, f"/incident page {ref} secondary", "general")
    await people.private(SAM, "drill", "general")
    assert own(people, "incidents") == []
    for who in (SAM, OLIVIA, MEI_LING, MAX):
        assert pages(people, who) == []
    assert "frozen" not in everything(people, DANA)


async def test_a_bot_that_is_killed_after_the_answer_makes_one_of_each(people: Desk) -> None:
    """One channel, one card, one alert and one page, whatever it was at."""
    ref = await declare(people, "P1 service:api Checkout answers 500s")
    bot = people.stack.bots[-1]
    bot.kill()
    await bot.wait()
    await people.stack.start_bot()
    await ready(people)
    await people.until(lambda: _paged(people, SAM))
    made = await room_of(people, ref)
    await people.said(DANA, "incidents", "Checkout answers 500s")
    # What is said last in a room comes after everything that might be said twice.
    await people.say(DANA, "/incident update we look at it", made.name)
    await people.said(DANA, made.name, "we look at it")
    await people.said(DANA, "incidents", "Checkout answers 500s")
    (room,) = rooms(people)
    cards = [m for m in own(people, room.name) if "incident.resolve" in str(m.blocks)]
    alerts = [m for m in own(people, "incidents") if "Incident alert" in str(m.blocks)]
    assert (len(cards), len(room.pins), len(alerts), len(pages(people, SAM))) == (1, 1, 1, 1)


async def _paged(people: Desk, who: str) -> bool:
    return bool(pages(people, who))
