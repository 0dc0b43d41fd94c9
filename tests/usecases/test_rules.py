"""What stands around a deploy: freezes, exceptions, break-glass, checklists, staging, backups."""

from datetime import timedelta

import policies
import pytest
from engine import TO_PRODUCTION, TO_STAGING, bench_of, identity
from samples import DANA, FOUR_EYES, MAX, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.checklist import Part
from bot.domain.errors import IllegalTransition, NotFound, NotPermitted, UsageError
from bot.domain.history import Kind
from bot.domain.plan import Terms
from bot.domain.policy import (
    AutoCheck,
    BreakGlass,
    ChecklistItem,
    ChecklistRule,
    DatabaseRule,
    FreezeWindow,
    Policy,
    PromoteFrom,
)
from bot.domain.states import State
from bot.ports import review_item, reviewed
from bot.usecases.deploys import Forbidden, Wish

HOUR = timedelta(hours=1)
# The sample time is a Saturday noon; this window opened on Friday.
WEEKEND = FreezeWindow(
    cron="0 16 * * FRI", duration=timedelta(hours=64), tz="UTC", reason="weekend"
)
GLASS = BreakGlass(group="sre", review_within=24 * HOUR)


def wished(**terms: object) -> Wish:
    """The usual wish on special terms."""
    return TO_PRODUCTION.model_copy(update={"terms": Terms.model_validate(terms)})


# ── Freezes ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_freeze_refuses_with_its_reason_and_its_end(memory: Connections) -> None:
    """At the request already, and it is kept in the audit log."""
    async with bench_of(memory, policies.catalog(Policy(freeze=(WEEKEND,)))) as bench:
        with pytest.raises(Forbidden, match="weekend") as refused:
            await bench.ask()
        assert refused.value.obstacles[0].until is not None
        with pytest.raises(NotPermitted, match="no exceptions"):
            await bench.ask(wished(exception=True, reason="A fix."))
        audit = await bench.store.audit_of(bench.clock.now().date())
        assert [entry.action for entry in audit] == ["Refused deploy", "Refused deploy"]


async def test_an_exception_needs_somebody_who_may_grant_it(memory: Connections) -> None:
    """Besides all who have to approve anyway."""
    rules = Policy(freeze=(WEEKEND,), freeze_exception="sre")
    async with bench_of(memory, policies.catalog(rules, rule=FOUR_EYES)) as bench:
        with pytest.raises(UsageError, match="Say why"):
            await bench.ask(wished(exception=True))
        deploy = await bench.ask(wished(exception=True, reason="A fix."))
        await bench.work(deploy, until=State.AWAITING_APPROVAL)
        half = await bench.approve(deploy, OLIVIA)
        assert half.state is State.AWAITING_APPROVAL
        assert half.approval is not None
        assert half.approval.missing_groups == ("sre",)


async def test_a_freeze_that_begins_meanwhile_keeps_a_deploy_in_its_lane(
    memory: Connections,
) -> None:
    """Visibly, and it goes on when the freeze is over: approved is approved."""
    opens = FreezeWindow(cron="5 12 * * SAT", duration=HOUR, tz="UTC", reason="maintenance")
    async with bench_of(memory, policies.catalog(Policy(freeze=(opens,)))) as bench:
        deploy = await bench.ask()
        await bench.work(deploy, until=State.QUEUED)
        bench.clock.move(timedelta(minutes=10))
        await bench.rollouts.tick(deploy.id)
        waiting = await bench.now(deploy)
        assert waiting.state is State.QUEUED
        assert "maintenance" in waiting.blocked
        bench.clock.move(HOUR)
        assert (await bench.work(deploy)).state is State.COMPLETED


# ── Break-glass ──────────────────────────────────────────────────────────────────────────────────


async def test_breaking_the_glass_goes_at_once_and_is_reviewed_later(memory: Connections) -> None:
    """By those who may, with a reason; loudly; somebody else has to look at it."""
    rules = Policy(freeze=(WEEKEND,), break_glass=GLASS)
    async with bench_of(memory, policies.catalog(rules, rule=FOUR_EYES)) as bench:
        glass = wished(break_glass=True, reason="Checkout is down.")
        with pytest.raises(NotPermitted, match="break the glass"):
            await bench.ask(glass)
        with pytest.raises(UsageError, match="Say why"):
            await bench.ask(wished(break_glass=True), who=SAM)
        deploy = await bench.ask(glass, who=SAM)
        assert (await bench.work(deploy)).state is State.COMPLETED
        await bench.delivery.empty("#deploys")
        assert bench.board.notes[0] == "broke glass"
        reviews = bench.use_cases.reviews
        with pytest.raises(NotPermitted, match="somebody else"):
            await reviews.sign(identity(SAM), deploy.id)
        with pytest.raises(NotPermitted, match="takes a member"):
            await reviews.sign(identity(MAX), deploy.id)
        await reviews.tick(deploy.id)
        assert (await bench.store.review(deploy.id)).value.open
        bench.clock.move(25 * HOUR)
        await reviews.tick(deploy.id)
        await reviews.tick(deploy.id)
        await bench.delivery.empty("#deploys")
        assert bench.board.notes.count("review overdue") == 1
        signed = await reviews.sign(identity(OLIVIA), deploy.id)
        assert signed.reviewed_by == OLIVIA
        with pytest.raises(IllegalTransition):
            await reviews.sign(identity(OLIVIA), deploy.id)


async def test_a_review_has_its_place_in_the_agenda() -> None:
    assert reviewed(review_item("D-00001")) == "D-00001"
    assert reviewed("D-00001") is None


# ── Checklists ───────────────────────────────────────────────────────────────────────────────────

LIST = ChecklistRule(
    pre=(
        ChecklistItem(id="image", auto=AutoCheck.IMAGE_PRESENT),
        ChecklistItem(id="migrations", ask="Are the migrations backward compatible?"),
        ChecklistItem(id="plan", ask="Is the way back known?"),
    ),
    during=(ChecklistItem(id="watch", ask="Is somebody watching?"),),
    post=(ChecklistItem(id="notes", ask="Are the release notes posted?"),),
)


async def test_everything_asked_beforehand_is_answered_before_approval(
    memory: Connections,
) -> None:
    """One person or several; an answer is given once, by those who may steer."""
    async with bench_of(memory, policies.catalog(Policy(checklist=LIST), rule=FOUR_EYES)) as bench:
        deploy = await bench.ask()
        checking = await bench.work(deploy, until=State.CHECKING)
        assert checking.state is State.CHECKING
        lists = bench.use_cases.checklists
        with pytest.raises(NotPermitted):
            await lists.tick(identity(MAX), deploy.id, 0, "plan")
        with pytest.raises(NotFound):
            await lists.tick(identity(DANA), deploy.id, 0, "image")
        await lists.tick(identity(DANA), deploy.id, 0, "migrations")
        with pytest.raises(IllegalTransition):
            await lists.tick(identity(SAM), deploy.id, 0, "migrations")
        assert (await bench.now(deploy)).state is State.CHECKING
        await lists.tick(identity(SAM), deploy.id, 0, "plan")
        assert (await bench.now(deploy)).state is State.AWAITING_APPROVAL
        await bench.approve(deploy)
        done = await bench.work(deploy)
        assert done.state is State.COMPLETED
        late = await lists.tick(identity(DANA), deploy.id, 0, "notes")
        assert late.unanswered(Part.POST) == ()
        await bench.delivery.empty("#deploys")
        said = [what for what, _ in bench.board.history]
        assert said.count("checklist") >= 3


async def test_a_checklist_that_nobody_answers_expires(memory: Connections) -> None:
    async with bench_of(memory, policies.catalog(Policy(checklist=LIST))) as bench:
        deploy = await bench.ask()
        await bench.work(deploy, until=State.CHECKING)
        assert (await bench.work(deploy)).state is State.EXPIRED
        assert bench.cloud.model.journal == []


async def test_a_check_that_fails_refuses_the_deploy(memory: Connections) -> None:
    """A backup that is not there is none; what is not known is not good enough either."""
    rule = ChecklistRule(
        pre=(ChecklistItem(id="backup", auto=AutoCheck.BACKUP_FRESH, max_age=HOUR),)
    )
    database = DatabaseRule(instance="acme-prod/main", backup_before=False)
    rules = Policy(checklist=rule, database=database)
    async with bench_of(memory, policies.catalog(rules)) as bench:
        refused = await bench.work(await bench.ask())
        assert refused.state is State.REFUSED
        assert "no good backup" in (refused.problem or "")
        bench.backups.made.append(("main", "by-hand"))
        assert (await bench.work(await bench.ask(once="2"))).state is State.COMPLETED


# ── Backups, staging and what else has to be true ────────────────────────────────────────────────


async def test_the_database_is_backed_up_before_the_first_write(memory: Connections) -> None:
    """Once a deploy, and a backup that fails ends it with nothing changed."""
    rules = Policy(database=DatabaseRule(instance="acme-prod/main"))
    async with bench_of(memory, policies.catalog(rules)) as bench:
        deploy = await bench.ask()
        reached = await bench.work(deploy, until=State.BACKING_UP)
        assert reached.state is State.BACKING_UP
        assert bench.cloud.model.journal == []
        assert (await bench.work(deploy)).state is State.COMPLETED
        assert bench.backups.made == [("main", deploy.id)]
        bench.backups.problem = "disk full"
        other = Wish(service="api", version="v1.3.0", environment="production")
        failed = await bench.work(await bench.ask(other))
        assert failed.state is State.FAILED_SAFE
        assert "disk full" in (failed.problem or "")


async def test_production_takes_only_what_staging_has_verified(memory: Connections) -> None:
    """The same digest, for long enough; what would be accepted is named."""
    rules = Policy(promote_from=PromoteFrom(environment="staging", soak=HOUR))
    async with bench_of(memory, policies.catalog(rules)) as bench:
        early = await bench.work(await bench.ask())
        assert early.state is State.REFUSED
        assert "staging" in (early.problem or "")
        await bench.work(await bench.ask(TO_STAGING))
        soaking = await bench.work(await bench.ask(once="2"))
        assert soaking.state is State.REFUSED
        assert "long enough" in (soaking.problem or "")
        bench.clock.move(HOUR)
        other = Wish(service="api", version="v1.3.0", environment="production")
        refused = await bench.work(await bench.ask(other))
        assert "v1.2.0" in (refused.problem or "")
        assert (await bench.work(await bench.ask(once="3"))).state is State.COMPLETED


async def test_no_version_means_the_newest_that_staging_ran(memory: Connections) -> None:
    rules = Policy(promote_from=PromoteFrom(environment="staging"))
    async with bench_of(memory, policies.catalog(rules)) as bench:
        blank = Wish(service="api", version="", environment="production")
        with pytest.raises(UsageError, match="has not run any"):
            await bench.ask(blank)
        await bench.work(await bench.ask(TO_STAGING))
        done = await bench.work(await bench.ask(blank))
        assert (done.state, done.version) == (State.COMPLETED, "v1.2.0")


async def test_what_serves_already_is_not_deployed_again(memory: Connections) -> None:
    async with bench_of(memory, policies.catalog(Policy())) as bench:
        assert (await bench.work(await bench.ask())).state is State.COMPLETED
        again = await bench.work(await bench.ask(once="again"))
        assert again.state is State.REFUSED
        assert "already" in (again.problem or "")


async def test_a_preview_asks_everybody_and_changes_nothing(memory: Connections) -> None:
    """The same plan that would be approved."""
    async with bench_of(memory, policies.catalog(policies.policy(), rule=FOUR_EYES)) as bench:
        draft = await bench.deploys.preview(identity(DANA), TO_PRODUCTION)
        assert bench.cloud.model.journal == []
        assert draft.obstacles == ()
        assert draft.plan.replaces == {"api-00002": 100}
        deploy = await bench.work(await bench.ask(), until=State.AWAITING_APPROVAL)
        assert deploy.plan is not None
        assert deploy.plan.hash == draft.plan.hash
        with pytest.raises(NotPermitted):
            await bench.deploys.preview(identity(MAX), TO_PRODUCTION)


async def test_those_who_have_not_voted_are_reminded_once(memory: Connections) -> None:
    """After half of the time; neither the requester nor outsiders."""
    async with bench_of(memory, policies.catalog(Policy(), rule=FOUR_EYES)) as bench:
        deploy = await bench.ask()
        waiting = await bench.work(deploy, until=State.AWAITING_APPROVAL)
        assert waiting.due == bench.clock.now() + timedelta(minutes=15)
        bench.clock.move(timedelta(minutes=15))
        await bench.rollouts.tick(deploy.id)
        assert await bench.rollouts.tick(deploy.id) is None
        await bench.delivery.empty("#deploys")
        assert bench.board.notes == ["reminded"]
        (note,) = [
            entry.message
            for entry, _ in bench.board.scenes.values()
            if entry.message.kind == "deploy_note"
        ]
        assert note.people == tuple(sorted({SAM, OLIVIA}))


async def test_following_the_newest_again_takes_no_approval_and_moves_no_traffic(
    memory: Connections,
) -> None:
    """Only where the newest revision is the one that serves."""
    async with bench_of(memory, policies.catalog(Policy(), rule=FOUR_EYES)) as bench:
        api = bench.catalog.target("api", "staging")
        await bench.work(await bench.ask(TO_STAGING))
        before = await bench.targets.open(api).observe()
        assert before.pinned
        unpin = Wish(service="api", version="", environment="staging", terms=Terms(kind=Kind.UNPIN))
        done = await bench.work(await bench.ask(unpin))
        assert done.state is State.COMPLETED
        after = await bench.targets.open(api).observe()
        assert not after.pinned
        assert dict(after.serving) == dict(before.serving)
        again = await bench.work(await bench.ask(unpin, once="2"))
        assert again.state is State.REFUSED


async def test_an_approval_granted_for_one_plan_is_void_for_another(memory: Connections) -> None:
    """The card of the old plan is struck out, a new one is posted, and the voters are told."""
    async with bench_of(memory, policies.catalog(Policy(), rule=FOUR_EYES)) as bench:
        deploy = await bench.ask()
        await bench.work(deploy, until=State.AWAITING_APPROVAL)
        api = bench.catalog.target("api", "production")
        bench.cloud.model.by_hand(
            api.place.resource, {"api-00001": 100}, bench.clock.now(), by="eve@example"
        )
        await bench.approve(deploy)
        await bench.delivery.empty("#deploys")
        again = await bench.work(deploy, until=State.AWAITING_APPROVAL)
        assert again.edition == 1
        await bench.delivery.empty("#deploys")
        assert len(bench.board.cards) == 2
        voided = [
            entry.message
            for entry, _ in bench.board.scenes.values()
            if entry.message.kind == "deploy_note" and entry.message.said == "replanned"
        ]
        assert [note.people for note in voided] == [(SAM,)]
