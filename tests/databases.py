"""The simulated Cloud SQL with the production adapter on it, for tests."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler
from fakes import VirtualClock

from adapters.gcp.cloud_sql import GoogleCloudSql
from adapters.gcp.patience import Patience
from adapters.local.cloud.sql import SqlAdmin
from adapters.local.cloud.sql_model import SqlFault, SqlModel
from bot.domain.backup import DatabaseInstance

MAIN = DatabaseInstance.parse("acme-prod/main")
OTHER = DatabaseInstance.parse("acme-prod/other")
DEPLOY = "D-7F3K2"
DELAY = timedelta(seconds=30)
SHORT = Patience(call=timedelta(seconds=2), read=timedelta(seconds=1))


async def no_token() -> str:
    """A server on this machine gets none."""
    raise AssertionError("a token was asked for")


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """The address of an application on a free port; handlers end with their requests."""
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def answering(handler: Handler, patience: Patience = SHORT) -> AsyncIterator[GoogleCloudSql]:
    """The adapter at a server that answers everything with one handler."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with serving(app) as url:
        api = GoogleCloudSql(
            aiohttp.ClientSession(), endpoint=url, token=no_token, patience=patience
        )
        try:
            yield api
        finally:
            await api.aclose()


class SqlWorld:
    """Two instances whose time stands still until it is moved, and the production adapter."""

    def __init__(self, model: SqlModel, clock: VirtualClock, url: str) -> None:
        self.model = model
        self.clock = clock
        self.url = url
        self.api = GoogleCloudSql(
            aiohttp.ClientSession(), endpoint=url, token=no_token, patience=SHORT
        )

    def end(self) -> None:
        """Let what is under way end."""
        self.clock.move(DELAY)

    def spoil(self) -> None:
        """Let the next backup fail."""
        self.model.plan(SqlFault.FAILED)

    def ordered(self, instance: DatabaseInstance) -> Mapping[int, str]:
        """The backups on demand that the cloud holds, with what is written on them."""
        runs = self.model.runs[str(instance)]
        return {run.id: run.description for run in runs if run.type_.name == "ON_DEMAND"}

    async def aclose(self) -> None:
        """Close the connections."""
        await self.api.aclose()


@asynccontextmanager
async def world_of_databases() -> AsyncIterator[SqlWorld]:
    """Both instances have last night's backup."""
    clock = VirtualClock()
    model = SqlModel(delay=DELAY)
    for instance in (MAIN, OTHER):
        model.seed(str(instance), clock.now())
    app = web.Application()
    SqlAdmin(model=model, clock=clock).mount(app.router)
    async with serving(app) as url:
        world = SqlWorld(model, clock, url)
        try:
            yield world
        finally:
            await world.aclose()
