"""Work that goes on after an answer was given: supervised, logged, and drained at the end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType

log = logging.getLogger(__name__)


class BackgroundTasks:
    """A task group whose members fail alone.

    Leaving it waits for what was begun, and for nothing that only waits itself.
    """

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._watching: set[asyncio.Task[None]] = set()
        self._ending = False

    async def __aenter__(self) -> "BackgroundTasks":
        """Open the group."""
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait for everything that was started; leave what only watches."""
        self._ending = True
        for task in self._watching:
            task.cancel()
        await self._group.__aexit__(kind, error, traceback)

    def start(self, work: Awaitable[None]) -> None:
        """Run it; a failure is logged and goes no further."""
        self._group.create_task(_guarded(lambda: work))

    def watch(self, begin: Callable[[], Awaitable[None]]) -> None:
        """Run what waits for something that others do, as `start`; the end cuts it short.

        What it waits for is stored and done without it. Once the end has begun, nothing is.
        """
        if self._ending:
            return
        task = self._group.create_task(_guarded(begin))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)


async def _guarded(begin: Callable[[], Awaitable[None]]) -> None:
    try:
        await begin()
    except Exception:  # nobody waits for it, and what else is done must not end with it
        log.exception("background work failed")
