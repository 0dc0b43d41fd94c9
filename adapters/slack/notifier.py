"""Messages in Slack: cards that are edited in place, and what stands in the threads below them.

Every post carries the id of its outbox entry as metadata, so that a post whose answer was lost can
be found again. The id is random and unknown to others before it is posted. A file carries it in its
name.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from adapters.slack.channels import SlackChannels, is_person_id
from adapters.slack.client import SlackClient
from adapters.slack.files import Attachment, SlackFiles
from adapters.slack.posts import NO_THREAD, SlackPosts, content
from adapters.slack.rendering import rendered, there
from bot.domain.chart import MAX_HEADING
from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Moment
from bot.domain.incidents.messages import (
    FiguresPicture,
    IncidentCard,
    IncidentNote,
    PostMortemFile,
)
from bot.domain.message import DeployChart, Entry
from bot.domain.picture import Picture
from bot.domain.placement import MessageRef
from bot.ports import Clock, Scene
from bot.views.blocks import Rendered, cut
from bot.views.incidents.postmortem import postmortem
from bot.views.incidents.show import postmortem_comment
from bot.views.notes import chart_comment

# Decisions of this project: a channel's other messages wait for a picture no longer than that.
LOOKS = 4
BETWEEN_LOOKS = timedelta(seconds=2)

# The card can never be edited again (error words of chat.update).
_LOST_CARD = frozenset({"message_not_found", "edit_window_closed", "cant_update_message"})
# How much of a random id tells one file of an incident from every other, on a name that people see.
_ENOUGH = 6
# What Slack says to a message with a picture that it cannot show (yet, or any more).
_BAD_PICTURE = "invalid_blocks"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackNotifier:
    """Implements `bot.ports.Notifier`."""

    client: SlackClient
    channels: SlackChannels
    clock: Clock
    policy: IncidentPolicy = field(default_factory=IncidentPolicy)

    async def show(
        self, entry: Entry, scene: Scene, place: MessageRef | None, below: MessageRef | None
    ) -> MessageRef:
        """Post a message, or edit a card in place; `below` is the card of its thread.

        Returns where the message stands. For a card that is a new place when the old message can no
        longer be edited. A card whose picture Slack refuses is shown without it. A post-mortem is
        shown as a file. Raises `SlackRefused` and `SlackUnavailable`.
        """
        if isinstance(entry.message, PostMortemFile):
            return await self._write(entry, entry.message, scene, below)
        place = place or scene.place
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
        """Look for a message or a file that an earlier attempt may have posted, from `since` on.

        What belongs into a thread may have gone into the channel instead: see `_post_below`. An app
        that may not read what it writes to people finds nothing there: better told twice than not.
        """
        private = below is None and is_person_id(entry.channel)
        try:
            return await self._find(entry, below, since)
        except SlackRefused as refusal:
            if not (private and refusal.code == "missing_scope"):
                raise
            _log.warning("%s: %s", entry.channel, refusal)
            return None

    async def _find(
        self, entry: Entry, below: MessageRef | None, since: datetime
    ) -> MessageRef | None:
        channel = await self._channel(entry, below)
        thread = below.ts if below else None
        name = file_name(entry)
        if name is not None:
            return await SlackFiles(client=self.client).find(channel, thread, name, since)
        return await self._posts.find(entry.id, channel, thread, since)

    async def _put(
        self, entry: Entry, scene: Scene, place: MessageRef | None, below: MessageRef | None
    ) -> MessageRef:
        message = rendered(entry, scene, self.policy)
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
                "chat.update", channel=place.channel, ts=place.ts, **content(message)
            )
        except SlackRefused as refusal:
            if refusal.code not in _LOST_CARD:
                raise
            if _left_behind(entry, scene):
                # It was left behind, and only to be blotted out: nobody misses it.
                return place
            _log.warning("card %s: %s; posting it anew", entry.card, refusal.code)
        else:
            return place
        # Unless an attempt whose answer was lost has posted it already. A channel that the bot may
        # post to, but not read, is no obstacle.
        since = _beginning(scene)
        if since is not None:
            with suppress(SlackRefused):
                thread = below.ts if below else None
                posted = await self._posts.find(entry.id, place.channel, thread, since)
                if posted is not None:
                    return posted
        if below is not None:
            return await self._post_below(entry, message, below)
        return await self._posts.post(place.channel, message, entry.id)

    async def _post_below(
        self, entry: Entry, message: Rendered, below: MessageRef | None
    ) -> MessageRef:
        """Post below the card, or in the channel where there is no card to post below."""
        if below is None:
            return await self._posts.post(entry.channel, message, entry.id)
        aloud = isinstance(entry.message, IncidentNote) and entry.message.aloud
        thread = below.ts
        try:
            return await self._posts.post(
                below.channel, message, entry.id, thread=thread, aloud=aloud
            )
        except SlackRefused as refusal:
            if refusal.code not in NO_THREAD:
                raise
        return await self._posts.post(below.channel, message, entry.id)

    async def _write(
        self, entry: Entry, about: PostMortemFile, scene: Scene, below: MessageRef | None
    ) -> MessageRef:
        """Draw up a post-mortem and post it as a file."""
        incident = there(scene.incident, about.incident)
        now = self.clock.now()
        text = postmortem(incident, scene.timeline, self.policy, scene.names.get, now)
        heading = f"{incident.ref} {incident.title}"
        file = Attachment(
            name=file_name(entry) or f"{entry.id}.md",
            title=cut(heading, MAX_HEADING),
            content=text.encode(),
        )
        channel = await self._channel(entry, below)
        thread = below.ts if below else None
        files = SlackFiles(client=self.client)
        sent = await files.upload(channel, thread, file, postmortem_comment(incident))
        return MessageRef(channel=channel, ts=thread or "", file=sent)

    @property
    def _posts(self) -> SlackPosts:
        return SlackPosts(client=self.client)

    async def _channel(self, entry: Entry, below: MessageRef | None) -> str:
        """The id of the channel. Raises `SlackRefused` for a name that is not known."""
        if below is not None:
            return below.channel
        if is_person_id(entry.channel):
            opened = await self.client.call("conversations.open", users=entry.channel)
            return str(opened["channel"]["id"])
        return await self.channels.id_of(entry.channel)


def _left_behind(entry: Entry, scene: Scene) -> bool:
    """Whether it is the card of a room that a private incident has left."""
    hidden = scene.incident is not None and scene.incident.private and scene.place is None
    return hidden and isinstance(entry.message, IncidentCard)


def file_name(entry: Entry) -> str | None:
    """The name of the file that a message is, which no other file has; None for any other.

    A chart's is given when it is drawn: see `bot.usecases.delivery`.
    """
    match entry.message:
        case DeployChart(deploy=deploy):
            return f"{deploy}-{entry.id}.png"
        case PostMortemFile(incident=incident):
            return f"{incident}-postmortem-{entry.id[-_ENOUGH:].lower()}.md"
        case FiguresPicture():
            return f"figures-{entry.id}.png"
        case _:
            return None


def _beginning(scene: Scene) -> datetime | None:
    """No message about it is older than this."""
    if scene.deploy is not None:
        return scene.deploy.requested_at
    if scene.incident is not None:
        return scene.incident.at(Moment.DECLARED)
    return scene.maintenance.posted if scene.maintenance is not None else None
