"""Reads the arguments of a Web API call, however the client chose to send them."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from adapters.local.workspace.errors import ApiError, invalid_arguments
from adapters.local.workspace.model import Json

# Form fields that carry JSON.
_JSON_FIELDS = frozenset({"attachments", "blocks", "files", "metadata", "view"})
_MALFORMED = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}


class Arguments:
    """The merged arguments of one call, with typed access."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = dict(values)

    def __contains__(self, name: str) -> bool:
        """Whether an argument was given, and not as null or an empty text."""
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """An argument as text; numbers and lists are written out as Slack's clients do."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, list):
            return ",".join(str(entry) for entry in value)
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An argument as a truth value; 1 and true in any spelling are true."""
        value = self.values.get(name)
        if value is None:
            return default
        return str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """An argument as a whole number. Raises `ApiError`."""
        if name not in self:
            return default
        try:
            return int(self.text(name))
        except ValueError:
            raise invalid_arguments(f"must be a valid integer: {name}") from None

    def structure(self, name: str) -> Any:
        """An argument that is JSON, as text or already decoded. Raises `ApiError`."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if value == "":
            return None
        try:
            return json.loads(value)
        except ValueError:
            code = _MALFORMED.get(name)
            raise ApiError(code) if code else invalid_arguments(f"invalid `{name}`") from None


async def read_arguments(request: web.Request) -> tuple[Arguments, str | None]:
    """The arguments of a request and its token.

    Query string, then form, then JSON body; later ones win. Raises `ApiError`.
    """
    values: Json = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            values |= await _json_body(request)
        else:
            values |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
    token = values.pop("token", None)
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        token = bearer.strip()
    arguments = Arguments(values)
    for name in _JSON_FIELDS & values.keys():
        values_at_name = arguments.structure(name)
        arguments.values[name] = values_at_name
    return arguments, token


async def _json_body(request: web.Request) -> Json:
    raw = await request.read()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(body, dict):
        raise ApiError("json_not_object")
    return body
