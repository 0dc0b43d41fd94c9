"""Maintenance: lists that come up on a schedule, are ticked off, and named when overdue."""

from datetime import datetime

from bot.domain.base import Model
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
