"""The state of the simulated Cloud SQL, and the rules by which it changes.

Behaviour follows the Cloud SQL Admin API: an instance does one thing at a time, backups are listed
newest first, and an operation may end without an error though its backup was skipped.
"""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

from google.cloud.sqladmin_v1.types import (
    BackupContext,
    BackupRun,
    Operation,
    OperationError,
    OperationErrors,
    SqlBackupRunStatus,
    SqlBackupRunType,
)

_STATE = Operation.SqlOperationStatus
_BOT = "signalbox@olympus.example"
# How long before now the nightly backup of a seeded instance began, and how long it took.
_NIGHTLY_AGE, _NIGHTLY_TOOK = timedelta(hours=8), timedelta(minutes=3)


class SqlFault(StrEnum):
    """What happens to the next call; those after the first five only make sense for orders."""

    PERMISSION_DENIED = "permission denied"
    NOT_ENABLED = "the API is not enabled"
    QUOTA = "quota used up"
    UNAVAILABLE_BEFORE = "unavailable, nothing done"
    LOST = "the connection breaks before the answer"
    UNAVAILABLE_AFTER = "unavailable, but done"
    BUSY = "another operation is under way"
    FAILED = "the backup fails"
    SKIPPED = "the backup is skipped, and the operation ends well"
    STUCK = "the operation never ends"


class SqlRefusal(Exception):
    """An answer that is no success: its HTTP status, Google's reason and the text."""

    def __init__(self, status: HTTPStatus, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


_REFUSALS = {
    SqlFault.PERMISSION_DENIED: (
        HTTPStatus.FORBIDDEN,
        "notAuthorized",
        "The client is not authorized to make this request.",
    ),
    SqlFault.NOT_ENABLED: (
        HTTPStatus.FORBIDDEN,
        "accessNotConfigured",
        "Cloud SQL Admin API has not been used in this project before or it is disabled.",
    ),
    SqlFault.QUOTA: (
        HTTPStatus.TOO_MANY_REQUESTS,
        "rateLimitExceeded",
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'.",
    ),
    SqlFault.UNAVAILABLE_BEFORE: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "serverException",
        "Service temporarily unavailable.",
    ),
    SqlFault.UNAVAILABLE_AFTER: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "serverException",
        "Service temporarily unavailable.",
    ),
    SqlFault.BUSY: (
        HTTPStatus.CONFLICT,
        "operationInProgress",
        "Operation failed because another operation was already in progress.",
    ),
}

_ENDS: Mapping[SqlFault | None, int] = {
    SqlFault.FAILED: SqlBackupRunStatus.FAILED,
    SqlFault.SKIPPED: SqlBackupRunStatus.SKIPPED,
}


def refuse(fault: SqlFault | None, when: Collection[SqlFault]) -> None:
    """Raise `SqlRefusal` for a fault that is among those of this moment."""
    if fault is not None and fault in when and fault in _REFUSALS:
        raise SqlRefusal(*_REFUSALS[fault])


@dataclass(slots=True, kw_only=True)
class _Work:
    """A backup under way; `ends` is None while it is stuck."""

    operation: Operation
    run: BackupRun
    place: str
    ends: datetime | None
    fault: SqlFault | None


@dataclass(slots=True, kw_only=True)
class SqlModel:
    """Instances (`project/instance`) and their backups, newest first. Faults are planned for the
    next calls; `away` makes all fail; `delay` is how long a backup takes.
    """

    delay: timedelta = timedelta(seconds=30)
    away: bool = False
    runs: dict[str, list[BackupRun]] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    orders: deque[SqlFault] = field(default_factory=deque)
    reads: deque[SqlFault] = field(default_factory=deque)
    _under_way: list[_Work] = field(default_factory=list)

    def seed(self, place: str, now: datetime, *, age: timedelta = _NIGHTLY_AGE) -> None:
        """Put an instance there whose nightly backup is of that age."""
        began = now - age
        self.runs[place] = [
            BackupRun(
                kind="sql#backupRun",
                id=_number(began),
                instance=place.partition("/")[2],
                type_=SqlBackupRunType.AUTOMATED,
                status=SqlBackupRunStatus.SUCCESSFUL,
                window_start_time=began,
                enqueued_time=began,
                start_time=began,
                end_time=began + _NIGHTLY_TOOK,
            )
        ]

    def plan(self, *faults: SqlFault) -> None:
        """Let the next orders of a backup go wrong, in this order."""
        self.orders.extend(faults)

    def plan_reads(self, *faults: SqlFault) -> None:
        """Let the next reads go wrong, in this order."""
        self.reads.extend(faults)

    def settle(self, now: datetime) -> None:
        """End what has taken its time."""
        for work in [each for each in self._under_way if each.ends and each.ends <= now]:
            self._end(work, work.ends or now)
            self._under_way.remove(work)

    def listed(self, place: str) -> list[BackupRun]:
        """The backups of an instance, newest first. Raises `SqlRefusal` when there is none such."""
        if place not in self.runs:
            raise SqlRefusal(
                HTTPStatus.NOT_FOUND,
                "instanceDoesNotExist",
                "The Cloud SQL instance does not exist.",
            )
        return self.runs[place]

    def order(
        self, place: str, wanted: BackupRun, now: datetime, fault: SqlFault | None = None
    ) -> Operation:
        """Begin a backup. Raises `SqlRefusal`, for a busy instance among others."""
        runs = self.listed(place)
        if any(each.place == place for each in self._under_way):
            fault = SqlFault.BUSY
        refuse(fault, {SqlFault.BUSY})
        project, _, instance = place.partition("/")
        run = BackupRun(
            kind="sql#backupRun",
            id=max([_number(now), *(each.id + 1 for each in runs)]),
            instance=instance,
            type_=SqlBackupRunType.ON_DEMAND,
            status=SqlBackupRunStatus.RUNNING,
            description=wanted.description,
            window_start_time=now,
            enqueued_time=now,
            start_time=now,
        )
        operation = Operation(
            kind="sql#operation",
            name=f"00000000-0000-4000-8000-{len(self.operations) + 1:012x}",
            status=_STATE.PENDING,
            operation_type=Operation.SqlOperationType.BACKUP_VOLUME,
            user=_BOT,
            target_id=instance,
            target_project=project,
            insert_time=now,
            start_time=now,
            backup_context=BackupContext(kind="sql#backupContext", backup_id=run.id),
        )
        runs.insert(0, run)
        self.operations[operation.name] = operation
        ends = None if fault is SqlFault.STUCK else now + self.delay
        work = _Work(operation=operation, run=run, place=place, ends=ends, fault=fault)
        self._under_way.append(work)
        return operation

    def _end(self, work: _Work, at: datetime) -> None:
        operation, run = work.operation, work.run
        # Google's enumerations have no types: their members are plain numbers to a checker.
        run.status = SqlBackupRunStatus(_ENDS.get(work.fault, SqlBackupRunStatus.SUCCESSFUL))
        operation.status = _STATE(_STATE.DONE)
        operation.end_time = run.end_time = at
        if work.fault is SqlFault.FAILED:
            run.error = OperationError(
                kind="sql#operationError",
                code="INTERNAL_ERROR",
                message="The backup could not be completed.",
            )
            operation.error = OperationErrors(kind="sql#operationErrors", errors=[run.error])


def _number(moment: datetime) -> int:
    """Backups are numbered by the millisecond in which they were ordered."""
    return int(moment.timestamp() * 1000)
