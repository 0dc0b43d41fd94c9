"""From measured numbers to verdicts. No data is never good news, and never bad news either."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from bot.domain.base import Model
from bot.domain.policy import Analysis, Comparison, Gate, GateAction, Metric


class Sample(Model):
    """What a set of revisions did in a window. None is "no data" and never stands for 0.

    `errors` counts 5xx answers; latencies are milliseconds over all answers of all revisions.
    """

    requests: int | None = None
    errors: int | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None

    def value(self, metric: Metric) -> float | None:
        """A metric's value; the error rate of no requests is unknown."""
        match metric:
            case Metric.ERROR_RATE:
                if not self.requests or self.errors is None:
                    return None
                return self.errors / self.requests
            case Metric.P50:
                return self.p50_ms
            case Metric.P95:
                return self.p95_ms
            case Metric.P99:
                return self.p99_ms
            case _:
                assert_never(metric)


class Point(Model):
    """A sample of the time that ended at `at`, as one of a series."""

    at: datetime
    sample: Sample


class Window(Model):
    """A span of time; the start is outside of it, as in Cloud Monitoring's intervals."""

    start: datetime
    end: datetime


class Probe(Model):
    """What became of a request to a revision: `status` None means that there was no answer."""

    passed: bool
    status: int | None = None
    milliseconds: float | None = None
    attempts: int = 1
    problem: str | None = None


class Comparisons(Model):
    """What was measured in one window: the candidate, and the stable revisions beside it."""

    candidate: Sample
    stable: Sample


class Verdict(StrEnum):
    """What a gate says. `NOT_APPLICABLE`: nothing stable gets traffic that could be compared."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not applicable"


class Reading(Model):
    """A gate's verdict with the numbers that it was made from; None is "no data"."""

    gate: str
    metric: Metric | None
    op: Comparison | None = None
    limit: float | None = None
    action: GateAction
    verdict: Verdict
    value: float | None = None
    stable: float | None = None
    requests: int | None = None
    at: datetime
    says: str = ""


def window_of(gate: Gate, analysis: Analysis, now: datetime) -> Window:
    """The newest whole window of a gate whose measurements can all be seen."""
    end = now - analysis.metric_delay
    return Window(start=end - gate.window, end=end)


def windows_due(analysis: Analysis, since: datetime, now: datetime) -> Mapping[timedelta, Window]:
    """The windows that lie wholly after a shift of traffic, by length.

    What came before belongs to another share of the traffic, and to requests of the smoke test.
    """
    found = {gate.window: window_of(gate, analysis, now) for gate in analysis.gates}
    return {length: window for length, window in found.items() if window.start >= since}


def read_gates(
    analysis: Analysis,
    measured: Mapping[timedelta, Comparisons],
    now: datetime,
    *,
    comparable: bool,
) -> tuple[Reading, ...]:
    """Judge every gate; one whose window is not whole yet is inconclusive.

    `comparable` says whether stable revisions get traffic at all.
    """
    return tuple(
        _read(gate, analysis, measured.get(gate.window), now, comparable=comparable)
        for gate in analysis.gates
    )


def _read(
    gate: Gate, analysis: Analysis, found: Comparisons | None, now: datetime, *, comparable: bool
) -> Reading:
    at = window_of(gate, analysis, now).end
    reading = Reading(
        gate=gate.name,
        metric=gate.metric,
        op=gate.op,
        limit=gate.value,
        action=gate.action,
        verdict=Verdict.INCONCLUSIVE,
        at=at,
    )
    if gate.vs_stable and not comparable:
        return reading.model_copy(update={"verdict": Verdict.NOT_APPLICABLE})
    if found is None:
        return reading.model_copy(update={"says": "the window is not full yet"})
    value = found.candidate.value(gate.metric)
    stable = found.stable.value(gate.metric)
    reading = reading.model_copy(
        update={"value": value, "stable": stable, "requests": found.candidate.requests}
    )
    missing = _missing(gate, analysis, found)
    if missing:
        return reading.model_copy(update={"says": missing})
    compared = (value or 0.0) - (stable or 0.0) if gate.vs_stable else (value or 0.0)
    breached = gate.op.breached(compared, gate.value)
    verdict = Verdict.UNHEALTHY if breached else Verdict.HEALTHY
    return reading.model_copy(update={"verdict": verdict})


def _missing(gate: Gate, analysis: Analysis, found: Comparisons) -> str:
    """Why a gate cannot tell; empty when it can. One error in one request tells nothing."""
    for who, sample in (("new", found.candidate), ("stable", found.stable)):
        if who == "stable" and not gate.vs_stable:
            continue
        if not sample.requests:
            return f"no requests to the {who} version"
        if sample.requests < analysis.min_requests:
            return f"{sample.requests} of {analysis.min_requests} requests to the {who} version"
        if sample.value(gate.metric) is None:
            return f"no data for the {who} version"
    return ""
