"""The composition root: the only place that names concrete classes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version

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
from adapters.system import RandomIds, SystemClock
from adapters.telemetry import logs, tracing
from adapters.telemetry.metrics import Metrics
from bot.domain.catalog import Catalog
from bot.domain.deploy import Pace
from bot.settings import Settings
from bot.usecases.approvals import Approvals
from bot.usecases.delivery import Delivery
from bot.usecases.deploys import Deploys
from bot.usecases.greetings import Greetings
from bot.usecases.rollouts import Rollouts
from bot.usecases.status import Status
from bot.usecases.transitions import Transitions
from bot.views.names import Action, Callback
from bot.worker import Round, Worker
from commands.approvals import ApprovalController
from commands.deploy import DeployController
from commands.mentions import MentionController
from commands.router import Router
from commands.status import StatusController

log = logging.getLogger(__name__)


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
        slack = await stack.enter_async_context(
            SlackClient(
                token=settings.slack_bot_token.get_secret_value(),
                api_url=settings.slack_api_url,
                clock=clock,
            )
        )
        us = await _met(settings, connections, slack)
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


async def _met(settings: Settings, connections: Connections, slack: SlackClient) -> Identity:
    """Ask Redis whether it is fit, and Slack who we are; both at once, for a quick start."""

    async def fit() -> None:
        volatile = settings.allow_volatile_redis
        for finding in await require_durable(connections, allow_volatile=volatile):
            if not finding.ok:
                log.warning("%s: %s %s", finding.subject, finding.says, finding.fix)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fit())
            us = group.create_task(slack.auth_test())
    except ExceptionGroup as failures:
        # Whichever failed first is what the person at the terminal reads.
        raise failures.exceptions[0] from None
    return us.result()


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
            step = await rollouts.tick(deploy)
            if step is not None:
                parts.metrics.step(step.value)

    async def deliver(channel: str) -> None:
        with logs.bind(channel=channel), tracing.span("deliver", channel=channel):
            parts.metrics.delivered(await delivery.empty(channel))

    def round_of(name: str, agenda: RedisAgenda, handle: Callable[[str], Awaitable[None]]) -> Round:
        work = Round(
            name=name,
            agenda=agenda,
            handle=handle,
            observe=parts.metrics.work,
            clock=parts.clock,
            lease=timedelta(seconds=settings.lease_seconds),
        )
        parts.metrics.watch(name, lambda: work.beat, parts.clock.now)
        return work

    ticks = RedisAgenda(parts.connections, due=keys.DUE, nudge=keys.DUE_NUDGE)
    return Worker(
        rounds=(round_of("deploy", ticks, tick), round_of("outbox", outbox, deliver)),
        store=parts.store,
        clock=parts.clock,
    )
