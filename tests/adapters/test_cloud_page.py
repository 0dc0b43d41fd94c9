"""The page of the simulated cloud over HTTP: what it shows and does, and whom it keeps out."""

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import samples
from clouds import DELAY, NAME, NEW, OLD, TAG, TARGET, World, world_of_api
from google.cloud.run_v2.types import EnvVar
from yarl import URL

from adapters.local.cloud.behaviour import Behaviour
from adapters.local.cloud.faults import Fault
from bot.domain.errors import CloudUnavailable

Json = dict[str, Any]
IMAGE = TARGET.image
OWN = {"X-Cloud-Console": "1"}
FIRST = "api-00001"


class Looking:
    """The page, so to speak."""

    def __init__(self, world: World, http: aiohttp.ClientSession) -> None:
        self.world = world
        self.http = http

    @property
    def url(self) -> str:
        """The address of the page."""
        return self.world.cloud.console_url

    async def state(self) -> Json:
        """What is shown."""
        async with self.http.get(f"{self.url}/state") as answer:
            assert answer.status == 200
            found: Json = await answer.json()
            return found

    async def post(self, path: str, **body: Any) -> tuple[int, Json]:
        """Do something."""
        async with self.http.post(f"{self.url}/{path}", json=body, headers=OWN) as answer:
            return answer.status, await answer.json()

    async def do(self, path: str, **body: Any) -> Json:
        """Do something that is done; the answer is what is shown then."""
        status, answer = await self.post(path, **body)
        assert status == 200, answer
        assert answer == await self.state()
        return answer

    async def refused(self, path: str, **body: Any) -> str:
        """Do something that is refused; why."""
        before = await self.state()
        status, answer = await self.post(path, **body)
        assert (status, before) == (400, await self.state()), answer
        return str(answer["error"])


@pytest.fixture
async def look() -> AsyncIterator[Looking]:
    """api in production, on v1.1.0."""
    async with world_of_api() as world, aiohttp.ClientSession() as http:
        yield Looking(world, http)


def api(state: Json) -> Json:
    """api in production."""
    return next(each for each in state["services"] if each["resource"] == NAME)


def revision(state: Json, name: str) -> Json:
    """One of its revisions."""
    return next(each for each in api(state)["revisions"] if each["name"] == name)


def version(state: Json, name: str) -> Json:
    """A version of its image."""
    return next(each for each in state["versions"][IMAGE] if each["version"] == name)


# ── What is shown ────────────────────────────────────────────────────────────────────────────────


async def test_every_service_is_shown_and_production_first(look: Looking) -> None:
    state = await look.state()
    targets = {target.place.resource for target in samples.catalog().targets()}
    assert {service["resource"] for service in state["services"]} == targets
    assert state["environments"][0] == "production"
    assert set(state["environments"]) == {each["environment"] for each in state["services"]}
    assert state["outages"] == {"cloud": False, "metrics": False}


async def test_a_service_is_shown_with_its_revisions_newest_first(look: Looking) -> None:
    found = api(await look.state())
    assert (found["project"], found["environment"]) == (TARGET.place.project, "production")
    assert (found["load"], found["traffic"]) == (40.0, {OLD: 100})
    assert (found["reconciling"], found["changed_by"]) == (False, "ci@olympus.example")
    assert [each["name"] for each in found["revisions"]] == [OLD, FIRST]
    serving, idle = found["revisions"]
    assert (serving["version"], serving["state"], serving["percent"]) == ("v1.1.0", "ready", 100)
    assert serving["digest"] == version(await look.state(), "v1.1.0")["digest"]
    assert (serving["behaviour"], serving["error_share"], serving["p95"]) == ("healthy", 0.001, 180)
    assert (idle["error_share"], idle["p95"], idle["percent"]) == (None, None, 0)


async def test_a_revision_is_starting_until_it_is_ready_or_has_failed(look: Looking) -> None:
    world = look.world
    for fault, end in ((None, "ready"), (Fault.UNHEALTHY, "failed")):
        if fault:
            world.model.faults.plan("api", fault)
        change = world.model.service(NAME, world.clock.now())
        change.template.containers[0].env = [EnvVar(name="A", value=end)]
        world.model.update(change, ("template",), world.clock.now())
        for moment in ("starting", end):
            service = api(await look.state())
            assert service["reconciling"] is (moment == "starting")
            assert service["revisions"][0]["state"] == moment
            world.clock.move(DELAY)


async def test_a_preview_is_shown_by_its_tag(look: Looking) -> None:
    await look.world.tagged()
    staged = revision(await look.state(), NEW)
    assert (staged["state"], staged["tags"], staged["percent"]) == ("ready", [TAG], 0)


# ── What is done ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("behaviour", Behaviour)
async def test_a_revision_behaves_as_chosen(look: Looking, behaviour: Behaviour) -> None:
    """And is seen to, in the numbers that go with it; the others stay as they are."""
    state = await look.do("behave", service=NAME, revision=OLD, behaviour=behaviour.value)
    numbers = next(each for each in state["behaviours"] if each["name"] == behaviour.value)
    found = revision(state, OLD)
    assert found["behaviour"] == behaviour.value
    assert (found["error_share"], found["p95"]) == (numbers["error_share"], numbers["p95"])
    assert revision(state, FIRST)["behaviour"] == "healthy"
    assert (
        look.world.cloud.workload.behaviour(
            look.world.model.revisions[NAME][-1], look.world.clock.now()
        )
        == behaviour
    )


async def test_a_version_can_be_made_bad_before_it_is_deployed(look: Looking) -> None:
    """What runs it later behaves so, and so does what runs it already."""
    state = await look.do("behave", image=IMAGE, version="v1.2.0", behaviour="errors")
    assert version(state, "v1.2.0")["behaviour"] == "errors"
    assert revision(state, OLD)["behaviour"] == "healthy"
    await look.world.staged()
    assert revision(await look.state(), NEW)["behaviour"] == "errors"

    state = await look.do("behave", image=IMAGE, version="v1.1.0", behaviour="slow")
    assert revision(state, OLD)["behaviour"] == "slow"


async def test_versions_that_are_bad_on_purpose_are_shown_as_such(look: Looking) -> None:
    state = await look.state()
    bad = {each["version"]: each["behaviour"] for each in state["versions"][IMAGE]}
    assert {name: how for name, how in bad.items() if how != "healthy"} == {
        "v1.4.0-bad": "errors",
        "v1.4.0-slow": "slow",
        "v1.4.0-crash": "crash-looping",
    }


@pytest.mark.parametrize("load", [0, 0.5, 120, 10_000])
async def test_the_load_is_set(look: Looking, load: float) -> None:
    state = await look.do("load", service=NAME, per_second=load)
    assert api(state)["load"] == load
    assert [each["load"] for each in state["services"] if each["resource"] != NAME] == [40.0] * 5


async def test_traffic_is_moved_by_a_person_past_signalbox(look: Looking) -> None:
    """At once; tags stay where they are."""
    await look.world.tagged()
    state = await look.do("traffic", service=NAME, split={OLD: 70, FIRST: 30, NEW: 0})
    assert api(state)["traffic"] == {OLD: 70, FIRST: 30}
    assert api(state)["changed_by"] == state["person"] == "sam@olympus.example"
    assert revision(state, NEW)["tags"] == [TAG]
    seen = await look.world.api.observe()
    assert (seen.serving, seen.tags) == ({OLD: 70, FIRST: 30}, {TAG: NEW})


async def test_the_cloud_is_taken_away_and_brought_back(look: Looking) -> None:
    """For everybody but the page, which can bring it back."""
    state = await look.do("fault", fault="cloud", on=True)
    assert state["outages"] == {"cloud": True, "metrics": False}
    with pytest.raises(CloudUnavailable):
        await look.world.api.observe()
    await look.do("behave", service=NAME, revision=OLD, behaviour="slow")
    await look.do("fault", fault="cloud", on=False)
    await look.world.api.observe()


async def test_the_metrics_alone_are_taken_away(look: Looking) -> None:
    state = await look.do("fault", fault="metrics", on=True)
    assert state["outages"] == {"cloud": False, "metrics": True}
    assert look.world.model.faults.blind
    await look.world.api.observe()


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("behave", {"service": NAME, "revision": OLD, "behaviour": "lazy"}, "“behaviour”"),
        ("behave", {"service": NAME, "revision": "x", "behaviour": "slow"}, "'x' was not found"),
        ("behave", {"service": "x", "revision": OLD, "behaviour": "slow"}, "'x' was not found"),
        ("behave", {"service": NAME, "behaviour": "slow"}, "a service and a revision"),
        ("behave", {"behaviour": "slow"}, "a service and a revision"),
        ("behave", {"service": NAME, "revision": OLD}, "“behaviour”: Field required."),
        ("behave", {"image": IMAGE, "version": "v9", "behaviour": "slow"}, f"no {IMAGE}:v9"),
        ("behave", {"image": "x", "version": "v1.2.0", "behaviour": "slow"}, "no x:v1.2.0"),
        (
            "behave",
            {"image": IMAGE, "version": "v1.2.0", "service": NAME, "behaviour": "slow"},
            "a service and a revision",
        ),
        ("load", {"service": NAME, "per_second": -1}, "“per_second”"),
        ("load", {"service": NAME, "per_second": 10_001}, "“per_second”"),
        ("load", {"service": NAME, "per_second": "40"}, "“per_second”"),
        ("load", {"service": NAME, "per_second": None}, "“per_second”"),
        ("load", {"service": NAME, "per_second": True}, "“per_second”"),
        ("load", {"service": NAME, "per_second": float("nan")}, "“per_second”"),
        ("load", {"service": NAME, "per_second": 1, "more": 1}, "“more”"),
        ("load", {"service": "x", "per_second": 1}, "'x' was not found"),
        ("traffic", {"service": NAME, "split": {OLD: 99}}, "must sum to 100 percent"),
        ("traffic", {"service": NAME, "split": {OLD: 50, "x": 50}}, "'x' could not be found"),
        ("traffic", {"service": NAME, "split": {OLD: 150, FIRST: -50}}, "“split"),
        ("traffic", {"service": NAME, "split": {OLD: 99.5, FIRST: 0.5}}, "“split"),
        ("traffic", {"service": NAME, "split": {}}, "“split”"),
        ("traffic", {"service": NAME, "split": {OLD: 0}}, "must sum to 100 percent"),
        ("traffic", {"service": "x", "split": {OLD: 100}}, "no service x"),
        ("fault", {"fault": "power", "on": True}, "“fault”"),
        ("fault", {"fault": "cloud", "on": "yes"}, "“on”"),
    ],
)
async def test_what_cannot_be_is_refused_with_words(
    look: Looking, path: str, body: Json, why: str
) -> None:
    """And nothing is changed."""
    assert why in await look.refused(path, **body)


async def test_traffic_goes_to_no_revision_that_is_not_ready(look: Looking) -> None:
    world = look.world
    world.model.faults.plan("api", Fault.UNHEALTHY)
    world.console.set_variable(NAME, "A", "1", world.clock.now())
    name = api(await look.state())["revisions"][0]["name"]
    said = await look.refused("traffic", service=NAME, split={name: 100})
    assert said == f"{name} is not ready, so it cannot serve."


@pytest.mark.parametrize("body", ["", "{", "[]", "7"])
async def test_what_is_no_json_object_is_refused_with_words(look: Looking, body: str) -> None:
    async with look.http.post(f"{look.url}/load", data=body, headers=OWN) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]


# ── Who is kept out ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["", "/state", "/app.js"])
async def test_a_foreign_host_name_is_refused(look: Looking, path: str) -> None:
    headers = {"Host": "evil.example:80"}
    async with look.http.get(look.url + path, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Workspace": "1"},
        {**OWN, "Origin": "https://evil.example"},
        {**OWN, "Origin": "null"},
        {**OWN, "Sec-Fetch-Site": "cross-site"},
        # Another port of this machine is another page.
        {**OWN, "Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["behave", "load", "traffic", "fault"])
async def test_another_page_cannot_act(look: Looking, path: str, headers: dict[str, str]) -> None:
    body = {"fault": "cloud", "on": True}
    async with look.http.post(f"{look.url}/{path}", json=body, headers=headers) as answer:
        assert answer.status == 403
    assert not look.world.model.faults.away


async def test_another_page_cannot_read(look: Looking) -> None:
    headers = {"Origin": "https://evil.example"}
    async with look.http.get(f"{look.url}/state", headers=headers) as answer:
        assert answer.status == 403


# ── Its files ────────────────────────────────────────────────────────────────────────────────────


async def test_every_file_that_the_page_names_is_served(look: Looking) -> None:
    """Under a policy that lets nothing in from elsewhere."""
    async with look.http.get(look.url) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        policy = answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|style=|<script>|\son\w+=", page)
    named = set(re.findall(r'(?:href|src)="/console/([^"]+)"', page))
    modules: dict[str, str] = {}
    for name in named:
        async with look.http.get(f"{look.url}/{name}") as answer:
            assert answer.status == 200, name
            assert answer.headers["Content-Security-Policy"] == policy
            modules[name] = await answer.text()
    imported = {
        name for text in modules.values() for name in re.findall(r'from "\./([\w.]+)"', text)
    }
    assert imported <= named


@pytest.mark.parametrize(
    "path", ["/nothing.js", "/index.html", "/..%2Fserver.py", "/%2e%2e/server.py", "/ui/app.js"]
)
async def test_nothing_else_is_served(look: Looking, path: str) -> None:
    async with look.http.get(URL(look.url + path, encoded=True)) as answer:
        assert answer.status == 404
