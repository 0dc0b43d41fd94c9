"""What a message about an incident shows at the moment of delivery, and whether it may.

The last gate before people: what is private is shown in its own room and to its own people only,
whatever was decided when the message was written.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain.actor import Actor
from bot.domain.audit import is_person
from bot.domain.errors import NotFound, NotPermitted, SlackUnavailable
from bot.domain.incidents.course import goes_on_in
from bot.domain.incidents.escalation import answered
from bot.domain.incidents.events import Event, RoomRepaired, StepsBegun, StepsEnded
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import (
    DirectWord,
    IncidentBroadcast,
    IncidentCard,
    IncidentMessage,
    IncidentNote,
    IncidentSaid,
    MaintenanceCard,
    MaintenanceOverdue,
    OutsidePage,
    PostMortemFile,
)
from bot.domain.incidents.room import Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.timeline import TimelineLine, folded
from bot.domain.incidents.visibility import can_see, people_in
from bot.domain.message import Entry
from bot.domain.placement import MessageRef
from bot.ports import Directory, Pager, Scene
from bot.usecases.incidents.closed_rooms import ClosedRooms
from bot.usecases.incidents.redaction import redacted
from bot.usecases.incidents.transitions import IncidentTransitions

_USUAL = "en"
# What is said about another incident, by its reference.
_OF_TWO = frozenset({IncidentSaid.MERGED, IncidentSaid.RELATED})
# What the room makes itself, by what shows it afterwards.
_STEPS: Mapping[str, Step] = MappingProxyType(
    {"incident_card": Step.CARD, "incident_broadcast": Step.BROADCAST}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Reads what messages about incidents are about.

    `rooms` knows which channels are closed, `team` is the workspace of the readers. Without a
    `pager` nobody is called outside of the chat system.
    """

    transitions: IncidentTransitions
    directory: Directory
    rooms: ClosedRooms
    team: str
    pager: Pager | None = None

    async def scene(self, entry: Entry, message: IncidentMessage) -> Scene | None:
        """What there is to show; None when there is nothing (any more).

        Raises `NotFound` for what does not exist, and for what is private and would be shown where
        others see it; `SlackRefused` and `SlackUnavailable` where it is not known who would.
        """
        if isinstance(message, MaintenanceCard | MaintenanceOverdue):
            run = (await self.transitions.incidents.maintenance(message.run)).value
            return Scene(maintenance=run, language=self._usual)
        incident = (await self.transitions.incidents.incident(message.incident)).value
        if isinstance(message, DirectWord):
            return await self._direct(entry, message, incident)
        if isinstance(message, IncidentBroadcast):
            return await self._broadcast(message, incident)
        if incident.private and not await self._in_own_room(entry, incident):
            return self._elsewhere(entry, message, incident)
        card = isinstance(message, IncidentCard)
        if card and incident.room.card is None:
            return None
        lines: tuple[TimelineLine, ...] = ()
        names: Mapping[str, str] = {}
        if isinstance(message, PostMortemFile):
            lines = folded(await self.transitions.incidents.timeline(incident.ref))
            names = await self._names(people_in(incident, lines))
        return Scene(
            incident=incident,
            timeline=lines,
            place=incident.room.card if card else None,
            names=names,
            incidents=await self._others(message, incident),
            language=incident.language,
        )

    async def stands(self, message: IncidentMessage, scene: Scene, place: MessageRef) -> None:
        """Remember where the card or the alert stands, when it had to be posted anew."""
        step = _STEPS.get(message.kind)
        if step is None or scene.incident is None or scene.place in {None, place}:
            return
        moved = (
            StepsBegun(steps=(step,)),
            StepsEnded(results=(StepResult(step=step, posted=place),)),
            RoomRepaired(),  # it has to be pinned again
        )

        async def decide(_incident: Incident) -> Sequence[Event]:
            return moved

        await self.transitions.decide(scene.incident.ref, decide)

    async def call_out(self, message: OutsidePage) -> None:
        """Give a page to the paging service, or tell it that somebody is on it by now; and in any
        case of all the others that somebody is on, as one answer may be for an earlier page.

        Raises `NotFound` for a page that does not exist, and `PagerUnavailable`.
        """
        incident = (await self.transitions.incidents.incident(message.incident)).value
        page = incident.page(message.page)
        if page is None:
            raise NotFound("{ref} has no page {name}.", ref=incident.ref, name=message.page)
        if self.pager is None or incident.drill:
            return
        shown = incident
        if incident.private:
            shown = redacted(incident).model_copy(update={"pages": incident.pages})
        if incident.active and not answered(incident, page):
            await self.pager.page(shown, page)
        if not incident.active or any(answered(incident, each) for each in incident.pages):
            await self.pager.acknowledge(shown)

    async def told(self, ref: str) -> Incident:
        """An incident as everybody may read of it now. Raises `NotFound`."""
        incident = (await self.transitions.incidents.incident(ref)).value
        return redacted(incident) if incident.private else incident

    async def around(self, service: str, environment: str) -> tuple[Incident, ...]:
        """What whoever looks at a deploy should know of: incidents under way at its target.

        Everybody sees a deploy, so private ones are not among them.
        """
        return tuple(
            each
            for each in await self.transitions.incidents.open()
            if not each.private and each.hurts(service, environment)
        )

    async def _direct(self, entry: Entry, message: DirectWord, incident: Incident) -> Scene | None:
        """What one person is told, in that person's language; nothing private to somebody who is
        not of the workspace, or not any more, however they came to be in it.
        """
        if not is_person(message.to):
            return None
        if entry.channel != message.to:
            raise NotFound(
                "What {person} is told of {ref} is for nobody else.",
                person=message.to,
                ref=incident.ref,
            )
        try:
            actor = await self.directory.actor(message.to, self.team)
        except NotPermitted as refused:
            if incident.private:
                raise NotFound(
                    "{ref} is private, and not for {person}.", ref=incident.ref, person=message.to
                ) from refused
            actor = Actor(id=message.to, name="", language=self._usual)
        if not can_see(actor, incident, self.transitions.policy):
            raise NotFound(
                "{ref} is private, and {person} is not in it.", ref=incident.ref, person=message.to
            )
        return Scene(incident=incident, language=actor.language)

    async def _broadcast(self, message: IncidentMessage, incident: Incident) -> Scene | None:
        """The alert; of what is private by now, that there is something, where it was told."""
        place = incident.room.broadcast
        if place is None:
            return None
        shown = redacted(incident) if incident.private else incident
        others = await self._others(message, shown)
        return Scene(incident=shown, place=place, incidents=others, language=incident.language)

    async def _others(self, message: IncidentMessage, incident: Incident) -> tuple[Incident, ...]:
        """The other incident that a message speaks of, where everybody may know of that one."""
        ref = goes_on_in(incident)
        if isinstance(message, IncidentNote):
            ref = message.detail if message.said in _OF_TWO else None
        if ref is None:
            return ()
        with suppress(NotFound):
            other = (await self.transitions.incidents.incident(ref)).value
            return () if other.private else (other,)
        return ()

    def _elsewhere(self, entry: Entry, message: IncidentMessage, incident: Incident) -> Scene:
        """A message of a private incident that goes where others read it: nothing but that it is
        private, said once when it becomes so, and its card, blotted out: the one that it leaves
        behind, or that of a room which was opened to others. Raises `NotFound` for everything else.
        """
        said = isinstance(message, IncidentNote) and message.said is IncidentSaid.MADE_PRIVATE
        if said or isinstance(message, IncidentCard):
            card = incident.room.card
            own = card is not None and card.channel == entry.channel and not said
            return Scene(
                incident=redacted(incident),
                place=card if own else None,
                language=incident.language,
                outside=True,
            )
        raise NotFound(
            "{ref} is private: nothing of it is shown in {channel}.",
            ref=incident.ref,
            channel=entry.channel,
        )

    async def _names(self, people: Iterable[str]) -> Mapping[str, str]:
        """What people are called; whoever is not here any more goes by their id."""
        names: dict[str, str] = {}
        for person in filter(is_person, people):
            with suppress(NotPermitted, SlackUnavailable):
                names[person] = (await self.directory.actor(person, self.team)).name
        return names

    async def _in_own_room(self, entry: Entry, incident: Incident) -> bool:
        """Whether it goes where only its own people are, as far as the chat system says now."""
        own = incident.room.closed and entry.channel == incident.room.channel
        return own and await self.rooms.closed(entry.channel)

    @property
    def _usual(self) -> str:
        return self.transitions.policy.language or _USUAL
