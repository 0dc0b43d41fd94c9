"""Taking back what the bot has said where everybody can read it.

Messages are looked for in Slack, not remembered: also one whose posting nobody knows of is found.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.slack.channels import next_cursor
from adapters.slack.client import SlackClient
from adapters.slack.posts import NO_THREAD, content
from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.domain.placement import MessageRef
from bot.views.blocks import Rendered

# Slack recommends pages of up to 200. Ten thousand messages are beyond what a room ever has.
PAGE = 200
MAX_PAGES = 50
# Lines that Slack writes in the bot's name, with the words that it was given.
_LINES = frozenset({"channel_name", "channel_purpose", "channel_topic", "pinned_item"})
# Lines that tell nothing, and what is gone already.
_EMPTY = frozenset(
    {
        "channel_archive",
        "channel_join",
        "channel_leave",
        "group_archive",
        "group_join",
        "group_leave",
        "tombstone",
    }
)
_LOCKED = frozenset({"cant_delete_message", "compliance_exports_prevent_deletion"})

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """Deletes messages of `us`, the bot's user. One that may not be deleted becomes `instead`."""

    client: SlackClient
    us: str
    instead: Rendered

    async def sweep(self, channel: str) -> list[SlackUnavailable]:
        """Take back everything in a channel, its threads included; returns what went wrong.

        Raises as `SlackClient.call` when the channel cannot be read.
        """
        found: list[Message] = []
        asked: dict[str, Any] = {"limit": PAGE}
        # All is read before anything goes: a page begins where the one before it ended.
        for _ in range(MAX_PAGES):
            answer = await self.client.call("conversations.history", channel=channel, **asked)
            found += answer.get("messages") or ()
            asked["cursor"] = next_cursor(answer)
            if not asked["cursor"]:
                return await self._all(channel, found)
        crowded = "There are more messages than can be looked through."
        troubles = await self._all(channel, found)
        return [*troubles, SlackRefused(crowded, code="too_many_messages")]

    async def sweep_thread(self, place: MessageRef) -> list[SlackUnavailable]:
        """Take back what stands below a message, which stays itself; returns what went wrong.

        Raises as `sweep`.
        """
        return await self._take(place.channel, await self._below(place.channel, place.ts))

    async def take(self, place: MessageRef) -> None:
        """Take one message back; that it is gone is fine. Raises as `SlackClient.call`."""
        try:
            await self.client.call("chat.delete", channel=place.channel, ts=place.ts)
        except SlackRefused as refusal:
            if refusal.code in _LOCKED:
                await self.blot(place)
            elif refusal.code != "message_not_found":
                raise

    async def blot(self, place: MessageRef) -> None:
        """Say something else instead of one message; that it is gone is fine. Raises as `take`."""
        try:
            await self.client.call(
                "chat.update", channel=place.channel, ts=place.ts, **content(self.instead)
            )
        except SlackRefused as refusal:
            if refusal.code != "message_not_found":
                raise

    async def _all(self, channel: str, shown: Sequence[Message]) -> list[SlackUnavailable]:
        """Take back what stands in the channel, and below that."""
        threads = [str(each["ts"]) for each in shown if self._answered(each)]
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self._thread(channel, ts)) for ts in threads]
            troubles = await self._take(channel, shown)
        return [*troubles, *(trouble for each in asked for trouble in each.result())]

    async def _thread(self, channel: str, ts: str) -> list[SlackUnavailable]:
        try:
            return await self.sweep_thread(MessageRef(channel=channel, ts=ts))
        except SlackUnavailable as trouble:
            return [trouble]

    async def _below(self, channel: str, ts: str) -> list[Message]:
        """What stands below a message; nothing when there is no such thread."""
        found: list[Message] = []
        asked: dict[str, Any] = {"ts": ts, "limit": PAGE}
        try:
            for _ in range(MAX_PAGES):
                answer = await self.client.call("conversations.replies", channel=channel, **asked)
                found += answer.get("messages") or ()
                asked["cursor"] = next_cursor(answer)
                if not asked["cursor"]:
                    break
        except SlackRefused as refusal:
            if refusal.code not in NO_THREAD:
                raise
        return [each for each in found if each.get("ts") != ts]

    async def _take(self, channel: str, messages: Iterable[Message]) -> list[SlackUnavailable]:
        """Take back those of them that are the bot's own, side by side."""
        own = [each for each in messages if each.get("user") == self.us]
        telling = {str(each["ts"]): each for each in own if each.get("subtype") not in _EMPTY}
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(self._taken(channel, ts, line=each.get("subtype") in _LINES))
                for ts, each in telling.items()
            ]
        return [trouble for each in asked if (trouble := each.result()) is not None]

    async def _taken(self, channel: str, ts: str, *, line: bool) -> SlackUnavailable | None:
        """What went wrong with one message. A line of Slack's own stays where it may not go: it
        cannot be edited either.
        """
        try:
            await self.take(MessageRef(channel=channel, ts=ts))
        except SlackRefused as refusal:
            return None if line else refusal
        except SlackUnavailable as trouble:
            return trouble
        return None

    def _answered(self, message: Message) -> bool:
        """Whether the bot may have said something below it; Slack names the first few only."""
        if not message.get("reply_count"):
            return False
        users = message.get("reply_users") or ()
        hidden = int(message.get("reply_users_count") or 0) > len(users)
        return hidden or self.us in users
