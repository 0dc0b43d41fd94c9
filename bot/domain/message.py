"""What people are told: facts that wait in the outbox until the chat system has taken them.

A card shows the present state of its subject and is edited in place; a note is said once. Most of
them stand in the thread below a deploy's card. A message carries facts, never rendered text, so
that it can be shown by whatever release delivers it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.base import Model
from bot.domain.checklist import Part
from bot.domain.incidents.messages import FiguresPicture, IncidentMessage


class Said(StrEnum):
    """What a note says about a deploy."""

    ASKED = "asked"
    APPROVED = "approved"
    REMINDED = "reminded"
    CLEARED = "cleared"
    BROKE_GLASS = "broke glass"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REFUSED = "refused"
    REPLANNED = "replanned"
    BACKED_UP = "backed up"
    STAGED = "staged"
    SMOKE_PASSED = "smoke passed"
    SHIFTED = "shifted"
    WARNED = "warned"
    ALARMED = "alarmed"
    HELD = "held"
    CALLED = "called"
    PROMOTED = "promoted"
    RESUMED = "resumed"
    ROLLING_BACK = "rolling back"
    ROLLED_BACK = "rolled back"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    REVIEW_OVERDUE = "review overdue"


class DeployCard(Model):
    """Show a deploy as it stands at the moment of delivery; of an older edition, strike it out."""

    kind: Literal["deploy_card"] = "deploy_card"
    deploy: str
    edition: int = 0

    @property
    def story(self) -> str:
        """What the places of its messages are remembered under."""
        return self.deploy

    @property
    def card(self) -> str:
        """The card that this shows."""
        return f"{self.deploy}.{self.edition}"

    @property
    def thread(self) -> None:
        """It stands in the channel itself."""


class _InThread(Model):
    """Something below the card of a deploy."""

    deploy: str
    edition: int = 0

    @property
    def story(self) -> str:
        """What the places of its messages are remembered under."""
        return self.deploy

    @property
    def thread(self) -> str:
        """The card below which it stands."""
        return f"{self.deploy}.{self.edition}"


class DeployNote(_InThread):
    """Say one thing about a deploy; `people` are mentioned."""

    kind: Literal["deploy_note"] = "deploy_note"
    said: Said
    by: str | None = None
    detail: str | None = None
    people: tuple[str, ...] = ()

    @property
    def card(self) -> None:
        """It is said once."""


class ChecklistCard(_InThread):
    """Show a part of a deploy's checklist, with a button for each question."""

    kind: Literal["checklist_card"] = "checklist_card"
    part: Part

    @property
    def card(self) -> str:
        """The card that this shows."""
        return f"{self.deploy}.{self.edition}/{self.part}"


class ReviewCard(_InThread):
    """Show the review of a deploy that nobody approved."""

    kind: Literal["review_card"] = "review_card"

    @property
    def card(self) -> str:
        """The card that this shows."""
        return f"{self.deploy}/review"


class DeployChart(_InThread):
    """Draw what was measured so far and put the picture into the thread."""

    kind: Literal["deploy_chart"] = "deploy_chart"
    number: int

    @property
    def card(self) -> None:
        """A picture is posted once."""


class Posted(StrEnum):
    """What a notice says, to everybody in the channel."""

    LOCKED = "locked"
    UNLOCKED = "unlocked"
    FROZEN = "frozen"
    THAWED = "thawed"
    ALLOWED = "allowed"


class Notice(Model):
    """Say something that concerns a whole target or environment; `by` None: Signalbox itself.

    The reason is that of `incident`, where there is one: it is read at delivery, for the incident
    may have become private by then.
    """

    kind: Literal["notice"] = "notice"
    said: Posted
    subject: str
    by: str | None
    reason: str = ""
    incident: str | None = None
    until: datetime | None = None

    @property
    def story(self) -> None:
        """Nobody asks where it stands."""

    @property
    def card(self) -> None:
        """It is said once."""

    @property
    def thread(self) -> None:
        """It stands in the channel itself."""


class DeployFact(Model):
    """What was said about a deploy, for other parts of Signalbox to hear; see `FEED`.

    `id` is unique: what is heard twice is one.
    """

    kind: Literal["deploy_fact"] = "deploy_fact"
    id: str = ""
    deploy: str
    said: Said
    at: datetime
    by: str | None = None
    detail: str | None = None

    @property
    def story(self) -> None:
        """Nobody asks where it stands."""

    @property
    def card(self) -> None:
        """It is heard once."""

    @property
    def thread(self) -> None:
        """It stands nowhere."""


class FreezeEnded(Model):
    """Those who guard a target have ended the freeze of an incident, for the incident to hear."""

    kind: Literal["freeze_ended"] = "freeze_ended"
    id: str
    incident: str
    by: str

    @property
    def story(self) -> None:
        """Nobody asks where it stands."""

    @property
    def card(self) -> None:
        """It is heard once."""

    @property
    def thread(self) -> None:
        """It stands nowhere."""


# What is heard inside Signalbox, and shown nowhere.
Fact = DeployFact | FreezeEnded

# A queue of the outbox that is no channel of the chat system: facts about deploys that incidents
# listen to. It goes on when the chat system is down, and so does the one for pages.
FEED = "@feed"

DeployMessage = (
    DeployCard
    | DeployNote
    | ChecklistCard
    | ReviewCard
    | DeployChart
    | Notice
    | DeployFact
    | FreezeEnded
)
Message = Annotated[DeployMessage | IncidentMessage | FiguresPicture, Field(discriminator="kind")]


class Entry(Model):
    """A message on its way: `id` is unique and lets a repeated delivery be recognised.

    `card` is the card that it refreshes (None: it is said once), `thread` the card below which it
    stands, and `picture` the chart that it shows or is. All three are names under which the places
    of posted messages are remembered.
    """

    id: str
    channel: str
    message: Message
    card: str | None = None
    thread: str | None = None
    picture: str | None = None


def entry_of(token: str, channel: str, message: Message) -> Entry:
    """A message on its way to a channel."""
    picture = None
    if isinstance(message, DeployCard | DeployChart):
        picture = f"{message.deploy}/chart"
    return Entry(
        id=token,
        channel=channel,
        message=message,
        card=message.card,
        thread=message.thread,
        picture=picture,
    )
