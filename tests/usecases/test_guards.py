"""Locks, freezes and denied versions: who may set and lift them, and who is told."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import samples
from engine import TO_PRODUCTION, Bench, bench_of, identity
from samples import DANA, MAX, NOW, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.errors import ConcurrentUpdate, NotFound, NotPermitted, UnknownName, UsageError
from bot.domain.locks import USUAL_LOCK, Locked
from bot.domain.restrictions import Denial, Restrictions
from bot.ports import Change, Stored
from bot.usecases.deploys import Forbidden
from bot.usecases.guards import (
    AllowWish,
    FreezeWish,
    Guards,
    LockWish,
    ThawWish,
    UnlockWish,
)

HOUR = timedelta(hours=1)
LOCK = LockWish(service="api", environment="production", reason="looking into errors")
UNLOCK = UnlockWish(service="api", environment="production", reason="found it")
FREEZE = FreezeWish(environment="production", reason="sale", lasts=8 * HOUR)


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """The sample catalog."""
    async with bench_of(memory, samples.catalog()) as built:
        yield built


def guards_of(bench: Bench) -> Guards:
    """What is tested."""
    return bench.use_cases.guards


async def audited(bench: Bench) -> list[tuple[str, str, str]]:
    """The audit log: action, subject, detail."""
    entries = await bench.store.audit_of(bench.clock.now().date())
    return [(each.action, each.subject, each.detail) for each in entries]


async def told(bench: Bench) -> list[str]:
    """What the channel was told."""
    await bench.delivery.empty("#deploys")
    return [said for said, _ in bench.board.history]


async def test_a_lock_holds_everybody_and_is_told(bench: Bench) -> None:
    """With its owner, its reason and an end, also when none was given."""
    lock = await guards_of(bench).lock(identity(DANA), LOCK, once="1")
    assert (lock.owner, lock.until) == (DANA, NOW + USUAL_LOCK)
    for who in (DANA, SAM):
        with pytest.raises(Forbidden, match="is locked: looking into errors"):
            await bench.ask(TO_PRODUCTION, who=who)
    assert await told(bench) == ["locked"]
    assert (await audited(bench))[0] == ("Locked", "api/production", "looking into errors")


async def test_a_lock_ends_by_itself(bench: Bench) -> None:
    """At its time."""
    await guards_of(bench).lock(
        identity(DANA),
        LockWish(service="api", environment="production", reason="x", lasts=HOUR),
        once="1",
    )
    bench.clock.move(HOUR)
    assert (await bench.ask()).state
    targets = bench.catalog.targets("api")
    assert not any(each.locks for each in (await guards_of(bench).overview(targets)).values())


async def test_somebody_else_s_lock_is_not_taken_over(bench: Bench) -> None:
    """The refusal knows whose it is, and is kept in the audit log."""
    await guards_of(bench).lock(identity(DANA), LOCK, once="1")
    with pytest.raises(Locked) as refused:
        await guards_of(bench).lock(identity(SAM), LOCK, once="2")
    assert refused.value.lock.owner == DANA
    assert (await audited(bench))[-1][:2] == ("Refused lock", "api/production")


@pytest.mark.parametrize(("who", "may"), [(DANA, True), (SAM, True), (MAX, False)])
async def test_a_lock_is_lifted_by_its_owner_or_an_approver(
    bench: Bench, who: str, may: bool
) -> None:
    """And by nobody else."""
    await guards_of(bench).lock(identity(DANA), LOCK, once="1")
    if may:
        removed, left = await guards_of(bench).unlock(identity(who), UNLOCK, once="2")
        assert ([lock.owner for lock in removed], left) == ([DANA], ())
        assert await told(bench) == ["locked", "unlocked"]
        assert (await bench.ask()).state
    else:
        with pytest.raises(Locked):
            await guards_of(bench).unlock(identity(who), UNLOCK, once="2")
        assert (await audited(bench))[-1][0] == "Refused unlock"


async def test_a_freeze_stops_an_environment_until_it_is_thawed(bench: Bench) -> None:
    """By those who guard it; other environments go on."""
    with pytest.raises(NotPermitted, match="freeze production"):
        await guards_of(bench).freeze(identity(DANA), FREEZE, once="1")
    freeze = await guards_of(bench).freeze(identity(SAM), FREEZE, once="2")
    assert freeze.until == NOW + 8 * HOUR
    with pytest.raises(Forbidden, match="sale"):
        await bench.ask()
    ended, left = await guards_of(bench).thaw(
        identity(OLIVIA), ThawWish(environment="production", reason="over"), once="3"
    )
    assert ([each.by for each in ended], left) == ([SAM], ())
    assert (await bench.ask()).state
    assert await told(bench) == ["frozen", "thawed", "card"]


async def test_everything_is_frozen_at_once(bench: Bench) -> None:
    """Without an end, until somebody ends it; the environment's own freeze is another one."""
    wish = FreezeWish(environment=None, reason="the provider is down")
    freeze = await guards_of(bench).freeze(identity(SAM), wish, once="1")
    assert freeze.until is None
    await guards_of(bench).freeze(identity(SAM), FREEZE, once="2")
    held = await guards_of(bench).overview(bench.catalog.targets())
    assert all(each.frozen is not None for each in held.values())
    ended, left = await guards_of(bench).thaw(
        identity(SAM), ThawWish(environment="production", reason="over"), once="3"
    )
    assert len(ended) == 1
    assert [each.environment for each in left] == [None]


async def test_a_denied_version_is_allowed_again(bench: Bench) -> None:
    """By name, by those who guard one of the service's targets."""
    denial = Denial(
        digest=samples.NEW_DIGEST,
        version="v1.2.0",
        service="api",
        deploy="D-00001",
        reason="errors",
        since=NOW,
    )
    denied = Stored(value=Restrictions(denials=(denial,)), version=0)
    await bench.store.commit(Change(writes=(denied,)))
    wish = AllowWish(service="api", version="v1.2.0", reason="it was the data")
    with pytest.raises(NotPermitted):
        await guards_of(bench).allow(identity(MAX), wish, once="1")
    assert await guards_of(bench).allow(identity(SAM), wish, once="2") == (denial,)
    assert await told(bench) == ["allowed"]
    with pytest.raises(NotFound, match="not denied"):
        await guards_of(bench).allow(identity(SAM), wish, once="3")


async def test_nothing_is_set_or_lifted_without_a_reason(bench: Bench) -> None:
    """A form that is left empty says so."""
    empty = LockWish(service="api", environment="production", reason="  ")
    with pytest.raises(UsageError, match="“lock” needs a reason"):
        await guards_of(bench).lock(identity(DANA), empty, once="1")
    with pytest.raises(UnknownName):
        await guards_of(bench).lock(
            identity(DANA), LockWish(service="api", environment="prod", reason="x"), once="2"
        )
    with pytest.raises(UsageError, match="no environment"):
        await guards_of(bench).freeze(
            identity(SAM), FreezeWish(environment="prod", reason="x"), once="3"
        )
    assert (await bench.store.restrictions()).version == 0


async def test_the_same_order_twice_is_told_once(bench: Bench) -> None:
    """A repeated delivery changes nothing more."""
    for _ in range(2):
        await guards_of(bench).lock(identity(DANA), LOCK, once="same")
    assert await told(bench) == ["locked"]


async def test_orders_at_the_same_moment_are_both_carried_out(bench: Bench) -> None:
    """All restrictions are one document; the loser of the race decides again."""

    class Busy:
        """The store, in which somebody else is faster the first time."""

        def __init__(self) -> None:
            self.first = True

        def __getattr__(self, name: str) -> object:
            return getattr(bench.store, name)

        async def commit(self, change: Change) -> str | None:
            """Let another order in before the first one."""
            if self.first:
                self.first = False
                await guards_of(bench).freeze(identity(SAM), FREEZE, once="other")
                with pytest.raises(ConcurrentUpdate):
                    await bench.store.commit(change)
                raise ConcurrentUpdate("Somebody else was faster.")
            return await bench.store.commit(change)

    busy = Guards(
        catalog=bench.catalog,
        store=Busy(),  # type: ignore[arg-type]  # all but its commit is real
        directory=bench.people,
        clock=bench.clock,
        transitions=bench.transitions,
        fixes=bench.use_cases.fixes,
    )
    await busy.lock(identity(DANA), LOCK, once="mine")
    held = (await bench.store.restrictions()).value
    assert [each.owner for each in held.locks] == [DANA]
    assert [each.by for each in held.freezes] == [SAM]
