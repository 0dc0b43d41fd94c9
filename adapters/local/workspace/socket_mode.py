"""Socket Mode: the bot opens websockets to the workspace and is told everything through them.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import WSMsgType, web

from adapters.local.workspace.model import Json
from adapters.local.workspace.site import Site
from adapters.local.workspace.transport import Answer, Delivery

MAX_CONNECTIONS = 10
TICKET_LIFE = timedelta(seconds=30)
_TYPES = {"command": "slash_commands", "event": "events_api"}
_REASONS = {"http_timeout": "timeout"}


@dataclass(slots=True, kw_only=True)
class _Link:
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)


class SocketTransport:
    """The open websockets; each envelope goes to one of them, in turn."""

    def __init__(self, site: Site, on_change: Callable[[], None]) -> None:
        self._site = site
        self._on_change = on_change
        self._links: list[_Link] = []
        self._tickets: dict[str, datetime] = {}
        self._turn = 0

    @property
    def connected(self) -> bool:
        """Whether a websocket is open."""
        return bool(self._links)

    @property
    def connections(self) -> int:
        """How many websockets are open."""
        return len(self._links)

    def new_url(self) -> str:
        """The address for one new websocket (apps.connections.open)."""
        ticket = self._site.ids.token()
        self._tickets[ticket] = self._site.clock.now() + TICKET_LIFE
        url = self._site.url.replace("http://", "ws://", 1)
        return f"{url}/link?ticket={ticket}&app_id={self._site.model.app_id}"

    async def deliver(self, delivery: Delivery) -> Answer:
        """Send an envelope through one websocket and wait until it is acknowledged."""
        if not self._links:
            return Answer(failure="connection_failed")
        self._turn += 1
        link = self._links[self._turn % len(self._links)]
        envelope_id = self._site.ids.token()
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        link.waiting[envelope_id] = acknowledged
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": delivery.body,
            "type": _TYPES.get(delivery.kind, "interactive"),
            "accepts_response_payload": delivery.kind != "event",
        }
        if delivery.kind == "event":
            reason = _REASONS.get(delivery.reason, delivery.reason)
            envelope |= {"retry_attempt": delivery.retry, "retry_reason": reason}
        try:
            await link.socket.send_json(envelope)
            payload = await acknowledged
        except ConnectionError:
            return Answer(failure="connection_failed")
        finally:
            link.waiting.pop(envelope_id, None)
        return Answer(status=200, body=payload or "")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one websocket for as long as it is open."""
        expires = self._tickets.pop(request.query.get("ticket", ""), None)
        if expires is None or self._site.clock.now() >= expires:
            raise web.HTTPForbidden(text="This address was not given out, or it is too old.")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._links) >= MAX_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        link = _Link(socket=socket)
        self._links.append(link)
        try:
            await socket.send_json(self._hello())
            self._on_change()
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(link, message.data)
        finally:
            self._forget(link)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._links),
            "connection_info": {"app_id": self._site.model.app_id},
            "debug_info": {"host": "local-workspace", "approximate_connection_time": 18060},
        }

    @staticmethod
    def _acknowledge(link: _Link, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        if not isinstance(answer, dict):
            return
        known = link.waiting.get(str(answer.get("envelope_id")))
        if known is not None and not known.done():
            known.set_result(answer.get("payload"))

    def _forget(self, link: _Link) -> None:
        if link in self._links:
            self._links.remove(link)
        for waiting in link.waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError())
        self._on_change()

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to reconnect and close its websockets, as Slack does every few hours.

        Other reasons are `warning` and `link_disabled`.
        """
        for link in list(self._links):
            await link.socket.send_json({"type": "disconnect", "reason": reason})
            if reason != "warning":
                # No more envelopes through this one; the client closes it once it has a new one.
                self._links.remove(link)
        self._on_change()

    async def close(self) -> None:
        """Close all websockets."""
        for link in list(self._links):
            await link.socket.close()
