"""Pictures in threads: what people see, what is known after a failure, and finding one again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from fakes import VirtualClock
from pictures import png
from pydantic import ValidationError
from slack_clients import slack_client
from slack_wire import Wire, breaks, raw, refuses, says, wire
from workspaces import START, Stage, stage

from adapters.local.workspace import seed
from adapters.local.workspace.faults import Fault, Kind
from adapters.slack.files import SlackFiles
from adapters.slack.history import MAX_PAGES
from bot.domain.chart import MAX_ALT
from bot.domain.errors import Outcome, SlackRefused, SlackUnavailable
from bot.domain.picture import MAX_BYTES, Picture

GET_URL, COMPLETE = "files.getUploadURLExternal", "files.completeUploadExternal"
REPLIES = "conversations.replies"


def picture(**fields: Any) -> Picture:
    made: dict[str, Any] = {
        "name": "canary-01CHART.png",
        "title": "Canary of api",
        "alt": "Error rate: candidate last 3 % – above the limit of 2 %.",
        "png": png(),
    }
    return Picture(**(made | fields))


# ── In the local workspace ───────────────────────────────────────────────────────────────────────


class Thread:
    """A card in #deploys, and what stands below it."""

    def __init__(self, running: Stage, files: SlackFiles, ts: str) -> None:
        self.running, self.files, self.ts = running, files, ts

    async def upload(self, made: Picture | None = None) -> str:
        """Show a picture below the card."""
        return await self.files.upload(seed.DEPLOYS, self.ts, made or picture(), "*Held*")

    async def find(self, name: str = "canary-01CHART.png") -> str | None:
        """Look for a picture below the card."""
        found = await self.files.find(seed.DEPLOYS, self.ts, name, START)
        return found.file if found else None

    async def seen(self) -> list[dict[str, Any]]:
        """What a person sees below the card."""
        page = self.running.page(seed.SAM)
        return (await page.messages(seed.DEPLOYS, thread_ts=self.ts))[1:]

    def fail(self, method: str, kind: Kind, **fields: Any) -> None:
        """Let the next call of a method go wrong."""
        self.running.workspace.faults.add(method, Fault(kind=kind, **fields))


@pytest.fixture
async def thread() -> AsyncIterator[Thread]:
    """A card of the bot in a running workspace."""
    async with stage() as running:
        posted = await running.client().chat_postMessage(channel=seed.DEPLOYS, text="card")
        async with slack_client(
            running.workspace.api_url, VirtualClock(), token=running.workspace.bot_token
        ) as client:
            yield Thread(running, SlackFiles(client=client), posted["ts"])


async def test_a_picture_is_seen_below_the_card_with_its_comment_title_and_description(
    thread: Thread,
) -> None:
    file = await thread.upload()

    (message,) = await thread.seen()
    (shown,) = message["files"]
    assert message["text"] == "*Held*"
    assert file.startswith("F")
    assert (shown["name"], shown["title"]) == ("canary-01CHART.png", "Canary of api")
    assert shown["alt"] == picture().alt
    assert (shown["mimetype"], shown["width"], shown["height"]) == ("image/png", 3, 2)
    async with thread.running.session.get(shown["url"]) as response:
        assert await response.read() == picture().png


async def test_without_a_thread_it_is_seen_in_the_channel_and_found_there(thread: Thread) -> None:
    await thread.files.upload(seed.DEPLOYS, None, picture(), "Held")

    message = await thread.running.page(seed.SAM).last(seed.DEPLOYS)
    found = await thread.files.find(seed.DEPLOYS, None, "canary-01CHART.png", START)
    assert message["files"][0]["name"] == "canary-01CHART.png"
    assert found
    assert found.ts == message["ts"]
    assert await thread.seen() == []


async def test_a_picture_is_found_by_its_name_and_another_one_is_not(thread: Thread) -> None:
    assert await thread.find() is None

    file = await thread.upload()

    assert await thread.find() == file
    assert await thread.find("canary-01OTHER.png") is None


async def test_what_was_shown_before_the_first_attempt_is_not_taken_for_it(thread: Thread) -> None:
    await thread.upload()

    later = START + timedelta(minutes=5)
    assert await thread.files.find(seed.DEPLOYS, thread.ts, "canary-01CHART.png", later) is None


async def test_a_thread_that_is_gone_has_no_pictures(thread: Thread) -> None:
    assert await thread.files.find(seed.DEPLOYS, "1.000001", "a.png", START) is None


async def test_a_lost_last_answer_is_unknown_and_the_picture_is_found(thread: Thread) -> None:
    thread.fail(COMPLETE, Kind.LOST_ANSWER)

    with pytest.raises(SlackUnavailable) as caught:
        await thread.upload()

    assert caught.value.outcome is Outcome.UNKNOWN
    assert thread.running.workspace.traffic.calls[COMPLETE] == 1, "it is not sent again"
    (message,) = await thread.seen()
    found = await thread.files.find(seed.DEPLOYS, thread.ts, "canary-01CHART.png", START)
    assert found
    assert (found.channel, found.ts) == (seed.DEPLOYS, message["ts"])


async def test_a_picture_that_slack_shares_late_is_found_late(thread: Thread) -> None:
    late = timedelta(seconds=5)
    thread.running.workspace.faults.slow_files = late

    file = await thread.upload()
    await thread.running.clock.asleep(until=late)
    too_early = await thread.find()
    thread.running.clock.move(late)
    await thread.running.workspace.settled()

    assert too_early is None
    assert await thread.find() == file


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.FATAL_ERROR, Kind.SERVER_ERROR])
async def test_a_last_step_that_failed_leaves_nothing_and_may_be_done_anew(
    thread: Thread, kind: Kind
) -> None:
    thread.fail(COMPLETE, kind)

    with pytest.raises(SlackUnavailable) as caught:
        await thread.upload()

    assert caught.value.outcome is Outcome.UNKNOWN, "from here it cannot be told"
    assert await thread.find() is None
    await thread.upload()
    assert len(await thread.seen()) == 1


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.LOST_ANSWER, Kind.FATAL_ERROR, Kind.SERVER_ERROR])
async def test_a_first_step_that_failed_shows_nothing_for_certain(
    thread: Thread, kind: Kind
) -> None:
    thread.fail(GET_URL, kind)

    with pytest.raises(SlackUnavailable) as caught:
        await thread.upload()

    assert caught.value.outcome is Outcome.NOT_DONE
    assert await thread.seen() == []


@pytest.mark.parametrize("method", [GET_URL, COMPLETE])
async def test_a_rate_limit_says_how_long_to_wait_and_that_nothing_was_done(
    thread: Thread, method: str
) -> None:
    thread.fail(method, Kind.RATE_LIMITED, wait=timedelta(seconds=17))

    with pytest.raises(SlackUnavailable) as caught:
        await thread.upload()

    assert caught.value.retry_after == timedelta(seconds=17)
    assert caught.value.outcome is Outcome.NOT_DONE
    assert await thread.seen() == []


async def test_where_the_bot_is_not_a_member_it_is_refused_with_what_to_do(thread: Thread) -> None:
    model = thread.running.workspace.model
    model.channels[seed.DEPLOYS].members.remove(model.bot_user)

    with pytest.raises(SlackRefused, match="/invite") as caught:
        await thread.upload()

    assert caught.value.code == "not_in_channel"


async def test_without_the_scope_it_is_refused_with_its_name() -> None:
    async with stage(scopes=["chat:write"]) as running:
        workspace = running.workspace
        async with slack_client(
            workspace.api_url, VirtualClock(), token=workspace.bot_token
        ) as client:
            with pytest.raises(SlackRefused, match="files:write"):
                await SlackFiles(client=client).upload(seed.DEPLOYS, None, picture(), "")


# ── What exactly is sent ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def slack() -> AsyncIterator[Wire]:
    """A scripted Slack; its own address for uploads is a method called `upload`."""
    async with wire() as server:
        server.always(GET_URL, says(file_id="F0CHART01", upload_url=f"{server.url}/answer/upload"))
        yield server


@pytest.fixture
async def files(slack: Wire) -> AsyncIterator[SlackFiles]:
    """The adapter under test."""
    async with slack_client(
        f"{slack.url}/api/", VirtualClock(), token="xoxb-very-secret-token"
    ) as client:
        yield SlackFiles(client=client)


async def test_the_three_steps_in_order(slack: Wire, files: SlackFiles) -> None:
    bodies: list[tuple[str, bytes]] = []

    async def keep(request: web.Request) -> web.StreamResponse:
        bodies.append((request.content_type, await request.read()))
        return web.json_response(
            {"ok": True, "file_id": "F0CHART01", "upload_url": f"{slack.url}/answer/upload"}
        )

    slack.script(GET_URL, keep)
    slack.script("upload", keep)

    assert await files.upload("C0DEPLOYS", "1.000001", picture(png=b"\x89PNG"), "so") == "F0CHART01"

    assert [one.method for one in slack.received] == [GET_URL, "upload", COMPLETE]
    first, second, third = slack.received
    assert bodies[0][0] == "application/x-www-form-urlencoded", "its JSON is not documented"
    assert b"filename=canary-01CHART.png" in bodies[0][1]
    assert b"length=4" in bodies[0][1]
    assert bodies[1] == ("application/octet-stream", b"\x89PNG")
    assert first.authorization
    assert second.authorization == "", "the token is for the Web API only"
    assert third.arguments == {
        "files": [{"id": "F0CHART01", "title": "Canary of api"}],
        "channel_id": "C0DEPLOYS",
        "thread_ts": "1.000001",
        "initial_comment": "so",
    }


@pytest.mark.parametrize(
    "address",
    [
        "http://files.slack.com/upload/v1/x",
        "ftp://127.0.0.1/x",
        "//files.slack.com/x",
        "https://",
        "http://[",
        "",
    ],
)
async def test_bytes_go_to_no_address_that_others_can_listen_to(
    slack: Wire, files: SlackFiles, address: str
) -> None:
    slack.script(GET_URL, says(file_id="F0CHART01", upload_url=address))

    with pytest.raises(SlackUnavailable, match="not https") as caught:
        await files.upload("C0DEPLOYS", None, picture(), "")

    assert caught.value.outcome is Outcome.NOT_DONE
    assert slack.calls == {GET_URL: 1}


@pytest.mark.parametrize(
    "answer",
    [says(), says(file_id="F1"), says(file_id=1, upload_url="https://files.slack.com/x")],
)
async def test_a_ticket_that_says_nothing_is_no_ticket(
    slack: Wire, files: SlackFiles, answer: Any
) -> None:
    slack.script(GET_URL, answer)

    with pytest.raises(SlackUnavailable, match="no address"):
        await files.upload("C0DEPLOYS", None, picture(), "")

    assert slack.calls == {GET_URL: 1}


@pytest.mark.parametrize(
    "answer",
    [breaks, raw(b"", "text/plain", 500), raw(b"", "text/plain", 302), raw(b"", "text/plain", 400)],
    ids=["broken", "500", "302", "400"],
)
async def test_bytes_that_were_not_taken_are_not_shared(
    slack: Wire, files: SlackFiles, answer: Any
) -> None:
    slack.script("upload", answer)

    with pytest.raises(SlackUnavailable) as caught:
        await files.upload("C0DEPLOYS", None, picture(), "")

    assert caught.value.outcome is Outcome.NOT_DONE
    assert slack.calls == {GET_URL: 1, "upload": 1}


async def test_an_upload_that_is_one_too_many_says_how_long_to_wait(
    slack: Wire, files: SlackFiles
) -> None:
    slack.script("upload", says(status=429, headers={"Retry-After": "9"}))

    with pytest.raises(SlackUnavailable) as caught:
        await files.upload("C0DEPLOYS", None, picture(), "")

    assert caught.value.retry_after == timedelta(seconds=9)


async def test_a_refusal_is_said_in_words(slack: Wire, files: SlackFiles) -> None:
    slack.script(GET_URL, refuses("file_uploads_disabled"))

    with pytest.raises(SlackRefused, match="does not allow files"):
        await files.upload("C0DEPLOYS", None, picture(), "")


async def test_a_long_thread_is_looked_through_page_by_page_but_not_for_ever(
    slack: Wire, files: SlackFiles
) -> None:
    more = says(
        messages=[{"ts": "2.0"}, {"ts": "2.1", "files": None}, {"ts": "2.2", "files": ["x"]}],
        response_metadata={"next_cursor": "on"},
    )
    last = says(messages=[{"ts": "3.0", "files": [{"id": "F7", "name": "a.png"}, {}]}])
    slack.script(REPLIES, more, last)

    found = await files.find("C0DEPLOYS", "1.000001", "a.png", START)

    assert found
    assert (found.file, found.ts) == ("F7", "3.0")
    assert slack.received[1].arguments["cursor"] == "on"
    slack.script(REPLIES, *[more] * (MAX_PAGES + 1))
    assert await files.find("C0DEPLOYS", "1.000001", "a.png", START) is None
    assert slack.calls[REPLIES] == 2 + MAX_PAGES


async def test_a_thread_that_may_not_be_read_is_said(slack: Wire, files: SlackFiles) -> None:
    slack.script(REPLIES, refuses("missing_scope", needed="channels:history"))

    with pytest.raises(SlackRefused, match="channels:history"):
        await files.find("C0DEPLOYS", "1.000001", "a.png", START)


# ── The picture as a value ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "../a.png"},
        {"name": "a.svg"},
        {"name": "a b.png"},
        {"name": ".png"},
        {"name": "a.png\n"},
        {"title": ""},
        {"alt": ""},
        {"alt": "x" * (MAX_ALT + 1)},
        {"png": b""},
        {"png": b"x" * (MAX_BYTES + 1)},
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_picture_keeps_its_bounds(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        picture(**fields)
