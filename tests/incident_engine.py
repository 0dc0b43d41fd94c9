"""The use cases of incidents on a real Redis, with a moved clock and a chat that tests steer.

People are the sample people: Dana declares, Sam commands, Olivia is a confidant, Max is neither.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import samples
from engine import identity
from fakes import CountingIds, ListedPeople, Noticeboard, VirtualClock
from incident_samples import incident_policy
from premises import Beeper, Overheard, PowerCut, Premises

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.outbox import RedisOutbox
from adapters.redis.store import RedisStore
from bot.domain.actor import Actor
from bot.domain.catalog import Catalog
from bot.domain.errors import ConcurrentUpdate, SlackUnavailable, Unavailable
from bot.domain.incident_policy import IncidentPolicy, Severity
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.linked import Suspect
from bot.domain.incidents.timeline import TimelineLine, folded
from bot.domain.message import Entry
from bot.domain.runbooks import Runbook
from bot.ports import maintained, roomed
from bot.usecases.delivery import Delivery
from bot.usecases.incidents.cases import IncidentCases, IncidentWorld
from bot.usecases.incidents.closed_rooms import ClosedRooms
from bot.usecases.incidents.declaring import Declared
from bot.usecases.incidents.showing import Showing
from bot.usecases.scenes import Scenes

MINUTE = timedelta(minutes=1)
OUTAGE = Wish(title="Checkout answers 500s", severity=Severity.P1, service="api")
LEAK = Wish(title="A key has leaked", severity=Severity.P1, service="api", private=True)


class People(ListedPeople):
    """The sample people; `away` as long as Slack cannot be asked for its groups, `unseen` are those
    whom it cannot be asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.unseen: frozenset[str] = frozenset()
        self.asked = 0

    async def actor(self, user: str, team: str) -> Actor:
        """As usual, unless Slack cannot be asked."""
        if user in self.unseen:
            raise SlackUnavailable("Slack is away.")
        return await super().actor(user, team)

    async def members(self, groups: object) -> frozenset[str]:
        """As usual, unless Slack is away."""
        self.asked += 1
        if self.away:
            raise SlackUnavailable("Slack is away.")
        return await super().members(groups)


class IncidentBench:
    """The use cases, and what they met; `again` makes new ones, as another process would."""

    def __init__(self, memory: Connections, policy: IncidentPolicy) -> None:
        self.clock = VirtualClock()
        self.ids = CountingIds()
        self.memory = memory
        self.catalog: Catalog = samples.catalog().model_copy(update={"incidents": policy})
        self.people = People()
        self.store = RedisStore(memory)
        self.incidents = RedisIncidents(memory)
        self.outbox = RedisOutbox(memory)
        self.premises = Premises()
        self.looks = Overheard(self.premises)
        self.beeper = Beeper()
        self.board = Noticeboard()
        self.suspects: tuple[Suspect, ...] = ()
        self.runbooks: tuple[Runbook, ...] = ()
        self.heard: list[str] = []
        self.again()

    def again(self, *, leaves_paging: bool = False) -> None:
        """Another process, which knows only what is stored; with `leaves_paging`, one that cannot
        ask whom to call.
        """
        self.cases = IncidentCases(
            IncidentWorld(
                catalog=self.catalog,
                store=self.store,
                incidents=self.incidents,
                directory=self.people,
                clock=self.clock,
                ids=self.ids,
                rooms=self.premises,
                looks=self.looks,
                team=samples.TEAM,
                suspects=self._suspects_of,
                runbooks=self.runbooks,
                leaves_paging=leaves_paging,
            )
        )
        showing = Showing(
            transitions=self.cases.transitions,
            directory=self.people,
            rooms=ClosedRooms(looks=self.looks, clock=self.clock),
            team=samples.TEAM,
            pager=self.beeper,
        )
        self.delivery = Delivery(
            outbox=self.outbox,
            notifier=self.board,
            clock=self.clock,
            pictures=None,  # no deploy is shown here
            figures=None,  # nor figures
            scenes=Scenes(store=self.store, showing=showing),
            hear=self._hear,
        )

    async def declare(
        self, wish: Wish = OUTAGE, *, who: str = samples.DANA, once: str = ""
    ) -> Incident:
        """Somebody declares something."""
        return (await self.declared(wish, who=who, once=once)).incident

    async def declared(
        self, wish: Wish = OUTAGE, *, who: str = samples.DANA, once: str = ""
    ) -> Declared:
        """As `declare`, with all that came of it."""
        return await self.cases.declaring.declare(
            identity(who), wish, once=once or f"{who}{wish.title}"
        )

    async def now(self, incident: Incident | str) -> Incident:
        """An incident as it is stored."""
        ref = incident if isinstance(incident, str) else incident.ref
        return (await self.incidents.incident(ref)).value

    async def lines(self, incident: Incident) -> list[TimelineLine]:
        """Its timeline as it is to be read."""
        return list(folded(await self.incidents.timeline(incident.ref)))

    async def furnish(self, incident: Incident, most: int = 20) -> Incident:
        """Make its room, until nothing is left to be done now; returns it as it is then.

        A power cut is survived by another process.
        """
        for _ in range(most):
            try:
                if not await self.cases.rooming.tick(incident.ref):
                    break
            except PowerCut:
                self.again()
        return await self.now(incident)

    async def due(self) -> dict[str, datetime]:
        """What is in the agenda, and when."""
        rows = await self.memory.commands.zrange(keys.DUE, 0, -1, withscores=True)
        return {
            item: samples.NOW + timedelta(milliseconds=score - samples.NOW.timestamp() * 1000)
            for item, score in rows
        }

    async def waiting(self) -> dict[str, list[Entry]]:
        """What is on its way, by channel."""
        found = {}
        for key in sorted(await self.memory.commands.keys(keys.outbox("*"))):
            channel = key.removeprefix(keys.outbox(""))
            rows = await self.memory.commands.lrange(key, 0, -1)
            found[channel] = [Entry.model_validate_json(row) for row in rows]
        return found

    async def deliver(self) -> None:
        """Bring everything to where it belongs that can be brought there."""
        for channel in await self.waiting():
            with suppress(Unavailable):
                await self.delivery.empty(channel)

    async def pass_time(self, until: timedelta, most: int = 200) -> None:
        """Let so much time pass from the beginning on, and do what falls due meanwhile, in time."""
        end = samples.NOW + until
        for _ in range(most):
            due = await self.due()
            item, at = min(due.items(), key=lambda pair: (pair[1], pair[0]), default=(None, end))
            if item is None or at > end:
                break
            self.clock.move(max(at - self.clock.now(), timedelta()))
            await self.tick(item)
        self.clock.move(max(end - self.clock.now(), timedelta()))

    async def tick(self, item: str) -> None:
        """What the worker does with one thing that is due."""
        room = roomed(item)
        assert maintained(item) is None
        with suppress(ConcurrentUpdate):
            if room is not None:
                await self.cases.rooming.tick(room)
            else:
                await self.cases.ringing.tick(item)

    async def audit(self) -> list[tuple[str, str, str, str]]:
        """Who did what to what, in the order in which it was done, and its detail."""
        found = await self.store.audit_of(self.clock.now().date())
        return [(each.actor, each.action, each.subject, each.detail) for each in found]

    async def _suspects_of(
        self, _service: str | None, _environment: str | None, _onset: datetime
    ) -> tuple[Suspect, ...]:
        return self.suspects

    async def _hear(self, fact: object, entry: str) -> None:
        self.heard.append(entry)


@asynccontextmanager
async def incident_bench(memory: Connections, **policy: object) -> AsyncIterator[IncidentBench]:
    """A bench with the sample policy, in which some things are different."""
    yield IncidentBench(memory, incident_policy(**policy))
