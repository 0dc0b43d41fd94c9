"""What happens when two things happen at once, or half of one: nothing twice, nothing lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import policies
import pytest
import samples
from engine import Bench, bench_of, identity
from fakes import ListedPeople, VirtualClock
from samples import DANA, OLIVIA, SAM

from adapters.local.cloud.behaviour import Behaviour
from adapters.redis.connection import Connections
from adapters.redis.store import RedisStore
from bot.domain.artifact import Artifact
from bot.domain.catalog import Catalog, Target
from bot.domain.deploy import Deploy
from bot.domain.errors import (
    CloudUnavailable,
    ConcurrentUpdate,
    IllegalTransition,
    Outcome,
    SlackUnavailable,
    StoreUnavailable,
)
from bot.domain.history import Kind
from bot.domain.observation import Fence, Observation
from bot.domain.plan import Preview, Terms
from bot.domain.policy import ChecklistItem, ChecklistRule, DatabaseRule, Policy
from bot.domain.restrictions import Denial, Freeze, Lock, Restrictions
from bot.domain.states import IN_LANE, State
from bot.ports import Change, DeployTarget, DeployTargets, Progress, Stored
from bot.usecases.deploys import Wish
from bot.usecases.rollbacks import Goal
from bot.usecases.rollouts import Rollouts

LONG = 2000
V2, V3 = (
    Wish(service="api", version=version, environment="production")
    for version in ("v1.2.0", "v1.3.0")
)
HOUR = timedelta(hours=1)
Happening = Callable[[], Awaitable[object]]


class Crashing(RedisStore):
    """A store whose commits are cut off: before anything is written, or after all of it is."""

    def __init__(self, connections: Connections, *, written: bool) -> None:
        super().__init__(connections)
        self._written = written
        self.armed = False

    async def commit(self, change: Change) -> str | None:
        """Fail once when armed."""
        if not self.armed:
            return await super().commit(change)
        self.armed = False
        if self._written:
            await super().commit(change)
        raise StoreUnavailable("The process died here.", outcome=Outcome.UNKNOWN)


class Meanwhile(RedisStore):
    """A store before whose next commit something else happens."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self.happens: Happening | None = None

    async def commit(self, change: Change) -> str | None:
        """Let it happen first."""
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens()
        return await super().commit(change)


def with_store(bench: Bench, store: RedisStore) -> Rollouts:
    """A second worker on the same world, which saves by way of another store."""
    return replace(bench.rollouts, transitions=replace(bench.transitions, store=store))


def with_catalog(bench: Bench, catalog: Catalog) -> Rollouts:
    """The worker after a restart with another configuration."""
    transitions = replace(bench.transitions, catalog=catalog)
    planning = replace(bench.use_cases.planning, catalog=catalog)
    return replace(bench.rollouts, catalog=catalog, transitions=transitions, planning=planning)


def due_now(bench: Bench, deploy: Deploy) -> None:
    """Move time along to when a deploy is due."""
    if deploy.due is not None and deploy.due > bench.clock.now():
        bench.clock.move(deploy.due - bench.clock.now())


async def back_to(bench: Bench, version: str, who: str = SAM) -> Deploy:
    """Somebody goes back to a version."""
    goal = Goal(service="api", environment="production", version=version)
    once = f"{version}{who}{bench.clock.now()}"
    return await bench.use_cases.rollbacks.request(identity(who), goal, once=once)


async def under_way(bench: Bench, *deploys: Deploy) -> list[str]:
    """Those that have a turn at the moment."""
    found = [await bench.now(deploy) for deploy in deploys]
    return [each.id for each in found if each.started and each.state in IN_LANE]


# ── A crash between doing and saving ─────────────────────────────────────────────────────────────


EVERYTHING = policies.policy(
    policies.CANARY,
    database=DatabaseRule(instance="olympus-production/main"),
    checklist=ChecklistRule(during=(ChecklistItem(id="watch", ask="Is somebody watching?"),)),
)


async def crash_at_every_step(bench: Bench, store: Crashing, deploy: Deploy, most: int) -> Deploy:
    """Do what is due; each step is cut off at its end, and done again by the next worker."""
    worker = with_store(bench, store)
    for _ in range(most):
        found = await bench.now(deploy)
        if found.over:
            return found
        due_now(bench, found)
        store.armed = True
        try:
            await worker.tick(deploy.id)
        except StoreUnavailable:
            await bench.rollouts.tick(deploy.id)
    return await bench.now(deploy)


@pytest.fixture
async def full(memory: Connections) -> AsyncIterator[Bench]:
    """Canary with backup, smoke test and checklist; nobody is asked."""
    async with bench_of(memory, policies.catalog(EVERYTHING)) as built:
        yield built


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("end", [State.COMPLETED, State.ROLLED_BACK, State.CANCELLED])
async def test_a_crash_at_the_end_of_every_step_changes_nothing(
    memory: Connections, full: Bench, written: bool, end: State
) -> None:
    """From the plan over backup, smoke test and every share to the end, or all the way back."""
    api = full.catalog.target("api", "production")
    full.load(api, 20)
    deploy = await full.ask()
    store = Crashing(memory, written=written)
    if end is State.ROLLED_BACK:
        full.behave(api, "v1.2.0", Behaviour.ERRORS)
    if end is State.CANCELLED:
        await full.work(deploy, until=State.TAGGING)
        await full.orders.abort(identity(SAM), deploy.id, "No.")
    over = await crash_at_every_step(full, store, deploy, LONG)
    assert over.state is end
    assert full.rollouts_of() == 1
    assert full.backups.made == [("main", deploy.id)]
    made = [(write.paths, write.traffic, write.tags) for write in full.cloud.model.journal]
    assert all(one != other for one, other in pairwise(made))
    ledger = await full.store.ledger(api.key, 9)
    assert [record.deploy for record in ledger] == [deploy.id]
    assert (await full.store.lane(api.key)).value.queue == ()
    serving = await full.serving(api)
    assert len(serving) == 1
    assert (over.revision in serving) is (end is State.COMPLETED)
    assert bool(over.trail) is (end is not State.CANCELLED)


@pytest.mark.parametrize("written", [False, True])
async def test_a_crash_at_the_end_of_every_step_of_a_way_back_changes_nothing(
    memory: Connections, bench: Bench, written: bool
) -> None:
    """By traffic alone, once."""
    for wish in (V2, V3):
        await bench.work(await bench.ask(wish))
    before = len(bench.cloud.model.journal)
    rollback = await back_to(bench, "v1.2.0")
    store = Crashing(memory, written=written)
    over = await crash_at_every_step(bench, store, rollback, LONG)
    assert over.state is State.COMPLETED
    assert [write.paths[0] for write in bench.cloud.model.journal[before:]] == ["traffic"]
    ledger = await bench.store.ledger(over.target, 9)
    assert [record.deploy for record in ledger].count(rollback.id) == 1
    restrictions = (await bench.store.restrictions()).value
    assert [denial.version for denial in restrictions.denials] == ["v1.3.0"]
    assert [lock.owner for lock in restrictions.locks] == [rollback.id]


async def test_every_step_done_by_two_workers_at_once_is_done_once(full: Bench) -> None:
    """Both look at the same moment; one of them saves, and the other is told or finds nothing."""
    api = full.catalog.target("api", "production")
    full.load(api, 20)
    deploy = await full.ask()
    for _ in range(LONG):
        found = await full.now(deploy)
        if found.over:
            break
        due_now(full, found)
        looks = [full.rollouts.tick(deploy.id) for _ in range(2)]
        done = await asyncio.gather(*looks, return_exceptions=True)
        lost = [each for each in done if isinstance(each, BaseException)]
        assert all(isinstance(each, ConcurrentUpdate) for each in lost)
    over = await full.now(deploy)
    assert over.state is State.COMPLETED
    assert full.rollouts_of() == 1
    made = [(write.paths, write.traffic, write.tags) for write in full.cloud.model.journal]
    assert all(one != other for one, other in pairwise(made))
    assert len(await full.store.ledger(api.key, 9)) == 1


# ── Two who want the same lane ───────────────────────────────────────────────────────────────────


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """Production is rolled at once, and nobody is asked; a way back leaves a hold."""
    rules = Policy(hold_after_rollback=HOUR)
    async with bench_of(memory, policies.catalog(rules)) as built:
        yield built


@pytest.fixture
async def canary(memory: Connections) -> AsyncIterator[Bench]:
    """Production goes by canary; v1.2.0 has landed."""
    async with bench_of(memory, policies.catalog()) as built:
        built.load(built.catalog.target("api", "production"), 20)
        done = await built.work(await built.ask(V2), most=LONG)
        assert done.state is State.COMPLETED
        yield built


class Slow:
    """Targets whose next look takes so long that something else happens meanwhile."""

    def __init__(self, targets: DeployTargets, happens: Happening) -> None:
        self._targets = targets
        self._happens: Happening | None = happens

    def open(self, target: Target) -> DeployTarget:
        """A target that is slow once."""
        slow = SlowTarget(self._targets.open(target), self._happens)
        self._happens = None
        return slow

    async def survey(
        self, targets: Sequence[Target]
    ) -> Mapping[str, Observation | CloudUnavailable]:
        """Not slow."""
        return await self._targets.survey(targets)


class SlowTarget:
    """A target whose looks let something else happen first."""

    def __init__(self, target: DeployTarget, happens: Happening | None) -> None:
        self._target = target
        self._happens = happens

    async def observe(self) -> Observation:
        """Look, and answer late."""
        seen = await self._target.observe()
        if self._happens is not None:
            await self._happens()
        return seen

    async def preview(self, deploy: str, artifact: Artifact) -> Preview:
        """As it is."""
        return await self._target.preview(deploy, artifact)

    async def stage(self, deploy: str, artifact: Artifact, fence: Fence) -> str:
        """As it is."""
        return await self._target.stage(deploy, artifact, fence)

    async def route(
        self, split: Mapping[str, int], tags: Mapping[str, str | None], fence: Fence
    ) -> str:
        """As it is."""
        return await self._target.route(split, tags, fence)

    async def follow_latest(self, fence: Fence) -> str:
        """As it is."""
        return await self._target.follow_latest(fence)

    async def poll(self, operation: str) -> Progress:
        """As it is."""
        return await self._target.poll(operation)


async def test_a_way_back_that_comes_while_a_deploy_takes_its_turn_is_alone(
    bench: Bench,
) -> None:
    """The deploy looked when the lane was free; by the time it saves, somebody is before it."""
    await bench.work(await bench.ask(V2))
    deploy = await bench.ask(V3)
    await bench.work(deploy, until=State.QUEUED)
    rollback = await back_to(bench, "v1.1.0")

    async def cleared() -> None:
        await bench.work(rollback, until=State.QUEUED)

    late = replace(bench.rollouts, targets=Slow(bench.targets, cleared))
    with pytest.raises(ConcurrentUpdate):
        await late.tick(deploy.id)
    await bench.rollouts.tick(deploy.id)
    await bench.rollouts.tick(rollback.id)
    assert await under_way(bench, deploy, rollback) == [rollback.id]
    assert (await bench.work(rollback)).state is State.COMPLETED


@pytest.mark.parametrize("rule", ["frozen", "locked", "denied"])
async def test_a_deploy_does_not_begin_after_somebody_was_told_that_it_will_not(
    bench: Bench, rule: str
) -> None:
    """The rules were asked, the cloud took its time to answer, and by then they forbid it."""
    deploy = await bench.ask(V2)
    queued = await bench.work(deploy, until=State.QUEUED)
    assert queued.plan is not None
    digest = queued.plan.artifact.digest

    async def forbid() -> None:
        held = await bench.store.restrictions()
        now = bench.clock.now()
        changed = {
            "frozen": Restrictions(
                freezes=(Freeze(environment=None, by=SAM, reason="Fire.", since=now, until=None),)
            ),
            "locked": Restrictions(
                locks=(
                    Lock(
                        target=deploy.target,
                        owner=SAM,
                        reason="A look.",
                        since=now,
                        until=now + HOUR,
                    ),
                )
            ),
            "denied": Restrictions(
                denials=(
                    Denial(
                        digest=digest,
                        version="v1.2.0",
                        service="api",
                        deploy="D-OTHER",
                        reason="Bad.",
                        since=now,
                    ),
                )
            ),
        }[rule]
        await bench.store.commit(Change(writes=(Stored(value=changed, version=held.version),)))

    late = replace(bench.rollouts, targets=Slow(bench.targets, forbid))
    with pytest.raises(ConcurrentUpdate):
        await late.tick(deploy.id)
    await bench.rollouts.tick(deploy.id)
    assert await under_way(bench, deploy) == []


async def test_the_last_wish_for_a_way_back_is_the_one_that_stays(
    canary: Bench,
) -> None:
    """Two want to go back while a canary is under way; they go in the order of their wishes."""
    api = canary.catalog.target("api", "production")
    under = await canary.ask(V3)
    await canary.work(under, until=State.OBSERVING, most=LONG)
    first = await back_to(canary, "v1.2.0", SAM)
    await canary.work(first, until=State.QUEUED)
    second = await back_to(canary, "v1.1.0", OLIVIA)
    await canary.work(second, until=State.QUEUED)
    queue = (await canary.store.lane(api.key)).value.queue
    assert queue == (under.id, first.id, second.id)


async def test_two_ways_back_to_one_version_are_both_over_and_harm_nothing(bench: Bench) -> None:
    """The second finds the traffic as it should be."""
    for wish in (V2, V3):
        await bench.work(await bench.ask(wish))
    first, second = await back_to(bench, "v1.2.0", SAM), await back_to(bench, "v1.2.0", OLIVIA)
    for each in (first, second):
        await bench.work(each, until=State.QUEUED)
    await bench.rollouts.tick(second.id)
    assert (await bench.now(second)).waiting_for == (first.id,)
    assert (await bench.work(first)).state is State.COMPLETED
    assert (await bench.work(second)).state is State.COMPLETED
    denials = (await bench.store.restrictions()).value.denials
    assert [denial.version for denial in denials] == ["v1.3.0"]


async def test_a_canary_that_lands_while_a_way_back_preempts_it_is_gone_back_from(
    memory: Connections, canary: Bench
) -> None:
    """Neither is stuck, and what was asked for last serves."""
    api = canary.catalog.target("api", "production")
    deploy = await canary.ask(V3)
    last = State.OBSERVING
    while True:
        found = await canary.work(deploy, until=last, most=LONG)
        if found.last_phase and found.bake and canary.clock.now() >= found.bake:
            break
        due_now(canary, found)
        if found.last_phase and found.bake and canary.clock.now() >= found.bake:
            break
        await canary.rollouts.tick(deploy.id)
    rollback = await back_to(canary, "v1.2.0")
    await canary.work(rollback, until=State.QUEUED)
    store = Meanwhile(memory)

    async def land() -> None:
        await canary.rollouts.tick(deploy.id)

    store.happens = land
    await with_store(canary, store).tick(rollback.id)
    assert (await canary.now(deploy)).state is State.COMPLETED
    assert (await canary.work(rollback)).state is State.COMPLETED
    serving = (await canary.targets.open(api).observe()).digests()
    plan = (await canary.now(rollback)).plan
    assert plan is not None
    assert serving == {plan.artifact.digest}
    assert plan.replaces_versions == ("v1.3.0",)


async def test_a_canary_that_is_aborted_while_it_lands_says_so_to_one_of_the_two(
    memory: Connections, canary: Bench
) -> None:
    """The click came first: the look that would have landed it is lost."""
    deploy = await canary.ask(V3)
    await canary.work(deploy, until=State.OBSERVING, most=LONG)
    store = Meanwhile(memory)

    async def abort() -> None:
        await canary.orders.abort(identity(DANA), deploy.id, "No.")

    store.happens = abort
    due_now(canary, await canary.now(deploy))
    with pytest.raises(ConcurrentUpdate):
        await with_store(canary, store).tick(deploy.id)
    over = await canary.work(deploy, most=LONG)
    assert (over.state, over.undone_by) == (State.ROLLED_BACK, DANA)


async def test_an_abort_and_the_last_approval_at_once_leave_one_of_them(
    memory: Connections,
) -> None:
    """Whoever is later decides on what is there."""
    async with bench_of(memory, policies.catalog(Policy(), rule=samples.FOUR_EYES)) as bench:
        deploy = await bench.ask(V2)
        await bench.work(deploy, until=State.AWAITING_APPROVAL)
        orders = (
            bench.approve(deploy, SAM),
            bench.orders.abort(identity(DANA), deploy.id, "No."),
            bench.approve(deploy, OLIVIA),
        )
        done = await asyncio.gather(*orders, return_exceptions=True)
        over = await bench.work(deploy)
        assert over.state is State.CANCELLED
        assert isinstance(done[1], Deploy)
        assert all(isinstance(each, Deploy | IllegalTransition) for each in done)
        assert bench.cloud.model.journal == []
        assert (await bench.store.lane(deploy.target)).value.queue == ()


@pytest.mark.parametrize("when", [State.QUEUED, State.ROUTING])
async def test_following_the_newest_never_follows_what_came_meanwhile(
    bench: Bench, when: State
) -> None:
    """Somebody makes a revision by hand, at 0 %, after the plan was made."""
    api = bench.catalog.target("api", "production")
    done = await bench.work(await bench.ask(V2))
    wish = Wish(service="api", version="", environment="production", terms=Terms(kind=Kind.UNPIN))
    unpin = await bench.ask(wish)
    await bench.work(unpin, until=when)
    change = bench.cloud.model.service(api.place.resource, bench.clock.now())
    change.template.labels["by"] = "hand"
    change.template.revision = ""
    bench.cloud.model.update(change, ("template",), bench.clock.now(), by="eve@example")
    bench.clock.move(timedelta(minutes=1))
    over = await bench.work(unpin)
    assert over.state in {State.REFUSED, State.FAILED_SAFE}
    assert await bench.serving(api) == {done.revision: 100}


# ── Another configuration, while something is under way ──────────────────────────────────────────


def without(catalog: Catalog, environment: str = "production") -> Catalog:
    """The catalog without api in an environment."""
    service = catalog.services["api"]
    targets = {name: each for name, each in service.targets.items() if name != environment}
    services = {**catalog.services, "api": service.model_copy(update={"targets": targets})}
    return catalog.model_copy(update={"services": services})


ASKING = policies.policy(
    policies.BLUE_GREEN,
    database=DatabaseRule(instance="olympus-production/main"),
    checklist=ChecklistRule(pre=(ChecklistItem(id="plan", ask="Is there a plan?"),)),
)


@pytest.mark.parametrize(
    "state",
    [
        State.REQUESTED,
        State.CHECKING,
        State.AWAITING_APPROVAL,
        State.QUEUED,
        State.BACKING_UP,
        State.STAGING,
        State.TAGGING,
        State.SMOKE,
        State.ROUTING,
        State.OBSERVING,
        State.RETAINING,
    ],
)
async def test_a_target_that_is_removed_ends_its_deploys(memory: Connections, state: State) -> None:
    """In whatever state they are, also when they wait for people, and its lane is empty then."""
    async with bench_of(memory, policies.catalog(ASKING, rule=samples.FOUR_EYES)) as bench:
        deploy = await bench.ask(V2)
        if state is not State.REQUESTED:
            await bench.work(deploy, until=State.CHECKING)
        if state not in {State.REQUESTED, State.CHECKING}:
            await bench.use_cases.checklists.tick(identity(SAM), deploy.id, 0, "plan")
        if state not in {State.REQUESTED, State.CHECKING, State.AWAITING_APPROVAL}:
            await bench.approve(deploy)
            await bench.work(deploy, until=state, most=LONG)
        assert (await bench.now(deploy)).state is state
        worker = with_catalog(bench, without(bench.catalog))
        for _ in range(10):
            found = await bench.now(deploy)
            due_now(bench, found)
            await worker.tick(deploy.id)
        assert (await bench.now(deploy)).over
        assert (await bench.store.lane(deploy.target)).value.queue == ()


async def test_a_target_that_moved_is_not_written_to_by_what_was_begun_before(
    bench: Bench,
) -> None:
    """What was agreed on was the old place; the service at the new one is somebody else's."""
    deploy = await bench.ask(V2)
    await bench.work(deploy, until=State.ROUTING)
    catalog = bench.catalog
    service = catalog.services["api"]
    moved = service.targets["production"].model_copy(
        update={"place": catalog.target("auth", "production").place}
    )
    targets = {**service.targets, "production": moved}
    services = {**catalog.services, "api": service.model_copy(update={"targets": targets})}
    worker = with_catalog(bench, catalog.model_copy(update={"services": services}))
    writes = len(bench.cloud.model.journal)
    for _ in range(20):
        found = await bench.now(deploy)
        if found.over:
            break
        due_now(bench, found)
        await worker.tick(deploy.id)
    later = bench.cloud.model.journal[writes:]
    assert {write.service for write in later} <= {"api"}
    old = await bench.targets.open(service.targets["production"]).observe()
    assert (await bench.now(deploy)).state is State.COMPLETED
    assert old.serving == {found.revision: 100}


async def test_an_approval_that_is_asked_for_by_now_is_asked_for(bench: Bench) -> None:
    """The rule came while the deploy waited in its lane; nobody has approved it yet."""
    deploy = await bench.ask(V2)
    await bench.work(deploy, until=State.QUEUED)
    stricter = policies.catalog(Policy(), rule=samples.FOUR_EYES)
    await with_catalog(bench, stricter).tick(deploy.id)
    found = await bench.now(deploy)
    assert found.state is State.REQUESTED
    assert (await bench.work(deploy)).state is not State.STAGING


# ── Neighbours that are away, and clocks that jump ───────────────────────────────────────────────


class SilentPeople(ListedPeople):
    """A directory that does not say who is in a group, as while Slack is away."""

    async def members(self, groups: Sequence[str]) -> frozenset[str]:
        """No answer."""
        raise SlackUnavailable("No answer.")


async def test_a_held_canary_is_watched_also_when_nobody_can_be_called(canary: Bench) -> None:
    """Slack is away when somebody should be called, and the new version turns bad."""
    api = canary.catalog.target("api", "production")
    deploy = await canary.ask(V3)
    await canary.work(deploy, until=State.OBSERVING, most=LONG)
    await canary.orders.pause(identity(SAM), deploy.id)
    held = await canary.now(deploy)
    assert held.hold is not None
    canary.clock.move(held.hold.until - canary.clock.now())
    canary.behave(api, "v1.3.0", Behaviour.CRASHING)
    worker = replace(canary.rollouts, directory=SilentPeople())
    for _ in range(3):
        with suppress(SlackUnavailable):
            await worker.tick(deploy.id)
        canary.clock.move(timedelta(minutes=5))
    gone_back = {State.ROLLING_BACK, State.ROLLED_BACK}
    assert (await canary.now(deploy)).state in gone_back


async def test_an_approval_expires_though_nobody_can_be_reminded(memory: Connections) -> None:
    """Slack is away all the time."""
    async with bench_of(memory, policies.catalog(Policy(), rule=samples.FOUR_EYES)) as bench:
        deploy = await bench.ask(V2)
        await bench.work(deploy, until=State.AWAITING_APPROVAL)
        worker = replace(bench.rollouts, directory=SilentPeople())
        due_now(bench, await bench.now(deploy))
        with pytest.raises(SlackUnavailable):
            await worker.tick(deploy.id)
        bench.clock.move(HOUR)
        await worker.tick(deploy.id)
        assert (await bench.now(deploy)).state is State.EXPIRED


def with_clock(bench: Bench, off: timedelta) -> Rollouts:
    """A worker whose clock is off; the cloud's is right."""
    wrong = VirtualClock(bench.clock.now() + off)
    return replace(
        bench.rollouts,
        clock=wrong,
        planning=replace(bench.use_cases.planning, clock=wrong),
        watching=replace(bench.rollouts.watching, clock=wrong),
        transitions=replace(bench.transitions, clock=wrong),
    )


@pytest.mark.parametrize("off", [-timedelta(minutes=1), timedelta(minutes=1)])
async def test_workers_whose_clocks_differ_roll_out_together(canary: Bench, off: timedelta) -> None:
    """Every second step is done by one whose clock is a minute off."""
    deploy = await canary.ask(V3)
    for number in range(LONG):
        found = await canary.now(deploy)
        if found.over:
            break
        due_now(canary, found)
        worker = with_clock(canary, off) if number % 2 else canary.rollouts
        await worker.tick(deploy.id)
    over = await canary.now(deploy)
    assert over.state is State.COMPLETED
    assert [shift.percent for shift in over.trail] == [5, 25, 50, 100]
    shifts = [shift.at for shift in over.trail]
    assert all(later - one >= policies.BAKE - abs(off) for one, later in pairwise(shifts))


@pytest.mark.parametrize("off", [-HOUR, HOUR])
async def test_a_clock_that_is_an_hour_off_promotes_nothing(canary: Bench, off: timedelta) -> None:
    """There is no evidence of that time, so at most a person is asked."""
    deploy = await canary.ask(V3)
    await canary.work(deploy, until=State.OBSERVING, most=LONG)
    await with_clock(canary, off).tick(deploy.id)
    found = await canary.now(deploy)
    assert found.state in {State.OBSERVING, State.HELD}
    assert [shift.percent for shift in found.trail] == [5]
    await canary.orders.abort(identity(SAM), deploy.id)
    assert (await canary.work(deploy)).state is State.ROLLED_BACK
