"""Remembered answers: asked for once, forgotten in time, never served stale."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from fakes import VirtualClock

from adapters.slack.fresh import Fresh, Latest
from bot.domain.errors import SlackUnavailable

MINUTE = timedelta(minutes=1)


class Source:
    """Counts questions and answers them once it is told to."""

    def __init__(self, clock: VirtualClock, *, size: int = 10) -> None:
        self.asked: Counter[str] = Counter()
        self.gate = asyncio.Event()
        self.gate.set()
        self.asking = asyncio.Event()
        self.error: Exception | None = None
        self.fresh = Fresh(self._load, clock=clock, ttl=MINUTE, size=size)

    async def _load(self, key: str) -> str:
        self.asked[key] += 1
        number = self.asked[key]
        self.asking.set()
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return f"{key}{number}"

    async def crowd(self, people: int, key: str = "a") -> list[asyncio.Task[str]]:
        """So many ask at once, and wait."""
        self.gate.clear()
        self.asking.clear()
        tasks = [asyncio.ensure_future(self.fresh.get(key)) for _ in range(people)]
        await asyncio.wait_for(self.asking.wait(), 20)
        return tasks


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands still."""
    return VirtualClock()


@pytest.fixture
def source(clock: VirtualClock) -> Source:
    """A source that answers at once."""
    return Source(clock)


async def test_an_answer_is_remembered_until_its_time_is_up(
    source: Source, clock: VirtualClock
) -> None:
    assert await source.fresh.get("a") == "a1"
    clock.move(MINUTE - timedelta(microseconds=1))
    assert await source.fresh.get("a") == "a1"
    clock.move(timedelta(microseconds=1))
    assert await source.fresh.get("a") == "a2"


async def test_an_answer_s_age_counts_from_the_question(
    source: Source, clock: VirtualClock
) -> None:
    tasks = await source.crowd(1)
    clock.move(MINUTE)
    source.gate.set()

    assert await tasks[0] == "a1"
    assert await source.fresh.get("a") == "a2"


async def test_many_who_ask_at_once_share_one_request(source: Source) -> None:
    tasks = await source.crowd(50)
    source.gate.set()

    assert set(await asyncio.gather(*tasks)) == {"a1"}
    assert source.asked == {"a": 1}


async def test_many_who_ask_at_once_share_one_failure_and_the_next_asks_anew(
    source: Source,
) -> None:
    tasks = await source.crowd(5)
    source.error = SlackUnavailable("away")
    source.gate.set()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert all(isinstance(outcome, SlackUnavailable) for outcome in outcomes)
    assert source.asked == {"a": 1}
    source.error = None
    assert await source.fresh.get("a") == "a2"


async def test_nothing_old_is_served_when_asking_anew_fails(
    source: Source, clock: VirtualClock
) -> None:
    await source.fresh.get("a")
    clock.move(MINUTE)
    source.error = SlackUnavailable("away")

    with pytest.raises(SlackUnavailable):
        await source.fresh.get("a")


async def test_when_the_one_who_asked_goes_away_another_asks_in_their_place(
    source: Source,
) -> None:
    tasks = await source.crowd(3)
    source.asking.clear()

    tasks[0].cancel()
    await asyncio.wait_for(source.asking.wait(), 20)
    source.gate.set()

    assert await asyncio.gather(*tasks[1:]) == ["a2", "a2"]
    assert tasks[0].cancelled()
    assert source.asked == {"a": 2}


async def test_an_unforeseen_error_reaches_whoever_asks(source: Source) -> None:
    source.error = RuntimeError("a mistake")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="a mistake"):
            await source.fresh.get("a")


async def test_only_so_many_are_kept_and_the_oldest_makes_room(clock: VirtualClock) -> None:
    source = Source(clock, size=2)
    for key in "abc":
        await source.fresh.get(key)

    await source.fresh.get("b")
    await source.fresh.get("c")
    assert source.asked == {"a": 1, "b": 1, "c": 1}
    await source.fresh.get("a")
    assert source.asked["a"] == 2


async def test_a_value_loaded_anew_is_the_newest_again(clock: VirtualClock) -> None:
    source = Source(clock, size=3)
    await source.fresh.get("a")
    clock.move(MINUTE / 2)
    await source.fresh.get("b")
    clock.move(MINUTE / 2)
    await source.fresh.get("a")

    await source.fresh.get("c")
    await source.fresh.get("d")

    await source.fresh.get("a")
    assert source.asked["a"] == 2, "b was loaded longer ago and made room"


def test_what_was_noted_longest_ago_makes_room() -> None:
    known: Latest[str, int] = Latest(2)
    for number, key in enumerate(("a", "b", "a", "c")):
        known.note(key, number)

    assert [known.get(key) for key in ("a", "b", "c")] == [2, None, 3]
