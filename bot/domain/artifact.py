"""What a deploy is bound to: the digest of an image, never a tag that may move."""

import re
from datetime import datetime
from enum import StrEnum

from pydantic import field_validator

from bot.domain.base import Model
from bot.domain.errors import UsageError

# OCI distribution specification, "Pulling manifests": a tag, and a digest in its registered form.
TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
DIGEST = re.compile(r"sha256:[a-f0-9]{64}")


class Migrations(StrEnum):
    """What a version does to its database, as declared; traffic can go back, a schema cannot."""

    NONE = "none"
    COMPATIBLE = "compatible"
    IRREVERSIBLE = "irreversible"
    UNKNOWN = "unknown"


class Artifact(Model):
    """An image pinned by digest, with the version that a person called it by.

    The rest is what the image says of itself, where it does: when it was built, from which commit
    of which repository, and what its migrations do.
    """

    image: str
    version: str
    digest: str
    built: datetime | None = None
    commit: str | None = None
    source: str | None = None
    migrations: Migrations = Migrations.UNKNOWN

    @field_validator("digest")
    @classmethod
    def _must_be_pinned(cls, value: str) -> str:
        if not DIGEST.fullmatch(value):
            raise ValueError("an artifact is pinned by a sha256 digest of 64 hexadecimal digits")
        return value

    @property
    def reference(self) -> str:
        """The image as a cloud is told to run it: `image@sha256:…`."""
        return f"{self.image}@{self.digest}"

    @property
    def short_digest(self) -> str:
        """The digest as people compare it."""
        return short_digest(self.digest)


def short_digest(digest: str) -> str:
    """A digest as people compare it: its first twelve digits."""
    return digest[: len("sha256:") + 12]


def parse_version(text: str) -> str:
    """Check what was typed as a version: a tag or a whole digest. Raises `UsageError`."""
    if DIGEST.fullmatch(text) or TAG.fullmatch(text):
        return text
    raise UsageError(
        f"“{text}” is not a version.",
        hint="Type an image tag such as v1.2.0, or a digest such as sha256:… with all 64 digits.",
    )
