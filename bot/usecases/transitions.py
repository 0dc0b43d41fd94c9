"""One transition, saved whole: deploy, lane, timer, messages, ledger, restrictions and audit."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.aftermath import forbidden, record_of
from bot.domain.announcements import announcements
from bot.domain.audit import ENGINE, AuditEntry
from bot.domain.catalog import Catalog, Target
from bot.domain.deploy import Deploy, Pace, subject_of
from bot.domain.errors import ConcurrentUpdate
from bot.domain.events import Event, Observed, Started, TurnTaken, Waiting
from bot.domain.history import Kind
from bot.domain.lane import Lane
from bot.domain.message import (
    FEED,
    DeployFact,
    DeployNote,
    Entry,
    Message,
    Notice,
    Posted,
    Said,
    entry_of,
)
from bot.domain.restrictions import Restrictions
from bot.domain.states import IN_LANE
from bot.domain.transition import advance
from bot.ports import Change, Clock, Document, Ids, Store, Stored

# How often somebody who lost a race decides again before being told so.
RACES = 10

Decide = Callable[[Deploy], Awaitable[Event]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is written together with a transition: further documents, messages, and their timers.

    `unchanged` are documents that the event was decided on; `lane` is the lane that it was decided
    on, where it was: somebody else's change of one of them makes the decision void.
    """

    writes: Sequence[Stored[Document]] = ()
    unchanged: Sequence[Stored[Document]] = ()
    lane: Stored[Lane] | None = None
    messages: Sequence[Message] = ()
    wake: Mapping[str, datetime | None] = field(default_factory=dict)
    people: tuple[str, ...] = ()


NOTHING = Beside()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions:
    """Applies events to deploys."""

    catalog: Catalog
    store: Store
    clock: Clock
    ids: Ids
    pace: Pace

    async def apply(
        self, before: Stored[Deploy], event: Event, *, by: str = ENGINE, beside: Beside = NOTHING
    ) -> Deploy:
        """Apply an event and save everything that follows from it in one write.

        `beside` is written in the same breath. Raises `IllegalTransition`, and `ConcurrentUpdate`
        when the deploy or another document was changed meanwhile.
        """
        now = self.clock.now()
        after = advance(before.value, event, now, self.pace)
        writes: list[Stored[Document]] = [Stored(value=after, version=before.version)]
        writes += beside.writes
        wake = {**beside.wake, after.id: after.due}
        lane = await self._lane(before.value, after, event, beside.lane)
        if lane is not None:
            writes.append(lane)
            released = lane.value.head
            if released and released != after.id and not _in_lane(after):
                wake[released] = now
        said = list(announcements(before.value, after, event, _person(by), beside.people))
        held = await self._forbidden(before.value, after, now)
        if held is not None:
            writes.append(held[0])
            said += held[1]
        record = record_of(before.value, after, now)
        change = Change(
            writes=tuple(writes),
            unchanged=tuple(beside.unchanged),
            wake=wake,
            entries=tuple(self._entries((*said, *beside.messages))),
            audit=tuple(_audit(after, event, by, now)),
            records=(record,) if record is not None else (),
        )
        await self.store.commit(change)
        return after

    async def decide(self, deploy_id: str, decide: Decide, *, by: str) -> Deploy:
        """Apply the event that is decided on a deploy as it is by now.

        Two people may say something in the same instant: whoever loses decides again on what is
        there. Raises what `decide` raises, `NotFound`, `IllegalTransition`, and `ConcurrentUpdate`
        when the race is lost `RACES` times.
        """
        for _ in range(RACES):
            stored = await self.store.deploy(deploy_id)
            event = await decide(stored.value)
            try:
                return await self.apply(stored, event, by=by)
            except ConcurrentUpdate:
                continue
        raise ConcurrentUpdate(f"Deploy {deploy_id} is being changed by several people at once.")

    async def _lane(
        self, before: Deploy, after: Deploy, event: Event, known: Stored[Lane] | None
    ) -> Stored[Lane] | None:
        """The lane as it is afterwards, when the event changes it."""
        enters, leaves = (
            not _in_lane(before) and _in_lane(after),
            _in_lane(before) and not _in_lane(after),
        )
        if not (enters or leaves or isinstance(event, TurnTaken)):
            return None
        lane = known or await self.store.lane(after.target)
        if enters:
            changed = await self._entered(lane.value, after)
        elif leaves:
            changed = lane.value.leave(after.id)
        else:
            changed = lane.value.model_copy(update={"turn": after.turn})
        return Stored(value=changed, version=lane.version)

    async def _entered(self, lane: Lane, deploy: Deploy) -> Lane:
        """The end of the lane. A way back goes before all who wait, but not before another one."""
        if deploy.kind is not Kind.ROLLBACK:
            return lane.enter(deploy.id)
        waiting = set()
        for other in lane.queue:
            found = (await self.store.deploy(other)).value
            if found.started is None and found.kind is not Kind.ROLLBACK:
                waiting.add(other)
        return lane.enter_before(deploy.id, frozenset(waiting))

    async def _forbidden(
        self, before: Deploy, after: Deploy, now: datetime
    ) -> tuple[Stored[Restrictions], list[Message]] | None:
        """The restrictions that a way back leaves behind, and what is said about them."""
        if before.over or not after.over:
            return None
        stored = await self.store.restrictions()
        changed = forbidden(stored.value, after, self._target(after), now)
        if changed is None:
            return None
        notices: list[Message] = [
            Notice(
                said=Posted.LOCKED,
                subject=lock.target,
                by=None,
                reason=f"{after.id}: {lock.reason}",
                until=lock.until,
            )
            for lock in changed.locks
            if lock.owner == after.id
        ]
        return Stored(value=changed, version=stored.version), notices

    def _target(self, deploy: Deploy) -> Target | None:
        """The target, unless it is gone from the catalog."""
        service = self.catalog.services.get(deploy.service)
        return service.targets.get(deploy.environment) if service else None

    def entry(self, message: Message) -> Entry:
        """A message on its way to the channel for deploys."""
        return entry_of(self.ids.token(), self.catalog.deploys_channel, message)

    def fact(self, deploy_id: str, said: Said, by: str | None, detail: str | None) -> Entry:
        """What was said about a deploy, on its way to whoever listens to that in Signalbox."""
        token = self.ids.token()
        heard = DeployFact(
            id=token, deploy=deploy_id, said=said, at=self.clock.now(), by=by, detail=detail
        )
        return entry_of(token, FEED, heard)

    def _entries(self, messages: Iterable[Message]) -> Iterator[Entry]:
        """The messages on their way; what is said about a deploy is heard inside as well."""
        for each in messages:
            yield self.entry(each)
            if isinstance(each, DeployNote):
                yield self.fact(each.deploy, each.said, each.by, each.detail)


def _in_lane(deploy: Deploy) -> bool:
    return deploy.state in IN_LANE


def _person(by: str) -> str | None:
    return None if by == ENGINE else by


def _audit(after: Deploy, event: Event, by: str, now: datetime) -> Iterable[AuditEntry]:
    """The audit entry of an event; looking again at what is under way is no action."""
    if isinstance(event, Waiting | Started | Observed):
        return
    why = after.problem or after.cause
    detail = after.state.value + (f": {why}" if why else "")
    yield AuditEntry(at=now, actor=by, action=event.name, subject=subject_of(after), detail=detail)
