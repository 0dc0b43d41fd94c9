"""Requests to a revision under its own address, as a smoke test and as a sign of life.

Private Cloud Run services want an identity token whose audience is the address of the service, also
when the request goes to a tag's address (Cloud Run, “Authenticating service-to-service”).
"""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from adapters.gcp.loopback import is_loopback
from bot.domain.evidence import Probe
from bot.domain.policy import Smoke
from bot.ports import Clock

# A health check that takes longer than two seconds is not healthy; an instance that is cold goes
# on starting meanwhile, and is warm for a later attempt.
PATIENCE = timedelta(seconds=2)
PAUSE = timedelta(seconds=1)
# More of an answer is not read: its status was told before.
_MOST = 64 * 1024
_TAG_END = "---"
_OF_CLOUD_RUN = ".run.app"
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

Identity = Callable[[str], Awaitable[str | None]]


class IdentityTokens:
    """Identity tokens by audience, each one used for half of the hour that it is valid for."""

    _USED_FOR = timedelta(minutes=30)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: dict[str, tuple[str, datetime]] = {}

    async def __call__(self, audience: str) -> str | None:
        """A token for a service; None when the bot has no identity that gives one."""
        async with self._lock:
            token, until = self._known.get(audience, ("", self._clock.now()))
            if self._clock.now() < until:
                return token
            found = await asyncio.to_thread(_fetch, audience)
            if found is not None:
                self._known[audience] = (found, self._clock.now() + self._USED_FOR)
            return found


class HttpProber:
    """`bot.ports.Prober` over HTTP.

    `http` should keep no cookies, so that every attempt is a new visitor. `identity` gives the
    token for a service of Cloud Run; nothing else is ever sent one.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        clock: Clock,
        identity: Identity,
        patience: timedelta = PATIENCE,
        pause: timedelta = PAUSE,
    ) -> None:
        self._http = http
        self._clock = clock
        self._identity = identity
        self._limit = patience.total_seconds()
        self._pause = pause

    async def probe(self, address: str, smoke: Smoke) -> Probe:
        """Request the path until an answer is as expected, at most `smoke.attempts` times.

        Redirections are answers and not followed. `milliseconds` is the time until the answer of
        the last attempt had been read.
        """
        problem = _unfit(address)
        if problem:
            return Probe(passed=False, attempts=0, problem=problem)
        url = f"{address.rstrip('/')}/{smoke.path.lstrip('/')}"
        headers = await self._login(address)
        attempt = 1
        found = await self._ask(url, headers, smoke.expect)
        while not found.passed and attempt < smoke.attempts:
            attempt += 1
            await self._clock.sleep(self._pause)
            found = await self._ask(url, headers, smoke.expect)
        return found.model_copy(update={"attempts": attempt})

    async def _ask(self, url: str, headers: dict[str, str], expect: int) -> Probe:
        """One request."""
        began = self._clock.now()
        try:
            async with self._http.get(
                url,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self._limit),
            ) as answer:
                await answer.content.read(_MOST)
                status = answer.status
        except TimeoutError:
            return Probe(passed=False, problem=f"no answer within {self._limit:g} s")
        except aiohttp.ClientConnectorCertificateError:
            return Probe(passed=False, problem="its certificate is not valid")
        except (aiohttp.ClientError, ValueError) as error:
            return Probe(passed=False, problem=f"no answer ({_words(error)})")
        took = max(self._clock.now() - began, timedelta(0)) / timedelta(milliseconds=1)
        if status == expect:
            return Probe(passed=True, status=status, milliseconds=took)
        return Probe(
            passed=False,
            status=status,
            milliseconds=took,
            problem=_mismatch(status, expect, known="Authorization" in headers),
        )

    async def _login(self, address: str) -> dict[str, str]:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.scheme != "https" or not host.endswith(_OF_CLOUD_RUN):
            return {}
        token = await self._identity(f"https://{host.rpartition(_TAG_END)[2]}")
        return {"Authorization": f"Bearer {token}"} if token else {}


def _fetch(audience: str) -> str | None:
    # Google's library is loaded with the first token, and not with the bot.
    token: str | None = importlib.import_module("adapters.gcp.identity").id_token(audience)
    return token


def _unfit(address: str) -> str | None:
    """Why an address is not asked at all."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "its address cannot be read"
    if parts.scheme == "https" and host:
        return None
    if parts.scheme == "http" and is_loopback(host or ""):
        return None
    return "its address is not one with https://"


def _mismatch(status: int, expect: int, *, known: bool) -> str:
    said = f"answered with {status} instead of {expect}"
    if status not in _REFUSED:
        return said
    if known:
        return f"{said}: the bot's account may not call it. Grant it roles/run.invoker on it."
    return (
        f"{said}: it wants an identity, and the bot has none that it could show. Give the bot a "
        "service account that has roles/run.invoker on it."
    )


def _words(error: Exception) -> str:
    """What went wrong with a connection, by its kind: the details name machines."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "its name is not known"
        case aiohttp.ClientConnectorError():
            return "it cannot be reached"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError():
            return "it broke off"
        case _:
            return "it does not speak HTTP"
