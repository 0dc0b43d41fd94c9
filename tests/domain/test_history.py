"""Where a rollback goes: back along the way that led here, and never forth."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from ledgers import TARGET, digest, ledger, letters, record, stories, version

from bot.domain.artifact import Migrations
from bot.domain.history import (
    Kind,
    Ledger,
    Version,
    blocks_return,
    last_landed,
    previous,
    ways_back,
)


def names(goals: Sequence[Version]) -> str:
    return "".join(goal.version for goal in goals)


def serving(found: Ledger) -> Version | None:
    landed = last_landed(found)
    return landed.ran if landed else None


@pytest.mark.parametrize(
    ("story", "goals"),
    [
        ("", ""),
        ("A", ""),
        ("A B", "A"),
        ("A B C", "BA"),
        ("A B C <B", "A"),
        ("A B C <B <A", ""),
        ("A B C <A", ""),
        ("A B C <B D", "BA"),
        ("A B C <B C", "BA"),
        ("A B A", "B"),
        ("A B A <B", ""),
        ("A B! C", "A"),
        ("A B? C- D~ C", "A"),
        ("A A A", ""),
        ("A B B", "A"),
        ("A B C A D", "ACB"),
    ],
)
def test_the_way_back(story: str, goals: str) -> None:
    found = ledger(*story.split())
    assert names(ways_back(found, serving(found))) == goals
    nearest = previous(found, serving(found))
    assert (nearest.version if nearest else "") == goals[:1]


def test_what_is_denied_is_no_goal() -> None:
    found = ledger("A", "B", "C")
    assert names(ways_back(found, version("C"), frozenset({digest("B")}))) == "A"


def test_what_served_before_our_first_deploy_is_the_last_resort() -> None:
    before = Version(version="someone's", digest=None, revision="api-00001")
    found = [record("B", 10, replaced=version("A")), record("A", 0, replaced=before)]
    assert ways_back(found, version("B")) == (version("A"), before)
    assert previous(found[1:], version("A")) == before


def test_where_the_ledger_does_not_know_what_serves_it_is_the_newest_that_landed() -> None:
    """Somebody deployed past us."""
    found = ledger("A", "B")
    foreign = Version(version="x", digest=digest("Z"), revision="api-x")
    assert previous(found, foreign) == version("B")
    assert names(ways_back(found, None)) == "BA"


def test_who_went_back_in_the_console_is_not_sent_forth() -> None:
    assert previous(ledger("A", "B", "C"), version("B")) == version("A")


def test_a_goal_that_is_older_than_the_ledger_leaves_nothing_to_go_back_to() -> None:
    found = ledger("A", "B", "C", "<B")[:2]
    assert ways_back(found, version("B")) == ()


def test_a_revision_tells_versions_apart_where_a_digest_is_not_known() -> None:
    bare = version("B").model_copy(update={"digest": None})
    assert bare.same(version("B"))
    assert version("B").same(bare)
    assert not bare.same(version("A"))
    assert not version("A").same(version("A").model_copy(update={"digest": digest("B")}))
    nothing = Version(version="latest", digest=None, revision="")
    assert not nothing.same(nothing)


def test_no_more_than_asked_for() -> None:
    assert names(ways_back(ledger(*"ABCDE"), version("E"), limit=2)) == "DC"


def test_an_unpinned_target_counts_as_what_it_followed() -> None:
    found = [record("B", 20, kind=Kind.UNPIN, replaced=version("B")), *ledger("A", "B")]
    assert names(ways_back(found, version("B"))) == "A"


@settings(deadline=None)
@given(stories, letters, letters)
def test_a_goal_landed_before_is_not_serving_and_is_not_denied(
    story: Sequence[str], now: str, bad: str
) -> None:
    found = ledger(*story)
    denied = frozenset({digest(bad)})
    goals = ways_back(found, version(now), denied)
    landed = {each.digest for each in found if each.landed}
    assert {goal.digest for goal in goals} <= landed - denied - {digest(now)}
    assert len({goal.digest for goal in goals}) == len(goals)
    assert previous(found, version(now), denied) == next(iter(goals), None)


@settings(deadline=None)
@given(stories)
def test_rolling_back_again_and_again_ends_and_never_meets_a_version_twice(
    story: Sequence[str],
) -> None:
    found = ledger(*story)
    now = serving(found)
    met = [now]
    minute = 1000
    while now is not None and (goal := previous(found, now)) is not None:
        assert not any(goal.same(each) for each in met if each is not None)
        back = record(goal.version, minute, kind=Kind.ROLLBACK, replaced=now)
        found, now, minute = [back, *found], goal, minute + 1
        met.append(goal)
    assert len(met) <= len(found) + 1


# ── Migrations ───────────────────────────────────────────────────────────────────────────────────


def migrating(found: Ledger, *letters: str) -> Ledger:
    return [
        each.model_copy(update={"migrations": Migrations.IRREVERSIBLE})
        if each.version in letters
        else each
        for each in found
    ]


@pytest.mark.parametrize(
    ("story", "goal", "blocking"),
    [
        ("A X B", "A", "X"),
        ("A X B", "X", ""),
        ("A X A B", "A", ""),
        ("A X! B", "A", "X"),
        ("A B X", "B", "X"),
        ("A X B <A B", "A", ""),
        ("X B X", "Z", "XX"),
        ("A B X <B", "A", "X"),
        ("X A B", "A", ""),
    ],
)
def test_irreversible_migrations_since_the_goal_block_the_way(
    story: str, goal: str, blocking: str
) -> None:
    found = migrating(ledger(*story.split()), "X")
    assert "".join(each.version for each in blocks_return(found, version(goal))) == blocking


def test_going_back_migrates_nothing() -> None:
    found = migrating(ledger("A", "X", "B", "<X"), "X")
    assert blocks_return(found, version("A")) == (found[2],)


def test_a_deploy_that_was_never_begun_has_migrated_nothing() -> None:
    found = migrating(ledger("A", "B", "X-"), "X")
    begun = found[0]
    assert blocks_return(found, version("A")) == (begun,)
    never = begun.model_copy(update={"started": None})
    assert blocks_return([never, *found[1:]], version("A")) == ()


@pytest.mark.parametrize("migrations", [each for each in Migrations if each != "irreversible"])
def test_other_migrations_do_not_block(migrations: Migrations) -> None:
    found = [record("B", 10, migrations=migrations), record("A", 0)]
    assert blocks_return(found, version("A")) == ()


def test_the_last_landing_of_a_version_and_of_any() -> None:
    found = ledger("A", "B", "A", "B!")
    assert last_landed(found) == found[1]
    assert last_landed(found, version("B")) == found[2]
    assert last_landed(found, version("C")) is None
    assert found[0].target == TARGET
