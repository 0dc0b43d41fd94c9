"""A private room that somebody opened to everybody in Slack, while the incident goes on."""

import pytest
from engine import identity
from incident_engine import LEAK, IncidentBench
from incident_samples import incident_policy
from premises import Channel, Fault
from samples import DANA, MAX, SAM

from adapters.slack.rendering import rendered
from bot.domain.errors import Elsewhere, SlackRefused, SlackUnavailable, UsageError
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Status, Step
from bot.domain.incidents.room_leaving import LEAVING
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


# ── Another one in its place ─────────────────────────────────────────────────────────────────────

TEAM = "C0SECURE01"


async def moved(bench: IncidentBench, incident: Incident) -> Incident:
    """It goes on in a private channel of the team for security."""
    bench.looks.channels[TEAM] = ("team-sec", True)
    bench.premises.channels[TEAM] = Channel(name="team-sec", private=True, token="")
    await bench.cases.rooming.adopt(identity(DANA), incident.ref, TEAM)
    return await bench.furnish(incident)


def require_retired(bench: IncidentBench, old: str) -> None:
    """Fail unless nothing is told by a channel any more; its name is the number alone."""
    room = bench.premises.channels[old]
    assert (room.topic, room.purpose, room.archived) == ("closed", "closed", True)
    assert (room.bookmarks, room.pins) == ([], [])
    assert [place for _, _, place in bench.premises.posts if place.channel == old] == []


async def test_a_room_that_was_opened_is_retired_when_another_takes_its_place(
    bench: IncidentBench, secret: Incident
) -> None:
    old = room_of(secret)
    bench.premises.channels[old].private = False
    now = await moved(bench, secret)
    assert now.room.channel == TEAM
    require_retired(bench, old)
    assert all(now.room.progress(step).status is Status.DONE for step in LEAVING)
    with pytest.raises(Elsewhere) as told:
        await bench.cases.sight.which(identity(DANA), "", old)
    assert told.value.channel == TEAM
    with pytest.raises(UsageError, match="not the channel of an incident"):
        await bench.cases.sight.which(identity(MAX), "", old)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", sorted(LEAVING))
async def test_wherever_the_process_ends_an_opened_room_is_retired(
    bench: IncidentBench, secret: Incident, step: Step, when: str
) -> None:
    old = room_of(secret)
    bench.premises.channels[old].private = False
    bench.premises.fail(step, *(Fault(each, cut=True) for each in (when, "after", "before")))
    await moved(bench, secret)
    require_retired(bench, old)


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived", ""])
async def test_a_room_that_stayed_closed_is_left_as_it_is(
    bench: IncidentBench, secret: Incident, code: str
) -> None:
    """So is one that is gone, or archived: nothing can be taken back there."""
    old, known = room_of(secret), bench.looks.name_of

    async def gone(channel: str) -> tuple[str, bool]:
        if code and channel == old:
            raise SlackRefused("It is not there.", code=code)
        return await known(channel)

    bench.looks.name_of = gone
    now = await moved(bench, secret)
    assert now.room.left == ()
    assert not bench.premises.channels[old].archived


async def test_an_opened_room_that_the_bot_is_not_in_any_more_is_to_be_retired(
    bench: IncidentBench, secret: Incident
) -> None:
    old, known = room_of(secret), bench.looks.name_of

    async def outside(channel: str) -> tuple[str, bool]:
        if channel == old:
            raise SlackRefused("The bot is not in it.", code="not_in_channel")
        return await known(channel)

    bench.looks.name_of = outside
    now = await moved(bench, secret)
    assert [each.channel for each in now.room.left] == [old]


async def test_while_nobody_knows_whether_it_was_opened_it_is_not_replaced(
    bench: IncidentBench, secret: Incident
) -> None:
    old, known = room_of(secret), bench.looks.name_of

    async def away(channel: str) -> tuple[str, bool]:
        if channel == old:
            raise SlackUnavailable("Slack is away.")
        return await known(channel)

    bench.looks.name_of = away
    with pytest.raises(SlackUnavailable):
        await moved(bench, secret)
    assert room_of(await bench.now(secret)) == old
