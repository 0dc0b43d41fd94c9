"""Time series of what was counted: aligned to periods, then reduced to fewer. Pure.

A value is a count, a number, or the latencies of requests: how many took how many milliseconds.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from google.cloud.monitoring_v3.types import Aggregation

from adapters.local.cloud.metric_filters import LATENCIES, field_named
from adapters.local.cloud.states import Refusal, Reject

# Bounds as they are seen on Cloud Run's own latencies: from 1 ms in steps of a tenth. How many
# there are is ours; the last one is above three minutes.
SCALE, GROWTH, BUCKETS = 1.0, 1.1, 128
_BOUNDS = tuple(SCALE * GROWTH**number for number in range(BUCKETS + 1))
Latencies = Counter[int]
Value = int | float | Latencies
Period = tuple[datetime, datetime]
_Aligner, _Reducer = Aggregation.Aligner, Aggregation.Reducer
_ALIGNED_AT: Mapping[int, float] = {
    _Aligner.ALIGN_PERCENTILE_50: 0.5,
    _Aligner.ALIGN_PERCENTILE_95: 0.95,
    _Aligner.ALIGN_PERCENTILE_99: 0.99,
}
_REDUCED_AT: Mapping[int, float] = {
    _Reducer.REDUCE_PERCENTILE_50: 0.5,
    _Reducer.REDUCE_PERCENTILE_95: 0.95,
    _Reducer.REDUCE_PERCENTILE_99: 0.99,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Values by period, and the labels that they are about, by field."""

    labels: Mapping[str, str]
    points: Mapping[Period, Value]


def periods_of(start: datetime, end: datetime, length: timedelta) -> list[Period]:
    """The periods of an interval (start, end], newest first: they are counted back from its end.

    What is left over at its beginning makes a shorter one.
    """
    found = []
    while end > start:
        found.append((max(start, end - length), end))
        end -= length
    return found


def aligned(series: Iterable[Series], metric: str, aligner: int) -> list[Series]:
    """Align series of latencies by request. Raises `Refusal` for an aligner that is not simulated,
    or makes no sense for the metric.
    """
    if aligner == _Aligner.ALIGN_DELTA:
        if metric == LATENCIES:
            return list(series)
        return [_mapped(each, lambda found: sum(found.values())) for each in series]
    share = _ALIGNED_AT.get(aligner)
    if share is None or metric != LATENCIES:
        raise Refusal(Reject.INVALID_ARGUMENT, f"The aligner {aligner!r} cannot be used here.")
    return [_mapped(each, lambda found: percentile(found, share)) for each in series]


def reduced(series: Sequence[Series], reducer: int, group_by: Iterable[str]) -> list[Series]:
    """Bring aligned series together by the fields that are to stay. Raises `Refusal` as above."""
    if reducer == _Reducer.REDUCE_NONE:
        return list(series)
    if reducer != _Reducer.REDUCE_SUM and reducer not in _REDUCED_AT:
        raise Refusal(Reject.INVALID_ARGUMENT, f"The reducer {reducer!r} cannot be used here.")
    # The project is the one asked about; it is in every answer.
    kept = {"resource.labels.project_id", *(field_named(name) for name in group_by)}
    groups: dict[tuple[tuple[str, str], ...], list[Series]] = {}
    for each in series:
        key = tuple((name, value) for name, value in each.labels.items() if name in kept)
        groups.setdefault(key, []).append(each)
    return [
        Series(labels=dict(key), points=_together(members, reducer))
        for key, members in groups.items()
    ]


def _mapped(series: Series, change: Callable[[Latencies], Value]) -> Series:
    points = {
        period: change(value)
        for period, value in series.points.items()
        if isinstance(value, Counter)
    }
    return Series(labels=series.labels, points=points)


def _together(members: Sequence[Series], reducer: int) -> dict[Period, Value]:
    values: dict[Period, list[Value]] = {}
    for each in members:
        for period, value in each.points.items():
            values.setdefault(period, []).append(value)
    newest_first = sorted(values, reverse=True)
    return {period: _reduced(values[period], _REDUCED_AT.get(reducer)) for period in newest_first}


def _reduced(values: Sequence[Value], share: float | None) -> Value:
    """Reduce the values of one period to their sum, or to a percentile.

    The percentile of distributions is that of all their requests together; of numbers it is the
    one of those numbers: a 50th percentile of several 95th ones hides the bad one.
    """
    latencies = [each for each in values if isinstance(each, Counter)]
    if latencies:
        whole: Latencies = Counter()
        for each in latencies:
            whole.update(each)
        return whole if share is None else percentile(whole, share)
    numbers = sorted(each for each in values if not isinstance(each, Counter))
    if share is None:
        return sum(numbers)
    place = share * (len(numbers) - 1)
    low, high = numbers[math.floor(place)], numbers[math.ceil(place)]
    return float(low + (high - low) * (place - math.floor(place)))


def bucket_counts(latencies: Latencies) -> list[int]:
    """Requests by bucket: below the first bound, between two, above the last."""
    counts = [0] * (BUCKETS + 2)
    for latency, number in latencies.items():
        # A bucket holds its lower bound, and not its upper one.
        counts[bisect_right(_BOUNDS, latency)] += number
    return counts


def percentile(latencies: Latencies, share: float) -> float:
    """A percentile in milliseconds, as far as buckets tell: within one, latency rises evenly."""
    counts = bucket_counts(latencies)
    wanted = share * sum(counts)
    below = 0
    for bucket, reached in enumerate(accumulate(counts)):
        if reached >= wanted and counts[bucket]:
            low, high = _bound(bucket - 1), _bound(bucket)
            return low + (high - low) * (wanted - below) / counts[bucket]
        below = reached
    return 0.0


def _bound(number: int) -> float:
    """The upper bound of a bucket; below the first there is nothing, and the last has none."""
    return _BOUNDS[min(number, BUCKETS)] if number >= 0 else 0.0
