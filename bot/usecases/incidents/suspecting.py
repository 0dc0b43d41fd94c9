"""Finding the deploys that may have caused an incident, in what Signalbox itself has done."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.catalog import Catalog, Target
from bot.domain.deploy import Deploy
from bot.domain.deploy_links import suspect_recorded, suspect_running, took_traffic
from bot.domain.errors import NotFound
from bot.domain.history import Record
from bot.domain.incidents.linked import Suspect
from bot.domain.incidents.suspects import WITHIN, nearest
from bot.ports import Store
from bot.usecases.planning import LEDGER_READ


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspecting:
    """Reads ledgers and lanes. Asks no cloud: what Signalbox did, it knows."""

    catalog: Catalog
    store: Store

    async def of(
        self, service: str | None, environment: str | None, onset: datetime
    ) -> tuple[Suspect, ...]:
        """The deploys of a service (in an environment, or in all) that took traffic shortly before
        a moment, the nearest first; see `nearest`. Nothing is suspected where no service is known.
        """
        known = self.catalog.services.get(service or "")
        if known is None:
            return ()
        targets = [each for name, each in known.targets.items() if environment in {None, name}]
        found = [each for target in targets async for each in self._at(target, onset)]
        return nearest(found, onset)

    async def _at(self, target: Target, onset: datetime) -> AsyncIterator[Suspect]:
        ledger = await self.store.ledger(target.key, LEDGER_READ)
        repository = self.catalog.services[target.service].repository
        for place, record in enumerate(ledger):
            if not _near(record, onset):
                continue
            deploy = await self._kept(record.deploy)
            at = took_traffic(deploy) if deploy is not None else None
            suspect = suspect_recorded(record, ledger[:place], at, repository)
            if suspect is not None:
                yield suspect
        for waiting in (await self.store.lane(target.key)).value.queue:
            deploy = await self._kept(waiting)
            suspect = suspect_running(deploy) if deploy is not None else None
            if suspect is not None:
                yield suspect

    async def _kept(self, deploy_id: str) -> Deploy | None:
        """A deploy as it is stored; None when it was so long ago that only its record is left."""
        try:
            return (await self.store.deploy(deploy_id)).value
        except NotFound:
            return None


def _near(record: Record, onset: datetime) -> bool:
    """Whether it may have begun to take traffic within the time that is looked at."""
    began = record.started
    return record.moved and began is not None and began <= onset and record.ended >= onset - WITHIN
