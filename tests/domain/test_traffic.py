"""Sharing traffic: whole percents that sum to 100, and the old proportions among the rest."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.traffic import blend

shares = st.dictionaries(
    st.sampled_from(["api-00001", "api-00002", "api-00003", "api-00004"]),
    st.integers(min_value=0, max_value=100),
    max_size=4,
)
percents = st.integers(min_value=1, max_value=100)


@pytest.mark.parametrize(
    ("stable", "percent", "split"),
    [
        ({"old": 100}, 5, {"new": 5, "old": 95}),
        ({"old": 100}, 100, {"new": 100}),
        ({"a": 50, "b": 50}, 20, {"new": 20, "a": 40, "b": 40}),
        ({"a": 75, "b": 25}, 50, {"new": 50, "a": 38, "b": 12}),
        ({"a": 34, "b": 33, "c": 33}, 50, {"new": 50, "a": 17, "b": 17, "c": 16}),
        # A share that is rounded away gets nothing.
        ({"a": 99, "b": 1}, 95, {"new": 95, "a": 5}),
        # What has traffic already is not counted twice.
        ({"new": 10, "old": 90}, 25, {"new": 25, "old": 75}),
        # Where nothing else serves there is nobody to share with.
        ({}, 5, {"new": 100}),
        ({"old": 0}, 5, {"new": 100}),
        ({"new": 100}, 5, {"new": 100}),
    ],
)
def test_the_rest_keeps_its_proportions(
    stable: dict[str, int], percent: int, split: dict[str, int]
) -> None:
    assert blend(stable, "new", percent) == split


@given(stable=shares, percent=percents)
@example(stable={"api-00001": 33, "api-00002": 33, "api-00003": 34}, percent=1)
@settings(derandomize=True)
def test_it_sums_to_a_hundred_and_nobody_has_less_than_nothing(
    stable: dict[str, int], percent: int
) -> None:
    split = blend(stable, "new", percent)
    assert sum(split.values()) == 100
    assert all(share > 0 for share in split.values())
    assert split["new"] == (percent if any(stable.values()) else 100)
    assert set(split) <= {"new", *stable}


@given(stable=shares, percent=percents)
@settings(derandomize=True)
def test_the_same_wish_gives_the_same_split_in_whatever_order(
    stable: dict[str, int], percent: int
) -> None:
    """Else a confirmed split would not be recognised after a restart."""
    turned = dict(reversed(stable.items()))
    assert blend(stable, "new", percent) == blend(turned, "new", percent)


@given(stable=shares, percent=percents)
@settings(derandomize=True)
def test_nobody_is_more_than_one_percent_off(stable: dict[str, int], percent: int) -> None:
    whole = sum(stable.values())
    split = blend(stable, "new", percent)
    for name, share in stable.items():
        if whole:
            assert abs(split.get(name, 0) - share * (100 - percent) / whole) < 1
