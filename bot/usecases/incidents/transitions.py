"""What happened to an incident, saved whole: document, timers, messages, timeline, names, audit."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.audit import ENGINE
from bot.domain.errors import ConcurrentUpdate
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.announcements import announcements, room_found
from bot.domain.incidents.bindings import left_key, names_of, room_key
from bot.domain.incidents.chronicle import lines_of
from bot.domain.incidents.clocks import next_due
from bot.domain.incidents.events import Event, FreezeLifted, FreezeSet, Parted, RelatedTo
from bot.domain.incidents.incident import Incident, Relation
from bot.domain.incidents.timeline import TimelineLine
from bot.domain.incidents.transition import advance
from bot.domain.incidents.visibility import may_name
from bot.domain.message import Entry, entry_of
from bot.domain.restrictions import Restrictions
from bot.ports import Change, Clock, Document, Ids, Incidents, Store, Stored
from bot.usecases.incidents.consequences import (
    NOTHING,
    Beside,
    Happened,
    audit_of,
    bound,
    frozen_notices,
    joined,
    room_wake,
)
from bot.usecases.incidents.freezing import followed, freeze_of, holds, link_of, outlived
from bot.usecases.transitions import RACES

Decide = Callable[[Incident], Awaitable[Event | Sequence[Event] | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTransitions:
    """Applies events to incidents. Those who deploy are told of freezes in `deploys_channel`."""

    policy: IncidentPolicy
    store: Store
    incidents: Incidents
    clock: Clock
    ids: Ids
    deploys_channel: str

    async def apply(
        self,
        before: Stored[Incident],
        *events: Event,
        by: str = ENGINE,
        beside: Beside = NOTHING,
        once: str | None = None,
    ) -> Incident:
        """Apply events, one after the other, and save everything that follows in one write.

        Nothing is written when they change nothing. `once`: a key under which this happens one time
        only (within 24 h); a repetition gets the incident as it is by now. Raises what `advance`
        raises, and `ConcurrentUpdate` when a document was changed meanwhile.
        """
        happened = self.fold(before.value, events, by=by)
        if not happened:
            return before.value
        change = await self.change(before, happened, beside=beside)
        parted = await self._parted(before.value, happened[-1].after, by)
        return await self._saved([change, *parted], happened[-1].after, once)

    async def begin(
        self,
        fresh: Incident,
        *events: Event,
        by: str,
        once: str,
        asked: str = "",
        whole: Stored[Incident] | None = None,
    ) -> Incident:
        """Save an incident that was just declared, and what happened to it in the same instant.
        `whole` is what it is a part of; each of the two names the other from then on, but not where
        everybody reads of what is private.

        Returns and raises as `apply`; a repetition of `once` gets the first one's incident.
        Raises `KeyReused` when that one was `asked` for otherwise; see `Change`.
        """
        happened, beside = [Happened(None, None, fresh, by)], []
        if whole is not None:
            above = RelatedTo(incident=whole.value.ref, relation=Relation.PARENT)
            happened += self.fold(fresh, [above], by=by)
            beside.append(await self._below(whole, fresh, by))
        happened += self.fold(happened[-1].after, events, by=ENGINE)
        change = await self.change(Stored(value=fresh, version=0), happened)
        return await self._saved([change, *beside], happened[-1].after, once, asked)

    async def _below(self, whole: Stored[Incident], part: Incident, by: str) -> Change:
        """What is written of a part in the whole; where it may not be named, only that the whole is
        still as it was when that was decided.
        """
        if not may_name(whole.value, part):
            return Change(writes=(), unchanged=(whole,))
        below = RelatedTo(incident=part.ref, relation=Relation.SUB)
        return await self.change(whole, self.fold(whole.value, [below], by=by))

    async def _parted(self, before: Incident, after: Incident, by: str) -> list[Change]:
        """What is written in the incident that it was merged into, once that is taken back: each of
        the two forgets the other. Nothing, where everybody would read of what is private by now.
        """
        changes = []
        for link in before.related:
            if link.relation is not Relation.DUPLICATE_OF or link in after.related:
                continue
            into = await self.incidents.incident(link.incident)
            if not may_name(into.value, after):
                continue
            happened = self.fold(into.value, [Parted(incident=after.ref)], by=by)
            if happened:
                changes.append(await self.change(into, happened))
        return changes

    async def decide(
        self, ref: str, decide: Decide, *, by: str = ENGINE, once: str | None = None
    ) -> Incident:
        """Apply what is decided on an incident as it is by now; None: nothing.

        Two people may say something in the same instant: whoever loses decides again on what is
        there. Raises what `decide` raises, `NotFound`, what `apply` raises, and `ConcurrentUpdate`
        when the race is lost `RACES` times.
        """
        for _ in range(RACES):
            stored = await self.incidents.incident(ref)
            decided = await decide(stored.value)
            if decided is None:
                return stored.value
            events = decided if isinstance(decided, Sequence) else (decided,)
            try:
                return await self.apply(stored, *events, by=by, once=once)
            except ConcurrentUpdate:
                continue
        raise too_many(ref)

    def fold(self, before: Incident, events: Iterable[Event], *, by: str) -> list[Happened]:
        """What these events make of an incident, without saving it; those that change nothing are
        left out. Raises as `advance`.
        """
        now = self.clock.now()
        happened: list[Happened] = []

        def take(event: Event) -> None:
            present = happened[-1].after if happened else before
            after = advance(present, event, by, now, self.policy)
            if after != present:
                happened.append(Happened(present, event, after, by))

        for event in events:
            take(event)
        for event in self._freezes(before, happened[-1].after if happened else before, now):
            take(event)
        return happened

    def _freezes(self, before: Incident, after: Incident, now: datetime) -> Iterator[Event]:
        """The freeze that goes with what happened: it is lifted as soon as customers are fine
        again, or it turns out to be less bad, and set for what turns out to be as grave as that, or
        not to be over.
        """
        if outlived(before, after, self.policy, now):
            yield FreezeLifted()
        worse = after.severity.worse_than(before.severity)
        if (worse or (after.active and not before.active)) and not holds(after, now):
            asked = freeze_of(after, self.policy, now)
            if asked is not None:
                yield FreezeSet(freeze=link_of(asked))

    async def change(
        self,
        before: Stored[Incident],
        happened: Sequence[Happened],
        *,
        beside: Beside = NOTHING,
    ) -> Change:
        """Everything that is written when this happened to an incident; see `Change`."""
        now = self.clock.now()
        first, after = happened[0].before, happened[-1].after
        writes: list[Stored[Document]] = [Stored(value=after, version=before.version)]
        writes += beside.writes
        writes += await self._names(first, after)
        frozen, told = await self._frozen(happened, now, beside)
        writes += frozen
        return Change(
            writes=tuple(writes),
            wake={after.ref: next_due(after, self.policy), **room_wake(happened, now)},
            entries=(*self._entries(happened), *told, *await self._found(first, after)),
            audit=tuple(audit_of(happened, now)),
            timeline=(*self._lines(happened, now), *beside.timeline),
        )

    async def commit(
        self, *changes: Change, once: str | None = None, result: str = "", asked: str = ""
    ) -> str | None:
        """Write several changes as one; returns and raises as `Store.commit`."""
        change = joined(changes, (once, result) if once else None)
        return await self.store.commit(replace(change, asked=asked))

    async def _saved(
        self, changes: Sequence[Change], after: Incident, once: str | None, asked: str = ""
    ) -> Incident:
        first = await self.commit(*changes, once=once, result=after.ref, asked=asked)
        return after if first is None else (await self.incidents.incident(first)).value

    def _entries(self, happened: Iterable[Happened]) -> Iterator[Entry]:
        for before, event, after, by in happened:
            for said in announcements(before, after, event, by, self.policy):
                yield entry_of(self.ids.token(), said.channel, said.message)

    async def _found(self, before: Incident | None, after: Incident) -> list[Entry]:
        """What is said where it is named as a part, once it has a room."""
        if before is None or before.room.channel is not None or after.room.channel is None:
            return []
        entries = []
        for link in after.related:
            if link.relation is not Relation.PARENT:
                continue
            whole = (await self.incidents.incident(link.incident)).value
            if may_name(whole, after):
                said = room_found(whole, after, self.policy)
                entries += [entry_of(self.ids.token(), each.channel, each.message) for each in said]
        return entries

    def _lines(
        self, happened: Iterable[Happened], now: datetime
    ) -> Iterator[tuple[str, TimelineLine]]:
        for before, event, after, by in happened:
            for line in lines_of(before, after, event, by, now, self.ids.token()):
                yield after.ref, line

    async def _names(self, before: Incident | None, after: Incident) -> list[Stored[Document]]:
        """The names that it takes or gives back."""
        kept, had = names_of(after), names_of(before) if before else frozenset()
        room = room_key(after.room.channel or "")
        left = {left_key(each.channel) for each in after.room.left if each.channel}
        writes: list[Stored[Document]] = []
        for key in sorted(kept ^ had):
            binding = await self.incidents.binding(key)
            owner = binding.value.incident
            if before is None and owner not in {None, after.ref}:
                raise ConcurrentUpdate(f"{owner} has “{key}” by now.")
            if key == room and await self._lives(owner, after):
                raise ConcurrentUpdate(f"{owner} has the channel by now.")
            if key == room or key in left or (key in kept and owner is None):
                writes.append(bound(key, after.ref, binding))
            elif key in had and owner == after.ref:
                writes.append(bound(key, None, binding))
        return writes

    async def _lives(self, owner: str | None, after: Incident) -> bool:
        """Whether a channel is the room of another incident that is not over."""
        if owner in {None, after.ref}:
            return False
        return not (await self.incidents.incident(owner or "")).value.over

    async def _frozen(
        self, happened: Sequence[Happened], now: datetime, beside: Beside
    ) -> tuple[list[Stored[Document]], list[Entry]]:
        """What forbids deploys, as it follows from the incident, and what is said about that;
        nothing where it is written `beside` already.
        """
        before, after, by = happened[0].before, happened[-1].after, happened[-1].by
        if any(isinstance(each.value, Restrictions) for each in beside.writes):
            return [], []
        hidden = before is not None and before.private is not after.private
        if holds(before, now) == holds(after, now) and not hidden:
            return [], []
        stored = await self.store.restrictions()
        changed = followed(stored.value, before, after, now)
        if changed is None:
            return [], []
        notices = frozen_notices(before, after, by, now)
        told = [entry_of(self.ids.token(), self.deploys_channel, each) for each in notices]
        return [Stored(value=changed, version=stored.version)], told


def too_many(ref: str) -> ConcurrentUpdate:
    """The error of whoever loses every race."""
    return ConcurrentUpdate(f"{ref} is being changed by several people at once.")
