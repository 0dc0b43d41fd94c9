"""What people are told about a transition of an incident, and where. Pure.

Each happening is said once: as one note in the room, or as a message of its own form. Cards are
edited in place, when they would look different. Nothing is said in a room that is not there yet:
its card, when it comes, shows how things stand by then. Of a private incident nothing goes to the
channel for all incidents, and of a drill nothing leaves its room.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from bot.domain.audit import ENGINE, is_person
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents import events as happened
from bot.domain.incidents.decided import decided_alerts, decided_notes, decided_words
from bot.domain.incidents.direct import (
    direct_words,
    paging,
    subscriptions,
    update_due,
)
from bot.domain.incidents.duties import DUTIES
from bot.domain.incidents.events import Bell, Event
from bot.domain.incidents.faces import alert_face, face
from bot.domain.incidents.incident import Incident, Relation
from bot.domain.incidents.messages import (
    PAGER,
    IncidentBroadcast,
    IncidentCard,
    IncidentMessage,
    IncidentNote,
    IncidentResolved,
    IncidentSaid,
    IncidentUpdate,
    OutsidePage,
    PostMortemFile,
    ProcedureCard,
)
from bot.domain.incidents.noticed import CHECKLIST
from bot.domain.incidents.remarks import Remark, remark
from bot.domain.incidents.room import RoomKind, Status, Step
from bot.domain.incidents.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A message and where it goes: a channel, a person's id, or the queue of the pager."""

    channel: str
    message: IncidentMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an incident is spoken of; `in_thread`: below its alert."""

    channel: str
    in_thread: bool


def announcements(
    before: Incident | None,
    after: Incident,
    event: Event | None,
    by: str | None,
    policy: IncidentPolicy,
) -> Iterator[Addressed]:
    """The messages about a transition, or about the declaration (`before` and `event` None).

    `by` is who caused it (`ENGINE` or None: Signalbox itself). In every channel they are in the
    order in which they are to be read.
    """
    if before == after:
        return
    person = None if by == ENGINE else by
    said = remark(before, after, event) if before is not None and event is not None else None
    room = _room(before if isinstance(event, happened.MadePrivate) else after, policy)
    if isinstance(event, happened.MadePrivate) and before is not None and not _stays(before):
        room = None
    if before is not None:
        for place in _places(after, room, policy):
            aloud = place.in_thread and _worse(before, after, said)
            if said is not None and (place == room or aloud):
                yield _note(after, said, person, place, aloud=aloud)
        yield from _in_form(before, after, event, room, policy)
        yield from _lists(before, after, room)
        yield from _decided(before, after, room, policy)
    for word in (
        *direct_words(before, after, event, person),
        *update_due(after, event, in_room=room is not None),
        *subscriptions(before, after, event, person, said),
    ):
        if is_person(word.to):
            yield Addressed(channel=word.to, message=word)
    for page in paging(before, after, event, policy):
        channel = PAGER if isinstance(page, OutsidePage) else page.to
        yield Addressed(channel=channel, message=page)
    if before is not None:
        yield from _cards(before, after, policy)


# ── Places ───────────────────────────────────────────────────────────────────────────────────────


def _room(incident: Incident | None, policy: IncidentPolicy) -> _Place | None:
    """Where those who work on it are told; None while there is no such place.

    A channel that everybody can read is no place for what has become private.
    """
    if incident is None:
        return None
    room = incident.room
    if room.kind is RoomKind.THREAD:
        return _alert(incident, policy)
    if room.channel is None or (incident.private and not room.closed):
        return None
    return _Place(channel=room.channel, in_thread=False)


def _stays(incident: Incident) -> bool:
    """Whether its room goes on as a channel when it becomes private: one that the bot has made is
    emptied and closed, which says enough.
    """
    return incident.room.kind is RoomKind.CHANNEL and incident.room.adopted


def _alert(incident: Incident, policy: IncidentPolicy) -> _Place | None:
    """Below the alert that everybody sees; None where everybody sees none."""
    if incident.private or incident.drill or incident.room.broadcast is None:
        return None
    return _Place(channel=policy.channel, in_thread=True)


def _places(incident: Incident, room: _Place | None, policy: IncidentPolicy) -> Iterator[_Place]:
    """The room and the thread below the alert, which may be the same."""
    alert = _alert(incident, policy)
    if room is not None:
        yield room
    if alert is not None and alert != room:
        yield alert


# ── Notes and messages with a form of their own ──────────────────────────────────────────────────


def _worse(before: Incident, after: Incident, said: Remark | None) -> bool:
    """That it is open again, or graver than was thought: those who had put it aside have to hear of
    it, and an alert that is edited calls nobody.
    """
    again = said is not None and said.said is IncidentSaid.REOPENED
    return again or (after.active and after.severity.worse_than(before.severity))


def _note(
    after: Incident, said: Remark, by: str | None, place: _Place, *, aloud: bool = False
) -> Addressed:
    note = IncidentNote(
        incident=after.ref,
        said=said.said,
        by=by,
        word=said.word,
        detail=said.detail,
        people=tuple(person for person in said.people if is_person(person)),
        page=said.page,
        mark=said.mark,
        in_thread=place.in_thread,
        aloud=aloud,
    )
    return Addressed(channel=place.channel, message=note)


def _in_form(
    before: Incident,
    after: Incident,
    event: Event | None,
    room: _Place | None,
    policy: IncidentPolicy,
) -> Iterator[Addressed]:
    """Status updates and the resolution for the room and for everybody; the post-mortem."""
    for place in _places(after, room, policy):
        message: IncidentMessage | None = None
        if before.state is not after.state and after.state is State.RESOLVED:
            message = IncidentResolved(incident=after.ref, in_thread=place.in_thread)
        elif isinstance(event, happened.Informed):
            number = len(after.updates)
            message = IncidentUpdate(incident=after.ref, number=number, in_thread=place.in_thread)
        elif _breached(event) and place != room:
            breach = Remark(IncidentSaid.BELL, Bell.RESOLUTION_BREACHED, mark=event.mark)
            message = _note(after, breach, None, place).message
        if message is not None:
            yield Addressed(channel=place.channel, message=message)
    if isinstance(event, happened.PostMortemDrafted) and room is not None:
        file = PostMortemFile(incident=after.ref, number=after.epoch + 1, in_thread=room.in_thread)
        yield Addressed(channel=room.channel, message=file)


def _breached(event: Event | None) -> TypeGuard[happened.Rang]:
    """That the time to resolve is over is told to everybody."""
    return isinstance(event, happened.Rang) and event.bell is Bell.RESOLUTION_BREACHED


def _decided(
    before: Incident, after: Incident, room: _Place | None, policy: IncidentPolicy
) -> Iterator[Addressed]:
    """What asked for something, in the room and in private, as it stands now."""
    if room is not None:
        for note in decided_notes(before, after, in_thread=room.in_thread):
            yield Addressed(channel=room.channel, message=note)
    alert = _alert(after, policy)
    if alert is not None and alert != room:
        for note in decided_alerts(before, after):
            yield Addressed(channel=alert.channel, message=note)
    for word in decided_words(before, after):
        if is_person(word.to):
            yield Addressed(channel=word.to, message=word)


def room_found(whole: Incident, part: Incident, policy: IncidentPolicy) -> Iterator[Addressed]:
    """What the room of an incident says of a part of it, now that the part has a room to go to."""
    room = _room(whole, policy)
    if room is not None:
        note = IncidentNote(
            incident=whole.ref,
            said=IncidentSaid.RELATED,
            by=part.declared_by,
            word=Relation.SUB,
            detail=part.ref,
            in_thread=room.in_thread,
            again=True,
        )
        yield Addressed(channel=room.channel, message=note)


# ── Lists to tick off ────────────────────────────────────────────────────────────────────────────


def _lists(before: Incident, after: Incident, room: _Place | None) -> Iterator[Addressed]:
    """Lists as they come in, as they are ticked, and all of them when the room is ready.

    Duties are shown to whoever has them.
    """
    if room is None or not _ready(after):
        return
    shown = before.procedures if _ready(before) else ()
    for name in (each.id for each in after.procedures if each not in shown):
        if not name.startswith(DUTIES):
            card = ProcedureCard(
                incident=after.ref,
                procedure=name,
                in_thread=room.in_thread,
                below_card=name == CHECKLIST and after.room.card is not None,
            )
            yield Addressed(channel=room.channel, message=card)


def _ready(incident: Incident) -> bool:
    """Whether the room has its card, or will not get one, so that a list would not precede it."""
    refused = incident.room.progress(Step.CARD).status in {Status.REFUSED, Status.SKIPPED}
    return incident.room.card is not None or refused


# ── Cards ────────────────────────────────────────────────────────────────────────────────────────


def _cards(before: Incident, after: Incident, policy: IncidentPolicy) -> Iterator[Addressed]:
    """Cards that would look different. One that was just posted is shown again as well: it was
    drawn before that was known, and the incident may have gone on meanwhile.

    The alert is shown a last time when it becomes private, to be blotted out, and so is the card of
    a room that is given up because others can read it.
    """
    left = before.room.card
    if after.private and not before.private and left is not None and after.room.card is None:
        yield Addressed(channel=left.channel, message=IncidentCard(incident=after.ref))
    public = not (before.private and after.private)
    card, alert = after.room.card, after.room.broadcast
    room = _room(after, policy)
    changed = card != before.room.card or face(before) != face(after)
    if card is not None and room is not None and changed:
        yield Addressed(channel=room.channel, message=IncidentCard(incident=after.ref))
    told = alert != before.room.broadcast or alert_face(before) != alert_face(after)
    if alert is not None and public and not after.drill and told:
        yield Addressed(channel=policy.channel, message=IncidentBroadcast(incident=after.ref))
