"""What people do in the workspace's page: marks, edits, pins, files, shortcuts, the bot's home."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect
from workspaces import START, Stage, stage

from adapters.local.workspace import changes, seed
from adapters.local.workspace.changes import Content

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


def words(said: str) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": said}


async def next_of(running: Stage, kind: str) -> dict[str, Any]:
    """The next payload of a kind that the bot is sent, or the next event of a type."""
    while True:
        received, payload, _ = await running.bot.next()
        if received == kind or payload.get("event", {}).get("type") == kind:
            return payload


async def asked(running: Stage, screen: Any, view: dict[str, Any]) -> None:
    """Let the bot answer a command with a modal."""

    async def answer(kind: str, payload: dict[str, Any]) -> Any:
        if kind == "command":
            await running.client().views_open(trigger_id=payload["trigger_id"], view=view)
        return ""

    running.bot.answer = answer
    await screen.say("/deploy ")


# ── Messages ─────────────────────────────────────────────────────────────────────────────────────


async def test_any_emoji_is_found_by_its_name_and_taken_back(running: Stage, screens: Any) -> None:
    screen = await screens()
    message = screen.messages("Fine with me")
    await message.hover()
    await message.get_by_test_id("add-reaction").click()
    await screen.page.get_by_test_id("emoji-search").fill("pushpin")
    await screen.page.keyboard.press("Enter")
    own = message.locator(".reaction[data-name=pushpin]")
    await expect(own).to_have_attribute("aria-pressed", "true")
    await expect(screen.page.get_by_test_id("emoji-picker")).to_have_count(0)
    added = (await next_of(running, "reaction_added"))["event"]
    await own.click()
    await expect(own).to_have_count(0)

    assert (added["user"], added["reaction"], added["item_user"]) == (
        seed.DANA,
        "pushpin",
        seed.SAM,
    )


async def test_what_one_said_is_edited_as_it_was_typed_and_deleted(
    running: Stage, screens: Any
) -> None:
    screen = await screens()
    typed = "Ask @sam in #general about <a> & https://example.com/x"
    await screen.say(typed)
    message = screen.messages("Ask @Sam Okafor")
    await screen.menu(message, "Edit")
    field = screen.page.get_by_test_id("edit-field")
    await expect(field).to_have_value(typed)
    await field.fill("Never mind")
    await screen.page.get_by_test_id("edit-save").click()
    edited = screen.messages("Never mind")
    await expect(edited.get_by_test_id("edited")).to_be_visible()

    await screen.menu(edited, "Delete")
    await screen.page.get_by_test_id("confirm-yes").click()
    await expect(edited).to_have_count(0)


async def test_what_others_said_is_not_edited(running: Stage, screens: Any) -> None:
    screen = await screens()
    message = screen.messages("Fine with me")
    await message.hover()
    await message.get_by_test_id("message-menu").click()

    await expect(screen.page.get_by_role("menuitem", name="Pin to the channel")).to_be_visible()
    await expect(screen.page.get_by_role("menuitem", name="Edit")).to_have_count(0)


async def test_a_pin_is_listed_and_leads_to_its_message(running: Stage, screens: Any) -> None:
    site, model = running.workspace._site, running.workspace.model
    channel = model.channels[seed.GENERAL]
    first = changes.post(site, channel, seed.MAX, Content(text="The plan"))
    for number in range(60):
        changes.post(site, channel, seed.MAX, Content(text=f"Line {number}"))
    changes.pin(site, channel, first, seed.MAX)
    screen = await screens(f"/?as={seed.DANA}#general")
    await expect(screen.messages("The plan")).not_to_be_in_viewport()
    await screen.page.get_by_test_id("pins-open").click()
    await expect(screen.page.get_by_test_id("pin")).to_contain_text("The plan")
    await screen.page.get_by_test_id("pin-show").click()

    await expect(screen.messages("The plan")).to_be_in_viewport()
    await expect(screen.page.get_by_test_id("pins")).to_have_count(0)


async def test_a_permalink_leads_to_its_message_also_inside_the_page(
    running: Stage, screens: Any
) -> None:
    site, model = running.workspace._site, running.workspace.model
    general, deploys = model.channels[seed.GENERAL], model.channels[seed.DEPLOYS]
    parent = changes.post(site, general, seed.MAX, Content(text="The question"))
    place = changes.Placement(thread_ts=parent.ts)
    reply = changes.post(site, general, seed.MAX, Content(text="The answer"), place)
    link = await running.client().chat_getPermalink(channel=seed.GENERAL, message_ts=reply.ts)
    await running.client().chat_postMessage(
        channel=seed.DEPLOYS, text=f"<{link['permalink']}|read this>"
    )
    screen = await screens()
    await screen.messages("read this").get_by_role("link").click()
    thread = screen.page.get_by_test_id("thread-messages")
    await expect(thread.get_by_text("The answer")).to_be_visible()
    await expect(screen.page.get_by_test_id("channel-name")).to_contain_text("general")

    assert deploys.messages
    await screen.page.goto(link["permalink"])
    await expect(thread.get_by_text("The answer")).to_be_visible()


async def test_what_only_one_sees_can_be_dismissed(running: Stage, screens: Any) -> None:
    site, model = running.workspace._site, running.workspace.model
    changes.whisper(site, model.channels[seed.DEPLOYS], seed.DANA, Content(text="Between us"))
    screen = await screens()
    message = screen.messages("Between us")
    await message.hover()
    await message.get_by_test_id("dismiss").click()

    await expect(message).to_have_count(0)


async def test_a_text_is_read_in_the_page(running: Stage, screens: Any) -> None:
    client = running.client()
    said = "# Post-mortem\n<script>alert(1)</script>"
    await client.files_upload_v2(channel=seed.DEPLOYS, filename="pm.md", title="PM", content=said)
    screen = await screens()
    await screen.page.get_by_test_id("file-open").click()

    await expect(screen.page.get_by_test_id("file-reader").locator("pre")).to_have_text(said)
    await screen.page.keyboard.press("Escape")
    await expect(screen.page.get_by_test_id("file-reader")).to_have_count(0)


async def test_a_button_with_an_address_opens_it_and_is_told_to_the_bot(
    running: Stage, screens: Any
) -> None:
    link = {
        "type": "button",
        "action_id": "go",
        "text": words("Go"),
        "url": "https://example.com/x",
    }
    block = {"type": "actions", "block_id": "b", "elements": [link]}
    await running.client().chat_postMessage(channel=seed.DEPLOYS, text="Links", blocks=[block])
    screen = await screens()
    await screen.page.context.route("https://example.com/**", lambda route: route.abort())
    anchor = screen.page.locator("a[data-action-id=go]")
    await expect(anchor).to_have_attribute("href", "https://example.com/x")
    async with screen.page.expect_popup():
        await anchor.click()

    assert (await next_of(running, "block_actions"))["actions"][0]["action_id"] == "go"


# ── Shortcuts and forms ──────────────────────────────────────────────────────────────────────────


async def test_shortcuts_are_used_from_the_menu_and_on_a_message(
    running: Stage, screens: Any
) -> None:
    screen = await screens()
    await screen.page.get_by_test_id("shortcuts").click()
    await screen.page.get_by_role("menuitem", name="Declare").click()
    anywhere = await next_of(running, "shortcut")
    message = screen.messages("Fine with me")
    await screen.menu(message, "Note")
    upon = await next_of(running, "message_action")

    assert (anywhere["callback_id"], upon["callback_id"]) == ("declare", "note")
    assert upon["message"]["text"].startswith("Fine with me")
    assert upon["channel"]["id"] == seed.DEPLOYS


ELEMENTS = {
    "person": {"type": "users_select", "action_id": "x"},
    "moment": {"type": "datetimepicker", "action_id": "x"},
    "boxes": {
        "type": "checkboxes",
        "action_id": "x",
        "options": [{"text": words("Private"), "value": "private"}],
    },
    "notes": {"type": "plain_text_input", "action_id": "x", "multiline": True},
}
FORM = {
    "type": "modal",
    "callback_id": "all",
    "title": words("All"),
    "submit": words("Send"),
    "blocks": [
        {"type": "input", "block_id": name, "label": words(name), "element": element}
        for name, element in ELEMENTS.items()
    ],
}


async def test_people_moments_and_boxes_are_filled_in(running: Stage, screens: Any) -> None:
    screen = await screens()
    await asked(running, screen, FORM)
    modal = screen.page.get_by_test_id("modal")
    await modal.locator("select").select_option(label="Mei-Ling Chen")
    await modal.locator("input[type=datetime-local]").fill("2026-11-21T12:00")
    await modal.get_by_text("Private").click()
    await modal.locator("textarea").fill("two\nlines")
    await modal.get_by_test_id("modal-submit").click()
    values = (await next_of(running, "view_submission"))["view"]["state"]["values"]

    assert values["person"]["x"]["selected_user"] == seed.MEI_LING
    assert values["moment"]["x"]["selected_date_time"] == int(START.timestamp())
    assert [one["value"] for one in values["boxes"]["x"]["selected_options"]] == ["private"]
    assert values["notes"]["x"]["value"] == "two\nlines"


async def test_an_update_keeps_what_was_typed_and_where(running: Stage, screens: Any) -> None:
    """Blocks that stay keep what is in them, and whoever types goes on where they were."""
    screen = await screens()
    await asked(running, screen, FORM)
    modal = screen.page.get_by_test_id("modal")
    field = modal.locator("textarea")
    await field.fill("one three")
    await modal.get_by_text("Private").click()
    await field.focus()
    await field.evaluate("node => node.setSelectionRange(4, 4)")
    note = {"type": "section", "block_id": "hint", "text": words("Two incidents are open")}
    view_id = await modal.get_attribute("data-view")
    await running.client().views_update(
        view_id=view_id, view={**FORM, "blocks": [note, *FORM["blocks"]]}
    )
    await expect(modal).to_contain_text("Two incidents are open")
    await screen.page.keyboard.type("two ")

    await expect(field).to_have_value("one two three")
    await expect(modal.locator("input[type=checkbox]")).to_be_checked()


# ── The bot's own place, and channels ────────────────────────────────────────────────────────────


async def test_a_word_of_the_bot_appears_unread_and_its_home_is_asked_for(
    running: Stage, screens: Any
) -> None:
    screen = await screens()
    entry = screen.page.locator("[data-testid=channel][data-name=Signalbox]")
    await expect(entry.get_by_test_id("unread")).to_have_count(0)
    await running.client().chat_postMessage(channel=seed.DANA, text="You are paged")
    await expect(entry.get_by_test_id("unread")).to_contain_text("1")
    await entry.click()
    await expect(screen.messages("You are paged")).to_be_visible()
    await expect(entry.get_by_test_id("unread")).to_have_count(0)

    await screen.page.get_by_test_id("tab-home").click()
    while (opened := (await next_of(running, "app_home_opened"))["event"])["tab"] != "home":
        pass
    assert opened["user"] == seed.DANA
    block = {"type": "section", "text": words("Nothing is wrong")}
    await running.client().views_publish(
        user_id=seed.DANA, view={"type": "home", "blocks": [block]}
    )
    await expect(screen.page.get_by_test_id("home")).to_contain_text("Nothing is wrong")


async def test_channels_come_and_go_with_their_members(running: Stage, screens: Any) -> None:
    """A private one is nowhere until one is invited; a public one is listed apart."""
    client = running.client()
    screen = await screens()
    public = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    private = (await client.conversations_create(name="inc-2", is_private=True))["channel"]["id"]
    others, joined = screen.page.get_by_test_id("others"), screen.page.get_by_test_id("channels")
    await expect(others.get_by_text("inc-1")).to_be_visible()
    await expect(screen.page.get_by_text("inc-2")).to_have_count(0)

    await client.conversations_invite(channel=public, users=seed.DANA)
    await client.conversations_invite(channel=private, users=seed.DANA)
    await expect(joined.get_by_text("inc-1")).to_be_visible()
    await joined.get_by_text("inc-2").click()
    await expect(screen.page.get_by_test_id("channel-name")).to_have_text("inc-2")

    await screen.page.get_by_test_id("members-open").click()
    await expect(screen.page.get_by_test_id("member")).to_have_count(2)
    await screen.page.get_by_test_id("leave").click()
    await expect(screen.page.get_by_text("inc-2")).to_have_count(0)
    await expect(screen.page.get_by_test_id("channel-name")).to_have_text("deploys")


async def test_the_links_of_a_channel_are_above_it(running: Stage, screens: Any) -> None:
    client = running.client()
    made = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    await client.conversations_invite(channel=made, users=seed.DANA)
    await client.conversations_setTopic(channel=made, topic="P1 · Checkout")
    screen = await screens(f"/?as={seed.DANA}#inc-1")
    await expect(screen.page.get_by_test_id("topic")).to_have_text("P1 · Checkout")
    await expect(screen.page.get_by_test_id("bookmarks")).not_to_be_visible()
    await client.bookmarks_add(
        channel_id=made, title="Dashboard", type="link", link="https://dashboards.example/a"
    )

    bookmark = screen.page.get_by_test_id("bookmark")
    await expect(bookmark).to_have_attribute("href", "https://dashboards.example/a")


async def test_a_long_name_leaves_room_for_everything_else(running: Stage, screens: Any) -> None:
    client = running.client()
    name = "inc-2026-001-" + "x" * 67
    made = (await client.conversations_create(name=name))["channel"]["id"]
    await client.conversations_invite(channel=made, users=seed.DANA)
    for width in (360, 1280):
        screen = await screens(f"/?as={seed.DANA}#{name}", size=(width, 640))
        await expect(screen.page.get_by_test_id("members-open")).to_be_in_viewport(ratio=1)
        wide = await screen.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        assert re.search(name, await screen.page.title())
