"""A room that was left to everybody is retired: once, whatever fails, wherever the process ends."""

from collections.abc import Sequence

import pytest
from engine import identity
from incident_engine import LEAK, MINUTE, OUTAGE, IncidentBench
from premises import Channel, Fault
from samples import DANA, MAX, SAM

from bot.domain.errors import IllegalTransition
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import DirectWord, IncidentNote, Word
from bot.domain.incidents.room import Progress, Status, Step
from bot.domain.incidents.room_events import StepResult, StepsBegun
from bot.domain.incidents.room_leaving import LEAVING, leaving_steps
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind
from bot.ports import RoomJob, room_item

TAKING = sorted(LEAVING - {Step.LEFT_ARCHIVE})


async def hidden(bench: IncidentBench, incident: Incident) -> Incident:
    """The incident once Dana has made it private."""
    return await bench.cases.relations.make_private(identity(DANA), incident.ref)


async def closed(bench: IncidentBench) -> Incident:
    """One that is over, with its room."""
    incident = await bench.furnish(await bench.declare())
    reason = "It was a drill of the probes."
    dana = identity(DANA)
    return await bench.cases.responding.move(dana, incident.ref, State.CANCELLED, reason)


def require_retired(room: Channel) -> None:
    """Fail unless nothing is told by a channel any more."""
    assert (room.name, room.topic, room.purpose) == ("inc-2026-001-closed", "closed", "closed")
    assert (room.bookmarks, room.pins, room.archived) == ([], [], True)


def require_moved(bench: IncidentBench, incident: Incident) -> None:
    """Fail unless the old room is retired and there is one new one, with one card."""
    old, new = bench.premises.channels.values()
    require_retired(old)
    assert (new.name, new.private, new.archived) == ("inc-2026-001", True, False)
    assert bench.premises.channels[incident.room.channel or ""] is new
    assert new.pins == [incident.room.card]
    assert bench.premises.posted(Step.CARD) == 1
    assert DANA in new.people
    assert all(each.status is Status.DONE for each in incident.room.steps.values())


async def test_the_old_room_is_retired_beside_the_making_of_the_new_one(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare())
    bench.premises.waves.clear()
    require_moved(bench, await bench.furnish(await hidden(bench, incident)))
    first, second, third = bench.premises.waves
    assert first == (Step.CHANNEL,)
    assert {Step.CARD, Step.INVITE, *TAKING} <= set(second)
    assert set(third) == {Step.PIN, Step.LEFT_ARCHIVE}
    assert (await bench.due()).get(room_item(incident.ref)) is None


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", sorted(LEAVING | {Step.CHANNEL, Step.CARD, Step.PIN}))
async def test_wherever_the_process_ends_it_is_retired_once(
    bench: IncidentBench, step: Step, when: str
) -> None:
    incident = await bench.furnish(await bench.declare())
    bench.premises.fail(step, *(Fault(each, cut=True) for each in (when, "after", "before")))
    require_moved(bench, await bench.furnish(await hidden(bench, incident)))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", sorted(LEAVING))
async def test_what_fails_for_now_is_done_later(
    bench: IncidentBench, step: Step, when: str
) -> None:
    incident = await bench.furnish(await bench.declare())
    bench.premises.fail(step, Fault(when), Fault(when))
    await hidden(bench, incident)
    await bench.pass_time(4 * MINUTE)
    require_moved(bench, await bench.now(incident))


@pytest.mark.parametrize("step", sorted(LEAVING))
async def test_what_is_refused_is_said_and_tried_again_by_a_repair(
    bench: IncidentBench, step: Step
) -> None:
    incident = await bench.furnish(await bench.declare())
    bench.premises.fail(step, Fault(final=True, says="An administrator forbids it."))
    moved = await bench.furnish(await hidden(bench, incident))
    progress = moved.room.steps[step]
    assert (progress.status, progress.problem) == (Status.REFUSED, "An administrator forbids it.")
    old = next(iter(bench.premises.channels.values()))
    if step is Step.LEFT_ARCHIVE:
        assert not old.archived
        await bench.cases.rooming.repair(identity(DANA), incident.ref)
        require_moved(bench, await bench.furnish(moved))
    else:
        # What only a person can mend keeps nobody talking in public.
        assert old.archived


async def test_the_timeline_says_that_the_old_channel_is_archived(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    await bench.furnish(await hidden(bench, incident))
    told = [each.word for each in await bench.lines(incident) if each.kind is LineKind.ROOM]
    assert told == ["made", "made", "retired"]


async def test_the_old_channel_is_told_nothing_more(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    await bench.deliver()
    await hidden(bench, incident)
    waiting = (await bench.waiting()).get(incident.room.channel or "", [])
    assert not any(isinstance(each.message, IncidentNote) for each in waiting)


# ── Over ─────────────────────────────────────────────────────────────────────────────────────────


async def test_the_room_of_something_over_is_retired_and_no_other_is_made(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await closed(bench))
    moved = await bench.furnish(await hidden(bench, incident))
    (old,) = bench.premises.channels.values()
    require_retired(old)
    assert moved.room.channel is None


async def test_of_something_over_the_declarer_hears_what_is_left(bench: IncidentBench) -> None:
    incident = await bench.furnish(await closed(bench))
    bench.premises.fail(Step.LEFT_ARCHIVE, Fault(final=True))
    stuck = await bench.furnish(await hidden(bench, incident))
    words = [each.message for each in (await bench.waiting())[DANA]]
    assert [each.word for each in words if isinstance(each, DirectWord)][-1] is Word.LEFT
    await bench.cases.rooming.repair(identity(DANA), incident.ref)
    done = await bench.furnish(stuck)
    (old,) = bench.premises.channels.values()
    require_retired(old)
    with pytest.raises(IllegalTransition):
        await bench.cases.rooming.repair(identity(DANA), done.ref)


# ── The right one ────────────────────────────────────────────────────────────────────────────────


async def test_somebody_elses_channel_stays_and_the_one_made_before_is_retired(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare())
    bench.premises.channels["C0TEAM"] = team = Channel(name="team-api", private=False, token="")
    await bench.cases.rooming.adopt(identity(DANA), incident.ref, "C0TEAM")
    adopted = await bench.furnish(await bench.now(incident))
    assert adopted.room.card is not None
    assert (team.pins, bool(team.bookmarks)) == ([adopted.room.card], True)
    await bench.furnish(await hidden(bench, adopted))
    require_retired(bench.premises.channels[incident.room.channel or ""])
    assert (team.name, team.topic, team.archived) == ("team-api", "", False)
    assert (team.pins, team.bookmarks) == ([], [])


async def test_a_channel_taken_later_is_not_retired(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    moved = await bench.furnish(await hidden(bench, incident))
    bench.premises.channels["C0SEC"] = Channel(name="team-sec", private=True, token="")
    await bench.cases.rooming.adopt(identity(DANA), incident.ref, "C0SEC")
    await hidden(bench, moved)
    await bench.furnish(moved)
    archived = [each.name for each in bench.premises.channels.values() if each.archived]
    assert archived == ["inc-2026-001-closed"]


async def test_a_channel_that_another_incident_took_meanwhile_stays_open(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare())
    other = await bench.declare(OUTAGE.model_copy(update={"title": "Logins fail"}), who=SAM)
    left = incident.room.channel or ""
    await hidden(bench, incident)
    await bench.cases.rooming.adopt(identity(SAM), other.ref, left)
    await bench.furnish(incident)
    room = bench.premises.channels[left]
    assert not room.archived
    assert room.name == "inc-2026-001-checkout-answers-500s"


async def test_what_was_private_from_the_start_leaves_nothing(bench: IncidentBench) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    assert leaving_steps(secret) == ()
    await hidden(bench, secret)
    await bench.furnish(secret)
    assert not any(each.archived for each in bench.premises.channels.values())


async def test_a_wave_that_was_under_way_ends_before_anything_is_taken_back(
    bench: IncidentBench,
) -> None:
    """Whoever was at the room when it became private looks again as soon as that wave has ended."""
    incident = await bench.furnish(await bench.declare())
    stored = await bench.incidents.incident(incident.ref)
    await bench.cases.transitions.apply(stored, StepsBegun(steps=(Step.TOPIC,)))
    await hidden(bench, incident)
    assert (await bench.due()).get(room_item(incident.ref)) is None
    begun = (await bench.now(incident)).room
    assert begun.steps.get(Step.LEFT_TEXTS, Progress()).begun is None


async def test_who_finds_the_room_moved_under_way_has_it_looked_at_again(
    bench: IncidentBench,
) -> None:
    """It became private while its first channel was being made, of which nobody had an answer."""
    incident = await bench.declare()
    perform = bench.premises.perform

    async def meanwhile(jobs: Sequence[RoomJob]) -> tuple[StepResult, ...]:
        bench.premises.perform = perform
        await hidden(bench, incident)
        return await perform(jobs)

    bench.premises.perform = meanwhile
    await bench.cases.rooming.tick(incident.ref)
    moved = await bench.now(incident)
    assert (moved.room.channel, [each.channel for each in moved.room.left]) == (None, [None])
    assert (await bench.due())[room_item(incident.ref)] == bench.clock.now()


async def test_only_who_sees_it_repairs_it(bench: IncidentBench) -> None:
    incident = await bench.furnish(await closed(bench))
    bench.premises.fail(Step.LEFT_ARCHIVE, Fault(final=True))
    await bench.furnish(await hidden(bench, incident))
    with pytest.raises(Exception, match="There is no incident"):
        await bench.cases.rooming.repair(identity(MAX), incident.ref)
