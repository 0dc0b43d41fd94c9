"""One transition, saved whole: deploy, lane, timer, messages and audit entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import AuditEntry
from bot.domain.catalog import Catalog
from bot.domain.deploy import IN_LANE, Deploy, Pace, advance
from bot.domain.events import (
    Cleared,
    Event,
    Expired,
    Failed,
    Lost,
    Rejected,
    RevisionReady,
    Started,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Unreached,
    VoteCast,
    Waiting,
)
from bot.domain.lane import Lane
from bot.domain.message import DeployCard, DeployNote, Entry, Message, Said
from bot.ports import Change, Clock, Document, Ids, Store, Stored

ENGINE = "signalbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitions:
    """Applies events to deploys."""

    catalog: Catalog
    store: Store
    clock: Clock
    ids: Ids
    pace: Pace

    async def apply(self, before: Stored[Deploy], event: Event, *, by: str = ENGINE) -> Deploy:
        """Apply an event and save everything that follows from it in one write.

        Raises `IllegalTransition`, and `ConcurrentUpdate` when the deploy or its lane was changed
        meanwhile.
        """
        now = self.clock.now()
        after = advance(before.value, event, now, self.pace)
        writes: list[Stored[Document]] = [Stored(value=after, version=before.version)]
        wake = {after.id: after.due}
        lane = await self._lane(before.value, after, event)
        if lane is not None:
            writes.append(lane)
            released = lane.value.head
            if released and released != after.id and not _in_lane(after):
                wake[released] = now
        change = Change(
            writes=tuple(writes),
            wake=wake,
            entries=tuple(self._entries(before.value, after, event, by)),
            audit=tuple(_audit(after, event, by, now)),
        )
        await self.store.commit(change)
        return after

    async def _lane(self, before: Deploy, after: Deploy, event: Event) -> Stored[Lane] | None:
        """The lane as it is afterwards, when the event changes it."""
        enters, leaves = (
            not _in_lane(before) and _in_lane(after),
            _in_lane(before) and not _in_lane(after),
        )
        if not (enters or leaves or isinstance(event, TurnTaken)):
            return None
        lane = await self.store.lane(after.target)
        if enters:
            changed = lane.value.enter(after.id)
        elif leaves:
            changed = lane.value.leave(after.id)
        else:
            changed = lane.value.model_copy(update={"turn": after.turn})
        return Stored(value=changed, version=lane.version)

    def _entries(self, before: Deploy, after: Deploy, event: Event, by: str) -> Iterable[Entry]:
        """The messages about a transition; a card that would look the same is not sent again."""
        unseen = {"due", "since", "operation", "step"}
        if before.model_dump(exclude=unseen) != after.model_dump(exclude=unseen):
            yield self.entry(DeployCard(deploy=after.id))
        said = _note(after, event, by)
        if said is not None:
            yield self.entry(said)

    def entry(self, message: Message) -> Entry:
        """A message on its way to the channel for deploys."""
        return Entry(id=self.ids.token(), channel=self.catalog.deploys_channel, message=message)


def _in_lane(deploy: Deploy) -> bool:
    return deploy.state in IN_LANE


def _note(after: Deploy, event: Event, by: str) -> DeployNote | None:
    """What the thread says about an event; most events only move the card."""
    person = None if by == ENGINE else by
    if after.over and isinstance(event, Failed | Lost | Unreached):
        return DeployNote(deploy=after.id, said=Said.FAILED, detail=after.problem)
    match event:
        case VoteCast():
            said, detail = Said.APPROVED, None
        case Cleared(approval=approval) if approval is not None:
            said, detail = Said.CLEARED, None
        case Rejected(reason=reason):
            said, detail = Said.REJECTED, reason
        case Expired():
            said, detail = Said.EXPIRED, None
        case TargetChanged():
            said, detail = Said.REPLANNED, None
        case RevisionReady(revision=revision):
            said, detail = Said.STAGED, revision
        case TrafficShifted() if after.plan:
            said, detail = Said.COMPLETED, after.plan.artifact.digest
        case _:
            return None
    return DeployNote(deploy=after.id, said=said, by=person, detail=detail)


def _audit(after: Deploy, event: Event, by: str, now: datetime) -> Iterable[AuditEntry]:
    """The audit entry of an event; looking again at a running operation is no action."""
    if isinstance(event, Waiting | Started):
        return
    subject = f"{after.id} {after.service} {after.version} {after.environment}"
    detail = after.state.value + (f": {after.problem}" if after.problem else "")
    yield AuditEntry(at=now, actor=by, action=event.name, subject=subject, detail=detail)
