"""Image registries, at the wire."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
import samples
from aiohttp import web
from aiohttp.typedefs import Handler
from clouds import TARGET, artifact
from fakes import VirtualClock

from adapters.gcp.registry import OciRegistry
from adapters.local.cloud.seeds import seeds_of
from adapters.local.cloud.server import QUOTA_REST, LocalCloud
from bot.domain.errors import CloudRefused, CloudUnavailable


async def no_token() -> str:
    """The simulated registry asks for none."""
    raise AssertionError("a token was asked for")


@pytest.fixture
async def cloud() -> AsyncIterator[LocalCloud]:
    """A cloud with the images of the sample catalog."""
    cloud = LocalCloud(seeds_of(samples.catalog().targets()), VirtualClock())
    await cloud.start()
    yield cloud
    await cloud.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A session."""
    async with aiohttp.ClientSession() as http:
        yield http


@pytest.fixture
def registry(cloud: LocalCloud, http: aiohttp.ClientSession) -> OciRegistry:
    """The registry under test, at the simulated one."""
    return OciRegistry(http, endpoint=cloud.registry_url, token=no_token)


async def serve(handler: Handler) -> tuple[web.AppRunner, str]:
    """A registry that answers everything with one handler."""
    app = web.Application()
    app.router.add_get("/v2/{rest:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def test_a_tag_is_pinned_to_its_digest(registry: OciRegistry) -> None:
    """And keeps the name by which a person called it."""
    assert await registry.resolve(TARGET.image, "v1.2.0") == artifact()


async def test_a_digest_is_taken_as_it_is(registry: OciRegistry) -> None:
    """Nothing could make it more exact."""
    digest = "sha256:" + "ab" * 32
    assert (await registry.resolve(TARGET.image, digest)).digest == digest


async def test_without_a_digest_in_the_answer_the_manifest_is_hashed(
    cloud: LocalCloud, registry: OciRegistry
) -> None:
    """The digest is by definition the hash of the manifest."""
    cloud.model.faults.digest_header = False
    assert (await registry.resolve(TARGET.image, "v1.2.0")).digest == artifact().digest


@pytest.mark.parametrize("digest", ["sha256:12", "md5:" + "a" * 32, "sha256:" + "A" * 64])
async def test_a_digest_of_the_wrong_form_is_not_believed(
    http: aiohttp.ClientSession, digest: str
) -> None:
    """The manifest is hashed instead."""

    async def odd(request: web.Request) -> web.Response:
        return web.Response(body=b"manifest", headers={"Docker-Content-Digest": digest})

    runner, url = await serve(odd)
    found = await OciRegistry(http, endpoint=url, token=no_token).resolve(TARGET.image, "v1")
    assert found.digest == "sha256:" + hashlib.sha256(b"manifest").hexdigest()
    await runner.cleanup()


async def test_a_manifest_that_arrives_in_pieces_is_hashed_whole(
    http: aiohttp.ClientSession,
) -> None:
    """The first piece alone would give a digest that no image has."""
    pieces = [b"a" * 1000, b"b" * 1000, b"c" * 1000]

    async def dribble(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        answer.enable_chunked_encoding()
        await answer.prepare(request)
        if request.method == "GET":
            for piece in pieces:
                await answer.write(piece)
        await answer.write_eof()
        return answer

    runner, url = await serve(dribble)
    found = await OciRegistry(http, endpoint=url, token=no_token).resolve(TARGET.image, "v1")
    assert found.digest == "sha256:" + hashlib.sha256(b"".join(pieces)).hexdigest()
    await runner.cleanup()


async def test_a_manifest_without_end_is_not_read_to_its_end(http: aiohttp.ClientSession) -> None:
    """Registries need not accept more than four MiB."""

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while request.method == "GET":
            await answer.write(b"x" * 65536)
        return answer

    runner, url = await serve(endless)
    with pytest.raises(CloudRefused, match="larger than registries allow"):
        await OciRegistry(http, endpoint=url, token=no_token).resolve(TARGET.image, "v1")
    await runner.cleanup()


async def test_a_tag_that_is_not_there_is_answered_with_the_five_newest(
    cloud: LocalCloud, registry: OciRegistry
) -> None:
    """By version and not by letter; a release stands above its candidates."""
    cloud.model.publish(TARGET.image, "v1.10.0")
    with pytest.raises(CloudRefused) as error:
        await registry.resolve(TARGET.image, "v9.9.9")
    assert str(error.value) == (
        "There is no image olympus/api:v9.9.9. "
        "Newest are v1.10.0, v1.5.0, v1.4.0, v1.4.0-slow, v1.4.0-crash."
    )


async def test_an_image_that_is_not_there_at_all_is_said(registry: OciRegistry) -> None:
    """Without tags to offer."""
    with pytest.raises(CloudRefused, match=r"^There is no image olympus/nothing:v1\.$"):
        await registry.resolve("registry.example/olympus/nothing", "v1")


@pytest.mark.parametrize("tags", [b"not json", b"[]", b'{"tags": "v1"}', b'{"tags": [1, null]}'])
async def test_a_list_of_tags_that_makes_no_sense_does_not_hide_the_answer(
    http: aiohttp.ClientSession, tags: bytes
) -> None:
    """That the image is not there is known all the same."""

    async def odd(request: web.Request) -> web.Response:
        found = request.path.endswith("/tags/list")
        return web.Response(status=200 if found else 404, body=tags)

    runner, url = await serve(odd)
    with pytest.raises(CloudRefused, match=r":v1\.$"):
        await OciRegistry(http, endpoint=url, token=no_token).resolve(TARGET.image, "v1")
    await runner.cleanup()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_missing_permission_is_named(
    cloud: LocalCloud, registry: OciRegistry, status: int
) -> None:
    """With the role that gives it."""
    cloud.model.faults.registry = status
    with pytest.raises(CloudRefused, match=r"roles/artifactregistry\.reader"):
        await registry.resolve(TARGET.image, "v1.2.0")


async def test_a_registry_that_asks_to_slow_down_is_heard(
    cloud: LocalCloud, registry: OciRegistry
) -> None:
    """The time that it names is passed on."""
    cloud.model.faults.registry = 429
    with pytest.raises(CloudUnavailable, match="429") as error:
        await registry.resolve(TARGET.image, "v1.2.0")
    assert error.value.retry_after == timedelta(seconds=QUOTA_REST)


async def test_a_registry_in_trouble_is_not_an_answer(
    cloud: LocalCloud, registry: OciRegistry
) -> None:
    """Asking again may help."""
    cloud.model.faults.away = True
    with pytest.raises(CloudUnavailable, match="503") as error:
        await registry.resolve(TARGET.image, "v1.2.0")
    assert not isinstance(error.value, CloudRefused)


async def test_a_registry_that_is_not_there_is_said(http: aiohttp.ClientSession) -> None:
    """By the name of its host."""
    gone = OciRegistry(http, endpoint="http://127.0.0.1:9", token=no_token)
    with pytest.raises(CloudUnavailable, match=r"registry\.example does not answer"):
        await gone.resolve(TARGET.image, "v1.2.0")


@pytest.mark.parametrize(
    ("host", "login"),
    [
        ("us-central1-docker.pkg.dev", "Bearer tok"),
        ("gcr.io", "Bearer tok"),
        ("eu.gcr.io", "Bearer tok"),
        ("evil-gcr.io", None),
        ("pkg.dev.example", None),
        ("registry.example", None),
    ],
)
async def test_the_token_goes_to_googles_hosts_only(host: str, login: str | None) -> None:
    """And over TLS."""
    sent: list[aiohttp.ClientRequest] = []

    async def stop(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        sent.append(request)
        raise aiohttp.ClientError("nothing leaves this machine")

    async def token() -> str:
        return "tok"

    async with aiohttp.ClientSession(middlewares=[stop]) as http:
        with pytest.raises(CloudUnavailable):
            await OciRegistry(http, endpoint=None, token=token).resolve(f"{host}/a/b", "v1")
    assert [str(request.url) for request in sent] == [f"https://{host}/v2/a/b/manifests/v1"]
    assert sent[0].headers.get("Authorization") == login


@pytest.mark.parametrize("endpoint", ["http://10.0.0.1:5000", "http://registry.example"])
async def test_plaintext_goes_to_this_machine_only(
    http: aiohttp.ClientSession, endpoint: str
) -> None:
    """Anything else is refused before a request is made."""
    with pytest.raises(ValueError, match="not on this machine"):
        OciRegistry(http, endpoint=endpoint, token=no_token)
