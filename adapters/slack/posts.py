"""Posts that can be known again: each carries a token in its metadata.

The token is random and unknown to others before it is posted, so that a post whose answer was lost
is found by it and not sent a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.slack.client import SlackClient
from adapters.slack.history import look_for
from bot.domain.errors import SlackRefused
from bot.domain.placement import MessageRef
from bot.views.blocks import Rendered

EVENT_TYPE = "signalbox_message"
# Nothing can be said below the card (error words of chat.postMessage and conversations.replies).
NO_THREAD = frozenset(
    {
        "thread_not_found",
        "message_not_found",
        "cannot_reply_to_message",
        "restricted_action_thread_locked",
        "restricted_action_non_threadable_channel",
    }
)


def content(message: Rendered) -> dict[str, Any]:
    """Both parts, always: an update without blocks would leave the old ones standing."""
    return {"text": message.text, "blocks": message.blocks}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackPosts:
    """Posts over the connection pool of one client, and looks for what was posted.

    Where `us`, the bot's user, is known, nobody else's post is taken for its own.
    """

    client: SlackClient
    us: str | None = None

    async def post(
        self,
        channel: str,
        message: Rendered,
        token: str,
        *,
        thread: str | None = None,
        aloud: bool = False,
    ) -> MessageRef:
        """Post into a channel (a person's id means their direct messages), or into a thread;
        `aloud`: to be seen in its channel as well.

        Raises as `SlackClient.call`.
        """
        answer = await self.client.call(
            "chat.postMessage",
            channel=channel,
            **content(message),
            **({"thread_ts": thread} if thread else {}),
            **({"reply_broadcast": True} if thread and aloud else {}),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"token": token}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return MessageRef(channel=str(answer.get("channel") or channel), ts=str(answer["ts"]))

    async def find(
        self, token: str, channel: str, thread: str | None, since: datetime
    ) -> MessageRef | None:
        """Look for a post in the thread, then in the channel (an id), from `since` on.

        A thread that is gone has no messages. Raises as `SlackClient.call`.
        """
        found = await self._search(token, channel, thread, since) if thread else None
        return found or await self._search(token, channel, None, since)

    async def _search(
        self, token: str, channel: str, thread: str | None, since: datetime
    ) -> MessageRef | None:
        def pick(message: Mapping[str, Any]) -> MessageRef | None:
            ours = _token(message) == token and self.us in {None, message.get("user")}
            return MessageRef(channel=channel, ts=str(message["ts"])) if ours else None

        try:
            return await look_for(self.client, channel, thread, since, pick)
        except SlackRefused as refusal:
            if thread is None or refusal.code not in NO_THREAD:
                raise
            return None


def _token(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    return payload.get("token") if isinstance(payload, Mapping) else None
