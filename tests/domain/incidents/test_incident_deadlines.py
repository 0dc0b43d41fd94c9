"""What is owed, and by when, as an incident goes on."""

from datetime import datetime, timedelta

import incident_samples as samples
import pytest
from incident_samples import MINUTE
from samples import NOW

from bot.domain.incident_policy import Severity
from bot.domain.incidents import deadlines
from bot.domain.incidents.calls import Clocks
from bot.domain.incidents.incident import IncidentKind

POLICY = samples.incident_policy()
REAL = IncidentKind.REAL
HOUR = 60 * MINUTE


def started(severity: Severity = Severity.P1, kind: IncidentKind = REAL) -> Clocks:
    """The clocks of an incident that begins now."""
    return deadlines.started(severity, kind, NOW, POLICY)


def owed(clocks: Clocks) -> set[datetime | None]:
    """All deadlines but the post-mortem's."""
    return {
        clocks.respond_by,
        clocks.resolve_by,
        clocks.update_by,
        clocks.climb_at,
        clocks.quiet_until,
    }


@pytest.mark.parametrize(
    ("severity", "response", "resolution", "update", "climb"),
    [
        (Severity.P1, HOUR / 4, HOUR, HOUR / 2, timedelta(0)),
        (Severity.P2, HOUR, 4 * HOUR, HOUR, timedelta(0)),
        (Severity.P3, 4 * HOUR, 24 * HOUR, 4 * HOUR, None),
        (Severity.P4, 24 * HOUR, 168 * HOUR, 24 * HOUR, None),
    ],
)
def test_targets_are_those_of_the_guides(
    severity: Severity,
    response: timedelta,
    resolution: timedelta,
    update: timedelta,
    climb: timedelta | None,
) -> None:
    clocks = started(severity)
    assert (clocks.respond_by, clocks.resolve_by) == (NOW + response, NOW + resolution)
    assert clocks.update_by == NOW + update
    assert clocks.climb_at == (None if climb is None else NOW + climb)
    assert (clocks.rung, clocks.severity_epoch, clocks.fired) == (-1, 0, frozenset())


def test_the_ladder_may_begin_only_when_it_takes_too_long() -> None:
    """The guides name no severity for their half hour: it is a setting of each one."""
    rules = dict(POLICY.rules)
    rules[Severity.P4] = rules[Severity.P4].model_copy(update={"escalate_after": HOUR / 2})
    policy = samples.incident_policy(rules=rules)
    clocks = deadlines.started(Severity.P4, REAL, NOW, policy)
    assert clocks.climb_at == NOW + HOUR / 2


@pytest.mark.parametrize(("late", "climbs"), [(10, 30), (50, 50)])
def test_what_is_worse_later_begins_the_ladder_no_sooner_than_now(late: int, climbs: int) -> None:
    rules = dict(POLICY.rules)
    rules[Severity.P3] = rules[Severity.P3].model_copy(update={"escalate_after": HOUR / 2})
    policy = samples.incident_policy(rules=rules)
    minor = samples.incident(severity=Severity.P4)
    clocks = deadlines.changed_severity(minor, Severity.P3, NOW + late * MINUTE, policy)
    assert clocks.climb_at == NOW + climbs * MINUTE


def test_a_drill_has_targets_and_calls_nobody() -> None:
    clocks = started(kind=IncidentKind.DRILL)
    assert (clocks.resolve_by, clocks.climb_at) == (NOW + HOUR, None)


def test_what_is_written_down_afterwards_owes_nothing() -> None:
    assert owed(started(kind=IncidentKind.BACKFILLED)) == {None}


def test_what_is_worse_has_shorter_targets_and_a_ladder_from_its_foot() -> None:
    incident = samples.incident(severity=Severity.P2)
    clocks = deadlines.changed_severity(incident, Severity.P1, NOW + 5 * MINUTE, POLICY)
    assert clocks.since == NOW
    assert clocks.resolve_by == NOW + HOUR
    assert clocks.update_by == NOW + 35 * MINUTE
    assert (clocks.rung, clocks.severity_epoch) == (-1, 1)
    assert clocks.climb_at == NOW + 5 * MINUTE
    assert clocks.respond_by is None  # somebody has answered already


def test_what_is_worse_does_not_put_a_promise_off() -> None:
    incident = samples.incident(severity=Severity.P2)
    clocks = deadlines.changed_severity(incident, Severity.P1, NOW + 50 * MINUTE, POLICY)
    assert clocks.update_by == NOW + HOUR


def test_what_is_less_bad_stays_on_its_rung_and_keeps_its_promise() -> None:
    incident = samples.incident()
    clocks = deadlines.changed_severity(incident, Severity.P2, NOW + 5 * MINUTE, POLICY)
    assert (clocks.rung, clocks.severity_epoch) == (0, 0)
    assert clocks.climb_at == incident.clocks.climb_at
    assert (clocks.resolve_by, clocks.update_by) == (NOW + 4 * HOUR, NOW + HOUR / 2)


def test_what_is_not_bad_enough_leaves_the_ladder() -> None:
    clocks = deadlines.changed_severity(samples.incident(), Severity.P3, NOW, POLICY)
    assert clocks.climb_at is None


def test_a_drill_that_is_worse_calls_nobody() -> None:
    drill = samples.incident(severity=Severity.P3, kind=IncidentKind.DRILL)
    assert deadlines.changed_severity(drill, Severity.P1, NOW, POLICY).climb_at is None


def test_what_was_written_down_afterwards_owes_nothing_however_bad() -> None:
    late = samples.incident(
        kind=IncidentKind.BACKFILLED, clocks=started(kind=IncidentKind.BACKFILLED)
    )
    assert owed(deadlines.changed_severity(late, Severity.P2, NOW, POLICY)) == {None}


@pytest.mark.parametrize(
    ("paged", "answered", "climbs"),
    [(0, 2, 30), (5, 7, 30), (25, 29, 30), (30, 32, 60), (30, 61, 60), (35, 36, 65)],
)
def test_a_rung_that_answers_has_until_it_takes_too_long(
    paged: int, answered: int, climbs: int
) -> None:
    """Half an hour after the beginning, and half an hour after each page from then on."""
    page = samples.page(at=NOW + paged * MINUTE)
    rule = POLICY.rule(Severity.P1)
    clocks = deadlines.climbed(started(), page, rule)
    assert clocks.climb_at == page.at + 5 * MINUTE
    clocks = deadlines.answered(clocks, page, rule, NOW + answered * MINUTE)
    assert clocks.climb_at == NOW + climbs * MINUTE


def test_without_a_time_to_escalate_an_answer_ends_the_climb() -> None:
    rule = POLICY.rule(Severity.P1).model_copy(update={"escalate_after": None})
    assert deadlines.answered(started(), samples.page(), rule, NOW).climb_at is None


def test_once_resolved_only_the_post_mortem_is_due() -> None:
    clocks = deadlines.settled(started(), Severity.P1, REAL, NOW, POLICY)
    assert owed(clocks) == {None}
    assert clocks.postmortem_by == NOW + timedelta(days=5)


@pytest.mark.parametrize(
    ("severity", "kind"),
    [(Severity.P3, REAL), (Severity.P4, REAL), (Severity.P1, IncidentKind.DRILL)],
)
def test_some_need_no_post_mortem(severity: Severity, kind: IncidentKind) -> None:
    assert deadlines.settled(started(), severity, kind, NOW, POLICY).postmortem_by is None


def test_over_is_over() -> None:
    watched = deadlines.watched(samples.incident().clocks, NOW, POLICY)
    clocks = deadlines.over(watched.model_copy(update={"postmortem_by": NOW}))
    assert owed(clocks) | {clocks.postmortem_by} == {None}
    assert clocks.rung == watched.rung


def test_an_answer_leaves_the_other_targets() -> None:
    clocks = deadlines.acknowledged(started())
    assert (clocks.respond_by, clocks.resolve_by) == (None, NOW + HOUR)
