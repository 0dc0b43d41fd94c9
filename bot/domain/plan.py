"""The plan of a deploy: exactly what will change, and the hash that approvals are bound to."""

import hashlib
import json
from enum import StrEnum

from bot.domain.artifact import Artifact
from bot.domain.base import Model
from bot.domain.catalog import Target
from bot.domain.observation import Observation


class Change(StrEnum):
    """What happens to a setting."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Difference(Model):
    """One setting of the service that the new revision will have differently from the serving one.

    `kind` is a word for people ("variable", "secret", "memory", …). Values of variables are never
    kept; `before` and `after` are set for what is no secret: sizes, counts, versions of secrets.
    """

    kind: str
    name: str
    change: Change
    before: str | None = None
    after: str | None = None


class Preview(Model):
    """What the cloud says to a change that it was only asked to check.

    `template` is a fingerprint of the settings that every new revision starts from, without the
    image and without our own marks. `problem` is the cloud's reason when it would refuse.
    """

    differences: tuple[Difference, ...] = ()
    template: str = ""
    problem: str | None = None


class Plan(Model):
    """From what is serving now to one artifact. `replaces` maps revision names to percent."""

    artifact: Artifact
    replaces: dict[str, int]
    replaces_versions: tuple[str, ...]
    hash: str


def make_plan(target: Target, artifact: Artifact, seen: Observation) -> Plan:
    """Pin everything that an approver agrees to.

    The hash covers the target's place, the digest, the approval rule and what serves now: when any
    of them changes, approvals given before are void.
    """
    material = {
        "target": target.key,
        "place": target.place.model_dump(),
        "digest": artifact.digest,
        "rule": target.approvals.model_dump(mode="json"),
        "deployers": sorted(target.deployers),
        "serving": dict(sorted(seen.serving.items())),
    }
    canonical = json.dumps(material, sort_keys=True, separators=(",", ":")).encode()
    return Plan(
        artifact=artifact,
        replaces=dict(seen.serving),
        replaces_versions=tuple(version_of(seen, name) for name in seen.serving),
        hash=hashlib.sha256(canonical).hexdigest()[:16],
    )


def version_of(seen: Observation, revision: str) -> str:
    """The version that a revision runs, in the best words known: version, short digest, or its
    name.
    """
    known = seen.revisions.get(revision)
    if known is None:
        return revision
    if known.version:
        return known.version
    return known.digest[: len("sha256:") + 12] if known.digest else revision
