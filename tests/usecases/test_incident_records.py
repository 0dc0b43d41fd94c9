"""What is written down: notes, messages of the room, tasks, lists and links; each thing once."""

import pytest
from engine import identity
from incident_engine import LEAK, MINUTE, IncidentBench
from incident_samples import RESOLUTION, ROOT_CAUSE
from samples import DANA, MAX, NOW, SAM

from bot.domain.errors import NotFound, UsageError
from bot.domain.incident_policy import ProcedureItem
from bot.domain.incidents.declaring import MAX_NOTE, MAX_TASK
from bot.domain.incidents.incident import Incident, TaskKind
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.domain.placement import MessageRef
from bot.domain.runbooks import Runbook
from bot.usecases.incidents.records import Records

RUNBOOK = Runbook(
    slug="slow-api", title="Slow API", steps=(ProcedureItem(id="look", text="Look at the graph"),)
)


async def notes(bench: IncidentBench, incident: Incident) -> list[TimelineLine]:
    """What was noted."""
    return [line for line in await bench.lines(incident) if line.kind is LineKind.NOTE]


async def said(
    bench: IncidentBench, incident: Incident, text: str = "CPU is at 100 %"
) -> MessageRef:
    """Max says something in the room, a minute after noon."""
    place = MessageRef(channel=incident.room.channel or "", ts=f"{(NOW + MINUTE).timestamp():.6f}")
    bench.looks.said[place] = (text, MAX)
    bench.clock.move(5 * MINUTE)
    return place


# ── Notes ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_note_is_written_once_at_the_time_that_it_is_about(bench: IncidentBench) -> None:
    incident = await bench.declare()
    before = await bench.incidents.incident(incident.ref)
    for _ in range(2):
        await bench.cases.records.note(
            identity(MAX), incident.ref, " It began. ", NOW - MINUTE, once="n1"
        )
    (line,) = await notes(bench, incident)
    assert (line.text, line.at, line.recorded, line.by) == ("It began.", NOW - MINUTE, NOW, MAX)
    # A note is no change of the incident: it wins no race, and loses none.
    assert await bench.incidents.incident(incident.ref) == before
    assert (MAX, "Noted", incident.ref, "") in await bench.audit()


async def test_a_note_needs_a_text_and_is_about_what_has_happened(bench: IncidentBench) -> None:
    incident = await bench.declare()
    for text, at in ((" ", None), ("Soon.", NOW + MINUTE)):
        with pytest.raises(UsageError):
            await bench.cases.records.note(identity(MAX), incident.ref, text, at, once=text)
    await bench.cases.records.note(identity(MAX), incident.ref, "x" * 9000, once="long")
    (line,) = await notes(bench, incident)
    assert len(line.text) == MAX_NOTE


async def test_a_message_is_noted_with_its_own_time_its_author_and_its_address(
    bench: IncidentBench,
) -> None:
    incident = await bench.furnish(await bench.declare())
    place = await said(bench, incident)
    for who in (DANA, SAM):
        taken = await bench.cases.records.from_message(identity(who), place, "note")
        assert taken is not None
    (line,) = await notes(bench, incident)
    assert (line.at, line.by, line.subject) == (NOW + MINUTE, DANA, MAX)
    assert line.permalink == f"https://slack.example/{place.channel}/{place.ts}"
    assert bench.looks.confirmed[0] == place


async def test_a_message_follows_what_becomes_of_it(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    records, place = bench.cases.records, await said(bench, incident)
    await records.from_message(identity(DANA), place, "note")
    await records.edited(place, "CPU was at 100 %")
    (line,) = await notes(bench, incident)
    assert (line.text, line.at) == ("CPU was at 100 %", NOW + MINUTE)
    # Somebody else's reaction was never what put it there.
    assert await records.taken_back(place, SAM) is None
    assert len(await notes(bench, incident)) == 1
    await records.taken_back(place, DANA)
    assert await notes(bench, incident) == []
    assert await records.taken_back(place) is None
    await records.from_message(identity(SAM), place, "note")
    (again,) = await notes(bench, incident)
    assert again.by == SAM
    await records.taken_back(place)  # the message was deleted
    assert await notes(bench, incident) == []


async def test_a_message_becomes_a_task_once(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    place = await said(bench, incident, "y" * 4000)
    for what in ("task", "task", "follow-up"):
        await bench.cases.records.from_message(identity(DANA), place, what)
    tasks = (await bench.now(incident)).tasks
    assert [(task.id, len(task.text)) for task in tasks] == [("T1", MAX_TASK), ("F1", MAX_TASK)]


async def test_messages_of_elsewhere_or_for_others_are_not_taken(bench: IncidentBench) -> None:
    secret = await bench.furnish(await bench.declare(LEAK))
    place = await said(bench, secret)
    elsewhere = place.model_copy(update={"channel": "C9"})
    records = bench.cases.records
    assert await records.from_message(identity(DANA), elsewhere, "note") is None
    assert await records.from_message(identity(MAX), place, "note") is None
    gone = place.model_copy(update={"ts": "1.000000"})
    assert await records.from_message(identity(DANA), gone, "note") is None
    assert await records.edited(place, "?") is None
    assert await notes(bench, secret) == []


# ── What is to be done ───────────────────────────────────────────────────────────────────────────


async def test_tasks_are_given_and_done(bench: IncidentBench) -> None:
    incident = await bench.declare()
    records, max_ = bench.cases.records, identity(MAX)
    for _ in range(2):
        await records.task(max_, incident.ref, TaskKind.TASK, "Restart it", once="t1")
    await records.own(max_, incident.ref, "T1", SAM)
    done = await records.done(identity(SAM), incident.ref, "T1")
    (task,) = done.tasks
    assert (task.owner, task.done_by) == (SAM, SAM)
    with pytest.raises(NotFound):
        await records.done(max_, incident.ref, "T9")
    with pytest.raises(UsageError):
        await records.task(max_, incident.ref, TaskKind.FOLLOW_UP, " ", once="t2")


async def test_lists_are_ticked_and_runbooks_brought_in(bench: IncidentBench) -> None:
    incident = await bench.declare()
    records = Records(
        acting=bench.cases.acting,
        paging=bench.cases.paging,
        looks=bench.looks,
        runbooks=(RUNBOOK,),
    )
    await records.tick(identity(MAX), incident.ref, "checklist", "team")
    await records.tick(identity(MAX), incident.ref, "checklist", "created", undone=True)
    await records.runbook(identity(MAX), incident.ref, "slow-api")
    listed, runbook = (await bench.now(incident)).procedures
    assert [tick.item for tick in listed.ticks] == ["team"]
    assert (runbook.id, runbook.title) == ("runbook-slow-api", "Slow API")
    with pytest.raises(NotFound):
        await records.runbook(identity(MAX), incident.ref, "xyzzy")


async def test_a_link_is_an_address(bench: IncidentBench) -> None:
    incident = await bench.declare()
    records = bench.cases.records
    linked = await records.link(
        identity(MAX), incident.ref, "", "https://grafana.example/1", once="l"
    )
    assert [(link.title, link.by) for link in linked.links] == [("https://grafana.example/1", MAX)]
    with pytest.raises(UsageError, match="no address"):
        await records.link(identity(MAX), incident.ref, "A", "javascript:alert(1)", once="l2")
    with pytest.raises(UsageError, match="no address"):
        await records.publish(identity(MAX), incident.ref, "wiki")


async def test_a_post_mortem_is_drafted_into_the_room_and_published(bench: IncidentBench) -> None:
    incident = await bench.furnish(await bench.declare())
    with pytest.raises(UsageError, match="not resolved"):
        await bench.cases.records.draft(identity(DANA), incident.ref)
    await bench.cases.responding.resolve(identity(SAM), incident.ref, ROOT_CAUSE, RESOLUTION)
    await bench.cases.records.draft(identity(DANA), incident.ref)
    files = [
        each.message.kind for each in (await bench.waiting())[incident.room.channel or ""]
    ].count("postmortem_file")
    assert files == 1
    published = await bench.cases.records.publish(identity(DANA), incident.ref)
    assert published.postmortem.published_by == DANA
