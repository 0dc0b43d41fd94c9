"""How the HTTP API answers: incidents and errors, as JSON."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.domain.errors import (
    ConcurrentUpdate,
    IllegalTransition,
    KeyReused,
    NotFound,
    NotPermitted,
    Outcome,
    SignalboxError,
    Unavailable,
    UsageError,
)
from bot.domain.incidents.incident import Incident
from bot.usecases.incidents.archive import Record

# The header that keeps a request that is repeated from happening twice.
KEY = "Idempotency-Key"
# The first that fits counts. That a key is used again for another body is answered with 422, as the
# IETF's draft of that header says.
_STATUS: Mapping[type[SignalboxError], HTTPStatus] = {
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    UsageError: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    NotPermitted: HTTPStatus.FORBIDDEN,
    IllegalTransition: HTTPStatus.CONFLICT,
    ConcurrentUpdate: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_AGAIN: Mapping[Outcome, str] = {
    Outcome.NOT_DONE: "Nothing was done: send it again.",
    Outcome.UNKNOWN: "It may have been done. Send it again: it is done once under the same "
    f"{KEY}; ack and resolve need none.",
}


def refusal(error: SignalboxError, *, key: str) -> web.Response:
    """Why it was not done, or may not have been; `key` is the one that was sent."""
    found = (status for kind, status in _STATUS.items() if isinstance(error, kind))
    status = next(found, HTTPStatus.BAD_REQUEST)
    match error:
        case Unavailable(outcome=outcome):
            return problem(status, str(error), _AGAIN[outcome], outcome=outcome.value)
        case KeyReused():
            hint = f"The {KEY} “{key}” is that of another body: send this one with another key."
            return problem(status, str(error), hint)
        case UsageError(hint=hint):
            return problem(status, str(error), hint)
        case _:
            return problem(status, str(error))


def problem(status: HTTPStatus, says: str, hint: str = "", **more: str) -> web.Response:
    """What is wrong, and what to send instead."""
    return json_answer({"error": says, "hint": hint, **more}, status)


def json_answer(found: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """An answer."""
    text = json.dumps(found, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json")


def shown(incident: Incident) -> dict[str, Any]:
    """An incident in few words."""
    times = {moment.value: stamp.at.isoformat() for moment, stamp in incident.times.items()}
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


def whole(record: Record) -> dict[str, Any]:
    """An incident with its timeline."""
    incident = record.incident
    return {
        **shown(incident),
        "summary": incident.summary,
        "impact": incident.impact,
        "root_cause": incident.root_cause,
        "resolution": incident.resolution,
        "roles": {role.value: person for role, person in incident.roles.items()},
        "timeline": [line.model_dump(mode="json", exclude={"gone"}) for line in record.lines],
    }
