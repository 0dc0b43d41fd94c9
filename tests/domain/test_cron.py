"""A schedule fires when a person who reads it with a clock on the wall says that it does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.cron import FIELDS, REACH, Cron, parse_cron
from bot.domain.errors import UsageError
from bot.domain.wall_clock import parse_zone

NEW_YORK = "America/New_York"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Time zones with hours, half hours and a whole day left out, with changes at midnight, and without.
ZONES = (
    "UTC",
    NEW_YORK,
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Havana",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Africa/Casablanca",
)
# Days around which a clock of those zones jumps, and ordinary ones.
CHANGES = (
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2010, 11, 7, 2, 31, tzinfo=UTC),
    datetime(2026, 2, 28, 23, 59, tzinfo=UTC),
    datetime(2024, 12, 31, 12, tzinfo=UTC),
)


def at(text: str, zone: str = "UTC") -> datetime:
    """A wall time, as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# ── Against a scan of every minute ───────────────────────────────────────────────────────────────


@st.composite
def fields(draw: st.DrawFn, low: int, high: int) -> tuple[str, frozenset[int]]:
    """A field as text, with the numbers that it stands for."""
    values = st.integers(min_value=low, max_value=high)
    match draw(st.sampled_from(["all", "all", "every", "one", "range", "stepped", "list"])):
        case "all":
            return "*", frozenset(range(low, high + 1))
        case "every":
            step = draw(st.integers(min_value=1, max_value=high))
            return f"*/{step}", frozenset(range(low, high + 1, step))
        case "one":
            value = draw(values)
            return str(value), frozenset({value})
        case "list":
            chosen = draw(st.lists(values, min_size=1, max_size=4))
            return ",".join(map(str, chosen)), frozenset(chosen)
        case kind:
            first, last = sorted((draw(values), draw(values)))
            if kind == "range" or first == last:
                return f"{first}-{last}", frozenset(range(first, last + 1))
            return f"{first}-{last}/2", frozenset(range(first, last + 1, 2))


@st.composite
def schedules(draw: st.DrawFn) -> tuple[str, tuple[frozenset[int], ...], bool]:
    """An expression, what its fields stand for, and whether one kind of day is enough."""
    drawn = [draw(fields(field.low, field.high)) for field in FIELDS]
    texts = [text for text, _ in drawn]
    either = not (texts[2].startswith("*") or texts[4].startswith("*"))
    return " ".join(texts), tuple(numbers for _, numbers in drawn), either


def matches(wall: datetime, numbers: tuple[frozenset[int], ...], *, either: bool) -> bool:
    minutes, hours, days, months, weekdays = numbers
    if wall.minute not in minutes or wall.hour not in hours or wall.month not in months:
        return False
    week = wall.isoweekday() in weekdays or (wall.isoweekday() == 7 and 0 in weekdays)
    return (wall.day in days or week) if either else (wall.day in days and week)


def scan(
    first: datetime, last: datetime, zone: str, schedule: tuple[tuple[frozenset[int], ...], bool]
) -> Iterator[datetime]:
    """Every minute of a span at which a schedule fires, by looking at each of them."""
    numbers, either = schedule
    place = ZoneInfo(zone)
    moment = first.replace(second=0, microsecond=0)
    before = (moment - MINUTE).astimezone(place).replace(tzinfo=None)
    while moment <= last:
        wall = moment.astimezone(place).replace(tzinfo=None)
        # Also the minutes that the clock has left out since the last look.
        shown = [wall]
        while before + MINUTE < shown[-1]:
            shown.append(shown[-1] - MINUTE)
        if any(matches(each, numbers, either=either) for each in shown):
            yield moment
        before, moment = wall, moment + MINUTE


moments = st.builds(
    lambda change, seconds: change + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(min_value=-30 * 3600, max_value=30 * 3600),
)


@settings(max_examples=60, deadline=None)
@given(drawn=schedules(), moment=moments, zone=st.sampled_from(ZONES))
def test_it_fires_when_a_scan_of_every_minute_says_so(
    drawn: tuple[str, tuple[frozenset[int], ...], bool], moment: datetime, zone: str
) -> None:
    text, numbers, either = drawn
    try:
        cron = parse_cron(text)
    except UsageError:
        # Refused is only what never comes.
        assert not list(scan(moment - DAY, moment + DAY, zone, (numbers, either)))
        return
    before = [t for t in scan(moment - 2 * DAY, moment, zone, (numbers, either)) if t <= moment]
    after = [t for t in scan(moment, moment + 2 * DAY, zone, (numbers, either)) if t > moment]
    last, following = cron.last_before(moment, zone), cron.next_after(moment, zone)
    if before or (last and last > moment - 2 * DAY):
        assert last == before[-1]
    if after or (following and following <= moment + 2 * DAY):
        assert following == after[0]


@settings(max_examples=50, deadline=None)
@given(drawn=schedules(), moment=moments, zone=st.sampled_from(ZONES))
def test_back_and_forth_meet(
    drawn: tuple[str, tuple[frozenset[int], ...], bool], moment: datetime, zone: str
) -> None:
    """Between the last time and the next one there is no other, in either direction."""
    try:
        cron = parse_cron(drawn[0])
    except UsageError:
        return
    last, following = cron.last_before(moment, zone), cron.next_after(moment, zone)
    assert last is None or moment - REACH - DAY <= last <= moment
    assert following is None or moment < following <= moment + REACH + DAY
    if last and following and following - last < REACH:
        assert cron.next_after(last, zone) == following
        assert cron.last_before(following - MINUTE / 60, zone) == last
        assert cron.last_before(following, zone) == following


# ── By example ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "moment", "last", "following"),
    [
        ("0 16 * * FRI", "2026-03-14T12:00", "2026-03-13T16:00", "2026-03-20T16:00"),
        ("0 16 * * fri", "2026-03-13T16:00", "2026-03-13T16:00", "2026-03-20T16:00"),
        ("0 16 * * 5", "2026-03-13T15:59:59", "2026-03-06T16:00", "2026-03-13T16:00"),
        ("0 0 * * 0", "2026-03-14T12:00", "2026-03-08T00:00", "2026-03-15T00:00"),
        ("0 0 * * 7", "2026-03-14T12:00", "2026-03-08T00:00", "2026-03-15T00:00"),
        ("0 0 * * FRI-SUN", "2026-03-16T12:00", "2026-03-15T00:00", "2026-03-20T00:00"),
        ("0 0 * * 5-7", "2026-03-16T12:00", "2026-03-15T00:00", "2026-03-20T00:00"),
        ("0 0 24 DEC *", "2026-03-14T12:00", "2025-12-24T00:00", "2026-12-24T00:00"),
        ("0 0 29 2 *", "2026-03-14T12:00", "2024-02-29T00:00", "2028-02-29T00:00"),
        ("*/20 9-17/4 * * *", "2026-03-14T09:45", "2026-03-14T09:40", "2026-03-14T13:00"),
        ("59 23 31 * *", "2026-03-14T12:00", "2026-01-31T23:59", "2026-03-31T23:59"),
    ],
)
def test_examples(text: str, moment: str, last: str, following: str) -> None:
    cron = parse_cron(text)
    assert cron.last_before(at(moment), "UTC") == at(last)
    assert cron.next_after(at(moment), "UTC") == at(following)


def test_one_kind_of_day_is_enough_when_both_are_restricted() -> None:
    """POSIX: 13 or Friday, not Friday the 13th."""
    cron = parse_cron("0 0 13 * FRI")
    assert cron.last_before(at("2026-04-14T00:00"), "UTC") == at("2026-04-13T00:00")
    assert cron.last_before(at("2026-04-12T00:00"), "UTC") == at("2026-04-10T00:00")


def test_a_day_field_that_begins_with_a_star_is_not_restricted() -> None:
    """As in Vixie cron: every Friday with an odd date, not every Friday and every odd date."""
    cron = parse_cron("0 0 */2 * FRI")
    assert cron.next_after(at("2026-03-14T00:00"), "UTC") == at("2026-03-27T00:00")


def test_a_friday_in_another_time_zone_is_its_own() -> None:
    cron = parse_cron("0 16 * * FRI")
    assert cron.last_before(at("2026-07-11T00:00"), NEW_YORK) == at("2026-07-10T20:00")
    assert cron.last_before(at("2026-01-10T00:00"), NEW_YORK) == at("2026-01-09T21:00")
    kiritimati = "Pacific/Kiritimati"
    assert cron.last_before(at("2026-07-10T12:00"), kiritimati) == at("2026-07-10T02:00")


def test_a_time_that_the_clock_leaves_out_comes_at_the_jump() -> None:
    """At 02:00 on 8 March 2026 the clocks of New York go to 03:00."""
    cron = parse_cron("30 2 * * *")
    assert cron.last_before(at("2026-03-08T12:00"), NEW_YORK) == at("2026-03-08T03:00", NEW_YORK)


def test_an_hour_that_comes_twice_counts_twice() -> None:
    """At 02:00 on 1 November 2026 the clocks of New York go back to 01:00."""
    cron = parse_cron("30 1 * * *")
    first = cron.next_after(at("2026-11-01T00:00", NEW_YORK), NEW_YORK)
    assert first == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert cron.next_after(first, NEW_YORK) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_a_day_that_was_left_out_is_made_up_for() -> None:
    """Samoa had no 30 December 2011."""
    cron = parse_cron("0 12 30 12 *")
    apia = "Pacific/Apia"
    assert cron.last_before(at("2012-06-01T00:00"), apia) == at("2011-12-31T00:00", apia)


def test_what_does_not_come_within_years_is_none() -> None:
    """29 February falls on a Sunday every 28 years; with `*/7` that is one condition more."""
    cron = parse_cron("0 0 29 2 */7")
    assert cron.last_before(at("2026-03-14T12:00"), "UTC") is None
    assert cron.next_after(at("2019-03-14T12:00"), "UTC") is None


def test_a_moment_may_come_in_any_time_zone() -> None:
    cron = parse_cron("0 16 * * FRI")
    moment = at("2026-03-14T12:00")
    assert cron.last_before(moment.astimezone(ZoneInfo("Asia/Tokyo")), NEW_YORK) == (
        cron.last_before(moment, NEW_YORK)
    )


def test_a_schedule_is_a_value() -> None:
    cron = parse_cron("0 16 * * 7,FRI")
    assert cron == Cron(
        text="0 16 * * 7,FRI",
        minutes=(0,),
        hours=(16,),
        days=tuple(range(1, 32)),
        months=tuple(range(1, 13)),
        weekdays=(0, 5),
        either_day=False,
    )
    assert Cron.model_validate_json(cron.model_dump_json()) == cron


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("60 * * * *", "The minute, column 1: “60” does not belong there."),
        ("0 24 * * *", "The hour, column 3: “24” does not belong there."),
        ("0 0 0 * *", "The day of month, column 5: “0” does not belong there."),
        ("0 0 * 13 *", "The month, column 7: “13” does not belong there."),
        ("0 0 * * 8", "The day of week, column 9: “8” does not belong there."),
        ("0  16  *  *  FRY", "The day of week, column 14: “FRY” does not belong there."),
        ("0 16 * * FRI,SAD", "The day of week, column 14: “SAD” does not belong there."),
        ("0 9-99 * * *", "The hour, column 5: “99” does not belong there."),
        ("0 17-9 * * *", "The hour, column 3: the range “17-9” runs backwards."),
        ("0 0 * * FRI-MON", "The day of week, column 9: the range “FRI-MON” runs backwards."),
        ("*/0 * * * *", "The minute, column 3: “0” is not a step from 1 to 59."),
        ("*/60 * * * *", "The minute, column 3: “60” is not a step from 1 to 59."),
        ("5/15 * * * *", "The minute, column 3: “5/15” has a step without a range."),
        ("5-9/ * * * *", "The minute, column 5: “” is not a step from 1 to 59."),
        ("1,,2 * * * *", "The minute, column 3: “” does not belong there."),
        ("1- * * * *", "The minute, column 3: “” does not belong there."),
        ("-1 * * * *", "The minute, column 1: “” does not belong there."),
        ("** * * * *", "The minute, column 1: “**” does not belong there."),
        ("٣ * * * *", "The minute, column 1: “٣” does not belong there."),
        ("000 * * * *", "The minute, column 1: “000” does not belong there."),
        ("0 0 * MON *", "The month, column 7: “MON” does not belong there."),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_is_allowed(text: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_cron(text)
    assert str(refused.value) == says
    field = says[4:].split(",")[0]
    assert refused.value.hint.startswith(f"The {field} takes ")


def test_the_hint_says_names_where_there_are_names() -> None:
    with pytest.raises(UsageError) as refused:
        parse_cron("0 0 * * x")
    assert "0 to 7 or SUN to SAT" in refused.value.hint


@pytest.mark.parametrize("text", ["", "0 16 * *", "0 16 * * FRI 2026", "@daily"])
def test_another_number_of_fields_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=f"has {len(text.split())}") as refused:
        parse_cron(text)
    assert "0 16 * * FRI" in refused.value.hint


@pytest.mark.parametrize("text", ["0 0 30 2 *", "0 0 31 4,6,SEP,11 *", "0 0 30 FEB */2"])
def test_a_date_that_no_year_has_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="never comes") as refused:
        parse_cron(text)
    assert "column 5" in str(refused.value)


def test_a_weekday_makes_up_for_a_date_that_no_year_has() -> None:
    cron = parse_cron("0 0 30 2 MON")
    assert cron.next_after(at("2026-01-30T00:00"), "UTC") == at("2026-02-02T00:00")


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../UTC", "America", "x" * 300, "a\0b"])
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a time zone") as refused:
        parse_zone(name)
    assert "Europe/Berlin" in refused.value.hint
