"""The simulated cloud with the production adapter on it, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import samples
from fakes import VirtualClock
from google.cloud import run_v2

from adapters.gcp.cloud_run import GoogleCloudRun, GoogleCloudRunTargets, Patience
from adapters.local.cloud.console import Console
from adapters.local.cloud.model import CloudModel
from adapters.local.cloud.seeds import digest_of, seeds_of
from adapters.local.cloud.server import LocalCloud
from bot.domain.artifact import Artifact
from bot.domain.observation import Fence

TARGET = samples.catalog().target("api", "production")
NAME = TARGET.place.resource
# What serves at first, and the revision that the first deploy makes.
OLD, NEW = "api-00002", "api-00003"
DEPLOY, TAG = "D-7F3K2", "c-d-7f3k2"
DELAY = timedelta(seconds=2)
SHORT = Patience(call=timedelta(seconds=1), read=timedelta(seconds=1))


def first(step: int) -> Fence:
    """The fence of a step of the first deploy."""
    return Fence(turn=1, step=step)


def artifact(version: str = "v1.2.0") -> Artifact:
    """An image that the simulated registry has."""
    digest = digest_of(TARGET.image, version)
    return Artifact(image=TARGET.image, version=version, digest=digest)


class World:
    """A cloud whose time stands still until it is moved, and the production adapter on it."""

    def __init__(
        self, cloud: LocalCloud, clock: VirtualClock, targets: GoogleCloudRunTargets
    ) -> None:
        self.cloud = cloud
        self.clock = clock
        self.targets = targets
        self.api: GoogleCloudRun = targets.open(TARGET)
        self.console = Console(model=cloud.model, who="eve@olympus.example")

    @property
    def model(self) -> CloudModel:
        """What the cloud holds."""
        return self.cloud.model

    @property
    def service(self) -> run_v2.Service:
        """The service as the cloud holds it."""
        return self.cloud.model.services[NAME]

    async def ended(self, operation: str) -> None:
        """Let an operation end."""
        assert operation
        assert (await self.api.poll(operation)).running
        self.clock.move(DELAY)
        assert not (await self.api.poll(operation)).running

    async def staged(self) -> None:
        """A new revision, ready at 0 %."""
        await self.ended(await self.api.stage(DEPLOY, artifact(), first(1)))

    async def tagged(self) -> None:
        """A new revision with a preview address."""
        await self.staged()
        await self.ended(await self.api.route({}, {TAG: NEW}, first(2)))


@asynccontextmanager
async def world_of_api() -> AsyncIterator[World]:
    """All sample targets; `api` of the world is api in production, on v1.1.0."""
    clock = VirtualClock()
    cloud = LocalCloud(seeds_of(samples.catalog().targets()), clock)
    cloud.model.faults.delay = DELAY
    await cloud.start()
    targets = GoogleCloudRunTargets(cloud.run_endpoint, SHORT)
    try:
        yield World(cloud, clock, targets)
    finally:
        await targets.aclose()
        await cloud.stop()
