"""The story of the README in headless chromium, by clicking, as two people."""

from pathlib import Path

import pytest
from browser import PATIENCE_MS, Person, browser, tell
from desk import CONFIG, DANA, MAX, SAM, Desk
from playwright.async_api import expect


@pytest.fixture
def config() -> Path:
    """The configuration that local mode begins with."""
    return CONFIG


@pytest.fixture
def height() -> int:
    """As of a small laptop."""
    return 800


async def test_a_production_deploy_by_clicking(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """Ask as Dana, be refused, approve as Sam, watch it, and look at the result."""
    await tell(people, person, tmp_path)
    assert person.noise == []
    assert people.writes() == [
        ("template", "traffic", "annotations"),
        ("traffic", "annotations"),
        ("traffic", "annotations"),
    ]


async def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(
    people: Desk, person: Person
) -> None:
    """`/deploy` alone opens it; a wrong version is named below its field; then it goes through."""
    await person.open(people, DANA)
    await person.type("/deploy")
    form = person.page.get_by_test_id("modal")
    await expect(form).to_be_visible(timeout=PATIENCE_MS)
    for action, value in (("deploy.service", "api"), ("deploy.environment", "staging")):
        await form.locator(f'select[data-action-id="{action}"]').select_option(label=value)
    version = form.locator('input[data-action-id="deploy.version"]')
    await version.fill("v1 2 0")
    await form.get_by_test_id("modal-submit").click()
    await expect(form.get_by_text("is not a version")).to_be_visible(timeout=PATIENCE_MS)
    await expect(version).to_have_value("v1 2 0")
    await version.fill("v1.2.0")
    await form.get_by_test_id("modal-submit").click()
    await person.see("Serving v1.2.0")


async def test_a_rejection_asks_for_a_reason_and_ends_it(people: Desk, person: Person) -> None:
    """An outsider is refused before being asked; the reason stands on the card."""
    await person.open(people, DANA)
    await person.type("/deploy api v1.2.0 production")
    await person.see("Approvals 0 of 1")
    await person.act_as(MAX)
    await person.press(await person.see("Approvals 0 of 1"), "deploy.reject")
    await person.see("Only members of")
    await person.act_as(SAM)
    await person.press(await person.see("Approvals 0 of 1"), "deploy.reject")
    form = person.page.get_by_test_id("modal")
    await form.locator('textarea[data-action-id="deploy.reason"]').fill("Not on a Friday.")
    await form.get_by_test_id("modal-submit").click()
    card = person.card("v1.2.0 → production")
    await expect(card).to_contain_text("Not on a Friday.", timeout=PATIENCE_MS)
    await expect(card).to_contain_text("Rejected")
    assert people.writes() == []


async def test_the_composer_completes_commands(people: Desk, person: Person) -> None:
    """Typing a slash lists them with their usage."""
    await person.open(people, DANA)
    composer = person.page.get_by_test_id("composer")
    await composer.press_sequentially("/de")
    option = person.page.locator('[data-command="/deploy"]').first
    await expect(option).to_be_visible(timeout=PATIENCE_MS)
    await expect(option).to_contain_text("SERVICE VERSION ENVIRONMENT")
    await composer.press("Tab")
    await expect(composer).to_have_value("/deploy ")


async def test_a_phone_shows_everything(people: Desk) -> None:
    """At 390×844 nothing is cut off sideways, and the channels are behind a button."""
    async with browser() as started:
        person = Person(await started.new_page(viewport={"width": 390, "height": 844}))
        await person.page.goto(f"{people.stack.workspace.url}/?as={DANA}")
        await person.page.wait_for_selector("html[data-ready]")
        await person.page.get_by_test_id("drawer-open").click()
        await person.page.locator('[data-testid="channel"][data-name="deploys"]').click()
        await person.type("/status")
        await person.see("production")
        wide = await person.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390
