"""Defects that users of other deploy tools have reported, and that must not be ours.

A test is named for the project and the number of its issue or pull request.
"""

from datetime import timedelta

import pytest
import samples
from ledgers import MINUTE, digest, ledger, record, version
from rollouts import ANALYSIS, EVENTS, LATER, PACE, judged_by, seen_with, split, watched
from samples import DANA, DEVELOPER, ENGINEER, FOUR_EYES, NOW, OUTSIDER, OWNER, catalog, target

from bot.domain.actor import Actor
from bot.domain.admission import Rule, obstacles
from bot.domain.aftermath import forbidden, record_of
from bot.domain.announcements import announcements
from bot.domain.approval import require_approver, rule_for, vote
from bot.domain.artifact import parse_version
from bot.domain.bake import judge_bake
from bot.domain.deploy import Step, next_step
from bot.domain.errors import IllegalTransition, NotPermitted
from bot.domain.events import (
    Aborted,
    Cause,
    Cleared,
    Event,
    GateTripped,
    Held,
    HoldOverdue,
    Observed,
    PhasePassed,
    Planned,
    RolledBack,
    Waiting,
)
from bot.domain.evidence import Comparisons, Reading, Sample, Verdict, read_gates
from bot.domain.history import Kind, previous
from bot.domain.lane import Lane
from bot.domain.locks import LONGEST_LOCK, Locked, hold, lock, unlock
from bot.domain.message import DeployCard, DeployNote, Said
from bot.domain.observation import Health, Observation
from bot.domain.plan import Terms, make_plan, strategy_of
from bot.domain.policy import BreakGlass, FreezeWindow, Inconclusive, Policy, Profile, PromoteFrom
from bot.domain.restrictions import Denial, Freeze, Lock, Restrictions, deny
from bot.domain.rollout import judge, judge_turn, kept_revision
from bot.domain.states import DECIDING, FINAL, LANDED, State
from bot.domain.transition import advance

HOUR = timedelta(hours=1)
POLICY = Policy(
    promote_from=PromoteFrom(environment="staging", soak=30 * MINUTE),
    freeze=(FreezeWindow(cron="0 16 * * FRI", duration=64 * HOUR, reason="weekend"),),
    freeze_exception="owners",
    break_glass=BreakGlass(group="commanders"),
)
GUARDED = target().model_copy(update={"policy": POLICY})
LOCK = Lock(target="api/production", owner=DANA, reason="index build", since=NOW, until=NOW + HOUR)


# ── Whether a deploy may happen ──────────────────────────────────────────────────────────────────


def test_kargo_4237_what_lets_a_version_pass_lets_it_pass_everywhere() -> None:
    """An approval was there, and a second place went on to wait for the soak."""
    fresh = ledger("A")
    usual = obstacles(GUARDED, Restrictions(), NOW, digest=digest("A"), ledger_before=fresh)
    assert [each.rule for each in usual] == [Rule.FREEZE, Rule.SOAKING]
    # Who asks before everything is looked up is told less, and never anything else.
    assert set(obstacles(GUARDED, Restrictions(), NOW)) < set(usual)
    passed = obstacles(
        GUARDED,
        Restrictions(),
        NOW,
        digest=digest("A"),
        ledger_before=fresh,
        break_glass=True,
    )
    assert passed == ()


def test_kargo_1422_one_freeze_stops_every_environment() -> None:
    """There was no way to stop the line for all, with exceptions that somebody grants."""
    stop = Freeze(environment=None, by=DANA, reason="incident", since=NOW, until=None)
    held = Restrictions(freezes=(stop,))
    for place in catalog().targets():
        assert [each.rule for each in obstacles(place, held, NOW)] == [Rule.FREEZE]
    assert obstacles(GUARDED, held, NOW, exception=True) == ()


def test_kargo_6151_a_version_that_was_rolled_back_is_not_promoted_again() -> None:
    """It could be promoted again, in any environment."""
    bad = Denial(
        digest=digest("A"), version="A", service="api", deploy="D-1", reason="errors", since=NOW
    )
    held = deny(Restrictions(), bad)
    for place in (*catalog().targets(), GUARDED):
        found = obstacles(place, held, NOW, digest=digest("A"), break_glass=True, exception=True)
        assert [each.rule for each in found if each.rule is Rule.DENIED] == [Rule.DENIED]


def test_kargo_3016_automation_does_not_bring_back_what_was_rolled_back() -> None:
    """The next thing that deployed by itself undid the rollback."""
    held = hold(Restrictions(), target(), "D-1", NOW, reason="errors")
    (found,) = obstacles(target(), held, NOW, digest=digest("B"))
    assert (found.rule, found.holder) == (Rule.LOCK, "D-1")


def test_flagger_616_a_rollback_waits_for_nothing() -> None:
    """After the promotion a rollback went through the whole analysis again."""
    held = hold(Restrictions(locks=(LOCK,)), GUARDED, "D-1", NOW, reason="errors")
    found = obstacles(GUARDED, held, NOW, kind=Kind.ROLLBACK, digest=digest("A"), ledger_before=[])
    assert found == ()


# ── Locks ────────────────────────────────────────────────────────────────────────────────────────


def test_branch_deploy_155_a_deploy_does_not_take_a_persons_lock_with_it() -> None:
    """A lock that was meant to stay was removed by the end of a deploy."""
    held = lock(Restrictions(), target(), LOCK)
    after = hold(held, target(), "D-1", NOW, reason="errors")
    assert LOCK in after.locks
    approver = ENGINEER
    assert unlock(after, target(), approver, NOW).locks == ()
    assert LOCK in hold(after, target(), "D-2", NOW, reason="errors").locks


def test_branch_deploy_438_a_lock_holds_what_its_owner_deploys_as_well() -> None:
    """A lock of a user let one change of that user undo another one."""
    held = lock(Restrictions(), target(), LOCK)
    (found,) = obstacles(target(), held, NOW, digest=digest("B"))
    assert (found.rule, found.holder) == (Rule.LOCK, DANA)


def test_branch_deploy_locks_end_and_are_not_anybodys_to_remove() -> None:
    """Locks had no end, and everybody who could write could remove anybody's."""
    held = lock(Restrictions(), target(), LOCK)
    other = DEVELOPER.model_copy(update={"id": "U0OTHER01"})
    for somebody in (other, OUTSIDER):
        with pytest.raises(Locked):
            unlock(held, target(), somebody, NOW)
    assert held.at(NOW + LONGEST_LOCK) == Restrictions()


# ── Where a rollback goes ────────────────────────────────────────────────────────────────────────


def test_quill_router_731_previous_comes_from_what_landed() -> None:
    """The first entry of the traffic was taken for what had served; it was a mere tag."""
    assert previous(ledger("A", "B", "C-", "D!"), version("B")) == version("A")


def test_shipit_449_a_rollback_of_a_rollback_goes_further_back() -> None:
    """It was unclear where it goes, and in the end forbidden."""
    assert previous(ledger("A", "B", "C", "<B"), version("B")) == version("A")


def test_shipit_274_what_was_never_begun_is_no_goal() -> None:
    """A deploy that never started could be rolled back to."""
    never = record("B", 10, started=None, moved=False)
    for ending in ("refused", "cancelled", "failed", "unknown"):
        found = [
            *ledger("A", "C")[:1],
            type(never).model_validate({**never.model_dump(), "ending": ending}),
            *ledger("A"),
        ]
        assert previous(found, version("C")) == version("A")


# ── Whether the evidence is good ─────────────────────────────────────────────────────────────────

S = State
END = NOW + 30 * MINUTE


def evidence(candidate: Sample, stable: Sample | None = None) -> tuple[Reading, ...]:
    """What the sample gates say of one sample in all of their windows."""
    beside = stable or Sample(requests=5000, errors=5, p50_ms=20, p95_ms=90, p99_ms=200)
    windows = {gate.window for gate in ANALYSIS.gates}
    measured = {each: Comparisons(candidate=candidate, stable=beside) for each in windows}
    return read_gates(ANALYSIS, measured, END, comparable=True)


def judged(*read: Reading, rule: Inconclusive = Inconclusive.HOLD, **changes: object) -> Event:
    """What becomes of a canary at the end of its bake."""
    subject = watched(plan=judged_by(on_inconclusive=rule), **changes)
    return judge_bake(subject, seen_with(subject.split), read, END)


def test_cloud_run_release_manager_does_not_promote_what_nobody_used() -> None:
    """No data was taken for no errors, so a canary without requests was healthy."""
    for nothing in (Sample(), Sample(requests=0, errors=0, p95_ms=0.0)):
        assert {each.verdict for each in evidence(nothing)} == {Verdict.INCONCLUSIVE}
        assert isinstance(judged(*evidence(nothing)), Held)


def test_cloud_run_release_manager_one_error_in_one_request_is_no_reason_to_go_back() -> None:
    """Unhealthy outranked inconclusive, however few requests there were."""
    one = evidence(Sample(requests=1, errors=1, p95_ms=9999))
    assert {each.verdict for each in one} == {Verdict.INCONCLUSIVE}
    assert isinstance(judged(*one), Held)


def test_cloud_run_release_manager_a_bad_series_is_not_hidden_behind_a_median() -> None:
    """The median of each series' P95 was judged; here it is that of all requests together."""
    all_together = Sample(requests=1000, errors=0, p95_ms=2400)
    blocked = judged(*evidence(all_together))
    assert isinstance(blocked, Held)
    assert blocked.cause is Cause.BLOCKED


def test_argo_rollouts_3850_an_inconclusive_run_is_not_promoted() -> None:
    """Time was over, and so it went on."""
    for late in (timedelta(0), timedelta(days=1)):
        subject = watched(bake=END)
        read = samples.readings(errors=Verdict.INCONCLUSIVE)
        event = judge_bake(subject, seen_with(subject.split), read, END + late)
        assert not isinstance(event, PhasePassed)
        assert isinstance(event, Held)


def test_argo_rollouts_1905_no_traffic_is_no_reason_to_go_back() -> None:
    """Without requests the analysis failed, and a good version was rolled back at night."""
    event = judged(*evidence(Sample()))
    assert isinstance(event, Held)
    assert event.cause is Cause.INCONCLUSIVE
    # Unless a policy says so in words.
    assert isinstance(judged(*evidence(Sample()), rule=Inconclusive.ROLLBACK), GateTripped)


def test_argo_rollouts_3534_a_long_pause_stays_what_it_is() -> None:
    """It flapped to failed and back; here only a person, or bad evidence, ends a hold."""
    for cause in Cause:
        held = samples.canary(S.HELD, hold=samples.hold(cause))
        for days in range(1, 30):
            now = NOW + timedelta(days=days)
            step = next_step(held, now)
            if step is Step.CALL:
                held = advance(held, HoldOverdue(), now, PACE)
            seen = seen_with(held.split)
            event = judge_bake(held, seen, samples.readings(), now)
            assert isinstance(event, Observed)
            held = advance(held, event, now, PACE)
            assert (held.state, held.since) == (S.HELD, NOW)


def test_argo_rollouts_3534_a_hold_does_not_flap_to_the_way_back_and_again() -> None:
    """Where somebody else has the traffic, a broken revision is no reason to overrule them."""
    held = samples.canary(S.HELD, hold=samples.hold(Cause.CHANGED_OUTSIDE))
    seen = seen_with({"api-00001": 70, "api-00002": 30}, problem="It crashed.")
    bad = samples.readings(errors=Verdict.UNHEALTHY)
    assert isinstance(judge_bake(held, seen, bad, END), Observed)


# ── Whether people are heard ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "state", [each for each in State if each not in FINAL | LANDED | {S.ROLLING_BACK}]
)
def test_flagger_1432_an_abort_is_heard_in_every_state(state: State) -> None:
    """A rollback was ignored while the canary waited for its approval."""
    for subject in (samples.deploy(state), samples.canary(state)):
        aborted = advance(subject, Aborted(by=DANA, reason="Stop."), LATER, PACE)
        assert aborted.undone_by == DANA
        step = next_step(aborted, LATER)
        assert (aborted.state, step) in {(S.CANCELLED, None), (S.ROLLING_BACK, Step.RESTORE)}


@pytest.mark.parametrize("state", sorted(DECIDING | {S.QUEUED, S.BACKING_UP}))
def test_flagger_1432_what_wrote_nothing_has_nothing_to_undo(state: State) -> None:
    assert advance(samples.deploy(state), Aborted(by=DANA), LATER, PACE).over


def test_flagger_738_nobody_is_waited_for_for_ever() -> None:
    """An approval without an answer expires; a hold without a decision calls somebody."""
    asked = samples.approval()
    waiting = advance(samples.deploy(), EVENTS[Planned], NOW, PACE)
    assert waiting.due == asked.remind_at
    assert next_step(waiting, asked.expires_at) is Step.EXPIRE
    checking = samples.deploy(S.CHECKING)
    assert checking.decide_by is not None
    assert next_step(checking, checking.decide_by) is Step.EXPIRE
    held = samples.canary(S.HELD)
    assert held.hold is not None
    assert next_step(held, held.hold.until) is Step.CALL


def test_flagger_616_a_way_back_is_not_analysed_again() -> None:
    """After the promotion a rollback went through all steps of the canary once more."""
    canary = (Profile(name="standard", strategy=samples.CANARY),)
    guarded = target().model_copy(update={"policy": Policy(profiles=canary)})
    terms = Terms(kind=Kind.ROLLBACK)
    found = strategy_of(guarded, terms)
    assert [(phase.percent, phase.bake) for phase in found.phases] == [(100, timedelta(0))]
    assert (found.analysis, found.smoke) == (None, None)
    assert rule_for(guarded, terms).required == 0


def test_flagger_1344_people_are_told_what_waits_and_can_decide() -> None:
    """There was one picture in the channel, and nobody knew how to go on or back."""
    held = samples.canary(S.HELD)
    after = advance(held, HoldOverdue(), LATER, PACE)
    found = list(announcements(held, after, HoldOverdue(), None, (DANA,)))
    assert [each.said for each in found if isinstance(each, DeployNote)] == [Said.CALLED]
    assert isinstance(found[-1], DeployCard)


def test_kargo_3016_what_was_rolled_back_leaves_its_target_held() -> None:
    """Automation would deploy the very same again a minute later."""
    ended = advance(samples.canary(S.ROLLING_BACK), RolledBack(), LATER, PACE)
    left = forbidden(Restrictions(), ended, target(), LATER)
    assert left is not None
    found = obstacles(target(), left, LATER, digest=samples.NEW_DIGEST)
    assert {each.rule for each in found} == {Rule.LOCK, Rule.DENIED}


def test_shipit_1086_an_abort_is_awaited_before_the_rollback() -> None:
    """Both ran at once, and whoever was slower decided what serves."""
    lane = Lane(target="api/production", turn=4, queue=("D-CANARY", "D-NEXT"))
    lane = lane.enter_before("D-BACK", frozenset({"D-NEXT"}))
    assert lane.queue == ("D-CANARY", "D-BACK", "D-NEXT")
    # While the canary goes back, it still has the lane.
    going = advance(samples.canary(S.OBSERVING), Aborted(by=DANA), LATER, PACE)
    assert going.state is S.ROLLING_BACK
    assert lane.ahead_of("D-BACK") == ("D-CANARY",)
    assert lane.leave("D-CANARY").head == "D-BACK"


# ── Whether it is done ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "seen",
    [
        # 202: traffic is pinned, so the new revision is ready and serves nothing.
        seen_with({"api-00001": 100}, pinned=True),
        # 466: the service is ready, and says so of the old revision.
        seen_with({"api-00001": 100}, health=Health.READY),
        # 533: most of it has moved.
        seen_with(split(99)),
        # It was told to move, and has not.
        seen_with(split(100), health=Health.CHANGING),
    ],
)
def test_deploy_cloudrun_202_466_533_deployed_means_that_it_serves(seen: Observation) -> None:
    """“Deployed” was said of a revision without traffic."""
    routing = samples.deploy(S.ROUTING, operation="operations/1", begun=NOW)
    assert isinstance(judge(routing, seen, None, LATER), Waiting | Held)
    done = advance(routing, judge(routing, seen_with(split(100)), None, LATER), LATER, PACE)
    assert done.state is S.COMPLETED
    assert done.agreed.artifact.digest == samples.NEW_DIGEST


def test_deploy_cloudrun_533_another_image_under_our_name_is_not_restored() -> None:
    """A revision is trusted for the image that it runs, not for its name."""
    goal = samples.back(S.STAGING)
    other = samples.observed().revisions["api-00001"].model_copy(update={"digest": digest("Z")})
    seen = samples.observed(revisions={"api-00001": other})
    assert kept_revision(goal, seen) is None
    assert kept_revision(goal, samples.observed()) == "api-00001"


def test_fullsend_6945_an_operation_that_ended_is_no_success_by_itself() -> None:
    routing = samples.deploy(S.ROUTING, operation="", begun=NOW)
    assert judge(routing, seen_with({"api-00001": 100}), None, LATER) == Waiting()


# ── Who says so ──────────────────────────────────────────────────────────────────────────────────


def test_spinnaker_4792_who_may_judge_is_asked_at_the_click() -> None:
    """Whoever could see the stage could judge it, whatever their role was by then."""
    asked = samples.approval()
    require_approver(asked, ENGINEER, asked.plan_hash, NOW)
    left = ENGINEER.model_copy(update={"groups": frozenset({"developers"})})
    with pytest.raises(NotPermitted):
        require_approver(asked, left, asked.plan_hash, NOW)


def test_spinnaker_5822_who_approved_stays_known() -> None:
    """Downstream nobody knew any more on whose word it ran."""
    asked = vote(samples.approval(), ENGINEER, NOW)
    cleared = Cleared(plan=samples.plan(), approval=asked)
    running = advance(samples.deploy(S.AWAITING_APPROVAL), cleared, LATER, PACE)
    landed = samples.deploy(S.COMPLETED, approval=running.approval)
    found = record_of(samples.deploy(S.ROUTING), landed, LATER)
    assert found is not None
    assert found.approved_by == (ENGINEER.id,)


def test_github_environments_one_reviewer_is_not_enough_where_two_are_asked() -> None:
    """However many were required, the first answer opened the gate."""
    rule = FOUR_EYES.model_copy(update={"required": 2})
    once = vote(samples.approval(rule), ENGINEER, NOW)
    assert not once.granted
    assert vote(once, OWNER, NOW).granted


def test_branch_deploy_a_digest_is_checked_like_a_tag() -> None:
    """A deploy of a commit by its hash went past all checks and reviews."""
    by_digest = parse_version(samples.NEW_DIGEST)
    found = obstacles(GUARDED, Restrictions(), NOW, digest=by_digest, ledger_before=[])
    assert [each.rule for each in found] == [Rule.FREEZE, Rule.NOT_VERIFIED]
    asked = make_plan(GUARDED, samples.artifact(by_digest), samples.observed(), Terms(), FOUR_EYES)
    named = make_plan(GUARDED, samples.artifact(), samples.observed(), Terms(), FOUR_EYES)
    assert asked.hash == named.hash


def test_branch_deploy_the_confirmation_is_not_that_of_the_requester() -> None:
    """Whoever asked could confirm, and nobody else could."""
    asked = samples.approval()
    own = Actor(id=asked.requester, name="Dana", groups=frozenset({"sre"}))
    with pytest.raises(NotPermitted, match="four-eyes"):
        require_approver(asked, own, asked.plan_hash, NOW)


def test_kargo_4237_an_approval_is_for_what_was_seen_and_nothing_else() -> None:
    """Where an approval is not bound to a plan, it opens the gate for whatever comes next."""
    seen = samples.observed(serving={"api-00009": 100})
    fresh = make_plan(target(), samples.artifact(), seen, Terms(), FOUR_EYES)
    queued = samples.deploy(S.QUEUED)
    lane = Lane(target="api/production", queue=(queued.id,))
    changed = advance(queued, judge_turn(queued, lane, seen, fresh), NOW, PACE)
    assert (changed.state, changed.approval, changed.edition) == (S.REQUESTED, None, 1)


def test_nothing_undoes_what_has_ended() -> None:
    """Every peer had some state in which a late click did something to a finished deploy."""
    for state in FINAL:
        with pytest.raises(IllegalTransition):
            advance(samples.deploy(state), Aborted(by=DANA), LATER, PACE)
