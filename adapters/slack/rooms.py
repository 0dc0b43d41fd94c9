"""The rooms of incidents in Slack: each step done once, however often it is asked for. How those
that were left are retired is in `left_rooms`.

What an earlier attempt may have made is looked for first: a channel by its name and its maker, a
post by the token in its metadata, a bookmark by its address. The rest is the same done twice. When
nothing goes wrong, no step takes a second call that waits for the first.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.slack.channels import MAX_NAMES, SlackChannels, memberships
from adapters.slack.client import SlackClient
from adapters.slack.history import CLOCK_MARGIN
from adapters.slack.invitations import Invitations
from adapters.slack.left_rooms import LeftRooms
from adapters.slack.posts import SlackPosts
from adapters.slack.room_results import failed
from adapters.slack.wording import Names, nobody
from bot.domain.errors import SignalboxError, SlackRefused, SlackUnavailable
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.naming import room_name
from bot.domain.incidents.room import RoomKind, Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.placement import MessageRef
from bot.ports import RoomJob
from bot.views.blocks import Rendered
from bot.views.incidents.topics import purpose, topic

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomScreens:
    """How what is posted looks."""

    card: Callable[[Incident], Rendered]
    broadcast: Callable[[Incident], Rendered]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackRooms:
    """Implements `bot.ports.Rooms`. `us` is the bot's user; `names` knows people by id."""

    client: SlackClient
    channels: SlackChannels
    policy: IncidentPolicy
    screens: RoomScreens
    us: str
    names: Names = nobody

    async def perform(self, jobs: Sequence[RoomJob]) -> tuple[StepResult, ...]:
        """Do steps side by side; returns how each went, in order, and never raises."""
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self._result(job)) for job in jobs]
        return tuple(each.result() for each in asked)

    async def _result(self, job: RoomJob) -> StepResult:
        try:
            return await self._do(job)
        except SignalboxError as error:
            _log.warning("%s: %s: %s", job.incident.ref, job.step, error)
            return failed(job.step, error)
        except Exception:  # noqa: BLE001 - see the next line; `perform` never raises
            # A bug in one step must not hide what has become of the others.
            _log.exception("%s: %s broke", job.incident.ref, job.step)
            return StepResult(step=job.step, problem="Something broke in Signalbox.")

    async def _do(self, job: RoomJob) -> StepResult:
        match job.step:
            case Step.CHANNEL:
                return await self._channel(job)
            case Step.CARD:
                return await self._card(job)
            case Step.BROADCAST:
                return await self._broadcast(job)
            case Step.INVITE:
                return await self._invite(job)
            case Step.TOPIC | Step.PURPOSE:
                return await self._describe(job)
            case Step.BOOKMARKS:
                return await self._bookmarks(job)
            case Step.PIN:
                return await self._pin(job)
            case (
                Step.LEFT_WORDS
                | Step.LEFT_TEXTS
                | Step.LEFT_LINKS
                | Step.LEFT_NAME
                | Step.LEFT_ARCHIVE
            ):
                return await self._retire(job)

    # ── The channel ──────────────────────────────────────────────────────────────────────────────

    async def _channel(self, job: RoomJob) -> StepResult:
        """Make it under the first name that is free; one that an earlier attempt made is taken.

        A private incident gets a private channel or none.
        """
        ours: Mapping[str, str] | None = None
        private = job.incident.private
        for attempt in range(1, MAX_NAMES + 1):
            name = room_name(job.incident, self.policy.prefix, attempt)
            try:
                answer = await self.client.call(
                    "conversations.create", name=name, is_private=private
                )
            except SlackRefused as refusal:
                if refusal.code != "name_taken":
                    raise
            else:
                made = answer["channel"]
                return StepResult(step=job.step, channel=str(made["id"]), name=str(made["name"]))
            if job.again and ours is None:
                ours = await self._made(job.since, private=private)
            if ours and name in ours:
                return StepResult(step=job.step, channel=ours[name], name=name)
        raise SlackRefused(
            f"{MAX_NAMES} channels have such a name already; use one of your own.",
            code="name_taken",
        )

    async def _made(self, since: datetime, *, private: bool) -> Mapping[str, str]:
        """The channels that this bot has made since then: ids by name."""
        first = (since - CLOCK_MARGIN).timestamp()
        return {
            str(each["name"]): str(each["id"])
            for each in await memberships(self.client)
            if each.get("creator") == self.us and float(each.get("created") or 0) >= first
            # Never one that everybody can read for what only some may know.
            if each.get("is_private") or not private
        }

    # ── Posts ────────────────────────────────────────────────────────────────────────────────────

    async def _card(self, job: RoomJob) -> StepResult:
        room = job.incident.room
        channel, thread = room.channel, None
        if room.kind is RoomKind.THREAD and room.broadcast is not None:
            channel, thread = room.broadcast.channel, room.broadcast.ts
        if channel is None:
            return _too_early(job.step)
        said = self.screens.card(job.incident)
        return await self._posted(job, channel, said, thread)

    async def _broadcast(self, job: RoomJob) -> StepResult:
        if job.incident.private or job.incident.drill:
            problem = "Private incidents and drills are announced to nobody."
            return StepResult(step=job.step, problem=problem, final=True)
        said = self.screens.broadcast(job.incident)
        return await self._posted(job, self.policy.channel, said, None)

    async def _posted(
        self, job: RoomJob, channel: str, said: Rendered, thread: str | None
    ) -> StepResult:
        token = f"{job.incident.room.token}:{job.step}"
        posts = SlackPosts(client=self.client, us=self.us)
        place: MessageRef | None = None
        if job.again:
            known = await self.channels.id_of(channel)
            place = await posts.find(token, known, thread, job.since)
        place = place or await posts.post(channel, said, token, thread=thread)
        return StepResult(step=job.step, posted=place)

    # ── What hangs on the channel ────────────────────────────────────────────────────────────────

    async def _invite(self, job: RoomJob) -> StepResult:
        channel = job.incident.room.channel
        if channel is None:
            return _too_early(job.step)
        invited = await Invitations(client=self.client).invite(channel, job.people)
        result = StepResult(step=job.step, people=invited.inside)
        kept_out = invited.kept_out(self.names)
        if invited.trouble is not None:
            result = failed(job.step, invited.trouble)
        elif kept_out:
            problem = f"Slack does not let these people in: {kept_out}."
            result = StepResult(step=job.step, problem=problem, final=True)
        return result.model_copy(update={"people": invited.inside})

    async def _describe(self, job: RoomJob) -> StepResult:
        channel = job.incident.room.channel
        if channel is None:
            return _too_early(job.step)
        if job.step is Step.TOPIC:
            method, text = "conversations.setTopic", topic(job.incident)
        else:
            method, text = "conversations.setPurpose", purpose(job.incident)
        await self.client.call(method, channel=channel, **{job.step.value: text})
        return StepResult(step=job.step)

    async def _bookmarks(self, job: RoomJob) -> StepResult:
        channel = job.incident.room.channel
        if channel is None:
            return _too_early(job.step)
        links = {url: title for title, url in reversed(job.links)}
        if job.again and links:
            listed = await self.client.call("bookmarks.list", channel_id=channel)
            there = {str(each.get("link")) for each in listed.get("bookmarks") or ()}
            links = {url: title for url, title in links.items() if url not in there}
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(self._bookmark(channel, title, url))
                for url, title in reversed(links.items())
            ]
        troubles = [trouble for each in asked if (trouble := each.result()) is not None]
        return failed(job.step, troubles[0]) if troubles else StepResult(step=job.step)

    async def _bookmark(self, channel: str, title: str, url: str) -> SlackUnavailable | None:
        try:
            await self.client.call(
                "bookmarks.add", channel_id=channel, title=title, link=url, type="link"
            )
        except SlackUnavailable as trouble:
            return trouble
        return None

    async def _pin(self, job: RoomJob) -> StepResult:
        card = job.incident.room.card
        if card is None:
            return _too_early(job.step)
        try:
            await self.client.call("pins.add", channel=card.channel, timestamp=card.ts)
        except SlackRefused as refusal:
            if refusal.code != "already_pinned":
                raise
        return StepResult(step=job.step)

    # ── What was left in public ──────────────────────────────────────────────────────────────────

    async def _retire(self, job: RoomJob) -> StepResult:
        left = LeftRooms(client=self.client, channels=self.channels, policy=self.policy, us=self.us)
        return await left.retire(job)


def _too_early(step: Step) -> StepResult:
    return StepResult(step=step, problem="What this hangs on is not there yet.")
