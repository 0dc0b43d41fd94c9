"""What incidents need of the world: what is kept of them, their rooms, and the paging service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.incident_policy import Severity
from bot.domain.incidents.bindings import Binding
from bot.domain.incidents.calls import Page
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Left, Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.timeline import TimelineLine
from bot.domain.maintenance import MaintenanceRun, MaintenanceSchedule
from bot.domain.placement import MessageRef
from bot.ports.store import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which incidents: all that are set must hold; `words` are those of `incidents.words`.

    `open` None: both. `since` and `until` are about when they were declared.
    """

    open: bool | None = None
    service: str | None = None
    severity: Severity | None = None
    words: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


class Incidents(Protocol):
    """Incidents as they are kept. Changed through `Store.commit` only."""

    async def incident(self, ref: str) -> Stored[Incident]:
        """Load one. Raises `NotFound`."""

    async def binding(self, key: str) -> Stored[Binding]:
        """Whose a name is (version 0 and nobody's when it never was anybody's)."""

    async def timeline(self, ref: str) -> tuple[TimelineLine, ...]:
        """Every line of its timeline as it was written, oldest first; see `timeline.folded`."""

    async def next_number(self, year: int) -> int:
        """A number that no incident of this year has or will have; gaps are possible."""

    async def open(self) -> tuple[Incident, ...]:
        """All that are open (active, or not looked back on yet), newest first."""

    async def find(self, search: Search, *, before: str | None, limit: int) -> tuple[Incident, ...]:
        """The newest that fit, at most `limit`; `before` is the ref where the last page ended."""

    async def maintenance(self, run: str) -> Stored[MaintenanceRun]:
        """Load one list that came up. Raises `NotFound`."""

    async def schedule(self, rule: str) -> Stored[MaintenanceSchedule] | None:
        """When a rule's list comes up next; None when it never was put on the agenda."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomJob:
    """One step of a room to be done. `again`: it was begun before, at `since`, and may be done.

    `people` are whom to invite. `links` are the bookmarks, title and address. `left` are the
    channels that it has left, as far as they are nobody else's by now.
    """

    step: Step
    incident: Incident
    again: bool
    since: datetime
    people: frozenset[str] = frozenset()
    links: tuple[tuple[str, str], ...] = ()
    left: tuple[Left, ...] = ()


class Rooms(Protocol):
    """Makes the rooms of incidents in the chat system, and retires those that were left."""

    async def perform(self, jobs: Sequence[RoomJob]) -> tuple[StepResult, ...]:
        """Do steps side by side, each once: what an earlier attempt made is found and taken.

        Returns a result for each, in order; a failure is a result, too, and never raised.
        """


class RoomLooks(Protocol):
    """Looks at what people say in the chat system."""

    async def name_of(self, channel: str) -> tuple[str, bool]:
        """The name of a channel that the bot is in, and whether it is private.

        Raises `SlackRefused` when the bot is not in it, or it was archived, and `SlackUnavailable`.
        """

    async def permalink(self, place: MessageRef) -> str | None:
        """The address of a message; None when there is none to be had."""

    async def text_of(self, place: MessageRef) -> tuple[str, str] | None:
        """What a message says, and who wrote it (an id); None when it is not there."""

    async def confirm(self, place: MessageRef) -> None:
        """Mark a message as taken note of, with a reaction; that it is there already is fine."""

    async def invite(self, channel: str, people: frozenset[str]) -> None:
        """Bring people into a channel; those who are there, or gone, are no problem.

        Raises `SlackRefused` and `SlackUnavailable`.
        """


class Pager(Protocol):
    """A paging service that reaches people without the chat system."""

    async def page(self, incident: Incident, page: Page) -> None:
        """Call out; the same page twice is one. Raises `Unavailable`."""

    async def acknowledge(self, incident: Incident) -> None:
        """Say that somebody is on it, or that it is over, so that it calls no further."""
