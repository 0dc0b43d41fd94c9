"""What a message is about, read at the moment of delivery."""

from contextlib import suppress
from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.domain.incidents.messages import FiguresPicture
from bot.domain.message import (
    ChecklistCard,
    DeployCard,
    DeployChart,
    DeployFact,
    DeployNote,
    Entry,
    FreezeEnded,
    Notice,
    ReviewCard,
)
from bot.domain.placement import MessageRef
from bot.ports import Mail, Scene, Store
from bot.usecases.incidents.showing import Showing


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    """Reads what is to be shown."""

    store: Store
    showing: Showing

    async def of(self, entry: Entry, mail: Mail) -> Scene | None:
        """What the message is about; None when there is nothing to show.

        Raises `NotFound`, also for what may not be shown where the entry goes.
        """
        match entry.message:
            case Notice(incident=str(ref)):
                return Scene(incident=await self.showing.told(ref))
            case Notice() | FiguresPicture():
                return Scene()
            case DeployFact() | FreezeEnded():
                return None
            case ReviewCard(deploy=deploy):
                review = (await self.store.review(deploy)).value
                return Scene(deploy=(await self.store.deploy(deploy)).value, review=review)
            case ChecklistCard(deploy=deploy, edition=edition):
                checklist = (await self.store.checklist(deploy, edition)).value
                return Scene(deploy=(await self.store.deploy(deploy)).value, checklist=checklist)
            case DeployCard(deploy=deploy, edition=edition):
                return await self._card(deploy, edition, mail.cards.get(entry.picture or ""))
            case DeployNote(deploy=deploy) | DeployChart(deploy=deploy):
                return Scene(deploy=(await self.store.deploy(deploy)).value)
            case about_incident:
                return await self.showing.scene(entry, about_incident)

    async def _card(self, deploy: str, edition: int, chart: MessageRef | None) -> Scene:
        found = (await self.store.deploy(deploy)).value
        rule = found.plan.checklist if found.plan else None
        listed = found.edition == edition and rule is not None and (rule.pre or rule.during)
        checklist = None
        if listed:
            with suppress(NotFound):  # a way back has none
                checklist = (await self.store.checklist(deploy, edition)).value
        around = () if found.over else await self.showing.around(found.service, found.environment)
        return Scene(
            deploy=found,
            checklist=checklist,
            picture=chart.file if chart else None,
            incidents=around,
        )
