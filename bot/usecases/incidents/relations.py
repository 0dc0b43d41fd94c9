"""What incidents are to each other, and who may see them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain.actor import Actor, Identity
from bot.domain.errors import ConcurrentUpdate, UsageError
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.events import Event, Joined, MadePrivate, Merged, RelatedTo
from bot.domain.incidents.incident import Incident, Relation
from bot.domain.incidents.visibility import may_name
from bot.domain.worded import Worded, worded
from bot.ports import Change, Stored
from bot.usecases.incidents.acting import Acting, Leads, anybody, leaders
from bot.usecases.incidents.declaring import Declaring
from bot.usecases.incidents.transitions import too_many
from bot.usecases.transitions import RACES

# What this incident is to another one, when that one is to it what the key says.
_INVERSE: Mapping[Relation, Relation] = MappingProxyType(
    {
        Relation.DUPLICATE_OF: Relation.DUPLICATE,
        Relation.DUPLICATE: Relation.DUPLICATE_OF,
        Relation.RELATED: Relation.RELATED,
        Relation.PARENT: Relation.SUB,
        Relation.SUB: Relation.PARENT,
    }
)


# What happens to each of two incidents.
_Events = Callable[[Incident, Incident], tuple[list[Event], list[Event]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """Joins incidents, and hides them.

    Every method returns the incident that it was asked about as it is afterwards, and raises
    `NotPermitted`, `NotFound` for either incident, `UsageError`, and `IllegalTransition`.
    """

    acting: Acting
    declaring: Declaring

    async def merge(self, identity: Identity, ref: str, into: str) -> Incident:
        """Make one of two: `into` goes on, with the people of both, unless one is private. Where
        everybody reads nothing is written of one that only some see.
        """

        def events(one: Incident, other: Incident) -> tuple[list[Event], list[Event]]:
            if not other.active:
                raise UsageError(
                    "{ref} is {state} and does not go on.",
                    hint="Merge into one that is open, or reopen that one first.",
                    ref=into,
                    state=other.state,
                )
            _require_same_world(one, other)
            known: list[Event] = []
            if may_name(other, one):
                known.append(RelatedTo(incident=ref, relation=Relation.DUPLICATE))
            # Nobody comes to see what is private by way of another incident, or is seen there.
            coming = one.responders - other.responders
            if coming and not one.private and not other.private:
                known.append(Joined(people=tuple(sorted(coming))))
            return [Merged(into=into)], known

        return await self._both(identity, (ref, into), worded("merge"), events, leaders)

    async def relate(
        self, identity: Identity, ref: str, other: str, relation: Relation
    ) -> Incident:
        """Say what another incident is to this one, in both of them; but not where everybody reads
        of one that is private.
        """

        def events(one: Incident, two: Incident) -> tuple[list[Event], list[Event]]:
            here = RelatedTo(incident=two.ref, relation=relation)
            there = RelatedTo(incident=one.ref, relation=_INVERSE[relation])
            return [here] if may_name(one, two) else [], [there] if may_name(two, one) else []

        return await self._both(identity, (ref, other), "relate", events, anybody)

    async def sub(self, identity: Identity, ref: str, wish: Wish, *, once: str) -> Incident:
        """Declare a part of an incident that is worked on by itself, and relate both, in one write;
        returns the part.

        The part of a drill is a drill, that of a private incident is private, and that of what was
        written down afterwards is written down with it.
        """
        sight = self.acting.sight
        actor = await sight.actor(identity)
        for _ in range(RACES):
            whole = await sight.incidents.incident(ref)
            await sight.require(actor, whole.value)
            part = _part(whole.value, wish)
            try:
                made = await self.declaring.declare(identity, part, once=once, whole=whole)
            except ConcurrentUpdate:
                continue
            if made.known:  # it was there before, and so was related to nothing here
                return await self.relate(identity, made.incident.ref, ref, Relation.PARENT)
            return made.incident
        raise too_many(ref)

    async def make_private(self, identity: Identity, ref: str) -> Incident:
        """Hide it from everybody who is not in it. There is no way back.

        Whoever only came into its room is not; whoever has left something on its timeline is.
        """
        lines = await self.acting.sight.incidents.timeline(ref)
        event = MadePrivate(doers=frozenset(line.by for line in lines))
        return await self.acting.act(identity, ref, worded("hide"), lambda *_: event, leads=leaders)

    async def _both(
        self,
        identity: Identity,
        refs: tuple[str, str],
        verb: str | Worded,
        events: _Events,
        leads: Leads,
    ) -> Incident:
        """Apply events to two incidents in one write; whoever loses a race decides again."""
        if refs[0] == refs[1]:
            raise UsageError("{ref} is the same incident.", hint="Name another one.", ref=refs[0])
        actor = await self.acting.sight.actor(identity)
        incidents = self.acting.sight.incidents
        for _ in range(RACES):
            one, other = await incidents.incident(refs[0]), await incidents.incident(refs[1])
            await self.acting.permit(actor, one.value, verb, leads)
            await self.acting.permit(actor, other.value, verb, anybody)
            try:
                return await self._saved(actor, one, other, events(one.value, other.value))
            except ConcurrentUpdate:
                continue
        raise too_many(" or ".join(refs))

    async def _saved(
        self,
        actor: Actor,
        one: Stored[Incident],
        other: Stored[Incident],
        events: tuple[list[Event], list[Event]],
    ) -> Incident:
        transitions = self.acting.transitions
        changes, after = [], one.value
        for stored, said in zip((one, other), events, strict=True):
            happened = transitions.fold(stored.value, said, by=actor.id)
            if not happened:
                # Nothing is said of it there, but it was decided on.
                changes.append(Change(writes=(), unchanged=(stored,)))
                continue
            changes.append(await transitions.change(stored, happened))
            if stored is one:
                after = happened[-1].after
        if any(change.writes for change in changes):
            await transitions.commit(*changes)
        return after


def _part(whole: Incident, wish: Wish) -> Wish:
    """What is wished for, as a part of an incident."""
    own: dict[str, object] = {"kind": whole.kind}
    if whole.afterwards:
        own["occurred"] = wish.occurred or whole.began
    if whole.private:
        own["private"] = True
    return wish.model_copy(update=own)


def _require_same_world(one: Incident, other: Incident) -> None:
    """Raise `UsageError` when only one of the two is a drill: what is real would fall silent in it,
    or the people of an exercise would be called to what is real. What goes on would fall silent as
    well in what was written down afterwards.
    """
    if other.afterwards and not one.afterwards:
        raise UsageError(
            "{other} was written down afterwards, and {ref} was not.",
            hint="Merge it the other way: /incident merge {other} {ref}",
            other=other.ref,
            ref=one.ref,
        )
    if one.drill is not other.drill:
        drill, real = (one, other) if one.drill else (other, one)
        raise UsageError(
            "{drill} is a drill, and {real} is not.",
            hint="Relate them instead: /incident relate {other}",
            drill=drill.ref,
            real=real.ref,
            other=other.ref,
        )
