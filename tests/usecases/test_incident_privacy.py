"""The last gate: what a message shows at delivery, and what never leaves a private room."""

import pytest
from engine import identity
from incident_engine import LEAK, MINUTE, OUTAGE, IncidentBench, incident_bench
from incident_samples import CHANNEL
from premises import Fault
from samples import DANA, MAX, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident, Interest
from bot.domain.incidents.messages import (
    DirectWord,
    IncidentBroadcast,
    IncidentCard,
    IncidentMessage,
    IncidentNote,
    IncidentResolved,
    IncidentSaid,
    IncidentUpdate,
    OutsidePage,
    PostMortemFile,
    ProcedureCard,
    Word,
)
from bot.domain.incidents.room import RoomKind, Step
from bot.domain.message import FEED, DeployFact, Said, entry_of
from bot.domain.placement import MessageRef
from bot.ports import Change, Scene
from bot.usecases.incidents.responding import Draft


async def send(bench: IncidentBench, channel: str, *messages: IncidentMessage) -> None:
    """Put messages on their way, whoever decided so, and deliver them."""
    entries = tuple(entry_of(bench.ids.token(), channel, each) for each in messages)
    await bench.store.commit(Change(writes=(), entries=entries))
    await bench.delivery.empty(channel)


def shown(bench: IncidentBench) -> list[tuple[IncidentMessage, Scene]]:
    """What was put up."""
    return [(entry.message, scene) for entry, scene in bench.board.scenes.values()]


def everything_of(ref: str) -> list[IncidentMessage]:
    """One message of every kind that is shown in a room."""
    return [
        IncidentCard(incident=ref),
        IncidentNote(incident=ref, said=IncidentSaid.MOVED, word="identified", detail="A key"),
        IncidentUpdate(incident=ref, number=1),
        IncidentResolved(incident=ref),
        ProcedureCard(incident=ref, procedure="checklist"),
        PostMortemFile(incident=ref, number=1),
    ]


KINDS = [type(each).__name__ for each in everything_of("")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", [CHANNEL, "C0ELSE", MAX])
async def test_nothing_of_a_private_incident_is_shown_outside_of_its_room(
    bench: IncidentBench, kind: str, where: str
) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    (message,) = (each for each in everything_of(secret.ref) if type(each).__name__ == kind)
    await send(bench, where, message)
    assert shown(bench) == []
    assert LEAK.title not in str(await bench.outbox.dead())


@pytest.mark.parametrize("kind", KINDS)
async def test_all_of_it_is_shown_in_its_room(bench: IncidentBench, kind: str) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    (message,) = (each for each in everything_of(secret.ref) if type(each).__name__ == kind)
    await send(bench, secret.room.channel or "", message)
    scene = next(scene for each, scene in shown(bench) if type(each) is type(message))
    assert scene.incident == secret
    assert bool(scene.timeline) is isinstance(message, PostMortemFile)


async def test_a_room_that_everybody_can_read_is_none_for_what_is_private(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare())
    await bench.deliver()
    card = incident.room.card
    assert card is not None
    assert OUTAGE.title in str(bench.board.scenes[card][1].incident)
    await bench.cases.relations.make_private(identity(DANA), incident.ref)
    bench.board.history.clear()
    await send(bench, incident.room.channel or "", *everything_of(incident.ref))
    # The card that is left behind is blotted out; nothing else is said there but that it is so.
    assert {said for said, _ in bench.board.history} <= {"incident", "incident_note"}
    assert OUTAGE.title not in str(bench.board.scenes[card][1].incident)
    assert OUTAGE.title not in str(await bench.outbox.dead())
    moved = await bench.furnish(await bench.now(incident))
    await bench.deliver()
    assert moved.room.card is not None
    assert moved.room.card != card
    assert OUTAGE.title in str(bench.board.scenes[moved.room.card][1].incident)
    assert OUTAGE.title not in str(bench.board.scenes[card][1].incident)


@pytest.mark.parametrize(("who", "told"), [(DANA, True), (OLIVIA, True), (SAM, True), (MAX, False)])
async def test_only_its_own_people_are_told_of_what_is_private(
    bench: IncidentBench, who: str, told: bool
) -> None:
    """Who declared it, a confidant, who was paged; not a stranger to it."""
    secret = await bench.declare(LEAK)
    await send(bench, who, DirectWord(incident=secret.ref, to=who, word=Word.UPDATE, about="1"))
    assert bool(shown(bench)) is told


async def test_what_one_person_is_told_is_shown_to_nobody_else(bench: IncidentBench) -> None:
    incident = await bench.declare()
    word = DirectWord(incident=incident.ref, to=DANA, word=Word.DUTIES, about="lead")
    await send(bench, CHANNEL, word)
    assert shown(bench) == []


async def test_whoever_cannot_be_looked_up_is_told_what_is_public_only(
    bench: IncidentBench,
) -> None:
    incident, secret = await bench.declare(), await bench.declare(LEAK)
    guest = "U0GUEST01"
    for each in (incident, secret):
        await send(bench, guest, DirectWord(incident=each.ref, to=guest, word=Word.PAGED))
    assert [message.incident for message, _ in shown(bench)] == [incident.ref]


async def test_identities_of_the_api_are_told_nothing(bench: IncidentBench) -> None:
    incident = await bench.declare()
    word = DirectWord(incident=incident.ref, to="api:grafana", word=Word.NO_ROOM)
    await send(bench, "api:grafana", word)
    assert shown(bench) == []
    assert await bench.outbox.dead() == []


async def test_people_read_in_their_own_language_and_rooms_in_theirs(bench: IncidentBench) -> None:
    bench.people.people[SAM] = bench.people.people[SAM].model_copy(update={"language": "zh-TW"})
    incident = await bench.furnish(await bench.declare())
    await bench.deliver()
    languages = {type(message): scene.language for message, scene in shown(bench)}
    assert (languages[DirectWord], languages[IncidentCard]) == ("zh-TW", incident.language)


async def test_the_alert_of_what_became_private_says_nothing_more(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    await bench.deliver()
    await bench.cases.relations.make_private(identity(DANA), incident.ref)
    await bench.deliver()
    place = incident.room.broadcast
    assert place is not None
    entry, scene = bench.board.scenes[place]
    assert isinstance(entry.message, IncidentBroadcast)
    assert scene.incident is not None
    assert scene.incident.private
    told = scene.incident.model_dump_json()
    assert OUTAGE.title not in told
    assert "api" not in told
    hidden = await bench.furnish(await bench.now(incident))
    await bench.cases.responding.update(identity(DANA), hidden.ref, Draft(progress="A key."))
    await bench.deliver()
    assert all(
        place.channel != CHANNEL and place != incident.room.broadcast
        for place, (_, scene) in bench.board.scenes.items()
        if "A key." in str(scene.incident)
    )


async def test_a_private_incident_tells_the_paging_service_nothing(bench: IncidentBench) -> None:
    await bench.declare(LEAK)
    await bench.deliver()
    assert bench.beeper.titles == ["INC-2026-001"]


async def test_subscribers_hear_of_updates(bench: IncidentBench) -> None:
    incident = await bench.declare()
    await bench.cases.crew.subscribe(identity(MAX), incident.ref, Interest.UPDATES)
    await bench.cases.responding.update(identity(DANA), incident.ref, Draft(progress="A look."))
    await bench.deliver()
    words = [
        each.word for each, _ in shown(bench) if isinstance(each, DirectWord) and each.to == MAX
    ]
    assert words == [Word.UPDATE]


# ── Where it stands ──────────────────────────────────────────────────────────────────────────────


async def test_what_is_said_in_a_thread_stands_below_the_alert(bench: IncidentBench) -> None:
    bench.premises.fail(Step.CHANNEL, Fault(final=True))
    incident = await bench.furnish(await bench.declare())
    assert incident.room.kind is RoomKind.THREAD
    await bench.cases.responding.ack(identity(SAM), incident.ref)
    await bench.deliver()
    notes = [
        place
        for place, (entry, _) in bench.board.scenes.items()
        if isinstance(entry.message, IncidentNote)
    ]
    assert notes
    assert all(bench.board.threads[place] == incident.room.broadcast for place in notes)


async def test_a_card_that_had_to_be_posted_anew_is_known_from_then_on(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare())
    anew = MessageRef(channel=incident.room.channel or "", ts="999.0")

    async def reposts(*_: object) -> MessageRef:
        return anew

    bench.board.show = reposts
    await bench.delivery.empty(incident.room.channel or "")
    moved = await bench.now(incident)
    assert moved.room.card == anew
    await bench.furnish(moved)
    (room,) = bench.premises.channels.values()
    assert room.pins[-1] == anew


async def test_a_card_that_the_room_has_not_posted_is_not_posted_twice(
    bench: IncidentBench,
) -> None:
    incident = await bench.declare()
    await send(bench, CHANNEL, IncidentBroadcast(incident=incident.ref))
    assert shown(bench) == []
    assert await bench.outbox.dead() == []


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived"])
async def test_messages_for_a_room_that_is_gone_keep_nobody_waiting(
    bench: IncidentBench, code: str
) -> None:
    incident = await bench.furnish(await bench.declare())
    bench.board.failures += [("before", SlackRefused("Gone.", code=code))] * 10
    await bench.delivery.empty(incident.room.channel or "")
    assert set(await bench.outbox.dead()) == {"Gone."}


async def test_the_alert_waits_for_a_bot_that_was_not_invited(bench: IncidentBench) -> None:
    await bench.furnish(await bench.declare())
    bench.board.failures.append(("before", SlackRefused("No.", code="channel_not_found")))
    with pytest.raises(SlackUnavailable):
        await bench.delivery.empty(CHANNEL)


# ── Queues that are no channels ──────────────────────────────────────────────────────────────────


async def test_without_a_paging_service_pages_are_settled(memory: Connections) -> None:
    async with incident_bench(memory) as bench:
        bench.beeper = None
        bench.again()
        await bench.declare()
        await bench.deliver()
        assert "@pager" not in await bench.waiting()


async def test_pages_go_on_while_slack_is_away(bench: IncidentBench) -> None:
    await bench.declare()
    bench.board.failures += [("before", SlackUnavailable("Away."))] * 5
    await bench.deliver()
    assert bench.beeper.pages == [("INC-2026-001", "Primary")]


async def test_what_deploys_say_is_heard(bench: IncidentBench) -> None:
    fact = DeployFact(deploy="D-1", said=Said.FAILED, at=bench.clock.now())
    entry = entry_of("e1", FEED, fact)
    await bench.store.commit(Change(writes=(), entries=(entry,)))
    assert await bench.delivery.empty(FEED) == 1
    assert bench.heard == ["e1"]


async def test_a_page_that_there_is_not_is_put_aside(bench: IncidentBench) -> None:
    incident: Incident = await bench.declare(OUTAGE.model_copy(update={"severity": Severity.P4}))
    bench.clock.move(MINUTE)
    await send(bench, "@pager", OutsidePage(incident=incident.ref, page="P-9"))
    assert await bench.outbox.dead() == [f"{incident.ref} has no page P-9."]
