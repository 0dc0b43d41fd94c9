"""The figures say what the ledger says, and nothing where it says nothing."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import MINUTE, ledger, record, stories, version
from samples import DANA, NOW, SAM

from bot.domain.artifact import Migrations
from bot.domain.delivery_figures import (
    COLUMNS,
    Figures,
    Success,
    by_service,
    by_target,
    figures,
    rows,
)
from bot.domain.evidence import Window
from bot.domain.history import Ending, Kind, Record
from bot.domain.measures import Durations, Share

DAY = timedelta(days=1)
WEEK = Window(start=NOW - DAY, end=NOW + 6 * DAY)
UNKNOWN = Durations(median=None, p90=None, known=0, unknown=0)


def told(*story: str) -> Figures:
    return figures(ledger(*story), WEEK)


def test_of_nothing_nothing_is_known_but_that_nothing_landed() -> None:
    found = figures([], WEEK)
    assert (found.landed, found.per_day, found.per_week) == (0, 0.0, 0.0)
    assert (found.lead_time, found.time_to_restore) == (UNKNOWN, UNKNOWN)
    assert found.change_failures.value is None
    assert (found.success.value, found.success.met, found.success.missing) == (None, None, 100)


def test_a_period_without_length_has_no_frequency() -> None:
    found = figures(ledger("A"), Window(start=NOW, end=NOW))
    assert (found.per_day, found.per_week, found.landed) == (None, None, 0)


def test_how_often_something_landed() -> None:
    found = told("A", "B", "C!", "<A", "D-", "E")
    assert found.landed == 3
    assert found.per_day == pytest.approx(3 / 7)
    assert found.per_week == pytest.approx(3)


def test_the_start_of_a_period_is_outside_of_it_and_its_end_is_not() -> None:
    found = ledger("A", "B", apart=60)
    assert figures(found, Window(start=NOW, end=NOW + 60 * MINUTE)).landed == 1


@pytest.mark.parametrize("ending", [Ending.REFUSED, Ending.CANCELLED])
def test_who_refuses_or_cancels_has_not_deployed(ending: Ending) -> None:
    found = figures([record("B", 10, ending=ending), record("A", 0)], WEEK)
    assert (found.success.count, found.success.total) == (1, 1)
    assert (found.change_failures.count, found.change_failures.total) == (0, 1)


# ── Lead time ────────────────────────────────────────────────────────────────────────────────────


def built(*minutes: int | None) -> list[Record]:
    return [
        record("A", 100, built=None if minute is None else NOW + (100 - minute) * MINUTE)
        for minute in minutes
    ]


def test_lead_time_is_from_the_building_to_the_landing() -> None:
    found = figures(built(10, 20, 60), WEEK).lead_time
    assert found == Durations(median=20 * MINUTE, p90=60 * MINUTE, known=3, unknown=0)


def test_of_an_even_number_the_median_lies_between() -> None:
    assert figures(built(10, 20, 30, 60), WEEK).lead_time.median == 25 * MINUTE


def test_the_ninetieth_percentile_is_one_of_the_values() -> None:
    assert figures(built(*range(1, 11)), WEEK).lead_time.p90 == 9 * MINUTE
    assert figures(built(*range(1, 12)), WEEK).lead_time.p90 == 10 * MINUTE


def test_a_lead_time_that_is_not_known_is_counted_and_not_guessed() -> None:
    assert figures(built(0), WEEK).lead_time.median == timedelta(0)
    found = figures(built(10, None, -5), WEEK).lead_time
    assert found == Durations(median=10 * MINUTE, p90=10 * MINUTE, known=1, unknown=2)


# ── Failures ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("story", "failed", "changes"),
    [
        ("A B", 0, 2),
        ("A B!", 1, 2),
        ("A B?", 1, 2),
        ("A B-", 0, 1),
        ("A B~", 0, 1),
        ("A B <A", 1, 2),
        ("A B C <B", 1, 3),
        ("A B C <A", 1, 3),
        ("A B C <B <A", 2, 3),
        ("A B <A B <A", 2, 3),
        ("A B B! <A", 2, 3),
    ],
)
def test_which_changes_have_failed(story: str, failed: int, changes: int) -> None:
    found = told(*story.split()).change_failures
    assert (found.count, found.total) == (failed, changes)


def test_a_deploy_that_failed_after_it_had_traffic_is_a_failed_change() -> None:
    found = figures([record("A", 0, ending=Ending.FAILED, moved=True)], WEEK)
    assert found.change_failures == Share(count=1, total=1)


def test_what_landed_is_a_change_whether_or_not_its_traffic_was_noted() -> None:
    assert figures([record("A", 0, moved=False)], WEEK).change_failures.total == 1


def test_a_rollback_that_failed_took_nothing_back() -> None:
    back = record("A", 20, kind=Kind.ROLLBACK, replaced=version("B"), ending=Ending.FAILED)
    assert figures([back, *ledger("A", "B")], WEEK).change_failures.count == 0


def test_a_rollback_after_the_period_counts_for_what_landed_in_it() -> None:
    period = Window(start=NOW - DAY, end=NOW + 15 * MINUTE)
    found = figures(ledger("A", "B", "<A"), period)
    assert found.change_failures == Share(count=1, total=2)
    assert found.time_to_restore.median == 10 * MINUTE


def test_another_targets_rollback_is_not_ours() -> None:
    back = record("A", 20, kind=Kind.ROLLBACK, replaced=version("B"), target="api/production")
    found = figures([back, *ledger("A", "B")], WEEK)
    assert found.change_failures.count == 0


def test_a_rollback_of_what_we_never_deployed_is_nobodys_failure() -> None:
    back = record("A", 20, kind=Kind.ROLLBACK, replaced=version("Z"))
    assert figures([back, *ledger("A", "B")], WEEK).change_failures.count == 0
    unclear = back.model_copy(update={"replaced": None})
    assert figures([unclear, *ledger("A", "B")], WEEK).change_failures.count == 0


def test_time_to_restore_is_from_the_landing_to_the_end_of_the_way_back() -> None:
    assert told("A", "B", "<A").time_to_restore.median == 10 * MINUTE


def test_what_never_landed_was_restored_at_most_in_the_time_of_its_rollout() -> None:
    assert told("A", "B!").time_to_restore.median == MINUTE


def test_what_came_back_and_left_again_counts_from_its_coming_back() -> None:
    found = told("A", "B", "C", "<B", "<A").time_to_restore
    assert found == Durations(median=10 * MINUTE, p90=10 * MINUTE, known=2, unknown=0)


def test_where_a_beginning_is_not_known_the_time_to_restore_is_not() -> None:
    found = figures([record("A", 0, ending=Ending.ROLLED_BACK, started=None)], WEEK)
    assert found.time_to_restore == UNKNOWN.model_copy(update={"unknown": 1})


def test_what_nothing_brought_back_is_unknown() -> None:
    assert told("A", "B?").time_to_restore == UNKNOWN.model_copy(update={"unknown": 1})


# ── Success ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("count", "total", "met", "missing"),
    [
        (0, 0, None, 100),
        (99, 99, None, 1),
        (100, 100, True, 0),
        (98, 99, None, 2),
        (99, 100, False, 1),
        (100, 101, True, 0),
        (198, 200, False, 1),
        (199, 201, True, 0),
        (990, 1000, False, 1),
        (991, 1000, True, 0),
        (1, 50, None, 4851),
    ],
)
def test_fewer_than_a_hundred_cannot_show_ninety_nine_percent(
    count: int, total: int, *, met: bool | None, missing: int
) -> None:
    found = Success(count=count, total=total)
    assert found.met is met
    assert found.missing == missing


def test_failures_of_every_kind_count_against_success() -> None:
    found = told("A", "B!", "C?", "D-", "E~", "<A").success
    assert (found.count, found.total, found.value) == (1, 4, 0.25)


@given(st.integers(min_value=0, max_value=3000), st.integers(min_value=0, max_value=20))
def test_missing_is_the_fewest_that_would_do(landed: int, failed: int) -> None:
    missing = Success(count=landed, total=landed + failed).missing
    assert Success(count=landed + missing, total=landed + failed + missing).met is True
    if missing:
        short = Success(count=landed + missing - 1, total=landed + failed + missing - 1)
        assert short.met is not True


@settings(deadline=None)
@given(stories)
def test_figures_fit_together(story: Sequence[str]) -> None:
    found = told(*story)
    failures = found.change_failures
    assert found.landed <= failures.total <= len(story)
    assert 0 <= failures.count <= failures.total
    restored = found.time_to_restore
    assert restored.known + restored.unknown == failures.count
    assert found.lead_time.known + found.lead_time.unknown == found.landed
    assert found.success.count == found.landed <= found.success.total
    assert restored.median is None or timedelta(0) <= restored.median <= (restored.p90 or DAY)
    assert figures(list(reversed(ledger(*story))), WEEK) == found


# ── By target and service, and as a table ────────────────────────────────────────────────────────


def test_figures_by_target_and_by_service() -> None:
    places = ("api/staging", "api/production", "auth/production")
    records = [record("A", 0, target=place) for place in places]
    assert list(by_target(records, WEEK)) == sorted(places)
    assert {name: found.landed for name, found in by_service(records, WEEK).items()} == {
        "api": 2,
        "auth": 1,
    }


FULL = record(
    "B",
    10,
    approved_by=(SAM, DANA),
    built=NOW,
    migrations=Migrations.COMPATIBLE,
    replaced=version("A"),
    problem="=1+1",
)


def test_a_row_has_every_column_in_its_place() -> None:
    (row,) = rows([FULL])
    assert tuple(row) == COLUMNS
    assert row == {
        "deploy": "D-10",
        "kind": "deploy",
        "service": "api",
        "environment": "staging",
        "version": "B",
        "digest": version("B").digest,
        "revision": "api-b",
        "ending": "completed",
        "requested_by": DANA,
        "approved_by": f"{SAM} {DANA}",
        "requested": "2026-03-14T12:08:00+00:00",
        "started": "2026-03-14T12:09:00+00:00",
        "ended": "2026-03-14T12:10:00+00:00",
        "built": "2026-03-14T12:00:00+00:00",
        "lead_seconds": 600,
        "migrations": "compatible",
        "replaced_version": "A",
        "replaced_digest": version("A").digest,
        "had_traffic": True,
        "automatic": False,
        "break_glass": False,
        "problem": "=1+1",
    }


def test_what_is_not_known_is_none_in_a_row() -> None:
    (row,) = rows([record("A", 0, started=None, digest=None, revision=None)])
    missing = {"started", "digest", "revision", "built", "lead_seconds", "problem"}
    assert {name for name, cell in row.items() if cell is None} >= missing


@pytest.mark.parametrize("changes", [{"kind": Kind.ROLLBACK}, {"ending": Ending.ROLLED_BACK}])
def test_what_did_not_land_and_what_went_back_has_no_lead_time(changes: dict[str, object]) -> None:
    (row,) = rows([FULL.model_copy(update=changes)])
    assert row["lead_seconds"] is None


@given(stories)
def test_a_table_goes_through_json_and_csv(story: Sequence[str]) -> None:
    table = rows(ledger(*story))
    assert json.loads(json.dumps(table)) == list(table)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(table)
    read = list(csv.DictReader(io.StringIO(text.getvalue())))
    assert [row["deploy"] for row in read] == [row["deploy"] for row in table]
