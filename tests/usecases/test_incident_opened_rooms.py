"""A private room that somebody opened to everybody in Slack, while the incident goes on."""

import pytest
from engine import identity
from incident_engine import LEAK, IncidentBench
from incident_samples import incident_policy
from samples import DANA, SAM

from adapters.slack.rendering import rendered
from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.domain.incidents.incident import Incident
from bot.domain.placement import MessageRef
from bot.usecases.incidents.closed_rooms import BELIEVED
from bot.usecases.incidents.responding import Draft

PROGRESS = "The key of the CEO was in it."


@pytest.fixture
async def secret(bench: IncidentBench) -> Incident:
    """A private incident whose room is there, and to which nothing was said for a while."""
    made = await bench.furnish(await bench.declare(LEAK))
    await bench.deliver()
    bench.clock.move(BELIEVED)
    return made


def room_of(incident: Incident) -> str:
    """Its channel."""
    assert incident.room.channel is not None
    return incident.room.channel


async def update(bench: IncidentBench, incident: Incident, progress: str = PROGRESS) -> None:
    """Something that nobody else may read, on its way to the room."""
    bench.board.scenes.clear()
    await bench.cases.responding.update(identity(DANA), incident.ref, Draft(progress=progress))
    await bench.deliver()


def read(bench: IncidentBench, channel: str) -> str:
    """All that Slack has shown in a channel since."""
    return "".join(
        str(rendered(entry, scene, incident_policy()).blocks)
        for entry, scene in bench.board.scenes.values()
        if entry.channel == channel
    )


async def test_a_closed_room_is_told_everything(bench: IncidentBench, secret: Incident) -> None:
    await update(bench, secret)
    assert PROGRESS in read(bench, room_of(secret))


async def test_a_room_that_was_opened_is_told_nothing_more_and_its_card_is_blotted_out(
    bench: IncidentBench, secret: Incident
) -> None:
    bench.premises.channels[room_of(secret)].private = False
    await update(bench, secret)
    shown = read(bench, room_of(secret))
    assert secret.ref in shown
    assert PROGRESS not in shown
    assert LEAK.title not in shown
    places = {at for at, (entry, _) in bench.board.scenes.items() if entry.channel[0] == "C"}
    assert places == {secret.room.card}
    assert PROGRESS not in str(await bench.outbox.dead())


async def test_a_room_that_was_closed_again_is_told_again(
    bench: IncidentBench, secret: Incident
) -> None:
    channel = bench.premises.channels[room_of(secret)]
    channel.private = False
    await update(bench, secret)
    channel.private = True
    bench.clock.move(BELIEVED)
    await update(bench, secret, "It was changed.")
    shown = read(bench, room_of(secret))
    assert "It was changed." in shown
    assert LEAK.title in shown


async def test_what_is_not_known_to_be_closed_waits(bench: IncidentBench, secret: Incident) -> None:
    known = bench.looks.name_of

    async def away(channel: str) -> tuple[str, bool]:
        raise SlackUnavailable(f"{channel} cannot be looked at.")

    bench.looks.name_of = away
    await update(bench, secret)
    assert read(bench, room_of(secret)) == ""
    bench.looks.name_of = known
    await bench.deliver()
    assert PROGRESS in read(bench, room_of(secret))


async def test_what_was_meant_for_an_archived_room_keeps_nobody_waiting(
    bench: IncidentBench, secret: Incident
) -> None:
    async def archived(channel: str) -> tuple[str, bool]:
        raise SlackRefused(f"{channel} is archived.", code="is_archived")

    bench.looks.name_of = archived
    await update(bench, secret)
    assert room_of(secret) not in await bench.waiting()
    assert PROGRESS not in str(await bench.outbox.dead())


async def test_a_burst_of_messages_asks_once(bench: IncidentBench, secret: Incident) -> None:
    asked, known = [], bench.looks.name_of

    async def counted(channel: str) -> tuple[str, bool]:
        asked.append(channel)
        return await known(channel)

    bench.looks.name_of = counted
    await update(bench, secret)
    await bench.cases.responding.ack(identity(SAM), secret.ref)
    await bench.deliver()
    assert asked == [room_of(secret)]
    bench.clock.move(BELIEVED)
    await update(bench, secret, "It was changed.")
    assert asked == [room_of(secret)] * 2


async def test_a_public_incident_asks_nobody(bench: IncidentBench) -> None:
    async def never(channel: str) -> tuple[str, bool]:
        raise AssertionError(channel)

    bench.looks.name_of = never
    public = await bench.furnish(await bench.declare())
    await update(bench, public)
    assert PROGRESS in read(bench, room_of(public))
    assert isinstance(public.room.card, MessageRef)
