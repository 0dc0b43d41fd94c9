"""The console of the simulated cloud in headless chromium: find it, and make a revision bad."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from browser import PATIENCE_MS, Person
from desk import DANA, Desk, desk
from playwright.async_api import Locator, Page, expect

from adapters.local.cloud.console import Console
from adapters.system import SystemClock

SERVICE = '[data-testid="service"][data-service="{}"]'
REVISION = '[data-testid="revision"][data-revision="{}"]'
API, PLATFORM = "api-gateway", "platform-service"


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[Desk]:
    """A running stack, which needs no bot for this."""
    async with desk(tmp_path) as people:
        yield people


@pytest.fixture
def height() -> int:
    """As of a small laptop."""
    return 800


async def console(people: Desk, person: Person) -> Person:
    """Open the console by the link in the workspace, which opens it in a tab of its own."""
    await person.open(people, DANA)
    async with person.page.expect_popup() as opened:
        await person.page.get_by_test_id("cloud-link").click()
    tab = Person(await opened.value)
    await tab.page.wait_for_selector("html[data-ready]")
    return tab


def revision(page: Page, service: str, name: str) -> Locator:
    """A row of the table of a service."""
    return page.locator(SERVICE.format(service)).locator(REVISION.format(name))


async def test_a_revision_is_made_bad_and_seen_to_be(
    people: Desk, person: Person, tmp_path: Path
) -> None:
    """In production, which is shown first; then the traffic is moved away from it by hand."""
    tab = await console(people, person)
    page = tab.page
    serving = revision(page, API, f"{API}-00002")
    await expect(serving.get_by_test_id("error-share")).to_have_text("0.1 %")

    await serving.get_by_test_id("behaviour").select_option("errors")
    await expect(serving.get_by_test_id("error-share")).to_have_text("40 %", timeout=PATIENCE_MS)
    await expect(serving.get_by_test_id("p95")).to_have_text("220 ms")
    await tab.picture(tmp_path, "errors")

    await page.locator(SERVICE.format(API)).get_by_test_id("traffic-open").click()
    dialog = page.get_by_test_id("traffic-dialog")
    shares = dialog.get_by_test_id("traffic-percent")
    await shares.first.fill("20")
    await expect(dialog.get_by_test_id("traffic-save")).to_be_disabled()
    await shares.last.fill("80")
    await expect(dialog.get_by_test_id("traffic-sum")).to_have_text("100 %")
    await dialog.get_by_test_id("traffic-save").click()
    await expect(dialog).to_have_count(0, timeout=PATIENCE_MS)
    await expect(serving.get_by_test_id("percent")).to_have_text("20 %")
    older = revision(page, API, f"{API}-00001")
    await expect(older.get_by_test_id("error-share")).to_have_text("0.1 %")
    await tab.picture(tmp_path, "moved")
    assert (person.noise, tab.noise) == ([], [])


async def test_what_happens_in_the_cloud_is_seen_without_reloading(
    people: Desk, person: Person
) -> None:
    """A deploy of somebody else comes in, of a version that was made bad before."""
    tab = await console(people, person)
    card = tab.page.locator(SERVICE.format(PLATFORM))
    await card.get_by_test_id("versions-toggle").click()
    version = card.locator('[data-testid="version-row"][data-version="v1.3.0"]')
    await expect(version).to_contain_text("will be")
    await version.get_by_test_id("version-behaviour").select_option("slow")

    # It is named there once the cloud has heard of it.
    await expect(card.get_by_test_id("bad-versions")).to_contain_text("v1.3.0 slow")
    model = people.stack.cloud.model
    service = next(name for name in model.services if "-prod/" in name and PLATFORM in name)
    image = next(name for name in model.images.tags if PLATFORM in name)
    Console(model=model).deploy(service, f"{image}:v1.3.0", SystemClock().now())
    newest = card.get_by_test_id("revision").first
    await expect(newest.get_by_test_id("version")).to_have_text("v1.3.0", timeout=PATIENCE_MS)
    await expect(newest.get_by_test_id("p95")).to_have_text("1.2 s", timeout=PATIENCE_MS)
    await expect(version).to_contain_text("is")
    assert tab.noise == []


async def test_services_are_found_by_environment_and_by_name(people: Desk, person: Person) -> None:
    """By keyboard, too; and the address keeps what was chosen."""
    page = (await console(people, person)).page
    services = page.get_by_test_id("service")
    await expect(services).to_have_count(5)
    await page.keyboard.press("/")
    await page.keyboard.type("plat")
    await expect(services).to_have_count(1)
    await page.locator('[data-testid="environment"][data-environment="all"]').click()
    await expect(services).to_have_count(3)
    await page.reload()
    await expect(services).to_have_count(3)
    await page.get_by_test_id("search").fill("no such thing")
    await expect(services).to_have_count(0)
    await expect(page.get_by_text("No service here has that")).to_be_visible()


async def test_the_cloud_is_taken_away_and_what_is_refused_is_said(
    people: Desk, person: Person
) -> None:
    """The page says so for as long as it lasts."""
    page = (await console(people, person)).page
    switch = page.get_by_test_id("outage-cloud")
    await switch.click()
    await expect(page.get_by_test_id("strip-cloud")).to_be_visible(timeout=PATIENCE_MS)
    assert people.stack.cloud.model.faults.away
    await switch.click()
    await expect(page.get_by_test_id("strip-cloud")).to_have_count(0, timeout=PATIENCE_MS)

    load = page.locator(SERVICE.format(API)).get_by_test_id("load")
    await load.fill("120")
    await load.press("Enter")
    await expect(page.locator(SERVICE.format(API)).get_by_test_id("load-slider")).to_have_value(
        "120", timeout=PATIENCE_MS
    )
    await load.fill("-1")
    await load.press("Enter")
    await expect(page.get_by_test_id("toast")).to_contain_text("per_second", timeout=PATIENCE_MS)
    await expect(load).to_have_value("120")
