"""Google's real client against the simulated Cloud Monitoring, and against odd answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import grpc
import grpc.aio
import pytest
import samples
from clouds import NAME, NEW, OLD, SHORT, TARGET, World, world_of_api
from google.api.metric_pb2 import Metric
from google.cloud import monitoring_v3

from adapters.gcp.lazy import LazyGoogleMetrics
from adapters.gcp.monitoring import COUNT, GoogleMetrics
from adapters.local.cloud.behaviour import PROFILES, Behaviour
from adapters.local.cloud.faults import QUOTA_REST, Fault
from bot.domain.catalog import CloudRunPlace
from bot.domain.errors import CloudRefused, CloudUnavailable
from bot.domain.evidence import Point, Sample, Window

Request = monitoring_v3.ListTimeSeriesRequest
Response = monitoring_v3.ListTimeSeriesResponse
Call = Callable[[Request, grpc.aio.ServicerContext], Awaitable[Response]]
# Ours is one second here; Google's own limit is ninety.
SHORTER_THAN_GOOGLES = 8
MINUTE = timedelta(minutes=1)
PER_SECOND = 40
# A percentile of a histogram lies within one bucket, which is a tenth wide.
WITHIN_A_BUCKET = 0.1
HOUR = Window(start=samples.NOW - timedelta(hours=1), end=samples.NOW)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """api in production, on v1.1.0, at 40 requests per second."""
    async with world_of_api() as world:
        yield world


@pytest.fixture
async def metrics(world: World) -> AsyncIterator[GoogleMetrics]:
    """The metrics of that cloud."""
    metrics = GoogleMetrics(world.cloud.monitoring_endpoint, SHORT)
    yield metrics
    await metrics.aclose()


def window(world: World, length: timedelta) -> Window:
    """The time until now."""
    return Window(start=world.clock.now() - length, end=world.clock.now())


async def split(world: World, percent: int, behaviour: Behaviour) -> None:
    """A new revision that behaves in a way gets a share of the traffic."""
    await world.staged()
    world.cloud.workload.behave(NAME, NEW, behaviour, world.clock.now())
    world.console.move_traffic(NAME, {OLD: 100 - percent, NEW: percent}, world.clock.now())


@asynccontextmanager
async def monitoring(call: Call) -> AsyncIterator[GoogleMetrics]:
    """Monitoring that is one function, at the wire."""
    server = grpc.aio.server()
    handler = grpc.unary_unary_rpc_method_handler(
        call, request_deserializer=Request.deserialize, response_serializer=Response.serialize
    )
    service, methods = "google.monitoring.v3.MetricService", {"ListTimeSeries": handler}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    metrics = GoogleMetrics(f"127.0.0.1:{port}", SHORT)
    try:
        yield metrics
    finally:
        await metrics.aclose()
        await server.stop(None)


def series(answered: str, **value: float) -> monitoring_v3.TimeSeries:
    """A series of one point, at the end of the hour."""
    interval = monitoring_v3.TimeInterval(start_time=HOUR.start, end_time=HOUR.end)
    typed = monitoring_v3.TypedValue(**value)
    return monitoring_v3.TimeSeries(
        metric=Metric(labels={"response_code_class": answered} if answered else {}),
        points=[monitoring_v3.Point(interval=interval, value=typed)],
    )


# ── What is measured ─────────────────────────────────────────────────────────────────────────────


async def test_requests_errors_and_latencies_of_a_window_are_measured(
    world: World, metrics: GoogleMetrics
) -> None:
    """Exactly, as far as counts go; within a bucket, as far as latencies go."""
    world.clock.move(5 * MINUTE)
    sample = await metrics.measure(TARGET, [OLD], window(world, 5 * MINUTE))
    assert (sample.requests, sample.errors) == (12_000, 12)
    _, p50, p95, p99, _ = PROFILES[Behaviour.HEALTHY].latency
    assert sample.p50_ms == pytest.approx(p50, rel=WITHIN_A_BUCKET)
    assert sample.p95_ms == pytest.approx(p95, rel=WITHIN_A_BUCKET)
    assert sample.p99_ms == pytest.approx(p99, rel=WITHIN_A_BUCKET)


async def test_revisions_are_told_apart(world: World, metrics: GoogleMetrics) -> None:
    """A bad candidate does not spoil the figures of what is stable."""
    await split(world, 5, Behaviour.ERRORS)
    world.clock.move(5 * MINUTE)
    stable = await metrics.measure(TARGET, [OLD], window(world, 5 * MINUTE))
    candidate = await metrics.measure(TARGET, [NEW], window(world, 5 * MINUTE))
    assert (candidate.requests, candidate.errors) == (600, 240)
    assert stable.requests == 11_400
    assert stable.errors is not None
    assert stable.errors < 20


async def test_several_revisions_make_one_sample(world: World, metrics: GoogleMetrics) -> None:
    """Requests and errors of all of them."""
    await split(world, 5, Behaviour.ERRORS)
    world.clock.move(5 * MINUTE)
    asked = window(world, 5 * MINUTE)
    parts = [await metrics.measure(TARGET, [name], asked) for name in (OLD, NEW)]
    whole = await metrics.measure(TARGET, [OLD, NEW], asked)
    assert whole.requests == sum(part.requests or 0 for part in parts) == 12_000
    assert whole.errors == sum(part.errors or 0 for part in parts)


async def test_a_percentile_is_that_of_all_requests_and_not_the_median_of_percentiles(
    world: World, metrics: GoogleMetrics
) -> None:
    """Known from a canary tool that hid a slow series behind the 50th percentile of the 95th ones.

    A tenth of the requests is slow. So is then the 95th percentile, though most series are fast.
    """
    await split(world, 10, Behaviour.SLOW)
    world.clock.move(5 * MINUTE)
    asked = window(world, 5 * MINUTE)
    fast = (await metrics.measure(TARGET, [OLD], asked)).p95_ms
    both = (await metrics.measure(TARGET, [OLD, NEW], asked)).p95_ms
    assert fast is not None
    assert both is not None
    assert both > 2 * fast


async def test_a_window_ends_when_it_says(world: World, metrics: GoogleMetrics) -> None:
    """What came before and after belongs to other windows, and adjacent ones add up."""
    world.clock.move(10 * MINUTE)
    now = world.clock.now()
    asked = Window(start=now - 6 * MINUTE, end=now - 3 * MINUTE)
    assert (await metrics.measure(TARGET, [OLD], asked)).requests == 3 * 60 * PER_SECOND


async def test_no_requests_are_no_data_and_not_zero(world: World, metrics: GoogleMetrics) -> None:
    """Known from a canary tool that took an unused revision for a healthy one."""
    await world.staged()
    world.clock.move(5 * MINUTE)
    assert await metrics.measure(TARGET, [NEW], window(world, 5 * MINUTE)) == Sample()
    assert await metrics.measure(TARGET, ["gone"], window(world, 5 * MINUTE)) == Sample()


async def test_a_service_without_errors_has_none(world: World, metrics: GoogleMetrics) -> None:
    """There is no series of 5xx then, and that is zero: requests were counted."""
    world.clock.move(MINUTE)
    world.cloud.workload.load(NAME, 1, world.clock.now())
    world.clock.move(MINUTE)
    sample = await metrics.measure(TARGET, [OLD], window(world, MINUTE))
    assert (sample.requests, sample.errors) == (60, 0)


async def test_no_revisions_are_not_asked_about(metrics: GoogleMetrics, world: World) -> None:
    """Where nothing stable is left to compare with."""
    world.model.faults.blind = True
    assert await metrics.measure(TARGET, [], HOUR) == Sample()
    assert await metrics.series(TARGET, [], HOUR, MINUTE) == ()


async def test_another_service_with_the_same_revision_name_is_not_counted(
    world: World, metrics: GoogleMetrics
) -> None:
    """Place and service are asked for exactly."""
    world.clock.move(5 * MINUTE)
    here = TARGET.place.model_dump()
    for changed in ({"service": "auth"}, {"region": "europe-west1"}):
        place = CloudRunPlace(**(here | changed))
        elsewhere = TARGET.model_copy(update={"place": place})
        asked = window(world, 5 * MINUTE)
        assert await metrics.measure(elsewhere, [OLD], asked) == Sample()


# ── Series ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_series_has_a_sample_for_each_period_oldest_first(
    world: World, metrics: GoogleMetrics
) -> None:
    """Each at the time when its period ended."""
    world.clock.move(5 * MINUTE)
    await split(world, 50, Behaviour.ERRORS)
    world.clock.move(2 * MINUTE)
    asked = window(world, 4 * MINUTE)
    points = await metrics.series(TARGET, [OLD, NEW], asked, MINUTE)
    assert [point.at for point in points] == [asked.start + n * MINUTE for n in range(1, 5)]
    assert [point.sample.requests for point in points] == [2400] * 4
    errors = [point.sample.errors or 0 for point in points]
    assert max(errors[:2]) < 10
    assert min(errors[2:]) > 400
    assert all(point.sample.p95_ms for point in points)


async def test_periods_without_data_are_left_out(world: World, metrics: GoogleMetrics) -> None:
    """A gap in a chart is a gap."""
    world.clock.move(2 * MINUTE)
    world.cloud.workload.load(NAME, 0, world.clock.now())
    world.clock.move(2 * MINUTE)
    world.cloud.workload.load(NAME, PER_SECOND, world.clock.now())
    world.clock.move(MINUTE)
    asked = window(world, 5 * MINUTE)
    points = await metrics.series(TARGET, [OLD], asked, MINUTE)
    assert [point.at - asked.start for point in points] == [MINUTE, 2 * MINUTE, 5 * MINUTE]


# ── The wire ─────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_asked_follows_the_documentation() -> None:
    """One query for the counts, and one for each percentile of the latencies."""
    seen: list[Request] = []

    async def empty(request: Request, context: grpc.aio.ServicerContext) -> Response:
        seen.append(request)
        return Response()

    async with monitoring(empty) as metrics:
        await metrics.measure(TARGET, ["api-00002", "api-00003"], HOUR)
    aggregation = monitoring_v3.Aggregation
    reducers = {each.aggregation.cross_series_reducer for each in seen}
    assert reducers == {
        aggregation.Reducer.REDUCE_SUM,
        aggregation.Reducer.REDUCE_PERCENTILE_50,
        aggregation.Reducer.REDUCE_PERCENTILE_95,
        aggregation.Reducer.REDUCE_PERCENTILE_99,
    }
    assert len(seen) == 4
    for each in seen:
        assert each.name == "projects/olympus-production"
        assert (each.interval.start_time, each.interval.end_time) == (HOUR.start, HOUR.end)
        assert each.aggregation.alignment_period == timedelta(hours=1)
        assert each.aggregation.per_series_aligner == aggregation.Aligner.ALIGN_DELTA
    counts = next(each for each in seen if COUNT in each.filter)
    assert list(counts.aggregation.group_by_fields) == ["metric.labels.response_code_class"]
    assert counts.filter == (
        'metric.type = "run.googleapis.com/request_count"'
        ' AND resource.type = "cloud_run_revision"'
        ' AND resource.labels.project_id = "olympus-production"'
        ' AND resource.labels.location = "us-central1"'
        ' AND resource.labels.service_name = "api"'
        ' AND resource.labels.revision_name = one_of("api-00002", "api-00003")'
    )


async def test_a_name_cannot_break_out_of_its_quotes() -> None:
    """Whatever it is."""
    seen: list[str] = []

    async def empty(request: Request, context: grpc.aio.ServicerContext) -> Response:
        seen.append(request.filter)
        return Response()

    async with monitoring(empty) as metrics:
        await metrics.measure(TARGET, ['a" OR "\\'], HOUR)
    assert all(each.endswith('resource.labels.revision_name = "a\\" OR \\"\\\\"') for each in seen)


async def test_every_page_of_an_answer_counts() -> None:
    """And every class of answers."""
    pages = {
        "": Response(time_series=[series("2xx", int64_value=90)], next_page_token="2"),
        "2": Response(time_series=[series("5xx", int64_value=10), series("4xx", int64_value=5)]),
    }

    async def paged(request: Request, context: grpc.aio.ServicerContext) -> Response:
        return pages[request.page_token] if COUNT in request.filter else Response()

    async with monitoring(paged) as metrics:
        sample = await metrics.measure(TARGET, [OLD], HOUR)
    assert sample == Sample(requests=105, errors=10)


async def test_a_percentile_of_nothing_is_not_a_number_and_no_data() -> None:
    """As floating-point numbers say it."""

    async def nothing(request: Request, context: grpc.aio.ServicerContext) -> Response:
        if COUNT in request.filter:
            return Response(time_series=[series("2xx", int64_value=7)])
        return Response(time_series=[series("", double_value=float("nan"))])

    async with monitoring(nothing) as metrics:
        assert await metrics.measure(TARGET, [OLD], HOUR) == Sample(requests=7, errors=0)


async def test_latencies_without_counts_say_nothing_about_errors() -> None:
    """One metric may become visible before the other."""

    async def early(request: Request, context: grpc.aio.ServicerContext) -> Response:
        found = [] if COUNT in request.filter else [series("", double_value=12.5)]
        return Response(time_series=found)

    async with monitoring(early) as metrics:
        (point,) = await metrics.series(TARGET, [OLD], HOUR, timedelta(hours=1))
    assert point == Point(at=HOUR.end, sample=Sample(p50_ms=12.5, p95_ms=12.5, p99_ms=12.5))
    assert type(point.at) is datetime
    assert point.at.tzinfo is UTC


async def test_the_queries_run_side_by_side() -> None:
    """Each one waits until all have arrived; one after the other they would never end."""
    arrived = asyncio.Barrier(4)

    async def call(request: Request, context: grpc.aio.ServicerContext) -> Response:
        await arrived.wait()
        return Response()

    async with monitoring(call) as metrics:
        assert await metrics.measure(TARGET, [OLD], HOUR) == Sample()


# ── What goes wrong ──────────────────────────────────────────────────────────────────────────────


async def test_a_missing_permission_is_named_with_the_role_that_gives_it(
    world: World, metrics: GoogleMetrics
) -> None:
    """As everywhere."""
    world.model.faults.plan_metrics(Fault.PERMISSION_DENIED)
    with pytest.raises(CloudRefused) as error:
        await metrics.measure(TARGET, [OLD], HOUR)
    assert str(error.value) == (
        "The bot's account lacks the permission monitoring.timeSeries.list for Cloud Monitoring of "
        "project olympus-production. Grant it roles/monitoring.viewer."
    )
    assert error.value.__cause__ is not None


async def test_a_read_is_repeated_while_monitoring_is_unavailable(
    world: World, metrics: GoogleMetrics
) -> None:
    """One hiccup is nobody's business."""
    world.clock.move(MINUTE)
    world.model.faults.plan_metrics(Fault.UNAVAILABLE_BEFORE)
    assert (await metrics.measure(TARGET, [OLD], window(world, MINUTE))).requests == 2400


async def test_monitoring_that_is_away_is_an_error_and_not_no_data(
    world: World, metrics: GoogleMetrics
) -> None:
    """Otherwise a bake would be judged without having been looked at."""
    world.model.faults.blind = True
    with pytest.raises(CloudUnavailable, match="does not answer about Cloud Monitoring"):
        await metrics.measure(TARGET, [OLD], HOUR)


async def test_a_query_that_hangs_ends_by_itself(world: World, metrics: GoogleMetrics) -> None:
    """One of them is enough."""
    world.model.faults.plan_metrics(Fault.HANGS)
    with pytest.raises(CloudUnavailable, match="does not answer"):
        await asyncio.wait_for(metrics.measure(TARGET, [OLD], HOUR), SHORTER_THAN_GOOGLES)


async def test_a_quota_names_how_long_to_wait(world: World, metrics: GoogleMetrics) -> None:
    """Because Google does."""
    world.model.faults.plan_metrics(Fault.QUOTA)
    with pytest.raises(CloudUnavailable, match="quota") as error:
        await metrics.measure(TARGET, [OLD], HOUR)
    assert error.value.retry_after == timedelta(seconds=QUOTA_REST)


async def test_a_window_that_cannot_be_aligned_to_is_refused(metrics: GoogleMetrics) -> None:
    """Monitoring's own limit, in its own words."""
    short = Window(start=HOUR.end - timedelta(seconds=30), end=HOUR.end)
    with pytest.raises(CloudRefused, match="at least 60 seconds"):
        await metrics.measure(TARGET, [OLD], short)


async def test_a_metric_that_nobody_ever_wrote_is_no_data(world: World) -> None:
    """Monitoring then does not know it; a project that is not there is an error all the same."""
    project = TARGET.place.model_copy(update={"project": "nowhere"})
    nowhere = TARGET.model_copy(update={"place": project})
    metrics = GoogleMetrics(world.cloud.monitoring_endpoint, SHORT)
    with pytest.raises(CloudRefused, match="project nowhere does not exist"):
        await metrics.measure(nowhere, [OLD], HOUR)
    await metrics.aclose()

    async def unknown(request: Request, context: grpc.aio.ServicerContext) -> Response:
        said = 'Cannot find metric(s) that match type = "run.googleapis.com/request_count".'
        await context.abort(grpc.StatusCode.NOT_FOUND, said)

    async with monitoring(unknown) as metrics:
        assert await metrics.measure(TARGET, [OLD], HOUR) == Sample()


@pytest.mark.parametrize("endpoint", ["10.0.0.1:8080", "monitoring.googleapis.com:443"])
def test_plaintext_goes_to_this_machine_only(endpoint: str) -> None:
    """Anything else is refused before a connection is made."""
    with pytest.raises(ValueError, match="not on this machine"):
        GoogleMetrics(endpoint)


async def test_the_lazy_metrics_are_the_real_ones(world: World) -> None:
    """Both methods arrive, and many first uses load once."""
    lazy = LazyGoogleMetrics(world.cloud.monitoring_endpoint)
    world.clock.move(2 * MINUTE)
    asked = window(world, 2 * MINUTE)
    found = await asyncio.gather(*(lazy.measure(TARGET, [OLD], asked) for _ in range(3)))
    assert {sample.requests for sample in found} == {4800}
    assert len(await lazy.series(TARGET, [OLD], asked, MINUTE)) == 2
    assert len({id(each) for each in [await lazy.loaded(), await lazy.loaded()]}) == 1
    await lazy.aclose()
    await lazy.aclose()
