"""Cloud Run targets that cost nothing until they are used.

Google's client takes longer to import than everything else together. Slack gives three seconds to a
command, also to one that wakes a scaled-down bot, and no command needs the cloud for its answer: so
the import happens in a thread, after the start.
"""

import asyncio
import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.domain.artifact import Artifact
from bot.domain.catalog import Target
from bot.domain.errors import CloudUnavailable
from bot.domain.observation import Fence, Observation
from bot.domain.plan import Preview
from bot.ports import DeployTarget, Progress

if TYPE_CHECKING:
    from adapters.gcp.cloud_run import GoogleCloudRunTargets


class LazyCloudRunTargets:
    """`bot.ports.DeployTargets` that loads Google's client on first use."""

    def __init__(self, endpoint: str | None) -> None:
        self._endpoint = endpoint
        self._loading = asyncio.Lock()
        self._loaded: GoogleCloudRunTargets | None = None

    async def loaded(self) -> "GoogleCloudRunTargets":
        """Import and connect, once. Raises `CloudUnavailable` without client or credentials.

        A failure is not remembered: credentials may be there at the next attempt.
        """
        async with self._loading:
            if self._loaded is None:
                # The one late import of Signalbox: see the top of this module.
                try:
                    module = await asyncio.to_thread(
                        importlib.import_module, "adapters.gcp.cloud_run"
                    )
                except ModuleNotFoundError as error:
                    raise CloudUnavailable(
                        "Google's Cloud Run client is not installed. Install signalbox[gcp]."
                    ) from error
                self._loaded = await module.connect(self._endpoint)
            return self._loaded

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
        async with self._loading:
            if self._loaded is not None:
                await self._loaded.aclose()
                self._loaded = None


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
