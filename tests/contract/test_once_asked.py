"""The contract of a key under which one thing happens: another thing is no repetition of it."""

import asyncio

import pytest

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.store import RedisStore
from bot.domain.errors import KeyReused
from bot.ports import Change


def change(asked: str = "", result: str = "first") -> Change:
    """Something that is asked for, under one key."""
    return Change(writes=(), once=("key", result), asked=asked)


async def test_something_else_under_the_same_key_is_refused(store: RedisStore) -> None:
    """And does not take the place of the first."""
    assert await store.commit(change("a")) is None
    with pytest.raises(KeyReused):
        await store.commit(change("b", "second"))
    assert await store.commit(change("a", "third")) == "first"


async def test_what_has_no_fingerprint_is_a_repetition_of_anything(store: RedisStore) -> None:
    """As everything was before there were any, and what people click is."""
    assert await store.commit(change("a")) is None
    assert await store.commit(change(result="second")) == "first"


async def test_anything_is_a_repetition_of_what_has_no_fingerprint(
    store: RedisStore, connections: Connections
) -> None:
    """Which leaves none behind, either."""
    assert await store.commit(change()) is None
    assert await store.commit(change("a", "second")) == "first"
    assert await connections.commands.exists(keys.asked("key")) == 0


async def test_of_fifty_things_at_once_one_happens(store: RedisStore) -> None:
    """All others hear that they are not it."""
    asked = [change(f"asked {number}") for number in range(50)]
    done = await asyncio.gather(*map(store.commit, asked), return_exceptions=True)
    assert done.count(None) == 1
    assert sum(isinstance(each, KeyReused) for each in done) == len(asked) - 1
