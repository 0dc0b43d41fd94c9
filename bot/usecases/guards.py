"""Locks, freezes and denied versions: set and lifted by people, and told to everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.domain.actor import Actor, Identity
from bot.domain.catalog import Catalog, Target
from bot.domain.errors import UsageError
from bot.domain.locks import USUAL_LOCK, lock, require_locker, unlock
from bot.domain.message import Posted
from bot.domain.overview import Guarded, guarded
from bot.domain.restrictions import (
    Denial,
    Freeze,
    Lock,
    Restrictions,
    allow,
    freeze,
    require_freezer,
    thaw,
)
from bot.ports import Clock, Directory, Store
from bot.usecases.fixes import Fixes
from bot.usecases.guard_orders import GuardOrder, GuardOrders
from bot.usecases.transitions import Transitions

T = TypeVar("T")

ALL_ENVIRONMENTS = "all environments"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWish:
    """Hold a target; `lasts` None: as long as is usual."""

    service: str
    environment: str
    reason: str
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockWish:
    """Let a target go."""

    service: str
    environment: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeWish:
    """Stop deploys to an environment (None: to all), for a time or until a moment, if either."""

    environment: str | None
    reason: str
    lasts: timedelta | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThawWish:
    """End what people froze: an environment, or (None) all together; or what one incident did."""

    environment: str | None
    reason: str
    incident: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowWish:
    """Let a version, by its name or digest, be deployed again."""

    service: str
    version: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Keeps what forbids deploys by somebody's word.

    Every order raises `UnknownName`, `UsageError` without a reason, `NotPermitted`, which is kept
    in the audit log, and `NotFound` where there is nothing to lift. The same `once` twice is one.
    """

    catalog: Catalog
    store: Store
    directory: Directory
    clock: Clock
    transitions: Transitions
    fixes: Fixes

    async def lock(self, identity: Identity, wish: LockWish, *, once: str) -> Lock:
        """Hold a target for a time."""
        target = self.catalog.target(wish.service, wish.environment)
        now = self.clock.now()
        asked = Lock(
            target=target.key,
            owner=identity.user,
            reason=wish.reason,
            since=now,
            until=now + (wish.lasts or USUAL_LOCK),
        )

        def decide(held: Restrictions, actor: Actor, _now: datetime) -> Restrictions:
            require_locker(actor, target)
            return lock(held, target, asked)

        order = GuardOrder(
            verb="lock",
            said=Posted.LOCKED,
            subject=target.key,
            reason=wish.reason,
            once=once,
            decide=decide,
            until=asked.until,
        )
        await self._orders.carry_out(identity, order)
        return asked

    async def unlock(
        self, identity: Identity, wish: UnlockWish, *, once: str
    ) -> tuple[tuple[Lock, ...], tuple[Lock, ...]]:
        """Let a target go; returns the locks that were removed and those that stay."""
        target = self.catalog.target(wish.service, wish.environment)

        def decide(held: Restrictions, actor: Actor, now: datetime) -> Restrictions:
            return unlock(held, target, actor, now)

        order = GuardOrder(
            verb="unlock",
            said=Posted.UNLOCKED,
            subject=target.key,
            reason=wish.reason,
            once=once,
            decide=decide,
        )
        before, after = await self._orders.carry_out(identity, order)
        now = self.clock.now()
        left = after.locks_on(target.key, now)
        return _gone(before.locks_on(target.key, now), left), left

    async def freeze(self, identity: Identity, wish: FreezeWish, *, once: str) -> Freeze:
        """Stop deploys to an environment, or to all."""
        self._known(wish.environment)
        now = self.clock.now()
        until = now + wish.lasts if wish.lasts else wish.until
        asked = Freeze(
            environment=wish.environment,
            by=identity.user,
            reason=wish.reason,
            since=now,
            until=until,
        )

        def decide(held: Restrictions, actor: Actor, _now: datetime) -> Restrictions:
            require_freezer(actor, self.catalog, wish.environment)
            return freeze(held, asked)

        order = GuardOrder(
            verb="freeze",
            said=Posted.FROZEN,
            subject=wish.environment or ALL_ENVIRONMENTS,
            reason=wish.reason,
            once=once,
            decide=decide,
            until=until,
        )
        await self._orders.carry_out(identity, order)
        return asked

    async def thaw(
        self, identity: Identity, wish: ThawWish, *, once: str
    ) -> tuple[tuple[Freeze, ...], tuple[Freeze, ...]]:
        """End freezes; returns those that ended, and those that still hold there."""
        self._known(wish.environment)

        def decide(held: Restrictions, actor: Actor, now: datetime) -> Restrictions:
            return thaw(held, self.catalog, wish.environment, actor, now, incident=wish.incident)

        of = f"{wish.incident} in " if wish.incident else ""
        order = GuardOrder(
            verb="thaw",
            said=Posted.THAWED,
            subject=f"{of}{wish.environment or ALL_ENVIRONMENTS}",
            reason=wish.reason,
            once=once,
            decide=decide,
        )
        before, after = await self._orders.carry_out(identity, order)
        left = (each for each in after.freezes if each.environment in {None, wish.environment})
        return _gone(before.freezes, after.freezes), tuple(left)

    async def allow(self, identity: Identity, wish: AllowWish, *, once: str) -> tuple[Denial, ...]:
        """Let a version be deployed again; returns what it was denied for."""

        def decide(held: Restrictions, actor: Actor, now: datetime) -> Restrictions:
            return allow(held, self.catalog.targets(wish.service), wish.version, actor, now)

        order = GuardOrder(
            verb="allow",
            said=Posted.ALLOWED,
            subject=f"{wish.service} {wish.version}",
            reason=wish.reason,
            once=once,
            decide=decide,
        )
        before, after = await self._orders.carry_out(identity, order)
        return _gone(before.denials, after.denials)

    async def overview(self, targets: tuple[Target, ...]) -> Mapping[str, Guarded]:
        """What holds deploys to targets up now, the freeze that comes next, and the open incidents
        there, by target key.
        """
        held = (await self.store.restrictions()).value
        around = await self.fixes.around(targets)
        now = self.clock.now()
        return {
            target.key: guarded(target, held, now, around.get(target.key, ())) for target in targets
        }

    @property
    def _orders(self) -> GuardOrders:
        return GuardOrders(
            store=self.store,
            directory=self.directory,
            clock=self.clock,
            transitions=self.transitions,
        )

    def _known(self, environment: str | None) -> None:
        if environment is not None and environment not in self.catalog.environments:
            known = ", ".join(self.catalog.environments)
            raise UsageError(f"There is no environment “{environment}”.", hint=f"Known: {known}.")


def _gone(before: tuple[T, ...], after: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(each for each in before if each not in after)
