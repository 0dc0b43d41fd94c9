"""Messages in Slack: cards that are edited in place, and what stands in the threads below them.

Every post carries the id of its outbox entry as metadata, so that a post whose answer was lost can
be found again. The id is random and unknown to others before it is posted. A picture carries it in
the name of its file.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from adapters.slack.channels import SlackChannels
from adapters.slack.client import SlackClient
from adapters.slack.files import SlackFiles
from adapters.slack.history import look_for
from bot.domain.errors import NotFound, SlackRefused, SlackUnavailable
from bot.domain.message import (
    ChecklistCard,
    DeployCard,
    DeployChart,
    DeployNote,
    Entry,
    Notice,
    ReviewCard,
)
from bot.domain.picture import Picture
from bot.domain.placement import MessageRef
from bot.ports import Clock, Scene
from bot.views.blocks import Rendered
from bot.views.checklist import checklist_card
from bot.views.deploy import card as deploy_card
from bot.views.notes import chart_comment
from bot.views.notes import note as deploy_note
from bot.views.notice import notice
from bot.views.review import review_card

EVENT_TYPE = "signalbox_message"
# Decisions of this project: a channel's other messages wait for a picture no longer than that.
LOOKS = 4
BETWEEN_LOOKS = timedelta(seconds=2)

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
# What Slack says to a message with a picture that it cannot show (yet, or any more).
_BAD_PICTURE = "invalid_blocks"

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackNotifier:
    """Implements `bot.ports.Notifier`."""

    client: SlackClient
    channels: SlackChannels
    clock: Clock

    async def show(
        self, entry: Entry, scene: Scene, place: MessageRef | None, below: MessageRef | None
    ) -> MessageRef:
        """Post a message, or edit a card in place; `below` is the card of its thread.

        Returns where the message stands. For a card that is a new place when the old message can no
        longer be edited. A card whose picture Slack refuses is shown without it. Raises
        `SlackRefused` and `SlackUnavailable`.
        """
        try:
            return await self._put(entry, scene, place, below)
        except SlackRefused as refusal:
            if scene.picture is None or refusal.code != _BAD_PICTURE:
                raise
            _log.warning("%s: Slack does not show its picture", entry.card)
        return await self._put(entry, replace(scene, picture=None), place, below)

    async def attach(self, entry: Entry, picture: Picture, below: MessageRef | None) -> MessageRef:
        """Post a picture into a thread, or into the channel where there is no card to post below.

        Slack shows it some seconds later, and no card may show it before: that is waited for,
        within reason. Where it takes longer, the place has the thread's `ts`. Raises as `show`.
        """
        channel = await self._channel(entry, below)
        thread = below.ts if below else None
        files = SlackFiles(client=self.client)
        begun = self.clock.now()
        file = await files.upload(channel, thread, picture, chart_comment(picture.title))
        with suppress(SlackRefused, SlackUnavailable):  # it is up; only the waiting ends here
            for _ in range(LOOKS):
                place = await files.find(channel, thread, picture.name, begun)
                if place is not None:
                    return place
                await self.clock.sleep(BETWEEN_LOOKS)
        return MessageRef(channel=channel, ts=thread or "", file=file)

    async def find(
        self, entry: Entry, below: MessageRef | None, since: datetime
    ) -> MessageRef | None:
        """Look for a message or a picture that an earlier attempt may have posted, from `since` on.

        What belongs into a thread may have gone into the channel instead: see `_post_below`.
        """
        channel = await self._channel(entry, below)
        thread = below.ts if below else None
        if isinstance(entry.message, DeployChart):
            # The name that the picture was given when it was drawn: see `bot.usecases.delivery`.
            name = f"{entry.message.deploy}-{entry.id}.png"
            return await SlackFiles(client=self.client).find(channel, thread, name, since)
        return await self._look(entry, channel, thread, since)

    async def _put(
        self, entry: Entry, scene: Scene, place: MessageRef | None, below: MessageRef | None
    ) -> MessageRef:
        message = _rendered(entry, scene)
        if entry.card is not None and place is not None:
            return await self._edit(entry, scene, message, place, below)
        return await self._post_below(entry, message, below)

    async def _edit(
        self,
        entry: Entry,
        scene: Scene,
        message: Rendered,
        place: MessageRef,
        below: MessageRef | None,
    ) -> MessageRef:
        try:
            await self.client.call(
                "chat.update", channel=place.channel, ts=place.ts, **_content(message)
            )
        except SlackRefused as refusal:
            if refusal.code not in _LOST_CARD:
                raise
            _log.warning("card %s: %s; posting it anew", entry.card, refusal.code)
        else:
            return place
        # Unless an attempt whose answer was lost has posted it already. A channel that the bot may
        # post to, but not read, is no obstacle.
        if scene.deploy is not None:
            with suppress(SlackRefused):
                thread = below.ts if below else None
                since = scene.deploy.requested_at
                posted = await self._look(entry, place.channel, thread, since)
                if posted is not None:
                    return posted
        if below is not None:
            return await self._post_below(entry, message, below)
        return await self._post(entry, place.channel, message)

    async def _post_below(
        self, entry: Entry, message: Rendered, below: MessageRef | None
    ) -> MessageRef:
        """Post below the card, or in the channel where there is no card to post below."""
        if below is None:
            return await self._post(entry, entry.channel, message)
        try:
            return await self._post(entry, below.channel, message, thread=below.ts)
        except SlackRefused as refusal:
            if refusal.code not in _NO_THREAD:
                raise
        return await self._post(entry, below.channel, message)

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

    async def _channel(self, entry: Entry, below: MessageRef | None) -> str:
        """The id of the channel. Raises `SlackRefused` for a name that is not known."""
        return below.channel if below else await self.channels.id_of(entry.channel)

    async def _look(
        self, entry: Entry, channel: str, thread: str | None, since: datetime
    ) -> MessageRef | None:
        """Look in the thread, then in the channel."""
        found = await self._search(entry, channel, thread, since) if thread else None
        return found or await self._search(entry, channel, None, since)

    async def _search(
        self, entry: Entry, channel: str, thread: str | None, since: datetime
    ) -> MessageRef | None:
        """Look for the entry's token in a channel or a thread; one that is gone has no messages."""

        def pick(message: Mapping[str, Any]) -> MessageRef | None:
            ours = _token(message) == entry.id
            return MessageRef(channel=channel, ts=str(message["ts"])) if ours else None

        try:
            return await look_for(self.client, channel, thread, since, pick)
        except SlackRefused as refusal:
            if thread is None or refusal.code not in _NO_THREAD:
                raise
            return None


def _rendered(entry: Entry, scene: Scene) -> Rendered:
    """The message as people see it. Raises `NotFound` when what it is about is not there."""
    message = entry.message
    match message:
        case Notice():
            return notice(message)
        case DeployCard():
            return deploy_card(
                _there(scene.deploy, message.deploy),
                edition=message.edition,
                checklist=scene.checklist,
                picture=scene.picture,
            )
        case DeployNote():
            return deploy_note(_there(scene.deploy, message.deploy), message)
        case ChecklistCard():
            deploy = _there(scene.deploy, message.deploy)
            return checklist_card(_there(scene.checklist, message.deploy), message.part, deploy)
        case ReviewCard():
            return review_card(_there(scene.review, message.deploy))
        case DeployChart():
            raise AssertionError("a chart is attached, not shown")


def _there(found: T | None, deploy_id: str) -> T:
    if found is None:
        raise NotFound(f"What there is to show of {deploy_id} is gone.")
    return found


def _content(message: Rendered) -> dict[str, Any]:
    """Both parts, always: an update without blocks would leave the old ones standing."""
    return {"text": message.text, "blocks": message.blocks}


def _token(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    return payload.get("token") if isinstance(payload, Mapping) else None
