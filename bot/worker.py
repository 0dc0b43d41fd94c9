"""The worker: turns what falls due into steps, and the outbox into deliveries.

Any number of workers may run against one Redis. A lease keeps two of them from the same thing most
of the time; that nothing is done twice is due to the versions of documents and the cloud's fence.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.errors import ConcurrentUpdate, SignalboxError, Unavailable
from bot.ports import Agenda, Clock, Store

log = logging.getLogger(__name__)

# Design figures of this project.
CONCURRENCY = 20
# The longest that an idle worker blocks on Redis, and so the longest that a drain waits for it.
IDLE = timedelta(seconds=1)
# How long a thing rests after a failure, unless the neighbour itself named a time.
REST = timedelta(seconds=5)
# How soon a thing is looked at again after somebody else saved first.
AGAIN = timedelta(milliseconds=200)
# A thing that takes longer than this hangs; every call in it has a shorter limit of its own.
HANGS = timedelta(minutes=2)
RECOVER_EVERY = timedelta(seconds=30)
# A round that has not gone for this long stands still: it blocks for IDLE at most.
LATE = timedelta(seconds=30)

Observe = Callable[[str, str], None]


@dataclass(slots=True, kw_only=True)
class Round:
    """One kind of due things, and what is done with each.

    What a dead worker had claimed comes back after one `lease`. `beat` is when it last went round.
    """

    name: str
    agenda: Agenda
    handle: Callable[[str], Awaitable[object]]
    observe: Observe
    clock: Clock
    lease: timedelta
    beat: datetime | None = None
    _running: dict[asyncio.Task[None], str] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Claim and handle until told to stop; then finish what was claimed, and return."""
        async with asyncio.TaskGroup() as group:
            keeper = group.create_task(self._keep_leases())
            while not stop.is_set():
                try:
                    await self._claim(group)
                    self.beat = self.clock.now()
                except Unavailable as trouble:
                    log.warning("%s: %s", self.name, trouble)
                    await self.clock.sleep(IDLE)
                except Exception:  # one of the last lines: a bug must not end the round for good
                    log.exception("%s: a round broke", self.name)
                    await self.clock.sleep(IDLE)
            if self._running:
                await asyncio.wait(self._running)
            keeper.cancel()

    async def _claim(self, group: asyncio.TaskGroup) -> None:
        """Take what is due, as much as there are hands for; wait when there is nothing."""
        if len(self._running) >= CONCURRENCY:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return
        claimed = await self.agenda.claim(CONCURRENCY - len(self._running), self.lease)
        for item in claimed.ids:
            # A process that stood still for longer than a lease is given its own things once more:
            # by that they are its own again, and to begin them twice would say everything twice.
            if item in self._running.values():
                continue
            task = group.create_task(self._handled(item))
            self._running[task] = item
            task.add_done_callback(self._running.pop)
        if not claimed.ids:
            await self.agenda.wait(min(claimed.next_in or IDLE, IDLE))

    async def _keep_leases(self) -> None:
        """Renew the lease of everything that takes longer than expected."""
        while True:
            await self.clock.sleep(self.lease / 3)
            for item in list(self._running.values()):
                try:
                    await self.agenda.renew(item, self.lease)
                except Unavailable as trouble:
                    log.warning("%s %s: the lease was not renewed: %s", self.name, item, trouble)

    async def _handled(self, item: str) -> None:
        """Handle one thing; its failure is its own only."""
        try:
            async with asyncio.timeout(HANGS.total_seconds()):
                await self.handle(item)
            self.observe(self.name, "done")
        except ConcurrentUpdate:
            # Somebody else saved first: this thing, and then its time is theirs to say and stays;
            # or something that it shares with others, and then it is looked at again at once.
            self.observe(self.name, "overtaken")
            await self._rest(item, AGAIN)
        except SignalboxError as trouble:
            self.observe(self.name, "unavailable")
            log.warning("%s %s: %s", self.name, item, trouble)
            await self._rest(item, getattr(trouble, "retry_after", None))
        except Exception:  # a bug in one thing must not keep the others waiting
            self.observe(self.name, "broken")
            log.exception("%s %s broke", self.name, item)
            await self._rest(item, None)

    async def _rest(self, item: str, named: timedelta | None) -> None:
        try:
            await self.agenda.postpone(item, named or REST)
        except Unavailable as trouble:
            # Its lease runs out, and with that it falls due again by itself.
            log.warning("%s %s: not given back: %s", self.name, item, trouble)


@dataclass(slots=True, kw_only=True)
class Worker:
    """All rounds, and the mending of an agenda that lost something.

    `arrange` puts on the agenda what the configuration wants there.
    """

    rounds: tuple[Round, ...]
    store: Store
    clock: Clock
    arrange: Callable[[], Awaitable[object]]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop, then drain: nothing new is begun, what was begun is finished."""
        async with asyncio.TaskGroup() as group:
            mending = group.create_task(self._mend())
            for each in self.rounds:
                group.create_task(each.run(stop))
            await stop.wait()
            mending.cancel()

    async def _mend(self) -> None:
        """Give every unfinished deploy without a place in the agenda one, now and regularly."""
        while True:
            try:
                await self.arrange()
                woken = await self.store.recover(self.clock.now())
                if woken:
                    log.warning("woke %d things that no timer knew of", woken)
            except Unavailable as trouble:
                log.warning("recovery: %s", trouble)
            await self.clock.sleep(RECOVER_EVERY)

    def check(self) -> str | None:
        """None when every round went round lately, else what stands still."""
        now = self.clock.now()
        stuck = [each.name for each in self.rounds if each.beat is None or now - each.beat > LATE]
        return f"not going round: {', '.join(stuck)}" if stuck else None
