"""An incident as it is stored: one document that says everything but the timeline."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.base import Model
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.belongings import Link as Link
from bot.domain.incidents.belongings import Related as Related
from bot.domain.incidents.belongings import Relation as Relation
from bot.domain.incidents.belongings import Task as Task
from bot.domain.incidents.belongings import TaskKind as TaskKind
from bot.domain.incidents.calls import Clocks, Page
from bot.domain.incidents.linked import FreezeLink, LinkedDeploy, SuggestedRunbook, Suspect
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.room import Room
from bot.domain.incidents.states import ACTIVE, OVER, State


class IncidentKind(StrEnum):
    """Whether it is real. A drill never pages, publishes, freezes or touches production."""

    REAL = "real"
    DRILL = "drill"
    BACKFILLED = "backfilled"


class Source(StrEnum):
    """How it was declared."""

    COMMAND = "command"
    FORM = "form"
    MESSAGE = "message"
    API = "api"
    CLI = "cli"
    DEPLOY = "deploy"


class Stamp(Model):
    """A moment as it is known: when it was, when that was written down, and by whom.

    `override` is the reason for a moment that does not fit the others.
    """

    at: datetime
    recorded: datetime
    by: str
    override: str = ""


class Moment(StrEnum):
    """The moments of an incident, in the order in which they come."""

    OCCURRED = "occurred"
    DETECTED = "detected"
    DECLARED = "declared"
    ACKED = "acked"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"


Times = Mapping[Moment, Stamp]


class Update(Model):
    """One status update, with the fields of the template. `eta` is in words of whoever wrote it.

    `state` is the state that it was given in.
    """

    number: int
    at: datetime
    by: str
    state: State
    progress: str
    eta: str
    next_update: datetime | None


class Handoff(Model):
    """The lead was offered to somebody, who has not accepted it yet."""

    to: str
    by: str
    at: datetime


class Interest(StrEnum):
    """What a subscriber wants to hear."""

    UPDATES = "updates"
    ALL = "all"
    RESOLVED = "resolved"


class PostMortem(Model):
    """How far the looking back is. `url` is where it was published, if elsewhere."""

    drafted: datetime | None = None
    published: datetime | None = None
    published_by: str | None = None
    url: str | None = None


class Incident(Model):
    """One incident. `ref` is INC-YYYY-NNN, never used twice.

    `service` is a service of the catalog, or None when nobody knows yet; `environment` likewise.
    `language` is that of its room and its public messages. `epoch` counts reopenings; `earlier` has
    the times of those before. `responders` are all who took part, by id: they see it when it is
    private. `visitors` only came into its room while it was public. `runbooks` are those that fit
    its title and service. `resolution`, `root_cause` and `impact` are words of people, never of the
    bot.
    """

    ref: str
    title: str
    severity: Severity
    state: State
    declared_by: str
    kind: IncidentKind = IncidentKind.REAL
    source: Source = Source.COMMAND
    summary: str = ""
    impact: str = ""
    service: str | None = None
    environment: str | None = None
    private: bool = False
    language: str = "en"
    dedup_key: str | None = None
    epoch: int = 0
    times: Times
    earlier: tuple[Times, ...] = ()
    clocks: Clocks
    roles: Mapping[Role, str] = {}
    responders: frozenset[str] = frozenset()
    visitors: frozenset[str] = frozenset()
    subscribers: Mapping[str, Interest] = {}
    handoff: Handoff | None = None
    room: Room = Room()
    updates: tuple[Update, ...] = ()
    pages: tuple[Page, ...] = ()
    tasks: tuple[Task, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    runbooks: tuple[SuggestedRunbook, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    deploys: tuple[LinkedDeploy, ...] = ()
    freeze: FreezeLink | None = None
    related: tuple[Related, ...] = ()
    links: tuple[Link, ...] = ()
    root_cause: str = ""
    resolution: str = ""
    postmortem: PostMortem = PostMortem()
    # Why it was cancelled, declined, reopened last, or lowered.
    reason: str = ""

    @property
    def drill(self) -> bool:
        """Whether it is an exercise."""
        return self.kind is IncidentKind.DRILL

    @property
    def afterwards(self) -> bool:
        """Whether it was written down when it was over: nobody is paged, and no clock runs."""
        return self.kind is IncidentKind.BACKFILLED

    @property
    def active(self) -> bool:
        """Whether customers may be hurt."""
        return self.state in ACTIVE

    @property
    def over(self) -> bool:
        """Whether nothing is left to be done."""
        return self.state in OVER

    @property
    def lead(self) -> str | None:
        """Who leads it; None while nobody does."""
        return self.roles.get(Role.LEAD)

    @property
    def last_update(self) -> Update | None:
        """The newest update of the present epoch: what was said before the end holds no more."""
        last = self.updates[-1] if self.updates else None
        return last if last is not None and last.at >= self.clocks.since else None

    @property
    def unused_runbooks(self) -> tuple[SuggestedRunbook, ...]:
        """The runbooks that fit and have not been brought in."""
        used = {each.id for each in self.procedures}
        return tuple(each for each in self.runbooks if each.procedure not in used)

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """What was to be done for now, and is not; follow-ups are for afterwards."""
        return tuple(
            each for each in self.tasks if each.kind is TaskKind.TASK and each.done_by is None
        )

    def task(self, name: str) -> Task | None:
        """Its task of this id, such as `T1`; None when there is none."""
        return next((each for each in self.tasks if each.id == name), None)

    def page(self, name: str) -> Page | None:
        """Its page of this id; None when there is none."""
        return next((each for each in self.pages if each.id == name), None)

    def outlived(self, page: Page) -> bool:
        """Whether a page is of before it was opened again: it calls nobody any more."""
        return page.epoch < self.clocks.first_epoch

    def procedure(self, name: str) -> Procedure | None:
        """Its list of this id, such as `checklist`; None when there is none."""
        return next((each for each in self.procedures if each.id == name), None)

    def deploy(self, name: str) -> LinkedDeploy | None:
        """What was linked first of a deploy, by its id; None when it has nothing to do with it."""
        return next((each for each in self.deploys if each.deploy == name), None)

    def hurts(self, service: str, environment: str) -> bool:
        """Whether people are really hurt there now, as far as it says where that is."""
        now = self.kind is IncidentKind.REAL and self.active
        return now and self.service == service and self.environment in {None, environment}

    def at(self, moment: Moment) -> datetime | None:
        """When one of its moments was, in the present epoch."""
        stamp = self.times.get(moment)
        return stamp.at if stamp else None

    @property
    def began(self) -> datetime:
        """When it began, in the present epoch, as far as is known."""
        return _onset(self.times)

    @property
    def first_times(self) -> Times:
        """Its times before it was ever opened again."""
        return self.earlier[0] if self.earlier else self.times

    @property
    def first_began(self) -> datetime:
        """When it began for the first time, as far as is known."""
        return _onset(self.first_times)

    @property
    def lasted(self) -> timedelta | None:
        """From when it first began to its last resolution, for what was opened again was not over;
        None while it is not resolved.
        """
        resolved = self.at(Moment.RESOLVED)
        return resolved - self.first_began if resolved is not None else None


def _onset(times: Times) -> datetime:
    """When it began: occurred, else detected, else declared."""
    known = (times.get(each) for each in (Moment.OCCURRED, Moment.DETECTED, Moment.DECLARED))
    return next(stamp.at for stamp in known if stamp is not None)
