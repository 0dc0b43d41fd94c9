"""The plan of a deploy: exactly what will change, and the hash that approvals are bound to."""

import hashlib
import json

from bot.domain.artifact import Artifact
from bot.domain.base import Model
from bot.domain.catalog import Target
from bot.domain.observation import Observation


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
