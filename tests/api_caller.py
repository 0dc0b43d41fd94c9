"""A server with the HTTP API on real use cases, and somebody who calls it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import yarl
from aiohttp import web
from fakes import Recorded
from incident_engine import IncidentBench, incident_bench

from adapters.redis.connection import Connections
from bot.api import Api
from bot.usecases.local_people import LocalPeople, local_identity
from bot.web import Web

TOKEN = "0123456789abcdef0123456789abcdef"
WISH = {"title": "Checkout answers 500s", "severity": "P1", "service": "api"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody with curl."""

    bench: IncidentBench
    http: aiohttp.ClientSession
    base: str

    async def post(
        self, path: str, body: object = None, *, token: str = TOKEN, key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """Send something; returns the status and the answer."""
        headers = {"Authorization": f"Bearer {token}"}
        if key:
            headers["Idempotency-Key"] = key
        address = f"{self.base}/api/incidents{path}"
        async with self.http.post(address, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str, *, token: str = TOKEN) -> tuple[int, dict[str, Any]]:
        """Ask for something."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.get(f"{self.base}/api/incidents{path}", headers=headers) as answer:
            return answer.status, await answer.json()

    async def declare_raw(self, body: bytes, *headers: bytes) -> tuple[int, dict[str, Any]]:
        """Declare with headers and a body of any bytes."""
        address = yarl.URL(self.base)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        lines = [b"POST /api/incidents HTTP/1.1", b"Host: x", b"Connection: close", *headers]
        lines += [b"Content-Length: %d" % len(body), b"", body]
        writer.write(b"\r\n".join(lines))
        head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        return int(head.split()[1]), json.loads(answer)


@asynccontextmanager
async def calling(memory: Connections) -> AsyncIterator[Caller]:
    """The server, and whoever calls it."""
    async with incident_bench(memory) as bench:
        bench.people = LocalPeople(  # type: ignore[assignment]  # in front of the sample people
            people=bench.people, groups=frozenset({"sre"})
        )
        bench.again()
        async with serving(bench) as caller:
            yield caller


@asynccontextmanager
async def serving(bench: IncidentBench) -> AsyncIterator[Caller]:
    """A server on the use cases of a bench as they are now."""
    api = Api(
        cases=bench.cases,
        ids=bench.ids,
        token=TOKEN,
        identity=local_identity("api", "token"),
        observe=Recorded(),
    )
    site = Web(
        clock=bench.clock,
        checks={},
        metrics=lambda: (b"", "text/plain"),
        observe=Recorded(),
        routes=api.routes(),
    )
    runner = web.AppRunner(site.application(None, None))
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    async with aiohttp.ClientSession() as http:
        yield Caller(bench=bench, http=http, base=f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()
