"""What is said once in the room, and what single persons are told."""

from datetime import timedelta

import incident_samples as made
import pytest
from incident_screens import LANGUAGES, note_of
from samples import DANA, MAX, NOW, OLIVIA, SAM
from screens import accepted, buttons, screen

from bot.domain.incident_policy import ProcedureItem
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Handoff, Incident, IncidentKind
from bot.domain.incidents.messages import DirectWord, IncidentNote, IncidentSaid, Word
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.remarks import TOO
from bot.domain.incidents.room import Progress, Status, Step
from bot.domain.incidents.states import State
from bot.domain.maintenance import MaintenanceRun
from bot.views.blocks import Rendered
from bot.views.incidents.direct import direct_word
from bot.views.incidents.maintenance import maintenance_card, maintenance_overdue
from bot.views.incidents.notes import incident_note
from bot.views.incidents.procedures import procedure_card

POLICY = made.incident_policy()
S = IncidentSaid


def said(
    what: IncidentSaid, incident: Incident | None = None, people: tuple[str, ...] = (), **more: str
) -> Rendered:
    note = IncidentNote(incident=made.REF, said=what, by=SAM, people=people, **more)
    return accepted(incident_note(note, incident or made.incident()))


def told(word: Word, about: str, incident: Incident, language: str = "en") -> Rendered:
    message = DirectWord(incident=made.REF, to=DANA, word=word, about=about, by=SAM)
    return accepted(direct_word(message, incident, POLICY, language))


@pytest.mark.parametrize("what", sorted(S))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_says_something(what: IncidentSaid, language: str) -> None:
    """And the notification names the incident."""
    note = note_of(what, "v1", 1)
    shown = accepted(incident_note(note, made.incident(language=language)))
    assert shown.text.startswith("INC-2026-001 · ")
    assert "{" not in screen(shown)


@pytest.mark.parametrize("bell", sorted(Bell))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_bell_says_something(bell: Bell, language: str) -> None:
    note = IncidentNote(incident=made.REF, said=S.BELL, word=bell, people=(SAM,))
    shown = accepted(incident_note(note, made.incident(language=language)))
    assert f"<@{SAM}>: " in screen(shown)


def test_a_move_says_who_where_to_and_why() -> None:
    shown = screen(said(S.MOVED, word="identified", detail="The pool <is> full"))
    assert shown == f"🔀 <@{SAM}>: it is *Identified* now. \n> The pool <is> full"


def test_one_more_who_is_on_it_is_told_from_the_first() -> None:
    assert screen(said(S.ACKED)) == f"✋ <@{SAM}> is on it."
    assert screen(said(S.ACKED, word=TOO)) == f"✋ <@{SAM}> is on it as well."


def test_moments_are_in_the_readers_time() -> None:
    later = (NOW + timedelta(hours=4)).isoformat()
    frozen = screen(said(S.FROZEN, word="api production", detail=later))
    assert frozen == f"❄️ <@{SAM}>: deploys of *api production* are frozen until 16:00."


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", f"☀️ <@{SAM}>: this incident no longer freezes deploys of *api production*."),
        ("zh-TW", f"☀️ <@{SAM}>：此事件不再凍結 *api production* 的部署。"),
    ],
)
def test_the_end_of_its_freeze_says_nothing_of_others(language: str, expected: str) -> None:
    """The incident with which it was merged may freeze the same."""
    own = made.incident(language=language)
    assert screen(said(S.THAWED, own, word="api production")) == expected


def test_a_page_mentions_who_is_called_or_says_that_nobody_is() -> None:
    assert screen(said(S.PAGED, word="Secondary", people=(DANA,))).endswith(f"<@{DANA}>")
    nobody = screen(said(S.PAGED, word="Secondary", detail="nobody"))
    assert nobody == "📟 Nobody is on duty on the rung “Secondary”."


def test_a_deploy_is_named_as_people_know_it() -> None:
    own = made.incident(deploys=(made.linked_deploy(),))
    began = screen(said(S.DEPLOY, own, word="rollback", detail="D-8G4L3"))
    assert began == "🚀 Rollback: `api v1.1.0` (D-8G4L3)"
    ended = screen(said(S.DEPLOY, own, word="landed", detail="D-8G4L3"))
    assert ended == "🚀 A deploy of this incident went well: `api v1.1.0` (D-8G4L3)"


def test_it_is_asked_whether_it_is_resolved_and_not_claimed_that_it_is_quiet() -> None:
    shown = screen(said(S.SUGGEST_RESOLVE, people=(SAM,), detail=NOW.isoformat()))
    assert shown.splitlines()[0] == (
        f"⏱️ <@{SAM}>: mitigated since 12:00. Is it resolved? Signalbox has measured nothing."
    )


def test_what_can_be_answered_has_the_button_for_it() -> None:
    offered = made.incident(handoff=Handoff(to=DANA, by=SAM, at=NOW))
    assert list(buttons(said(S.HANDOFF, offered, (DANA,)))) == ["Accept"]
    assert list(buttons(said(S.SUGGEST_RESOLVE, people=(SAM,)))) == ["Resolve…"]
    assert list(buttons(said(S.BELL, word=Bell.UNCLAIMED))) == []
    alone = made.incident(roles={})
    assert list(buttons(said(S.BELL, alone, word=Bell.UNCLAIMED))) == ["Take lead"]
    due = said(S.BELL, word=Bell.UPDATE_DUE)
    assert screen(due).splitlines()[1] == "[No change] [Update…] [Snooze…]"
    over = made.incident(State.CLOSED)
    assert list(buttons(said(S.BELL, over, word=Bell.UPDATE_DUE))) == []
    drill = made.incident(kind=IncidentKind.DRILL)
    assert list(buttons(said(S.BELL, drill, word=Bell.RESOLUTION_NEAR))) == []


def test_a_snooze_carries_its_minutes() -> None:
    row = said(S.BELL, word=Bell.UPDATE_DUE).blocks[-1]["elements"]
    values = [choice["value"] for choice in row[-1]["options"]]
    assert values == ["INC-2026-001:15", "INC-2026-001:30", "INC-2026-001:60"]


def test_a_task_can_be_taken_and_done_until_it_is() -> None:
    own = made.incident(tasks=(made.task(),))
    assert list(buttons(said(S.TASK_ADDED, own, word="T1", detail="x"))) == ["I do it", "Done"]
    taken = made.incident(tasks=(made.task(owner=DANA),))
    assert list(buttons(said(S.TASK_ADDED, taken, word="T1", detail="x"))) == ["Done"]
    done = made.incident(tasks=(made.task(done_by=DANA),))
    assert list(buttons(said(S.TASK_ADDED, done, word="T1", detail="x"))) == []


def test_the_closing_note_keeps_what_was_still_to_be_done() -> None:
    """Follow-ups are for afterwards, and are not meant."""
    left = (made.task("T1", text="Undo the limit"), made.task("T2", done_by=SAM), made.task("F1"))
    closed = made.incident(State.CLOSED, tasks=left)
    shown = screen(said(S.CLOSED, closed, word=State.CLOSED, detail="Calm since."))
    assert "☐ Tasks still open: 1 (T1 Undo the limit)" in shown.splitlines()
    done = made.incident(State.CLOSED, tasks=left[1:])
    assert "☐" not in screen(said(S.CLOSED, done, word=State.CLOSED))


# ── To one person ────────────────────────────────────────────────────────────────────────────────


def test_a_page_can_be_answered_until_somebody_has() -> None:
    called = made.incident(pages=(made.page(acked_by=None, acked_at=None),))
    page = told(Word.PAGED, "P1", called)
    assert page.text == "📟 INC-2026-001: you are paged. Checkout answers 500s"
    assert buttons(page)["Acknowledge"]["value"] == "INC-2026-001:P1"
    answered = told(Word.PAGED, "P1", made.incident())
    assert f"✅ <@{SAM}> answered 12:03." in screen(answered)
    assert not buttons(answered)
    over = told(Word.PAGED, "P1", made.incident(State.RESOLVED, pages=called.pages))
    assert "It is over" in screen(over)
    assert not buttons(over)


def test_a_handoff_brings_a_briefing_and_can_be_accepted() -> None:
    offered = made.incident(
        handoff=Handoff(to=DANA, by=SAM, at=NOW),
        updates=(made.status_update(),),
        suspects=(made.suspect(),),
        tasks=(made.task(), made.task("T2", done_by=SAM), made.task("F3")),
    )
    word = told(Word.HANDOFF, "", offered)
    shown = screen(word)
    for part in ("*Status*", "*SLA*", "*Last update*", "*Suspect deploy*", "• T1 Alert on"):
        assert part in shown
    assert "T2" not in shown
    assert "F3" not in shown
    assert list(buttons(word)) == ["Accept"]
    other = made.incident(handoff=Handoff(to=MAX, by=SAM, at=NOW))
    assert not buttons(told(Word.HANDOFF, "", other))


def test_an_update_that_is_due_is_answered_with_one_tap() -> None:
    due = told(Word.UPDATE_DUE, Bell.UPDATE_SOON, made.incident())
    assert screen(due).splitlines()[-1] == "[No change] [Update…] [Snooze…]"
    assert "is due 12:30" in screen(due)
    late = told(Word.UPDATE_DUE, Bell.UPDATE_OVERDUE, made.incident())
    assert "overdue" in screen(late)


def test_duties_are_ticked_off_where_they_are_told() -> None:
    duties = Procedure(
        id="duties-lead",
        title="Lead",
        items=(ProcedureItem(id="ack", text="Acknowledge"), ProcedureItem(id="talk", text="Talk")),
    ).tick("ack", DANA, NOW)
    word = told(Word.DUTIES, "lead", made.incident(procedures=(duties,)))
    lines = screen(word).splitlines()
    assert "📋 *Lead: 1 of 2*" in lines
    assert f"✅ Acknowledge  <@{DANA}> · 12:00" in lines
    assert "☐ Talk  [Done]" in lines
    assert buttons(word)["Done"]["value"] == "INC-2026-001:duties-lead:talk"


def test_who_asks_to_see_a_private_incident_can_be_let_in() -> None:
    message = DirectWord(incident=made.REF, to=SAM, word=Word.ACCESS, by=OLIVIA)
    hidden = made.incident(private=True)
    asked = direct_word(message, hidden, POLICY, "en")
    assert buttons(accepted(asked))["Let them in"]["value"] == f"INC-2026-001:{OLIVIA}"
    let_in = hidden.model_copy(update={"responders": frozenset({OLIVIA})})
    assert not buttons(direct_word(message, let_in, POLICY, "en"))


def test_without_a_room_the_declarer_learns_what_to_do() -> None:
    refused = {Step.CHANNEL: Progress(status=Status.REFUSED, problem="restricted_action")}
    word = told(Word.NO_ROOM, Step.CHANNEL, made.incident(room=made.new_room(steps=refused)))
    assert "/incident convert" in screen(word)
    assert "> restricted_action" in screen(word)


def test_subscribers_get_the_template_and_a_way_out() -> None:
    told_all = made.incident(updates=(made.status_update(),))
    update = told(Word.UPDATE, "1", told_all, "zh-TW")
    assert "*狀態*: 調查中" in screen(update)
    assert list(buttons(update)) == ["詳細內容", "取消訂閱"]
    ended = told(Word.RESOLVED, "", made.incident(State.RESOLVED))
    assert "Reopen…" not in buttons(ended)
    changed = told(Word.CHANGED, S.CANCELLED, made.incident(State.CANCELLED))
    assert "*Reason* A false alarm of the probe." in screen(changed)


# ── Lists to tick off ────────────────────────────────────────────────────────────────────────────


def test_a_list_shows_who_did_what_and_what_is_left() -> None:
    ticked = made.checklist_procedure().tick("acknowledged", SAM, NOW)
    card = accepted(procedure_card(made.incident(procedures=(ticked,)), "checklist"))
    lines = screen(card).splitlines()
    assert lines[0] == "📋 *Checklist: 1 of 11*"
    assert lines[1] == f"✅ Alert acknowledged  <@{SAM}> · 12:00"
    assert lines[2] == "☐ Incident created  [Done]"
    assert lines[-1] == "[Not done after all…]"
    (undo,) = card.blocks[-1]["elements"][0]["options"]
    assert undo["value"] == "INC-2026-001:checklist:acknowledged"


def test_a_list_of_what_is_over_has_no_buttons() -> None:
    card = procedure_card(made.incident(State.CLOSED), "checklist")
    assert not buttons(accepted(card))


def test_a_list_that_is_gone_is_said_to_be() -> None:
    assert "does not have this list" in screen(procedure_card(made.incident(), "runbook-x"))


def test_maintenance_is_due_then_overdue_then_done() -> None:
    run = MaintenanceRun(
        id="M-daily-20260314T0600",
        rule="daily",
        channel="C0OPS",
        procedure=Procedure(id="daily", title="Daily", items=(ProcedureItem(id="a", text="Look"),)),
        posted=NOW,
        due=NOW + timedelta(hours=4),
    )
    due = accepted(maintenance_card(run))
    assert "Due 16:00" in screen(due)
    assert buttons(due)["Done"]["value"] == "M-daily-20260314T0600:a"
    late = run.model_copy(update={"called": True})
    assert "⚠️ Overdue since 16:00" in screen(maintenance_card(late))
    call = screen(accepted(maintenance_overdue(late)))
    assert "Still open: 1\n• Look" in call
    done = run.model_copy(update={"procedure": run.procedure.tick("a", SAM, NOW)})
    assert "Due" not in screen(maintenance_card(done))
