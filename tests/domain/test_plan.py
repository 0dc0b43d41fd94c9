"""A plan's hash changes with everything that an approver agrees to, and with nothing else."""

from datetime import timedelta

import pytest
from samples import FOUR_EYES, NEW_DIGEST, OLD_DIGEST, artifact, observed, target

from bot.domain.catalog import GroupMinimum, Target
from bot.domain.observation import Fence, Health, Observation, Revision
from bot.domain.plan import make_plan, version_of

HASH = make_plan(target(), artifact(), observed()).hash


def changed_rule(**changes: object) -> Target:
    return target(rule=FOUR_EYES.model_copy(update=changes))


def elsewhere(**changes: object) -> Target:
    usual = target()
    return usual.model_copy(update={"place": usual.place.model_copy(update=changes)})


@pytest.mark.parametrize(
    "changed",
    [
        target("auth"),
        target(environment="staging", rule=FOUR_EYES),
        elsewhere(project="other-project"),
        elsewhere(region="europe-west1"),
        elsewhere(service="api-2"),
        changed_rule(required=2),
        changed_rule(groups=(GroupMinimum(name="sre", min=1), GroupMinimum(name="owners"))),
        changed_rule(groups=(GroupMinimum(name="sre"),)),
        changed_rule(allow_self=True),
        changed_rule(expires=timedelta(minutes=31)),
        target().model_copy(update={"deployers": ("developers",)}),
    ],
)
def test_another_target_or_rule_is_another_plan(changed: Target) -> None:
    assert make_plan(changed, artifact(), observed()).hash != HASH


@pytest.mark.parametrize(
    "serving", [{}, {"api-00002": 100}, {"api-00001": 99, "api-00002": 1}, {"api-00001": 99}]
)
def test_other_serving_revisions_are_another_plan(serving: dict[str, int]) -> None:
    assert make_plan(target(), artifact(), observed(serving=serving)).hash != HASH


def test_another_digest_is_another_plan_even_under_the_same_version() -> None:
    assert make_plan(target(), artifact(digest=OLD_DIGEST), observed()).hash != HASH


@pytest.mark.parametrize(
    "seen",
    [
        observed(health=Health.CHANGING),
        observed(fence=Fence(turn=9, step=9)),
        observed(tags={"x": "api-00001"}, newest="api-00009", last_modifier="somebody"),
        observed(revisions={}),
    ],
)
def test_what_an_approver_does_not_decide_is_not_in_the_hash(seen: Observation) -> None:
    assert make_plan(target(), artifact(), seen).hash == HASH


def test_the_order_in_which_things_are_listed_does_not_matter() -> None:
    split = {"api-00001": 60, "api-00002": 40}
    turned = dict(reversed(split.items()))
    deployers = target().model_copy(update={"deployers": ("sre", "developers")})
    assert (
        make_plan(target(), artifact(), observed(serving=split)).hash
        == make_plan(deployers, artifact(), observed(serving=turned)).hash
    )


def test_a_plan_says_what_it_replaces_in_versions() -> None:
    made = make_plan(target(), artifact(), observed())
    assert made.replaces == {"api-00001": 100}
    assert made.replaces_versions == ("v1.1.0",)
    assert made.artifact.digest == NEW_DIGEST


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
