"""What is answered says what was done, by whom, and what follows."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import samples
from incident_chat import OUTAGE, REF, ROOM, Chat, chatting, form, shown
from samples import DANA, MAX, OLIVIA, SAM

from adapters.redis.connection import Connections
from bot.domain.incident_policy import Role
from bot.domain.incidents.incident import Moment
from bot.domain.incidents.states import State
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentField as F
from commands.replies import Nothing


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("ack", "✋ You acknowledged it. You lead it."),
        ("status identified", "It is Identified now."),
        ("severity P2 one customer", "P2"),
        ("update we look into it", "Your update is out. The next one is due 12:30"),
        ("snooze 15m", "The next one is due 12:45"),
        (
            "edit --impact nobody can pay",
            "It says now: checkout returns 500s · api (production)",
        ),
        (f"role comms <@{SAM}>", f"<@{SAM}> is its Comms now, and has been told."),
        ("role scribe", "You are its Scribe now."),
        (f"handoff <@{SAM}>", f"The lead is offered to <@{SAM}>, who has it once it is accepted."),
        ("join", f"You take part. Go to <#{ROOM}>."),
        (f"call <@{SAM}> <@{MAX}>", "In it now:"),
        ("task look at the queries", "☐ *T1* look at the queries"),
        ("task own T1", "There is none"),
        ("link https://grafana.example/d/1 error rate", "It has now: error rate"),
        ("freeze", "are frozen until 16:00"),
        ("thaw", "It freezes no deploys now."),
    ],
)
async def test_every_verb_says_what_it_did(chat: Chat, typed: str, says: str) -> None:
    await chat.declared()
    if typed == "task own T1":
        await chat.type("/incident task look at the queries")
        says = f"<@{DANA}> does *T1* look at the queries"
    said = await chat.read(f"/incident {typed}")
    assert REF in said
    assert says in said


async def test_a_task_is_answered_with_its_words_and_its_owner(chat: Chat) -> None:
    await chat.declared()
    await chat.type("/incident task look at the queries")
    done = await chat.read("/incident task done T1")
    assert "✅ *T1* is done: look at the queries" in done
    chat.channel = "C1"
    values = {F.TEXT: "raise the limit", F.PERSON: SAM}
    given = await shown(await chat.fill(C.TASK, values, "follow-up"))
    assert f"<@{SAM}> does *F1* raise the limit" in given


async def test_who_ends_it_is_told_what_is_still_to_be_done(chat: Chat) -> None:
    """Nothing is refused for it."""
    await chat.declared()
    await chat.type("/incident severity P3 only one customer")
    await chat.type("/incident task look at the queries")
    await chat.type("/incident ack")
    values = {F.ROOT_CAUSE: "a leak", F.RESOLUTION: "rolled back", F.IMPACT: "nobody can pay"}
    chat.channel = "C1"
    ended = await shown(await chat.fill(C.RESOLVE, values))
    left = "☐ Tasks still open: 1 (T1 look at the queries)"
    assert left in ended
    closed = await chat.read(f"/incident close {REF}")
    assert "It is Closed now." in closed
    assert left in closed
    assert "☐" not in await chat.read(f"/incident edit {REF} --title checkout was slow for a while")


async def test_a_moment_is_answered_as_it_was_understood(chat: Chat) -> None:
    await chat.declared()
    was = samples.NOW - timedelta(minutes=8)
    said = await chat.read(f"/incident date occurred {was:%H:%M}")
    assert "Occurred: 11:52" in said
    assert (await chat.now()).at(Moment.OCCURRED) == was


async def test_whoever_acknowledges_second_reads_who_was_first(chat: Chat) -> None:
    await chat.declared()
    chat.channel = "C1"
    assert "You acknowledged it. You lead it." in await shown(await chat.press(A.ACK, who=SAM))
    chat.bench.clock.move(timedelta(seconds=3))
    lost = await shown(await chat.press(A.ACK, who=MAX))
    assert (
        f"<@{SAM}> acknowledged it 3 s before you; you are on it as well. <@{SAM}> leads it."
        in lost
    )


async def test_whoever_acknowledges_second_is_on_the_timeline_once(chat: Chat) -> None:
    await chat.declared()
    for who in (SAM, MAX, MAX, SAM):
        await chat.press(A.ACK, who=who)
    record = await chat.read(f"/incident show {REF}")
    assert record.count(f"✋ is on it as well · <@{MAX}>") == 1
    assert record.count("✋ acknowledged") == 1
    assert MAX in (await chat.now()).responders


async def test_in_the_room_only_whoever_was_second_is_answered(chat: Chat) -> None:
    await chat.declared()
    assert await chat.press(A.ACK, who=SAM) == Nothing()
    assert "before you" in await shown(await chat.press(A.ACK, who=MAX))


async def test_who_joins_finds_the_room(chat: Chat) -> None:
    await chat.declared()
    chat.channel = "C1"
    assert f"<#{ROOM}>" in await shown(await chat.press(A.JOIN, who=OLIVIA))


# ── The lead that is handed over ─────────────────────────────────────────────────────────────────


async def test_handing_over_to_nobody_asks_to_whom(chat: Chat) -> None:
    await chat.declared()
    await chat.type("/incident ack")
    asked = await form(await chat.type("/incident handoff"))
    assert asked["callback_id"] == C.HANDOFF
    assert (await chat.now()).lead == DANA


async def test_whoever_was_offered_the_lead_takes_it_by_the_same_word(chat: Chat) -> None:
    await chat.declared()
    await chat.type("/incident ack")
    await chat.type(f"/incident handoff <@{SAM}>")
    assert "You lead it." in await chat.read("/incident handoff", who=SAM)
    assert (await chat.now()).roles[Role.LEAD] == SAM


async def test_whoever_accepts_an_incident_reads_that_it_is_one(chat: Chat) -> None:
    await chat.declared(OUTAGE.replace("P1", "P3"))
    assert "It is an incident: Investigating." in await chat.read("/incident accept")
    assert (await chat.now()).state is State.INVESTIGATING


# ── What was written down ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "time"), [("the pool is full", "12:00"), ("x at 11:05", "11:05")]
)
async def test_a_note_is_answered_with_the_time_that_was_understood(
    chat: Chat, typed: str, time: str
) -> None:
    await chat.declared()
    said = await chat.read(f"/incident note {typed}")
    assert f"It is on the timeline, at {time}." in said
