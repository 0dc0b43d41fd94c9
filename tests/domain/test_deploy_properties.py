"""What holds for a deploy whatever happens to it, in whatever order and at whatever time."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from samples import NOW, SAM, approval, deploy, plan

from bot.domain.approval import Vote
from bot.domain.deploy import FINAL, MAX_ATTEMPTS, TABLE, Deploy, Pace, State, advance, next_step
from bot.domain.errors import IllegalTransition, Outcome
from bot.domain.events import (
    Cleared,
    Event,
    Expired,
    Failed,
    Lost,
    Planned,
    Rejected,
    RevisionReady,
    Started,
    Tagged,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Unreached,
    VoteCast,
    Waiting,
)
from bot.domain.observation import Fence

PACE = Pace()
VOTE = Vote(by=SAM, groups=frozenset({"sre"}), at=NOW)
words = st.text(min_size=1, max_size=12)
waits = st.integers(min_value=0, max_value=7200).map(lambda seconds: timedelta(seconds=seconds))
# `turn` is drawn small; the machine adds it to what was given out before, as a lane does.
events: st.SearchStrategy[Event] = st.one_of(
    st.just(Planned(plan=plan(), approval=approval())),
    st.just(VoteCast(approval=approval().model_copy(update={"votes": (VOTE,)}))),
    st.sampled_from([None, approval()]).map(lambda a: Cleared(plan=plan(), approval=a)),
    words.map(lambda reason: Rejected(by=SAM, reason=reason)),
    st.just(Expired()),
    st.just(TargetChanged()),
    st.lists(words, max_size=2).map(lambda ids: Waiting(behind=tuple(ids))),
    st.integers(min_value=1, max_value=3).map(lambda turn: TurnTaken(turn=turn, plan=plan())),
    st.sampled_from(["", "operations/1"]).map(lambda name: Started(operation=name)),
    words.map(lambda name: RevisionReady(revision=name)),
    st.sampled_from([None, "https://x.example"]).map(lambda address: Tagged(preview=address)),
    st.just(TrafficShifted()),
    st.sampled_from(list(Outcome)).map(lambda o: Unreached(reason="No answer.", outcome=o)),
    words.map(lambda reason: Failed(reason=reason)),
    words.map(lambda reason: Lost(reason=reason)),
)


class DeployMachine(RuleBasedStateMachine):
    """A deploy to which anything may happen."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.deploy: Deploy = deploy()
        self.fences: list[Fence] = []
        self.ended: Deploy | None = None

    @initialize()
    def request(self) -> None:
        """Begin as somebody's wish."""
        self.deploy = deploy()

    @rule(wait=waits)
    def time_passes(self, wait: timedelta) -> None:
        """Nothing happens for a while."""
        self.now += wait

    @rule(event=events)
    def happens(self, event: Event) -> None:
        """An event is applied, or refused without a trace."""
        if isinstance(event, TurnTaken):
            event = event.model_copy(update={"turn": self.deploy.turn + event.turn})
        before = self.deploy
        copy = before.model_copy(deep=True)
        try:
            self.deploy = advance(before, event, self.now, PACE)
        except IllegalTransition:
            assert type(event) not in TABLE[before.state]
        assert before == copy
        self.fences.append(self.deploy.fence)
        if self.deploy.over and self.ended is None:
            self.ended = self.deploy

    @invariant()
    def the_fence_never_goes_down(self) -> None:
        assert all(not b < a for a, b in zip(self.fences, self.fences[1:], strict=False))

    @invariant()
    def the_end_is_final(self) -> None:
        assert self.ended is None or self.deploy == self.ended

    @invariant()
    def a_deploy_is_due_until_it_is_over(self) -> None:
        assert (self.deploy.due is None) == (self.deploy.state in FINAL)

    @invariant()
    def whoever_wakes_up_for_it_finds_something_to_do(self) -> None:
        """Else a deploy would be left lying."""
        due = self.deploy.due
        assert due is None or next_step(self.deploy, due) is not None

    @invariant()
    def attempts_are_bounded(self) -> None:
        assert self.deploy.attempt <= MAX_ATTEMPTS
        assert self.deploy.over or self.deploy.attempt < MAX_ATTEMPTS

    @invariant()
    def only_a_write_leaves_doubt(self) -> None:
        """Without a turn nothing was written, so the outcome is known."""
        assert self.deploy.state is not State.FAILED_UNKNOWN or self.deploy.turn > 0

    @invariant()
    def writing_takes_a_plan_and_a_turn(self) -> None:
        if self.deploy.state in {State.STAGING, State.TAGGING, State.ROUTING, State.COMPLETED}:
            assert self.deploy.plan is not None
            assert self.deploy.turn > 0
            assert self.deploy.step > 0

    @invariant()
    def it_survives_being_stored(self) -> None:
        assert Deploy.model_validate_json(self.deploy.model_dump_json()) == self.deploy


DeployMachine.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, derandomize=True
)
TestDeploy = DeployMachine.TestCase


@given(attempt=st.integers(min_value=0, max_value=MAX_ATTEMPTS - 2))
@settings(derandomize=True)
def test_the_back_off_doubles(attempt: int) -> None:
    unreached = Unreached(reason="No answer.", outcome=Outcome.UNKNOWN)
    after = advance(deploy(State.STAGING, attempt=attempt), unreached, NOW, PACE)
    assert after.due == NOW + PACE.retry * 2**attempt
