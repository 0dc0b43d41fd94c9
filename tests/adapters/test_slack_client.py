"""Calls to Slack: what goes out, what each kind of answer means, and what is never done or said."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fakes import VirtualClock
from servers import free_port
from slack_clients import slack_client
from slack_wire import Answer, Wire, breaks, raw, refuses, says, wire

from adapters.slack.client import SlackClient
from adapters.slack.methods import METHODS
from bot.domain.errors import Outcome, SlackRefused, SlackUnavailable

TOKEN = "xoxb-very-secret-token"
TEXT = "a text that is nobody else's business"
POSTED = says(channel="C0DEPLOYS", ts="1700000000.000100")


@pytest.fixture
async def slack() -> AsyncIterator[Wire]:
    """A scripted Slack."""
    async with wire() as server:
        yield server


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that moves when somebody sleeps."""
    return VirtualClock()


@pytest.fixture
async def client(slack: Wire, clock: VirtualClock) -> AsyncIterator[SlackClient]:
    """The client under test."""
    async with slack_client(f"{slack.url}/api/", clock, token=TOKEN) as opened:
        yield opened


async def post(client: SlackClient, channel: str = "C0DEPLOYS") -> None:
    """Post a message."""
    await client.call("chat.postMessage", channel=channel, text=TEXT, blocks=[])


# ── What goes out ────────────────────────────────────────────────────────────────────────────────


async def test_posts_go_as_json_with_the_token_in_a_header(
    slack: Wire, client: SlackClient
) -> None:
    slack.script("chat.postMessage", POSTED)

    answer = await client.call("chat.postMessage", channel="C0DEPLOYS", text="Hi", blocks=[])

    assert answer["ts"] == "1700000000.000100"
    (sent,) = slack.received
    assert sent.verb == "POST"
    assert sent.arguments == {"channel": "C0DEPLOYS", "text": "Hi", "blocks": []}
    assert sent.authorization == f"Bearer {TOKEN}"


async def test_reads_go_as_get_with_truth_values_that_slack_understands(
    slack: Wire, client: SlackClient
) -> None:
    await client.call("conversations.history", channel="C0DEPLOYS", inclusive=True, limit=3)

    (sent,) = slack.received
    assert sent.verb == "GET"
    assert sent.arguments == {"channel": "C0DEPLOYS", "inclusive": "1", "limit": "3"}


async def test_sequential_calls_share_one_connection(slack: Wire, client: SlackClient) -> None:
    for _ in range(40):
        await client.call("users.info", user="U0DANA001")

    assert slack.calls["users.info"] == 40
    assert len(slack.connections) == 1


async def test_a_server_of_this_machine_is_not_reached_through_a_proxy(
    slack: Wire, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")

    async with SlackClient(token=TOKEN, api_url=f"{slack.url}/api/", clock=clock) as client:
        await client.call("users.info", user="U0DANA001")

    assert slack.calls["users.info"] == 1


async def test_a_client_is_opened_before_use_and_may_be_closed_twice(clock: VirtualClock) -> None:
    client = SlackClient(token=TOKEN, api_url="http://127.0.0.1:1/api/", clock=clock)
    with pytest.raises(RuntimeError, match="async with"):
        await client.call("auth.test")
    with pytest.raises(RuntimeError, match="async with"):
        _ = client.http
    async with client:
        await client.aclose()


# ── Who we are ───────────────────────────────────────────────────────────────────────────────────

ME = {
    "url": "https://olympus.slack.local/",
    "team_id": "T0SIGNAL",
    "user_id": "U0SIGNBOX",
    "bot_id": "B0SIGNBOX",
    "user": "signalbox",
}


async def test_the_identity_is_read_whatever_the_workspace_address_is(
    slack: Wire, client: SlackClient
) -> None:
    slack.script("auth.test", says(headers={"x-oauth-scopes": "chat:write, commands"}, **ME))

    us = await client.auth_test()

    assert (us.team, us.user, us.bot, us.name) == (
        "T0SIGNAL",
        "U0SIGNBOX",
        "B0SIGNBOX",
        "signalbox",
    )
    assert us.scopes == {"chat:write", "commands"}


async def test_scopes_are_unknown_when_the_server_does_not_tell(
    slack: Wire, client: SlackClient
) -> None:
    slack.script("auth.test", says(**ME))

    assert (await client.auth_test()).scopes is None


async def test_an_installation_for_a_whole_organisation_is_refused(
    slack: Wire, client: SlackClient
) -> None:
    slack.script("auth.test", says(is_enterprise_install=True, **ME))

    with pytest.raises(SlackRefused, match="one workspace"):
        await client.auth_test()


# ── Refusals, in words ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("invalid_auth", "SLACK_BOT_TOKEN"),
        ("token_revoked", "install the app again"),
        ("not_in_channel", "The bot is not in #deploys; invite the bot: /invite @"),
        ("channel_not_found", "Slack has no channel #deploys"),
        ("is_archived", "#deploys is archived"),
        ("invalid_blocks", r"Slack refused this \(invalid_blocks\)\."),
        ("message_limit_exceeded", "message_limit_exceeded"),
    ],
)
async def test_a_refusal_says_what_to_do(
    slack: Wire, client: SlackClient, word: str, sentence: str
) -> None:
    slack.script("chat.postMessage", refuses(word))

    with pytest.raises(SlackRefused, match=sentence) as caught:
        await post(client, "#deploys")

    assert caught.value.code == word
    assert caught.value.outcome is Outcome.NOT_DONE
    assert slack.calls["chat.postMessage"] == 1


async def test_an_invitation_names_the_bot_as_the_workspace_does(
    slack: Wire, client: SlackClient
) -> None:
    slack.script("auth.test", says(**(ME | {"user": "deploybot"})))
    slack.script("chat.postMessage", refuses("not_in_channel"))
    await client.auth_test()

    with pytest.raises(SlackRefused, match="/invite @deploybot"):
        await post(client)


async def test_a_missing_scope_is_named(slack: Wire, client: SlackClient) -> None:
    slack.script("usergroups.users.list", refuses("missing_scope", needed="usergroups:write"))
    slack.script("conversations.history", refuses("missing_scope"))

    with pytest.raises(SlackRefused, match="lacks the scope usergroups:write;"):
        await client.call("usergroups.users.list", usergroup="S0SRE0001")
    with pytest.raises(SlackRefused, match="channels:history or groups:history"):
        await client.call("conversations.history", channel="C0DEPLOYS")


async def test_a_faulty_message_is_described_by_place_and_not_by_content(
    slack: Wire, client: SlackClient
) -> None:
    fault = f"[ERROR] {TEXT} is too long [json-pointer:/blocks/0/text/text]"
    slack.script(
        "chat.postMessage", refuses("invalid_blocks", response_metadata={"messages": [fault]})
    )

    with pytest.raises(SlackRefused, match=r"at /blocks/0/text/text") as caught:
        await post(client)

    assert TEXT not in str(caught.value)


async def test_an_error_word_that_is_none_is_not_repeated_to_people(
    slack: Wire, client: SlackClient
) -> None:
    slack.script("users.info", refuses("<!channel> look here"))

    with pytest.raises(SlackUnavailable) as caught:
        await client.call("users.info", user="U0DANA001")

    assert "channel" not in str(caught.value)


# ── Slowing down ─────────────────────────────────────────────────────────────────────────────────

TOO_MANY = says(ok=False, error="ratelimited", status=429, headers={"Retry-After": "12"})


async def test_a_429_names_the_time_to_wait_and_is_remembered(
    slack: Wire, client: SlackClient, clock: VirtualClock
) -> None:
    slack.script("users.info", TOO_MANY)

    with pytest.raises(SlackUnavailable) as first:
        await client.call("users.info", user="U0DANA001")
    with pytest.raises(SlackUnavailable) as second:
        await client.call("users.info", user="U0DANA001")

    assert not isinstance(first.value, SlackRefused)
    assert first.value.outcome is Outcome.NOT_DONE
    assert first.value.retry_after == second.value.retry_after == timedelta(seconds=12)
    assert slack.calls["users.info"] == 1, "the second call must not have been sent"

    clock.move(timedelta(seconds=12))
    await client.call("users.info", user="U0DANA001")
    assert slack.calls["users.info"] == 2


async def test_a_short_retry_after_is_waited_for(
    slack: Wire, client: SlackClient, clock: VirtualClock
) -> None:
    slack.script(
        "users.info", says(ok=False, error="ratelimited", status=429, headers={"Retry-After": "2"})
    )
    with pytest.raises(SlackUnavailable):
        await client.call("users.info", user="U0DANA001")
    began = clock.now()

    await client.call("users.info", user="U0DANA001")

    assert clock.now() - began == timedelta(seconds=2)


@pytest.mark.parametrize("word", ["ratelimited", "rate_limited"])
async def test_a_rate_limit_with_status_200_is_no_refusal(
    slack: Wire, client: SlackClient, word: str
) -> None:
    slack.script("chat.postMessage", refuses(word))

    with pytest.raises(SlackUnavailable) as caught:
        await post(client)

    assert not isinstance(caught.value, SlackRefused)
    assert caught.value.retry_after == timedelta(seconds=30)


async def test_a_429_for_one_channel_does_not_hold_another(
    slack: Wire, client: SlackClient
) -> None:
    slack.script("chat.postMessage", TOO_MANY, POSTED)
    with pytest.raises(SlackUnavailable):
        await post(client, "C0DEPLOYS")

    await post(client, "C0ALERTS1")

    with pytest.raises(SlackUnavailable):
        await post(client, "C0DEPLOYS")
    assert slack.calls["chat.postMessage"] == 2


async def test_posts_to_one_channel_go_out_at_slack_s_pace_and_none_is_lost(
    slack: Wire, client: SlackClient, clock: VirtualClock
) -> None:
    slack.always("chat.postMessage", POSTED)
    began = clock.now()

    for _ in range(8):
        await post(client)

    assert slack.calls["chat.postMessage"] == 8
    assert clock.now() - began == timedelta(seconds=5), "three at once, then one a second"


async def test_a_name_and_an_id_of_one_channel_share_its_budget(
    slack: Wire, client: SlackClient, clock: VirtualClock
) -> None:
    slack.always("chat.postMessage", POSTED)
    began = clock.now()

    await post(client, "#deploys")
    for _ in range(2):
        await post(client, "C0DEPLOYS")
    assert clock.now() == began
    await post(client, "#deploys")

    assert clock.now() - began == timedelta(seconds=1)


async def test_two_channels_do_not_wait_for_each_other(
    slack: Wire, client: SlackClient, clock: VirtualClock
) -> None:
    began = clock.now()

    for channel in ("C1", "C2", "C3"):
        slack.script("chat.postMessage", *(says(channel=channel, ts="1.0") for _ in range(3)))
        for _ in range(3):
            await post(client, channel)

    assert clock.now() == began


async def test_a_wait_beyond_our_patience_is_the_caller_s(slack: Wire, clock: VirtualClock) -> None:
    slack.always("chat.postMessage", POSTED)
    impatient = SlackClient(
        token=TOKEN, api_url=f"{slack.url}/api/", clock=clock, patience=timedelta(0)
    )
    async with impatient as client:
        for _ in range(3):
            await post(client)
        with pytest.raises(SlackUnavailable) as caught:
            await post(client)

    assert caught.value.retry_after == timedelta(seconds=1)
    assert slack.calls["chat.postMessage"] == 3


async def test_a_tier_s_calls_of_a_minute_may_come_at_once_and_no_more(
    slack: Wire, client: SlackClient, clock: VirtualClock
) -> None:
    began = clock.now()

    for _ in range(20):
        await client.call("usergroups.users.list", usergroup="S0SRE0001")
    assert clock.now() == began
    await client.call("usergroups.users.list", usergroup="S0SRE0001")

    assert clock.now() - began == timedelta(seconds=3), "tier 2 is 20 a minute"


# ── Not done, or not known ───────────────────────────────────────────────────────────────────────


async def test_nobody_listening_means_not_done(clock: VirtualClock) -> None:
    url = f"http://127.0.0.1:{free_port()}/api/"
    async with SlackClient(token=TOKEN, api_url=url, clock=clock) as client:
        with pytest.raises(SlackUnavailable, match="cannot be reached") as caught:
            await post(client)

    assert caught.value.outcome is Outcome.NOT_DONE


WORTHLESS = {
    "connection broken": breaks,
    "fatal_error": refuses("fatal_error"),
    "internal_error": refuses("internal_error"),
    "service_unavailable": refuses("service_unavailable", status=503),
    "500 without JSON": raw(b"<html>oops</html>", "text/html", 500),
    "502 with text": raw(b"Bad Gateway", "text/plain", 502),
    "500 with a refusal": refuses("invalid_auth", status=500),
    "200 with text": raw(b"hello", "text/plain"),
    "200 with a list": raw(b"[1]", "application/json"),
    "200 with half an object": raw(b'{"ok": tr', "application/json"),
    "200 with no text at all": raw(b"\xff\xfe\xfa", "application/json"),
    "200 with a bottomless list": raw(b"[" * 100_000, "application/json"),
    "200 with nothing": raw(b"", "application/json"),
}


@pytest.mark.parametrize("answer", WORTHLESS.values(), ids=WORTHLESS)
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.postEphemeral", "views.open"])
async def test_a_worthless_answer_to_a_post_leaves_the_outcome_unknown_and_is_not_repeated(
    slack: Wire, client: SlackClient, answer: Answer, method: str
) -> None:
    slack.script(method, answer)

    with pytest.raises(SlackUnavailable) as caught:
        await client.call(method, channel="C0DEPLOYS", text=TEXT)

    assert not isinstance(caught.value, SlackRefused)
    assert caught.value.outcome is Outcome.UNKNOWN
    assert slack.calls[method] == 1


@pytest.mark.parametrize("answer", WORTHLESS.values(), ids=WORTHLESS)
async def test_after_a_worthless_answer_a_repeatable_call_may_simply_be_repeated(
    slack: Wire, client: SlackClient, answer: Answer
) -> None:
    slack.script("chat.update", answer)

    with pytest.raises(SlackUnavailable) as caught:
        await client.call("chat.update", channel="C0DEPLOYS", ts="1.0", text=TEXT, blocks=[])

    assert caught.value.outcome is Outcome.NOT_DONE


async def test_a_wrong_address_is_recognised(slack: Wire, client: SlackClient) -> None:
    slack.script("chat.postMessage", raw(b"not found", "text/plain", 404))

    with pytest.raises(SlackUnavailable, match="status 404; check SLACK_API_URL") as caught:
        await post(client)

    assert caught.value.outcome is Outcome.NOT_DONE


async def test_silence_after_a_post_leaves_the_outcome_unknown(
    slack: Wire, clock: VirtualClock
) -> None:
    slack.script("chat.postMessage", slack.hanging())
    hasty = SlackClient(
        token=TOKEN, api_url=f"{slack.url}/api/", clock=clock, timeout=timedelta(seconds=1)
    )
    async with hasty as client:
        await client.call("auth.test")  # from here on a connection is open
        with pytest.raises(SlackUnavailable, match="did not answer in time") as caught:
            await post(client)

    assert caught.value.outcome is Outcome.UNKNOWN
    assert slack.calls["chat.postMessage"] <= 1


async def test_a_cancelled_call_leaves_the_client_usable(slack: Wire, client: SlackClient) -> None:
    slack.script("users.info", slack.hanging())
    asking = asyncio.ensure_future(client.call("users.info", user="U0DANA001"))
    await slack.called("users.info", 1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    await client.call("users.info", user="U0DANA001")


# ── What is never said ───────────────────────────────────────────────────────────────────────────


async def test_neither_token_nor_text_is_logged_or_in_an_error(
    slack: Wire, client: SlackClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = [
        POSTED,
        refuses("invalid_blocks", response_metadata={"messages": [TEXT]}),
        refuses("fatal_error", echo=TEXT),
        raw(TEXT.encode(), "application/json"),
        raw(TEXT.encode(), "text/html", 500),
        breaks,
    ]
    slack.script("chat.postMessage", *said)
    shown = []
    for number in range(len(said)):
        try:
            await post(client, f"C{number}")
        except SlackUnavailable as error:
            shown.append("".join(traceback.format_exception(error)))

    assert len(shown) == len(said) - 1
    assert caplog.records, "failures are logged"
    for output in (caplog.text, *shown):
        assert TOKEN not in output
        assert TEXT not in output


async def test_every_method_says_which_scope_it_needs_or_that_it_needs_none() -> None:
    without = {name for name, method in METHODS.items() if not method.scopes}

    views = {f"views.{what}" for what in ("open", "push", "update", "publish")}
    assert without == {"auth.test", "chat.getPermalink", *views}
