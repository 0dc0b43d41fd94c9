"""How a team answers incidents: the `incidents` section of the configuration file as a value.

Times of response and resolution, the half hour after which an unresolved incident is escalated, and
the rungs of the ladder are those of the operations guides that Signalbox was made from.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from bot.domain.base import Model


class Severity(StrEnum):
    """How bad it is; P1 is the worst."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"

    @property
    def rank(self) -> int:
        """1 for the worst."""
        return int(self.value[1:])

    @property
    def grave(self) -> bool:
        """Whether it is worked on before anybody doubts it, and called less bad only with a reason
        (a decision of this project).
        """
        return self in {Severity.P1, Severity.P2}

    def worse_than(self, other: "Severity") -> bool:
        """Whether this is worse than another one."""
        return self.rank < other.rank


class Role(StrEnum):
    """What somebody does in an incident."""

    LEAD = "lead"
    COMMS = "comms"
    SCRIBE = "scribe"


class SeverityRule(Model):
    """What a severity asks for.

    `response` and `resolution` are the targets of the SLA, counted from the declaration (or the
    reopening). An update is promised at least every `update_every`. An incident that is not
    resolved after `escalate_after` climbs the ladder (None: it does not), and whoever is paged has
    `ack_within` before the next rung is. With `page`, the first rung is paged at once. `freeze` is
    how long deploys of what is affected are frozen (None: they are not). With `postmortem`, nobody
    closes it without one.
    """

    response: timedelta
    resolution: timedelta
    update_every: timedelta
    escalate_after: timedelta | None = None
    ack_within: timedelta = timedelta(minutes=5)
    page: bool = False
    freeze: timedelta | None = None
    postmortem: bool = False


_HOUR = timedelta(hours=1)
# Response and resolution: the operations guides. Update cadence, time to acknowledge and the length
# of the freeze are decisions of this project.
USUAL_RULES: Mapping[Severity, SeverityRule] = MappingProxyType(
    {
        Severity.P1: SeverityRule(
            response=_HOUR / 4,
            resolution=_HOUR,
            update_every=_HOUR / 2,
            escalate_after=_HOUR / 2,
            page=True,
            freeze=4 * _HOUR,
            postmortem=True,
        ),
        Severity.P2: SeverityRule(
            response=_HOUR,
            resolution=4 * _HOUR,
            update_every=_HOUR,
            escalate_after=_HOUR / 2,
            ack_within=timedelta(minutes=10),
            page=True,
            freeze=4 * _HOUR,
            postmortem=True,
        ),
        Severity.P3: SeverityRule(
            response=4 * _HOUR, resolution=24 * _HOUR, update_every=4 * _HOUR
        ),
        Severity.P4: SeverityRule(
            response=24 * _HOUR, resolution=7 * 24 * _HOUR, update_every=24 * _HOUR
        ),
    }
)


class Rotation(Model):
    """People who take turns, each for `every`, beginning with the first at `since`."""

    people: tuple[str, ...] = Field(min_length=1)
    every: timedelta
    since: datetime

    def on_duty(self, now: datetime) -> str:
        """Whose turn it is; before the beginning it is the first one's."""
        turns = max((now - self.since) // self.every, 0)
        return self.people[turns % len(self.people)]


class Rung(Model):
    """One step of the ladder: whom to page. Either a group of the catalog, or a rotation.

    `severities` are those for which this rung is climbed at all.
    """

    name: str
    group: str | None = None
    rotation: Rotation | None = None
    severities: frozenset[Severity] = frozenset(Severity)


class Dashboard(Model):
    """A link that belongs to a service (None: to all), for the bookmarks of its incidents."""

    title: str
    url: str
    service: str | None = None


class FailedDeploys(Model):
    """When a deploy fails, or rolls itself back, in one of these environments: declare that."""

    severity: Severity
    environments: frozenset[str]


class ProcedureItem(Model):
    """One line of a list that people tick off."""

    id: str
    text: str


class MaintenanceRule(Model):
    """A list that is posted on a schedule, and called overdue when it is not done in time.

    `cron` is read in the time zone `zone`; `within` is how long there is for it.
    """

    name: str
    title: str
    channel: str
    cron: str
    zone: str = "UTC"
    within: timedelta
    items: tuple[ProcedureItem, ...]


# The incident checklist of the operations guides.
USUAL_CHECKLIST = tuple(
    ProcedureItem(id=name, text=text)
    for name, text in (
        ("acknowledged", "Alert acknowledged"),
        ("created", "Incident created"),
        ("team", "Team assembled"),
        ("severity", "Severity assessed"),
        ("investigation", "Investigation started"),
        ("stakeholders", "Stakeholders notified"),
        ("cause", "Root cause identified"),
        ("fix", "Fix implemented"),
        ("verified", "Resolution verified"),
        ("communication", "Communication sent"),
        ("postmortem", "Post-mortem scheduled"),
    )
)


# What a role takes: made from the incident checklist of the operations guides.
USUAL_DUTIES: Mapping[Role, tuple[ProcedureItem, ...]] = MappingProxyType(
    {
        Role.LEAD: (
            ProcedureItem(id="assess", text="Say what customers notice, and set the severity"),
            ProcedureItem(id="assemble", text="Say who does what"),
            ProcedureItem(id="mitigate", text="Reduce the harm before you explain it"),
            ProcedureItem(id="verify", text="See that customers are fine before you resolve"),
        ),
        Role.COMMS: (
            ProcedureItem(id="first", text="Send the first update"),
            ProcedureItem(id="promise", text="Promise the next one, and keep that"),
            ProcedureItem(id="tell", text="Tell support and stakeholders"),
            ProcedureItem(id="over", text="Say when it is over"),
        ),
        Role.SCRIBE: (
            ProcedureItem(id="decisions", text="Note decisions, and when they were taken"),
            ProcedureItem(id="pins", text="Put what proves something on the timeline"),
            ProcedureItem(id="owners", text="See that every task has an owner"),
            ProcedureItem(id="complete", text="Read the timeline before the post-mortem"),
        ),
    }
)


def _usual_duties() -> Mapping[Role, tuple[ProcedureItem, ...]]:
    return dict(USUAL_DUTIES)


class IncidentPolicy(Model):
    """How incidents are answered here.

    `channel` is where everybody learns of them. `language` is that of rooms and public messages
    (None: that of whoever declares). `commanders` may do what otherwise takes the lead;
    `confidants` see private incidents without being called in. `prefix` begins channel names.
    `environment` is where an incident is, when nobody says so.
    """

    channel: str = "#incidents"
    language: str | None = None
    environment: str | None = None
    prefix: str = "inc"
    commanders: str | None = None
    confidants: str | None = None
    rules: Mapping[Severity, SeverityRule] = Field(default_factory=lambda: USUAL_RULES)
    ladder: tuple[Rung, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    checklist: tuple[ProcedureItem, ...] = USUAL_CHECKLIST
    duties: Mapping[Role, tuple[ProcedureItem, ...]] = Field(default_factory=_usual_duties)
    failed_deploys: FailedDeploys | None = None
    maintenance: tuple[MaintenanceRule, ...] = ()
    # How long after the fix has landed people are asked whether it is resolved.
    bake: timedelta = timedelta(minutes=15)
    # How long after an incident was resolved its post-mortem is due, and for how long it can be
    # opened again.
    postmortem_within: timedelta = timedelta(days=5)
    reopen_within: timedelta = timedelta(days=30)
    # An emoji that puts a message on the timeline, one that makes it a task, and a follow-up.
    pin_emoji: str = "pushpin"
    task_emoji: str = "ballot_box_with_check"
    followup_emoji: str = "repeat"

    def rule(self, severity: Severity) -> SeverityRule:
        """What a severity asks for."""
        return self.rules[severity]
