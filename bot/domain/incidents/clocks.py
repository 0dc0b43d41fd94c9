"""What time does to an incident: when something has to happen next, and which bells ring.

Deadlines are made by transitions and only read here. Every bell leaves a mark that carries its
deadline: it rings once, and a deadline that was computed anew has bells of its own. Bells of one
deadline supersede each other: after a pause of the worker only the last of them rings.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.escalation import awaited, climbs_at, ladder_top
from bot.domain.incidents.events import Bell, Rang
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.states import AFTER

# Decisions of this project: when the room is told that nobody leads, when whoever owes an update is
# reminded of it, and when a missed one is missed for good. The latter two never take more than half
# of the time for which the update was promised.
UNCLAIMED_AFTER = timedelta(minutes=5)
SOON_BEFORE = timedelta(minutes=5)
OVERDUE_AFTER = timedelta(minutes=10)
# An incident that everybody has forgotten is told of once a day, for as long as somebody may still
# know what it was (decisions of this project).
_DAY = timedelta(days=1)
_DAYS_AFTER = 14
# Shares of the time to resolve at which the room is told.
HALF = 0.5
NEAR = 0.8


def mark_of(incident: Incident, bell: Bell, deadline: datetime | str) -> str:
    """The mark that a bell leaves, which keeps it from ringing again.

    `deadline` is a moment, or what stands for one. A bell that is repeated leaves marks that begin
    with its first one and a slash.
    """
    of = deadline if isinstance(deadline, str) else deadline.isoformat()
    return f"{bell}/{incident.epoch}/{of}"


def rang(incident: Incident, bell: Bell, deadline: datetime) -> bool:
    """Whether a bell of this deadline has rung, once or more often."""
    mark = mark_of(incident, bell, deadline)
    return any(each == mark or each.startswith(f"{mark}/") for each in incident.clocks.fired)


def bell_of(mark: str) -> str:
    """The bell that has left a mark."""
    return mark.partition("/")[0]


class _Due(NamedTuple):
    """A bell and its time."""

    at: datetime
    bell: Bell
    mark: str


# Bells of which a later one makes the earlier ones needless, in the order of time.
_Chain = tuple[_Due, ...]


def next_due(incident: Incident, policy: IncidentPolicy) -> datetime | None:
    """The earliest moment at which something has to happen, past or future; None: nothing will."""
    moments = [chain[0].at for chain in _waiting(incident, policy)]
    moments += [page.at for page in awaited(incident)]
    climb = climbs_at(incident, policy)
    return min([*moments, climb] if climb is not None else moments, default=None)


def rings(incident: Incident, now: datetime, policy: IncidentPolicy) -> tuple[Rang, ...]:
    """The bells that ring now, at most one of each deadline, in the order of their times.

    When all of them are applied, nothing rings again before its own time.
    """
    last = ([due for due in chain if due.at <= now][-1:] for chain in _waiting(incident, policy))
    found = sorted((due for some in last for due in some), key=lambda due: due.at)
    return tuple(Rang(bell=due.bell, mark=due.mark) for due in found)


def _waiting(incident: Incident, policy: IncidentPolicy) -> Iterator[_Chain]:
    """What has not rung yet, deadline by deadline."""
    fired = incident.clocks.fired
    for dues in _chains(incident, policy):
        chain = sorted(dues, key=lambda due: due.at)
        rung = [place for place, due in enumerate(chain) if due.mark in fired]
        rest = tuple(chain[rung[-1] + 1 :] if rung else chain)
        if rest:
            yield rest


def _chains(incident: Incident, policy: IncidentPolicy) -> Iterator[list[_Due]]:
    """Every bell that there is, rung or not, deadline by deadline."""
    clocks = incident.clocks
    if incident.state in AFTER and clocks.postmortem_by is not None:
        if incident.postmortem.published is None:
            yield [_due(incident, Bell.POST_MORTEM_DUE, clocks.postmortem_by)]
        return
    if not incident.active or incident.kind is IncidentKind.BACKFILLED:
        return
    yield _response(incident)
    yield _resolution(incident)
    yield _update(incident)
    if clocks.quiet_until is not None:
        yield [_due(incident, Bell.FIXED_AWHILE, clocks.quiet_until)]
    top = ladder_top(incident, policy)
    if top is not None:
        at = f"{clocks.severity_epoch}/{clocks.rung}"
        yield [_Due(top, Bell.LADDER_ENDED, mark_of(incident, Bell.LADDER_ENDED, at))]


def _response(incident: Incident) -> list[_Due]:
    """Nobody leads, and then nobody has answered in time."""
    clocks = incident.clocks
    found = []
    if incident.lead is None:
        found.append(_due(incident, Bell.UNCLAIMED, clocks.since, clocks.since + UNCLAIMED_AFTER))
    if clocks.respond_by is not None:
        found.append(_due(incident, Bell.RESPONSE_BREACHED, clocks.respond_by))
    return found


def _resolution(incident: Incident) -> list[_Due]:
    """Half, four fifths and all of the time to resolve are over."""
    since, by = incident.clocks.since, incident.clocks.resolve_by
    if by is None:
        return []
    return [
        _due(incident, Bell.RESOLUTION_HALF, by, since + HALF * (by - since)),
        _due(incident, Bell.RESOLUTION_NEAR, by, since + NEAR * (by - since)),
        _due(incident, Bell.RESOLUTION_BREACHED, by),
    ]


def _update(incident: Incident) -> list[_Due]:
    """A promised update comes up, is due, and is missing, of which somebody is reminded daily."""
    by = incident.clocks.update_by
    if by is None:
        return []
    half = max(by - _promised(incident), timedelta(0)) / 2
    missed = by + min(OVERDUE_AFTER, half)
    late = _due(incident, Bell.UPDATE_OVERDUE, by, missed)
    return [
        _due(incident, Bell.UPDATE_SOON, by, by - min(SOON_BEFORE, half)),
        _due(incident, Bell.UPDATE_DUE, by),
        late,
        *(
            _Due(missed + day * _DAY, Bell.UPDATE_OVERDUE, f"{late.mark}/{day}")
            for day in range(1, _DAYS_AFTER + 1)
        ),
    ]


def _promised(incident: Incident) -> datetime:
    """Since when the next update is owed: the last one, or the beginning of the epoch."""
    since = incident.clocks.since
    last = incident.last_update
    return max(since, last.at) if last is not None else since


def _due(incident: Incident, bell: Bell, deadline: datetime, at: datetime | None = None) -> _Due:
    """A bell of a deadline, at its own time or at the deadline itself."""
    return _Due(at or deadline, bell, mark_of(incident, bell, deadline))
