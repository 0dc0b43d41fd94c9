"""What revisions did, from Cloud Monitoring through Google's own asynchronous client.

Two of Cloud Run's metrics are read (Google Cloud metrics list, “run”): `request_count`, grouped by
the class of the response code, and `request_latencies`, a distribution in milliseconds.
"""

import asyncio
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from google.api_core.exceptions import NotFound
from google.auth.credentials import Credentials
from google.cloud import monitoring_v3
from google.cloud.monitoring_v3.services.metric_service.transports import (
    MetricServiceGrpcAsyncIOTransport,
)

from adapters.gcp.errors import translated
from adapters.gcp.identity import default_credentials
from adapters.gcp.patience import Patience
from adapters.gcp.plaintext import plaintext_channel
from bot.domain.catalog import CloudRunPlace, Target
from bot.domain.evidence import Point, Sample, Window

COUNT = "run.googleapis.com/request_count"
LATENCIES = "run.googleapis.com/request_latencies"
_CLASS = "response_code_class"
_SERVER_ERRORS = "5xx"
_FULL = monitoring_v3.ListTimeSeriesRequest.TimeSeriesView.FULL
_REDUCE = monitoring_v3.Aggregation.Reducer
_DELTA = monitoring_v3.Aggregation.Aligner.ALIGN_DELTA
# The percentile of all requests of all series together. An aligner's percentile would be one for
# each series, and no reduction of those is that of the requests.
_PERCENTILES: Mapping[str, int] = {
    "p50_ms": _REDUCE.REDUCE_PERCENTILE_50,
    "p95_ms": _REDUCE.REDUCE_PERCENTILE_95,
    "p99_ms": _REDUCE.REDUCE_PERCENTILE_99,
}
# How Monitoring says that nothing was ever written to a metric in this project.
_NEVER_WRITTEN = "Cannot find metric"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What all queries of one sample have in common."""

    place: CloudRunPlace
    revisions: Sequence[str]
    window: Window
    period: timedelta

    def request(
        self, metric: str, reducer: int, *group_by: str
    ) -> monitoring_v3.ListTimeSeriesRequest:
        """Reads take the half-open time (start, end], as a `Window` means it."""
        return monitoring_v3.ListTimeSeriesRequest(
            name=f"projects/{self.place.project}",
            filter=_filter(metric, self.place, self.revisions),
            interval=monitoring_v3.TimeInterval(
                start_time=self.window.start, end_time=self.window.end
            ),
            aggregation=monitoring_v3.Aggregation(
                alignment_period=self.period,
                per_series_aligner=_DELTA,
                cross_series_reducer=reducer,
                group_by_fields=group_by,
            ),
            view=_FULL,
        )


class GoogleMetrics:
    """`bot.ports.Metrics`.

    With an `endpoint` no credentials are used. Raises ValueError for one on another machine.
    """

    def __init__(
        self,
        endpoint: str | None,
        patience: Patience | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        patience = patience or Patience()
        self._timeout = patience.seconds
        self._retry = patience.retry
        if endpoint is None:
            self._client = monitoring_v3.MetricServiceAsyncClient(credentials=credentials)
        else:
            transport = MetricServiceGrpcAsyncIOTransport(channel=plaintext_channel(endpoint))
            self._client = monitoring_v3.MetricServiceAsyncClient(transport=transport)

    async def measure(self, target: Target, revisions: Sequence[str], window: Window) -> Sample:
        """One sample of the whole window.

        Raises `CloudRefused` for a window below the 60 s that Monitoring can align to.
        """
        points = await self.series(target, revisions, window, window.end - window.start)
        return points[-1].sample if points else Sample()

    async def series(
        self, target: Target, revisions: Sequence[str], window: Window, period: timedelta
    ) -> tuple[Point, ...]:
        """Samples of successive periods, counted back from the end of the window; errors as in
        `measure`.
        """
        if not revisions:
            return ()
        question = _Question(place=target.place, revisions=revisions, window=window, period=period)
        requests = {
            name: question.request(LATENCIES, reducer) for name, reducer in _PERCENTILES.items()
        }
        counts = question.request(COUNT, _REDUCE.REDUCE_SUM, f"metric.labels.{_CLASS}")
        try:
            async with asyncio.TaskGroup() as group:
                counted = group.create_task(self._list(counts))
                measured = {
                    name: group.create_task(self._list(request))
                    for name, request in requests.items()
                }
        except ExceptionGroup as failures:
            # One is enough: the others would say the same, or were stopped because of it.
            first = failures.exceptions[0]
            raise first from first.__cause__
        return _points(counted.result(), {name: task.result() for name, task in measured.items()})

    async def aclose(self) -> None:
        """Close the connection."""
        # Google's transports have no types.
        await self._client.transport.close()  # type: ignore[no-untyped-call]

    async def _list(
        self, request: monitoring_v3.ListTimeSeriesRequest
    ) -> list[monitoring_v3.TimeSeries]:
        """Every series of all pages."""
        subject = f"Cloud Monitoring of project {request.name.removeprefix('projects/')}"
        with translated(subject, permission="monitoring.timeSeries.list"):
            try:
                pager = await self._client.list_time_series(
                    request, timeout=self._timeout, retry=self._retry
                )
                return [series async for series in pager]
            except NotFound as error:
                if _NEVER_WRITTEN in str(error.message):
                    return []
                raise


async def connect(endpoint: str | None) -> GoogleMetrics:
    """Open Cloud Monitoring with the default credentials. Raises `CloudUnavailable` without any.

    The search for them may wait seconds for a metadata server, so it is done in a thread.
    """
    credentials = None if endpoint else await asyncio.to_thread(default_credentials)
    return GoogleMetrics(endpoint, credentials=credentials)


def _filter(metric: str, place: CloudRunPlace, revisions: Sequence[str]) -> str:
    """Exactly these revisions (Cloud Monitoring, “Monitoring filters”)."""
    names = [_quoted(name) for name in sorted(revisions)]
    return " AND ".join(
        (
            f"metric.type = {_quoted(metric)}",
            'resource.type = "cloud_run_revision"',
            f"resource.labels.project_id = {_quoted(place.project)}",
            f"resource.labels.location = {_quoted(place.region)}",
            f"resource.labels.service_name = {_quoted(place.service)}",
            "resource.labels.revision_name = "
            + (names[0] if len(names) == 1 else f"one_of({', '.join(names)})"),
        )
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _points(
    counted: Sequence[monitoring_v3.TimeSeries],
    measured: Mapping[str, Sequence[monitoring_v3.TimeSeries]],
) -> tuple[Point, ...]:
    """Put the answers together by the time at which each period ended.

    Where requests were counted, no series of 5xx means that there was none of those; where nothing
    was counted, nothing is known.
    """
    found: dict[datetime, dict[str, float]] = {}
    for series in counted:
        failed = series.metric.labels.get(_CLASS) == _SERVER_ERRORS
        for at, value in _values(series):
            known = found.setdefault(at, {"requests": 0, "errors": 0})
            known["requests"] += round(value)
            known["errors"] += round(value) if failed else 0
    for name, percentiles in measured.items():
        for series in percentiles:
            for at, value in _values(series):
                found.setdefault(at, {})[name] = value
    return tuple(
        Point(at=at, sample=Sample.model_validate(known)) for at, known in sorted(found.items())
    )


def _values(series: monitoring_v3.TimeSeries) -> Iterator[tuple[datetime, float]]:
    """The end of each period with its value; a percentile of nothing is not a number."""
    for point in series.points:
        value = point.value.int64_value or point.value.double_value
        if math.isfinite(value):
            end = monitoring_v3.TimeInterval.pb(point.interval).end_time
            yield end.ToDatetime(tzinfo=UTC), value
