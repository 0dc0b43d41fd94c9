"""Rooms of incidents: made once, whatever fails, wherever the process ends."""

from datetime import timedelta

import pytest
from engine import identity
from incident_engine import LEAK, MINUTE, OUTAGE, IncidentBench, incident_bench
from premises import Fault
from samples import DANA, MAX, NOW, OLIVIA, SAM

from adapters.redis import keys
from adapters.redis.connection import Connections
from bot.domain.errors import SlackRefused, UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.messages import DirectWord, IncidentCard, Word
from bot.domain.incidents.room import RoomKind, Status, Step
from bot.domain.incidents.room_leaving import LEAVING
from bot.domain.incidents.states import State

STEPS = [step for step in Step if step not in LEAVING]
# Everything but the channel itself, side by side; the pin needs the card.
SECOND = {Step.CARD, Step.INVITE, Step.BROADCAST, Step.TOPIC, Step.PURPOSE, Step.BOOKMARKS}


def whole(bench: IncidentBench, incident: Incident) -> None:
    """Fail unless there is one of everything, and all of it is known."""
    (room,) = bench.premises.channels.values()
    assert bench.premises.posted(Step.CARD) == 1
    assert bench.premises.posted(Step.BROADCAST) == (0 if incident.private else 1)
    assert room.pins == [incident.room.card]
    assert DANA in room.people
    assert room.topic
    assert room.purpose
    assert all(each.status is Status.DONE for each in incident.room.steps.values())


async def test_a_room_is_usable_after_two_waves_and_done_after_three(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    first, second, third = bench.premises.waves
    assert (first, set(second), third) == ((Step.CHANNEL,), SECOND, (Step.PIN,))
    whole(bench, incident)
    assert (await bench.due()).keys() == {incident.ref}
    assert await bench.cases.sight.here(incident.room.channel or "") == incident


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_room_is_made_once_wherever_the_process_ends(
    bench: IncidentBench, step: Step, when: str
) -> None:
    bench.premises.fail(step, Fault(when, cut=True))
    incident = await bench.furnish(await bench.declare())
    whole(bench, incident)
    assert len(incident.pages) == 1


@pytest.mark.parametrize("step", STEPS)
async def test_a_room_survives_one_power_cut_after_the_other(
    bench: IncidentBench, step: Step
) -> None:
    bench.premises.fail(step, *(Fault(when, cut=True) for when in ("after", "before") * 3))
    whole(bench, await bench.furnish(await bench.declare()))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_fails_for_now_is_done_later_and_once(
    bench: IncidentBench, step: Step, when: str
) -> None:
    bench.premises.fail(step, Fault(when), Fault(when))
    incident = await bench.declare()
    await bench.pass_time(4 * MINUTE)
    whole(bench, await bench.now(incident))


async def test_a_step_that_failed_is_not_tried_again_at_once(bench: IncidentBench) -> None:
    bench.premises.fail(Step.CHANNEL, Fault())
    incident = await bench.declare()
    await bench.cases.rooming.tick(incident.ref)
    # The alert does not wait for a channel that cannot be made at the moment.
    await bench.cases.rooming.tick(incident.ref)
    assert await bench.cases.rooming.tick(incident.ref) == ()
    assert [step for wave in bench.premises.waves for step in wave] == [
        Step.CHANNEL,
        Step.BROADCAST,
    ]
    assert (await bench.due())[f"room:{incident.ref}"] == NOW + timedelta(seconds=5)


@pytest.mark.parametrize("step", sorted(SECOND | {Step.PIN}))
async def test_a_step_that_is_refused_waits_for_a_person(bench: IncidentBench, step: Step) -> None:
    bench.premises.fail(step, Fault(final=True, says="An administrator forbids it."))
    incident = await bench.furnish(await bench.declare())
    progress = incident.room.steps[step]
    assert (progress.status, progress.problem) == (Status.REFUSED, "An administrator forbids it.")
    mended = await bench.furnish(await bench.cases.rooming.repair(identity(MAX), incident.ref))
    whole(bench, mended)


async def test_where_no_channel_may_be_made_the_room_is_a_thread(bench: IncidentBench) -> None:
    bench.premises.fail(Step.CHANNEL, Fault(final=True))
    incident = await bench.furnish(await bench.declare())
    assert (incident.room.kind, incident.room.channel) == (RoomKind.THREAD, None)
    assert bench.premises.posted(Step.BROADCAST) == 1
    assert bench.premises.posted(Step.CARD) == 1


async def test_a_private_incident_without_a_channel_has_no_room_at_all(
    bench: IncidentBench,
) -> None:
    bench.premises.fail(Step.CHANNEL, Fault(final=True))
    secret = await bench.furnish(await bench.declare(LEAK))
    assert bench.premises.posts == []
    assert (secret.room.kind, secret.room.channel) == (RoomKind.CHANNEL, None)
    words = [each.message for each in (await bench.waiting())[DANA]]
    assert [each.word for each in words if isinstance(each, DirectWord)] == [Word.NO_ROOM]


async def test_a_private_room_is_closed_and_told_to_nobody(bench: IncidentBench) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    (room,) = bench.premises.channels.values()
    assert (room.private, room.name) == (True, "inc-2026-001")
    assert bench.premises.posted(Step.BROADCAST) == 0
    assert secret.room.closed


async def test_what_becomes_private_moves_to_a_room_of_its_own(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    hidden = await bench.cases.relations.make_private(identity(DANA), incident.ref)
    moved = await bench.furnish(hidden)
    public, closed = bench.premises.channels.values()
    assert (public.private, closed.private) == (False, True)
    assert bench.premises.channels[moved.room.channel or ""] is closed
    assert await bench.cases.sight.here(incident.room.channel or "") is None


async def test_a_drill_is_told_to_nobody(bench: IncidentBench) -> None:
    drill = await bench.declare(OUTAGE.model_copy(update={"kind": IncidentKind.DRILL}))
    await bench.furnish(drill)
    (room,) = bench.premises.channels.values()
    assert room.name.startswith("drill-2026-001")
    assert bench.premises.posted(Step.BROADCAST) == 0
    assert (drill.pages, drill.freeze) == ((), None)
    with pytest.raises(UsageError, match="drill"):
        await bench.cases.crew.page(identity(DANA), drill.ref, SAM)


async def test_whoever_takes_part_later_is_invited_later(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    await bench.cases.crew.call_in(identity(DANA), incident.ref, frozenset({MAX}))
    assert (await bench.due())[f"room:{incident.ref}"] == NOW
    await bench.furnish(incident)
    (room,) = bench.premises.channels.values()
    assert room.people == {DANA, SAM, MAX}  # Sam was called at once
    assert bench.premises.waves[-1] == (Step.INVITE,)


async def test_the_owners_of_what_is_affected_are_invited(memory: Connections) -> None:
    """Not to what is private, and not for an exercise."""
    async with incident_bench(memory) as bench:
        service = bench.catalog.services["api"].model_copy(update={"owners": "owners"})
        services = {**bench.catalog.services, "api": service}
        bench.catalog = bench.catalog.model_copy(update={"services": services})
        bench.again()
        for wish, invited in (
            (OUTAGE, True),
            (OUTAGE.model_copy(update={"service": "auth"}), False),
            (OUTAGE.model_copy(update={"kind": IncidentKind.DRILL}), False),
            (LEAK, False),
        ):
            made = await bench.furnish(await bench.declare(wish, once=wish.model_dump_json()))
            assert (OLIVIA in made.room.people) is invited


async def test_who_changes_the_incident_meanwhile_wakes_no_second_worker(
    bench: IncidentBench,
) -> None:
    incident = await bench.declare()
    bench.premises.fail(Step.CHANNEL, Fault("after", cut=True))
    with pytest.raises(Exception, match="channel"):
        await bench.cases.rooming.tick(incident.ref)
    item, lease = f"room:{incident.ref}", NOW + timedelta(days=1)
    await bench.memory.commands.zadd(keys.DUE, {item: lease.timestamp() * 1000})
    await bench.cases.crew.call_in(identity(DANA), incident.ref, frozenset({MAX}))
    assert (await bench.due())[item] == lease
    whole(bench, await bench.furnish(incident))
    (room,) = bench.premises.channels.values()
    assert room.people == {DANA, SAM, MAX}  # Sam was called at once


async def test_an_incident_that_is_over_leaves_no_room_to_be_made(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.cases.responding.move(identity(DANA), incident.ref, State.CANCELLED, "A test.")
    assert await bench.due() == {}
    assert await bench.cases.rooming.tick(incident.ref) == ()
    assert bench.premises.waves == []


async def test_the_card_is_brought_up_to_date_once_it_stands(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    made = await bench.furnish(incident)
    await bench.deliver()
    scenes = {type(e.message): (e, scene) for e, scene in bench.board.scenes.values()}
    _, scene = scenes[IncidentCard]
    assert scene.incident is not None
    assert (scene.incident.lead, scene.place) == (SAM, made.room.card)


# ── Channels that are there ──────────────────────────────────────────────────────────────────────


async def test_a_channel_that_is_there_becomes_the_room(bench: IncidentBench) -> None:
    bench.looks.channels["C0WAR"] = ("war-room", False)
    incident = await bench.declare()
    adopted = await bench.cases.rooming.adopt(identity(DANA), incident.ref, "C0WAR")
    assert (adopted.room.channel, adopted.room.adopted) == ("C0WAR", True)
    assert await bench.cases.sight.here("C0WAR") == adopted


async def test_a_channel_belongs_to_one_incident_at_a_time(bench: IncidentBench) -> None:
    bench.looks.channels["C0WAR"] = ("war-room", False)
    small = OUTAGE.model_copy(update={"title": "A slow page", "severity": Severity.P3})
    first, second = await bench.declare(), await bench.declare(small)
    rooming = bench.cases.rooming
    await rooming.adopt(identity(DANA), first.ref, "C0WAR")
    with pytest.raises(UsageError, match=f"the room of {first.ref}"):
        await rooming.adopt(identity(DANA), second.ref, "C0WAR")
    await bench.cases.responding.move(identity(DANA), first.ref, State.CANCELLED, "A test.")
    await rooming.adopt(identity(DANA), second.ref, "C0WAR")
    here = await bench.cases.sight.here("C0WAR")
    assert here is not None
    assert here.ref == second.ref


async def test_what_is_private_adopts_no_open_channel(bench: IncidentBench) -> None:
    bench.looks.channels |= {"C0WAR": ("war-room", False), "C0SAFE": ("safe", True)}
    secret = await bench.declare(LEAK)
    with pytest.raises(UsageError, match="everybody can read"):
        await bench.cases.rooming.adopt(identity(DANA), secret.ref, "C0WAR")
    adopted = await bench.cases.rooming.adopt(identity(DANA), secret.ref, "C0SAFE")
    assert adopted.room.closed


async def test_a_channel_without_the_bot_cannot_be_adopted(bench: IncidentBench) -> None:
    incident = await bench.declare()
    with pytest.raises(SlackRefused):
        await bench.cases.rooming.adopt(identity(DANA), incident.ref, "C0ELSE")


async def test_a_thread_gets_a_channel_of_its_own_on_demand(bench: IncidentBench) -> None:
    wish = OUTAGE.model_copy(update={"room": RoomKind.THREAD, "severity": Severity.P4})
    incident = await bench.furnish(await bench.declare(wish))
    assert bench.premises.channels == {}
    opened = await bench.cases.rooming.open_channel(identity(MAX), incident.ref)
    made = await bench.furnish(opened)
    assert made.room.channel in bench.premises.channels
    assert bench.premises.posted(Step.BROADCAST) == 1
