"""Files in the workspace: what is refused at each step, what is served, and where it is shown."""

from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from workspaces import Stage, stage

from adapters.local.workspace import images, seed
from adapters.local.workspace.methods.files import MAX_ALT, MAX_BYTES, MAX_CHANNELS

# The beginning of a PNG of 640 × 360 is enough to be known as one.
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x0dIHDR" + b"\x00\x00\x02\x80\x00\x00\x01\x68" + b"rest"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


async def code(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    word: str = caught.value.response["error"]
    return word


async def begin(running: Stage, length: int = len(PNG), **fields: Any) -> Any:
    """The answer to the first step."""
    made = {"filename": "chart.png", "length": length, **fields}
    return await running.client().files_getUploadURLExternal(**made)


async def send(running: Stage, url: str, content: bytes = PNG) -> tuple[int, str]:
    """The second step."""
    async with running.session.post(url, data=content) as response:
        return response.status, await response.text()


async def complete(running: Stage, *ids: str, **fields: Any) -> Any:
    """The last step."""
    files = [{"id": one, "title": "Chart"} for one in ids]
    arguments = {"files": files, **fields}
    return await running.client().api_call("files.completeUploadExternal", json=arguments)


async def uploaded(running: Stage, content: bytes = PNG, **fields: Any) -> str:
    """The id of a file whose bytes are there."""
    begun = await begin(running, len(content), **fields)
    assert (await send(running, begun["upload_url"], content))[0] == 200
    file: str = begun["file_id"]
    return file


async def shared(running: Stage, content: bytes = PNG, **fields: Any) -> dict[str, Any]:
    """A file that was shared in #deploys, as the page gets it."""
    await complete(running, await uploaded(running, content, **fields), channel_id=seed.DEPLOYS)
    message = await running.page(seed.SAM).last(seed.DEPLOYS)
    file: dict[str, Any] = message["files"][0]
    return file


# ── The three steps ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"length": 0}, "missing_argument"),
        ({"length": -1}, "invalid_arguments"),
        ({"length": "many"}, "invalid_arguments"),
        ({"length": MAX_BYTES + 1}, "file_upload_size_restricted"),
        ({"filename": ""}, "missing_argument"),
        ({"alt_txt": "x" * (MAX_ALT + 1)}, "alt_txt_too_large"),
    ],
)
async def test_a_wrong_beginning_is_refused(
    running: Stage, fields: dict[str, Any], word: str
) -> None:
    assert await code(begin(running, **fields)) == word


@pytest.mark.parametrize("content", [PNG[:-1], PNG + b"x", b""])
async def test_as_many_bytes_must_come_as_were_announced(running: Stage, content: bytes) -> None:
    begun = await begin(running)

    status, said = await send(running, begun["upload_url"], content)

    assert (status, f"{len(PNG)} bytes were announced" in said) == (400, True)
    assert await code(complete(running, begun["file_id"])) == "file_not_found"
    assert (await send(running, begun["upload_url"]))[0] == 200, "it may be tried again"


async def test_an_address_takes_bytes_once(running: Stage) -> None:
    begun = await begin(running)

    assert (await send(running, begun["upload_url"]))[0] == 200
    assert (await send(running, begun["upload_url"]))[0] == 404


async def test_an_upload_is_completed_once(running: Stage) -> None:
    file = await uploaded(running)

    await complete(running, file, channel_id=seed.DEPLOYS)

    assert await code(complete(running, file, channel_id=seed.DEPLOYS)) == "file_not_found"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"channel_id": "C0NONE0001"}, "channel_not_found"),
        ({"channel_id": "#deploys"}, "channel_not_found"),
        ({"channels": ["C0X"] * (MAX_CHANNELS + 1)}, "channels_limit_exceeded"),
        ({"channel_id": seed.DEPLOYS, "thread_ts": "1.000001"}, "invalid_arguments"),
        ({"thread_ts": "1.000001"}, "invalid_arguments"),
        ({"channel_id": seed.DEPLOYS, "blocks": [{"type": "none"}]}, "invalid_blocks"),
        ({"channel_id": seed.DEPLOYS, "blocks": {"type": "divider"}}, "invalid_blocks"),
        (
            {
                "channel_id": seed.DEPLOYS,
                "blocks": [
                    {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
                    for _ in range(5)
                ],
            },
            "invalid_blocks",
        ),
    ],
)
async def test_a_wrong_end_is_refused_and_shares_nothing(
    running: Stage, fields: dict[str, Any], word: str
) -> None:
    file = await uploaded(running)
    before = await running.page(seed.SAM).messages(seed.DEPLOYS)

    arguments = {"files": [{"id": file}], **fields}
    call = running.client().api_call("files.completeUploadExternal", json=arguments)

    assert await code(call) == word
    assert await running.page(seed.SAM).messages(seed.DEPLOYS) == before
    await complete(running, file)


@pytest.mark.parametrize(
    "files",
    [[], [{}], ["F1"], [{"id": 7}], [{"id": "F1", "highlight_type": "x" * 11}]],
)
async def test_files_of_a_wrong_shape_are_refused(running: Stage, files: Any) -> None:
    call = running.client().api_call("files.completeUploadExternal", json={"files": files})

    assert await code(call) == "invalid_arguments"


async def test_a_channel_must_be_joined_and_open(running: Stage) -> None:
    model, file = running.workspace.model, await uploaded(running)
    channel = model.channels[seed.DEPLOYS]

    channel.is_archived = True
    refusal = await code(complete(running, file, channel_id=seed.DEPLOYS))
    channel.members.remove(model.bot_user)

    assert refusal == "posting_to_channel_denied"
    assert await code(complete(running, file, channel_id=seed.DEPLOYS)) == "not_in_channel"


async def test_a_reply_is_no_place_for_a_thread(running: Stage) -> None:
    client, file = running.client(), await uploaded(running)
    card = await client.chat_postMessage(channel=seed.DEPLOYS, text="card")
    reply = await client.chat_postMessage(channel=seed.DEPLOYS, text="note", thread_ts=card["ts"])

    async def into(ts: str) -> Any:
        return await complete(running, file, channel_id=seed.DEPLOYS, thread_ts=ts)

    assert await code(into(reply["ts"])) == "invalid_arguments"
    await into(card["ts"])
    thread = await running.page(seed.SAM).messages(seed.DEPLOYS, thread_ts=card["ts"])
    assert [bool(message.get("files")) for message in thread] == [False, False, True]


async def test_blocks_are_shown_with_a_file_and_a_comment_takes_their_place(
    running: Stage,
) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Held*"}}]
    page = running.page(seed.SAM)

    await complete(running, await uploaded(running), channel_id=seed.DEPLOYS, blocks=blocks)
    with_blocks = await page.last(seed.DEPLOYS)
    await complete(
        running,
        await uploaded(running),
        channel_id=seed.DEPLOYS,
        blocks=[{"type": "none"}],
        initial_comment="said",
    )
    with_comment = await page.last(seed.DEPLOYS)

    assert with_blocks["blocks"][0]["text"]["text"] == "*Held*"
    assert (with_comment["text"], with_comment.get("blocks")) == ("said", None)


async def test_a_file_object_has_what_is_documented_and_no_secret(running: Stage) -> None:
    file = await uploaded(running, alt_txt="a line that rises")

    answer = await complete(running, file, channel_id=seed.DEPLOYS)

    (shown,) = answer["files"]
    history = await running.client().conversations_history(channel=seed.DEPLOYS, limit=1)
    assert history["messages"][0]["files"] == [shown]
    assert (shown["id"], shown["title"], shown["alt_txt"]) == (file, "Chart", "a line that rises")
    assert (shown["mimetype"], shown["original_w"], shown["original_h"]) == ("image/png", 640, 360)
    assert not {"secret", "content", "completed", "processed"} & shown.keys()


# ── What is served ───────────────────────────────────────────────────────────────────────────────


async def test_a_picture_is_served_to_be_looked_at_and_runs_nothing(running: Stage) -> None:
    file = await shared(running)

    async with running.session.get(file["url"]) as response:
        assert await response.read() == PNG
        assert response.content_type == "image/png"
        assert response.headers["Content-Disposition"] == "inline"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("name", "content"), [("a.svg", SVG), ("a.png", SVG), ("a.html", SVG), ("a.md", b"\xff\xfe")]
)
async def test_what_is_no_picture_is_only_kept_whatever_its_name_says(
    running: Stage, name: str, content: bytes
) -> None:
    file = await shared(running, content, filename=name)

    assert not file["mimetype"].startswith("image/")
    async with running.session.get(file["url"]) as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment"


@pytest.mark.parametrize("name", ["pm.md", "pm.txt", "table.csv", "record.json"])
async def test_a_text_is_served_to_be_read_and_never_as_a_page(running: Stage, name: str) -> None:
    content = "# 結帳失敗\n<script>alert(1)</script>".encode()
    file = await shared(running, content, filename=name)

    async with running.session.get(file["url"]) as response:
        assert await response.read() == content
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert response.headers["Content-Disposition"] == "inline"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


async def test_a_picture_is_known_by_its_bytes(running: Stage) -> None:
    file = await shared(running, b"GIF89a...", filename="a.bin")

    assert (file["mimetype"], file["width"]) == ("image/gif", None)
    assert images.kind(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert images.size(PNG[:20]) is None


async def test_a_file_is_served_under_its_secret_only(running: Stage) -> None:
    url = (await shared(running))["url"]

    for wrong in (url[:-1], f"{url.rpartition('/')[0]}/x", url.replace("/files/F", "/files/X")):
        async with running.session.get(wrong) as response:
            assert response.status == 404


# ── Blocks ───────────────────────────────────────────────────────────────────────────────────────


def image(**source: Any) -> dict[str, Any]:
    return {"type": "image", "alt_text": "a chart", **source}


async def problems(running: Stage, *blocks: Any) -> list[str]:
    """What is said against the blocks of a message."""
    with pytest.raises(SlackApiError) as caught:
        await running.client().chat_postMessage(channel=seed.DEPLOYS, text="x", blocks=list(blocks))
    assert caught.value.response["error"] == "invalid_blocks"
    said: list[str] = caught.value.response["errors"]
    return said


async def test_a_block_shows_a_file_by_its_id_or_address(running: Stage) -> None:
    file = await uploaded(running)
    url = (await complete(running, file))["files"][0]["url_private"]
    element = image(slack_file={"id": file})
    blocks = [
        image(slack_file={"id": file}),
        image(slack_file={"url": url}),
        {"type": "context", "elements": [element]},
        {"type": "card", "hero_image": element},
    ]

    answer = await running.client().chat_postMessage(channel=seed.DEPLOYS, text="x", blocks=blocks)

    page = (await running.page(seed.SAM).last(seed.DEPLOYS))["blocks"]
    for place in (page[0], page[1], page[2]["elements"][0], page[3]["hero_image"]):
        shown = place["slack_file"]
        assert (shown["url"], shown["original_w"], shown["original_h"]) == (url, 640, 360)
    assert answer["message"]["blocks"][0]["slack_file"] == {"id": file}, "the bot gets its own"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"slack_file": {"id": "F0NONE0001"}}, "invalid slack file [json-pointer:/blocks/0/slack"),
        ({"slack_file": {"url": "https://example.com/a.png"}}, "invalid slack file"),
        ({"slack_file": {"id": "f1"}}, "/blocks/0/slack_file/id"),
        ({"slack_file": {}}, "either url or id"),
        ({"slack_file": {"id": "F0NONE0001", "url": "https://example.com"}}, "either url or id"),
        ({"image_url": "data:image/png;base64,AAAA"}, "/blocks/0/image_url"),
    ],
)
async def test_a_block_without_a_picture_is_refused(
    running: Stage, source: dict[str, Any], said: str
) -> None:
    assert said in (await problems(running, image(**source)))[0]


async def test_a_file_that_is_no_picture_or_not_completed_is_not_shown(running: Stage) -> None:
    begun = await uploaded(running)
    text = await uploaded(running, SVG, filename="a.svg")
    await complete(running, text)

    for file in (begun, text):
        assert "invalid slack file" in (await problems(running, image(slack_file={"id": file})))[0]


async def test_a_slow_file_is_shared_and_may_be_shown_only_when_it_is_processed(
    running: Stage,
) -> None:
    """As in real Slack, which scans files after it has answered."""
    page, slow = running.page(seed.SAM), timedelta(seconds=5)
    running.workspace.faults.slow_files = slow
    file = await uploaded(running)
    block = image(slack_file={"id": file})

    await complete(running, file, channel_id=seed.DEPLOYS, initial_comment="held")
    await running.clock.asleep(until=slow)

    assert (await page.last(seed.DEPLOYS))["text"] != "held"
    assert "invalid slack file" in (await problems(running, block))[0]
    running.clock.move(slow)
    await running.workspace.settled()
    assert (await page.last(seed.DEPLOYS))["text"] == "held"
    await running.client().chat_postMessage(channel=seed.DEPLOYS, text="x", blocks=[block])


async def test_views_and_answers_are_held_to_the_same(running: Stage) -> None:
    client = running.client()
    missing = image(slack_file={"id": "F0NONE0001"})
    file = await uploaded(running)
    await complete(running, file)

    def home(*blocks: Any) -> Any:
        view = {"type": "home", "blocks": list(blocks)}
        return client.views_publish(user_id=seed.DANA, view=view)

    assert await code(home(missing)) == "invalid_arguments"
    await home(image(slack_file={"id": file}))
    state = await running.page(seed.DANA).get("state")
    assert state["home"]["blocks"][0]["slack_file"]["original_w"] == 640
