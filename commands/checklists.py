"""The buttons of a checklist."""

from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.usecases.checklists import Checklists
from commands.incoming import Click
from commands.replies import Nothing, Reply, parts


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistController:
    """Takes the answers to the questions of a checklist."""

    checklists: Checklists

    async def tick(self, click: Click) -> Reply:
        """Somebody answers for an item; the checklist itself then shows who it was."""
        deploy_id, edition, item = parts(click.value, 3)
        if not (edition.isascii() and edition.isdigit()):
            raise NotFound("This checklist does not exist any more.")
        await self.checklists.tick(click.identity, deploy_id, int(edition), item)
        return Nothing()
