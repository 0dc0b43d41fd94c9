"""The simulated Cloud Monitoring, asked with Google's own client."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import grpc.aio
import pytest
import samples
from clouds import DELAY, NAME, NEW, OLD, TARGET, World, artifact, first, world_of_api
from google.api.metric_pb2 import MetricDescriptor
from google.api_core import exceptions
from google.cloud import monitoring_v3
from google.cloud.monitoring_v3.services.metric_service.transports import (
    MetricServiceGrpcAsyncIOTransport,
)
from google.rpc.error_details_pb2 import RetryInfo
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.cloud.arrivals import Tally, counted, phases_of
from adapters.local.cloud.behaviour import WARM_UP, Behaviour
from adapters.local.cloud.faults import QUOTA_REST, Fault
from adapters.local.cloud.history import History
from adapters.local.cloud.time_series import Latencies, bucket_counts

Aligner = monitoring_v3.Aggregation.Aligner
Reducer = monitoring_v3.Aggregation.Reducer
HEADERS = monitoring_v3.ListTimeSeriesRequest.TimeSeriesView.HEADERS
MINUTE = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)
# What a service gets in five minutes of 40 requests per second.
ALL = 12_000
COUNT, LATENCIES = "run.googleapis.com/request_count", "run.googleapis.com/request_latencies"
REVISION = "resource.labels.revision_name"
CLASS = "metric.labels.response_code_class"
OF_API = 'resource.type="cloud_run_revision" AND resource.labels.service_name="api"'
BY_REVISION = (REVISION,)


class Watching:
    """Google's client on the simulated Monitoring."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.channel = grpc.aio.insecure_channel(world.cloud.monitoring_endpoint)
        self.client = monitoring_v3.MetricServiceAsyncClient(
            transport=MetricServiceGrpcAsyncIOTransport(channel=self.channel)
        )

    def request(  # noqa: PLR0913 - a question has as many sides
        self,
        metric: str = COUNT,
        *,
        where: str = OF_API,
        period: timedelta = WINDOW,
        window: timedelta = WINDOW,
        aligner: int = Aligner.ALIGN_DELTA,
        reducer: int = Reducer.REDUCE_SUM,
        by: Sequence[str] = (REVISION, CLASS),
    ) -> monitoring_v3.ListTimeSeriesRequest:
        """A question about the window until now."""
        now = self.world.clock.now()
        return monitoring_v3.ListTimeSeriesRequest(
            name="projects/olympus-production",
            filter=f'metric.type="{metric}" AND {where}',
            interval=monitoring_v3.TimeInterval(start_time=now - window, end_time=now),
            aggregation=monitoring_v3.Aggregation(
                alignment_period=period,
                per_series_aligner=aligner,
                cross_series_reducer=reducer,
                group_by_fields=by,
            ),
        )

    async def answer(
        self, request: monitoring_v3.ListTimeSeriesRequest
    ) -> list[monitoring_v3.TimeSeries]:
        """Every series of every page."""
        pager = await self.client.list_time_series(request, retry=None, timeout=60)
        return [series async for series in pager]

    async def ask(self, metric: str = COUNT, **wanted: object) -> list[monitoring_v3.TimeSeries]:
        """The series about the window until now."""
        return await self.answer(self.request(metric, **wanted))  # type: ignore[arg-type]

    async def counts(self, window: timedelta = WINDOW) -> Mapping[tuple[str, str], int]:
        """Requests by revision and class."""
        series = await self.ask(period=window, window=window)
        return {
            (
                each.resource.labels["revision_name"],
                each.metric.labels["response_code_class"],
            ): each.points[0].value.int64_value
            for each in series
        }

    async def p95(self) -> Mapping[str, float]:
        """The 95th percentile by revision, in milliseconds."""
        series = await self.ask(LATENCIES, reducer=Reducer.REDUCE_PERCENTILE_95, by=BY_REVISION)
        return {
            each.resource.labels["revision_name"]: each.points[0].value.double_value
            for each in series
        }

    def passes(self, time: timedelta = WINDOW) -> None:
        """Time passes."""
        self.world.clock.move(time)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """api in production, on v1.1.0 for a day."""
    async with world_of_api() as world:
        yield world


@pytest.fixture
async def watch(world: World) -> AsyncIterator[Watching]:
    """Google's client."""
    watching = Watching(world)
    yield watching
    await watching.channel.close()


# ── What is counted ──────────────────────────────────────────────────────────────────────────────


async def test_requests_are_counted_by_revision_and_class(watch: Watching) -> None:
    """Exactly; a revision that gets none has no series at all."""
    assert await watch.counts() == {(OLD, "2xx"): 11_868, (OLD, "4xx"): 120, (OLD, "5xx"): 12}


async def test_a_split_shares_the_requests_out(watch: Watching) -> None:
    """From the moment when it came true, whether or not somebody looked then."""
    traffic = {OLD: 95, "api-00001": 5}
    await watch.world.api.route(traffic, {}, first(1))
    watch.passes(DELAY + WINDOW)
    counts = await watch.counts()
    assert sum(number for (name, _), number in counts.items() if name == OLD) == ALL * 95 // 100
    assert sum(number for (name, _), number in counts.items() if name != OLD) == ALL * 5 // 100
    whole = await watch.counts(WINDOW + DELAY)
    shared = sum(number for (name, _), number in whole.items() if name != OLD)
    assert shared == ALL * 5 // 100


async def test_a_bad_version_fails_as_often_as_its_numbers_say(watch: Watching) -> None:
    """One of those that every registry has, on a twentieth of the traffic."""
    await watch.world.ended(
        await watch.world.api.stage("D-7F3K2", artifact("v1.4.0-bad"), first(1))
    )
    assert {name for name, _ in await watch.counts()} == {OLD}
    await watch.world.ended(await watch.world.api.route({OLD: 95, NEW: 5}, {}, first(2)))
    watch.passes()
    counts = await watch.counts()
    assert (counts[NEW, "5xx"], counts[OLD, "5xx"]) == (240, 11)


async def test_a_version_can_be_made_bad_before_it_is_deployed(watch: Watching) -> None:
    """By its tag or its digest, also one that is not in the registry yet."""
    now, workload = watch.world.clock.now(), watch.world.cloud.workload
    workload.behave_version(TARGET.image, "v9", Behaviour.CRASHING, now)
    workload.behave_version(TARGET.image, artifact("v1.1.0").digest, Behaviour.SLOW, now)
    watch.world.model.publish(TARGET.image, "v9")
    watch.world.console.deploy(NAME, artifact("v9").reference, now)
    watch.passes()
    assert await watch.counts() == {("api-00003-gcl", "5xx"): ALL}
    watch.world.console.move_traffic(NAME, {OLD: 100}, watch.world.clock.now())
    watch.passes()
    assert 1100 < (await watch.p95())[OLD] < 1300


async def test_the_last_word_on_a_behaviour_counts(watch: Watching) -> None:
    """Whether it was about the revision or about its image; what was counted stays."""
    workload, clock = watch.world.cloud.workload, watch.world.clock
    workload.behave(NAME, OLD, Behaviour.ERRORS, clock.now())
    watch.passes()
    assert (await watch.counts())[OLD, "5xx"] == ALL * 4 // 10
    workload.behave_version(TARGET.image, "v1.1.0", Behaviour.HEALTHY, clock.now())
    watch.passes()
    assert (await watch.counts())[OLD, "5xx"] == 12
    assert (await watch.counts(2 * WINDOW))[OLD, "5xx"] == ALL * 4 // 10 + 12


async def test_a_cold_revision_is_slow_at_first(watch: Watching) -> None:
    """From the first traffic that it gets, not from its making."""
    await watch.world.staged()
    now = watch.world.clock.now()
    watch.world.cloud.workload.behave(NAME, NEW, Behaviour.COLD, now)
    watch.passes()
    watch.world.console.move_traffic(NAME, {NEW: 100}, watch.world.clock.now())
    watch.passes(WARM_UP)
    by_minute = {"period": MINUTE, "window": MINUTE}
    question = {"reducer": Reducer.REDUCE_PERCENTILE_95, "by": BY_REVISION, **by_minute}
    (cold,) = await watch.ask(LATENCIES, **question)
    watch.passes(MINUTE)
    (warm,) = await watch.ask(LATENCIES, **question)
    assert 2400 < cold.points[0].value.double_value < 2800
    assert 160 < warm.points[0].value.double_value < 200


async def test_an_idle_service_has_no_series(watch: Watching) -> None:
    """And a busier one has more requests, from that moment on."""
    workload = watch.world.cloud.workload
    workload.load(NAME, 0, watch.world.clock.now())
    watch.passes()
    assert await watch.ask() == []
    workload.load(NAME, 0.5, watch.world.clock.now())
    watch.passes()
    assert sum((await watch.counts()).values()) == 150


async def test_a_window_ends_with_its_end_and_begins_after_its_start(watch: Watching) -> None:
    """One request per second arrives at the end of each second, and is counted once."""
    watch.world.cloud.monitoring.minimum_alignment = timedelta(seconds=1)
    watch.world.cloud.workload.load(NAME, 1, watch.world.clock.now())
    watch.passes(timedelta(seconds=3))
    (series,) = await watch.ask(
        window=timedelta(seconds=3), period=timedelta(seconds=1), by=BY_REVISION
    )
    assert [point.value.int64_value for point in series.points] == [1, 1, 1]
    request = watch.request(by=BY_REVISION)
    counts = []
    for start, end in ((0, 2.999), (2.999, 3)):
        request.interval.start_time = samples.NOW + timedelta(seconds=start)
        request.interval.end_time = samples.NOW + timedelta(seconds=end)
        counts += [each.points[0].value.int64_value for each in await watch.answer(request)]
    assert counts == [2, 1]


async def test_a_request_that_comes_together_over_changes_is_counted(watch: Watching) -> None:
    """Half a request before a change and half a one after it are one."""
    workload, clock = watch.world.cloud.workload, watch.world.clock
    workload.load(NAME, 0.5, clock.now())
    for behaviour in (Behaviour.SLOW, Behaviour.HEALTHY) * 5:
        workload.behave(NAME, OLD, behaviour, clock.now())
        watch.passes(timedelta(seconds=1))
    request = watch.request(window=timedelta(seconds=10), by=BY_REVISION)
    (series,) = await watch.answer(request)
    assert series.points[0].value.int64_value == 5


async def test_a_hundred_requests_tell_what_a_thousand_do(watch: Watching) -> None:
    """Slow ones and failed ones are spread evenly, so that short windows do not lie."""
    watch.world.cloud.workload.behave(NAME, OLD, Behaviour.ERRORS, watch.world.clock.now())
    watch.passes(timedelta(seconds=7.5))
    for ago in (7.5, 5, 2.5):
        request = watch.request(LATENCIES, reducer=Reducer.REDUCE_PERCENTILE_50, by=(CLASS,))
        start = watch.world.clock.now() - timedelta(seconds=ago)
        request.interval.start_time = start
        request.interval.end_time = start + timedelta(seconds=2.5)
        medians = [each.points[0].value.double_value for each in await watch.answer(request)]
        assert min(medians[0], medians[-1]) > 60
        assert max(medians[0], medians[-1]) < 80
        request.filter = request.filter.replace(LATENCIES, COUNT)
        request.aggregation.cross_series_reducer = Reducer.REDUCE_SUM
        counts = {
            each.metric.labels["response_code_class"]: each.points[0].value.int64_value
            for each in await watch.answer(request)
        }
        assert counts["5xx"] == 40


async def test_periods_are_counted_back_from_the_end_newest_first(watch: Watching) -> None:
    """They add up to the whole, and what is left over at the beginning is a shorter one."""
    (series,) = await watch.ask(period=timedelta(minutes=2), by=BY_REVISION)
    now = watch.world.clock.now()
    ends = [point.interval.end_time for point in series.points]
    starts = [point.interval.start_time for point in series.points]
    assert ends == [now, now - 2 * MINUTE, now - 4 * MINUTE]
    assert starts == [now - 2 * MINUTE, now - 4 * MINUTE, now - 5 * MINUTE]
    assert [point.value.int64_value for point in series.points] == [4800, 4800, 2400]


async def test_what_was_counted_is_visible_after_a_while(watch: Watching) -> None:
    """A window that ends now lacks its last minutes; one of the last minutes is empty."""
    watch.world.cloud.monitoring.lag = timedelta(minutes=3)
    assert sum((await watch.counts()).values()) == ALL * 2 // 5
    assert await watch.counts(2 * MINUTE) == {}
    watch.passes(timedelta(minutes=3))
    assert sum((await watch.counts(2 * MINUTE)).values()) == 0
    request = watch.request()
    request.interval.start_time = samples.NOW - WINDOW
    request.interval.end_time = samples.NOW
    assert sum(each.points[0].value.int64_value for each in await watch.answer(request)) == ALL


BEHAVIOURS = st.sampled_from(list(Behaviour))
SECONDS = st.integers(0, 600).map(lambda seconds: timedelta(seconds=seconds))
CHANGES = st.lists(
    st.tuples(SECONDS, st.integers(0, 100), st.integers(0, 50_000), BEHAVIOURS), max_size=6
)


@given(changes=CHANGES, cuts=st.lists(st.integers(0, 600_000), min_size=1, max_size=6))
def test_adjacent_windows_add_up(
    changes: list[tuple[timedelta, int, int, Behaviour]], cuts: list[int]
) -> None:
    """Whatever happened in them, and wherever the cut is."""
    history, start, end = History(), samples.NOW, samples.NOW + timedelta(minutes=10)
    for after, percent, load, behaviour in changes:
        history.splits["s"].set({"r": percent}, start + after)
        history.loads["s"].set(load, start + after)
        history.revisions["s/revisions/r"].set(behaviour, start + after)
    phases = phases_of(history, "s", "r", None, end)
    places = sorted({start, end, *(start + timedelta(milliseconds=cut) for cut in cuts)})
    parts = [counted(phases, *window) for window in pairwise(places)]
    together = Tally()
    for part in parts:
        together.update(part)
    assert together == counted(phases, start, end)
    asked_later = phases_of(history, "s", "r", None, end + timedelta(days=1))
    assert counted(asked_later, start, end) == together


# ── How it is told ───────────────────────────────────────────────────────────────────────────────


async def test_a_series_names_its_revision_in_full_until_it_is_reduced(watch: Watching) -> None:
    """With the labels of Google's own resource type."""
    series = await watch.ask(reducer=Reducer.REDUCE_NONE)
    assert [dict(each.metric.labels) for each in series] == [
        {"response_code": "200", "response_code_class": "2xx"},
        {"response_code": "404", "response_code_class": "4xx"},
        {"response_code": "500", "response_code_class": "5xx"},
    ]
    assert series[0].resource.type == "cloud_run_revision"
    assert dict(series[0].resource.labels) == {
        "project_id": "olympus-production",
        "location": "us-central1",
        "service_name": "api",
        "revision_name": OLD,
        "configuration_name": "api",
    }
    kinds, types = MetricDescriptor.MetricKind, MetricDescriptor.ValueType
    assert (series[0].metric_kind, series[0].value_type) == (kinds.DELTA, types.INT64)
    (whole,) = await watch.ask(by=())
    assert dict(whole.resource.labels) == {"project_id": "olympus-production"}
    assert whole.points[0].value.int64_value == ALL


async def test_latencies_are_a_distribution_of_the_same_requests(watch: Watching) -> None:
    """In milliseconds, with bounds that grow evenly."""
    (series,) = await watch.ask(LATENCIES, by=BY_REVISION)
    assert series.unit == "ms"
    assert series.value_type == MetricDescriptor.ValueType.DISTRIBUTION
    found = series.points[0].value.distribution_value
    assert (found.count, sum(found.bucket_counts)) == (ALL, ALL)
    bounds = found.bucket_options.exponential_buckets
    assert len(found.bucket_counts) == bounds.num_finite_buckets + 2
    below = [bounds.scale * bounds.growth_factor**number for number in range(200)]
    median = next(i for i in range(200) if sum(found.bucket_counts[: i + 1]) >= ALL / 2)
    assert below[median - 1] <= 60 < below[median]
    assert 80 < found.mean < 90
    assert found.sum_of_squared_deviation > 0


@pytest.mark.parametrize(
    ("aligner", "reducer", "about"),
    [
        (Aligner.ALIGN_DELTA, Reducer.REDUCE_PERCENTILE_50, 60),
        (Aligner.ALIGN_DELTA, Reducer.REDUCE_PERCENTILE_95, 180),
        (Aligner.ALIGN_DELTA, Reducer.REDUCE_PERCENTILE_99, 320),
        (Aligner.ALIGN_PERCENTILE_50, Reducer.REDUCE_PERCENTILE_50, 60),
        (Aligner.ALIGN_PERCENTILE_95, Reducer.REDUCE_PERCENTILE_50, 180),
        (Aligner.ALIGN_PERCENTILE_99, Reducer.REDUCE_PERCENTILE_50, 320),
    ],
)
async def test_percentiles_come_as_near_as_buckets_allow(
    watch: Watching, aligner: int, reducer: int, about: float
) -> None:
    """Of 2xx, which are nearly all; the step from bucket to bucket is a tenth."""
    where = f'{OF_API} AND metric.labels.response_code_class="2xx"'
    (series,) = await watch.ask(
        LATENCIES, where=where, aligner=aligner, reducer=reducer, by=BY_REVISION
    )
    assert series.metric_kind == MetricDescriptor.MetricKind.GAUGE
    assert series.points[0].value.double_value == pytest.approx(about, rel=0.1)
    assert series.points[0].interval.start_time == series.points[0].interval.end_time


async def test_a_percentile_of_the_fleet_is_that_of_all_requests_together(
    watch: Watching,
) -> None:
    """A median of the revisions' own percentiles lies between them and tells of neither."""
    now = watch.world.clock.now()
    watch.world.console.move_traffic(NAME, {OLD: 50, "api-00001": 50}, now)
    watch.world.cloud.workload.behave(NAME, "api-00001", Behaviour.SLOW, now)
    watch.passes()
    where = f'{OF_API} AND metric.labels.response_code="200"'
    (true,) = await watch.ask(LATENCIES, where=where, reducer=Reducer.REDUCE_PERCENTILE_99, by=())
    (median,) = await watch.ask(
        LATENCIES,
        where=where,
        aligner=Aligner.ALIGN_PERCENTILE_99,
        reducer=Reducer.REDUCE_PERCENTILE_50,
        by=(),
    )
    assert true.points[0].value.double_value == pytest.approx(2100, rel=0.1)
    assert median.points[0].value.double_value == pytest.approx((320 + 2400) / 2, rel=0.1)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('resource.labels.service_name = one_of("api", "auth")', 2),
        ('resource.label."service_name"="auth"', 1),
        (f'resource.labels.revision_name=one_of("{OLD}","none") AND {OF_API}', 1),
        ('resource.labels.location="us-central1"', 2),
        ('resource.labels.location="mars"', 0),
        ('resource.labels.project_id="olympus-staging"', 0),
        ('metric.labels.response_code_class="3xx"', 0),
        ('resource.labels.service_name="api" AND resource.labels.service_name="auth"', 0),
        (r'resource.labels.service_name="a\pi"', 1),
    ],
)
async def test_a_filter_chooses(watch: Watching, where: str, found: int) -> None:
    """Among the services of the project that is asked about."""
    assert len(await watch.ask(where=where, by=("resource.labels.service_name",))) == found


async def test_series_come_in_pages(watch: Watching) -> None:
    """And Google's pager walks through them; headers are told without points."""
    request = watch.request()
    request.page_size = 2
    pager = await watch.client.list_time_series(request, timeout=60)
    assert [len(page.time_series) async for page in pager.pages] == [2, 1]
    request.page_size = 1
    request.view = HEADERS
    series = await watch.answer(request)
    assert [len(each.points) for each in series] == [0, 0, 0]


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("resource.type=", "parse"),
        ('resource.type="cloud_run_job"', "valid combination"),
        ('resource.labels.colour="red"', "colour"),
        ('resource.labels.service_name!="api"', "parse"),
        ('resource.labels.service_name="api" OR resource.labels.service_name="auth"', "AND"),
        ('resource.labels.service_name=starts_with("a")', "parse"),
        (f'metric.type="{LATENCIES}"', "single metric type"),
        ("", "parse"),
    ],
)
async def test_a_filter_beyond_what_is_simulated_is_refused(
    watch: Watching, where: str, says: str
) -> None:
    """Rather than understood as something else."""
    with pytest.raises(exceptions.InvalidArgument, match=says):
        await watch.ask(where=where)


async def test_a_metric_or_project_that_is_not_there_is_not_found(watch: Watching) -> None:
    """By Google's own error; a name of another form is an invalid argument."""
    with pytest.raises(exceptions.NotFound, match="Cannot find metric"):
        await watch.ask("run.googleapis.com/moods")
    request = watch.request()
    request.name = "projects/atlantis"
    with pytest.raises(exceptions.NotFound, match="atlantis"):
        await watch.answer(request)
    for name in ("folders/1", "projects/", "projects/olympus-production/locations/x"):
        request.name = name
        with pytest.raises(exceptions.InvalidArgument, match="Name must begin"):
            await watch.answer(request)
    request = watch.request()
    for both in (OF_API, f'metric.type=one_of("{COUNT}", "{LATENCIES}")'):
        request.filter = both
        with pytest.raises(exceptions.InvalidArgument, match="single metric type"):
            await watch.answer(request)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"period": timedelta(seconds=59)}, "at least 60 seconds"),
        ({"period": timedelta(0)}, "at least 60 seconds"),
        ({"window": timedelta(0)}, "earlier"),
        ({"window": timedelta(minutes=-1)}, "earlier"),
        ({"window": timedelta(days=90), "period": MINUTE}, "too many"),
        ({"aligner": Aligner.ALIGN_NONE}, "ALIGN_NONE"),
        ({"aligner": Aligner.ALIGN_RATE}, "ALIGN_RATE"),
        ({"aligner": Aligner.ALIGN_PERCENTILE_95}, "ALIGN_PERCENTILE_95"),
        ({"reducer": Reducer.REDUCE_MEAN}, "REDUCE_MEAN"),
        ({"by": ("resource.labels.colour",)}, "colour"),
        ({"by": ("resource.type",)}, "resource.type"),
    ],
)
async def test_a_question_beyond_what_is_simulated_is_refused(
    watch: Watching, wanted: Mapping[str, object], says: str
) -> None:
    """What makes no sense to the real API either among it."""
    with pytest.raises(exceptions.InvalidArgument, match=says):
        await watch.ask(**wanted)


async def test_fields_that_are_not_simulated_are_refused(watch: Watching) -> None:
    """They would change the answer."""
    request = watch.request()
    request.order_by = "value"
    with pytest.raises(exceptions.InvalidArgument, match="order"):
        await watch.answer(request)
    request = watch.request()
    request.secondary_aggregation.per_series_aligner = Aligner.ALIGN_DELTA
    with pytest.raises(exceptions.InvalidArgument, match="secondary"):
        await watch.answer(request)
    request = watch.request()
    request.page_token = "next"
    with pytest.raises(exceptions.InvalidArgument, match="page token"):
        await watch.answer(request)
    with pytest.raises(exceptions.MethodNotImplemented):
        await watch.client.list_metric_descriptors(name="projects/olympus-production")


async def test_monitoring_fails_as_it_is_told_to(watch: Watching) -> None:
    """One question each; Cloud Run goes on to answer."""
    faults = watch.world.model.faults
    faults.plan_metrics(Fault.PERMISSION_DENIED, Fault.QUOTA, Fault.UNAVAILABLE_BEFORE)
    with pytest.raises(exceptions.PermissionDenied, match=r"monitoring\.timeSeries\.list"):
        await watch.ask()
    with pytest.raises(exceptions.ResourceExhausted) as error:
        await watch.ask()
    (rest,) = (each for each in error.value.details if isinstance(each, RetryInfo))
    assert rest.retry_delay.seconds == QUOTA_REST
    with pytest.raises(exceptions.ServiceUnavailable):
        await watch.ask()
    assert await watch.ask()


@pytest.mark.parametrize(("away", "blind"), [(True, False), (False, True)])
async def test_monitoring_is_away_alone_or_with_the_whole_cloud(
    watch: Watching, away: bool, blind: bool
) -> None:
    """Until it is back."""
    watch.world.model.faults.away, watch.world.model.faults.blind = away, blind
    with pytest.raises(exceptions.ServiceUnavailable):
        await watch.ask()
    watch.world.model.faults.away = False
    assert (await watch.world.api.observe()).serving == {OLD: 100}


async def test_a_call_without_googles_routing_header_is_refused(watch: Watching) -> None:
    """Google's client sends the name of the project in it."""
    bare = watch.channel.unary_unary(
        "/google.monitoring.v3.MetricService/ListTimeSeries",
        request_serializer=monitoring_v3.ListTimeSeriesRequest.serialize,
        response_deserializer=monitoring_v3.ListTimeSeriesResponse.deserialize,
    )
    with pytest.raises(grpc.aio.AioRpcError, match="routing header"):
        await bare(watch.request())


def test_a_latency_on_a_bound_belongs_to_the_bucket_above() -> None:
    """The first holds what is below all bounds, the last what is above them."""
    counts = bucket_counts(Latencies({0: 1, 1: 2, 10**9: 4}))
    assert (counts[0], counts[1], counts[-1]) == (1, 2, 4)


def test_a_timeline_takes_changes_in_any_order() -> None:
    """What is said of one moment last counts; an earlier moment may be filled in later."""
    line = History().loads["s"]
    noon: datetime = samples.NOW
    line.set(2, noon + MINUTE)
    line.set(1, noon)
    line.set(3, noon + MINUTE)
    moments = (noon - MINUTE, noon, noon + MINUTE / 2, noon + MINUTE)
    assert [line.at(moment) for moment in moments] == [40_000, 1, 1, 3]
