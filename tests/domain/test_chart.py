"""Charts as values: what is refused, what survives thinning, and what a screen reader says."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.chart import (
    MAX_ALT,
    MAX_LABEL,
    MAX_MARKS,
    MAX_PANELS,
    MAX_POINTS,
    Chart,
    Limit,
    Line,
    Mark,
    MarkKind,
    Panel,
    Point,
    Role,
    Severity,
    Unit,
    drawn,
    figure,
    in_words,
    runs,
    thinned,
)

START = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)
END = START + timedelta(minutes=40)


def points(*values: float | None) -> tuple[Point, ...]:
    """One value a minute."""
    return tuple((START + timedelta(minutes=n), value) for n, value in enumerate(values))


def line(*values: float | None, role: Role = Role.CANDIDATE) -> Line:
    return Line(name=role.value, points=points(*values), role=role)


def panel(*lines: Line, **fields: Any) -> Panel:
    return Panel(title="Error rate", unit=Unit.PERCENT, lines=lines or (line(0.1),), **fields)


def chart(**fields: Any) -> Chart:
    made: dict[str, Any] = {
        "title": "Canary of api",
        "panels": (panel(),),
        "start": START,
        "end": END,
    }
    return drawn(**(made | fields))


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), float("-inf")])
def test_a_value_is_a_number_that_is_not_negative(value: float) -> None:
    with pytest.raises(ValidationError):
        line(value)
    with pytest.raises(ValidationError):
        Limit(label="gate", value=value, severity=Severity.CRITICAL)


def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(ValidationError):
        Line(name="a", points=((datetime(2026, 3, 14), 1.0),), role=Role.STABLE)  # noqa: DTZ001


@pytest.mark.parametrize("minutes", [(1, 0), (0, 0)])
def test_the_points_of_a_line_are_in_order_and_no_moment_is_there_twice(
    minutes: tuple[int, int],
) -> None:
    with pytest.raises(ValidationError, match="order of time"):
        Line(
            name="a",
            points=tuple((START + timedelta(minutes=n), 1.0) for n in minutes),
            role=Role.STABLE,
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"end": START},
        {"title": ""},
        {"panels": ()},
        {"panels": (panel(),) * (MAX_PANELS + 1)},
        {"marks": (Mark(at=START, label="5 %"),) * (MAX_MARKS + 1)},
    ],
    ids=["no time", "no title", "no panel", "too many panels", "too many marks"],
)
def test_a_chart_keeps_its_bounds(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        chart(**fields)


def test_a_line_keeps_its_bounds() -> None:
    assert len(line(*[1.0] * MAX_POINTS).points) == MAX_POINTS
    with pytest.raises(ValidationError):
        line(*[1.0] * (MAX_POINTS + 1))
    with pytest.raises(ValidationError):
        Line(name="x" * (MAX_LABEL + 1), points=(), role=Role.STABLE)


# ── Thinning ─────────────────────────────────────────────────────────────────────────────────────


def test_few_points_are_left_alone() -> None:
    few = points(*[float(n) for n in range(MAX_POINTS)])

    assert thinned(few) == few


def test_thinning_keeps_the_spike_the_dip_the_gap_and_the_end() -> None:
    values: list[float | None] = [5.0] * 5000
    values[1234], values[2345], values[3456], values[4999] = 99.0, 0.0, None, 7.0
    full = points(*values)

    kept = thinned(full)

    assert len(kept) <= MAX_POINTS
    assert {full[1234], full[2345], full[3456], full[4999]} <= set(kept)


@given(
    st.lists(st.none() | st.floats(0, 1000), min_size=1, max_size=400),
    st.integers(min_value=4, max_value=50),
)
def test_thinned_points_are_some_of_the_points_in_order(
    values: list[float | None], most: int
) -> None:
    full = points(*values)

    kept = thinned(full, most)

    assert len(kept) <= most
    assert [point for point in full if point in set(kept)] == list(kept)
    known = [value for value in values if value is not None]
    kept_known = [value for _, value in kept if value is not None]
    assert (max(known, default=0), min(known, default=0)) == (
        max(kept_known, default=0),
        min(kept_known, default=0),
    )
    assert (None in values) == any(value is None for _, value in kept)


def test_a_gap_parts_a_line() -> None:
    found = [[value for _, value in run] for run in runs(points(None, 1, 2, None, None, 3, None))]

    assert found == [[1, 2], [3]]
    assert list(runs(points(None, None))) == []


# ── In words ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0, Unit.PERCENT, "0 %"),
        (0.004, Unit.PERCENT, "< 0.01 %"),
        (0.42, Unit.PERCENT, "0.42 %"),
        (1.5, Unit.PERCENT, "1.5 %"),
        (1.96, Unit.PERCENT, "1.96 %"),
        (12.34, Unit.PERCENT, "12.3 %"),
        (100, Unit.PERCENT, "100 %"),
        (0, Unit.MILLISECONDS, "0 ms"),
        (0.25, Unit.MILLISECONDS, "0.25 ms"),
        (238.4, Unit.MILLISECONDS, "238 ms"),
        (12_345, Unit.MILLISECONDS, "12,345 ms"),
    ],
)
def test_a_figure_is_written_as_people_read_it(value: float, unit: Unit, said: str) -> None:
    assert figure(value, unit) == said


def test_the_words_say_last_and_worst_limits_and_what_happened() -> None:
    limits = (
        Limit(label="roll back", value=2, severity=Severity.CRITICAL),
        Limit(label="hold", value=1, severity=Severity.WARNING),
    )
    shown = chart(
        panels=(
            panel(line(0.2, 3.5, None, 0.4), line(0.1, 9, role=Role.STABLE), limits=limits),
            Panel(title="Latency", unit=Unit.MILLISECONDS, lines=(line(None, None),)),
        ),
        marks=(
            Mark(at=START, label="5 %"),
            Mark(at=END, label="rolled back", kind=MarkKind.ROLLED_BACK),
        ),
    )

    assert shown.alt == (
        "Canary of api, 14:00 to 14:40 UTC. "
        "Error rate: candidate last 0.4 %, worst 3.5 %, above roll back and hold; "
        "stable last 9 %, worst 9 %; limits: roll back 2 %, hold 1 %. "
        "Latency: candidate has no data. "
        "5 % at 14:00; rolled back at 14:40."
    )


def test_the_words_say_the_day_where_there_is_more_than_one_and_speak_of_utc() -> None:
    elsewhere = START.astimezone(timezone(timedelta(hours=9)))

    said = in_words("Canary", (panel(),), (), elsewhere, START + timedelta(days=1))

    assert said.startswith("Canary, 14 Mar 14:00 to 15 Mar 14:00 UTC.")


def test_the_words_are_no_longer_than_slack_takes() -> None:
    marks = tuple(Mark(at=START, label="x" * MAX_LABEL) for _ in range(MAX_MARKS))

    said = chart(marks=marks).alt

    assert len(said) == MAX_ALT
    assert said.endswith("…")
