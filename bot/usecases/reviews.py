"""The review of deploys that nobody approved beforehand."""

from dataclasses import dataclass

from bot.domain.actor import Identity
from bot.domain.audit import ENGINE, AuditEntry
from bot.domain.message import DeployNote, ReviewCard, Said
from bot.domain.review import Review
from bot.ports import Change, Clock, Directory, Store, Stored, review_item
from bot.usecases.refusals import refusals_noted
from bot.usecases.transitions import Transitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """Takes reviews, and calls for those that are overdue."""

    store: Store
    directory: Directory
    clock: Clock
    transitions: Transitions

    async def sign(self, identity: Identity, deploy_id: str) -> Review:
        """Somebody has looked at it. Raises `NotFound`, `NotPermitted`, `IllegalTransition` when
        it was done before, and `ConcurrentUpdate` when somebody does it at this moment.
        """
        actor = await self.directory.actor(identity.user, identity.team)
        stored = await self.store.review(deploy_id)
        async with refusals_noted(self.store, self.clock, actor, "review", deploy_id):
            signed = stored.value.signed(actor, self.clock.now())
        await self._save(stored, signed, "Reviewed", actor.id)
        return signed

    async def tick(self, deploy_id: str) -> None:
        """Call those who have to review, once, when the time is over."""
        stored = await self.store.review(deploy_id)
        review = stored.value
        if not review.open or review.overdue or self.clock.now() < review.due:
            return
        members = await self.directory.members(review.groups)
        people = tuple(sorted(members - {review.by}))
        late = review.model_copy(update={"overdue": True})
        await self._save(stored, late, "ReviewOverdue", ENGINE, people)

    async def _save(
        self,
        before: Stored[Review],
        after: Review,
        action: str,
        by: str,
        people: tuple[str, ...] = (),
    ) -> None:
        edition = (await self.store.deploy(after.deploy)).value.edition
        messages = [self.transitions.entry(ReviewCard(deploy=after.deploy, edition=edition))]
        if people:
            note = DeployNote(
                deploy=after.deploy, edition=edition, said=Said.REVIEW_OVERDUE, people=people
            )
            messages.append(self.transitions.entry(note))
        change = Change(
            writes=(Stored(value=after, version=before.version),),
            wake={review_item(after.deploy): None},
            entries=tuple(messages),
            audit=(AuditEntry(at=self.clock.now(), actor=by, action=action, subject=after.deploy),),
        )
        await self.store.commit(change)
