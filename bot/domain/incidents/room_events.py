"""What can happen to the room of an incident, and what every event has. Applied in `room_steps`."""

from bot.domain.base import Model
from bot.domain.incidents.room import Step
from bot.domain.placement import MessageRef


class Happening(Model):
    """Something that happened. Past tense; who did it and when are not part of it."""

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return type(self).__name__


class StepsBegun(Happening):
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


class StepsEnded(Happening):
    """They were."""

    results: tuple[StepResult, ...]


class RoomRepaired(Happening):
    """Everything that is not done is to be made again, and what is cheap looked after."""


class RoomAdopted(Happening):
    """A channel that was there already is its room; `closed`: only those invited can read it.

    `opened`: everybody can read the one that a private incident leaves for it.
    """

    channel: str
    channel_name: str
    closed: bool = False
    opened: bool = False


class RoomOpened(Happening):
    """It gets a channel of its own, after having been a thread."""


RoomEvent = StepsBegun | StepsEnded | RoomRepaired | RoomAdopted | RoomOpened
