"""The addresses beside the Web API to which the bot posts: response URLs and uploads."""

import json

from aiohttp import web

from adapters.local.workspace import images
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.methods.files import MAX_BYTES, receive
from adapters.local.workspace.model import Json
from adapters.local.workspace.replies import Place, reply
from adapters.local.workspace.site import Site
from adapters.local.workspace.traffic import Exchange

_STATUS = {"expired_url": 404, "used_url": 404}
_BAD_REQUEST = 400
# What somebody uploaded is looked at or kept; it runs nothing and no other site shows it.
_FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class WebHooks:
    """Serves /response/{secret}, /upload/{secret} and /files/{id}/{secret}."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def respond(self, request: web.Request) -> web.Response:
        """Take the bot's answer to an interaction."""
        began = self._site.clock.now()
        body: Json = {}
        try:
            body = await _read(request)
            right = self._site.tickets.use_response(request.match_info["secret"], began)
            place = Place(
                user=right.user,
                channel=right.channel,
                original=right.original,
                thread_ts=right.thread_ts,
            )
            reply(self._site, place, body)
            status, answer = 200, "ok"
        except ApiError as refusal:
            status, answer = _STATUS.get(refusal.code, _BAD_REQUEST), refusal.code
        self._site.traffic.record(
            Exchange(
                direction="from_bot",
                kind="response_url",
                name="response_url",
                status=str(status),
                began=began,
                ended=self._site.clock.now(),
                request=body,
                response=answer,
            )
        )
        return web.Response(status=status, text=answer)

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file, as they are or in the first field of a form."""
        secret = request.match_info["secret"]
        record = next((f for f in self._site.model.files.values() if f["secret"] == secret), None)
        if record is None or record["content"] is not None:
            raise web.HTTPNotFound(text="This address was not given out, or it was used.")
        if request.content_type.startswith("multipart/"):
            part = await (await request.multipart()).next()
            content = await part.read() if part is not None else b""  # type: ignore[union-attr]  # a part of a flat form is no nested form
        else:
            content = await request.read()
        if len(content) > MAX_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=MAX_BYTES, actual_size=len(content))
        refusal = receive(record, bytes(content))
        if refusal is not None:
            raise web.HTTPBadRequest(text=refusal)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """Give a file out again, never as something that a browser runs: pictures to look at,
        texts to read, the rest to keep.
        """
        record = self._site.model.files.get(request.match_info["id"])
        known = record is not None and record["secret"] == request.match_info["secret"]
        if record is None or not known or record["content"] is None:
            raise web.HTTPNotFound
        kind = images.kind(record["content"])
        # Whatever language a text is in, it is shown as letters, and runs nowhere.
        text = kind is None and images.is_text(record)
        shown = kind or ("text/plain" if text else None)
        return web.Response(
            body=record["content"],
            content_type=shown or "application/octet-stream",
            charset="utf-8" if text else None,
            headers={**_FILE_HEADERS, "Content-Disposition": "inline" if shown else "attachment"},
        )


async def _read(request: web.Request) -> Json:
    try:
        if request.content_type == "application/x-www-form-urlencoded":
            body = json.loads(str((await request.post()).get("payload", "")))
        else:
            body = await request.json()
    except ValueError:
        raise ApiError("invalid_payload") from None
    if not isinstance(body, dict):
        raise ApiError("invalid_payload")
    return body
