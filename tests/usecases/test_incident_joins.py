"""Deploys and incidents together, on the simulated cloud: freezes, fixes, suspects, failures."""

from collections.abc import AsyncIterator
from datetime import timedelta

import policies
import pytest
from engine import TO_PRODUCTION, Bench, bench_of, identity
from incident_samples import incident_policy
from samples import DANA, MAX, OLIVIA, SAM

from adapters.local.cloud.behaviour import Behaviour
from adapters.redis.connection import Connections
from bot.domain.catalog import ApprovalRule, GroupMinimum
from bot.domain.deploy import Deploy
from bot.domain.errors import IllegalTransition, NotFound, NotPermitted, UsageError
from bot.domain.history import Kind
from bot.domain.incident_policy import FailedDeploys, Severity
from bot.domain.incidents.declaring import Wish as IncidentWish
from bot.domain.incidents.incident import Incident, IncidentKind, Source
from bot.domain.incidents.linked import Part
from bot.domain.incidents.room import RoomKind
from bot.domain.incidents.states import State as IncidentState
from bot.domain.incidents.timeline import LineKind, TimelineLine, folded
from bot.domain.message import FEED, DeployFact, Notice, Posted, Said
from bot.domain.plan import Terms
from bot.domain.policy import AutoCheck, ChecklistItem, ChecklistRule, Policy
from bot.domain.states import State
from bot.ports import Change, Search, Stored
from bot.usecases.deploys import Forbidden, Wish
from bot.usecases.guards import ThawWish
from bot.usecases.rollbacks import Goal

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FAILURES = 50
LONG = 2000
TWO_PEOPLE = ApprovalRule(
    required=2, groups=(GroupMinimum(name="sre", min=1), GroupMinimum(name="owners", min=1))
)
PLAIN = Policy(hold_after_rollback=timedelta(0))
OUTAGE = IncidentWish(title="Checkout answers 500s", severity=Severity.P1, service="api")
FAILED = FailedDeploys(severity=Severity.P3, environments=frozenset({"production"}))
AUTH = Wish(service="auth", version="v1.2.0", environment="production")


def fix(incident: Incident | str, wish: Wish = TO_PRODUCTION) -> Wish:
    """A deploy that is to end an incident."""
    ref = incident if isinstance(incident, str) else incident.ref
    return wish.model_copy(update={"terms": Terms(incident=ref)})


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[Bench]:
    """Production is rolled at once, with two approvals; failed deploys there declare incidents."""
    catalog = policies.catalog(PLAIN, rule=TWO_PEOPLE)
    policy = incident_policy(failed_deploys=FAILED)
    async with bench_of(memory, catalog.model_copy(update={"incidents": policy})) as built:
        yield built


@pytest.fixture
async def open_bench(memory: Connections) -> AsyncIterator[Bench]:
    """The same with a canary, and nobody is asked."""
    catalog = policies.catalog(policies.policy(hold_after_rollback=timedelta(0)))
    policy = incident_policy(failed_deploys=FAILED)
    async with bench_of(memory, catalog.model_copy(update={"incidents": policy})) as built:
        yield built


async def declare(bench: Bench, wish: IncidentWish = OUTAGE, who: str = MAX) -> Incident:
    """Max of finance declares, and leads."""
    cases = bench.use_cases.incidents
    declared = await cases.declaring.declare(identity(who), wish, once=f"{who}{wish}")
    return await cases.responding.ack(identity(who), declared.incident.ref)


async def now(bench: Bench, incident: Incident | str) -> Incident:
    """An incident as it stands."""
    ref = incident if isinstance(incident, str) else incident.ref
    return (await bench.use_cases.joins.acting.sight.incidents.incident(ref)).value


async def heard(bench: Bench) -> None:
    """Everything that was said about deploys is taken in."""
    await bench.delivery.empty(FEED)


async def lines(bench: Bench, incident: Incident) -> list[TimelineLine]:
    """The timeline's lines about deploys."""
    found = folded(await bench.use_cases.incidents.transitions.incidents.timeline(incident.ref))
    return [line for line in found if line.kind is LineKind.DEPLOY]


async def opened(bench: Bench) -> tuple[Incident, ...]:
    """All open incidents."""
    return await bench.use_cases.incidents.transitions.incidents.open()


async def landed(bench: Bench, wish: Wish, *approvers: str) -> Deploy:
    """A deploy from beginning to end."""
    deploy = await bench.ask(wish, once=f"{wish}{bench.clock.now()}")
    await bench.work(deploy, until=State.AWAITING_APPROVAL)
    for who in approvers:
        await bench.approve(deploy, who)
    return await bench.work(deploy)


# ── The freeze, and what passes it ───────────────────────────────────────────────────────────────


async def test_declaring_stops_deploys_of_what_is_affected_and_says_why(bench: Bench) -> None:
    incident = await declare(bench)
    with pytest.raises(Forbidden) as refused:
        await bench.ask(TO_PRODUCTION)
    (obstacle,) = refused.value.obstacles
    assert obstacle.says == f"api/production is frozen: {incident.ref}."
    assert obstacle.until == bench.clock.now() + 4 * HOUR
    assert (obstacle.holder, obstacle.incident) == (MAX, incident.ref)
    assert await bench.ask(AUTH)
    assert await bench.ask(TO_PRODUCTION.model_copy(update={"environment": "staging"}))


async def test_a_fix_passes_the_freeze_with_the_approval_of_the_lead_and_ends_the_watch(
    bench: Bench,
) -> None:
    incident = await declare(bench)
    deploy = await bench.ask(fix(incident))
    asked = await bench.work(deploy, until=State.AWAITING_APPROVAL)
    assert asked.approval is not None
    assert asked.approval.rule.required == 1
    assert [group.name for group in asked.approval.rule.groups] == [
        "sre",
        "owners",
        f"lead of {incident.ref}",
    ]
    await bench.approve(deploy, MAX)
    assert (await bench.work(deploy)).state is State.COMPLETED
    await heard(bench)
    ended = await now(bench, incident)
    (linked,) = ended.deploys
    assert (linked.deploy, linked.part, linked.running, linked.landed) == (
        deploy.id,
        Part.FIX,
        False,
        True,
    )
    assert ended.state is IncidentState.MONITORING
    assert ended.clocks.quiet_until == bench.clock.now() + 15 * MINUTE
    words = [line.word for line in await lines(bench, incident)]
    assert words[0] == Said.ASKED
    assert words[-1] == Said.COMPLETED


async def test_nobody_approves_a_fix_of_their_own_not_even_the_lead(bench: Bench) -> None:
    incident = await declare(bench, who=DANA)
    deploy = await bench.ask(fix(incident))
    await bench.work(deploy, until=State.AWAITING_APPROVAL)
    with pytest.raises(NotPermitted, match="four-eyes"):
        await bench.approve(deploy, DANA)


async def test_only_the_lead_at_the_moment_of_the_click_has_the_authority_of_the_lead(
    bench: Bench,
) -> None:
    incident = await declare(bench)
    deploy = await bench.ask(fix(incident))
    await bench.work(deploy, until=State.AWAITING_APPROVAL)
    crew = bench.use_cases.incidents.crew
    await crew.hand_off(identity(MAX), incident.ref, SAM)
    await crew.accept(identity(SAM), incident.ref)
    with pytest.raises(NotPermitted, match=f"lead of {incident.ref}"):
        await bench.approve(deploy, MAX)
    assert (await bench.approve(deploy, SAM)).state is State.QUEUED


async def test_a_fix_elsewhere_is_approved_as_always(bench: Bench) -> None:
    """Who declares an incident of one service gains no short way to the others."""
    incident = await declare(bench)
    deploy = await bench.ask(fix(incident, AUTH))
    asked = await bench.work(deploy, until=State.AWAITING_APPROVAL)
    assert asked.approval is not None
    assert asked.approval.rule == TWO_PEOPLE


async def test_an_approval_by_the_lead_is_void_when_the_incident_is_over_before_its_turn(
    bench: Bench,
) -> None:
    incident = await declare(bench)
    deploy = await bench.ask(fix(incident))
    await bench.work(deploy, until=State.AWAITING_APPROVAL)
    await bench.approve(deploy, MAX)
    responding = bench.use_cases.incidents.responding
    await responding.move(
        identity(MAX), incident.ref, IncidentState.CANCELLED, "It was a false alarm."
    )
    await bench.rollouts.tick(deploy.id)
    again = await bench.work(deploy, until=State.AWAITING_APPROVAL)
    assert again.edition == 1
    assert again.approval is not None
    assert again.approval.rule == TWO_PEOPLE


async def test_no_deploy_is_for_an_incident_that_is_over_or_a_drill_or_not_there(
    bench: Bench,
) -> None:
    drill = await declare(bench, OUTAGE.model_copy(update={"kind": IncidentKind.DRILL}))
    with pytest.raises(UsageError, match="drill"):
        await bench.ask(fix(drill))
    over = await declare(bench, OUTAGE.model_copy(update={"service": "auth"}))
    await bench.use_cases.incidents.responding.move(
        identity(MAX), over.ref, IncidentState.CANCELLED, "It was a false alarm."
    )
    with pytest.raises(UsageError, match="cancelled"):
        await bench.ask(fix(over))
    with pytest.raises(NotFound):
        await bench.ask(fix("INC-2026-999"))


async def test_a_private_incident_is_named_by_its_own_people_only_and_not_told_by_its_freeze(
    bench: Bench,
) -> None:
    secret = await declare(bench, OUTAGE.model_copy(update={"private": True}))
    with pytest.raises(NotFound):
        await bench.ask(fix(secret))
    with pytest.raises(Forbidden) as refused:
        await bench.ask(TO_PRODUCTION)
    assert secret.title not in str(refused.value)


async def test_resolving_lets_deploys_go_on(bench: Bench) -> None:
    incident = await declare(bench)
    how = bench.use_cases.incidents.responding
    await how.move(identity(MAX), incident.ref, IncidentState.CANCELLED, "A false alarm.")
    assert (await bench.store.restrictions()).value.freezes == ()
    assert await bench.ask(TO_PRODUCTION)


async def test_a_freeze_is_set_and_lifted_through_the_incident(bench: Bench) -> None:
    joins = bench.use_cases.joins
    incident = await declare(bench, OUTAGE.model_copy(update={"severity": Severity.P3}))
    assert await bench.ask(TO_PRODUCTION)
    with pytest.raises(NotPermitted):
        await joins.freeze(identity(OLIVIA), incident.ref)
    frozen = await joins.freeze(identity(MAX), incident.ref, HOUR)
    assert frozen.freeze is not None
    assert frozen.freeze.until == bench.clock.now() + HOUR
    with pytest.raises(Forbidden):
        await bench.ask(TO_PRODUCTION, once="again")
    with pytest.raises(UsageError, match="within 7 days"):
        await joins.freeze(identity(MAX), incident.ref, timedelta(days=8))
    await joins.thaw(identity(SAM), incident.ref)
    assert await bench.ask(TO_PRODUCTION, once="once more")
    with pytest.raises(NotFound):
        await joins.thaw(identity(SAM), incident.ref)
    await bench.delivery.empty(bench.catalog.deploys_channel)
    said = [entry.message for entry, _ in bench.board.scenes.values()]
    notices = [each.said for each in said if isinstance(each, Notice)]
    assert notices == [Posted.FROZEN, Posted.THAWED]


async def test_what_turns_out_to_be_small_freezes_nothing_any_more(bench: Bench) -> None:
    """Only a severity that asks for no freeze lifts one, and only that of its own incident."""
    incident = await declare(bench)
    other = await declare(bench, OUTAGE.model_copy(update={"service": "auth"}))
    lower = bench.use_cases.incidents.responding.severity
    await lower(identity(MAX), incident.ref, Severity.P2, "Half of it works.")
    with pytest.raises(Forbidden):
        await bench.ask(TO_PRODUCTION)
    small = await lower(identity(MAX), incident.ref, Severity.P3, "One customer only.")
    assert small.active
    assert small.freeze is not None
    assert small.freeze.lifted_by == MAX
    assert [each.incident for each in (await bench.store.restrictions()).value.freezes] == [
        other.ref
    ]
    assert await bench.ask(TO_PRODUCTION)
    story = await bench.use_cases.incidents.transitions.incidents.timeline(incident.ref)
    assert [line.word for line in folded(story)][-2:] == ["P3", "thawed"]
    await bench.delivery.empty(bench.catalog.deploys_channel)
    said = [entry.message for entry, _ in bench.board.scenes.values()]
    told = [(each.said, each.by) for each in said if isinstance(each, Notice)]
    assert told[-1] == (Posted.THAWED, MAX)
    raised = await lower(identity(MAX), incident.ref, Severity.P1)
    assert raised.freeze is not None
    assert not raised.freeze.lifted


async def test_who_has_frozen_by_hand_thaws(bench: Bench) -> None:
    """That it is called less bad changes nothing."""
    joins, lower = bench.use_cases.joins, bench.use_cases.incidents.responding.severity
    incident = await declare(bench)
    await joins.freeze(identity(MAX), incident.ref, HOUR)
    small = await lower(identity(MAX), incident.ref, Severity.P4, "One customer only.")
    assert small.freeze is not None
    assert not small.freeze.lifted
    with pytest.raises(Forbidden):
        await bench.ask(TO_PRODUCTION)
    await joins.thaw(identity(MAX), incident.ref)
    assert await bench.ask(TO_PRODUCTION)


async def test_a_second_fix_is_watched_for_as_long_as_the_first(bench: Bench) -> None:
    incident = await declare(bench)
    await landed(bench, fix(incident), SAM)
    await heard(bench)
    first = (await now(bench, incident)).clocks.quiet_until
    assert first is not None
    bench.clock.move(5 * MINUTE)
    again = TO_PRODUCTION.model_copy(update={"version": "v1.3.0"})
    await landed(bench, fix(incident, again), SAM)
    await heard(bench)
    ended = await now(bench, incident)
    assert ended.state is IncidentState.MONITORING
    assert ended.clocks.quiet_until == bench.clock.now() + 15 * MINUTE > first


async def test_those_who_guard_production_end_the_freeze_and_the_incident_hears_of_it(
    bench: Bench,
) -> None:
    incident = await declare(bench, who=DANA)
    guards = bench.use_cases.guards
    why = "It is only the report."
    wish = ThawWish(environment="production", reason=why, incident=incident.ref)
    with pytest.raises(NotPermitted):
        await guards.thaw(identity(DANA), wish, once="declared it")
    ended, left = await guards.thaw(identity(SAM), wish, once="guards it")
    assert ([each.incident for each in ended], left) == ([incident.ref], ())
    await heard(bench)
    await heard(bench)
    freeze = (await now(bench, incident)).freeze
    assert freeze is not None
    assert freeze.lifted_by == SAM
    found = await bench.use_cases.incidents.transitions.incidents.timeline(incident.ref)
    assert [line.word for line in found if line.kind is LineKind.FREEZE] == ["frozen", "thawed"]
    await bench.delivery.empty(bench.catalog.deploys_channel)
    said = [entry.message for entry, _ in bench.board.scenes.values()]
    notices = [each.said for each in said if isinstance(each, Notice)]
    assert notices == [Posted.FROZEN, Posted.THAWED]


async def test_whoever_decides_about_a_deploy_sees_what_is_broken_there(bench: Bench) -> None:
    waiting = await bench.ask(TO_PRODUCTION)
    incident = await declare(bench)
    secret = await declare(bench, OUTAGE.model_copy(update={"private": True, "title": "Secret"}))
    target = bench.catalog.target("api", "production")
    draft = await bench.deploys.preview(identity(DANA), TO_PRODUCTION)
    assert [each.ref for each in draft.incidents] == [incident.ref]
    overview = await bench.use_cases.guards.overview((target,))
    assert [each.ref for each in overview[target.key].incidents] == [incident.ref]
    await bench.delivery.empty(bench.catalog.deploys_channel)
    (scene,) = [
        scene for entry, scene in bench.board.scenes.values() if entry.card == f"{waiting.id}.0"
    ]
    assert [each.ref for each in scene.incidents] == [incident.ref]
    assert secret.private


async def test_a_checklist_can_ask_that_nothing_grave_is_open(memory: Connections) -> None:
    item = ChecklistItem(id="quiet", auto=AutoCheck.NO_OPEN_SEV12)
    policy = PLAIN.model_copy(update={"checklist": ChecklistRule(pre=(item,))})
    catalog = policies.catalog(policy).model_copy(update={"incidents": incident_policy()})
    async with bench_of(memory, catalog) as bench:
        asked = await bench.ask(TO_PRODUCTION)
        incident = await declare(bench)
        await bench.use_cases.joins.thaw(identity(MAX), incident.ref)
        refused = await bench.work(asked)
        assert refused.state is State.REFUSED
        assert f"open: {incident.ref} (P1)" in (refused.problem or "")
        assert (await bench.work(await bench.ask(fix(incident)))).landed


# ── What may have caused it ──────────────────────────────────────────────────────────────────────


async def test_the_deploys_of_the_day_before_are_suspects_nearest_first(
    open_bench: Bench,
) -> None:
    bench = open_bench
    api = bench.catalog.target("api", "production")
    bench.load(api, 10)
    first = await landed(bench, TO_PRODUCTION)
    assert first.landed
    running = await bench.ask(TO_PRODUCTION.model_copy(update={"version": "v1.3.0"}), who=SAM)
    await bench.work(running, until=State.OBSERVING)
    bench.clock.move(MINUTE)
    incident = await declare(bench)
    found = incident.suspects
    assert [each.deploy for each in found] == [running.id, first.id]
    assert (found[0].running, found[0].requested_by) == (True, SAM)
    assert (found[1].version, found[1].previous, found[1].undone) == ("v1.2.0", "v1.1.0", False)
    assert found[1].at == first.trail[0].at
    later = bench.clock.now() + 25 * HOUR
    suspecting = bench.use_cases.joins.suspecting
    assert await suspecting.of("api", "production", later) == ()
    assert await suspecting.of(None, "production", bench.clock.now()) == ()
    assert await suspecting.of("api", "staging", bench.clock.now()) == ()


async def test_a_rollback_from_the_incident_is_the_usual_one_with_everything_filled_in(
    bench: Bench,
) -> None:
    joins, rollbacks = bench.use_cases.joins, bench.use_cases.rollbacks
    bad = await landed(bench, TO_PRODUCTION, SAM, OLIVIA)
    await heard(bench)
    incident = await declare(bench)
    with pytest.raises(NotPermitted):
        await joins.propose_rollback(identity(MAX), incident.ref, bad.id)
    found = await joins.propose_rollback(identity(DANA), incident.ref, bad.id)
    assert (found.goal.version, found.incident) == ("v1.1.0", incident.ref)
    assert found.reason == f"Away from v1.2.0 ({bad.id}) for {incident.ref}"
    goal = Goal(
        service="api",
        environment="production",
        version=found.goal.digest or found.goal.revision,
        incident=found.incident,
    )
    back = await rollbacks.request(identity(DANA), goal, reason=found.reason, once="click")
    assert (back.terms.incident, back.terms.kind) == (incident.ref, Kind.ROLLBACK)
    await heard(bench)
    (linked,) = (await now(bench, incident)).deploys
    assert (linked.deploy, linked.part, linked.running) == (back.id, Part.ROLLBACK, True)
    assert (await bench.work(back)).state is State.COMPLETED
    await heard(bench)
    assert (await now(bench, incident)).state is IncidentState.MONITORING
    (suspect,) = (await joins.look(identity(DANA), incident.ref)).suspects[-1:]
    assert (suspect.deploy, suspect.undone) == (bad.id, True)


async def test_a_deploy_without_traffic_is_nothing_to_go_back_from(bench: Bench) -> None:
    waiting = await bench.ask(TO_PRODUCTION)
    incident = await declare(bench)
    with pytest.raises(IllegalTransition):
        await bench.use_cases.joins.propose_rollback(identity(DANA), incident.ref, waiting.id)


async def test_a_drill_never_touches_what_is_deployed(bench: Bench) -> None:
    bad = await landed(bench, TO_PRODUCTION, SAM, OLIVIA)
    drill = await declare(bench, OUTAGE.model_copy(update={"kind": IncidentKind.DRILL}), SAM)
    joins, sam = bench.use_cases.joins, identity(SAM)
    for refused in (
        lambda: joins.freeze(sam, drill.ref),
        lambda: joins.thaw(sam, drill.ref),
        lambda: joins.look(sam, drill.ref),
        lambda: joins.propose_rollback(sam, drill.ref, bad.id),
        lambda: joins.link(sam, drill.ref, bad.id, Part.CAUSE),
    ):
        with pytest.raises(UsageError, match="no real incident"):
            await refused()
    await heard(bench)
    assert await lines(bench, drill) == []
    assert (await bench.store.restrictions()).value.freezes == ()


async def test_what_was_over_names_its_deploy_and_touches_none(bench: Bench) -> None:
    bad = await landed(bench, TO_PRODUCTION, SAM, OLIVIA)
    over = {"kind": IncidentKind.BACKFILLED, "occurred": bench.clock.now()}
    joins, dana = bench.use_cases.joins, identity(DANA)
    wish = OUTAGE.model_copy(update=over)
    declared = await bench.use_cases.incidents.declaring.declare(dana, wish, once="late")
    late = declared.incident
    for refused in (
        lambda: joins.freeze(dana, late.ref),
        lambda: joins.look(dana, late.ref),
        lambda: joins.propose_rollback(dana, late.ref, bad.id),
        lambda: bench.ask(fix(late)),
    ):
        with pytest.raises(UsageError, match="written down afterwards"):
            await refused()
    linked = await joins.link(dana, late.ref, bad.id, Part.CAUSE)
    assert [(each.deploy, each.part) for each in linked.deploys] == [(bad.id, Part.CAUSE)]
    assert (await bench.store.restrictions()).value.freezes == ()


async def test_people_can_say_what_a_deploy_has_to_do_with_it(bench: Bench) -> None:
    bad = await landed(bench, TO_PRODUCTION, SAM, OLIVIA)
    incident = await declare(bench)
    linked = await bench.use_cases.joins.link(identity(DANA), incident.ref, bad.id, Part.CAUSE)
    assert [(each.deploy, each.part) for each in linked.deploys] == [(bad.id, Part.CAUSE)]


# ── Deploys that fail ────────────────────────────────────────────────────────────────────────────


async def bad_canary(bench: Bench, version: str = "v1.2.0") -> Deploy:
    """A canary that turns bad and is rolled back by itself."""
    api = bench.catalog.target("api", "production")
    bench.load(api, 20)
    deploy = await bench.ask(TO_PRODUCTION.model_copy(update={"version": version}))
    await bench.work(deploy, until=State.OBSERVING, most=LONG)
    bench.behave(api, version, Behaviour.ERRORS)
    ended = await bench.work(deploy, most=LONG)
    assert ended.state is State.ROLLED_BACK
    return ended


async def test_a_canary_that_rolls_itself_back_declares_an_incident_once(
    open_bench: Bench,
) -> None:
    bench = open_bench
    failed = await bad_canary(bench)
    await heard(bench)
    (incident,) = await opened(bench)
    assert (incident.severity, incident.source, incident.service) == (
        Severity.P3,
        Source.DEPLOY,
        "api",
    )
    assert incident.room.kind is RoomKind.THREAD
    assert incident.dedup_key == "deploy:api/production"
    assert incident.title == "api v1.2.0 rolled itself back in production"
    (linked,) = incident.deploys
    assert (linked.deploy, linked.part, linked.running) == (failed.id, Part.CAUSE, False)
    assert [each.deploy for each in incident.suspects] == [failed.id]
    again = await bad_canary(bench, "v1.3.0")
    await heard(bench)
    (incident,) = await opened(bench)
    assert [each.deploy for each in incident.deploys] == [failed.id, again.id]


async def test_what_people_undo_declares_nothing(open_bench: Bench) -> None:
    bench = open_bench
    deploy = await bench.ask(TO_PRODUCTION)
    await bench.work(deploy, until=State.OBSERVING)
    await bench.orders.abort(identity(DANA), deploy.id, "Not today.")
    assert (await bench.work(deploy)).state is State.ROLLED_BACK
    await heard(bench)
    assert await opened(bench) == ()


async def test_a_failed_deploy_belongs_to_the_open_incident_of_its_service(
    open_bench: Bench,
) -> None:
    bench = open_bench
    incident = await declare(bench, OUTAGE.model_copy(update={"severity": Severity.P3}))
    bench.clock.move(MINUTE)
    failed = await bad_canary(bench)
    await heard(bench)
    (only,) = await opened(bench)
    assert only.ref == incident.ref
    assert Said.ROLLED_BACK in [line.word for line in await lines(bench, incident)]
    # It came after the incident had begun, so it is not called a cause.
    assert failed.id not in [each.deploy for each in only.deploys]


async def test_fifty_failures_are_one_incident(bench: Bench) -> None:
    """However they are heard: one after the other, and each of them twice."""
    deploy = (await landed(bench, TO_PRODUCTION, SAM, OLIVIA)).model_copy(
        update={"state": State.FAILED_UNKNOWN}
    )
    feed = bench.use_cases.feed
    for number in range(FAILURES):
        failed = deploy.model_copy(update={"id": f"D-F{number:04d}"})
        await keep(bench, failed)
        fact = DeployFact(
            id=f"fact-{number}", deploy=failed.id, said=Said.FAILED, at=bench.clock.now()
        )
        await feed.hear(fact)
        await feed.hear(fact)
    (incident,) = await opened(bench)
    assert len(incident.deploys) == FAILURES
    said = [line.id for line in await lines(bench, incident) if line.word == Said.FAILED]
    assert len(said) == FAILURES
    every = await bench.use_cases.incidents.transitions.incidents.find(
        Search(), before=None, limit=10
    )
    assert len(every) == 1


async def test_what_is_heard_again_writes_nothing_twice(bench: Bench) -> None:
    incident = await declare(bench)
    deploy = await bench.ask(fix(incident))
    fact = DeployFact(id="one", deploy=deploy.id, said=Said.ASKED, at=bench.clock.now())
    incidents = bench.use_cases.incidents.transitions.incidents
    await bench.use_cases.feed.hear(fact)
    before = await incidents.timeline(incident.ref)
    version = (await incidents.incident(incident.ref)).version
    await bench.use_cases.feed.hear(fact)
    assert await incidents.timeline(incident.ref) == before
    assert (await incidents.incident(incident.ref)).version == version


async def test_a_fact_about_a_deploy_that_is_gone_is_passed_over(bench: Bench) -> None:
    fact = DeployFact(id="x", deploy="D-99999", said=Said.FAILED, at=bench.clock.now())
    await bench.use_cases.feed.hear(fact)
    assert await opened(bench) == ()


async def keep(bench: Bench, deploy: Deploy) -> None:
    """Store a deploy as it is."""
    await bench.store.commit(Change(writes=(Stored(value=deploy, version=0),)))
