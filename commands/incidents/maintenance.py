"""The lists of maintenance, ticked off in their channel."""

from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.usecases.maintenance import Maintenance
from commands.incoming import Click
from commands.replies import Nothing, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceController:
    """Takes ticks; the list itself then shows who did what."""

    maintenance: Maintenance

    async def tick(self, click: Click) -> Reply:
        """A line is done."""
        run, item = _carried(click.value)
        await self.maintenance.line(click.identity, run, item)
        return Nothing()

    async def untick(self, click: Click) -> Reply:
        """A line is not done after all."""
        run, item = _carried(click.value)
        await self.maintenance.line(click.identity, run, item, undone=True)
        return Nothing()


def _carried(value: str) -> tuple[str, str]:
    run, colon, item = value.partition(":")
    if not colon or not run or not item:
        raise NotFound("This list does not exist any more.")
    return run, item
