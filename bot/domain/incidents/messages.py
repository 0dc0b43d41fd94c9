"""What people are told about incidents: facts for the outbox, as in `bot.domain.message`.

A message names the incident and says which part of it to show; it is rendered at delivery. Where it
goes is said by the entry that carries it, and checked at delivery: a private incident is shown in
its own room and to its own people only.
"""

from enum import StrEnum
from typing import Literal

from bot.domain.base import Model
from bot.domain.incidents.belongings import Relation
from bot.domain.incidents.maintenance_messages import MaintenanceCard as MaintenanceCard
from bot.domain.incidents.maintenance_messages import MaintenanceOverdue as MaintenanceOverdue

# A queue of the outbox that is no channel of the chat system: pages for the paging service, which
# go on when the chat system is down.
PAGER = "@pager"


class IncidentSaid(StrEnum):
    """What a note in the room says."""

    ACKED = "acked"
    MOVED = "moved"
    SEVERITY = "severity"
    ROLE = "role"
    HANDOFF = "handoff"
    HANDED_OVER = "handed over"
    JOINED = "joined"
    PAGED = "paged"
    PAGE_ACKED = "page acked"
    BELL = "bell"
    SNOOZED = "snoozed"
    TASK_ADDED = "task added"
    TASK_DONE = "task done"
    DEPLOY = "deploy"
    FROZEN = "frozen"
    THAWED = "thawed"
    RELATED = "related"
    MERGED = "merged"
    MADE_PRIVATE = "made private"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    CLOSED = "closed"
    POST_MORTEM = "post-mortem"
    ROOM_PROBLEM = "room problem"
    SUGGEST_RESOLVE = "suggest resolve"


class _AboutIncident(Model):
    incident: str

    @property
    def story(self) -> str:
        """What the places of its messages are remembered under."""
        return self.incident

    @property
    def card(self) -> str | None:
        """The card that this shows; None when it is said once."""
        return None

    @property
    def thread(self) -> str | None:
        """The card below which it stands; None: in the channel itself."""
        return None


class _InRoom(_AboutIncident):
    """Something that is said in the room, or (`in_thread`) below the alert: where the room is that
    thread, and where everybody is told.
    """

    in_thread: bool = False

    @property
    def thread(self) -> str | None:
        """The alert, or the channel itself."""
        return f"{self.incident}/broadcast" if self.in_thread else None


class IncidentCard(_AboutIncident):
    """The pinned card in the room, as the incident stands at delivery."""

    kind: Literal["incident_card"] = "incident_card"

    @property
    def card(self) -> str:
        """One in each room."""
        return f"{self.incident}/card"


class IncidentBroadcast(_AboutIncident):
    """The alert in the channel for all incidents, kept up to date."""

    kind: Literal["incident_broadcast"] = "incident_broadcast"

    @property
    def card(self) -> str:
        """One an incident."""
        return f"{self.incident}/broadcast"


class IncidentNote(_InRoom):
    """One thing that happened, said in the room.

    `word` and `detail` say what: a state, a severity, a role, a bell, a text. `people` are
    mentioned; `page` is the one that called them, `mark` that of the bell which reminds them. One
    that is said `aloud` below the alert is shown in its channel as well.

    One that is said `again` asked for something that is decided by now: the message that asked is
    edited, if there is one, and none is posted.
    """

    kind: Literal["incident_note"] = "incident_note"
    said: IncidentSaid
    by: str | None = None
    word: str = ""
    detail: str = ""
    people: tuple[str, ...] = ()
    page: str = ""
    mark: str = ""
    aloud: bool = False
    again: bool = False

    @property
    def card(self) -> str | None:
        """What asks for something is kept up to date; everything else is said once."""
        if self.said is IncidentSaid.TASK_ADDED:
            return f"{self.incident}/task/{self.word}"
        if self.said is IncidentSaid.HANDOFF and self.people:
            return f"{self.incident}/handoff/{self.people[0]}"
        if self.said is IncidentSaid.RELATED and self.word == Relation.SUB:
            return f"{self.incident}/sub/{self.detail}"
        if self.mark:
            # The same bell may be told of in the room and below the alert.
            return f"{self.incident}/{'thread bell' if self.in_thread else 'bell'}/{self.mark}"
        return None


class IncidentUpdate(_InRoom):
    """A status update in the form of the template; `number` is its place among the updates."""

    kind: Literal["incident_update"] = "incident_update"
    number: int


class IncidentResolved(_InRoom):
    """The resolution in the form of the template."""

    kind: Literal["incident_resolved"] = "incident_resolved"


class ProcedureCard(_InRoom):
    """A list to tick off. One that every incident has stands `below_card`, out of the way."""

    kind: Literal["procedure_card"] = "procedure_card"
    procedure: str
    below_card: bool = False

    @property
    def card(self) -> str:
        """One a list."""
        return f"{self.incident}/list/{self.procedure}"

    @property
    def thread(self) -> str | None:
        """The alert, the card, or the channel itself."""
        return super().thread or (f"{self.incident}/card" if self.below_card else None)


class PostMortemFile(_InRoom):
    """The post-mortem as a Markdown file, drawn up at delivery.

    `number` is that of the epoch that it looks back on, from 1.
    """

    kind: Literal["postmortem_file"] = "postmortem_file"
    number: int


class Word(StrEnum):
    """What one person is told privately."""

    PAGED = "paged"
    DUTIES = "duties"
    HANDOFF = "handoff"
    UPDATE_DUE = "update due"
    UPDATE = "update"
    RESOLVED = "resolved"
    CHANGED = "changed"
    CALLED_IN = "called in"
    NO_ROOM = "no room"
    LEFT = "left"
    TASK = "task"
    ACCESS = "access"


# What is shown again to the one who was told, and the name under which it is found.
_KEPT_UP = {Word.PAGED: "page", Word.DUTIES: "duties", Word.TASK: "task", Word.HANDOFF: "handoff"}


class DirectWord(_AboutIncident):
    """Something that one person is told; `by` is who caused it.

    `about` is the page, the role, the task, the number of an update, the bell, the step of a room,
    or (for what has changed) the `IncidentSaid` that it is about. `mark` and `again` as for a note.
    """

    kind: Literal["direct_word"] = "direct_word"
    to: str
    word: Word
    about: str = ""
    by: str | None = None
    mark: str = ""
    again: bool = False

    @property
    def card(self) -> str | None:
        """A page is kept up to date, so that everybody sees who has answered; duties are ticked;
        tasks, offers and reminders show what became of them.
        """
        if self.mark:
            return f"{self.incident}/reminder/{self.mark}/{self.to}"
        kind = _KEPT_UP.get(self.word)
        return f"{self.incident}/{kind}/{self.about}/{self.to}" if kind else None


class OutsidePage(_AboutIncident):
    """A page on its way to the paging service, which does not need the chat system."""

    kind: Literal["outside_page"] = "outside_page"
    page: str


class FiguresPicture(Model):
    """The chart of the figures of the last days, for one person."""

    kind: Literal["figures_picture"] = "figures_picture"
    to: str
    service: str | None
    days: int

    @property
    def story(self) -> None:
        """Nobody asks where it stands."""

    @property
    def card(self) -> None:
        """A picture is posted once."""

    @property
    def thread(self) -> None:
        """It stands by itself."""


IncidentMessage = (
    IncidentCard
    | IncidentBroadcast
    | IncidentNote
    | IncidentUpdate
    | IncidentResolved
    | ProcedureCard
    | PostMortemFile
    | DirectWord
    | OutsidePage
    | MaintenanceCard
    | MaintenanceOverdue
)
