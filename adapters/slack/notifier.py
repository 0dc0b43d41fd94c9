"""Messages in Slack: cards that are edited in place, and notes in the thread below them.

Every post carries the id of its outbox entry as metadata, so that a post whose answer was lost can
be found again. The id is random and unknown to others before it is posted.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.channels import SlackChannels, next_cursor
from adapters.slack.client import SlackClient
from bot.domain.deploy import Deploy
from bot.domain.errors import SlackRefused
from bot.domain.message import DeployCard, DeployNote, Entry, MessageRef
from bot.views.blocks import Rendered
from bot.views.deploy import card as deploy_card
from bot.views.deploy import note as deploy_note

EVENT_TYPE = "signalbox_message"
# Slack's clock and ours may differ; a look-up begins this much earlier.
CLOCK_MARGIN = timedelta(seconds=30)
# Slack recommends pages of up to 200; a thousand messages since the attempt are looked through.
PAGE = 200
MAX_PAGES = 5

# The card can never be edited again (error words of chat.update).
_LOST_CARD = frozenset({"message_not_found", "edit_window_closed", "cant_update_message"})
# Nothing can be said below the card (error words of chat.postMessage and conversations.replies).
_NO_THREAD = frozenset(
    {
        "thread_not_found",
        "message_not_found",
        "cannot_reply_to_message",
        "restricted_action_thread_locked",
        "restricted_action_non_threadable_channel",
    }
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackNotifier:
    """Implements `bot.ports.Notifier`."""

    client: SlackClient
    channels: SlackChannels

    async def show(self, entry: Entry, deploy: Deploy, card: MessageRef | None) -> MessageRef:
        """Post a card, edit it in place, or post a note below it.

        Returns where the message stands. For a card that is a new place when the old message can no
        longer be edited. Raises `SlackRefused` and `SlackUnavailable`.
        """
        match entry.message:
            case DeployNote() as note:
                return await self._reply(entry, deploy_note(deploy, note), card)
            case DeployCard():
                if card is not None:
                    return await self._edit(entry, deploy, card)
                return await self._post(entry, entry.channel, deploy_card(deploy))

    async def find(
        self, entry: Entry, card: MessageRef | None, since: datetime
    ) -> MessageRef | None:
        """Look for a message that an earlier attempt may have posted, from `since` on."""
        if isinstance(entry.message, DeployNote) and card is not None:
            try:
                found = await self._search("conversations.replies", entry, since, card)
            except SlackRefused as refusal:
                if refusal.code not in _NO_THREAD:
                    raise
                found = None
            # Not below the card: it may have been posted in the channel (see `_reply`).
            return found or await self._search("conversations.history", entry, since, card)
        return await self._search("conversations.history", entry, since, card)

    async def _post(
        self, entry: Entry, channel: str, message: Rendered, *, thread: str | None = None
    ) -> MessageRef:
        answer = await self.client.call(
            "chat.postMessage",
            channel=channel,
            **_content(message),
            **({"thread_ts": thread} if thread else {}),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"token": entry.id}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return MessageRef(channel=str(answer.get("channel") or channel), ts=str(answer["ts"]))

    async def _edit(self, entry: Entry, deploy: Deploy, card: MessageRef) -> MessageRef:
        message = deploy_card(deploy)
        try:
            await self.client.call(
                "chat.update", channel=card.channel, ts=card.ts, **_content(message)
            )
        except SlackRefused as refusal:
            if refusal.code not in _LOST_CARD:
                raise
            _log.warning("card of %s: %s; posting it anew", deploy.id, refusal.code)
            return await self._repost(entry, deploy, card, message)
        return card

    async def _repost(
        self, entry: Entry, deploy: Deploy, card: MessageRef, message: Rendered
    ) -> MessageRef:
        """Post the card anew, unless an attempt whose answer was lost has done so already."""
        with suppress(SlackRefused):  # a channel that the bot may post to, but not read
            posted = await self.find(entry, card, deploy.requested_at)
            if posted is not None:
                return posted
        return await self._post(entry, card.channel, message)

    async def _reply(self, entry: Entry, note: Rendered, card: MessageRef | None) -> MessageRef:
        """Post below the card, or in the channel where there is no card to post below."""
        if card is None:
            return await self._post(entry, entry.channel, note)
        try:
            return await self._post(entry, card.channel, note, thread=card.ts)
        except SlackRefused as refusal:
            if refusal.code not in _NO_THREAD:
                raise
        return await self._post(entry, card.channel, note)

    async def _search(
        self, method: str, entry: Entry, since: datetime, card: MessageRef | None
    ) -> MessageRef | None:
        """Look for the entry's token in a channel's history or in the thread below the card."""
        channel = card.channel if card else await self.channels.id_of(entry.channel)
        asked: dict[str, Any] = {
            "oldest": f"{(since - CLOCK_MARGIN).timestamp():.6f}",
            "inclusive": True,
            "include_all_metadata": True,
            "limit": PAGE,
        }
        if card and method == "conversations.replies":
            asked["ts"] = card.ts
        for _ in range(MAX_PAGES):
            answer = await self.client.call(method, channel=channel, **asked)
            for message in answer.get("messages") or ():
                if _token(message) == entry.id:
                    return MessageRef(channel=channel, ts=str(message["ts"]))
            asked["cursor"] = next_cursor(answer)
            if not asked["cursor"]:
                return None
        _log.warning("%s: too many messages to look through for %s", channel, entry.id)
        return None


def _content(message: Rendered) -> dict[str, Any]:
    """Both parts, always: an update without blocks would leave the old ones standing."""
    return {"text": message.text, "blocks": message.blocks}


def _token(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    return payload.get("token") if isinstance(payload, Mapping) else None
