"""What a store, an agenda and an outbox promise, on every server that Signalbox runs on."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import samples
import servers

from adapters.redis import keys
from adapters.redis.agenda import RedisAgenda
from adapters.redis.clients import PATIENCE
from adapters.redis.connection import Connections
from adapters.redis.outbox import RedisOutbox
from adapters.redis.properties import inspect, require_durable
from adapters.redis.store import RedisStore
from bot.domain.audit import AuditEntry
from bot.domain.deploy import Deploy, State
from bot.domain.errors import ConcurrentUpdate, NotFound, Outcome, StoreUnavailable
from bot.domain.lane import Lane
from bot.domain.message import DeployCard, Entry, MessageRef
from bot.ports import Change, Stored

LEASE = timedelta(seconds=30)
SOON = timedelta(milliseconds=200)


@pytest.fixture
async def connections(any_server: servers.RedisServer) -> AsyncIterator[Connections]:
    """An empty server."""
    connections = Connections(any_server.url)
    await connections.commands.flushall()
    yield connections
    await connections.aclose()


@pytest.fixture
def store(connections: Connections) -> RedisStore:
    """The store under test."""
    return RedisStore(connections)


@pytest.fixture
def agenda(connections: Connections) -> RedisAgenda:
    """The agenda of deploys."""
    return RedisAgenda(connections, due=keys.DUE, nudge=keys.DUE_NUDGE)


@pytest.fixture
def outbox(connections: Connections) -> RedisOutbox:
    """The outbox."""
    return RedisOutbox(connections)


def entry(number: int, channel: str = "#deploys") -> Entry:
    """A message on its way."""
    return Entry(id=f"e{number}", channel=channel, message=DeployCard(deploy="D-7F3K2"))


def created(deploy: Deploy | None = None, **more: object) -> Change:
    """The change that stores a new deploy."""
    fresh = deploy or samples.deploy()
    fields: dict[str, object] = {"wake": {fresh.id: fresh.due}, **more}
    return Change(writes=(Stored(value=fresh, version=0),), **fields)  # type: ignore[arg-type]


async def everything(connections: Connections) -> dict[str, object]:
    """All that is in the server, by key."""
    found: dict[str, object] = {}
    for key in await connections.commands.keys("*"):
        kind = await connections.commands.type(key)
        read = {
            "hash": connections.commands.hgetall,
            "zset": lambda k: connections.commands.zrange(k, 0, -1, withscores=True),
            "list": lambda k: connections.commands.lrange(k, 0, -1),
            "stream": connections.commands.xrange,
            "set": connections.commands.smembers,
            "string": connections.commands.get,
        }[kind]
        found[key] = await read(key)
    return found


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
    """A deploy that does not exist is an error, an unused lane is an empty one."""
    with pytest.raises(NotFound):
        await store.deploy("D-NONE0")
    assert await store.lane("api/production") == Stored(
        value=Lane(target="api/production"), version=0
    )


async def test_a_conflict_writes_nothing_at_all(
    store: RedisStore, connections: Connections
) -> None:
    """Neither the other document, nor timer, message, audit entry or once key."""
    deploy = samples.deploy()
    await store.commit(created(deploy))
    before = await everything(connections)
    moved = deploy.model_copy(update={"version": "v9"})
    change = Change(
        writes=(
            Stored(value=Lane(target="api/production", queue=(deploy.id,)), version=0),
            Stored(value=moved, version=7),
        ),
        wake={deploy.id: None},
        entries=(entry(1),),
        audit=(AuditEntry(at=samples.NOW, actor="x", action="y", subject="z"),),
        once=("k", "result"),
    )
    with pytest.raises(ConcurrentUpdate):
        await store.commit(change)
    assert await everything(connections) == before


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


async def test_what_happened_once_is_forgotten_after_a_day_and_nothing_else_is(
    store: RedisStore, connections: Connections
) -> None:
    """State has no time to live."""
    await store.commit(created(once=("key", "result"), entries=(entry(1),)))
    lives = {key: await connections.commands.ttl(key) for key in await everything(connections)}
    kept = lives.pop(keys.once("key"))
    assert 86_000 < kept <= 86_400
    assert set(lives.values()) == {-1}


async def test_the_newest_completed_deploy_of_a_target_is_remembered(store: RedisStore) -> None:
    """Only those that completed count."""
    done = samples.deploy(State.COMPLETED, due=None)
    await store.commit(created(done))
    await store.commit(created(samples.deploy(State.FAILED_SAFE, id="D-LATER", due=None)))
    found = await store.last_completed(["api/production", "api/staging"])
    assert found == {"api/production": done}
    assert await store.last_completed([]) == {}


async def test_a_document_of_a_newer_release_is_left_alone(
    store: RedisStore, connections: Connections
) -> None:
    """It is an error in words, and stays as it is."""
    newer = json.dumps({"id": "D-NEWER", "hologram": True})
    await connections.commands.hset(keys.deploy("D-NEWER"), mapping={"v": 3, "doc": newer})
    with pytest.raises(StoreUnavailable, match="this release cannot read"):
        await store.deploy("D-NEWER")
    assert await connections.commands.hget(keys.deploy("D-NEWER"), "doc") == newer


async def test_the_audit_log_keeps_the_order(store: RedisStore) -> None:
    """Entries of commits and of refusals, by day."""
    lines = [
        AuditEntry(at=samples.NOW, actor=f"U{n}", action="Refused", subject="x") for n in range(3)
    ]
    await store.commit(created(audit=tuple(lines[:2])))
    await store.audit(lines[2])
    assert await store.audit_of(samples.NOW.date()) == lines
    assert await store.audit_of(samples.NOW.date() - timedelta(days=1)) == []


def test_all_keys_of_a_script_are_in_one_slot() -> None:
    """Otherwise a cluster would refuse them."""
    names = [
        *(keys.DUE, keys.DUE_NUDGE, keys.OUTBOX_DUE, keys.OUTBOX_NUDGE, keys.OPEN, keys.LAST),
        *(keys.INTENTS, keys.CARDS, keys.DEAD, keys.deploy("x"), keys.lane("y"), keys.once("z")),
        *(keys.outbox("#c"), keys.audit(samples.NOW.date())),
    ]
    assert all(name.startswith("{signalbox}:") for name in names)
    assert len(set(names)) == len(names)


# ── Agenda ───────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_due_goes_to_one_worker_for_a_lease(
    store: RedisStore, agenda: RedisAgenda, connections: Connections
) -> None:
    """A second worker gets nothing, and is told how long to wait."""
    deploy = samples.deploy()
    await store.commit(created(deploy))
    other = RedisAgenda(connections, due=keys.DUE, nudge=keys.DUE_NUDGE)
    assert (await agenda.claim(10, LEASE)).ids == (deploy.id,)
    second = await other.claim(10, LEASE)
    assert second.ids == ()
    assert second.next_in is not None
    assert timedelta(0) < second.next_in <= LEASE


async def test_an_empty_agenda_has_no_next_time(agenda: RedisAgenda) -> None:
    """Nothing to wait for."""
    claimed = await agenda.claim(10, LEASE)
    assert (claimed.ids, claimed.next_in) == ((), None)


async def test_what_a_dead_worker_held_comes_back(
    store: RedisStore, agenda: RedisAgenda, connections: Connections
) -> None:
    """After its lease, by itself."""
    await store.commit(created())
    assert (await agenda.claim(1, timedelta(milliseconds=1))).ids
    other = RedisAgenda(connections, due=keys.DUE, nudge=keys.DUE_NUDGE)
    deadline = time.monotonic() + 10
    while not (await other.claim(1, LEASE)).ids:
        assert time.monotonic() < deadline


async def test_the_future_is_not_due(store: RedisStore, agenda: RedisAgenda) -> None:
    """And None removes the timer."""
    deploy = samples.deploy(due=datetime.now(UTC) + timedelta(hours=1))
    await store.commit(created(deploy))
    claimed = await agenda.claim(1, LEASE)
    assert claimed.ids == ()
    assert claimed.next_in is not None
    over = deploy.model_copy(update={"state": State.EXPIRED, "due": None})
    await store.commit(Change(writes=(Stored(value=over, version=1),), wake={deploy.id: None}))
    assert (await agenda.claim(1, LEASE)).next_in is None


async def test_a_new_time_set_meanwhile_is_not_overwritten(
    store: RedisStore, agenda: RedisAgenda
) -> None:
    """A click during a failing step is acted on at once, not after the rest of the failure."""
    deploy = samples.deploy()
    await store.commit(created(deploy))
    await agenda.claim(1, LEASE)
    await store.commit(
        Change(writes=(Stored(value=deploy, version=1),), wake={deploy.id: samples.NOW})
    )
    await agenda.postpone(deploy.id, timedelta(hours=1))
    await agenda.renew(deploy.id, LEASE)
    assert (await agenda.claim(1, LEASE)).ids == (deploy.id,)


async def test_postponing_what_is_gone_does_not_bring_it_back(
    store: RedisStore, agenda: RedisAgenda
) -> None:
    """A finished deploy stays finished."""
    deploy = samples.deploy()
    await store.commit(created(deploy))
    await agenda.claim(1, LEASE)
    await store.commit(Change(writes=(Stored(value=deploy, version=1),), wake={deploy.id: None}))
    await agenda.postpone(deploy.id, timedelta(0))
    assert (await agenda.claim(1, LEASE)).next_in is None


async def test_a_waiting_worker_is_woken_by_what_becomes_due(
    store: RedisStore, agenda: RedisAgenda
) -> None:
    """It does not sit out its time."""
    waiting = asyncio.ensure_future(agenda.wait(timedelta(seconds=4)))
    await store.commit(created())
    await asyncio.wait_for(waiting, 3)
    assert (await agenda.claim(1, LEASE)).ids


async def test_a_renewed_lease_lasts(store: RedisStore, agenda: RedisAgenda) -> None:
    """Work that takes longer than expected is not taken away."""
    await store.commit(created())
    (held,) = (await agenda.claim(1, timedelta(seconds=1))).ids
    await agenda.renew(held, LEASE)
    again = await agenda.claim(1, LEASE)
    assert again.ids == ()
    assert again.next_in is not None
    assert again.next_in > timedelta(seconds=1)


async def test_what_is_given_back_while_its_lease_is_renewed_is_given_back(
    store: RedisStore, agenda: RedisAgenda
) -> None:
    """The renewal does not win over it."""
    await store.commit(created())
    for _ in range(20):
        (held,) = (await agenda.claim(1, LEASE)).ids
        await asyncio.gather(agenda.renew(held, LEASE), agenda.postpone(held, timedelta(0)))


async def test_workers_that_claim_at_the_same_time_share_the_work(
    store: RedisStore, connections: Connections
) -> None:
    """Everything is claimed, and nothing twice."""
    names = [f"D-{number:05d}" for number in range(40)]
    await asyncio.gather(*(store.commit(created(samples.deploy(id=name))) for name in names))
    workers = [RedisAgenda(connections, due=keys.DUE, nudge=keys.DUE_NUDGE) for _ in range(8)]
    claims = await asyncio.gather(*(worker.claim(5, LEASE) for worker in workers))
    assert sorted(item for claim in claims for item in claim.ids) == names


async def test_a_worker_remembers_only_so_many_claims(
    store: RedisStore, agenda: RedisAgenda, connections: Connections
) -> None:
    """A worker that has run for months is no larger than a new one."""
    scores = {f"D-{number:05d}": 1 for number in range(3000)}
    await connections.commands.zadd(keys.DUE, scores)
    for _ in range(3):
        assert len((await agenda.claim(1000, LEASE)).ids) == 1000
    assert len(agenda._held) == 1000
    await store.commit(created(samples.deploy(id="D-WORK")))
    assert (await agenda.claim(1, LEASE)).ids == ("D-WORK",)
    for start in (4000, 4600):  # while it is worked on, many others come and go
        later = {f"D-{number:05d}": 1 for number in range(start, start + 600)}
        await connections.commands.zadd(keys.DUE, later)
        await agenda.claim(600, LEASE)
        await agenda.renew("D-WORK", LEASE)
    await agenda.postpone("D-WORK", timedelta(0))
    assert (await agenda.claim(1, LEASE)).ids == ("D-WORK",)


async def test_nobody_is_woken_for_the_future(store: RedisStore, connections: Connections) -> None:
    """Only for what is due now."""
    later = datetime.now(UTC) + timedelta(hours=1)
    await store.commit(created(samples.deploy(due=later)))
    assert keys.DUE_NUDGE not in await everything(connections)


async def test_nudges_that_nobody_takes_do_not_pile_up(
    store: RedisStore, connections: Connections
) -> None:
    """While all workers are away."""
    deploys = [samples.deploy(id=f"D-{number:05d}") for number in range(40)]
    await asyncio.gather(
        *(store.commit(created(deploy, entries=(entry(1),))) for deploy in deploys)
    )
    for _ in range(40):
        await connections.commands.delete(keys.DUE)
        await store.recover(samples.NOW)
    assert await connections.commands.llen(keys.DUE_NUDGE) == 16
    assert await connections.commands.llen(keys.OUTBOX_NUDGE) == 16


async def test_waiting_ends_by_itself(agenda: RedisAgenda) -> None:
    """Also when it takes longer than an ordinary answer may."""
    async with asyncio.timeout(10):
        await agenda.wait(timedelta(0))
        await agenda.wait(timedelta(seconds=PATIENCE) + SOON)


async def test_an_open_deploy_without_a_timer_is_found_again(
    store: RedisStore, agenda: RedisAgenda, connections: Connections
) -> None:
    """A lost agenda is rebuilt from the documents; finished deploys stay out of it."""
    deploy = samples.deploy()
    await store.commit(created(deploy))
    await store.commit(created(samples.deploy(State.EXPIRED, id="D-OVER0", due=None)))
    await connections.commands.delete(keys.DUE)
    assert await store.recover(samples.NOW) == 1
    assert (await agenda.claim(9, LEASE)).ids == (deploy.id,)
    assert await store.recover(samples.NOW) == 0
    assert (await agenda.claim(9, LEASE)).ids == ()  # the worker that has it keeps it


async def test_a_waiting_worker_is_woken_by_what_is_found_again(
    store: RedisStore, agenda: RedisAgenda, connections: Connections
) -> None:
    """It does not sit out its time."""
    await store.commit(created())
    await connections.commands.delete(keys.DUE, keys.DUE_NUDGE)
    waiting = asyncio.ensure_future(agenda.wait(timedelta(seconds=4)))
    assert await store.recover(samples.NOW) == 1
    await asyncio.wait_for(waiting, 3)


# ── Outbox ───────────────────────────────────────────────────────────────────────────────────────


async def test_entries_are_read_in_order_with_what_is_known_of_them(
    store: RedisStore, outbox: RedisOutbox
) -> None:
    """The place of their card, and earlier attempts."""
    entries = tuple(entry(number) for number in range(3))
    await store.commit(created(entries=entries))
    assert (await outbox.claim(9, LEASE)).ids == ("#deploys",)
    assert (await outbox.read("#deploys", 10)).entries == entries
    await outbox.intend(entries[0], samples.NOW)
    mail = await outbox.read("#deploys", 10)
    assert mail.intents == {"e0": samples.NOW}
    place = MessageRef(channel="C1", ts="1.0")
    assert await outbox.settle("#deploys", entries[:1], card=("D-7F3K2", place)) is True
    mail = await outbox.read("#deploys", 10)
    assert mail.entries == entries[1:]
    assert mail.cards == {"D-7F3K2": place}
    assert mail.intents == {}


async def test_a_channel_that_is_empty_leaves_and_comes_back_with_the_next_entry(
    store: RedisStore, outbox: RedisOutbox, connections: Connections
) -> None:
    """No entry is stranded, and none is taken by two workers."""
    await store.commit(created(entries=(entry(0),)))
    await outbox.claim(9, LEASE)
    deploy = samples.deploy()
    other = RedisOutbox(connections)
    await store.commit(Change(writes=(Stored(value=deploy, version=1),), entries=(entry(1),)))
    assert (await other.claim(9, LEASE)).ids == ()  # the first worker is at it
    await outbox.intend(entry(0), samples.NOW)
    assert await outbox.settle("#deploys", (entry(0),)) is True
    assert await outbox.settle("#deploys", (entry(1),)) is False
    assert not [
        key for key in await everything(connections) if key.startswith(f"{keys.PREFIX}outbox")
    ]
    await store.commit(Change(writes=(Stored(value=deploy, version=2),), entries=(entry(2),)))
    assert (await other.claim(9, LEASE)).ids == ("#deploys",)
    assert (await other.read("#deploys", 10)).entries == (entry(2),)


async def test_settling_twice_removes_nothing_else(store: RedisStore, outbox: RedisOutbox) -> None:
    """A repetition after a crash is harmless."""
    await store.commit(created(entries=(entry(0), entry(1))))
    await outbox.settle("#deploys", (entry(0),))
    await outbox.settle("#deploys", (entry(0),))
    assert (await outbox.read("#deploys", 10)).entries == (entry(1),)


async def test_an_entry_that_another_release_wrote_is_settled(
    outbox: RedisOutbox, connections: Connections
) -> None:
    """Its JSON differs in form; otherwise the message would be sent again and again."""
    spaced = json.dumps(entry(0).model_dump(mode="json"), indent=1, sort_keys=True)
    assert spaced != entry(0).model_dump_json()
    await connections.commands.rpush(keys.outbox("#deploys"), spaced)
    mail = await outbox.read("#deploys", 10)
    assert mail.entries == (entry(0),)
    assert await outbox.settle("#deploys", mail.entries) is False
    assert (await outbox.read("#deploys", 10)).entries == ()


async def test_entries_far_down_the_list_are_settled(
    store: RedisStore, outbox: RedisOutbox
) -> None:
    """Card edits are settled together with the first one."""
    entries = tuple(entry(number) for number in range(130))
    await store.commit(created(entries=entries))
    assert await outbox.settle("#deploys", (entries[0], entries[50], entries[129])) is True
    left = (await outbox.read("#deploys", 200)).entries
    assert left == (*entries[1:50], *entries[51:129])


async def test_an_entry_that_cannot_be_read_holds_up_only_what_comes_after_it(
    store: RedisStore, outbox: RedisOutbox, connections: Connections
) -> None:
    """Order is kept, and the entry is left for a release that knows it."""
    await store.commit(created(entries=(entry(0),)))
    newer = json.dumps({"id": "e1", "channel": "#deploys", "message": {"kind": "hologram"}})
    await connections.commands.rpush(keys.outbox("#deploys"), newer, "no JSON")
    await store.commit(created(samples.deploy(id="D-OTHER"), entries=(entry(2),)))
    mail = await outbox.read("#deploys", 10)
    assert mail.entries == (entry(0),)
    assert await outbox.settle("#deploys", mail.entries) is True
    with pytest.raises(StoreUnavailable, match="this release cannot read"):
        await outbox.read("#deploys", 10)
    assert await connections.commands.lrange(keys.outbox("#deploys"), 0, 0) == [newer]


async def test_a_worker_that_slept_through_its_lease_stops(
    store: RedisStore, outbox: RedisOutbox, connections: Connections
) -> None:
    """The channel stays with the worker that has it by now, also when it is empty for a moment."""
    await store.commit(created(entries=(entry(0), entry(1))))
    await outbox.claim(1, timedelta(0))
    other = RedisOutbox(connections)
    deadline = time.monotonic() + 10
    while not (await other.claim(1, LEASE)).ids:
        assert time.monotonic() < deadline
    await outbox.renew("#deploys", LEASE)
    assert await outbox.settle("#deploys", (entry(0),)) is False
    assert await outbox.settle("#deploys", (entry(1),)) is False
    third = await RedisOutbox(connections).claim(1, LEASE)
    assert (third.ids, third.next_in is None) == ((), False)
    assert await other.settle("#deploys", ()) is False
    assert (await RedisOutbox(connections).claim(1, LEASE)).next_in is None


async def test_a_renewal_on_the_way_does_not_look_like_a_lost_lease(
    store: RedisStore, outbox: RedisOutbox
) -> None:
    """A settlement that is sent at the same moment counts."""
    entries = tuple(entry(number) for number in range(20))
    await store.commit(created(entries=entries))
    await outbox.claim(1, LEASE)
    for settled in entries[:-1]:
        _, more = await asyncio.gather(
            outbox.renew("#deploys", LEASE), outbox.settle("#deploys", (settled,))
        )
        assert more is True


async def test_two_workers_bring_everything_in_order_while_more_is_written(
    store: RedisStore, connections: Connections
) -> None:
    """Nothing is stranded between a worker that finishes a channel and a commit that adds to it."""
    channels, each = ("#deploys", "#incidents"), 60
    got: dict[str, list[str]] = {channel: [] for channel in channels}

    async def write(channel: str) -> None:
        for number in range(each):
            deploy = samples.deploy(id=f"{channel}{number}")
            await store.commit(created(deploy, entries=(entry(number, channel),)))

    async def deliver() -> None:
        worker = RedisOutbox(connections)
        while any(len(ids) < each for ids in got.values()):
            for channel in (await worker.claim(1, LEASE)).ids:
                more = True
                while more:
                    entries = (await worker.read(channel, 3)).entries
                    got[channel] += [one.id for one in entries]
                    more = await worker.settle(channel, entries)

    async with asyncio.timeout(30):
        await asyncio.gather(*(write(channel) for channel in channels), deliver(), deliver())
    assert got == {channel: [f"e{number}" for number in range(each)] for channel in channels}
    assert (await RedisOutbox(connections).claim(1, LEASE)).next_in is None


async def test_what_can_never_be_delivered_is_kept_apart(
    store: RedisStore, outbox: RedisOutbox
) -> None:
    """Once, with its reason and time; the rest goes on."""
    await store.commit(created(entries=(entry(0), entry(1))))
    await outbox.intend(entry(0), samples.NOW)
    assert await outbox.bury(entry(0), "Slack refused it.") is True
    assert await outbox.bury(entry(0), "Slack refused it.") is True
    (letter,) = await outbox.dead_letters()
    assert Entry.model_validate_json(letter.entry) == entry(0)
    assert abs(datetime.now(UTC) - letter.at) < timedelta(minutes=1)
    assert await outbox.dead() == [letter.reason] == ["Slack refused it."]
    assert (await outbox.read("#deploys", 10)).entries == (entry(1),)


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
        server.kill()


async def test_a_transition_and_a_list_are_one_round_trip_each(
    store: RedisStore, outbox: RedisOutbox, connections: Connections
) -> None:
    """Counted as commands on the server, leaving out what a script calls inside it."""
    await store.commit(created())
    await outbox.read("#deploys", 10)

    async def sent() -> int:
        stats = await connections.commands.info("commandstats")
        inside = {
            f"cmdstat_{name}"
            for name in (
                *("get", "set", "hget", "hset", "hmget", "hdel", "time", "sadd", "srem", "llen"),
                *("zadd", "zrem", "zscore", "rpush", "ltrim", "lrange", "lrem", "xadd"),
            )
        }
        own = {"cmdstat_info", "cmdstat_config|resetstat"}
        return sum(stats[name]["calls"] for name in stats if name not in inside | own)

    await connections.commands.config_resetstat()
    await store.commit(created(samples.deploy(id="D-OTHER"), entries=(entry(1), entry(2))))
    assert await sent() == 1
    assert len((await outbox.read("#deploys", 10)).entries) == 2
    assert await sent() == 2
    await outbox.settle("#deploys", (entry(1), entry(2)))
    assert await sent() == 3
    await connections.commands.config_resetstat()
    await store.last_completed(["api/production", "api/staging"])
    stats = await connections.commands.info("commandstats")
    assert stats["cmdstat_hmget"]["calls"] == 1
