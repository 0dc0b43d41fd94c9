"""The life of a bot process: start, serve, drain."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp

from adapters.slack.responder import SlackResponder
from adapters.slack.socket import socket_mode
from adapters.telemetry import logs, tracing
from bot.api import Api
from bot.background import BackgroundTasks
from bot.bootstrap import Parts, assemble, build_worker, router_of
from bot.domain.errors import SignalboxError
from bot.inbound import Inbound
from bot.replying import Reader
from bot.settings import LogFormat, Settings, SlackMode
from bot.usecases.local_people import local_identity
from bot.views.languages.saying import spoken
from bot.web import Web
from bot.worker import Worker

log = logging.getLogger(__name__)

# Cloud Run and Kubernetes both send SIGTERM well before they kill; Cloud Run leaves 10 s.
DRAIN = timedelta(seconds=8)
# How long the first requests go before Google's client, unless a deploy needs that sooner: whoever
# wakes a scaled-down bot is waiting for an answer.
QUIET = timedelta(seconds=1)
# Probes come every few seconds; Slack is not to be asked by each of them.
SLACK_CHECKED_EVERY = timedelta(seconds=30)


async def run(settings: Settings, *, serve_slack: bool) -> None:
    """Run until SIGTERM or SIGINT, then drain. Without `serve_slack` it is a worker alone."""
    logs.configure(json_lines=settings.log is LogFormat.JSON, level=settings.log_level)
    if settings.otel:
        tracing.enable()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with assemble(settings) as parts, AsyncExitStack() as stack:
        worker = build_worker(parts)
        background = await stack.enter_async_context(BackgroundTasks())
        slack = _inbound(parts, background) if serve_slack else None
        await stack.enter_async_context(_listening(parts, worker, slack))
        background.start(_warm(parts, stop))
        # What was loaded stays until the end: no collection need look at it.
        gc.freeze()
        gc.enable()
        try:
            async with asyncio.TaskGroup() as group:
                working = group.create_task(worker.run(stop))
                await stop.wait()
                log.info("draining")
                await asyncio.wait({working}, timeout=DRAIN.total_seconds())
                working.cancel()
        finally:
            log.info("stopped")


def _inbound(parts: Parts, background: BackgroundTasks) -> AsyncApp:
    inbound = Inbound(
        router=router_of(parts),
        responder=SlackResponder(client=parts.slack),
        background=background,
        ids=parts.ids,
        team=parts.us.team,
        observe=parts.metrics.request,
        names=parts.directory.name_of,
        language=_reader(parts),
    )
    token = parts.settings.slack_bot_token.get_secret_value()
    return inbound.bolt(token, parts.us.bot, parts.us.user)


def _reader(parts: Parts) -> Reader:
    """The language in which each person reads, as far as it is known; asks nobody."""
    usual = parts.catalog.incidents.language
    return lambda user: spoken(parts.directory.language_of(user), usual)


@asynccontextmanager
async def _listening(parts: Parts, worker: Worker, slack: AsyncApp | None) -> AsyncIterator[None]:
    """Slack's requests by the chosen way, and HTTP for operations in any case."""
    settings = parts.settings

    async def redis() -> str | None:
        try:
            await parts.connections.ping()
        except SignalboxError as error:
            return str(error)
        return None

    async def worked() -> str | None:
        return worker.check()

    slack_check = _SlackCheck(parts)

    by_http = settings.slack_mode is SlackMode.HTTP
    secret = settings.slack_signing_secret
    site = Web(
        clock=parts.clock,
        checks={"redis": redis, "slack": slack_check, "worker": worked},
        metrics=parts.metrics.render,
        observe=parts.metrics.request,
        timed=parts.metrics.answered,
        routes=_api(parts),
    )
    runner = web.AppRunner(
        site.application(slack if by_http else None, secret.get_secret_value() if secret else None),
        access_log=None,
    )
    await runner.setup()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        listener = web.TCPSite(runner, settings.host, settings.port)
        await listener.start()
        if slack is not None and not by_http and settings.slack_app_token is not None:
            token = settings.slack_app_token.get_secret_value()
            await stack.enter_async_context(
                socket_mode(slack, app_token=token, api_url=settings.slack_api_url)
            )
        log.info("ready on port %d", runner.addresses[0][1])
        yield


def _api(parts: Parts) -> list[web.RouteDef]:
    """The addresses of the HTTP API; none without a token for it."""
    token = parts.settings.api_token
    if token is None:
        return []
    return Api(
        cases=parts.use_cases.incidents,
        ids=parts.ids,
        token=token.get_secret_value(),
        identity=local_identity("api", "token"),
        observe=parts.metrics.request,
    ).routes()


class _SlackCheck:
    """Whether Slack takes our token, asked anew when the last answer is old."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._asked = parts.clock.now()
        self._problem: str | None = None

    async def __call__(self) -> str | None:
        """None when all is well, else what is wrong."""
        if self._parts.clock.now() - self._asked > SLACK_CHECKED_EVERY:
            self._asked = self._parts.clock.now()
            try:
                await self._parts.slack.auth_test()
                self._problem = None
            except SignalboxError as error:
                self._problem = str(error)
        return self._problem


async def _warm(parts: Parts, stop: asyncio.Event) -> None:
    """Prepare what the first requests need, and load what is heavy when they have been answered."""
    await parts.connections.warm()
    await parts.use_cases.maintenance.arrange()
    people = {user for group in parts.catalog.groups.values() for user in group.members}
    await parts.directory.warm(sorted(people))
    await parts.use_cases.incidents.paging.learn()
    try:
        async with asyncio.timeout(QUIET.total_seconds()):
            await stop.wait()
    except TimeoutError:
        await parts.clouds.targets.loaded()
        await parts.clouds.metrics.loaded()
