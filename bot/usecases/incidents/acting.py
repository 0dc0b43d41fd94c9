"""How people act on incidents: who it is, what they may, what follows, saved."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.actor import Actor, Identity
from bot.domain.errors import NotPermitted
from bot.domain.incidents.events import Event
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.visibility import may_lead
from bot.domain.worded import Worded
from bot.usecases.incidents.sight import Sight
from bot.usecases.incidents.transitions import IncidentTransitions
from bot.usecases.refusals import refusals_noted

Decided = Event | Sequence[Event] | None
Decide = Callable[[Incident, Actor, datetime], Decided]
# Whether it takes somebody who leads, to do something to an incident as it stands.
Leads = Callable[[Incident], bool]


def anybody(_incident: Incident) -> bool:
    """Whoever sees it may do it."""
    return False


def leaders(_incident: Incident) -> bool:
    """It takes its lead, whoever declared it, or a commander."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Takes what people say about incidents, and saves what follows.

    Everybody who sees an incident may help with it. What ends it, hides it or calls it less bad
    takes its lead, whoever declared it, or a commander.
    """

    sight: Sight
    transitions: IncidentTransitions

    async def act(
        self,
        identity: Identity,
        ref: str,
        verb: str | Worded,
        decide: Decide,
        *,
        leads: Leads = anybody,
        once: str | None = None,
    ) -> Incident:
        """Apply what is decided on the newest state of an incident; `verb` names it when refused.

        `once` is a key under which it happens one time only. Raises as `Sight.see` and
        `IncidentTransitions.apply`, and `NotPermitted`.
        """
        actor = await self.sight.actor(identity)

        async def permitted(incident: Incident) -> Decided:
            await self.permit(actor, incident, verb, leads)
            return decide(incident, actor, self.transitions.clock.now())

        key = f"{verb}:{ref}:{once}" if once else None
        return await self.transitions.decide(ref, permitted, by=actor.id, once=key)

    async def act_with(
        self,
        identity: Identity,
        ref: str,
        verb: str | Worded,
        decide: Callable[[Incident, Actor, datetime], Awaitable[Decided]],
    ) -> Incident:
        """As `act`, for a decision that has to ask others first."""
        actor = await self.sight.actor(identity)

        async def permitted(incident: Incident) -> Decided:
            await self.permit(actor, incident, verb, anybody)
            return await decide(incident, actor, self.transitions.clock.now())

        return await self.transitions.decide(ref, permitted, by=actor.id)

    async def permit(
        self, actor: Actor, incident: Incident, verb: str | Worded, leads: Leads
    ) -> None:
        """Raise `NotFound` unless somebody sees an incident, and `NotPermitted` unless they may do
        this; both stay in the audit log.
        """
        await self.sight.require(actor, incident)
        if not leads(incident):
            return
        policy, ref = self.sight.policy, incident.ref
        async with refusals_noted(self.sight.store, self.sight.clock, actor, str(verb), ref):
            if not may_lead(actor, incident, policy):
                raise NotPermitted(
                    "To {verb} {ref} takes its lead, or whoever declared it, or a member of "
                    "{group}."
                    if policy.commanders
                    else "To {verb} {ref} takes its lead, or whoever declared it.",
                    verb=verb,
                    ref=ref,
                    group=policy.commanders,
                )
