"""What is sent to the HTTP API once more, or in odd bytes: nothing twice, and nothing lost."""

import json
from collections.abc import AsyncIterator

import pytest
from api_caller import TOKEN, WISH, Caller, calling, serving

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.store import RedisStore
from bot.domain.errors import Outcome, StoreUnavailable
from bot.domain.incidents.timeline import LineKind
from bot.ports import Change

OTHER = {**WISH, "title": "Database is down", "service": "auth"}
BEARER = b"Authorization: Bearer " + TOKEN.encode()


@pytest.fixture
async def caller(memory: Connections) -> AsyncIterator[Caller]:
    """A server with the API on real use cases."""
    async with calling(memory) as built:
        yield built


async def refs(caller: Caller) -> set[str]:
    """All open incidents."""
    return {each.ref for each in await caller.bench.incidents.open()}


# ── The same key ─────────────────────────────────────────────────────────────────────────────────


async def test_a_repetition_is_answered_with_what_there_is(caller: Caller) -> None:
    first = await caller.post("", WISH, key="alert-7")
    again = await caller.post("", WISH, key="alert-7")
    assert (first[0], again[0]) == (201, 200)
    assert again[1]["ref"] == first[1]["ref"]
    assert await refs(caller) == {first[1]["ref"]}


async def test_keys_that_begin_alike_are_different_keys(caller: Caller) -> None:
    begin = "alertmanager/" + "x" * 2000
    one = await caller.post("", WISH, key=f"{begin}/checkout")
    other = await caller.post("", OTHER, key=f"{begin}/database")
    assert (one[0], other[0]) == (201, 201)
    assert await refs(caller) == {one[1]["ref"], other[1]["ref"]}


async def test_a_key_is_not_taken_for_another_body(caller: Caller) -> None:
    """What it says stays unsaid otherwise, and whoever sent it would believe that it was heard."""
    first = await caller.post("", WISH, key="alert-7")
    status, said = await caller.post("", OTHER, key="alert-7")
    assert status == 422
    assert "alert-7" in said["hint"]
    assert await refs(caller) == {first[1]["ref"]}
    assert (await caller.post("", OTHER, key="alert-8"))[0] == 201


async def test_the_same_in_another_order_is_the_same(caller: Caller) -> None:
    first = await caller.post("", WISH, key="alert-7")
    again = await caller.post("", dict(reversed(WISH.items())), key="alert-7")
    assert (again[0], again[1]["ref"]) == (200, first[1]["ref"])


async def test_an_alert_with_the_key_of_another_one_is_not_taken_for_it(caller: Caller) -> None:
    """Also where it is a line of an incident that is open."""
    wish = {**WISH, "dedup_key": "checkout"}
    _, first = await caller.post("", wish)
    assert (await caller.post("", {**wish, "title": "Again"}, key="a"))[0] == 200
    assert (await caller.post("", {**wish, "title": "Again"}, key="a"))[0] == 200
    assert (await caller.post("", {**wish, "title": "And again"}, key="a"))[0] == 422
    lines = await caller.bench.lines(await caller.bench.now(first["ref"]))
    assert [line.text for line in lines if line.kind is LineKind.ALERT] == ["Again"]


async def test_a_note_is_taken_once_and_another_one_refused(caller: Caller) -> None:
    ref = (await caller.post("", WISH))[1]["ref"]
    for text, status in (("Full.", 201), ("Full.", 201), ("Empty.", 422)):
        assert (await caller.post(f"/{ref}/notes", {"text": text}, key="n"))[0] == status
    lines = await caller.bench.lines(await caller.bench.now(ref))
    assert [line.text for line in lines if line.kind is LineKind.NOTE] == ["Full."]


async def test_what_was_asked_for_is_kept_as_long_as_the_key(
    caller: Caller, memory: Connections
) -> None:
    """And for nobody who sends no key."""
    await caller.post("", WISH)
    assert await memory.commands.keys(keys.asked("*")) == []
    await caller.post("", WISH, key="alert-7")
    (asked,) = await memory.commands.keys(keys.asked("*"))
    once = keys.once(asked.removeprefix(keys.asked("")))
    assert await memory.commands.ttl(asked) == await memory.commands.ttl(once) > 86_000


async def test_a_key_of_before_bodies_were_told_apart_is_still_known(
    caller: Caller, memory: Connections
) -> None:
    first = await caller.post("", WISH, key="alert-7")
    await memory.commands.delete(*await memory.commands.keys(keys.asked("*")))
    again = await caller.post("", OTHER, key="alert-7")
    assert (again[0], again[1]["ref"]) == (200, first[1]["ref"])


# ── Odd bytes ────────────────────────────────────────────────────────────────────────────────────


async def test_a_key_may_have_any_bytes(caller: Caller) -> None:
    key, body = b"Idempotency-Key: caf\xe9", json.dumps(WISH).encode()
    first = await caller.declare_raw(body, BEARER, key)
    again = await caller.declare_raw(body, BEARER, key)
    assert (first[0], again[0]) == (201, 200)
    assert (await caller.declare_raw(body, BEARER, b"Idempotency-Key: caf\xea"))[0] == 201
    other = await caller.declare_raw(json.dumps(OTHER).encode(), BEARER, key)
    assert other[0] == 422
    assert "caf\ufffd" in other[1]["hint"]


async def test_a_token_of_odd_bytes_is_a_wrong_one(caller: Caller) -> None:
    assert (await caller.declare_raw(b"{}", b"Authorization: Bearer \xff\xfe"))[0] == 401


@pytest.mark.parametrize("charset", [b"bogus", b"utf-16", b"ascii", b"hex"])
async def test_a_body_in_an_encoding_that_it_is_not_in_is_refused(
    caller: Caller, charset: bytes
) -> None:
    body = json.dumps({**WISH, "title": "結帳"}, ensure_ascii=False).encode()
    kind = b"Content-Type: application/json; charset=" + charset
    status, said = await caller.declare_raw(body, BEARER, kind)
    assert (status, said["error"]) == (400, "The body is not JSON.")


@pytest.mark.parametrize("occurred", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
async def test_a_moment_beyond_the_calendar_is_refused_or_taken(
    caller: Caller, occurred: str
) -> None:
    assert (await caller.post("", {**WISH, "occurred": occurred}))[0] in {201, 400}


# ── Redis is away ────────────────────────────────────────────────────────────────────────────────


class Torn(RedisStore):
    """A store whose next answer is lost: before anything is written, or (`written`) after it."""

    written: bool | None = None

    async def commit(self, change: Change) -> str | None:
        """Write, unless the connection breaks."""
        written, self.written = self.written, None
        if written is None:
            return await super().commit(change)
        if written:
            await super().commit(change)
        outcome = Outcome.UNKNOWN if written else Outcome.NOT_DONE
        raise StoreUnavailable("Redis cannot be reached.", outcome=outcome)


@pytest.mark.parametrize("written", [False, True])
async def test_it_is_said_whether_it_may_have_been_done(
    caller: Caller, memory: Connections, written: bool
) -> None:
    store = Torn(memory)
    caller.bench.store = store
    caller.bench.again()
    async with serving(caller.bench) as torn:
        store.written = written
        status, said = await torn.post("", WISH, key="alert-7")
        assert (status, said["outcome"]) == (503, "unknown" if written else "not done")
        assert ("Idempotency-Key" in said["hint"]) is written
        again = await torn.post("", WISH, key="alert-7")
    assert again[0] == (200 if written else 201)
    assert await refs(caller) == {again[1]["ref"]}
