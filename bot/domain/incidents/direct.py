"""What single persons are told about a transition, each in private, and the paging service. Pure.

Nobody is told what they did themselves. A drill calls nobody.
"""

from collections.abc import Iterator

from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents import events as happened
from bot.domain.incidents.duties import DUTIES
from bot.domain.incidents.escalation import answered, next_rung
from bot.domain.incidents.events import Bell, Event
from bot.domain.incidents.incident import Incident, IncidentKind, Interest, Moment
from bot.domain.incidents.messages import DirectWord, IncidentSaid, OutsidePage, Word
from bot.domain.incidents.paging import came_too
from bot.domain.incidents.remarks import Remark
from bot.domain.incidents.reminders import UPDATE_BELLS, reminded
from bot.domain.incidents.room import RoomKind, Status, Step
from bot.domain.incidents.room_leaving import LEAVING
from bot.domain.incidents.states import State
from bot.domain.incidents.visibility import insiders

# What subscribers hear of: the end and the reopening all of them, its course those who want all.
_TO_ALL = frozenset(
    {
        IncidentSaid.REOPENED,
        IncidentSaid.MERGED,
        IncidentSaid.CANCELLED,
        IncidentSaid.DECLINED,
    }
)
_TO_KEEN = frozenset({IncidentSaid.MOVED, IncidentSaid.SEVERITY, IncidentSaid.CLOSED})


def direct_words(
    before: Incident | None, after: Incident, event: Event | None, by: str | None
) -> Iterator[DirectWord]:
    """Whatever concerns one person, but for pages and subscriptions."""
    yield from _duties(before, after, event, by)
    match event:
        case happened.HandoffOffered(to=to):
            yield _word(after, to, Word.HANDOFF, by=by)
        case happened.TaskAdded(owner=str(owner)) if _told(after, owner, by):
            yield _word(after, owner, Word.TASK, after.tasks[-1].id, by)
        case happened.TaskOwned(task=task, owner=owner) if _told(after, owner, by):
            yield _word(after, owner, Word.TASK, task, by)
        case happened.Joined(people=people):
            known = before.responders if before else frozenset()
            for person in sorted(frozenset(people) - known - {by}):
                yield _word(after, person, Word.CALLED_IN, by=by)
        case happened.StepsEnded() if before is not None:
            for step in (Step.CHANNEL, Step.BROADCAST):
                if _homeless(after, step) and not _homeless(before, step):
                    yield _word(after, after.declared_by, Word.NO_ROOM, step)
            if _unseen(after) and not _refusals(after) <= _refusals(before):
                yield _word(after, after.declared_by, Word.LEFT)
        case _:
            return


def update_due(after: Incident, event: Event | None, *, in_room: bool) -> Iterator[DirectWord]:
    """Whoever owes the update hears of it beforehand, and later where no room could tell."""
    if not isinstance(event, happened.Rang) or event.bell not in UPDATE_BELLS:
        return
    if event.bell is Bell.UPDATE_SOON or not in_room:
        for person in reminded(after, event.bell):
            word = _word(after, person, Word.UPDATE_DUE, event.bell)
            yield word.model_copy(update={"mark": event.mark})


def paging(
    before: Incident | None, after: Incident, event: Event | None, policy: IncidentPolicy
) -> Iterator[DirectWord | OutsidePage]:
    """A page to each person and to the paging service, and later where to go and who answered.

    The paging service is told of the last rung also when nobody is on it here, and of one of which
    nobody can say who is on it, for it may know somebody. Whether it has to call, or may stop, is
    decided at delivery: see `answered`.
    """
    if before is None or after.kind is not IncidentKind.REAL:
        return
    known = {page.id: page for page in before.pages}
    over = before.active and not after.active
    turned = before.active is not after.active
    # Who is on it as well has answered no page: whoever was called is still waited for.
    waited = any(not answered(before, page) for page in after.pages)
    acked = isinstance(event, happened.Acked) and not came_too(before, after)
    settled = over or (acked and waited)
    # Whoever was called before there was a room learns where to go, and that somebody is on it.
    found = before.room.channel != after.room.channel
    taken = before.at(Moment.ACKED) is None and after.at(Moment.ACKED) is not None
    for page in after.pages:
        changed = known.get(page.id) != page
        if changed or turned or ((settled or found or taken) and not answered(before, page)):
            for person in page.people:
                yield _word(after, person, Word.PAGED, page.id, page.by)
    fresh = [page for page in after.pages if page.id not in known]
    for page in fresh:
        if not page.silent or (page.empty and next_rung(after, policy) is None):
            yield OutsidePage(incident=after.ref, page=page.id)
    # Every answered page is told of with one of them; one that is not would be called out again.
    on_it = [page for page in after.pages if answered(after, page)]
    newly = any(page.acked_by is not None and known.get(page.id) != page for page in on_it)
    if not fresh and after.pages and (settled or newly):
        yield OutsidePage(incident=after.ref, page=(*on_it, after.pages[-1])[0].id)


def subscriptions(
    before: Incident | None,
    after: Incident,
    event: Event | None,
    by: str | None,
    said: Remark | None,
) -> Iterator[DirectWord]:
    """What subscribers hear, who may see it: updates, the end, or (`said`) all of its course."""
    if before is None:
        return
    resolved = before.state is not after.state and after.state is State.RESOLVED
    for person, interest in sorted(after.subscribers.items()):
        if not _told(after, person, by):
            continue
        if resolved:
            yield _word(after, person, Word.RESOLVED, by=by)
        elif isinstance(event, happened.Informed):
            if interest is not Interest.RESOLVED:
                yield _word(after, person, Word.UPDATE, str(len(after.updates)), by)
        elif said is not None and (
            said.said in _TO_ALL or (said.said in _TO_KEEN and interest is Interest.ALL)
        ):
            yield _word(after, person, Word.CHANGED, said.said, by)


def _duties(
    before: Incident | None, after: Incident, event: Event | None, by: str | None
) -> Iterator[DirectWord]:
    """Whoever gets a role hears what it takes, and sees what is ticked off of it."""
    had = before.roles if before else {}
    for role, person in after.roles.items():
        ticked = isinstance(event, happened.LineTicked) and event.procedure == f"{DUTIES}{role}"
        if had.get(role) != person or ticked:
            yield _word(after, person, Word.DUTIES, role, by)


def _told(incident: Incident, person: str, by: str | None) -> bool:
    """Whether to tell a person: not what they did, nor of what they may not be allowed to see.

    Confidants see every private incident; who they are is not known here.
    """
    return person != by and (not incident.private or person in insiders(incident))


def _homeless(incident: Incident, step: Step) -> bool:
    """Whether the step on which everything depends was refused, so that there is no room at all."""
    room = incident.room
    needed = Step.CHANNEL if room.kind is RoomKind.CHANNEL else Step.BROADCAST
    return step is needed and room.progress(step).status is Status.REFUSED


def _unseen(incident: Incident) -> bool:
    """Whether there is no card, and none to come, on which problems would stand."""
    refused = _homeless(incident, Step.CHANNEL)
    return incident.room.card is None and (incident.over or refused)


def _refusals(incident: Incident) -> frozenset[Step]:
    """What could not be taken back from where everybody reads it."""
    room = incident.room
    return frozenset(step for step in LEAVING if room.progress(step).status is Status.REFUSED)


def _word(
    after: Incident, to: str, word: Word, about: str = "", by: str | None = None
) -> DirectWord:
    return DirectWord(incident=after.ref, to=to, word=word, about=about, by=by)
