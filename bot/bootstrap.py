"""The composition root: the only place that names concrete classes, and the life of a process."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp

from adapters.catalog.loading import load_catalog
from adapters.gcp.lazy import LazyCloudRunTargets
from adapters.gcp.registry import GoogleToken, OciRegistry
from adapters.redis import keys
from adapters.redis.agenda import RedisAgenda
from adapters.redis.connection import Connections
from adapters.redis.outbox import RedisOutbox
from adapters.redis.properties import require_durable
from adapters.redis.store import RedisStore
from adapters.slack.channels import SlackChannels
from adapters.slack.client import Identity, SlackClient
from adapters.slack.directory import SlackDirectory
from adapters.slack.notifier import SlackNotifier
from adapters.slack.responder import SlackResponder
from adapters.slack.socket import socket_mode
from adapters.system import RandomIds, SystemClock
from adapters.telemetry import logs, tracing
from adapters.telemetry.metrics import Metrics
from bot.background import BackgroundTasks
from bot.domain.catalog import Catalog
from bot.domain.deploy import Pace
from bot.domain.errors import SignalboxError
from bot.inbound import Inbound
from bot.settings import LogFormat, Settings, SlackMode
from bot.usecases.approvals import Approvals
from bot.usecases.delivery import Delivery
from bot.usecases.deploys import Deploys
from bot.usecases.greetings import Greetings
from bot.usecases.rollouts import Rollouts
from bot.usecases.status import Status
from bot.usecases.transitions import Transitions
from bot.views.names import Action, Callback
from bot.web import Web
from bot.worker import Round, Worker
from commands.approvals import ApprovalController
from commands.deploy import DeployController
from commands.mentions import MentionController
from commands.router import Router
from commands.status import StatusController

log = logging.getLogger(__name__)

# Cloud Run and Kubernetes both send SIGTERM well before they kill; Cloud Run leaves 10 s.
DRAIN = timedelta(seconds=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What both halves of the bot, the web side and the worker, are built from."""

    settings: Settings
    catalog: Catalog
    clock: SystemClock
    ids: RandomIds
    connections: Connections
    store: RedisStore
    slack: SlackClient
    us: Identity
    directory: SlackDirectory
    targets: LazyCloudRunTargets
    metrics: Metrics
    transitions: Transitions


@asynccontextmanager
async def assemble(settings: Settings) -> AsyncIterator[Parts]:
    """Connect to everything that is needed at the start, and refuse what is not fit.

    Raises `SignalboxError` saying what is wrong: the file, Redis, or the Slack token.
    """
    catalog = load_catalog(settings.config)
    clock, ids = SystemClock(), RandomIds()
    async with AsyncExitStack() as stack:
        connections = Connections(settings.redis_url.get_secret_value())
        stack.push_async_callback(connections.aclose)
        for finding in await require_durable(
            connections, allow_volatile=settings.allow_volatile_redis
        ):
            if not finding.ok:
                log.warning("%s: %s %s", finding.subject, finding.says, finding.fix)
        slack = await stack.enter_async_context(
            SlackClient(
                token=settings.slack_bot_token.get_secret_value(),
                api_url=settings.slack_api_url,
                clock=clock,
            )
        )
        us = await slack.auth_test()
        store = RedisStore(connections)
        targets = LazyCloudRunTargets(settings.gcp_endpoint_run)
        stack.push_async_callback(targets.aclose)
        yield Parts(
            settings=settings,
            catalog=catalog,
            clock=clock,
            ids=ids,
            connections=connections,
            store=store,
            slack=slack,
            us=us,
            directory=SlackDirectory(
                client=slack, groups=catalog.groups, team=us.team, clock=clock
            ),
            targets=targets,
            metrics=Metrics(version("signalbox")),
            transitions=Transitions(
                catalog=catalog,
                store=store,
                clock=clock,
                ids=ids,
                pace=Pace(poll=timedelta(seconds=settings.poll_seconds)),
            ),
        )


def build_router(parts: Parts) -> Router:
    """Every command, button and form with its controller."""
    deploy_name, status_name = parts.settings.command_deploy, parts.settings.command_status
    deploys = DeployController(
        catalog=parts.catalog,
        name=deploy_name,
        deploys=Deploys(
            catalog=parts.catalog,
            store=parts.store,
            directory=parts.directory,
            clock=parts.clock,
            ids=parts.ids,
            transitions=parts.transitions,
        ),
    )
    status = StatusController(
        catalog=parts.catalog,
        name=status_name,
        status=Status(
            catalog=parts.catalog,
            store=parts.store,
            directory=parts.directory,
            targets=parts.targets,
        ),
    )
    approvals = ApprovalController(
        approvals=Approvals(
            store=parts.store,
            directory=parts.directory,
            clock=parts.clock,
            transitions=parts.transitions,
        )
    )
    greetings = Greetings(store=parts.store, directory=parts.directory)
    mentions = MentionController(greetings=greetings, deploy=deploy_name, status=status_name)
    return Router(
        commands={deploy_name: deploys.command, status_name: status.command},
        clicks={Action.APPROVE: approvals.approve, Action.REJECT: approvals.reject},
        submissions={Callback.ASK_DEPLOY: deploys.submit, Callback.REJECT: approvals.submit},
        lookups={
            Action.PICK_SERVICE: deploys.lookup,
            Action.PICK_ENVIRONMENT: deploys.lookup,
        },
        mention=mentions.mention,
    )


def build_worker(parts: Parts) -> Worker:
    """The rounds of ticks and of deliveries."""
    settings = parts.settings
    outbox = RedisOutbox(parts.connections)
    registry = OciRegistry(
        parts.slack.http, endpoint=settings.gcp_endpoint_registry, token=GoogleToken()
    )
    rollouts = Rollouts(
        catalog=parts.catalog,
        store=parts.store,
        clock=parts.clock,
        targets=parts.targets,
        registry=registry,
        transitions=parts.transitions,
    )
    notifier = SlackNotifier(
        client=parts.slack, channels=SlackChannels(client=parts.slack, clock=parts.clock)
    )
    delivery = Delivery(store=parts.store, outbox=outbox, notifier=notifier, clock=parts.clock)

    async def tick(deploy: str) -> None:
        with logs.bind(deploy=deploy), tracing.span("tick", deploy=deploy):
            await rollouts.tick(deploy)

    async def deliver(channel: str) -> None:
        with logs.bind(channel=channel), tracing.span("deliver", channel=channel):
            await delivery.empty(channel)

    def round_of(name: str, agenda: RedisAgenda, handle: Callable[[str], Awaitable[None]]) -> Round:
        return Round(
            name=name,
            agenda=agenda,
            handle=handle,
            observe=parts.metrics.work,
            clock=parts.clock,
        )

    ticks = RedisAgenda(parts.connections, due=keys.DUE, nudge=keys.DUE_NUDGE)
    return Worker(
        rounds=(round_of("deploy", ticks, tick), round_of("outbox", outbox, deliver)),
        store=parts.store,
        clock=parts.clock,
    )


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
        background.start(_warm(parts))
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
        router=build_router(parts),
        responder=SlackResponder(client=parts.slack),
        background=background,
        ids=parts.ids,
        team=parts.us.team,
        observe=parts.metrics.request,
    )
    token = parts.settings.slack_bot_token.get_secret_value()
    return inbound.bolt(token, parts.us.bot, parts.us.user)


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

    by_http = settings.slack_mode is SlackMode.HTTP
    secret = settings.slack_signing_secret
    site = Web(
        clock=parts.clock,
        checks={"redis": redis, "worker": worked},
        metrics=parts.metrics.render,
        observe=parts.metrics.request,
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


async def _warm(parts: Parts) -> None:
    """Load what is heavy, now that requests are answered already."""
    await parts.targets.loaded()
    people = {user for group in parts.catalog.groups.values() for user in group.members}
    await parts.directory.warm(sorted(people))
