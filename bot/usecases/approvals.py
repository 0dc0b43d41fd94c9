"""Answering an approval. Authority is checked here, at the moment of the answer."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.actor import Actor, Identity
from bot.domain.approval import Approval, Verb, require_approver, vote
from bot.domain.audit import AuditEntry
from bot.domain.deploy import Deploy
from bot.domain.errors import ConcurrentUpdate, IllegalTransition, NotPermitted
from bot.domain.events import Cleared, Event, Rejected, VoteCast
from bot.domain.plan import Plan
from bot.domain.states import State
from bot.ports import Clock, Directory, Store
from bot.usecases.transitions import Transitions

# Two people may answer in the same instant; whoever loses the race decides again on what is there.
_RACES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Counts approvals and takes rejections."""

    store: Store
    directory: Directory
    clock: Clock
    transitions: Transitions

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
        await self._open_approval(stored.value, actor, plan_hash, Verb.REJECT)
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
        for _ in range(_RACES):
            stored = await self.store.deploy(deploy_id)
            plan, approval = await self._open_approval(stored.value, actor, plan_hash, verb)
            event = decide(plan, approval, actor)
            try:
                return await self.transitions.apply(stored, event, by=actor.id)
            except ConcurrentUpdate:
                continue
        raise ConcurrentUpdate(f"Deploy {deploy_id} is being changed by several people at once.")

    async def _open_approval(
        self, deploy: Deploy, actor: Actor, plan_hash: str, verb: Verb
    ) -> tuple[Plan, Approval]:
        """The plan and the approval that this person may answer now; a refusal goes to the audit
        log.
        """
        if deploy.state is not State.AWAITING_APPROVAL or not deploy.plan or not deploy.approval:
            raise IllegalTransition(f"Deploy {deploy.id}", deploy.state.value, f"“{verb}”")
        try:
            require_approver(deploy.approval, actor, plan_hash, self.clock.now())
            if verb is Verb.APPROVE:
                vote(deploy.approval, actor, self.clock.now())
        except NotPermitted as refusal:
            entry = AuditEntry(
                at=self.clock.now(),
                actor=actor.id,
                action=f"Refused {verb}",
                subject=f"{deploy.id} {deploy.service} {deploy.version} {deploy.environment}",
                detail=str(refusal),
            )
            await self.store.audit(entry)
            raise
        return deploy.plan, deploy.approval
