"""What an outbox promises, on every server that Signalbox runs on."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import samples
from changes import created, entry, everything

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.outbox import RedisOutbox
from adapters.redis.store import RedisStore
from bot.domain.checklist import Part
from bot.domain.errors import StoreUnavailable
from bot.domain.message import (
    ChecklistCard,
    DeployCard,
    DeployChart,
    DeployNote,
    Entry,
    Notice,
    Posted,
    ReviewCard,
    Said,
    entry_of,
)
from bot.domain.placement import MessageRef
from bot.ports import Change, Stored

LEASE = timedelta(seconds=30)


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
    assert await outbox.settle("#deploys", entries[:1], card=("D-7F3K2.0", place)) is True
    mail = await outbox.read("#deploys", 10)
    assert mail.entries == entries[1:]
    assert mail.cards == {"D-7F3K2.0": place}
    assert mail.intents == {}


async def test_an_entry_brings_every_place_that_it_names(
    store: RedisStore, outbox: RedisOutbox
) -> None:
    """Its card, the card of its thread and its picture; not those of other deploys."""
    deploy = "D-7F3K2"
    card = entry_of("e0", "#deploys", DeployCard(deploy=deploy, edition=1))
    chart = entry_of("e1", "#deploys", DeployChart(deploy=deploy, edition=1, number=1))
    answers = entry_of("e2", "#deploys", ChecklistCard(deploy=deploy, edition=1, part=Part.PRE))
    review = entry_of("e3", "#deploys", ReviewCard(deploy=deploy, edition=1))
    note = entry_of("e4", "#deploys", DeployNote(deploy="D-OTHER", said=Said.STAGED))
    notice = entry_of("e5", "#deploys", Notice(said=Posted.LOCKED, subject="x", by=None))
    entries = (card, chart, answers, review, note, notice)
    await store.commit(created(entries=(*entries, *entries)))
    places: dict[str, MessageRef] = {}
    for number, each in enumerate(entries):
        name = each.card or each.picture
        assert (await outbox.read("#deploys", 50)).cards == places
        if name is None:
            await outbox.settle("#deploys", (each,))
        else:
            places[name] = MessageRef(channel="C1", ts=f"{number}.0", file=f"F{number}")
            await outbox.settle("#deploys", (each,), card=(name, places[name]))
    assert set(places) == {
        "D-7F3K2.1",
        "D-7F3K2/chart",
        "D-7F3K2.1/pre",
        "D-7F3K2/review",
    }
    mail = await outbox.read("#deploys", 50)
    assert mail.entries == entries
    assert mail.cards == places


async def test_names_may_have_any_characters(store: RedisStore, outbox: RedisOutbox) -> None:
    """They are never taken for anything but names."""
    odd = ["", " ", "*", "{x}:y", "a\nb", "“ü”\t🚦", '\\"$(x)', "D-1.0/../D-2.0", "nil"]
    entries = tuple(
        Entry(id=f"e{n}", channel="#deploys", message=DeployCard(deploy=f"D{name}"), card=name)
        for n, name in enumerate(odd)
    )
    await store.commit(created(entries=(*entries, *entries)))
    places = {}
    for number, each in enumerate(entries):
        places[str(each.card)] = MessageRef(channel="C1", ts=f"{number}.0")
        await outbox.settle("#deploys", (each,), card=(odd[number], places[odd[number]]))
    mail = await outbox.read("#deploys", 50)
    assert mail.entries == entries
    del places[""]  # the empty name stands for no card
    assert mail.cards == places


async def test_many_entries_with_many_names_are_read_at_once(
    store: RedisStore, outbox: RedisOutbox
) -> None:
    """Of one deploy, and of many."""
    one = [DeployCard(deploy="D-ONE00", edition=n) for n in range(2000)]
    many = [DeployCard(deploy=f"D-{n:05d}") for n in range(2000)]
    entries = tuple(entry_of(f"e{n}", "#deploys", card) for n, card in enumerate((*one, *many)))
    await store.commit(created(entries=entries))
    place = MessageRef(channel="C1", ts="1.0")
    twice = (*entries[:1], *entries[-1:])
    for each in twice:
        await store.commit(Change(writes=(), entries=(each,)))
        await outbox.settle("#deploys", (each,), card=(str(each.card), place))
    mail = await outbox.read("#deploys", 5000)
    assert len(mail.entries) == 4000
    assert mail.cards == {str(each.card): place for each in twice}


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
    deadline = time.monotonic() + 60
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

    async with asyncio.timeout(60):
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


async def test_of_what_can_never_be_delivered_the_newest_thousand_are_kept(
    store: RedisStore, outbox: RedisOutbox, connections: Connections
) -> None:
    """A channel that is gone does not fill Redis."""
    old = {"reason": "Old.", "entry": "{}"}
    many = connections.commands.pipeline(transaction=False)
    for _ in range(keys.DEAD_KEPT + 20):
        many.xadd(keys.DEAD, old)
    await many.execute()
    await store.commit(created(entries=(entry(0),)))
    await outbox.bury(entry(0), "New.")
    reasons = await outbox.dead()
    assert len(reasons) == keys.DEAD_KEPT
    assert reasons[-2:] == ["Old.", "New."]


async def test_what_a_paused_worker_notes_too_late_goes_with_the_next_entry(
    store: RedisStore, outbox: RedisOutbox, connections: Connections
) -> None:
    """It had begun an entry that another worker has settled meanwhile."""
    await store.commit(created(entries=(entry(0),)))
    await outbox.settle("#deploys", (entry(0),))
    await outbox.intend(entry(0), samples.NOW)
    await store.commit(Change(writes=(), entries=(entry(1),)))
    assert (await outbox.read("#deploys", 9)).intents == {}
    await outbox.settle("#deploys", (entry(1),))
    assert keys.begun("#deploys") not in await everything(connections)
