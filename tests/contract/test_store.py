"""What a store promises, on every server that Signalbox runs on."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import samples
import servers
from changes import created, entry, everything, written
from ledgers import record

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.outbox import RedisOutbox
from adapters.redis.properties import inspect, require_durable
from adapters.redis.store import RedisStore
from bot.domain.audit import AuditEntry
from bot.domain.deploy import Deploy
from bot.domain.errors import ConcurrentUpdate, NotFound, Outcome, StoreUnavailable
from bot.domain.history import Ending
from bot.domain.lane import Lane
from bot.domain.restrictions import Freeze, Restrictions
from bot.domain.roster import Roster
from bot.domain.states import State
from bot.ports import Change, Document, Stored, review_item

FREEZE = Freeze(
    environment="production", by=samples.SAM, reason="Holidays.", since=samples.NOW, until=None
)

# ── Documents ────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_stored_is_loaded_with_its_version(store: RedisStore) -> None:
    """A deploy comes back as it was, at version 1, then 2."""
    deploy = samples.deploy(State.AWAITING_APPROVAL)
    assert await store.commit(created(deploy)) is None
    stored = await store.deploy(deploy.id)
    assert stored == Stored(value=deploy, version=1)
    later = deploy.model_copy(update={"state": State.EXPIRED, "due": None})
    await store.commit(Change(writes=(Stored(value=later, version=1),)))
    assert await store.deploy(deploy.id) == Stored(value=later, version=2)


async def test_what_is_not_there_is_said(store: RedisStore) -> None:
    """A document of a deploy that does not exist is an error; what nobody ever used is empty."""
    with pytest.raises(NotFound, match="There is no deploy D-NONE0"):
        await store.deploy("D-NONE0")
    with pytest.raises(NotFound, match="D-NONE0 has no checklist"):
        await store.checklist("D-NONE0", 0)
    with pytest.raises(NotFound, match="D-NONE0 has nothing to review"):
        await store.review("D-NONE0")
    assert await store.lane("api/production") == Stored(
        value=Lane(target="api/production"), version=0
    )
    assert await store.restrictions() == Stored(value=Restrictions(), version=0)
    assert await store.roster("sre") == Stored(value=Roster(group="sre"), version=0)
    assert await store.ledger("api/production", 9) == ()
    assert await store.last_completed(["api/production"]) == {}


async def test_each_plan_has_a_checklist_of_its_own(store: RedisStore) -> None:
    """The answers to the one before stay with it."""
    first = samples.checklist(ticked=("plan",))
    second = samples.checklist(edition=1)
    await store.commit(written(first, second))
    assert (await store.checklist("D-7F3K2", 0)).value == first
    assert (await store.checklist("D-7F3K2", 1)).value == second
    with pytest.raises(NotFound):
        await store.checklist("D-7F3K2", 2)


DOCUMENTS: tuple[Document, ...] = (
    samples.deploy(State.COMPLETED, due=None),
    Lane(target="api/production", queue=("D-7F3K2",)),
    Restrictions(freezes=(FREEZE,)),
    samples.checklist(),
    samples.review(),
    Roster(group="sre", usergroup="S0SRE0001", people=frozenset({samples.SAM})),
)


@pytest.mark.parametrize("stale", range(len(DOCUMENTS)))
async def test_a_conflict_in_any_document_writes_nothing_at_all(
    store: RedisStore, connections: Connections, stale: int
) -> None:
    """Neither the others, nor timer, message, audit entry, record, newest deploy or once key."""
    await store.commit(written(*DOCUMENTS))
    before = await everything(connections)
    versions = [1] * len(DOCUMENTS)
    versions[stale] = 0
    change = Change(
        writes=tuple(
            Stored(value=each, version=version)
            for each, version in zip(DOCUMENTS, versions, strict=True)
        ),
        wake={"D-7F3K2": samples.NOW, review_item("D-7F3K2"): None},
        entries=(entry(1),),
        audit=(AuditEntry(at=samples.NOW, actor="x", action="y", subject="z"),),
        records=(record("A", 1),),
        once=("k", "result"),
    )
    with pytest.raises(ConcurrentUpdate, match="was changed meanwhile"):
        await store.commit(change)
    assert await everything(connections) == before


async def test_all_of_a_change_is_written_together(
    store: RedisStore, connections: Connections
) -> None:
    """Every document, and all that goes with them."""
    change = Change(
        writes=written(*DOCUMENTS).writes,
        wake={review_item("D-7F3K2"): samples.NOW},
        entries=(entry(1),),
        audit=(AuditEntry(at=samples.NOW, actor="x", action="y", subject="z"),),
        records=(record("A", 1),),
        once=("k", "result"),
    )
    assert await store.commit(change) is None
    deploy, lane, restrictions, checklist, review, roster = DOCUMENTS
    assert await store.deploy("D-7F3K2") == Stored(value=deploy, version=1)
    assert await store.lane("api/production") == Stored(value=lane, version=1)
    assert await store.restrictions() == Stored(value=restrictions, version=1)
    assert await store.checklist("D-7F3K2", 0) == Stored(value=checklist, version=1)
    assert await store.review("D-7F3K2") == Stored(value=review, version=1)
    assert await store.roster("sre") == Stored(value=roster, version=1)
    assert await store.ledger("api/staging", 9) == (record("A", 1),)
    assert await store.audit_of(samples.NOW.date()) == list(change.audit)
    assert await connections.commands.zscore(keys.DUE, review_item("D-7F3K2"))


async def test_what_it_was_decided_on_has_to_be_as_it_was(
    store: RedisStore, connections: Connections
) -> None:
    """A document that is not written, there or not, guards the change; it stays as it is."""
    lane, frozen = Lane(target="api/production"), Restrictions(freezes=(FREEZE,))
    known = Stored(value=Restrictions(), version=0)
    first = Change(writes=(Stored(value=lane, version=0),), unchanged=(known,))
    assert await store.commit(first) is None
    assert await store.restrictions() == known
    await store.commit(written(frozen))
    before = await everything(connections)
    again = Change(writes=(Stored(value=lane, version=1),), unchanged=(known,), entries=(entry(1),))
    with pytest.raises(ConcurrentUpdate, match="restrictions was changed meanwhile"):
        await store.commit(again)
    assert await everything(connections) == before
    await store.commit(replace(again, unchanged=(await store.restrictions(),)))
    assert await store.restrictions() == Stored(value=frozen, version=1)
    assert (await store.lane("api/production")).version == 2


async def test_of_fifty_writers_on_one_document_one_wins(store: RedisStore) -> None:
    """The others are told."""
    deploy = samples.deploy()
    await store.commit(created(deploy))

    async def write(number: int) -> bool:
        changed = deploy.model_copy(update={"step": number})
        try:
            await store.commit(Change(writes=(Stored(value=changed, version=1),)))
        except ConcurrentUpdate:
            return False
        return True

    won = await asyncio.gather(*(write(number) for number in range(50)))
    assert won.count(True) == 1
    assert (await store.deploy(deploy.id)).value.step == won.index(True)


async def test_once_happens_once_and_tells_the_first_result(store: RedisStore) -> None:
    """Also when the repetition would conflict by now, and from fifty at the same time."""
    deploys = [samples.deploy(id=f"D-{number:05d}") for number in range(50)]
    results = await asyncio.gather(
        *(store.commit(created(deploy, once=("key", deploy.id))) for deploy in deploys)
    )
    assert results.count(None) == 1
    winner = deploys[results.index(None)].id
    assert set(results) == {None, winner}
    stale = Change(writes=(Stored(value=deploys[0], version=99),), once=("key", "other"))
    assert await store.commit(stale) == winner


# ── Ledger ───────────────────────────────────────────────────────────────────────────────────────


async def test_the_ledger_of_a_target_has_the_newest_first(store: RedisStore) -> None:
    """In the order of the changes that wrote them; each target has its own."""
    lines = [record(letter, minute) for minute, letter in enumerate("ABC")]
    other = record("D", 9, target="auth/staging")
    for line in (*lines, other):
        await store.commit(Change(writes=(), records=(line,)))
    assert await store.ledger("api/staging", 9) == tuple(reversed(lines))
    assert await store.ledger("api/staging", 2) == (lines[2], lines[1])
    assert await store.ledger("auth/staging", 9) == (other,)


async def test_the_ledger_keeps_the_newest_thousand(
    store: RedisStore, connections: Connections
) -> None:
    """It is read at each rollback, and it does not grow for ever."""
    old = [record("A", minute) for minute in range(keys.RECORDS_KEPT + 5)]
    for start in range(0, len(old), 100):
        await store.commit(Change(writes=(), records=tuple(old[start : start + 100])))
    assert await connections.commands.llen(keys.ledger("api/staging")) == keys.RECORDS_KEPT
    found = await store.ledger("api/staging", 2 * keys.RECORDS_KEPT)
    assert (found[0], found[-1]) == (old[-1], old[5])


async def test_a_line_of_a_newer_release_is_left_alone(
    store: RedisStore, connections: Connections
) -> None:
    """Half a ledger could send a rollback to the wrong version, so it is an error in words."""
    await store.commit(Change(writes=(), records=(record("A", 1),)))
    await connections.commands.lpush(keys.ledger("api/staging"), '{"hologram": true}')
    with pytest.raises(StoreUnavailable, match="ledger of api/staging is stored in a form"):
        await store.ledger("api/staging", 9)
    assert await connections.commands.llen(keys.ledger("api/staging")) == 2


def landing(deploy: Deploy, ending: Ending = Ending.COMPLETED, *, version: int = 0) -> Change:
    """The change that ends a deploy, with its line in the ledger."""
    line = record("A", 1, deploy=deploy.id, target=deploy.target, ending=ending)
    return Change(writes=(Stored(value=deploy, version=version),), records=(line,))


async def test_the_newest_deploy_that_landed_is_remembered(store: RedisStore) -> None:
    """What failed, or was undone, is not."""
    done = samples.deploy(State.COMPLETED, due=None)
    await store.commit(landing(done))
    failed = samples.deploy(State.FAILED_SAFE, id="D-LATER", due=None)
    await store.commit(landing(failed, Ending.FAILED))
    undone = samples.deploy(State.ROLLED_BACK, id="D-UNDONE", due=None)
    await store.commit(landing(undone, Ending.ROLLED_BACK))
    found = await store.last_completed(["api/production", "api/staging"])
    assert found == {"api/production": done}
    assert await store.last_completed([]) == {}


async def test_an_older_deploy_that_is_over_later_is_not_the_newest(store: RedisStore) -> None:
    """Its old version was kept for a while, and meanwhile another deploy landed."""
    older = samples.deploy(State.RETAINING, id="D-OLDER")
    newer = samples.deploy(State.COMPLETED, id="D-NEWER", due=None)
    await store.commit(landing(older))
    await store.commit(landing(newer))
    over = older.model_copy(update={"state": State.COMPLETED, "due": None})
    await store.commit(written(over, version=1))
    assert await store.last_completed([older.target]) == {older.target: newer}


# ── Newer releases ───────────────────────────────────────────────────────────────────────────────

NEWER = json.dumps({"hologram": True})


@pytest.mark.parametrize(
    "key",
    [
        keys.deploy("D-7F3K2"),
        keys.lane("api/production"),
        keys.RESTRICTIONS,
        keys.checklist("D-7F3K2.0"),
        keys.review("D-7F3K2"),
    ],
)
async def test_a_document_of_a_newer_release_is_left_alone(
    store: RedisStore, connections: Connections, key: str
) -> None:
    """It is an error in words, and stays as it is."""
    await connections.commands.hset(key, mapping={"v": 3, "doc": NEWER})
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        keys.deploy("D-7F3K2"): lambda: store.deploy("D-7F3K2"),
        keys.lane("api/production"): lambda: store.lane("api/production"),
        keys.RESTRICTIONS: store.restrictions,
        keys.checklist("D-7F3K2.0"): lambda: store.checklist("D-7F3K2", 0),
        keys.review("D-7F3K2"): lambda: store.review("D-7F3K2"),
    }
    with pytest.raises(StoreUnavailable, match=r"this release cannot read \(.*hologram"):
        await reads[key]()
    assert await connections.commands.hgetall(key) == {"v": "3", "doc": NEWER}


# ── Audit ────────────────────────────────────────────────────────────────────────────────────────


async def test_the_audit_log_keeps_the_order(store: RedisStore) -> None:
    """Entries of commits and of refusals, by day."""
    lines = [
        AuditEntry(at=samples.NOW, actor=f"U{n}", action="Refused", subject="x") for n in range(3)
    ]
    await store.commit(created(audit=tuple(lines[:2])))
    await store.audit(lines[2])
    assert await store.audit_of(samples.NOW.date()) == lines
    assert await store.audit_of(samples.NOW.date() - timedelta(days=1)) == []


# ── Servers ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_fit_server_is_accepted(connections: Connections) -> None:
    """Everything is in order, in words."""
    findings = await require_durable(connections, allow_volatile=False)
    assert [finding.ok for finding in findings] == [True, True, True]


@pytest.mark.parametrize(
    ("options", "fix"),
    [
        (("--maxmemory-policy", "allkeys-lru"), "noeviction"),
        (("--appendonly", "no"), "appendonly yes"),
    ],
)
async def test_a_server_that_forgets_is_refused(
    tmp_path: Path, options: tuple[str, ...], fix: str
) -> None:
    """With the fix, unless told to put up with it."""
    with servers.redis_server(servers.debian_redis(), tmp_path, *options) as server:
        connections = Connections(server.url)
        with pytest.raises(StoreUnavailable, match=fix):
            await require_durable(connections, allow_volatile=False)
        findings = await require_durable(connections, allow_volatile=True)
        assert [finding.ok for finding in findings].count(False) == 1
        await connections.aclose()


async def test_a_server_that_is_away_is_said_at_once_and_nothing_was_done() -> None:
    """A refused connection leaves no doubt."""
    connections = Connections(f"redis://127.0.0.1:{servers.free_port()}/0")
    with pytest.raises(StoreUnavailable) as error:
        await RedisStore(connections).commit(created())
    assert error.value.outcome is Outcome.NOT_DONE
    with pytest.raises(StoreUnavailable):
        await inspect(connections)
    await connections.aclose()


async def test_a_server_that_is_killed_and_comes_back_has_everything(tmp_path: Path) -> None:
    """Nothing that was acknowledged is lost, and the same connections go on."""
    folder = tmp_path / "redis"
    folder.mkdir()
    server = servers.RedisServer(servers.debian_redis(), folder, "--appendfsync", "always")
    server.start()
    connections = Connections(server.url)
    store = RedisStore(connections)
    deploy = samples.deploy()
    await store.commit(created(deploy))
    server.kill()
    with pytest.raises(StoreUnavailable):
        await store.deploy(deploy.id)
    server.start()
    try:
        assert (await store.deploy(deploy.id)).value == deploy
    finally:
        await connections.aclose()
        server.give_up()


async def test_a_transition_is_one_round_trip_and_so_is_a_list(
    store: RedisStore, outbox: RedisOutbox, connections: Connections
) -> None:
    """Counted as commands on the server, leaving out what a script calls inside it."""
    # Each script is known to the server by now.
    await store.commit(created(entries=(entry(0),)))
    await outbox.settle("#deploys", (await outbox.read("#deploys", 10)).entries)

    async def sent() -> int:
        stats = await connections.commands.info("commandstats")
        inside = {
            f"cmdstat_{name}"
            for name in (
                *("get", "set", "hget", "hset", "hmget", "hgetall", "hdel", "time", "llen"),
                *("zadd", "zrem", "zscore", "rpush", "ltrim", "lrange", "lrem", "xadd", "del"),
                *("persist", "expire", "pttl"),
            )
        }
        own = {"cmdstat_info", "cmdstat_config|resetstat"}
        return sum(stats[name]["calls"] for name in stats if name not in inside | own)

    await connections.commands.config_resetstat()
    await store.commit(created(samples.deploy(id="D-OTHER"), entries=(entry(1), entry(2))))
    assert await sent() == 1
    assert len((await outbox.read("#deploys", 10)).entries) == 2
    assert await sent() == 3  # the entries, and the places of their messages
    await outbox.settle("#deploys", (entry(1), entry(2)))
    assert await sent() == 4
    await connections.commands.config_resetstat()
    await store.last_completed(["api/production", "api/staging"])
    stats = await connections.commands.info("commandstats")
    assert stats["cmdstat_hmget"]["calls"] == 1
