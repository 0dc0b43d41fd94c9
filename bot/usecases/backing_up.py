"""The backup of the database that a policy wants before the first write."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.admission import in_words
from bot.domain.backup import DatabaseInstance
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.events import BackedUp, Event, Failed, Started, Waiting
from bot.domain.policy import DatabaseRule
from bot.ports import Clock, Database
from bot.usecases.planning import Planning
from bot.usecases.transitions import NOTHING, Beside

# Decision of this project: a backup that takes longer is looked after by a person first.
LIMIT = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackingUp:
    """Orders a backup and waits for it. Nothing of the target has been written yet."""

    clock: Clock
    database: Database
    planning: Planning

    async def look(self, deploy: Deploy, target: Target) -> tuple[Event, Beside]:
        """Begin, or see how far it is. Raises `CloudUnavailable` and `CloudRefused`."""
        rule = deploy.agreed.database
        event = await self._one(deploy, rule) if rule is not None else BackedUp()
        if not isinstance(event, BackedUp):
            return event, NOTHING
        # A backup takes its time: what forbids the deploy by now is asked once more.
        digest = deploy.agreed.artifact.digest
        found, restrictions = await self.planning.obstacles(deploy, target, digest)
        if found:
            said, final = in_words(found), any(each.final for each in found)
            return (Failed(reason=said) if final else Waiting(blocked=said)), NOTHING
        return event, Beside(unchanged=[restrictions])

    async def _one(self, deploy: Deploy, rule: DatabaseRule) -> Event:
        instance = DatabaseInstance.parse(rule.instance)
        if deploy.operation is None:
            operation = await self.database.back_up(instance, deploy.id)
            return Started(operation=operation) if operation and rule.wait else BackedUp()
        progress = await self.database.poll(instance, deploy.operation)
        if progress.running and self.clock.now() - deploy.since > LIMIT:
            return Failed(reason=f"The backup of {rule.instance} did not end in time.")
        if progress.problem is not None:
            return Failed(reason=f"The backup of {rule.instance} failed: {progress.problem}")
        return Waiting() if progress.running else BackedUp()
