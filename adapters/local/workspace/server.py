"""The workspace as a server on this machine: Web API, deliveries to the bot, and the page."""

import asyncio
import re
from collections.abc import Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from adapters.local.security import LOOPBACK, PAGE_HEADERS, Door, guard
from adapters.local.workspace.app import read_manifest
from adapters.local.workspace.call import Call, Credential, Method
from adapters.local.workspace.courier import Courier
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.faults import Faults
from adapters.local.workspace.interactions import Interactions
from adapters.local.workspace.methods import METHODS
from adapters.local.workspace.model import Json, Model
from adapters.local.workspace.ratelimit import RateLimiter
from adapters.local.workspace.rules import Rules
from adapters.local.workspace.site import Site
from adapters.local.workspace.socket_mode import SocketTransport
from adapters.local.workspace.traffic import Traffic
from adapters.local.workspace.transport import HttpTransport
from adapters.local.workspace.ui_api import UiApi, explain
from adapters.local.workspace.ui_marks import UiMarks
from adapters.local.workspace.web_api import Tokens, WebApi
from adapters.local.workspace.web_hooks import WebHooks
from bot.domain.errors import UsageError
from bot.ports import Clock, Ids

_UI = Path(__file__).parent / "ui"
_DOOR = Door(place="workspace", header="X-Workspace", own=("/ui/",))
_TS = re.compile(r"\d+\.\d{6}")
_MAX_REQUEST = 12_000_000
# What is still being answered when the workspace stops gets half a second.
_SHUTDOWN_SECONDS = 0.5


class Workspace:
    """A Slack workspace with one installed app, on a loopback address.

    `seed` is the state to begin with (it is taken over, not copied), `manifest` the app's manifest;
    `extra_commands` are commands that real Slack would refuse to install, in the manifest's form.
    Whether the bot is reached by HTTP (set `bot_url`) or Socket Mode is for the manifest to say.
    `cloud_url` is where the console of a simulated cloud is, for the page to link to.
    """

    def __init__(
        self,
        seed: Model,
        manifest: Mapping[str, Any],
        clock: Clock,
        ids: Ids,
        extra_commands: Iterable[Mapping[str, Any]] = (),
        *,
        cloud_url: str = "",
    ) -> None:
        self._app = read_manifest(manifest, extra_commands)
        self._site = Site(
            clock=clock,
            ids=ids,
            model=seed,
            app=self._app,
            spawn=self._spawn,
            emit=self._emit,
            cloud_url=cloud_url,
        )
        self.bot_token = f"xoxb-local-{ids.token().lower()}"
        self.app_token = f"xapp-local-{ids.token().lower()}"
        self.signing_secret = f"local-{ids.token().lower()}"
        self.limiter = RateLimiter()
        self._bot_url: str | None = None
        self._exit = AsyncExitStack()
        self._tasks: asyncio.TaskGroup | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._http: HttpTransport | None = None
        self._socket: SocketTransport | None = None
        self._courier: Courier | None = None

    async def __aenter__(self) -> "Workspace":
        """Start on a free port."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    @property
    def url(self) -> str:
        """The address of the page, without a slash at the end; empty before the start."""
        return self._site.url

    @property
    def api_url(self) -> str:
        """The address of the Web API, for `base_url` of a client."""
        return f"{self._site.url}/api/"

    @property
    def model(self) -> Model:
        """The state, for tests to look at and to prepare."""
        return self._site.model

    @property
    def faults(self) -> Faults:
        """The knobs with which a test makes the workspace misbehave."""
        return self._site.faults

    @property
    def rules(self) -> Rules:
        """What the workspace's admins forbid apps, for tests to decide."""
        return self._site.rules

    @property
    def traffic(self) -> Traffic:
        """What went between the workspace and the bot; `calls` counts the bot's calls by method."""
        return self._site.traffic

    @property
    def connected(self) -> bool:
        """Whether the bot listens."""
        return self._courier is not None and self._courier.connected

    @property
    def connections(self) -> int:
        """How many websockets the bot has open (Socket Mode)."""
        return self._socket.connections if self._socket else 0

    @property
    def bot_url(self) -> str | None:
        """Where the bot listens for commands, interactions and events (HTTP mode)."""
        return self._bot_url

    @bot_url.setter
    def bot_url(self, url: str | None) -> None:
        self._bot_url = url
        if self._http is not None:
            self._http.url, self._http.reachable = url, True
        if self._courier is not None:
            self._courier.note_connection()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes any free one. Raises `UsageError` for another machine's address."""
        if host not in LOOPBACK:
            raise UsageError("The local workspace listens on this machine only.")
        session = await self._exit.enter_async_context(
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=None),
                # Every delivery has a connection of its own, so that a restarted bot is found.
                connector=aiohttp.TCPConnector(force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        )
        self._tasks = await self._exit.enter_async_context(asyncio.TaskGroup())
        self._exit.callback(self._cancel)
        self._connect(session)
        try:
            await self._listen(host, port)
        except OSError:
            await self.stop()
            raise

    async def _listen(self, host: str, port: int) -> None:
        runner = web.AppRunner(
            self._application(), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
        )
        await runner.setup()
        self._exit.push_async_callback(runner.cleanup)
        listener = web.TCPSite(runner, host, port)
        await listener.start()
        number = runner.addresses[0][1]
        self._site.url = f"http://[{host}]:{number}" if ":" in host else f"http://{host}:{number}"

    def _connect(self, session: aiohttp.ClientSession) -> None:
        if self._app.socket_mode:
            self._socket = SocketTransport(self._site, self._note_connection)
            self._courier = Courier(self._site, self._socket)
        else:
            self._http = HttpTransport(
                clock=self._site.clock,
                secret=self.signing_secret,
                session=session,
                url=self._bot_url,
            )
            self._courier = Courier(self._site, self._http)

    def _note_connection(self) -> None:
        if self._courier is not None:
            self._courier.note_connection()

    def _application(self) -> web.Application:
        if self._courier is None:
            raise RuntimeError("the transport is chosen before the application is built")
        application = web.Application(
            middlewares=[guard(_DOOR), explain], client_max_size=_MAX_REQUEST
        )
        tokens = Tokens(bot=self.bot_token, app=self.app_token)
        methods = {**METHODS, "apps.connections.open": self._connections_open()}
        api = WebApi(self._site, tokens, methods, self.limiter)
        hooks = WebHooks(self._site)
        ui = UiApi(self._site, self._courier, Interactions(self._site, self._courier))
        application.add_routes(
            [
                web.route("*", "/api/{method}", api.handle),
                web.post("/response/{secret}", hooks.respond),
                web.post("/upload/{secret}", hooks.upload),
                web.get("/files/{id}/{secret}", hooks.download),
                web.get("/", self._page),
                web.get("/archives/{channel}/{message}", self._permalink),
                web.get("/assets/{file:[\\w./-]+}", self._asset),
                *ui.routes(),
                *UiMarks(self._site).routes(),
            ]
        )
        if self._socket is not None:
            application.add_routes([web.get("/link", self._socket.handle)])

        async def let_go(_: web.Application) -> None:
            api.release()
            self._site.hub.close()
            if self._socket is not None:
                await self._socket.close()

        application.on_shutdown.append(let_go)
        return application

    def _connections_open(self) -> Method:
        def serve(_: Call) -> Json:
            if self._socket is None:
                raise ApiError("not_allowed_token_type")
            return {"url": self._socket.new_url()}

        return Method(serve=serve, credential=Credential.APP)

    async def _page(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(_UI / "index.html", headers=PAGE_HEADERS)

    async def _permalink(self, request: web.Request) -> web.StreamResponse:
        """A message's address leads to the page, with the place behind the hash."""
        place = request.match_info
        thread = request.query.get("thread_ts", "")
        within = f"/{thread}" if _TS.fullmatch(thread) else ""
        raise web.HTTPFound(f"/#{place['channel']}{within}/{place['message']}")

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        path = (_UI / request.match_info["file"]).resolve()
        if not path.is_relative_to(_UI) or path.suffix not in (".js", ".css", ".svg"):
            raise web.HTTPNotFound
        if not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=PAGE_HEADERS)

    async def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to reconnect its websockets (Socket Mode)."""
        if self._socket is not None:
            await self._socket.refresh(reason)

    async def settled(self) -> None:
        """Wait until everything that people did has been delivered and its answers are shown."""
        while self._running:
            await asyncio.wait(self._running)

    async def stop(self) -> None:
        """Stop listening and end everything that is under way."""
        await self._exit.aclose()
        self._tasks = None

    def _cancel(self) -> None:
        for task in self._running:
            task.cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._tasks is None:
            work.close()
            return
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _emit(self, name: str, event: Json) -> None:
        if name in self._app.events and self._courier is not None:
            self._spawn(self._courier.tell(event))
