"""How well incidents are answered: what counts, from when to when, and what is not known."""

from datetime import timedelta

from incident_samples import incident, incident_policy
from samples import DANA, NOW

from bot.domain.incident_policy import Severity
from bot.domain.incidents.figures import (
    by_service,
    by_severity,
    incident_figures,
    weekly_figures,
)
from bot.domain.incidents.figures_chart import figures_chart
from bot.domain.incidents.incident import Incident, IncidentKind, Moment, Stamp, Times
from bot.domain.incidents.states import State
from bot.domain.measures import Share

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLICY = incident_policy()
LATER = NOW + 30 * DAY


def times(start: timedelta = timedelta(0), **minutes: float) -> Times:
    """Moments by name, in minutes after a start."""
    return {
        Moment(name): Stamp(at=NOW + start + at * MINUTE, recorded=NOW, by=DANA)
        for name, at in minutes.items()
    }


def ended(ref: str, known: Times, **changes: object) -> Incident:
    """A P1 of api that is resolved."""
    base = incident(State.RESOLVED, ref=ref, service="api", severity=Severity.P1, times=known)
    return base.model_copy(update=changes)


FIRST = ended("INC-2026-001", times(occurred=-10, detected=-4, declared=0, acked=5, resolved=50))
SECOND = ended("INC-2026-002", times(2 * DAY, declared=0, acked=25, resolved=110))


def test_means_run_from_the_beginning_to_the_end() -> None:
    found = incident_figures((SECOND, FIRST), POLICY, LATER)
    assert found.mttd == 6 * MINUTE  # of the second one, nobody knows
    assert found.mtta == 15 * MINUTE
    assert found.mttr == (60 + 110) / 2 * MINUTE
    assert found.mtbf == 2 * DAY + 10 * MINUTE
    assert (found.count, found.open) == (2, 0)


def test_targets_are_those_of_the_severity() -> None:
    found = incident_figures((FIRST, SECOND), POLICY, LATER)
    assert found.response == Share(count=1, total=2)
    assert found.resolution == Share(count=1, total=2)


def test_what_is_still_in_time_is_neither_met_nor_missed() -> None:
    going = incident(State.INVESTIGATING, severity=Severity.P1, times=times(declared=0))
    early = incident_figures((going,), POLICY, NOW + 10 * MINUTE)
    assert (early.response, early.resolution) == (Share(count=0, total=0),) * 2
    late = incident_figures((going,), POLICY, NOW + 2 * HOUR)
    assert (late.response, late.resolution) == (Share(count=0, total=1),) * 2
    assert late.mtta is None
    assert late.open == 1


def test_what_was_opened_again_was_not_over() -> None:
    again = ended(
        "INC-2026-003",
        times(3 * HOUR, declared=0, resolved=20),
        earlier=(times(declared=0, acked=5, resolved=30),),
        epoch=1,
    )
    found = incident_figures((again,), POLICY, LATER)
    assert found.mttr == 3 * HOUR + 20 * MINUTE
    assert found.mtta == 5 * MINUTE
    assert found.reopened == 1


def test_drills_and_what_was_nothing_count_nowhere() -> None:
    drill = FIRST.model_copy(update={"kind": IncidentKind.DRILL})
    void = [FIRST.model_copy(update={"state": each}) for each in (State.MERGED, State.DECLINED)]
    found = incident_figures((drill, *void), POLICY, LATER)
    assert found.count == 0
    assert (found.mttr, found.mtbf, found.response.value) == (None, None, None)


def test_what_was_written_down_afterwards_was_not_answered_under_a_clock() -> None:
    backfilled = SECOND.model_copy(update={"kind": IncidentKind.BACKFILLED})
    found = incident_figures((backfilled,), POLICY, LATER)
    assert found.response.total == 0
    assert found.mttr == 110 * MINUTE


def test_groups_are_by_severity_and_by_service() -> None:
    other = FIRST.model_copy(update={"service": None, "severity": Severity.P3})
    severities = by_severity((FIRST, SECOND, other), POLICY, LATER)
    assert {key: value.count for key, value in severities.items()} == {
        Severity.P1: 2,
        Severity.P3: 1,
    }
    services = by_service((FIRST, SECOND, other), POLICY, LATER)
    assert {key: value.count for key, value in services.items()} == {"(no service)": 1, "api": 2}
    # The intervals between failures are those of one service.
    assert services["(no service)"].mtbf is None


def test_weeks_have_what_began_in_them() -> None:
    weeks = weekly_figures((FIRST, SECOND), POLICY, NOW - DAY, NOW + 13 * DAY)
    assert [(found.count, found.mttr) for _, found in weeks] == [(2, 85 * MINUTE), (0, None)]


def test_a_week_without_incidents_is_a_gap_in_the_chart() -> None:
    weeks = weekly_figures((FIRST, SECOND), POLICY, NOW - DAY, NOW + 13 * DAY)
    chart = figures_chart(weeks, NOW + 13 * DAY, "api")
    assert chart is not None
    times, met = chart.panels
    assert [[value for _, value in line.points] for line in times.lines] == [[85, None], [15, None]]
    assert [[value for _, value in line.points] for line in met.lines] == [[50, None], [50, None]]
    assert "85 min" in chart.alt


def test_without_incidents_there_is_no_chart() -> None:
    weeks = weekly_figures((), POLICY, NOW - DAY, NOW)
    assert figures_chart(weeks, NOW, "api") is None
