"""What a deploy would change: checked by Cloud Run, compared with what serves, never written."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc.aio
import pytest
from clouds import DEPLOY, NAME, NEW, OLD, SHORT, TARGET, World, artifact, first, world_of_api
from google.cloud import run_v2
from google.longrunning.operations_pb2 import Operation
from google.protobuf.any_pb2 import Any
from google.rpc.code_pb2 import FAILED_PRECONDITION
from google.rpc.status_pb2 import Status

from adapters.gcp.cloud_run import GoogleCloudRun, GoogleCloudRunTargets
from adapters.local.cloud.faults import Fault
from adapters.local.cloud.run_api import RunApi
from bot.domain.artifact import Artifact
from bot.domain.errors import CloudRefused, CloudUnavailable, StaleWrite
from bot.domain.plan import Change, Preview

# Ours is one second here; the shortest of Google's own limits is ten.
SHORTER_THAN_GOOGLES = 8


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """api in production, on v1.1.0."""
    async with world_of_api() as world:
        yield world


def short(preview: Preview) -> list[tuple[str, str, Change]]:
    """What differs."""
    return [(each.kind, each.name, each.change) for each in preview.differences]


async def test_a_new_image_alone_is_no_difference(world: World) -> None:
    """And what has the same settings has the same fingerprint."""
    preview = await world.api.preview(DEPLOY, artifact())
    assert preview.differences == ()
    assert preview.problem is None
    assert preview.template == (await world.api.observe()).template


async def test_a_setting_that_waits_for_the_next_revision_is_shown(world: World) -> None:
    """Somebody changed it, and the revision with it gets no traffic."""
    world.console.move_traffic(NAME, {OLD: 100}, world.clock.now())
    world.console.set_variable(NAME, "LOG_LEVEL", "hunter2", world.clock.now())
    preview = await world.api.preview(DEPLOY, artifact())
    assert short(preview) == [("variable", "LOG_LEVEL", Change.CHANGED)]
    assert "hunter2" not in preview.model_dump_json()


async def test_it_is_compared_with_the_revision_that_has_most_of_the_traffic(world: World) -> None:
    """A canary of somebody else is not what people use."""
    world.console.set_variable(NAME, "LOG_LEVEL", "debug", world.clock.now())
    world.console.move_traffic(NAME, {OLD: 70, NEW: 30}, world.clock.now())
    assert short(await world.api.preview(DEPLOY, artifact())) != []
    world.console.move_traffic(NAME, {OLD: 30, NEW: 70}, world.clock.now())
    assert short(await world.api.preview(DEPLOY, artifact())) == []


async def test_nothing_is_written(world: World) -> None:
    """Not even a revision without traffic."""
    before = await world.api.observe()
    await world.api.preview(DEPLOY, artifact())
    assert await world.api.observe() == before
    assert world.model.journal == []


async def test_the_same_fingerprint_is_seen_before_and_after_a_deploy(world: World) -> None:
    """Our own marks and the image do not count; a variable does."""
    before = (await world.api.observe()).template
    await world.staged()
    assert (await world.api.observe()).template == before
    world.console.set_variable(NAME, "LOG_LEVEL", "debug", world.clock.now())
    after = (await world.api.observe()).template
    assert after != before
    assert (await world.api.preview(DEPLOY, artifact())).template == after


async def test_the_address_of_the_service_is_observed(world: World) -> None:
    """For probes of what serves."""
    assert (await world.api.observe()).address == world.service.uri


async def test_what_cloud_run_would_refuse_is_a_problem_in_words(world: World) -> None:
    """Before anybody approves it."""
    missing = Artifact(image=TARGET.image, version="v9", digest="sha256:" + "0" * 64)
    preview = await world.api.preview(DEPLOY, missing)
    assert preview.problem is not None
    assert preview.problem.startswith("The cloud refused the call to Cloud Run service api: Image")
    assert preview.differences == ()
    assert preview.template == (await world.api.observe()).template


async def test_a_missing_permission_is_a_problem_before_the_deploy(world: World) -> None:
    """With the role that gives it."""
    world.model.faults.plan_checks("api", Fault.PERMISSION_DENIED)
    preview = await world.api.preview(DEPLOY, artifact())
    assert "roles/run.developer" in (preview.problem or "")


async def test_a_container_that_cannot_be_told_is_a_problem(world: World) -> None:
    """We would not stage it either."""
    world.service.template.containers = [run_v2.Container(image=name) for name in ("a", "b")]
    preview = await world.api.preview(DEPLOY, artifact())
    assert "2 containers" in (preview.problem or "")


async def test_where_nothing_serves_there_is_nothing_to_compare_with(world: World) -> None:
    """The first revision of a service."""
    world.service.traffic_statuses = []
    assert await world.api.preview(DEPLOY, artifact()) == Preview(
        template=(await world.api.observe()).template
    )


async def test_a_serving_revision_that_cannot_be_found_is_not_taken_for_no_difference(
    world: World,
) -> None:
    """Unknown is no green light."""
    world.model.revisions[NAME].clear()
    with pytest.raises(CloudUnavailable, match=f"serves {OLD}, which cannot be found"):
        await world.api.preview(DEPLOY, artifact())


async def test_a_check_is_repeated_while_the_api_is_unavailable(world: World) -> None:
    """It writes nothing, so it may."""
    world.model.faults.plan_checks("api", Fault.UNAVAILABLE_BEFORE)
    assert (await world.api.preview(DEPLOY, artifact())).problem is None


async def test_a_check_without_an_answer_is_no_finding(world: World) -> None:
    """It ends by itself, and is an error and no problem of the deploy."""
    world.model.faults.plan_checks("api", Fault.HANGS)
    with pytest.raises(CloudUnavailable, match="does not answer") as error:
        await asyncio.wait_for(world.api.preview(DEPLOY, artifact()), SHORTER_THAN_GOOGLES)
    assert not isinstance(error.value, CloudRefused)


async def test_somebody_who_was_faster_is_no_finding_either(world: World) -> None:
    """Whoever asks looks again."""
    world.model.faults.plan_checks("api", Fault.STALE)
    with pytest.raises(StaleWrite):
        await world.api.preview(DEPLOY, artifact())


async def test_a_change_under_way_is_waited_for(world: World) -> None:
    """What serves is not settled."""
    await world.api.stage("D-OTHER", artifact("v1.3.0"), first(1))
    with pytest.raises(CloudUnavailable, match="being changed by"):
        await world.api.preview(DEPLOY, artifact())


# ── Other ways to answer a check ─────────────────────────────────────────────────────────────────
# How much Google's own answer to a check carries is not documented.

Check = Callable[[run_v2.Service], Operation]


@dataclass(frozen=True, slots=True, kw_only=True)
class OddApi(RunApi):
    """The simulated Cloud Run, but for what it answers to a check."""

    check: Check

    async def _update_service(self, request: run_v2.UpdateServiceRequest) -> Operation:
        assert request.validate_only
        return self.check(request.service)


@asynccontextmanager
async def checked_by(world: World, check: Check) -> AsyncIterator[GoogleCloudRun]:
    """The adapter on that one."""
    server = grpc.aio.server()
    api = OddApi(model=world.model, clock=world.clock, check=check)
    server.add_generic_rpc_handlers(api.handlers())
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    targets = GoogleCloudRunTargets(f"127.0.0.1:{port}", SHORT)
    try:
        yield targets.open(TARGET)
    finally:
        await targets.aclose()
        await server.stop(None)


@pytest.mark.parametrize("with_service", [False, True])
async def test_a_check_that_tells_nothing_is_compared_by_what_was_sent(
    world: World, *, with_service: bool
) -> None:
    """An operation without a service in it, or with an empty one."""
    world.console.move_traffic(NAME, {OLD: 100}, world.clock.now())
    world.console.set_variable(NAME, "LOG_LEVEL", "debug", world.clock.now())

    def silent(sent: run_v2.Service) -> Operation:
        told = Operation(name="x", done=True)
        if with_service:
            told.response.Pack(run_v2.Service.pb(run_v2.Service(name=sent.name)))
        return told

    async with checked_by(world, silent) as api:
        found = await api.preview(DEPLOY, artifact())
    assert short(found) == [("variable", "LOG_LEVEL", Change.CHANGED)]


async def test_what_a_check_tells_is_compared_also_while_it_goes_on(world: World) -> None:
    """With the defaults that Cloud Run filled in."""

    def filled(sent: run_v2.Service) -> Operation:
        sent.template.max_instance_request_concurrency = 7
        told = Any()
        told.Pack(run_v2.Service.pb(sent))
        return Operation(name="x", metadata=told)

    async with checked_by(world, filled) as api:
        found = await api.preview(DEPLOY, artifact())
    assert short(found) == [("concurrency", "", Change.CHANGED)]


async def test_a_check_that_ends_with_an_error_is_a_problem(world: World) -> None:
    """Not only a call that is refused."""

    def failed(sent: run_v2.Service) -> Operation:
        error = Status(code=FAILED_PRECONDITION, message="The quota of processors is used up.")
        return Operation(name="x", done=True, error=error)

    async with checked_by(world, failed) as api:
        found = await api.preview(DEPLOY, artifact())
    assert found.problem == "The quota of processors is used up."
    assert found.differences == ()
