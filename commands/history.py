"""The history verb."""

from dataclasses import dataclass

from bot.usecases.history import History
from bot.views import answers
from bot.views import history as view
from bot.views.blocks import Rendered
from commands.grammar import HistoryWish
from commands.incoming import Command
from commands.replies import Later, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryController:
    """Shows what was deployed."""

    history: History

    async def show(self, command: Command, wish: HistoryWish) -> Reply:
        """Read after the first answer: a year of a service is a lot to read."""
        targets = await self.history.choose(command.identity, wish.service, wish.environment)

        async def read() -> Rendered:
            found = await self.history.read(targets, wish.days)
            if wish.export:
                return view.exported(
                    found.records, wish.export, wish.service, wish.environment, wish.days
                )
            return view.table(wish.service, wish.days, found.records, found.figures, found.cut)

        return Later(first=answers.reading(f"the history of {wish.service}"), job=read)
