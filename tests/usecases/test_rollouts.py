"""Deploys from the wish to the end, on a real Redis and Google's real client, without Slack.

Every test drives the worker's work by hand: what is due is done, time is moved, and the cloud is
looked at.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import samples
from engine import TO_STAGING, Bench, bench_of

from adapters.local.cloud.faults import Fault
from adapters.local.cloud.seeds import digest_of
from adapters.redis.connection import Connections
from adapters.redis.outbox import RedisOutbox
from bot.domain.actor import Identity
from bot.domain.catalog import ApprovalRule, GroupMinimum
from bot.domain.errors import (
    ConcurrentUpdate,
    IllegalTransition,
    NotPermitted,
    Outcome,
    SlackRefused,
    SlackUnavailable,
    UnknownName,
    UsageError,
)
from bot.domain.events import Unreached
from bot.domain.states import State
from bot.domain.transition import MAX_ATTEMPTS
from bot.usecases.deploys import Wish


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """The sample catalog."""
    async with bench_of(memory, samples.catalog()) as built:
        yield built


async def test_a_deploy_without_approval_goes_through(bench: Bench) -> None:
    """From the wish to the confirmed traffic, in three writes."""
    deploy = await bench.ask(TO_STAGING)
    done = await bench.work(deploy)
    assert done.state is State.COMPLETED
    assert done.due is None
    assert [write.paths[0] for write in bench.cloud.model.journal] == [
        "template",
        "traffic",
        "traffic",
    ]
    seen = await bench.targets.open(samples.catalog().target("api", "staging")).observe()
    assert seen.serving == {done.revision: 100}
    assert (await bench.store.lane("api/staging")).value.queue == ()


async def test_production_waits_for_somebody_else(bench: Bench) -> None:
    """Nothing is written before; the requester, outsiders and a second vote are refused."""
    deploy = await bench.ask()
    waiting = await bench.work(deploy, until=State.AWAITING_APPROVAL)
    assert waiting.plan is not None
    assert waiting.plan.artifact.digest == digest_of(waiting.plan.artifact.image, "v1.2.0")
    assert bench.cloud.model.journal == []
    for who, why in (
        (samples.DANA, "four-eyes"),
        (samples.MAX, "Only members"),
        ("U0NOBODY1", "not known"),
    ):
        with pytest.raises(NotPermitted, match=why):
            await bench.approve(deploy, who)
    await bench.approve(deploy)
    with pytest.raises(IllegalTransition):
        await bench.approve(deploy)
    assert (await bench.work(deploy)).state is State.COMPLETED
    refusals = [e for e in await bench.store.audit_of(samples.NOW.date()) if "Refused" in e.action]
    assert [entry.actor for entry in refusals] == [samples.DANA, samples.MAX]


async def test_two_approvals_of_two_groups(memory: Connections) -> None:
    """One person has one vote, and each group that must be there is."""
    rule = ApprovalRule(
        required=2, groups=(GroupMinimum(name="sre", min=1), GroupMinimum(name="owners", min=1))
    )
    async with bench_of(memory, samples.catalog(rule)) as bench:
        deploy = await bench.ask()
        await bench.work(deploy, until=State.AWAITING_APPROVAL)
        after_one = await bench.approve(deploy)
        assert after_one.state is State.AWAITING_APPROVAL
        with pytest.raises(NotPermitted, match="one person has one vote"):
            await bench.approve(deploy)
        assert (await bench.approve(deploy, samples.OLIVIA)).state is State.QUEUED


async def test_an_answer_to_another_plan_does_not_count(bench: Bench) -> None:
    """A card that was overtaken is refused."""
    deploy = await bench.ask()
    await bench.work(deploy, until=State.AWAITING_APPROVAL)
    identity = Identity(user=samples.SAM, team=samples.TEAM)
    with pytest.raises(NotPermitted, match="older plan"):
        await bench.approvals.approve(identity, deploy.id, "0123456789abcdef")


async def test_a_rejection_is_final(bench: Bench) -> None:
    """With its reason; the target is untouched."""
    deploy = await bench.ask()
    waiting = await bench.work(deploy, until=State.AWAITING_APPROVAL)
    assert waiting.approval is not None
    identity = Identity(user=samples.OLIVIA, team=samples.TEAM)
    over = await bench.approvals.reject(identity, deploy.id, waiting.approval.plan_hash, "Not now.")
    assert (over.state, over.problem, over.decided_by) == (
        State.REJECTED,
        "Not now.",
        samples.OLIVIA,
    )
    with pytest.raises(IllegalTransition):
        await bench.approve(deploy)
    assert bench.cloud.model.journal == []


async def test_an_approval_that_nobody_gives_expires(bench: Bench) -> None:
    """Not a moment before, and a late click is told."""
    deploy = await bench.ask()
    waiting = await bench.work(deploy, until=State.AWAITING_APPROVAL)
    assert waiting.approval is not None
    assert await bench.rollouts.tick(deploy.id) is None
    bench.clock.move(timedelta(minutes=30))
    with pytest.raises(NotPermitted, match="expired"):
        await bench.approve(deploy)
    assert (await bench.work(deploy)).state is State.EXPIRED


async def test_a_target_that_changed_after_the_approval_is_asked_about_again(bench: Bench) -> None:
    """Approvals belong to what the approvers saw."""
    deploy = await bench.ask()
    await bench.work(deploy, until=State.AWAITING_APPROVAL)
    place = samples.catalog().target("api", "production").place.resource
    bench.cloud.model.by_hand(place, {"api-00001": 100}, bench.clock.now(), by="eve@example")
    await bench.approve(deploy)
    again = await bench.work(deploy, until=State.AWAITING_APPROVAL)
    assert again.approval is not None
    assert again.approval.votes == ()
    assert again.plan is not None
    assert again.plan.replaces == {"api-00001": 100}
    await bench.approve(deploy)
    assert (await bench.work(deploy)).state is State.COMPLETED
    await bench.delivery.empty("#deploys")
    assert "replanned" in bench.board.notes


async def test_a_plan_that_comes_out_the_same_again_can_be_approved_again(bench: Bench) -> None:
    """The approvals before were void, so the same person is asked anew and counts anew."""
    deploy = await bench.ask()
    first = await bench.work(deploy, until=State.AWAITING_APPROVAL)
    await bench.approve(deploy)
    place = samples.catalog().target("api", "production").place.resource
    bench.cloud.model.by_hand(place, {"api-00001": 100}, bench.clock.now(), by="eve@example")
    await bench.work(deploy, until=State.REQUESTED)
    bench.cloud.model.by_hand(place, {"api-00002": 100}, bench.clock.now(), by="eve@example")
    again = await bench.work(deploy, until=State.AWAITING_APPROVAL)
    assert again.plan is not None
    assert first.plan is not None
    assert again.plan.hash == first.plan.hash
    assert (await bench.approve(deploy)).state is State.QUEUED
    assert (await bench.work(deploy)).state is State.COMPLETED


async def test_traffic_moved_by_a_person_meanwhile_is_left_alone(bench: Bench) -> None:
    """Another writer is never fought; the card names them."""
    deploy = await bench.ask(TO_STAGING)
    await bench.work(deploy, until=State.ROUTING)
    place = samples.catalog().target("api", "staging").place.resource
    bench.cloud.model.by_hand(place, {"api-00001": 100}, bench.clock.now(), by="eve@example")
    held = await bench.work(deploy, until=State.HELD)
    assert held.hold is not None
    assert "eve@example" in held.hold.reason
    seen = await bench.targets.open(samples.catalog().target("api", "staging")).observe()
    assert seen.serving == {"api-00001": 100}


async def test_deploys_of_one_target_pass_one_at_a_time_in_order(bench: Bench) -> None:
    """The second waits visibly, and goes when the first is over."""
    one = await bench.ask(TO_STAGING, once="1")
    two = await bench.ask(Wish(service="api", version="v1.3.0", environment="staging"), once="2")
    await bench.work(one, until=State.STAGING)
    await bench.work(two, until=State.QUEUED)
    await bench.rollouts.tick(two.id)
    waiting = await bench.now(two)
    assert (waiting.state, waiting.waiting_for) == (State.QUEUED, (one.id,))
    assert (await bench.work(one)).state is State.COMPLETED
    second = await bench.work(two)
    assert second.state is State.COMPLETED
    assert second.turn > (await bench.now(one)).turn
    assert second.plan is not None
    seen = await bench.targets.open(samples.catalog().target("api", "staging")).observe()
    assert seen.revisions[second.revision or ""].version == "v1.3.0"


async def test_a_failed_deploy_makes_room_for_the_next(bench: Bench) -> None:
    """A broken revision does not block its target."""
    bench.cloud.model.faults.plan("api", Fault.UNHEALTHY)
    one = await bench.ask(TO_STAGING, once="1")
    two = await bench.ask(TO_STAGING, once="2")
    failed = await bench.work(one)
    assert failed.state is State.FAILED_SAFE
    assert "health check" in (failed.problem or "")
    assert (await bench.work(two)).state is State.COMPLETED


@pytest.mark.parametrize(
    "fault",
    [Fault.UNAVAILABLE_BEFORE, Fault.UNAVAILABLE_AFTER, Fault.STALE, Fault.QUOTA],
)
async def test_a_passing_fault_is_ridden_out_with_one_rollout(bench: Bench, fault: Fault) -> None:
    """At each of the writes, whether it happened or not."""
    bench.cloud.model.faults.plan("api", fault)
    deploy = await bench.ask(TO_STAGING)
    assert (await bench.work(deploy)).state is State.COMPLETED
    made = [write for write in bench.cloud.model.journal if "template" in write.paths]
    assert len(made) == 1


async def test_a_missing_permission_fails_at_once_and_says_which(bench: Bench) -> None:
    """Asking again would not help."""
    bench.cloud.model.faults.plan("api", Fault.PERMISSION_DENIED)
    over = await bench.work(await bench.ask(TO_STAGING))
    assert over.state is State.FAILED_SAFE
    assert "run.services.update" in (over.problem or "")


async def test_a_cloud_that_stays_away_ends_in_a_clear_state(bench: Bench) -> None:
    """After a bounded number of attempts, with growing pauses."""
    deploy = await bench.ask(TO_STAGING)
    await bench.work(deploy, until=State.STAGING)
    bench.cloud.model.faults.plan("api", *[Fault.UNAVAILABLE_BEFORE] * MAX_ATTEMPTS)
    began = bench.clock.now()
    over = await bench.work(deploy)
    assert over.state is State.FAILED_SAFE
    assert "does not answer" in (over.problem or "")
    assert bench.clock.now() - began >= timedelta(seconds=5 + 10 + 20 + 40)


async def test_an_operation_that_never_ends_is_not_waited_for_for_ever(bench: Bench) -> None:
    """And never taken for success."""
    bench.cloud.model.faults.plan("api", Fault.STUCK)
    deploy = await bench.ask(TO_STAGING)
    over = await bench.work(deploy, most=1000)
    assert over.state is State.FAILED_SAFE
    assert "20 minutes" in (over.problem or "")


async def test_an_image_that_does_not_exist_is_refused_before_anybody_is_asked(
    bench: Bench,
) -> None:
    """With the versions that do."""
    wish = Wish(service="api", version="v7.7.7", environment="production")
    over = await bench.work(await bench.ask(wish))
    assert over.state is State.FAILED_SAFE
    assert "v1.5.0" in (over.problem or "")


async def test_the_same_command_delivered_twice_is_one_deploy(bench: Bench) -> None:
    """Both deliveries get the same answer."""
    first = await bench.ask(once="trigger")
    second = await bench.ask(once="trigger")
    assert first.id == second.id
    assert (await bench.ask(once="another")).id != first.id


async def test_what_is_asked_wrongly_changes_nothing(bench: Bench) -> None:
    """Unknown names, a version that is none, no authority; the last is noted in the audit log."""
    with pytest.raises(UnknownName):
        await bench.ask(Wish(service="apy", version="v1", environment="staging"))
    with pytest.raises(UsageError, match="not a version"):
        await bench.ask(Wish(service="api", version="v1 && rm", environment="staging"))
    with pytest.raises(NotPermitted, match="developers or sre"):
        await bench.ask(who=samples.MAX)
    audit = await bench.store.audit_of(samples.NOW.date())
    assert [(entry.actor, entry.action) for entry in audit] == [(samples.MAX, "Refused deploy")]


async def test_a_worker_that_was_overtaken_does_no_harm(bench: Bench) -> None:
    """Two workers tick the same deploy at once: one saves, the other is told."""
    deploy = await bench.ask(TO_STAGING)
    stored = await bench.store.deploy(deploy.id)
    await bench.rollouts.tick(deploy.id)
    late = Unreached(reason="Too late.", outcome=Outcome.NOT_DONE)
    with pytest.raises(ConcurrentUpdate):
        await bench.transitions.apply(stored, late)
    assert (await bench.work(deploy)).state is State.COMPLETED


async def test_the_overview_joins_the_cloud_with_our_own_history(bench: Bench) -> None:
    """Who deployed is told by digest; a cloud that does not answer makes its targets unknown."""
    await bench.work(await bench.ask(TO_STAGING))
    identity = Identity(user=samples.DANA, team=samples.TEAM)
    found = await bench.status.read(await bench.status.choose(identity, "api"))
    ours = {status.target.environment: status.ours for status in found}
    assert ours["staging"] is not None
    assert ours["production"] is None
    bench.cloud.model.faults.away = True
    away = await bench.status.read(await bench.status.choose(identity, None))
    assert {status.health.value for status in away} == {"unknown"}
    with pytest.raises(NotPermitted):
        await bench.status.choose(Identity(user=samples.DANA, team="T0OTHER1"), None)


# ── Messages ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_deploy_has_one_card_that_ends_in_its_last_state(bench: Bench) -> None:
    """However many steps it took; the thread tells the story in order."""
    deploy = await bench.ask()
    await bench.work(deploy, until=State.AWAITING_APPROVAL)
    await bench.delivery.empty("#deploys")
    await bench.approve(deploy)
    await bench.work(deploy)
    await bench.delivery.empty("#deploys")
    assert [card.state for card in bench.board.cards.values()] == [State.COMPLETED]
    assert bench.board.notes == ["cleared", "staged", "completed"]
    assert await bench.delivery.empty("#deploys") == 0


async def test_many_changes_of_a_card_are_shown_at_once(bench: Bench) -> None:
    """What was not delivered meanwhile is caught up by one edit."""
    await bench.work(await bench.ask(TO_STAGING))
    await bench.delivery.empty("#deploys")
    assert [said for said, _ in bench.board.history].count("card") == 1


async def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(bench: Bench) -> None:
    """The intent was noted before, so the next attempt looks first."""
    deploy = await bench.ask(TO_STAGING)
    lost = SlackUnavailable("No answer.", outcome=Outcome.UNKNOWN)
    bench.board.failures.append(("after", lost))
    with pytest.raises(SlackUnavailable):
        await bench.delivery.empty("#deploys")
    await bench.work(deploy)
    bench.board.failures.append(("after", lost))
    with pytest.raises(SlackUnavailable):
        await bench.delivery.empty("#deploys")
    await bench.delivery.empty("#deploys")
    # One card, which shows the end and not what was true when it was posted; each note once.
    assert [card.state for card in bench.board.cards.values()] == [State.COMPLETED]
    assert bench.board.notes == ["staged", "completed"]
    assert len(bench.board.tokens) == 3


async def test_a_post_that_did_not_happen_is_made(bench: Bench) -> None:
    """The same intent, and nothing found."""
    await bench.ask(TO_STAGING)
    bench.board.failures.append(("before", SlackUnavailable("Away.")))
    with pytest.raises(SlackUnavailable):
        await bench.delivery.empty("#deploys")
    await bench.delivery.empty("#deploys")
    assert len(bench.board.cards) == 1


async def test_a_message_that_slack_will_never_take_does_not_block_the_others(
    bench: Bench,
) -> None:
    """It is put aside with its reason."""
    await bench.work(await bench.ask(TO_STAGING))
    refused = SlackRefused("Slack refused the blocks.", code="invalid_blocks")
    bench.board.failures.append(("before", refused))
    await bench.delivery.empty("#deploys")
    assert bench.board.notes == ["staged", "completed"]
    outbox = bench.delivery.outbox
    assert isinstance(outbox, RedisOutbox)
    assert await outbox.dead() == ["Slack refused the blocks."]


async def test_a_channel_without_the_bot_is_waited_for(bench: Bench) -> None:
    """Somebody can invite it; nothing is lost until then."""
    await bench.ask(TO_STAGING)
    bench.board.failures.append(("before", SlackRefused("Invite me.", code="not_in_channel")))
    with pytest.raises(SlackRefused):
        await bench.delivery.empty("#deploys")
    await bench.delivery.empty("#deploys")
    assert len(bench.board.cards) == 1


async def test_a_time_to_wait_that_the_cloud_names_is_kept(bench: Bench) -> None:
    """Where it is longer than our own pause."""
    deploy = await bench.ask(TO_STAGING)
    stored = await bench.store.deploy(deploy.id)
    asked = timedelta(minutes=5)
    busy = Unreached(reason="Busy.", outcome=Outcome.NOT_DONE, retry_after=asked)
    after = await bench.transitions.apply(stored, busy)
    assert after.due == bench.clock.now() + asked
