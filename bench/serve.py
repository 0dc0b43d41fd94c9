"""The servers that bench/ack.py compares: `python bench/serve.py KIND PORT`.

bare       aiohttp that verifies the signature and answers
bolt       a minimal Bolt app with process_before_response
default    a minimal Bolt app with its default settings
signalbox  the production web side: signature, authority, dedupe, and the deploy stored in Redis
"""

import asyncio
import gc
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.responder import SlackResponder
from adapters.slack.signature import is_genuine
from bot.background import BackgroundTasks
from bot.bootstrap import assemble, router_of
from bot.inbound import Inbound
from bot.settings import Settings
from bot.web import Web


def bare(secret: str) -> web.Application:
    """Verify and answer."""

    async def events(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        stamp = request.headers["X-Slack-Request-Timestamp"]
        signature = request.headers["X-Slack-Signature"]
        if not is_genuine(secret, body, stamp, signature, datetime.now(UTC)):
            return web.Response(status=401)
        return web.json_response({"response_type": "ephemeral", "text": "ok"})

    app = web.Application()
    app.router.add_post("/slack/events", events)
    return app


def bolt(secret: str, *, before_response: bool) -> web.Application:
    """One command, one listener."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0SIGNAL", bot_token="xoxb-bench")  # noqa: S106

    slack = AsyncApp(
        signing_secret=secret, authorize=authorize, process_before_response=before_response
    )

    @slack.command("/deploy")
    async def deploy(ack: object) -> None:
        await ack("ok")  # type: ignore[operator]

    async def events(request: web.Request) -> web.StreamResponse:
        answer = await slack.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    app = web.Application()
    app.router.add_post("/slack/events", events)
    return app


async def serve(kind: str, port: int) -> None:
    """Serve until killed, and say when it begins."""
    settings = Settings()
    secret = (
        settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""
    )
    async with AsyncExitStack() as stack:
        match kind:
            case "bare":
                app = bare(secret)
            case "bolt":
                app = bolt(secret, before_response=True)
            case "default":
                app = bolt(secret, before_response=False)
            case _:
                app = await signalbox(settings, secret, stack)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        sys.stdout.write(f"ready {time.monotonic()}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


async def signalbox(settings: Settings, secret: str, stack: AsyncExitStack) -> web.Application:
    """The production web side; the worker is another process's."""
    parts = await stack.enter_async_context(assemble(settings))
    background = await stack.enter_async_context(BackgroundTasks())
    inbound = Inbound(
        router=router_of(parts),
        responder=SlackResponder(client=parts.slack),
        background=background,
        ids=parts.ids,
        team=parts.us.team,
        observe=parts.metrics.request,
        names=parts.directory.name_of,
    )
    site = Web(
        clock=parts.clock, checks={}, metrics=parts.metrics.render, observe=parts.metrics.request
    )
    gc.freeze()  # as bot.process does when it begins to serve
    return site.application(inbound.bolt("xoxb-bench", parts.us.bot, parts.us.user), secret)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
