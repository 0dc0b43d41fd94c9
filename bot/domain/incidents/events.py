"""What can happen to an incident, apart from its declaration. Past tense; applied in `transition`.

Who did it and when are arguments of the transition, not parts of an event.
"""

from datetime import datetime
from enum import StrEnum

from bot.domain.base import Model
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.incident import (
    FreezeLink,
    Interest,
    Link,
    LinkedDeploy,
    Moment,
    Page,
    Relation,
    Suspect,
    TaskKind,
)
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.room import Step
from bot.domain.incidents.states import State
from bot.domain.placement import MessageRef


class _Event(Model):
    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return type(self).__name__


# ── Its course ───────────────────────────────────────────────────────────────────────────────────


class Acked(_Event):
    """Somebody is on it: the response clock stops. Whoever acknowledges leads, if nobody does."""


class Moved(_Event):
    """It has another state. `reason` is needed for what the table of gates says, and `override` to
    pass a gate that can be passed.
    """

    to: State
    reason: str = ""
    override: bool = False


class Settled(_Event):
    """Customers are fine again: to RESOLVED, with everything that the template needs.

    `ended` is when the impact ended, if that is known and was earlier.
    """

    root_cause: str
    resolution: str
    ended: datetime | None = None
    override: str = ""


class SeverityChanged(_Event):
    """It is worse, or less bad, than was thought."""

    to: Severity
    reason: str = ""


class Described(_Event):
    """Some of its fields were corrected; None leaves a field as it is."""

    title: str | None = None
    summary: str | None = None
    impact: str | None = None
    service: str | None = None
    environment: str | None = None


class Dated(_Event):
    """One of its moments was another. `override` is the reason when it does not fit the rest."""

    moment: Moment
    at: datetime
    override: str = ""


class Informed(_Event):
    """A status update. `next_update` is the promise; the state may change with it."""

    progress: str
    eta: str
    next_update: datetime | None
    to: State | None = None


class Snoozed(_Event):
    """The promised update comes later; this one only."""

    until: datetime


class Merged(_Event):
    """It is one with another incident, which goes on."""

    into: str


class MadePrivate(_Event):
    """From now on only those who are in it may see it. There is no way back."""


# ── Its people ───────────────────────────────────────────────────────────────────────────────────


class RoleGiven(_Event):
    """Somebody has a role now."""

    role: Role
    to: str


class HandoffOffered(_Event):
    """The lead was offered to somebody."""

    to: str


class HandoffAccepted(_Event):
    """And that person took it."""


class Joined(_Event):
    """People take part from now on, and so see it when it is private."""

    people: tuple[str, ...]


class Subscribed(_Event):
    """Somebody wants to hear of it (None: no longer)."""

    interest: Interest | None


class Paged(_Event):
    """People were called. A page by hand has rung -1; the ladder's own raise the rung."""

    page: Page


class PageAcked(_Event):
    """Somebody who was called has answered."""

    page: str


# ── What is due ──────────────────────────────────────────────────────────────────────────────────


class Bell(StrEnum):
    """What a clock says."""

    UNCLAIMED = "unclaimed"
    RESPONSE_BREACHED = "response breached"
    RESOLUTION_HALF = "half of the time to resolve is over"
    RESOLUTION_NEAR = "four fifths of the time to resolve are over"
    RESOLUTION_BREACHED = "resolution breached"
    UPDATE_SOON = "update due soon"
    UPDATE_DUE = "update due"
    UPDATE_OVERDUE = "update overdue"
    LADDER_ENDED = "nobody is left to page"
    QUIET = "quiet since the fix"
    POST_MORTEM_DUE = "post-mortem due"


class Rang(_Event):
    """A clock event, once. `mark` is what keeps it from ringing again."""

    bell: Bell
    mark: str


# ── What is to be done, and what belongs to it ───────────────────────────────────────────────────


class TaskAdded(_Event):
    """Something to do."""

    kind: TaskKind
    text: str
    owner: str | None = None


class TaskOwned(_Event):
    """Somebody will do it."""

    task: str
    owner: str


class TaskDone(_Event):
    """It is done."""

    task: str


class ProcedureAdded(_Event):
    """A list to tick off was brought in."""

    procedure: Procedure


class LineTicked(_Event):
    """A line of a list was done, or (`undone`) is not done after all."""

    procedure: str
    item: str
    undone: bool = False


class Linked(_Event):
    """Something elsewhere belongs to it."""

    link: Link


class RelatedTo(_Event):
    """Another incident has to do with it."""

    incident: str
    relation: Relation


class SuspectsFound(_Event):
    """The deploys that may have caused it, the nearest first."""

    suspects: tuple[Suspect, ...]


class DeployLinked(_Event):
    """A deploy belongs to it, or one that does has gone on."""

    deploy: LinkedDeploy


class FreezeSet(_Event):
    """Deploys of what is affected are frozen."""

    freeze: FreezeLink


class FreezeLifted(_Event):
    """They are not any more."""


class PostMortemDrafted(_Event):
    """The post-mortem was written from the record."""


class PostMortemPublished(_Event):
    """And the team has agreed on it."""

    url: str | None = None


# ── Its room ─────────────────────────────────────────────────────────────────────────────────────


class StepsBegun(_Event):
    """These steps of the room are about to be done."""

    steps: tuple[Step, ...]


class StepResult(Model):
    """How a step went. With a `problem` it failed: for good when `final`, else for now."""

    step: Step
    problem: str | None = None
    final: bool = False
    retry_after: float | None = None
    channel: str | None = None
    name: str | None = None
    posted: MessageRef | None = None
    people: frozenset[str] = frozenset()


class StepsEnded(_Event):
    """They were."""

    results: tuple[StepResult, ...]


class RoomRepaired(_Event):
    """Everything that is not done, or is gone, is to be made again."""

    steps: tuple[Step, ...] = ()


class RoomAdopted(_Event):
    """A channel that was there already is its room; `closed`: only those invited can read it."""

    channel: str
    channel_name: str
    closed: bool = False


class RoomOpened(_Event):
    """It gets a channel of its own, after having been a thread."""


Event = (
    Acked
    | Moved
    | Settled
    | SeverityChanged
    | Described
    | Dated
    | Informed
    | Snoozed
    | Merged
    | MadePrivate
    | RoleGiven
    | HandoffOffered
    | HandoffAccepted
    | Joined
    | Subscribed
    | Paged
    | PageAcked
    | Rang
    | TaskAdded
    | TaskOwned
    | TaskDone
    | ProcedureAdded
    | LineTicked
    | Linked
    | RelatedTo
    | SuspectsFound
    | DeployLinked
    | FreezeSet
    | FreezeLifted
    | PostMortemDrafted
    | PostMortemPublished
    | StepsBegun
    | StepsEnded
    | RoomRepaired
    | RoomAdopted
    | RoomOpened
)
