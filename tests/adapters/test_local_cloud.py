"""The simulated Cloud Run, asked with Google's own clients."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import grpc.aio
import pytest
import samples
from clouds import DELAY, NAME, NEW, OLD, TARGET, World, artifact, world_of_api
from fakes import VirtualClock
from google.api_core import exceptions
from google.cloud import run_v2
from google.cloud.run_v2.services.revisions.transports import RevisionsGrpcAsyncIOTransport
from google.cloud.run_v2.services.services.transports import ServicesGrpcAsyncIOTransport
from google.protobuf.field_mask_pb2 import FieldMask

from adapters.catalog.loading import load_catalog
from adapters.gcp.cloud_run import GoogleCloudRunTargets
from adapters.local.cloud.faults import Fault
from adapters.local.cloud.images import VERSIONS
from adapters.local.cloud.seeds import seeds_of
from adapters.local.cloud.server import LocalCloud
from bot.domain.errors import CloudUnavailable
from bot.domain.observation import Health

LATEST = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
NAMED = run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
CONFIG = Path(__file__).parents[2] / "signalbox.yaml"


class Asking:
    """Google's clients on the simulated cloud."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.channel = grpc.aio.insecure_channel(world.cloud.run_endpoint)
        self.services = run_v2.ServicesAsyncClient(
            transport=ServicesGrpcAsyncIOTransport(channel=self.channel)
        )
        self.revisions = run_v2.RevisionsAsyncClient(
            transport=RevisionsGrpcAsyncIOTransport(channel=self.channel)
        )

    async def service(self) -> run_v2.Service:
        """A fresh read."""
        return await self.services.get_service(name=NAME, retry=None, timeout=60)

    async def update(self, service: run_v2.Service, *paths: str, **more: bool) -> str:
        """Write; the name of the operation."""
        request = run_v2.UpdateServiceRequest(
            service=service, update_mask=FieldMask(paths=paths), **more
        )
        operation = await self.services.update_service(request, retry=None, timeout=60)
        return operation.operation.name

    async def changed(self) -> run_v2.Service:
        """A read whose template has a new image."""
        service = await self.service()
        service.template.containers[0].image = artifact().reference
        return service


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """api in production, on v1.1.0."""
    async with world_of_api() as world:
        yield world


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    """Google's clients."""
    asking = Asking(world)
    yield asking
    await asking.channel.close()


def entry(revision: str = "", percent: int = 0, tag: str = "") -> run_v2.TrafficTarget:
    """A traffic entry."""
    kind = NAMED if revision else LATEST
    return run_v2.TrafficTarget(type_=kind, revision=revision, percent=percent, tag=tag)


async def test_what_is_asked_for_comes_true_when_the_operation_ends(ask: Asking) -> None:
    """Until then the two differ, and the service says so."""
    service = await ask.service()
    service.traffic = [entry("api-00001", 100)]
    name = await ask.update(service, "traffic")
    during = await ask.service()
    assert (during.reconciling, during.generation - during.observed_generation) == (True, 1)
    assert [(each.revision, each.percent) for each in during.traffic_statuses] == [(OLD, 100)]
    ask.world.clock.move(DELAY)
    after = await ask.service()
    assert (after.reconciling, after.generation) == (False, after.observed_generation)
    assert [(each.revision, each.percent) for each in after.traffic_statuses] == [
        ("api-00001", 100)
    ]
    operation = await ask.services.get_operation({"name": name})
    result = run_v2.Service.pb(run_v2.Service())
    assert operation.done
    assert operation.response.Unpack(result)
    assert result.name == NAME


async def test_a_changed_template_makes_a_revision_and_the_same_one_none(ask: Asking) -> None:
    """Whatever follows the latest goes to it."""
    await ask.update(await ask.changed(), "template")
    ask.world.clock.move(DELAY)
    service = await ask.service()
    assert (
        service.latest_ready_revision
        == service.latest_created_revision
        == f"{NAME}/revisions/{NEW}"
    )
    assert service.traffic_statuses[0].revision == NEW
    await ask.update(service, "template")
    ask.world.clock.move(DELAY)
    assert (await ask.service()).latest_created_revision == f"{NAME}/revisions/{NEW}"


async def test_a_name_that_is_taken_is_refused_for_another_configuration(ask: Asking) -> None:
    """The trap of every read-modify-write; for the same configuration it is no change."""
    service = await ask.changed()
    service.template.revision = OLD
    with pytest.raises(exceptions.AlreadyExists, match="different configuration"):
        await ask.update(service, "template")
    same = await ask.service()
    same.template.revision = OLD
    assert await ask.update(same, "template")


async def test_an_old_etag_is_refused_and_none_is_taken(ask: Asking) -> None:
    """Nothing of the refused change is left."""
    stale = await ask.changed()
    await ask.update(await ask.service(), "annotations")
    with pytest.raises(exceptions.Aborted):
        await ask.update(stale, "template")
    assert len(ask.world.model.revisions[NAME]) == 2
    stale.etag = ""
    assert await ask.update(stale, "template")


@pytest.mark.parametrize(
    ("traffic", "says"),
    [
        ([entry(OLD, 99)], "sum to 100"),
        ([entry(OLD, 100), entry("api-00001", 1)], "sum to 100"),
        ([entry("api-00009", 100)], "could not be found"),
        ([entry(OLD, 100, "a"), entry(OLD, 0, "a")], "unique"),
        ([entry(OLD, 100, "Loud")], "malformed"),
        ([entry(OLD, 100, "c_d")], "malformed"),
    ],
)
async def test_traffic_that_makes_no_sense_is_refused(
    ask: Asking, traffic: list[run_v2.TrafficTarget], says: str
) -> None:
    """At once, not by the operation."""
    service = await ask.service()
    service.traffic = traffic
    with pytest.raises(exceptions.InvalidArgument, match=says):
        await ask.update(service, "traffic")


@pytest.mark.parametrize("paths", [(), ("name",), ("traffic", "spec")])
async def test_a_mask_that_is_missing_or_unknown_is_refused(
    ask: Asking, paths: tuple[str, ...]
) -> None:
    """Nobody should rely on what happens then."""
    with pytest.raises(exceptions.InvalidArgument, match="mask"):
        await ask.update(await ask.service(), *paths)


async def test_only_what_the_mask_names_is_changed(ask: Asking) -> None:
    """The rest of the message is not looked at."""
    service = await ask.changed()
    service.annotations["a"] = "1"
    service.labels["b"] = "2"
    service.traffic = [entry("api-00001", 100)]
    await ask.update(service, "annotations")
    found = await ask.service()
    assert (dict(found.annotations), dict(found.labels)) == ({"a": "1"}, {})
    assert (len(found.traffic), found.traffic[0].type_) == (1, LATEST)
    assert found.latest_created_revision.endswith(OLD)


async def test_annotations_of_googles_own_namespaces_are_refused(ask: Asking) -> None:
    """The v2 API has fields for what they said; other names are anybody's."""
    service = await ask.service()
    service.annotations["team.example/owner"] = "payments"
    service.annotations["run.googleapis.com/ingress"] = "all"
    with pytest.raises(exceptions.InvalidArgument, match=r"run\.googleapis\.com/ingress"):
        await ask.update(service, "annotations")
    del service.annotations["run.googleapis.com/ingress"]
    assert await ask.update(service, "annotations")


async def test_revisions_come_in_pages_newest_first(ask: Asking) -> None:
    """And Google's pager walks through them."""
    await ask.update(await ask.changed(), "template")
    pager = await ask.revisions.list_revisions(
        run_v2.ListRevisionsRequest(parent=NAME, page_size=2)
    )
    pages = [
        [each.name.rpartition("/")[2] for each in page.revisions] async for page in pager.pages
    ]
    assert pages == [[NEW, OLD], ["api-00001"]]
    one = await ask.revisions.get_revision(name=f"{NAME}/revisions/{OLD}")
    assert one.service == NAME


async def test_what_is_not_there_is_not_found(ask: Asking) -> None:
    """By Google's own error."""
    with pytest.raises(exceptions.NotFound):
        await ask.services.get_service(name=f"{NAME}x")
    with pytest.raises(exceptions.NotFound):
        await ask.revisions.get_revision(name=f"{NAME}/revisions/none")
    with pytest.raises(exceptions.NotFound):
        await ask.services.get_operation({"name": "projects/p/locations/l/operations/none"})


async def test_what_is_not_simulated_says_so(ask: Asking) -> None:
    """Rather than to answer something."""
    with pytest.raises(exceptions.MethodNotImplemented):
        await ask.services.delete_service(name=NAME)
    with pytest.raises(exceptions.MethodNotImplemented):
        await ask.update(await ask.changed(), "template", allow_missing=True)
    assert ask.world.model.journal == []


async def test_a_change_is_validated_without_being_made(ask: Asking) -> None:
    """The answer is the service as it would be, with everything that the cloud fills in."""
    before = await ask.service()
    wanted = await ask.changed()
    wanted.template.containers = [run_v2.Container(image=artifact().reference)]
    wanted.template.scaling.max_instance_count = 0
    wanted.annotations["team"] = "payments"
    paths = FieldMask(paths=["template", "annotations"])
    request = run_v2.UpdateServiceRequest(service=wanted, update_mask=paths, validate_only=True)
    operation = await ask.services.update_service(request, retry=None, timeout=60)
    assert operation.operation.done
    found = await operation.result(timeout=60)
    (container,) = found.template.containers
    assert container.image == artifact().reference
    assert dict(container.resources.limits) == {"cpu": "1000m", "memory": "512Mi"}
    assert container.ports[0].container_port == 8080
    assert found.template.scaling.max_instance_count == 100
    assert found.annotations["team"] == "payments"
    assert found.traffic == before.traffic
    assert await ask.service() == before
    assert ask.world.model.journal == []
    assert len(ask.world.model.revisions[NAME]) == 2
    with pytest.raises(exceptions.NotFound):
        await ask.services.get_operation({"name": operation.operation.name})


async def test_a_validated_change_comes_true_as_it_was_told(ask: Asking) -> None:
    """Who compares templates before and after sees the same as who asked first."""
    wanted = await ask.changed()
    request = run_v2.UpdateServiceRequest(
        service=wanted, update_mask=FieldMask(paths=["template"]), validate_only=True
    )
    operation = await ask.services.update_service(request, retry=None, timeout=60)
    told = await operation.result(timeout=60)
    await ask.update(wanted, "template")
    assert (await ask.service()).template == told.template


async def test_what_an_update_refuses_is_refused_at_once_when_it_is_validated(
    ask: Asking,
) -> None:
    """And an image that is not there as well, which an update finds out about too late."""
    stale = await ask.changed()
    stale.etag = '"0"'
    with pytest.raises(exceptions.Aborted):
        await ask.update(stale, "template", validate_only=True)
    service = await ask.service()
    with pytest.raises(exceptions.InvalidArgument, match="mask"):
        await ask.update(service, "spec", validate_only=True)
    service.traffic = [entry(OLD, 99)]
    with pytest.raises(exceptions.InvalidArgument, match="sum to 100"):
        await ask.update(service, "traffic", validate_only=True)
    service.template.containers[0].image = f"{TARGET.image}:v9"
    with pytest.raises(exceptions.InvalidArgument, match=r"api:v9' not found"):
        await ask.update(service, "template", validate_only=True)
    service.name += "x"
    with pytest.raises(exceptions.NotFound):
        await ask.update(service, "template", validate_only=True)


async def test_a_validation_has_faults_of_its_own(ask: Asking) -> None:
    """Those that are planned for writes wait for a write."""
    faults = ask.world.model.faults
    faults.plan("api", Fault.STALE)
    faults.plan_checks("api", Fault.PERMISSION_DENIED)
    with pytest.raises(exceptions.PermissionDenied):
        await ask.update(await ask.changed(), "template", validate_only=True)
    await ask.update(await ask.changed(), "template", validate_only=True)
    with pytest.raises(exceptions.Aborted):
        await ask.update(await ask.changed(), "template")


async def test_a_service_has_settings_worth_comparing(ask: Asking) -> None:
    """Secrets are named with their version, and production has more of everything."""
    service = await ask.service()
    template = service.template
    (container,) = template.containers
    plain = {each.name: each.value for each in container.env if each.value}
    assert plain == {"ENVIRONMENT": "production", "LOG_LEVEL": "info"}
    secrets = {
        each.name: each.value_source.secret_key_ref for each in container.env if not each.value
    }
    assert {name: (found.secret, found.version) for name, found in secrets.items()} == {
        "DATABASE_URL": ("api-database-url", "3"),
        "SESSION_KEY": ("api-session-key", "1"),
    }
    assert dict(container.resources.limits) == {"cpu": "2000m", "memory": "1Gi"}
    assert (template.scaling.min_instance_count, template.scaling.max_instance_count) == (2, 20)
    assert template.max_instance_request_concurrency == 80
    assert template.service_account == "api@olympus-production.iam.gserviceaccount.com"
    staging = service.name.replace("production", "staging")
    other = (await ask.services.get_service(name=staging)).template
    assert dict(other.containers[0].resources.limits) == {"cpu": "1000m", "memory": "512Mi"}
    made = await ask.revisions.get_revision(name=f"{NAME}/revisions/{OLD}")
    assert made.service_account == template.service_account
    assert made.scaling == template.scaling


async def test_a_variable_that_somebody_sets_leaves_the_others(ask: Asking) -> None:
    """As with gcloud's --update-env-vars."""
    ask.world.console.set_variable(NAME, "LOG_LEVEL", "debug", ask.world.clock.now())
    env = (await ask.service()).template.containers[0].env
    assert sorted(each.name for each in env) == [
        "DATABASE_URL",
        "ENVIRONMENT",
        "LOG_LEVEL",
        "SESSION_KEY",
    ]
    assert {each.name: each.value for each in env}["LOG_LEVEL"] == "debug"


async def test_a_call_without_googles_routing_header_is_refused(ask: Asking) -> None:
    """Google's clients send it; what does not is not talking to the real thing either."""
    bare = ask.channel.unary_unary(
        "/google.cloud.run.v2.Services/GetService",
        request_serializer=run_v2.GetServiceRequest.serialize,
        response_deserializer=run_v2.Service.deserialize,
    )
    with pytest.raises(grpc.aio.AioRpcError, match="routing header"):
        await bare(run_v2.GetServiceRequest(name=NAME))


async def test_the_second_of_two_changes_settles_the_service(ask: Asking) -> None:
    """The first one's end is not the end."""
    await ask.update(await ask.changed(), "template")
    ask.world.clock.move(DELAY / 2)
    service = await ask.service()
    service.traffic = [entry("api-00001", 100)]
    await ask.update(service, "traffic")
    ask.world.clock.move(DELAY / 2)
    between = await ask.service()
    assert between.latest_ready_revision.endswith(NEW)
    assert (between.reconciling, between.traffic_statuses[0].revision) == (True, OLD)
    ask.world.clock.move(DELAY / 2)
    after = await ask.service()
    assert (after.reconciling, after.traffic_statuses[0].revision) == (False, "api-00001")


async def test_traffic_to_a_revision_that_failed_does_not_move(ask: Asking) -> None:
    """What served goes on to serve, and the service says why."""
    ask.world.model.faults.plan("api", Fault.UNHEALTHY)
    await ask.update(await ask.changed(), "template")
    ask.world.clock.move(DELAY)
    service = await ask.service()
    service.traffic = [entry(NEW, 100)]
    name = await ask.update(service, "traffic")
    ask.world.clock.move(DELAY)
    after = await ask.service()
    assert after.traffic_statuses[0].revision == OLD
    assert "is not ready" in after.terminal_condition.message
    assert "is not ready" in (await ask.services.get_operation({"name": name})).error.message


async def test_an_image_that_the_registry_does_not_have_fails_the_revision(ask: Asking) -> None:
    """As late as in the real thing; one that is published later works."""
    for digest, succeeds in (("0" * 64, False), (artifact("v9").digest[7:], True)):
        ask.world.model.publish(TARGET.image, "v9")
        service = await ask.service()
        service.template.containers[0].image = f"{TARGET.image}@sha256:{digest}"
        await ask.update(service, "template")
        ask.world.clock.move(DELAY)
        state = (await ask.service()).terminal_condition.state
        assert (state == run_v2.Condition.State.CONDITION_SUCCEEDED) is succeeds


async def test_every_accepted_write_is_in_the_journal_and_no_other(ask: Asking) -> None:
    """So that rollouts can be counted."""
    service = await ask.service()
    service.traffic = [entry(OLD, 60), entry("api-00001", 40), entry(OLD, 0, "blue")]
    await ask.update(service, "traffic")
    with pytest.raises(exceptions.Aborted):
        await ask.update(service, "traffic")
    (write,) = ask.world.model.journal
    assert (write.paths, write.etag, write.at) == (("traffic",), service.etag, samples.NOW)
    assert (write.traffic, write.tags) == ({OLD: 60, "api-00001": 40}, {"blue": OLD})
    assert (write.project, write.service) == ("olympus-production", "api")


async def test_a_fault_is_used_up_by_one_call(ask: Asking) -> None:
    """And strikes only the service that it was planned for."""
    ask.world.model.faults.plan("auth", Fault.PERMISSION_DENIED)
    ask.world.model.faults.plan("api", Fault.STALE)
    with pytest.raises(exceptions.Aborted):
        await ask.update(await ask.changed(), "template")
    assert await ask.update(await ask.changed(), "template")


async def test_a_stuck_operation_can_be_let_go(ask: Asking) -> None:
    """By whoever plays the cloud."""
    ask.world.model.faults.plan("api", Fault.STUCK)
    name = await ask.update(await ask.changed(), "template")
    ask.world.clock.move(timedelta(days=1))
    assert not (await ask.services.get_operation({"name": name})).done
    ask.world.model.operations[name].ends = ask.world.clock.now()
    assert (await ask.services.get_operation({"name": name})).done


async def test_the_registry_lists_tags_by_letter_and_hashes_true(world: World) -> None:
    """A manifest's digest is the hash of its bytes, as everywhere."""
    base = f"{world.cloud.registry_url}/v2/olympus/api"
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{base}/tags/list") as answer:
            assert await answer.json() == {"name": "olympus/api", "tags": sorted(VERSIONS)}
        async with http.head(f"{base}/manifests/v1.2.0") as answer:
            assert answer.headers["Docker-Content-Digest"] == artifact().digest
            assert await answer.read() == b""


async def test_the_demonstration_starts_with_something_to_see() -> None:
    """The sample catalog: all but two targets run v1.1.0 and are well."""
    targets = load_catalog(CONFIG).targets()
    cloud = LocalCloud(seeds_of(targets), VirtualClock())
    await cloud.start()
    google = GoogleCloudRunTargets(cloud.run_endpoint)
    seen = await google.survey(targets)
    await google.aclose()
    await cloud.stop()
    versions, ill = {}, {}
    for key, found in seen.items():
        assert not isinstance(found, CloudUnavailable)
        (serving,) = found.serving
        versions[key] = found.revisions[serving].version
        assert found.revisions[serving].ready
        if found.health is not Health.READY:
            ill[key] = (found.health, found.newest != serving)
    assert len(versions) == 15
    assert {key: version for key, version in versions.items() if version != "v1.1.0"} == {
        "platform/development": "v1.0.0"
    }
    assert ill == {"ai-ml/staging": (Health.FAILING, True)}
