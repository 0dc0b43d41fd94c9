"""The composition root: the only place that names concrete classes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from datetime import timedelta
from importlib.metadata import version

import aiohttp

from adapters.catalog.loading import load_catalog
from adapters.charts.painter import PillowPainter
from adapters.gcp.lazy import LazyCloudRunTargets, LazyGoogleCloudSql, LazyGoogleMetrics
from adapters.gcp.prober import HttpProber, IdentityTokens
from adapters.gcp.registry import GoogleToken, OciRegistry
from adapters.pagerduty.pager import PagerDuty
from adapters.redis import keys
from adapters.redis.agenda import RedisAgenda
from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.outbox import RedisOutbox
from adapters.redis.properties import require_durable
from adapters.redis.store import RedisStore
from adapters.runbooks.folder import load_runbooks
from adapters.slack.channels import SlackChannels
from adapters.slack.client import Identity, SlackClient
from adapters.slack.directory import SlackDirectory
from adapters.slack.notifier import SlackNotifier
from adapters.slack.room_looks import SlackRoomLooks
from adapters.slack.rooms import RoomScreens, SlackRooms
from adapters.system import RandomIds, SystemClock
from adapters.telemetry import logs, tracing
from adapters.telemetry.metrics import Metrics
from bot.composition import Neighbours, UseCases
from bot.domain.catalog import Catalog
from bot.domain.deploy import Pace
from bot.routes import CommandNames, build_router
from bot.settings import Settings
from bot.ticking import ticking
from bot.usecases.local_people import LocalPeople
from bot.views.incidents.broadcast import incident_broadcast
from bot.views.incidents.card import incident_card
from bot.worker import Round, Worker
from commands.router import Router

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clouds:
    """Google's clients, each loaded when it is used for the first time."""

    targets: LazyCloudRunTargets
    metrics: LazyGoogleMetrics
    databases: LazyGoogleCloudSql
    registry: OciRegistry
    prober: HttpProber


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What everything else stands on: settings, catalog, and the connections to neighbours."""

    settings: Settings
    catalog: Catalog
    clock: SystemClock
    ids: RandomIds
    connections: Connections
    store: RedisStore
    incidents: RedisIncidents
    slack: SlackClient
    us: Identity
    directory: SlackDirectory
    clouds: Clouds
    metrics: Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Ground):
    """What both halves of the bot, the web side and the worker, are built from."""

    use_cases: UseCases


@asynccontextmanager
async def assemble(settings: Settings) -> AsyncIterator[Parts]:
    """Connect to everything that is needed at the start, and refuse what is not fit.

    Raises `SignalboxError` saying what is wrong: the file, Redis, or the Slack token.
    """
    async with AsyncExitStack() as stack:
        ground = await _ground(settings, stack)
        use_cases = UseCases(_world(ground, await _pager(settings, stack)))
        known = {each.name: getattr(ground, each.name) for each in fields(ground)}
        yield Parts(**known, use_cases=use_cases)


async def _ground(settings: Settings, stack: AsyncExitStack) -> Ground:
    catalog = load_catalog(settings.config)
    clock = SystemClock()
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
    return Ground(
        settings=settings,
        catalog=catalog,
        clock=clock,
        ids=RandomIds(),
        connections=connections,
        store=RedisStore(connections, audit_kept=timedelta(days=settings.audit_days)),
        incidents=RedisIncidents(connections),
        slack=slack,
        us=us,
        directory=SlackDirectory(client=slack, groups=catalog.groups, team=us.team, clock=clock),
        clouds=await _clouds(settings, clock, stack),
        metrics=Metrics(version("signalbox")),
    )


def _world(ground: Ground, pager: PagerDuty | None) -> Neighbours:
    """What the use cases ask of the world."""
    settings, clouds, directory = ground.settings, ground.clouds, ground.directory
    return Neighbours(
        catalog=ground.catalog,
        store=ground.store,
        incidents=ground.incidents,
        clock=ground.clock,
        ids=ground.ids,
        directory=_with_locals(directory, ground.catalog),
        targets=clouds.targets,
        registry=clouds.registry,
        metrics=clouds.metrics,
        prober=clouds.prober,
        database=clouds.databases,
        painter=PillowPainter(),
        rooms=_rooms(ground),
        looks=SlackRoomLooks(client=ground.slack, names=directory.name_of, meet=directory.warm),
        pager=pager,
        team=ground.us.team,
        pace=Pace(poll=timedelta(seconds=settings.poll_seconds)),
        resolution=timedelta(seconds=settings.metric_seconds),
        runbooks=load_runbooks(settings.runbooks) if settings.runbooks else (),
    )


async def _clouds(settings: Settings, clock: SystemClock, stack: AsyncExitStack) -> Clouds:
    """Everything of Google, over connections of its own: without Slack's limits and cookies."""
    token = GoogleToken()
    targets = LazyCloudRunTargets(settings.gcp_endpoint_run)
    metrics = LazyGoogleMetrics(settings.gcp_endpoint_monitoring)
    databases = LazyGoogleCloudSql(settings.gcp_endpoint_sql, token)
    for each in (targets, metrics, databases):
        stack.push_async_callback(each.aclose)
    jar = aiohttp.DummyCookieJar()
    http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
    return Clouds(
        targets=targets,
        metrics=metrics,
        databases=databases,
        registry=OciRegistry(http, endpoint=settings.gcp_endpoint_registry, token=token),
        prober=HttpProber(http, clock=clock, identity=IdentityTokens(clock)),
    )


def _with_locals(people: SlackDirectory, catalog: Catalog) -> LocalPeople:
    """The workspace's people, and those who come by the API or the command line."""
    commanders = catalog.incidents.commanders
    return LocalPeople(people=people, groups=frozenset({commanders} if commanders else ()))


def _rooms(ground: Ground) -> SlackRooms:
    policy = ground.catalog.incidents
    return SlackRooms(
        client=ground.slack,
        channels=SlackChannels(client=ground.slack, clock=ground.clock),
        policy=policy,
        screens=RoomScreens(
            card=lambda incident: incident_card(incident, policy),
            broadcast=lambda incident: incident_broadcast(incident, policy),
        ),
        us=ground.us.user,
        names=ground.directory.name_of,
    )


async def _pager(settings: Settings, stack: AsyncExitStack) -> PagerDuty | None:
    """The paging service, over connections of its own; None when there is no key for one."""
    if settings.pagerduty_routing_key is None:
        return None
    jar = aiohttp.DummyCookieJar()
    http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
    key = settings.pagerduty_routing_key.get_secret_value()
    return PagerDuty(http, routing_key=key, api_url=settings.pagerduty_url)


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


def router_of(parts: Parts) -> Router:
    """Every command, button and form, by the names that the settings give the commands."""
    names = CommandNames(
        deploy=parts.settings.command_deploy,
        rollback=parts.settings.command_rollback,
        status=parts.settings.command_status,
        incident=parts.settings.command_incident,
    )
    return build_router(parts.catalog, names, parts.use_cases, parts.directory)


def build_worker(parts: Parts) -> Worker:
    """The rounds of ticks and of deliveries."""
    settings, use_cases = parts.settings, parts.use_cases
    outbox = RedisOutbox(parts.connections)
    delivery = use_cases.delivery(
        outbox,
        SlackNotifier(
            client=parts.slack,
            channels=SlackChannels(client=parts.slack, clock=parts.clock),
            clock=parts.clock,
            policy=parts.catalog.incidents,
        ),
    )

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
        rounds=(
            round_of("deploy", ticks, ticking(use_cases, parts.metrics.step)),
            round_of("outbox", outbox, deliver),
        ),
        store=parts.store,
        clock=parts.clock,
        arrange=parts.use_cases.maintenance.arrange,
    )
