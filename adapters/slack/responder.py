"""Answers to the person who just did something: by response_url, ephemeral message, or dialog."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from yarl import URL

from adapters.slack.budget import busy
from adapters.slack.client import SlackClient
from adapters.slack.errors import broken, error_word, retry_after, translated
from bot.domain.errors import NotPermitted, SlackRefused

# An error is one word; what a server says beyond this is not read.
MAX_ERROR_BYTES = 1024

_WORDS = {
    "expired_url": "Slack takes answers for 30 minutes only, and those have passed.",
    "used_url": "Slack takes five answers to one action, and those were given.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackResponder:
    """Answers people over the connection pool of one client."""

    client: SlackClient

    async def respond(self, response_url: str, reply: Mapping[str, Any]) -> None:
        """Post a reply (`text`, `blocks`, `response_type`, `replace_original` …) to a response_url.

        The address comes from outside, so that only Slack's own hosts are called: raises
        `NotPermitted` for any other. Raises `SlackRefused` after 30 minutes or five answers, and
        `SlackUnavailable`; then the reply may be there all the same.
        """
        url = self._checked(response_url)
        with translated(repeatable=False):
            async with self.client.http.post(
                url, json=dict(reply), allow_redirects=False, proxy=self.client.web.proxy
            ) as response:
                if response.status == HTTPStatus.OK:
                    return
                if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                    raise busy(retry_after(response.headers))
                word = _error_word(await response.content.read(MAX_ERROR_BYTES))
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise broken("Slack has a problem of its own.", repeatable=False)
        reason = _WORDS.get(word, f"Slack refused the answer ({word or response.status}).")
        raise SlackRefused(reason, code=word or "unknown")

    async def ephemeral(
        self, channel: str, user: str, text: str, blocks: Sequence[Mapping[str, Any]]
    ) -> None:
        """Show a message to one person only. Raises as `SlackClient.call`."""
        await self.client.call(
            "chat.postEphemeral", channel=channel, user=user, text=text, blocks=list(blocks)
        )

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a dialog, within three seconds of the click; returns its id.

        Raises as `SlackClient.call`.
        """
        return _view_id(
            await self.client.call("views.open", trigger_id=trigger_id, view=dict(view))
        )

    async def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Put a dialog on top of the one that was clicked. Returns and raises as `open_view`."""
        return _view_id(
            await self.client.call("views.push", trigger_id=trigger_id, view=dict(view))
        )

    async def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Show something else in an open dialog; one that was closed meanwhile stays closed.

        Raises as `SlackClient.call`.
        """
        try:
            await self.client.call("views.update", view_id=view_id, view=dict(view))
        except SlackRefused as refusal:
            if refusal.code != "not_found":
                raise

    async def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """Show a view in somebody's home tab. Raises as `SlackClient.call`."""
        await self.client.call("views.publish", user_id=user, view=dict(view))

    def _checked(self, response_url: str) -> URL:
        """The address, read by the same parser that connects to it, when it is one of Slack's."""
        api = self.client.api_url
        hooks = ("hooks.slack.com", f"hooks.{api.host}")
        allowed = {(api.scheme, api.host, api.port), *(("https", host, 443) for host in hooks)}
        try:
            url = URL(response_url)
            origin = (url.scheme, url.host, url.port)
            if url.user is None and url.password is None and origin in allowed:
                return url
        except ValueError:
            pass
        raise NotPermitted("The address to answer to is not one of Slack's; nothing was sent.")


def _view_id(answer: Mapping[str, Any]) -> str:
    view = answer.get("view")
    return str(view.get("id") or "") if isinstance(view, Mapping) else ""


def _error_word(body: bytes) -> str:
    """The error word of an answer that is either JSON or just the word."""
    text = body.decode("utf-8", "replace").strip()
    try:
        return error_word(json.loads(text))
    except (ValueError, RecursionError):
        return error_word(text)
