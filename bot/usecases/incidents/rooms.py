"""The rooms of incidents: made wave by wave, retired when they are left to everybody, and taken up
again by whoever comes after a crash.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.actor import Actor, Identity
from bot.domain.errors import SlackRefused, SlackUnavailable, UsageError
from bot.domain.incidents.events import (
    Event,
    RoomAdopted,
    RoomOpened,
    RoomRepaired,
    StepsBegun,
    StepsEnded,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Left, Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.room_leaving import LEAVING
from bot.domain.incidents.room_steps import next_steps
from bot.ports import Change, RoomJob, Rooms, Stored, room_item
from bot.usecases.incidents.acting import Acting, Decided
from bot.usecases.incidents.closed_rooms import ClosedRooms
from bot.usecases.incidents.consequences import room_due
from bot.usecases.incidents.inviting import Invited, Inviting
from bot.usecases.incidents.paging import Paging

_WITH_LINKS = frozenset({Step.BOOKMARKS, Step.LEFT_LINKS})
# What shows something of the incident, or brings people in, where the room is.
_SHOWN = frozenset({Step.CARD, Step.INVITE, Step.TOPIC, Step.PURPOSE, Step.BOOKMARKS, Step.PIN})
# The code of a refusal (docs.slack.dev, "conversations.info"): of a private channel that one is not
# in, Slack says that there is none.
_NOT_IN_IT = "not_in_channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooming:
    """Makes what is missing of a room, and takes back what it has left in public.

    What is about to be done is written down first, and how it went afterwards: a step that was
    begun by somebody who is gone may be done, and is looked for before it is done again.
    """

    acting: Acting
    rooms: Rooms
    closed: ClosedRooms
    paging: Paging

    async def tick(self, ref: str) -> tuple[StepResult, ...]:
        """Do the next wave of steps, side by side; returns how they went, nothing when none is due.

        Raises `NotFound`, and `ConcurrentUpdate` when somebody changed the incident before anything
        was begun.
        """
        transitions = self.acting.transitions
        stored = await transitions.incidents.incident(ref)
        now = transitions.clock.now()
        steps = next_steps(stored.value, now)
        if not steps:
            await self._wake(stored)
            return ()
        begun = await transitions.apply(stored, StepsBegun(steps=steps))
        kept = await self._kept_out(begun, steps)
        steps = tuple(step for step in steps if step not in kept)
        invited = Invited()
        if Step.INVITE in steps:
            invited = await Inviting(paging=self.paging).now(stored.value, begun)
        left = await self._left(begun) if LEAVING.intersection(steps) else ()
        jobs = [self._job(step, stored.value, begun, now, invited, left) for step in steps]
        done = [await self._free(ref, result) for result in await self.rooms.perform(jobs)]
        done = [invited.result(each) if each.step is Step.INVITE else each for each in done]
        self._believe(begun, done)
        results = (*kept.values(), *done)

        async def ended(incident: Incident) -> Event | None:
            # What was made for a room that it has left meanwhile is none of its own.
            same = incident.room.token == begun.room.token
            return StepsEnded(results=results) if same else None

        after = await transitions.decide(ref, ended)
        if after.room.token != begun.room.token:
            # Whoever moved it left the agenda to this wave, which has only ended now.
            await self._wake(await transitions.incidents.incident(ref))
        return results

    async def repair(self, identity: Identity, ref: str) -> Incident:
        """Make again whatever is missing of its room, or was refused. Raises as `Acting.act`."""
        return await self.acting.act(identity, ref, "repair", lambda *_: RoomRepaired())

    async def adopt(self, identity: Identity, ref: str, channel: str) -> Incident:
        """Take a channel that is there as its room.

        Raises as `Acting.act`, `UsageError` when it is another's room, or open to everybody while
        the incident is private, and `SlackRefused` when the bot is not in it. The room that a
        private incident has so far is looked at as well: `SlackUnavailable` when it cannot be.
        """
        await self.acting.sight.see(identity, ref)
        name, closed = await self.closed.looks.name_of(channel)

        async def decide(incident: Incident, _actor: Actor, _now: datetime) -> Decided:
            if incident.private and not closed:
                raise UsageError(
                    "{ref} is private, and everybody can read #{name}.",
                    hint="Take a private channel that the bot was invited to.",
                    ref=ref,
                    name=name,
                )
            owner = await self._owner(channel)
            if owner is not None and owner != ref:
                raise UsageError(
                    "#{name} is the room of {owner}.",
                    hint="Take a channel that is nobody's.",
                    name=name,
                    owner=owner,
                )
            opened = await self._opened(incident)
            return RoomAdopted(channel=channel, channel_name=name, closed=closed, opened=opened)

        return await self.acting.act_with(identity, ref, "adopt a channel for", decide)

    async def open_channel(self, identity: Identity, ref: str) -> Incident:
        """Give it a channel of its own, where its room is a thread. Raises as `Acting.act`."""
        return await self.acting.act(identity, ref, "open a channel for", lambda *_: RoomOpened())

    async def _wake(self, stored: Stored[Incident]) -> None:
        """Have it looked at again when something is due, or no more."""
        transitions, ref = self.acting.transitions, stored.value.ref
        wake = {room_item(ref): room_due(stored.value, transitions.clock.now())}
        await transitions.commit(Change(writes=(), unchanged=(stored,), wake=wake))

    async def _left(self, incident: Incident) -> tuple[Left, ...]:
        """The channels that it has left, and that something is to be done about. One that is
        another's room by now stays as it is, but for what was hung on it.
        """
        left = []
        for each in incident.room.left:
            if each.retired:
                continue
            owner = await self._owner(each.channel) if each.channel else None
            taken = owner not in {None, incident.ref}
            left.append(each.model_copy(update={"made": False}) if taken else each)
        return tuple(left)

    async def _opened(self, incident: Incident) -> bool:
        """Whether somebody has opened the room of a private incident to everybody.

        Of one that the bot is not in any more only an open one is still there for it; of one that
        is gone, or archived, nothing can be taken back.
        """
        channel = incident.room.channel
        if not incident.private or channel is None:
            return False
        try:
            _, closed = await self.closed.looks.name_of(channel)
        except SlackRefused as refusal:
            return refusal.code == _NOT_IN_IT
        return not closed

    async def _kept_out(
        self, incident: Incident, steps: Iterable[Step]
    ) -> Mapping[Step, StepResult]:
        """The steps that would show what is private in a room that somebody has opened, or of which
        nobody knows: they wait, unless it is over, or Slack has said no.
        """
        channel, shown = incident.room.channel, [step for step in steps if step in _SHOWN]
        if not incident.private or channel is None or not shown:
            return {}
        try:
            if await self.closed.closed(channel):
                return {}
            problem, final = "Everybody can read the channel.", incident.over
        except SlackUnavailable as trouble:
            problem, final = str(trouble), incident.over or isinstance(trouble, SlackRefused)
        return {step: StepResult(step=step, problem=problem, final=final) for step in shown}

    def _believe(self, incident: Incident, results: Iterable[StepResult]) -> None:
        """A channel that was just made for what is private need not be asked for."""
        for result in results:
            if incident.private and result.step is Step.CHANNEL and result.channel:
                self.closed.made(result.channel)

    def _job(
        self,
        step: Step,
        found: Incident,
        begun: Incident,
        now: datetime,
        invited: Invited,
        left: tuple[Left, ...],
    ) -> RoomJob:
        """A step as it has to be done. Any earlier attempt may have had its effect."""
        since = found.room.progress(step).begun
        return RoomJob(
            step=step,
            incident=begun,
            again=since is not None,
            since=since or now,
            people=invited.people if step is Step.INVITE else frozenset(),
            links=self._links(found) if step in _WITH_LINKS else (),
            left=left if step in LEAVING else (),
        )

    def _links(self, incident: Incident) -> tuple[tuple[str, str], ...]:
        """What everybody in a room looks at: dashboards, and the runbooks that fit."""
        boards = self.acting.sight.policy.dashboards
        shown = [
            (each.title, each.url) for each in boards if each.service in {None, incident.service}
        ]
        shown += [(each.title, each.url) for each in incident.runbooks if each.url]
        return tuple(shown)

    async def _free(self, ref: str, result: StepResult) -> StepResult:
        """A result as it counts: a channel that is another incident's is none."""
        if result.channel is None:
            return result
        owner = await self._owner(result.channel)
        if owner is None or owner == ref:
            return result
        return StepResult(step=result.step, problem=f"It is the room of {owner}.", final=True)

    async def _owner(self, channel: str) -> str | None:
        """Whose room a channel is; one of an incident that is over can be taken."""
        incident = await self.acting.sight.here(channel)
        return incident.ref if incident is not None and not incident.over else None
