"""The chat system's side of incidents, for tests: rooms, looks and a pager that tests steer.

Real classes on the ports' Protocols, which keep what they made and fail as they are told to.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.domain.errors import NotFound, PagerUnavailable, SlackRefused
from bot.domain.incidents.bindings import Binding
from bot.domain.incidents.calls import Page
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.naming import left_name, room_name
from bot.domain.incidents.room import Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.room_leaving import LEAVING
from bot.domain.incidents.timeline import TimelineLine
from bot.domain.incidents.visibility import unknown_incident
from bot.domain.maintenance import MaintenanceRun, MaintenanceSchedule
from bot.domain.placement import MessageRef
from bot.ports import RoomJob, Search, Stored


class PowerCut(Exception):
    """The process ends here, in the middle of something."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with a step once: before it has its effect, or after.

    A `cut` takes the whole process; otherwise the step fails, for now or (`final`) for good.
    """

    when: Literal["before", "after"] = "before"
    cut: bool = False
    final: bool = False
    says: str = "Slack did not answer in time."


@dataclass(slots=True)
class Channel:
    """A channel: whose it is, who is in it, and what it says above its messages."""

    name: str
    private: bool
    token: str
    people: set[str] = field(default_factory=set)
    topic: str = ""
    purpose: str = ""
    bookmarks: list[tuple[str, str]] = field(default_factory=list)
    pins: list[MessageRef] = field(default_factory=list)
    archived: bool = False


class Premises:
    """`bot.ports.Rooms`: every effect counts, and only what may be there already is looked for.

    A step that is done again without being told so is therefore done twice. `faults` are taken one
    by one; `waves` has what was asked for at once.
    """

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.posts: list[tuple[Step, str, MessageRef]] = []
        self.faults: dict[Step, deque[Fault]] = {}
        self.waves: list[tuple[Step, ...]] = []

    def fail(self, step: Step, *faults: Fault) -> None:
        """Let a step go wrong so many times."""
        self.faults.setdefault(step, deque()).extend(faults)

    def posted(self, step: Step, ref: str | None = None) -> int:
        """How many cards or alerts stand in channels."""
        return sum(1 for each, of, _ in self.posts if each is step and of == (ref or of))

    async def perform(self, jobs: Sequence[RoomJob]) -> tuple[StepResult, ...]:
        """Do steps one after the other, as side by side they would have the same effects."""
        self.waves.append(tuple(job.step for job in jobs))
        return tuple([self._done(job) for job in jobs])

    def _done(self, job: RoomJob) -> StepResult:
        planned = self.faults.get(job.step)
        fault = planned.popleft() if planned else None
        if fault is not None and fault.when == "before":
            return self._wrong(job, fault)
        result = self._do(job)
        if fault is not None:
            return self._wrong(job, fault)
        return result

    def _wrong(self, job: RoomJob, fault: Fault) -> StepResult:
        if fault.cut:
            raise PowerCut(job.step)
        return StepResult(step=job.step, problem=fault.says, final=fault.final)

    def _do(self, job: RoomJob) -> StepResult:
        incident = job.incident
        match job.step:
            case Step.CHANNEL:
                channel = self._channel(job)
                return StepResult(step=job.step, channel=channel, name=self.channels[channel].name)
            case Step.CARD | Step.BROADCAST:
                return StepResult(step=job.step, posted=self._post(job))
        if job.step in LEAVING:
            return self._retire(job)
        room = self.channels[incident.room.channel or ""]
        match job.step:
            case Step.INVITE:
                room.people |= job.people
                return StepResult(step=job.step, people=job.people)
            case Step.TOPIC:
                room.topic = f"{incident.severity} {incident.state}"
            case Step.PURPOSE:
                room.purpose = incident.room.token
            case Step.BOOKMARKS:
                room.bookmarks = list(job.links)
            case Step.PIN:
                assert incident.room.card is not None
                if not job.again or incident.room.card not in room.pins:
                    room.pins.append(incident.room.card)
        return StepResult(step=job.step)

    def _retire(self, job: RoomJob) -> StepResult:
        """One step in every channel that was left; nothing of an archived one can be changed."""
        for left in job.left:
            room = self.channels[left.channel or ""]
            if job.step is Step.LEFT_LINKS:
                room.bookmarks.clear()
                room.pins = [each for each in room.pins if each != left.card]
            if not left.made:
                continue
            assert not room.archived or job.step is Step.LEFT_ARCHIVE, job.step
            match job.step:
                case Step.LEFT_WORDS:
                    self.posts = [each for each in self.posts if each[2].channel != left.channel]
                case Step.LEFT_TEXTS:
                    room.topic = room.purpose = "closed"
                case Step.LEFT_NAME:
                    room.name = left_name(job.incident, "inc")
                case Step.LEFT_ARCHIVE:
                    room.archived = True
        return StepResult(step=job.step)

    def _channel(self, job: RoomJob) -> str:
        incident = job.incident
        if job.again:
            for name, channel in self.channels.items():
                if channel.token == incident.room.token:
                    return name
        made = f"C0ROOM{len(self.channels) + 1:04d}"
        self.channels[made] = Channel(
            name=room_name(incident, "inc"), private=incident.private, token=incident.room.token
        )
        return made

    def _post(self, job: RoomJob) -> MessageRef:
        incident = job.incident
        room = incident.room.channel if job.step is Step.CARD else None
        if job.again:
            for step, ref, place in self.posts:
                if (step, ref, place.channel) == (job.step, incident.ref, room or "C0INCIDENTS"):
                    return place
        place = MessageRef(channel=room or "C0INCIDENTS", ts=f"{len(self.posts) + 1}.0")
        self.posts.append((job.step, incident.ref, place))
        return place


class NoIncidents:
    """`bot.ports.Incidents` of a world in which nothing ever goes wrong."""

    async def incident(self, ref: str) -> Stored[Incident]:
        """There is none."""
        raise unknown_incident(ref)

    async def binding(self, key: str) -> Stored[Binding]:
        """Nobody's."""
        return Stored(value=Binding(key=key), version=0)

    async def timeline(self, ref: str) -> tuple[TimelineLine, ...]:
        """Empty."""
        return ()

    async def next_number(self, year: int) -> int:
        """Always the first."""
        return 1

    async def open(self) -> tuple[Incident, ...]:
        """None."""
        return ()

    async def find(self, search: Search, *, before: str | None, limit: int) -> tuple[Incident, ...]:
        """None."""
        return ()

    async def maintenance(self, run: str) -> Stored[MaintenanceRun]:
        """There is none."""
        raise NotFound(f"There is no run {run}.")

    async def schedule(self, rule: str) -> Stored[MaintenanceSchedule] | None:
        """Never."""
        return None


class Overheard:
    """`bot.ports.RoomLooks`: channels that the bot is in, and what was said in them."""

    def __init__(self, premises: Premises) -> None:
        self.premises = premises
        self.channels: dict[str, tuple[str, bool]] = {}
        self.said: dict[MessageRef, tuple[str, str]] = {}
        self.confirmed: list[MessageRef] = []
        self.invited: list[tuple[str, frozenset[str]]] = []

    async def name_of(self, channel: str) -> tuple[str, bool]:
        """Its name, and whether it is private."""
        made = self.premises.channels.get(channel)
        if made is not None:
            return made.name, made.private
        if channel not in self.channels:
            raise SlackRefused("The bot is not in this channel.", code="channel_not_found")
        return self.channels[channel]

    async def permalink(self, place: MessageRef) -> str | None:
        """Every message that was said has one."""
        return f"https://slack.example/{place.channel}/{place.ts}" if place in self.said else None

    async def text_of(self, place: MessageRef) -> tuple[str, str] | None:
        """What was said, and by whom."""
        return self.said.get(place)

    async def confirm(self, place: MessageRef) -> None:
        """Remember that it was taken note of."""
        self.confirmed.append(place)

    async def invite(self, channel: str, people: frozenset[str]) -> None:
        """Remember who was asked in."""
        self.invited.append((channel, people))


class Beeper:
    """`bot.ports.Pager`: what it was told, in order; away as long as it is told so."""

    def __init__(self) -> None:
        self.away = False
        self.pages: list[tuple[str, str]] = []
        self.acknowledged: list[str] = []
        self.titles: list[str] = []

    async def page(self, incident: Incident, page: Page) -> None:
        """Call out."""
        self._answer()
        self.pages.append((incident.ref, page.name))
        self.titles.append(incident.title)

    async def acknowledge(self, incident: Incident) -> None:
        """Stop calling."""
        self._answer()
        self.acknowledged.append(incident.ref)

    def _answer(self) -> None:
        if self.away:
            raise PagerUnavailable("The pager is away.")
