"""From numbers to verdicts: what cannot be known is neither good news nor bad news."""

from datetime import timedelta

import pytest
import samples
from hypothesis import given, settings
from hypothesis import strategies as st
from rollouts import ANALYSIS, MINUTE
from samples import GATES, NOW

from bot.domain.evidence import (
    Comparisons,
    Reading,
    Sample,
    Verdict,
    Window,
    read_gates,
    window_of,
    windows_due,
)
from bot.domain.policy import Analysis, Comparison, Gate, GateAction, Metric

V = Verdict
ERRORS, VERSUS, P95, _WARNING = GATES
DELAY = ANALYSIS.metric_delay
MUCH = Sample(requests=1000, errors=2, p50_ms=40, p95_ms=180, p99_ms=400)


def gate(op: Comparison = Comparison.ABOVE, value: float = 0.05, **changes: object) -> Gate:
    """A gate on the error rate."""
    return ERRORS.model_copy(update={"op": op, "value": value} | changes)


def read(
    asked: Gate,
    candidate: Sample | None,
    stable: Sample = MUCH,
    *,
    comparable: bool = True,
    min_requests: int = 100,
) -> Reading:
    """What one gate says of one sample; None: there is no whole window yet."""
    analysis = Analysis(gates=(asked,), min_requests=min_requests)
    measured = {}
    if candidate is not None:
        measured[asked.window] = Comparisons(candidate=candidate, stable=stable)
    (found,) = read_gates(analysis, measured, NOW, comparable=comparable)
    return found


# ── Values ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sample", "metric", "value"),
    [
        (MUCH, Metric.ERROR_RATE, 0.002),
        (MUCH, Metric.P50, 40),
        (MUCH, Metric.P95, 180),
        (MUCH, Metric.P99, 400),
        (Sample(), Metric.ERROR_RATE, None),
        (Sample(), Metric.P95, None),
        (Sample(requests=0, errors=0), Metric.ERROR_RATE, None),
        (Sample(requests=10), Metric.ERROR_RATE, None),
        (Sample(requests=10, errors=0), Metric.ERROR_RATE, 0.0),
    ],
)
def test_a_value_is_measured_or_unknown(
    sample: Sample, metric: Metric, value: float | None
) -> None:
    assert sample.value(metric) == value


@pytest.mark.parametrize(
    ("op", "below", "equal", "above"),
    [
        (Comparison.ABOVE, V.HEALTHY, V.HEALTHY, V.UNHEALTHY),
        (Comparison.AT_LEAST, V.HEALTHY, V.UNHEALTHY, V.UNHEALTHY),
        (Comparison.BELOW, V.HEALTHY, V.UNHEALTHY, V.UNHEALTHY),
        (Comparison.AT_MOST, V.HEALTHY, V.HEALTHY, V.UNHEALTHY),
    ],
)
def test_an_operator_names_what_is_bad_or_what_has_to_hold(
    op: Comparison, below: Verdict, equal: Verdict, above: Verdict
) -> None:
    asked = gate(op, 0.05)
    for errors, verdict in ((49, below), (50, equal), (51, above)):
        assert read(asked, Sample(requests=1000, errors=errors)).verdict is verdict


# ── Too little to tell ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("candidate", "says"),
    [
        (None, "the window is not full yet"),
        (Sample(), "no requests to the new version"),
        (Sample(requests=0, errors=0), "no requests to the new version"),
        (Sample(requests=1, errors=1), "1 of 100 requests to the new version"),
        (Sample(requests=99, errors=99), "99 of 100 requests to the new version"),
        (Sample(requests=100), "no data for the new version"),
    ],
)
def test_without_enough_requests_a_gate_cannot_tell(candidate: Sample | None, says: str) -> None:
    found = read(ERRORS, candidate)
    assert (found.verdict, found.says) == (V.INCONCLUSIVE, says)


def test_enough_requests_are_enough() -> None:
    assert read(ERRORS, Sample(requests=100, errors=6)).verdict is V.UNHEALTHY
    assert read(ERRORS, Sample(requests=100, errors=5)).verdict is V.HEALTHY


def test_without_a_minimum_it_still_takes_one_request() -> None:
    nothing = read(ERRORS, Sample(requests=0, errors=0), min_requests=0)
    assert (nothing.verdict, nothing.says) == (V.INCONCLUSIVE, "no requests to the new version")
    assert read(ERRORS, Sample(requests=1, errors=0), min_requests=0).verdict is V.HEALTHY


@given(
    requests=st.none() | st.integers(min_value=0, max_value=99),
    errors=st.none() | st.integers(min_value=0, max_value=99),
    latency=st.none() | st.floats(min_value=0, max_value=1e6),
    asked=st.sampled_from(GATES),
)
@settings(derandomize=True)
def test_no_gate_judges_a_handful_of_requests(
    requests: int | None, errors: int | None, latency: float | None, asked: Gate
) -> None:
    sample = Sample(requests=requests, errors=errors, p95_ms=latency)
    assert read(asked, sample).verdict is V.INCONCLUSIVE


# ── Beside the stable version ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("candidate", "stable", "verdict"),
    [
        # An outage behind both of them is not the new version's fault.
        (Sample(requests=1000, errors=300), Sample(requests=1000, errors=295), V.HEALTHY),
        (Sample(requests=1000, errors=30), Sample(requests=1000, errors=5), V.UNHEALTHY),
        (Sample(requests=1000, errors=5), Sample(requests=1000, errors=900), V.HEALTHY),
        (Sample(requests=1000, errors=300), Sample(requests=10, errors=0), V.INCONCLUSIVE),
        (Sample(requests=1000, errors=300), Sample(), V.INCONCLUSIVE),
        (Sample(), Sample(requests=1000, errors=0), V.INCONCLUSIVE),
    ],
)
def test_a_comparison_needs_both(candidate: Sample, stable: Sample, verdict: Verdict) -> None:
    assert read(VERSUS, candidate, stable).verdict is verdict


def test_a_comparison_without_a_stable_version_does_not_apply() -> None:
    """At 100 % there is nothing beside it."""
    found = read(VERSUS, MUCH, comparable=False)
    assert (found.verdict, found.says) == (V.NOT_APPLICABLE, "")
    assert read(ERRORS, MUCH, comparable=False).verdict is V.HEALTHY


def test_what_only_a_comparison_needs_is_not_asked_of_other_gates() -> None:
    assert read(ERRORS, MUCH, Sample()).verdict is V.HEALTHY


# ── A reading ────────────────────────────────────────────────────────────────────────────────────


def test_a_reading_carries_the_numbers_that_it_was_made_from() -> None:
    found = read(VERSUS, Sample(requests=1000, errors=30), Sample(requests=2000, errors=10))
    assert found == Reading(
        gate="errors-vs-stable",
        metric=Metric.ERROR_RATE,
        op=Comparison.ABOVE,
        limit=0.01,
        action=GateAction.ROLLBACK,
        verdict=V.UNHEALTHY,
        value=0.03,
        stable=0.005,
        requests=1000,
        at=NOW - DELAY,
    )


def test_every_gate_is_read_in_order() -> None:
    measured = {each.window: Comparisons(candidate=MUCH, stable=MUCH) for each in samples.GATES}
    found = read_gates(ANALYSIS, measured, NOW, comparable=True)
    assert [each.gate for each in found] == [each.name for each in samples.GATES]
    assert {each.verdict for each in found} == {V.HEALTHY}


def test_a_gate_is_read_in_its_own_window() -> None:
    """That a shorter one is whole says nothing about a longer one."""
    measured = {ERRORS.window: Comparisons(candidate=MUCH, stable=MUCH)}
    found = {
        each.gate: each.verdict for each in read_gates(ANALYSIS, measured, NOW, comparable=True)
    }
    assert found["errors"] is V.HEALTHY
    assert found["p95-target"] is V.INCONCLUSIVE


# ── Windows ──────────────────────────────────────────────────────────────────────────────────────


def test_a_window_ends_where_measurements_can_be_seen() -> None:
    assert window_of(P95, ANALYSIS, NOW) == Window(start=NOW - DELAY - 10 * MINUTE, end=NOW - DELAY)


@pytest.mark.parametrize(
    ("waited", "due"),
    [
        (timedelta(0), set()),
        (5 * MINUTE + DELAY - timedelta(microseconds=1), set()),
        (5 * MINUTE + DELAY, {5 * MINUTE}),
        (10 * MINUTE + DELAY - timedelta(microseconds=1), {5 * MINUTE}),
        (10 * MINUTE + DELAY, {5 * MINUTE, 10 * MINUTE}),
        (timedelta(days=3), {5 * MINUTE, 10 * MINUTE}),
    ],
)
def test_a_window_counts_when_it_lies_wholly_after_the_shift(
    waited: timedelta, due: set[timedelta]
) -> None:
    found = windows_due(ANALYSIS, NOW - waited, NOW)
    assert set(found) == due
    assert all(window.start >= NOW - waited for window in found.values())


def test_the_reach_is_when_every_gate_has_a_whole_window() -> None:
    reach = ANALYSIS.reach
    assert reach == 10 * MINUTE + DELAY
    assert len(windows_due(ANALYSIS, NOW - reach, NOW)) == 2
    assert Analysis(gates=()).reach == DELAY
