"""Answering the questions of a deploy's checklist."""

from dataclasses import dataclass

from bot.domain.actor import Actor, Identity
from bot.domain.audit import AuditEntry
from bot.domain.authority import require_undo
from bot.domain.catalog import Catalog
from bot.domain.checklist import Checklist, Part, items_of
from bot.domain.deploy import Deploy
from bot.domain.errors import ConcurrentUpdate
from bot.domain.message import ChecklistCard, DeployCard, Message
from bot.domain.states import State
from bot.ports import Change, Clock, Directory, Store, Stored
from bot.usecases.planning import Planning
from bot.usecases.refusals import refusals_noted
from bot.usecases.transitions import RACES, Beside, Transitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklists:
    """Takes ticks. The last one that was asked beforehand lets the deploy go on."""

    catalog: Catalog
    store: Store
    directory: Directory
    clock: Clock
    planning: Planning
    transitions: Transitions

    async def tick(self, identity: Identity, deploy_id: str, edition: int, item: str) -> Checklist:
        """Answer for an item. Raises `NotFound`, `NotPermitted`, and `IllegalTransition` when it is
        answered already.
        """
        actor = await self.directory.actor(identity.user, identity.team)
        for _ in range(RACES):
            stored = await self.store.checklist(deploy_id, edition)
            deploy = await self.store.deploy(deploy_id)
            target = self.catalog.target(deploy.value.service, deploy.value.environment)
            subject = f"{deploy_id} {item}"
            async with refusals_noted(self.store, self.clock, actor, "tick", subject):
                require_undo(actor, target)
            ticked = stored.value.tick(item, actor.id, self.clock.now())
            try:
                await self._save(deploy, Stored(value=ticked, version=stored.version), item, actor)
            except ConcurrentUpdate:
                continue
            return ticked
        raise ConcurrentUpdate(f"The checklist of {deploy_id} is being changed by several people.")

    async def _save(
        self, deploy: Stored[Deploy], ticked: Stored[Checklist], item: str, actor: Actor
    ) -> None:
        """Keep the tick; with the last one the deploy goes on, in the same write."""
        value, checklist = deploy.value, ticked.value
        part = next(p for p in Part if any(i.id == item for i in items_of(checklist.rule, p)))
        card = ChecklistCard(deploy=value.id, edition=checklist.edition, part=part)
        current = value.edition == checklist.edition
        if current and value.state is State.CHECKING and not checklist.unanswered(Part.PRE):
            target = self.catalog.target(value.service, value.environment)
            event = await self.planning.asked(value, target, value.agreed)
            beside = Beside(writes=[ticked], messages=[card])
            await self.transitions.apply(deploy, event, by=actor.id, beside=beside)
            return
        messages: list[Message] = [card, DeployCard(deploy=value.id, edition=value.edition)]
        change = Change(
            writes=(ticked,),
            entries=tuple(self.transitions.entry(message) for message in messages),
            audit=(
                AuditEntry(
                    at=self.clock.now(),
                    actor=actor.id,
                    action="Ticked",
                    subject=f"{value.id} {item}",
                ),
            ),
        )
        await self.store.commit(change)
