"""What one person sees of incidents on the home tab: only what concerns them, and may be seen."""

from datetime import datetime

from bot.domain.base import Model
from bot.domain.incidents.incident import Incident, Task


class OwnTask(Model):
    """A task that is this person's, and not done."""

    incident: str
    title: str
    task: Task


class WaitingApproval(Model):
    """A deploy that this person may approve, until the approval expires."""

    deploy: str
    title: str
    requested_by: str
    until: datetime


class FreezeShown(Model):
    """A freeze that holds: of a service (None: of all) in an environment (None: in all).

    `incident` is the reference of the incident that set it. `until` None: until it is thawed.
    """

    service: str | None
    environment: str | None
    reason: str
    until: datetime | None
    incident: str | None = None


class OnCall(Model):
    """A rung of the ladder, and who stands on it now; None when nobody can say."""

    rung: str
    people: tuple[str, ...] | None


class HomeScreen(Model):
    """One person's home tab. `mine` are open incidents that they are part of, `others` the other
    open ones that they may see, each the newest first.
    """

    person: str
    language: str = "en"
    mine: tuple[Incident, ...] = ()
    others: tuple[Incident, ...] = ()
    tasks: tuple[OwnTask, ...] = ()
    approvals: tuple[WaitingApproval, ...] = ()
    freezes: tuple[FreezeShown, ...] = ()
    on_call: tuple[OnCall, ...] = ()
