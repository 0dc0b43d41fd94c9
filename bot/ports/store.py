"""What is kept: documents, the ledger and the audit log, written by one atomic change each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from bot.domain.audit import AuditEntry
from bot.domain.checklist import Checklist
from bot.domain.deploy import Deploy
from bot.domain.history import Record
from bot.domain.incidents.bindings import Binding
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import TimelineLine
from bot.domain.lane import Lane
from bot.domain.maintenance import MaintenanceRun, MaintenanceSchedule
from bot.domain.message import Entry
from bot.domain.restrictions import Restrictions
from bot.domain.review import Review
from bot.domain.roster import Roster

T_co = TypeVar("T_co", covariant=True)

_REVIEW = "review:"
_ROOM = "room:"
_MAINTENANCE = "maintenance:"
Document = (
    Deploy
    | Lane
    | Restrictions
    | Checklist
    | Review
    | Incident
    | Binding
    | MaintenanceRun
    | MaintenanceSchedule
    | Roster
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Generic[T_co]):
    """A document with the version under which it was read; 0 means that it is not stored yet."""

    value: T_co
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Everything that one transition writes, all or nothing.

    `writes`: documents with the version that they must still have. `unchanged`: those that it was
    decided on, which must still have their version as well, and are not written. `wake`: when the
    worker has to look at a thing (None: never), by its name in the agenda: the id of a deploy, the
    reference of an incident, or the item of a review, a room or a maintenance rule. `entries`:
    messages for the outbox, in order. `records`: lines for the ledgers of their targets.
    `timeline`: lines for the timelines of incidents, with their references. `once`: a key under
    which this change may happen one time only (within 24 h), with the result that a repetition is
    told. `asked`: a fingerprint of what was asked for under that key; with another one it is no
    repetition (empty: whatever comes under the key is one).
    """

    writes: tuple[Stored[Document], ...]
    unchanged: tuple[Stored[Document], ...] = ()
    wake: Mapping[str, datetime | None] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    audit: tuple[AuditEntry, ...] = ()
    records: tuple[Record, ...] = ()
    timeline: tuple[tuple[str, TimelineLine], ...] = ()
    once: tuple[str, str] | None = None
    asked: str = ""


def review_item(deploy_id: str) -> str:
    """The name of a deploy's review in the agenda."""
    return f"{_REVIEW}{deploy_id}"


def reviewed(item: str) -> str | None:
    """The deploy whose review an item of the agenda stands for; None when it is a deploy itself."""
    return item.removeprefix(_REVIEW) if item.startswith(_REVIEW) else None


def room_item(ref: str) -> str:
    """The name of an incident's room in the agenda."""
    return f"{_ROOM}{ref}"


def roomed(item: str) -> str | None:
    """The incident whose room an item of the agenda stands for; None when it stands for none."""
    return item.removeprefix(_ROOM) if item.startswith(_ROOM) else None


def maintenance_item(rule: str) -> str:
    """The name of a maintenance rule in the agenda."""
    return f"{_MAINTENANCE}{rule}"


def maintained(item: str) -> str | None:
    """The maintenance rule that an item of the agenda stands for; None when it stands for none."""
    return item.removeprefix(_MAINTENANCE) if item.startswith(_MAINTENANCE) else None


class Store(Protocol):
    """Documents, changed by one atomic write per transition."""

    async def deploy(self, deploy_id: str) -> Stored[Deploy]:
        """Load a deploy. Raises `NotFound`."""

    async def lane(self, target: str) -> Stored[Lane]:
        """Load the lane of a target (version 0 and empty when nobody ever used it)."""

    async def restrictions(self) -> Stored[Restrictions]:
        """Load what forbids deploys at the moment (version 0 and empty when nothing ever did)."""

    async def checklist(self, deploy_id: str, edition: int) -> Stored[Checklist]:
        """Load the checklist of a deploy's plan. Raises `NotFound`."""

    async def review(self, deploy_id: str) -> Stored[Review]:
        """Load the review of a deploy. Raises `NotFound`."""

    async def roster(self, group: str) -> Stored[Roster]:
        """Who was in a group when that was asked last (version 0 and empty: it never was)."""

    async def ledger(self, target: str, limit: int) -> tuple[Record, ...]:
        """The newest records of a target, newest first."""

    async def last_completed(self, targets: Sequence[str]) -> Mapping[str, Deploy]:
        """The newest deploy of each target that landed, by target key."""

    async def unfinished(self) -> tuple[Deploy, ...]:
        """Every deploy that is not over, by its id."""

    async def commit(self, change: Change) -> str | None:
        """Write a change, or nothing.

        Returns None when it was written, and the first one's result when `once` has happened
        before. Raises `ConcurrentUpdate` when a document's version is not the expected one, and
        `KeyReused` when what happened before was something else (see `Change.asked`).
        """

    async def audit(self, entry: AuditEntry) -> None:
        """Append to the audit log what changed no document, such as a refusal."""

    async def recover(self, now: datetime) -> int:
        """Give everything that is not over back the place in the agenda that it has lost, and wake
        a worker for what is due by now; returns how many.

        That is every unfinished deploy, every review that nobody has signed, every open incident
        and every room and maintenance rule for which there is a time.
        """
