"""Who is invited while Slack cannot say who people are, and what is shown in a room meanwhile."""

import pytest
from engine import identity
from incident_engine import LEAK, MINUTE, IncidentBench
from premises import Channel
from samples import DANA, MAX, OLIVIA

from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.domain.incidents.events import Described
from bot.domain.incidents.incident import Incident, TaskKind
from bot.domain.incidents.room import Status, Step
from bot.usecases.incidents.closed_rooms import BELIEVED

GUEST = "U0GUEST01"
SHOWN = {Step.CARD, Step.INVITE, Step.TOPIC, Step.PURPOSE, Step.BOOKMARKS}


@pytest.fixture
async def owned(bench: IncidentBench) -> IncidentBench:
    """The service has owners, a group of the chat system of which nobody is listed."""
    service = bench.catalog.services["api"].model_copy(update={"owners": "owners"})
    group = bench.catalog.groups["owners"].model_copy(update={"members": frozenset()})
    bench.catalog = bench.catalog.model_copy(
        update={
            "services": {**bench.catalog.services, "api": service},
            "groups": {**bench.catalog.groups, "owners": group},
        }
    )
    bench.again()
    return bench


def room_of(bench: IncidentBench, incident: Incident) -> Channel:
    """The channel that is its room."""
    return bench.premises.channels[incident.room.channel or ""]


async def hand(bench: IncidentBench, incident: Incident, person: str) -> None:
    """Give somebody a task while Slack cannot say who that is."""
    bench.people.unseen = frozenset({person})
    dana = identity(DANA)
    await bench.cases.records.task(
        dana, incident.ref, TaskKind.TASK, "Turn the key off", person, once="task"
    )


# ── Owners ───────────────────────────────────────────────────────────────────────────────────────


async def test_owners_whom_nobody_knew_are_invited_as_soon_as_they_are_known(
    owned: IncidentBench,
) -> None:
    owned.people.away = True
    incident = await owned.furnish(await owned.declare())
    room = room_of(owned, incident)
    assert DANA in room.people
    assert OLIVIA not in room.people
    invite = incident.room.progress(Step.INVITE)
    assert (invite.status, invite.problem) == (
        Status.PENDING,
        "Slack does not say who owns the service.",
    )
    others = set(incident.room.steps) - {Step.INVITE}
    assert {incident.room.progress(step).status for step in others} == {Status.DONE}
    owned.people.away = False
    await owned.pass_time(MINUTE)
    assert OLIVIA in room.people
    assert (await owned.now(incident)).room.progress(Step.INVITE).status is Status.DONE


async def test_a_group_of_nobody_is_not_waited_for(owned: IncidentBench) -> None:
    service = owned.catalog.services["api"].model_copy(update={"owners": None})
    services = {**owned.catalog.services, "api": service}
    owned.catalog = owned.catalog.model_copy(update={"services": services})
    owned.again()
    owned.people.away = True
    incident = await owned.furnish(await owned.declare())
    assert incident.room.progress(Step.INVITE).status is Status.DONE


# ── People of the workspace ──────────────────────────────────────────────────────────────────────


async def test_a_guest_is_not_let_in_while_nobody_can_say_who_that_is(bench: IncidentBench) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    room = room_of(bench, secret)
    await hand(bench, secret, GUEST)
    waiting = await bench.furnish(secret)
    assert GUEST not in room.people
    assert waiting.room.progress(Step.INVITE).status is Status.PENDING
    bench.people.unseen = frozenset()
    await bench.pass_time(MINUTE)
    assert GUEST not in room.people
    assert (await bench.now(secret)).room.progress(Step.INVITE).status is Status.DONE


async def test_a_colleague_is_let_in_as_soon_as_that_is_known(bench: IncidentBench) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    room = room_of(bench, secret)
    await hand(bench, secret, MAX)
    await bench.furnish(secret)
    assert MAX not in room.people
    assert DANA in room.people
    bench.people.unseen = frozenset()
    await bench.pass_time(MINUTE)
    assert MAX in room.people


async def test_a_public_room_waits_for_nobody(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    await hand(bench, incident, MAX)
    await bench.furnish(incident)
    assert MAX in room_of(bench, incident).people


# ── Rooms that somebody has opened ───────────────────────────────────────────────────────────────


async def worse(bench: IncidentBench, incident: Incident) -> Incident:
    """Something that changes the topic, and somebody else who is in it."""
    await bench.cases.crew.call_in(identity(DANA), incident.ref, frozenset({MAX}))
    title = "A key of the CEO has leaked"
    await bench.cases.responding.describe(identity(DANA), incident.ref, Described(title=title))
    return await bench.furnish(incident)


async def test_nothing_is_done_in_a_room_that_was_opened_until_it_is_closed_again(
    bench: IncidentBench,
) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    room = room_of(bench, secret)
    room.private = False
    bench.clock.move(BELIEVED)
    bench.premises.waves.clear()
    waiting = await worse(bench, secret)
    assert [each for wave in bench.premises.waves for each in wave] == []
    assert MAX not in room.people
    for step in (Step.INVITE, Step.TOPIC):
        progress = waiting.room.progress(step)
        assert (progress.status, progress.problem) == (
            Status.PENDING,
            "Everybody can read the channel.",
        )
    room.private = True
    await bench.pass_time(MINUTE + BELIEVED)
    assert MAX in room.people
    assert (await bench.now(secret)).room.progress(Step.TOPIC).status is Status.DONE


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (SlackUnavailable("Slack is away."), Status.PENDING),
        (SlackRefused("It is archived.", code="is_archived"), Status.REFUSED),
    ],
)
async def test_what_is_not_known_to_be_closed_is_taken_for_open(
    bench: IncidentBench, trouble: SlackUnavailable, status: Status
) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    bench.clock.move(BELIEVED)
    bench.premises.waves.clear()

    async def away(channel: str) -> tuple[str, bool]:
        raise trouble

    bench.looks.name_of = away
    waiting = await worse(bench, secret)
    assert bench.premises.waves in ([], [()], [(), ()])
    assert waiting.room.progress(Step.TOPIC).status is status


async def test_a_channel_that_was_just_made_is_not_asked_for(bench: IncidentBench) -> None:
    async def never(channel: str) -> tuple[str, bool]:
        raise AssertionError(channel)

    bench.looks.name_of = never
    secret = await bench.furnish(await bench.declare(LEAK))
    assert {step for wave in bench.premises.waves for step in wave} >= SHOWN
    assert secret.room.card is not None
