"""Socket Mode, with Slack's own clients as the bot."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import workspaces
from aiohttp import ClientWebSocketResponse
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from workspaces import Stage, stage

from adapters.local.workspace import seed


@pytest.fixture
async def running() -> AsyncIterator[Stage]:
    async with stage(socket=True, events=["app_mention"]) as made:
        yield made


@asynccontextmanager
async def link(running: Stage) -> AsyncIterator[ClientWebSocketResponse]:
    """A websocket that has been greeted."""
    client = running.client(running.workspace.app_token)
    opened = await client.apps_connections_open(app_token=running.workspace.app_token)
    async with running.session.ws_connect(opened["url"]) as socket:
        assert (await receive(socket))["type"] in ("hello", "disconnect")
        yield socket


async def receive(socket: ClientWebSocketResponse) -> dict[str, Any]:
    message: dict[str, Any] = await socket.receive_json(timeout=workspaces.DEADLINE)
    return message


async def command(running: Stage, text: str = "/deploy api") -> None:
    await running.page(seed.DANA).do("send", channel=seed.DEPLOYS, text=text)


async def last(running: Stage) -> dict[str, Any]:
    async with asyncio.timeout(workspaces.DEADLINE):
        await running.workspace.settled()
    return await running.page(seed.DANA).last(seed.DEPLOYS)


async def test_an_envelope_is_acknowledged_with_a_payload(running: Stage) -> None:
    async with link(running) as socket:
        await command(running)
        envelope = await receive(socket)
        answer = {"envelope_id": envelope["envelope_id"], "payload": {"text": "Got it"}}
        await socket.send_str(json.dumps(answer))
        message = await last(running)

    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "api"
    assert (message["text"], message["ephemeral"]) == ("Got it", True)


async def test_each_envelope_goes_to_one_connection(running: Stage) -> None:
    async with link(running) as first, link(running) as second:
        assert running.workspace.connections == 2
        for text in ("/deploy one", "/deploy two"):
            await command(running, text)
        got = [await receive(first), await receive(second)]
        for socket, envelope in zip((first, second), got, strict=True):
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await last(running)

    assert sorted(envelope["payload"]["text"] for envelope in got) == ["one", "two"]


async def test_without_a_connection_a_command_fails(running: Stage) -> None:
    await command(running)

    assert (await last(running))["text"] == '/deploy failed with the error "dispatch_failed"'


async def test_an_envelope_that_is_not_acknowledged_times_out(running: Stage) -> None:
    async with link(running) as socket:
        await command(running)
        await receive(socket)
        await running.clock.asleep(timedelta(seconds=3))
        running.clock.move(timedelta(seconds=3))
        message = await last(running)

    assert message["text"] == '/deploy failed with the error "operation_timeout"'


async def test_a_connection_that_breaks_takes_its_envelopes_along(running: Stage) -> None:
    async with link(running) as socket:
        await command(running)
        await receive(socket)

    assert "dispatch_failed" in (await last(running))["text"]


async def test_an_event_is_sent_again_with_its_attempt(running: Stage) -> None:
    async with link(running) as socket:
        await command(running, "@signalbox hello")
        first = await receive(socket)
        await running.clock.asleep(timedelta(seconds=3))
        running.clock.move(timedelta(seconds=3))
        second = await receive(socket)
        await socket.send_json({"envelope_id": second["envelope_id"]})
        await last(running)

    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    assert second["retry_reason"] == "timeout"


async def test_ten_connections_are_open_at_most(running: Stage) -> None:
    opened = [await running.session.ws_connect(await url(running)) for _ in range(10)]
    for socket in opened:
        assert (await receive(socket))["type"] == "hello"
    eleventh = await running.session.ws_connect(await url(running))
    said = await receive(eleventh)
    for socket in (*opened, eleventh):
        await socket.close()

    assert (said["type"], said["reason"]) == ("disconnect", "too_many_websockets")


async def url(running: Stage) -> str:
    client = running.client(running.workspace.app_token)
    answer = await client.apps_connections_open(app_token=running.workspace.app_token)
    return str(answer["url"])


async def test_an_address_is_good_for_one_connection(running: Stage) -> None:
    address = await url(running)
    async with running.session.ws_connect(address):
        pass

    async with running.session.get(address) as response:
        assert response.status == 403


async def test_http_mode_opens_no_sockets() -> None:
    async with stage() as running:
        client = running.client(running.workspace.app_token)
        with pytest.raises(Exception, match="not_allowed_token_type"):
            await client.apps_connections_open(app_token=running.workspace.app_token)


@asynccontextmanager
async def bolt(running: Stage) -> AsyncIterator[AsyncApp]:
    """A bot made with Bolt, connected."""
    app = AsyncApp(
        token=running.workspace.bot_token, client=running.client(), process_before_response=True
    )

    @app.command("/deploy")
    async def deploy(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack(f"deploying {body['text']}")

    @app.action("approve")
    async def approve(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="approved", replace_original=True)

    handler = AsyncSocketModeHandler(
        app,
        running.workspace.app_token,
        web_client=running.client(running.workspace.app_token),
    )
    await handler.connect_async()
    try:
        yield app
    finally:
        await handler.close_async()


async def test_a_bot_made_with_bolt_is_served(running: Stage) -> None:
    button = {
        "type": "button",
        "action_id": "approve",
        "text": {"type": "plain_text", "text": "OK"},
    }
    block = {"type": "actions", "block_id": "b", "elements": [button]}
    async with running.page(seed.DANA).events() as following, bolt(running):
        connected = await following("bot")
        await command(running)
        answer = await last(running)
        posted = await running.client().chat_postMessage(
            channel=seed.DEPLOYS, text="card", blocks=[block]
        )
        place = {"channel": seed.DEPLOYS, "ts": posted["ts"]}
        await running.page(seed.DANA).do("click", **place, block_id="b", action_id="approve")
        replaced = await last(running)

    assert connected["connected"] is True
    assert answer["text"] == "deploying api"
    assert (replaced["text"], replaced["ts"]) == ("approved", posted["ts"])


async def test_a_bot_comes_back_when_it_is_asked_to_reconnect(running: Stage) -> None:
    async with running.page(seed.DANA).events() as following, bolt(running):
        assert (await following("bot"))["connected"] is True
        await running.workspace.refresh_sockets()
        assert (await following("bot"))["connected"] is False
        assert (await following("bot"))["connected"] is True
        await command(running)

        assert (await last(running))["text"] == "deploying api"
