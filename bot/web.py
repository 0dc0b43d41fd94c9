"""The HTTP side: Slack's requests, and the three addresses that operations needs.

A request is verified over its raw bytes before anything is parsed. Bodies are never logged.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.signature import is_genuine
from bot.ports import Clock

log = logging.getLogger(__name__)

# The largest that Slack sends is a view of 250 kB, form-encoded (docs.slack.dev, views.open).
MAX_BODY = 1024 * 1024
# How long the body of a request may take to arrive; Slack gives 3 s to the whole exchange.
BODY_TIME = timedelta(seconds=3)

Check = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The aiohttp application. `checks` answer None when all is well, else what is wrong.

    `routes` are further addresses, which guard themselves.
    """

    clock: Clock
    checks: Mapping[str, Check]
    metrics: Callable[[], tuple[bytes, str]]
    observe: Callable[[str, str], None]
    timed: Callable[[timedelta], None] = lambda _took: None
    routes: Sequence[web.RouteDef] = ()

    def application(self, slack: AsyncApp | None, signing_secret: str | None) -> web.Application:
        """Build it; without `slack` (Socket Mode, or a worker alone) Slack's address does not
        exist.
        """
        app = web.Application(client_max_size=MAX_BODY, middlewares=[self._last_resort])
        if slack is not None and signing_secret is not None:
            app.router.add_post("/slack/events", self._slack(slack, signing_secret))
        app.router.add_routes(self.routes)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        return app

    def _slack(
        self, slack: AsyncApp, secret: str
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def events(request: web.Request) -> web.StreamResponse:
            began = self.clock.now()
            try:
                async with asyncio.timeout(BODY_TIME.total_seconds()):
                    body = await request.read()
            except TimeoutError:
                return self._refuse(408, "The request took too long to arrive.")
            timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
            signature = request.headers.get("X-Slack-Signature", "")
            if not is_genuine(secret, body, timestamp, signature, self.clock.now()):
                return self._refuse(401, "The signature does not match.")
            try:
                parsed = AsyncBoltRequest(
                    body=body.decode("utf-8"),
                    query=request.query_string,
                    headers={name: [value] for name, value in request.headers.items()},
                )
            except (ValueError, TypeError, KeyError, AttributeError):
                return self._refuse(400, "The request cannot be read.")
            response = await to_aiohttp_response(await slack.async_dispatch(parsed))
            self.timed(self.clock.now() - began)
            return response

        return events

    def _refuse(self, status: int, reason: str) -> web.Response:
        self.observe("request", str(status))
        return web.Response(status=status, text=reason)

    @web.middleware
    async def _last_resort(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Turn what nobody caught into a plain 500, with the traceback in the log only."""
        try:
            return await handler(request)
        except web.HTTPException as refusal:
            return self._refuse(refusal.status, refusal.reason)
        except Exception:  # the last line: whoever asks is told nothing of what broke
            log.exception("a request broke", extra={"path": request.path})
            return self._refuse(500, "Something broke.")

    async def _healthz(self, _request: web.Request) -> web.StreamResponse:
        """Alive: the event loop answers."""
        return web.Response(text="ok")

    async def _readyz(self, _request: web.Request) -> web.StreamResponse:
        """Ready: every neighbour that is needed to serve answers."""
        found = {name: await check() for name, check in self.checks.items()}
        ready = all(problem is None for problem in found.values())
        says = {name: problem or "ok" for name, problem in found.items()}
        return web.Response(
            status=200 if ready else 503, text=json.dumps(says), content_type="application/json"
        )

    async def _metrics(self, _request: web.Request) -> web.StreamResponse:
        """Figures in Prometheus' text format."""
        body, content_type = self.metrics()
        return web.Response(body=body, headers={"Content-Type": content_type})
