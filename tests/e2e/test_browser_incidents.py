"""An incident in headless chromium, by clicking: from the declaration to its timeline."""

from pathlib import Path

import pytest
from browser import PATIENCE_MS, Person
from desk import CONFIG, DANA, SAM, Desk
from playwright.async_api import expect

from bot.views.incidents.names import IncidentAction, IncidentCallback, IncidentField


@pytest.fixture
def config() -> Path:
    """The configuration that local mode begins with."""
    return CONFIG


@pytest.fixture
def height() -> int:
    """As of a small laptop."""
    return 800


async def test_an_incident_from_its_declaration_to_its_timeline(
    people: Desk, person: Person
) -> None:
    """Dana declares it; Sam joins in, takes it on, says how it stands, and marks a message."""
    await person.open(people, DANA, "incidents")
    await person.type("/incident P2 service:commerce Checkout answers 500")
    room = await people.room("inc-")
    alert = person.card("Incident alert")
    await expect(alert).to_contain_text("Checkout answers 500", timeout=PATIENCE_MS)
    await person.go(room)
    card = person.pinned("Checkout answers 500")
    await expect(card).to_be_visible(timeout=PATIENCE_MS)
    await expect(person.page.get_by_test_id("topic")).to_contain_text("Investigating")

    await person.act_as(SAM)
    await person.go("incidents")
    await person.press(alert, IncidentAction.JOIN)
    await expect(person.link_to(room)).to_be_visible(timeout=PATIENCE_MS)
    await person.go(room)
    await person.press(card, IncidentAction.ACK)
    await person.see("is on it")
    await person.press(card, IncidentAction.TAKE_ROLE)
    await expect(card).to_contain_text("Lead @Sam Okafor", timeout=PATIENCE_MS)

    await person.press(card, IncidentAction.UPDATE)
    form = await person.form(IncidentCallback.UPDATE)
    await form.refuse()
    await form.wrong(IncidentField.PROGRESS, "Please complete this required field.")
    await form.write(IncidentField.PROGRESS, "The database has no connections left.")
    await form.choose(IncidentField.STATE, "Identified")
    await form.send()
    await person.see("Incident update")
    await expect(card).to_contain_text("Identified", timeout=PATIENCE_MS)

    await person.type("Raised the pool to 40 connections.")
    said = await person.see("Raised the pool")
    await person.react(said, "pushpin")
    await expect(person.reaction(said, "white_check_mark")).to_be_visible(timeout=PATIENCE_MS)

    await person.type("/incident show")
    shown = await person.see("Raised the pool to 40 connections.", "Timeline")
    await expect(shown).to_contain_text("The database has no connections left.")
    assert person.noise == []
