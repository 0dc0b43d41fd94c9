"""A version is verified where it served everything for long enough and was not taken back."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import MINUTE, digest, ledger, letters, record, stories, version
from samples import NOW

from bot.domain.history import Ending, Kind
from bot.domain.verification import NotVerified, Soaking, Verified, verified

SOAK, HOUR = 30 * MINUTE, 60 * MINUTE


def judged(story: str, letter: str, *, after: int, apart: int = 60) -> object:
    """The judgement so many minutes after the last thing that happened."""
    words = story.split()
    now = NOW + ((len(words) - 1) * apart + after) * MINUTE
    return verified(ledger(*words, apart=apart), digest(letter), SOAK, now)


def why(found: object) -> str:
    assert isinstance(found, NotVerified)
    return found.why


@pytest.mark.parametrize(
    ("story", "letter", "after"),
    [
        ("A", "A", 30),
        ("A B", "A", 0),
        ("A B C D", "B", 0),
        ("A A", "A", 0),
        ("A B <A", "A", 0),
        ("A B <A B", "B", 30),
        ("A A! A", "A", 30),
        ("A B- B~", "A", 0),
        ("A B?", "A", 0),
        ("A B? A", "A", 30),
        ("A B!", "A", 0),
    ],
)
def test_it_served_for_long_enough(story: str, letter: str, after: int) -> None:
    assert isinstance(judged(story, letter, after=after), Verified)


@pytest.mark.parametrize(
    ("story", "letter", "after", "because"),
    [
        ("A", "B", 60, "has not landed there"),
        ("A B!", "B", 60, "has not landed there"),
        ("A B?", "B", 60, "has not landed there"),
        ("A B <A", "B", 60, "was rolled back there"),
        ("A B A!", "A", 60, "was rolled back there"),
    ],
)
def test_it_did_not_serve_or_was_taken_back(
    story: str, letter: str, after: int, because: str
) -> None:
    assert why(judged(story, letter, after=after)) == because


def test_it_soaks_from_its_landing_to_the_end_of_the_soak() -> None:
    assert judged("A", "A", after=29) == Soaking(until=NOW + SOAK)
    assert judged("A", "A", after=30) == Verified(since=NOW)


def test_time_in_which_another_version_served_does_not_count() -> None:
    found = judged("A B", "A", after=500, apart=10)
    assert why(found) == "served there for 10 min only, of 30 min"
    assert why(judged("A B C", "A", after=500, apart=10)).startswith("served there for 10 min")


def test_the_same_version_again_goes_on_soaking() -> None:
    """What was only configured anew was not replaced."""
    assert isinstance(judged("A A A A", "A", after=0, apart=10), Verified)


@pytest.mark.parametrize("doubt", ["B?", "B~"])
def test_after_an_unknown_end_it_is_not_known_to_serve(doubt: str) -> None:
    assert why(judged(f"A {doubt}", "A", after=500, apart=10)).startswith("served there for 9 min")


def test_what_nobody_knew_to_serve_is_not_made_up_for_later() -> None:
    found = judged("A B? C", "A", after=500, apart=10)
    assert why(found) == "served there for 9 min only, of 30 min"


def test_an_unknown_end_of_the_same_version_is_a_doubt_as_well() -> None:
    assert why(judged("A A?", "A", after=500, apart=10)).startswith("served there for 9 min")


def test_where_the_beginning_of_a_doubt_is_not_known_its_end_counts() -> None:
    found = [record("B", 10, ending=Ending.UNKNOWN, started=None), *ledger("A")]
    assert why(verified(found, digest("A"), SOAK, NOW + HOUR)).startswith("served there for 10 min")


@pytest.mark.parametrize("failure", ["B!", "B-"])
def test_what_others_failed_to_replace_goes_on_soaking(failure: str) -> None:
    assert isinstance(judged(f"A {failure}", "A", after=20, apart=10), Verified)


def test_a_rollback_that_failed_takes_nothing_back() -> None:
    failed = record("A", 70, kind=Kind.ROLLBACK, ending=Ending.FAILED, replaced=version("B"))
    found = verified([failed, *ledger("A", "B")], digest("B"), SOAK, NOW + 2 * HOUR)
    assert isinstance(found, Verified)


def test_a_rollback_that_does_not_say_from_what_takes_back_what_served() -> None:
    back = record("A", 70, kind=Kind.ROLLBACK, replaced=None)
    found = verified([back, *ledger("A", "B")], digest("B"), SOAK, NOW + 2 * HOUR)
    assert why(found) == "was rolled back there"


def test_a_rollback_says_itself_from_what() -> None:
    """What the ledger saw last need not be what served."""
    back = record("A", 70, kind=Kind.ROLLBACK, replaced=version("C"))
    found = verified([back, *ledger("A", "B")], digest("B"), SOAK, NOW + 2 * HOUR)
    assert isinstance(found, Verified)


def test_a_cancelled_deploy_without_traffic_changes_nothing() -> None:
    found = [record("B", 10, ending=Ending.CANCELLED, moved=False), *ledger("A")]
    assert verified(found, digest("A"), SOAK, NOW + SOAK) == Verified(since=NOW)


def test_a_rollback_to_what_served_takes_nothing_back() -> None:
    found = [record("A", 10, kind=Kind.ROLLBACK, replaced=version("A")), *ledger("A")]
    assert verified(found, digest("A"), SOAK, NOW + SOAK) == Verified(since=NOW)


def test_without_a_soak_it_is_verified_when_it_has_landed() -> None:
    found = ledger("A")
    assert verified(found, digest("A"), timedelta(0), NOW) == Verified(since=NOW)


def test_the_newest_three_are_offered() -> None:
    found = judged("A B C D E", "Z", after=60)
    assert isinstance(found, NotVerified)
    assert found.acceptable == (version("E"), version("D"), version("C"))


def test_what_has_served_exactly_long_enough_is_offered() -> None:
    found = judged("A", "Z", after=30)
    assert isinstance(found, NotVerified)
    assert found.acceptable == (version("A"),)


def test_a_denied_version_is_not_offered() -> None:
    found = verified(ledger(*"ABCDE"), digest("Z"), MINUTE, NOW + SOAK, frozenset({digest("D")}))
    assert isinstance(found, NotVerified)
    assert found.acceptable == (version("C"), version("B"), version("A"))


def test_what_has_no_digest_is_not_offered() -> None:
    found = verified([record("A", 0, digest=None)], digest("Z"), timedelta(0), NOW)
    assert found == NotVerified(why="has not landed there", acceptable=())


soaks = st.integers(min_value=0, max_value=60).map(lambda minutes: minutes * MINUTE)
waits = st.integers(min_value=0, max_value=90).map(lambda minutes: minutes * MINUTE)


@settings(deadline=None)
@given(stories, letters, soaks, waits)
def test_what_is_verified_landed_long_enough_ago_and_stays_verified(
    story: Sequence[str], letter: str, soak: timedelta, wait: timedelta
) -> None:
    found = ledger(*story)
    now = (found[0].ended if found else NOW) + wait
    match verified(found, digest(letter), soak, now):
        case Verified():
            landed = [each for each in found if each.landed and each.digest == digest(letter)]
            assert min(each.ended for each in landed) + soak <= now
            assert isinstance(verified(found, digest(letter), soak, now + wait), Verified)
        case Soaking(until=until):
            assert until > now
            assert isinstance(verified(found, digest(letter), soak, until), Verified)
            before = until - timedelta(seconds=1)
            assert verified(found, digest(letter), soak, before) == Soaking(until=until)
        case NotVerified(acceptable=acceptable):
            assert len(acceptable) <= 3
            assert letter not in {each.version for each in acceptable}
            for each in acceptable:
                assert each.digest
                assert isinstance(verified(found, each.digest, soak, now), Verified)


@settings(deadline=None)
@given(stories, letters, soaks)
def test_what_was_taken_back_last_is_never_verified(
    story: Sequence[str], letter: str, soak: timedelta
) -> None:
    found = ledger(*story, f"{letter}!")
    now = found[0].ended + 1000 * MINUTE
    assert isinstance(verified(found, digest(letter), soak, now), NotVerified)
