"""The simulated Cloud SQL Admin API over REST: backups of instances, and their operations.

Answers are Google's own message types as JSON, and what is sent is read by them strictly. The
paths are those of both versions: the bot speaks v1, and gcloud speaks v1beta4.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from google.cloud.sqladmin_v1.types import BackupRun, BackupRunsListResponse, Operation
from google.protobuf.json_format import ParseError

from adapters.local.cloud.faults import QUOTA_REST
from adapters.local.cloud.sql_model import SqlFault, SqlModel, SqlRefusal, refuse
from bot.ports import Clock

Answer = BackupRun | BackupRunsListResponse | Operation

_PREFIXES = ("/v1", "/sql/v1beta4")
# How many backups are listed at once when nobody asks for a number.
_PAGE = 100
_AFTER = frozenset({SqlFault.UNAVAILABLE_AFTER})
_BEFORE = frozenset(SqlFault) - _AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlAdmin:
    """What can be asked about the instances of a model."""

    model: SqlModel
    clock: Clock

    def mount(self, router: web.UrlDispatcher) -> None:
        """Answer under /v1/projects/ and /sql/v1beta4/projects/."""
        for prefix in _PREFIXES:
            runs = prefix + "/projects/{project}/instances/{instance}/backupRuns"
            router.add_post(runs, self._insert)
            router.add_get(runs, self._list)
            router.add_get(runs + "/{id}", self._get)
            router.add_get(prefix + "/projects/{project}/operations/{name}", self._operation)

    async def _insert(self, request: web.Request) -> web.Response:
        body = await request.read()
        place = _place(request)

        def order(fault: SqlFault | None) -> Operation:
            wanted = _wanted(body, request.match_info["instance"])
            return self.model.order(place, wanted, self.clock.now(), fault)

        return self._answer(request, self.model.orders, order)

    async def _list(self, request: web.Request) -> web.Response:
        def page(_: SqlFault | None) -> BackupRunsListResponse:
            runs = self.model.listed(_place(request))
            first = _digits(request, "pageToken", 0)
            end = first + _digits(request, "maxResults", _PAGE)
            return BackupRunsListResponse(
                kind="sql#backupRunsList",
                items=runs[first:end],
                next_page_token=str(end) if end < len(runs) else "",
            )

        return self._answer(request, self.model.reads, page)

    async def _get(self, request: web.Request) -> web.Response:
        def one(_: SqlFault | None) -> BackupRun:
            wanted = request.match_info["id"]
            for run in self.model.listed(_place(request)):
                if str(run.id) == wanted:
                    return run
            raise _missing("The backup run does not exist.", "backupRunDoesNotExist")

        return self._answer(request, self.model.reads, one)

    async def _operation(self, request: web.Request) -> web.Response:
        def one(_: SqlFault | None) -> Operation:
            found = self.model.operations.get(request.match_info["name"])
            if found is None or found.target_project != request.match_info["project"]:
                raise _missing("The Cloud SQL operation does not exist.", "operationDoesNotExist")
            return found

        return self._answer(request, self.model.reads, one)

    def _answer(
        self,
        request: web.Request,
        faults: deque[SqlFault],
        do: Callable[[SqlFault | None], Answer],
    ) -> web.Response:
        """Do what is asked, with the fault that is next."""
        fault = faults.popleft() if faults else None
        if self.model.away:
            fault = SqlFault.UNAVAILABLE_BEFORE
        try:
            refuse(fault, _BEFORE)
            self.model.settle(self.clock.now())
            done = do(fault)
            refuse(fault, _AFTER)
        except SqlRefusal as refusal:
            return _refused(refusal)
        if fault is SqlFault.LOST and request.transport is not None:
            request.transport.abort()
        return _json(done)


def _place(request: web.Request) -> str:
    return "{project}/{instance}".format(**request.match_info)


def _digits(request: web.Request, name: str, default: int) -> int:
    written = request.query.get(name, "")
    if written and not written.isdecimal():
        raise _invalid(f"Invalid value for {name}.")
    return int(written) if written else default


def _wanted(body: bytes, instance: str) -> BackupRun:
    """What is ordered. Raises `SqlRefusal` for anything that the API does not know."""
    try:
        wanted: BackupRun = BackupRun.from_json(body, ignore_unknown_fields=False)
    except (ParseError, UnicodeDecodeError) as error:
        raise _invalid(f"Invalid JSON payload received. {error}") from error
    if wanted.instance not in {"", instance}:
        raise _invalid("The instance of the backup is another one than that of the address.")
    return wanted


def _invalid(message: str) -> SqlRefusal:
    return SqlRefusal(HTTPStatus.BAD_REQUEST, "invalid", message)


def _missing(message: str, reason: str) -> SqlRefusal:
    return SqlRefusal(HTTPStatus.NOT_FOUND, reason, message)


def _json(message: Answer) -> web.Response:
    text = type(message).to_json(
        message, use_integers_for_enums=False, always_print_fields_with_no_presence=False
    )
    return web.Response(text=text, content_type="application/json")


def _refused(refusal: SqlRefusal) -> web.Response:
    """A failure in the format of Google's JSON APIs."""
    named = {"message": str(refusal), "domain": "global", "reason": refusal.reason}
    limited = refusal.status == HTTPStatus.TOO_MANY_REQUESTS
    return web.json_response(
        {"error": {"code": refusal.status, "message": str(refusal), "errors": [named]}},
        status=refusal.status,
        headers={"Retry-After": str(QUOTA_REST)} if limited else {},
    )
