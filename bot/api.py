"""The HTTP API of incidents: for alerts, scripts, and the hours in which Slack is away.

A request carries the token of this installation; without it nothing is read. Whoever has the token
may do what commanders may, and sees of private incidents only those that came in this way.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.api_answers import KEY, json_answer, problem, refusal, shown, whole
from bot.domain.actor import Identity
from bot.domain.errors import SignalboxError, Unavailable, UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import Wish, kind_of
from bot.domain.incidents.incident import Source
from bot.domain.incidents.naming import parse_reference
from bot.domain.incidents.visibility import unknown_incident
from bot.ports import Ids, Search
from bot.usecases.incidents.cases import IncidentCases

log = logging.getLogger(__name__)

T = TypeVar("T", bound=BaseModel)

Text = Annotated[str, StringConstraints(max_length=3000)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]
# A page of the list; decision of this project.
_MOST = 100


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Declaration(_Body):
    """What is sent to declare. `dedup_key`: while an incident with it is open, this joins it.

    `accepted`: it is no false alarm, so that a P3 or P4 does not begin with triage. `backfill`: it
    is over by now, and is only written down; it has to say when it `occurred`.
    """

    title: Text
    severity: Severity = Severity.P3
    service: str | None = None
    environment: str | None = None
    summary: Text = ""
    impact: Text = ""
    private: bool = False
    drill: bool = False
    backfill: bool = False
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
                return problem(
                    HTTPStatus.UNAUTHORIZED,
                    "The token is missing or wrong.",
                    "Send the header “Authorization: Bearer …” with SIGNALBOX_API_TOKEN.",
                )
            except SignalboxError as error:
                return self._refused(request, error)
            self.observe("api", "answered")
            return response

        return guarded

    def _authorise(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(_bytes(given.strip()), self.token.encode())
        if scheme.lower() != "bearer" or not right:
            raise _Unauthorised

    def _refused(self, request: web.Request, error: SignalboxError) -> web.Response:
        unavailable = isinstance(error, Unavailable)
        self.observe("api", "unavailable" if unavailable else "refused")
        if unavailable:
            log.warning("the API failed: %s", error)
        return refusal(error, key=_bytes(_key(request)).decode("utf-8", "replace"))

    async def _declare(self, request: web.Request) -> web.Response:
        """201 for a new incident, 200 for one that there is already."""
        asked = await _read(request, Declaration)
        wish = Wish(
            **asked.model_dump(exclude={"drill", "backfill"}),
            kind=kind_of(drill=asked.drill, afterwards=asked.backfill),
            source=Source.API,
        )
        once, body = self._once(request, asked)
        declared = await self.cases.declaring.declare(self.identity, wish, once=once, asked=body)
        there_was = declared.known or declared.repeated
        status = HTTPStatus.OK if there_was else HTTPStatus.CREATED
        if declared.hidden:
            return json_answer({"ref": declared.incident.ref, "possible_duplicates": []}, status)
        found = shown(declared.incident)
        duplicates = [each.ref for each in declared.duplicates]
        return json_answer({**found, "possible_duplicates": duplicates}, status)

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
        found = [shown(each) for each in page.incidents]
        return json_answer({"incidents": found, "next": page.after})

    async def _show(self, request: web.Request) -> web.Response:
        record = await self.cases.archive.show(self.identity, _ref(request))
        return json_answer(whole(record))

    async def _ack(self, request: web.Request) -> web.Response:
        return json_answer(shown(await self.cases.responding.ack(self.identity, _ref(request))))

    async def _note(self, request: web.Request) -> web.Response:
        remark = await _read(request, Remark)
        ref = _ref(request)
        once, asked = self._once(request, remark)
        noted = await self.cases.records.note(
            self.identity, ref, remark.text, remark.at, once=once, asked=asked
        )
        return json_answer(shown(noted), HTTPStatus.CREATED)

    async def _resolve(self, request: web.Request) -> web.Response:
        said = await _read(request, Resolution)
        resolved = await self.cases.responding.resolve(
            self.identity,
            _ref(request),
            said.root_cause,
            said.resolution,
            ended=said.ended,
        )
        return json_answer(shown(resolved))

    def _once(self, request: web.Request, body: _Body) -> tuple[str, str]:
        """What keeps a repeated request from happening twice, and what tells it from another one
        with the same key; without a key each is its own.

        Keys may be of any length and of any bytes. A body that says the same in another order, or
        with other blanks, is the same.
        """
        given = _key(request)
        if not given:
            return f"api:{self.ids.token()}", ""
        said = body.model_dump_json(exclude_unset=True)
        return f"api:{_hash(_bytes(given))}", _hash(said.encode())


def _key(request: web.Request) -> str:
    return request.headers.get(KEY, "").strip()


def _hash(said: bytes) -> str:
    return hashlib.sha256(said).hexdigest()


def _bytes(header: str) -> bytes:
    """A header as it was sent: what is no UTF-8 comes with surrogates in the place of its bytes."""
    return header.encode("utf-8", "surrogateescape")


async def _read(request: web.Request, kind: type[T]) -> T:
    """The body. Raises `UsageError` naming every field that is wrong."""
    try:
        written = json.loads(await request.text())
    except (ValueError, LookupError, RecursionError):  # also an encoding that nobody knows
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
