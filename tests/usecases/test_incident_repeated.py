"""What comes once more: by a chat that thinks that it was lost, by a second click, by the next one
who has the same idea.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from engine import identity
from incident_engine import MINUTE, IncidentBench, incident_bench
from samples import DANA, MAX, NOW, SAM

from adapters.redis import keys
from adapters.redis.connection import Connections
from bot.domain.incidents.incident import Incident, TaskKind
from bot.domain.incidents.timeline import LineKind
from bot.domain.placement import MessageRef
from bot.usecases.incidents.responding import Draft

SECOND = timedelta(seconds=1)


@pytest.fixture
async def bench(memory: Connections) -> AsyncIterator[IncidentBench]:
    """A world in which nothing has happened yet."""
    async with incident_bench(memory) as built:
        yield built


@pytest.fixture
async def incident(bench: IncidentBench) -> Incident:
    """An outage with its room."""
    return await bench.furnish(await bench.declare())


@pytest.fixture
def place(bench: IncidentBench, incident: Incident) -> MessageRef:
    """Where Max has said something in the room."""
    found = MessageRef(channel=incident.room.channel or "", ts=f"{NOW.timestamp():.6f}")
    bench.looks.said[found] = ("My password is hunter2.", MAX)
    return found


async def notes(bench: IncidentBench, incident: Incident) -> list[str]:
    """What was noted and stands."""
    return [line.text for line in await bench.lines(incident) if line.kind is LineKind.NOTE]


async def a_day_later(bench: IncidentBench) -> None:
    """Nobody remembers any more what has happened once."""
    await bench.memory.commands.delete(*await bench.memory.commands.keys(keys.once("*")))


# ── Messages of the room ─────────────────────────────────────────────────────────────────────────


async def test_what_was_taken_back_does_not_come_again_with_the_event(
    bench: IncidentBench, incident: Incident, place: MessageRef
) -> None:
    """The answer to the first event came too late, so it is sent again after the second one."""
    records, dana = bench.cases.records, identity(DANA)
    await records.from_message(dana, place, "note", once="Ev1")
    await records.taken_back(place, DANA, once="Ev2")
    confirmed = list(bench.looks.confirmed)
    assert await records.from_message(dana, place, "note", once="Ev1") is not None
    assert await notes(bench, incident) == []
    assert bench.looks.confirmed == confirmed
    # Whoever puts it there once more means it.
    await records.from_message(dana, place, "note", once="Ev3")
    assert await notes(bench, incident) == ["My password is hunter2."]


async def test_a_repetition_marks_the_message_where_the_first_did_not_come_to_it(
    bench: IncidentBench, place: MessageRef
) -> None:
    for _ in range(2):
        await bench.cases.records.from_message(identity(DANA), place, "note", once="Ev1")
    assert bench.looks.confirmed == [place, place]


async def test_what_was_put_there_again_does_not_go_with_the_event(
    bench: IncidentBench, incident: Incident, place: MessageRef
) -> None:
    records, dana = bench.cases.records, identity(DANA)
    await records.from_message(dana, place, "note", once="Ev1")
    await records.taken_back(place, DANA, once="Ev2")
    await records.from_message(dana, place, "note", once="Ev3")
    await records.taken_back(place, DANA, once="Ev2")
    assert await notes(bench, incident) == ["My password is hunter2."]


async def test_an_earlier_wording_does_not_come_again_with_the_event(
    bench: IncidentBench, incident: Incident, place: MessageRef
) -> None:
    records = bench.cases.records
    await records.from_message(identity(DANA), place, "note", once="Ev1")
    for text, event in (("My pass", "Ev2"), ("Nothing.", "Ev3"), ("My pass", "Ev2")):
        await records.edited(place, text, once=event)
    assert await notes(bench, incident) == ["Nothing."]


async def test_a_message_is_one_task_however_late_it_is_made_one_again(
    bench: IncidentBench, incident: Incident, place: MessageRef
) -> None:
    """Also when it says something else by then; a task and a follow-up are two things."""
    records = bench.cases.records
    await records.from_message(identity(DANA), place, "follow-up", once="Ev1")
    await a_day_later(bench)
    bench.looks.said[place] = ("Change my password.", MAX)
    await records.from_message(identity(SAM), place, "follow-up", once="Ev2")
    await records.from_message(identity(SAM), place, "task", once="Ev3")
    tasks = (await bench.now(incident)).tasks
    assert [(task.id, task.text) for task in tasks] == [
        ("F1", "My password is hunter2."),
        ("T1", "Change my password."),
    ]


async def test_tasks_of_the_same_words_are_as_many_as_were_typed(
    bench: IncidentBench, incident: Incident
) -> None:
    for once in ("one", "one", "other"):
        await bench.cases.records.task(
            identity(DANA), incident.ref, TaskKind.TASK, "Look again", once=once
        )
    assert [task.id for task in (await bench.now(incident)).tasks] == ["T1", "T2"]


# ── A promise that is put off ────────────────────────────────────────────────────────────────────


async def put_off(bench: IncidentBench, incident: Incident, who: str, once: str) -> timedelta:
    """Somebody puts the update off by a quarter of an hour; returns by how much it was put off."""
    before = (await bench.now(incident)).clocks.update_by
    lasts = 15 * MINUTE
    after = await bench.cases.responding.snooze(identity(who), incident.ref, lasts, once=once)
    assert before is not None
    assert after.clocks.update_by is not None
    return after.clocks.update_by - before


async def test_an_update_is_put_off_once_by_those_who_press_at_once(
    bench: IncidentBench, incident: Incident
) -> None:
    """Another click a little later is meant."""
    assert await put_off(bench, incident, DANA, "click") == 15 * MINUTE
    assert await put_off(bench, incident, DANA, "second click") == timedelta()
    bench.clock.move(5 * SECOND)
    assert await put_off(bench, incident, SAM, "somebody else") == timedelta()
    bench.clock.move(6 * SECOND)
    assert await put_off(bench, incident, SAM, "meant") == 15 * MINUTE
    snoozed = [line for line in await bench.lines(incident) if line.word == "snoozed"]
    assert len(snoozed) == 2


async def test_a_click_that_comes_again_a_minute_later_puts_nothing_off(
    bench: IncidentBench, incident: Incident
) -> None:
    assert await put_off(bench, incident, DANA, "click") == 15 * MINUTE
    bench.clock.move(MINUTE)
    assert await put_off(bench, incident, DANA, "click") == timedelta()


async def test_the_next_promise_can_be_put_off_at_once(
    bench: IncidentBench, incident: Incident
) -> None:
    await put_off(bench, incident, DANA, "click")
    await bench.cases.responding.update(identity(DANA), incident.ref, Draft(progress="We look."))
    assert await put_off(bench, incident, DANA, "another") == 15 * MINUTE
