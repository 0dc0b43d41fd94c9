"""The HTTP API of incidents: for alerts, scripts, and the hours in which Slack is away.

A request carries the token of this installation; without it nothing is read. Whoever has the token
may do what commanders may, and sees of private incidents only those that came in this way.
"""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.domain.actor import Identity
from bot.domain.errors import (
    ConcurrentUpdate,
    IllegalTransition,
    NotFound,
    NotPermitted,
    SignalboxError,
    Unavailable,
    UsageError,
)
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.incident import Incident, IncidentKind, Source
from bot.domain.incidents.naming import parse_reference
from bot.domain.incidents.visibility import unknown_incident
from bot.ports import Ids, Search
from bot.usecases.incidents.archive import Record
from bot.usecases.incidents.cases import IncidentCases

log = logging.getLogger(__name__)

T = TypeVar("T", bound=BaseModel)

Text = Annotated[str, StringConstraints(max_length=3000)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]
# A page of the list; decision of this project.
_MOST = 100
_STATUS: Mapping[type[SignalboxError], HTTPStatus] = {
    UsageError: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    NotPermitted: HTTPStatus.FORBIDDEN,
    IllegalTransition: HTTPStatus.CONFLICT,
    ConcurrentUpdate: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Declaration(_Body):
    """What is sent to declare. `dedup_key`: while an incident with it is open, this joins it.

    `accepted`: it is no false alarm, so that a P3 or P4 does not begin with triage.
    """

    title: Text
    severity: Severity = Severity.P3
    service: str | None = None
    environment: str | None = None
    summary: Text = ""
    impact: Text = ""
    private: bool = False
    drill: bool = False
    accepted: bool = False
    dedup_key: Key | None = None
    occurred: AwareDatetime | None = None


class Remark(_Body):
    """A line for the timeline, at the time at which it happened (None: now)."""

    text: Text
    at: AwareDatetime | None = None


class Resolution(_Body):
    """What is sent to resolve."""

    root_cause: Text
    resolution: Text
    ended: AwareDatetime | None = None


class _Unauthorised(Exception):
    """The token is missing or wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Serves /api/incidents. `identity` is who its requests act as."""

    cases: IncidentCases
    ids: Ids
    token: str
    identity: Identity
    observe: Callable[[str, str], None]

    def routes(self) -> list[web.RouteDef]:
        """Its addresses."""
        return [
            web.post("/api/incidents", self._guarded(self._declare)),
            web.get("/api/incidents", self._guarded(self._list)),
            web.get("/api/incidents/{ref}", self._guarded(self._show)),
            web.post("/api/incidents/{ref}/ack", self._guarded(self._ack)),
            web.post("/api/incidents/{ref}/notes", self._guarded(self._note)),
            web.post("/api/incidents/{ref}/resolve", self._guarded(self._resolve)),
        ]

    def _guarded(
        self, handle: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The token first, before the body is read; every refusal says what to send instead."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                self._authorise(request)
                response = await handle(request)
            except _Unauthorised:
                self.observe("api", "refused")
                return _problem(
                    HTTPStatus.UNAUTHORIZED,
                    "The token is missing or wrong.",
                    "Send the header “Authorization: Bearer …” with SIGNALBOX_API_TOKEN.",
                )
            except SignalboxError as error:
                return self._refused(error)
            self.observe("api", "answered")
            return response

        return guarded

    def _authorise(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode(), self.token.encode())
        if scheme.lower() != "bearer" or not right:
            raise _Unauthorised

    def _refused(self, error: SignalboxError) -> web.Response:
        unavailable = isinstance(error, Unavailable)
        self.observe("api", "unavailable" if unavailable else "refused")
        if unavailable:
            log.warning("the API failed: %s", error)
        found = (status for kind, status in _STATUS.items() if isinstance(error, kind))
        hint = error.hint if isinstance(error, UsageError) else ""
        return _problem(next(found, HTTPStatus.BAD_REQUEST), str(error), hint)

    async def _declare(self, request: web.Request) -> web.Response:
        """201 for a new incident, 200 for the one that there is already."""
        asked = await _read(request, Declaration)
        wish = Wish(
            **asked.model_dump(exclude={"drill"}),
            kind=IncidentKind.DRILL if asked.drill else IncidentKind.REAL,
            source=Source.API,
        )
        declared = await self.cases.declaring.declare(self.identity, wish, once=self._once(request))
        status = HTTPStatus.OK if declared.known else HTTPStatus.CREATED
        found = _shown(declared.incident)
        duplicates = [each.ref for each in declared.duplicates]
        return _json({**found, "possible_duplicates": duplicates}, status)

    async def _list(self, request: web.Request) -> web.Response:
        query = request.query
        search = Search(
            open=_yes_or_no(query.get("open")),
            service=query.get("service"),
            severity=_severity(query.get("severity")),
        )
        page = await self.cases.archive.browse(
            self.identity, search, before=query.get("before"), limit=_MOST
        )
        found = [_shown(each) for each in page.incidents]
        return _json({"incidents": found, "next": page.after})

    async def _show(self, request: web.Request) -> web.Response:
        record = await self.cases.archive.show(self.identity, _ref(request))
        return _json(_whole(record))

    async def _ack(self, request: web.Request) -> web.Response:
        return _json(_shown(await self.cases.responding.ack(self.identity, _ref(request))))

    async def _note(self, request: web.Request) -> web.Response:
        remark = await _read(request, Remark)
        ref = _ref(request)
        once = self._once(request)
        noted = await self.cases.records.note(self.identity, ref, remark.text, remark.at, once=once)
        return _json(_shown(noted), HTTPStatus.CREATED)

    async def _resolve(self, request: web.Request) -> web.Response:
        said = await _read(request, Resolution)
        resolved = await self.cases.responding.resolve(
            self.identity,
            _ref(request),
            said.root_cause,
            said.resolution,
            ended=said.ended,
        )
        return _json(_shown(resolved))

    def _once(self, request: web.Request) -> str:
        """What keeps a repeated request from happening twice; without a key each is its own."""
        given = request.headers.get("Idempotency-Key", "").strip()[:200]
        return f"api:{given or self.ids.token()}"


async def _read(request: web.Request, kind: type[T]) -> T:
    """The body. Raises `UsageError` naming every field that is wrong."""
    try:
        written = json.loads(await request.text())
    except (ValueError, RecursionError):
        raise UsageError("The body is not JSON.", hint="Send an object, in UTF-8.") from None
    try:
        return kind.model_validate(written)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['msg']}"
            for each in error.errors(include_input=False, include_url=False)
        )
        known = ", ".join(kind.model_fields)
        raise UsageError(wrong, hint=f"Fields are: {known}.") from None


def _ref(request: web.Request) -> str:
    """The reference in the address. Raises `NotFound` for what is none."""
    written = request.match_info["ref"]
    found = parse_reference(written)
    if found is None:
        raise unknown_incident(written)
    return found


def _severity(written: str | None) -> Severity | None:
    if written is None:
        return None
    try:
        return Severity(written.upper())
    except ValueError:
        known = ", ".join(Severity)
        raise UsageError(f"“{written}” is no severity.", hint=f"There are {known}.") from None


def _yes_or_no(written: str | None) -> bool | None:
    known = {None: None, "1": True, "true": True, "0": False, "false": False}
    if written not in known:
        raise UsageError(f"“{written}” is neither true nor false.", hint="Send open=true.")
    return known[written]


def _shown(incident: Incident) -> dict[str, Any]:
    """An incident in few words."""
    times = {moment.value: _iso(stamp.at) for moment, stamp in incident.times.items()}
    return {
        "ref": incident.ref,
        "title": incident.title,
        "severity": incident.severity.value,
        "state": incident.state.value,
        "kind": incident.kind.value,
        "service": incident.service,
        "environment": incident.environment,
        "lead": incident.lead,
        "channel": incident.room.channel,
        "times": times,
    }


def _whole(record: Record) -> dict[str, Any]:
    incident = record.incident
    return {
        **_shown(incident),
        "summary": incident.summary,
        "impact": incident.impact,
        "root_cause": incident.root_cause,
        "resolution": incident.resolution,
        "roles": {role.value: person for role, person in incident.roles.items()},
        "timeline": [line.model_dump(mode="json", exclude={"gone"}) for line in record.lines],
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _json(found: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    text = json.dumps(found, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json")


def _problem(status: HTTPStatus, says: str, hint: str = "") -> web.Response:
    return _json({"error": says, "hint": hint}, status)
