"""The baseline of bench/cold_start.py: the least that a Bolt app on aiohttp can be, by default."""

import os
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

token = os.environ["SLACK_BOT_TOKEN"]
app = AsyncApp(
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    client=AsyncWebClient(token=token, base_url=os.environ["SLACK_API_URL"]),
)


@app.command("/deploy")
async def deploy(ack: object) -> None:
    """Acknowledge."""
    await ack("ok")  # type: ignore[operator]


async def events(request: web.Request) -> web.StreamResponse:
    """Hand over to Bolt."""
    return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))


server = web.Application()
server.router.add_post("/slack/events", events)
web.run_app(server, host="127.0.0.1", port=int(sys.argv[1]), print=None)
