"""The channels that a private incident has left to everybody: emptied of the bot's words, renamed,
archived.

Each step leaves the same when it is done twice: what is there is looked at, or Slack says that it
is so already. A channel that is gone, or that the bot cannot see, has nothing left in public.
"""

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import datetime

from adapters.slack.channels import MAX_NAMES, SlackChannels, memberships
from adapters.slack.client import SlackClient
from adapters.slack.history import CLOCK_MARGIN
from adapters.slack.own_words import OwnWords
from adapters.slack.posts import SlackPosts
from adapters.slack.room_results import together
from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.naming import bare_name, left_name, telling
from bot.domain.incidents.room import Left, Step
from bot.domain.incidents.room_events import StepResult
from bot.ports import RoomJob
from bot.views.blocks import sentence
from bot.views.incidents.topics import closing, leaving

_UNPINNED = frozenset({"message_not_found", "no_pin", "not_pinned"})
_GONE = "channel_not_found"
_ARCHIVED = "is_archived"

Troubles = list[SlackUnavailable]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRooms:
    """Retires channels. `us` is the bot's user."""

    client: SlackClient
    channels: SlackChannels
    policy: IncidentPolicy
    us: str

    async def retire(self, job: RoomJob) -> StepResult:
        """Do one step in all channels that were left, side by side.

        Raises as `SlackClient.call` when it cannot be found out which those are.
        """
        left = await self._found(job)
        made = [each for each in left if each.made]
        match job.step:
            case Step.LEFT_WORDS:
                parts = [*(self._words(job, each) for each in left), self._below_alert(job)]
            case Step.LEFT_TEXTS:
                parts = [self._texts(job, each) for each in made]
            case Step.LEFT_LINKS:
                parts = [self._links(job, each) for each in left]
            case Step.LEFT_NAME:
                parts = [self._name(job, each) for each in made]
            case Step.LEFT_ARCHIVE:
                parts = [self._archive(job, each) for each in made]
            case other:
                raise ValueError(f"{other} is no step that retires a channel")
        return together(job.step, await _all(parts))

    async def _found(self, job: RoomJob) -> list[Left]:
        """The channels that were left. One that was being made is known by its name, its maker and
        its age.
        """
        known = [each for each in job.left if each.channel is not None]
        unknown = [each.since for each in job.left if each.channel is None and each.since]
        if not unknown:
            return known
        first = (min(unknown) - CLOCK_MARGIN).timestamp()
        bare = bare_name(job.incident, self.policy.prefix)
        ours = {each.channel for each in known} | {job.incident.room.channel}
        return known + [
            Left(channel=str(each["id"]), made=True)
            for each in await memberships(self.client)
            if each.get("creator") == self.us
            and float(each.get("created") or 0) >= first
            and not each.get("is_private")
            and str(each["id"]) not in ours
            and f"{each['name']}-".startswith(f"{bare}-")
        ]

    # ── What the bot said ────────────────────────────────────────────────────────────────────────

    async def _words(self, job: RoomJob, left: Left) -> Troubles:
        """Everything, in a channel of the incident's own. In somebody else's the bot may have said
        other things as well: there the card is blotted out, and one that nobody knew of is taken.
        """
        if left.made:
            return await self._own(job).sweep(_id(left))
        if left.card is not None:
            await self._own(job, leaving(job.incident)).blot(left.card)
        elif left.since is not None:
            await self._take(job, Step.CARD, _id(left), left.since)
        return []

    async def _below_alert(self, job: RoomJob) -> Troubles:
        """What stands below the alert, which says only by now that it is private."""
        room = job.incident.room
        if room.broadcast is not None:
            return await self._own(job, leaving(job.incident)).sweep_thread(room.broadcast)
        since = room.progress(Step.BROADCAST).begun
        if since is not None:
            channel = await self.channels.id_of(self.policy.channel)
            await self._take(job, Step.BROADCAST, channel, since)
        return []

    async def _take(self, job: RoomJob, step: Step, channel: str, since: datetime) -> None:
        """Take back what may have been posted while it became private."""
        room = job.incident.room
        posts = SlackPosts(client=self.client, us=self.us)
        token = f"{room.open_token or room.token}:{step}"
        place = await posts.find(token, channel, None, since)
        if place is not None:
            await self._own(job, leaving(job.incident)).take(place)

    def _own(self, job: RoomJob, instead: str = "") -> OwnWords:
        """What was said. What stays says `instead` that it is private, or that this is closed."""
        said = sentence(instead or closing(job.incident))
        return OwnWords(client=self.client, us=self.us, instead=said)

    # ── What hangs on the channel ────────────────────────────────────────────────────────────────

    async def _texts(self, job: RoomJob, left: Left) -> Troubles:
        text = closing(job.incident)
        return await _all(self._describe(_id(left), what, text) for what in ("topic", "purpose"))

    async def _describe(self, channel: str, what: str, text: str) -> Troubles:
        try:
            method = f"conversations.set{what.capitalize()}"
            await self.client.call(method, channel=channel, **{what: text})
        except SlackRefused as refusal:
            if refusal.code != _ARCHIVED:
                raise
            info = (await self.client.call("conversations.info", channel=channel))["channel"]
            if (info.get(what) or {}).get("value") != text:
                raise _too_late() from None
        return []

    async def _links(self, job: RoomJob, left: Left) -> Troubles:
        return await _all((self._unpin(left), self._unmark(job, left)))

    async def _unpin(self, left: Left) -> Troubles:
        if left.card is None:
            return []
        place = left.card
        try:
            await self.client.call("pins.remove", channel=place.channel, timestamp=place.ts)
        except SlackRefused as refusal:
            if refusal.code not in _UNPINNED:
                raise
        return []

    async def _unmark(self, job: RoomJob, left: Left) -> Troubles:
        """Take the bot's bookmarks away; in its own channel also one that somebody has edited."""
        channel, urls = _id(left), {url for _, url in job.links}
        listed = await self.client.call("bookmarks.list", channel_id=channel)
        ours = [
            str(each["id"])
            for each in listed.get("bookmarks") or ()
            if each.get("last_updated_by_user_id") == self.us
            or (left.made and each.get("link") in urls)
        ]
        return await _all(self._unmarked(channel, each) for each in ours)

    async def _unmarked(self, channel: str, bookmark: str) -> Troubles:
        try:
            await self.client.call("bookmarks.remove", channel_id=channel, bookmark_id=bookmark)
        except SlackRefused as refusal:
            if refusal.code != "not_found":
                raise
        return []

    # ── The channel ──────────────────────────────────────────────────────────────────────────────

    async def _name(self, job: RoomJob, left: Left) -> Troubles:
        """Give it a name that says no more than the reference, unless it has one."""
        channel, prefix = _id(left), self.policy.prefix
        info = (await self.client.call("conversations.info", channel=channel))["channel"]
        if not telling(str(info["name"]), job.incident, prefix):
            return []
        for attempt in range(1, MAX_NAMES + 1):
            name = left_name(job.incident, prefix, attempt)
            try:
                await self.client.call("conversations.rename", channel=channel, name=name)
            except SlackRefused as refusal:
                if refusal.code == _ARCHIVED:
                    raise _too_late() from None
                if refusal.code != "name_taken":
                    raise
            else:
                return []
        raise SlackRefused(f"{MAX_NAMES} channels have such a name already.", code="name_taken")

    async def _archive(self, job: RoomJob, left: Left) -> Troubles:
        """Close it. What was said meanwhile is taken back first: nothing can be, afterwards. What
        Slack refuses to take back keeps no channel open in which people go on talking.
        """
        channel = _id(left)
        try:
            troubles = await self._own(job).sweep(channel)
        except SlackRefused as refusal:
            troubles = [refusal]
        for trouble in troubles:
            if not isinstance(trouble, SlackRefused):
                raise trouble
            _log.warning("%s: left in %s: %s", job.incident.ref, channel, trouble.code)
        try:
            await self.client.call("conversations.archive", channel=channel)
        except SlackRefused as refusal:
            if refusal.code != "already_archived":
                raise
        return []


def _id(left: Left) -> str:
    return left.channel or ""


def _too_late() -> SlackRefused:
    sentence = "Somebody has archived the channel before, so that nothing in it can be changed."
    return SlackRefused(sentence, code=_ARCHIVED)


async def _all(parts: Iterable[Awaitable[Troubles]]) -> Troubles:
    """Do all parts side by side; returns what went wrong."""
    found = await asyncio.gather(*(_tried(part) for part in parts))
    return [each for some in found for each in some]


async def _tried(part: Awaitable[Troubles]) -> Troubles:
    """What went wrong with a part. That a channel is gone is as good as done."""
    try:
        return await part
    except SlackRefused as refusal:
        return [] if refusal.code == _GONE else [refusal]
    except SlackUnavailable as trouble:
        return [trouble]
