"""The story in a real browser: two people click through a production deploy.

`python tests/e2e/browser.py` runs it and puts the pictures of docs/ in their place.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from desk import DANA, SAM, Desk, desk, ready
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

IMAGES = Path(__file__).parents[2] / "docs" / "images"
# Waiting is for a thing to happen at all; how fast it does is no test's business.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """Debian's chromium, which the suite needs."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "chromium is missing: apt-get install chromium"
    return found


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A headless browser."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=chromium(), args=list(_QUIET), timeout=PATIENCE_MS
        )
        yield started
        await started.close()


# Keeps what is drawn into the list of messages, also what is gone again a moment later.
_NOTE = """() => {
  window.drawn = [];
  const keep = changes => changes.forEach(({addedNodes}) =>
    addedNodes.forEach(node => window.drawn.push(node.textContent)));
  const list = document.querySelector('[data-testid="messages"]');
  new MutationObserver(keep).observe(list, {childList: true, subtree: true});
}"""


async def says(card: Locator, text: str) -> None:
    """Wait until a card says something."""
    await expect(card).to_contain_text(text, timeout=PATIENCE_MS)


class Form:
    """The modal that is open, filled in block by block."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.node = page.get_by_test_id("modal")

    async def opened(self, callback: str) -> "Form":
        """Wait until it is the one of a callback."""
        await expect(self.node).to_be_visible(timeout=PATIENCE_MS)
        await expect(self.node).to_have_attribute("data-callback-id", callback, timeout=PATIENCE_MS)
        return self

    def block(self, block: str) -> Locator:
        """One block of it."""
        return self.node.locator(f'.block[data-block-id="{block}"]')

    async def write(self, block: str, text: str) -> None:
        """Type into a field: a text, an address, a number; or a date as the browser writes it."""
        await self.block(block).locator("input, textarea").first.fill(text)

    async def choose(self, block: str, label: str) -> None:
        """Choose in a menu by what is written there, also in one that is found by typing."""
        field = self.block(block).get_by_role("combobox")
        # Which of them it is can be asked only once it is there: a form may come up before it.
        if await field.evaluate("element => element.tagName") == "SELECT":
            await field.select_option(label=label)
            return
        await field.fill(label)
        await self.page.get_by_test_id("option").filter(has_text=label).first.click()

    async def tick(self, block: str, label: str) -> None:
        """Tick a box, or choose a radio button."""
        await self.block(block).locator("label.choice").filter(has_text=label).click()

    async def wrong(self, block: str, sentence: str) -> None:
        """See that a field says what is wrong with it."""
        error = self.block(block).get_by_test_id("field-error")
        await expect(error).to_contain_text(sentence, timeout=PATIENCE_MS)

    async def send(self) -> None:
        """Submit it; it closes, or gives way to an answer."""
        callback = await self.node.get_attribute("data-callback-id")
        same = self.page.locator(f'dialog[open][data-callback-id="{callback}"]')
        await self.node.get_by_test_id("modal-submit").click()
        await expect(same).to_have_count(0, timeout=PATIENCE_MS)

    async def answered(self, text: str) -> None:
        """Read the answer that stands where the form was, and close it."""
        await expect(self.node).to_contain_text(text, timeout=PATIENCE_MS)
        await self.node.get_by_test_id("modal-close").click()
        await expect(self.node).to_be_hidden()

    async def refuse(self) -> None:
        """Submit it, and see it stay."""
        await self.node.get_by_test_id("modal-submit").click()
        await expect(self.node).to_be_visible()


class Person:
    """Somebody at the page, who knows only what can be seen and pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.noise: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.noise.append(str(error)))
        page.set_default_timeout(PATIENCE_MS)

    def _hear(self, message: object) -> None:
        kind = getattr(message, "type", "")
        if kind in {"error", "warning"}:
            self.noise.append(str(getattr(message, "text", "")))

    async def open(self, people: Desk, who: str, channel: str = "deploys") -> None:
        """Open the workspace, act as somebody and go to a channel, by clicking."""
        await self.page.goto(people.stack.workspace.url)
        await self.page.wait_for_selector("html[data-ready]")
        await self.act_as(who)
        await self.go(channel)

    def link_to(self, channel: str) -> Locator:
        """The entry of a channel in the sidebar."""
        return self.page.locator(f'[data-testid="channel"][data-name="{channel}"]')

    async def go(self, channel: str) -> None:
        """Go to a channel, as soon as it is there."""
        await self.link_to(channel).click(timeout=PATIENCE_MS)
        await expect(self.page.get_by_test_id("channel-name")).to_contain_text(channel)

    async def home(self) -> Locator:
        """Open the bot's home tab."""
        await self._at_bot("tab-home")
        home = self.page.get_by_test_id("home")
        await expect(home.locator(".home-page")).to_be_visible(timeout=PATIENCE_MS)
        return home

    async def inbox(self) -> None:
        """Open what the bot has said to this person alone."""
        await self._at_bot("tab-messages")
        await expect(self.page.get_by_test_id("messages")).to_be_visible()

    async def _at_bot(self, tab: str) -> None:
        await self.link_to("Signalbox").click()
        await self.page.get_by_test_id(tab).click(timeout=PATIENCE_MS)

    async def act_as(self, who: str) -> None:
        """Become somebody."""
        person = self.page.locator(f'[data-testid="person"][data-user="{who}"]')
        await person.click()
        await expect(person).to_have_attribute("aria-checked", "true")
        # Until then the channels on the left are still those of the one before.
        await expect(self.page.locator("html[data-ready]")).to_be_attached()

    async def type(self, text: str) -> None:
        """Type something and send it."""
        composer = self.page.get_by_test_id("composer")
        await composer.fill(text)
        # With a bare command the first Enter takes the completion, and the second sends it.
        while (await composer.input_value()).strip():
            await composer.press("Enter")

    def message(self, *texts: str, action: str = "") -> Locator:
        """The newest message that contains some texts, and (`action`) a button."""
        found = self.page.locator('[data-testid="messages"] [data-testid="message"]')
        for text in texts:
            found = found.filter(has_text=text)
        if action:
            found = found.filter(has=self.page.locator(f'button[data-action-id="{action}"]'))
        return found.last

    def card(self, text: str) -> Locator:
        """The newest message for everybody that contains a text; no line of the workspace's own."""
        found = self.page.locator(
            '[data-testid="messages"] [data-testid="message"]:not(.ephemeral, .system)'
        )
        return found.filter(has_text=text).last

    def pinned(self, text: str) -> Locator:
        """The pinned message that contains a text: the card of an incident, in its channel."""
        found = self.page.locator('[data-testid="messages"] [data-testid="message"].pinned')
        return found.filter(has_text=text)

    async def see(self, *texts: str) -> Locator:
        """Wait for a message with some texts, and return it."""
        message = self.message(*texts)
        await expect(message).to_be_visible(timeout=PATIENCE_MS)
        return message

    async def note(self) -> None:
        """From now on note whatever is drawn as a message, for `noted`."""
        await self.page.evaluate(_NOTE)

    async def noted(self) -> list[str]:
        """What was drawn since, in this order, with single spaces."""
        return [" ".join(each.split()) for each in await self.page.evaluate("window.drawn")]

    async def press(self, card: Locator, action: str) -> None:
        """Press a button of a message, and say yes when it asks."""
        await card.locator(f'button[data-action-id="{action}"]').click()
        confirm = self.page.get_by_test_id("confirm-yes")
        if await confirm.count():
            await confirm.click()

    async def choose(self, card: Locator, action: str, label: str) -> None:
        """Choose in a menu of a message."""
        await card.locator(f'select[data-action-id="{action}"]').select_option(label=label)

    async def react(self, message: Locator, emoji: str) -> None:
        """React to a message with any emoji."""
        await message.hover()
        await message.get_by_test_id("add-reaction").click()
        await self.page.get_by_test_id("emoji-search").fill(emoji)
        await self.page.locator(f'[data-emoji="{emoji}"]').click()
        await expect(self.reaction(message, emoji)).to_have_attribute("aria-pressed", "true")

    async def take_back(self, message: Locator, emoji: str) -> None:
        """Take a reaction back."""
        own = message.locator(f'.reaction[data-name="{emoji}"][aria-pressed="true"]')
        await own.click()
        await expect(own).to_have_count(0)

    def reaction(self, message: Locator, emoji: str) -> Locator:
        """A reaction that stands at a message."""
        return message.locator(f'.reaction[data-name="{emoji}"]')

    async def menu(self, message: Locator, entry: str) -> None:
        """Choose in the menu of a message: edit, delete, put a pin onto it."""
        await message.hover()
        await message.get_by_test_id("message-menu").click()
        await self.page.get_by_role("menuitem", name=entry).click()

    async def shortcut(self, callback: str, message: Locator | None = None) -> None:
        """Use a shortcut of the bot, from the composer's menu or on a message."""
        if message is None:
            await self.page.get_by_test_id("shortcuts").click()
        else:
            await message.hover()
            await message.get_by_test_id("message-menu").click()
        await self.page.locator(f'[role="menuitem"][data-callback-id="{callback}"]').click()

    async def edit(self, message: Locator, text: str) -> None:
        """Say something else instead."""
        await self.menu(message, "Edit")
        await self.page.get_by_test_id("edit-field").fill(text)
        await self.page.get_by_test_id("edit-save").click()

    async def delete(self, message: Locator) -> None:
        """Take back what was said."""
        await self.menu(message, "Delete")
        await self.page.get_by_test_id("confirm-yes").click()

    async def form(self, callback: str) -> Form:
        """Wait for a form."""
        return await Form(self.page).opened(callback)

    async def show(self, message: Locator) -> None:
        """Scroll to a message, which may be replaced by its next state at any moment."""
        await message.evaluate("element => element.scrollIntoView({block: 'center'})")

    async def picture(self, folder: Path, name: str) -> None:
        """Keep what is on the screen, with nothing on its way in or out."""
        await self.page.screenshot(path=folder / f"{name}.png", animations="disabled")


async def tell(people: Desk, person: Person, pictures: Path) -> None:
    """The story of the README, picture by picture."""
    people.stack.cloud.model.faults.delay = timedelta(seconds=3)
    await person.open(people, DANA)
    await person.picture(pictures, "workspace")
    await person.type("/deploy api v1.2.0 staging")
    await person.see("Serving v1.2.0")
    await person.type("/deploy api v1.2.0 production")
    await person.see("Approvals 0 of 1")
    card = person.card("v1.2.0 → production")
    await person.press(card, "deploy.approve")
    await person.see("four-eyes")
    await person.picture(pictures, "refused")
    await person.act_as(SAM)
    await expect(card).to_contain_text("Approvals 0 of 1", timeout=PATIENCE_MS)
    await person.show(card)
    await person.picture(pictures, "approval")
    await person.press(card, "deploy.approve")
    await expect(card).to_contain_text("Rolling out", timeout=PATIENCE_MS)
    await expect(card.get_by_text("api-gateway-00003")).to_be_visible(timeout=PATIENCE_MS)
    await person.show(card)
    await person.picture(pictures, "progress")
    await expect(card).to_contain_text("Serving v1.2.0, sha256:", timeout=PATIENCE_MS)
    await person.show(card)
    await person.picture(pictures, "done")
    await person.type("/status")
    table = await person.see("Environment")
    await person.show(table)
    await person.picture(pictures, "status")


async def tell_canary(people: Desk, person: Person, pictures: Path) -> None:
    """A canary that fails its first requests is taken back, and says why."""
    await person.act_as(DANA)
    await person.type("/deploy platform v1.4.0-bad production")
    card = person.card("v1.4.0-bad → production")
    await expect(card).to_contain_text("Waiting for approval", timeout=PATIENCE_MS)
    await person.act_as(SAM)
    await person.press(card, "deploy.approve")
    await expect(card).to_contain_text("Rolling out: 5 %", timeout=PATIENCE_MS)
    await person.show(card)
    await person.picture(pictures, "canary")
    await expect(card).to_contain_text("Rolled back", timeout=PATIENCE_MS)
    await expect(card.get_by_test_id("thumbnail")).to_be_visible(timeout=PATIENCE_MS)
    await person.show(card)
    await person.picture(pictures, "rolled-back")


async def main() -> None:
    """Make the pictures of docs/."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with desk(Path(folder)) as people, browser() as started:
            await people.stack.start_bot()
            await ready(people)
            view = await started.new_page(viewport={"width": 1280, "height": 900})
            person = Person(view)
            await tell(people, person, IMAGES)
            people.stack.cloud.model.faults.delay = timedelta(seconds=1)
            await tell_canary(people, person, IMAGES)


if __name__ == "__main__":
    asyncio.run(main())
