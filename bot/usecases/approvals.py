"""Answering an approval. Authority is checked here, at the moment of the answer."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.actor import Actor, Identity
from bot.domain.approval import Approval, Verb, require_approver, vote
from bot.domain.deploy import Deploy, subject_of
from bot.domain.errors import IllegalTransition
from bot.domain.events import Cleared, Event, Rejected, VoteCast
from bot.domain.plan import Plan
from bot.domain.states import State
from bot.ports import Clock, Directory, Store
from bot.usecases.fixes import Fixes
from bot.usecases.refusals import refusals_noted
from bot.usecases.transitions import Transitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Counts approvals and takes rejections.

    Whoever leads the incident that a deploy is to end answers with that authority, too.
    """

    store: Store
    directory: Directory
    clock: Clock
    transitions: Transitions
    fixes: Fixes

    async def approve(self, identity: Identity, deploy_id: str, plan_hash: str) -> Deploy:
        """Count one yes. Raises `NotPermitted`, `NotFound`, or `IllegalTransition` when it is
        decided.
        """

        def decide(plan: Plan, approval: Approval, actor: Actor) -> Event:
            counted = vote(approval, actor, self.clock.now())
            if counted.granted:
                return Cleared(plan=plan, approval=counted)
            return VoteCast(approval=counted)

        return await self._answer(identity, deploy_id, plan_hash, Verb.APPROVE, decide)

    async def reject(
        self, identity: Identity, deploy_id: str, plan_hash: str, reason: str
    ) -> Deploy:
        """Take one no, which is final. Raises as `approve`."""

        def decide(_plan: Plan, _approval: Approval, actor: Actor) -> Event:
            return Rejected(by=actor.id, reason=reason)

        return await self._answer(identity, deploy_id, plan_hash, Verb.REJECT, decide)

    async def check(self, identity: Identity, deploy_id: str, plan_hash: str) -> Deploy:
        """Raise what `reject` would raise, before the person is asked for a reason."""
        actor = await self.directory.actor(identity.user, identity.team)
        stored = await self.store.deploy(deploy_id)
        lent = await self.fixes.lent(actor, stored.value.terms)
        await self._open_approval(stored.value, lent, plan_hash, Verb.REJECT)
        return stored.value

    async def _answer(
        self,
        identity: Identity,
        deploy_id: str,
        plan_hash: str,
        verb: Verb,
        decide: Callable[[Plan, Approval, Actor], Event],
    ) -> Deploy:
        actor = await self.directory.actor(identity.user, identity.team)

        async def answered(deploy: Deploy) -> Event:
            lent = await self.fixes.lent(actor, deploy.terms)
            plan, approval = await self._open_approval(deploy, lent, plan_hash, verb)
            return decide(plan, approval, lent)

        return await self.transitions.decide(deploy_id, answered, by=actor.id)

    async def _open_approval(
        self, deploy: Deploy, actor: Actor, plan_hash: str, verb: Verb
    ) -> tuple[Plan, Approval]:
        """The plan and the approval that this person may answer now; a refusal goes to the audit
        log.
        """
        if deploy.state is not State.AWAITING_APPROVAL or not deploy.plan or not deploy.approval:
            raise IllegalTransition(f"Deploy {deploy.id}", deploy.state.value, f"“{verb}”")
        async with refusals_noted(self.store, self.clock, actor, verb, subject_of(deploy)):
            require_approver(deploy.approval, actor, plan_hash, self.clock.now())
            if verb is Verb.APPROVE:
                vote(deploy.approval, actor, self.clock.now())
        return deploy.plan, deploy.approval
