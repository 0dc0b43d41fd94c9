"""What holds for rollouts whatever happens around them, checked on the real use cases.

The cloud is slow, fails, loses answers and is changed by others; ticks are stopped between any two
of their effects, taken up again late, or never; clocks jump by days; people press every button at
every time. What must never happen is checked at each transition and after each step.
"""

from collections.abc import Coroutine
from datetime import timedelta
from itertools import pairwise
from typing import Any

import samples
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from samples import DANA, MAX, OLIVIA, SAM
from simulation import EVE, OLD, Tick, World

from bot.domain.actor import Identity
from bot.domain.catalog import ApprovalRule, Catalog, GroupMinimum
from bot.domain.deploy import Deploy
from bot.domain.errors import SignalboxError
from bot.domain.events import Cause
from bot.domain.history import Kind
from bot.domain.plan import Terms
from bot.domain.policy import (
    Analysis,
    Comparison,
    Gate,
    GateAction,
    Inconclusive,
    Metric,
    Phase,
    Policy,
    Profile,
    Smoke,
    Strategy,
    StrategyKind,
)
from bot.domain.states import FINAL, IN_LANE, State
from bot.usecases.deploys import Wish
from bot.usecases.rollbacks import Goal

S = State
MINUTE = timedelta(minutes=1)
PEOPLE = (DANA, SAM, OLIVIA, MAX, "U0NOBODY1")
GATES = (
    Gate(
        name="errors",
        metric=Metric.ERROR_RATE,
        op=Comparison.ABOVE,
        value=0.05,
        window=5 * MINUTE,
        action=GateAction.ROLLBACK,
    ),
    Gate(
        name="p95",
        metric=Metric.P95,
        op=Comparison.AT_MOST,
        value=500,
        window=7 * MINUTE,
        action=GateAction.BLOCK,
    ),
)
BAKE = 10 * MINUTE
# What is due after something has happened: not all of it at once.
looks = st.integers(min_value=0, max_value=6)


def strategy(kind: StrategyKind, rule: Inconclusive) -> Strategy:
    """One of the three, with short bakes that are exactly as long as the gates need."""
    analysis = Analysis(gates=GATES, on_inconclusive=rule, interval=4 * MINUTE)
    smoke = Smoke(attempts=1)
    match kind:
        case StrategyKind.ROLLING:
            return Strategy()
        case StrategyKind.BLUE_GREEN:
            phases = (Phase(percent=100, bake=5 * MINUTE),)
            kept = timedelta(hours=1)
            return Strategy(
                kind=kind, phases=phases, smoke=smoke, analysis=analysis, keep_blue=kept
            )
        case StrategyKind.CANARY:
            phases = tuple(Phase(percent=share, bake=BAKE) for share in (5, 50, 100))
            return Strategy(kind=kind, phases=phases, smoke=smoke, analysis=analysis)


def catalog(chosen: Strategy, required: int) -> Catalog:
    """One target that is deployed to in this way, after so many approvals."""
    groups = (GroupMinimum(name="sre"), GroupMinimum(name="owners"))
    usual = samples.catalog(ApprovalRule(required=required, groups=groups), services=("api",))
    profiles = (Profile(name="standard", strategy=chosen),)
    policy = Policy(profiles=profiles, hold_after_rollback=10 * MINUTE)
    service = usual.services["api"]
    target = service.targets["production"].model_copy(update={"policy": policy})
    targets = {"production": target}
    return usual.model_copy(
        update={"services": {"api": service.model_copy(update={"targets": targets})}}
    )


def identity(who: str) -> Identity:
    """Somebody of the workspace, or of none."""
    return Identity(user=who, team=samples.TEAM)


class Rollouts(RuleBasedStateMachine):
    """One target, the deploys that want to it, and everything that can go wrong."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.answers: list[tuple[str, str, str]] = []
        self.order: tuple[str, str] | None = None
        self.turns: dict[int, str] = {}
        self.judged = 0
        self.sound = True

    @initialize(
        kind=st.sampled_from([StrategyKind.CANARY, StrategyKind.BLUE_GREEN, StrategyKind.ROLLING]),
        unclear=st.sampled_from(Inconclusive),
        required=st.sampled_from([0, 1, 2]),
        looks=st.integers(min_value=0, max_value=35),
    )
    def begin(self, kind: StrategyKind, unclear: Inconclusive, required: int, looks: int) -> None:
        """A target on which an old version serves, and a first wish that has come to any state."""
        self.unclear = unclear
        self.world = World(catalog(strategy(kind, unclear), required))
        self.world.store.told = self._judge
        self.ask()
        for _ in range(looks):
            self.everybody_agrees()
            self.world.work(1)

    # ── What happens ─────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: len(self._open()) < 3)
    @rule()
    def ask(self) -> None:
        """Somebody wants a new version."""
        self.asked += 1
        wish = Wish(service="api", version=f"v{self.asked}", environment="production")
        deploys = self.world.use_cases.deploys
        self.world.say(deploys.request(identity(DANA), wish, once=wish.version))

    @precondition(lambda self: len(self._open()) < 3)
    @rule(kind=st.sampled_from([Kind.ROLLBACK, Kind.UNPIN]))
    def ask_back(self, kind: Kind) -> None:
        """Somebody wants the version before, or to follow the newest one again."""
        self.asked += 1
        cases, who = self.world.use_cases, identity(SAM)
        if kind is Kind.UNPIN:
            wish = Wish(
                service="api", version="", environment="production", terms=Terms(kind=Kind.UNPIN)
            )
            self.world.say(cases.deploys.request(who, wish, once=str(self.asked)))
            return
        found = self.world.say(cases.rollbacks.propose(who, "api", "production"))
        if not isinstance(found, SignalboxError):
            goal = Goal(service="api", environment="production", version=found.goal.digest or OLD)
            self.world.say(cases.rollbacks.request(who, goal, once=str(self.asked)))

    @rule(looks=st.integers(min_value=1, max_value=8))
    def work(self, looks: int) -> None:
        """A worker does what is due."""
        self.world.work(looks)

    @rule(looks=st.integers(min_value=1, max_value=25))
    def everybody_agrees(self, looks: int = 0) -> None:
        """Whoever may say yes does so, some of them too often, and the work goes on."""
        for deploy in self._open():
            if deploy.state is S.AWAITING_APPROVAL and deploy.approval is not None:
                for who in (DANA, SAM, SAM, OLIVIA):
                    self._approve(deploy.id, who, "0123456789abcdef")
                    self._approve(deploy.id, who, deploy.approval.plan_hash)
        self.world.work(looks)

    @precondition(lambda self: self._open() and len(self.world.ticks) < 3)
    @rule(which=st.integers(min_value=0), breaths=st.integers(min_value=1, max_value=6))
    def another_worker_begins(self, which: int, breaths: int) -> None:
        """And stops somewhere: its lease may run out while it does nothing."""
        opened = self._open()
        tick = self.world.begin_anew(opened[which % len(opened)].id)
        self.world.go_on(tick, breaths)

    @precondition(lambda self: self.world.ticks)
    @rule(which=st.integers(min_value=0), breaths=st.sampled_from([1, 2, 1000]))
    def it_goes_on(self, which: int, breaths: int) -> None:
        """With what it knew when it stopped."""
        ticks = self.world.ticks
        self.world.go_on(ticks[which % len(ticks)], breaths)

    @precondition(lambda self: self.world.ticks)
    @rule(which=st.integers(min_value=0))
    def it_dies(self, which: int) -> None:
        """Between doing and saving."""
        ticks = self.world.ticks
        self.world.kill(ticks[which % len(ticks)])

    @rule()
    def everything_restarts(self) -> None:
        """What is stored is all there is, and a restart is no event."""
        before = [each.model_dump_json() for each in self.world.store.deploys]
        self.world.restart()
        assert [each.model_dump_json() for each in self.world.store.deploys] == before

    @rule(
        passed=st.sampled_from(
            [timedelta(seconds=2), MINUTE, 20 * MINUTE, timedelta(hours=3), timedelta(days=2)]
        )
    )
    def time_passes(self, passed: timedelta) -> None:
        """Nobody works meanwhile."""
        self.world.clock.move(passed)

    @rule(
        fault=st.sampled_from(
            ["lose", "refuse", "fail", "slow", "stick", "break", "away", "crash"]
        ),
        looks=looks,
    )
    def the_cloud_fails(self, fault: str, looks: int) -> None:
        """Once, at the next occasion; or it is away until it is sound again."""
        self.sound = False
        cloud = self.world.cloud
        if fault == "away":
            cloud.away = True
        elif fault == "crash":
            cloud.crash(cloud.newest)
        else:
            cloud.faults.append(fault)
        self.world.work(looks)

    @rule(looks=looks)
    def the_cloud_is_sound_again(self, looks: int) -> None:
        """And the work goes on."""
        self.world.cloud.heal()
        self.world.work(looks)

    @rule(
        mode=st.sampled_from(["good", "good", "bad", "slow", "few", "none", "away"]),
        answers=st.sampled_from([True, True, False]),
        looks=looks,
    )
    def the_evidence_is(self, mode: str, looks: int, *, answers: bool) -> None:
        """From now on."""
        self.sound = self.sound and (mode, answers) == ("good", True)
        self.world.evidence.mode = mode
        self.world.evidence.answers = answers
        self.world.work(looks)

    @rule(choice=st.sampled_from(["old", "newest", "some", "other"]), looks=looks)
    def somebody_changes_the_traffic(self, choice: str, looks: int) -> None:
        """In the console of the cloud."""
        self.sound = False
        newest = self.world.cloud.newest
        shares: dict[str, dict[str, int]] = {
            "old": {OLD: 100},
            "newest": {newest: 100},
            "some": {OLD: 70, newest: 30} if newest != OLD else {OLD: 100},
            "other": {"api-eve": 100},
        }
        self.world.cloud.change_outside(shares[choice])
        self.world.work(looks)

    @precondition(lambda self: self._open())
    @rule(
        which=st.integers(min_value=0),
        who=st.sampled_from(PEOPLE),
        right=st.sampled_from([True, True, True, False]),
        yes=st.sampled_from([True, True, True, False]),
    )
    def somebody_answers(self, which: int, who: str, *, right: bool, yes: bool) -> None:
        """Approves or rejects, on the card of this plan or of an earlier one."""
        deploy = self._pick(which)
        shown = deploy.approval.plan_hash if deploy.approval and right else "0123456789abcdef"
        approvals = self.world.use_cases.approvals
        if not yes:
            self._give(deploy, "reject", approvals.reject(identity(who), deploy.id, shown, "No."))
            return
        self._approve(deploy.id, who, shown)

    @precondition(lambda self: self._open())
    @rule(
        which=st.integers(min_value=0),
        who=st.sampled_from((DANA, SAM, OLIVIA, MAX)),
        verb=st.sampled_from(["abort", "pause", "resume", "leave", "promote"]),
        looks=looks,
    )
    def somebody_steers(self, which: int, who: str, verb: str, looks: int) -> None:
        """Whatever the state is; what does not fit is refused."""
        deploy = self._pick(which)
        order = getattr(self.world.use_cases.orders, verb)
        self._give(deploy, verb, order(identity(who), deploy.id))
        self.world.work(looks)

    # ── What must never happen ───────────────────────────────────────────────────────────────────

    def _judge(self, before: Deploy, after: Deploy) -> None:
        """Look at a transition that was saved just now."""
        tick = self.world.cloud.tick
        self._judge_turn(before, after)
        self._judge_votes(after)
        if self.sound and tick is not None:
            self._judge_peace(before, after)
        if after.phase > before.phase:
            self._judge_promotion(before, tick)
        if after.landed and not before.landed:
            self._judge_landing(before, after, tick)
        if after.over and not after.landed and before.started is not None:
            self._judge_failure(before, after, tick)

    def _judge_turn(self, before: Deploy, after: Deploy) -> None:
        """Each turn belongs to one deploy, and fences only rise."""
        assert not after.fence < before.fence
        if after.turn:
            assert self.turns.setdefault(after.turn, after.id) == after.id

    def _judge_votes(self, after: Deploy) -> None:
        """Every vote was given by another person, for this very plan; and there are enough."""
        if after.approval is None or after.plan is None:
            return
        approval = after.approval
        people = [vote.by for vote in approval.votes]
        assert len(people) == len(set(people))
        assert after.requested_by not in people
        given = {who for deploy, who, shown in self.answers if deploy == after.id}
        on_plan = {
            who
            for deploy, who, shown in self.answers
            if (deploy, shown) == (after.id, approval.plan_hash)
        }
        # The last answer is saved before it is known to have been taken.
        assert set(people[:-1]) <= on_plan <= given
        assert approval.plan_hash == after.plan.hash
        assert approval.granted or not after.started

    def _judge_peace(self, before: Deploy, after: Deploy) -> None:
        """Where nothing is wrong nothing fails, however late it is and whoever died meanwhile."""
        undone = after.undone_by is not None
        failing = {S.HELD, S.ROLLING_BACK, S.FAILED_SAFE, S.FAILED_UNKNOWN}
        assert undone or before.state in failing or after.state not in failing

    def _judge_promotion(self, before: Deploy, tick: Tick | None) -> None:
        """By a person; or by evidence that this very tick has read over whole windows."""
        if tick is None:
            assert self.order == (before.id, "promote")
            return
        assert before.shifted is not None
        assert tick.seen is not None
        assert dict(tick.seen.serving) == before.split
        said = [mode for mode, window in tick.evidence]
        windows = [window for _, window in tick.evidence if window is not None]
        assert not {"bad", "silent"} & set(said)
        assert all(window.start >= before.shifted for window in windows)
        if "answers" in said and self.unclear is Inconclusive.PROCEED:
            return
        lengths = {window.end - window.start for window in windows}
        assert lengths == {gate.window for gate in GATES}
        assert set(said) <= {"good", "answers"}

    def _judge_landing(self, before: Deploy, after: Deploy, tick: Tick | None) -> None:
        """The cloud really serves all of it."""
        assert after.trail
        assert after.trail[-1].percent == 100
        whole = {after.revision: 100}
        assert tick is not None
        assert tick.seen is not None
        assert dict(tick.seen.serving) == whole
        if tick.undisturbed:
            assert self.world.cloud.serving == whole

    def _judge_failure(self, before: Deploy, after: Deploy, tick: Tick | None) -> None:
        """What served before serves again, or somebody else's wish does; else it is not known."""
        cloud = self.world.cloud
        if after.state is S.FAILED_UNKNOWN:
            excused = cloud.troubled is not None and cloud.troubled >= before.since
            assert excused or after.kind is not Kind.DEPLOY or not after.agreed.replaces
            return
        left = self.order == (before.id, "leave")
        if left or (tick is not None and not tick.undisturbed):
            return
        theirs = cloud.author == EVE
        assert theirs or cloud.serving == after.agreed.replaces, after.state

    @invariant()
    def only_one_writes(self) -> None:
        """Of all that stand in the lane, at most one has a turn and is not over."""
        writing = [each for each in self._open() if each.state in IN_LANE and each.started]
        assert len(writing) <= 1

    @invariant()
    def the_lane_has_whoever_is_in_it(self) -> None:
        lane = self.world.say(self.world.store.lane("api/production"))
        assert not isinstance(lane, SignalboxError)
        queue = lane.value.queue
        assert sorted(queue) == [each.id for each in self._all() if each.state in IN_LANE]
        begun = [each.id for each in self._open() if each.state in IN_LANE and each.started]
        assert list(queue[:1]) == begun or not begun

    @invariant()
    def turns_are_not_interleaved(self) -> None:
        """Once a later turn has written, no earlier one is accepted any more."""
        fences = [write.fence for write in self.world.cloud.writes]
        assert all(not later < sooner for sooner, later in pairwise(fences))

    @invariant()
    def a_deploy_is_due_until_it_is_over(self) -> None:
        for each in self._all():
            assert (each.due is None) == (each.state in FINAL)
            woken = self.world.store.agenda[each.id]
            if each.due is None or woken is None:
                assert woken is each.due
            else:
                assert woken <= max(each.due, self.world.clock.now())

    @invariant()
    def others_are_not_overruled(self) -> None:
        """Unless a person said so, or the turn was taken on what they had set."""
        for write in self.world.cloud.writes[self.judged :]:
            self.judged += 1
            if write.theirs and not write.blind:
                assert write.read is not None
                known = [write.read.split_at(phase) for phase in range(write.read.phase + 1)]
                mine = write.over in (write.read.agreed.replaces, *known)
                assert mine or write.read.reclaim

    def teardown(self) -> None:
        """Nothing is left lying, whatever has happened before.

        Once the world is sound again, and people decide what waits for them, all comes to an end.
        """
        self.world.cloud.heal()
        self.the_evidence_is("good", 0, answers=True)
        self.world.restart()
        for _ in range(40):
            for each in self._open():
                if each.state is S.HELD and each.hold is not None:
                    verb = "leave" if each.hold.cause is Cause.CHANGED_OUTSIDE else "abort"
                    order = getattr(self.world.use_cases.orders, verb)
                    self._give(each, verb, order(identity(SAM), each.id))
            self.world.work(20)
            self.world.clock.move(15 * MINUTE)
        assert [each.state for each in self._open()] == []

    # ── Tools ────────────────────────────────────────────────────────────────────────────────────

    def _all(self) -> list[Deploy]:
        return self.world.store.deploys

    def _open(self) -> list[Deploy]:
        return [each for each in self._all() if not each.over]

    def _pick(self, which: int) -> Deploy:
        opened = self._open()
        return opened[which % len(opened)]

    def _approve(self, deploy_id: str, who: str, shown: str) -> None:
        approvals = self.world.use_cases.approvals
        said = self.world.say(approvals.approve(identity(who), deploy_id, shown))
        if not isinstance(said, SignalboxError):
            self.answers.append((deploy_id, who, shown))

    def _give(self, deploy: Deploy, verb: str, order: Coroutine[Any, Any, object]) -> None:
        """Let somebody say something; what is saved meanwhile is by their word."""
        self.order = (deploy.id, verb)
        self.world.say(order)
        self.order = None


Rollouts.TestCase.settings = settings(
    max_examples=300, stateful_step_count=40, deadline=None, derandomize=True
)
TestRollouts = Rollouts.TestCase
