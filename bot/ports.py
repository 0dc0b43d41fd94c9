"""What Signalbox asks of the world, as Protocols. Adapters implement them; use cases call them.

Every method may raise the `Unavailable` error of its neighbour (`StoreUnavailable`,
`SlackUnavailable`, `CloudUnavailable`); further errors are named at the method.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from bot.domain.actor import Actor
from bot.domain.artifact import Artifact
from bot.domain.audit import AuditEntry
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.errors import CloudUnavailable
from bot.domain.evidence import Point, Probe, Sample, Window
from bot.domain.lane import Lane
from bot.domain.message import Entry, MessageRef
from bot.domain.observation import Fence, Observation
from bot.domain.plan import Preview
from bot.domain.policy import Smoke

T_co = TypeVar("T_co", covariant=True)

Document = Deploy | Lane


class Clock(Protocol):
    """The time, always in UTC, and the only way to wait."""

    def now(self) -> datetime:
        """The present moment, with time zone UTC."""

    async def sleep(self, duration: timedelta) -> None:
        """Wait."""


class Ids(Protocol):
    """New identifiers that do not repeat."""

    def deploy(self) -> str:
        """A short one for people, such as D-7F3K2."""

    def token(self) -> str:
        """A long one for machines: 26 characters, sortable by time of creation."""


# ── State ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Generic[T_co]):
    """A document with the version under which it was read; 0 means that it is not stored yet."""

    value: T_co
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Everything that one transition writes, all or nothing.

    `writes`: documents with the version that they must still have. `wake`: when the worker has to
    look at a deploy (None: never). `entries`: messages for the outbox, in order. `once`: a key
    under which this change may happen one time only (within 24 h), with the result that a
    repetition is told.
    """

    writes: tuple[Stored[Document], ...]
    wake: Mapping[str, datetime | None] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    audit: tuple[AuditEntry, ...] = ()
    once: tuple[str, str] | None = None


class Store(Protocol):
    """Documents, changed by one atomic write per transition."""

    async def deploy(self, deploy_id: str) -> Stored[Deploy]:
        """Load a deploy. Raises `NotFound`."""

    async def lane(self, target: str) -> Stored[Lane]:
        """Load the lane of a target (version 0 and empty when nobody ever used it)."""

    async def last_completed(self, targets: Sequence[str]) -> Mapping[str, Deploy]:
        """The newest completed deploy of each target that has one, by target key."""

    async def commit(self, change: Change) -> str | None:
        """Write a change, or nothing.

        Returns None when it was written, and the first one's result when `once` has happened
        before. Raises `ConcurrentUpdate` when a document's version is not the expected one.
        """

    async def audit(self, entry: AuditEntry) -> None:
        """Append to the audit log what changed no document, such as a refusal."""

    async def recover(self, now: datetime) -> int:
        """Wake every unfinished deploy that has no place in the agenda; returns how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a worker got: ids that are its own for the lease, and when the next one falls due."""

    ids: tuple[str, ...]
    next_in: timedelta | None


class Agenda(Protocol):
    """Things that fall due, shared by any number of workers; a lease keeps two from one thing.

    A lease only saves work. That nothing is done twice is due to versions and fences.
    """

    async def claim(self, limit: int, lease: timedelta) -> Claimed:
        """Take up to `limit` due things, moving each to now + lease (by the server's clock)."""

    async def renew(self, item: str, lease: timedelta) -> None:
        """Keep a claimed thing for another lease.

        Does nothing when it is gone, or when somebody gave it another time since it was claimed.
        """

    async def postpone(self, item: str, delay: timedelta) -> None:
        """Give a claimed thing back, due again after a delay; exceptions as in `renew`."""

    async def wait(self, at_most: timedelta) -> None:
        """Return when something has become due, or after that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The waiting entries of one channel, oldest first, with what is known of earlier attempts.

    `cards` has the place of every card that these entries speak of and that is posted already.
    `intents` has, for entries whose posting was begun before, the time of that attempt.
    """

    entries: tuple[Entry, ...]
    cards: Mapping[str, MessageRef]
    intents: Mapping[str, datetime]


class Outbox(Agenda, Protocol):
    """Messages on their way, in order per channel. The agenda's items are channel names."""

    async def read(self, channel: str, limit: int) -> Mail:
        """The oldest entries of a channel."""

    async def intend(self, entry: Entry, now: datetime) -> None:
        """Note that a post is about to be sent, so that a repetition looks for it first."""

    async def settle(
        self, channel: str, entries: Sequence[Entry], *, card: tuple[str, MessageRef] | None = None
    ) -> bool:
        """Remove delivered entries and remember where a card was posted, in one write.

        Says whether more entries are waiting for this worker. When none are, the channel has left
        the agenda; when the lease was lost, it is another worker's: either way this one stops.
        """

    async def bury(self, entry: Entry, reason: str) -> bool:
        """Move an entry that can never be delivered out of the way, kept for a person to see.

        Returns as `settle`.
        """


# ── Neighbours ───────────────────────────────────────────────────────────────────────────────────


class Directory(Protocol):
    """The people of the workspace."""

    async def actor(self, user: str, team: str) -> Actor:
        """Who this is, with the groups of this moment.

        Raises `NotPermitted` for other teams, guests, bots and deactivated people.
        """


class Notifier(Protocol):
    """Shows messages to people."""

    async def show(self, entry: Entry, deploy: Deploy, card: MessageRef | None) -> MessageRef:
        """Post a card (`card` is None), edit it in place, or post a note below it.

        Raises `SlackRefused`; `SlackUnavailable` says whether the message may be there all the
        same.
        """

    async def find(
        self, entry: Entry, card: MessageRef | None, since: datetime
    ) -> MessageRef | None:
        """Look for a message that an earlier attempt may have posted."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A long-running operation: still running, or ended, with the cloud's reason when it failed."""

    running: bool
    problem: str | None = None


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
