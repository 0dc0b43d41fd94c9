"""What the store promises of incidents, on every server that Signalbox runs on."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from changes import entry, everything, lives, written
from incident_samples import REF, incident, incident_policy
from samples import DANA, NOW, SAM

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.outbox import RedisOutbox
from adapters.redis.store import RedisStore
from bot.domain.audit import AuditEntry
from bot.domain.errors import ConcurrentUpdate, NotFound, StoreUnavailable
from bot.domain.incident_policy import MaintenanceRule, Severity
from bot.domain.incidents.bindings import Binding
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import IncidentCard, MaintenanceCard
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.domain.maintenance import MaintenanceRun, MaintenanceSchedule, run_of
from bot.domain.message import Entry, entry_of
from bot.domain.placement import MessageRef
from bot.ports import Change, Document, Search, Stored, maintenance_item, room_item

RULE = MaintenanceRule(
    name="weekly",
    title="Weekly checks",
    channel="#ops",
    cron="0 9 * * 1",
    within=timedelta(hours=8),
    items=incident_policy().checklist,
)
RUN: MaintenanceRun = run_of(RULE, NOW)
SCHEDULE = MaintenanceSchedule(rule="weekly", next_at=NOW + timedelta(days=7), last=RUN.id)
CHANNEL = Binding(key="channel:C0ROOM0001", incident=REF)
PLACE = MessageRef(channel="C1", ts="1.0")
DOCUMENTS: tuple[Document, ...] = (incident(), CHANNEL, RUN, SCHEDULE)


def line(name: str, minute: int = 0, **changes: object) -> TimelineLine:
    """A line of a timeline."""
    at = NOW + timedelta(minutes=minute)
    base = TimelineLine(id=name, kind=LineKind.NOTE, at=at, recorded=at, by=SAM, text="A note.")
    return base.model_copy(update=changes)


def noted(*lines: TimelineLine, ref: str = REF) -> Change:
    """The change that only writes lines."""
    return Change(writes=(), timeline=tuple((ref, each) for each in lines))


# ── Documents ────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_stored_is_loaded_with_its_version(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """Every document comes back as it was, at version 1, then 2."""
    for version in (0, 1):
        await store.commit(written(*DOCUMENTS, version=version))
        assert await incidents.incident(REF) == Stored(value=incident(), version=version + 1)
        assert await incidents.binding(CHANNEL.key) == Stored(value=CHANNEL, version=version + 1)
        assert await incidents.maintenance(RUN.id) == Stored(value=RUN, version=version + 1)
        assert await incidents.schedule("weekly") == Stored(value=SCHEDULE, version=version + 1)


async def test_what_is_not_there_is_said(incidents: RedisIncidents) -> None:
    """An incident or a list that does not exist is an error; a name is nobody's."""
    with pytest.raises(NotFound, match="There is no incident INC-2026-404"):
        await incidents.incident("INC-2026-404")
    with pytest.raises(NotFound, match="There is no maintenance list M-weekly"):
        await incidents.maintenance("M-weekly")
    assert await incidents.binding("dedup:x") == Stored(value=Binding(key="dedup:x"), version=0)
    assert await incidents.schedule("weekly") is None
    assert await incidents.timeline(REF) == ()
    assert await incidents.open() == ()
    assert await incidents.find(Search(), before=None, limit=9) == ()


@pytest.mark.parametrize("stale", range(len(DOCUMENTS)))
async def test_a_conflict_in_any_document_writes_nothing_at_all(
    store: RedisStore, connections: Connections, stale: int
) -> None:
    """Neither the others, nor lines, terms, timers, messages, audit entries or the once key."""
    await store.commit(written(*DOCUMENTS))
    before = await everything(connections)
    other = incident(title="Something else", severity=Severity.P2)
    versions = [1] * len(DOCUMENTS)
    versions[stale] = 0
    change = Change(
        writes=tuple(
            Stored(value=each, version=version)
            for each, version in zip((other, *DOCUMENTS[1:]), versions, strict=True)
        ),
        wake={REF: NOW, room_item(REF): NOW, maintenance_item("weekly"): None},
        entries=(entry(1),),
        audit=(AuditEntry(at=NOW, actor="x", action="y", subject="z"),),
        timeline=((REF, line("a")),),
        once=("k", "result"),
    )
    with pytest.raises(ConcurrentUpdate, match="was changed meanwhile"):
        await store.commit(change)
    assert await everything(connections) == before


async def test_a_document_and_its_lines_are_written_together(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """Lines of several incidents, in their order."""
    other = incident(ref="INC-2026-002")
    lines = (line("a"), line("b", 1))
    timeline = (*((REF, each) for each in lines), (other.ref, line("c")))
    await store.commit(replace(written(incident(), other), timeline=timeline))
    assert await incidents.timeline(REF) == lines
    assert await incidents.timeline(other.ref) == (line("c"),)


async def test_of_fifty_writers_on_one_incident_one_wins(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """Its line is the only one, and it is found by what the winner wrote."""
    await store.commit(written(incident()))

    async def write(number: int) -> bool:
        changed = incident(title=f"Title number{number}")
        change = replace(written(changed, version=1), timeline=((REF, line(f"L{number}")),))
        try:
            await store.commit(change)
        except ConcurrentUpdate:
            return False
        return True

    won = await asyncio.gather(*(write(number) for number in range(50)))
    assert won.count(True) == 1
    assert [each.id for each in await incidents.timeline(REF)] == [f"L{won.index(True)}"]
    for number in range(50):
        search = Search(words=frozenset({f"number{number}"}))
        assert len(await incidents.find(search, before=None, limit=9)) == won[number]


async def test_of_two_incidents_one_gets_a_name(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """Whoever comes second writes nothing at all; once it is nobody's, the next one has it."""
    key = "dedup:api-5xx"

    async def declare(number: int) -> bool:
        fresh = incident(ref=f"INC-2026-{number:03d}", dedup_key="api-5xx")
        try:
            await store.commit(written(fresh, Binding(key=key, incident=fresh.ref)))
        except ConcurrentUpdate:
            return False
        return True

    won = await asyncio.gather(*(declare(number) for number in range(1, 21)))
    assert won.count(True) == 1
    winner = f"INC-2026-{won.index(True) + 1:03d}"
    assert (await incidents.binding(key)).value.incident == winner
    assert [each.ref for each in await incidents.open()] == [winner]
    await store.commit(written(Binding(key=key), version=1))
    assert await incidents.binding(key) == Stored(value=Binding(key=key), version=2)
    await store.commit(written(Binding(key=key, incident="INC-2026-050"), version=2))
    assert (await incidents.binding(key)).value.incident == "INC-2026-050"


async def test_what_it_was_decided_on_has_to_be_as_it_was(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """A name that somebody else has by now, and an incident that went on, guard a change."""
    await store.commit(written(incident(), CHANNEL))
    stored = await incidents.incident(REF)
    free = Stored(value=Binding(key="dedup:x"), version=0)
    await store.commit(replace(noted(line("a")), unchanged=(stored, free)))
    await store.commit(written(Binding(key="dedup:x", incident=REF)))
    with pytest.raises(ConcurrentUpdate, match="binding:dedup:x was changed meanwhile"):
        await store.commit(replace(noted(line("b")), unchanged=(stored, free)))
    assert await incidents.timeline(REF) == (line("a"),)


# ── Timelines and numbers ────────────────────────────────────────────────────────────────────────


async def test_a_note_needs_no_document(
    store: RedisStore, incidents: RedisIncidents, connections: Connections
) -> None:
    """Fifty at once are all there, and the incident has the version that it had."""
    await store.commit(written(incident()))
    notes = [line(f"L{number:02d}", number, text=f"“{number}”\n 磁碟滿了") for number in range(50)]
    await asyncio.gather(*(store.commit(noted(each)) for each in notes))
    found = await incidents.timeline(REF)
    assert sorted(found, key=lambda each: each.id) == notes
    assert (await incidents.incident(REF)).version == 1
    assert await connections.commands.llen(keys.timeline(REF)) == 50


async def test_a_line_that_is_written_twice_is_one(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """The first one counts, at its place."""
    again = line("a", text="Heard once more.", recorded=NOW + timedelta(minutes=9))
    await store.commit(noted(line("a"), line("b")))
    await store.commit(noted(again, line("c")))
    assert await incidents.timeline(REF) == (line("a"), line("b"), line("c"))


async def test_numbers_are_given_out_once(incidents: RedisIncidents) -> None:
    """Each year has its own, from 1."""
    numbers = await asyncio.gather(*(incidents.next_number(2026) for _ in range(50)))
    assert sorted(numbers) == list(range(1, 51))
    assert await incidents.next_number(2027) == 1
    assert await incidents.next_number(2026) == 51


# ── Agenda ───────────────────────────────────────────────────────────────────────────────────────


async def times(connections: Connections, key: str) -> dict[str, float]:
    """What an agenda has, in seconds from the present of the samples."""
    rows = await connections.commands.zrange(key, 0, -1, withscores=True)
    return {item: score / 1000 - NOW.timestamp() for item, score in rows}


async def test_what_is_open_gets_its_place_back(
    store: RedisStore, connections: Connections
) -> None:
    """At the time that it had: incidents, rooms and maintenance rules. What is over does not."""
    wake = {
        REF: NOW + timedelta(seconds=60),
        room_item(REF): NOW,
        maintenance_item("weekly"): NOW + timedelta(seconds=90),
    }
    await store.commit(replace(written(*DOCUMENTS), wake=wake))
    closed = incident(State.CLOSED, ref="INC-2026-002")
    await store.commit(replace(written(closed), wake={closed.ref: None}))
    expected = {REF: 60, room_item(REF): 0, maintenance_item("weekly"): 90}
    assert await times(connections, keys.DUE) == await times(connections, keys.OPEN) == expected
    await connections.commands.delete(keys.DUE)
    assert await store.recover(NOW) == 3
    assert await times(connections, keys.DUE) == expected
    assert await store.recover(NOW) == 0


async def test_an_incident_that_is_open_is_never_forgotten(
    store: RedisStore, connections: Connections
) -> None:
    """A change that says nothing of its time leaves that as it is, and one without any time for it
    lets it wait; a change to something else may move it.
    """
    await store.commit(written(incident()))  # nobody said when: at once
    assert await times(connections, keys.OPEN) == {REF: 0}
    later = NOW + timedelta(seconds=60)
    await store.commit(replace(written(incident(), version=1), wake={REF: later}))
    await store.commit(written(incident(), version=2))
    assert await times(connections, keys.OPEN) == {REF: 60}
    await store.commit(Change(writes=(), wake={REF: NOW + timedelta(seconds=70)}))
    assert await times(connections, keys.OPEN) == {REF: 70}
    await store.commit(Change(writes=(), wake={REF: None}))
    assert await times(connections, keys.OPEN) == {REF: float("inf")}
    assert await store.recover(NOW) == 0
    await store.commit(replace(written(incident(), version=3), wake={REF: later}))
    await store.commit(replace(written(incident(), version=4), wake={REF: None}))
    assert await times(connections, keys.OPEN) == {REF: float("inf")}


async def test_what_is_over_is_not_looked_at_again(
    store: RedisStore, connections: Connections
) -> None:
    """And waking it does not make it open."""
    wake = {REF: NOW, room_item(REF): NOW, maintenance_item("weekly"): NOW}
    await store.commit(replace(written(incident(), SCHEDULE), wake=wake))
    over = replace(written(incident(State.CLOSED), version=1), wake=dict.fromkeys(wake))
    await store.commit(over)
    assert keys.OPEN not in await everything(connections)
    await store.commit(Change(writes=(), wake={REF: NOW}))
    assert keys.OPEN not in await everything(connections)


async def test_a_schedule_is_due_when_its_list_comes_up(
    store: RedisStore, connections: Connections
) -> None:
    """Unless somebody says when it is looked at."""
    item = maintenance_item("weekly")
    await store.commit(written(SCHEDULE))
    assert await times(connections, keys.OPEN) == {item: 7 * 86_400}
    await store.commit(replace(written(SCHEDULE, version=1), wake={item: NOW}))
    await store.commit(written(SCHEDULE, version=2))
    assert await times(connections, keys.OPEN) == {item: 0}


# ── Messages, and how long things are kept ───────────────────────────────────────────────────────


def card(number: int) -> Entry:
    """The card of the incident, on its way."""
    return entry_of(f"e{number}", "C0ROOM0001", IncidentCard(incident=REF))


async def test_incidents_are_kept_for_ever_with_all_that_hangs_on_them(
    store: RedisStore, connections: Connections, outbox: RedisOutbox
) -> None:
    """Open or over, also the places of cards that arrive after the end."""
    fresh = written(incident(), CHANNEL, Binding(key="dedup:x", incident=REF), SCHEDULE)
    await store.commit(replace(fresh, entries=(card(1), card(2)), timeline=((REF, line("a")),)))
    await outbox.settle("C0ROOM0001", (card(1),), card=(f"{REF}/card", PLACE))
    await store.commit(written(incident(State.CLOSED), version=1))
    await outbox.settle("C0ROOM0001", (card(2),), card=(f"{REF}/card", PLACE))
    found = await lives(connections)
    kept = (keys.incident(REF), keys.timeline(REF), keys.cards(REF), keys.INDEX)
    assert {*kept, keys.binding("dedup:x"), keys.maintenance("weekly")} < set(found)
    assert set(found.values()) == {-1}


async def test_a_maintenance_list_is_kept_for_a_while(
    store: RedisStore, connections: Connections, outbox: RedisOutbox
) -> None:
    """From its last change on, with the place of its message."""
    message = entry_of("e1", "#ops", MaintenanceCard(run=RUN.id))
    await store.commit(replace(written(RUN), entries=(message,)))
    await outbox.settle("#ops", (message,), card=(f"{RUN.id}/card", PLACE))
    story = int(keys.STORY_KEPT.total_seconds())
    for version in (1, 2):
        found = await lives(connections)
        for key in (keys.maintenance_run(RUN.id), keys.cards(RUN.id)):
            assert story - 60 < found[key] <= story
            await connections.commands.expire(key, 1000)
        await store.commit(written(RUN, version=version))
    await connections.commands.expire(keys.maintenance_run(RUN.id), 1000)
    await outbox.settle("#ops", (message,), card=(f"{RUN.id}/card", PLACE))
    assert (await lives(connections))[keys.cards(RUN.id)] <= 1000


async def test_where_messages_stand_can_be_asked(store: RedisStore, outbox: RedisOutbox) -> None:
    """By their names; what was never posted stands nowhere."""
    assert await outbox.places({}) == {}
    await store.commit(replace(written(incident()), entries=(card(1),)))
    await outbox.settle("C0ROOM0001", (card(1),), card=(f"{REF}/card", PLACE))
    wanted = {REF: [f"{REF}/broadcast", f"{REF}/card"], "D-7F3K2": ["D-7F3K2.0"]}
    assert await outbox.places(wanted) == {f"{REF}/card": PLACE}


# ── Newer releases ───────────────────────────────────────────────────────────────────────────────

NEWER = json.dumps({"hologram": True})


@pytest.mark.parametrize(
    "key",
    [
        keys.incident(REF),
        keys.binding("channel:C1"),
        keys.maintenance("weekly"),
        keys.maintenance_run(RUN.id),
    ],
)
async def test_a_document_of_a_newer_release_is_left_alone(
    incidents: RedisIncidents, connections: Connections, key: str
) -> None:
    """It is an error in words, and stays as it is."""
    await connections.commands.hset(key, mapping={"v": 3, "doc": NEWER})
    reads: dict[str, Callable[[], Awaitable[object]]] = {
        keys.incident(REF): lambda: incidents.incident(REF),
        keys.binding("channel:C1"): lambda: incidents.binding("channel:C1"),
        keys.maintenance("weekly"): lambda: incidents.schedule("weekly"),
        keys.maintenance_run(RUN.id): lambda: incidents.maintenance(RUN.id),
    }
    with pytest.raises(StoreUnavailable, match=r"this release cannot read \(.*hologram"):
        await reads[key]()
    assert await connections.commands.hgetall(key) == {"v": "3", "doc": NEWER}


async def test_a_list_with_an_incident_of_a_newer_release_is_an_error(
    store: RedisStore, incidents: RedisIncidents, connections: Connections
) -> None:
    """Half a list would look like a whole one; the same goes for a timeline."""
    await store.commit(replace(written(incident()), timeline=((REF, line("a")),)))
    await connections.commands.hset(keys.incident(REF), "doc", NEWER)
    await connections.commands.rpush(keys.timeline(REF), NEWER)
    with pytest.raises(StoreUnavailable, match="this release cannot read"):
        await incidents.open()
    with pytest.raises(StoreUnavailable, match="timeline of INC-2026-001 is stored in a form"):
        await incidents.timeline(REF)


def _declared_by(found: tuple[Incident, ...]) -> set[str]:
    return {each.declared_by for each in found}


async def test_a_private_incident_is_kept_like_any_other(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """Who may see it is for whoever shows it to say."""
    await store.commit(written(incident(private=True)))
    assert _declared_by(await incidents.open()) == {DANA}
    search = Search(words=frozenset({"checkout"}))
    assert _declared_by(await incidents.find(search, before=None, limit=1)) == {DANA}
