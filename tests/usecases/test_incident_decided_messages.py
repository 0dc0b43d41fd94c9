"""What asked somebody for something shows what became of it, where it was asked."""

from engine import identity
from incident_engine import OUTAGE, IncidentBench
from samples import DANA, OLIVIA, SAM
from screens import accepted, buttons, screen

from adapters.slack.rendering import rendered
from bot.domain.incidents.incident import Incident, TaskKind
from bot.domain.incidents.messages import IncidentMessage
from bot.domain.message import Entry
from bot.ports import Scene
from bot.views.blocks import Rendered


def told(bench: IncidentBench, card: str) -> list[tuple[Entry, Rendered]]:
    """Each message under that name as it stands, oldest first."""
    return [
        (entry, accepted(_drawn(bench, entry, scene)))
        for entry, scene in bench.board.scenes.values()
        if entry.card == card and isinstance(entry.message, IncidentMessage)
    ]


def _drawn(bench: IncidentBench, entry: Entry, scene: Scene) -> Rendered:
    return rendered(entry, scene, bench.catalog.incidents)


async def beginning(bench: IncidentBench) -> Incident:
    incident = await bench.furnish(await bench.declare(who=DANA))
    await bench.cases.crew.call_in(identity(DANA), incident.ref, frozenset({SAM, OLIVIA}))
    await bench.deliver()
    return incident


async def add(bench: IncidentBench, incident: Incident, owner: str | None = None) -> None:
    task = bench.cases.records.task
    await task(identity(DANA), incident.ref, TaskKind.TASK, "Look at the pool", owner, once="t")
    await bench.deliver()


async def test_a_task_in_the_room_shows_who_does_it_and_then_who_did(
    bench: IncidentBench,
) -> None:
    """One message, edited twice; its buttons go with their use."""
    incident, records = await beginning(bench), bench.cases.records
    await add(bench, incident)
    card = f"{incident.ref}/task/T1"
    assert set(buttons(told(bench, card)[-1][1])) == {"I do it", "Done"}
    await records.own(identity(SAM), incident.ref, "T1", SAM)
    await bench.deliver()
    entry, shown = told(bench, card)[-1]
    assert entry.channel == incident.room.channel
    assert set(buttons(shown)) == {"Done"}
    assert f"*T1* Look at the pool · <@{SAM}>" in screen(shown)
    await records.done(identity(OLIVIA), incident.ref, "T1")
    await bench.deliver()
    _, shown = told(bench, card)[-1]
    assert buttons(shown) == {}
    assert f"<@{OLIVIA}> did *T1* Look at the pool" in screen(shown)
    assert len(told(bench, card)) == 1


async def test_whoever_was_given_a_task_sees_that_another_has_it_or_that_it_is_done(
    bench: IncidentBench,
) -> None:
    incident, records = await beginning(bench), bench.cases.records
    await add(bench, incident, SAM)
    cards = {who: f"{incident.ref}/task/T1/{who}" for who in (SAM, OLIVIA)}
    assert set(buttons(told(bench, cards[SAM])[-1][1])) == {"Done"}
    await records.own(identity(DANA), incident.ref, "T1", OLIVIA)
    await bench.deliver()
    _, lost = told(bench, cards[SAM])[-1]
    assert buttons(lost) == {}
    assert f"· <@{OLIVIA}>" in screen(lost)
    assert set(buttons(told(bench, cards[OLIVIA])[-1][1])) == {"Done"}
    await records.done(identity(OLIVIA), incident.ref, "T1")
    await bench.deliver()
    _, over = told(bench, cards[OLIVIA])[-1]
    assert buttons(over) == {}
    assert f"<@{OLIVIA}> did *T1*" in screen(over)


async def test_who_gets_a_task_back_is_told_anew(bench: IncidentBench) -> None:
    """An edited message calls nobody."""
    incident, records = await beginning(bench), bench.cases.records
    await add(bench, incident, SAM)
    for owner in (OLIVIA, SAM):
        await records.own(identity(DANA), incident.ref, "T1", owner)
        await bench.deliver()
    card = f"{incident.ref}/task/T1/{SAM}"
    assert len(told(bench, card)) == 2
    assert set(buttons(told(bench, card)[-1][1])) == {"Done"}


async def test_an_offer_of_the_lead_shows_that_it_was_taken(bench: IncidentBench) -> None:
    """In the room and to whom it was offered."""
    incident, crew = await beginning(bench), bench.cases.crew
    await bench.cases.responding.ack(identity(DANA), incident.ref)
    await crew.hand_off(identity(DANA), incident.ref, SAM)
    await bench.deliver()
    cards = f"{incident.ref}/handoff/{SAM}", f"{incident.ref}/handoff//{SAM}"
    assert all("Accept" in buttons(told(bench, card)[-1][1]) for card in cards)
    await crew.accept(identity(SAM), incident.ref)
    await bench.deliver()
    for card in cards:
        _, shown = told(bench, card)[-1]
        assert buttons(shown) == {}
        assert f"<@{SAM}> leads from now on" in screen(shown)


async def test_an_offer_in_the_place_of_another_ends_that_one(bench: IncidentBench) -> None:
    incident, crew = await beginning(bench), bench.cases.crew
    await bench.cases.responding.ack(identity(DANA), incident.ref)
    for who in (SAM, OLIVIA):
        await crew.hand_off(identity(DANA), incident.ref, who)
        await bench.deliver()
    for card in (f"{incident.ref}/handoff/{SAM}", f"{incident.ref}/handoff//{SAM}"):
        _, shown = told(bench, card)[-1]
        assert buttons(shown) == {}
        assert f"not offered to <@{SAM}> any more" in screen(shown)
    for card in (f"{incident.ref}/handoff/{OLIVIA}", f"{incident.ref}/handoff//{OLIVIA}"):
        assert "Accept" in buttons(told(bench, card)[-1][1])


async def test_what_was_never_asked_in_the_room_is_not_said_there_when_it_is_decided(
    bench: IncidentBench,
) -> None:
    """A task of the time before there was a room has no message to edit."""
    incident = await bench.declare(who=DANA)
    await add(bench, incident)
    await bench.furnish(incident)
    await bench.cases.records.done(identity(DANA), incident.ref, "T1")
    await bench.deliver()
    assert told(bench, f"{incident.ref}/task/T1") == []


# ── What has a room by now ───────────────────────────────────────────────────────────────────────


async def test_a_part_is_named_with_its_room_once_it_has_one(bench: IncidentBench) -> None:
    """One message, which is edited; what has a room already is named with it at once."""
    incident, relations = await beginning(bench), bench.cases.relations
    wish = OUTAGE.model_copy(update={"title": "The pool of payments", "dedup_key": None})
    part = await relations.sub(identity(DANA), incident.ref, wish, once="sub")
    await bench.deliver()
    card = f"{incident.ref}/sub/{part.ref}"
    ((entry, named),) = told(bench, card)
    assert entry.channel == incident.room.channel
    assert f"*{part.ref}* “The pool of payments”" in screen(named)
    assert "<#" not in screen(named)
    part = await bench.furnish(part)
    await bench.deliver()
    ((_, linked),) = told(bench, card)
    assert f"*{part.ref}* “The pool of payments” <#{part.room.channel}>" in screen(linked)
    assert f"<@{DANA}>" in screen(linked)


async def test_a_part_that_is_private_is_not_named_when_it_has_a_room(bench: IncidentBench) -> None:
    incident, relations = await beginning(bench), bench.cases.relations
    wish = OUTAGE.model_copy(update={"title": "Who took it", "private": True, "dedup_key": None})
    part = await relations.sub(identity(DANA), incident.ref, wish, once="sub")
    await bench.furnish(part)
    await bench.deliver()
    assert told(bench, f"{incident.ref}/sub/{part.ref}") == []
