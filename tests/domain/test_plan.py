"""A plan's hash changes with everything that an approver agrees to, and with nothing else."""

from datetime import timedelta

import pytest
import samples
from samples import FOUR_EYES, NEW_DIGEST, OLD_DIGEST, artifact, observed, target

from bot.domain.artifact import Migrations
from bot.domain.catalog import ApprovalRule, GroupMinimum, Target, Voids
from bot.domain.errors import UsageError
from bot.domain.history import Kind, Version
from bot.domain.observation import Fence, Health, Observation, Revision
from bot.domain.plan import (
    Plan,
    Terms,
    make_plan,
    sole_version,
    strategy_of,
    version_of,
    what_changed,
)
from bot.domain.policy import DatabaseRule, Phase, Policy, Profile, Strategy


def made(
    subject: Target | None = None,
    seen: Observation | None = None,
    terms: Terms | None = None,
    rule: ApprovalRule | None = None,
    digest: str = NEW_DIGEST,
) -> Plan:
    """The sample plan, with something else in it."""
    subject = subject or target()
    return make_plan(
        subject,
        artifact(digest=digest),
        seen or observed(),
        terms or Terms(),
        rule or subject.approvals,
    )


HASH = made().hash
RESTORED = Version(version="v1.1.0", digest=OLD_DIGEST, revision="api-00001")


def changed_rule(**changes: object) -> ApprovalRule:
    return FOUR_EYES.model_copy(update=changes)


def elsewhere(**changes: object) -> Target:
    usual = target()
    return usual.model_copy(update={"place": usual.place.model_copy(update=changes)})


def ruled(**changes: object) -> Target:
    return target().model_copy(update={"policy": Policy().model_copy(update=changes)})


# ── What approvals are bound to ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "other",
    [
        made(target("auth")),
        made(target(environment="staging", rule=FOUR_EYES)),
        made(elsewhere(project="other-project")),
        made(elsewhere(region="europe-west1")),
        made(elsewhere(service="api-2")),
        made(target().model_copy(update={"deployers": ("developers",)})),
        made(rule=changed_rule(required=2)),
        made(rule=changed_rule(groups=(GroupMinimum(name="sre", min=1),))),
        made(rule=changed_rule(groups=(GroupMinimum(name="sre"),))),
        made(rule=changed_rule(allow_self=True)),
        made(rule=changed_rule(expires=timedelta(minutes=31))),
        made(terms=Terms(reason="Because.")),
        made(terms=Terms(exception=True)),
        made(terms=Terms(break_glass=True)),
        made(terms=Terms(accept_schema_risk=True)),
        made(terms=Terms(declared=Migrations.IRREVERSIBLE)),
        made(terms=Terms(kind=Kind.ROLLBACK, restore=RESTORED)),
        # The same version, another image.
        made(digest=OLD_DIGEST),
        made(ruled(database=DatabaseRule(instance="p/main"))),
        made(ruled(profiles=(Profile(name="standard", strategy=samples.CANARY),))),
        made(seen=observed(template="4711")),
        made(seen=observed(serving={})),
        made(seen=observed(serving={"api-00002": 100})),
        made(seen=observed(serving={"api-00001": 99, "api-00002": 1})),
    ],
)
def test_whatever_an_approver_agrees_to_is_in_the_hash(other: Plan) -> None:
    assert other.hash != HASH


@pytest.mark.parametrize(
    "seen",
    [
        observed(health=Health.CHANGING),
        observed(fence=Fence(turn=9, step=9)),
        observed(tags={"x": "api-00001"}, newest="api-00009", last_modifier="somebody"),
        observed(revisions={}),
        observed(pinned=True, address="https://x.example"),
    ],
)
def test_what_an_approver_does_not_decide_is_not_in_the_hash(seen: Observation) -> None:
    assert made(seen=seen).hash == HASH


@pytest.mark.parametrize(
    ("void", "subject", "seen"),
    [
        (Voids.SERVING, target(), observed(serving={"api-00009": 100})),
        (Voids.TEMPLATE, target(), observed(template="4711")),
        (Voids.POLICY, ruled(hold_after_rollback=timedelta(hours=9)), observed()),
    ],
)
def test_a_rule_may_let_approvals_outlive_some_changes(
    void: Voids, subject: Target, seen: Observation
) -> None:
    """But then the rule itself is part of what was agreed to."""
    kept = tuple(each for each in Voids if each is not void)
    rule = changed_rule(invalidate_on=kept)
    usual = made(rule=rule)
    assert made(subject, seen, rule=rule).hash == usual.hash
    assert made(subject, seen).hash != HASH
    assert usual.hash != HASH


def test_another_digest_voids_approvals_whatever_the_rule_says() -> None:
    rule = changed_rule(invalidate_on=())
    assert made(rule=rule, digest=OLD_DIGEST).hash != made(rule=rule).hash


def test_the_order_in_which_things_are_listed_does_not_matter() -> None:
    split = {"api-00001": 60, "api-00002": 40}
    turned = dict(reversed(split.items()))
    deployers = target().model_copy(update={"deployers": ("sre", "developers")})
    there = made(seen=observed(serving=split))
    assert made(deployers, observed(serving=turned)).hash == there.hash


# ── What it says ─────────────────────────────────────────────────────────────────────────────────


def test_a_plan_says_what_it_replaces() -> None:
    found = made()
    assert found.replaces == {"api-00001": 100}
    assert found.replaces_versions == ("v1.1.0",)
    assert found.replaced == RESTORED
    assert found.artifact.digest == NEW_DIGEST


def test_a_plan_keeps_the_policy_that_it_was_made_by() -> None:
    """A change of the configuration does not change what people have agreed to."""
    policy = {
        "database": samples.DATABASE,
        "checklist": samples.CHECKS,
        "profiles": (Profile(name="standard", strategy=samples.CANARY),),
    }
    found = made(ruled(**policy))
    assert (found.database, found.checklist) == (samples.DATABASE, samples.CHECKS)
    assert found.strategy == samples.CANARY


@pytest.mark.parametrize(
    ("declared", "of_image", "found"),
    [
        (None, Migrations.COMPATIBLE, Migrations.COMPATIBLE),
        (None, Migrations.UNKNOWN, Migrations.UNKNOWN),
        (Migrations.IRREVERSIBLE, Migrations.NONE, Migrations.IRREVERSIBLE),
        (Migrations.NONE, Migrations.IRREVERSIBLE, Migrations.NONE),
    ],
)
def test_what_the_requester_says_of_migrations_outweighs_the_image(
    declared: Migrations | None, of_image: Migrations, found: Migrations
) -> None:
    image = artifact().model_copy(update={"migrations": of_image})
    terms = Terms(declared=declared)
    plan = make_plan(target(), image, observed(), terms, FOUR_EYES)
    assert plan.migrations is found


def test_where_nothing_serves_all_traffic_moves_at_once() -> None:
    """There is nobody to protect, and nothing to compare with."""
    canary = samples.full_plan()
    assert [phase.percent for phase in canary.phases] == [5, 25, 50, 100]
    first = canary.model_copy(update={"replaces": {}})
    assert first.phases == (Phase(percent=100, bake=timedelta(minutes=30)),)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({}, {"replaces": {"x": 100}, "replaces_versions": ("v9",)}, "v9 is serving by now"),
        (
            {},
            {"replaces": {"x": 50, "y": 50}, "replaces_versions": ("v9", "v8")},
            "v9 and v8 are serving by now",
        ),
        ({}, {"replaces": {}, "replaces_versions": ()}, "nothing is serving by now"),
        ({}, {"artifact": artifact(digest=OLD_DIGEST)}, "v1.2.0 is another image by now"),
        ({}, {"template": "x"}, "the settings of the service were changed"),
        ({}, {"policy": "x"}, "the policy was changed"),
        (
            {},
            {"template": "x", "policy": "x"},
            "the settings of the service were changed, the policy was changed",
        ),
        ({}, {"hash": "x"}, "the rules for this target were changed"),
    ],
)
def test_a_change_is_put_into_words(
    before: dict[str, object], after: dict[str, object], words: str
) -> None:
    assert what_changed(samples.plan(**before), samples.plan(**after)) == words


# ── How traffic is moved ─────────────────────────────────────────────────────────────────────────

HOTFIX = Profile(name="hotfix", strategy=Strategy(), needs_reason=True)
PROFILES = (Profile(name="standard", strategy=samples.CANARY), HOTFIX)


def test_a_profile_is_chosen_by_its_name() -> None:
    subject = ruled(profiles=PROFILES)
    assert strategy_of(subject, Terms()) == samples.CANARY
    assert strategy_of(subject, Terms(profile="hotfix", reason="Down.")) == Strategy()


def test_a_profile_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(UsageError, match="no profile “fast”") as wrong:
        strategy_of(ruled(profiles=PROFILES), Terms(profile="fast"))
    assert wrong.value.hint == "There are: standard, hotfix."


def test_a_short_cut_needs_a_reason() -> None:
    with pytest.raises(UsageError, match="needs a reason"):
        strategy_of(ruled(profiles=PROFILES), Terms(profile="hotfix"))


@pytest.mark.parametrize("kind", [Kind.ROLLBACK, Kind.UNPIN])
def test_a_way_back_goes_at_once_whatever_the_profile(kind: Kind) -> None:
    terms = Terms(kind=kind, profile="none of them")
    assert strategy_of(ruled(profiles=PROFILES), terms) == Strategy()


# ── Versions in words ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        (Revision(name="r1", image="i", version="v1", digest=OLD_DIGEST), "v1"),
        (Revision(name="r1", image="i", digest=OLD_DIGEST), "sha256:1f1f1f1f1f1f"),
        (Revision(name="r1", image="i"), "r1"),
    ],
)
def test_a_revision_is_called_by_the_best_words_known(revision: Revision, words: str) -> None:
    assert version_of(observed(revisions={"r1": revision}), "r1") == words


def test_an_unknown_revision_is_called_by_its_name() -> None:
    assert version_of(observed(), "api-00404") == "api-00404"


@pytest.mark.parametrize(
    ("serving", "found"),
    [
        ({"api-00001": 100}, RESTORED),
        ({"api-00001": 60, "api-00404": 40}, None),
        ({}, None),
        (
            {"api-00404": 100},
            Version(version="api-00404", digest=None, revision="api-00404"),
        ),
    ],
)
def test_there_is_one_version_where_one_serves_everything(
    serving: dict[str, int], found: Version | None
) -> None:
    assert sole_version(observed(serving=serving)) == found
