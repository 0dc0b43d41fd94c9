"""The simulated registry's content: images as the OCI image specification describes them.

An image's digest is the hash of its manifest's bytes. The bytes follow from the image's name and
version, so they are the same on every machine and at every start.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
# The specification's own content for "nothing here": an empty JSON object.
_EMPTY_TYPE, _EMPTY = "application/vnd.oci.empty.v1+json", b"{}"
MIGRATIONS_LABEL = "dev.signalbox.migrations"
VERSIONS = (
    "v1.0.0",
    "v1.1.0",
    "v1.2.0",
    "v1.3.0-rc.1",
    "v1.3.0",
    "v1.4.0-bad",
    "v1.4.0-slow",
    "v1.4.0-crash",
    "v1.4.0",
    "v1.5.0",
)
_FIRST_BUILD = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
_BETWEEN_BUILDS = timedelta(days=7)


class Migrations(StrEnum):
    """What an image does to its database before it serves."""

    NONE = "none"
    COMPATIBLE = "compatible"
    IRREVERSIBLE = "irreversible"


# The versions that migrate, unless published otherwise.
_MIGRATING: Mapping[str, Migrations] = MappingProxyType(
    {"v1.3.0": Migrations.COMPATIBLE, "v1.5.0": Migrations.IRREVERSIBLE}
)


class BuiltImage(NamedTuple):
    """The two documents of an image, as bytes."""

    manifest: bytes
    config: bytes

    @property
    def digest(self) -> str:
        """What the image is pinned by."""
        return sha256(self.manifest)


class Reference(NamedTuple):
    """An image reference `repository:tag@digest`, taken apart."""

    repository: str
    tag: str | None
    digest: str | None


def sha256(content: bytes) -> str:
    """The digest of some content."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def parsed(reference: str) -> Reference:
    """Take an image reference apart."""
    name, _, digest = reference.partition("@")
    folder, slash, last = name.rpartition("/")
    short, _, tag = last.partition(":")
    return Reference(folder + slash + short, tag or None, digest or None)


def built(image: str, version: str, migrations: Migrations | None = None) -> BuiltImage:
    """Build a simulated image; `migrations` replaces what the version does by itself."""
    config = _json(_config(image, version, migrations or _MIGRATING.get(version, Migrations.NONE)))
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": _descriptor(CONFIG_TYPE, config),
        "layers": [_descriptor(_EMPTY_TYPE, _EMPTY)],
    }
    return BuiltImage(_json(manifest), config)


def _config(image: str, version: str, migrations: Migrations) -> dict[str, object]:
    age = VERSIONS.index(version) if version in VERSIONS else len(VERSIONS)
    created = (_FIRST_BUILD + _BETWEEN_BUILDS * age).isoformat().replace("+00:00", "Z")
    commit = hashlib.sha256(f"{image}:{version}".encode()).hexdigest()[:40]
    labels = {
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.revision": commit,
        "org.opencontainers.image.source": f"https://git.olympus.example/{image.rpartition('/')[2]}",
        "org.opencontainers.image.version": version,
        MIGRATIONS_LABEL: migrations.value,
    }
    return {
        "created": created,
        "architecture": "amd64",
        "os": "linux",
        "config": {"Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": [sha256(_EMPTY)]},
    }


def _descriptor(media_type: str, content: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": sha256(content), "size": len(content)}


def _json(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """What was published: digests by version by image, and the content of every digest."""

    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    manifests: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=lambda: {sha256(_EMPTY): _EMPTY})

    def publish(self, image: str, version: str, migrations: Migrations | None = None) -> str:
        """Put an image there, or move its tag; returns its digest."""
        made = built(image, version, migrations)
        self.tags.setdefault(image, {})[version] = made.digest
        self.manifests[made.digest] = made.manifest
        self.blobs[sha256(made.config)] = made.config
        return made.digest

    def digest(self, image: str, version: str) -> str:
        """The digest of a version; of one that is not there yet, what it will be."""
        if version.startswith("sha256:"):
            return version
        return self.tags.get(image, {}).get(version) or built(image, version).digest

    def pinned(self, reference: str) -> str | None:
        """The digest that a reference means; None for a tag that is not there."""
        image = parsed(reference)
        return image.digest or self.tags.get(image.repository, {}).get(image.tag or "latest")

    def version(self, reference: str) -> str | None:
        """The tag of a reference; without one, the first tag that has its digest."""
        image = parsed(reference)
        known = self.tags.get(image.repository, {})
        return image.tag or next((tag for tag in known if known[tag] == image.digest), None)

    def holds(self, reference: str) -> bool:
        """Whether a reference can be pulled: of tag and digest the digest counts."""
        return self.pinned(reference) in self.tags.get(parsed(reference).repository, {}).values()
