"""Once an incident is private, nothing of it reaches the places where it stood in public."""

from collections.abc import AsyncIterator

import pytest
from engine import identity
from incident_engine import OUTAGE, IncidentBench
from incident_town import Town, incident_town
from premises import Channel
from samples import DANA, MAX
from slack_troubles import refusal

from adapters.local.workspace.seed import INCIDENTS
from adapters.redis.connection import Connections
from bot.domain.errors import Elsewhere, UsageError
from bot.domain.incident_policy import ProcedureItem, Severity
from bot.domain.incidents.incident import Incident
from bot.domain.runbooks import Runbook
from bot.usecases.incidents.responding import Draft
from bot.views.errors import apology
from bot.views.incidents.topics import leaving

STEPS = (ProcedureItem(id="s1", text="Look at the graph."), ProcedureItem(id="s2", text="Undo it."))
DISK = Runbook(slug="disk-full", title="Disk full", steps=STEPS)
MILD = OUTAGE.model_copy(update={"severity": Severity.P3, "accepted": True})
LIST, CHECKLIST = "runbook-disk-full", "checklist"
WORD = "The key of the CEO was in it."


@pytest.fixture
async def town(memory: Connections) -> AsyncIterator[Town]:
    """A workspace, and a team with a runbook."""
    async with incident_town(memory) as built:
        built.bench.runbooks = (DISK,)
        built.bench.again()
        yield built


async def listed(bench: IncidentBench) -> Incident:
    """A public incident that shows its lists."""
    incident = await bench.furnish(await bench.declare(MILD))
    await bench.cases.records.runbook(identity(DANA), incident.ref, DISK.slug)
    await bench.furnish(incident)
    await bench.deliver()
    return await bench.now(incident)


async def hidden(bench: IncidentBench, incident: Incident) -> Incident:
    """It has become private, and has a room of its own."""
    await bench.cases.relations.make_private(identity(DANA), incident.ref)
    await bench.deliver()
    return await bench.furnish(incident)


async def worked_on(bench: IncidentBench, incident: Incident) -> None:
    """All that is edited in place, and all that is said, comes about."""
    ref, dana = incident.ref, identity(DANA)
    await bench.cases.responding.ack(dana, ref)
    await bench.cases.records.tick(dana, ref, LIST, "s1")
    await bench.cases.records.tick(dana, ref, CHECKLIST, "team")
    await bench.cases.records.note(dana, ref, WORD, once="note")
    await bench.cases.responding.update(dana, ref, Draft(progress=WORD))
    await bench.cases.responding.severity(dana, ref, Severity.P1)
    await bench.furnish(incident)
    await bench.deliver()


def seen(town: Town, channel: str) -> dict[str, str]:
    """All that stands in a channel, by whomever, by its moment."""
    messages = town.workspace.model.channels[channel].messages
    return {ts: f"{each.text}{each.blocks}" for ts, each in messages.items()}


async def test_lists_are_ticked_in_the_private_room_alone(town: Town) -> None:
    bench = town.bench
    incident = await listed(bench)
    old = incident.room.channel or ""
    assert any("Look at the graph." in each for each in seen(town, old).values())
    secret = await hidden(bench, incident)
    left, alert = seen(town, old), seen(town, INCIDENTS)
    await worked_on(bench, secret)
    assert seen(town, old) == left
    assert seen(town, INCIDENTS) == alert
    now = seen(town, secret.room.channel or "")
    (ticked,) = (each for each in now.values() if "Look at the graph." in each)
    assert "✅ Look at the graph." in ticked
    assert [each for each in await bench.outbox.dead() if secret.ref not in each] == []


async def test_also_while_the_old_channel_still_stands_open(town: Town) -> None:
    """Slack refuses to delete and to archive anything: what stands there stays as it was."""
    bench = town.bench
    incident = await listed(bench)
    old = incident.room.channel or ""
    town.workspace.faults.add("chat.delete", refusal("cant_delete_message"), times=30)
    town.workspace.faults.add("conversations.archive", refusal("restricted_action"), times=30)
    secret = await hidden(bench, incident)
    assert not town.workspace.model.channels[old].is_archived
    left, alert = seen(town, old), seen(town, INCIDENTS)
    await worked_on(bench, secret)
    assert seen(town, old) == left
    assert seen(town, INCIDENTS) == alert
    assert any(
        "✅ Look at the graph." in each for each in seen(town, secret.room.channel or "").values()
    )


async def test_what_was_on_its_way_when_it_became_private_is_not_shown(town: Town) -> None:
    bench = town.bench
    incident = await listed(bench)
    dana = identity(DANA)
    await bench.cases.records.tick(dana, incident.ref, LIST, "s1")
    await bench.cases.responding.update(dana, incident.ref, Draft(progress=WORD))
    await bench.cases.relations.make_private(dana, incident.ref)
    await bench.deliver()
    public = str(
        [*seen(town, incident.room.channel or "").values(), *seen(town, INCIDENTS).values()]
    )
    assert "Look at the graph." in public
    assert "✅ Look at the graph." not in public
    assert WORD not in public


@pytest.mark.parametrize("closed", [True, False], ids=["private", "public"])
async def test_a_channel_of_a_team_is_left_as_everybody_there_would_read_on(
    town: Town, closed: bool
) -> None:
    bench = town.bench
    made = await town.client.call("conversations.create", name="team-api", is_private=closed)
    team = str(made["channel"]["id"])
    incident = await bench.furnish(await bench.declare(MILD))
    await bench.cases.rooming.adopt(identity(DANA), incident.ref, team)
    await bench.furnish(incident)
    await bench.cases.records.runbook(identity(DANA), incident.ref, DISK.slug)
    await bench.deliver()
    await bench.furnish(incident)
    town.workspace.model.channels[team].members.append(MAX)
    card = (await bench.now(incident)).room.card
    secret = await hidden(bench, incident)
    room = town.workspace.model.channels[secret.room.channel or ""]
    assert (room.id == team, room.is_private) == (False, True)
    assert MAX not in room.members
    channel = town.workspace.model.channels[team]
    blotted = channel.messages[card.ts if card else ""]
    assert blotted.text == leaving(secret)
    assert "actions" not in str(blotted.blocks)
    assert (list(channel.pins), channel.bookmarks) == ([], [])
    assert (channel.name, channel.is_archived) == ("team-api", False)
    said = seen(town, team)
    assert any("Write nothing about it here." in each for each in said.values())
    await worked_on(bench, secret)
    assert seen(town, team) == said
    assert all(room.id not in each and str(room.name) not in each for each in said.values())


async def asked(bench: IncidentBench, who: str, channel: str) -> UsageError:
    """What somebody is told who types a verb without a reference in a channel."""
    with pytest.raises(UsageError) as told:
        await bench.cases.sight.which(identity(who), "", channel)
    return told.value


async def test_whoever_asks_where_it_was_is_told_where_it_goes_on_if_they_may_know(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare(MILD))
    old = incident.room.channel or ""
    await bench.cases.relations.make_private(identity(DANA), incident.ref)
    soon = await asked(bench, DANA, old)
    assert f"/incident show {incident.ref}" in soon.hint
    secret = await bench.furnish(incident)
    told = await asked(bench, DANA, old)
    assert isinstance(told, Elsewhere)
    assert str(told) == f"{incident.ref} is not worked on here any more."
    assert f"<#{secret.room.channel}>" in apology(told, "R").text
    stranger = await asked(bench, MAX, old)
    nowhere = await asked(bench, MAX, "C0NOWHERE")
    assert (str(stranger), stranger.hint) == (str(nowhere), nowhere.hint)
    assert "This is not the channel of an incident." in str(stranger)


async def test_a_channel_that_two_have_left_tells_of_the_last_one(bench: IncidentBench) -> None:
    bench.looks.channels["C0TEAM"] = ("team-api", False)
    for number in (1, 2):
        wish = MILD.model_copy(update={"title": f"Trouble {number}"})
        incident = await bench.furnish(await bench.declare(wish))
        await bench.cases.rooming.adopt(identity(DANA), incident.ref, "C0TEAM")
        bench.premises.channels["C0TEAM"] = Channel(name="team-api", private=False, token="")
        await bench.furnish(incident)
        secret = await hidden(bench, incident)
    assert secret.ref in str(await asked(bench, DANA, "C0TEAM"))


async def test_a_channel_that_is_taken_back_is_its_room(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare(MILD))
    secret = await hidden(bench, incident)
    old = incident.room.channel or ""
    bench.premises.channels[old].private = True
    await bench.cases.rooming.adopt(identity(DANA), secret.ref, old)
    found = await bench.cases.sight.which(identity(DANA), "", old)
    assert found.ref == incident.ref
    told = await asked(bench, DANA, secret.room.channel or "")
    assert "not the channel of an incident" in str(told)
