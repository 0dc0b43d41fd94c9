"""Google's real client against the simulated Cloud Run: what a deploy target promises.

Several tests carry the name of a defect that deploy tools are known for.
"""

from collections.abc import AsyncIterator

import pytest
import samples
from clouds import DELAY, NAME, NEW, OLD, TARGET, World, artifact, first, world_of_api
from fakes import VirtualClock
from google.cloud import run_v2

from adapters.gcp.cloud_run import GoogleCloudRunTargets
from adapters.gcp.lazy import LazyCloudRunTargets
from adapters.local.cloud.faults import Fault
from adapters.local.cloud.seeds import digest_of
from adapters.local.cloud.server import LocalCloud
from bot.domain.artifact import Artifact
from bot.domain.errors import CloudRefused, CloudUnavailable, Outcome, StaleWrite
from bot.domain.observation import Fence, Health
from bot.domain.plan import Change, Difference


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """api in production, on v1.1.0."""
    async with world_of_api() as world:
        yield world


async def test_what_serves_is_observed_with_its_version_and_digest(world: World) -> None:
    """Also of a service that follows its latest revision."""
    seen = await world.api.observe()
    assert seen.serving == {OLD: 100}
    assert seen.revisions[OLD].version == "v1.1.0"
    assert seen.revisions[OLD].digest == digest_of(TARGET.image, "v1.1.0")
    assert (seen.health, seen.pinned, seen.newest) == (Health.READY, False, OLD)


async def test_a_staged_revision_gets_no_traffic_where_the_service_follows_the_latest(
    world: World,
) -> None:
    """Otherwise it would take everything as soon as it is ready."""
    await world.staged()
    seen = await world.api.observe()
    assert seen.serving == {OLD: 100}
    assert seen.pinned
    new = seen.revisions[NEW]
    assert (new.deploy, new.version, new.ready) == ("D-7F3K2", "v1.2.0", True)
    assert new.digest == artifact().digest


async def test_while_an_operation_runs_the_target_is_changing(world: World) -> None:
    """Never ready before it is."""
    await world.api.stage("D-7F3K2", artifact(), first(1))
    assert (await world.api.observe()).health is Health.CHANGING


async def test_staging_twice_makes_one_revision(world: World) -> None:
    """While the first is under way, and after it has ended."""
    operation = await world.api.stage("D-7F3K2", artifact(), first(1))
    assert await world.api.stage("D-7F3K2", artifact(), first(1)) == ""
    await world.ended(operation)
    assert await world.api.stage("D-7F3K2", artifact(), first(1)) == ""
    assert len(world.cloud.model.journal) == 1


async def test_a_stage_whose_answer_was_lost_is_adopted(world: World) -> None:
    """The failure says that the outcome is unknown; the repetition finds it done."""
    world.cloud.model.faults.plan("api", Fault.UNAVAILABLE_AFTER)
    with pytest.raises(CloudUnavailable) as error:
        await world.api.stage("D-7F3K2", artifact(), first(1))
    assert error.value.outcome is Outcome.UNKNOWN
    assert await world.api.stage("D-7F3K2", artifact(), first(1)) == ""
    assert len(world.cloud.model.journal) == 1


async def test_a_populated_revision_name_is_not_sent_back(world: World) -> None:
    """A read-modify-write with the name in it is refused with “different configuration”."""
    world.service.template.revision = OLD
    await world.staged()
    assert world.service.template.revision == ""


async def test_traffic_is_moved_and_confirmed(world: World) -> None:
    """First a tag at 0 %, then everything; the same order twice is one write."""
    await world.staged()
    await world.ended(await world.api.route({}, {"c-d-7f3k2": NEW}, first(2)))
    seen = await world.api.observe()
    assert seen.serving == {OLD: 100}
    assert seen.tags == {"c-d-7f3k2": NEW}
    assert seen.previews["c-d-7f3k2"].endswith("/olympus-production/us-central1/api/c-d-7f3k2")
    operation = await world.api.route({NEW: 100}, {}, first(3))
    assert await world.api.route({NEW: 100}, {}, first(3)) == ""
    await world.ended(operation)
    assert (await world.api.observe()).serving == {NEW: 100}
    assert len(world.cloud.model.journal) == 3


async def test_an_entry_that_only_carries_a_tag_is_not_taken_for_what_serves(
    world: World,
) -> None:
    """Such entries come first in the cloud's answer."""
    await world.staged()
    await world.ended(await world.api.route({}, {"c-d-7f3k2": NEW}, first(2)))
    assert world.service.traffic_statuses[0].percent == 0
    assert (await world.api.observe()).serving == {OLD: 100}


async def test_tags_labels_and_annotations_of_others_are_kept(world: World) -> None:
    """Whoever else works on the service finds what they left."""
    target = run_v2.TrafficTarget(
        type_=run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION,
        revision="api-00001",
        tag="qa",
    )
    world.service.traffic = [*world.service.traffic, target]
    world.service.annotations["team"] = "payments"
    world.service.template.labels["cost"] = "42"
    world.service.template.annotations["note"] = "by hand"
    await world.staged()
    await world.ended(await world.api.route({NEW: 100}, {}, first(2)))
    assert (await world.api.observe()).tags == {"qa": "api-00001"}
    assert world.service.annotations["team"] == "payments"
    assert world.service.template.labels["cost"] == "42"
    assert world.service.template.annotations["note"] == "by hand"


async def test_a_tag_of_an_earlier_deploy_makes_room_for_the_next(world: World) -> None:
    """Ours do not pile up; one whose revision serves stays."""
    await world.staged()
    await world.ended(await world.api.route({}, {"c-d-7f3k2": NEW}, first(2)))
    second = Fence(turn=2, step=1)
    await world.ended(await world.api.stage("D-NEXT0", artifact("v1.3.0"), second))
    await world.ended(await world.api.route({}, {"c-d-next0": "api-00004"}, second))
    assert (await world.api.observe()).tags == {"c-d-next0": "api-00004"}


async def test_a_tag_is_removed(world: World) -> None:
    """One that is not there is none; tags of others and the traffic stay."""
    world.console.move_traffic(NAME, {OLD: 100}, world.clock.now(), tags={"qa": "api-00001"})
    await world.staged()
    await world.ended(await world.api.route({}, {"c-d-7f3k2": NEW}, first(2)))
    await world.ended(await world.api.route({}, {"c-d-7f3k2": None, "gone": None}, first(3)))
    seen = await world.api.observe()
    assert (seen.tags, seen.serving) == ({"qa": "api-00001"}, {OLD: 100})
    assert await world.api.route({}, {"c-d-7f3k2": None, "gone": None}, first(3)) == ""


async def test_traffic_moves_and_a_tag_goes_in_one_write(world: World) -> None:
    """While another tag is set."""
    await world.staged()
    await world.ended(await world.api.route({}, {"c-d-7f3k2": NEW}, first(2)))
    writes = len(world.cloud.model.journal)
    await world.ended(await world.api.route({NEW: 100}, {"c-d-7f3k2": None, "blue": OLD}, first(3)))
    seen = await world.api.observe()
    assert (seen.tags, seen.serving) == ({"blue": OLD}, {NEW: 100})
    assert len(world.cloud.model.journal) == writes + 1


async def test_a_service_is_let_follow_its_latest_revision_again(world: World) -> None:
    """Tags stay; the same order twice is one write; it is never said to be pinned then."""
    await world.staged()
    await world.ended(await world.api.route({}, {"c-d-7f3k2": NEW}, first(2)))
    assert (await world.api.observe()).pinned
    writes = len(world.cloud.model.journal)
    operation = await world.api.follow_latest(first(3))
    assert await world.api.follow_latest(first(3)) == ""
    await world.ended(operation)
    seen = await world.api.observe()
    assert (seen.serving, seen.pinned) == ({NEW: 100}, False)
    assert (seen.tags, seen.fence) == ({"c-d-7f3k2": NEW}, first(3))
    assert len(world.cloud.model.journal) == writes + 1


async def test_the_latest_revision_that_is_ready_is_followed(world: World) -> None:
    """One that does not start gets nothing."""
    world.cloud.model.faults.plan("api", Fault.UNHEALTHY)
    await world.api.stage("D-7F3K2", artifact(), first(1))
    world.clock.move(DELAY)
    await world.ended(await world.api.follow_latest(first(2)))
    assert (await world.api.observe()).serving == {OLD: 100}


async def test_a_preview_says_what_a_deploy_would_change_and_writes_nothing(world: World) -> None:
    """The name of a variable, and never its value."""
    world.console.move_traffic(NAME, {OLD: 100}, world.clock.now())
    world.console.set_variable(NAME, "FEATURE_X", "hunter2", world.clock.now())
    writes = len(world.cloud.model.journal)
    preview = await world.api.preview("D-7F3K2", artifact())
    assert preview.differences == (
        Difference(kind="variable", name="FEATURE_X", change=Change.ADDED),
    )
    assert preview.problem is None
    assert len(world.cloud.model.journal) == writes


async def test_a_preview_says_what_the_cloud_would_refuse(world: World) -> None:
    """In words, as a finding."""
    missing = Artifact(image=TARGET.image, version="v9", digest="sha256:" + "0" * 64)
    assert "not found" in ((await world.api.preview("D-7F3K2", missing)).problem or "")


async def test_a_preview_and_an_observation_know_the_same_settings(world: World) -> None:
    """A deploy leaves their fingerprint as it is; a change by hand does not."""
    before = (await world.api.preview("D-7F3K2", artifact())).template
    await world.staged()
    assert (await world.api.observe()).template == before
    world.console.set_variable(NAME, "FEATURE_X", "on", world.clock.now())
    assert (await world.api.observe()).template != before


@pytest.mark.parametrize("fence", [Fence(turn=1, step=1), Fence(turn=0, step=9)])
async def test_a_process_that_wakes_up_late_cannot_write(world: World, fence: Fence) -> None:
    """A lower fence is refused, whatever it wants to do."""
    await world.staged()
    await world.ended(await world.api.route({NEW: 100}, {}, first(3)))
    with pytest.raises(StaleWrite):
        await world.api.route({OLD: 100}, {}, fence)
    with pytest.raises(StaleWrite):
        await world.api.stage("D-OTHER", artifact("v1.3.0"), fence)
    with pytest.raises(StaleWrite):
        await world.api.follow_latest(fence)
    assert (await world.api.observe()).serving == {NEW: 100}
    assert (await world.api.observe()).fence == first(3)


async def test_somebody_who_was_faster_is_noticed(world: World) -> None:
    """The etag of the read no longer matches; nothing is written."""
    world.cloud.model.faults.plan("api", Fault.STALE)
    with pytest.raises(StaleWrite):
        await world.api.stage("D-7F3K2", artifact(), first(1))
    assert world.cloud.model.journal == []


async def test_a_revision_that_does_not_start_leaves_the_old_one_serving(world: World) -> None:
    """The operation and the revision both say why, in words with a way out."""
    world.cloud.model.faults.plan("api", Fault.UNHEALTHY)
    operation = await world.api.stage("D-7F3K2", artifact(), first(1))
    world.clock.move(DELAY)
    progress = await world.api.poll(operation)
    assert not progress.running
    assert progress.problem
    seen = await world.api.observe()
    assert seen.serving == {OLD: 100}
    assert seen.health is Health.FAILING
    assert "health check" in (seen.revisions[NEW].problem or "")
    assert not seen.revisions[NEW].ready


async def test_an_image_that_is_not_there_is_said(world: World) -> None:
    """By the revision, as Cloud Run pulls it only then."""
    missing = Artifact(image=TARGET.image, version="v9", digest="sha256:" + "0" * 64)
    await world.api.stage("D-7F3K2", missing, first(1))
    world.clock.move(DELAY)
    assert "image does not exist" in ((await world.api.observe()).problem or "")


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        (Fault.PERMISSION_DENIED, CloudRefused, "roles/run.developer"),
        (Fault.QUOTA, CloudUnavailable, "quota"),
        (Fault.UNAVAILABLE_BEFORE, CloudUnavailable, "does not answer"),
    ],
)
async def test_a_refused_write_is_explained(
    world: World, fault: Fault, kind: type[CloudUnavailable], says: str
) -> None:
    """What is missing is named."""
    world.cloud.model.faults.plan("api", fault)
    with pytest.raises(kind, match=says):
        await world.api.stage("D-7F3K2", artifact(), first(1))
    assert world.cloud.model.journal == []


async def test_a_cloud_that_is_away_is_an_error_and_not_an_empty_answer(world: World) -> None:
    """Google's client gives up with an error of another family; it is the same to us."""
    world.cloud.model.faults.away = True
    with pytest.raises(CloudUnavailable) as error:
        await world.api.observe()
    assert error.value.outcome is Outcome.NOT_DONE


async def test_an_operation_that_the_cloud_forgot_has_ended(world: World) -> None:
    """What it came to is found by observing."""
    assert not (await world.api.poll("projects/p/locations/l/operations/gone")).running
    assert not (await world.api.poll("")).running


async def test_a_service_that_does_not_exist_is_said() -> None:
    """By its name."""
    cloud = LocalCloud([], VirtualClock())
    await cloud.start()
    targets = GoogleCloudRunTargets(cloud.run_endpoint)
    with pytest.raises(CloudRefused, match="api does not exist"):
        await targets.open(TARGET).observe()
    await targets.aclose()
    await cloud.stop()


async def test_an_overview_shows_what_can_be_read(world: World) -> None:
    """One target that fails does not hide the others, and Google's client is loaded only now."""
    del world.cloud.model.services[NAME]
    lazy = LazyCloudRunTargets(world.cloud.run_endpoint)
    targets = samples.catalog().targets()
    seen = await lazy.survey(targets)
    assert set(seen) == {target.key for target in targets}
    broken = {key for key, found in seen.items() if isinstance(found, CloudUnavailable)}
    assert broken == {"api/production"}
    await lazy.aclose()
