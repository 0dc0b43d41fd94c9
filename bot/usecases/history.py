"""What was deployed, how it ended, and how well delivery goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.actor import Identity
from bot.domain.catalog import Catalog, Target
from bot.domain.delivery_figures import Figures, by_target
from bot.domain.evidence import Window
from bot.domain.history import Record
from bot.domain.period import require_days
from bot.ports import Clock, Directory, Store

# As many as the store keeps of a target.
_ALL = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Annals:
    """The records of a period, newest first, and the figures of each target by its key.

    `cut` names the targets of which older records of the period are not kept any more.
    """

    period: Window
    records: tuple[Record, ...]
    figures: Mapping[str, Figures]
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """Reads what is kept of past deploys, for whoever may. Changes nothing."""

    catalog: Catalog
    store: Store
    clock: Clock

    def named(self, service: str, environment: str | None = None) -> tuple[Target, ...]:
        """One target, or all of a service. Raises `UnknownName`."""
        if environment is None:
            return self.catalog.targets(service)
        return (self.catalog.target(service, environment),)

    async def read(self, targets: tuple[Target, ...], days: int) -> Annals:
        """The records and figures of the last `days` times 24 hours.

        Raises `UsageError` for a number of days that makes no sense.
        """
        require_days(days)
        now = self.clock.now()
        period = Window(start=now - timedelta(days=days), end=now)
        ledgers = {each.key: await self.store.ledger(each.key, _ALL) for each in targets}
        known = [record for ledger in ledgers.values() for record in ledger]
        fitting = [each for each in known if period.start < each.ended <= period.end]
        return Annals(
            period=period,
            records=tuple(sorted(fitting, key=lambda each: each.ended, reverse=True)),
            figures=by_target(known, period),
            cut=tuple(
                key
                for key, ledger in ledgers.items()
                if len(ledger) == _ALL and ledger[-1].ended > period.start
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Shows it to the people of the workspace."""

    directory: Directory
    ledgers: Ledgers

    async def choose(
        self, identity: Identity, service: str, environment: str | None = None
    ) -> tuple[Target, ...]:
        """The targets to look at. Raises `UnknownName`, and `NotPermitted` for outsiders and
        guests.
        """
        await self.directory.actor(identity.user, identity.team)
        return self.ledgers.named(service, environment)

    async def read(self, targets: tuple[Target, ...], days: int) -> Annals:
        """The records and figures of the last `days` times 24 hours. Raises as `Ledgers.read`."""
        return await self.ledgers.read(targets, days)
