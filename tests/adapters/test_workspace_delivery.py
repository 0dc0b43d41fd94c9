"""How the workspace tells the bot what happened, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import workspaces
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient
from workspaces import Stage, stage

from adapters.local.workspace import seed
from adapters.local.workspace.faults import Away, Fault, Kind

LIMIT = timedelta(seconds=3)
BUTTONS = [
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "value": "D-1",
                "style": "primary",
                "text": {"type": "plain_text", "text": "Approve"},
            }
        ],
    }
]


@pytest.fixture
async def running() -> AsyncIterator[Stage]:
    async with stage(events=[]) as made:
        yield made


async def card(running: Stage, **fields: Any) -> dict[str, Any]:
    """A message with a button, as what one needs to click it."""
    posted = await running.client().chat_postMessage(
        channel=seed.DEPLOYS, text="card", blocks=BUTTONS, **fields
    )
    return {
        "channel": posted["channel"],
        "ts": posted["ts"],
        "block_id": "decide",
        "action_id": "approve",
    }


async def type_command(running: Stage, text: str = "/deploy api v1") -> None:
    await running.page(seed.DANA).do("send", channel=seed.DEPLOYS, text=text)


async def shown(running: Stage, user: str = seed.DANA) -> dict[str, Any]:
    """What the person sees last, when everything has been delivered."""
    async with asyncio.timeout(workspaces.DEADLINE):
        await running.workspace.settled()
    return await running.page(user).last(seed.DEPLOYS)


# ── Commands ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_command_arrives_signed_with_its_fields(running: Stage) -> None:
    await type_command(running, "/deploy api v1.2.0 production")

    kind, payload, headers = await running.bot.next()

    assert kind == "command"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert {
        name: payload[name]
        for name in ("command", "text", "user_id", "channel_id", "team_id", "api_app_id")
    } == {
        "command": "/deploy",
        "text": "api v1.2.0 production",
        "user_id": seed.DANA,
        "channel_id": seed.DEPLOYS,
        "team_id": seed.TEAM,
        "api_app_id": "A0SIGNBOX",
    }


async def test_a_command_that_should_escape_has_ids_and_no_markup(running: Stage) -> None:
    await type_command(running, "/deploy @sam #deploys <!channel> & https://e.com @sre @nobody")
    _, escaped, _ = await running.bot.next()
    await type_command(running, "/raw @sam <!channel>")
    _, raw, _ = await running.bot.next()

    assert escaped["text"] == (
        "<@U0SAM0001|sam> <#C0DEPLOYS|deploys> &lt;!channel&gt; &amp; <https://e.com> "
        "<!subteam^S0SRE0001|@sre> @nobody"
    )
    assert raw["text"] == "@sam <!channel>"


@pytest.mark.parametrize(
    ("body", "ephemeral", "text"),
    [
        ("Got it", True, "Got it"),
        ({"text": "Got it"}, True, "Got it"),
        ({"response_type": "in_channel", "text": "Got it"}, False, "Got it"),
    ],
)
async def test_the_acknowledgement_of_a_command_is_shown(
    running: Stage, body: Any, ephemeral: bool, text: str
) -> None:
    running.bot.says(body)
    await type_command(running)

    message = await shown(running)

    assert (message["text"], message["ephemeral"], message["failure"]) == (text, ephemeral, False)


async def test_an_empty_acknowledgement_shows_nothing(running: Stage) -> None:
    before = await running.page(seed.DANA).last(seed.DEPLOYS)
    await type_command(running)

    assert await shown(running) == before


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=500),
        lambda: web.Response(status=404),
        lambda: web.Response(status=201),
        lambda: web.Response(text="{", content_type="application/json"),
        lambda: web.json_response(["no", "object"]),
        lambda: {"text": "x", "blocks": [{"type": "marquee"}]},
        lambda: {"response_type": "in_channel"},
    ],
)
async def test_a_wrong_acknowledgement_shows_slacks_line_of_failure(
    running: Stage, answer: Any
) -> None:
    async def wrong(*_: Any) -> Any:
        return answer()

    running.bot.answer = wrong
    await type_command(running)

    message = await shown(running)

    assert message["text"] == '/deploy failed with the error "dispatch_failed"'
    assert (message["failure"], message["ephemeral"]) == (True, True)
    assert (await running.page(seed.SAM).last(seed.DEPLOYS))["failure"] is False


async def test_a_bot_that_is_not_there_fails_and_is_shown_as_away(running: Stage) -> None:
    running.workspace.bot_url = "http://127.0.0.1:1/slack/events"
    async with running.page(seed.DANA).events() as following:
        await type_command(running)
        event = await following("bot")

    assert event["connected"] is False
    assert "dispatch_failed" in (await shown(running))["text"]


async def test_after_three_seconds_the_person_sees_a_timeout(running: Stage) -> None:
    late = asyncio.Event()

    async def slow(*_: Any) -> str:
        await late.wait()
        return "too late"

    running.bot.answer = slow
    await type_command(running)
    await running.bot.next()
    await running.clock.asleep(LIMIT)
    running.clock.move(LIMIT - timedelta(milliseconds=1))
    before = (await running.page(seed.DANA).last(seed.DEPLOYS))["failure"]
    running.clock.move(timedelta(milliseconds=1))

    message = await shown(running)
    late.set()

    assert before is False
    assert message["text"] == '/deploy failed with the error "operation_timeout"'


async def test_a_command_is_delivered_once_even_when_it_fails(running: Stage) -> None:
    running.bot.says(web.Response(status=500))
    await type_command(running)
    await shown(running)
    running.clock.move(timedelta(minutes=10))

    assert running.bot.received.qsize() == 1


@pytest.mark.parametrize(
    ("text", "thread", "error"),
    [
        ("/nonsense", False, "/nonsense is not a valid command."),
        ("/deploy", True, "/deploy is not supported in threads. Sorry!"),
    ],
)
async def test_commands_that_slack_refuses_are_refused(
    running: Stage, text: str, thread: bool, error: str
) -> None:
    place = await card(running)
    where = {"thread_ts": place["ts"]} if thread else {}

    status, answer = await running.page(seed.DANA).post(
        "send", channel=seed.DEPLOYS, text=text, **where
    )

    assert (status, answer["error"]) == (400, error)
    assert running.bot.received.empty()


# ── Response URLs ────────────────────────────────────────────────────────────────────────────────


async def response_url(running: Stage) -> AsyncWebhookClient:
    await type_command(running)
    _, payload, _ = await running.bot.next()
    await running.workspace.settled()
    return AsyncWebhookClient(payload["response_url"], retry_handlers=[], session=running.session)


async def test_a_response_url_is_good_for_five_answers(running: Stage) -> None:
    url = await response_url(running)

    statuses = [(await url.send(text=str(n))).status_code for n in range(6)]

    assert statuses == [200] * 5 + [404]
    assert (await running.page(seed.DANA).last(seed.DEPLOYS))["text"] == "4"


async def test_a_response_url_is_good_for_half_an_hour(running: Stage) -> None:
    url = await response_url(running)
    running.clock.move(timedelta(minutes=30) - timedelta(seconds=1))
    in_time = await url.send(text="x")
    running.clock.move(timedelta(seconds=1))
    late = await url.send(text="x")

    assert (in_time.status_code, late.status_code, late.body) == (200, 404, "expired_url")


async def test_a_response_url_answers_where_the_bot_is_no_member(running: Stage) -> None:
    running.workspace.model.channels[seed.DEPLOYS].members.remove(seed.BOT)
    url = await response_url(running)

    await url.send(text="for you")
    await url.send(text="for all", response_type="in_channel")

    assert (await running.page(seed.SAM).last(seed.DEPLOYS))["text"] == "for all"
    texts = [
        (m["text"], m["ephemeral"]) for m in await running.page(seed.DANA).messages(seed.DEPLOYS)
    ]
    assert texts[-2:] == [("for you", True), ("for all", False)]


async def test_a_response_url_checks_blocks(running: Stage) -> None:
    url = await response_url(running)

    answer = await url.send(text="x", blocks=[{"type": "marquee"}])

    assert (answer.status_code, answer.body) == (400, "invalid_blocks")


async def test_a_clicks_response_url_replaces_and_deletes_the_message(running: Stage) -> None:
    place = await card(running)
    await running.page(seed.SAM).do("click", **place)
    _, payload, _ = await running.bot.next()
    url = AsyncWebhookClient(payload["response_url"], retry_handlers=[], session=running.session)

    await url.send(text="approved", blocks=[], replace_original=True)
    replaced = await running.page(seed.SAM).last(seed.DEPLOYS)
    await url.send(delete_original=True)

    assert (replaced["text"], replaced["ts"], replaced["edited"]) == ("approved", place["ts"], True)
    assert "blocks" not in replaced
    assert (await running.page(seed.SAM).last(seed.DEPLOYS))["ts"] != place["ts"]


async def test_an_ephemeral_message_is_replaced_through_its_response_url(running: Stage) -> None:
    said = await running.client().chat_postEphemeral(
        channel=seed.DEPLOYS, user=seed.SAM, text="sure?", blocks=BUTTONS
    )
    click = {"block_id": "decide", "action_id": "approve", "channel": seed.DEPLOYS}
    page = running.page(seed.SAM)
    await page.do("click", ts=said["message_ts"], **click)
    _, payload, _ = await running.bot.next()
    url = AsyncWebhookClient(payload["response_url"], retry_handlers=[], session=running.session)

    await url.send(text="done", replace_original=True)

    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    assert (await page.last(seed.DEPLOYS))["text"] == "done"


# ── Clicks ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_click_carries_the_element_as_it_was_posted(running: Stage) -> None:
    place = await card(running)

    await running.page(seed.SAM).do("click", **place, value="forged")
    kind, payload, _ = await running.bot.next()

    action = payload["actions"][0]
    assert kind == "block_actions"
    assert (action["action_id"], action["block_id"], action["value"], action["style"]) == (
        "approve",
        "decide",
        "D-1",
        "primary",
    )
    assert (payload["user"]["id"], payload["channel"]["id"]) == (seed.SAM, seed.DEPLOYS)
    assert payload["message"]["ts"] == payload["container"]["message_ts"] == place["ts"]


async def test_what_another_person_sees_cannot_be_clicked(running: Stage) -> None:
    said = await running.client().chat_postEphemeral(
        channel=seed.DEPLOYS, user=seed.SAM, text="sure?", blocks=BUTTONS
    )
    place = {"channel": seed.DEPLOYS, "ts": said["message_ts"]}

    status, _ = await running.page(seed.DANA).post(
        "click", **place, block_id="decide", action_id="approve"
    )

    assert status == 400


async def test_every_click_has_ids_of_its_own(running: Stage) -> None:
    place = await card(running)
    page = running.page(seed.SAM)

    await asyncio.gather(page.do("click", **place), page.do("click", **place))
    (_, first, _), (_, second, _) = await running.bot.next(), await running.bot.next()

    assert first["trigger_id"] != second["trigger_id"]
    assert first["actions"][0]["action_ts"] != second["actions"][0]["action_ts"]


async def test_a_stranger_may_click_and_is_recognisable(running: Stage) -> None:
    place = await card(running)

    await running.page(seed.STRANGER).do("click", **place)
    _, payload, _ = await running.bot.next()

    assert payload["user"]["team_id"] == seed.OTHER_TEAM
    assert payload["team"]["id"] == seed.TEAM


async def test_a_stranger_may_not_use_commands(running: Stage) -> None:
    status, _ = await running.page(seed.STRANGER).post(
        "send", channel=seed.DEPLOYS, text="/deploy x"
    )

    assert status == 400


@pytest.mark.parametrize(
    "changed", [{"action_id": "other"}, {"block_id": "other"}, {"ts": "1.000000"}]
)
async def test_what_is_not_there_cannot_be_clicked(running: Stage, changed: dict[str, str]) -> None:
    place = await card(running)

    status, _ = await running.page(seed.SAM).post("click", **{**place, **changed})

    assert status == 400
    assert running.bot.received.empty()


async def test_a_click_on_a_message_that_was_changed_meanwhile_is_refused(running: Stage) -> None:
    place = await card(running)
    await running.client().chat_update(
        channel=place["channel"], ts=place["ts"], text="done", blocks=[]
    )

    status, _ = await running.page(seed.SAM).post("click", **place)

    assert status == 400


async def test_a_click_that_is_not_acknowledged_fails_visibly(running: Stage) -> None:
    place = await card(running)
    running.bot.says(web.Response(status=500))

    await running.page(seed.SAM).do("click", **place)

    message = await shown(running, seed.SAM)
    assert (message["failure"], "dispatch_failed" in message["text"]) == (True, True)


async def test_shortcuts_arrive_with_and_without_a_message(running: Stage) -> None:
    place = await card(running)
    page = running.page(seed.SAM)

    await page.do("shortcut", callback_id="declare")
    await page.do("shortcut", callback_id="note", channel=seed.DEPLOYS, ts=place["ts"])
    (first, globally, _), (second, on_message, _) = (
        await running.bot.next(),
        await running.bot.next(),
    )

    assert (first, globally["callback_id"]) == ("shortcut", "declare")
    assert (second, on_message["message"]["ts"]) == ("message_action", place["ts"])
    assert "response_url" in on_message


# ── Faults of delivery ───────────────────────────────────────────────────────────────────────────


async def test_an_interaction_can_be_delivered_twice(running: Stage) -> None:
    place = await card(running)
    running.workspace.faults.duplicate_next = 1

    await running.page(seed.SAM).do("click", **place)
    (_, first, _), (_, second, _) = await running.bot.next(), await running.bot.next()
    await running.workspace.settled()

    assert first == second
    assert running.bot.received.empty()
    assert running.workspace.faults.struck["duplicate"] == 1


async def test_an_interaction_can_be_overtaken(running: Stage) -> None:
    running.workspace.faults.hold_next = 1
    await type_command(running, "/deploy first")
    await type_command(running, "/deploy second")

    texts = [(await running.bot.next())[1]["text"] for _ in range(2)]

    assert texts == ["second", "first"]


# ── Faults of the Web API ────────────────────────────────────────────────────────────────────────


async def test_a_dropped_call_did_not_happen(running: Stage) -> None:
    running.workspace.faults.add("chat.postMessage", Fault(kind=Kind.DROP))
    client = running.client()

    with pytest.raises(workspaces.aiohttp.ClientError):
        await client.chat_postMessage(channel=seed.DEPLOYS, text="lost")

    assert (await running.page(seed.SAM).last(seed.DEPLOYS))["text"] != "lost"
    assert (await client.chat_postMessage(channel=seed.DEPLOYS, text="again"))["ok"]
    assert running.workspace.faults.struck["chat.postMessage drop"] == 1


async def test_a_call_whose_answer_is_lost_did_happen(running: Stage) -> None:
    running.workspace.faults.add("chat.postMessage", Fault(kind=Kind.LOST_ANSWER))

    with pytest.raises(workspaces.aiohttp.ClientError):
        await running.client().chat_postMessage(channel=seed.DEPLOYS, text="there")

    assert (await running.page(seed.SAM).last(seed.DEPLOYS))["text"] == "there"


async def test_a_hanging_call_happened_and_is_never_answered(running: Stage) -> None:
    running.workspace.faults.add("chat.postMessage", Fault(kind=Kind.HANG))
    async with running.page(seed.SAM).events() as following, asyncio.TaskGroup() as group:
        call = group.create_task(running.client().api_call("auth.test"))
        await call
        hanging = group.create_task(
            running.client().chat_postMessage(channel=seed.DEPLOYS, text="there")
        )
        event = await following("message")
        waiting = not hanging.done()
        hanging.cancel()

    assert (event["message"]["text"], waiting) == ("there", True)


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        (Kind.RATE_LIMITED, 429, "ratelimited"),
        (Kind.FATAL_ERROR, 200, "fatal_error"),
    ],
)
async def test_a_call_can_be_refused(running: Stage, kind: Kind, status: int, error: str) -> None:
    fault = Fault(kind=kind, wait=timedelta(seconds=7))
    running.workspace.faults.add("*", fault)

    with pytest.raises(SlackApiError) as caught:
        await running.client().auth_test()

    answer = caught.value.response
    assert (answer.status_code, answer["error"]) == (status, error)
    assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)


async def test_a_call_can_be_late(running: Stage) -> None:
    wait = timedelta(seconds=5)
    running.workspace.faults.add("auth.test", Fault(kind=Kind.DELAY, wait=wait))
    async with asyncio.TaskGroup() as group:
        call = group.create_task(running.client().auth_test())
        await running.clock.asleep(wait)
        early = call.done()
        running.clock.move(wait)

    assert (early, call.result()["ok"]) == (False, True)


async def test_a_broken_server_answers_without_json(running: Stage) -> None:
    running.workspace.faults.add("auth.test", Fault(kind=Kind.SERVER_ERROR))
    url = f"{running.workspace.api_url}auth.test"
    async with running.session.post(url) as response:
        assert response.status == 500


async def test_all_of_slack_can_be_away_while_the_page_stays(running: Stage) -> None:
    faults, url = running.workspace.faults, f"{running.workspace.api_url}auth.test"
    faults.away = Away.UNAVAILABLE
    async with running.session.post(url) as response:
        unavailable = response.status
    faults.away = Away.UNREACHABLE
    with pytest.raises(workspaces.aiohttp.ClientError):
        await running.client().auth_test()
    page = await running.page(seed.SAM).get("state")
    faults.clear()

    assert (unavailable, page["me"]) == (503, seed.SAM)
    assert (await running.client().auth_test())["ok"]
    assert faults.struck.total() == 2


# ── Events ───────────────────────────────────────────────────────────────────────────────────────


async def say(running: Stage, text: str) -> None:
    await running.page(seed.DANA).do("send", channel=seed.DEPLOYS, text=text)


async def test_an_event_has_an_id_and_its_authorisations() -> None:
    async with stage(events=["app_mention"]) as running:
        await say(running, "@signalbox hello & bye")
        kind, payload, headers = await running.bot.next()

    assert (kind, headers["Content-Type"]) == ("event", "application/json")
    assert payload["event"]["type"] == "app_mention"
    assert payload["event"]["text"] == "<@U0SIGNBOX> hello &amp; bye"
    assert payload["event_id"].startswith("Ev")
    assert payload["authorizations"][0]["user_id"] == seed.BOT
    assert "X-Slack-Retry-Num" not in headers


async def test_only_subscribed_events_of_joined_channels_are_told() -> None:
    async with stage(events=["app_mention", "message.groups", "pin_added"]) as running:
        await say(running, "hello")
        running.workspace.model.channels[seed.ALERTS].members.remove(seed.BOT)
        await running.page(seed.DANA).do("send", channel=seed.ALERTS, text="@signalbox hi")
        await running.workspace.settled()

        assert running.bot.received.empty()


async def test_messages_are_told_only_where_the_bot_is_a_member() -> None:
    async with stage(events=["message.channels"]) as running:
        running.workspace.model.channels[seed.ALERTS].members.remove(seed.BOT)
        await running.page(seed.DANA).do("send", channel=seed.ALERTS, text="among us")
        await say(running, "hello")
        _, payload, _ = await running.bot.next()
        await running.workspace.settled()

        assert (payload["event"]["text"], running.bot.received.empty()) == ("hello", True)


async def test_messages_pins_and_reactions_are_events() -> None:
    async with stage(events=["message.channels", "pin_added", "reaction_added"]) as running:
        await say(running, "hello")
        _, said, _ = await running.bot.next()
        ts = said["event"]["ts"]
        page = running.page(seed.SAM)
        await page.do("pin", channel=seed.DEPLOYS, ts=ts)
        _, pinned, _ = await running.bot.next()
        await page.do("react", channel=seed.DEPLOYS, ts=ts, name="eyes")
        _, reacted, _ = await running.bot.next()

    assert (said["event"]["channel_type"], said["event"]["user"]) == ("channel", seed.DANA)
    assert pinned["event"]["item"]["message"]["ts"] == ts
    assert (reacted["event"]["reaction"], reacted["event"]["item"]["ts"]) == ("eyes", ts)


async def test_an_event_is_tried_again_at_once_after_a_minute_and_after_five() -> None:
    async with stage(events=["app_mention"]) as running:
        running.bot.says(web.Response(status=500))
        await say(running, "@signalbox hello")
        tries = [await running.bot.next(), await running.bot.next()]
        for pause in (timedelta(minutes=1), timedelta(minutes=5)):
            await running.clock.asleep(pause)
            assert running.bot.received.empty()
            running.clock.move(pause)
            tries.append(await running.bot.next())
        await running.workspace.settled()

        assert running.bot.received.empty()
    assert len({payload["event_id"] for _, payload, _ in tries}) == 1
    assert [headers.get("X-Slack-Retry-Num") for *_, headers in tries] == [None, "1", "2", "3"]
    assert tries[1][2]["X-Slack-Retry-Reason"] == "http_error"


async def test_a_retry_that_is_taken_is_the_last() -> None:
    async with stage(events=["app_mention"]) as running:
        running.bot.says(web.Response(status=500), "")
        await say(running, "@signalbox hello")
        await running.bot.next()
        _, _, headers = await running.bot.next()
        await running.workspace.settled()

        assert (headers["X-Slack-Retry-Num"], running.bot.received.empty()) == ("1", True)


async def test_a_bot_can_refuse_retries() -> None:
    async with stage(events=["app_mention"]) as running:
        running.bot.says(web.Response(status=500, headers={"X-Slack-No-Retry": "1"}))
        await say(running, "@signalbox hello")
        await running.workspace.settled()

        assert running.bot.received.qsize() == 1


async def test_a_slow_bot_gets_the_event_again() -> None:
    async with stage(events=["app_mention"]) as running:
        late = asyncio.Event()

        async def slow(*_: Any) -> str:
            await late.wait()
            return ""

        running.bot.answer = slow
        await say(running, "@signalbox hello")
        await running.bot.next()
        await running.clock.asleep(LIMIT)
        running.clock.move(LIMIT)
        _, _, headers = await running.bot.next()
        late.set()

    assert headers["X-Slack-Retry-Reason"] == "http_timeout"
