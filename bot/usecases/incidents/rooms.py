"""The rooms of incidents: made wave by wave, retired when they are left to everybody, and taken up
again by whoever comes after a crash.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actor import Actor, Identity
from bot.domain.errors import UsageError
from bot.domain.incidents.events import (
    Event,
    RoomAdopted,
    RoomOpened,
    RoomRepaired,
    StepsBegun,
    StepsEnded,
)
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.room import Left, Status, Step
from bot.domain.incidents.room_aims import wanted_people
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.room_leaving import LEAVING
from bot.domain.incidents.room_steps import next_steps
from bot.ports import Change, RoomJob, RoomLooks, Rooms, Stored, room_item
from bot.usecases.incidents.acting import Acting, Decided
from bot.usecases.incidents.consequences import room_due
from bot.usecases.incidents.paging import Paging

_WITH_LINKS = frozenset({Step.BOOKMARKS, Step.LEFT_LINKS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooming:
    """Makes what is missing of a room, and takes back what it has left in public.

    What is about to be done is written down first, and how it went afterwards: a step that was
    begun by somebody who is gone may be done, and is looked for before it is done again.
    """

    acting: Acting
    rooms: Rooms
    looks: RoomLooks
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
        owners = await self._owners(begun) if Step.INVITE in steps else frozenset()
        left = await self._left(begun) if LEAVING.intersection(steps) else ()
        jobs = [self._job(step, stored.value, begun, now, owners, left) for step in steps]
        results = [await self._free(ref, result) for result in await self.rooms.perform(jobs)]

        async def ended(incident: Incident) -> Event | None:
            # What was made for a room that it has left meanwhile is none of its own.
            same = incident.room.token == begun.room.token
            return StepsEnded(results=tuple(results)) if same else None

        after = await transitions.decide(ref, ended)
        if after.room.token != begun.room.token:
            # Whoever moved it left the agenda to this wave, which has only ended now.
            await self._wake(await transitions.incidents.incident(ref))
        return tuple(results)

    async def repair(self, identity: Identity, ref: str) -> Incident:
        """Make again whatever is missing of its room, or was refused. Raises as `Acting.act`."""
        return await self.acting.act(identity, ref, "repair", lambda *_: RoomRepaired())

    async def adopt(self, identity: Identity, ref: str, channel: str) -> Incident:
        """Take a channel that is there as its room.

        Raises as `Acting.act`, `UsageError` when it is another's room, or open to everybody while
        the incident is private, and `SlackRefused` when the bot is not in it.
        """
        await self.acting.sight.see(identity, ref)
        name, closed = await self.looks.name_of(channel)

        async def decide(incident: Incident, _actor: Actor, _now: datetime) -> Decided:
            if incident.private and not closed:
                raise UsageError(
                    f"{ref} is private, and everybody can read #{name}.",
                    hint="Take a private channel that the bot was invited to.",
                )
            owner = await self._owner(channel)
            if owner is not None and owner != ref:
                raise UsageError(
                    f"#{name} is the room of {owner}.", hint="Take a channel that is nobody's."
                )
            return RoomAdopted(channel=channel, channel_name=name, closed=closed)

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
        """The channels that it has left. One that is another's room by now stays as it is, but for
        what was hung on it.
        """
        left = []
        for each in incident.room.left:
            owner = await self._owner(each.channel) if each.channel else None
            taken = owner not in {None, incident.ref}
            left.append(each.model_copy(update={"made": False}) if taken else each)
        return tuple(left)

    async def _owners(self, incident: Incident) -> frozenset[str]:
        """The owners of what is affected; a private incident, or a drill, is not theirs to know.

        Nor is anybody called to what was over when it was written down.
        """
        service = self.paging.catalog.services.get(incident.service or "")
        real = incident.kind is IncidentKind.REAL and not incident.private
        if service is None or service.owners is None or not real:
            return frozenset()
        return await self.paging.members(service.owners)

    def _job(
        self,
        step: Step,
        found: Incident,
        begun: Incident,
        now: datetime,
        owners: frozenset[str],
        left: tuple[Left, ...],
    ) -> RoomJob:
        """A step as it has to be done. Any earlier attempt may have had its effect."""
        earlier = found.room.steps.get(step)
        since = earlier.begun if earlier is not None else None
        return RoomJob(
            step=step,
            incident=begun,
            again=since is not None,
            since=since or now,
            people=_invited(found, begun, owners) if step is Step.INVITE else frozenset(),
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


def _invited(found: Incident, begun: Incident, owners: frozenset[str]) -> frozenset[str]:
    """Whom to invite: everybody; after an invitation that went well, who has come since."""
    earlier = found.room.steps.get(Step.INVITE)
    done = earlier is not None and earlier.status is Status.DONE
    return (wanted_people(begun) | owners) - (found.room.people if done else frozenset())
