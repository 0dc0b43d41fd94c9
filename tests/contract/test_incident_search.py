"""How incidents are found, on every server that Signalbox runs on."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from changes import written
from incident_samples import REF, incident
from samples import NOW, SAM

from adapters.redis import keys
from adapters.redis.connection import Connections
from adapters.redis.incidents import RedisIncidents
from adapters.redis.index import SEARCHED_SUMMARY
from adapters.redis.store import RedisStore
from bot.domain.errors import NotFound
from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident, Moment, Stamp
from bot.domain.incidents.naming import reference, words
from bot.domain.incidents.states import State
from bot.ports import Search

SERVICES = ("api", "auth-gateway", "Zahlungs dienst", None)
TITLES = (
    "Checkout answers 500s",
    "結帳頁面回應 500 錯誤",
    "Latency of the checkout API",
    "🔥",
    "Ölpreis-Cron läuft nicht",
)
HOUR = timedelta(hours=1)


def at(moment: datetime) -> Stamp:
    """A moment as it is known."""
    return Stamp(at=moment, recorded=moment, by=SAM)


def sample(number: int, **changes: object) -> Incident:
    """One of many: every combination of what is looked for comes up among them."""
    state = (State.INVESTIGATING, State.RESOLVED, State.CLOSED, State.CANCELLED)[number % 4]
    base = incident(
        state,
        ref=reference(2026, number),
        title=TITLES[number % 5],
        summary=f"Summary of case{number}",
        service=SERVICES[number // 2 % 4],
        severity=tuple(Severity)[number // 3 % 4],
        times={Moment.DECLARED: at(NOW + number // 2 * HOUR)},
    )
    return base.model_copy(update=changes)


async def stored(store: RedisStore, incidents: Iterable[Incident]) -> None:
    """Write many, side by side."""
    await asyncio.gather(*(store.commit(written(each)) for each in incidents))


def refs(found: Iterable[Incident]) -> list[str]:
    """Their references."""
    return [each.ref for each in found]


def declared(each: Incident) -> datetime:
    """When one of the samples was declared."""
    return each.times[Moment.DECLARED].at


def fits(search: Search, each: Incident) -> bool:
    """What a search says, said once more, slowly."""
    text = f"{each.title} {each.service or ''} {each.summary}"
    return (
        search.open in {None, not each.over}
        and search.service in {None, each.service}
        and search.severity in {None, each.severity}
        and search.words <= words(text)
        and (search.since is None or search.since <= declared(each))
        and (search.until is None or declared(each) <= search.until)
    )


def newest_first(incidents: Iterable[Incident]) -> list[Incident]:
    """By declaration, then by reference."""
    return sorted(incidents, key=lambda each: (declared(each), each.ref), reverse=True)


async def commands(connections: Connections) -> int:
    """How many commands the server ran since its statistics began, those in scripts among them."""
    stats = await connections.commands.info("commandstats")
    own = {"cmdstat_info", "cmdstat_config|resetstat"}
    return int(sum(stats[name]["calls"] for name in stats if name not in own))


async def paged(incidents: RedisIncidents, search: Search, limit: int) -> list[Incident]:
    """All pages of a search."""
    found: list[Incident] = []
    while page := await incidents.find(
        search, before=found[-1].ref if found else None, limit=limit
    ):
        assert len(page) <= limit
        found += page
    return found


SEARCHES = tuple(
    Search(open=is_open, service=service, severity=severity, words=words(text))
    for is_open, service, severity, text in product(
        (None, True, False),
        (None, "api", "Zahlungs dienst", "unknown"),
        (None, Severity.P1, Severity.P4),
        ("", "checkout", "CHECKOUT api", "回應", "結帳頁", "olpreis", "500 checkout", "nowhere"),
    )
)
TIMES = tuple(
    Search(
        since=None if since is None else NOW + since,
        until=None if until is None else NOW + until,
        open=is_open,
    )
    for since, until, is_open in product(
        (None, timedelta(0), 5 * HOUR, 5 * HOUR + timedelta(microseconds=1)),
        (None, -HOUR, 5 * HOUR, 5 * HOUR - timedelta(microseconds=1), 99 * HOUR),
        (None, True),
    )
)


async def test_every_search_finds_what_it_says_and_nothing_else(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """By any of the criteria and by all of them together, newest first, whole and in pages."""
    samples = [sample(number) for number in range(1, 61)]
    await stored(store, samples)
    empty = 0
    for search in (*SEARCHES, *TIMES):
        expected = newest_first(each for each in samples if fits(search, each))
        empty += not expected
        assert list(await incidents.find(search, before=None, limit=99)) == expected
        for limit in (1, 7):
            assert await paged(incidents, search, limit) == expected
    assert empty < len(SEARCHES) * 0.7  # some ask for what none of the samples is
    assert list(await incidents.open()) == newest_first(each for each in samples if not each.over)


async def test_a_page_may_begin_at_any_incident(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """Also at one that does not fit, such as one that was closed meanwhile; not at an unknown."""
    await stored(store, [sample(number) for number in range(1, 21)])
    closed = sample(9)
    assert closed.over is False
    await store.commit(written(closed.model_copy(update={"state": State.CLOSED}), version=1))
    found = await incidents.find(Search(open=True), before=closed.ref, limit=3)
    assert refs(found) == ["INC-2026-008", "INC-2026-005", "INC-2026-004"]
    until = Search(open=True, until=NOW + 2 * HOUR)
    assert refs(await incidents.find(until, before=closed.ref, limit=1)) == ["INC-2026-005"]
    with pytest.raises(NotFound, match="There is no incident INC-2026-404"):
        await incidents.find(Search(), before="INC-2026-404", limit=3)


@pytest.mark.parametrize(
    ("changes", "gone", "new"),
    [
        ({"severity": Severity.P3}, Search(severity=Severity.P1), Search(severity=Severity.P3)),
        ({"service": "auth"}, Search(service="api"), Search(service="auth")),
        ({"service": None}, Search(service="api"), Search(open=True)),
        (
            {"title": "結帳頁面壞了"},
            Search(words=words("checkout")),
            Search(words=words("頁面")),
        ),
        ({"summary": "Disk full"}, Search(words=words("payments")), Search(words=words("disk"))),
        ({"state": State.CLOSED}, Search(open=True), Search(open=False)),
        (
            {"times": {Moment.DECLARED: at(NOW - 9 * HOUR)}},
            Search(since=NOW),
            Search(until=NOW - HOUR),
        ),
    ],
    ids=["severity", "service", "no service", "title", "summary", "state", "declaration"],
)
async def test_what_changes_is_found_by_what_it_is_now(
    store: RedisStore,
    incidents: RedisIncidents,
    connections: Connections,
    changes: dict[str, object],
    gone: Search,
    new: Search,
) -> None:
    """And back again, without leaving anything behind."""
    before, after = incident(), incident().model_copy(update=changes)
    await store.commit(written(before))
    index = await connections.commands.zrange(keys.INDEX, 0, -1)
    assert refs(await incidents.find(gone, before=None, limit=9)) == [REF]
    assert before.ref not in refs(await incidents.find(new, before=None, limit=9)) or new.open
    await store.commit(written(after, version=1))
    assert await incidents.find(gone, before=None, limit=9) == ()
    assert refs(await incidents.find(new, before=None, limit=9)) == [REF]
    await store.commit(written(before, version=2))
    assert await connections.commands.zrange(keys.INDEX, 0, -1) == index


async def test_an_incident_that_comes_back_keeps_its_place(
    store: RedisStore, incidents: RedisIncidents
) -> None:
    """It is found by when it was declared first."""
    older, newer = sample(1), sample(9)
    times = {Moment.DECLARED: at(NOW + 99 * HOUR)}
    again = older.model_copy(
        update={"state": State.INVESTIGATING, "epoch": 1, "earlier": (older.times,), "times": times}
    )
    await stored(store, (older, newer))
    await store.commit(written(again, version=1))
    assert refs(await incidents.find(Search(), before=None, limit=9)) == [newer.ref, older.ref]


async def test_only_the_beginning_of_a_long_summary_is_searched(
    store: RedisStore, incidents: RedisIncidents, connections: Connections
) -> None:
    """It bounds what one incident takes up in the index."""
    summary = f"beginning {'磁碟滿了' * 2000} end"
    await store.commit(written(incident(summary=summary)))
    found = await incidents.find(Search(words=words("beginning 磁碟")), before=None, limit=9)
    assert refs(found) == [REF]
    assert await incidents.find(Search(words=words("end")), before=None, limit=9) == ()
    assert await connections.commands.zcard(keys.INDEX) < SEARCHED_SUMMARY
    bigrams = "".join(chr(0x4E00 + number) for number in range(5000))
    await store.commit(written(incident(summary=bigrams), version=1))
    assert SEARCHED_SUMMARY < await connections.commands.zcard(keys.INDEX) < SEARCHED_SUMMARY + 50


async def test_what_hardly_ever_comes_together_is_found_all_the_same(
    store: RedisStore, incidents: RedisIncidents, connections: Connections
) -> None:
    """Among thousands that have one of two words, the oldest one has both."""
    both = sample(1, title="alpha beta", times={Moment.DECLARED: at(NOW - HOUR)})
    await store.commit(written(both))
    positions = [f"0{int(NOW.timestamp() * 1e6) + n} INC-2026-{n}" for n in range(1000, 10_000)]
    members = [
        f"word:{'alpha' if number % 2 else 'beta'} {position}"
        for number, position in enumerate(positions)
    ]
    await connections.commands.zadd(keys.INDEX, dict.fromkeys(members, 0))
    search = Search(words=frozenset({"alpha", "beta"}))
    await connections.commands.config_resetstat()
    assert refs(await incidents.find(search, before=None, limit=9)) == [both.ref]
    # 4,501 are looked at in three round trips, 9, 18, 36 … at a time: two commands for each step.
    assert await commands(connections) < 3 * 30


async def test_a_thousand_incidents_are_listed_page_by_page(
    store: RedisStore, incidents: RedisIncidents, connections: Connections
) -> None:
    """Each page is one round trip, and so is every change."""
    samples = [sample(number) for number in range(1, 1001)]
    await stored(store, samples)
    expected = refs(newest_first(samples))
    assert refs(await paged(incidents, Search(), 150)) == expected
    assert refs(await incidents.find(Search(), before=None, limit=5000)) == expected
    rest = await incidents.find(Search(), before=expected[99], limit=5000)
    assert refs(rest) == expected[100:]
    assert refs(await incidents.open()) == refs(
        newest_first(each for each in samples if not each.over)
    )
    checkout = Search(open=True, severity=Severity.P1, words=words("checkout"))

    async def sent() -> int:
        stats = await connections.commands.info("commandstats")
        return int(sum(stats[name]["calls"] for name in stats if "eval" in name))

    await connections.commands.config_resetstat()
    for before in (None, "INC-2026-500"):
        assert len(await incidents.find(checkout, before=before, limit=10)) == 10
    assert await sent() == 2
    # Inside: a document for each of ten, and a few questions for each step of the search.
    assert await commands(connections) < 2 * (10 + 3 * 10)
    await connections.commands.config_resetstat()
    rare = Search(open=True, words=words("summary case500"))
    assert refs(await incidents.find(rare, before=None, limit=10)) == ["INC-2026-500"]
    assert await commands(connections) < 10  # only what has the rarest word is looked at
    await connections.commands.config_resetstat()
    changed = sample(500, severity=Severity.P2)
    await store.commit(replace(written(changed, version=1), wake={changed.ref: None}))
    assert await sent() == 1
    assert await commands(connections) < 15
