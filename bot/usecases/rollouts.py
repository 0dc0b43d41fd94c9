"""One look at one deploy: do the one thing that is due, and save what became of it.

Every step may be repeated: by a crash between doing and saving, or by a second worker whose lease
began while the first one was paused. The cloud's fence and the store's versions make that harmless.
"""

from dataclasses import dataclass
from typing import assert_never

from bot.domain.approval import Approval
from bot.domain.catalog import Catalog, Target
from bot.domain.deploy import Deploy, Step, next_step
from bot.domain.errors import CloudRefused, CloudUnavailable, UnknownName
from bot.domain.events import (
    Cleared,
    Event,
    Expired,
    Failed,
    Lost,
    Planned,
    Started,
    Unreached,
    Waiting,
)
from bot.domain.plan import Plan, make_plan
from bot.domain.rollout import judge, judge_turn, overdue, revision_of, tag_of
from bot.ports import Clock, DeployTargets, Registry, Store
from bot.usecases.transitions import Transitions


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollouts:
    """Moves deploys forward, one step at a time."""

    catalog: Catalog
    store: Store
    clock: Clock
    targets: DeployTargets
    registry: Registry
    transitions: Transitions

    async def tick(self, deploy_id: str) -> Step | None:
        """Do what is due for a deploy; returns the step that was done, None when nothing was due.

        Raises `ConcurrentUpdate` when somebody else moved the deploy meanwhile: what was done is
        then found in the cloud by the next look.
        """
        stored = await self.store.deploy(deploy_id)
        step = next_step(stored.value, self.clock.now())
        if step is None:
            return None
        event = await self._perform(stored.value, step)
        await self.transitions.apply(stored, event)
        return step

    async def _perform(self, deploy: Deploy, step: Step) -> Event:
        """Do a step. A neighbour's failure is an event like any other."""
        try:
            target = self.catalog.target(deploy.service, deploy.environment)
            return await self._do(deploy, step, target)
        except UnknownName as gone:
            reason = f"{gone} It was removed from the catalog."
            return Lost(reason=reason) if deploy.turn else Failed(reason=reason)
        except CloudRefused as refusal:
            # A refused write did nothing; a refused look leaves open what an earlier write did.
            looking = step is Step.POLL
            return Lost(reason=str(refusal)) if looking else Failed(reason=str(refusal))
        except CloudUnavailable as trouble:
            return Unreached(
                reason=str(trouble), outcome=trouble.outcome, retry_after=trouble.retry_after
            )

    async def _do(self, deploy: Deploy, step: Step, target: Target) -> Event:
        match step:
            case Step.PLAN:
                return await self._plan(deploy, target)
            case Step.EXPIRE:
                return Expired()
            case Step.TAKE_TURN:
                return await self._take_turn(deploy, target)
            case Step.STAGE:
                place = self.targets.open(target)
                artifact = _plan_of(deploy).artifact
                return Started(operation=await place.stage(deploy.id, artifact, deploy.fence))
            case Step.TAG:
                tags = {tag_of(deploy.id): deploy.revision or ""}
                operation = await self.targets.open(target).route({}, tags, deploy.fence)
                return Started(operation=operation)
            case Step.ROUTE:
                return await self._route(deploy, target)
            case Step.POLL:
                return await self._poll(deploy, target)
            case _:
                assert_never(step)

    async def _plan(self, deploy: Deploy, target: Target) -> Event:
        artifact = await self.registry.resolve(target.image, deploy.version)
        seen = await self.targets.open(target).observe()
        plan = make_plan(target, artifact, seen)
        if target.approvals.required == 0:
            return Cleared(plan=plan, approval=None)
        approval = Approval(
            plan_hash=plan.hash,
            requester=deploy.requested_by,
            rule=target.approvals,
            expires_at=self.clock.now() + target.approvals.expires,
        )
        return Planned(plan=plan, approval=approval)

    async def _take_turn(self, deploy: Deploy, target: Target) -> Event:
        lane = (await self.store.lane(target.key)).value
        ahead = lane.ahead_of(deploy.id)
        if ahead:
            return Waiting(behind=ahead)
        return judge_turn(deploy, target, lane, await self.targets.open(target).observe())

    async def _route(self, deploy: Deploy, target: Target) -> Event:
        """Move all traffic, unless somebody moved it meanwhile: another writer is never fought."""
        place = self.targets.open(target)
        seen = await place.observe()
        revision = revision_of(deploy, seen) or deploy.revision or ""
        goal = {revision: 100}
        if dict(seen.serving) not in (goal, _plan_of(deploy).replaces):
            who = seen.last_modifier or "somebody"
            reason = f"The traffic was changed outside by {who} meanwhile, so it was left alone."
            return Failed(reason=reason)
        return Started(operation=await place.route(goal, {}, deploy.fence))

    async def _poll(self, deploy: Deploy, target: Target) -> Event:
        place = self.targets.open(target)
        progress = await place.poll(deploy.operation or "")
        now = self.clock.now()
        if progress.running and not overdue(deploy, now):
            return Waiting()
        return judge(deploy, await place.observe(), progress.problem, now)


def _plan_of(deploy: Deploy) -> Plan:
    if deploy.plan is None:
        raise AssertionError(f"{deploy.id} is {deploy.state} without a plan")
    return deploy.plan
