"""Typing an @ in the workspace's page: whom it offers, and what becomes of a choice."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from workspaces import Stage, stage

from adapters.local.workspace import changes, seed
from adapters.local.workspace.changes import Content

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


async def type_in(page: Page, typed: str, testid: str = "composer") -> Any:
    """Type into a box to write in; returns the box."""
    box = page.get_by_test_id(testid)
    await box.focus()
    await page.keyboard.type(typed)
    return box


async def test_an_at_offers_everybody_and_each_letter_fewer(screens: Any) -> None:
    """By their handle, by any of their names; the bot and the groups as well."""
    page = (await screens()).page
    offered = page.get_by_role("listbox", name="People and groups").get_by_role("option")

    await type_in(page, "Ask @")
    await expect(offered).to_have_count(9)
    await expect(offered.nth(0)).to_contain_text("Dana Reyes (you)")
    for typed, names in {
        "m": ["Gus Marino", "Max Tanaka", "Mei-Ling Chen"],
        "me": ["Mei-Ling Chen"],
        "mei-l": ["Mei-Ling Chen"],
        "LIND": ["Olivia Lindqvist"],
        "s": ["Sam Okafor", "Signalbox", "@sre"],
        "sr": ["@sre"],
    }.items():
        await page.get_by_test_id("composer").fill(f"Ask @{typed}")
        await expect(offered).to_have_count(len(names))
        shown = await offered.locator(".command-name").all_inner_texts()
        assert sorted(shown) == sorted(names)
    await page.keyboard.type("x")
    await expect(page.get_by_test_id("completion")).to_be_hidden()


@pytest.mark.parametrize("way", ["Enter", "Tab", "click"])
async def test_who_is_chosen_is_put_in_and_named_by_the_message(
    running: Stage, screens: Any, way: str
) -> None:
    page = (await screens()).page
    box = await type_in(page, "Look, @o")
    if way == "click":
        await page.locator(f"[data-testid=mention][data-user={seed.OLIVIA}]").click()
    else:
        await page.keyboard.press(way)

    await expect(box).to_have_value("Look, @olivia ")
    await expect(box).to_be_focused()
    await page.keyboard.type("please")
    await page.keyboard.press("Enter")
    said = page.locator(f"[data-testid=messages] .mention[data-user={seed.OLIVIA}]")
    await expect(said.last).to_have_text("@Olivia Lindqvist")
    last = running.workspace.model.channels[seed.DEPLOYS].timeline()[-1]
    assert last.text == f"Look, <@{seed.OLIVIA}> please"


async def test_the_arrows_go_round_and_readers_hear_where_they_are(screens: Any) -> None:
    """Whose own name begins so comes before whose other name does."""
    page = (await screens()).page
    box = await type_in(page, "@ma")
    options = page.get_by_test_id("mention")
    await expect(box).to_have_role("combobox")
    await expect(box).to_have_attribute("aria-expanded", "true")
    for key, at in (("ArrowDown", 1), ("ArrowDown", 0), ("ArrowUp", 1)):
        await page.keyboard.press(key)
        await expect(options.nth(at)).to_have_attribute("aria-selected", "true")
        active = await options.nth(at).get_attribute("id")
        await expect(box).to_have_attribute("aria-activedescendant", str(active))
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("@gus ")
    await expect(box).to_have_attribute("aria-expanded", "false")


async def test_escape_closes_the_list_for_as_long_as_the_word_lasts(
    running: Stage, screens: Any
) -> None:
    screen = await screens()
    page, completion = screen.page, screen.page.get_by_test_id("completion")
    box = await type_in(page, "@s")
    await expect(completion).to_be_visible()

    await page.keyboard.press("Escape")
    await page.keyboard.type("a")
    await expect(completion).to_be_hidden()
    await expect(box).to_be_focused()
    await page.keyboard.type(" @s")
    await expect(completion).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")
    await expect(screen.messages("@sa @s")).to_be_visible()


@pytest.mark.parametrize(
    "typed", ["a@s", "é@s", "_@s", "@@s", "https://example.com/@s", "mail sam@s", "@nobody", "@s s"]
)
async def test_nothing_is_offered_where_an_at_names_nobody(screens: Any, typed: str) -> None:
    page = (await screens()).page
    await type_in(page, typed)
    await expect(page.get_by_test_id("composer")).to_have_value(typed)
    await expect(page.get_by_test_id("completion")).to_be_hidden()


async def test_who_has_typed_a_whole_name_sends_with_enter(screens: Any) -> None:
    screen = await screens()
    await type_in(screen.page, "Thanks @sam")
    await screen.page.keyboard.press("Enter")
    await expect(screen.messages("Thanks @Sam Okafor")).to_be_visible()


async def test_the_arguments_of_a_command_name_people_as_well(running: Stage, screens: Any) -> None:
    page = (await screens()).page
    box = await type_in(page, "/deploy api (@da")
    await page.keyboard.press("Tab")
    await expect(box).to_have_value("/deploy api (@dana ")
    await expect(page.get_by_test_id("command-hint")).to_be_visible()
    await page.keyboard.press("Enter")

    kind, payload, _ = await running.bot.next()
    assert (kind, payload["text"]) == ("command", f"api (<@{seed.DANA}|dana>")


async def test_in_the_middle_of_a_text_the_rest_of_it_stays(screens: Any) -> None:
    """The rest of the name that stood there goes; a list for another word closes."""
    page = (await screens()).page
    box = page.get_by_test_id("composer")
    await box.fill("Is @dana here?")
    await box.evaluate("box => box.setSelectionRange(4, 4)")
    await page.keyboard.type("s")
    await expect(page.get_by_test_id("mention")).to_have_count(3)
    await page.keyboard.press("Home")
    await expect(page.get_by_test_id("completion")).to_be_hidden()
    await box.evaluate("box => box.setSelectionRange(5, 5)")
    await page.keyboard.type("r")
    await page.keyboard.press("Enter")
    await page.keyboard.type("still ")
    await expect(box).to_have_value("Is @sre still here?")


async def test_a_thread_offers_people_and_no_commands(running: Stage, screens: Any) -> None:
    site, model = running.workspace._site, running.workspace.model
    said = changes.post(site, model.channels[seed.DEPLOYS], seed.SAM, Content(text="A question"))
    page = (await screens(f"/?as={seed.DANA}#deploys/{said.ts}")).page
    thread = page.get_by_test_id("thread")
    box = await type_in(page, "/", "thread-composer")
    await expect(page.get_by_test_id("thread-completion")).to_be_hidden()
    await box.fill("@sa")
    await expect(thread.get_by_test_id("mention")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(thread).to_be_visible()
    await box.fill("")
    await box.fill("@sig")
    await page.keyboard.press("Tab")
    await expect(box).to_have_value("@signalbox ")
