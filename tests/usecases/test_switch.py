"""Blue-green, and the way back, on the simulated cloud."""

from collections.abc import AsyncIterator
from datetime import timedelta

import policies
import pytest
from engine import TO_PRODUCTION, Bench, bench_of, identity
from samples import DANA, FOUR_EYES, MAX, OLIVIA, SAM

from adapters.local.cloud.behaviour import Behaviour
from adapters.redis.connection import Connections
from bot.domain.artifact import Migrations
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.errors import IllegalTransition, NotFound, NotPermitted, UsageError
from bot.domain.history import Kind
from bot.domain.plan import Terms
from bot.domain.policy import Policy
from bot.domain.states import State
from bot.usecases.deploys import Forbidden, Wish
from bot.usecases.rollbacks import Goal

LONG = 2000
V2 = TO_PRODUCTION
V3 = Wish(service="api", version="v1.3.0", environment="production")
PLAIN = Policy(hold_after_rollback=timedelta(0))


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """Production is rolled at once, and nobody is asked."""
    async with bench_of(memory, policies.catalog(PLAIN)) as built:
        yield built


@pytest.fixture
def api(bench: Bench) -> Target:
    """api in production."""
    return bench.catalog.target("api", "production")


async def back(bench: Bench, to: str = "previous", **more: object) -> Deploy:
    """Look where a rollback goes, and confirm it."""
    rollbacks = bench.use_cases.rollbacks
    proposal = await rollbacks.propose(identity(DANA), "api", "production", to)
    goal = Goal(
        service="api",
        environment="production",
        version=proposal.goal.digest or proposal.goal.revision,
    )
    accept = bool(more.get("accept"))
    once = f"{to}{bench.clock.now()}"
    asked = await rollbacks.request(
        identity(DANA), goal, reason="It hurts.", accept_schema_risk=accept, once=once
    )
    return await bench.now(asked)


async def version_of(bench: Bench, target: Target) -> str | None:
    """What serves everything."""
    seen = await bench.targets.open(target).observe()
    (name,) = seen.serving
    return seen.revisions[name].version


async def test_the_way_back_goes_to_the_last_version_that_ran_well(
    bench: Bench, api: Target
) -> None:
    """By traffic alone: no new revision is made."""
    await bench.work(await bench.ask(V2))
    await bench.work(await bench.ask(V3))
    made = len(bench.cloud.model.revisions[api.place.resource])
    over = await bench.work(await back(bench))
    assert (over.state, over.kind) == (State.COMPLETED, Kind.ROLLBACK)
    assert await version_of(bench, api) == "v1.2.0"
    assert len(bench.cloud.model.revisions[api.place.resource]) == made


async def test_a_second_way_back_goes_one_further(bench: Bench, api: Target) -> None:
    """Never forth to what was just left."""
    await bench.work(await bench.ask(V2))
    await bench.work(await bench.ask(V3))
    await bench.work(await back(bench))
    proposal = await bench.use_cases.rollbacks.propose(identity(DANA), "api", "production")
    assert proposal.goal.version == "v1.1.0"
    await bench.work(await back(bench))
    assert await version_of(bench, api) == "v1.1.0"
    with pytest.raises(NotFound, match="no earlier version"):
        await back(bench)


async def test_what_was_left_is_not_deployed_again(bench: Bench) -> None:
    """Until somebody allows it."""
    await bench.work(await bench.ask(V2))
    await bench.work(await back(bench))
    again = await bench.work(await bench.ask(V2, once="again"))
    assert again.state is State.REFUSED
    assert "denied" in (again.problem or "")


async def test_a_goal_that_never_ran_here_is_refused_with_those_that_did(bench: Bench) -> None:
    """By name, and again when it is confirmed."""
    await bench.work(await bench.ask(V2))
    with pytest.raises(UsageError, match="cannot go back") as wrong:
        await back(bench, "v9.9.9")
    assert "v1.1.0" in wrong.value.hint


async def test_only_those_who_may_steer_go_back(bench: Bench) -> None:
    await bench.work(await bench.ask(V2))
    with pytest.raises(NotPermitted):
        await bench.use_cases.rollbacks.propose(identity(MAX), "api", "production")


async def test_a_revision_that_is_gone_is_deployed_again_by_its_digest(
    bench: Bench, api: Target
) -> None:
    """And the proposal says so, as it takes longer."""
    await bench.work(await bench.ask(V2))
    await bench.work(await bench.ask(V3))
    bench.cloud.model.drop_revision(api.place.resource, "api-00003")
    proposal = await bench.use_cases.rollbacks.propose(identity(DANA), "api", "production")
    assert proposal.gone
    over = await bench.work(await back(bench))
    assert over.state is State.COMPLETED
    assert await version_of(bench, api) == "v1.2.0"


async def test_migrations_that_cannot_be_undone_take_a_second_person(
    memory: Connections,
) -> None:
    """Refused without accepting the risk; then approved by somebody else."""
    async with bench_of(memory, policies.catalog(PLAIN, rule=FOUR_EYES)) as bench:
        terms = Terms(declared=Migrations.IRREVERSIBLE)
        deploy = await bench.ask(V2.model_copy(update={"terms": terms}))
        await bench.work(deploy, until=State.AWAITING_APPROVAL)
        await bench.approve(deploy)
        await bench.work(deploy)
        with pytest.raises(NotPermitted, match="--accept-schema-risk"):
            await back(bench)
        asked = await back(bench, accept=True)
        waiting = await bench.work(asked, until=State.AWAITING_APPROVAL)
        assert waiting.state is State.AWAITING_APPROVAL
        with pytest.raises(NotPermitted, match="four-eyes"):
            await bench.approve(asked, DANA)
        await bench.approve(asked, SAM)
        assert (await bench.work(asked)).state is State.COMPLETED


async def test_a_way_back_preempts_a_canary_and_waits_for_its_abort(memory: Connections) -> None:
    """The canary ends first, then the way back takes its turn, before all who wait."""
    async with bench_of(memory, policies.catalog()) as bench:
        api = bench.catalog.target("api", "production")
        done = await bench.work(await bench.ask(V2), most=LONG)
        assert done.state is State.COMPLETED
        canary = await bench.ask(V3)
        waiting = await bench.ask(
            Wish(service="api", version="v1.5.0", environment="production"), once="w"
        )
        await bench.work(canary, until=State.OBSERVING, most=LONG)
        await bench.work(waiting, until=State.QUEUED)
        rollback = await bench.use_cases.rollbacks.request(
            identity(SAM),
            Goal(service="api", environment="production", version="v1.1.0"),
            once="r",
        )
        await bench.work(rollback, until=State.QUEUED)
        assert (await bench.store.lane(api.key)).value.queue == (
            canary.id,
            rollback.id,
            waiting.id,
        )
        await bench.rollouts.tick(rollback.id)
        assert (await bench.now(canary)).state is State.ROLLING_BACK
        assert (await bench.now(rollback)).state is State.QUEUED
        ended = await bench.work(canary)
        assert (ended.state, ended.undone_by) == (State.ROLLED_BACK, SAM)
        assert (await bench.work(rollback)).state is State.COMPLETED
        assert await version_of(bench, api) == "v1.1.0"


async def test_the_same_confirmation_twice_is_one_way_back(bench: Bench) -> None:
    await bench.work(await bench.ask(V2))
    goal = Goal(service="api", environment="production", version="v1.1.0")
    first = await bench.use_cases.rollbacks.request(identity(DANA), goal, once="click")
    second = await bench.use_cases.rollbacks.request(identity(SAM), goal, once="click")
    assert first.id == second.id


async def test_a_freeze_and_a_lock_stop_deploys_and_not_the_way_back(
    memory: Connections,
) -> None:
    """After a way back the target is held; going further back is possible all the same."""
    held = Policy(hold_after_rollback=timedelta(hours=1))
    async with bench_of(memory, policies.catalog(held)) as bench:
        await bench.work(await bench.ask(V2))
        await bench.work(await bench.ask(V3))
        await bench.work(await back(bench))
        with pytest.raises(Forbidden, match="held"):
            await bench.ask(Wish(service="api", version="v1.5.0", environment="production"))
        assert (await bench.work(await back(bench))).state is State.COMPLETED
        bench.clock.move(timedelta(hours=2))
        assert await bench.ask(Wish(service="api", version="v1.5.0", environment="production"))


# ── Blue-green ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def blue(memory: Connections) -> AsyncIterator[Bench]:
    """Production switches from blue to green."""
    rules = policies.policy(policies.BLUE_GREEN)
    async with bench_of(memory, policies.catalog(rules)) as built:
        yield built


async def test_green_takes_over_and_blue_is_kept_for_a_day(blue: Bench) -> None:
    """Tested before, watched for five minutes, and then armed until blue is let go."""
    deploy = await blue.ask()
    kept = await blue.work(deploy, until=State.RETAINING, most=LONG)
    assert kept.keep_until is not None
    assert kept.keep_until - blue.clock.now() > timedelta(hours=23)
    assert [record.deploy for record in await blue.store.ledger(kept.target, 9)] == [deploy.id]
    done = await blue.work(deploy, most=LONG)
    assert done.state is State.COMPLETED
    assert len(await blue.store.ledger(kept.target, 9)) == 1


async def test_another_deploy_need_not_wait_for_blue_to_be_let_go(blue: Bench) -> None:
    """And the first one ends when its traffic is gone."""
    first = await blue.ask(V2)
    await blue.work(first, until=State.RETAINING, most=LONG)
    second = await blue.ask(V3)
    await blue.work(second, until=State.RETAINING, most=LONG)
    await blue.rollouts.tick(first.id)
    blue.clock.move(timedelta(minutes=5))
    await blue.rollouts.tick(first.id)
    assert (await blue.now(first)).state is State.COMPLETED
    last = await blue.store.last_completed([second.target])
    assert last[second.target].id == second.id


async def test_green_that_turns_bad_later_calls_people_who_switch_back(blue: Bench) -> None:
    """Nothing is changed by itself any more; one click brings blue back."""
    api = blue.catalog.target("api", "production")
    deploy = await blue.ask()
    await blue.work(deploy, until=State.RETAINING, most=LONG)
    blue.behave(api, "v1.2.0", Behaviour.ERRORS)
    for _ in range(5):
        blue.clock.move(timedelta(minutes=5))
        await blue.rollouts.tick(deploy.id)
    alarmed = await blue.now(deploy)
    assert "errors-critical" in alarmed.warned
    await blue.delivery.empty("#deploys")
    assert blue.board.notes.count("alarmed") == 1
    rollback = await blue.use_cases.rollbacks.switch_back(identity(OLIVIA), deploy.id, once="s")
    assert (await blue.work(rollback)).state is State.COMPLETED
    assert await version_of(blue, api) == "v1.1.0"
    blue.clock.move(timedelta(minutes=5))
    await blue.rollouts.tick(deploy.id)
    assert (await blue.now(deploy)).state is State.COMPLETED
    with pytest.raises(IllegalTransition):
        await blue.use_cases.rollbacks.switch_back(identity(OLIVIA), deploy.id, once="t")


async def test_green_that_stops_answering_while_monitored_is_taken_back(blue: Bench) -> None:
    """The probe tells before Cloud Monitoring can."""
    api = blue.catalog.target("api", "production")
    deploy = await blue.ask()
    await blue.work(deploy, until=State.OBSERVING, most=LONG)
    blue.behave(api, "v1.2.0", Behaviour.CRASHING)
    over = await blue.work(deploy, most=LONG)
    assert over.state is State.ROLLED_BACK
    assert "health probe" in (over.cause or "")
    assert await version_of(blue, api) == "v1.1.0"
