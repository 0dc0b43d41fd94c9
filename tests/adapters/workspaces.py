"""A running workspace for tests, a page that acts in it, and a bot whose answers a test decides."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from adapters.local.workspace.seed import olympus
from adapters.local.workspace.server import Workspace
from adapters.system import RandomIds

Json = dict[str, Any]

DEADLINE = 60.0
START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "data"

SCOPES = [
    "app_mentions:read",
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
]
EVENTS = [
    "app_home_opened",
    "app_mention",
    "channel_created",
    "member_joined_channel",
    "message.channels",
    "pin_added",
    "reaction_added",
]


def manifest(
    *, scopes: list[str] = SCOPES, events: list[str] = EVENTS, socket: bool = False
) -> Json:
    """An app with a command, shortcuts and every scope that the workspace's methods ask for."""
    return {
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "slash_commands": [
                {"command": "/deploy", "description": "Deploy", "should_escape": True},
                {"command": "/raw", "description": "Says it as typed"},
            ],
            "shortcuts": [
                {"name": "Declare", "type": "global", "callback_id": "declare"},
                {"name": "Note", "type": "message", "callback_id": "note"},
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": {"bot_events": events},
            "socket_mode_enabled": socket,
        },
    }


def reference(*parts: str) -> Any:
    """A file of the reference data; the test is skipped where it is not there."""
    path = REFERENCE.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the Slack reference data is not here: {'/'.join(parts)}")
    return json.loads(path.read_text())


class ManualClock:
    """A clock that a test moves; who sleeps wakes when it has been moved far enough."""

    def __init__(self) -> None:
        self._now = START
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []
        self._changed = asyncio.Condition()

    def now(self) -> datetime:
        """The moment that it stands at."""
        return self._now

    async def sleep(self, duration: timedelta) -> None:
        """Wait until it has been moved by the duration."""
        if duration <= timedelta(0):
            await asyncio.sleep(0)  # whoever else can go on does, as in any sleep
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + duration, woken))
        async with self._changed:
            self._changed.notify_all()
        await woken

    def move(self, duration: timedelta) -> None:
        """Let time pass."""
        self._now += duration
        for due, woken in self._sleepers:
            if due <= self._now and not woken.done():
                woken.set_result(None)
        self._sleepers = [entry for entry in self._sleepers if not entry[1].done()]

    async def asleep(self, until: timedelta) -> None:
        """Return when somebody sleeps until exactly so far from now."""
        due = self._now + until
        async with asyncio.timeout(DEADLINE), self._changed:
            await self._changed.wait_for(
                lambda: any(at == due and not f.done() for at, f in self._sleepers)
            )


class Bot:
    """A server that records what it is sent, checks the signature, and answers as told.

    `answer` gets the kind and the payload; it returns nothing, a text, JSON, or a response.
    """

    def __init__(self, secret: str, clock: ManualClock) -> None:
        class Moment(SlackClock):
            def now(self) -> float:
                return clock.now().timestamp()

        self._verifier = SignatureVerifier(secret, clock=Moment())
        self.received: asyncio.Queue[tuple[str, Json, dict[str, str]]] = asyncio.Queue()
        self.answer: Callable[[str, Json], Awaitable[Any]]
        self.says("")

    def says(self, *bodies: Any) -> None:
        """Answer with these in turn, and stay with the last one."""
        waiting = list(bodies)

        async def answer(*_: Any) -> Any:
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

        self.answer = answer

    async def next(self) -> tuple[str, Json, dict[str, str]]:
        """What arrives next: its kind, the payload and the headers."""
        async with asyncio.timeout(DEADLINE):
            return await self.received.get()

    async def handle(self, request: web.Request) -> web.Response:
        """Take a delivery."""
        body = await request.text()
        if not self._verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        kind, payload = _decoded(body, request.content_type)
        self.received.put_nowait((kind, payload, dict(request.headers)))
        said = await self.answer(kind, payload)
        if isinstance(said, web.Response):
            return said
        if isinstance(said, dict):
            return web.json_response(said)
        return web.Response(text=said or "")


def _decoded(body: str, content_type: str) -> tuple[str, Json]:
    if content_type == "application/json":
        return "event", json.loads(body)
    fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
    if "payload" in fields:
        payload = json.loads(fields["payload"])
        return payload["type"], payload
    return "command", fields


class Page:
    """What the browser page does, as one person."""

    def __init__(self, session: aiohttp.ClientSession, url: str, user: str) -> None:
        self._session = session
        self._url = url
        self.user = user

    async def get(self, path: str, **query: str) -> Any:
        """Read something; the answer has to be 200."""
        params = {"as": self.user, **query}
        async with self._session.get(f"{self._url}/ui/{path}", params=params) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def post(self, path: str, **body: Any) -> tuple[int, Json]:
        """Do something."""
        async with self._session.post(
            f"{self._url}/ui/{path}",
            json={"as": self.user, **body},
            headers={"X-Workspace": "1"},
        ) as response:
            return response.status, await response.json()

    async def do(self, path: str, **body: Any) -> Json:
        """Do something that the workspace accepts."""
        status, answer = await self.post(path, **body)
        assert status == 200, answer
        return answer

    async def messages(self, channel: str, **query: str) -> list[Json]:
        """What the person sees of a channel."""
        found: list[Json] = (await self.get("messages", channel=channel, **query))["messages"]
        return found

    async def last(self, channel: str) -> Json:
        """The newest message that the person sees."""
        return (await self.messages(channel))[-1]

    @asynccontextmanager
    async def events(self) -> AsyncIterator[Callable[[str], Awaitable[Json]]]:
        """Listen to changes; the value waits for the next change of a type."""
        params = {"as": self.user}
        async with self._session.get(f"{self._url}/ui/events", params=params) as response:
            assert response.status == 200

            async def following(kind: str) -> Json:
                async with asyncio.timeout(DEADLINE):
                    async for line in response.content:
                        if line.startswith(b"data: "):
                            event: Json = json.loads(line[6:])
                            if event["type"] == kind:
                                return event
                raise AssertionError("the stream ended")

            # The first line is sent once the page is subscribed.
            assert await response.content.readline() == b"retry: 1000\n"
            yield following


class Stage:
    """A workspace with its clock, its bot, and a page for each person."""

    def __init__(self, workspace: Workspace, clock: ManualClock, bot: Bot) -> None:
        self.workspace = workspace
        self.clock = clock
        self.bot = bot
        self.session: aiohttp.ClientSession

    def page(self, user: str) -> Page:
        """The page of a person."""
        return Page(self.session, self.workspace.url, user)

    def client(self, token: str | None = None) -> AsyncWebClient:
        """Slack's own client, that tries nothing again by itself."""
        return AsyncWebClient(
            token=token or self.workspace.bot_token,
            base_url=self.workspace.api_url,
            session=self.session,
            retry_handlers=[],
        )


@asynccontextmanager
async def stage(**options: Any) -> AsyncIterator[Stage]:
    """A running workspace whose manifest has these options, and a bot that listens."""
    clock = ManualClock()
    workspace = Workspace(olympus(clock.now()), manifest(**options), clock, RandomIds())
    bot = Bot(workspace.signing_secret, clock)
    application = web.Application()
    application.router.add_post("/slack/events", bot.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with workspace, aiohttp.ClientSession() as session:
            running = Stage(workspace, clock, bot)
            running.session = session
            if not options.get("socket"):
                port = runner.addresses[0][1]
                workspace.bot_url = f"http://127.0.0.1:{port}/slack/events"
            yield running
    finally:
        await runner.cleanup()
