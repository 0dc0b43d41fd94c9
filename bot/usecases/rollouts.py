"""One look at one deploy: do the one thing that is due, and save what became of it.

Every step may be repeated: by a crash between doing and saving, or by a second worker whose lease
began while the first one was paused. The cloud's fence and the store's versions make that harmless.
"""

import logging
from dataclasses import dataclass

from bot.domain.admission import in_words
from bot.domain.authority import not_voted
from bot.domain.catalog import Catalog, Target
from bot.domain.deploy import Deploy, Step, next_step
from bot.domain.errors import (
    CloudRefused,
    CloudUnavailable,
    ConcurrentUpdate,
    IllegalTransition,
    SlackUnavailable,
    UnknownName,
    UsageError,
)
from bot.domain.events import (
    Aborted,
    Broke,
    Event,
    Expired,
    Failed,
    HoldOverdue,
    Lost,
    Refused,
    Reminded,
    RevisionFound,
    SmokePassed,
    Started,
    TargetChanged,
    Unreached,
    Waiting,
)
from bot.domain.history import Kind
from bot.domain.plan import make_plan
from bot.domain.rollout import (
    changed_outside,
    judge,
    judge_turn,
    kept_revision,
    ours,
    overdue,
    refused,
    removed,
    tag_of,
    undone,
)
from bot.domain.states import State
from bot.ports import Clock, DeployTargets, Directory, Prober, Store
from bot.usecases.backing_up import BackingUp
from bot.usecases.planning import Planning
from bot.usecases.transitions import NOTHING, Beside, Transitions
from bot.usecases.watching import Watching

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollouts:
    """Moves deploys forward, one step at a time."""

    catalog: Catalog
    store: Store
    clock: Clock
    directory: Directory
    targets: DeployTargets
    prober: Prober
    planning: Planning
    backing_up: BackingUp
    watching: Watching
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
        event, beside = await self._perform(stored.value, step)
        await self.transitions.apply(stored, event, beside=beside)
        return step

    async def _perform(self, deploy: Deploy, step: Step) -> tuple[Event, Beside]:
        """Do a step. A neighbour's failure is an event like any other."""
        try:
            target = self.catalog.target(deploy.service, deploy.environment)
            return await self._do(deploy, step, _begun(deploy, target))
        except UnknownName as gone:
            return removed(deploy, f"{gone} It was removed from the catalog."), NOTHING
        except CloudRefused as refusal:
            return refused(deploy, step, str(refusal), self.clock.now()), NOTHING
        except CloudUnavailable as trouble:
            unreached = Unreached(
                reason=str(trouble), outcome=trouble.outcome, retry_after=trouble.retry_after
            )
            return unreached, NOTHING

    async def _do(self, deploy: Deploy, step: Step, target: Target) -> tuple[Event, Beside]:
        """The steps that decide; the others write."""
        match step:
            case Step.PLAN:
                return await self.planning.decide(deploy, target)
            case Step.EXPIRE:
                return Expired(), NOTHING
            case Step.REMIND:
                return await self._remind(deploy)
            case Step.CALL:
                return HoldOverdue(), Beside(people=await self._callable(target, deploy))
            case Step.TAKE_TURN:
                return await self._take_turn(deploy, target)
            case Step.BACK_UP | Step.POLL_BACKUP:
                return await self.backing_up.look(deploy, target)
            case Step.MEASURE:
                return await self.watching.look(deploy, target), NOTHING
            case _:
                return await self._write(deploy, step, target), NOTHING

    async def _write(self, deploy: Deploy, step: Step, target: Target) -> Event:
        match step:
            case Step.STAGE:
                return await self._stage(deploy, target)
            case Step.TAG:
                tags = {tag_of(deploy.id): deploy.revision or ""}
                operation = await self.targets.open(target).route({}, tags, deploy.fence)
                return Started(operation=operation)
            case Step.SMOKE:
                return await self._smoke(deploy)
            case Step.ROUTE:
                return await self._route(deploy, target)
            case Step.RESTORE:
                return await self._restore(deploy, target)
            case Step.POLL:
                return await self._poll(deploy, target)
            case _:
                raise AssertionError(f"{step} is no step that writes")

    async def _remind(self, deploy: Deploy) -> tuple[Event, Beside]:
        approval = deploy.approval
        if approval is None:
            return Expired(), NOTHING
        groups = [group.name for group in approval.rule.groups]
        members = await self.directory.members(groups)
        members |= await self.planning.fixes.leading(deploy.terms, groups)
        return Reminded(), Beside(people=not_voted(approval, members))

    async def _callable(self, target: Target, deploy: Deploy) -> tuple[str, ...]:
        """Whom to call about a deploy that nobody decides about: its approvers, and who asked."""
        groups = [group.name for group in target.approvals.groups] or list(target.deployers)
        try:
            members = await self.directory.members(groups)
        except SlackUnavailable as trouble:
            # Whoever asked hears of it in any case; the watch must not wait for a list of names.
            log.warning("only the requester of %s can be called: %s", deploy.id, trouble)
            members = frozenset()
        return tuple(dict.fromkeys((deploy.requested_by, *sorted(members))))

    async def _take_turn(self, deploy: Deploy, target: Target) -> tuple[Event, Beside]:
        """Begin, in its turn, on what was decided on: a change of lane or rules makes it void."""
        lane = await self.store.lane(target.key)
        ahead = lane.value.ahead_of(deploy.id)
        if ahead:
            if deploy.kind is Kind.ROLLBACK:
                await self._preempt(deploy, ahead)
            return Waiting(behind=ahead), NOTHING
        plan = deploy.plan
        if plan is None:
            return TargetChanged(), NOTHING
        found, restrictions = await self.planning.obstacles(deploy, target, plan.artifact.digest)
        if found:
            said, final = in_words(found), any(each.final for each in found)
            return (Refused(reason=said) if final else Waiting(blocked=said)), NOTHING
        rule = await self.planning.fixes.rule(target, deploy.terms)
        if rule.required and deploy.approval is None:
            return TargetChanged(what="an approval is needed by now"), NOTHING
        seen = await self.targets.open(target).observe()
        try:
            fresh = make_plan(target, plan.artifact, seen, deploy.terms, rule)
        except UsageError as wrong:
            return Refused(reason=str(wrong)), NOTHING
        decided_on = Beside(lane=lane, unchanged=[restrictions])
        return judge_turn(deploy, lane.value, seen, fresh), decided_on

    async def _preempt(self, deploy: Deploy, ahead: tuple[str, ...]) -> None:
        """A way back does not wait for a canary: what is under way is aborted, and awaited."""
        for other in ahead:
            stored = await self.store.deploy(other)
            going_back = stored.value.state is State.ROLLING_BACK
            if stored.value.kind is Kind.ROLLBACK or going_back:
                continue
            order = Aborted(by=deploy.requested_by, reason=f"Pre-empted by {deploy.id}.")
            try:
                await self.transitions.apply(stored, order, by=deploy.requested_by)
            except (ConcurrentUpdate, IllegalTransition):
                continue  # it moves on by itself at the moment; the next look tries again

    async def _stage(self, deploy: Deploy, target: Target) -> Event:
        place = self.targets.open(target)
        if deploy.kind is not Kind.DEPLOY:
            seen = await place.observe()
            kept = kept_revision(deploy, seen)
            if kept is not None:
                return RevisionFound(revision=kept)
        return Started(operation=await place.stage(deploy.id, deploy.agreed.artifact, deploy.fence))

    async def _smoke(self, deploy: Deploy) -> Event:
        smoke = deploy.agreed.strategy.smoke
        if smoke is None:
            return SmokePassed()
        if not deploy.preview:
            return Broke(reason="The new revision has no address of its own to be tested under.")
        probe = await self.prober.probe(deploy.preview, smoke)
        if probe.passed:
            return SmokePassed()
        return Broke(reason=f"The smoke test failed: {probe.problem or probe.status}.")

    async def _route(self, deploy: Deploy, target: Target) -> Event:
        """Move traffic, unless somebody else moved it meanwhile: another writer is never fought."""
        place = self.targets.open(target)
        seen = await place.observe()
        if not ours(deploy, seen) and not deploy.reclaim:
            return changed_outside(deploy, seen, self.clock.now())
        if deploy.kind is Kind.UNPIN:
            if set(seen.serving) != {seen.newest}:
                return Failed(reason=f"{seen.newest} is newer by now, and would get all traffic.")
            return Started(operation=await place.follow_latest(deploy.fence))
        return Started(operation=await place.route(deploy.split, {}, deploy.fence))

    async def _restore(self, deploy: Deploy, target: Target) -> Event:
        """Send the traffic back to what served before, and take our tag away."""
        place = self.targets.open(target)
        seen = await place.observe()
        before = deploy.agreed.replaces
        if not ours(deploy, seen) and not deploy.reclaim:
            return changed_outside(deploy, seen, self.clock.now())
        if not before:
            if not seen.serving:
                return undone(deploy)
            return Lost(reason="Nothing served here before, so there is nothing to go back to.")
        tags: dict[str, str | None] = {tag_of(deploy.id): None}
        return Started(operation=await place.route(before, tags, deploy.fence))

    async def _poll(self, deploy: Deploy, target: Target) -> Event:
        place = self.targets.open(target)
        progress = await place.poll(deploy.operation or "")
        now = self.clock.now()
        if progress.running and not overdue(deploy, now):
            return Waiting()
        return judge(deploy, await place.observe(), progress.problem, now)


def _begun(deploy: Deploy, target: Target) -> Target:
    """The target where the deploy began: another place in the catalog is for the next one."""
    place = deploy.plan.place if deploy.plan is not None and deploy.turn else None
    return target.model_copy(update={"place": place}) if place is not None else target
