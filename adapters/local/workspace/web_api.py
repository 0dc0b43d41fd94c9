"""The Web API over HTTP: faults, token, scope, rate limit and arguments, then the method."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from adapters.local.workspace.arguments import Arguments, read_arguments
from adapters.local.workspace.call import COMMON_ERRORS, Call, Credential, Method
from adapters.local.workspace.errors import ApiError, invalid_arguments
from adapters.local.workspace.faults import Away, Fault, Kind
from adapters.local.workspace.model import Json
from adapters.local.workspace.ratelimit import POST_BURST, POST_PER_MINUTE, RateLimiter
from adapters.local.workspace.site import Site
from adapters.local.workspace.traffic import Exchange

_RATE_LIMITED = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The two tokens of the installed app; they look like nothing real."""

    bot: str
    app: str


class RateLimited(Exception):
    """A call is one too many; `seconds` is the Retry-After."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class WebApi:
    """Serves /api/{method}."""

    def __init__(
        self, site: Site, tokens: Tokens, methods: Mapping[str, Method], limiter: RateLimiter
    ) -> None:
        self._site = site
        self._tokens = tokens
        self._methods = methods
        self._limiter = limiter
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let go of the calls that a fault keeps hanging."""
        self._released.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        name = request.match_info["method"]
        faults = self._site.faults
        if faults.away is not None:
            faults.struck[f"away {faults.away}"] += 1
            if faults.away is Away.UNAVAILABLE:
                raise web.HTTPServiceUnavailable
            return _break_off(request)
        fault = faults.take(name)
        if fault is not None:
            early = await self._before(request, fault)
            if early is not None:
                return early
        response = await self._answer(request, name)
        if fault is not None and fault.kind in (Kind.LOST_ANSWER, Kind.HANG):
            if fault.kind is Kind.HANG:
                await self._released.wait()
            return _break_off(request)
        return response

    async def _before(self, request: web.Request, fault: Fault) -> web.StreamResponse | None:
        match fault.kind:
            case Kind.DROP:
                return _break_off(request)
            case Kind.DELAY:
                await self._site.clock.sleep(fault.wait)
                return None
            case Kind.RATE_LIMITED:
                return _too_many(int(fault.wait.total_seconds()))
            case Kind.FATAL_ERROR:
                return web.json_response({"ok": False, "error": "fatal_error"})
            case Kind.SERVER_ERROR:
                return web.Response(status=500, text="Internal Server Error")
            case Kind.REFUSED:
                self._check_word(request.match_info["method"], fault.word)
                return web.json_response({"ok": False, "error": fault.word})
            case Kind.LOST_ANSWER | Kind.HANG:
                return None

    async def _answer(self, request: web.Request, name: str) -> web.Response:
        began = self._site.clock.now()
        shown: Json = {}
        body: Json
        response: web.Response
        try:
            arguments, token = await read_arguments(request)
            shown = dict(arguments.values)
            body = {"ok": True} | self._serve(name, arguments, token)
            response = web.json_response(body)
        except ApiError as refusal:
            body = {"ok": False, "error": refusal.code, **refusal.extra}
            response = web.json_response(body)
        except RateLimited as limit:
            body = {"ok": False, "error": "ratelimited"}
            response = _too_many(limit.seconds)
        self._site.traffic.record(
            Exchange(
                direction="from_bot",
                kind="api",
                name=name,
                status="ok" if body["ok"] else str(body["error"]),
                began=began,
                ended=self._site.clock.now(),
                request=shown,
                response=body,
            )
        )
        return response

    def _serve(self, name: str, arguments: Arguments, token: str | None) -> Json:
        method = self._methods.get(name)
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        self._authorise(method, token)
        call = Call(site=self._site, args=arguments)
        call.need_scope(*method.scopes)
        self._count(name, method, arguments)
        missing = [field for field in method.required if field not in arguments.values]
        if missing:
            raise invalid_arguments(*(f"missing required field: {field}" for field in missing))
        try:
            return method.serve(call)
        except ApiError as refusal:
            if name != "api.test":
                self._check_word(name, refusal.code)
            raise

    def _check_word(self, name: str, word: str) -> None:
        """The reference is the contract: a word that it does not know would teach the bot wrong."""
        if word not in self._methods[name].errors | COMMON_ERRORS:
            raise AssertionError(f"{name} has no error {word}")

    def _authorise(self, method: Method, token: str | None) -> None:
        if method.credential is Credential.ANY and token is None:
            return
        if token is None:
            raise ApiError("not_authed")
        if token not in (self._tokens.bot, self._tokens.app):
            raise ApiError("invalid_auth")
        kind = Credential.APP if token == self._tokens.app else Credential.BOT
        if method.credential not in (kind, Credential.ANY):
            raise ApiError("not_allowed_token_type")

    def _count(self, name: str, method: Method, arguments: Arguments) -> None:
        now = self._site.clock.now()
        pause = self._limiter.take(
            name, burst=method.per_minute, per_minute=method.per_minute, now=now
        )
        if pause is None and name == "chat.postMessage":
            key = f"{name} {self._channel_of(arguments)}"
            pause = self._limiter.take(key, burst=POST_BURST, per_minute=POST_PER_MINUTE, now=now)
        if pause is not None:
            raise RateLimited(pause)

    def _channel_of(self, arguments: Arguments) -> str:
        """The id of the channel that a post names, so that a name is no second limit."""
        wanted = arguments.text("channel")
        named = self._site.model.channel_named(wanted.removeprefix("#"))
        return named.id if named else wanted


def _too_many(seconds: int) -> web.Response:
    return web.json_response(
        {"ok": False, "error": "ratelimited"},
        status=_RATE_LIMITED,
        headers={"Retry-After": str(seconds)},
    )


def _break_off(request: web.Request) -> web.Response:
    """Break the connection; the response that is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
