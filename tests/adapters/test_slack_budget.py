"""Budgets as arithmetic: how much passes, and when."""

from datetime import timedelta

import pytest
from fakes import VirtualClock
from hypothesis import given
from hypothesis import strategies as st
from samples import NOW

from adapters.slack.budget import MAX_CHANNELS, Budget, Budgets
from bot.domain.errors import SlackUnavailable

SECOND = timedelta(seconds=1)


@given(
    burst=st.integers(1, 5),
    gaps=st.lists(st.integers(0, 3000).map(lambda n: timedelta(milliseconds=n)), max_size=40),
)
def test_never_more_than_the_burst_and_one_per_interval_pass(
    burst: int, gaps: list[timedelta]
) -> None:
    """Whoever waits as told is admitted at times of which no window holds too many."""
    budget = Budget(SECOND, burst)
    now, passed = NOW, []
    for gap in gaps:
        now += gap
        at = now + budget.wait(now)
        budget.take(at)
        passed.append(at)

    for first in range(len(passed)):
        for last in range(first, len(passed)):
            window = passed[last] - passed[first]
            assert last - first + 1 <= burst + window / SECOND


@given(idle=st.integers(0, 100))
def test_a_rested_budget_lets_a_whole_burst_through_at_once(idle: int) -> None:
    budget = Budget(SECOND, 3)
    for _ in range(3):
        budget.take(NOW)

    later = NOW + SECOND * (3 + idle)
    assert budget.idle(later)
    for _ in range(3):
        assert budget.wait(later) == timedelta(0)
        budget.take(later)
    assert budget.wait(later) == SECOND


def test_after_slack_closed_a_budget_calls_trickle() -> None:
    budget = Budget(SECOND, 3)

    budget.close(NOW, SECOND * 10)

    assert budget.wait(NOW) == budget.closed(NOW) == SECOND * 10
    opened = NOW + SECOND * 10
    assert budget.wait(opened) == timedelta(0)
    budget.take(opened)
    assert budget.wait(opened) == SECOND, "no burst right after a 429"


def test_a_shorter_pause_does_not_shorten_a_longer_one() -> None:
    budget = Budget(SECOND, 1)
    budget.close(NOW, SECOND * 10)

    budget.close(NOW, SECOND)

    assert budget.closed(NOW) == SECOND * 10


class Interrupted(VirtualClock):
    """A clock during whose sleep something happens."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile = lambda: None

    async def sleep(self, duration: timedelta) -> None:
        """Let it happen first."""
        self.meanwhile()
        await super().sleep(duration)


async def test_a_call_that_waits_hears_of_a_429_that_comes_meanwhile() -> None:
    clock = Interrupted()
    budgets = Budgets(clock=clock, patience=SECOND * 5)
    for _ in range(3):
        await budgets.admit("chat.postMessage", "C1")
    clock.meanwhile = lambda: budgets.close("chat.postMessage", "C1", SECOND * 30)

    with pytest.raises(SlackUnavailable) as caught:
        await budgets.admit("chat.postMessage", "C1")

    assert caught.value.retry_after == SECOND * 29, "one second has passed already"


async def test_a_name_learned_while_its_channel_is_closed_stays_closed() -> None:
    budgets = Budgets(clock=VirtualClock(), patience=timedelta(0))
    budgets.close("chat.postMessage", "#deploys", SECOND * 30)

    budgets.same_channel("#deploys", "C0DEPLOYS")

    with pytest.raises(SlackUnavailable):
        await budgets.admit("chat.postMessage", "C0DEPLOYS")


async def test_budgets_of_idle_channels_are_forgotten_and_busy_ones_kept() -> None:
    clock = VirtualClock()
    budgets = Budgets(clock=clock, patience=timedelta(0))
    budgets.close("chat.postMessage", "C-busy", timedelta(hours=1))
    for number in range(MAX_CHANNELS - 1):
        await budgets.admit("chat.postMessage", f"C{number}")
    clock.move(SECOND * 10)

    await budgets.admit("chat.postMessage", "C-new")

    assert len(budgets._channels) == 2
    with pytest.raises(SlackUnavailable):
        await budgets.admit("chat.postMessage", "C-busy")
