"""The worker's rounds on a real Redis: nothing is stuck, nothing is lost, and it ends in order."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import samples
from fakes import Recorded

from adapters.redis import keys
from adapters.redis.agenda import RedisAgenda
from adapters.redis.connection import Connections
from adapters.redis.store import RedisStore
from adapters.system import SystemClock
from bot.domain.errors import CloudUnavailable, ConcurrentUpdate
from bot.ports import Change, Claimed, Stored
from bot.worker import Round, Worker

PATIENCE = 60.0
LEASE = timedelta(minutes=5)


async def due(memory: Connections, *names: str) -> None:
    """Deploys that are due."""
    for name in names:
        deploy = samples.deploy(id=name)
        change = Change(writes=(Stored(value=deploy, version=0),), wake={name: deploy.due})
        await RedisStore(memory).commit(change)


def round_of(
    memory: Connections, handle: Callable[[str], Awaitable[None]], seen: Recorded
) -> Round:
    """A round of deploys, with a lease that no test waits for."""
    return Round(
        name="deploy",
        agenda=RedisAgenda(memory, due=keys.DUE, nudge=keys.DUE_NUDGE),
        handle=handle,
        observe=seen,
        clock=SystemClock(),
        lease=LEASE,
    )


async def nothing_to_arrange() -> int:
    """No rule is new."""
    return 0


async def test_what_somebody_else_saved_first_is_looked_at_again_at_once(
    memory: Connections,
) -> None:
    """Long before its lease would have run out."""
    await due(memory, "D-00001")
    stop, tries = asyncio.Event(), 0

    async def handle(_: str) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ConcurrentUpdate("The lane was changed meanwhile.")
        stop.set()

    seen = Recorded()
    await asyncio.wait_for(round_of(memory, handle, seen).run(stop), PATIENCE)
    assert [outcome for _, outcome in seen.seen] == ["overtaken", "done"]


class Late(RedisAgenda):
    """The agenda of a process that stands still at times: no lease is renewed before it is over."""

    def __init__(self, memory: Connections) -> None:
        super().__init__(memory, due=keys.DUE, nudge=keys.DUE_NUDGE)
        self.given = 0
        self.given_often = asyncio.Event()

    async def claim(self, limit: int, lease: timedelta) -> Claimed:
        """What is due, also what is being done."""
        claimed = await super().claim(limit, lease)
        self.given += len(claimed.ids)
        if self.given > 2:
            self.given_often.set()
        return claimed

    async def renew(self, item: str, lease: timedelta) -> None:
        """Too late."""


async def test_what_is_being_done_is_not_begun_again_when_its_lease_is_over(
    memory: Connections,
) -> None:
    """By the process that does it; whatever it says to people would be said twice."""
    await due(memory, "D-00001")
    agenda = Late(memory)
    stop, at_once, most = asyncio.Event(), 0, 0

    async def handle(_: str) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await agenda.given_often.wait()
        at_once -= 1
        stop.set()

    short = timedelta(milliseconds=1)
    late = replace(round_of(memory, handle, Recorded()), agenda=agenda, lease=short)
    await asyncio.wait_for(late.run(stop), PATIENCE)
    assert most == 1


async def test_one_thing_that_breaks_does_not_hold_up_the_others(memory: Connections) -> None:
    """It rests, and is counted; what a neighbour asked to wait for is kept."""
    await due(memory, "D-00001", "D-00002", "D-00003")
    stop, done = asyncio.Event(), set[str]()

    async def handle(name: str) -> None:
        done.add(name)
        if len(done) == 3:
            stop.set()
        if name == "D-00001":
            raise ValueError("a bug")
        if name == "D-00002":
            raise CloudUnavailable("Busy.", retry_after=timedelta(hours=1))

    seen = Recorded()
    await asyncio.wait_for(round_of(memory, handle, seen).run(stop), PATIENCE)
    assert sorted(outcome for _, outcome in seen.seen) == ["broken", "done", "unavailable"]
    scores = dict(await memory.commands.zrange(keys.DUE, 0, -1, withscores=True))
    assert scores["D-00002"] - scores["D-00001"] > 3_000_000


async def test_a_worker_that_is_told_to_stop_finishes_what_it_is_at(memory: Connections) -> None:
    """And begins nothing new."""
    await due(memory, "D-00001")
    stop, begun, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()
    finished: list[str] = []

    async def handle(name: str) -> None:
        begun.set()
        await go_on.wait()
        finished.append(name)

    clock = SystemClock()
    rounds = (round_of(memory, handle, Recorded()),)
    worker = Worker(
        rounds=rounds, store=RedisStore(memory), clock=clock, arrange=nothing_to_arrange
    )
    running = asyncio.ensure_future(worker.run(stop))
    await asyncio.wait_for(begun.wait(), PATIENCE)
    assert worker.check() is None
    stop.set()
    await due(memory, "D-00002")
    assert not running.done()
    go_on.set()
    await asyncio.wait_for(running, PATIENCE)
    assert finished == ["D-00001"]


async def test_a_round_that_does_not_go_is_named(memory: Connections) -> None:
    """Before the first round, the worker is not ready."""

    async def handle(_: str) -> None:
        raise AssertionError("nothing is due")

    worker = Worker(
        rounds=(round_of(memory, handle, Recorded()),),
        store=RedisStore(memory),
        clock=SystemClock(),
        arrange=nothing_to_arrange,
    )
    assert worker.check() == "not going round: deploy"
