"""What simulated revisions do: the answers of their containers, and the overview of all of them."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import aiohttp
import pytest
import samples
from clouds import DELAY, NAME, NEW, OLD, TAG, TARGET, World, artifact, first, world_of_api

from adapters.local.cloud.behaviour import PROFILES, Behaviour, RunningRevision, RunningService
from adapters.local.cloud.faults import Fault
from adapters.local.cloud.states import Refusal

PATH = "/healthz"


class Visiting:
    """A browser, so to speak."""

    def __init__(self, world: World, http: aiohttp.ClientSession) -> None:
        self.world = world
        self.http = http

    async def get(self, url: str) -> tuple[int, str]:
        """The status of an answer, and which revision gave it."""
        async with self.http.get(url) as answer:
            return answer.status, answer.headers.get("X-Revision", "")

    def behave(self, revision: str, behaviour: Behaviour) -> None:
        """Let a revision of api behave in a way."""
        self.world.cloud.workload.behave(NAME, revision, behaviour, self.world.clock.now())

    def seen(self) -> RunningService:
        """api in production, as the overview shows it."""
        overview = self.world.cloud.workload.overview(self.world.clock.now())
        return next(service for service in overview if service.resource == NAME)

    def revisions(self) -> Mapping[str, RunningRevision]:
        """Its revisions by name."""
        return {each.name: each for each in self.seen().revisions}


@pytest.fixture
async def visit() -> AsyncIterator[Visiting]:
    """api in production, on v1.1.0."""
    async with world_of_api() as world, aiohttp.ClientSession() as http:
        yield Visiting(world, http)


# ── Over HTTP ────────────────────────────────────────────────────────────────────────────────────


async def test_a_service_answers_at_the_address_that_it_names(visit: Visiting) -> None:
    """With any path, and on this machine only."""
    uri = visit.world.service.uri
    assert uri.startswith("http://127.0.0.1:")
    for path in ("", "/", PATH, "/a/b/c"):
        assert await visit.get(uri + path) == (200, OLD)


async def test_a_preview_is_answered_by_its_own_revision(visit: Visiting) -> None:
    """While everything else goes to what serves."""
    await visit.world.tagged()
    preview = (await visit.world.api.observe()).previews[TAG]
    assert await visit.get(preview + PATH) == (200, NEW)
    assert await visit.get(visit.world.service.uri + PATH) == (200, OLD)


async def test_requests_are_shared_out_as_the_split_says(visit: Visiting) -> None:
    """Any hundred in a row exactly."""
    visit.world.console.move_traffic(NAME, {OLD: 95, "api-00001": 5}, visit.world.clock.now())
    uri = visit.world.service.uri
    for skipped in (0, 33):
        for _ in range(skipped):
            await visit.get(uri)
        answers = Counter([(await visit.get(uri))[1] for _ in range(100)])
        assert answers == {OLD: 95, "api-00001": 5}


async def test_a_few_requests_are_shared_out_nearly_so(visit: Visiting) -> None:
    """Nobody waits for fifty before the other half has its turn."""
    visit.world.console.move_traffic(NAME, {OLD: 50, "api-00001": 50}, visit.world.clock.now())
    answers = Counter([(await visit.get(visit.world.service.uri))[1] for _ in range(10)])
    assert set(answers.values()) <= {4, 5, 6}


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        (Behaviour.HEALTHY, 200),
        (Behaviour.ERRORS, 200),
        (Behaviour.SLOW, 200),
        (Behaviour.CRASHING, 503),
        (Behaviour.COLD, 200),
    ],
)
async def test_a_probe_shows_the_behaviour(
    visit: Visiting, behaviour: Behaviour, status: int
) -> None:
    """By its status; being slow is told in a header and not done, as nobody wants to wait."""
    visit.behave(OLD, behaviour)
    async with visit.http.get(visit.world.service.uri + PATH) as answer:
        assert (answer.status, answer.headers["X-Behaviour"]) == (status, behaviour.value)
    visit.behave(OLD, Behaviour.HEALTHY)
    assert await visit.get(visit.world.service.uri + PATH) == (200, OLD)


@pytest.mark.parametrize(
    ("version", "status"), [("v1.4.0-bad", 200), ("v1.4.0-crash", 503), ("v1.4.0-slow", 200)]
)
async def test_a_bad_version_becomes_ready_and_shows_itself_to_a_probe(
    visit: Visiting, version: str, status: int
) -> None:
    """The cloud finds it good: it is for others to look."""
    await visit.world.ended(await visit.world.api.stage("D-7F3K2", artifact(version), first(1)))
    await visit.world.ended(await visit.world.api.route({}, {TAG: NEW}, first(2)))
    seen = await visit.world.api.observe()
    assert seen.revisions[NEW].ready
    assert await visit.get(seen.previews[TAG] + PATH) == (status, NEW)


async def test_a_revision_that_never_started_answers_nothing(visit: Visiting) -> None:
    """Neither under a tag nor, where nothing serves, under the service's own address."""
    visit.world.model.faults.plan("api", Fault.UNHEALTHY)
    await visit.world.api.stage("D-7F3K2", artifact(), first(1))
    visit.world.clock.move(DELAY)
    await visit.world.ended(await visit.world.api.route({}, {TAG: NEW}, first(2)))
    preview = (await visit.world.api.observe()).previews[TAG]
    assert await visit.get(preview) == (503, "")
    visit.world.service.traffic_statuses = []
    assert await visit.get(visit.world.service.uri) == (503, "")


async def test_an_address_that_leads_nowhere_is_not_found(visit: Visiting) -> None:
    """Neither a tag that is not set, nor a service that is not there."""
    uri = visit.world.service.uri
    assert await visit.get(uri.removesuffix("-") + "nobody/healthz") == (404, "")
    assert await visit.get(uri.replace("/api/", "/nothing/")) == (404, "")


async def test_an_address_is_right_whoever_set_the_tag_and_when(visit: Visiting) -> None:
    """The split is settled by whoever comes first, be it a probe."""
    await visit.world.staged()
    await visit.world.api.route({NEW: 100}, {}, first(2))
    assert await visit.get(visit.world.service.uri) == (200, OLD)
    visit.world.clock.move(DELAY)
    assert await visit.get(visit.world.service.uri) == (200, NEW)


# ── Overview ─────────────────────────────────────────────────────────────────────────────────────


async def test_the_overview_shows_what_runs_where(visit: Visiting) -> None:
    """Of every service, with its revisions newest first."""
    overview = visit.world.cloud.workload.overview(visit.world.clock.now())
    assert [each.resource for each in overview] == [
        target.place.resource for target in samples.catalog().targets()
    ]
    api = visit.seen()
    assert (api.project, api.name, api.load) == ("olympus-production", "api", 40)
    assert api.uri == visit.world.service.uri
    assert api.traffic == {OLD: 100}
    assert [each.name for each in api.revisions] == [OLD, "api-00001"]
    old, first_one = api.revisions
    assert (old.version, old.digest) == ("v1.1.0", artifact("v1.1.0").digest)
    assert (old.ready, old.percent, old.behaviour) == (True, 100, Behaviour.HEALTHY)
    assert (old.error_share, old.p95) == (0.001, 180)
    assert (first_one.percent, first_one.error_share, first_one.p95) == (0, None, None)
    assert first_one.created < old.created < samples.NOW


async def test_the_overview_follows_a_deploy(visit: Visiting) -> None:
    """Its tag, its share and how it does; also an image that is known by its digest only."""
    await visit.world.ended(
        await visit.world.api.stage("D-7F3K2", artifact("v1.4.0-slow"), first(1))
    )
    await visit.world.ended(await visit.world.api.route({OLD: 90, NEW: 10}, {TAG: NEW}, first(2)))
    assert visit.seen().traffic == {OLD: 90, NEW: 10}
    new = visit.revisions()[NEW]
    assert (new.version, new.percent, new.tags) == ("v1.4.0-slow", 10, (TAG,))
    assert (new.behaviour, new.p95) == (Behaviour.SLOW, PROFILES[Behaviour.SLOW].p95)
    visit.behave(NEW, Behaviour.CRASHING)
    assert visit.revisions()[NEW].error_share == 1


async def test_the_overview_shows_a_cold_revision_warm_up(visit: Visiting) -> None:
    """It is cold by nature, and slow for a minute."""
    visit.behave(OLD, Behaviour.COLD)
    slow = visit.revisions()[OLD].p95
    visit.world.clock.move(timedelta(minutes=1))
    assert (slow, visit.revisions()[OLD].p95) == (2600, 180)
    assert visit.revisions()[OLD].behaviour is Behaviour.COLD


async def test_the_overview_knows_nothing_of_the_errors_of_an_idle_service(
    visit: Visiting,
) -> None:
    """Unknown is a value."""
    visit.world.cloud.workload.load(NAME, 0, visit.world.clock.now())
    assert visit.seen().load == 0
    assert visit.revisions()[OLD].error_share is None


async def test_a_revision_that_did_not_start_is_not_ready_in_the_overview(
    visit: Visiting,
) -> None:
    """And an image without a tag that the registry knows has no version."""
    visit.world.model.faults.plan("api", Fault.UNHEALTHY)
    unknown = f"{TARGET.image}@sha256:{'0' * 64}"
    for image in (artifact().reference, unknown, f"{TARGET.image}:v9"):
        visit.world.console.deploy(NAME, image, visit.world.clock.now())
    found = visit.seen().revisions[:3]
    assert [(each.ready, each.version) for each in found] == [
        (False, "v9"),
        (False, None),
        (False, "v1.2.0"),
    ]
    assert found[0].digest is None


async def test_what_is_not_there_cannot_be_steered(visit: Visiting) -> None:
    """A typing error is not taken for a wish."""
    workload, now = visit.world.cloud.workload, visit.world.clock.now()
    with pytest.raises(Refusal, match="api-00009"):
        workload.behave(NAME, "api-00009", Behaviour.SLOW, now)
    with pytest.raises(Refusal, match="apix"):
        workload.behave(NAME + "x", OLD, Behaviour.SLOW, now)
    with pytest.raises(Refusal, match="apix"):
        workload.load(NAME + "x", 1, now)
    with pytest.raises(ValueError, match="-1"):
        workload.load(NAME, -1, now)
