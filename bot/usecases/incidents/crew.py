"""The people of an incident: who leads, who takes part, who is called, who wants to hear of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actor import Actor, Identity
from bot.domain.audit import AuditEntry
from bot.domain.errors import SlackUnavailable
from bot.domain.incident_policy import Role
from bot.domain.incidents.escalation import climb_by_hand, page_by_hand
from bot.domain.incidents.events import (
    Event,
    HandoffAccepted,
    HandoffOffered,
    Joined,
    PageAcked,
    Paged,
    RoleGiven,
    Subscribed,
)
from bot.domain.incidents.incident import Incident, Interest
from bot.domain.incidents.messages import DirectWord, Word
from bot.domain.message import entry_of
from bot.ports import Change, RoomLooks
from bot.usecases.incidents.acting import Acting, Decided
from bot.usecases.incidents.paging import Paging


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
        """Give somebody a role (None: take it)."""

        def decide(_incident: Incident, actor: Actor, _now: datetime) -> Decided:
            return RoleGiven(role=role, to=to or actor.id)

        return await self.acting.act(identity, ref, f"give the role {role} in", decide)

    async def hand_off(self, identity: Identity, ref: str, to: str) -> Incident:
        """Offer the lead to somebody, who then has the briefing and accepts it."""
        event = HandoffOffered(to=to)
        return await self.acting.act(identity, ref, "hand over", lambda *_: event)

    async def accept(self, identity: Identity, ref: str) -> Incident:
        """Take the lead that was offered."""
        return await self.acting.act(identity, ref, "accept", lambda *_: HandoffAccepted())

    async def join(self, identity: Identity, ref: str) -> Incident:
        """Take part."""

        def decide(_incident: Incident, actor: Actor, _now: datetime) -> Decided:
            return Joined(people=(actor.id,))

        return await self.acting.act(identity, ref, "join", decide)

    async def call_in(self, identity: Identity, ref: str, people: frozenset[str]) -> Incident:
        """Bring people in; they see it from now on when it is private."""
        event = Joined(people=tuple(sorted(people)))
        return await self.acting.act(identity, ref, "call people into", lambda *_: event)

    async def entered(self, channel: str, person: str) -> Incident | None:
        """Somebody came into the room; None when the channel is nobody's.

        Whoever was let into the private room of a private incident takes part in it. A room that is
        open to everybody gives no sight of what is private.
        """
        incident = await self.acting.sight.here(channel)
        if incident is None or person in incident.responders:
            return incident
        if incident.private:
            try:
                _, closed = await self.looks.name_of(channel)
            except SlackUnavailable:
                return incident  # unknown is not private
            if not closed:
                return incident

        async def decide(_incident: Incident) -> Event:
            return Joined(people=(person,))

        return await self.acting.transitions.decide(incident.ref, decide, by=person)

    async def ask_access(self, identity: Identity, ref: str) -> None:
        """Ask whoever leads a private incident, or declared it, to be let in.

        Whoever asks learns nothing by it. Raises `NotPermitted`, and `NotFound` for a reference
        that there is not.
        """
        sight, transitions = self.acting.sight, self.acting.transitions
        actor = await sight.actor(identity)
        incident = (await sight.incidents.incident(ref)).value
        if sight.seen(actor, (incident,)):
            return
        keeper = incident.lead or incident.declared_by
        word = DirectWord(incident=ref, to=keeper, word=Word.ACCESS, by=actor.id)
        asked = AuditEntry(
            at=transitions.clock.now(), actor=actor.id, action="Asked for access", subject=ref
        )
        entry = entry_of(self._token(), keeper, word)
        # Once a day: the lead has something else to do.
        await transitions.commit(
            Change(writes=(), entries=(entry,), audit=(asked,)),
            once=f"access:{ref}:{actor.id}",
            result=ref,
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
        """Page the next rung that has people, before its time."""

        async def decide(incident: Incident, actor: Actor, now: datetime) -> Decided:
            found: list[Paged] = []
            present, policy = incident, self.acting.sight.policy
            while not found or not found[-1].page.people:
                people = await self.paging.next_rung(present)
                page = climb_by_hand(present, now, policy, people, self._token())
                found.append(page)
                present = self.acting.transitions.fold(present, (page,), by=actor.id)[-1].after
            return found

        return await self.acting.act_with(identity, ref, "escalate", decide)

    async def answer(self, identity: Identity, ref: str, page_id: str) -> Incident:
        """Answer a page."""
        event = PageAcked(page=page_id)
        return await self.acting.act(identity, ref, "answer a page of", lambda *_: event)

    def _token(self) -> str:
        return self.acting.transitions.ids.token()
