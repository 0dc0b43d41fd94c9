"""What is running where."""

from dataclasses import dataclass

from bot.domain.actor import Identity
from bot.domain.catalog import Catalog, Target
from bot.domain.errors import CloudUnavailable
from bot.domain.overview import TargetStatus
from bot.ports import DeployTargets, Directory, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Reads the clouds side by side and joins them with our own history. Changes nothing."""

    catalog: Catalog
    store: Store
    directory: Directory
    targets: DeployTargets

    async def choose(self, identity: Identity, service: str | None) -> tuple[Target, ...]:
        """The targets to look at. Raises `UnknownName`, and `NotPermitted` for outsiders and
        guests.
        """
        await self.directory.actor(identity.user, identity.team)
        return self.catalog.targets(service)

    async def read(self, targets: tuple[Target, ...]) -> tuple[TargetStatus, ...]:
        """Look at targets. A cloud that does not answer makes its own targets unknown."""
        last = await self.store.last_completed([target.key for target in targets])
        seen = await self.targets.survey(targets)
        return tuple(
            _failed(target, found)
            if isinstance(found, CloudUnavailable)
            else TargetStatus(target=target, seen=found, last=last.get(target.key))
            for target, found in ((target, seen[target.key]) for target in targets)
        )


def _failed(target: Target, error: CloudUnavailable) -> TargetStatus:
    return TargetStatus(target=target, seen=None, problem=str(error))
