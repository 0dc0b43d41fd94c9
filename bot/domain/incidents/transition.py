"""What an event does to an incident. Pure; states are in `states`, gates in `gates`.

A state changes by `course` only. What is said twice counts once: an event that changes nothing
gives back the very same incident.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from bot.domain.errors import IllegalTransition, UsageError
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents import course, facts, paging, people, reports, work
from bot.domain.incidents import events as happened
from bot.domain.incidents.duties import with_duties
from bot.domain.incidents.events import Event
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.noticed import noticed
from bot.domain.incidents.room_events import RoomEvent
from bot.domain.incidents.room_leaving import unfinished
from bot.domain.incidents.room_steps import room_after
from bot.domain.incidents.states import ACTIVE, AFTER, OPEN, VOID, State
from bot.domain.worded import Worded, worded

_ALWAYS = frozenset(State)
_COUNTED = _ALWAYS - VOID

# In which states something can happen. Where an incident may go is said by `states.TABLE`.
WHEN: Mapping[type[Event], frozenset[State]] = MappingProxyType(
    {
        happened.Acked: ACTIVE,
        happened.Moved: _ALWAYS,
        # Once resolved, it corrects what was written then.
        happened.Settled: ACTIVE - {State.TRIAGE} | AFTER,
        happened.SeverityChanged: OPEN,
        happened.Described: _ALWAYS,
        happened.Dated: _ALWAYS,
        happened.Informed: OPEN,
        happened.Snoozed: ACTIVE,
        happened.Merged: ACTIVE | {State.MERGED},
        happened.MadePrivate: _ALWAYS,
        happened.RoleGiven: OPEN,
        happened.HandoffOffered: OPEN,
        happened.HandoffAccepted: OPEN,
        happened.Joined: _ALWAYS,
        happened.Visited: _ALWAYS,
        happened.Subscribed: _ALWAYS,
        happened.Paged: ACTIVE,
        happened.PageAcked: _ALWAYS,
        happened.Rang: OPEN,
        happened.TaskAdded: _COUNTED,
        happened.TaskOwned: _COUNTED,
        happened.TaskDone: _COUNTED,
        happened.ProcedureAdded: OPEN,
        happened.LineTicked: _COUNTED,
        happened.Linked: _ALWAYS,
        happened.RelatedTo: _ALWAYS,
        happened.Parted: _ALWAYS,
        happened.SuspectsFound: OPEN,
        happened.DeployLinked: _ALWAYS,
        happened.FreezeSet: ACTIVE,
        happened.FreezeLifted: _ALWAYS,
        happened.PostMortemDrafted: _COUNTED - ACTIVE,
        happened.PostMortemPublished: _COUNTED - ACTIVE,
        happened.StepsBegun: _ALWAYS,
        # What was under way when it ended has ended, too.
        happened.StepsEnded: _ALWAYS,
        happened.RoomRepaired: OPEN,
        happened.RoomAdopted: OPEN,
        happened.RoomOpened: OPEN,
    }
)


# What people are told is not possible.
_DEEDS: Mapping[type[Event], Worded] = MappingProxyType(
    {
        happened.Acked: worded("acknowledging it"),
        happened.Settled: worded("resolving it"),
        happened.SeverityChanged: worded("changing its severity"),
        happened.Informed: worded("an update"),
        happened.Snoozed: worded("putting the update off"),
        happened.Merged: worded("merging it"),
        happened.RoleGiven: worded("giving a role"),
        happened.HandoffOffered: worded("handing it over"),
        happened.HandoffAccepted: worded("taking it over"),
        happened.Paged: worded("paging somebody"),
        happened.TaskAdded: worded("adding a task"),
        happened.TaskOwned: worded("giving a task to somebody"),
        happened.TaskDone: worded("ending a task"),
        happened.ProcedureAdded: worded("adding a list"),
        happened.LineTicked: worded("ticking a list"),
        happened.FreezeSet: worded("freezing deploys"),
        happened.PostMortemDrafted: worded("a post-mortem"),
        happened.PostMortemPublished: worded("a post-mortem"),
        happened.RoomRepaired: worded("repairing its room"),
        happened.RoomAdopted: worded("taking a channel for it"),
        happened.RoomOpened: worded("opening a channel for it"),
    }
)


def advance(
    before: Incident, event: Event, by: str, now: datetime, policy: IncidentPolicy
) -> Incident:
    """Apply an event. `by` is a person's id, or `audit.ENGINE`.

    Returns `before` itself when nothing changes. Raises `IllegalTransition` when it does not fit
    the state, `UsageError` when something is missing or cannot be so, and `NotFound` for a task, a
    list or a page that there is not.
    """
    if before.state not in WHEN[type(event)] and not _takes_back(before, event):
        _require_time_come(before, event)
        require_possible(before, type(event))
    fields = _fields(before, event, by, now, policy)
    changed = {name: value for name, value in fields.items() if getattr(before, name) != value}
    if not changed:
        return before
    after = paging.heard(before.model_copy(update=changed), event, by, now, policy)
    after = after.model_copy(update={"procedures": with_duties(before, after, policy)})
    return after.model_copy(update={"procedures": noticed(before, after, by, now)})


def require_possible(before: Incident, kind: type[Event]) -> None:
    """Raise `IllegalTransition` where no event of a kind fits the state, whatever it says."""
    if before.state not in WHEN[kind]:
        deed = _DEEDS.get(kind) or Worded(kind.__name__)
        raise IllegalTransition(before.ref, before.state, deed)


def _takes_back(before: Incident, event: Event) -> bool:
    """Whether it repairs what a private incident has left in public, which is never too late."""
    return isinstance(event, happened.RoomRepaired) and unfinished(before)


def _require_time_come(before: Incident, event: Event) -> None:
    """Raise `UsageError` for what is not possible yet, but will be."""
    if before.state is State.TRIAGE and isinstance(event, happened.Settled):
        raise UsageError(
            "Nobody has said yet that {ref} is real.",
            hint="First /incident accept, or decline it.",
            ref=before.ref,
        )
    looks_back = happened.PostMortemDrafted | happened.PostMortemPublished
    if before.active and isinstance(event, looks_back):
        raise UsageError(
            "{ref} is not resolved yet.", hint="First /incident resolve.", ref=before.ref
        )


def _fields(
    before: Incident, event: Event, by: str, now: datetime, policy: IncidentPolicy
) -> Mapping[str, object]:
    if isinstance(event, course.Course):
        return course.fields_of(before, event, by, now, policy)
    if isinstance(event, reports.Report):
        return reports.fields_of(before, event, by, now, policy)
    if isinstance(event, facts.Fact):
        return facts.fields_of(before, event, by, now, policy)
    if isinstance(event, people.Crew):
        return people.fields_of(before, event, by, now)
    if isinstance(event, paging.Call):
        return paging.fields_of(before, event, by, now, policy)
    if isinstance(event, work.Work):
        return work.fields_of(before, event, by, now)
    if isinstance(event, RoomEvent):
        return {"room": room_after(before, event, now)}
    assert_never(event)
