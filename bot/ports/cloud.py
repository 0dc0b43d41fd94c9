"""Clouds: where images are kept, services run, databases are backed up and all is measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.domain.artifact import Artifact
from bot.domain.backup import Backup, DatabaseInstance
from bot.domain.catalog import Target
from bot.domain.errors import CloudUnavailable
from bot.domain.evidence import Point, Probe, Sample, Window
from bot.domain.observation import Fence, Observation
from bot.domain.plan import Preview
from bot.domain.policy import Smoke


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A long-running operation: still running, or ended, with the cloud's reason when it failed."""

    running: bool
    problem: str | None = None


class Database(Protocol):
    """Databases that can be backed up. Starting a backup is repeatable: it is made once a deploy.

    A refusal is final; an instance that is busy is not refused but unavailable for now.
    """

    async def backups(self, instance: DatabaseInstance) -> tuple[Backup, ...]:
        """The backups of an instance, newest first."""

    async def back_up(self, instance: DatabaseInstance, deploy: str) -> str:
        """Begin a backup for a deploy, or adopt the one that it has.

        Returns the name of the operation to poll, "" when there is nothing to wait for.
        """

    async def poll(self, instance: DatabaseInstance, operation: str) -> Progress:
        """How far an operation is, from its name alone, also after a restart."""


class Registry(Protocol):
    """Where images are kept."""

    async def resolve(self, image: str, version: str) -> Artifact:
        """Pin a version (tag or digest) to a digest, with what the image says of itself.

        Raises `CloudRefused` when it is not there.
        """


class Metrics(Protocol):
    """What the revisions of a target did, as its cloud has measured it."""

    async def measure(self, target: Target, revisions: Sequence[str], window: Window) -> Sample:
        """One sample of all these revisions together; None in it where there is no data."""

    async def series(
        self, target: Target, revisions: Sequence[str], window: Window, period: timedelta
    ) -> tuple[Point, ...]:
        """Samples of successive periods, oldest first; periods without data are left out."""


class Prober(Protocol):
    """Asks a running revision how it is."""

    async def probe(self, address: str, smoke: Smoke) -> Probe:
        """Request `smoke.path` up to `smoke.attempts` times, until one answer is as expected.

        Never raises for what the revision does: that is the finding.
        """


class DeployTarget(Protocol):
    """One target in its cloud. Writes are repeatable: the same order twice has one effect."""

    async def observe(self) -> Observation:
        """What serves now."""

    async def preview(self, deploy: str, artifact: Artifact) -> Preview:
        """What `stage` would change, checked by the cloud and not written."""

    async def follow_latest(self, fence: Fence) -> str:
        """Send all traffic to whatever is the latest ready revision, now and later.

        Tags are kept. Returns and raises as `stage`.
        """

    async def stage(self, deploy: str, artifact: Artifact, fence: Fence) -> str:
        """Create a revision at 0 % of the traffic, marked with the deploy; what serves stays.

        Returns the name of the operation to poll, "" when there is nothing to wait for. Raises
        `StaleWrite` when the target was changed meanwhile or carries a higher fence.
        """

    async def route(
        self, split: Mapping[str, int], tags: Mapping[str, str | None], fence: Fence
    ) -> str:
        """Send traffic to revisions by percent (summing to 100), and set tags (None: remove it).

        An empty split leaves the traffic as it is; tags of others are kept. Returns and raises as
        `stage`.
        """

    async def poll(self, operation: str) -> Progress:
        """How far an operation is, from its name alone, also after a restart."""


class DeployTargets(Protocol):
    """Opens targets by their place in the catalog."""

    def open(self, target: Target) -> DeployTarget:
        """The adapter for a target; no I/O."""

    async def survey(
        self, targets: Sequence[Target]
    ) -> Mapping[str, Observation | CloudUnavailable]:
        """Observe many targets side by side; one that fails stands there with its error."""
