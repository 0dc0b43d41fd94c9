"""Progressive deploys on the simulated cloud, by what Cloud Monitoring says: hours in seconds."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import policies
import pytest
from engine import Bench, bench_of, identity
from fakes import VirtualClock
from samples import DANA, MAX, OLIVIA, SAM

from adapters.local.cloud.behaviour import Behaviour
from adapters.redis.connection import Connections
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.errors import IllegalTransition, NotPermitted
from bot.domain.events import Cause, Observed
from bot.domain.evidence import Probe
from bot.domain.history import Ending
from bot.domain.policy import Inconclusive, Smoke
from bot.domain.states import State

LONG = 2000


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """Production goes by canary, and nobody is asked."""
    async with bench_of(memory, policies.catalog()) as built:
        yield built


@pytest.fixture
def api(bench: Bench) -> Target:
    """api in production."""
    return bench.catalog.target("api", "production")


async def splits(bench: Bench) -> list[dict[str, int]]:
    """The traffic of production after each accepted write, without repetitions."""
    found: list[dict[str, int]] = []
    for write in bench.cloud.model.journal:
        shares = {name: share for name, share in write.traffic.items() if share}
        if not found or found[-1] != shares:
            found.append(shares)
    return found


async def test_a_good_canary_goes_all_the_way(bench: Bench, api: Target) -> None:
    """5, 25, 50, 100, each after its bake, on evidence."""
    began = bench.clock.now()
    done = await bench.work(await bench.ask(), most=LONG)
    assert done.state is State.COMPLETED
    assert [shift.percent for shift in done.trail] == [5, 25, 50, 100]
    assert bench.clock.now() - began >= timedelta(hours=2)
    assert await splits(bench) == [
        {"api-00002": 100},
        {"api-00002": 95, "api-00003": 5},
        {"api-00002": 75, "api-00003": 25},
        {"api-00002": 50, "api-00003": 50},
        {"api-00003": 100},
    ]
    assert await bench.serving(api) == {"api-00003": 100}


async def test_a_revision_that_fails_its_smoke_test_gets_no_traffic(
    bench: Bench, api: Target
) -> None:
    """It is asked under its own address before; its tag is taken away again."""
    bench.behave(api, "v1.2.0", Behaviour.CRASHING)
    failed = await bench.work(await bench.ask(), most=LONG)
    assert failed.state is State.FAILED_SAFE
    assert "smoke test failed" in (failed.problem or "")
    assert await splits(bench) == [{"api-00002": 100}]
    seen = await bench.targets.open(api).observe()
    assert dict(seen.tags) == {}


async def test_a_canary_that_turns_bad_is_rolled_back_by_itself(bench: Bench, api: Target) -> None:
    """On the numbers of a whole window; the ledger, the denial and the hold say so."""
    deploy = await bench.ask()
    await bench.work(deploy, until=State.OBSERVING, most=LONG)
    bench.behave(api, "v1.2.0", Behaviour.ERRORS)
    over = await bench.work(deploy, most=LONG)
    assert over.state is State.ROLLED_BACK
    assert "errors-critical" in (over.cause or "")
    assert await bench.serving(api) == {"api-00002": 100}
    (record,) = await bench.store.ledger(api.key, 10)
    assert (record.ending, record.automatic, record.moved) == (Ending.ROLLED_BACK, True, True)
    held = (await bench.store.restrictions()).value
    assert over.plan is not None
    assert held.denied == {over.plan.artifact.digest}
    assert [lock.owner for lock in held.locks_on(api.key, bench.clock.now())] == [deploy.id]
    await bench.delivery.empty("#deploys")
    assert bench.board.notes[-2:] == ["rolling back", "rolled back"]
    assert len(bench.board.pictures) == 1


async def test_an_idle_canary_is_held_and_asks(bench: Bench, api: Target) -> None:
    """Too few requests are neither good nor bad; no timer promotes it, however long it takes."""
    bench.load(api, 0.01)
    deploy = await bench.ask()
    held = await bench.work(deploy, until=State.HELD, most=LONG)
    assert held.hold is not None
    assert held.hold.cause is Cause.INCONCLUSIVE
    for _ in range(60):
        found = await bench.now(deploy)
        assert found.due is not None
        bench.clock.move(max(found.due - bench.clock.now(), timedelta(0)))
        await bench.rollouts.tick(deploy.id)
    later = await bench.now(deploy)
    assert (later.state, later.phase) == (State.HELD, 0)
    assert later.hold is not None
    assert later.hold.paged
    await bench.delivery.empty("#deploys")
    assert "called" in bench.board.notes


async def test_somebody_else_takes_an_idle_canary_on(bench: Bench, api: Target) -> None:
    """Promoting is an approval: not by whoever asked, where approval is needed."""
    bench.load(api, 0.01)
    deploy = await bench.ask()
    await bench.work(deploy, until=State.HELD, most=LONG)
    with pytest.raises(NotPermitted):
        await bench.orders.promote(identity(MAX), deploy.id)
    promoted = await bench.orders.promote(identity(SAM), deploy.id)
    assert (promoted.state, promoted.phase) == (State.ROUTING, 1)
    held = await bench.work(deploy, until=State.HELD, most=LONG)
    assert [shift.percent for shift in held.trail] == [5, 25]


async def test_promoting_the_last_share_lands_only_when_the_cloud_confirms_it(
    bench: Bench,
) -> None:
    """A click is no evidence of what serves."""
    deploy = await bench.ask()
    for state in (None, State.STAGING, State.ROUTING):
        if state is not None:
            await bench.work(deploy, until=state, most=LONG)
        with pytest.raises(IllegalTransition):
            await bench.orders.promote(identity(SAM), deploy.id)
    for _ in range(3):
        await bench.work(deploy, until=State.OBSERVING, most=LONG)
        await bench.orders.promote(identity(SAM), deploy.id)
    last = await bench.work(deploy, until=State.OBSERVING, most=LONG)
    assert last.last_phase
    promoted = await bench.orders.promote(identity(SAM), deploy.id)
    assert promoted.state is State.ROUTING
    assert (await bench.work(deploy, most=LONG)).state is State.COMPLETED


async def test_waiting_longer_watches_anew(bench: Bench, api: Target) -> None:
    """When the requests come meanwhile, the evidence of a whole window takes it on."""
    bench.load(api, 0.01)
    deploy = await bench.ask()
    await bench.work(deploy, until=State.HELD, most=LONG)
    bench.load(api, 40)
    await bench.orders.resume(identity(DANA), deploy.id, policies.BAKE)
    done = await bench.work(deploy, most=LONG)
    assert done.state is State.COMPLETED


@pytest.mark.parametrize(
    ("rule", "end"),
    [(Inconclusive.ROLLBACK, State.ROLLED_BACK), (Inconclusive.PROCEED, State.COMPLETED)],
)
async def test_the_policy_may_answer_for_an_idle_canary(
    memory: Connections, rule: Inconclusive, end: State
) -> None:
    """Going on rests on the health probe then."""
    rules = policies.policy(policies.inconclusive(rule))
    async with bench_of(memory, policies.catalog(rules)) as bench:
        bench.load(bench.catalog.target("api", "production"), 0.01)
        assert (await bench.work(await bench.ask(), most=LONG)).state is end


async def test_a_pause_holds_it_and_going_on_takes_a_whole_bake(bench: Bench) -> None:
    """A pause is no verdict."""
    deploy = await bench.ask()
    await bench.work(deploy, until=State.OBSERVING, most=LONG)
    paused = await bench.orders.pause(identity(DANA), deploy.id)
    assert paused.hold is not None
    assert paused.hold.cause is Cause.PAUSED
    await bench.orders.resume(identity(DANA), deploy.id)
    again = await bench.work(deploy, until=State.OBSERVING, most=LONG)
    assert again.bake is not None
    assert again.bake - bench.clock.now() > policies.BAKE - timedelta(minutes=1)
    assert (await bench.work(deploy, most=LONG)).state is State.COMPLETED


@pytest.mark.parametrize(
    "state",
    [State.AWAITING_APPROVAL, State.QUEUED, State.STAGING, State.SMOKE, State.ROUTING,
     State.OBSERVING],
)  # fmt: skip
async def test_a_deploy_can_be_undone_at_any_time(memory: Connections, state: State) -> None:
    """By whoever may deploy; the old version serves, whatever was under way."""
    rule = policies.samples.FOUR_EYES if state is State.AWAITING_APPROVAL else None
    async with bench_of(memory, policies.catalog(rule=rule)) as bench:
        deploy = await bench.ask()
        reached = await bench.work(deploy, until=state, most=LONG)
        assert reached.state is state
        await bench.orders.abort(identity(OLIVIA), deploy.id, "Not now.")
        over = await bench.work(deploy, most=LONG)
        moved = state in {State.ROUTING, State.OBSERVING}
        assert over.state is (State.ROLLED_BACK if moved else State.CANCELLED)
        target = bench.catalog.target("api", "production")
        assert await bench.serving(target) == {"api-00002": 100}
        with pytest.raises(IllegalTransition):
            await bench.orders.abort(identity(OLIVIA), deploy.id)


async def test_a_restart_during_a_bake_costs_nothing(bench: Bench) -> None:
    """Hours without any bot: the newest whole window decides, and nothing is done twice."""
    deploy = await bench.ask()
    await bench.work(deploy, until=State.OBSERVING, most=LONG)
    bench.clock.move(timedelta(hours=5))
    assert await bench.store.recover(bench.clock.now()) >= 0
    await bench.rollouts.tick(deploy.id)
    assert (await bench.now(deploy)).phase == 1
    assert (await bench.work(deploy, most=LONG)).state is State.COMPLETED


async def test_traffic_that_somebody_moves_during_a_bake_is_left_alone(
    bench: Bench, api: Target
) -> None:
    """Held with the name of who did it; a person says what to do."""
    deploy = await bench.ask()
    await bench.work(deploy, until=State.OBSERVING, most=LONG)
    bench.cloud.model.by_hand(
        api.place.resource, {"api-00001": 100}, bench.clock.now(), by="eve@example"
    )
    held = await bench.work(deploy, until=State.HELD, most=LONG)
    assert held.hold is not None
    assert held.hold.cause is Cause.CHANGED_OUTSIDE
    assert await bench.serving(api) == {"api-00001": 100}
    with pytest.raises(NotPermitted, match="outside"):
        await bench.orders.promote(identity(SAM), deploy.id)
    await bench.orders.abort(identity(SAM), deploy.id)
    over = await bench.work(deploy, most=LONG)
    assert over.state is State.ROLLED_BACK
    assert await bench.serving(api) == {"api-00002": 100}


async def test_traffic_that_somebody_moved_can_be_left_as_it_is(bench: Bench, api: Target) -> None:
    """Then the deploy is over and nothing is written."""
    deploy = await bench.ask()
    await bench.work(deploy, until=State.OBSERVING, most=LONG)
    bench.cloud.model.by_hand(
        api.place.resource, {"api-00001": 100}, bench.clock.now(), by="eve@example"
    )
    await bench.work(deploy, until=State.HELD, most=LONG)
    left = await bench.orders.leave(identity(SAM), deploy.id)
    assert left.state is State.CANCELLED
    assert await bench.serving(api) == {"api-00001": 100}


@dataclass(frozen=True, slots=True)
class SlowProber:
    """A revision that answers well, and takes its time."""

    clock: VirtualClock
    takes: timedelta

    async def probe(self, _address: str, _smoke: Smoke) -> Probe:
        """After so long."""
        self.clock.move(self.takes)
        return Probe(passed=True, milliseconds=1.0)


async def test_a_look_that_takes_longer_than_the_bake_does_not_end_it(
    bench: Bench, api: Target
) -> None:
    """What it has read is from before the end: the next look decides, on whole windows."""
    deploy = await bench.work(await bench.ask(), until=State.OBSERVING, most=LONG)
    assert deploy.bake is not None
    slow = SlowProber(bench.clock, deploy.bake - bench.clock.now() + timedelta(minutes=1))
    watching = replace(bench.rollouts.watching, prober=slow)
    looked = await watching.look(deploy, api)
    assert bench.clock.now() > deploy.bake
    assert isinstance(looked, Observed)
    assert (await bench.work(deploy, most=LONG)).state is State.COMPLETED


async def test_metrics_that_cannot_be_read_hold_it(bench: Bench) -> None:
    """No evidence is no reason to go on, and none to go back."""
    deploy: Deploy = await bench.ask()
    await bench.work(deploy, until=State.OBSERVING, most=LONG)
    bench.cloud.model.faults.blind = True
    held = await bench.work(deploy, until=State.HELD, most=LONG)
    assert held.hold is not None
    assert held.hold.cause is Cause.NO_EVIDENCE
