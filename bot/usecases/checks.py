"""The items of a checklist that Signalbox checks by itself. What it cannot tell is not known."""

from dataclasses import dataclass
from typing import assert_never

from bot.domain.backup import DatabaseInstance, is_fresh, newest_good
from bot.domain.catalog import Target
from bot.domain.checklist import Check, Part, items_of
from bot.domain.checks import Found, slo_met, smoke_passed
from bot.domain.deploy import Deploy
from bot.domain.fixes import no_open_sev12
from bot.domain.observation import Health, Observation
from bot.domain.plan import Plan
from bot.domain.policy import AutoCheck, ChecklistItem
from bot.ports import Clock, Database
from bot.usecases.fixes import Fixes


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Looks at what a checklist asks of Signalbox itself."""

    clock: Clock
    database: Database
    fixes: Fixes

    async def look(
        self, part: Part, deploy: Deploy, target: Target, plan: Plan, seen: Observation
    ) -> tuple[Check, ...]:
        """Every automatic item of a part. Raises `CloudUnavailable` when a neighbour is away."""
        checks = []
        for item in items_of(plan.checklist, part):
            if item.auto is not None:
                passed, says = await self._one(item, item.auto, deploy, target, seen)
                now = self.clock.now()
                checks.append(Check(item=item.id, passed=passed, says=says, at=now))
        return tuple(checks)

    async def _one(
        self,
        item: ChecklistItem,
        auto: AutoCheck,
        deploy: Deploy,
        target: Target,
        seen: Observation,
    ) -> Found:
        match auto:
            case AutoCheck.IMAGE_PRESENT:
                return True, "the registry has the image"
            case AutoCheck.STAGING_VERIFIED:
                # The plan is refused before this point when it is not so.
                source = target.policy.promote_from
                where = source.environment if source else "an earlier environment"
                return True, f"the same image ran well in {where}"
            case AutoCheck.BACKUP_FRESH:
                return await self._backup(item, target)
            case AutoCheck.HEALTHY:
                healthy = seen.health is Health.READY
                return healthy, f"the cloud says: {seen.health}"
            case AutoCheck.SMOKE_PASSED:
                return smoke_passed(deploy)
            case AutoCheck.SLO_MET:
                return slo_met(deploy)
            case AutoCheck.NO_OPEN_SEV12:
                return no_open_sev12(await self.fixes.hurting(target), deploy.terms.incident)
            case _:
                assert_never(auto)

    async def _backup(self, item: ChecklistItem, target: Target) -> Found:
        rule = target.policy.database
        if rule is None:
            return None, "no database is named for this target"
        instance = DatabaseInstance.parse(rule.instance)
        newest = newest_good(await self.database.backups(instance))
        if newest is None or newest.as_of is None:
            return False, f"{rule.instance} has no good backup"
        now = self.clock.now()
        minutes = int((now - newest.as_of).total_seconds() // 60)
        fresh = item.max_age is None or is_fresh((newest,), now, item.max_age)
        return fresh, f"the newest backup of {rule.instance} is {minutes} min old"
