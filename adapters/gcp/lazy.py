"""Google's clients that cost nothing until they are used.

Each takes longer to import than everything else together. Slack gives three seconds to a command,
also to one that wakes a scaled-down bot, and no command needs the cloud for its answer: so the
import happens in a thread, after the start.
"""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from bot.domain.artifact import Artifact
from bot.domain.backup import Backup, DatabaseInstance
from bot.domain.catalog import Target
from bot.domain.errors import CloudUnavailable
from bot.domain.evidence import Point, Sample, Window
from bot.domain.observation import Fence, Observation
from bot.domain.plan import Preview
from bot.ports import DeployTarget, Progress

if TYPE_CHECKING:
    from adapters.gcp.cloud_run import GoogleCloudRunTargets
    from adapters.gcp.cloud_sql import GoogleCloudSql
    from adapters.gcp.monitoring import GoogleMetrics


class _Closable(Protocol):
    async def aclose(self) -> None: ...


C = TypeVar("C", bound=_Closable)


class _Lazy(Generic[C]):
    """Something of a module of Google's that is imported and opened on first use, once."""

    def __init__(
        self, module: str, client: str, connect: Callable[[ModuleType], Awaitable[C]]
    ) -> None:
        self._module = module
        self._client = client
        self._connect = connect
        self._loading = asyncio.Lock()
        self._loaded: C | None = None

    async def loaded(self) -> C:
        """Import and connect, once. Raises `CloudUnavailable` without client or credentials.

        A failure is not remembered: credentials may be there at the next attempt.
        """
        async with self._loading:
            if self._loaded is None:
                # A late import, for the reason at the top of this module.
                try:
                    module = await asyncio.to_thread(importlib.import_module, self._module)
                except ModuleNotFoundError as error:
                    raise CloudUnavailable(
                        f"Google's {self._client} client is not installed. Install signalbox[gcp]."
                    ) from error
                self._loaded = await self._connect(module)
            return self._loaded

    async def aclose(self) -> None:
        """Close what was opened, if anything was."""
        async with self._loading:
            if self._loaded is not None:
                await self._loaded.aclose()
                self._loaded = None


class LazyCloudRunTargets:
    """`bot.ports.DeployTargets` that loads Google's client on first use."""

    def __init__(self, endpoint: str | None) -> None:
        self._lazy: _Lazy[GoogleCloudRunTargets] = _Lazy(
            "adapters.gcp.cloud_run", "Cloud Run", lambda module: module.connect(endpoint)
        )

    async def loaded(self) -> "GoogleCloudRunTargets":
        """Import and connect, once. Raises `CloudUnavailable` without client or credentials."""
        return await self._lazy.loaded()

    def open(self, target: Target) -> DeployTarget:
        """The adapter for a target; nothing is imported yet."""
        return _LazyTarget(self, target)

    async def survey(
        self, targets: Sequence[Target]
    ) -> Mapping[str, Observation | CloudUnavailable]:
        """Observe many targets side by side; without client or credentials all of them fail."""
        try:
            loaded = await self.loaded()
        except CloudUnavailable as error:
            return {target.key: error for target in targets}
        return await loaded.survey(targets)

    async def aclose(self) -> None:
        """Close the connection, if there is one."""
        await self._lazy.aclose()


class LazyGoogleMetrics:
    """`bot.ports.Metrics` that loads Google's client on first use."""

    def __init__(self, endpoint: str | None) -> None:
        self._lazy: _Lazy[GoogleMetrics] = _Lazy(
            "adapters.gcp.monitoring", "Cloud Monitoring", lambda module: module.connect(endpoint)
        )

    async def loaded(self) -> "GoogleMetrics":
        """Import and connect, once. Raises `CloudUnavailable` without client or credentials."""
        return await self._lazy.loaded()

    async def measure(self, target: Target, revisions: Sequence[str], window: Window) -> Sample:
        """As `GoogleMetrics`."""
        return await (await self.loaded()).measure(target, revisions, window)

    async def series(
        self, target: Target, revisions: Sequence[str], window: Window, period: timedelta
    ) -> tuple[Point, ...]:
        """As `GoogleMetrics`."""
        return await (await self.loaded()).series(target, revisions, window, period)

    async def aclose(self) -> None:
        """Close the connection, if there is one."""
        await self._lazy.aclose()


class LazyGoogleCloudSql:
    """`bot.ports.Database` that loads Google's message types on first use.

    `endpoint` and `token` as in `GoogleCloudSql`.
    """

    def __init__(self, endpoint: str | None, token: Callable[[], Awaitable[str]]) -> None:
        self._lazy: _Lazy[GoogleCloudSql] = _Lazy(
            "adapters.gcp.cloud_sql", "Cloud SQL", lambda module: module.connect(endpoint, token)
        )

    async def loaded(self) -> "GoogleCloudSql":
        """Import and connect, once. Raises `CloudUnavailable` without the client."""
        return await self._lazy.loaded()

    async def backups(self, instance: DatabaseInstance) -> tuple[Backup, ...]:
        """As `GoogleCloudSql`."""
        return await (await self.loaded()).backups(instance)

    async def back_up(self, instance: DatabaseInstance, deploy: str) -> str:
        """As `GoogleCloudSql`."""
        return await (await self.loaded()).back_up(instance, deploy)

    async def poll(self, instance: DatabaseInstance, operation: str) -> Progress:
        """As `GoogleCloudSql`."""
        return await (await self.loaded()).poll(instance, operation)

    async def aclose(self) -> None:
        """Close the connections, if there are any."""
        await self._lazy.aclose()


class _LazyTarget:
    """One target, opened for each call."""

    def __init__(self, targets: LazyCloudRunTargets, target: Target) -> None:
        self._targets = targets
        self._target = target

    async def observe(self) -> Observation:
        return await (await self._opened()).observe()

    async def preview(self, deploy: str, artifact: Artifact) -> Preview:
        return await (await self._opened()).preview(deploy, artifact)

    async def follow_latest(self, fence: Fence) -> str:
        return await (await self._opened()).follow_latest(fence)

    async def stage(self, deploy: str, artifact: Artifact, fence: Fence) -> str:
        return await (await self._opened()).stage(deploy, artifact, fence)

    async def route(
        self, split: Mapping[str, int], tags: Mapping[str, str | None], fence: Fence
    ) -> str:
        return await (await self._opened()).route(split, tags, fence)

    async def poll(self, operation: str) -> Progress:
        return await (await self._opened()).poll(operation)

    async def _opened(self) -> DeployTarget:
        return (await self._targets.loaded()).open(self._target)
