"""What people type, press and fill in about incidents, from the words to the answer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import samples
from engine import identity
from incident_chat import OUTAGE, REF, ROOM, Chat, beginning, chatting, form, shown
from samples import DANA, MAX, OLIVIA, SAM
from screens import accepted_view, buttons, screen

from adapters.redis.connection import Connections
from bot.domain.errors import NotFound, NotPermitted, UsageError
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.incident import IncidentKind, Interest, Moment, Source, TaskKind
from bot.domain.incidents.room import RoomKind
from bot.domain.incidents.states import State
from bot.domain.placement import MessageRef
from bot.views.incidents.names import IncidentAction, IncidentCallback, IncidentField
from bot.views.incidents.names import IncidentShortcut as S
from commands.incoming import (
    Command,
    HomeOpened,
    Lookup,
    MessageDeleted,
    MessageEdited,
    MessageShortcut,
    Pin,
    Reaction,
    Shortcut,
    Submission,
)
from commands.replies import (
    FieldErrors,
    Later,
    Nothing,
    OpenModal,
    Options,
    PublishHome,
    Say,
    UpdateModal,
)

A = IncidentAction
C = IncidentCallback
F = IncidentField
WRITTEN = "/incident declare --backfill"
SAID = MessageRef(channel=ROOM, ts="1773489700.000100")


@pytest.fixture
async def chat(memory: Connections) -> AsyncIterator[Chat]:
    """The sample catalog, with a ladder."""
    async with chatting(memory) as opened:
        yield opened


# ── Declaring ────────────────────────────────────────────────────────────────────────────────────


async def test_everything_typed_is_declared_at_once(chat: Chat) -> None:
    """Nobody fills in a form whose answers are known."""
    said = await chat.read(
        "/incident P1 service:api env:staging private checkout is down "
        "--impact half of them --since 11:50"
    )
    assert REF in said
    found = await chat.now()
    assert (found.title, found.severity) == ("private checkout is down", Severity.P1)
    assert (found.service, found.environment, found.private) == ("api", "staging", True)
    assert found.impact == "half of them"
    assert found.began == samples.NOW - timedelta(minutes=10)
    assert found.source is Source.COMMAND


async def test_the_same_command_delivered_twice_is_one_incident(chat: Chat) -> None:
    """Slack repeats what it thinks was lost."""
    command = Command(
        identity=identity(DANA),
        channel="C1",
        name="/incident",
        text="P1 service:api checkout is down",
        trigger="same",
    )
    first, second = await chat.say(command), await chat.say(command)
    assert await shown(first) == await shown(second)


async def test_something_missing_opens_the_form_with_what_was_typed(chat: Chat) -> None:
    """Before anything is looked up; duplicates are added afterwards."""
    await chat.type(OUTAGE)
    reply = await chat.type("/incident service:api checkout returns errors")
    assert isinstance(reply, OpenModal)
    first = accepted_view(reply.view)
    assert first["callback_id"] == C.DECLARE
    assert beginning(first)["title"] == "checkout returns errors"
    assert "INC-2026-001" not in str(first)
    filled = await form(reply)
    assert beginning(filled) == beginning(first)
    assert "INC-2026-001" in str(filled)


async def test_a_title_that_is_too_long_is_in_the_form_as_a_whole(chat: Chat) -> None:
    """Nothing typed is lost."""
    title = ("checkout is down " * 30).strip()
    view = await form(await chat.type(f"/incident P1 service:api {title}"))
    begins = beginning(view)
    assert len(begins["title"]) == 200
    assert begins["summary"] == title
    assert (begins["severity"], begins["service"]) == ("P1", "api")


async def test_the_command_alone_is_the_form_or_the_panel_of_its_channel(chat: Chat) -> None:
    """It depends on where one is."""
    outside = await chat.type("/incident")
    assert isinstance(outside, OpenModal)
    await chat.declared()
    assert REF in await chat.read("/incident")
    chat.channel = "C1"
    assert REF in str(await form(await chat.type("/incident")))
    assert REF in await chat.read("/incident inc-2026-1")


async def test_the_form_declares_and_answers_where_it_was_opened(chat: Chat) -> None:
    """Once, however often it is sent."""
    values = {
        F.TITLE: " checkout is down ",
        F.SEVERITY: "P2",
        F.SERVICE: "api",
        F.ENVIRONMENT: "",
        F.SUMMARY: "since the release",
        F.IMPACT: "",
        F.PRIVATE: "private",
    }
    reply = await chat.fill(C.DECLARE, values)
    assert isinstance(reply, Say)
    assert reply.channel == "C1"
    found = await chat.now()
    assert (found.title, found.severity, found.private) == ("checkout is down", Severity.P2, True)
    assert (found.environment, found.source) == ("production", Source.FORM)


async def test_every_wrong_field_of_the_form_is_named(chat: Chat) -> None:
    """All at once, and the form stays open."""
    values = {F.TITLE: "x", F.SEVERITY: "", F.SUMMARY: "y" * 3001, F.SERVICE: "", F.PRIVATE: ""}
    reply = await chat.fill(C.DECLARE, values)
    assert isinstance(reply, FieldErrors)
    assert set(reply.errors) == {"title", "severity", "summary"}
    gone = await chat.fill(C.DECLARE, {F.TITLE: "a title", F.SEVERITY: "P3", F.SERVICE: "gone"})
    assert isinstance(gone, FieldErrors)
    assert set(gone.errors) == {"service"}


async def test_a_service_that_is_chosen_shows_what_is_open_about_it(chat: Chat) -> None:
    """With everything that was filled in, and where it came from."""
    await chat.type(OUTAGE)
    reply = await chat.press(
        A.PICK_SERVICE, "api", channel="", view="V1", private="C7", values={"title": "errors"}
    )
    assert isinstance(reply, UpdateModal)
    view = await form(reply)
    assert view["private_metadata"] == "C7"
    assert beginning(view)["title"] == "errors"
    assert REF in str(view)
    options = await chat.say(Lookup(identity=identity(DANA), action=A.PICK_SERVICE, typed="au"))
    assert isinstance(options, Options)
    assert [each["value"] for each in options.options["options"]] == ["auth"]


async def test_a_shortcut_anywhere_opens_the_form(chat: Chat) -> None:
    """Also from the home tab."""
    shortcut = Shortcut(identity=identity(DANA), callback=S.DECLARE, trigger="1")
    for reply in (await chat.say(shortcut), await chat.press(A.DECLARE, "", home=True)):
        assert (await form(reply))["callback_id"] == C.DECLARE


@pytest.mark.parametrize("given", [True, False])
async def test_a_message_becomes_a_declaration_with_its_address(chat: Chat, given: bool) -> None:
    """Its first line is the title; where Slack does not say the address, it is asked for."""
    address = f"https://slack.example/{SAID.channel}/{SAID.ts}"
    chat.bench.overheard.said[SAID] = ("x", MAX)
    reply = await chat.say(
        MessageShortcut(
            identity=identity(DANA),
            callback=S.DECLARE_FROM,
            place=SAID,
            text="Payments fail\nsince noon, for everybody",
            trigger="1",
            permalink=address if given else None,
        )
    )
    view = await form(reply)
    begins = beginning(view)
    assert begins["title"] == "Payments fail"
    assert begins["summary"] == f"Payments fail\nsince noon, for everybody\n{address}"
    said = await chat.say(
        Submission(
            identity=identity(DANA),
            callback=C.DECLARE,
            private=view["private_metadata"],
            values={F.TITLE: "Payments fail", F.SEVERITY: "P3"},
            view="V1",
        )
    )
    assert isinstance(said, Say)
    assert said.channel == SAID.channel
    assert (await chat.now()).source is Source.MESSAGE


async def test_a_drill_begins_at_once(chat: Chat) -> None:
    """Within a minute, without a question."""
    await chat.read("/incident drill")
    found = await chat.now()
    assert (found.kind, found.severity) == (IncidentKind.DRILL, Severity.P1)
    assert chat.bench.beeper.pages == []


async def test_what_is_over_is_written_down_at_once(chat: Chat) -> None:
    """Without a form, without calling anybody; and the answer says what to type next."""
    said = await chat.read(f"{WRITTEN} --since 2026-03-13T13:05Z P1 checkout was down")
    found = await chat.now()
    assert (found.kind, found.severity) == (IncidentKind.BACKFILLED, Severity.P1)
    assert (found.pages, found.freeze, found.clocks.resolve_by) == ((), None, None)
    assert found.began == found.at(Moment.DECLARED) == samples.NOW - timedelta(hours=22, minutes=55)
    assert f"{REF}* is written down. Nobody was paged" in said
    for typed in (f"date {REF} detected", f"note {REF}", f"resolve {REF}", f"postmortem {REF}"):
        assert f"/incident {typed}" in said
    assert "WRITTEN DOWN AFTERWARDS" in await chat.read("/incident list")
    assert "WRITTEN DOWN AFTERWARDS" in await chat.read("/incident search checkout")
    with pytest.raises(UsageError, match="200 is the most"):
        await chat.type(f"{WRITTEN} --since 10:00 {'x' * 201}")


async def test_what_is_written_down_is_told_to_its_end(chat: Chat) -> None:
    """By the verbs that the answer names; its post-mortem is read where no room is."""
    await chat.type(f"{WRITTEN} --since 2026-03-13T13:05Z P1 checkout was down")
    await chat.type(f"/incident date {REF} occurred 2026-03-13T13:00Z")
    await chat.type(f"/incident date {REF} detected 2026-03-13T13:10Z")
    await chat.type(f"/incident note {REF} we went back --at 2026-03-13T13:30Z")
    view = await form(await chat.type(f"/incident resolve {REF}"))
    await chat.say(
        Submission(
            identity=identity(DANA),
            callback=C.RESOLVE,
            private=view["private_metadata"],
            values={F.ROOT_CAUSE: "The pool", F.RESOLUTION: "Went back"},
            view="V1",
        )
    )
    await chat.type(f"/incident date {REF} resolved 2026-03-13T14:20Z")
    found = await chat.now()
    assert (found.state, found.at(Moment.DECLARED)) == (State.RESOLVED, found.at(Moment.DETECTED))
    assert found.at(Moment.RESOLVED) == found.began + timedelta(minutes=80)
    drafted = await chat.read(f"/incident postmortem {REF}")
    assert f"/incident export {REF}" in drafted
    exported = str(await form(await chat.type(f"/incident export {REF} --format md")))
    assert "WRITTEN DOWN AFTERWARDS" in exported
    assert "1 h 20 min" in exported


# ── The course ───────────────────────────────────────────────────────────────────────────────────


async def test_an_incident_is_worked_through_by_words(chat: Chat) -> None:
    """From the acknowledgement to the end, with the forms where something is asked for."""
    await chat.declared()
    await chat.type("/incident ack", SAM)
    assert (await chat.now()).lead == SAM
    await chat.type("/incident status identified the pool is full", SAM)
    await chat.type("/incident update we roll back --eta 15:30 --next 45m", SAM)
    update = (await chat.now()).last_update
    assert update is not None
    assert (update.progress, update.eta) == ("we roll back", "15:30")
    assert update.next_update == samples.NOW + timedelta(minutes=45)
    await chat.type("/incident snooze 10m", SAM)
    await chat.type("/incident edit --impact half of them", SAM)
    await chat.type("/incident date occurred 11:40", SAM)
    await chat.type("/incident severity P2 half of them only", SAM)
    found = await chat.now()
    assert (found.severity, found.impact) == (Severity.P2, "half of them")
    assert found.at(Moment.OCCURRED) == samples.NOW - timedelta(minutes=20)
    view = await form(await chat.type("/incident resolve", SAM))
    assert view["callback_id"] == C.RESOLVE
    reply = await chat.fill(
        C.RESOLVE, {F.ROOT_CAUSE: "a small pool", F.RESOLUTION: "a larger one"}, who=SAM
    )
    assert isinstance(reply, Nothing)
    assert (await chat.now()).state is State.RESOLVED
    said = await chat.read("/incident close", SAM)
    assert "[Start post-mortem]" in said
    assert (await chat.now()).state is State.RESOLVED
    await chat.type("/incident reopen the errors are back", SAM)
    assert (await chat.now()).state is State.INVESTIGATING


@pytest.mark.parametrize(
    ("typed", "callback"),
    [
        ("update", C.UPDATE),
        ("status", C.STATUS),
        ("status resolved", C.RESOLVE),
        ("severity", C.SEVERITY),
        ("edit", C.EDIT),
        ("reopen", C.REOPEN),
        ("cancel", C.REASON),
        ("role", C.ROLE),
        ("page", C.PAGE),
        ("note", C.NOTE),
        ("rollback", C.ROLL_BACK),
    ],
)
async def test_what_is_missing_is_asked_for_by_a_form(
    chat: Chat, typed: str, callback: IncidentCallback
) -> None:
    """Which comes up before it is known whether there is anything to ask about."""
    reply = await chat.type(f"/incident {typed}")
    assert isinstance(reply, OpenModal)
    assert reply.fill is not None
    with pytest.raises(UsageError, match="This is not the channel of an incident"):
        await reply.fill()
    await chat.declared()
    assert (await form(await chat.type(f"/incident {typed}")))["callback_id"] == callback


@pytest.mark.parametrize(
    ("action", "callback"),
    [
        (A.UPDATE, C.UPDATE),
        (A.STATUS, C.STATUS),
        (A.SEVERITY, C.SEVERITY),
        (A.EDIT, C.EDIT),
        (A.RESOLVE, C.RESOLVE),
        (A.REOPEN, C.REOPEN),
        (A.DECLINE, C.REASON),
        (A.CANCEL, C.REASON),
        (A.ROLES, C.ROLE),
        (A.HANDOFF, C.HANDOFF),
        (A.PAGE, C.PAGE),
        (A.NOTE, C.NOTE),
        (A.TASK, C.TASK),
        (A.FOLLOW_UP, C.TASK),
        (A.PUBLISH, C.PUBLISH),
    ],
)
async def test_buttons_that_ask_open_their_form(
    chat: Chat, action: IncidentAction, callback: IncidentCallback
) -> None:
    """And say that they come from here, so that the answer does, too."""
    await chat.declared()
    view = await form(await chat.press(action))
    assert view["callback_id"] == callback
    assert view["private_metadata"].startswith(f"{REF}:")
    assert view["private_metadata"].endswith(f":{ROOM}")


async def test_a_private_incident_is_not_there_for_others(chat: Chat) -> None:
    """Whichever way they come; the window says no more than that."""
    await chat.declared("/incident P1 service:api private a key has leaked")
    chat.channel = "C1"
    for typed in ("ack", "show", "note x", "task list", "deploys", "repair", "merge INC-2026-002"):
        with pytest.raises(NotFound, match="There is no incident INC-2026-001"):
            await chat.type(f"/incident {REF} {typed}", MAX)
    reply = await chat.press(A.UPDATE, who=MAX)
    assert isinstance(reply, OpenModal)
    assert "leaked" not in str(reply.view)
    assert reply.fill is not None
    with pytest.raises(NotFound):
        await reply.fill()
    assert "leaked" not in await chat.read("/incident list", MAX)
    assert "leaked" in await chat.read("/incident list", OLIVIA)


async def test_errors_of_forms_are_below_the_field_that_they_are_about(chat: Chat) -> None:
    """And nothing that was typed is lost."""
    await chat.declared()
    cases: list[tuple[IncidentCallback, dict[IncidentField, str], tuple[str, ...], str]] = [
        (C.UPDATE, {F.PROGRESS: " ", F.NEXT_UPDATE: "30"}, ("triage",), "progress"),
        (C.STATUS, {F.STATE: "", F.REASON: ""}, (), "state"),
        (C.STATUS, {F.STATE: "cancelled", F.REASON: ""}, (), "reason"),
        (C.SEVERITY, {F.SEVERITY: "P4", F.REASON: ""}, ("",), "reason"),
        (C.EDIT, {F.TITLE: "x", F.SUMMARY: "", F.IMPACT: ""}, ("",), "title"),
        (C.RESOLVE, {F.ROOT_CAUSE: "", F.RESOLUTION: "better"}, (), "root_cause"),
        (C.REASON, {F.REASON: ""}, ("cancelled",), "reason"),
        (C.ROLE, {F.ROLE: "", F.PERSON: ""}, (), "role"),
        (C.HANDOFF, {F.PERSON: ""}, (), "person"),
        (C.PAGE, {F.RUNG: "", F.PERSON: ""}, (), "person"),
        (C.PAGE, {F.RUNG: "0", F.PERSON: SAM}, (), "person"),
        (C.NOTE, {F.TEXT: "", F.AT: ""}, (), "text"),
        (C.NOTE, {F.TEXT: "x", F.AT: "4102444800"}, (), "at"),
        (C.TASK, {F.TEXT: "", F.PERSON: ""}, ("task",), "text"),
        (C.ROLL_BACK, {F.DEPLOY: "", F.REASON: ""}, (), "deploy"),
        (C.PUBLISH, {F.URL: "wiki"}, (), "url"),
    ]
    for callback, values, more, field in cases:
        reply = await chat.fill(callback, values, *more)
        assert isinstance(reply, FieldErrors), callback
        assert set(reply.errors) == {field}, callback
        assert all(reply.errors.values())


async def test_forms_do_what_they_ask_for(chat: Chat) -> None:
    """In the room, which tells everybody, the form just closes."""
    await chat.declared()
    done: list[tuple[IncidentCallback, dict[IncidentField, str], tuple[str, ...]]] = [
        (C.UPDATE, {F.PROGRESS: "we look", F.ETA: "", F.NEXT_UPDATE: "30"}, ("triage",)),
        (C.STATUS, {F.STATE: "identified", F.REASON: ""}, ()),
        (C.SEVERITY, {F.SEVERITY: "P2", F.REASON: "less"}, ("",)),
        (C.EDIT, {F.TITLE: "checkout", F.SERVICE: "auth", F.SUMMARY: "s", F.IMPACT: "i"}, ("",)),
        (C.ROLE, {F.ROLE: "comms", F.PERSON: SAM}, ()),
        (C.HANDOFF, {F.PERSON: SAM}, ()),
        (C.NOTE, {F.TEXT: "an alert", F.AT: str(int(samples.NOW.timestamp()) - 60)}, ()),
        (C.TASK, {F.TEXT: "look", F.PERSON: SAM}, ("follow-up",)),
        (C.PAGE, {F.RUNG: "1", F.PERSON: ""}, ()),
    ]
    for callback, values, more in done:
        assert await chat.fill(callback, values, *more) == Nothing(), callback
    found = await chat.now()
    assert (found.state, found.severity, found.title) == (
        State.IDENTIFIED,
        Severity.P2,
        "checkout",
    )
    assert found.roles[Role.COMMS] == SAM
    assert found.handoff is not None
    assert [(task.kind, task.owner) for task in found.tasks] == [(TaskKind.FOLLOW_UP, SAM)]
    assert found.pages[-1].name == "Secondary"
    moved = await chat.fill(C.STATUS, {F.STATE: "resolved", F.REASON: ""})
    assert (await form(moved))["callback_id"] == C.RESOLVE
    chat.channel = "C1"
    elsewhere = await chat.fill(C.REASON, {F.REASON: "a test"}, "cancelled")
    assert isinstance(elsewhere, Say)
    assert (elsewhere.channel, (await chat.now()).state) == ("C1", State.CANCELLED)
    await chat.press(A.UNDO)
    assert (await chat.now()).state is State.TRIAGE


async def test_buttons_act_and_are_quiet_in_the_room(chat: Chat) -> None:
    """Everybody sees there what has happened; elsewhere the person is answered."""
    await chat.declared()
    for action, value in (
        (A.ACK, REF),
        (A.TAKE_ROLE, f"{REF}:comms"),
        (A.SNOOZE, f"{REF}:15"),
        (A.ESCALATE, REF),
        (A.REPAIR, REF),
        (A.THAW, REF),
        (A.FREEZE, REF),
        (A.JOIN, REF),
    ):
        assert await chat.press(action, value) == Nothing(), action
    found = await chat.now()
    assert (found.lead, found.roles[Role.COMMS]) == (DANA, DANA)
    await chat.press(A.MAKE_PRIVATE)
    assert (await chat.now()).private
    chat.channel = "C1"
    assert REF in await shown(await chat.press(A.JOIN, who=DANA))
    assert REF in await shown(await chat.press(A.PANEL))
    assert REF in await shown(await chat.press(A.SHOW))
    assert "declared" in (await shown(await chat.press(A.SHOW, f"{REF}:1"))).lower()


async def test_a_page_is_answered_by_its_button(chat: Chat) -> None:
    """In private, where it came."""
    found = await chat.declared()
    chat.channel = "D0SAM"
    await chat.press(A.ANSWER, f"{REF}:{found.pages[0].id}", SAM)
    assert (await chat.now()).pages[0].acked_by == SAM


async def test_closing_says_what_is_missing_with_its_button(chat: Chat) -> None:
    """Rather than that it cannot be done."""
    await chat.declared()
    await chat.fill(C.RESOLVE, {F.ROOT_CAUSE: "a pool", F.RESOLUTION: "a larger one"})
    reply = await chat.press(A.CLOSE)
    assert isinstance(reply, Say)
    assert A.POST_MORTEM in str(reply.rendered.blocks)
    await chat.press(A.POST_MORTEM)
    assert (await chat.now()).postmortem.drafted is not None
    await chat.type("/incident status post-mortem")
    await chat.fill(C.PUBLISH, {F.URL: "https://wiki.example/1"})
    assert await chat.press(A.CLOSE) == Nothing()
    assert (await chat.now()).state is State.CLOSED


# ── People ───────────────────────────────────────────────────────────────────────────────────────


async def test_the_lead_is_handed_over_by_words(chat: Chat) -> None:
    """Offered by one, and taken by the other."""
    await chat.declared()
    await chat.type(f"/incident lead <@{DANA}|dana>")
    await chat.type(f"/incident handoff <@{SAM}|sam>")
    assert (await chat.now()).lead == DANA
    await chat.type("/incident accept", SAM)
    assert (await chat.now()).lead == SAM
    await chat.type("/incident role comms", OLIVIA)
    assert (await chat.now()).roles[Role.COMMS] == OLIVIA


async def test_a_report_is_accepted_or_declined(chat: Chat) -> None:
    """What is not so bad is looked at first."""
    found = await chat.declared("/incident P3 service:api checkout is slow")
    assert found.state is State.TRIAGE
    await chat.type("/incident decline planned work")
    assert (await chat.now()).state is State.DECLINED
    await chat.type("/incident reopen it was not planned")
    await chat.type("/incident accept")
    assert (await chat.now()).state is State.INVESTIGATING


async def test_people_are_called_and_hear_of_it(chat: Chat) -> None:
    """A rung by its name, a person by a mention."""
    await chat.declared()
    await chat.type("/incident page Secondary")
    await chat.type(f"/incident page <@{OLIVIA}|olivia>")
    assert [page.name for page in (await chat.now()).pages[-2:]] == ["Secondary", OLIVIA]
    await chat.type("/incident escalate")
    await chat.type(f"/incident call <@{MAX}|max>")
    assert MAX in (await chat.now()).responders
    assert "🔔" in await chat.read("/incident subscribe all")
    assert (await chat.now()).subscribers == {DANA: Interest.ALL}
    assert "🔕" in await chat.read("/incident unsubscribe")
    assert "🔔" in await shown(await chat.press(A.SUBSCRIBE))
    assert "🔕" in await shown(await chat.press(A.UNSUBSCRIBE))
    assert (await chat.now()).subscribers == {}


async def test_somebody_asks_to_be_let_in(chat: Chat) -> None:
    """And learns nothing by it."""
    await chat.declared("/incident P1 service:api private a key has leaked")
    chat.channel = "C1"
    said = await shown(await chat.press(A.ASK_ACCESS, who=MAX))
    assert "leaked" not in said
    with pytest.raises(NotFound):
        await chat.type(f"/incident show {REF}", MAX)
    await chat.press(A.LET_IN, f"{REF}:{MAX}")
    assert "leaked" in await chat.read(f"/incident show {REF}", MAX)


# ── Records ──────────────────────────────────────────────────────────────────────────────────────


async def test_notes_and_tasks_are_taken_down_by_words(chat: Chat) -> None:
    """With the time at which it happened."""
    await chat.declared()
    assert "📌" in await chat.read("/incident note first alert at 11:50")
    await chat.type("/incident task look at the slow queries")
    await chat.type("/incident followup raise the limit")
    await chat.type("/incident task own T1", SAM)
    listed = await chat.read("/incident task")
    assert "look at the slow queries" in listed
    assert "look at the slow queries" in await shown(await chat.press(A.TASKS))
    await chat.type("/incident task done t1")
    await chat.press(A.TASK_TAKEN, f"{REF}:F1", SAM)
    await chat.press(A.TASK_DONE, f"{REF}:F1", SAM)
    assert [task.done_by for task in (await chat.now()).tasks] == [DANA, SAM]
    await chat.type("/incident link https://grafana.example/d/1 error rate")
    assert (await chat.now()).links[0].title == "error rate"
    shown_now = await chat.read("/incident show")
    assert "first alert" in shown_now
    assert "11:50" in shown_now


async def test_the_checklist_is_shown_and_ticked(chat: Chat) -> None:
    """Its lines by their buttons."""
    await chat.declared()
    assert "Alert acknowledged" in await chat.read("/incident checklist")
    assert await chat.press(A.TICK, f"{REF}:checklist:team", SAM) == Nothing()
    (checklist,) = [each for each in (await chat.now()).procedures if each.id == "checklist"]
    assert checklist.ticked("team") is not None
    await chat.press(A.UNTICK, f"{REF}:checklist:team", SAM)
    (checklist,) = [each for each in (await chat.now()).procedures if each.id == "checklist"]
    assert checklist.ticked("team") is None
    with pytest.raises(NotFound, match="has no list “duties-chef”"):
        await chat.type("/incident checklist duties-chef")


async def lines(chat: Chat) -> list[str]:
    """What people wrote on the timeline."""
    record = await chat.bench.use_cases.incidents.archive.show(identity(DANA), REF)
    return [line.text for line in record.lines if line.kind == "note"]


async def test_an_emoji_puts_a_message_on_the_timeline_and_takes_it_off(chat: Chat) -> None:
    """It follows the message; a message of elsewhere is left alone."""
    await chat.declared()
    chat.bench.overheard.said[SAID] = ("the pool is full", MAX)

    def react(emoji: str, who: str, place: MessageRef = SAID, *, added: bool = True) -> Reaction:
        return Reaction(
            identity=identity(who), place=place, emoji=emoji, added=added, event=chat.trigger()
        )

    assert await chat.say(react("pushpin", SAM)) == Nothing()
    assert await chat.say(react("pushpin", DANA)) == Nothing()
    assert await lines(chat) == ["the pool is full"]
    await chat.say(MessageEdited(place=SAID, text="the pool is empty", event="e1"))
    assert await lines(chat) == ["the pool is empty"]
    await chat.say(react("pushpin", DANA, added=False))
    assert await lines(chat) == ["the pool is empty"]
    await chat.say(react("pushpin", SAM, added=False))
    assert await lines(chat) == []
    pin = Pin(identity=identity(SAM), place=SAID, added=True, event="e2")
    await chat.say(pin)
    assert await lines(chat) == ["the pool is full"]
    await chat.say(MessageDeleted(place=SAID, event="e3"))
    assert await lines(chat) == []
    await chat.say(react("ballot_box_with_check", SAM))
    await chat.say(react("repeat", SAM))
    await chat.say(react("tada", SAM))
    await chat.say(react("pushpin", SAM, MessageRef(channel="C9", ts="1.1")))
    assert [task.kind for task in (await chat.now()).tasks] == [
        TaskKind.TASK,
        TaskKind.FOLLOW_UP,
    ]


async def test_shortcuts_take_a_message_down(chat: Chat) -> None:
    """And say so, where there is no incident."""
    await chat.declared()
    chat.bench.overheard.said[SAID] = ("the pool is full", MAX)

    def chosen(callback: S, place: MessageRef) -> MessageShortcut:
        return MessageShortcut(
            identity=identity(SAM),
            callback=callback,
            place=place,
            text="x",
            trigger=chat.trigger(),
        )

    assert await chat.say(chosen(S.NOTE_FROM, SAID)) == Nothing()
    assert await chat.say(chosen(S.TASK_FROM, SAID)) == Nothing()
    assert await lines(chat) == ["the pool is full"]
    assert [task.text for task in (await chat.now()).tasks] == ["the pool is full"]
    with pytest.raises(UsageError, match="not the channel of an incident"):
        await chat.say(chosen(S.NOTE_FROM, MessageRef(channel="C9", ts="1.1")))


# ── Others, rooms, deploys ───────────────────────────────────────────────────────────────────────


async def test_incidents_are_joined_by_words(chat: Chat) -> None:
    """The one that is named last goes on."""
    await chat.declared()
    await chat.type("/incident sub search is down as well")
    part = await chat.now("INC-2026-002")
    assert (part.service, part.severity) == ("api", Severity.P1)
    await chat.type("/incident declare P2 service:auth logins fail")
    await chat.type("/incident relate INC-2026-003")
    await chat.type("/incident link incident INC-2026-003")
    await chat.type("/incident INC-2026-003 merge INC-2026-001")
    assert (await chat.now("INC-2026-003")).state is State.MERGED
    await chat.press(A.MAKE_PRIVATE)
    assert (await chat.now()).private


async def test_rooms_are_made_by_words(chat: Chat) -> None:
    """A thread becomes a channel; a channel that is there becomes a room."""
    await chat.type("/incident P3 service:api checkout is slow --thread")
    assert (await chat.now()).room.kind is RoomKind.THREAD
    await chat.type(f"/incident room {REF}")
    assert (await chat.now()).room.kind is RoomKind.CHANNEL
    await chat.type(f"/incident repair {REF}")
    await chat.type("/incident P1 service:auth logins fail")
    chat.bench.overheard.channels["C5"] = ("war-room", False)
    chat.channel = "C5"
    await chat.type("/incident convert INC-2026-002")
    assert (await chat.now("INC-2026-002")).room.channel == "C5"


async def test_deploys_are_frozen_and_looked_at_by_words(chat: Chat) -> None:
    """Who may is decided where it is done."""
    await chat.declared()
    await chat.type("/incident freeze --for 2h")
    freeze = (await chat.now()).freeze
    assert freeze is not None
    assert freeze.until == samples.NOW + timedelta(hours=2)
    await chat.type("/incident thaw")
    with pytest.raises(NotPermitted):
        await chat.type("/incident freeze", MAX)
    assert REF in await chat.read("/incident deploys")
    with pytest.raises(NotFound):
        await chat.type("/incident link deploy D-7F3K2")
    wanted = await chat.type("/incident rollback D-7F3K2")
    assert isinstance(wanted, Later)
    with pytest.raises(NotFound):
        await wanted.job()


# ── Looking ──────────────────────────────────────────────────────────────────────────────────────


async def test_lists_and_searches_go_on_by_their_button(chat: Chat) -> None:
    """Page by page and back, as they were asked for."""
    for number in range(12):
        await chat.type(f"/incident P3 service:api case number {number} of checkout")
    for typed in ("list", "list all --service api --severity P3", "search checkout"):
        reply = await chat.type(f"/incident {typed}")
        assert isinstance(reply, Say)
        assert not reply.instead
        assert "INC-2026-012" in screen(reply.rendered)
        second = await chat.press(A.LIST_PAGE, buttons(reply.rendered)["Next page"]["value"])
        rest = await shown(second)
        assert "INC-2026-001" in rest
        assert "INC-2026-012" not in rest
        assert isinstance(second, Say)
        back = buttons(second.rendered)["Previous page"]["value"]
        assert await chat.press(A.LIST_PAGE, back) == replace(reply, channel="C1", instead=True)
    with pytest.raises(NotFound):
        await chat.press(A.LIST_PAGE, "list:nothing:::")
    assert "12" in await chat.read("/incident metrics api")


async def test_a_chart_is_promised_only_where_there_is_something_to_draw(chat: Chat) -> None:
    await chat.declared()
    assert "nothing to draw yet" in await chat.read("/incident metrics --chart")
    await chat.type("/incident ack")
    assert "on its way to you" in await chat.read("/incident metrics --chart")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("export", "Made by Signalbox from the record"),
        ("export --format json", '"ref": "INC-2026-001"'),
        ("export --format csv", "ref,title,severity"),
    ],
)
async def test_all_of_an_incident_can_be_copied(chat: Chat, typed: str, says: str) -> None:
    """From a window, in which nothing that people wrote is taken for markup."""
    await chat.declared()
    await chat.type(
        "/incident note ``` &lt;!channel&gt; <https://evil.example|good> " + "字" * 2500
    )
    view = await form(await chat.type(f"/incident {typed}"))
    text = str(view)
    assert says in text
    assert "<!channel" not in text
    assert all(len(block["text"]["text"]) <= 3000 for block in view["blocks"] if "text" in block)
    if typed == "export":
        assert "Dana" in text
        assert await form(await chat.press(A.EXPORT)) == view


async def test_help_is_given_for_the_command_and_for_a_verb(chat: Chat) -> None:
    """By what the workspace calls the command."""
    assert "/incident" in await chat.read("/incident help")
    assert "/incident severity" in await chat.read("/incident help sev")


async def test_the_home_tab_is_what_it_is_after_its_buttons(chat: Chat) -> None:
    """It is looked up after the click was acknowledged."""
    await chat.declared()
    await chat.type("/incident task look", DANA)
    await chat.type("/incident task own T1", DANA)
    opened = await chat.say(HomeOpened(identity=identity(DANA)))
    assert isinstance(opened, PublishHome)
    before = await opened.job()
    assert A.TASK_DONE in str(before)
    reply = await chat.press(A.TASK_DONE, f"{REF}:T1", channel="", home=True)
    assert isinstance(reply, PublishHome)
    assert A.TASK_DONE not in str(await reply.job())
    assert isinstance(await chat.press(A.HOME_PAGE, "2", channel="", home=True), PublishHome)
    assert isinstance(await chat.press(A.UPDATE, channel="", home=True), OpenModal)


async def test_what_is_only_looked_at_from_the_home_tab_is_shown(chat: Chat) -> None:
    """In a window: the tab itself has changed nothing."""
    await chat.declared()
    assert REF in await shown(await chat.press(A.SHOW, channel="", home=True))
