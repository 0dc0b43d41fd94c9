"""Maintenance: lists that come up on a schedule, are ticked off, and named when overdue."""

from datetime import UTC, datetime

from bot.domain.base import Model
from bot.domain.cron import parse_cron
from bot.domain.errors import UsageError
from bot.domain.incident_policy import MaintenanceRule
from bot.domain.incidents.procedures import Procedure


class MaintenanceRun(Model):
    """One list as it came up once. `id` is `M-<rule>-<yyyymmddThhmm>`; `rule` names its rule.

    `called` says that it was named as overdue.
    """

    id: str
    rule: str
    channel: str
    procedure: Procedure
    posted: datetime
    due: datetime
    called: bool = False

    @property
    def done(self) -> bool:
        """Whether every line is ticked."""
        return not self.procedure.open


class MaintenanceSchedule(Model):
    """When a rule's list comes up next; `last` is the run that came up last."""

    rule: str
    next_at: datetime
    last: str | None = None


def next_run(rule: MaintenanceRule, after: datetime) -> datetime:
    """The first moment after another one at which a list comes up; UTC.

    Its schedule is read in the rule's time zone. Raises `UsageError` for a schedule or a time zone
    that cannot be read, and for a schedule that no year to come has.
    """
    found = parse_cron(rule.cron).next_after(after, rule.zone)
    if found is None:
        raise UsageError(
            "The maintenance list “{name}” never comes up at “{cron}”.",
            hint="Take a day and a month that come every year.",
            name=rule.name,
            cron=rule.cron,
        )
    return found.astimezone(UTC)


def run_of(rule: MaintenanceRule, at: datetime) -> MaintenanceRun:
    """A rule's list as it comes up at a moment. The same moment gives the same run."""
    moment = at.astimezone(UTC)
    return MaintenanceRun(
        id=f"M-{rule.name}-{moment:%Y%m%dT%H%M}",
        rule=rule.name,
        channel=rule.channel,
        procedure=Procedure(id=rule.name, title=rule.title, items=rule.items),
        posted=at,
        due=at + rule.within,
    )


def overdue(run: MaintenanceRun, now: datetime) -> bool:
    """Whether a list has to be called overdue: its time is over, it is not done, and it was not
    called so before.
    """
    return now >= run.due and not run.done and not run.called
