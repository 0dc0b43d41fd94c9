"""The simulated registry's images, as the OCI specifications describe them."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from clouds import TARGET, World, artifact, world_of_api

from adapters.local.cloud.images import VERSIONS, Migrations
from adapters.local.cloud.seeds import digest_of

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Pulling:
    """A client of the registry that believes nothing that it can hash."""

    def __init__(self, world: World, http: aiohttp.ClientSession) -> None:
        self.world = world
        self.http = http
        self.base = f"{world.cloud.registry_url}/v2/olympus/api"

    async def status(self, path: str) -> int:
        """How something is answered."""
        async with self.http.get(f"{self.base}/{path}") as answer:
            return answer.status

    async def manifest(self, reference: str) -> tuple[str, Any]:
        """The digest and the content of a manifest."""
        async with self.http.get(f"{self.base}/manifests/{reference}") as answer:
            assert answer.content_type == MANIFEST
            content = await answer.read()
            digest = "sha256:" + hashlib.sha256(content).hexdigest()
            assert answer.headers["Docker-Content-Digest"] == digest
            return digest, await answer.json(content_type=MANIFEST)

    async def blob(self, descriptor: dict[str, Any]) -> Any:
        """What a descriptor describes."""
        async with self.http.get(f"{self.base}/blobs/{descriptor['digest']}") as answer:
            content = await answer.read()
            assert "sha256:" + hashlib.sha256(content).hexdigest() == descriptor["digest"]
            assert len(content) == descriptor["size"]
            return await answer.json(content_type=None)

    async def labels(self, reference: str) -> dict[str, str]:
        """The labels of an image."""
        _, manifest = await self.manifest(reference)
        config = await self.blob(manifest["config"])
        return dict(config["config"]["Labels"])


@pytest.fixture
async def pull() -> AsyncIterator[Pulling]:
    """A client, and images of the sample catalog."""
    async with world_of_api() as world, aiohttp.ClientSession() as http:
        yield Pulling(world, http)


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_image_is_found_by_its_tag_and_by_its_digest(pull: Pulling, version: str) -> None:
    """Both are the same manifest, whose hash it is."""
    by_tag = await pull.manifest(version)
    assert by_tag[0] == digest_of(TARGET.image, version)
    assert await pull.manifest(by_tag[0]) == by_tag


async def test_a_manifest_describes_a_configuration_and_layers_that_are_there(
    pull: Pulling,
) -> None:
    """With their sizes and digests."""
    _, manifest = await pull.manifest("v1.2.0")
    assert (manifest["schemaVersion"], manifest["mediaType"]) == (2, MANIFEST)
    config = await pull.blob(manifest["config"])
    assert config["created"] == "2026-01-19T09:30:00Z"
    assert (config["architecture"], config["os"]) == ("amd64", "linux")
    for layer in manifest["layers"]:
        await pull.blob(layer)
    assert config["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]]


async def test_the_labels_say_where_an_image_comes_from(pull: Pulling) -> None:
    """By the names that the OCI image specification gives them."""
    labels = await pull.labels("v1.2.0")
    prefix = "org.opencontainers.image"
    assert labels[f"{prefix}.source"] == "https://git.olympus.example/api"
    assert labels[f"{prefix}.version"] == "v1.2.0"
    assert labels[f"{prefix}.created"] == "2026-01-19T09:30:00Z"
    revision = labels[f"{prefix}.revision"]
    assert len(revision) == 40
    assert revision != (await pull.labels("v1.3.0"))[f"{prefix}.revision"]


async def test_a_version_says_what_it_does_to_the_database(pull: Pulling) -> None:
    """Two of the seeded ones migrate; a published one as it is told to, under another digest."""
    label = "dev.signalbox.migrations"
    said = {version: (await pull.labels(version))[label] for version in VERSIONS}
    assert {version: told for version, told in said.items() if told != "none"} == {
        "v1.3.0": "compatible",
        "v1.5.0": "irreversible",
    }
    for migrations in Migrations:
        digest = pull.world.model.publish(TARGET.image, "v2.0.0", migrations)
        assert (await pull.manifest("v2.0.0"))[0] == digest
        assert (await pull.labels("v2.0.0"))[label] == migrations.value
    assert digest != digest_of(TARGET.image, "v2.0.0")


async def test_a_tag_that_was_moved_leaves_the_old_image_by_its_digest(pull: Pulling) -> None:
    """As in every registry."""
    pull.world.model.publish(TARGET.image, "v1.2.0", Migrations.IRREVERSIBLE)
    assert (await pull.manifest("v1.2.0"))[0] != artifact().digest
    assert (await pull.manifest(artifact().digest))[0] == artifact().digest


@pytest.mark.parametrize(
    "path",
    [
        "manifests/v9",
        "manifests/sha256:" + "0" * 64,
        "blobs/sha256:" + "0" * 64,
        "../nothing/tags/list",
    ],
)
async def test_what_is_not_there_is_not_found(pull: Pulling, path: str) -> None:
    """Neither by tag nor by digest."""
    assert await pull.status(path) == 404


@pytest.mark.parametrize("path", ["manifests/v1.2.0", "blobs/sha256:0", "tags/list"])
async def test_a_registry_in_trouble_answers_nothing_else(pull: Pulling, path: str) -> None:
    """Whatever it is asked for."""
    pull.world.model.faults.registry = 429
    assert await pull.status(path) == 429
    pull.world.model.faults.away = True
    assert await pull.status(path) == 503
