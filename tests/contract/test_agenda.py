"""What an agenda promises, on every server that Signalbox runs on."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import samples
import servers
from changes import created, entry, everything, written

from adapters.redis import keys
from adapters.redis.agenda import RedisAgenda
from adapters.redis.clients import PATIENCE
from adapters.redis.connection import Connections
from adapters.redis.store import RedisStore
from bot.domain.states import State
from bot.ports import Change, Stored, review_item, reviewed

LEASE = timedelta(seconds=30)
SOON = timedelta(milliseconds=200)


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
    deadline = time.monotonic() + 60
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
    waiting = asyncio.ensure_future(agenda.wait(timedelta(minutes=2)))
    await store.commit(created())
    await asyncio.wait_for(waiting, 60)
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


async def test_waiting_ends_by_itself(any_server: servers.RedisServer) -> None:
    """Also when it takes longer than an ordinary answer may."""
    servers.ask(any_server.port, "FLUSHALL")
    connections = Connections(any_server.url)
    agenda = RedisAgenda(connections, due=keys.DUE, nudge=keys.DUE_NUDGE)
    async with asyncio.timeout(60):
        await agenda.wait(timedelta(0))
        await agenda.wait(timedelta(seconds=PATIENCE) + SOON)
    await connections.aclose()


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


async def test_what_is_found_again_is_due_when_it_was(
    store: RedisStore, agenda: RedisAgenda, connections: Connections
) -> None:
    """What waits for people is not looked at before its time, and nobody is woken for it."""
    later = datetime.now(UTC) + timedelta(hours=1)
    await store.commit(created(samples.deploy(State.AWAITING_APPROVAL, due=later)))
    await store.commit(created(samples.deploy(State.QUEUED, id="D-SOON0"), wake={}))
    await store.commit(created(samples.deploy(State.QUEUED, id="D-NEVER", due=None), wake={}))
    await connections.commands.delete(keys.DUE, keys.DUE_NUDGE)
    assert await store.recover(samples.NOW - timedelta(hours=1)) == 3
    assert keys.DUE_NUDGE not in await everything(connections)
    claimed = await agenda.claim(9, LEASE)
    assert sorted(claimed.ids) == ["D-NEVER", "D-SOON0"]
    scores = dict(await connections.commands.zrange(keys.DUE, 0, -1, withscores=True))
    assert scores["D-7F3K2"] == int(later.timestamp() * 1000)


async def test_an_open_review_without_a_timer_is_found_again(
    store: RedisStore, agenda: RedisAgenda, connections: Connections
) -> None:
    """Until it is overdue: then everybody was called, and it waits for them alone."""
    item = review_item("D-7F3K2")
    review = samples.review(due=samples.NOW)
    await store.commit(replace(written(review), wake={item: review.due}))
    await connections.commands.delete(keys.DUE)
    assert await store.recover(samples.NOW) == 1
    assert (await agenda.claim(9, LEASE)).ids == (item,)
    assert reviewed(item) == "D-7F3K2"
    late = review.model_copy(update={"overdue": True})
    await store.commit(replace(written(late, version=1), wake={item: None}))
    assert await store.recover(samples.NOW) == 0
    signed = late.signed(samples.OWNER, samples.NOW)
    await store.commit(written(signed, version=2))
    assert await store.recover(samples.NOW) == 0
    assert keys.OPEN not in await everything(connections)


async def test_a_review_that_is_done_is_not_found_again(
    store: RedisStore, connections: Connections
) -> None:
    """Though it was due."""
    await store.commit(written(samples.review()))
    signed = samples.review().signed(samples.OWNER, samples.NOW)
    await store.commit(written(signed, version=1))
    await connections.commands.delete(keys.DUE)
    assert await store.recover(samples.NOW) == 0


async def test_a_waiting_worker_is_woken_by_what_is_found_again(
    store: RedisStore, agenda: RedisAgenda, connections: Connections
) -> None:
    """It does not sit out its time."""
    await store.commit(created())
    await connections.commands.delete(keys.DUE, keys.DUE_NUDGE)
    waiting = asyncio.ensure_future(agenda.wait(timedelta(minutes=2)))
    assert await store.recover(samples.NOW) == 1
    await asyncio.wait_for(waiting, 60)
