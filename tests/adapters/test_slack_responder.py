"""Answers to people: to the address that came with the request, to one person, or as a dialog."""

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from fakes import VirtualClock
from samples import SAM
from servers import free_port
from slack_clients import slack_client
from slack_wire import Answer, Wire, breaks, raw, refuses, says, wire
from workspaces import stage

from adapters.slack.client import SlackClient
from adapters.slack.responder import SlackResponder
from bot.domain.errors import NotPermitted, Outcome, SlackRefused, SlackUnavailable

TOKEN = "xoxb-very-secret-token"
REPLY = {"response_type": "ephemeral", "text": "Done.", "blocks": []}


@pytest.fixture
async def slack() -> AsyncIterator[Wire]:
    """A scripted Slack."""
    async with wire() as server:
        yield server


@pytest.fixture
async def responder(slack: Wire) -> AsyncIterator[SlackResponder]:
    """The responder under test."""
    client = slack_client(f"{slack.url}/api/", VirtualClock(), token=TOKEN)
    async with client:
        yield SlackResponder(client=client)


async def test_a_reply_is_posted_as_json_without_the_token(
    slack: Wire, responder: SlackResponder
) -> None:
    await responder.respond(f"{slack.url}/answer/T1", REPLY)

    (sent,) = slack.received
    assert (sent.verb, sent.arguments) == ("POST", REPLY)
    assert sent.authorization == ""


async def test_replies_share_the_connection_of_the_calls(
    slack: Wire, responder: SlackResponder
) -> None:
    await responder.client.call("auth.test")
    for _ in range(5):
        await responder.respond(f"{slack.url}/answer/T1", REPLY)

    assert len(slack.connections) == 1


# ── Only to Slack ────────────────────────────────────────────────────────────────────────────────

ELSEWHERE = [
    "http://169.254.169.254/computeMetadata/v1/",
    "https://hooks.slack.com.evil.example/commands/1",
    "https://evil.example/hooks.slack.com",
    "https://evil.example#@hooks.slack.com/",
    "https://evil.example\\@hooks.slack.com/",
    "https://hooks.slack.com@evil.example/",
    "https://user@hooks.slack.com/commands/1",
    "https://:password@hooks.slack.com/commands/1",
    "http://hooks.slack.com/commands/1",
    "https://hooks.slack.com:8443/commands/1",
    "ftp://hooks.slack.com/commands/1",
    "file:///etc/passwd",
    "//hooks.slack.com/commands/1",
    "/answer/T1",
    "https://",
    "https://hooks.slack.com:port/",
    "https://[::1",
    "",
]


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_an_address_that_is_not_slack_s_is_refused(
    slack: Wire, responder: SlackResponder, url: str
) -> None:
    with pytest.raises(NotPermitted, match="not one of Slack's"):
        await responder.respond(url, REPLY)


async def test_another_port_of_the_api_s_host_is_refused(
    slack: Wire, responder: SlackResponder
) -> None:
    with pytest.raises(NotPermitted):
        await responder.respond(f"http://127.0.0.1:{free_port()}/answer/T1", REPLY)


@pytest.mark.parametrize(
    ("api", "url"),
    [
        ("https://slack.com/api/", "https://hooks.slack.com/actions/T1/2/3"),
        ("https://slack.com/api/", "https://HOOKS.slack.com:443/commands/T1"),
        ("https://slack-gov.com/api/", "https://hooks.slack-gov.com/commands/T1"),
        ("https://proxy.example/slack/", "https://hooks.slack.com/commands/T1"),
        ("https://proxy.example/slack/", "https://proxy.example/answers/T1"),
    ],
)
async def test_slack_s_own_addresses_are_accepted(api: str, url: str) -> None:
    client = SlackClient(token=TOKEN, api_url=api, clock=VirtualClock())

    assert SlackResponder(client=client)._checked(url).path == aiohttp.client.URL(url).path


async def test_a_redirect_is_not_followed(slack: Wire, responder: SlackResponder) -> None:
    slack.script("T1", says(status=307, headers={"Location": f"{slack.url}/answer/elsewhere"}))

    with pytest.raises(SlackRefused):
        await responder.respond(f"{slack.url}/answer/T1", REPLY)

    assert slack.calls == {"T1": 1}


# ── What the answer to the answer means ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "code", "sentence"),
    [
        (raw(b"expired_url", "text/plain", 404), "expired_url", "30 minutes"),
        (raw(b"used_url", "text/plain", 404), "used_url", "five answers"),
        (says(ok=False, error="expired_url", status=404), "expired_url", "30 minutes"),
        (raw(b"invalid_payload", "text/plain", 400), "invalid_payload", "invalid_payload"),
        (raw(b"<html>Not <b>here</b></html>", "text/html", 404), "unknown", "404"),
        (raw(b"\xff\xfe", "text/plain", 404), "unknown", "404"),
        (raw(b"[" * 100_000, "application/json", 400), "unknown", "400"),
    ],
)
async def test_a_refused_reply_says_why(
    slack: Wire, responder: SlackResponder, answer: Answer, code: str, sentence: str
) -> None:
    slack.script("T1", answer)

    with pytest.raises(SlackRefused, match=sentence) as caught:
        await responder.respond(f"{slack.url}/answer/T1", REPLY)

    assert caught.value.code == code
    assert "html" not in str(caught.value)


@pytest.mark.parametrize("answer", [breaks, raw(b"oops", "text/plain", 500)], ids=["broken", "500"])
async def test_after_a_lost_answer_the_reply_may_be_there(
    slack: Wire, responder: SlackResponder, answer: Answer
) -> None:
    slack.script("T1", answer)

    with pytest.raises(SlackUnavailable) as caught:
        await responder.respond(f"{slack.url}/answer/T1", REPLY)

    assert caught.value.outcome is Outcome.UNKNOWN
    assert slack.calls == {"T1": 1}


async def test_too_many_replies_name_the_time_to_wait(
    slack: Wire, responder: SlackResponder
) -> None:
    slack.script("T1", raw(b"", "text/plain", 429))

    with pytest.raises(SlackUnavailable) as caught:
        await responder.respond(f"{slack.url}/answer/T1", REPLY)

    assert caught.value.retry_after == timedelta(seconds=30)
    assert caught.value.outcome is Outcome.NOT_DONE


# ── To one person, and dialogs ───────────────────────────────────────────────────────────────────


async def test_an_ephemeral_message_has_text_and_blocks(
    slack: Wire, responder: SlackResponder
) -> None:
    blocks = [{"type": "divider"}]
    await responder.ephemeral("C0DEPLOYS", "U0DANA001", "Only you see this.", blocks)

    (sent,) = slack.received
    assert sent.method == "chat.postEphemeral"
    assert sent.arguments == {
        "channel": "C0DEPLOYS",
        "user": "U0DANA001",
        "text": "Only you see this.",
        "blocks": blocks,
    }


async def test_a_dialog_is_opened_for_its_trigger(slack: Wire, responder: SlackResponder) -> None:
    await responder.open_view("1.2.three", {"type": "modal"})

    (sent,) = slack.received
    assert (sent.method, sent.arguments) == (
        "views.open",
        {"trigger_id": "1.2.three", "view": {"type": "modal"}},
    )


@pytest.mark.parametrize("how", ["open", "push"])
async def test_a_dialog_that_is_open_has_an_id(
    slack: Wire, responder: SlackResponder, how: str
) -> None:
    show = responder.open_view if how == "open" else responder.push_view
    slack.script(f"views.{how}", says(view={"id": "V0ONE"}))

    assert await show("1.2.three", {"type": "modal"}) == "V0ONE"


async def test_a_dialog_shows_something_else(slack: Wire, responder: SlackResponder) -> None:
    await responder.update_view("V0ONE", {"type": "modal"})

    (sent,) = slack.received
    assert sent.method == "views.update"
    assert sent.arguments == {"view_id": "V0ONE", "view": {"type": "modal"}}


async def test_a_dialog_that_was_closed_stays_closed(
    slack: Wire, responder: SlackResponder
) -> None:
    slack.script("views.update", refuses("not_found"), refuses("view_too_large"))

    await responder.update_view("V0ONE", {"type": "modal"})
    with pytest.raises(SlackRefused):
        await responder.update_view("V0ONE", {"type": "modal"})


async def test_somebody_s_home_shows_a_view(slack: Wire, responder: SlackResponder) -> None:
    await responder.publish_home(SAM, {"type": "home"})

    (sent,) = slack.received
    assert sent.method == "views.publish"
    assert sent.arguments == {"user_id": SAM, "view": {"type": "home"}}


async def test_the_local_workspace_takes_five_replies_and_not_a_sixth() -> None:
    async with stage() as running:
        workspace = running.workspace
        async with slack_client(
            workspace.api_url, running.clock, token=workspace.bot_token
        ) as client:
            responder = SlackResponder(client=client)
            url = workspace._site.new_response_url("U0DANA001", "C0DEPLOYS")
            for _ in range(5):
                await responder.respond(url, REPLY)
            with pytest.raises(SlackRefused) as caught:
                await responder.respond(url, REPLY)

    assert caught.value.code in {"used_url", "expired_url"}
