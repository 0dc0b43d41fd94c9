"""The workspace's page in a real browser: its mrkdwn, and how it behaves."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pages import LISTEN, PATIENCE_MS
from PIL import Image
from playwright.async_api import Route, expect
from workspaces import START, Stage, stage

from adapters.local.workspace import changes, seed
from adapters.local.workspace.changes import Content

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


# ── mrkdwn ───────────────────────────────────────────────────────────────────────────────────────

NOON = int(START.timestamp())
OUT = 'target="_blank" rel="noopener noreferrer"'

CASES = {
    # styles
    "*bold* _it_ ~old~": "<strong>bold</strong> <em>it</em> <del>old</del>",
    "*a _b_ c*": "<strong>a <em>b</em> c</strong>",
    "snake_case_name and 2*3*4": "snake_case_name and 2*3*4",
    "* a list, not bold*": "* a list, not bold*",
    "*open\nended*": "*open\nended*",
    "`a *b* :tada: <@U1>`": (
        '<code>a *b* :tada: <span class="mention" data-user="U1">@somebody</span></code>'
    ),
    "*one `*` two*": "<strong>one <code>*</code> two</strong>",
    "```\nx *y*\n```after": "<pre>x *y*</pre>after",
    "&gt; said\nso": "<blockquote>said</blockquote>so",
    ":tada: :none_such:": (
        '<span class="emoji" role="img" aria-label="tada">🎉</span> :none_such:'
    ),
    # escapes
    "&lt;b&gt; &amp;amp; &quot;": "&lt;b&gt; &amp;amp; &amp;quot;",
    "<img src=x onerror=alert(1)>": "&lt;img src=x onerror=alert(1)&gt;",
    "&lt;!channel&gt; &amp; &lt;https://a.example|b&gt;": (
        f'&lt;!channel&gt; &amp; &lt;<a href="https://a.example/" {OUT}>https://a.example</a>|b&gt;'
    ),
    "&lt;https://a.example/b&gt;": (
        f'&lt;<a href="https://a.example/b" {OUT}>https://a.example/b</a>&gt;'
    ),
    "&lt;@U0SAM0001&gt;": "&lt;@U0SAM0001&gt;",
    # links
    "<https://example.com/a?b=1&amp;c=2|there>": (
        f'<a href="https://example.com/a?b=1&amp;c=2" {OUT}>there</a>'
    ),
    "<http://example.com/>": f'<a href="http://example.com/" {OUT}>http://example.com/</a>',
    "<mailto:a@example.com>": f'<a href="mailto:a@example.com" {OUT}>a@example.com</a>',
    "see https://example.com/x.": (
        f'see <a href="https://example.com/x" {OUT}>https://example.com/x</a>.'
    ),
    "<javascript:alert(1)|click>": "click (javascript:alert(1))",
    "<JavaScript:alert(1)>": "JavaScript:alert(1)",
    "<data:text/html,x|click>": "click (data:text/html,x)",
    "<file:///etc/passwd|click>": "click (file:///etc/passwd)",
    "<https://a|&lt;b&gt;>": f'<a href="https://a/" {OUT}>&lt;b&gt;</a>',
    # mentions
    "<@U0SAM0001>": '<span class="mention" data-user="U0SAM0001">@Sam Okafor</span>',
    "<@U0DANA001>": '<span class="mention self" data-user="U0DANA001">@Dana Reyes</span>',
    "<#C0GENERAL|x>": '<a class="mention" href="#general">#general</a>',
    "<#C0SECRET1>": '<span class="mention">#private-channel</span>',
    "<!subteam^S0SRE0001>": '<span class="mention">@sre</span>',
    "<!here> <!channel>": (
        '<span class="mention loud">@here</span> <span class="mention loud">@channel</span>'
    ),
    "<!nonsense>": "&lt;!nonsense&gt;",
    "<@U1\nx>": "&lt;@U1\nx&gt;",
    "a < b and c > d": "a &lt; b and c &gt; d",
    # an end that never comes
    "*_~`<": "*_~`&lt;",
}

DATES = {
    f"<!date^{NOON}^{{date_num}} {{time}}|x>": "2026-11-21 12:00",
    f"<!date^{NOON}^{{date_slash}}|x>": "2026/11/21",
    f"<!date^{NOON}^{{date_pretty}} at {{time_secs}}|x>": "today at 12:00:00",
    f"<!date^{NOON - 86400}^{{date_short_pretty}}|x>": "yesterday",
    f"<!date^{NOON + 86400}^{{date_long_pretty}}|x>": "tomorrow",
    f"<!date^{NOON - 864000}^{{date}}|x>": "November 11th",
    f"<!date^{NOON - 864000}^{{date_short}}|x>": "Nov 11",
    f"<!date^{NOON - 864000}^{{date_long}}|x>": "Wednesday, November 11th",
    f"<!date^{NOON - 31536000}^{{date}}|x>": "November 21st, 2025",
    f"<!date^{NOON - 7200}^{{ago}}|x>": "2 hours ago",
    f"<!date^{NOON}^{{unknown}}|fallback>": "fallback",
    f"<!date^{NOON}^no token|fallback>": "fallback",
}

RENDER = """async texts => {
  const { mrkdwn } = await import("/assets/mrkdwn.js");
  return texts.map(text => {
    const node = document.createElement("div");
    node.append(mrkdwn(text));
    return [node.innerHTML, node.textContent];
  });
}"""


async def test_mrkdwn_becomes_elements_and_nothing_else(screens: Any) -> None:
    screen = await screens()
    shown = await screen.page.evaluate(RENDER, list(CASES))

    assert {text: html for text, (html, _) in zip(CASES, shown, strict=True)} == CASES


async def test_date_tokens_are_told_in_the_readers_time(screens: Any) -> None:
    screen = await screens()
    shown = await screen.page.evaluate(RENDER, list(DATES))

    assert {text: said for text, (_, said) in zip(DATES, shown, strict=True)} == DATES
    assert all(re.match(r'<time datetime="202\d-.*" title=', html) for html, _ in shown)


async def test_a_long_text_of_marks_is_drawn_in_bounded_time(screens: Any) -> None:
    """The work grows with the length, not with its square: the page would stand still."""
    screen = await screens()
    text = "*a _b <" * 6000
    shown = await asyncio.wait_for(screen.page.evaluate(RENDER, [text]), PATIENCE_MS / 1000)

    assert shown[0][1] == text


# ── Behaviour ────────────────────────────────────────────────────────────────────────────────────


def text(words: str) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": words}


def button(words: str, **more: Any) -> dict[str, Any]:
    """A button named by its words."""
    return {"type": "button", "action_id": words.lower(), "text": text(words), **more}


def received(running: Stage) -> list[tuple[str, dict[str, Any]]]:
    """What the bot has been sent until now: kinds and payloads."""
    found = []
    while not running.bot.received.empty():
        kind, payload, _ = running.bot.received.get_nowait()
        found.append((kind, payload))
    return found


CONFIRM = {
    "title": text("Sure?"),
    "text": text("It goes to production."),
    "confirm": text("Go"),
    "deny": text("Stay"),
}
CARD = [
    {
        "type": "actions",
        "block_id": "decision",
        "elements": [
            button("Approve", value="d-1", style="primary", confirm=CONFIRM),
            button("Reject", value="d-1", style="danger"),
        ],
    }
]


async def test_without_an_address_the_page_acts_as_the_first_person(screens: Any) -> None:
    screen = await screens("/")

    await expect(screen.page.get_by_test_id("team")).to_have_text("Olympus")
    await expect(screen.page.get_by_test_id("banner")).to_contain_text("not Slack")
    await expect(screen.page).to_have_url(re.compile(rf"\?as={seed.DANA}#deploys$"))


async def test_one_click_acts_as_somebody_else(running: Stage, screens: Any) -> None:
    """What only the one sees is gone, and the other one is who speaks."""
    deploys = running.workspace.model.channels[seed.DEPLOYS]
    site = running.workspace._site
    changes.whisper(site, deploys, seed.DANA, Content(text="Between us"))
    screen = await screens()
    await expect(screen.messages("Between us").get_by_test_id("only-you")).to_be_visible()

    await screen.page.locator(f"[data-testid=person][data-user={seed.SAM}]").click()
    await expect(screen.page).to_have_url(re.compile(rf"\?as={seed.SAM}#deploys$"))
    await expect(screen.messages("Fine with me")).to_be_visible()
    await expect(screen.messages("Between us")).to_have_count(0)
    await screen.say("It is me")

    author = screen.messages("It is me").last.locator("xpath=self::*")
    await expect(author).to_have_attribute("data-user", seed.SAM)


async def test_who_goes_on_before_anything_is_read_is_not_taken_back(
    running: Stage, screens: Any
) -> None:
    """Somebody else is at the bot as well, unless they have gone to a channel by then."""
    screen = await screens(f"/?as={seed.DANA}#home")
    page, opened = screen.page, asyncio.Event()

    async def hold(route: Route) -> None:
        await opened.wait()
        await route.continue_()

    await page.route("**/ui/events*", hold)
    await page.locator(f"[data-testid=person][data-user={seed.SAM}]").click()
    await expect(page.locator("html[data-ready]")).to_have_count(0)
    await page.locator("[data-testid=channel][data-name=general]").click()
    opened.set()

    general = running.workspace.model.channels[seed.GENERAL]
    changes.post(running.workspace._site, general, seed.MAX, Content(text="Anybody here?"))
    await expect(screen.messages("Anybody here?")).to_be_visible()
    await expect(page).to_have_url(re.compile(rf"\?as={seed.SAM}#general$"))


async def test_what_people_type_shows_as_they_typed_it(running: Stage, screens: Any) -> None:
    """No markup, no alarm to a channel and no disguised address comes out of it."""
    typed = "<!channel> & <b>x</b> <https://evil.example|https://good.example>"
    screen = await screens()
    await screen.say(typed)

    body = screen.messages("<!channel>").get_by_test_id("body")
    await expect(body).to_have_text(typed)
    await expect(body.locator(".mention, b")).to_have_count(0)
    assert running.workspace.model.channels[seed.DEPLOYS].timeline()[-1].text.startswith("&lt;")


async def test_a_change_far_above_does_not_move_what_is_read(running: Stage, screens: Any) -> None:
    site, model = running.workspace._site, running.workspace.model
    channel = model.channels[seed.GENERAL]
    said = [
        changes.post(site, channel, seed.MAX, Content(text=f"Line {number}"))
        for number in range(60)
    ]
    screen = await screens(f"/?as={seed.DANA}#general")
    watched = screen.messages("Line 20")
    await watched.evaluate("node => node.scrollIntoView()")
    # The page notices that it has been scrolled with the browser's next frame.
    await screen.page.evaluate("() => new Promise(requestAnimationFrame)")
    before = await watched.bounding_box()

    changes.edit(site, channel, said[0], Content(text="Line 0\nis now\nthree lines long"))
    changes.post(site, channel, seed.MAX, Content(text="The newest"))

    await expect(screen.page.get_by_test_id("messages-jump")).to_be_visible()
    await expect(screen.messages("three lines long").get_by_test_id("edited")).to_be_attached()
    after = await watched.bounding_box()
    assert abs(after["y"] - before["y"]) < 2
    await screen.page.get_by_test_id("messages-jump").click()
    await expect(screen.messages("The newest")).to_be_in_viewport()


async def test_what_happens_while_the_stream_is_cut_is_not_lost(
    running: Stage, screens: Any
) -> None:
    screen = await screens()
    site, model = running.workspace._site, running.workspace.model
    site.hub.close()
    await asyncio.sleep(0)  # the stream learns that it is closed
    changes.post(site, model.channels[seed.DEPLOYS], seed.SAM, Content(text="Meanwhile"))

    await expect(screen.messages("Meanwhile")).to_be_visible()
    await expect(screen.page.get_by_test_id("strip-lost")).to_have_count(0)


async def test_a_click_asks_first_and_is_busy_until_the_bot_has_it(
    running: Stage, screens: Any
) -> None:
    answered = asyncio.Event()

    async def answer(*_: Any) -> str:
        await answered.wait()
        return ""

    running.bot.answer = answer
    await running.client().chat_postMessage(channel=seed.DEPLOYS, text="Card", blocks=CARD)
    screen = await screens()
    approve = screen.page.locator("button[data-action-id=approve]")

    await approve.click()
    await expect(screen.page.get_by_test_id("confirm")).to_contain_text("production")
    await screen.page.get_by_test_id("confirm-deny").click()
    await expect(approve).to_be_enabled()
    await approve.click()
    await screen.page.get_by_test_id("confirm-yes").click()
    await expect(approve).to_be_disabled()
    await expect(approve).to_have_attribute("aria-busy", "true")
    answered.set()
    await expect(approve).to_be_enabled()
    clicks = [payload for kind, payload in received(running) if kind == "block_actions"]
    assert [click["actions"][0]["value"] for click in clicks] == ["d-1"]


async def test_a_press_is_not_lost_on_a_card_that_changes_under_it(
    running: Stage, screens: Any
) -> None:
    """The new card waits until the button is up again: a node that is gone hears no click."""
    client = running.client()
    posted = await client.chat_postMessage(channel=seed.DEPLOYS, text="Card", blocks=CARD)
    screen = await screens()
    await screen.page.add_init_script(LISTEN)
    await screen.page.reload()
    await screen.page.locator("button[data-action-id=reject]").hover()
    await screen.page.mouse.down()

    later = [*CARD, {"type": "section", "text": text("One approval more")}]
    await client.chat_update(channel=seed.DEPLOYS, ts=posted["ts"], text="Card", blocks=later)
    await screen.page.wait_for_function("heard.includes('message_changed')")
    await screen.page.mouse.up()

    while (sent := await running.bot.next())[0] != "block_actions":
        pass  # it hears of the message as well
    assert sent[1]["actions"][0]["action_id"] == "reject"
    await expect(screen.messages("One approval more")).to_be_visible()


async def test_a_card_that_changes_takes_its_buttons_with_it(running: Stage, screens: Any) -> None:
    client = running.client()
    posted = await client.chat_postMessage(channel=seed.DEPLOYS, text="Card", blocks=CARD)
    screen = await screens()
    await expect(screen.page.locator("button[data-action-id=reject]")).to_be_visible()

    done = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Deployed*"}}]
    await client.chat_update(channel=seed.DEPLOYS, ts=posted["ts"], text="Done", blocks=done)

    await expect(screen.messages("Deployed")).to_be_visible()
    await expect(screen.page.locator("button[data-action-id=reject]")).to_have_count(0)


async def test_a_form_is_filled_corrected_and_sent(running: Stage, screens: Any) -> None:
    """Required fields are asked for before it is sent; the bot's errors stand at their fields."""
    view = {
        "type": "modal",
        "callback_id": "ask",
        "title": text("Deploy"),
        "submit": text("Send"),
        "blocks": [
            {
                "type": "input",
                "block_id": "version",
                "label": text("Version"),
                "element": {"type": "plain_text_input", "action_id": "v"},
            },
            {
                "type": "input",
                "block_id": "service",
                "label": text("Service"),
                "optional": True,
                "element": {"type": "external_select", "action_id": "s", "min_query_length": 1},
            },
        ],
    }
    wrong = {"response_action": "errors", "errors": {"version": "There is no such version."}}

    async def answer(kind: str, payload: dict[str, Any]) -> Any:
        if kind == "command":
            await running.client().views_open(trigger_id=payload["trigger_id"], view=view)
            return ""
        if kind == "block_suggestion":
            return {"options": [{"text": text("api"), "value": "api"}]}
        entered = payload["view"]["state"]["values"]["version"]["v"]["value"]
        return wrong if entered == "v0" else ""

    running.bot.answer = answer
    screen = await screens()
    await screen.say("/deploy ")
    page = screen.page
    version = page.locator("input[data-action-id=v]")
    await expect(version).to_be_focused()

    await page.keyboard.press("Control+Enter")
    error = page.get_by_test_id("field-error").first
    await expect(error).to_have_text("Please complete this required field.")
    await version.fill("v0")
    await page.locator("input[data-action-id=s]").press_sequentially("ap")
    await page.locator("[data-testid=option][data-value=api]").click()
    await page.keyboard.press("Control+Enter")
    await expect(error).to_have_text("There is no such version.")
    await expect(version).to_be_focused()
    await version.fill("v1")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_test_id("modal")).not_to_be_visible()

    sent = [payload for kind, payload in received(running) if kind == "view_submission"]
    assert len(sent) == 2
    chosen = sent[-1]["view"]["state"]["values"]["service"]["s"]["selected_option"]
    assert chosen["value"] == "api"


async def test_a_bot_that_does_not_listen_is_told_of(running: Stage, screens: Any) -> None:
    screen = await screens()
    await expect(screen.page.get_by_test_id("strip-offline")).to_have_count(0)

    running.workspace.bot_url = None
    await expect(screen.page.get_by_test_id("strip-offline")).to_contain_text("not connected")
    await screen.say("/deploy api")

    failure = screen.messages("/deploy failed with the error")
    await expect(failure).to_have_class(re.compile(r"\bfailure\b"))


async def test_a_block_that_is_not_known_is_said(running: Stage, screens: Any) -> None:
    site, model = running.workspace._site, running.workspace.model
    content = Content(text="x", blocks=[{"type": "hologram", "block_id": "h"}])
    changes.post(site, model.channels[seed.DEPLOYS], seed.BOT, content)
    screen = await screens()

    unknown = screen.page.get_by_test_id("unknown-block")
    await expect(unknown).to_have_text("cannot show block type hologram")


async def test_the_keyboard_reaches_channels_people_and_the_composer(screens: Any) -> None:
    screen = await screens(f"/?as={seed.DANA}#deploys")
    keyboard = screen.page.keyboard
    await keyboard.press("Alt+ArrowDown")
    await expect(screen.page).to_have_url(re.compile("#general$"))
    await keyboard.press("2")
    await expect(screen.page).to_have_url(re.compile(rf"\?as={seed.SAM}#general$"))
    await keyboard.press("/")

    composer = screen.page.get_by_test_id("composer")
    await expect(composer).to_be_focused()
    await expect(screen.page.get_by_test_id("completion")).to_be_visible()
    await keyboard.press("Escape")
    await expect(screen.page.get_by_test_id("completion")).not_to_be_visible()
    await expect(composer).to_have_value("/")


async def test_the_inspector_shows_what_was_sent_without_secrets(
    running: Stage, screens: Any
) -> None:
    screen = await screens()
    await screen.page.get_by_test_id("traffic-toggle").click()
    await screen.say("/deploy api")
    exchange = screen.page.locator("[data-testid=exchange][data-name='/deploy']")
    await exchange.locator("summary").first.click()

    await expect(exchange).to_contain_text("Request")
    await expect(exchange).to_contain_text("api")
    shown = await screen.page.get_by_test_id("inspector").inner_text()
    assert running.workspace.signing_secret not in shown
    assert running.workspace.bot_token not in shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_chosen_colours_are_remembered(screens: Any, scheme: str) -> None:
    other = {"light": "dark", "dark": "light"}[scheme]
    screen = await screens(color_scheme=scheme)
    root = screen.page.locator("html")
    await screen.page.get_by_test_id("theme").click()
    await expect(root).to_have_css("color-scheme", other)
    await screen.page.reload()

    await expect(root).to_have_css("color-scheme", other)


async def test_a_phone_shows_table_thread_and_form_without_scrolling_sideways(
    running: Stage, screens: Any
) -> None:
    row = [{"type": "raw_text", "text": f"A long heading {n}"} for n in range(8)]
    blocks = [{"type": "table", "rows": [row] * 3}]
    posted = await running.client().chat_postMessage(
        channel=seed.DEPLOYS, text="Status", blocks=blocks
    )
    await running.client().chat_postMessage(
        channel=seed.DEPLOYS, text="Below", thread_ts=posted["ts"]
    )
    screen = await screens(size=(390, 844), has_touch=True, is_mobile=True)
    page = screen.page
    fits = "document.documentElement.scrollWidth <= innerWidth"

    table = page.locator(".b-table")
    await expect(table).to_be_visible()
    assert await page.evaluate(fits)
    assert await table.evaluate("node => node.scrollWidth > node.clientWidth")
    await page.get_by_test_id("replies").click()
    await expect(page.get_by_test_id("thread")).to_contain_text("Below")
    box = await page.get_by_test_id("thread").bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    await page.get_by_test_id("thread-close").click()
    await page.get_by_test_id("drawer-open").click()
    await page.locator(f"[data-testid=person][data-user={seed.SAM}]").click()
    await expect(page).to_have_url(re.compile(f"as={seed.SAM}"))
    assert await page.evaluate(fits)


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────


def drawing(width: int = 1200, height: int = 720) -> bytes:
    """A PNG as large as a chart."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#d55e00").save(out, "PNG")
    return out.getvalue()


async def share(running: Stage, content: bytes, name: str = "chart.png") -> str:
    """Share a file in #deploys, and return its id."""
    client = running.client()
    begun = await client.files_getUploadURLExternal(
        filename=name, length=len(content), alt_txt="a chart in words"
    )
    async with running.session.post(begun["upload_url"], data=content) as response:
        assert response.status == 200
    await client.files_completeUploadExternal(
        files=[{"id": begun["file_id"], "title": "Canary of api"}],
        channel_id=seed.DEPLOYS,
        initial_comment="held",
    )
    file: str = begun["file_id"]
    return file


@pytest.mark.parametrize("way", ["escape", "cross", "beside"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_picture_is_small_in_its_message_and_whole_when_it_is_clicked(
    screens: Any, running: Stage, way: str, scheme: str
) -> None:
    screen = await screens(color_scheme=scheme)
    await share(running, drawing())

    small = screen.messages("held").get_by_role("img", name="a chart in words")
    await expect(small).to_be_visible()
    await expect(screen.messages("held").locator("figcaption")).to_have_text("Canary of api")
    await expect(small).to_have_js_property("naturalWidth", 1200)
    box = await small.bounding_box()
    assert box["width"] <= 480
    assert box["width"] / box["height"] == pytest.approx(1200 / 720, rel=0.01)

    await screen.messages("held").get_by_test_id("thumbnail").click()
    whole = screen.page.get_by_role("dialog", name="Canary of api")
    large = await whole.get_by_role("img").bounding_box()
    assert large["width"] > 800
    assert large["width"] / large["height"] == pytest.approx(1200 / 720, rel=0.01)
    match way:
        case "escape":
            await screen.page.keyboard.press("Escape")
        case "cross":
            await screen.page.get_by_test_id("lightbox-close").click()
        case _:
            await screen.page.mouse.click(5, 400)
    await expect(whole).to_have_count(0)
    await expect(screen.messages("held").get_by_test_id("thumbnail")).to_be_focused()


async def test_escape_closes_the_picture_and_not_the_thread_behind_it(
    screens: Any, running: Stage
) -> None:
    await share(running, drawing())
    ts = (await running.page(seed.DANA).last(seed.DEPLOYS))["ts"]
    screen = await screens(f"/?as={seed.DANA}#deploys/{ts}")
    thread = screen.page.get_by_test_id("thread")

    await thread.get_by_test_id("thumbnail").click()
    await screen.page.keyboard.press("Escape")

    await expect(screen.page.get_by_test_id("lightbox")).to_have_count(0)
    await expect(thread).to_be_visible()


async def test_blocks_show_the_workspace_s_pictures_and_link_those_of_others(
    screens: Any, running: Stage
) -> None:
    asked: list[str] = []
    screen = await screens()
    screen.page.on("request", lambda request: asked.append(request.url))
    file = {"id": await share(running, drawing(800, 400))}
    element = {"type": "image", "alt_text": "ours", "slack_file": file}
    await running.client().chat_postMessage(
        channel=seed.DEPLOYS,
        text="x",
        blocks=[
            element | {"title": {"type": "plain_text", "text": "As a block"}},
            {"type": "card", "title": {"type": "plain_text", "text": "C"}, "hero_image": element},
            {"type": "context", "elements": [element, {"type": "mrkdwn", "text": "as an icon"}]},
            {"type": "image", "alt_text": "theirs", "image_url": "https://example.com/a.png"},
        ],
    )

    message = screen.messages("as an icon")
    pictures = message.get_by_role("img", name="ours")
    await expect(pictures).to_have_count(3)
    for number in range(3):
        await expect(pictures.nth(number)).to_have_js_property("naturalWidth", 800)
    await expect(message.get_by_test_id("thumbnail")).to_have_count(2)
    await expect(message.get_by_role("link", name="theirs")).to_have_attribute(
        "href", "https://example.com/a.png"
    )
    assert (await pictures.nth(2).bounding_box())["height"] <= 20
    assert all(url.startswith(running.workspace.url) for url in asked)


async def test_a_file_that_only_pretends_to_be_a_picture_is_a_link(
    screens: Any, running: Stage
) -> None:
    screen = await screens()
    await share(running, b"<svg onload=alert(1)>", "chart.svg")

    message = screen.messages("held")
    await expect(message.get_by_test_id("file")).to_contain_text("application/octet-stream")
    await expect(message.get_by_role("img", name="a chart in words")).to_have_count(0)
