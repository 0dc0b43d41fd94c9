"""How well incidents are answered: mean times, and how often the targets were met.

MTTD, MTTA, MTTR and MTBF are means, as their names say. Drills, and what turned out to be nothing
of its own, count nowhere. None is "not known" and never stands for 0.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from bot.domain.base import Model
from bot.domain.incident_policy import IncidentPolicy, Severity
from bot.domain.incidents.incident import Incident, IncidentKind, Moment, Times
from bot.domain.incidents.states import VOID
from bot.domain.measures import Durations, Share, durations, mean

K = TypeVar("K")

_NOBODYS = "(no service)"


class IncidentFigures(Model):
    """The figures of some incidents.

    `mttd`: from when it began to when it was noticed; `mtta`: from the declaration to the first
    acknowledgement; `mttr`: from when it began to the last resolution, so that what was opened
    again was not over; `mtbf`: from one beginning to the next of the same service. `response` and
    `resolution` are the shares that met their targets, among those whose time is over or that were
    answered: what is still in time is not counted as met.
    """

    count: int
    open: int
    mttd: timedelta | None
    mtta: timedelta | None
    mttr: timedelta | None
    mtbf: timedelta | None
    repair: Durations
    response: Share
    resolution: Share
    reopened: int


def counted(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Those that figures are made of, in the order in which they began."""
    real = (
        each for each in incidents if each.kind is not IncidentKind.DRILL and each.state not in VOID
    )
    return tuple(sorted(real, key=lambda each: each.first_began))


def incident_figures(
    incidents: Iterable[Incident], policy: IncidentPolicy, now: datetime
) -> IncidentFigures:
    """Judge incidents as they stand at a moment."""
    known = counted(incidents)
    # What was written down afterwards was not answered under a clock.
    timed = [each for each in known if each.kind is IncidentKind.REAL]
    repairs = [each.lasted for each in known if not each.active]
    return IncidentFigures(
        count=len(known),
        open=sum(each.active for each in known),
        mttd=mean([_between(each.first_times, Moment.OCCURRED, Moment.DETECTED) for each in known]),
        mtta=mean([_between(each.first_times, Moment.DECLARED, Moment.ACKED) for each in timed]),
        mttr=mean(repairs),
        mtbf=_between_failures(known),
        repair=durations(repairs),
        response=_met(timed, policy, now, Moment.ACKED),
        resolution=_met(timed, policy, now, Moment.RESOLVED),
        reopened=sum(each.epoch > 0 for each in known),
    )


def by_severity(
    incidents: Iterable[Incident], policy: IncidentPolicy, now: datetime
) -> Mapping[Severity, IncidentFigures]:
    """The figures of each severity that there was, the worst first."""
    groups = _grouped(incidents, lambda each: each.severity)
    return {key: incident_figures(groups[key], policy, now) for key in sorted(groups)}


def by_service(
    incidents: Iterable[Incident], policy: IncidentPolicy, now: datetime
) -> Mapping[str, IncidentFigures]:
    """The figures of each service; of those that nobody named a service for, together."""
    groups = _grouped(incidents, lambda each: each.service or _NOBODYS)
    return {key: incident_figures(groups[key], policy, now) for key in sorted(groups)}


def weekly_figures(
    incidents: Iterable[Incident],
    policy: IncidentPolicy,
    since: datetime,
    until: datetime,
) -> tuple[tuple[datetime, IncidentFigures], ...]:
    """The figures of those that began in each week from `since`, by the beginning of the week."""
    known = counted(incidents)
    start, week = since, timedelta(days=7)
    weeks: list[tuple[datetime, IncidentFigures]] = []
    while start < until:
        here = [each for each in known if start <= each.first_began < start + week]
        weeks.append((start, incident_figures(here, policy, until)))
        start += week
    return tuple(weeks)


def _grouped(
    incidents: Iterable[Incident], key: Callable[[Incident], K]
) -> dict[K, list[Incident]]:
    groups: dict[K, list[Incident]] = {}
    for each in incidents:
        groups.setdefault(key(each), []).append(each)
    return groups


def _between(times: Times, start: Moment, end: Moment) -> timedelta | None:
    began, ended = times.get(start), times.get(end)
    return ended.at - began.at if began and ended else None


def _between_failures(known: Iterable[Incident]) -> timedelta | None:
    gaps: list[timedelta | None] = []
    for each in _grouped(known, lambda incident: incident.service or _NOBODYS).values():
        gaps += [later.first_began - earlier.first_began for earlier, later in pairwise(each)]
    return mean(gaps)


def _met(timed: Iterable[Incident], policy: IncidentPolicy, now: datetime, goal: Moment) -> Share:
    """How many reached a moment within the target of the severity that they have by now."""
    met = total = 0
    for each in timed:
        times = each.first_times if goal is Moment.ACKED else each.times
        rule = policy.rule(each.severity)
        allowed = rule.response if goal is Moment.ACKED else rule.resolution
        took = _between(times, Moment.DECLARED, goal)
        waited = now - times[Moment.DECLARED].at
        if took is None and waited <= allowed:
            continue
        total += 1
        met += took is not None and took <= allowed
    return Share(count=met, total=total)
