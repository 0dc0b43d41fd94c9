"""How long what is stored is kept, on every server that Signalbox runs on."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import samples
from changes import created, entry, lives, written
from ledgers import record

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.outbox import RedisOutbox
from adapters.redis.store import RedisStore
from bot.domain.audit import AuditEntry
from bot.domain.deploy import Deploy
from bot.domain.errors import ConcurrentUpdate, NotFound
from bot.domain.lane import Lane
from bot.domain.placement import MessageRef
from bot.domain.restrictions import Restrictions
from bot.domain.roster import Roster
from bot.domain.states import State

PLACE = MessageRef(channel="C1", ts="1.0")
BESIDE = (
    Lane(target="api/production", queue=("D-7F3K2",)),
    Restrictions(),
    Roster(group="sre", people=frozenset({samples.SAM})),
    samples.checklist(),
    samples.review(),
)
STORY = int(keys.STORY_KEPT.total_seconds())
D_KEYS = (keys.deploy("D-7F3K2"), keys.cards("D-7F3K2"), keys.checklist("D-7F3K2.0"))


def over(**changes: object) -> Deploy:
    """The deploy after its end."""
    return samples.deploy(State.ROLLED_BACK, due=None, **changes)


async def test_nothing_that_is_live_has_a_time_to_live(
    store: RedisStore, connections: Connections, outbox: RedisOutbox
) -> None:
    """Only what happened once, and the audit log, have."""
    change = created(
        once=("key", "result"),
        entries=(entry(1), entry(2)),
        audit=(AuditEntry(at=samples.NOW, actor="x", action="y", subject="z"),),
        records=(record("A", 1),),
    )
    beside = written(*BESIDE).writes
    await store.commit(replace(change, writes=(*change.writes, *beside)))
    await outbox.settle("#deploys", (entry(1),), card=(str(entry(1).card), PLACE))
    await outbox.intend(entry(2), samples.NOW)
    found = await lives(connections)
    once = found.pop(keys.once("key"))
    audit = found.pop(keys.audit(samples.NOW.date()))
    assert set(found.values()) == {-1}
    assert set(D_KEYS) < set(found)
    assert 86_000 < once <= 86_400
    assert 399 * 86_400 < audit <= 400 * 86_400


async def test_a_deploy_that_is_over_is_kept_for_a_while_with_all_that_hangs_on_it(
    store: RedisStore, connections: Connections, outbox: RedisOutbox
) -> None:
    """Its checklists (of earlier plans as well) and the places of its messages."""
    lists = [samples.checklist(edition=edition) for edition in range(3)]
    fresh = created(entries=(entry(1), entry(2)))
    await store.commit(replace(fresh, writes=(*fresh.writes, *written(*lists).writes)))
    await outbox.settle("#deploys", (entry(1),), card=(str(entry(1).card), PLACE))
    await store.commit(written(over(edition=2), version=1))
    found = await lives(connections)
    story = [*D_KEYS, keys.checklist("D-7F3K2.1"), keys.checklist("D-7F3K2.2")]
    assert all(STORY - 60 < found.pop(key) <= STORY for key in story)
    assert set(found.values()) == {-1}
    # The last card arrives after that, and is not kept any longer; nor is a late answer.
    await connections.commands.expire(keys.deploy("D-7F3K2"), 1000)
    await outbox.settle("#deploys", (entry(2),), card=("D-7F3K2.2", PLACE))
    await store.commit(written(lists[2], version=1))
    found = await lives(connections)
    assert 900 < found[keys.cards("D-7F3K2")] <= 1000
    assert STORY - 60 < found[keys.checklist("D-7F3K2.2")] <= STORY


async def test_a_first_card_that_arrives_after_the_end_is_not_kept_for_ever(
    store: RedisStore, connections: Connections, outbox: RedisOutbox
) -> None:
    """Slack was away all the time; or even for so long that the deploy is gone."""
    await store.commit(created(over(), entries=(entry(1), entry(2))))
    await outbox.settle("#deploys", (entry(1),), card=("D-7F3K2.0", PLACE))
    assert STORY - 60 < (await lives(connections))[keys.cards("D-7F3K2")] <= STORY
    await connections.commands.delete(keys.deploy("D-7F3K2"), keys.cards("D-7F3K2"))
    await outbox.settle("#deploys", (entry(2),), card=("D-7F3K2.0", PLACE))
    assert STORY - 60 < (await lives(connections))[keys.cards("D-7F3K2")] <= STORY


async def test_a_deploy_that_somebody_has_to_review_is_kept_until_that_is_done(
    store: RedisStore, connections: Connections
) -> None:
    """However long it takes them, also when it is overdue."""
    await store.commit(written(samples.deploy(), samples.review()))
    await store.commit(written(over(), version=1))
    late = samples.review(overdue=True)
    await store.commit(written(late, version=1))
    found = await lives(connections)
    assert found[keys.deploy("D-7F3K2")] == found[keys.review("D-7F3K2")] == -1
    await store.commit(written(late.signed(samples.OWNER, samples.NOW), version=2))
    found = await lives(connections)
    assert STORY - 60 < found[keys.deploy("D-7F3K2")] <= STORY
    assert STORY - 60 < found[keys.review("D-7F3K2")] <= STORY


async def test_a_review_that_is_done_early_is_kept_as_long_as_its_deploy(
    store: RedisStore, connections: Connections
) -> None:
    """It goes when the deploy goes."""
    signed = samples.review().signed(samples.OWNER, samples.NOW)
    await store.commit(written(samples.deploy(), signed))
    assert (await lives(connections))[keys.review("D-7F3K2")] == -1
    await store.commit(written(over(), version=1))
    assert STORY - 60 < (await lives(connections))[keys.review("D-7F3K2")] <= STORY


async def test_what_is_live_again_does_not_expire(
    store: RedisStore, connections: Connections, outbox: RedisOutbox
) -> None:
    """A time to live that came from elsewhere is taken away by the next change, or message."""
    places, deploy = keys.cards("D-7F3K2"), keys.deploy("D-7F3K2")
    await store.commit(created(entries=(entry(1), entry(2))))
    for number in (1, 2):
        await outbox.settle("#deploys", (entry(number),), card=("D-7F3K2.0", PLACE))
        assert (await lives(connections))[places] == -1
        await connections.commands.expire(places, 1000)
    await connections.commands.expire(deploy, 1000)
    await store.commit(written(samples.deploy(), version=1))
    found = await lives(connections)
    assert found[deploy] == found[places] == -1


async def test_a_deploy_that_has_expired_is_said_not_to_be_there(
    store: RedisStore, connections: Connections
) -> None:
    """Its buttons are still in the channel; writing to it is refused."""
    await store.commit(created(over()))
    await connections.commands.pexpire(keys.deploy("D-7F3K2"), 1)
    async with asyncio.timeout(60):
        # Asking is what takes the time.
        while await connections.commands.exists(keys.deploy("D-7F3K2")):
            pass
    with pytest.raises(NotFound, match="There is no deploy D-7F3K2"):
        await store.deploy("D-7F3K2")
    with pytest.raises(ConcurrentUpdate):
        await store.commit(written(over(), version=1))
    assert await store.recover(samples.NOW) == 0


async def test_the_audit_log_of_a_day_is_kept_as_long_as_it_is_set(
    connections: Connections,
) -> None:
    """From its last entry on, whether that came with a change or by itself."""
    store = RedisStore(connections, audit_kept=timedelta(days=30))
    line = AuditEntry(at=samples.NOW, actor="x", action="Refused", subject="y")
    await store.audit(line)
    key = keys.audit(samples.NOW.date())
    assert 29 * 86_400 < (await lives(connections))[key] <= 30 * 86_400
    await connections.commands.expire(key, 1000)
    await store.commit(created(audit=(line,)))
    assert 29 * 86_400 < (await lives(connections))[key] <= 30 * 86_400


NAMES = (
    *(keys.DUE, keys.DUE_NUDGE, keys.OUTBOX_DUE, keys.OUTBOX_NUDGE, keys.OPEN, keys.LAST),
    *(keys.RESTRICTIONS, keys.DEAD, keys.deploy("x"), keys.lane("x"), keys.once("x")),
    keys.asked("x"),
    *(keys.review("x"), keys.checklist("x"), keys.ledger("x"), keys.cards("x")),
    *(keys.outbox("x"), keys.begun("x"), keys.audit(samples.NOW.date())),
    *(keys.incident("x"), keys.timeline("x"), keys.binding("x"), keys.INDEX, keys.count(2026)),
    *(keys.maintenance("x"), keys.maintenance_run("x"), keys.roster("x")),
)


def test_all_keys_of_a_script_are_in_one_slot() -> None:
    """Otherwise a cluster would refuse them."""
    assert all(name.startswith("{signalbox}:") for name in NAMES)
    assert len(set(NAMES)) == len(NAMES)


def test_every_key_has_a_line_in_the_table() -> None:
    """What is kept, and for how long, is said where keys are made."""
    assert keys.__doc__ is not None
    told = set(
        re.findall(
            r"^    ([a-z:]+?):?(?:<.*?>)? +(?:hash|list|zset|stream|string)", keys.__doc__, re.M
        )
    )
    made = {name.removeprefix(keys.PREFIX).removesuffix(":x") for name in NAMES}
    assert {each.partition(":2")[0] for each in made} == told
