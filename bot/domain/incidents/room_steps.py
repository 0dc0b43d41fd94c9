"""Which steps of a room are to be done now, and what becomes of the room by them. Pure.

    channel ─┬─ card ── pin
             ├─ invite, topic, purpose, bookmarks
             └─ broadcast (which does not wait for a channel that cannot be made at the moment)

A room that is a thread hangs below the broadcast: broadcast, then card, and nothing else. Drills
and private incidents have no broadcast. A private incident whose channel is refused has no room at
all: it never falls back to one that others can read. What it left behind where others could read
it is taken back as soon as the new channel has been seen to: see `room_leaving`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.errors import UsageError
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.room import Progress, Room, RoomKind, Status, Step
from bot.domain.incidents.room_aims import topic_of, wanted_people
from bot.domain.incidents.room_events import (
    RoomAdopted,
    RoomEvent,
    RoomOpened,
    RoomRepaired,
    StepResult,
    StepsBegun,
    StepsEnded,
)
from bot.domain.incidents.room_leaving import (
    LEAVING,
    emptied,
    given_up,
    leaving_steps,
    may_archive,
    without,
)

# How long a step that failed for now waits: doubled with each failure (a decision of this project).
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=5)
_CHANNEL_STEPS = tuple(step for step in Step if step not in LEAVING)
_THREAD_STEPS = (Step.BROADCAST, Step.CARD)
# Of somebody else's channel, the description is left as it is.
_NOT_IN_ADOPTED = frozenset({Step.CHANNEL, Step.TOPIC, Step.PURPOSE})
# Done again whenever a room is repaired: it costs nothing when all is well.
_ALWAYS_REPAIRED = frozenset({Step.INVITE, Step.TOPIC, Step.PURPOSE, Step.BOOKMARKS, Step.PIN})
_TO_DO = frozenset({Status.PENDING, Status.BEGUN})


def steps_of(incident: Incident) -> tuple[Step, ...]:
    """The steps that the room of an incident has, in the order in which they are shown.

    What is written down afterwards gets no room of its own, but may adopt one.
    """
    room, late = incident.room, incident.kind is IncidentKind.BACKFILLED
    if late and room.channel is None:
        return ()
    steps = _THREAD_STEPS if room.kind is RoomKind.THREAD else _CHANNEL_STEPS
    silent = incident.private or incident.drill or late
    return tuple(
        step
        for step in steps
        if not (silent and step is Step.BROADCAST)
        and not (room.adopted and step in _NOT_IN_ADOPTED)
    )


def next_steps(incident: Incident, now: datetime) -> tuple[Step, ...]:
    """The steps that can be done now, side by side. Nothing is made any more once the incident is
    over; that it is, its topic still has to say, and what it left behind is taken back.

    One that was begun before is among them: whoever began it may be gone. A channel is made before
    anything is taken back: those who work on it wait for that.
    """
    own = steps_of(incident)
    if incident.over:
        told = incident.room.progress(Step.TOPIC).begun is not None
        own = (Step.TOPIC,) if told and Step.TOPIC in own else ()
    due = [step for step in own if _wanted(incident, step, now) and _possible(incident, step)]
    if Step.CHANNEL not in due:
        leaving = leaving_steps(incident)
        due += [step for step in leaving if _waits(incident, step, now) and _may(incident, step)]
    return tuple(due)


def room_after(incident: Incident, event: RoomEvent, now: datetime) -> Room:
    """What becomes of the room; the same one when the event changes nothing.

    Raises `UsageError` when a private incident would get a channel that others can read.
    """
    room = incident.room
    match event:
        case StepsBegun(steps=steps):
            return _begun(incident, steps, now)
        case StepsEnded(results=results):
            for result in results:
                room = _ended(incident, room, result, now)
            return room
        case RoomRepaired():
            return _repaired(incident)
        case RoomAdopted():
            return room if event.channel == room.channel else _adopted(incident, event)
        case RoomOpened():
            refused = room.progress(Step.CHANNEL).status is Status.REFUSED
            if room.kind is RoomKind.CHANNEL and not refused:
                return room
            return emptied(room, _again(room, Step.CHANNEL), private=incident.private)
        case _:
            assert_never(event)


def back_off(tries: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    doubled: int = 2 ** min(max(tries - 1, 0), 16)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def _wanted(incident: Incident, step: Step, now: datetime) -> bool:
    progress = incident.room.progress(step)
    if step is Step.INVITE and progress.status not in _TO_DO:
        return bool(wanted_people(incident) - incident.room.people)
    if step is Step.TOPIC and progress.status is Status.DONE:
        return incident.room.topic != topic_of(incident)
    return _waits(incident, step, now)


def _waits(incident: Incident, step: Step, now: datetime) -> bool:
    """Whether a step has yet to be done, and not only later."""
    progress = incident.room.progress(step)
    waits = progress.again_at is not None and progress.again_at > now
    return progress.status in _TO_DO and not waits


def _possible(incident: Incident, step: Step) -> bool:
    """Whether everything is there that a step needs."""
    room = incident.room
    if step is Step.CHANNEL:
        return True
    if room.kind is RoomKind.THREAD:
        return step is Step.BROADCAST or room.broadcast is not None
    if step is Step.BROADCAST:
        return room.channel is not None or room.progress(Step.CHANNEL).problem is not None
    if step is Step.PIN:
        return room.card is not None
    return room.channel is not None


def _may(incident: Incident, step: Step) -> bool:
    """Whether a step that takes something back can be done."""
    return step is not Step.LEFT_ARCHIVE or may_archive(incident)


def _begun(incident: Incident, steps: Iterable[Step], now: datetime) -> Room:
    room, own = incident.room, (*steps_of(incident), *leaving_steps(incident))
    changed = dict(room.steps)
    update: dict[str, object] = {"steps": changed}
    for step in steps:
        if step not in own:
            continue
        before = room.progress(step)
        changed[step] = before.model_copy(
            update={
                "status": Status.BEGUN,
                "begun": before.begun or now,
                "tries": before.tries + 1,
                "again_at": None,
            }
        )
        if step is Step.INVITE:
            # Whoever comes in while this is under way is not among them, and invited afterwards.
            update["people"] = room.people | wanted_people(incident)
        if step is Step.TOPIC:
            # What changes while this is under way is said afterwards.
            update["topic"] = topic_of(incident)
    return room.model_copy(update=update)


def _ended(incident: Incident, room: Room, result: StepResult, now: datetime) -> Room:
    """The room after one result. One of a step that is not under way is of a room that was given
    up meanwhile: it counts nothing.
    """
    before = room.progress(result.step)
    if before.status is not Status.BEGUN:
        return room
    if result.problem is None:
        done = before.model_copy(
            update={"status": Status.DONE, "problem": None, "again_at": None, "tries": 0}
        )
        return _with(room, result.step, done).model_copy(update=_made(incident, room, result))
    if not result.final:
        wait = max(back_off(before.tries), timedelta(seconds=result.retry_after or 0))
        later = {"status": Status.PENDING, "problem": result.problem, "again_at": now + wait}
        return _with(room, result.step, before.model_copy(update=later))
    refused = before.model_copy(
        update={"status": Status.REFUSED, "problem": result.problem, "again_at": None}
    )
    room = _with(room, result.step, refused)
    if result.step is Step.CHANNEL and _may_be_thread(incident):
        kept = {
            step: room.steps[step] for step in (Step.CHANNEL, Step.BROADCAST) if step in room.steps
        }
        return room.model_copy(update={"kind": RoomKind.THREAD, "steps": kept})
    return room


def _adopted(incident: Incident, event: RoomAdopted) -> Room:
    """The room in a channel that was there already."""
    _require_closed(incident, event.channel_name, closed=event.closed)
    skipped = Progress(status=Status.SKIPPED)
    if incident.private and event.opened:
        moved = given_up(incident.room, skipped)
    else:
        moved = emptied(incident.room, skipped, private=incident.private)
    found = {
        "channel": event.channel,
        "name": event.channel_name,
        "adopted": True,
        "closed": event.closed,
    }
    return without(moved, event.channel).model_copy(update=found)


def _require_closed(incident: Incident, name: str, *, closed: bool) -> None:
    """Raise `UsageError` when a private incident would get a room that others can read."""
    if incident.private and not closed:
        raise UsageError(
            "{ref} is private, and everybody can read #{name}.",
            hint="Take a private channel that the bot was invited to.",
            ref=incident.ref,
            name=name,
        )


def _may_be_thread(incident: Incident) -> bool:
    """A thread hangs below the broadcast, where everybody can read it."""
    return not (incident.private or incident.drill)


def _made(incident: Incident, room: Room, result: StepResult) -> dict[str, object]:
    """What a step that went well has made."""
    match result.step:
        case Step.CHANNEL:
            made = {"channel": result.channel, "name": result.name}
            return {**made, "closed": incident.private}
        case Step.CARD:
            return {"card": result.posted}
        case Step.BROADCAST:
            return {"broadcast": result.posted}
        case Step.INVITE:
            return {"people": room.people | result.people}
        case _:
            return {}


def _repaired(incident: Incident) -> Room:
    """The room with everything to be made again that is not done, or cheap to look after.

    What is under way is left to whoever is at it. Once the incident is over, only what it left
    behind is looked after.
    """
    if incident.over:
        return _retried(incident.room, leaving_steps(incident), frozenset())
    room = incident.room
    refused = room.progress(Step.CHANNEL).status is Status.REFUSED
    if room.kind is RoomKind.THREAD and refused:
        room = emptied(room, _again(room, Step.CHANNEL), private=incident.private)
    present = incident.model_copy(update={"room": room})
    own = (*steps_of(present), *leaving_steps(present))
    return _retried(room, own, _ALWAYS_REPAIRED)


def _retried(room: Room, own: Iterable[Step], anew: frozenset[Step]) -> Room:
    """The room with those of the steps to be done again that are not done, or wanted `anew`."""
    steps = dict(room.steps)
    for step in own:
        status = room.progress(step).status
        done = status is Status.DONE and step not in anew
        if not done and status is not Status.BEGUN and step in room.steps:
            steps[step] = _again(room, step)
    return room.model_copy(update={"steps": steps})


def _again(room: Room, step: Step) -> Progress:
    """A step that is to be done once more. What an earlier attempt made is looked for first."""
    return Progress(begun=room.progress(step).begun)


def _with(room: Room, step: Step, progress: Progress) -> Room:
    return room.model_copy(update={"steps": {**room.steps, step: progress}})
