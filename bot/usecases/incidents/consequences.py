"""What follows from what happened to an incident: timers, names, lines of the audit log. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.domain.audit import ENGINE, AuditEntry
from bot.domain.incidents.bindings import Binding
from bot.domain.incidents.events import (
    Event,
    Merged,
    Moved,
    Rang,
    SeverityChanged,
    StepsBegun,
    StepsEnded,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Status
from bot.domain.incidents.room_steps import next_steps
from bot.domain.incidents.timeline import TimelineLine
from bot.domain.message import Notice, Posted
from bot.ports import Change, Document, Stored, room_item
from bot.usecases.incidents.freezing import holds

# What a freeze without an environment is of.
ALL = "all environments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is written together with a transition: other documents, and lines of a timeline."""

    writes: Sequence[Stored[Document]] = ()
    timeline: Sequence[tuple[str, TimelineLine]] = ()


NOTHING = Beside()


class Happened(NamedTuple):
    """One event, and the incident before and after it; no event is the declaration."""

    before: Incident | None
    event: Event | None
    after: Incident
    by: str


def joined(changes: Sequence[Change], once: tuple[str, str] | None) -> Change:
    """Several changes as one, all or nothing."""
    wake: dict[str, datetime | None] = {}
    for change in changes:
        wake.update(change.wake)
    return Change(
        writes=tuple(each for change in changes for each in change.writes),
        unchanged=tuple(each for change in changes for each in change.unchanged),
        wake=wake,
        entries=tuple(each for change in changes for each in change.entries),
        audit=tuple(each for change in changes for each in change.audit),
        timeline=tuple(each for change in changes for each in change.timeline),
        once=once,
    )


def room_due(incident: Incident, now: datetime) -> datetime | None:
    """When its room is to be looked at next; None when nothing is left to be made."""
    if next_steps(incident, now):
        return now
    again = (step.again_at for step in incident.room.steps.values())
    return min((at for at in again if at is not None and at > now), default=None)


def room_wake(happened: Sequence[Happened], now: datetime) -> dict[str, datetime | None]:
    """When the room is looked at next. Whoever is at it keeps it until what it does has ended: a
    second one would begin the same steps.
    """
    before, after = happened[0].before, happened[-1].after
    due = room_due(after, now)
    events = [each.event for each in happened]
    if before is not None and not any(isinstance(event, StepsEnded) for event in events):
        begun = any(step.status is Status.BEGUN for step in before.room.steps.values())
        begins = any(isinstance(event, StepsBegun) for event in events)
        if begun or begins or due == room_due(before, now):
            return {}
    return {room_item(after.ref): due}


def bound(key: str, ref: str | None, binding: Stored[Binding]) -> Stored[Document]:
    """A name as it is to be written: somebody's, or (None) nobody's."""
    return Stored(value=Binding(key=key, incident=ref), version=binding.version)


def frozen_notices(
    before: Incident | None, after: Incident, by: str, now: datetime
) -> Iterator[Notice]:
    """What those who deploy are told of the freeze of an incident: that there is one, or not."""
    had, has = holds(before, now), holds(after, now)
    if had == has:
        return
    link = has or had
    yield Notice(
        said=Posted.FROZEN if has else Posted.THAWED,
        subject=(link.scope if link else "") or ALL,
        by=None if by == ENGINE else by,
        incident=after.ref,
        until=has.until if has else None,
    )


def audit_of(happened: Iterable[Happened], now: datetime) -> Iterator[AuditEntry]:
    """The audit entries; that steps of a room are about to be done is no action."""
    for _, event, after, by in happened:
        if isinstance(event, StepsBegun):
            continue
        yield AuditEntry(
            at=now,
            actor=by,
            action=event.name if event else "Declared",
            subject=after.ref,
            detail=_detail(event, after),
        )


def _detail(event: Event | None, after: Incident) -> str:
    """What of it the audit log has: words of the bot only. Nothing is ever taken out of it again,
    and an incident may become private later; what people wrote is on its timeline.
    """
    match event:
        case None | Moved() | SeverityChanged():
            return f"{after.severity} {after.state}"
        case Merged(into=into):
            return into
        case Rang(bell=bell):
            return bell.value
        case _:
            return after.state.value
