"""The people of the workspace, and how they are told something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.actor import Actor
from bot.domain.chart import Chart
from bot.domain.checklist import Checklist
from bot.domain.deploy import Deploy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import TimelineLine
from bot.domain.maintenance import MaintenanceRun
from bot.domain.message import Entry
from bot.domain.picture import Picture
from bot.domain.placement import MessageRef
from bot.domain.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a message is about, as it stands at the moment of delivery.

    `picture` is the chat system's id of the newest chart, for a card that shows one. `place` is
    where the message stands, for one that was posted by another way than the outbox. `incidents`
    are the open incidents that whoever reads a deploy's card should know of, or those that one
    incident speaks of; everybody may. `names` are what people are called, by their id. `language`
    is the reader's. `outside`: it is read by others than those who are in a private incident.
    """

    deploy: Deploy | None = None
    checklist: Checklist | None = None
    review: Review | None = None
    picture: str | None = None
    incident: Incident | None = None
    timeline: tuple[TimelineLine, ...] = ()
    maintenance: MaintenanceRun | None = None
    incidents: tuple[Incident, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    place: MessageRef | None = None
    language: str = "en"
    outside: bool = False


class Directory(Protocol):
    """The people of the workspace."""

    async def members(self, groups: Sequence[str]) -> frozenset[str]:
        """The ids of everybody who is in one of these groups at the moment."""

    async def actor(self, user: str, team: str) -> Actor:
        """Who this is, with the groups of this moment.

        Raises `NotPermitted` for other teams, guests, bots and deactivated people.
        """


class Languages(Protocol):
    """The languages and names of people, as far as they are known."""

    def language_of(self, user: str) -> str | None:
        """The language that somebody has set (BCP 47); None while it is not known. Asks nobody."""

    def name_of(self, user: str) -> str | None:
        """The name that somebody goes by; None while it is not known. Asks nobody."""


class Notifier(Protocol):
    """Shows messages to people."""

    async def show(
        self, entry: Entry, scene: Scene, place: MessageRef | None, below: MessageRef | None
    ) -> MessageRef:
        """Post a message, or edit a card that has a `place`; `below` is the card of its thread.

        Raises `SlackRefused`; `SlackUnavailable` says whether the message may be there all the
        same.
        """

    async def attach(self, entry: Entry, picture: Picture, below: MessageRef | None) -> MessageRef:
        """Post a picture into a thread. Returns and raises as `show`; the place has the file."""

    async def find(
        self, entry: Entry, below: MessageRef | None, since: datetime
    ) -> MessageRef | None:
        """Look for a message or a picture that an earlier attempt may have posted."""


class Painter(Protocol):
    """Draws charts."""

    async def paint(self, chart: Chart) -> bytes:
        """The chart as a PNG."""
