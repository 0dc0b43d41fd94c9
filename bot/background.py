"""Work that goes on after an answer was given: supervised, logged, and drained at the end."""

import asyncio
import logging
from collections.abc import Awaitable
from types import TracebackType

log = logging.getLogger(__name__)


class BackgroundTasks:
    """A task group whose members fail alone. Leaving it waits for what is still running."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()

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
        """Wait for everything that was started."""
        await self._group.__aexit__(kind, error, traceback)

    def start(self, work: Awaitable[None]) -> None:
        """Run it; a failure is logged and goes no further."""
        self._group.create_task(_guarded(work))


async def _guarded(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        log.exception("background work failed")
