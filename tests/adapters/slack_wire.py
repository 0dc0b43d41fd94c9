"""A Slack that answers as a test scripts it, down to the bytes, and counts what it is sent."""

import asyncio
import json
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

DEADLINE = 60.0
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it arrived."""

    method: str
    verb: str
    arguments: dict[str, Any]
    authorization: str


def says(*, status: int = 200, headers: dict[str, str] | None = None, **body: Any) -> Answer:
    """Answer with JSON."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, **body}, status=status, headers=headers)

    return answer


def refuses(error: str, **body: Any) -> Answer:
    """Answer with one of Slack's error words."""
    return says(ok=False, error=error, **body)


def raw(body: bytes, content_type: str, status: int = 200) -> Answer:
    """Answer with these bytes."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type, status=status)

    return answer


async def breaks(request: web.Request) -> web.StreamResponse:
    """Break the connection after the request has arrived whole."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


class Wire:
    """The server. `script` puts answers in line for a method; without one it says ok."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.url = ""
        self.connections: set[int] = set()
        self._answers: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._always: dict[str, Answer] = {}
        self._arrived = asyncio.Condition()
        self._released = asyncio.Event()

    def script(self, method: str, *answers: Answer) -> None:
        """Answer the next calls of a method with these, in order."""
        self._answers[method].extend(answers)

    def always(self, method: str, answer: Answer) -> None:
        """Answer every unscripted call of a method with this."""
        self._always[method] = answer

    def hanging(self, then: Answer | None = None) -> Answer:
        """An answer that does not come before `release`."""

        async def answer(request: web.Request) -> web.StreamResponse:
            await self._released.wait()
            return await (then or says())(request)

        return answer

    def release(self) -> None:
        """Let everything go that hangs."""
        self._released.set()

    @property
    def calls(self) -> Counter[str]:
        """How often each method was called."""
        return Counter(one.method for one in self.received)

    async def called(self, method: str, times: int) -> None:
        """Return when a method has been called so often."""
        async with asyncio.timeout(DEADLINE), self._arrived:
            await self._arrived.wait_for(lambda: self.calls[method] >= times)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one request."""
        body = await request.read()
        arguments: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json" and body:
            arguments |= json.loads(body)
        method = request.match_info["method"]
        self.received.append(
            Received(
                method=method,
                verb=request.method,
                arguments=arguments,
                authorization=request.headers.get("Authorization", ""),
            )
        )
        assert request.transport is not None
        self.connections.add(request.transport.get_extra_info("peername")[1])
        async with self._arrived:
            self._arrived.notify_all()
        answers = self._answers[method]
        answer = answers.popleft() if answers else self._always.get(method, says())
        return await answer(request)


@asynccontextmanager
async def wire() -> AsyncIterator[Wire]:
    """A running server on loopback."""
    server = Wire()
    application = web.Application()
    application.router.add_route("*", "/api/{method}", server.handle)
    application.router.add_route("*", "/answer/{method}", server.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.release()
        await runner.cleanup()
