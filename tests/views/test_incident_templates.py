"""The three templates of the operations guides, field for field and in their order."""

import csv
import io
from datetime import timedelta

import incident_samples as made
import pytest
from incident_samples import MINUTE
from samples import DANA, NOW, SAM
from screens import accepted, buttons, screen

from bot.domain.incident_policy import Severity
from bot.domain.incidents.incident import Incident, IncidentKind, Moment, PostMortem, Stamp
from bot.domain.incidents.room import RoomKind
from bot.domain.incidents.states import State
from bot.views.incidents.broadcast import incident_broadcast
from bot.views.incidents.exports import as_csv
from bot.views.incidents.lines import ending_line
from bot.views.incidents.postmortem import postmortem
from bot.views.incidents.updates import incident_resolved, incident_update
from bot.views.incidents.wording import length
from bot.views.languages.hidings import Hiding
from bot.views.languages.saying import say

POLICY = made.incident_policy()


def fresh(**changes: object) -> Incident:
    """One that was just declared, and that nobody has acknowledged."""
    times = {Moment.DECLARED: Stamp(at=NOW, recorded=NOW, by=DANA)}
    clocks = made.clocks(State.INVESTIGATING, acked=False)
    base = made.incident(times=times, clocks=clocks, roles={}, pages=())
    return base.model_copy(update=changes)


def alert(incident: Incident) -> str:
    return screen(accepted(incident_broadcast(incident, POLICY)))


def test_the_alert_in_english() -> None:
    assert alert(fresh()).splitlines() == [
        "# 🔴 Incident alert · INC-2026-001",
        "*Severity*: 🔴 P1 – critical",
        "*Service*: api (production)",
        "*Issue*: Checkout answers 500s",
        "*Impact*: One in five customers cannot pay.",
        "*ETA*: target 13:00",
        f"*On-Call*: <@{SAM}> (Primary)",
        f"*Investigating* · began 12:00 · in <#C0ROOM0001> · declared by <@{DANA}>",
        "[Join] [Acknowledge] [Take lead] [Subscribe]",
    ]


def test_the_alert_in_chinese() -> None:
    assert alert(fresh(language="zh-TW")).splitlines() == [
        "# 🔴 事件通報 · INC-2026-001",
        "*嚴重等級*: 🔴 P1 – 緊急",
        "*服務*: api (production)",
        "*問題*: Checkout answers 500s",
        "*影響範圍*: One in five customers cannot pay.",
        "*預計恢復*: 目標 13:00",
        f"*值班人員*: <@{SAM}> (Primary)",
        f"*調查中* · 12:00 發生 · 處理頻道 <#C0ROOM0001> · <@{DANA}> 通報",
        "[加入頻道] [確認接手] [我來負責] [訂閱]",
    ]


def test_what_is_not_known_is_said_to_be_so() -> None:
    """A field of a template is never left out."""
    shown = alert(fresh(service=None, environment=None, impact=""))
    assert "*Service*: not known yet" in shown
    assert "*Impact*: assessing" in shown


def test_the_eta_is_a_target_until_somebody_gives_one() -> None:
    silent = made.status_update(eta="")
    assert "*ETA*: target 13:00" in alert(fresh(updates=(silent,)))
    assert "*ETA*: 30 minutes (said 12:10)" in alert(fresh(updates=(made.status_update(),)))


def test_on_call_is_who_leads_or_was_paged_or_stands_at_the_foot_of_the_ladder() -> None:
    paged = made.page(people=(DANA,), acked_by=None)
    groups = made.incident_policy(ladder=made.LADDER[2:])
    assert f"*On-Call*: <@{SAM}>" in alert(made.incident())
    assert f"*On-Call*: <@{DANA}>" in alert(fresh(pages=(paged,)))
    assert "*On-Call*: Team lead" in screen(incident_broadcast(fresh(), groups))
    nobody = made.incident_policy(ladder=())
    assert "*On-Call*: nobody yet" in screen(incident_broadcast(fresh(), nobody))


def test_buttons_that_do_not_apply_are_not_there() -> None:
    lead = alert(made.incident())
    assert "[Join] [Subscribe]" in lead
    thread = fresh(room=made.thread_room())
    assert "[Acknowledge] [Take lead] [Subscribe]" in alert(thread)
    assert "Join" not in buttons(incident_broadcast(thread, POLICY))
    assert thread.room.kind is RoomKind.THREAD


def test_the_alert_of_what_is_resolved_looks_resolved() -> None:
    assert alert(made.incident(State.RESOLVED)).splitlines() == [
        "# ✅ INC-2026-001 · Resolved",
        "*Severity*: 🔴 P1 – critical",
        "*Service*: api (production)",
        "*Issue*: Checkout answers 500s",
        "*Impact*: One in five customers cannot pay.",
        "*Duration*: 1 h",
        f"*On-Call*: <@{SAM}>",
        f"*Resolved* · 12:50 · in <#C0ROOM0001> · declared by <@{DANA}>",
        "[Subscribe]",
    ]


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_of_a_private_incident_nothing_is_left_in_the_alert(language: str) -> None:
    """Neither in its blocks nor in the text of the notification."""
    hidden = made.incident(private=True, language=language, updates=(made.status_update(),))
    shown = accepted(incident_broadcast(hidden, POLICY))
    said = f"{shown.text} {shown.blocks}"
    for secret in ("Checkout", "customers", "api", SAM, "P1", "pool"):
        assert secret not in said
    assert shown.text == say(language, Hiding.REDACTED, ref="INC-2026-001")


def test_a_drill_is_called_one_everywhere() -> None:
    drill = made.incident(kind=IncidentKind.DRILL, updates=(made.status_update(),))
    assert "🧪 DRILL" in alert(drill)
    assert "🧪 DRILL" in screen(incident_update(drill, 1))
    assert "🧪 DRILL" in screen(incident_resolved(drill, POLICY))


# ── Status update ────────────────────────────────────────────────────────────────────────────────


def test_the_update_in_english() -> None:
    shown = screen(accepted(incident_update(made.incident(updates=(made.status_update(),)), 1)))
    assert shown.splitlines() == [
        "📣 *Incident update*",
        "*Incident*: INC-2026-001 · Checkout answers 500s <#C0ROOM0001>",
        "*Status*: Investigating",
        "*Progress*",
        "The pool is exhausted; we look for what holds its connections.",
        "*ETA*: 30 minutes",
        "*Next Update*: 12:40",
        "[Subscribe]",
    ]


def test_the_update_in_chinese() -> None:
    told = made.incident(updates=(made.status_update(),), language="zh-TW")
    assert screen(accepted(incident_update(told, 1))).splitlines() == [
        "📣 *事件進度更新*",
        "*事件*: INC-2026-001 · Checkout answers 500s <#C0ROOM0001>",
        "*狀態*: 調查中",
        "*進度*",
        "The pool is exhausted; we look for what holds its connections.",
        "*預計恢復*: 30 minutes",
        "*下次更新*: 12:40",
        "[訂閱]",
    ]


def test_an_update_says_what_was_so_when_it_was_given() -> None:
    """It is not rewritten by those that follow."""
    old = made.status_update()
    new = made.status_update(2, state=State.MONITORING, progress="It is better.")
    told = made.incident(State.MONITORING, updates=(old, new))
    assert "*Status*: Investigating" in screen(incident_update(told, 1))
    assert "*Status*: Monitoring" in screen(incident_update(told, 2))


def test_the_lines_of_a_progress_are_kept() -> None:
    told = made.status_update(progress="Users see errors.\n\nWe roll back.", next_update=None)
    shown = screen(incident_update(made.incident(updates=(told,)), 1))
    assert "Users see errors.\n\nWe roll back." in shown
    assert "*Next Update*: when there is something to say" in shown


# ── Resolution ───────────────────────────────────────────────────────────────────────────────────


def test_the_resolution_in_english() -> None:
    shown = screen(accepted(incident_resolved(made.incident(State.RESOLVED), POLICY)))
    assert shown.splitlines() == [
        "✅ *Incident resolved*",
        "*Incident*: INC-2026-001 · Checkout answers 500s <#C0ROOM0001>",
        "*Duration*: 1 h",
        "*Root Cause*",
        "The connection pool was too small for the new release.",
        "*Resolution*",
        "Rolled back to v1.1.0.",
        "*Post-Mortem*",
        "due 12:50",
        "[Reopen…] [Start post-mortem] [Add follow-up…]",
    ]


def test_the_resolution_in_chinese() -> None:
    told = made.incident(State.RESOLVED, language="zh-TW")
    assert screen(accepted(incident_resolved(told, POLICY))).splitlines() == [
        "✅ *事件已解決*",
        "*事件*: INC-2026-001 · Checkout answers 500s <#C0ROOM0001>",
        "*持續時間*: 1 小時",
        "*根本原因*",
        "The connection pool was too small for the new release.",
        "*解決方式*",
        "Rolled back to v1.1.0.",
        "*事後檢討*",
        "須於 12:50 前完成",
        "[重新開啟…] [開始事後檢討] [新增後續事項…]",
    ]


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "☐ Tasks still open: 1 (T2 Alert on the size of the pool)"),
        ("zh-TW", "☐ 尚有 1 項待辦未完成（T2 Alert on the size of the pool）"),
    ],
)
def test_the_resolution_keeps_what_was_still_to_be_done(language: str, says: str) -> None:
    tasks = (made.task(done_by=SAM), made.task("T2"), made.task("F1"))
    told = made.incident(State.RESOLVED, language=language, tasks=tasks)
    assert says in screen(accepted(incident_resolved(told, POLICY))).splitlines()
    done = told.model_copy(update={"tasks": tasks[:1]})
    assert "☐" not in screen(incident_resolved(done, POLICY))


def test_the_duration_counts_days() -> None:
    """From when it began, not from when it was declared."""
    late = NOW + timedelta(days=2, hours=3) - 5 * MINUTE
    base = made.incident(State.RESOLVED)
    times = {**base.times, Moment.RESOLVED: Stamp(at=late, recorded=late, by=SAM)}
    shown = screen(incident_resolved(base.model_copy(update={"times": times}), POLICY))
    assert "*Duration*: 2 d 3 h 5 min" in shown


def test_the_duration_of_what_was_opened_again_counts_from_its_first_beginning() -> None:
    """Wherever it is told: it was not over in between."""
    before = made.incident(State.RESOLVED)
    again, over = NOW + timedelta(hours=5), NOW + timedelta(hours=6)
    times = {
        Moment.DECLARED: Stamp(at=again, recorded=again, by=SAM),
        Moment.RESOLVED: Stamp(at=over, recorded=over, by=SAM),
    }
    incident = before.model_copy(update={"times": times, "earlier": (before.times,), "epoch": 1})
    took = over - before.began
    assert took > timedelta(hours=6)
    said = f"*Duration*: {length('en', took)}"
    assert said in screen(incident_resolved(incident, POLICY))
    assert said in alert(incident)
    assert f"*Duration* {length('en', took)}" in ending_line(incident)
    report = postmortem(incident, (), POLICY, lambda _: None, over)
    assert f"**Duration:** {length('en', took)}" in report
    (row,) = csv.DictReader(io.StringIO(as_csv((incident,))))
    assert row["seconds_to_resolve"] == str(took // timedelta(seconds=1))


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (PostMortem(drafted=NOW), "drafted, not published yet"),
        (PostMortem(published=NOW), "published 12:00"),
        (
            PostMortem(published=NOW, url="https://wiki.example/1"),
            "published 12:00 · <https://wiki.example/1|read it>",
        ),
    ],
    ids=["drafted", "published", "published elsewhere"],
)
def test_how_far_the_post_mortem_is(how: PostMortem, says: str) -> None:
    shown = screen(incident_resolved(made.incident(State.POST_MORTEM, postmortem=how), POLICY))
    assert f"*Post-Mortem*\n{says}\n" in shown


def test_a_small_incident_needs_no_post_mortem() -> None:
    small = made.incident(State.RESOLVED, severity=Severity.P4)
    assert "not required for this severity" in screen(incident_resolved(small, POLICY))
