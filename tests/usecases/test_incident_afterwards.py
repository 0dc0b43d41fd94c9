"""What was over already and is written down: nobody hears of it, and it counts by its dates."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from engine import identity
from incident_engine import MINUTE, OUTAGE, IncidentBench, incident_bench
from premises import Channel
from samples import DANA, MAX, NOW, SAM

from adapters.redis.connection import Connections
from bot.domain.errors import IllegalTransition, UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.incident import Incident, IncidentKind, Moment, Relation
from bot.domain.incidents.room import Step
from bot.domain.incidents.states import State
from bot.ports import Search
from bot.usecases.incidents.responding import Draft
from bot.views.incidents.exports import as_csv

HOUR = timedelta(hours=1)
BEGAN = NOW - 26 * HOUR
OVER = OUTAGE.model_copy(update={"kind": IncidentKind.BACKFILLED, "occurred": BEGAN})


async def quiet(bench: IncidentBench) -> bool:
    """Whether Slack, the paging service and those who deploy hear nothing at all."""
    spoken = [*bench.premises.waves, *bench.beeper.pages, *await bench.waiting()]
    frozen = (await bench.store.restrictions()).value.freezes
    return not (spoken or frozen)


async def told_to_its_end(bench: IncidentBench) -> Incident:
    """An hour and twenty minutes of trouble, written down with its dates by Dana."""
    late = await bench.declare(OVER)
    responding, dana = bench.cases.responding, identity(DANA)
    moments: tuple[tuple[Moment, datetime], ...] = (
        (Moment.DETECTED, BEGAN + 10 * MINUTE),
        (Moment.ACKED, BEGAN + 40 * MINUTE),
    )
    for moment, at in moments:
        await responding.date(dana, late.ref, moment, at)
    return await responding.resolve(
        dana, late.ref, "The pool", "Went back", ended=BEGAN + 80 * MINUTE
    )


async def test_nobody_hears_of_it(bench: IncidentBench) -> None:
    """Not when it is declared, nor days later, nor when it is resolved."""
    late = await bench.declare(OVER)
    assert (late.pages, late.freeze, late.suspects, late.runbooks) == ((), None, (), ())
    await bench.furnish(late)
    await bench.pass_time(timedelta(days=2))
    dana = identity(DANA)
    draft = Draft(progress="It was the pool.", next_update=HOUR)
    updated = await bench.cases.responding.update(dana, late.ref, draft)
    assert updated.clocks.update_by is None
    await bench.cases.responding.severity(dana, late.ref, Severity.P2, "It was fewer.")
    await bench.cases.responding.severity(dana, late.ref, Severity.P1)
    await bench.cases.responding.resolve(dana, late.ref, "The pool", "Went back")
    await bench.pass_time(timedelta(hours=2))
    assert (await bench.now(late)).clocks.fired == frozenset()
    assert await quiet(bench)


async def test_it_counts_by_its_dates_and_under_no_clock(bench: IncidentBench) -> None:
    late = await told_to_its_end(bench)
    assert late.state is State.RESOLVED
    assert late.at(Moment.DECLARED) == BEGAN + 10 * MINUTE
    found = await bench.cases.archive.metrics(identity(DANA), None, 7)
    assert (found.whole.count, found.whole.open) == (1, 0)
    assert (found.whole.mttd, found.whole.mttr) == (10 * MINUTE, 80 * MINUTE)
    assert found.whole.mtta is None
    assert found.whole.response.total == found.whole.resolution.total == 0
    (row,) = csv.DictReader(io.StringIO(as_csv([late])))
    assert (row["kind"], row["seconds_to_ack"], row["seconds_to_resolve"]) == (
        "backfilled",
        "",
        "4800",
    )
    # It is found where it belongs in time: a day has passed since it was noticed.
    assert (await bench.cases.archive.metrics(identity(DANA), None, 1)).whole.count == 0


async def test_it_is_found_listed_and_looked_back_on(bench: IncidentBench) -> None:
    late = await told_to_its_end(bench)
    await bench.declare(OUTAGE.model_copy(update={"title": "Search is slow"}), once="now")
    archive, dana = bench.cases.archive, identity(DANA)
    listed = await archive.browse(dana, Search())
    assert listed.incidents[-1].ref == late.ref  # the newest first
    (found,) = (await archive.search(dana, "checkout")).incidents
    assert found.kind is IncidentKind.BACKFILLED
    (whole,) = await archive.export(dana, Search(words=frozenset({"checkout"})))
    assert whole.lines[0].at == BEGAN
    after = await bench.cases.records.draft(dana, late.ref)
    assert after.state is State.POST_MORTEM
    await bench.cases.records.publish(dana, late.ref)
    closed = await bench.cases.responding.move(identity(SAM), late.ref, State.CLOSED)
    assert closed.over


@pytest.mark.parametrize(
    "changes",
    [
        {"occurred": None},
        {"occurred": NOW + MINUTE},
        {"dedup_key": "alert/checkout"},
    ],
    ids=str,
)
async def test_what_cannot_be_written_down_leaves_nothing(
    bench: IncidentBench, changes: dict[str, object]
) -> None:
    with pytest.raises(UsageError):
        await bench.declare(OVER.model_copy(update=changes))
    assert await bench.incidents.open() == ()


async def test_a_key_that_is_open_takes_nothing_that_was_over(bench: IncidentBench) -> None:
    """Else what was over would be a line on what goes on."""
    going = await bench.declare(OUTAGE.model_copy(update={"dedup_key": "alert/checkout"}))
    with pytest.raises(UsageError, match="no key"):
        await bench.declare(OVER.model_copy(update={"dedup_key": "alert/checkout"}))
    assert [each.ref for each in await bench.incidents.open()] == [going.ref]


async def test_what_happens_now_is_told_all_the_same(bench: IncidentBench) -> None:
    """It is no repetition of what was over, and does not fall silent in it."""
    late = await bench.declare(OVER)
    declared = await bench.declared(once="now")
    assert declared.duplicates == ()
    assert declared.incident.pages
    relations, sam = bench.cases.relations, identity(SAM)
    with pytest.raises(UsageError, match="written down afterwards"):
        await relations.merge(sam, declared.incident.ref, late.ref)
    merged = await relations.merge(sam, late.ref, declared.incident.ref)
    assert merged.state is State.MERGED


async def test_its_parts_were_over_with_it(bench: IncidentBench) -> None:
    late = await bench.declare(OVER)
    wish = Wish(title="Search was down as well", severity=Severity.P1)
    part = await bench.cases.relations.sub(identity(DANA), late.ref, wish, once="part")
    assert (part.kind, part.began) == (IncidentKind.BACKFILLED, BEGAN)
    assert part.related[0].relation is Relation.PARENT
    assert await quiet(bench)


async def test_a_channel_becomes_its_room_without_the_owners(memory: Connections) -> None:
    """Who took part is invited; whoever owns the service was not called then, nor is now."""
    async with incident_bench(memory) as bench:
        service = bench.catalog.services["api"].model_copy(update={"owners": "owners"})
        bench.catalog = bench.catalog.model_copy(update={"services": {"api": service}})
        bench.again()
        bench.looks.channels["C0WAR"] = ("war-room", False)
        bench.premises.channels["C0WAR"] = Channel(name="war-room", private=False, token="")
        late = await bench.declare(OVER)
        await bench.cases.rooming.adopt(identity(DANA), late.ref, "C0WAR")
        made = await bench.furnish(late)
    assert made.room.card is not None
    assert bench.premises.posted(Step.BROADCAST) == 0
    assert bench.premises.channels["C0WAR"].people == {DANA}


async def test_nobody_is_called_to_what_was_over(bench: IncidentBench) -> None:
    late, dana = await bench.declare(OVER), identity(DANA)
    for refused in (
        lambda: bench.cases.crew.page(dana, late.ref, MAX),
        lambda: bench.cases.crew.escalate(dana, late.ref),
        lambda: bench.cases.responding.ack(dana, late.ref),
        lambda: bench.cases.responding.snooze(dana, late.ref, HOUR),
    ):
        with pytest.raises((UsageError, IllegalTransition)):
            await refused()
    await told_to_its_end(bench)
    with pytest.raises(UsageError, match="nobody would be paged"):
        await bench.cases.responding.reopen(dana, late.ref, "The errors are back.")
    assert await quiet(bench)
