"""What can happen to an incident, apart from its declaration. Past tense; applied in `transition`.

Who did it and when are arguments of the transition, not parts of an event.
"""

from datetime import datetime, timedelta

from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.bells import Bell as Bell
from bot.domain.incidents.calls import Page
from bot.domain.incidents.incident import Interest, Link, Moment, Relation, TaskKind
from bot.domain.incidents.linked import FreezeLink, LinkedDeploy, SuggestedRunbook, Suspect
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.room_events import Happening, RoomEvent
from bot.domain.incidents.room_events import RoomAdopted as RoomAdopted
from bot.domain.incidents.room_events import RoomOpened as RoomOpened
from bot.domain.incidents.room_events import RoomRepaired as RoomRepaired
from bot.domain.incidents.room_events import StepsBegun as StepsBegun
from bot.domain.incidents.room_events import StepsEnded as StepsEnded
from bot.domain.incidents.states import State

# The same again within this time is a second click (a decision of this project).
SAME_CLICK = timedelta(minutes=1)

# ── Its course ───────────────────────────────────────────────────────────────────────────────────


class Acked(Happening):
    """Somebody is on it: the response clock stops. Whoever acknowledges leads, if nobody does."""


class Moved(Happening):
    """It has another state. `reason` is needed for what the table of gates says."""

    to: State
    reason: str = ""


class Settled(Happening):
    """Customers are fine again: to RESOLVED, with everything that the template needs.

    `ended` is when the impact ended, if that is known and was earlier.
    """

    root_cause: str
    resolution: str
    ended: datetime | None = None
    override: str = ""


class SeverityChanged(Happening):
    """It is worse, or less bad, than was thought."""

    to: Severity
    reason: str = ""


class Described(Happening):
    """Some of its fields were corrected, and so what fits them; None leaves a field as it is."""

    title: str | None = None
    summary: str | None = None
    impact: str | None = None
    service: str | None = None
    environment: str | None = None
    runbooks: tuple[SuggestedRunbook, ...] | None = None


class Dated(Happening):
    """One of its moments was another. `override` is the reason when it does not fit the rest."""

    moment: Moment
    at: datetime
    override: str = ""


class Informed(Happening):
    """A status update. `next_update` is the promise (None: as its severity asks for); the state may
    change with it.
    """

    progress: str
    eta: str
    next_update: datetime | None
    to: State | None = None


class Snoozed(Happening):
    """The promised update comes later; this one only."""

    until: datetime


class Merged(Happening):
    """It is one with another incident, which goes on."""

    into: str


class MadePrivate(Happening):
    """From now on only those who are in it may see it. There is no way back.

    Of whoever only came into its room, `doers` stay: they have left something on its timeline.
    """

    doers: frozenset[str] = frozenset()


# ── Its people ───────────────────────────────────────────────────────────────────────────────────


class RoleGiven(Happening):
    """Somebody has a role now."""

    role: Role
    to: str


class HandoffOffered(Happening):
    """The lead was offered to somebody."""

    to: str


class HandoffAccepted(Happening):
    """And that person took it."""


class Joined(Happening):
    """People take part from now on, and so see it when it is private. `inviter` is who let them in,
    if that was not whoever says so.
    """

    people: tuple[str, ...]
    inviter: str | None = None


class Visited(Happening):
    """Somebody came into the room, which is open to everybody: that alone is not to take part.
    `inviter` is who asked them to; None: they came by themselves.
    """

    person: str
    inviter: str | None = None


class Subscribed(Happening):
    """Somebody wants to hear of it (None: no longer)."""

    interest: Interest | None


class Paged(Happening):
    """People were called. A page by hand is of no rung; the ladder's own raise the rung."""

    page: Page


class PageAcked(Happening):
    """Somebody who was called has answered."""

    page: str


# ── What is due ──────────────────────────────────────────────────────────────────────────────────


class Rang(Happening):
    """A clock event, once. `mark` is what keeps it from ringing again."""

    bell: Bell
    mark: str


# ── What is to be done, and what belongs to it ───────────────────────────────────────────────────


class TaskAdded(Happening):
    """Something to do. What has a `source`, a message, is made of that once."""

    kind: TaskKind
    text: str
    owner: str | None = None
    source: str | None = None


class TaskOwned(Happening):
    """Somebody will do it."""

    task: str
    owner: str


class TaskDone(Happening):
    """It is done."""

    task: str


class ProcedureAdded(Happening):
    """A list to tick off was brought in."""

    procedure: Procedure


class LineTicked(Happening):
    """A line of a list was done, or (`undone`) is not done after all."""

    procedure: str
    item: str
    undone: bool = False


class Linked(Happening):
    """Something elsewhere belongs to it."""

    link: Link


class RelatedTo(Happening):
    """Another incident has to do with it."""

    incident: str
    relation: Relation


class Parted(Happening):
    """What was merged into it goes on by itself after all."""

    incident: str


class SuspectsFound(Happening):
    """The deploys that may have caused it, the nearest first."""

    suspects: tuple[Suspect, ...]


class DeployLinked(Happening):
    """A deploy belongs to it, or one that does has gone on."""

    deploy: LinkedDeploy


class FreezeSet(Happening):
    """Deploys of what is affected are frozen."""

    freeze: FreezeLink


class FreezeLifted(Happening):
    """They are not any more."""


class PostMortemDrafted(Happening):
    """The post-mortem was written from the record."""


class PostMortemPublished(Happening):
    """And the team has agreed on it."""

    url: str | None = None


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
    | Visited
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
    | Parted
    | SuspectsFound
    | DeployLinked
    | FreezeSet
    | FreezeLifted
    | PostMortemDrafted
    | PostMortemPublished
    | RoomEvent
)
