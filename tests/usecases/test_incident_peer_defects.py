"""What goes wrong in other incident bots, one test each: named after the defect, which its
docstring tells. What has an obvious test of its own elsewhere is not repeated here.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import pytest
from engine import identity
from incident_engine import LEAK, MINUTE, OUTAGE, IncidentBench
from incident_samples import CHANNEL
from premises import Fault
from samples import DANA, MAX, NOW, OLIVIA, SAM

from bot.domain.base import Model
from bot.domain.errors import (
    ConcurrentUpdate,
    NotFound,
    SignalboxError,
    StoreUnavailable,
    UsageError,
)
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.declaring import Wish
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Incident, IncidentKind, Moment, TaskKind
from bot.domain.incidents.messages import DirectWord, IncidentUpdate, Word
from bot.domain.incidents.room import Step
from bot.domain.incidents.states import State
from bot.domain.placement import MessageRef
from bot.ports import Change
from bot.usecases.incidents.responding import Draft

M = TypeVar("M", bound=Model)
DRILL = OUTAGE.model_copy(update={"kind": IncidentKind.DRILL, "title": "An exercise"})


async def messages(bench: IncidentBench, kind: type[M]) -> list[M]:
    """What is on its way, of one kind."""
    waiting = await bench.waiting()
    return [
        each.message for some in waiting.values() for each in some if isinstance(each.message, kind)
    ]


# ── Duplicates, half-made incidents, silence ─────────────────────────────────────────────────────


async def test_retried_events_do_everything_twice(bench: IncidentBench) -> None:
    """An event that is delivered again, also at the same time, acts again."""
    incident = await bench.furnish(await bench.declare())
    place = MessageRef(channel=incident.room.channel or "", ts="1773489700.000100")
    bench.looks.said[place] = ("The pool is exhausted.", MAX)
    for what in ("note", "task", "follow-up"):
        await asyncio.gather(
            *(bench.cases.records.from_message(identity(DANA), place, what) for _ in range(3)),
        )
    lines = [each for each in await bench.lines(incident) if each.source]
    assert len(lines) == 1
    assert len((await bench.now(incident)).tasks) == 2


async def test_a_double_click_makes_two_of_everything(bench: IncidentBench) -> None:
    """Two clicks race, and both have their effect."""
    incident = await bench.furnish(await bench.declare())
    crew, responding, sam = bench.cases.crew, bench.cases.responding, identity(SAM)
    ref = incident.ref
    draft = Draft(progress="Rolling back.")
    for twice in (
        lambda: responding.ack(sam, ref),
        lambda: responding.update(sam, ref, draft),
        lambda: crew.page(sam, ref, MAX),
        lambda: crew.give(sam, ref, Role.COMMS),
        lambda: crew.escalate(sam, ref),
        lambda: responding.resolve(sam, ref, "A pool.", "Rolled back."),
    ):
        await asyncio.gather(twice(), twice(), return_exceptions=True)
    after = await bench.now(incident)
    assert len(after.updates) == 1
    assert [page.rung for page in after.pages] == [0, -1, 1]
    assert after.state is State.RESOLVED
    assert len({each.number for each in await messages(bench, IncidentUpdate)}) == 1


async def test_a_second_click_on_escalate_climbs_two_rungs(bench: IncidentBench) -> None:
    """Whoever really wants the next one waits a few seconds, and is told so."""
    incident = await bench.declare()
    await bench.cases.crew.escalate(identity(DANA), incident.ref)
    with pytest.raises(UsageError, match="a moment ago"):
        await bench.cases.crew.escalate(identity(SAM), incident.ref)
    bench.clock.move(timedelta(seconds=11))
    after = await bench.cases.crew.escalate(identity(SAM), incident.ref)
    assert [page.rung for page in after.pages] == [0, 1, 2]
    assert [page.by for page in after.pages[1:]] == [DANA, SAM]


async def test_a_form_sent_twice_pages_a_person_twice(bench: IncidentBench) -> None:
    """The same call within a minute is one; later it is meant."""
    incident = await bench.declare()
    for _ in range(2):
        await bench.cases.crew.page(identity(DANA), incident.ref, MAX)
    assert len((await bench.now(incident)).pages) == 2
    bench.clock.move(2 * MINUTE)
    await bench.cases.crew.page(identity(DANA), incident.ref, MAX)
    assert len((await bench.now(incident)).pages) == 3


@pytest.mark.parametrize("step", sorted(Step))
async def test_one_missing_artefact_keeps_the_incident_from_being_resolved(
    bench: IncidentBench, step: Step
) -> None:
    """A channel, a card or a bookmark that cannot be made blocks the course of the incident."""
    bench.premises.fail(step, *[Fault(final=True)] * 5)
    incident = await bench.furnish(await bench.declare())
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    resolved = await bench.cases.responding.resolve(identity(SAM), incident.ref, "A", "B")
    assert resolved.state is State.RESOLVED


@pytest.mark.parametrize(
    "title", ["🔥🔥🔥", "\u202etxet desrever", "結帳頁面壞了", "x" * 200, "a/b?c#d  <@U1>"]
)
async def test_an_odd_title_breaks_the_channel_or_resolving(
    bench: IncidentBench, title: str
) -> None:
    """The title goes into the channel's name, and the channel is found by its name later."""
    incident = await bench.furnish(await bench.declare(OUTAGE.model_copy(update={"title": title})))
    name = incident.room.name or ""
    assert len(name) <= 80
    assert name.isascii()
    bench.looks.premises.channels[incident.room.channel or ""].name = "renamed-by-hand"
    assert (await bench.cases.sight.here(incident.room.channel or "")) is not None
    resolved = await bench.cases.responding.resolve(identity(SAM), incident.ref, "A", "B")
    assert resolved.state is State.RESOLVED


async def test_concurrent_writers_lose_each_others_words(bench: IncidentBench) -> None:
    """Ten people write in the same instant, and the last one wins."""
    incident = await bench.declare()
    records = bench.cases.records
    pending = list(range(10))
    while pending:
        done = await asyncio.gather(
            *(
                records.task(identity(DANA), incident.ref, TaskKind.TASK, f"T{n}", once=f"{n}")
                for n in pending
            ),
            return_exceptions=True,
        )
        assert all(isinstance(each, Incident | ConcurrentUpdate) for each in done)
        pending = [n for n, each in zip(pending, done, strict=True) if isinstance(each, Exception)]
    texts = {task.text for task in (await bench.now(incident)).tasks}
    assert texts == {f"T{n}" for n in range(10)}


async def test_two_incidents_take_one_channel(bench: IncidentBench) -> None:
    """Both look whether it is free, and both find it so."""
    one, two = await bench.declare(), await bench.declare(OUTAGE, once="another")
    bench.looks.channels["C9"] = ("war-room", False)
    adopt = bench.cases.rooming.adopt
    found = await asyncio.gather(
        *(adopt(identity(DANA), each.ref, "C9") for each in (one, two)), return_exceptions=True
    )
    assert sum(isinstance(each, UsageError | ConcurrentUpdate) for each in found) == 1
    here = await bench.cases.sight.here("C9")
    assert here is not None
    assert here.room.channel == "C9"


# ── Privacy ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_restricted_incident_shows_among_the_duplicates(bench: IncidentBench) -> None:
    """The list of likely duplicates skips the visibility check, also for alerts with its key."""
    secret = await bench.declare(LEAK.model_copy(update={"dedup_key": "leak"}))
    room = await bench.furnish(secret)
    declared = await bench.declared(
        OUTAGE.model_copy(update={"title": LEAK.title, "dedup_key": "leak"}), who=MAX
    )
    told = declared.incident.model_dump_json()
    assert declared.duplicates == ()
    assert LEAK.title not in told
    assert (room.room.channel or "-") not in told


async def test_the_room_named_after_the_title_tells_what_became_private(
    bench: IncidentBench,
) -> None:
    """What was public has its title in the name of its room."""
    wish = OUTAGE.model_copy(update={"dedup_key": "key"})
    incident = await bench.furnish(await bench.declare(wish))
    bench.looks.channels["C9"] = ("secret-room", True)
    await bench.cases.relations.make_private(identity(DANA), incident.ref)
    declared = await bench.declared(wish, who=MAX, once="again")
    told = declared.incident.model_dump_json()
    assert "checkout" not in told.casefold()
    assert declared.known


async def test_a_private_incident_falls_back_to_a_public_channel(bench: IncidentBench) -> None:
    """Where no private channel can be made, the public one for all incidents is taken."""
    bench.premises.fail(Step.CHANNEL, *[Fault(final=True)] * 3)
    secret = await bench.furnish(await bench.declare(LEAK))
    await bench.cases.responding.update(identity(DANA), secret.ref, Draft(progress="A key."))
    await bench.deliver()
    assert secret.room.channel is None
    assert CHANNEL not in {entry.channel for entry, _ in bench.board.scenes.values()}


async def test_a_part_of_a_private_incident_is_public(bench: IncidentBench) -> None:
    secret = await bench.declare(LEAK)
    wish = Wish(title="Which keys are affected", severity=Severity.P3)
    part = await bench.cases.relations.sub(identity(DANA), secret.ref, wish, once="part")
    assert part.private


# ── Paging, roles and drills ─────────────────────────────────────────────────────────────────────


async def test_an_exercise_calls_people_by_its_parts(bench: IncidentBench) -> None:
    """What is declared below a drill is real, and pages."""
    drill = await bench.declare(DRILL)
    wish = OUTAGE.model_copy(update={"title": "A part of the exercise"})
    part = await bench.cases.relations.sub(identity(DANA), drill.ref, wish, once="part")
    await bench.pass_time(timedelta(hours=2))
    assert part.drill
    assert bench.beeper.pages == []
    assert (await bench.store.restrictions()).value.freezes == ()
    words = await messages(bench, DirectWord)
    assert Word.PAGED not in {each.word for each in words}


@pytest.mark.parametrize("into_drill", [True, False])
async def test_what_is_real_falls_silent_in_an_exercise(
    bench: IncidentBench, into_drill: bool
) -> None:
    """A real incident is merged into a drill, which pages nobody and tells nobody."""
    real, drill = await bench.declare(), await bench.declare(DRILL)
    one, other = (real, drill) if into_drill else (drill, real)
    with pytest.raises(UsageError, match="is a drill"):
        await bench.cases.relations.merge(identity(DANA), one.ref, other.ref)
    assert (await bench.now(real)).state is State.INVESTIGATING


@pytest.mark.parametrize("stranger", ["U0GUEST01", "", "signalbox", "api:token"])
async def test_a_guest_is_let_into_what_is_private_by_a_role(
    bench: IncidentBench, stranger: str
) -> None:
    """Roles can be given to people who are not of the workspace, who see everything from then."""
    secret = await bench.declare(LEAK)
    crew, dana = bench.cases.crew, identity(DANA)
    with suppress(UsageError):
        await crew.give(dana, secret.ref, Role.LEAD, stranger)
    with pytest.raises(UsageError):
        await crew.hand_off(dana, secret.ref, stranger)
    with pytest.raises(UsageError):
        await crew.call_in(dana, secret.ref, frozenset({stranger}))
    after = await bench.now(secret)
    assert after.lead in {None, DANA}
    assert stranger not in after.responders


async def test_a_process_that_cannot_ask_who_is_on_duty_burns_the_whole_ladder(
    bench: IncidentBench,
) -> None:
    """What is declared by the command line finds nobody on any rung, and each counts as called."""
    bench.people.away = True
    bench.again(leaves_paging=True)
    incident = await bench.declare(OUTAGE)
    assert incident.pages == ()
    assert (await bench.due())[incident.ref] <= bench.clock.now()
    bench.people.away = False
    bench.again()
    await bench.tick(incident.ref)
    assert [page.people for page in (await bench.now(incident)).pages] == [(SAM,)]


async def test_a_severity_change_pages_nobody_anew(bench: IncidentBench) -> None:
    """Deadlines and ladder stay those of the first severity."""
    incident = await bench.declare(OUTAGE.model_copy(update={"severity": Severity.P4}))
    assert incident.pages == ()
    raised = await bench.cases.responding.severity(identity(DANA), incident.ref, Severity.P1)
    assert raised.clocks.resolve_by == incident.times[Moment.DECLARED].at + timedelta(hours=1)
    await bench.tick(incident.ref)
    assert [page.rung for page in (await bench.now(incident)).pages] == [0]


async def test_a_reopened_incident_has_no_timers_and_no_freeze(bench: IncidentBench) -> None:
    """Reopening changes the state only: nothing rings, nobody is paged, deploys go on."""
    incident = await bench.declare()
    await bench.cases.responding.resolve(identity(DANA), incident.ref, "A", "B")
    assert (await bench.store.restrictions()).value.freezes == ()
    bench.clock.move(5 * MINUTE)
    again = await bench.cases.responding.reopen(identity(DANA), incident.ref, "It is back again.")
    assert again.clocks.update_by is not None
    assert again.clocks.respond_by is not None
    assert [each.incident for each in (await bench.store.restrictions()).value.freezes] == [
        incident.ref
    ]
    await bench.tick(incident.ref)
    assert (await bench.now(incident)).pages[-1].rung == 0


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────────


async def test_reminders_are_lost_or_never_rest(bench: IncidentBench) -> None:
    """A scheduler forgets what is owed, or looks at the same thing for ever.

    After everything that people do, the agenda has what is owed; and after what is due is done, it
    is not due any more.
    """
    cases, dana, sam = bench.cases, identity(DANA), identity(SAM)
    incident = await bench.declare()
    ref = incident.ref
    deeds = (
        lambda: cases.responding.ack(sam, ref),
        lambda: cases.responding.severity(sam, ref, Severity.P3, "Less than was thought."),
        lambda: cases.responding.snooze(dana, ref, 15 * MINUTE),
        lambda: cases.responding.severity(sam, ref, Severity.P1, "Worse."),
        lambda: cases.responding.move(sam, ref, State.MONITORING),
        lambda: cases.responding.move(sam, ref, State.INVESTIGATING),
        lambda: cases.crew.escalate(sam, ref),
        lambda: cases.responding.resolve(sam, ref, "A", "B"),
        lambda: cases.responding.reopen(sam, ref, "It is back again."),
        lambda: cases.responding.update(dana, ref, Draft(progress="Going on.")),
        lambda: cases.responding.resolve(sam, ref, "A", "B"),
    )
    for deed in deeds:
        for pause in (MINUTE, 40 * MINUTE, timedelta(hours=5)):
            bench.clock.move(pause)
            for _ in range(4):
                await cases.ringing.tick(ref)
            due = (await bench.due()).get(ref)
            now = await bench.now(ref)
            assert due is None or due > bench.clock.now()
            assert due is not None or not now.active
        with suppress(SignalboxError):
            await deed()


async def test_a_stale_incident_is_forgotten(bench: IncidentBench) -> None:
    """Whoever owes an update is reminded once; after that nobody hears of it any more."""
    incident = await bench.declare(OUTAGE.model_copy(update={"severity": Severity.P4}))
    await bench.pass_time(timedelta(days=9))
    fired = (await bench.now(incident)).clocks.fired
    overdue = [mark for mark in fired if mark.startswith(Bell.UPDATE_OVERDUE)]
    assert len(overdue) == 8
    await bench.cases.responding.update(identity(DANA), incident.ref, Draft(progress="Closing."))
    due = (await bench.due())[incident.ref]
    assert due > bench.clock.now() + timedelta(hours=1)


async def test_merging_leaves_its_page_ringing(bench: IncidentBench) -> None:
    """The incident is gone, and the telephone of whoever was paged goes on."""
    kept = await bench.declare()
    double = await bench.declare(OUTAGE, once="double")
    await bench.deliver()
    await bench.cases.relations.merge(identity(DANA), double.ref, kept.ref)
    await bench.deliver()
    assert double.ref not in await bench.due()
    assert double.ref in bench.beeper.acknowledged


# ── What the store does not take ─────────────────────────────────────────────────────────────────


class _Refusing:
    """A store that takes nothing for a while; everything else is the real one."""

    def __init__(self, real: object) -> None:
        self._real = real

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    async def commit(self, _change: Change) -> str | None:
        """As a server that is out of memory answers."""
        raise StoreUnavailable("Redis takes no writes.")


async def test_a_write_that_fails_half_way_pages_without_a_trace(bench: IncidentBench) -> None:
    """The message is sent first and the state saved afterwards; between them something breaks."""
    incident = await bench.declare(OUTAGE.model_copy(update={"severity": Severity.P2}))
    before, waiting = await bench.now(incident), await bench.waiting()
    bench.clock.move(timedelta(hours=2))
    real = bench.store
    bench.store = _Refusing(real)  # type: ignore[assignment]  # all but its commit is real
    bench.again()
    with pytest.raises(StoreUnavailable):
        await bench.cases.ringing.tick(incident.ref)
    with pytest.raises(StoreUnavailable):
        await bench.cases.crew.page(identity(DANA), incident.ref, MAX)
    assert await bench.now(incident) == before
    assert await bench.waiting() == waiting
    bench.store = real
    bench.again()
    await bench.cases.ringing.tick(incident.ref)
    assert await bench.now(incident) != before


async def test_whatever_an_outsider_says_ends_in_silence(bench: IncidentBench) -> None:
    """No error, no change: the button does nothing. Here every refusal is an error that says why,
    and stays in the audit log.
    """
    secret = await bench.declare(LEAK)
    with pytest.raises(NotFound, match="There is no incident"):
        await bench.cases.responding.ack(identity(MAX), secret.ref)
    assert (MAX, "Refused see", secret.ref) in {each[:3] for each in await bench.audit()}
    assert OLIVIA not in secret.responders
    assert secret.at(Moment.DECLARED) == NOW
