"""What a transition is worth saying in the room, in one note at most. Pure.

What a card shows anyway, and what only one person has to know, is no remark.
"""

from typing import NamedTuple

from bot.domain.incident_policy import Role
from bot.domain.incidents import events as happened
from bot.domain.incidents.events import Bell, Event
from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.linked import LinkedDeploy
from bot.domain.incidents.messages import IncidentSaid
from bot.domain.incidents.paging import came_too
from bot.domain.incidents.room import RoomKind, Step, newly_refused
from bot.domain.incidents.states import AFTER, OVER, State

# Detail of a page for a rung at which nobody is on duty, or of which nobody can say who is; and how
# the list of those begins who were in already, where nobody else was called.
NOBODY, UNKNOWN, PRESENT = "nobody", "unknown", "present: "
# Whoever is on it is not the first.
TOO = "too"
# What was merged into it goes on by itself.
PARTED = "parted"
# Words about a linked deploy that has come to an end.
LANDED, FAILED = "landed", "failed"


class Remark(NamedTuple):
    """What a note says; see `IncidentNote` for the fields."""

    said: IncidentSaid
    word: str = ""
    detail: str = ""
    people: tuple[str, ...] = ()
    page: str = ""
    mark: str = ""


_R = Remark
_S = IncidentSaid


def remark(before: Incident, after: Incident, event: Event) -> Remark | None:
    """What is said about an event; None when nothing is."""
    return (
        _of_its_course(before, after, event)
        or _of_its_people(before, after, event)
        or _of_its_work(after, event)
        or _of_its_surroundings(before, after, event)
    )


def keeper(incident: Incident) -> str:
    """Who owes the updates: whoever speaks for it, else the lead, else the declarer."""
    return incident.roles.get(Role.COMMS) or incident.lead or incident.declared_by


def foremost(incident: Incident) -> str:
    """Whom to turn to: the lead, else the declarer."""
    return incident.lead or incident.declared_by


# ── Its course ───────────────────────────────────────────────────────────────────────────────────


def _of_its_course(before: Incident, after: Incident, event: Event) -> Remark | None:
    match event:
        case happened.Acked():
            return _R(_S.ACKED, TOO if came_too(before, after) else "")
        case happened.Moved(reason=reason):
            return _moved(before, after, reason)
        case happened.SeverityChanged(to=to, reason=reason):
            return _R(_S.SEVERITY, to, reason)
        case happened.Snoozed(until=until):
            return _R(_S.SNOOZED, detail=until.isoformat())
        case happened.Merged(into=into):
            return _R(_S.MERGED, detail=into)
        case happened.MadePrivate():
            return _R(_S.MADE_PRIVATE)
        case happened.Rang(bell=bell, mark=mark):
            said = _rang(after, bell)
            return said._replace(mark=mark) if said is not None else None
        case _:
            return None


_ENDS = {
    State.CANCELLED: IncidentSaid.CANCELLED,
    State.DECLINED: IncidentSaid.DECLINED,
    State.CLOSED: IncidentSaid.CLOSED,
}


def _moved(before: Incident, after: Incident, reason: str) -> Remark | None:
    if before.state is after.state or after.state is State.RESOLVED:
        return None  # the resolution has a message of its own
    if after.active and before.state in OVER | AFTER:
        return _R(_S.REOPENED, after.state, reason)
    return _R(_ENDS.get(after.state, _S.MOVED), after.state, reason)


def _rang(after: Incident, bell: Bell) -> Remark | None:
    """A bell is meant for those who can do something about it."""
    match bell:
        case Bell.UPDATE_SOON:
            return None  # told to whoever owes it, and to nobody else
        case Bell.RESOLUTION_HALF:
            return _R(_S.BELL, bell)
        case Bell.UPDATE_DUE:
            return _R(_S.BELL, bell, people=(keeper(after),))
        case Bell.UPDATE_OVERDUE:
            everybody = dict.fromkeys((keeper(after), foremost(after), after.declared_by))
            return _R(_S.BELL, bell, people=tuple(everybody))
        case Bell.FIXED_AWHILE:
            return suggestion(after)
        case _:
            return _R(_S.BELL, bell, people=(foremost(after),))


def suggestion(incident: Incident) -> Remark:
    """The question whether a fix has ended it."""
    return _R(_S.SUGGEST_RESOLVE, detail=_fixed(incident), people=(foremost(incident),))


def _fixed(incident: Incident) -> str:
    """When customers began to be better, as somebody or a deploy has said."""
    at = incident.at(Moment.MITIGATED)
    return at.isoformat() if at is not None else ""


# ── Its people ───────────────────────────────────────────────────────────────────────────────────


def _of_its_people(before: Incident, after: Incident, event: Event) -> Remark | None:
    match event:
        case happened.RoleGiven(role=role, to=to):
            return _R(_S.ROLE, role, people=(to,)) if before.roles.get(role) != to else None
        case happened.HandoffOffered(to=to):
            return _R(_S.HANDOFF, people=(to,))
        case happened.HandoffAccepted():
            return _R(_S.HANDED_OVER, people=(after.lead,) if after.lead else ())
        case happened.Joined(people=people) if after.room.kind is RoomKind.THREAD:
            # A channel says itself who comes in.
            new = tuple(person for person in people if person not in before.responders)
            return _R(_S.JOINED, people=new) if new else None
        case happened.Paged(page=page):
            # A mention calls people, and a drill calls nobody.
            called = () if after.drill else page.people
            nobody = NOBODY if page.empty else UNKNOWN if page.unknown else ""
            return _R(_S.PAGED, page.title, nobody, called, page.id)
        case happened.PageAcked(page=page_id):
            answered = after.page(page_id)
            if answered is None or after.outlived(answered):
                return _R(_S.ACKED, TOO if came_too(before, after) else "")
            return _R(_S.PAGE_ACKED, answered.title)
        case _:
            return None


# ── What is done about it ────────────────────────────────────────────────────────────────────────


def _of_its_work(after: Incident, event: Event) -> Remark | None:
    match event:
        case happened.TaskAdded(text=text):
            return _R(_S.TASK_ADDED, after.tasks[-1].id if after.tasks else "", text)
        case happened.TaskDone(task=name):
            task = after.task(name)
            return _R(_S.TASK_DONE, name, task.text if task else "")
        case happened.PostMortemPublished(url=url):
            return _R(_S.POST_MORTEM, "published", url or "")
        case _:
            return None


def _of_its_surroundings(before: Incident, after: Incident, event: Event) -> Remark | None:
    match event:
        case happened.RelatedTo(incident=other, relation=relation):
            return _R(_S.RELATED, relation, other)
        case happened.Parted(incident=other):
            return _R(_S.RELATED, PARTED, other)
        case happened.DeployLinked(deploy=deploy):
            return _linked(before, deploy)
        case happened.FreezeSet(freeze=freeze):
            return _R(_S.FROZEN, freeze.scope, freeze.until.isoformat())
        case happened.FreezeLifted():
            return _R(_S.THAWED, before.freeze.scope if before.freeze else "")
        case happened.StepsEnded():
            return _no_card(before, after)
        case _:
            return None


def _linked(before: Incident, deploy: LinkedDeploy) -> Remark | None:
    """A deploy that has to do with it, and how that deploy ended."""
    known = before.deploy(deploy.deploy)
    if known is None or known.part is not deploy.part:
        return _R(_S.DEPLOY, deploy.part, deploy.deploy)
    if known.running and not deploy.running:
        return _R(_S.DEPLOY, LANDED if deploy.landed else FAILED, deploy.deploy)
    return None


def _no_card(before: Incident, after: Incident) -> Remark | None:
    """Problems of the room stand on the card; only that there is none has to be said."""
    if not newly_refused(before.room, after.room, Step.CARD):
        return None
    return _R(_S.ROOM_PROBLEM, Step.CARD, after.room.progress(Step.CARD).problem or "")
