"""What a transition leaves on the timeline. Pure.

A line tells what happened and when it happened, which may be before it was written down. What is
only about how things are shown (a card that was posted, a step that is tried again) leaves nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from bot.domain.incidents import events as happened
from bot.domain.incidents.calls import Page
from bot.domain.incidents.events import Bell, Event
from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.paging import came_too
from bot.domain.incidents.remarks import PARTED, PRESENT, TOO, UNKNOWN
from bot.domain.incidents.room import Status, Step, newly_refused
from bot.domain.incidents.timeline import LineKind, TimelineLine


class _Told(NamedTuple):
    """A line without what all lines of a transition have in common."""

    kind: LineKind
    word: str = ""
    text: str = ""
    subject: str = ""
    at: datetime | None = None
    by: str = ""


K = LineKind


def lines_of(
    before: Incident | None,
    after: Incident,
    event: Event | None,
    by: str,
    now: datetime,
    token: str,
) -> tuple[TimelineLine, ...]:
    """The lines of a transition, or of the declaration (`before` and `event` None).

    An event that changed nothing leaves nothing. `token` must be different for every transition;
    the lines' ids are made from it. Values of severities, states, roles, bells and moments are
    given as they are stored, moments of time as ISO 8601; they are put into words where the
    timeline is shown.
    """
    if before == after:
        return ()
    if before is None or event is None:
        told = list(_declared(after))
    else:
        told = [*_told(before, after, event, by), *_role_changes(before, after)]
    return tuple(
        TimelineLine(
            id=f"{token}.{place}",
            kind=line.kind,
            at=line.at or now,
            recorded=now,
            by=line.by or by,
            word=line.word,
            text=line.text,
            subject=line.subject,
        )
        for place, line in enumerate(told)
    )


def _declared(after: Incident) -> Iterator[_Told]:
    """The declaration, and what is known of the time before it."""
    for moment in (Moment.OCCURRED, Moment.DETECTED):
        at = after.at(moment)
        if at is not None and at != after.at(Moment.DECLARED):
            yield _Told(K.DETAIL, moment, at=at)
    yield _Told(K.DECLARED, after.severity, after.title, after.source, after.at(Moment.DECLARED))
    for role, person in after.roles.items():
        yield _Told(K.ROLE, role, subject=person)


def _told(before: Incident, after: Incident, event: Event, by: str) -> Iterator[_Told]:
    """The lines of one event: it is told by one of these, or leads to nothing worth a line."""
    yield from _of_its_course(before, after, event)
    yield from _of_its_facts(before, after, event)
    yield from _of_its_people(after, event)
    yield from _of_who_came(before, after, event, by)
    yield from _of_its_tasks(before, after, event)
    yield from _of_its_links(before, event)
    yield from _of_its_aftermath(before, event)
    yield from _of_its_room(before, after, event)


def _of_its_course(before: Incident, after: Incident, event: Event) -> Iterator[_Told]:
    match event:
        case happened.Acked():
            yield _Told(K.ACK, subject=TOO if came_too(before, after) else "")
        case happened.Moved(reason=reason):
            yield _Told(K.STATE, after.state, reason)
        case happened.Settled() if before.state is after.state:
            yield from _corrected(before, after, "root_cause", "resolution")
        case happened.Settled(ended=ended):
            if ended is not None and ended != after.at(Moment.RESOLVED):
                yield _Told(K.DETAIL, Moment.MITIGATED, at=ended)
            yield _Told(K.STATE, after.state, event.resolution, at=after.at(Moment.RESOLVED))
        case happened.SeverityChanged(to=to, reason=reason):
            yield _Told(K.SEVERITY, to, reason, before.severity)
        case happened.Merged(into=into):
            yield _Told(K.STATE, after.state, subject=into)
        case happened.Informed(progress=progress):
            if before.state is not after.state:
                yield _Told(K.STATE, after.state)
            yield _Told(K.UPDATE, after.state, progress, str(len(after.updates)))
        case _:
            pass


def _of_its_facts(before: Incident, after: Incident, event: Event) -> Iterator[_Told]:
    match event:
        case happened.Described():
            fields = ("title", "summary", "impact", "service", "environment")
            yield from _corrected(before, after, *fields)
        case happened.Dated(moment=moment, at=at, override=override):
            yield _Told(K.DETAIL, moment, override, at=at)
        case happened.Snoozed(until=until):
            yield _Told(K.CLOCK, "snoozed", subject=until.isoformat())
        case happened.MadePrivate():
            yield _Told(K.PRIVACY, "private")
        case happened.Rang(bell=Bell.UPDATE_SOON as bell):
            due = before.clocks.update_by
            yield _Told(K.CLOCK, bell, subject=due.isoformat() if due else "")
        case happened.Rang(bell=bell):
            yield _Told(K.CLOCK, bell)
        case _:
            pass


def _corrected(before: Incident, after: Incident, *fields: str) -> Iterator[_Told]:
    for name in fields:
        if getattr(before, name) != getattr(after, name):
            yield _Told(K.DETAIL, name, getattr(after, name) or "")


def _of_its_people(after: Incident, event: Event) -> Iterator[_Told]:
    match event:
        case happened.Paged(page=page):
            yield _Told(K.PAGE, page.title, _called(page), page.id, page.at)
        case happened.PageAcked(page=page_id):
            answered = after.page(page_id)
            name = answered.title if answered and not after.outlived(answered) else ""
            yield _Told(K.ACK, name, subject=page_id)
        case happened.HandoffOffered(to=to):
            yield _Told(K.ROLE, "handoff offered", subject=to)
        case _:
            pass


def _of_who_came(before: Incident, after: Incident, event: Event, by: str) -> Iterator[_Told]:
    """Who takes part from now on, or came into the room: alone, or asked by somebody."""
    match event:
        case happened.Joined(people=people, inviter=inviter):
            asked_by = inviter or by
            for person in people:
                if person not in before.responders and person in after.responders:
                    word = "responder" if person == asked_by else "invited"
                    yield _Told(K.ROLE, word, subject=person, by=asked_by)
        case happened.Visited(person=person, inviter=str(inviter)):
            yield _Told(K.ROLE, "invited", subject=person, by=inviter)
        case _:
            pass


def _called(page: Page) -> str:
    """Whom a page has called, by id; where that is nobody, who was in already."""
    if page.unknown:
        return UNKNOWN
    if page.silent and page.present:
        return PRESENT + ", ".join(page.present)
    return ", ".join(page.people)


def _role_changes(before: Incident, after: Incident) -> Iterator[_Told]:
    """Who has a role now, however that came about: given, handed over, or taken with the ack."""
    for role, person in after.roles.items():
        if before.roles.get(role) != person:
            yield _Told(K.ROLE, role, subject=person)


def _of_its_tasks(before: Incident, after: Incident, event: Event) -> Iterator[_Told]:
    match event:
        case happened.TaskAdded(kind=kind, text=text):
            known = {task.id for task in before.tasks}
            task = next((each for each in after.tasks if each.id not in known), None)
            yield _Told(K.TASK, kind, text, task.id if task else "")
        case happened.TaskOwned(task=name, owner=owner):
            yield _Told(K.TASK, "owner", owner, name)
        case happened.TaskDone(task=name):
            task = after.task(name)
            yield _Told(K.TASK, "done", task.text if task else "", name)
        case happened.ProcedureAdded(procedure=procedure):
            yield _Told(K.CHECK, "added", procedure.title, procedure.id)
        case happened.LineTicked(procedure=name, item=item, undone=undone):
            ticked = after.procedure(name)
            lines = ticked.items if ticked else ()
            text = next((line.text for line in lines if line.id == item), item)
            yield _Told(K.CHECK, "undone" if undone else "done", text, f"{name}/{item}")
        case _:
            pass


def _of_its_links(before: Incident, event: Event) -> Iterator[_Told]:
    match event:
        case happened.Linked(link=link):
            yield _Told(K.LINK, text=link.title, subject=link.url, at=link.at)
        case happened.RelatedTo(incident=other, relation=relation):
            yield _Told(K.LINK, relation, subject=other)
        case happened.Parted(incident=other):
            yield _Told(K.LINK, PARTED, subject=other)
        case happened.SuspectsFound(suspects=suspects):
            known = {suspect.deploy for suspect in before.suspects}
            for suspect in suspects:
                if suspect.deploy not in known:
                    text = f"{suspect.service} {suspect.version} {suspect.environment}"
                    yield _Told(K.DEPLOY, "suspect", text, suspect.deploy, suspect.at)
        case happened.DeployLinked(deploy=deploy):
            # How a deploy goes on is told by the deploy itself, which is listened to.
            if all(
                (each.deploy, each.part) != (deploy.deploy, deploy.part) for each in before.deploys
            ):
                text = f"{deploy.service} {deploy.version} {deploy.environment}"
                yield _Told(K.DEPLOY, deploy.part, text, deploy.deploy)
        case _:
            pass


def _of_its_aftermath(before: Incident, event: Event) -> Iterator[_Told]:
    match event:
        case happened.FreezeSet(freeze=freeze):
            yield _Told(K.FREEZE, "frozen", freeze.scope, freeze.until.isoformat())
        case happened.FreezeLifted():
            yield _Told(K.FREEZE, "thawed", before.freeze.scope if before.freeze else "")
        case happened.PostMortemDrafted():
            yield _Told(K.POST_MORTEM, "drafted")
        case happened.PostMortemPublished(url=url):
            yield _Told(K.POST_MORTEM, "published", subject=url or "")
        case _:
            pass


def _of_its_room(before: Incident, after: Incident, event: Event) -> Iterator[_Told]:
    """The channel, when it is there or cannot be, and the end of one that was left; no other step
    is part of the story.
    """
    match event:
        case happened.RoomAdopted(channel=channel, channel_name=name):
            yield _Told(K.ROOM, "adopted", name, channel)
        case happened.StepsEnded():
            room = after.room
            if room.channel is not None and room.channel != before.room.channel:
                yield _Told(K.ROOM, "made", room.name or "", room.channel)
            if newly_refused(before.room, room, Step.CHANNEL):
                yield _Told(K.ROOM, "refused", room.progress(Step.CHANNEL).problem or "")
            yield from _of_what_it_left(before, after)
        case _:
            pass


def _of_what_it_left(before: Incident, after: Incident) -> Iterator[_Told]:
    was, now = (each.room.progress(Step.LEFT_ARCHIVE) for each in (before, after))
    if was.status is now.status:
        return
    if now.status is Status.DONE:
        yield _Told(K.ROOM, "retired")
    elif now.status is Status.REFUSED:
        yield _Told(K.ROOM, "left_open", now.problem or "")
