"""What a delivery to the bot is, and how it goes over HTTP."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

import aiohttp

from adapters.local.workspace.model import Json
from bot.ports import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something the bot is told; `kind` is command, event, or the type of an interaction.

    `retry` counts the attempts before this one, `reason` is why the last of them failed.
    """

    kind: str
    name: str
    body: Json
    retry: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bot said: a body (empty, text or JSON), or in `failure` why there is none.

    `failure` is one of the reasons of the Events API: http_timeout, connection_failed, http_error.
    """

    status: int | None = None
    body: Any = ""
    failure: str | None = None
    no_retry: bool = False


class Transport(Protocol):
    """A way to the bot."""

    @property
    def connected(self) -> bool:
        """Whether somebody listens, as far as is known."""

    async def deliver(self, delivery: Delivery) -> Answer:
        """Hand a delivery over and wait for the answer, for as long as it takes."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's signature, version 0: an HMAC over the timestamp and the raw body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encode(delivery: Delivery) -> tuple[bytes, str]:
    """The body of a delivery and its content type."""
    if delivery.kind == "event":
        return json.dumps(delivery.body).encode(), "application/json"
    if delivery.kind == "command":
        return urlencode(delivery.body).encode(), "application/x-www-form-urlencoded"
    return (
        urlencode({"payload": json.dumps(delivery.body)}).encode(),
        "application/x-www-form-urlencoded",
    )


def decode(text: str, content_type: str) -> Any:
    """The body of an answer: JSON where it is said to be, text otherwise. Raises `ValueError`."""
    if text and content_type == "application/json":
        return json.loads(text)
    return text


@dataclass(slots=True, kw_only=True)
class HttpTransport:
    """Signed POSTs to the bot's one address."""

    clock: Clock
    secret: str
    session: aiohttp.ClientSession
    url: str | None = None
    reachable: bool = field(default=True)

    @property
    def connected(self) -> bool:
        """Whether the address is known and the last delivery found somebody there."""
        return self.url is not None and self.reachable

    def headers(self, delivery: Delivery, body: bytes, content_type: str) -> Mapping[str, str]:
        """The headers of a delivery, signed for this moment."""
        timestamp = str(int(self.clock.now().timestamp()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (local workspace)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
        }
        if delivery.retry:
            headers["X-Slack-Retry-Num"] = str(delivery.retry)
            headers["X-Slack-Retry-Reason"] = delivery.reason
        return headers

    async def deliver(self, delivery: Delivery) -> Answer:
        """POST a delivery."""
        if self.url is None:
            return Answer(failure="connection_failed")
        body, content_type = encode(delivery)
        headers = self.headers(delivery, body, content_type)
        try:
            async with self.session.post(
                self.url, data=body, headers=headers, allow_redirects=False
            ) as response:
                text = await response.text()
                self.reachable = True
                return self._answer(response, text)
        except aiohttp.ClientError:
            self.reachable = False
            return Answer(failure="connection_failed")

    @staticmethod
    def _answer(response: aiohttp.ClientResponse, text: str) -> Answer:
        no_retry = response.headers.get("X-Slack-No-Retry") == "1"
        # An event is taken by any 2xx, the rest needs exactly 200; the caller knows which it was.
        if not 200 <= response.status < 300:  # noqa: PLR2004 - the class of success
            return Answer(
                status=response.status, body=text, failure="http_error", no_retry=no_retry
            )
        try:
            body = decode(text, response.content_type)
        except ValueError:
            return Answer(status=response.status, body=text, failure="http_error")
        return Answer(status=response.status, body=body)


async def within(clock: Clock, limit: timedelta, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of the work, or None when the clock reaches the limit first."""
    async with asyncio.TaskGroup() as group:
        job = group.create_task(work)
        timer = group.create_task(clock.sleep(limit))
        done, _ = await asyncio.wait({job, timer}, return_when=asyncio.FIRST_COMPLETED)
        job.cancel()
        timer.cancel()
    return job.result() if job in done else None
