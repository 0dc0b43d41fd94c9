"""The small values: lanes, versions, names, fences, and what a status says."""

import itertools

import pytest
from pydantic import ValidationError
from samples import (
    DEVELOPER,
    NEW_DIGEST,
    NOW,
    OLD_DIGEST,
    OUTSIDER,
    artifact,
    catalog,
    deploy,
    observed,
    target,
)

from bot.domain.actor import require_deployer
from bot.domain.artifact import Artifact, parse_version
from bot.domain.audit import AuditEntry
from bot.domain.catalog import CloudRunPlace, unknown
from bot.domain.deploy import Deploy, State
from bot.domain.errors import NotPermitted, UnknownName, UsageError
from bot.domain.lane import Lane
from bot.domain.message import DeployCard, DeployNote, Entry, Said, entry_of
from bot.domain.observation import Fence, Health, Revision
from bot.domain.overview import TargetStatus

# ── Lanes ────────────────────────────────────────────────────────────────────────────────────────


def test_deploys_pass_in_the_order_in_which_they_came() -> None:
    lane = Lane(target="api/production").enter("D-1").enter("D-2").enter("D-3")
    assert lane.head == "D-1"
    assert lane.ahead_of("D-1") == ()
    assert lane.ahead_of("D-3") == ("D-1", "D-2")
    assert lane.leave("D-1").head == "D-2"
    assert lane.leave("D-2").queue == ("D-1", "D-3")


def test_an_empty_lane_has_no_head() -> None:
    assert Lane(target="api/production").head is None


def test_entering_twice_keeps_the_place() -> None:
    lane = Lane(target="api/production").enter("D-1").enter("D-2")
    assert lane.enter("D-1") == lane


def test_leaving_twice_does_no_harm() -> None:
    lane = Lane(target="api/production").enter("D-1")
    assert lane.leave("D-9") == lane


def test_who_is_not_in_the_lane_stands_behind_all() -> None:
    lane = Lane(target="api/production").enter("D-1").enter("D-2")
    assert lane.ahead_of("D-9") == ("D-1", "D-2")


@pytest.mark.parametrize(("known", "seen", "turn"), [(0, 0, 1), (4, 0, 5), (4, 9, 10), (9, 4, 10)])
def test_turns_only_grow(known: int, seen: int, turn: int) -> None:
    assert Lane(target="api/production", turn=known).take_turn(seen).turn == turn


def test_fences_are_ordered_by_turn_then_by_step() -> None:
    fences = [Fence(turn=t, step=s) for t, s in itertools.product(range(3), repeat=2)]
    backwards = fences[::-1]
    assert sorted(backwards) == fences
    assert not Fence(turn=1, step=1) < Fence(turn=1, step=1)
    assert str(Fence(turn=12, step=3)) == "12.3"


# ── Versions ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", ["v1.2.0", "latest", "_x", "1", "a" * 128, "RC-1", "sha256:" + "0a" * 32]
)
def test_tags_and_digests_are_versions(text: str) -> None:
    assert parse_version(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "v1 v2",
        "-v1",
        ".v1",
        "a" * 129,
        "v1+build",
        "v1/x",
        "sha256:" + "0a" * 31,
        "sha256:" + "0A" * 32,
        "sha512:" + "0a" * 32,
        "v1\n",
        "vᵢ1",
        "api:v1",
    ],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_version(text)
    assert "v1.2.0" in refused.value.hint


def test_an_artifact_is_pinned_by_its_digest() -> None:
    assert artifact().reference == f"registry.example/olympus/api@{NEW_DIGEST}"
    assert artifact().short_digest == "sha256:9a9a9a9a9a9a"


@pytest.mark.parametrize("digest", ["", "v1", NEW_DIGEST[:-1], NEW_DIGEST + "0", "sha256:" + "Z"])
def test_an_artifact_without_a_digest_does_not_exist(digest: str) -> None:
    with pytest.raises(ValidationError, match="pinned by a sha256 digest"):
        Artifact(image="i", version="v1", digest=digest)


# ── The catalog ──────────────────────────────────────────────────────────────────────────────────


def test_a_target_is_found_by_service_and_environment() -> None:
    assert catalog().target("auth", "staging") == target("auth", "staging")


@pytest.mark.parametrize(
    ("given", "nearest"),
    [
        ("aip", ("api",)),
        ("API", ("api",)),
        ("apis", ("api",)),
        ("auht", ("auth",)),
        ("zzz", ()),
    ],
)
def test_an_unknown_service_brings_the_nearest_names(given: str, nearest: tuple[str, ...]) -> None:
    with pytest.raises(UnknownName) as refused:
        catalog().service(given)
    assert refused.value.nearest == nearest
    assert str(refused.value) == f"There is no service called “{given}”."


def test_without_a_near_name_all_are_listed() -> None:
    with pytest.raises(UnknownName) as refused:
        catalog().target("api", "zzz")
    assert refused.value.hint == "Known are: development, staging, production."


def test_a_near_name_is_offered_as_a_question() -> None:
    with pytest.raises(UnknownName) as refused:
        catalog().target("api", "prod")
    assert refused.value.hint == "Did you mean production?"


def test_near_names_are_at_most_three() -> None:
    assert len(unknown("service", "api", ["api1", "api2", "api3", "api4"]).nearest) == 3


def test_an_environment_that_the_service_lacks_is_unknown_for_it() -> None:
    whole = catalog()
    api = whole.services["api"]
    short = api.model_copy(update={"targets": {"staging": api.targets["staging"]}})
    smaller = whole.model_copy(update={"services": {**whole.services, "api": short}})
    with pytest.raises(UnknownName) as refused:
        smaller.target("api", "production")
    assert refused.value.hint == "Known are: staging."
    assert [found.key for found in smaller.targets("api")] == ["api/staging"]


def test_targets_are_listed_by_service_then_in_the_order_of_environments() -> None:
    assert [found.key for found in catalog().targets()] == [
        f"{service}/{environment}"
        for service in ("api", "auth")
        for environment in ("development", "staging", "production")
    ]
    assert {found.service for found in catalog().targets("auth")} == {"auth"}


def test_a_place_is_named_as_google_names_it() -> None:
    place = CloudRunPlace(project="p", region="r", service="s")
    assert place.resource == "projects/p/locations/r/services/s"


def test_deployers_may_deploy() -> None:
    require_deployer(DEVELOPER, target())


def test_others_may_not_deploy_and_are_told_who_may() -> None:
    with pytest.raises(NotPermitted, match="a member of developers or sre"):
        require_deployer(OUTSIDER, target())


def test_a_target_without_deployers_is_closed_to_everybody() -> None:
    with pytest.raises(NotPermitted, match="a member of nobody"):
        require_deployer(DEVELOPER, target().model_copy(update={"deployers": ()}))


# ── Status ───────────────────────────────────────────────────────────────────────────────────────


def test_a_cloud_that_did_not_answer_makes_a_target_unknown() -> None:
    status = TargetStatus(target=target(), seen=None, problem="No answer.")
    assert (status.health, status.split, status.trouble) == (Health.UNKNOWN, (), "No answer.")
    assert status.ours is None


def test_the_largest_share_stands_first_with_its_version() -> None:
    new = Revision(name="api-00002", image="i", version="v1.2.0")
    seen = observed(
        serving={"api-00002": 30, "api-00001": 70},
        revisions={**observed().revisions, "api-00002": new},
    )
    assert TargetStatus(target=target(), seen=seen).split == (("v1.1.0", 70), ("v1.2.0", 30))


def test_the_clouds_own_reason_is_shown() -> None:
    status = TargetStatus(target=target(), seen=observed(problem="It crashed."))
    assert status.trouble == "It crashed."


@pytest.mark.parametrize(
    ("digest", "ours"), [(NEW_DIGEST, True), (OLD_DIGEST, False), (None, False)]
)
def test_what_serves_is_ours_only_when_the_digest_says_so(
    digest: str | None, *, ours: bool
) -> None:
    last = deploy(State.COMPLETED)
    serving = Revision(name="api-00002", image="i", digest=digest, version="v1.2.0")
    seen = observed(serving={"api-00002": 100}, revisions={"api-00002": serving})
    assert TargetStatus(target=target(), seen=seen, last=last).ours == (last if ours else None)


def test_a_digest_that_is_not_known_counts_by_the_revisions_name() -> None:
    bare = Revision(name="api-00002", image="i")
    seen = observed(
        serving={"api-00001": 1, "api-00002": 1, "api-00003": 98},
        revisions={**observed().revisions, "api-00002": bare},
    )
    assert seen.digests() == {OLD_DIGEST, "api-00002", "api-00003"}


# ── Values ───────────────────────────────────────────────────────────────────────────────────────


def test_only_a_card_refreshes_a_card() -> None:
    card = entry_of("1", "c", DeployCard(deploy="D-1", edition=2))
    note = entry_of("2", "c", DeployNote(deploy="D-1", edition=2, said=Said.STAGED))
    assert (card.card, card.thread, card.picture) == ("D-1.2", None, "D-1/chart")
    assert (note.card, note.thread, note.picture) == (None, "D-1.2", None)
    assert Entry.model_validate_json(note.model_dump_json()) == note


def test_values_do_not_change() -> None:
    entry = AuditEntry(at=NOW, actor="a", action="b", subject="c")
    with pytest.raises(ValidationError, match="frozen"):
        entry.detail = "x"  # type: ignore[misc]  # that is what is tested


def test_a_field_of_a_newer_release_is_refused_not_dropped() -> None:
    stored = {**deploy().model_dump(mode="json"), "canary": 5}
    with pytest.raises(ValidationError, match="canary"):
        Deploy.model_validate(stored)


def test_what_was_refused_is_not_quoted() -> None:
    """An error may end up in a log, and a value may be what somebody wrote."""
    with pytest.raises(ValidationError) as refused:
        AuditEntry.model_validate({"at": "what somebody wrote", "actor": "a"})
    assert "what somebody wrote" not in str(refused.value)
