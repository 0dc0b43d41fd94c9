"""The picture of a rollout: which time, which lines, which limits, which marks."""

from datetime import datetime, timedelta

import pytest
import samples
from rollouts import MINUTE, watched
from samples import NOW, canary

from bot.domain.canary_chart import chart_period, chart_window, draw
from bot.domain.chart import MAX_HEADING, MAX_MARKS, MarkKind, Role, Severity, Unit
from bot.domain.deploy import Deploy, Shift
from bot.domain.evidence import Point, Sample, Window
from bot.domain.states import State

S = State
HOUR = 60 * MINUTE
WINDOW = Window(start=NOW - 6 * MINUTE, end=NOW + HOUR)


def points(*samples_: Sample) -> tuple[Point, ...]:
    """One a minute."""
    return tuple(
        Point(at=NOW + number * MINUTE, sample=each) for number, each in enumerate(samples_)
    )


WELL = points(Sample(requests=200, errors=1, p95_ms=120), Sample(requests=200, errors=0, p95_ms=90))
BADLY = points(Sample(requests=100, errors=9, p95_ms=800), Sample())


def test_before_the_first_share_there_is_nothing_to_draw() -> None:
    assert chart_window(canary(S.STAGING), NOW) is None
    assert chart_window(watched(trail=()), NOW) is None


def test_a_picture_begins_a_little_before_the_first_share() -> None:
    """So that one sees what was usual."""
    assert chart_window(watched(), NOW + HOUR) == WINDOW


@pytest.mark.parametrize("now", [NOW, NOW - HOUR])
def test_a_picture_covers_some_time_whatever_the_clock_says(now: datetime) -> None:
    found = chart_window(watched(), now)
    assert found is not None
    assert found.start < NOW < found.end


@pytest.mark.parametrize(
    ("length", "shortest", "period"),
    [
        (HOUR, timedelta(seconds=10), MINUTE),
        (HOUR, timedelta(minutes=5), 5 * MINUTE),
        (timedelta(days=1), MINUTE, 24 * MINUTE),
        (timedelta(seconds=90), timedelta(milliseconds=1), timedelta(seconds=1)),
        (timedelta(seconds=150), timedelta(milliseconds=1), timedelta(seconds=2)),
    ],
)
def test_points_are_as_far_apart_as_the_picture_needs(
    length: timedelta, shortest: timedelta, period: timedelta
) -> None:
    """In whole seconds, and never closer than the cloud keeps them."""
    assert chart_period(Window(start=NOW, end=NOW + length), shortest) == period


def test_both_versions_are_drawn_in_percent_and_milliseconds() -> None:
    chart = draw(watched(phase=1), WINDOW, BADLY, WELL)
    assert [(panel.title, panel.unit) for panel in chart.panels] == [
        ("Error rate", Unit.PERCENT),
        ("P95", Unit.MILLISECONDS),
    ]
    errors, latency = chart.panels
    assert [(line.role, line.name) for line in errors.lines] == [
        (Role.CANDIDATE, "v1.2.0 (new)"),
        (Role.STABLE, "v1.1.0 (stable)"),
    ]
    assert [value for _, value in errors.lines[0].points] == [9.0, None]
    assert [value for _, value in errors.lines[1].points] == [0.5, 0.0]
    assert [value for _, value in latency.lines[0].points] == [800, None]
    assert (chart.start, chart.end) == (WINDOW.start, WINDOW.end)


def test_the_same_version_twice_can_be_told_apart() -> None:
    again = samples.full_plan(artifact=samples.artifact("v1.1.0"))
    chart = draw(watched(plan=again), WINDOW, WELL, WELL)
    assert {line.name for line in chart.panels[0].lines} == {"v1.1.0 (new)", "v1.1.0 (stable)"}


def test_gates_are_lines_by_how_much_they_matter() -> None:
    """What compares two versions has no place at one height."""
    errors, latency = draw(watched(), WINDOW, WELL, WELL).panels
    assert [(limit.label, limit.value, limit.severity) for limit in errors.limits] == [
        ("errors", 5.0, Severity.CRITICAL)
    ]
    assert [(limit.label, limit.value, limit.severity) for limit in latency.limits] == [
        ("p95-target", 500, Severity.WARNING),
        ("p95-warning", 300, Severity.WARNING),
    ]


def test_without_gates_there_are_no_limits() -> None:
    chart = draw(watched(plan=samples.plan()), WINDOW, WELL, WELL)
    assert [panel.limits for panel in chart.panels] == [(), ()]


@pytest.mark.parametrize(
    ("subject", "end"),
    [
        (watched(phase=1), None),
        (watched(S.ROLLING_BACK, phase=1), None),
        (watched(S.HELD, phase=1, since=NOW + 9 * MINUTE), ("held", MarkKind.HELD)),
        (watched(S.ROLLED_BACK, phase=1), ("rolled back", MarkKind.ROLLED_BACK)),
        (watched(S.RETAINING, phase=1), ("completed", MarkKind.COMPLETED)),
        (watched(S.COMPLETED, phase=1), ("completed", MarkKind.COMPLETED)),
    ],
)
def test_each_share_and_the_end_are_marked(
    subject: Deploy, end: tuple[str, MarkKind] | None
) -> None:
    marks = draw(subject, WINDOW, WELL, WELL).marks
    assert [mark.label for mark in marks[:2]] == ["5 %", "25 %"]
    found = [(mark.label, mark.kind) for mark in marks[2:]]
    assert found == ([end] if end else [])


@pytest.mark.parametrize("since", [NOW - HOUR, NOW + 9 * HOUR])
def test_a_mark_stands_inside_the_picture(since: datetime) -> None:
    subject = watched(S.ROLLED_BACK, since=since)
    *_, end = draw(subject, WINDOW, WELL, WELL).marks
    assert WINDOW.start <= end.at <= WINDOW.end


def test_many_shares_do_not_burst_the_picture() -> None:
    trail = tuple(Shift(percent=share, at=NOW) for share in range(1, 61))
    marks = draw(watched(S.COMPLETED, trail=trail), WINDOW, WELL, WELL).marks
    assert len(marks) == MAX_MARKS
    assert [mark.label for mark in marks[-2:]] == ["60 %", "completed"]


def test_a_picture_says_what_it_shows() -> None:
    chart = draw(watched(S.ROLLED_BACK, cause="errors: 9.00 %"), WINDOW, BADLY, WELL)
    assert chart.title == "api v1.2.0 → production (D-7F3K2)"
    assert chart.subtitle == "errors: 9.00 %"
    assert chart.title in chart.alt


def test_long_words_are_cut() -> None:
    chart = draw(watched(S.ROLLED_BACK, cause="e" * 999), WINDOW, BADLY, WELL)
    assert len(chart.subtitle) == MAX_HEADING
    plan = samples.full_plan(artifact=samples.artifact("v" * 128), replaces_versions=("w" * 128,))
    names = [line.name for line in draw(watched(plan=plan), WINDOW, WELL, WELL).panels[0].lines]
    assert all(len(name) <= 80 for name in names)


def test_where_nothing_served_before_the_line_says_so() -> None:
    first = samples.full_plan(replaces={}, replaces_versions=())
    chart = draw(watched(plan=first, trail=(Shift(percent=100, at=NOW),)), WINDOW, WELL, ())
    assert [line.name for line in chart.panels[0].lines] == ["v1.2.0 (new)", "nothing (stable)"]
