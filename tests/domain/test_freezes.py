"""An environment is frozen while anything freezes it, and people are told when it ends."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import NOW, OLIVIA, SAM

from bot.domain.errors import UsageError
from bot.domain.freezes import Frozen, frozen, next_freeze
from bot.domain.policy import FreezeWindow
from bot.domain.restrictions import Freeze

HOUR = timedelta(hours=1)
# Friday 16:00 to Monday 08:00 in New York.
WEEKEND = FreezeWindow(
    cron="0 16 * * FRI", duration=64 * HOUR, tz="America/New_York", reason="weekend"
)
NIGHT = FreezeWindow(cron="0 22 * * *", duration=8 * HOUR, reason="night")


def by_hand(
    environment: str | None = "production",
    begins: datetime = NOW,
    until: datetime | None = None,
    by: str = SAM,
    reason: str = "stop the line",
) -> Freeze:
    return Freeze(environment=environment, by=by, reason=reason, since=begins, until=until)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in July 2026, when New York is four hours behind UTC; the 10th is a Friday."""
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC)


def test_without_windows_and_freezes_nothing_is_frozen() -> None:
    assert frozen((), (), "production", NOW) is None
    assert next_freeze((), (), "production", NOW) is None


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (utc(10, 19, 59), None),
        (utc(10, 20), utc(13, 12)),
        (utc(12, 3), utc(13, 12)),
        (utc(13, 11, 59), utc(13, 12)),
        (utc(13, 12), None),
    ],
)
def test_a_window_holds_from_its_opening_up_to_its_close(
    now: datetime, until: datetime | None
) -> None:
    found = frozen([WEEKEND], (), "production", now)
    assert (found and found.until) == until
    assert found is None or (found.reason, found.by_hand) == ("weekend", ())


def test_a_freeze_begins_on_friday_at_four() -> None:
    upcoming = next_freeze([WEEKEND], (), "production", utc(9, 12))
    assert upcoming is not None
    assert (upcoming.begins, upcoming.until) == (utc(10, 20), utc(13, 12))
    assert upcoming.reason == "weekend"


@pytest.mark.parametrize(
    ("environment", "hit"), [("production", True), (None, True), ("staging", False)]
)
def test_a_freeze_by_hand_is_for_its_environment_or_for_all(
    environment: str | None, *, hit: bool
) -> None:
    found = frozen((), [by_hand(environment)], "production", NOW)
    assert (found is not None) == hit


def test_a_freeze_without_an_end_has_none() -> None:
    found = frozen([WEEKEND], [by_hand(begins=utc(10, 0))], "production", utc(11, 0))
    assert found is not None
    assert found.until is None


def test_what_ends_last_counts_and_all_reasons_are_said() -> None:
    short = by_hand(begins=utc(10, 0), until=utc(11, 1), reason="load test")
    long = by_hand(None, begins=utc(10, 0), until=utc(14, 0), by=OLIVIA)
    found = frozen([WEEKEND], [short, long], "production", utc(11, 0))
    assert found == Frozen(
        environment="production", until=utc(14, 0), windows=("weekend",), by_hand=(short, long)
    )
    assert found.reason == "weekend; load test; stop the line"


def test_the_same_reason_is_said_once() -> None:
    twice = [by_hand(), by_hand(by=OLIVIA)]
    found = frozen((), twice, "production", NOW)
    assert found is not None
    assert found.reason == "stop the line"


def test_what_follows_without_a_gap_belongs_to_the_same_freeze() -> None:
    """At the end of the weekend somebody's freeze is on: nothing is deployed on Monday morning."""
    monday = by_hand(begins=utc(13, 12), until=utc(13, 15))
    found = frozen([WEEKEND], [monday], "production", utc(11, 0))
    assert found is not None
    assert (found.until, found.reason) == (utc(13, 15), "weekend")


def test_a_window_that_opens_again_before_it_closes_has_no_end_in_sight() -> None:
    always = FreezeWindow(cron="0 * * * *", duration=2 * HOUR, reason="never")
    found = frozen([always], (), "production", NOW)
    assert found is not None
    assert found.until is None


def test_a_freeze_that_was_announced_is_the_next_one() -> None:
    announced = by_hand(begins=utc(9, 18), until=utc(9, 19), reason="maintenance")
    assert frozen((), [announced], "production", utc(9, 12)) is None
    upcoming = next_freeze([WEEKEND], [announced], "production", utc(9, 12))
    assert upcoming is not None
    assert (upcoming.begins, upcoming.reason) == (utc(9, 18), "maintenance")


def test_two_that_begin_together_both_say_why() -> None:
    announced = by_hand(begins=utc(10, 20), reason="move")
    upcoming = next_freeze([WEEKEND], [announced], "production", utc(9, 12))
    assert upcoming is not None
    assert (upcoming.reason, upcoming.until) == ("weekend; move", None)


def test_a_window_that_did_not_open_for_years_does_not_hold() -> None:
    rare = FreezeWindow(cron="0 0 29 2 */7", duration=HOUR, reason="leap Sunday")
    assert frozen([rare], (), "production", NOW) is None
    assert next_freeze([rare], (), "production", datetime(2019, 3, 1, tzinfo=UTC)) is None


def test_a_window_that_cannot_be_read_is_not_taken_for_open() -> None:
    broken = FreezeWindow(cron="0 16 * * FRY", duration=HOUR, reason="weekend")
    with pytest.raises(UsageError, match="day of week, column 10"):
        frozen([broken], (), "production", NOW)


# Schedules and how many hours their windows last. The last of each does not end by itself: the
# next window has begun by then.
SCHEDULES = {
    "0 16 * * FRI": (1, 8, 64, 168),
    "30 */6 * * *": (1, 5, 6),
    "0 0 1 * *": (1, 24, 72, 744),
    "0 22 * * *": (1, 8, 23, 24),
}
WINDOWS = tuple(
    FreezeWindow(cron=cron, duration=hours * HOUR, tz=tz, reason=f"for {hours} hours")
    for cron, lengths in SCHEDULES.items()
    for hours in lengths
    for tz in ("UTC", "America/New_York", "Asia/Kolkata")
)
windows = st.lists(st.sampled_from(WINDOWS), max_size=3)
times = st.integers(min_value=-200, max_value=200).map(lambda hours: NOW + hours * HOUR)
freezes = st.lists(
    st.builds(
        lambda place, begins, hours: by_hand(place, begins, begins + hours * HOUR),
        st.sampled_from([None, "production", "staging"]),
        times,
        st.integers(min_value=1, max_value=100),
    ),
    max_size=3,
)


@settings(deadline=None)
@given(windows, freezes, times)
def test_frozen_ends_when_nothing_is_frozen_and_not_before(
    policy: list[FreezeWindow], hand: list[Freeze], now: datetime
) -> None:
    found = frozen(policy, hand, "production", now)
    if found is None or found.until is None:
        return
    assert found.reason
    assert frozen(policy, hand, "production", found.until) is None
    last = frozen(policy, hand, "production", found.until - timedelta(seconds=1))
    assert last is not None
    assert last.until == found.until


@settings(deadline=None)
@given(windows, freezes, times)
def test_between_now_and_the_next_freeze_none_begins(
    policy: list[FreezeWindow], hand: list[Freeze], now: datetime
) -> None:
    upcoming = next_freeze(policy, hand, "production", now)
    if upcoming is None:
        return
    assert upcoming.begins > now
    assert frozen(policy, hand, "production", upcoming.begins) is not None
    if frozen(policy, hand, "production", now) is None:
        before = upcoming.begins - timedelta(seconds=1)
        assert frozen(policy, hand, "production", before) is None
