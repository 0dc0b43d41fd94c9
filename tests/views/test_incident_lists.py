"""Lists, details, the home tab, figures and help: pages, order, and who sees what."""

import incident_samples as made
import pytest
from incident_screens import LANGUAGES, screen_of, timeline
from samples import DANA, NOW, SAM
from screens import accepted, accepted_view, buttons, screen

from bot.domain.incident_policy import Severity
from bot.domain.incidents.gates import Lack
from bot.domain.incidents.home import HomeScreen, WaitingApproval
from bot.domain.incidents.incident import IncidentKind
from bot.domain.incidents.room import Room, RoomKind
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.views.blocks import Rendered
from bot.views.incidents import answers, lists
from bot.views.incidents.chapters import MARKS, told
from bot.views.incidents.deploys import open_incidents_line
from bot.views.incidents.help import ALL, incident_help
from bot.views.incidents.home import home_view
from bot.views.incidents.names import IncidentAction
from bot.views.incidents.show import LINES, incident_details, postmortem_comment
from bot.views.incidents.verbs import ALIASES, INCIDENT, INCIDENT_GROUPS, INCIDENT_VERBS
from bot.views.mrkdwn import escape
from bot.views.verbs import HELP_WORDS

POLICY = made.incident_policy()


def test_a_list_leads_on_and_back_where_there_is_more() -> None:
    leads = lists.Leads(on="INC-2026-001:open", back="open")
    shown = accepted(lists.incident_list([made.incident()], "Open", "en", leads))
    assert buttons(shown)["Next page"]["value"] == "INC-2026-001:open"
    assert buttons(shown)["Previous page"]["value"] == "open"
    assert buttons(shown)["Details"]["value"] == "INC-2026-001"
    alone = buttons(lists.incident_list([made.incident()], "Open", "en"))
    assert not {"Next page", "Previous page"} & set(alone)


def test_an_empty_list_says_so_and_offers_to_declare() -> None:
    shown = accepted(lists.incident_list([], "Open", "en"))
    assert "There is none." in screen(shown)
    assert buttons(shown)["Declare an incident"]["action_id"] == IncidentAction.DECLARE
    assert "Previous page" not in buttons(shown)


def test_a_page_that_has_become_empty_leads_back() -> None:
    shown = accepted(lists.incident_list([], "Open", "en", lists.Leads(back="open")))
    assert buttons(shown)["Previous page"]["value"] == "open"


def test_a_search_says_what_was_typed_and_drills_are_marked() -> None:
    drill = made.incident(kind=IncidentKind.DRILL)
    shown = screen(accepted(lists.search_results([drill], "<checkout>", "en")))
    assert shown.startswith("# Incidents with “<checkout>”\n")
    assert "🧪 DRILL" in shown


def test_open_tasks_come_first_and_pages_follow() -> None:
    tasks = tuple(made.task(f"T{number}", done_by=SAM, done_at=NOW) for number in range(12))
    own = made.incident(tasks=(*tasks, made.task("T99"), made.task("F1", owner=DANA)))
    first = accepted(lists.task_list(own, "en"))
    assert "INC-2026-001: 2 of 14 to do" in screen(first)
    assert screen(first).splitlines()[1].startswith("☐ *T99*")
    assert buttons(first)["Next page"]["value"] == "INC-2026-001:2"
    assert "Previous page" not in buttons(first)
    last = accepted(lists.task_list(own, "en", 2))
    assert "Next page" not in buttons(last)
    assert buttons(last)["Previous page"]["value"] == "INC-2026-001:1"
    assert screen(lists.task_list(own, "en", 99)) == screen(last)


def test_suspects_have_their_changes_and_a_way_back() -> None:
    undone = made.suspect(deploy="D-2", undone=True, compare=None)
    shown = accepted(lists.suspect_list(made.incident(suspects=(made.suspect(), undone)), "en"))
    lines = screen(shown).splitlines()
    assert lines[1].endswith("|changes>  [Roll back…]")
    assert lines[2].endswith("serves no longer")
    assert "No deploy is known" in screen(lists.suspect_list(made.incident(), "en"))


def test_details_begin_with_the_newest_and_go_back() -> None:
    lines = timeline(LINES * 2 + 1, "Looked at it")
    newest = accepted(incident_details(made.incident(), lines, POLICY, "en"))
    assert "Timeline, page 1 of 3" in screen(newest)
    assert buttons(newest)["Older"]["value"] == "INC-2026-001:2"
    assert "Newer" not in buttons(newest)
    oldest = accepted(incident_details(made.incident(), lines, POLICY, "en", 3))
    assert buttons(oldest)["Newer"]["value"] == "INC-2026-001:2"
    assert "Older" not in buttons(oldest)


@pytest.mark.parametrize("kind", sorted(LineKind))
def test_every_kind_of_line_has_a_mark(kind: LineKind) -> None:
    assert MARKS[kind]


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        (LineKind.STATE, {"word": "merged", "subject": "INC-2"}, "🔀 *Merged* INC-2"),
        (LineKind.SEVERITY, {"word": "P1", "text": "worse"}, "🌡️ *🔴 P1 – critical* worse"),
        (LineKind.ROLE, {"word": "lead", "subject": DANA}, f"🧭 Lead <@{DANA}>"),
        (LineKind.ROLE, {"word": "responder", "subject": DANA}, f"🧭 joined <@{DANA}>"),
        (LineKind.PAGE, {"word": "Primary", "text": DANA}, f"📟 Primary <@{DANA}>"),
        (LineKind.PAGE, {"word": "Primary"}, "📟 Primary nobody"),
        (LineKind.ACK, {}, "✋ acknowledged"),
        (LineKind.TASK, {"word": "task", "subject": "T1", "text": "x"}, "☐ *T1* task x"),
        (LineKind.TASK, {"word": "done", "subject": "T1", "text": "x"}, "✅ *T1* done x"),
        (
            LineKind.TASK,
            {"word": "owner", "subject": "T1", "text": DANA},
            f"☐ T1 <@{DANA}> does it",
        ),
        (
            LineKind.CLOCK,
            {"word": "snoozed", "subject": NOW.isoformat()},
            "⏰ next update moved to 12:00",
        ),
        (
            LineKind.CLOCK,
            {"word": "unclaimed"},
            "⏰ Nobody leads this yet.",
        ),
        (LineKind.DEPLOY, {"word": "fix", "subject": "D-1", "text": "x"}, "🚀 Fix `D-1` x"),
        (
            LineKind.LINK,
            {"text": "Board", "subject": "https://x.example"},
            "🔗 <https://x.example|Board>",
        ),
        (LineKind.LINK, {"word": "related", "subject": "INC-2"}, "🔗 Related INC-2"),
        (LineKind.DETAIL, {"word": "occurred"}, "✏️ Occurred"),
        (LineKind.DETAIL, {"word": "impact", "text": "all"}, "✏️ Impact all"),
        (LineKind.FREEZE, {"word": "frozen", "text": "api"}, "❄️ deploys frozen api"),
    ],
)
def test_a_line_is_put_into_words(kind: LineKind, fields: dict[str, str], says: str) -> None:
    line = TimelineLine(id="1", kind=kind, at=NOW, recorded=NOW, by=SAM, **fields)
    assert screen(_as_message(told("en", line))) == f"12:00 {says} · <@{SAM}>"


def _as_message(text: str) -> Rendered:
    return answers.done(made.incident(), text).__class__(
        text=text, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
    )


def test_the_post_mortem_comes_with_a_word() -> None:
    assert "Post-mortem of INC-2026-001" in postmortem_comment(made.incident())


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────


def test_a_declaration_is_answered_with_where_to_go() -> None:
    ready = accepted(answers.declared(made.incident(), (), "en"))
    assert screen(ready) == "🔴 *INC-2026-001* is declared. Go to <#C0ROOM0001>."
    coming = made.incident(room=made.new_room())
    assert "Its channel is being made" in screen(answers.declared(coming, (), "en"))
    thread = made.incident(room=Room(kind=RoomKind.THREAD))
    assert "in the thread below its alert" in screen(answers.declared(thread, (), "en"))
    known = answers.declared(made.incident(), (made.incident(),), "en", known=True)
    assert screen(known).startswith("ℹ️ This is known already: *INC-2026-001* Checkout")


@pytest.mark.parametrize(
    ("language", "known"),
    [("en", "what is known already"), ("zh-TW", "已知的事件")],
)
def test_what_may_be_the_same_is_named_with_what_makes_them_one(language: str, known: str) -> None:
    """What is resolved may have been the same, too; but it does not go on."""
    over = made.incident(ref="INC-2026-002", state=State.RESOLVED)
    going = made.incident(ref="INC-2026-003")
    shown = screen(accepted(answers.declared(made.incident(), (over, going), language)))
    assert known in shown
    assert "`/incident merge INC-2026-001 INC-2026-003`" in shown
    assert "merge" not in screen(answers.declared(made.incident(), (over,), language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_has_the_button_that_adds_it(language: str) -> None:
    shown = accepted(answers.lacking(made.incident(), State.CLOSED, tuple(Lack), language))
    added = [block["accessory"]["action_id"] for block in shown.blocks[1:]]
    assert added == [
        IncidentAction.RESOLVE,
        IncidentAction.RESOLVE,
        IncidentAction.RESOLVE,
        IncidentAction.POST_MORTEM,
        IncidentAction.PUBLISH,
        IncidentAction.TASKS,
    ]


def test_deploys_show_what_is_open_and_nothing_private() -> None:
    line = open_incidents_line([made.incident()])
    assert line == (
        "🚨 Open incidents here: *P1 INC-2026-001* Checkout answers 500s (Investigating) "
        "<#C0ROOM0001>"
    )
    assert open_incidents_line([made.incident(private=True)]) == ""
    assert "and 2 more" in open_incidents_line([made.incident()] * 5)


# ── Home ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_calm_home_offers_to_declare() -> None:
    view = accepted_view(home_view(HomeScreen(person=SAM)))
    assert [block["type"] for block in view["blocks"]] == ["header", "actions", "section"]


def test_the_home_tab_turns_pages() -> None:
    screens = screen_of(100, "x y z", "en")
    first = accepted_view(home_view(screens))
    ids = [block.get("block_id") for block in first["blocks"]]
    assert "home:on" in ids
    assert "home:back" not in ids
    second = accepted_view(home_view(screens, 2))
    assert {"home:on", "home:back"} <= {block.get("block_id") for block in second["blocks"]}
    assert home_view(screens, 10_000) == home_view(screens, 10_001)


def test_an_approval_says_what_waits_for_it() -> None:
    waiting = WaitingApproval(
        deploy="D-1",
        title="api v2 → production",
        requested_by=DANA,
        until=NOW,
    )
    view = accepted_view(home_view(HomeScreen(person=SAM, approvals=(waiting,))))
    text = view["blocks"][-1]["text"]["text"]
    assert "*api v2 → production*" in text
    assert f"<@{DANA}>" in text


# ── Verbs ────────────────────────────────────────────────────────────────────────────────────────


def test_every_verb_is_in_one_group_and_has_an_example() -> None:
    every = [verb for group in INCIDENT_GROUPS.values() for verb in group]
    assert len(every) == len(INCIDENT_VERBS)
    assert all(verb.examples for verb in every)
    assert all(example.startswith(verb.name) for verb in every for example in verb.examples)
    assert set(ALIASES.values()) <= set(INCIDENT_VERBS)
    assert not (set(ALIASES) | HELP_WORDS) & set(INCIDENT_VERBS)


ASKED_FOR = frozenset(
    {"declare", "ack", "update", "status", "severity", "lead", "role", "page", "escalate", "note"}
    | {"task", "followup", "checklist", "link", "deploys", "rollback", "freeze", "thaw", "handoff"}
    | {"subscribe", "unsubscribe", "merge", "relate", "sub", "resolve", "reopen", "close", "cancel"}
    | {"decline", "postmortem", "private", "convert", "drill", "list", "show", "search", "metrics"}
    | {"repair"}
)


@pytest.mark.parametrize("verb", sorted(ASKED_FOR))
def test_a_verb_that_was_asked_for_is_there_and_explained(verb: str) -> None:
    shown = screen(accepted(incident_help("/incident", ["api"], ["production"], verb)))
    assert f"`/incident {verb}" in shown
    assert "{" not in shown


def test_the_help_of_everything_says_what_every_verb_does() -> None:
    shown = screen(accepted(incident_help("/inc", [], [], ALL)))
    assert all(f"*{verb}*" in shown for verb in INCIDENT_VERBS)
    assert all(escape(verb.says) in shown for verb in INCIDENT_VERBS.values())
    assert INCIDENT.usage in shown
    assert Severity.P1 in shown


def test_the_help_is_one_screen_with_what_an_outage_takes_and_the_names_of_the_rest() -> None:
    shown = screen(accepted(incident_help("/inc", [], [])))
    assert len(shown.splitlines()) <= 35
    assert INCIDENT.usage in shown
    explained = [verb.name for verb in INCIDENT_VERBS.values() if escape(verb.says) in shown]
    assert {"ack", "update", "status", "page", "rollback", "resolve"} <= set(explained)
    assert len(explained) <= 12
    assert all(f"`{verb}`" in shown for verb in INCIDENT_VERBS)
    assert all(group in shown for group in INCIDENT_GROUPS)
    assert "`/inc help all`" in shown
    assert "`/inc help update`" in shown
