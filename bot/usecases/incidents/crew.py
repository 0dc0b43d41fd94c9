"""The people of an incident: who leads, who takes part, who is called, who wants to hear of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actor import Actor, Identity
from bot.domain.audit import ENGINE, AuditEntry
from bot.domain.errors import NotFound, SlackUnavailable, UsageError
from bot.domain.incident_policy import Role
from bot.domain.incidents.escalation import climb_by_hand, last_page, page_by_hand
from bot.domain.incidents.events import (
    Event,
    HandoffAccepted,
    HandoffOffered,
    Joined,
    PageAcked,
    Paged,
    RoleGiven,
    Subscribed,
    Visited,
)
from bot.domain.incidents.incident import Incident, Interest
from bot.domain.incidents.messages import DirectWord, Word
from bot.domain.incidents.people import taken
from bot.domain.incidents.remarks import foremost
from bot.domain.incidents.visibility import insiders
from bot.domain.message import entry_of
from bot.ports import Change, RoomLooks
from bot.usecases.incidents.acting import Acting, Decided
from bot.usecases.incidents.paging import Paging

# Within this time the same button does not mean the next rung (a decision of this project): long
# enough for a double click, short enough for whoever wants that one as well.
_SAME_RUNG = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Brings people into incidents, and lets them hand over.

    Every method returns the incident as it is afterwards, and raises `NotPermitted`, `NotFound`,
    and `UsageError` or `IllegalTransition` when it does not fit.
    """

    acting: Acting
    paging: Paging
    looks: RoomLooks

    async def give(
        self, identity: Identity, ref: str, role: Role, to: str | None = None
    ) -> Incident:
        """Give somebody a role (None: take it). Whoever takes the lead has acknowledged it."""
        await self.paging.require_colleagues(*filter(None, (to,)))

        def decide(incident: Incident, actor: Actor, _now: datetime) -> Decided:
            return taken(incident, RoleGiven(role=role, to=to or actor.id), actor.id)

        return await self.acting.act(identity, ref, f"give the role {role} in", decide)

    async def hand_off(self, identity: Identity, ref: str, to: str) -> Incident:
        """Offer the lead to somebody, who then has the briefing and accepts it."""
        await self.paging.require_colleagues(to)
        event = HandoffOffered(to=to)
        return await self.acting.act(identity, ref, "hand over", lambda *_: event)

    async def accept(self, identity: Identity, ref: str) -> Incident:
        """Take the lead that was offered, which acknowledges it as well."""

        def decide(incident: Incident, actor: Actor, _now: datetime) -> Decided:
            return taken(incident, HandoffAccepted(), actor.id)

        return await self.acting.act(identity, ref, "accept", decide)

    async def join(self, identity: Identity, ref: str) -> Incident:
        """Take part."""

        def decide(_incident: Incident, actor: Actor, _now: datetime) -> Decided:
            return Joined(people=(actor.id,))

        return await self.acting.act(identity, ref, "join", decide)

    async def call_in(self, identity: Identity, ref: str, people: frozenset[str]) -> Incident:
        """Bring people in; they see it from now on when it is private."""
        await self.paging.require_colleagues(*sorted(people))
        event = Joined(people=tuple(sorted(people)))
        return await self.acting.act(identity, ref, "call people into", lambda *_: event)

    async def entered(
        self, identity: Identity, channel: str, inviter: str | None = None
    ) -> Incident | None:
        """Somebody came into the room; None when the channel is nobody's.

        Whoever was let into the private room of a private incident takes part in it. Whoever comes
        into the room of a public one visits it, which is no part in it if it becomes private. A
        room that is open to everybody gives no sight of what is private. Who has an `inviter` (an
        id, or `ENGINE`) was let in by them; nobody comes into a private room alone. Raises
        `NotPermitted` for people who are not of the workspace: a guest in the room reads along, and
        does nothing.
        """
        incident = await self.acting.sight.here(channel)
        if incident is None or identity.user in incident.responders:
            return incident
        actor = await self.acting.sight.actor(identity)
        let_in = incident.private and await self._closed(channel)

        async def decide(present: Incident) -> Event | None:
            if not present.private:
                return Visited(person=actor.id, inviter=inviter)
            return Joined(people=(actor.id,), inviter=inviter or ENGINE) if let_in else None

        return await self.acting.transitions.decide(incident.ref, decide, by=actor.id)

    async def ask_access(self, identity: Identity, ref: str) -> None:
        """Ask whoever leads a private incident, or declared it, to be let in; where that is nobody
        who could answer, the confidants, or else all who are in it.

        Whoever asks learns nothing by it, not even whether there is such an incident. Raises
        `NotPermitted`.
        """
        sight, transitions = self.acting.sight, self.acting.transitions
        actor = await sight.actor(identity)
        try:
            incident = (await sight.incidents.incident(ref)).value
        except NotFound:
            return  # answered just as for one that is hidden
        if sight.seen(actor, (incident,)):
            return
        words = [
            DirectWord(incident=ref, to=each, word=Word.ACCESS, by=actor.id)
            for each in await self._answerable(incident)
        ]
        asked = AuditEntry(
            at=transitions.clock.now(), actor=actor.id, action="Asked for access", subject=ref
        )
        entries = tuple(entry_of(self._token(), word.to, word) for word in words)
        # Once a day: the lead has something else to do. What reached nobody may be asked again.
        once = f"access:{ref}:{actor.id}" if entries else None
        await transitions.commit(
            Change(writes=(), entries=entries, audit=(asked,)), once=once, result=ref
        )

    async def subscribe(self, identity: Identity, ref: str, interest: Interest | None) -> Incident:
        """Say what one wants to hear of it; None: nothing any more."""
        event = Subscribed(interest=interest)
        return await self.acting.act(identity, ref, "subscribe to", lambda *_: event)

    async def page(self, identity: Identity, ref: str, whom: str) -> Incident:
        """Call a rung of the ladder, a group, or a person (by id), outside of the ladder."""
        people = await self.paging.named(whom)

        def decide(incident: Incident, actor: Actor, now: datetime) -> Decided:
            return page_by_hand(incident, now, whom, people, self._token(), by=actor.id)

        return await self.acting.act(identity, ref, "page for", decide)

    async def escalate(self, identity: Identity, ref: str) -> Incident:
        """Page the next rung that has people, before its time; a second click pages nobody."""

        async def decide(incident: Incident, actor: Actor, now: datetime) -> Decided:
            _require_pause(incident, now)
            found: list[Paged] = []
            present, policy = incident, self.acting.sight.policy
            while not found or found[-1].page.silent:
                people = await self.paging.next_rung(present)
                page = climb_by_hand(present, now, policy, people, self._token(), by=actor.id)
                found.append(page)
                present = self.acting.transitions.fold(present, (page,), by=actor.id)[-1].after
            return found

        return await self.acting.act_with(identity, ref, "escalate", decide)

    async def answer(self, identity: Identity, ref: str, page_id: str) -> Incident:
        """Answer a page."""
        event = PageAcked(page=page_id)
        return await self.acting.act(identity, ref, "answer a page of", lambda *_: event)

    async def _closed(self, channel: str) -> bool:
        """Whether it is certain that only those who were let in are in a channel."""
        try:
            _, closed = await self.looks.name_of(channel)
        except SlackUnavailable:
            return False
        return closed

    async def _answerable(self, incident: Incident) -> tuple[str, ...]:
        """Who can let somebody into a private incident, and is there to be asked."""
        if await self.paging.colleague(foremost(incident)):
            return (foremost(incident),)
        confidants = self.acting.sight.policy.confidants
        people = await self.paging.members(confidants) if confidants else frozenset()
        inside = [each for each in sorted(insiders(incident)) if await self.paging.colleague(each)]
        return tuple(sorted(people)) or tuple(inside)

    def _token(self) -> str:
        return self.acting.transitions.ids.token()


def _require_pause(incident: Incident, now: datetime) -> None:
    """Raise `UsageError` when the ladder was climbed by hand a moment ago: two who press the same
    button want the same rung.
    """
    last = last_page(incident)
    if last is None or last.by == ENGINE or last.silent:
        return
    if abs(now - last.at) < _SAME_RUNG:
        raise UsageError(
            "{name} was called a moment ago.",
            hint="Give them a few seconds, or call somebody by name: /incident page @person.",
            name=last.name,
        )
