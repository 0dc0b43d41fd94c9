"""The simulated Cloud Monitoring API: ListTimeSeries for Cloud Run's two metrics of requests."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import grpc
from google.api.distribution_pb2 import Distribution
from google.api.metric_pb2 import Metric, MetricDescriptor
from google.api.monitored_resource_pb2 import MonitoredResource
from google.cloud import monitoring_v3
from google.cloud.run_v2.types import Revision

from adapters.local.cloud.arrivals import counted
from adapters.local.cloud.metric_filters import (
    COUNT,
    LATENCIES,
    RESOURCE_TYPE,
    Selection,
    selection,
)
from adapters.local.cloud.rpc import method
from adapters.local.cloud.states import UNAVAILABLE, Refusal, Reject, refuse, short
from adapters.local.cloud.time_series import (
    BUCKETS,
    GROWTH,
    SCALE,
    Latencies,
    Period,
    Series,
    Value,
    aligned,
    bucket_counts,
    periods_of,
    reduced,
)
from adapters.local.cloud.workload import Workload
from bot.ports import Clock

_UNITS: Mapping[str, str] = {COUNT: "1", LATENCIES: "ms"}
_MOST = 100_000
_HEADERS = monitoring_v3.ListTimeSeriesRequest.TimeSeriesView.HEADERS


@dataclass(slots=True, kw_only=True)
class MonitoringApi:
    """Metrics over gRPC, computed from the history when they are asked for.

    `minimum_alignment` is Google's 60 s; a demonstration may shorten it. What was counted within
    the last `lag` is not visible yet; Google says up to three minutes.
    """

    workload: Workload
    clock: Clock
    minimum_alignment: timedelta = timedelta(seconds=60)
    lag: timedelta = timedelta(0)

    def handlers(self) -> tuple[grpc.GenericRpcHandler, ...]:
        """What is simulated; any other method answers UNIMPLEMENTED."""
        methods = {
            "ListTimeSeries": method(
                self._list_time_series,
                takes=monitoring_v3.ListTimeSeriesRequest.deserialize,
                gives=monitoring_v3.ListTimeSeriesResponse.serialize,
                routed_by="name",
            )
        }
        service = "google.monitoring.v3.MetricService"
        return (grpc.method_handlers_generic_handler(service, methods),)

    async def _list_time_series(
        self, request: monitoring_v3.ListTimeSeriesRequest
    ) -> monitoring_v3.ListTimeSeriesResponse:
        faults = self.workload.model.faults
        self.workload.model.reachable()
        if faults.blind:
            raise Refusal(*UNAVAILABLE)
        refuse(faults.next_metric(), "monitoring.timeSeries.list")
        project = self._project(request.name)
        wanted = selection(request.filter)
        if request.order_by or request.secondary_aggregation:
            raise _invalid("Neither an order nor a secondary aggregation is simulated.")
        aggregation = request.aggregation
        series = aligned(
            self._counted(project, wanted, self._periods(request)),
            wanted.metric,
            aggregation.per_series_aligner,
        )
        series = reduced(series, aggregation.cross_series_reducer, aggregation.group_by_fields)
        return _page(request, wanted.metric, series)

    def _project(self, name: str) -> str:
        kind, _, project = name.partition("/")
        if kind != "projects" or not project or "/" in project:
            raise _invalid(f'Name must begin with "projects/[PROJECT_ID]", got: {name}')
        if all(each.split("/")[1] != project for each in self.workload.model.services):
            raise Refusal(Reject.NOT_FOUND, f"The project {project} was not found.")
        return project

    def _periods(self, request: monitoring_v3.ListTimeSeriesRequest) -> list[Period]:
        start, end = request.interval.start_time, request.interval.end_time
        if not start or not end or start >= end:
            raise _invalid("The start time must be earlier than the end time.")
        length = request.aggregation.alignment_period
        if not length or length < self.minimum_alignment:
            seconds = self.minimum_alignment.total_seconds()
            raise _invalid(f"The alignment period must be at least {seconds:g} seconds.")
        if (end - start) / length > _MOST:
            raise _invalid("That are too many periods.")
        return periods_of(start, end, length)

    def _counted(
        self, project: str, wanted: Selection, periods: Sequence[Period]
    ) -> Iterator[Series]:
        """The latencies of each revision by status. What got no request has no series."""
        now = self.clock.now()
        self.workload.model.settle(now)
        for revisions in self.workload.model.revisions.values():
            for revision in revisions:
                labels = _resource_labels(revision)
                if labels["resource.labels.project_id"] == project and wanted.takes(labels):
                    for series in self._by_status(revision, labels, periods, now - self.lag):
                        if wanted.takes(series.labels):
                            yield series

    def _by_status(
        self,
        revision: Revision,
        labels: Mapping[str, str],
        periods: Sequence[Period],
        horizon: datetime,
    ) -> Iterator[Series]:
        phases = self.workload.phases(revision, horizon)
        found: dict[int, dict[Period, Latencies]] = {}
        for period in periods:
            tally = counted(phases, period[0], min(period[1], horizon))
            for outcome, number in tally.items():
                latencies = found.setdefault(outcome.status, {}).setdefault(period, Counter())
                latencies[outcome.latency] += number
        for status, points in sorted(found.items()):
            metric_labels = {
                "metric.labels.response_code": str(status),
                "metric.labels.response_code_class": f"{status // 100}xx",
            }
            yield Series(labels={**labels, **metric_labels}, points=points)


def _resource_labels(revision: Revision) -> dict[str, str]:
    _, project, _, location, _, service = revision.service.split("/")
    return {
        "resource.labels.project_id": project,
        "resource.labels.location": location,
        "resource.labels.service_name": service,
        "resource.labels.revision_name": short(revision.name),
        "resource.labels.configuration_name": service,
    }


def _page(
    request: monitoring_v3.ListTimeSeriesRequest, metric: str, series: Sequence[Series]
) -> monitoring_v3.ListTimeSeriesResponse:
    """As many series as fit, but at least one: a series is not cut up."""
    if request.page_token and not request.page_token.isdecimal():
        raise _invalid("The page token is not one that was given out.")
    first = last = int(request.page_token or 0)
    room = request.page_size or _MOST
    for each in series[first:]:
        room -= 1 if request.view == _HEADERS else len(each.points)
        if room < 0 and last > first:
            break
        last += 1
    messages = [_message(metric, each) for each in series[first:last]]
    if request.view == _HEADERS:
        for message in messages:
            message.points = []
    return monitoring_v3.ListTimeSeriesResponse(
        time_series=messages,
        unit=_UNITS[metric],
        next_page_token=str(last) if last < len(series) else "",
    )


def _message(metric: str, series: Series) -> monitoring_v3.TimeSeries:
    """A series in Google's words; a double is a gauge, everything else a change."""
    example = next(iter(series.points.values()))
    gauge = isinstance(example, float)
    kinds, types = MetricDescriptor.MetricKind, MetricDescriptor.ValueType
    value_type = types.DISTRIBUTION if isinstance(example, Counter) else types.INT64
    points = [
        monitoring_v3.Point(
            interval=monitoring_v3.TimeInterval(start_time=end if gauge else start, end_time=end),
            value=_typed(value),
        )
        for (start, end), value in series.points.items()
    ]
    return monitoring_v3.TimeSeries(
        metric=Metric(type=metric, labels=_labels(series, "metric")),
        resource=MonitoredResource(type=RESOURCE_TYPE, labels=_labels(series, "resource")),
        metric_kind=kinds.GAUGE if gauge else kinds.DELTA,
        value_type=types.DOUBLE if gauge else value_type,
        points=points,
        unit=_UNITS[metric],
    )


def _labels(series: Series, kind: str) -> dict[str, str]:
    prefix = f"{kind}.labels."
    return {
        name.removeprefix(prefix): value
        for name, value in series.labels.items()
        if name.startswith(prefix)
    }


def _typed(value: Value) -> monitoring_v3.TypedValue:
    if isinstance(value, Counter):
        return monitoring_v3.TypedValue(distribution_value=_distribution(value))
    if isinstance(value, float):
        return monitoring_v3.TypedValue(double_value=value)
    return monitoring_v3.TypedValue(int64_value=value)


def _distribution(latencies: Latencies) -> Distribution:
    count = sum(latencies.values())
    mean = sum(latency * number for latency, number in latencies.items()) / count
    spread = sum((latency - mean) ** 2 * number for latency, number in latencies.items())
    buckets = Distribution.BucketOptions.Exponential(
        num_finite_buckets=BUCKETS, growth_factor=GROWTH, scale=SCALE
    )
    return Distribution(
        count=count,
        mean=mean,
        sum_of_squared_deviation=spread,
        bucket_options=Distribution.BucketOptions(exponential_buckets=buckets),
        bucket_counts=bucket_counts(latencies),
    )


def _invalid(message: str) -> Refusal:
    return Refusal(Reject.INVALID_ARGUMENT, message)
