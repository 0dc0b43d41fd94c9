"""How a lock, a freeze or a denial is set or lifted: decided, saved, and told to everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.actor import Actor, Identity
from bot.domain.audit import AuditEntry
from bot.domain.errors import ConcurrentUpdate
from bot.domain.message import FEED, Entry, FreezeEnded, Notice, Posted, entry_of
from bot.domain.restrictions import Restrictions, require_reason
from bot.ports import Change, Clock, Directory, Store, Stored
from bot.usecases.refusals import refusals_noted
from bot.usecases.transitions import RACES, Transitions

Decide = Callable[[Restrictions, Actor, datetime], Restrictions]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardOrder:
    """One change of the restrictions: how it is decided, and how it is told."""

    verb: str
    said: Posted
    subject: str
    reason: str
    once: str
    decide: Decide
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardOrders:
    """Carries out what somebody wants of the restrictions, which are one document."""

    store: Store
    directory: Directory
    clock: Clock
    transitions: Transitions

    async def carry_out(
        self, identity: Identity, order: GuardOrder
    ) -> tuple[Restrictions, Restrictions]:
        """Decide on the newest document and save it; returns it before and after.

        Raises as `Guards`, and `ConcurrentUpdate` when too many change it at once.
        """
        actor = await self.directory.actor(identity.user, identity.team)
        require_reason(order.reason, f"“{order.verb}”")
        # All restrictions are one document; whoever loses a race decides again on what is there.
        for _ in range(RACES):
            stored = await self.store.restrictions()
            now = self.clock.now()
            async with refusals_noted(self.store, self.clock, actor, order.verb, order.subject):
                after = order.decide(stored.value, actor, now)
            before, written = stored.value.at(now), Stored(value=after, version=stored.version)
            try:
                await self.store.commit(self._change(order, actor, before, written))
            except ConcurrentUpdate:
                continue
            return before, after
        raise ConcurrentUpdate("Locks and freezes are being changed by several people at once.")

    def _ended(self, incident: str, actor: Actor) -> Entry:
        """That the freeze of an incident is over, on its way to the incident."""
        token = self.transitions.ids.token()
        return entry_of(token, FEED, FreezeEnded(id=token, incident=incident, by=actor.id))

    def _change(
        self, order: GuardOrder, actor: Actor, before: Restrictions, after: Stored[Restrictions]
    ) -> Change:
        notice = Notice(
            said=order.said,
            subject=order.subject,
            by=actor.id,
            reason=order.reason,
            until=order.until,
        )
        entry = AuditEntry(
            at=self.clock.now(),
            actor=actor.id,
            action=order.said.value.capitalize(),
            subject=order.subject,
            detail=order.reason,
        )
        left = {freeze.incident for freeze in after.value.freezes}
        gone = {freeze.incident for freeze in before.freezes if freeze.incident} - left
        return Change(
            writes=(after,),
            entries=(self.transitions.entry(notice), *(self._ended(each, actor) for each in gone)),
            audit=(entry,),
            once=(f"guard:{order.once}", order.subject),
        )
