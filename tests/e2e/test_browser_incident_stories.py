"""Whole stories of incidents in headless chromium, by clicking, with quick clocks.

Each leaves pictures of its way in a folder of the test, to be looked at.
"""

from pathlib import Path

from browser import PATIENCE_MS, Person, says
from desk import DANA, OLIVIA, SAM, Desk
from outages import pages
from playwright.async_api import Locator, expect

from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F


async def declared(person: Person, people: Desk, words: str) -> str:
    """Type a declaration, go into its room and return its name, with the card on the screen."""
    before = set(people.stack.workspace.model.channels)
    await person.type(f"/incident {words}")

    async def made() -> str | None:
        rooms = people.stack.workspace.model.channels.values()
        return next((each.name for each in rooms if each.id not in before and each.name), None)

    room = str(await people.until(made))
    await person.go(room)
    return room


async def test_a_bad_deploy_from_the_alarm_to_the_post_mortem(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """Suspected first-hand, taken back by one button, watched, resolved, looked back on, closed."""
    await person.open(people, DANA)
    await _bad_deploy(person)
    room = await declared(person, people, 'P1 service:api Checkout fails --impact "Half of it"')
    assert room.startswith("inc-")
    card = person.card("Pinned")
    await says(card, "v1.4.0-bad")
    await says(card, "frozen until")
    await person.picture(tmp_path, "declared")
    await _steered(person, card, tmp_path)
    await _gone_back(person, card, tmp_path)
    await _resolved(person, card, tmp_path)
    await _looked_back(person, card, tmp_path)
    await person.go("incidents")
    await says(person.card("Closed"), "Duration")
    await person.picture(tmp_path, "incidents")
    assert len(pages(people, SAM)) == 1
    assert person.noise == []


async def _bad_deploy(person: Person) -> None:
    """Dana ships it, and Sam has approved."""
    await person.type("/deploy api v1.4.0-bad production")
    bad = person.card("v1.4.0-bad → production")
    await says(bad, "Waiting for approval")
    await person.act_as(SAM)
    await person.press(bad, "deploy.approve")
    await says(bad, "Deployed")
    await person.act_as(DANA)


async def _steered(person: Person, card: Locator, pictures: Path) -> None:
    """Somebody is on it, and says how it stands."""
    await person.press(card, A.ACK)
    await says(card, "Lead @Dana Reyes")
    await person.press(card, A.TAKE_ROLE)
    await says(card, "Comms @Dana Reyes")
    await person.press(card, A.UPDATE)
    form = await person.form(C.UPDATE)
    await form.write(F.PROGRESS, "It began with the release. We go back.")
    await form.write(F.ETA, "in five minutes")
    await form.choose(F.STATE, "Identified")
    await person.picture(pictures, "update-form")
    await form.send()
    await says(card, "Identified")


async def _gone_back(person: Person, card: Locator, pictures: Path) -> None:
    """The button names the version, and the proposal the exact goal."""
    await person.press(card, A.ROLL_BACK)
    window = person.page.get_by_test_id("modal")
    take = window.locator('button[data-action-id="rollback.take"]')
    await expect(take).to_be_visible(timeout=PATIENCE_MS)
    await says(window, "goes back to v1.1.0")
    await person.picture(pictures, "roll-back-proposal")
    await person.press(window, "rollback.take")
    await says(window, "on its way")
    await window.get_by_test_id("modal-close").click()
    await expect(window).to_be_hidden()
    await says(card, "Monitoring")
    await person.see("Is it resolved?")
    await person.picture(pictures, "monitoring")


async def _resolved(person: Person, card: Locator, pictures: Path) -> None:
    """What it was, and what ended it."""
    await person.press(card, A.RESOLVE)
    form = await person.form(C.RESOLVE)
    await form.write(F.ROOT_CAUSE, "A query without an index.")
    await form.write(F.RESOLUTION, "Went back to v1.1.0.")
    await person.picture(pictures, "resolve-form")
    await form.send()
    await person.see("Incident resolved", "A query without an index.")
    await says(card, "Resolved")
    await person.picture(pictures, "resolved")


async def _looked_back(person: Person, card: Locator, pictures: Path) -> None:
    """It is not closed without its post-mortem, which is drafted from the record."""
    await person.press(card, A.CLOSE)
    await person.see("cannot be", "post-mortem")
    await person.press(card, A.POST_MORTEM)
    drafted = await person.see("drafted from the record", ".md")
    await person.show(drafted)
    await person.picture(pictures, "post-mortem")
    await person.press(card, A.PUBLISH)
    form = await person.form(C.PUBLISH)
    await form.write(F.URL, "https://wiki.example/pm-1")
    await form.send()
    await person.see("published the post-mortem")
    await person.press(card, A.CLOSE)
    await says(card, "Closed")
    await person.show(card)
    await person.picture(pictures, "closed")


async def test_the_lead_is_handed_over_with_a_briefing(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """Olivia reads how it stands before she accepts, and leads from then on."""
    await person.open(people, DANA)
    room = await declared(person, people, "P3 service:api Search is slow")
    card = person.card("Pinned")
    await person.press(card, A.ACK)
    await says(card, "Lead @Dana Reyes")
    await person.type("/incident task look at the slow queries")
    await person.see("look at the slow queries")
    await person.type("/incident handoff @olivia")
    await says(card, "lead offered to @Olivia Lindqvist")
    await person.act_as(OLIVIA)
    await person.inbox()
    offer = person.message("offers you the lead")
    await says(offer, "look at the slow queries")
    await person.picture(tmp_path, "offer")
    await person.press(offer, A.ACCEPT)
    await person.go(room)
    await says(card, "Lead @Olivia Lindqvist")
    await person.picture(tmp_path, "handed-over")
    assert person.noise == []


async def test_who_sees_the_same_joins_instead_and_who_is_paged_answers(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """The form offers what is open; the page of the first rung is answered where it is read."""
    await person.open(people, DANA, "general")
    await person.type("/incident P1 service:api Checkout answers 500s")
    room = await people.room("inc-")
    await person.act_as(OLIVIA)
    await person.type("/incident P2 service:api")
    form = await person.form(C.DECLARE)
    await says(form.node, "May be the same. Join instead?")
    await says(form.node, "Checkout answers 500s")
    await person.picture(tmp_path, "duplicates")
    await person.press(form.node, A.JOIN)
    await people.until(lambda: _entered(people, room, OLIVIA))
    await person.picture(tmp_path, "joined")
    await says(form.node, f"#{room}")
    await form.node.get_by_test_id("modal-close").click()
    await expect(form.node).to_be_hidden()
    await person.act_as(SAM)
    await person.inbox()
    page = person.message("You are paged as")
    await says(page, "Primary")
    await person.picture(tmp_path, "page")
    await person.press(page, A.ANSWER)
    await says(page, "answered")
    await person.see("What that takes")
    # The page itself says so; nothing else has to.
    await expect(person.page.locator('[data-testid="message"].ephemeral')).to_have_count(0)
    await person.picture(tmp_path, "page-answered")
    await person.go(room)
    await says(person.card("Pinned"), "Lead @Sam Okafor")
    assert person.noise == []


async def _entered(people: Desk, room: str, who: str) -> bool:
    channels = people.stack.workspace.model.channels.values()
    return any(each.name == room and who in each.members for each in channels)
