"""Google's REST APIs: JSON over HTTP, and failures as Google's own clients raise them.

So `adapters.gcp.errors` translates them like those of gRPC.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
from google.api_core import exceptions
from google.rpc.error_details_pb2 import RetryInfo
from pydantic import BaseModel, Field, ValidationError

from adapters.gcp.loopback import is_loopback

# How APIs older than the status 429 say it (Google's JSON error format, “errors[].reason”).
_LIMITS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})
_DELAY = re.compile(r"(\d{1,6})(?:\.\d+)?s?")
# Refusals that have a class of their own in google.api_core and a meaning of their own for us.
_TOLD_APART = frozenset({401, 403, 404, 409, 429})
# The request did not arrive in time, or nobody waited for the answer: it may have been done.
_UNSURE = frozenset({408, 499})
_FIRST_REFUSAL, _FIRST_TROUBLE = 400, 500

Token = Callable[[], Awaitable[str]]


class GoogleRest:
    """One API at its address.

    `token` gives an access token; it is sent to Google's hosts only, and over TLS. Raises
    ValueError for a plaintext `base` that is not on this machine.
    """

    def __init__(
        self, http: aiohttp.ClientSession, base: str, *, token: Token, timeout: timedelta
    ) -> None:
        parts = urlsplit(base)
        host = parts.hostname or ""
        if parts.scheme != "https" and not is_loopback(host):
            raise ValueError(f"{base} is not on this machine, so it is not asked without TLS")
        self._http = http
        self._base = base.rstrip("/")
        self._token = token if parts.scheme == "https" and _is_google(host) else None
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """What is at a path. Raises google.api_core's `GoogleAPICallError`; no answer at all is
        `ServiceUnavailable`. Raises `CloudUnavailable` without an identity.
        """
        return await self._ask("GET", path, query, None)

    async def post(self, path: str, body: Mapping[str, str]) -> bytes:
        """The answer to a JSON object that is sent once. Raises as `get`."""
        return await self._ask("POST", path, None, body)

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, str] | None,
    ) -> bytes:
        headers = {"Authorization": f"Bearer {await self._token()}"} if self._token else {}
        try:
            async with self._http.request(
                method,
                self._base + path,
                params=query,
                json=body,
                headers=headers,
                timeout=self._timeout,
                # An order must not be given once more, nor a token to somebody else.
                allow_redirects=False,
            ) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _made(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return content
        raise _failure(answer.status, answer.headers, content)


def reasons_of(error: exceptions.GoogleAPICallError) -> frozenset[str]:
    """Google's own words for why a call failed, such as `operationInProgress`."""
    return frozenset(str(each.get("reason", "")) for each in error.errors)


class _Reason(BaseModel):
    reason: str = ""


class _Detail(BaseModel):
    kind: str = Field(default="", alias="@type")
    delay: str = Field(default="", alias="retryDelay")


class _Error(BaseModel):
    message: str = ""
    errors: tuple[_Reason, ...] = ()
    details: tuple[_Detail, ...] = ()


class _Body(BaseModel):
    error: _Error = _Error()


def _failure(
    status: int, headers: Mapping[str, str], content: bytes
) -> exceptions.GoogleAPICallError:
    """Google's own class for a failure. What is not in Google's format has no message."""
    try:
        said = _Body.model_validate_json(content).error
    except ValidationError:
        said = _Error()
    reasons = [each.model_dump() for each in said.errors]
    if _LIMITS.intersection(each.reason for each in said.errors):
        status = HTTPStatus.TOO_MANY_REQUESTS
    elif status in _UNSURE:
        status = HTTPStatus.SERVICE_UNAVAILABLE
    elif _FIRST_REFUSAL <= status < _FIRST_TROUBLE and status not in _TOLD_APART:
        status = HTTPStatus.BAD_REQUEST
    return _made(status, said.message, errors=reasons, details=_retry_info(said, headers))


def _made(status: int, message: str, **facts: object) -> exceptions.GoogleAPICallError:
    # google.api_core has no types here.
    error: exceptions.GoogleAPICallError = exceptions.from_http_status(  # type: ignore[no-untyped-call]
        status, message, **facts
    )
    return error


def _retry_info(said: _Error, headers: Mapping[str, str]) -> tuple[RetryInfo, ...]:
    """How long Google asks to wait: among the details, or as HTTP has it."""
    named = [each.delay for each in said.details if each.kind.endswith("google.rpc.RetryInfo")]
    for delay in (*named, headers.get("Retry-After", "")):
        found = _DELAY.fullmatch(delay)
        if found:
            info = RetryInfo()
            info.retry_delay.seconds = int(found.group(1))
            return (info,)
    return ()


def _is_google(host: str) -> bool:
    return host == "googleapis.com" or host.endswith(".googleapis.com")
