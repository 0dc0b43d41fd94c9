"""A browser for the tests of the workspace's page."""

import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from pages import CHROMIUM_OPTIONS, PATIENCE_MS, Screen
from playwright.async_api import Browser, async_playwright
from workspaces import START, Stage

from adapters.local.workspace import seed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A headless browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "chromium is missing: apt-get install chromium"
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=found, args=list(CHROMIUM_OPTIONS), timeout=PATIENCE_MS
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="module")
async def screens(browser: Browser, running: Stage) -> AsyncIterator[Any]:
    """Opens pages at an address; none of them may have complained in the end."""
    opened: list[Screen] = []

    async def open_screen(address: str = f"/?as={seed.DANA}#deploys", **options: Any) -> Screen:
        size = options.pop("size", (1280, 800))
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="en-GB",
            timezone_id="UTC",
            **options,
        )
        screen = Screen(await context.new_page())
        opened.append(screen)
        await screen.page.clock.set_fixed_time(START)
        await screen.page.goto(running.workspace.url + address)
        await screen.page.locator("html[data-ready]").wait_for(state="attached")
        return screen

    yield open_screen
    for screen in opened:
        await screen.page.context.close()
    assert [line for screen in opened for line in screen.complaints] == []
