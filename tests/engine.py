"""The use cases on real neighbours: Redis, Google's clients on a simulated cloud, a moved clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import samples
from fakes import CountingIds, ListedPeople, Noticeboard, VirtualClock
from premises import Beeper, Overheard, Premises

from adapters.charts.painter import PillowPainter
from adapters.gcp.cloud_run import GoogleCloudRunTargets
from adapters.gcp.monitoring import GoogleMetrics
from adapters.gcp.patience import Patience
from adapters.gcp.prober import HttpProber
from adapters.gcp.registry import OciRegistry
from adapters.local.cloud.behaviour import Behaviour
from adapters.local.cloud.seeds import seeds_of
from adapters.local.cloud.server import LocalCloud
from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.outbox import RedisOutbox
from adapters.redis.store import RedisStore
from bot.composition import Neighbours, UseCases
from bot.domain.actor import Identity
from bot.domain.backup import Backup, BackupStatus, DatabaseInstance
from bot.domain.catalog import Catalog, Target
from bot.domain.deploy import Deploy, Pace
from bot.domain.states import State
from bot.ports import Progress
from bot.usecases.deploys import Wish

TO_PRODUCTION = Wish(service="api", version="v1.2.0", environment="production")
TO_STAGING = Wish(service="api", version="v1.2.0", environment="staging")


class Backups:
    """Databases whose backups take one look; `problem` makes the next one fail."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.made: list[tuple[str, str]] = []
        self.problem: str | None = None

    async def backups(self, instance: DatabaseInstance) -> tuple[Backup, ...]:
        """One for each that was asked for, newest first."""
        now = self._clock.now()
        return tuple(
            Backup(
                id=deploy,
                instance=instance,
                status=BackupStatus.SUCCEEDED,
                started=now,
                ended=now,
                description=deploy,
            )
            for name, deploy in reversed(self.made)
            if name == instance.instance
        )

    async def back_up(self, instance: DatabaseInstance, deploy: str) -> str:
        """Once a deploy."""
        if (instance.instance, deploy) not in self.made:
            self.made.append((instance.instance, deploy))
        return f"backup-{deploy}"

    async def poll(self, instance: DatabaseInstance, operation: str) -> Progress:
        """Ended, well or not."""
        return Progress(running=False, problem=self.problem)


class Bench:
    """The use cases on real neighbours, with people and a notice board that tests steer."""

    def __init__(
        self,
        memory: Connections,
        cloud: LocalCloud,
        http: aiohttp.ClientSession,
        catalog: Catalog,
        clock: VirtualClock,
    ) -> None:
        self.clock = clock
        self.cloud = cloud
        self.catalog = catalog
        self.board = Noticeboard()
        self.people = ListedPeople()
        self.store = RedisStore(memory)
        self.outbox = RedisOutbox(memory)
        self.premises = Premises()
        self.overheard = Overheard(self.premises)
        self.beeper = Beeper()
        self.backups = Backups(clock)
        patience = Patience(call=timedelta(seconds=5), read=timedelta(seconds=1))
        self.targets = GoogleCloudRunTargets(cloud.run_endpoint, patience)
        self.metrics = GoogleMetrics(cloud.monitoring_endpoint, patience)

        async def no_token(_audience: str = "") -> str:
            raise AssertionError("a token was asked for")

        self.use_cases = UseCases(
            Neighbours(
                catalog=catalog,
                store=self.store,
                incidents=RedisIncidents(memory),
                clock=clock,
                ids=CountingIds(),
                directory=self.people,
                targets=self.targets,
                registry=OciRegistry(http, endpoint=cloud.registry_url, token=no_token),
                metrics=self.metrics,
                prober=HttpProber(http, clock=clock, identity=no_token),
                database=self.backups,
                painter=PillowPainter(),
                rooms=self.premises,
                looks=self.overheard,
                pager=self.beeper,
                team=samples.TEAM,
                pace=Pace(),
            )
        )
        self.transitions = self.use_cases.transitions
        self.deploys = self.use_cases.deploys
        self.approvals = self.use_cases.approvals
        self.orders = self.use_cases.orders
        self.rollouts = self.use_cases.rollouts
        self.status = self.use_cases.status
        self.delivery = self.use_cases.delivery(self.outbox, self.board)

    async def ask(
        self, wish: Wish = TO_PRODUCTION, *, who: str = samples.DANA, once: str = ""
    ) -> Deploy:
        """Somebody asks for a deploy."""
        return await self.deploys.request(identity(who), wish, once=once or f"{who}{wish}")

    async def approve(self, deploy: Deploy, who: str = samples.SAM) -> Deploy:
        """Somebody approves the plan as it is now."""
        now = await self.now(deploy)
        plan_hash = now.approval.plan_hash if now.approval else "none"
        return await self.approvals.approve(identity(who), deploy.id, plan_hash)

    async def now(self, deploy: Deploy) -> Deploy:
        """The deploy as it is stored."""
        return (await self.store.deploy(deploy.id)).value

    async def work(self, deploy: Deploy, *, until: State | None = None, most: int = 60) -> Deploy:
        """Do what is due, over and over, moving time along, until a state or the end is reached."""
        for _ in range(most):
            found = await self.now(deploy)
            if found.over or found.state is until:
                return found
            if found.due is not None and found.due > self.clock.now():
                self.clock.move(found.due - self.clock.now())
            await self.rollouts.tick(deploy.id)
        return await self.now(deploy)

    async def serving(self, target: Target) -> Mapping[str, int]:
        """The traffic as the cloud shows it."""
        return (await self.targets.open(target).observe()).serving

    def behave(self, target: Target, version: str, behaviour: Behaviour) -> None:
        """Let whatever runs a version behave in a way from now on."""
        self.cloud.workload.behave_version(target.image, version, behaviour, self.clock.now())

    def load(self, target: Target, per_second: float) -> None:
        """Send so many requests to a target from now on."""
        self.cloud.workload.load(target.place.resource, per_second, self.clock.now())

    def rollouts_of(self, service: str = "api") -> int:
        """How many revisions were made for a service's production, beyond the two at first."""
        place = self.catalog.target(service, "production").place.resource
        return len(self.cloud.model.revisions[place]) - 2


def identity(who: str) -> Identity:
    """Somebody of the sample team."""
    return Identity(user=who, team=samples.TEAM)


@asynccontextmanager
async def bench_of(memory: Connections, catalog: Catalog) -> AsyncIterator[Bench]:
    """Everything running."""
    clock = VirtualClock()
    cloud = LocalCloud(seeds_of(catalog.targets()), clock)
    await cloud.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        bench = Bench(memory, cloud, http, catalog, clock)
        try:
            yield bench
        finally:
            await bench.targets.aclose()
            await bench.metrics.aclose()
            await cloud.stop()
