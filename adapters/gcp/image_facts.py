"""What an image says of itself, by the OCI image specification. Pure.

“Image Index” and “Image Manifest” say where the configuration is; “Image Configuration” and
“Annotations” (pre-defined keys, used as labels) say what it means. Everything here was written by
whoever built the image: what has not the expected form is left out.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.domain.artifact import DIGEST, Migrations
from bot.domain.base import Model

_CREATED = "org.opencontainers.image.created"
_REVISION = "org.opencontainers.image.revision"
_SOURCE = "org.opencontainers.image.source"
# Ours: a build says with it what the version does to its database.
MIGRATIONS_LABEL = "dev.signalbox.migrations"
_COMMIT = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_URL = re.compile(r"https://[!-~]{1,300}")
# Reproducible builds name a time long ago, such as 1970 or 1980, for all of their images.
_OLDEST_BUILD = datetime(2000, 1, 1, tzinfo=UTC)

Json = Mapping[str, object]


class Facts(Model):
    """What is known of an image beside its digest; fields as in `Artifact`."""

    built: datetime | None = None
    commit: str | None = None
    source: str | None = None
    migrations: Migrations = Migrations.UNKNOWN


def parsed(document: bytes) -> Json:
    """A JSON object. Raises ValueError when it is none."""
    try:
        found = json.loads(document)
    except RecursionError as error:
        raise ValueError("the document is nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("the document is not a JSON object")  # noqa: TRY004 - its content is wrong
    return found


def image_in(manifest: Json) -> str | None:
    """The manifest to look into for an index of several: that for linux/amd64, which Cloud Run
    runs, or else the first one of an image. None when the manifest is one of an image itself.

    Raises ValueError for an index without any.
    """
    listed = manifest.get("manifests")
    if not isinstance(listed, list):
        return None
    entries = [each for each in listed if isinstance(each, dict)]
    places = [(_platform(each), _digest(each)) for each in entries]
    images = [digest for place, digest in places if digest and place != ("unknown", "unknown")]
    wanted = [digest for place, digest in places if digest and place == ("linux", "amd64")]
    if not images:
        raise ValueError("the index lists no image")
    return (wanted or images)[0]


def config_in(manifest: Json) -> str:
    """The digest of an image's configuration. Raises ValueError when it is not named."""
    digest = _digest(_object(manifest, "config"))
    if digest is None:
        raise ValueError("the manifest names no configuration")
    return digest


def facts_of(config: Json) -> Facts:
    """The facts in an image's configuration and its labels."""
    labels = _object(_object(config, "config"), "Labels")
    migrations = _text(labels, MIGRATIONS_LABEL).strip().lower()
    commit, source = _text(labels, _REVISION).strip(), _text(labels, _SOURCE).strip()
    return Facts(
        built=_time(_text(config, "created")) or _time(_text(labels, _CREATED)),
        commit=commit if _COMMIT.fullmatch(commit) else None,
        source=source if _is_address(source) else None,
        migrations=(
            Migrations(migrations) if migrations in set(Migrations) else Migrations.UNKNOWN
        ),
    )


def _time(text: str) -> datetime | None:
    """A time by RFC 3339, if it can be that of a build."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo and found >= _OLDEST_BUILD else None


def _is_address(text: str) -> bool:
    """Whether a text is a web address that may be shown: over TLS, and without credentials."""
    if not _URL.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc


def _platform(entry: Json) -> tuple[str, str]:
    """Attestations are listed with an unknown system and architecture."""
    place = _object(entry, "platform")
    return _text(place, "os"), _text(place, "architecture")


def _digest(entry: Json) -> str | None:
    digest = _text(entry, "digest")
    return digest if DIGEST.fullmatch(digest) else None


def _object(parent: Json, key: str) -> Json:
    found = parent.get(key)
    return found if isinstance(found, dict) else {}


def _text(parent: Json, key: str) -> str:
    found = parent.get(key)
    return found if isinstance(found, str) else ""
