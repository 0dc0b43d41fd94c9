"""What the page asks for a moment late: by then it is gone, and that is nobody's mistake."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pages import LISTEN, Screen
from playwright.async_api import Route, expect
from workspaces import Json, Stage, stage

from adapters.local.workspace import changes, seed
from adapters.local.workspace.changes import Content

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


def text(words: str) -> Json:
    """A plain text object."""
    return {"type": "plain_text", "text": words}


def modal(title: str, *blocks: Json) -> Json:
    """A form with a version to enter, and more."""
    version = {
        "type": "input",
        "block_id": "version",
        "label": text("Version"),
        "element": {"type": "plain_text_input", "action_id": "v"},
    }
    return {
        "type": "modal",
        "title": text(title),
        "submit": text("Send"),
        "blocks": [version, *blocks],
    }


SERVICE = {
    "type": "input",
    "block_id": "service",
    "label": text("Service"),
    "optional": True,
    "element": {"type": "external_select", "action_id": "s", "min_query_length": 1},
}


async def trigger(running: Stage) -> str:
    """A trigger id, from a shortcut that Dana has just used."""
    await running.page(seed.DANA).do("shortcut", callback_id="declare")
    while (heard := await running.bot.next())[0] != "shortcut":
        pass
    return str(heard[1]["trigger_id"])


async def opened(running: Stage, view: Json) -> str:
    """Open a form for Dana; returns its id."""
    found = await running.client().views_open(trigger_id=await trigger(running), view=view)
    return str(found["view"]["id"])


async def listening(screens: Any) -> Screen:
    """Dana's page, which notes what it has heard of."""
    screen: Screen = await screens()
    await screen.page.add_init_script(LISTEN)
    await screen.page.reload()
    await screen.page.locator("html[data-ready]").wait_for(state="attached")
    return screen


async def private_room(running: Stage) -> str:
    """A private channel with Dana in it; returns its id."""
    client = running.client()
    made = (await client.conversations_create(name="inc-1", is_private=True))["channel"]["id"]
    await client.conversations_invite(channel=made, users=seed.DANA)
    return str(made)


# ── Channels ─────────────────────────────────────────────────────────────────────────────────────


async def test_of_a_channel_that_one_was_taken_out_of_there_is_nothing_left(
    running: Stage,
) -> None:
    """Nothing to read and nothing to leave; what is done there is refused."""
    room, dana = await private_room(running), running.page(seed.DANA)
    await dana.do("send", channel=room, text="secret")
    await dana.do("pin", channel=room, ts=(await dana.last(room))["ts"])
    assert len((await dana.get("pins", channel=room))["messages"]) == 1
    await running.client().conversations_kick(channel=room, user=seed.DANA)

    assert await dana.get("messages", channel=room) == {"messages": []}
    assert await dana.get("pins", channel=room) == {"messages": []}
    await dana.do("leave", channel=room)
    await dana.do("leave", channel="C0NOWHERE")
    status, answer = await dana.post("send", channel=room, text="Still here?")
    assert (status, answer["error"]) == (400, "There is no such channel.")


async def test_who_goes_to_a_channel_while_being_taken_out_of_it_ends_up_elsewhere(
    running: Stage, screens: Any
) -> None:
    room = await private_room(running)
    screen = await screens()
    page, asked, out = screen.page, asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await out.wait()
        await route.continue_()

    await page.route(f"**/ui/messages*{room}*", hold)
    await page.locator("[data-testid=channel][data-name=inc-1]").click()
    await asked.wait()
    await running.client().conversations_kick(channel=room, user=seed.DANA)
    out.set()

    await expect(page.get_by_test_id("channel-name")).to_have_text("deploys")
    await expect(screen.messages("Fine with me")).to_be_visible()
    await expect(page.get_by_test_id("toast")).to_have_count(0)


@pytest.mark.parametrize("gone", [True, False])
async def test_pins_that_come_late_open_where_they_are_of_and_nowhere_else(
    running: Stage, screens: Any, gone: bool
) -> None:
    """Also when the head of the channel was drawn anew meanwhile, with another button."""
    site, model = running.workspace._site, running.workspace.model
    deploys = model.channels[seed.DEPLOYS]
    said = changes.post(site, deploys, seed.SAM, Content(text="The rules"))
    changes.pin(site, deploys, said, seed.SAM)
    screen = await screens()
    page, asked, drawn = screen.page, asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        asked.set()
        await drawn.wait()
        await route.continue_()

    await page.route("**/ui/pins*", hold)
    await page.get_by_test_id("pins-open").click()
    await asked.wait()
    if gone:
        await page.locator("[data-testid=channel][data-name=general]").click()
        await expect(page.get_by_test_id("channel-name")).to_have_text("general")
    else:
        changes.describe(site, deploys, "topic", "News", seed.SAM)
        await expect(page.get_by_test_id("topic")).to_have_text("News")
    async with page.expect_response("**/ui/pins*"):
        drawn.set()

    if gone:
        # When one answer more has come, the page has seen to this one.
        await page.evaluate("async () => (await fetch('/ui/traffic')).text()")
        await expect(page.get_by_test_id("pins")).to_have_count(0)
        return
    await expect(page.get_by_test_id("pins")).to_contain_text("The rules")
    button = await page.get_by_test_id("pins-open").bounding_box()
    box = await page.get_by_test_id("pins").bounding_box()
    assert box["y"] >= button["y"] + button["height"]


async def test_what_a_box_tells_of_a_channel_goes_with_it(screens: Any) -> None:
    screen = await screens()
    await screen.page.get_by_test_id("members-open").click()
    await expect(screen.page.get_by_test_id("members")).to_be_visible()
    await screen.page.keyboard.press("Alt+ArrowDown")
    await expect(screen.page.get_by_test_id("members")).to_have_count(0)


async def test_a_message_that_the_bot_has_taken_back_can_be_dismissed(running: Stage) -> None:
    said = await running.client().chat_postEphemeral(
        channel=seed.DEPLOYS, user=seed.DANA, text="between us"
    )
    place = {"channel": seed.DEPLOYS, "ts": said["message_ts"]}
    for _ in range(2):
        await running.page(seed.DANA).do("delete", **place)
    await running.page(seed.SAM).do("delete", **place)


# ── Views ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_view_that_is_gone_is_closed_and_offers_nothing(running: Stage) -> None:
    dana, select = running.page(seed.DANA), {"block_id": "service", "action_id": "s"}
    first = await opened(running, modal("First", SERVICE))
    second = await opened(running, modal("Second"))

    await dana.do("close", view_id=first)
    for view in (first, second):
        answer = await dana.do("options", view_id=view, query="a", **select)
        assert answer == {"options": []}
    place = {"channel": seed.DEPLOYS, "ts": "1.000000"}
    assert await dana.do("options", query="a", **place, **select) == {"options": []}
    assert [view.id for view in running.workspace.model.stacks[seed.DANA]] == [second]
    assert running.bot.received.empty()


async def test_a_view_in_the_place_of_another_stays_open(running: Stage, screens: Any) -> None:
    """The browser says late that the dialog was closed; by then it shows the new view."""
    screen = await listening(screens)
    page = screen.page
    await opened(running, modal("First"))
    dialog = page.get_by_test_id("modal")
    await expect(dialog).to_contain_text("First")
    # What changes waits while something is pressed, and then comes at once.
    await dialog.get_by_role("heading").hover()
    await page.mouse.down()
    second = await opened(running, modal("Second"))
    await page.wait_for_function("heard.filter(type => type === 'view_open').length === 2")
    await page.mouse.up()

    await expect(dialog).to_contain_text("Second")
    await page.get_by_label("Version").fill("v1")
    await expect(dialog).to_be_visible()
    assert [view.id for view in running.workspace.model.stacks[seed.DANA]] == [second]


async def test_a_form_that_changes_while_it_is_sent_shows_what_was_wrong(
    running: Stage, screens: Any
) -> None:
    """And is sent once."""
    answered = asyncio.Event()
    screen = await screens()
    page = screen.page
    view = await opened(running, modal("Deploy"))
    sent: list[str] = []

    async def answer(kind: str, _: Json) -> Any:
        sent.append(kind)
        await answered.wait()
        return {"response_action": "errors", "errors": {"version": "There is no such version."}}

    running.bot.answer = answer
    await page.get_by_label("Version").fill("v0")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_test_id("modal-submit")).to_be_disabled()
    await running.client().views_update(view_id=view, view=modal("Deploy now", SERVICE))
    await expect(page.get_by_test_id("modal")).to_contain_text("Deploy now")
    await expect(page.get_by_test_id("modal-submit")).to_be_disabled()
    await page.keyboard.press("Control+Enter")
    answered.set()

    error = page.get_by_test_id("field-error").first
    await expect(error).to_have_text("There is no such version.")
    await expect(page.get_by_test_id("modal-submit")).to_be_enabled()
    assert sent == ["view_submission"]
