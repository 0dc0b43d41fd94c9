"""Forms: what is asked in which order, what is filled in, and how much fits."""

from typing import Any

import incident_samples as made
import pytest
import samples
from incident_screens import LANGUAGES, views
from screens import accepted_view

from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents.declaring import MAX_NOTE, MAX_TASK, MAX_TEXT, MAX_TITLE, MIN_TITLE
from bot.domain.incidents.gates import MIN_REASON, Lack
from bot.domain.incidents.incident import TaskKind
from bot.domain.incidents.states import State
from bot.views.incidents.forms import people, records, steer
from bot.views.incidents.forms.declare import DeclareFields, Hints, declare_form
from bot.views.incidents.names import IncidentAction, IncidentCallback, IncidentField

POLICY = made.incident_policy()
NEAR = {"channel": "C1", "language": "en"}
# What the domain takes, by field; the rest are decisions of the form.
LONGEST = {
    "title": MAX_TITLE,
    "summary": MAX_TEXT,
    "impact": MAX_TEXT,
    "progress": MAX_TEXT,
    "root_cause": MAX_TEXT,
    "resolution": MAX_TEXT,
}


def inputs(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The inputs of a form by their field, in their order."""
    blocks = accepted_view(view)["blocks"]
    return {block["block_id"]: block for block in blocks if block["type"] == "input"}


def values(block: dict[str, Any]) -> list[str]:
    return [each["value"] for each in block["element"]["options"]]


def initial(block: dict[str, Any]) -> Any:
    element = block["element"]
    chosen = element.get("initial_option") or {}
    return element.get("initial_value") or chosen.get("value")


def test_a_declaration_asks_in_this_order_and_needs_a_title_only() -> None:
    form = declare_form(DeclareFields(), samples.catalog(), "C1", language="en")
    asked = inputs(form)
    assert list(asked) == [
        "title",
        "severity",
        "service",
        "environment",
        "summary",
        "impact",
        "private",
    ]
    # Severity has an answer already.
    needed = [name for name, block in asked.items() if not block["optional"]]
    assert needed == ["title", "severity"]
    assert initial(asked["severity"]) == "P3"
    assert asked["title"]["element"]["min_length"] == MIN_TITLE
    assert form["private_metadata"] == "C1"
    assert form["callback_id"] == IncidentCallback.DECLARE


def test_a_declaration_is_filled_in_with_what_is_known() -> None:
    fields = DeclareFields(
        title="It is slow",
        severity=Severity.P1,
        service="auth",
        environment="production",
        summary="See the message",
        impact="All",
        private=True,
    )
    asked = inputs(declare_form(fields, samples.catalog(), "C1", language="en"))
    found = {name: initial(block) for name, block in asked.items() if name != "private"}
    assert found == {
        "title": "It is slow",
        "severity": "P1",
        "service": "auth",
        "environment": "production",
        "summary": "See the message",
        "impact": "All",
    }
    assert asked["private"]["element"]["initial_options"][0]["value"] == "private"


def test_a_declaration_asks_whether_it_is_known_already() -> None:
    """What is open can be joined; what was deployed is shown."""
    hints = Hints(duplicates=(made.incident(),), suspects=(made.suspect(),))
    form = declare_form(DeclareFields(), samples.catalog(), "C1", language="en", hints=hints)
    same = accepted_view(form)["blocks"][1]
    assert "Checkout answers 500s" in same["text"]["text"]
    assert same["accessory"]["action_id"] == IncidentAction.JOIN
    assert same["accessory"]["value"] == "INC-2026-001"
    assert "`api v1.2.0` → production" in form["blocks"][2]["elements"][0]["text"]


def test_the_service_is_sent_at_once_and_of_many_becomes_a_search() -> None:
    few = inputs(declare_form(DeclareFields(), samples.catalog(), "C1", language="en"))
    assert few["service"]["dispatch_action"] is True
    assert few["service"]["element"]["type"] == "static_select"
    many = samples.catalog(services=tuple(f"s{number}" for number in range(101)))
    for form in (
        declare_form(DeclareFields(), many, "C1", language="en"),
        steer.edit_form(made.incident(), many, **NEAR),
    ):
        element = inputs(form)["service"]["element"]
        assert element["type"] == "external_select"
        assert element["action_id"] == IncidentAction.PICK_SERVICE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_has_names_that_are_known_and_limits_of_the_domain(language: str) -> None:
    for name, draw in views(1, "It is slow. ", language).items():
        view = draw()
        if view["type"] == "home":
            continue
        # A window that is only read sends nothing back.
        assert "submit" not in view or view["callback_id"] in set(IncidentCallback), name
        for field, block in inputs(view).items():
            assert field in set(IncidentField), name
            element = block["element"]
            if element["type"] == "plain_text_input":
                assert element["max_length"] == LONGEST.get(field, element["max_length"]), name
                assert len(element.get("initial_value", "")) <= element["max_length"], name


def test_an_update_is_filled_in_with_the_last_one() -> None:
    told = made.incident(State.IDENTIFIED, updates=(made.status_update(),))
    asked = inputs(steer.update_form(told, POLICY, **NEAR))
    assert list(asked) == ["state", "progress", "eta", "next_update"]
    assert initial(asked["state"]) == "identified"
    assert initial(asked["progress"]) == told.updates[0].progress
    assert initial(asked["eta"]) == "30 minutes"
    # A P1 promises one every half hour.
    assert initial(asked["next_update"]) == "30"
    assert not asked["next_update"]["optional"]
    typed = inputs(steer.update_form(told, POLICY, **NEAR, progress="We roll back"))
    assert initial(typed["progress"]) == "We roll back"


def test_an_update_leads_to_no_end() -> None:
    asked = inputs(steer.update_form(made.incident(), POLICY, **NEAR))
    assert values(asked["state"]) == ["investigating", "identified", "mitigating", "monitoring"]


def test_a_status_is_one_that_may_follow() -> None:
    """What ends it for good has a form of its own."""
    asked = inputs(steer.status_form(made.incident(), **NEAR, to=State.IDENTIFIED))
    assert values(asked["state"]) == ["identified", "mitigating", "monitoring", "cancelled"]
    assert initial(asked["state"]) == "identified"
    after = inputs(steer.status_form(made.incident(State.RESOLVED), **NEAR))
    assert values(after["state"]) == ["investigating", "post_mortem", "closed"]


def test_a_resolution_says_what_is_missing_and_asks_for_the_way_around() -> None:
    plain = inputs(steer.resolve_form(made.incident(), **NEAR))
    assert list(plain) == ["root_cause", "resolution", "ended", "override"]
    assert plain["override"]["optional"]
    lacks = (Lack.ROOT_CAUSE, Lack.DEPLOY_RUNNING)
    form = steer.resolve_form(made.incident(), **NEAR, lacks=lacks)
    assert "the end of a deploy that belongs to it" in form["blocks"][1]["text"]["text"]
    assert "root cause" not in form["blocks"][1]["text"]["text"]
    assert not inputs(form)["override"]["optional"]


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "Tasks still open: 2 (T1 "), ("zh-TW", "尚有 2 項待辦未完成（T1 ")],
)
def test_who_ends_it_reads_what_is_still_to_be_done(language: str, says: str) -> None:
    """It hinders nobody: nothing more is asked than without."""
    near = {"channel": "C1", "language": language}
    tasks = (made.task(), made.task("T2", text="Undo the limit"), made.task("F1"))
    open_still, none = made.incident(tasks=tasks), made.incident(tasks=tasks[2:])
    resolving = steer.resolve_form(open_still, **near)
    assert says in resolving["blocks"][1]["text"]["text"]
    assert "T2 Undo the limit" in resolving["blocks"][1]["text"]["text"]
    assert "F1" not in str(resolving)
    assert inputs(resolving) == inputs(steer.resolve_form(none, **near))
    closing = steer.reason_form(open_still, State.CLOSED, **near)
    assert says in closing["blocks"][1]["text"]["text"]
    assert "T1" not in str(steer.reason_form(open_still, State.CANCELLED, **near))


def test_very_many_open_tasks_are_counted() -> None:
    tasks = tuple(made.task(f"T{number}", text=f"task {number}") for number in range(1, 8))
    shown = str(accepted_view(steer.resolve_form(made.incident(tasks=tasks), **NEAR)))
    assert "Tasks still open: 7 (T1 task 1, " in shown
    assert "T5 task 5 and 2 more)" in shown
    assert "T6" not in shown


def test_reasons_are_as_long_as_they_have_to_be() -> None:
    reopen = inputs(steer.reopen_form(made.incident(State.CLOSED), **NEAR))["reason"]
    assert reopen["element"]["min_length"] == MIN_REASON
    for to in (State.DECLINED, State.CANCELLED):
        form = steer.reason_form(made.incident(), to, **NEAR)
        assert not inputs(form)["reason"]["optional"]
        assert form["private_metadata"] == f"INC-2026-001:{to}:C1"
    close = steer.reason_form(made.incident(State.RESOLVED), State.CLOSED, **NEAR)
    assert inputs(close)["reason"]["optional"]


def test_a_role_is_the_one_that_is_missing() -> None:
    asked = inputs(people.role_form(made.incident(), **NEAR))
    assert initial(asked["role"]) == Role.COMMS
    chosen = inputs(people.role_form(made.incident(), **NEAR, role=Role.SCRIBE))
    assert initial(chosen["role"]) == Role.SCRIBE


def test_a_page_goes_to_a_rung_or_a_person() -> None:
    asked = inputs(people.page_form(made.incident(), POLICY, **NEAR))
    assert values(asked["rung"]) == ["0", "1", "2", "3", "4"]
    assert asked["person"]["optional"]
    alone = inputs(people.page_form(made.incident(), made.incident_policy(ladder=()), **NEAR))
    assert list(alone) == ["person"]
    assert not alone["person"]["optional"]


def test_what_is_written_down_fits_the_record() -> None:
    note = inputs(records.note_form(made.incident(), **NEAR))
    assert note["text"]["element"]["max_length"] == MAX_NOTE
    for kind in TaskKind:
        form = records.task_form(made.incident(), kind, **NEAR)
        assert inputs(form)["text"]["element"]["max_length"] == MAX_TASK
        assert form["private_metadata"] == f"INC-2026-001:{kind}:C1"


def test_the_way_back_is_chosen_among_what_serves() -> None:
    suspects = (
        made.suspect(deploy="D-1", undone=True),
        made.suspect(deploy="D-2"),
        made.suspect(deploy="D-3"),
    )
    form = records.roll_back_form(made.incident(suspects=suspects), **NEAR, approvals=1)
    assert values(inputs(form)["deploy"]) == ["D-2", "D-3"]
    assert initial(inputs(form)["deploy"]) == "D-2"
    assert "Approvals that it takes: 1." in str(form)
    nothing = accepted_view(records.roll_back_form(made.incident(), **NEAR, approvals=0))
    assert "submit" not in nothing
