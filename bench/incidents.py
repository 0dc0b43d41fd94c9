"""What incidents cost in Redis, as there come to be more of them: time, commands and memory.

Three servers hold 1,000, 10,000 and 100,000 incidents, written by the store as it writes all of
them: a declaration with its timeline, and a change that closes it, until twenty are left open. The
rounds of the three are interleaved, so that a machine whose speed drifts slows all of them. Figures
are medians over all calls. `python bench/incidents.py [SIZE…]` takes other sizes.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from adapters.local.store import LocalStore
from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.store import RedisStore
from bot.domain.incident_policy import IncidentPolicy, Role, Severity
from bot.domain.incidents.calls import Page
from bot.domain.incidents.declaring import Wish, declare
from bot.domain.incidents.incident import Incident, Moment, Stamp, Task, TaskKind, Update
from bot.domain.incidents.naming import reference, words
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.ports import Change, Search, Stored

SIZES = (1_000, 10_000, 100_000)
ROUNDS, CALLS, AT_ONCE = 15, 20, 32
LINES, OPEN = 10, 20
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
APART = timedelta(minutes=20)
POLICY = IncidentPolicy()
SERVICES = [f"service-{number:02d}" for number in range(40)]
# Words as texts have them: the n-th most frequent comes up 1/n as often as the first.
VOCABULARY = 4_000
SHARES = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
COMMON, RARER = "w0003", "w0100"
# So rarely together that everything which has the rarest of them is looked at.
RARE = "w0050 w0100 w0150"


class Texts:
    """Texts that are the same in every run: Park and Miller's generator of 1988 draws the words."""

    def __init__(self) -> None:
        self._seed = 1

    def draw(self, below: float) -> float:
        """A number from 0 to a bound."""
        self._seed = self._seed * 48_271 % 2_147_483_647
        return self._seed / 2_147_483_647 * below

    def words(self, count: int) -> str:
        """So many words."""
        return " ".join(f"w{self._rank(self.draw(SHARES[-1])):04d}" for _ in range(count))

    def _rank(self, share: float) -> int:
        low, high = 0, VOCABULARY - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if SHARES[middle] >= share else (middle + 1, high)
        return low


def fresh(number: int, texts: Texts, at: datetime) -> Incident:
    """An incident as it is declared."""
    wish = Wish(
        title=f"Case {number}: {texts.words(5)}",
        severity=tuple(Severity)[number % 4],
        service=SERVICES[int(texts.draw(len(SERVICES)))],
        environment="production",
        summary=texts.words(25),
        impact=texts.words(8),
    )
    ref = reference(2026, number)
    return declare(ref, f"token{number:021d}", wish, "U0DANA001", "en", at, POLICY)


def grown(incident: Incident, state: State) -> Incident:
    """The same with what comes together in the course of time."""
    at = incident.times[Moment.DECLARED].at
    stamp = Stamp(at=at, recorded=at, by="U0SAM0001")
    update = Update(
        number=1,
        at=at,
        by="U0SAM0001",
        state=State.MITIGATING,
        progress="The pool is exhausted; we look for what holds its connections.",
        eta="30 minutes",
        next_update=at,
    )
    page = Page(
        id="P1", rung=0, epoch=0, name="Primary", people=("U0SAM0001",), at=at, by="signalbox"
    )
    task = Task(id="F1", kind=TaskKind.FOLLOW_UP, text="Alert on the pool.", by="U0SAM0001", at=at)
    return incident.model_copy(
        update={
            "state": state,
            "times": {moment: incident.times.get(moment, stamp) for moment in Moment},
            "roles": {Role.LEAD: "U0SAM0001"},
            "updates": (update,) * 3,
            "pages": (page,),
            "tasks": (task,) * 2,
            "root_cause": "The connection pool was too small for the new release.",
            "resolution": "Rolled back to v1.1.0.",
        }
    )


def line(number: int, place: int, at: datetime) -> TimelineLine:
    """A line of a timeline."""
    return TimelineLine(
        id=f"{number:08d}{place:018d}",
        kind=LineKind.NOTE,
        at=at,
        recorded=at,
        by="U0SAM0001",
        text="The pool is exhausted; we look for what holds its connections.",
    )


@dataclass(slots=True, kw_only=True)
class Server:
    """A server with so many incidents, and what was measured on it."""

    size: int
    connections: Connections
    texts: Texts = field(default_factory=Texts)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    counts: dict[str, tuple[float, float]] = field(default_factory=dict)
    bytes_each: float = 0
    written: int = 0
    store: RedisStore = field(init=False)
    incidents: RedisIncidents = field(init=False)

    def __post_init__(self) -> None:
        self.store = RedisStore(self.connections)
        self.incidents = RedisIncidents(self.connections)

    async def fill(self) -> None:
        """Write all incidents, side by side; only then is a log kept, as in production."""
        client = self.connections.commands
        await client.config_set("appendonly", "no")
        before = await self._memory()
        places = asyncio.Semaphore(AT_ONCE)

        async def one(incident: Incident) -> None:
            async with places:
                await self._live(incident)

        for start in range(0, self.size, 1_000):
            some = [self._next() for _ in range(min(1_000, self.size - start))]
            await asyncio.gather(*(one(each) for each in some))
        self.bytes_each = (await self._memory() - before) / self.size
        await client.config_set("appendonly", "yes")
        # The server has no event for that.
        while (await client.info("persistence"))["aof_rewrite_in_progress"]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def _live(self, incident: Incident) -> None:
        at = incident.times[Moment.DECLARED].at
        number = int(incident.ref.rpartition("-")[2])
        lines = tuple((incident.ref, line(number, place, at)) for place in range(LINES))
        first = (Stored(value=incident, version=0),)
        await self.store.commit(Change(writes=first, wake={incident.ref: at}, timeline=lines))
        state = State.MITIGATING if number > self.size - OPEN else State.CLOSED
        then = (Stored(value=grown(incident, state), version=1),)
        due = at if state is State.MITIGATING else None
        await self.store.commit(Change(writes=then, wake={incident.ref: due}))

    def _next(self) -> Incident:
        self.written += 1
        return fresh(self.written, self.texts, NOW + self.written * APART)

    async def _memory(self) -> int:
        return int((await self.connections.commands.info("memory"))["used_memory"])

    async def round(self) -> None:
        """Everything that is measured, some times each."""
        for name, call in self.calls().items():
            for _ in range(CALLS):
                began = time.perf_counter()
                await call()
                self.seconds.setdefault(name, []).append(time.perf_counter() - began)

    async def count(self) -> None:
        """How many commands each call sends, and how many the server runs for it in all."""
        client, sent = self.connections.commands, 0
        execute = client.execute_command

        async def counted(*arguments: object, **options: object) -> object:
            nonlocal sent
            sent += 1
            return await execute(*arguments, **options)

        for name, call in self.calls().items():
            await client.config_resetstat()
            sent, client.execute_command = 0, counted
            for _ in range(CALLS):
                await call()
            client.execute_command = execute
            stats = await client.info("commandstats")
            run = sum(stats[each]["calls"] for each in stats if not each.endswith("resetstat"))
            self.counts[name] = (sent / CALLS, (run - sent) / CALLS)

    def calls(self) -> dict[str, Callable[[], Awaitable[object]]]:
        """What is measured, by its name."""
        middle = reference(2026, self.size // 2)
        return {
            "load one": lambda: self.incidents.incident(middle),
            "its timeline": lambda: self.incidents.timeline(middle),
            f"the {OPEN} open": self.incidents.open,
            "newest 10": lambda: self._page(Search()),
            "10 from the middle": lambda: self._page(Search(), middle),
            "10 of a service": lambda: self._page(Search(service=SERVICES[7])),
            "10 with a word": lambda: self._page(Search(words=words(COMMON))),
            "10 of P1 with a word": lambda: self._page(
                Search(severity=Severity.P1, words=words(COMMON))
            ),
            "10 with two words": lambda: self._page(Search(words=words(f"{COMMON} {RARER}"))),
            "10 with three rarer words": lambda: self._page(Search(words=words(RARE))),
            "add a note": self._note,
            "load, and change": lambda: self._change(moves=False),
            "load, and change the severity": lambda: self._change(moves=True),
            "declare": self._declare,
        }

    async def _page(self, search: Search, before: str | None = None) -> object:
        return await self.incidents.find(search, before=before, limit=10)

    async def _note(self) -> object:
        ref = reference(2026, self.size // 3)
        some = line(self.size, len(self.seconds), NOW)
        return await self.store.commit(Change(writes=(), timeline=((ref, some),)))

    async def _change(self, *, moves: bool) -> object:
        stored = await self.incidents.incident(reference(2026, self.size))
        severities = tuple(Severity)
        after = stored.value.model_copy(update={"impact": f"Version {stored.version}."})
        if moves:
            turn = severities[(severities.index(after.severity) + 1) % 4]
            after = after.model_copy(update={"severity": turn})
        write = Stored(value=after, version=stored.version)
        some = line(self.size, stored.version, NOW)
        return await self.store.commit(
            Change(writes=(write,), wake={after.ref: NOW}, timeline=((after.ref, some),))
        )

    async def _declare(self) -> object:
        incident = grown(self._next(), State.CLOSED)
        return await self.store.commit(Change(writes=(Stored(value=incident, version=0),)))


async def main(sizes: tuple[int, ...]) -> None:
    """Measure and print."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers: list[Server] = []
        for size in sizes:
            local = LocalStore(folder / str(size))
            stack.push_async_callback(local.stop)
            await local.start()
            connections = Connections(local.url)
            stack.push_async_callback(connections.aclose)
            servers.append(Server(size=size, connections=connections))
        for server in servers:
            began = time.perf_counter()
            await server.fill()
            print(f"{server.size} incidents written in {time.perf_counter() - began:.0f} s")
        for server in servers:
            await server.round()  # warm
            server.seconds.clear()
        for _ in range(ROUNDS):
            for server in servers:
                await server.round()
        for server in servers:
            await server.count()
        report(servers)


def report(servers: list[Server]) -> None:
    """The table: medians, the ratio to the first server, and commands sent + run inside scripts."""
    names = list(servers[0].seconds)
    print(f"medians of {ROUNDS * CALLS} calls; commands sent + run inside scripts")
    print("| | " + " | ".join(f"{server.size:,}" for server in servers) + " |")
    print("|---" * (len(servers) + 1) + "|")
    for name in names:
        base = statistics.median(servers[0].seconds[name])
        cells = []
        for server in servers:
            took = statistics.median(server.seconds[name])
            sent, inside = server.counts[name]
            cells.append(f"{took * 1000:.2f} ms, {took / base:.2f}x, {sent:.0f} + {inside:.0f}")
        print(f"| {name} | " + " | ".join(cells) + " |")
    each = " | ".join(f"{server.bytes_each / 1024:.1f} KiB" for server in servers)
    print(f"| memory per incident | {each} |")


if __name__ == "__main__":
    asyncio.run(main(tuple(int(size) for size in sys.argv[1:]) or SIZES))
