"""What somebody typed after the command for incidents, understood.

`ref` is the reference of the incident that is meant; "" is that of the channel.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.events import Described
from bot.domain.incidents.incident import Interest, Moment, TaskKind
from bot.domain.incidents.states import State
from commands.incidents.archive_wishes import About, ArchiveWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """An incident as far as it was typed. `since` is when it began, `thread` asks for no channel;
    `backfill` says that it is over, and is only written down.

    `title` may be longer than one can be: a form then shows all of it.
    """

    title: str = ""
    severity: Severity | None = None
    service: str | None = None
    environment: str | None = None
    private: bool = False
    impact: str = ""
    summary: str = ""
    since: datetime | None = None
    thread: bool = False
    backfill: bool = False

    @property
    def complete(self) -> bool:
        """Whether it can be declared without another question."""
        return self.backfill or bool(self.title and self.severity and self.service)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillWish:
    """An exercise."""

    declaration: Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class SubWish(About):
    """A part of an incident."""

    declaration: Declaration


class Plain(StrEnum):
    """What needs nothing but an incident; the values are the verbs."""

    PANEL = ""
    ACK = "ack"
    ACCEPT = "accept"
    RESOLVE = "resolve"
    ESCALATE = "escalate"
    JOIN = "join"
    UNSUBSCRIBE = "unsubscribe"
    PRIVATE = "private"
    CONVERT = "convert"
    ROOM = "room"
    REPAIR = "repair"
    DEPLOYS = "deploys"
    THAW = "thaw"
    SHOW = "show"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWish(About):
    """One of those."""

    what: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateWish(About):
    """Tell how it stands; without a text a form asks. `next_update` None: as usual."""

    text: str = ""
    eta: str = ""
    next_update: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeWish(About):
    """Put the update off that is due."""

    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWish(About):
    """Move it; `to` None asks for the state by a form."""

    to: State | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityWish(About):
    """Make it worse, or less bad; `to` None asks by a form."""

    to: Severity | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditWish(About):
    """Correct fields; with none of them a form asks."""

    described: Described = field(default_factory=Described)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWish(About):
    """Correct a moment; `reason` is why it does not fit the others."""

    moment: Moment
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenWish(About):
    """Take it up again; without a reason a form asks."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleWish(About):
    """Give a role to somebody (by id), or (None) to whoever asks; without a role a form asks."""

    role: Role | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffWish(About):
    """Offer the lead to somebody (by id), or (None) take what was offered."""

    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWish(About):
    """Call somebody: a person's id, or the name of a rung or of a group; "" asks by a form."""

    whom: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWish(About):
    """Bring people in, by id."""

    people: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeWish(About):
    """Hear of it."""

    interest: Interest


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWish(About):
    """Put something on the timeline; without a text a form asks. `at` None: it is now."""

    text: str = ""
    at: datetime | None = None


class TaskVerb(StrEnum):
    """What to do about tasks."""

    ADD = "add"
    LIST = "list"
    DONE = "done"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWish(About):
    """Add a task of a kind (`text`), show all, or say of one (`text` is its id) that it is done or
    whose it is (`owner` by id; None: whoever asks).
    """

    kind: TaskKind
    do: TaskVerb
    text: str = ""
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistWish(About):
    """Show a list ("": the checklist)."""

    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookWish(About):
    """Bring in the runbook of this name or these words, or list all (""); `search` only looks."""

    text: str = ""
    search: bool = False


class LinkKind(StrEnum):
    """What can be linked."""

    URL = "url"
    DEPLOY = "deploy"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWish(About):
    """Add what belongs to it; `target` is an address, the id of a deploy, or a reference."""

    kind: LinkKind
    target: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackWish(About):
    """Ask for the way back of a deploy; "" is the nearest suspect."""

    deploy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeWish(About):
    """Stop deploys of what is affected; `lasts` None: as the severity says."""

    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeWish(About):
    """It is one with `into`, which goes on."""

    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelateWish(About):
    """`other` has to do with it."""

    other: str


CourseWish = UpdateWish | SnoozeWish | StatusWish | SeverityWish | EditWish | DateWish | ReopenWish
CrewWish = RoleWish | HandoffWish | PageWish | CallWish | SubscribeWish
RecordWish = NoteWish | TaskWish | ChecklistWish | RunbookWish
JoinWish = RollbackWish | FreezeWish
RelationWish = MergeWish | RelateWish | SubWish
IncidentWish = (
    Declaration
    | DrillWish
    | PlainWish
    | CourseWish
    | CrewWish
    | RecordWish
    | LinkWish
    | JoinWish
    | RelationWish
    | ArchiveWish
)
