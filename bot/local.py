"""Everything on one machine: a workspace in the browser, a cloud, Redis, and the real bot.

The bot is a process of its own that is told by settings alone where its neighbours are.
"""

import asyncio
import logging
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from adapters.catalog.loading import load_catalog
from adapters.local.cloud.seeds import seeds_of
from adapters.local.cloud.server import LocalCloud
from adapters.local.ports import own_port
from adapters.local.store import LocalStore
from adapters.local.workspace.seed import olympus
from adapters.local.workspace.server import Workspace
from adapters.slack.manifest import build_manifest
from adapters.system import RandomIds, SystemClock
from bot.domain.catalog import Catalog
from bot.domain.errors import SignalboxError
from bot.settings import SlackMode

log = logging.getLogger(__name__)

DEPLOY, ROLLBACK, STATUS, INCIDENT = "/deploy", "/rollback", "/status", "/incident"
# Where the runbooks are, beside a catalog that has any.
_RUNBOOKS = Path("examples", "runbooks")
_LOOPBACK = "127.0.0.1"
# Shorter than in production, so that a killed bot is seen to go on.
_POLL, _LEASE = 0.3, 2
# Requests per second to each service: enough for gates that look at a few seconds of 5 %.
_LOAD = 400


@dataclass(slots=True, kw_only=True)
class LocalStack:
    """The running neighbours, and the bots that were started among them.

    `more` are further settings of bots that are started from now on; `ports` holds theirs
    for them until they have ended, however slowly one comes up.
    """

    config: Path
    mode: SlackMode
    store: LocalStore
    cloud: LocalCloud
    workspace: Workspace
    bots: list[Process] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)
    ports: ExitStack = field(default_factory=ExitStack)

    def environment(self, port: int) -> Mapping[str, str]:
        """The settings of a bot among these neighbours; nothing else of it is special."""
        runbooks = self.config.parent / _RUNBOOKS
        return {
            "PATH": "/usr/bin:/bin",
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_SIGNING_SECRET": self.workspace.signing_secret,
            "SLACK_APP_TOKEN": self.workspace.app_token,
            "SLACK_MODE": self.mode.value,
            "SLACK_API_URL": self.workspace.api_url,
            "REDIS_URL": self.store.url,
            "HOST": _LOOPBACK,
            "PORT": str(port),
            "SIGNALBOX_CONFIG": str(self.config),
            "SIGNALBOX_COMMAND_DEPLOY": DEPLOY,
            "SIGNALBOX_COMMAND_ROLLBACK": ROLLBACK,
            "SIGNALBOX_COMMAND_STATUS": STATUS,
            "SIGNALBOX_COMMAND_INCIDENT": INCIDENT,
            **({"SIGNALBOX_RUNBOOKS": str(runbooks)} if runbooks.is_dir() else {}),
            "SIGNALBOX_GCP_ENDPOINT_RUN": self.cloud.run_endpoint,
            "SIGNALBOX_GCP_ENDPOINT_REGISTRY": self.cloud.registry_url,
            "SIGNALBOX_GCP_ENDPOINT_MONITORING": self.cloud.monitoring_endpoint,
            "SIGNALBOX_GCP_ENDPOINT_SQL": self.cloud.sql_url,
            "SIGNALBOX_METRIC_SECONDS": "1",
            "SIGNALBOX_POLL_SECONDS": str(_POLL),
            "SIGNALBOX_LEASE_SECONDS": str(_LEASE),
            "SIGNALBOX_LOG": "text",
            "SIGNALBOX_LOG_LEVEL": "WARNING",
            **self.more,
        }

    async def start_bot(self, command: str = "run", *, port: int | None = None) -> Process:
        """Start a bot process; the workspace sends its requests to the newest one that serves."""
        port = port or self.ports.enter_context(own_port())
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", command, env=dict(self.environment(port))
        )
        self.bots.append(bot)
        if command == "run" and self.mode is SlackMode.HTTP:
            self.workspace.bot_url = f"http://{_LOOPBACK}:{port}/slack/events"
        return bot

    async def stop_bots(self) -> None:
        """Let all bots drain and end."""
        running = [bot for bot in self.bots if bot.returncode is None]
        for bot in running:
            bot.terminate()
        for bot in running:
            await bot.wait()
        self.ports.close()


@asynccontextmanager
async def local_stack(
    config: Path, folder: Path, *, mode: SlackMode = SlackMode.HTTP, port: int = 0
) -> AsyncIterator[LocalStack]:
    """Start the neighbours, without a bot yet. Raises `ConfigError` for a wrong catalog."""
    catalog = load_catalog(config)
    clock, ids = SystemClock(), RandomIds()
    manifest = build_manifest(
        socket=mode is SlackMode.SOCKET,
        url="https://bot.local.example",
        deploy=DEPLOY,
        rollback=ROLLBACK,
        status="/svc-status",
        incident=INCIDENT,
    )
    store = LocalStore(folder / "valkey")
    cloud = LocalCloud(seeds_of(catalog.targets()), clock, _databases(catalog))
    # A demonstration has no minutes to wait for; Google keeps one point a minute.
    cloud.monitoring.minimum_alignment = timedelta(seconds=1)
    cloud.databases.delay = timedelta(seconds=3)
    for target in catalog.targets():
        cloud.workload.load(target.place.resource, _LOAD, clock.now())
    async with AsyncExitStack() as exits:
        exits.push_async_callback(cloud.stop)
        await cloud.start()
        workspace = Workspace(
            olympus(clock.now()),
            manifest,
            clock,
            ids,
            extra_commands=[
                {
                    "command": STATUS,
                    "description": "Show what is running where",
                    "usage_hint": "[SERVICE]",
                    "should_escape": True,
                }
            ],
            cloud_url=cloud.console_url,
        )
        await _listen(workspace, port)
        exits.push_async_callback(workspace.stop)
        exits.push_async_callback(store.stop)
        await store.start()
        stack = LocalStack(config=config, mode=mode, store=store, cloud=cloud, workspace=workspace)
        exits.push_async_callback(stack.stop_bots)
        yield stack


def _databases(catalog: Catalog) -> set[str]:
    """The instances that the policies name."""
    rules = (target.policy.database for target in catalog.targets())
    return {rule.instance for rule in rules if rule is not None}


async def _listen(workspace: Workspace, port: int) -> None:
    try:
        await workspace.start(_LOOPBACK, port)
    except OSError as error:
        raise SignalboxError(
            f"Port {port} is taken ({error.strerror}). Choose another: signalbox local --port 3001"
        ) from error


def free_port() -> int:
    """A port of this machine that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


async def serve(config: Path, *, port: int, mode: SlackMode) -> None:
    """Run until interrupted; a bot that dies is started again, as a platform would."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with local_stack(config, Path(".signalbox"), mode=mode, port=port) as stack:
        sys.stdout.write(
            f"\n  Signalbox is running. Open  {stack.workspace.url}\n"
            f"  Its simulated cloud, to look at and to break: {stack.cloud.console_url}\n"
            "  Act as Dana and type  /deploy api v1.2.0 production\n"
            "  When something breaks, type  /incident P1 service:commerce Checkout answers 500\n"
            "  Everything is simulated on this machine. Ctrl+C ends it.\n\n"
        )
        sys.stdout.flush()
        bot_port = free_port()
        async with asyncio.TaskGroup() as group:
            keeper = group.create_task(_keep_running(stack, bot_port))
            await stop.wait()
            keeper.cancel()


async def _keep_running(stack: LocalStack, port: int) -> None:
    """Start the bot, and start it again whenever it ends."""
    while True:
        bot = await stack.start_bot(port=port)
        status = await bot.wait()
        sys.stdout.write(f"  The bot ended ({status}) and is started again.\n")
        sys.stdout.flush()
