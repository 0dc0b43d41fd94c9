"""One way to call Slack: budgets before the call, our own errors after it, one connection pool.

Posts are never sent a second time from here: whether a lost answer hides a message is for the
caller to find out. Nothing that is sent or received is logged.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from yarl import URL

from adapters.slack.budget import Budgets, busy
from adapters.slack.errors import BROKEN, BUSY, broken, error_word, refused, retry_after, translated
from adapters.slack.methods import METHODS, Method
from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.ports import Clock

# Decisions of this project: a call that takes longer has failed; a longer wait is the caller's.
TIMEOUT = timedelta(seconds=10)
CONNECT_TIMEOUT = timedelta(seconds=3)
PATIENCE = timedelta(seconds=5)
# Calls that may be under way at once; posts are paced far below this anyway.
MAX_CONNECTIONS = 20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are to Slack. `scopes` is None when the server did not tell."""

    team: str
    user: str
    bot: str
    name: str
    scopes: frozenset[str] | None


class SlackClient:
    """Calls Web API methods. Open it with `async with`; it can be closed once."""

    def __init__(
        self,
        *,
        token: str,
        api_url: str,
        clock: Clock,
        timeout: timedelta = TIMEOUT,
        connect_timeout: timedelta = CONNECT_TIMEOUT,
        patience: timedelta = PATIENCE,
    ) -> None:
        """Prepare; connections are opened inside the running event loop, by `async with`."""
        self.api_url = URL(api_url)
        self._token = token
        self._budgets = Budgets(clock=clock, patience=patience)
        self._timeout = timeout
        self._connect_timeout = min(timeout, connect_timeout)
        self._session: aiohttp.ClientSession | None = None
        self._web: AsyncWebClient | None = None
        self._bot_name = "Signalbox"

    async def __aenter__(self) -> Self:
        """Open the connection pool."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=self._timeout.total_seconds(),
                connect=self._connect_timeout.total_seconds(),
            ),
        )
        self._web = AsyncWebClient(
            token=self._token,
            base_url=str(self.api_url),
            session=self._session,
            # The default handlers send a post again when its answer is lost.
            retry_handlers=[],
            # The SDK's own logger writes whole messages at DEBUG; this one is connected to nothing.
            logger=logging.Logger("slack_sdk", logging.CRITICAL),  # noqa: LOG001 - see above
        )
        if is_this_machine(self.api_url):
            # The SDK takes HTTPS_PROXY from the environment for every address, also for this one.
            self._web.proxy = None
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection pool."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection pool; does nothing when it is closed."""
        if self._session is not None:
            await self._session.close()

    @property
    def http(self) -> aiohttp.ClientSession:
        """The open connection pool, for requests that are not method calls."""
        if self._session is None:
            raise RuntimeError("the Slack client is used before `async with` opened it")
        return self._session

    @property
    def web(self) -> AsyncWebClient:
        """The SDK's client on the same pool, for a library that insists on one (no budgets)."""
        if self._web is None:
            raise RuntimeError("the Slack client is used before `async with` opened it")
        return self._web

    async def call(
        self, method: str, *, channel: str | None = None, **arguments: Any
    ) -> Mapping[str, Any]:
        """Call a method of `METHODS` and return Slack's answer.

        Raises `SlackRefused` when Slack says no, `SlackUnavailable` when it cannot be reached, asks
        to slow down (`retry_after`), or may have done what was asked (`outcome` unknown).
        """
        response = await self._exchange(method, channel, arguments)
        answer: Mapping[str, Any] = response.data  # type: ignore[assignment]  # validated to be a dict
        if method == "chat.postMessage" and channel is not None:
            self._budgets.same_channel(channel, str(answer.get("channel") or channel))
        return answer

    async def auth_test(self) -> Identity:
        """Ask Slack who we are; call it once at start. Raises as `call`."""
        response = await self._exchange("auth.test", None, {})
        if response.get("is_enterprise_install"):
            raise SlackRefused(
                "This token is for a whole Enterprise organisation and Signalbox serves one "
                "workspace: install the app there and use the bot token shown there.",
                code="org_install",
            )
        granted = response.headers.get("x-oauth-scopes")
        self._bot_name = str(response.get("user") or self._bot_name)
        return Identity(
            team=str(response.get("team_id") or ""),
            user=str(response.get("user_id") or ""),
            bot=str(response.get("bot_id") or ""),
            name=self._bot_name,
            scopes=None if granted is None else frozenset(granted.replace(",", " ").split()),
        )

    async def _exchange(
        self, name: str, channel: str | None, arguments: Mapping[str, Any]
    ) -> AsyncSlackResponse:
        method = METHODS[name]
        await self._budgets.admit(name, channel)
        content = {**arguments, "channel": channel} if channel is not None else dict(arguments)
        form = "params" if method.verb == "GET" else "data" if method.form else "json"
        try:
            with translated(repeatable=method.repeatable):
                return await self.web.api_call(name, http_verb=method.verb, **{form: content})
        except SlackApiError as error:
            raise self._failure(name, method, channel, error.response) from None
        except (AttributeError, ValueError, RecursionError):
            # The SDK's way of meeting an answer that is not a JSON object.
            _log.warning("%s: the answer cannot be read", name)
            raise broken("Slack's answer cannot be read.", repeatable=method.repeatable) from None

    def _failure(
        self, name: str, method: Method, channel: str | None, response: Any
    ) -> SlackUnavailable:
        """What an unsuccessful answer means. `response` is aiohttp's when its body is no JSON."""
        status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
        data = getattr(response, "data", None)
        body = data if isinstance(data, Mapping) else {}
        word = error_word(body)
        _log.warning("%s: status %d, error %s", name, status, word or "none")
        if status == HTTPStatus.TOO_MANY_REQUESTS or word in BUSY:
            pause = retry_after(response.headers)
            self._budgets.close(name, channel, pause)
            return busy(pause)
        if word and word not in BROKEN and status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return refused(word, body, method, channel=channel, bot=self._bot_name)
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return SlackUnavailable(
                f"Slack's address answers with status {status}; check SLACK_API_URL."
            )
        return broken("Slack has a problem of its own.", repeatable=method.repeatable)


def is_this_machine(url: URL) -> bool:
    """Whether an address leads to the machine that asks."""
    return url.host in {"localhost", "127.0.0.1", "::1"}
