"""Cloud Run beside other people: what is ours, what is theirs, and what is not known yet."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import samples
from clouds import DELAY, DEPLOY, NAME, NEW, OLD, TAG, TARGET, World, artifact, first, world_of_api
from google.cloud import run_v2

from adapters.local.cloud.console import Console
from adapters.local.cloud.faults import Fault
from adapters.local.cloud.seeds import digest_of
from adapters.local.cloud.server import QUOTA_REST
from bot.domain.errors import CloudRefused, CloudUnavailable, Outcome, StaleWrite
from bot.domain.observation import Fence, Health
from bot.domain.rollout import revision_of

UNLABELLED = f"{TARGET.image}:v1.3.0@{digest_of(TARGET.image, 'v1.3.0')}"
# Ours is one second here; the shortest of Google's own limits is ten.
SHORTER_THAN_GOOGLES = 8
PORT = run_v2.ContainerPort(container_port=8080)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """api in production, on v1.1.0."""
    async with world_of_api() as world:
        yield world


# ── What is ours ─────────────────────────────────────────────────────────────────────────────────


async def test_a_revision_made_from_our_template_by_others_is_not_ours(world: World) -> None:
    """A changed variable carries our label along; the deploy stays with the first revision."""
    await world.staged()
    world.console.set_variable(NAME, "LEVEL", "debug", world.clock.now())
    seen = await world.api.observe()
    assert seen.newest == "api-00004"
    assert {name: found.deploy for name, found in seen.revisions.items()} == {
        "api-00001": None,
        OLD: None,
        NEW: DEPLOY,
        "api-00004": None,
    }
    assert revision_of(samples.deploy(), seen) == NEW


async def test_an_image_deployed_by_others_does_not_get_our_version(world: World) -> None:
    """gcloud carries our annotations along to an image that they do not speak of."""
    await world.staged()
    world.console.deploy(NAME, UNLABELLED, world.clock.now())
    found = (await world.api.observe()).revisions["api-00004-gcl"]
    assert (found.version, found.deploy) == ("v1.3.0", None)
    assert found.digest == digest_of(TARGET.image, "v1.3.0")


async def test_an_image_of_others_without_a_tag_has_no_version(world: World) -> None:
    """Unknown is a value; the digest is what is known."""
    await world.staged()
    digest = digest_of(TARGET.image, "v1.3.0")
    world.console.deploy(NAME, f"{TARGET.image}@{digest}", world.clock.now())
    found = (await world.api.observe()).revisions["api-00004-gcl"]
    assert (found.version, found.digest) == (None, digest)


async def test_an_image_of_others_without_a_digest_has_the_tag_only(world: World) -> None:
    """A tag may have moved since: no digest is made up for it."""
    world.console.deploy(NAME, f"{TARGET.image}:v1.3.0", world.clock.now())
    found = (await world.api.observe()).revisions["api-00003-gcl"]
    assert (found.version, found.digest) == ("v1.3.0", None)


async def test_the_revision_of_a_deploy_is_found_behind_many_newer_ones(world: World) -> None:
    """More than a page of them."""
    await world.staged()
    for number in range(120):
        world.console.set_variable(NAME, "N", str(number), world.clock.now())
    seen = await world.api.observe()
    assert revision_of(samples.deploy(), seen) == NEW
    assert seen.revisions[NEW].ready


async def test_a_revision_that_serves_is_known_however_old_it_is(world: World) -> None:
    """It is asked for by its name when it is not on the first page."""
    for number in range(120):
        world.console.set_variable(NAME, "N", str(number), world.clock.now())
    world.console.move_traffic(NAME, {OLD: 100}, world.clock.now(), tags={"qa": "api-00001"})
    seen = await world.api.observe()
    assert seen.serving == {OLD: 100}
    assert seen.revisions[OLD].version == "v1.1.0"
    assert seen.revisions["api-00001"].version == "v1.0.0"


async def test_a_copy_of_our_mark_is_not_ours_when_the_original_is_gone(world: World) -> None:
    """Another image is not what was approved."""
    await world.staged()
    world.console.deploy(NAME, UNLABELLED, world.clock.now())
    del world.model.revisions[NAME][2]
    assert revision_of(samples.deploy(), await world.api.observe()) is None


async def test_a_stage_is_found_again_after_others_rewrote_service_and_template(
    world: World,
) -> None:
    """By the label of the revision, which nobody can change."""
    await world.staged()
    world.service.annotations.clear()
    del world.service.template.labels["signalbox-deploy"]
    writes = len(world.model.journal)
    assert await world.api.stage(DEPLOY, artifact(), first(1)) == ""
    assert len(world.model.journal) == writes


# ── What is theirs ───────────────────────────────────────────────────────────────────────────────


async def test_a_tag_that_follows_the_latest_revision_goes_on_to(world: World) -> None:
    """It is not nailed to what happens to be the latest now."""
    world.console.move_traffic(NAME, {"": 100}, world.clock.now(), tags={"next": ""})
    await world.tagged()
    seen = await world.api.observe()
    assert seen.serving == {OLD: 100}
    assert seen.tags == {"next": NEW, TAG: NEW}


async def test_a_tag_of_others_that_looks_like_ours_is_kept(world: World) -> None:
    """Only the exact form of a deploy's tag is ours."""
    tags = dict.fromkeys(("c-suite", "c-d-qa", "c-d-7f3k2-qa", "my-c-d-7f3k2"), "api-00001")
    world.console.move_traffic(NAME, {OLD: 100}, world.clock.now(), tags=tags)
    await world.tagged()
    assert (await world.api.observe()).tags == {**tags, TAG: NEW}


async def test_traffic_on_an_entry_with_a_tag_is_counted_and_both_are_kept(world: World) -> None:
    """One entry may carry both; a revision may stand in several."""
    target = run_v2.TrafficTarget(
        type_=run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION,
        revision=OLD,
        percent=60,
        tag="blue",
    )
    world.console.move_traffic(NAME, {OLD: 30, "api-00001": 70}, world.clock.now())
    world.service.traffic[1].percent = 10
    world.service.traffic = [target, *world.service.traffic]
    world.console.annotate(NAME, "settled", "yes", world.clock.now())
    assert (await world.api.observe()).serving == {OLD: 90, "api-00001": 10}
    await world.tagged()
    seen = await world.api.observe()
    assert seen.serving == {OLD: 90, "api-00001": 10}
    assert seen.tags == {"blue": OLD, TAG: NEW}


async def test_tagging_leaves_the_traffic_as_it_is(world: World) -> None:
    """Also when somebody let it follow the latest revision after our first write."""
    await world.staged()
    world.console.move_traffic(NAME, {"": 100}, world.clock.now())
    await world.ended(await world.api.route({}, {TAG: NEW}, first(2)))
    assert not (await world.api.observe()).pinned


async def test_variables_and_further_containers_are_kept(world: World) -> None:
    """The image is set on the container that runs it, and not on the proxy with the port."""
    api = run_v2.Container(
        image=f"{TARGET.image}:v1.1.0", env=[run_v2.EnvVar(name="LEVEL", value="info")]
    )
    proxy = run_v2.Container(image=f"{TARGET.image}-proxy:v1.0.0", ports=[PORT])
    world.model.publish(f"{TARGET.image}-proxy", "v1.0.0")
    world.service.template.containers = [proxy, api]
    await world.staged()
    template = world.service.template
    assert [each.image for each in template.containers] == [proxy.image, artifact().reference]
    assert template.containers[1].env[0].value == "info"
    found = (await world.api.observe()).revisions[NEW]
    assert (found.version, found.deploy, found.digest) == ("v1.2.0", DEPLOY, artifact().digest)


async def test_an_image_under_a_new_name_goes_to_the_container_with_the_port(world: World) -> None:
    """The others are sidecars."""
    world.model.publish("registry.example/moved", "v1")
    world.model.publish("registry.example/proxy", "v1")
    moved = run_v2.Container(image="registry.example/moved:v1", ports=[PORT])
    world.service.template.containers = [run_v2.Container(image="registry.example/proxy:v1"), moved]
    await world.staged()
    images = [each.image for each in world.service.template.containers]
    assert images == ["registry.example/proxy:v1", artifact().reference]


async def test_where_no_container_is_the_obvious_one_nothing_is_changed(world: World) -> None:
    """A guess might replace a sidecar."""
    world.service.template.containers = [run_v2.Container(image=name) for name in ("a", "b")]
    with pytest.raises(CloudRefused, match="2 containers"):
        await world.api.stage(DEPLOY, artifact(), first(1))
    assert world.model.journal == []


async def test_while_others_change_the_service_nothing_is_staged(world: World) -> None:
    """What serves is not settled; when it is, the deploy goes on."""
    slow = Console(model=world.model, who="eve@olympus.example", takes=timedelta(minutes=1))
    slow.deploy(NAME, UNLABELLED, world.clock.now())
    with pytest.raises(CloudUnavailable, match=r"being changed by eve@olympus\.example") as error:
        await world.api.stage(DEPLOY, artifact(), first(1))
    assert error.value.outcome is Outcome.NOT_DONE
    world.clock.move(timedelta(minutes=1))
    await world.ended(await world.api.stage(DEPLOY, artifact(), first(1)))
    seen = await world.api.observe()
    assert seen.serving == {"api-00003-gcl": 100}
    assert seen.revisions["api-00004"].deploy == DEPLOY


async def test_who_changed_the_service_last_is_known(world: World) -> None:
    """For the card of a deploy that stopped because of it."""
    world.console.move_traffic(NAME, {"api-00001": 100}, world.clock.now())
    assert (await world.api.observe()).last_modifier == "eve@olympus.example"


async def test_a_service_is_pinned_when_a_newer_revision_would_get_nothing(world: World) -> None:
    """Traffic by name pins; traffic to the latest does not, and no traffic at all does not."""
    pinned = []
    for split in ({OLD: 100}, {"": 50, OLD: 50}, {"": 100}):
        world.console.move_traffic(NAME, split, world.clock.now())
        pinned.append((await world.api.observe()).pinned)
    world.service.traffic = []
    assert [*pinned, (await world.api.observe()).pinned] == [True, False, False, False]


async def test_what_serves_nothing_yet_takes_its_first_revision_at_once(world: World) -> None:
    """There is nothing to protect, and no percentages that would sum to 100."""
    world.console.move_traffic(NAME, {"": 100}, world.clock.now(), tags={"qa": ""})
    world.service.traffic_statuses = []
    await world.staged()
    assert (await world.api.observe()).serving == {NEW: 100}


# ── Fences and repetition ────────────────────────────────────────────────────────────────────────


async def test_every_write_carries_the_etag_of_its_read_and_a_narrow_mask(world: World) -> None:
    """So that whoever was faster wins."""
    before = world.service.etag
    await world.staged()
    between = world.service.etag
    await world.ended(await world.api.route({NEW: 100}, {}, first(2)))
    assert [(write.etag, write.paths) for write in world.model.journal] == [
        (before, ("template", "traffic", "annotations")),
        (between, ("traffic", "annotations")),
    ]


async def test_an_order_that_an_earlier_life_of_the_process_has_passed_is_not_written(
    world: World,
) -> None:
    """After the store lost its last writes, the same turn repeats a step that the cloud has."""
    await world.tagged()
    await world.ended(await world.api.route({NEW: 100}, {}, first(3)))
    assert await world.api.stage(DEPLOY, artifact(), first(1)) == ""
    assert await world.api.route({}, {TAG: NEW}, first(2)) == ""
    assert len(world.model.journal) == 3


async def test_the_same_traffic_is_refused_to_an_older_turn(world: World) -> None:
    """Its owner has changed, even if nothing would be different."""
    await world.tagged()
    await world.ended(await world.api.route({NEW: 100}, {}, Fence(turn=2, step=1)))
    with pytest.raises(StaleWrite, match=r"\(2\.1\).*\(1\.3\)"):
        await world.api.route({NEW: 100}, {}, first(3))


async def test_a_newer_turn_writes_its_fence_even_when_the_traffic_is_right(world: World) -> None:
    """Otherwise the older one could still write."""
    await world.tagged()
    await world.ended(await world.api.route({NEW: 100}, {}, first(3)))
    await world.ended(await world.api.route({NEW: 100}, {}, Fence(turn=2, step=1)))
    assert (await world.api.observe()).fence == Fence(turn=2, step=1)


async def test_a_later_step_writes_its_fence_even_when_the_traffic_is_right(world: World) -> None:
    """An earlier step of the same deploy that wakes up late is refused from then on."""
    await world.tagged()
    await world.ended(await world.api.route({OLD: 100}, {}, first(3)))
    with pytest.raises(StaleWrite):
        await world.api.route({NEW: 100}, {}, first(2))


@pytest.mark.parametrize("tag", [TAG, "qa"])
async def test_a_tag_is_moved_to_the_revision_that_it_is_wanted_on(world: World, tag: str) -> None:
    """It stands there once."""
    world.console.move_traffic(NAME, {OLD: 100}, world.clock.now(), tags={"qa": "api-00001"})
    await world.tagged()
    await world.ended(await world.api.route({}, {tag: OLD}, first(3)))
    assert (await world.api.observe()).tags[tag] == OLD


async def test_the_tag_of_what_served_until_now_stays_for_a_way_back(world: World) -> None:
    """It makes room with the deploy after the next."""
    await world.tagged()
    await world.ended(await world.api.route({NEW: 100}, {}, first(3)))
    second = Fence(turn=2, step=1)
    await world.ended(await world.api.stage("D-NEXT0", artifact("v1.3.0"), second))
    await world.ended(await world.api.route({"api-00004": 100}, {"c-d-next0": "api-00004"}, second))
    assert (await world.api.observe()).tags == {TAG: NEW, "c-d-next0": "api-00004"}


async def test_removing_a_tag_clears_no_other_away(world: World) -> None:
    """Only who sets a tag makes room: the way back of the deploy before is nobody's rest yet."""
    world.console.move_traffic(NAME, {OLD: 100}, world.clock.now(), tags={"qa": OLD})
    await world.tagged()
    await world.ended(await world.api.route({}, {"qa": None}, first(3)))
    assert (await world.api.observe()).tags == {TAG: NEW}


async def test_who_follows_the_latest_keeps_tags_that_follow_it_too(world: World) -> None:
    """And those of others; a newer turn writes its fence even when nothing else changes."""
    tags = {"next": "", "qa": "api-00001"}
    world.console.move_traffic(NAME, {"": 100}, world.clock.now(), tags=tags)
    await world.ended(await world.api.follow_latest(first(1)))
    await world.ended(await world.api.follow_latest(Fence(turn=2, step=1)))
    seen = await world.api.observe()
    assert (seen.tags, seen.serving) == ({"next": OLD, "qa": "api-00001"}, {OLD: 100})
    assert seen.fence == Fence(turn=2, step=1)
    assert world.model.journal[-1].tags == tags


@pytest.mark.parametrize("garbled", ["", "2", "2.x", "-1.0", "².1"])
async def test_a_garbled_fence_counts_as_none(world: World, garbled: str) -> None:
    """Reading never fails on it, and the next write mends it."""
    world.console.annotate(NAME, "signalbox.dev/fence", garbled, world.clock.now())
    assert (await world.api.observe()).fence == Fence(turn=0, step=0)
    await world.staged()
    assert (await world.api.observe()).fence == first(1)


async def test_a_route_whose_answer_was_lost_is_not_written_again(world: World) -> None:
    """The repetition finds its own fence and its own traffic."""
    await world.tagged()
    world.model.faults.plan("api", Fault.UNAVAILABLE_AFTER)
    with pytest.raises(CloudUnavailable) as error:
        await world.api.route({NEW: 100}, {}, first(3))
    assert error.value.outcome is Outcome.UNKNOWN
    assert await world.api.route({NEW: 100}, {}, first(3)) == ""
    assert len(world.model.journal) == 3


# ── What is not known yet, and what went wrong ───────────────────────────────────────────────────


async def test_an_operation_that_was_forgotten_has_ended(world: World) -> None:
    """The API keeps them for a while only; what became of it is observed."""
    operation = await world.api.stage(DEPLOY, artifact(), first(1))
    world.clock.move(DELAY)
    world.model.settle(world.clock.now())
    world.model.forget_operations()
    progress = await world.api.poll(operation)
    assert (progress.running, progress.problem) == (False, None)
    assert (await world.api.observe()).revisions[NEW].ready


async def test_an_operation_that_is_stuck_keeps_running(world: World) -> None:
    """Whoever waits for it has a limit of their own."""
    world.model.faults.plan("api", Fault.STUCK)
    operation = await world.api.stage(DEPLOY, artifact(), first(1))
    world.clock.move(timedelta(hours=5))
    assert (await world.api.poll(operation)).running
    seen = await world.api.observe()
    assert (seen.health, seen.serving) == (Health.CHANGING, {OLD: 100})


async def test_a_failed_operation_says_why_and_what_to_do(world: World) -> None:
    """Google's sentence stands behind ours."""
    world.model.faults.plan("api", Fault.UNHEALTHY)
    operation = await world.api.stage(DEPLOY, artifact(), first(1))
    world.clock.move(DELAY)
    problem = (await world.api.poll(operation)).problem
    seen = await world.api.observe()
    assert problem == seen.problem == seen.revisions[NEW].problem
    assert problem == (
        "The container did not pass its start-up health check. Look at its logs. "
        "(The user-provided container failed to start and listen on the port.)"
    )


async def test_a_failed_change_is_failing_although_its_generation_was_never_observed(
    world: World,
) -> None:
    """Cloud Run keeps the generation of what serves; that is no change under way."""
    world.model.faults.plan("api", Fault.UNHEALTHY)
    await world.api.stage(DEPLOY, artifact(), first(1))
    world.clock.move(DELAY)
    seen = await world.api.observe()
    assert world.service.observed_generation < world.service.generation
    assert (seen.health, seen.serving) == (Health.FAILING, {OLD: 100})


async def test_traffic_to_a_failed_revision_names_the_cause_and_not_the_symptom(
    world: World,
) -> None:
    """Cloud Run then says of the service only that the revision is not ready."""
    world.model.faults.plan("api", Fault.UNHEALTHY)
    await world.api.stage(DEPLOY, artifact(), first(1))
    world.clock.move(DELAY)
    world.console.move_traffic(NAME, {NEW: 100}, world.clock.now())
    seen = await world.api.observe()
    assert (seen.health, seen.serving) == (Health.FAILING, {OLD: 100})
    assert "health check" in (seen.problem or "")


async def test_a_target_that_reconciles_is_changing(world: World) -> None:
    """Even when everything else agrees."""
    world.service.reconciling = True
    assert (await world.api.observe()).health is Health.CHANGING


async def test_a_target_whose_newest_wish_was_not_observed_yet_is_changing(world: World) -> None:
    """Even when the API does not call it reconciling any more."""
    world.service.observed_generation -= 1
    assert (await world.api.observe()).health is Health.CHANGING


async def test_a_target_whose_traffic_is_not_what_was_asked_for_is_changing(world: World) -> None:
    """Even when everything else agrees."""
    world.service.traffic_statuses[0].percent = 99
    assert (await world.api.observe()).health is Health.CHANGING


async def test_without_any_condition_the_health_is_unknown(world: World) -> None:
    """Never a green light."""
    world.service.terminal_condition = None
    assert (await world.api.observe()).health is Health.UNKNOWN


async def test_a_read_is_repeated_while_the_api_is_unavailable(world: World) -> None:
    """One hiccup is nobody's business."""
    world.model.faults.plan_reads("api", Fault.UNAVAILABLE_BEFORE)
    assert (await world.api.observe()).health is Health.READY


async def test_a_write_is_never_repeated_by_itself(world: World) -> None:
    """The second one would succeed; it is not sent."""
    world.model.faults.plan("api", Fault.UNAVAILABLE_BEFORE)
    with pytest.raises(CloudUnavailable) as error:
        await world.api.stage(DEPLOY, artifact(), first(1))
    assert error.value.outcome is Outcome.UNKNOWN
    assert world.model.journal == []


@pytest.mark.parametrize("passed", [0, 1])
async def test_a_read_that_hangs_ends_by_itself(world: World, passed: int) -> None:
    """Of the service, and of its revisions, for which Google's own default is to wait for ever."""
    world.model.faults.plan_reads("api", *[Fault.STUCK] * passed, Fault.HANGS)
    with pytest.raises(CloudUnavailable, match="does not answer") as error:
        await asyncio.wait_for(world.api.observe(), SHORTER_THAN_GOOGLES)
    assert error.value.outcome is Outcome.NOT_DONE


async def test_an_operation_that_hangs_ends_by_itself(world: World) -> None:
    """Here, too, Google's default is to wait for ever."""
    operation = await world.api.stage(DEPLOY, artifact(), first(1))
    world.model.faults.plan_reads("api", Fault.HANGS)
    with pytest.raises(CloudUnavailable, match="does not answer"):
        await asyncio.wait_for(world.api.poll(operation), SHORTER_THAN_GOOGLES)


async def test_a_write_that_hangs_ends_by_itself_with_an_unknown_outcome(world: World) -> None:
    """After our own limit."""
    world.model.faults.plan("api", Fault.HANGS)
    with pytest.raises(CloudUnavailable) as error:
        await asyncio.wait_for(world.api.stage(DEPLOY, artifact(), first(1)), SHORTER_THAN_GOOGLES)
    assert error.value.outcome is Outcome.UNKNOWN


async def test_a_missing_permission_is_named_with_the_role_that_gives_it(world: World) -> None:
    """The one for reading is a smaller one."""
    world.model.faults.plan_reads("api", Fault.PERMISSION_DENIED)
    with pytest.raises(CloudRefused) as error:
        await world.api.observe()
    assert str(error.value) == (
        "The bot's account lacks the permission run.services.get for Cloud Run service api. "
        "Grant it roles/run.viewer."
    )


async def test_a_quota_names_how_long_to_wait(world: World) -> None:
    """Because Google does."""
    world.model.faults.plan("api", Fault.QUOTA)
    with pytest.raises(CloudUnavailable) as error:
        await world.api.stage(DEPLOY, artifact(), first(1))
    assert error.value.retry_after == timedelta(seconds=QUOTA_REST)
    assert error.value.outcome is Outcome.NOT_DONE
