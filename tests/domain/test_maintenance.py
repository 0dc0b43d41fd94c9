"""Lists that come up on a schedule, in the time of the people who do them."""

from datetime import UTC, datetime, timedelta

import pytest
from samples import NOW, SAM

from bot.domain.errors import UsageError
from bot.domain.incident_policy import MaintenanceRule, ProcedureItem
from bot.domain.maintenance import MaintenanceRun, next_run, overdue, run_of

ITEMS = (ProcedureItem(id="disks", text="Look at the disks"), ProcedureItem(id="logs", text="Logs"))


def rule(cron: str = "0 9 * * MON-FRI", zone: str = "Europe/Berlin") -> MaintenanceRule:
    """A list for every working day."""
    return MaintenanceRule(
        name="daily",
        title="Daily maintenance",
        channel="#ops",
        cron=cron,
        zone=zone,
        within=timedelta(hours=4),
        items=ITEMS,
    )


@pytest.mark.parametrize(
    ("after", "then"),
    [
        (datetime(2026, 11, 20, 7, 59, tzinfo=UTC), datetime(2026, 11, 20, 8, 0, tzinfo=UTC)),
        # Not at the moment itself, and not on Saturday.
        (datetime(2026, 11, 20, 8, 0, tzinfo=UTC), datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        # Nine o'clock comes an hour earlier in summer.
        (datetime(2026, 7, 1, 0, 0, tzinfo=UTC), datetime(2026, 7, 1, 7, 0, tzinfo=UTC)),
    ],
)
def test_a_list_comes_up_by_the_clock_on_the_wall(after: datetime, then: datetime) -> None:
    assert next_run(rule(), after) == then


def test_a_schedule_that_never_comes_is_refused() -> None:
    with pytest.raises(UsageError, match="never comes up") as refused:
        next_run(rule("0 0 29 2 */7"), datetime(2032, 3, 1, tzinfo=UTC))
    assert "every year" in refused.value.hint


def test_a_time_zone_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="is not a time zone"):
        next_run(rule(zone="Mars/Olympus"), NOW)


def test_a_run_has_everything_of_its_rule() -> None:
    at = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    run = run_of(rule(), at)
    assert run.id == "M-daily-20261120T0800"
    assert (run.rule, run.channel, run.posted) == ("daily", "#ops", at)
    assert run.due == at + timedelta(hours=4)
    assert run.procedure.title == "Daily maintenance"
    assert run.procedure.items == ITEMS
    assert not run.done
    assert not run.called


def test_the_hour_that_the_clock_passes_twice_has_two_runs() -> None:
    twice = rule("30 2 * * *")
    first = next_run(twice, datetime(2026, 10, 24, 22, 0, tzinfo=UTC))
    second = next_run(twice, first)
    assert second - first == timedelta(hours=1)
    assert run_of(twice, first).id != run_of(twice, second).id


def ticked(run: MaintenanceRun, *items: str) -> MaintenanceRun:
    """The run with these lines done."""
    procedure = run.procedure
    for item in items:
        procedure = procedure.tick(item, SAM, run.posted)
    return run.model_copy(update={"procedure": procedure})


def test_a_list_is_called_overdue_once_and_only_if_it_is_not_done() -> None:
    run = run_of(rule(), NOW)
    assert not overdue(run, run.due - timedelta(seconds=1))
    assert overdue(run, run.due)
    assert overdue(ticked(run, "disks"), run.due)
    assert not overdue(ticked(run, "disks", "logs"), run.due)
    assert not overdue(run.model_copy(update={"called": True}), run.due)
