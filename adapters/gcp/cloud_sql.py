"""Backups of Cloud SQL instances, through the Cloud SQL Admin API (REST, v1).

Google's Python package for this API, google-cloud-sql, speaks gRPC only, which the public endpoint
is reported not to serve. So its message types read the answers here, and HTTP carries them.

The API has no idempotency key. A deploy therefore writes its mark into the description of its
backup, and looks for it there before it orders one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import aiohttp
from google.api_core import exceptions
from google.cloud.sqladmin_v1.types import (
    BackupRun,
    BackupRunsListResponse,
    Operation,
    OperationError,
    SqlBackupRunStatus,
)
from google.protobuf.json_format import ParseError
from google.protobuf.timestamp_pb2 import Timestamp

from adapters.gcp.errors import translated, words
from adapters.gcp.patience import Patience
from adapters.gcp.rest import GoogleRest, Token, reasons_of
from bot.domain.backup import Backup, BackupStatus, DatabaseInstance, mark_of, own_backup
from bot.domain.errors import CloudRefused, CloudUnavailable, Outcome
from bot.ports import Progress

ENDPOINT = "https://sqladmin.googleapis.com"
# The newest backups are read, and that many at a time.
_PAGE, _PAGES = 100, 5
# An instance does one thing at a time and Google names no time to wait: long enough to be no
# burden, short beside what a backup takes.
_BUSY_REST = timedelta(seconds=20)
_IN_PROGRESS = "operationInProgress"
_NOT_ENABLED = "accessNotConfigured"
# How a backup is named to `poll` that was found by its mark, and whose operation is not known.
_RUN = "backupRuns/"
_STATUS = SqlBackupRunStatus
_STATUSES: Mapping[int, BackupStatus] = {
    _STATUS.ENQUEUED: BackupStatus.RUNNING,
    _STATUS.RUNNING: BackupStatus.RUNNING,
    _STATUS.SUCCESSFUL: BackupStatus.SUCCEEDED,
    _STATUS.FAILED: BackupStatus.FAILED,
    _STATUS.SKIPPED: BackupStatus.SKIPPED,
}
_SILENT = "The cloud gives no reason."
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class GoogleCloudSql:
    """`bot.ports.Database`. `http` is closed with it.

    `endpoint` replaces Google's, and `token` gives an access token for Google's. Raises ValueError
    for a plaintext `endpoint` that is not on this machine.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        endpoint: str | None,
        token: Token,
        patience: Patience | None = None,
    ) -> None:
        patience = patience or Patience()
        self._http = http
        self._rest = GoogleRest(http, endpoint or ENDPOINT, token=token, timeout=patience.call)
        self._read = patience.retry(self._rest.get)

    async def backups(self, instance: DatabaseInstance) -> tuple[Backup, ...]:
        """The newest backups of an instance, at most 500, newest first."""
        found: list[Backup] = []
        query = {"maxResults": str(_PAGE)}
        with _asking(instance, "cloudsql.backupRuns.list"):
            for _ in range(_PAGES):
                answer = await self._read(f"{_place(instance)}/backupRuns", query)
                listed = BackupRunsListResponse.from_json(answer, ignore_unknown_fields=True)
                found.extend(_backup_of(run, instance) for run in listed.items)
                if not listed.next_page_token:
                    break
                query["pageToken"] = listed.next_page_token
        return tuple(sorted(found, key=lambda each: each.started or _BEFORE_ALL, reverse=True))

    async def back_up(self, instance: DatabaseInstance, deploy: str) -> str:
        """Order a backup that carries the mark of a deploy, unless there is one already.

        Raises `CloudUnavailable` with a time to wait while the instance does something else.
        """
        ours = own_backup(await self.backups(instance), deploy)
        if ours is not None:
            return "" if ours.status is BackupStatus.SUCCEEDED else f"{_RUN}{ours.id}"
        order = {
            "kind": "sql#backupRun",
            "instance": instance.instance,
            "description": mark_of(deploy),
        }
        with _asking(instance, "cloudsql.backupRuns.create", write=True):
            # Sent once: whether an order without an answer was taken is unknown.
            answer = await self._rest.post(f"{_place(instance)}/backupRuns", order)
            started = Operation.from_json(answer, ignore_unknown_fields=True)
            if not started.name:
                raise ParseError("the operation has no name")
        return str(started.name)

    async def poll(self, instance: DatabaseInstance, operation: str) -> Progress:
        """How far a backup is. An operation that ended well is believed once its backup is there:
        it may have been skipped.
        """
        if not operation:
            return Progress(running=False)
        if operation.startswith(_RUN):
            return await self._run(instance, operation.removeprefix(_RUN))
        path = f"/v1/projects/{instance.project}/operations/{quote(operation, safe='')}"
        with _asking(instance, "cloudsql.instances.get"):
            try:
                answer = await self._read(path)
            except exceptions.NotFound:
                return _ended("Cloud SQL has forgotten the operation.")
            found = Operation.from_json(answer, ignore_unknown_fields=True)
        if Operation.pb(found).status != Operation.SqlOperationStatus.DONE:
            return Progress(running=True)
        if found.error.errors:
            return _ended(words("; ".join(_reason(each) for each in found.error.errors)))
        if not found.backup_context.backup_id:
            return _ended("Cloud SQL does not say which backup was made.")
        return await self._run(instance, str(found.backup_context.backup_id))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def _run(self, instance: DatabaseInstance, number: str) -> Progress:
        with _asking(instance, "cloudsql.backupRuns.get"):
            try:
                answer = await self._read(f"{_place(instance)}/backupRuns/{quote(number, safe='')}")
            except exceptions.NotFound:
                return _ended("The backup is not there any more.")
            run = BackupRun.from_json(answer, ignore_unknown_fields=True)
        found = _backup_of(run, instance)
        return Progress(running=found.status is BackupStatus.RUNNING, problem=found.problem)


async def connect(endpoint: str | None, token: Token) -> GoogleCloudSql:
    """Open the Cloud SQL Admin API."""
    return GoogleCloudSql(aiohttp.ClientSession(), endpoint=endpoint, token=token)


@contextmanager
def _asking(instance: DatabaseInstance, permission: str, *, write: bool = False) -> Iterator[None]:
    """As `translated`, with what Cloud SQL says in its own way."""
    subject = f"Cloud SQL instance {instance}"
    with translated(subject, permission=permission, write=write):
        try:
            yield
        except exceptions.ClientError as error:
            reasons = reasons_of(error)
            # It has come with the status 403 as well.
            if isinstance(error, exceptions.Conflict) or _IN_PROGRESS in reasons:
                raise CloudUnavailable(
                    f"{subject} is busy. {words(error.message)}".rstrip(), retry_after=_BUSY_REST
                ) from error
            if _NOT_ENABLED in reasons:
                raise CloudRefused(
                    f"The Cloud SQL Admin API is not enabled in project {instance.project}. "
                    "Enable sqladmin.googleapis.com there."
                ) from error
            raise
        except (ParseError, UnicodeDecodeError) as error:
            raise CloudUnavailable(
                f"What the cloud answers about {subject} cannot be read.",
                outcome=Outcome.UNKNOWN if write else Outcome.NOT_DONE,
            ) from error


def _place(instance: DatabaseInstance) -> str:
    return f"/v1/projects/{instance.project}/instances/{instance.instance}"


def _backup_of(run: BackupRun, instance: DatabaseInstance) -> Backup:
    # Numbers and times as they came: the class around them warns of a number that it does not know.
    message = BackupRun.pb(run)
    status = _STATUSES.get(message.status, BackupStatus.UNKNOWN)
    return Backup(
        id=str(run.id),
        instance=instance,
        status=status,
        started=_moment(message.start_time) or _moment(message.enqueued_time),
        ended=_moment(message.end_time),
        description=run.description,
        problem=_problem(run, status),
    )


def _problem(run: BackupRun, status: BackupStatus) -> str | None:
    match status:
        case BackupStatus.RUNNING | BackupStatus.SUCCEEDED:
            return None
        case BackupStatus.FAILED:
            return _reason(run.error)
        case BackupStatus.SKIPPED:
            return "Cloud SQL skipped the backup."
        case BackupStatus.UNKNOWN:
            return f"Cloud SQL calls the state of the backup {_name(BackupRun.pb(run).status)}."


def _name(state: int) -> str:
    try:
        return str(SqlBackupRunStatus(state).name)
    except ValueError:
        return str(state)


def _moment(stamp: Timestamp) -> datetime | None:
    """None for a time that was not given."""
    return stamp.ToDatetime(tzinfo=UTC) if stamp.ByteSize() else None


def _reason(error: OperationError) -> str:
    said = words(error.message)
    return f"{said} ({error.code})" if said and error.code else said or error.code or _SILENT


def _ended(problem: str) -> Progress:
    return Progress(running=False, problem=problem)
