"""A reminder that is answered, or needless, shows what became of it and asks nobody any more."""

from datetime import timedelta

import pytest
from engine import identity
from incident_engine import IncidentBench
from incident_samples import CHANNEL, MINUTE
from samples import DANA, NOW, OLIVIA, SAM
from screens import accepted, buttons, screen

from adapters.slack.rendering import rendered
from bot.domain.incident_policy import Role
from bot.domain.incidents.events import Bell, Settled
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import DirectWord, IncidentNote, IncidentSaid
from bot.domain.incidents.states import State
from bot.usecases.incidents.responding import Draft
from bot.views.blocks import Rendered

ENDED = Settled(root_cause="a leak", resolution="rolled back")


def reminders(bench: IncidentBench, bell: Bell, channel: str | None = None) -> list[Rendered]:
    """Each note of a bell as it stands there (None: wherever), oldest first."""
    return [
        accepted(rendered(entry, scene, bench.catalog.incidents))
        for entry, scene in bench.board.scenes.values()
        if isinstance(entry.message, IncidentNote | DirectWord)
        and entry.message.mark.startswith(f"{bell}/")
        and channel in {entry.channel, None}
    ]


async def beginning(bench: IncidentBench) -> Incident:
    """A room in which time goes by."""
    incident = await bench.furnish(await bench.declare(who=DANA))
    await bench.deliver()
    return incident


async def later(bench: IncidentBench, until: timedelta) -> None:
    await bench.pass_time(until)
    await bench.deliver()


async def test_that_nobody_has_acknowledged_shows_who_did(bench: IncidentBench) -> None:
    """One message, which is edited."""
    incident = await beginning(bench)
    await later(bench, 20 * MINUTE)
    (asked,) = reminders(bench, Bell.RESPONSE_BREACHED)
    assert list(buttons(asked)) == ["Acknowledge"]
    posts = len(bench.board.scenes)
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    await bench.deliver()
    (decided,) = reminders(bench, Bell.RESPONSE_BREACHED)
    assert buttons(decided) == {}
    assert f"acknowledged this in time.\n✋ <@{SAM}> is on it." in screen(decided)
    # Nothing was posted but what says that somebody is on it.
    notes = [
        entry.message.said
        for entry, _ in list(bench.board.scenes.values())[posts:]
        if isinstance(entry.message, IncidentNote)
    ]
    assert notes == [IncidentSaid.ACKED]


async def test_that_nobody_leads_shows_who_does(bench: IncidentBench) -> None:
    incident = await beginning(bench)
    await later(bench, 6 * MINUTE)
    (asked,) = reminders(bench, Bell.UNCLAIMED)
    assert list(buttons(asked)) == ["Take lead"]
    await bench.cases.crew.give(identity(SAM), incident.ref, Role.LEAD)
    await bench.deliver()
    (decided,) = reminders(bench, Bell.UNCLAIMED)
    assert buttons(decided) == {}
    assert f"<@{SAM}> leads it." in screen(decided)


async def test_an_update_that_was_due_shows_when_the_next_one_is(bench: IncidentBench) -> None:
    """In the room and in private."""
    incident, responding = await beginning(bench), bench.cases.responding
    await responding.ack(identity(SAM), incident.ref)
    await later(bench, 31 * MINUTE)
    for bell, channel in ((Bell.UPDATE_SOON, SAM), (Bell.UPDATE_DUE, incident.room.channel)):
        (asked,) = reminders(bench, bell, channel)
        assert "No change" in buttons(asked)
    await responding.update(identity(SAM), incident.ref, Draft(progress="We look into it."))
    await bench.deliver()
    for bell in (Bell.UPDATE_SOON, Bell.UPDATE_DUE):
        (decided,) = reminders(bench, bell)
        assert not any(block["type"] == "actions" for block in decided.blocks)
        assert "The next one is due 13:01" in screen(decided)
    await later(bench, 62 * MINUTE)
    shown = reminders(bench, Bell.UPDATE_DUE)
    assert ["No change" in buttons(each) for each in shown] == [False, True]


async def test_who_does_not_owe_the_update_any_more_is_not_asked_for_it(
    bench: IncidentBench,
) -> None:
    incident = await beginning(bench)
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    await later(bench, 26 * MINUTE)
    await bench.cases.crew.give(identity(SAM), incident.ref, Role.COMMS, OLIVIA)
    await bench.deliver()
    (passed,) = reminders(bench, Bell.UPDATE_SOON, SAM)
    assert not any(block["type"] == "actions" for block in passed.blocks)
    assert f"*Comms*: <@{OLIVIA}>" in screen(passed)


@pytest.mark.parametrize("channel", ["its room", "everybody"])
async def test_what_is_over_calls_nobody_out(bench: IncidentBench, channel: str) -> None:
    """In the room, and below the alert that everybody reads."""
    incident = await beginning(bench)
    place = incident.room.channel if channel == "its room" else CHANNEL
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    await later(bench, 61 * MINUTE)
    (asked,) = reminders(bench, Bell.RESOLUTION_BREACHED, place)
    assert list(buttons(asked)) == ["Page…"]
    await bench.cases.responding.settle(identity(SAM), incident.ref, ENDED)
    await bench.deliver()
    (decided,) = reminders(bench, Bell.RESOLUTION_BREACHED, place)
    assert buttons(decided) == {}
    assert "It is Resolved now." in screen(decided)
    # What was answered of before is not asked again when it is opened again.
    await bench.cases.responding.reopen(identity(SAM), incident.ref, "the errors are back again")
    await bench.deliver()
    (still,) = reminders(bench, Bell.RESOLUTION_BREACHED, place)
    assert buttons(still) == {}


async def test_whether_it_is_resolved_is_not_asked_once_it_is(bench: IncidentBench) -> None:
    incident, responding = await beginning(bench), bench.cases.responding
    await responding.ack(identity(SAM), incident.ref)
    await responding.move(identity(SAM), incident.ref, State.MONITORING)
    quiet = (await bench.now(incident)).clocks.quiet_until
    if quiet is None:
        pytest.fail("nobody would be asked")
    await later(bench, quiet - NOW + MINUTE)
    (asked,) = reminders(bench, Bell.FIXED_AWHILE)
    assert list(buttons(asked)) == ["Resolve…"]
    await responding.settle(identity(SAM), incident.ref, ENDED)
    await bench.deliver()
    (decided,) = reminders(bench, Bell.FIXED_AWHILE)
    assert buttons(decided) == {}
    assert "Is it resolved?" in screen(decided)
    assert "It is Resolved now." in screen(decided)
