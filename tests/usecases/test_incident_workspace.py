"""Incidents on a real chat server: one of each, whatever fails there, wherever we are killed."""

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from engine import identity
from incident_engine import LEAK, OUTAGE
from incident_town import Town, incident_town
from premises import PowerCut
from samples import DANA, MAX, SAM
from slack_troubles import LEAVING_CALLS, METHODS, TROUBLES, refusal

from adapters.local.workspace.seed import BOT, INCIDENTS
from adapters.redis.connection import Connections
from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import RoomKind, Step
from bot.domain.incidents.room_leaving import LEAVING
from bot.usecases.incidents.responding import Draft

# One that freezes nothing.
MILD = OUTAGE.model_copy(update={"severity": Severity.P3, "accepted": True})


@pytest.fixture
async def town(memory: Connections) -> AsyncIterator[Town]:
    """A workspace, and what meets it."""
    async with incident_town(memory) as built:
        yield built


async def test_a_declared_incident_has_its_room_at_once(town: Town) -> None:
    incident = await town.bench.furnish(await town.bench.declare())
    town.require_one_of_each(incident)


async def test_two_calls_in_a_row_until_the_room_is_usable_and_three_until_all_is_done(
    town: Town,
) -> None:
    """The channel; then card and invitations with all the rest; then the pin."""
    await town.bench.furnish(await town.bench.declare())
    calls = town.client.calls
    assert calls.pop("conversations.create") == [1]
    assert calls.pop("pins.add") == [3]
    assert {"chat.postMessage", "conversations.invite", "conversations.setTopic"} <= calls.keys()
    assert {made for rounds in calls.values() for made in rounds} == {2}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", list(METHODS))
async def test_killed_around_any_step_it_goes_on_with_what_there_is(
    town: Town, step: Step, when: str
) -> None:
    town.cutting.cuts += [(step, when), (step, when)]
    incident = await town.bench.furnish(await town.bench.declare())
    town.require_one_of_each(incident)
    assert len(incident.pages) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("step", [each for each in METHODS if each is not Step.BROADCAST])
async def test_whatever_fails_in_slack_the_room_is_made_once(
    town: Town, step: Step, trouble: str
) -> None:
    town.workspace.faults.add(METHODS[step], TROUBLES[trouble])
    town.require_one_of_each(await town.live(await town.bench.declare()))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", sorted(set(METHODS.values())))
async def test_killed_and_then_unanswered_it_is_still_one_room(
    town: Town, method: str, when: str
) -> None:
    """The answer to the second attempt is lost as well."""
    step = next(each for each in METHODS if METHODS[each] == method)
    town.cutting.cuts.append((step, when))
    town.workspace.faults.add(method, TROUBLES["lost answer"])
    incident = await town.bench.furnish(await town.bench.declare())
    town.require_one_of_each(await town.live(incident))


async def test_a_name_that_is_taken_gets_a_number(town: Town) -> None:
    taken = "inc-2026-001-checkout-answers-500s"
    general = next(iter(town.workspace.model.channels.values()))
    general.name = taken
    incident = await town.bench.furnish(await town.bench.declare())
    assert incident.room.name == f"{taken}-2"
    town.require_one_of_each(incident)


async def test_where_channels_are_forbidden_it_is_worked_on_below_the_alert(town: Town) -> None:
    town.workspace.faults.add("conversations.create", refusal("restricted_action"))
    incident = await town.live(await town.bench.declare())
    assert incident.room.kind is RoomKind.THREAD
    assert town.rooms == []
    alert = incident.room.broadcast
    assert alert is not None
    await town.bench.cases.responding.ack(identity(SAM), incident.ref)
    await town.bench.deliver()
    below = [each for each in town.said(INCIDENTS) if each.ts != alert.ts]
    assert below
    assert all(each.thread_ts == alert.ts for each in below)


async def test_what_is_private_is_seen_by_those_only_who_are_in_it(town: Town) -> None:
    secret = await town.bench.furnish(await town.bench.declare(LEAK))
    cases = town.bench.cases
    await cases.responding.update(identity(DANA), secret.ref, Draft(progress="The key is off."))
    await town.bench.furnish(secret)
    await town.bench.deliver()
    (room,) = town.rooms
    assert room.is_private
    assert town.said(INCIDENTS) == []
    seen = {
        channel.id
        for channel in town.workspace.model.channels.values()
        for message in channel.messages.values()
        if LEAK.title in str(message) or "The key is off" in str(message)
    }
    people = {
        user
        for channel in town.workspace.model.channels.values()
        if channel.id in seen
        for user in channel.members
    }
    assert room.id in seen
    assert people <= {BOT, DANA, SAM}
    assert MAX not in people


async def test_everything_that_is_said_arrives_and_cards_are_kept_up_to_date(town: Town) -> None:
    incident = await town.bench.furnish(await town.bench.declare())
    cases = town.bench.cases
    await cases.responding.ack(identity(SAM), incident.ref)
    await cases.responding.update(identity(SAM), incident.ref, Draft(progress="Rolling back."))
    await town.bench.furnish(incident)
    await town.bench.deliver()
    assert await town.bench.outbox.dead() == []
    (room,) = town.rooms
    card = room.messages[incident.room.card.ts if incident.room.card else ""]
    assert SAM in str(card.blocks)
    assert any("Rolling back." in str(each) for each in town.said(room.id))
    assert len([each for each in town.said(INCIDENTS) if each.thread_ts in {None, each.ts}]) == 1


# ── What became private ──────────────────────────────────────────────────────────────────────────

# How what was left in a channel is taken back; replies are read of an alert only.
RETIRING = {call: step for call, step in LEAVING_CALLS.items() if call != "conversations.replies"}


async def told(town: Town) -> Incident:
    """A public incident of which the bot has said some things."""
    bench = town.bench
    incident = await bench.furnish(await bench.declare(MILD))
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    await bench.cases.responding.update(identity(SAM), incident.ref, Draft(progress="A look."))
    await bench.deliver()
    return await bench.now(incident)


async def hide(town: Town, incident: Incident) -> None:
    """Make it private, and let the alert be blotted out."""
    await town.bench.cases.relations.make_private(identity(DANA), incident.ref)
    await town.bench.deliver()


async def test_what_becomes_private_leaves_nothing_in_public(town: Town) -> None:
    incident = await told(town)
    await hide(town, incident)
    town.require_hidden(await town.bench.furnish(incident), MILD.title)


async def test_the_new_room_does_not_wait_for_the_old_one(town: Town) -> None:
    """The channel; then the card and the invitations beside all that is taken back."""
    incident = await told(town)
    await hide(town, incident)
    town.client.begin()
    await town.bench.furnish(incident)
    calls = town.client.calls
    assert calls["conversations.create"] == [1]
    assert calls["conversations.invite"] == [2]
    assert set(calls["chat.postMessage"]) == {2}
    assert calls["conversations.archive"] == [max(max(each) for each in calls.values())]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", sorted(LEAVING | {Step.CHANNEL, Step.CARD, Step.PIN}))
async def test_killed_around_any_step_what_was_public_is_taken_back(
    town: Town, step: Step, when: str
) -> None:
    incident = await told(town)
    await hide(town, incident)
    town.cutting.cuts += [(step, when), (step, "after")]
    town.require_hidden(await town.bench.furnish(incident), MILD.title)


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("method", RETIRING)
async def test_whatever_fails_in_slack_the_old_room_is_retired(
    town: Town, method: str, trouble: str
) -> None:
    incident = await told(town)
    await hide(town, incident)
    town.workspace.faults.add(method, TROUBLES[trouble])
    town.require_hidden(await town.live(incident), MILD.title)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", sorted(METHODS))
async def test_hidden_while_its_room_is_made_nothing_is_left_either(
    town: Town, step: Step, when: str
) -> None:
    """Whoever made the room is killed, and nobody knows what is there."""
    incident = await town.bench.declare(MILD)
    town.cutting.cuts.append((step, when))
    with suppress(PowerCut):
        while await town.bench.cases.rooming.tick(incident.ref):
            pass
    town.bench.again()
    await hide(town, incident)
    moved = await town.bench.furnish(incident)
    public = [each for each in town.rooms if not each.is_private]
    assert all(each.is_archived and each.name == "inc-2026-001-closed" for each in public)
    assert [each.id for each in town.rooms if each.is_private] == [moved.room.channel]
    await town.bench.deliver()
    for channel in town.workspace.model.channels.values():
        if not channel.is_private and not channel.is_im:
            own = [m for m in channel.messages.values() if m.user == BOT]
            assert MILD.title not in f"{channel.topic} {channel.purpose} {own}"
