"""What one person has to know at a glance: their incidents, tasks and approvals, and what holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.actor import Actor, Identity
from bot.domain.approval import require_approver, vote
from bot.domain.deploy import Deploy
from bot.domain.errors import NotPermitted
from bot.domain.incidents.escalation import on_duty
from bot.domain.incidents.home import FreezeShown, HomeScreen, OnCall, OwnTask, WaitingApproval
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.visibility import insiders
from bot.domain.states import State
from bot.ports import Clock, Incidents, Store
from bot.usecases.fixes import Fixes
from bot.usecases.incidents.paging import Paging
from bot.usecases.incidents.sight import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Looks at everything with one person's eyes. Changes nothing."""

    sight: Sight
    incidents: Incidents
    store: Store
    clock: Clock
    paging: Paging
    fixes: Fixes

    async def of(self, identity: Identity) -> HomeScreen:
        """One person's home tab: what they are in first. Raises `NotPermitted` for outsiders."""
        actor = await self.sight.actor(identity)
        now = self.clock.now()
        seen = self.sight.seen(actor, await self.incidents.open())
        mine = tuple(each for each in seen if actor.id in insiders(each))
        held = (await self.store.restrictions()).value.at(now)
        return HomeScreen(
            person=actor.id,
            language=actor.language,
            mine=mine,
            others=tuple(each for each in seen if each not in mine),
            tasks=tuple(_tasks(actor, seen)),
            approvals=await self._approvals(actor, now),
            freezes=tuple(
                FreezeShown(
                    service=each.service,
                    environment=each.environment,
                    reason=each.reason,
                    until=each.until,
                    incident=each.incident,
                )
                for each in held.freezes
            ),
            on_call=await self._on_call(now),
        )

    async def _approvals(self, actor: Actor, now: datetime) -> tuple[WaitingApproval, ...]:
        """The deploys that wait for a yes which this person may give now."""
        found = []
        for deploy in await self.store.unfinished():
            if deploy.state is not State.AWAITING_APPROVAL or deploy.approval is None:
                continue
            lent = await self.fixes.lent(actor, deploy.terms)
            if _may_approve(deploy, lent, now):
                found.append(
                    WaitingApproval(
                        deploy=deploy.id,
                        title=f"{deploy.service} {deploy.version} → {deploy.environment}",
                        requested_by=deploy.requested_by,
                        until=deploy.approval.expires_at,
                    )
                )
        return tuple(found)

    async def _on_call(self, now: datetime) -> tuple[OnCall, ...]:
        """Who stands on each rung of the ladder."""
        found = []
        for rung in self.sight.policy.ladder:
            people = on_duty(rung, now)
            if people is None:
                people = await self.paging.known(rung.group) if rung.group else frozenset()
            known = tuple(sorted(people)) if people is not None else None
            found.append(OnCall(rung=rung.name, people=known))
        return tuple(found)


def _tasks(actor: Actor, seen: tuple[Incident, ...]) -> Iterator[OwnTask]:
    for incident in seen:
        for task in incident.tasks:
            if task.owner == actor.id and task.done_at is None:
                yield OwnTask(incident=incident.ref, title=incident.title, task=task)


def _may_approve(deploy: Deploy, actor: Actor, now: datetime) -> bool:
    if deploy.approval is None:
        return False
    try:
        require_approver(deploy.approval, actor, deploy.approval.plan_hash, now)
        vote(deploy.approval, actor, now)
    except NotPermitted:
        return False
    return True
