"""What single people see of incidents in headless chromium: their language, their own matters, and
nothing of what is not theirs.

Each leaves pictures of its way in a folder of the test, to be looked at.
"""

from pathlib import Path

from browser import PATIENCE_MS, Person, says
from desk import DANA, MEI_LING, OLIVIA, SAM, Desk
from outages import declare, nth_room, pages, ref_of, room_of
from playwright.async_api import expect

from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F


async def test_a_team_that_reads_chinese_is_answered_in_chinese(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """Form, answers, room, private words and home tab; the alert follows who declared it."""
    await person.open(people, MEI_LING, "general")
    await person.type("/incident")
    form = await person.form(C.DECLARE)
    await says(form.node, "嚴重等級")
    await form.choose(F.SERVICE, "auth")
    await form.write(F.TITLE, "無法登入")
    await form.choose(F.SEVERITY, "🟠 P2 – 高")
    await person.picture(tmp_path, "zh-form")
    await form.send()
    room = await nth_room(people, 1)
    await person.see(ref_of(room), "已通報")
    await person.go(room.name)
    card = person.card("無法登入")
    await says(card, "調查中")
    await person.picture(tmp_path, "zh-room")
    await people.until(lambda: _paged(people))
    await person.inbox()
    page = person.message("身分被呼叫")
    await says(page, "呼叫")
    await person.picture(tmp_path, "zh-page")
    await person.press(page, A.ANSWER)
    await says(page, "回應")
    home = await person.home()
    await says(home, "無法登入")
    await person.picture(tmp_path, "zh-home")
    # Dana reads English, and the room is Mei-Ling's.
    await person.act_as(DANA)
    await person.go("general")
    await person.type("/incident list")
    await person.see("Open incidents", "無法登入")
    assert person.noise == []


async def _paged(people: Desk) -> bool:
    return bool(pages(people, MEI_LING))


async def test_the_home_tab_has_what_waits_for_somebody(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """Their incidents, their tasks, and the deploys that they may approve; done from there."""
    await person.open(people, DANA, "general")
    ref = await declare(people, "P3 service:auth Logins are slow", who=OLIVIA)
    room = await room_of(people, ref)
    await people.say(OLIVIA, "/incident task read the logs", room.name)
    await people.said(OLIVIA, room.name, "read the logs")
    await people.say(OLIVIA, "/incident task own T1 @olivia", room.name)
    await people.private(OLIVIA, "does *T1*", room.name)
    await people.say(DANA, "/deploy api v1.2.0 production", "deploys")
    await people.card("Waiting for approval")
    await person.act_as(OLIVIA)
    home = await person.home()
    for text in ("My open incidents", "Logins are slow", "My tasks", "read the logs"):
        await says(home, text)
    await says(home, "api v1.2.0 → production")
    await says(home, "On call now")
    await person.picture(tmp_path, "home")
    await person.press(home, A.TASK_DONE)
    await expect(home).not_to_contain_text("read the logs", timeout=PATIENCE_MS)
    await person.act_as(SAM)
    home = await person.home()
    await says(home, "Other open incidents")
    await expect(home).not_to_contain_text("My open incidents")
    assert person.noise == []


async def test_a_private_incident_is_nowhere_until_one_is_let_in(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """Declared in the form; Sam finds nothing, asks by the alert of another, and reads it then."""
    await person.open(people, DANA, "general")
    await person.type("/incident")
    form = await person.form(C.DECLARE)
    await form.write(F.TITLE, "Tokens in a log")
    await form.tick(F.PRIVATE, "Private")
    await person.picture(tmp_path, "private-form")
    await form.send()
    room = await nth_room(people, 1)
    await person.go(room.name)
    await says(person.card("Tokens in a log"), "PRIVATE")
    await person.picture(tmp_path, "private-room")
    await person.act_as(SAM)
    await expect(person.link_to(room.name)).to_have_count(0)
    await person.go("incidents")
    await expect(person.page.get_by_text("Tokens")).to_have_count(0)
    await person.type("/incident list")
    await person.see("Open incidents", "There is none.")
    await person.picture(tmp_path, "private-unseen")
    home = await person.home()
    await expect(home).not_to_contain_text("Tokens")
    await person.act_as(DANA)
    await person.go(room.name)
    await person.type("/incident call @sam")
    await person.see("joined")
    await person.act_as(SAM)
    await person.inbox()
    await person.see("brought you into", "Tokens in a log")
    await person.go(room.name)
    await person.picture(tmp_path, "private-let-in")
    assert person.noise == []


async def test_a_drill_looks_like_one_everywhere(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """In its room and its lists; the channel for all incidents stays quiet."""
    await person.open(people, DANA, "general")
    await person.type("/incident drill P1 service:api The database is gone")
    room = await people.room("drill-")
    await person.go(room)
    card = person.card("The database is gone")
    await says(card, "DRILL")
    for action in (A.PAGE, A.FREEZE):
        await expect(card.locator(f'button[data-action-id="{action}"]')).to_have_count(0)
    await person.press(card, A.ACK)
    await says(card, "Lead @Dana Reyes")
    await person.picture(tmp_path, "drill")
    await person.go("incidents")
    await expect(person.page.get_by_text("The database is gone")).to_have_count(0)
    assert [len(pages(people, who)) for who in (SAM, OLIVIA, MEI_LING)] == [0, 0, 0]
    assert person.noise == []
