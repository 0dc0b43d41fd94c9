"""Socket Mode: Slack's requests over a websocket that we open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


@asynccontextmanager
async def socket_mode(app: AsyncApp, *, app_token: str, api_url: str) -> AsyncIterator[None]:
    """Receive requests while the block runs; reconnects by itself."""
    # Without a client of its own the handler would ask slack.com, with the bot's token.
    client = AsyncWebClient(token=app_token, base_url=api_url)
    handler = AsyncSocketModeHandler(app, app_token, web_client=client)
    # Bolt's handler has no types here.
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
