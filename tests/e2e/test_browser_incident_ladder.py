"""In headless chromium: nobody answers up to the last rung, and two incidents become one."""

from pathlib import Path

from browser import Person, says
from desk import DANA, MEI_LING, OLIVIA, SAM, Desk
from outages import nth_room, ref_of
from playwright.async_api import expect

from bot.views.incidents.names import IncidentAction as A


async def test_nobody_answers_up_to_the_last_rung(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """Each rung is called in its own inbox; the room says that nobody is left, and who was."""
    await person.open(people, DANA, "general")
    await person.type("/incident P2 service:auth Logins fail")
    room = await nth_room(people, 1)
    await person.go(room.name)
    await person.see("nobody is left")
    # Who was called before there was a room stands on its timeline only.
    await person.type("/incident show")
    for rung in ("Primary", "Secondary", "Architect"):
        await says(person.message("Timeline"), rung)
    await person.picture(tmp_path, "ladder-room")
    for who, called in ((OLIVIA, "You are paged"), (SAM, "You are paged"), (MEI_LING, "Architect")):
        await person.act_as(who)
        await person.inbox()
        await expect(person.message("Logins fail", called)).to_be_visible()
    await person.picture(tmp_path, "ladder-inbox")
    await person.press(person.message("Logins fail", action=A.ANSWER), A.ANSWER)
    await expect(person.page.locator(f"[data-action-id='{A.ANSWER}']")).to_have_count(0)
    await person.act_as(DANA)
    await person.go(room.name)
    await says(person.pinned("Logins fail"), "Mei-Ling")
    assert person.noise == []


async def test_two_incidents_become_one(people: Desk, person: Person, tmp_path: Path) -> None:
    """Declared twice for one outage; the second is merged, and leaves the list."""
    await person.open(people, DANA, "general")
    await person.type("/incident P3 service:api Checkout answers 500s")
    first = await nth_room(people, 1)
    await person.see(ref_of(first))
    await person.act_as(SAM)
    await person.go("deploys")
    await person.type("/incident P3 service:api 500s at the checkout")
    second = await nth_room(people, 2)
    await person.see(ref_of(second), "May be the same")
    await person.go(second.name)
    await person.type(f"/incident merge {ref_of(first)}")
    await says(person.pinned("500s at the checkout"), "Merged")
    await person.picture(tmp_path, "merged")
    await person.act_as(DANA)
    await person.go(first.name)
    await person.see(ref_of(second))
    await person.type("/incident list")
    listed = await person.see("Open incidents")
    await says(listed, ref_of(first))
    await expect(listed).not_to_contain_text(ref_of(second))
    assert person.noise == []
