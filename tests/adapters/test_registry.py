"""Image registries, at the wire."""

import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

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
from bot.domain.artifact import Artifact, Migrations
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
    found = await registry.resolve(TARGET.image, "v1.2.0")
    assert (found.version, found.reference) == ("v1.2.0", artifact().reference)


async def test_a_digest_is_looked_up_and_stays_what_it_is(registry: OciRegistry) -> None:
    """Nothing could make it more exact."""
    digest = artifact().digest
    found = await registry.resolve(TARGET.image, digest)
    assert (found.version, found.digest) == (digest, digest)
    assert found.commit


async def test_a_digest_that_is_not_there_is_refused(registry: OciRegistry) -> None:
    """Before anybody is asked to approve it."""
    digest = "sha256:" + "ab" * 32
    with pytest.raises(CloudRefused, match=f"^There is no image olympus/api@{digest}"):
        await registry.resolve(TARGET.image, digest)


async def test_the_digest_that_was_asked_for_counts_and_not_what_the_registry_says(
    http: aiohttp.ClientSession,
) -> None:
    """Nobody deploys another image than the one that was named."""

    async def odd(request: web.Request) -> web.Response:
        return web.Response(body=b"{}", headers={"Docker-Content-Digest": "sha256:" + "cd" * 32})

    runner, url = await serve(odd)
    digest = "sha256:" + "ab" * 32
    found = await OciRegistry(http, endpoint=url, token=no_token).resolve(TARGET.image, digest)
    assert found == Artifact(image=TARGET.image, version=digest, digest=digest)
    await runner.cleanup()


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


# ── What an image says of itself ─────────────────────────────────────────────────────────────────


async def test_an_image_says_when_and_from_what_it_was_built(
    cloud: LocalCloud, registry: OciRegistry
) -> None:
    """And what its migrations do."""
    found = await registry.resolve(TARGET.image, "v1.3.0")
    assert found.built is not None
    assert found.built.tzinfo is UTC
    assert len(found.commit or "") == 40
    assert found.source == "https://git.olympus.example/api"
    assert found.migrations is Migrations.COMPATIBLE
    irreversible = await registry.resolve(TARGET.image, "v1.5.0")
    assert irreversible.migrations is Migrations.IRREVERSIBLE
    assert (await registry.resolve(TARGET.image, "v1.2.0")).migrations is Migrations.NONE


class Shelf:
    """A registry of documents by digest, under whose tag v1 stands the one put there last."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.last = ""
        self.asked: list[str] = []

    def put(self, document: object) -> str:
        """Add a document; its digest."""
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.last = "sha256:" + hashlib.sha256(content).hexdigest()
        self.documents[self.last] = content
        return self.last

    def image(self, **config: object) -> str:
        """Add an image with a configuration."""
        return self.put({"config": {"digest": self.put(config)}})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer everything."""
        digest = request.path.rpartition("/")[2]
        digest = self.last if digest == "v1" else digest
        if request.method == "GET":
            self.asked.append(request.path.removeprefix("/v2/olympus/api/"))
        if digest not in self.documents:
            raise web.HTTPNotFound
        headers = {"Docker-Content-Digest": digest}
        return web.Response(body=self.documents[digest], headers=headers)


@pytest.fixture
async def shelf() -> AsyncIterator[tuple[Shelf, str]]:
    """A registry for odd images, and its address."""
    shelf = Shelf()
    runner, url = await serve(shelf.answer)
    yield shelf, url
    await runner.cleanup()


async def resolved(http: aiohttp.ClientSession, shelf: tuple[Shelf, str]) -> Artifact:
    """What stands under v1."""
    return await OciRegistry(http, endpoint=shelf[1], token=no_token).resolve(TARGET.image, "v1")


def listed(digest: str, system: str, architecture: str) -> dict[str, object]:
    """An entry of an index."""
    return {"digest": digest, "platform": {"os": system, "architecture": architecture}}


@pytest.mark.parametrize(
    ("places", "commit"),
    [
        ([("linux", "arm64"), ("linux", "amd64")], "c1"),
        ([("linux", "arm64"), ("windows", "amd64")], "c0"),
        ([("unknown", "unknown"), ("linux", "s390x")], "c1"),
    ],
)
async def test_of_an_index_the_image_that_runs_counts(
    http: aiohttp.ClientSession,
    shelf: tuple[Shelf, str],
    places: list[tuple[str, str]],
    commit: str,
) -> None:
    """That for linux/amd64, or the first one; an attestation is no image. The index is pinned."""
    images = [
        shelf[0].image(config={"Labels": {"org.opencontainers.image.revision": f"c{number}"}})
        for number in range(len(places))
    ]
    entries = [listed(digest, *place) for digest, place in zip(images, places, strict=True)]
    index = shelf[0].put({"manifests": entries})
    found = await resolved(http, shelf)
    assert (found.digest, found.commit) == (index, commit)


async def test_a_build_without_a_true_time_of_its_own_goes_by_its_label(
    http: aiohttp.ClientSession, shelf: tuple[Shelf, str]
) -> None:
    """Reproducible builds name a time long ago."""
    labels = {"org.opencontainers.image.created": "2026-01-02T03:04:05.678901234+01:00"}
    shelf[0].image(created="1980-01-01T00:00:01Z", config={"Labels": labels})
    built = datetime(2026, 1, 2, 2, 4, 5, 678901, tzinfo=UTC)
    assert (await resolved(http, shelf)).built == built


LABELS = "org.opencontainers.image"


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"created": "yesterday", "config": None},
        {"created": "2026-01-02T03:04:05"},
        {"created": 7, "config": {"Labels": []}},
        {"config": {"Labels": {f"{LABELS}.revision": 7, f"{LABELS}.source": ["x"]}}},
        {"config": {"Labels": {f"{LABELS}.revision": "a b", f"{LABELS}.source": "http://a/b"}}},
        {"config": {"Labels": {f"{LABELS}.revision": "<!here>", f"{LABELS}.source": "git@x:y"}}},
        {"config": {"Labels": {f"{LABELS}.source": "https://user:secret@git.example/x"}}},
        {"config": {"Labels": {f"{LABELS}.source": "https://[broken"}}},
        {"config": {"Labels": {"dev.signalbox.migrations": "harmless"}}},
    ],
)
async def test_what_makes_no_sense_is_left_out(
    http: aiohttp.ClientSession, shelf: tuple[Shelf, str], config: dict[str, object]
) -> None:
    """Whoever built the image may write anything there."""
    digest = shelf[0].image(**config)
    plain = Artifact(image=TARGET.image, version="v1", digest=digest)
    assert await resolved(http, shelf) == plain


@pytest.mark.parametrize(
    "document",
    [
        b"not json",
        b"[]",
        b"[" * 100_000,
        b"\xff\xfe",
        {"config": {"digest": "sha256:12"}},
        {"config": {"digest": "sha256:" + "ab" * 32}},
        {"manifests": []},
        {"manifests": [{"digest": "sha256:" + "ab" * 32}]},
        {"manifests": ["x", {"digest": 7}]},
    ],
)
async def test_an_image_that_cannot_be_read_is_deployed_all_the_same(
    http: aiohttp.ClientSession,
    shelf: tuple[Shelf, str],
    caplog: pytest.LogCaptureFixture,
    document: object,
) -> None:
    """It is pinned; one line in the log says what is not known of it."""
    caplog.set_level("INFO", logger="adapters.gcp.registry")
    digest = shelf[0].put(document)
    plain = Artifact(image=TARGET.image, version="v1", digest=digest)
    assert await resolved(http, shelf) == plain
    assert [record.message.count("cannot be read") for record in caplog.records] == [1]


async def test_a_document_of_another_digest_is_not_believed(
    http: aiohttp.ClientSession, shelf: tuple[Shelf, str]
) -> None:
    """Or a registry could say of migrations what the image does not."""
    digest = shelf[0].image(config={"Labels": {"dev.signalbox.migrations": "irreversible"}})
    config = next(iter(shelf[0].documents))
    lie = {"config": {"Labels": {"dev.signalbox.migrations": "none"}}}
    shelf[0].documents[config] = json.dumps(lie).encode()
    found = await resolved(http, shelf)
    assert (found.digest, found.migrations) == (digest, Migrations.UNKNOWN)
    assert shelf[0].asked == [f"manifests/{digest}", f"blobs/{config}"]


# ── What goes wrong ──────────────────────────────────────────────────────────────────────────────


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
