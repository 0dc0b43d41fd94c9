"""The plan of a deploy: exactly what will change, and the hash that approvals are bound to."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum

from bot.domain.artifact import Artifact, Migrations, short_digest
from bot.domain.base import Model
from bot.domain.catalog import ApprovalRule, CloudRunPlace, Target, Voids
from bot.domain.errors import UsageError
from bot.domain.history import Kind, Version
from bot.domain.observation import Observation
from bot.domain.policy import ChecklistRule, DatabaseRule, Phase, Strategy


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


class Terms(Model):
    """How somebody wants it done, beyond what and where to.

    `declared` is what the requester says of the migrations; it outweighs what the image says.
    `restore` is the version that a rollback goes back to. `incident` is the reference of the
    incident that it is to end.
    """

    kind: Kind = Kind.DEPLOY
    profile: str = "standard"
    reason: str = ""
    break_glass: bool = False
    exception: bool = False
    accept_schema_risk: bool = False
    declared: Migrations | None = None
    restore: Version | None = None
    incident: str | None = None


class Plan(Model):
    """From what is serving now to one artifact. `replaces` maps revision names to percent.

    Everything that the rollout needs to know is kept here, so that a change of the configuration
    does not change a rollout that people have agreed to. `compare` is a link to what is new;
    `pinned` says that the traffic does not follow the newest revision by itself.
    """

    artifact: Artifact
    place: CloudRunPlace | None = None
    replaces: dict[str, int]
    replaces_versions: tuple[str, ...]
    hash: str
    replaced: Version | None = None
    pinned: bool = False
    strategy: Strategy = Strategy()
    differences: tuple[Difference, ...] = ()
    migrations: Migrations = Migrations.UNKNOWN
    compare: str | None = None
    database: DatabaseRule | None = None
    checklist: ChecklistRule = ChecklistRule()
    template: str = ""
    policy: str = ""

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The shares of traffic to go through; where nothing serves, all of it at once."""
        return self.strategy.phases if self.replaces else self.strategy.phases[-1:]


def make_plan(
    target: Target, artifact: Artifact, seen: Observation, terms: Terms, rule: ApprovalRule
) -> Plan:
    """Pin everything that an approver agrees to. Raises `UsageError` for an unknown profile.

    The hash covers the target's place, the digest, the terms, the approval rule, and (unless the
    rule says otherwise) the policy, the service's settings and what serves now: when any of them
    changes, approvals given before are void.
    """
    strategy = strategy_of(target, terms)
    material: dict[str, object] = {
        "target": target.key,
        "place": target.place.model_dump(),
        "digest": artifact.digest,
        "terms": terms.model_dump(mode="json"),
        "rule": rule.model_dump(mode="json"),
        "deployers": sorted(target.deployers),
    }
    if Voids.SERVING in rule.invalidate_on:
        material["serving"] = dict(sorted(seen.serving.items()))
    if Voids.TEMPLATE in rule.invalidate_on:
        material["template"] = seen.template
    if Voids.POLICY in rule.invalidate_on:
        material["policy"] = target.policy.model_dump(mode="json")
    return Plan(
        artifact=artifact,
        place=target.place,
        replaces=dict(seen.serving),
        replaces_versions=tuple(version_of(seen, name) for name in seen.serving),
        replaced=sole_version(seen),
        pinned=seen.pinned,
        hash=_hash(material),
        template=seen.template,
        policy=_hash(target.policy.model_dump(mode="json")),
        strategy=strategy,
        migrations=terms.declared or artifact.migrations,
        database=target.policy.database,
        checklist=target.policy.checklist,
    )


def _hash(material: Mapping[str, object]) -> str:
    canonical = json.dumps(material, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(canonical).hexdigest()[:16]


def what_changed(before: Plan, after: Plan) -> str:
    """Why two plans for the same wish are not the same, in words for those who approved."""
    found = []
    if before.replaces != after.replaces:
        serving = " and ".join(after.replaces_versions) or "nothing"
        verb = "are" if len(after.replaces_versions) > 1 else "is"
        found.append(f"{serving} {verb} serving by now")
    if before.artifact.digest != after.artifact.digest:
        found.append(f"{after.artifact.version} is another image by now")
    if before.template != after.template:
        found.append("the settings of the service were changed")
    if before.policy != after.policy:
        found.append("the policy was changed")
    return ", ".join(found) or "the rules for this target were changed"


def strategy_of(target: Target, terms: Terms) -> Strategy:
    """How traffic is moved: by the chosen profile; a way back goes at once.

    Raises `UsageError` for a profile that the target does not have, and for one without a reason
    where it asks for one.
    """
    if terms.kind is not Kind.DEPLOY:
        return Strategy()
    profile = target.policy.profile(terms.profile)
    if profile is None:
        known = ", ".join(each.name for each in target.policy.profiles)
        raise UsageError(
            f"{target.key} has no profile “{terms.profile}”.", hint=f"There are: {known}."
        )
    if profile.needs_reason and not terms.reason:
        raise UsageError(
            f"The profile “{profile.name}” takes a short cut, so it needs a reason.",
            hint='Add --reason "…".',
        )
    return profile.strategy


def sole_version(seen: Observation) -> Version | None:
    """What serves everything; None when nothing does, or several revisions share the traffic."""
    if len(seen.serving) != 1:
        return None
    (name,) = seen.serving
    known = seen.revisions.get(name)
    return Version(
        version=version_of(seen, name), digest=known.digest if known else None, revision=name
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
    return short_digest(known.digest) if known.digest else revision
