"""The simulated cloud's two front doors: Google's APIs over gRPC; registry, containers and a page
for people over HTTP.
"""

from collections.abc import Iterable, Sequence

import grpc.aio
from aiohttp import web

from adapters.local.cloud.containers import Containers
from adapters.local.cloud.faults import QUOTA_REST
from adapters.local.cloud.model import CloudModel
from adapters.local.cloud.monitoring_api import MonitoringApi
from adapters.local.cloud.page.site import Page
from adapters.local.cloud.registry_http import RegistryHttp
from adapters.local.cloud.run_api import RunApi
from adapters.local.cloud.seeds import Seed
from adapters.local.cloud.sql import SqlAdmin
from adapters.local.cloud.sql_model import SqlModel
from adapters.local.cloud.workload import Workload
from bot.ports import Clock

__all__ = ["QUOTA_REST", "LocalCloud"]

_GRACE = 0.2


class LocalCloud:
    """A cloud on loopback. While it runs, change `model.faults` for what goes wrong, `workload` for
    what the revisions do under which load, and `monitoring` for how it is measured.

    `databases` are the Cloud SQL instances (`project/instance`) that it has at first.

    Its addresses are there once it has started: Cloud Run and Monitoring listen on one port.
    """

    def __init__(self, seeds: Sequence[Seed], clock: Clock, databases: Iterable[str] = ()) -> None:
        self.model = CloudModel()
        self.workload = Workload(model=self.model)
        self.monitoring = MonitoringApi(workload=self.workload, clock=clock)
        self.databases = SqlModel()
        for place in databases:
            self.databases.seed(place, clock.now())
        self._clock = clock
        self._page = Page(self.workload, seeds, clock)
        for seed in seeds:
            self.model.seed(seed, clock.now())
        self._grpc: grpc.aio.Server | None = None
        self._web: web.AppRunner | None = None
        self.run_endpoint = ""
        self.monitoring_endpoint = ""
        self.registry_url = ""
        self.console_url = ""
        self.sql_url = ""

    async def start(self, host: str = "127.0.0.1") -> None:
        """Listen on two free ports of this machine."""
        server = grpc.aio.server()
        server.add_generic_rpc_handlers(RunApi(model=self.model, clock=self._clock).handlers())
        server.add_generic_rpc_handlers(self.monitoring.handlers())
        self.run_endpoint = f"{host}:{server.add_insecure_port(f'{host}:0')}"
        self.monitoring_endpoint = self.run_endpoint
        await server.start()
        self._grpc = server
        app = web.Application()
        RegistryHttp(model=self.model).mount(app.router)
        Containers(workload=self.workload, clock=self._clock).mount(app.router)
        SqlAdmin(model=self.databases, clock=self._clock).mount(app.router)
        app.add_subapp("/console", self._page.application())
        self._web = web.AppRunner(app)
        await self._web.setup()
        site = web.TCPSite(self._web, host, 0)
        await site.start()
        self.registry_url = f"http://{host}:{self._web.addresses[0][1]}"
        self.sql_url = self.registry_url
        self.console_url = f"{self.registry_url}/console"
        self.model.reachable_at(self.registry_url)

    async def stop(self) -> None:
        """Stop listening."""
        if self._grpc is not None:
            await self._grpc.stop(_GRACE)
        if self._web is not None:
            await self._web.cleanup()
