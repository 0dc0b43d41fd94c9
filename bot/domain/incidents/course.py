"""The course of an incident: its states, and what changes with them (`entered`). Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from bot.domain.errors import IllegalTransition, UsageError
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents import deadlines
from bot.domain.incidents.declaring import clean_text
from bot.domain.incidents.events import (
    Merged,
    Moved,
    Settled,
)
from bot.domain.incidents.gates import (
    reopens,
    require_complete,
    require_in_time,
    require_reason,
)
from bot.domain.incidents.incident import (
    Incident,
    IncidentKind,
    Moment,
    PostMortem,
    Related,
    Relation,
    Stamp,
)
from bot.domain.incidents.moments import dated, stamped, without
from bot.domain.incidents.states import ACTIVE, AFTER, OVER, TABLE, VOID, State
from bot.domain.worded import worded

Course = Moved | Settled | Merged
Fields = dict[str, object]


def fields_of(
    before: Incident, event: Course, by: str, now: datetime, policy: IncidentPolicy
) -> Mapping[str, object]:
    """What an event about its course changes. Raises as `transition.advance`."""
    match event:
        case Moved():
            return _moved(before, event, by, now, policy)
        case Settled():
            return _settled(before, event, by, now, policy)
        case Merged(into=into):
            return _merged(before, into, by, now, policy)
        case _:
            assert_never(event)


# ── From one state to another ────────────────────────────────────────────────────────────────────


def _moved(
    before: Incident, event: Moved, by: str, now: datetime, policy: IncidentPolicy
) -> Fields:
    to = event.to
    if to is before.state:
        return {}
    require_arrow(before, to)
    require_own_way(before, to)
    require_reason(before, to, event.reason)
    require_in_time(before, to, now, policy)
    require_complete(before, to, policy)
    fields = entered(before, to, by, now, policy)
    if to in VOID or reopens(before.state, to) or before.state in VOID:
        fields["reason"] = clean_text("reason", event.reason)
    return fields


def require_arrow(before: Incident, to: State) -> None:
    """Raise `IllegalTransition` unless the table lets one state follow the other."""
    if to not in TABLE[before.state]:
        goal = worded("moving to {state}", state=to)
        raise IllegalTransition(before.ref, before.state, goal)


def require_own_way(before: Incident, to: State) -> None:
    """Two states take more than a reason, and have an event of their own for it."""
    if to is State.RESOLVED:
        raise UsageError(
            "To resolve {ref} takes its root cause, and how it was resolved.",
            hint="/incident resolve",
            ref=before.ref,
        )
    if to is State.MERGED:
        raise UsageError(
            "{ref} can only be merged into another incident.",
            hint="Say into which one: /incident merge INC-2026-001.",
            ref=before.ref,
        )


def entered(before: Incident, to: State, by: str, now: datetime, policy: IncidentPolicy) -> Fields:
    """What changes with a state, whichever event led to it."""
    if reopens(before.state, to):
        return {"state": to, **_reopened(before, by, now, policy)}
    if before.state in VOID:
        return {"state": to, **_taken_back(before, now, policy)}
    times, clocks = before.times, before.clocks
    if to is State.MONITORING:
        clocks = deadlines.watched(clocks, now, policy)
        if Moment.MITIGATED not in times:
            times = stamped(times, Moment.MITIGATED, by, now)
    elif before.state is State.MONITORING and to in ACTIVE:
        # It was not mitigated after all.
        clocks, times = deadlines.unwatched(clocks), without(times, Moment.MITIGATED)
    if to in OVER:
        clocks, times = deadlines.over(clocks), stamped(times, Moment.CLOSED, by, now)
    fields: Fields = {"state": to, "times": times, "clocks": clocks}
    return fields | ({"handoff": None} if to in OVER else {})


def _reopened(before: Incident, by: str, now: datetime, policy: IncidentPolicy) -> Fields:
    """A new epoch, with times, targets and a ladder of its own. What was concluded of the old one
    stays as a draft; whoever led it still does.
    """
    clocks = deadlines.started(
        before.severity, before.kind, now, policy, before.clocks.severity_epoch + 1
    )
    return {
        "epoch": before.epoch + 1,
        "earlier": (*before.earlier, before.times),
        "times": {Moment.DECLARED: Stamp(at=now, recorded=now, by=by)},
        "clocks": clocks,
        "postmortem": PostMortem(url=before.postmortem.url),
    }


def _taken_back(before: Incident, now: datetime, policy: IncidentPolicy) -> Fields:
    """It was called off too early: it goes on with the times that it had, and new deadlines."""
    times = without(before.times, Moment.CLOSED, Moment.MITIGATED)
    clocks = deadlines.started(
        before.severity, before.kind, now, policy, before.clocks.severity_epoch + 1
    )
    if Moment.ACKED in times:
        clocks = deadlines.acknowledged(clocks)
    related = tuple(each for each in before.related if each.relation is not Relation.DUPLICATE_OF)
    return {"times": times, "clocks": clocks, "related": related}


def _merged(before: Incident, into: str, by: str, now: datetime, policy: IncidentPolicy) -> Fields:
    link = Related(incident=into, relation=Relation.DUPLICATE_OF)
    if before.state is State.MERGED and link in before.related:
        return {}
    require_arrow(before, State.MERGED)
    if into == before.ref:
        raise UsageError("{ref} is the same incident.", hint="Name the one that goes on.", ref=into)
    related = before.related if link in before.related else (*before.related, link)
    return {**entered(before, State.MERGED, by, now, policy), "related": related}


def goes_on_in(incident: Incident) -> str | None:
    """The reference of the incident that it was merged into; None unless it was."""
    if incident.state is not State.MERGED:
        return None
    into = (each for each in incident.related if each.relation is Relation.DUPLICATE_OF)
    return next((each.incident for each in into), None)


# ── Its end ──────────────────────────────────────────────────────────────────────────────────────


def _settled(
    before: Incident, event: Settled, by: str, now: datetime, policy: IncidentPolicy
) -> Fields:
    """Resolved; or, once it is, what was written then is corrected."""
    words: Fields = {
        "root_cause": clean_text("root cause", event.root_cause),
        "resolution": clean_text("resolution", event.resolution),
    }
    told = before.model_copy(update=words)
    if before.state in AFTER:
        require_complete(told.model_copy(update={"deploys": ()}), State.RESOLVED, policy)
        return words | {"times": _ended(before, event, by, now)}
    require_complete(told, State.RESOLVED, policy, override=event.override)
    clocks = deadlines.settled(before.clocks, before.severity, before.kind, now, policy)
    return words | {
        "state": State.RESOLVED,
        "times": _ended(before, event, by, now),
        "clocks": clocks,
        "handoff": None,
    }


def _ended(before: Incident, event: Settled, by: str, now: datetime) -> Mapping[Moment, Stamp]:
    """Its moments with the end of the impact, and of the incident.

    One that was written down afterwards was over when its impact was.
    """
    times = before.times
    ended = Stamp(at=event.ended or now, recorded=now, by=by, override=event.override)
    if event.ended is not None and ended.at != before.at(Moment.MITIGATED):
        times = dated(times, Moment.MITIGATED, ended)
    if Moment.RESOLVED in times:
        return times
    if before.kind is IncidentKind.BACKFILLED:
        return dated(times, Moment.RESOLVED, ended)
    return stamped(times, Moment.RESOLVED, by, now)
