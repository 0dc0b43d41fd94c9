"""The workspace's page in a browser, with what it complained about."""

from typing import Any

from playwright.async_api import Page, expect

# Waiting is for a thing to happen at all; how fast it does is no test's business.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Notes in the page the types of the changes that it has heard of.
LISTEN = """
  window.heard = [];
  window.EventSource = class extends EventSource {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", event => window.heard.push(JSON.parse(event.data).type));
    }
  };
"""


class Screen:
    """A page in the browser, with what it complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text))

    def messages(self, text: str) -> Any:
        """The messages of the channel that contain a text."""
        found = self.page.locator("[data-testid=messages] [data-testid=message]")
        return found.filter(has_text=text)

    async def say(self, text: str) -> None:
        """Type into the composer and send."""
        await self.page.get_by_test_id("composer").fill(text)
        await self.page.keyboard.press("Enter")

    async def menu(self, message: Any, entry: str) -> None:
        """Choose in the menu of a message."""
        await message.hover()
        await message.get_by_test_id("message-menu").click()
        await self.page.get_by_role("menuitem", name=entry).click()
