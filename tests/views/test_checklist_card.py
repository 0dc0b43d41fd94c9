"""The checklist and the review: what was found, who answered, and what can be pressed."""

import json
from datetime import timedelta

import pytest
import samples
from screens import HOSTILE, accepted, accepted_view, buttons, harmless, screen

from bot.domain.bake import read_probe
from bot.domain.checklist import Check, Checklist, Part, Tick
from bot.domain.deploy import Deploy
from bot.domain.evidence import Probe, Verdict
from bot.domain.plan import Change, Difference
from bot.domain.policy import AutoCheck, ChecklistItem, ChecklistRule
from bot.domain.states import State
from bot.views.checklist import checklist_card
from bot.views.modals import all_differences
from bot.views.names import Action
from bot.views.review import review_card

CHECKING = samples.canary(State.CHECKING)


def test_every_item_is_a_line_with_what_is_known_of_it() -> None:
    """Found, answered, or asked."""
    rendered = accepted(checklist_card(samples.checklist(("plan",)), Part.PRE, CHECKING))
    assert screen(rendered).split("\n") == [
        "📋 *Before the deploy: 3 of 4*",
        "🟢 `image` the registry has the image",
        "🟢 `staging` the same image ran well in staging",
        f"✅ Is the rollback plan ready?  <@{samples.SAM}> · 12:00",
        "☐ Was the model evaluated on the newest data?  [Yes]",
    ]
    (button,) = buttons(rendered).values()
    assert button["action_id"] == Action.TICK
    assert button["value"] == "D-7F3K2:0:evaluation"


@pytest.mark.parametrize(
    ("passed", "mark"), [(True, "🟢"), (False, "🔴"), (None, "⚪")], ids=["good", "bad", "unknown"]
)
def test_what_is_not_known_is_not_green(passed: bool | None, mark: str) -> None:
    """Neither is what was not looked at."""
    check = Check(item="image", passed=passed, says="as found", at=samples.NOW)
    shown = screen(checklist_card(samples.checklist().checked((check,)), Part.PRE, CHECKING))
    assert f"{mark} `image` as found" in shown
    bare = Checklist(deploy="D-7F3K2", rule=samples.CHECKS)
    assert "⚪ `image` not looked at yet" in screen(checklist_card(bare, Part.PRE, CHECKING))


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (Verdict.HEALTHY, "🟢 `slo` 4 gates hold"),
        (Verdict.UNHEALTHY, "🔴 `slo` broken: errors"),
    ],
)
def test_afterwards_the_deploy_answers_for_itself(verdict: Verdict, says: str) -> None:
    """Its smoke test, and its newest evidence."""
    deploy = samples.canary(State.COMPLETED, readings=samples.readings(errors=verdict))
    shown = screen(checklist_card(samples.checklist(), Part.POST, deploy))
    assert "🟢 `smoke` the new revision answered" in shown
    assert says in shown


def test_a_deploy_that_was_not_measured_does_not_answer() -> None:
    """No smoke test and no requests are no good news."""
    shown = screen(
        checklist_card(samples.checklist(), Part.POST, samples.deploy(State.COMPLETED, readings=()))
    )
    assert "⚪ `smoke` there is no smoke test" in shown
    assert "⚪ `slo` too few requests to tell" in shown


def test_that_it_answers_is_no_objective_met() -> None:
    """With too few requests for every gate, the probe alone makes nothing green."""
    unclear = {"verdict": Verdict.INCONCLUSIVE}
    measured = [each.model_copy(update=unclear) for each in samples.readings()]
    probed = read_probe(Probe(passed=True, milliseconds=3.0), samples.NOW)
    deploy = samples.canary(State.COMPLETED, readings=(*measured, probed))
    shown = screen(checklist_card(samples.checklist(), Part.POST, deploy))
    assert "⚪ `slo` too few requests to tell" in shown


@pytest.mark.parametrize(
    ("part", "deploy", "takes"),
    [
        (Part.PRE, CHECKING, True),
        (Part.PRE, samples.canary(State.EXPIRED), False),
        (Part.PRE, samples.canary(State.CHECKING, edition=1), False),
        (Part.DURING, samples.canary(State.OBSERVING), True),
        (Part.DURING, samples.canary(State.ROLLED_BACK), False),
        (Part.POST, samples.canary(State.COMPLETED), True),
        (Part.POST, samples.canary(State.RETAINING), True),
    ],
)
def test_answers_are_taken_as_long_as_they_matter(part: Part, deploy: Deploy, takes: bool) -> None:
    """Afterwards there is nothing to press."""
    rendered = accepted(checklist_card(samples.checklist(), part, deploy))
    assert bool(buttons(rendered)) == takes
    assert ("No answers are needed any more." in screen(rendered)) == (not takes)


@pytest.mark.parametrize("count", [1, 100, 1000])
@pytest.mark.parametrize("ticked", [True, False])
def test_any_number_of_items_fits(count: int, ticked: bool) -> None:
    """Whatever they ask and find; the rest is counted."""
    rule = ChecklistRule(
        pre=(
            *(ChecklistItem(id=f"q-{n}", ask=HOSTILE) for n in range(count)),
            *(ChecklistItem(id=f"a-{n}", auto=AutoCheck.HEALTHY) for n in range(count)),
        )
    )
    ticks = tuple(Tick(item=f"q-{n}", by=samples.SAM, at=samples.NOW) for n in range(count))
    checks = tuple(
        Check(item=f"a-{n}", passed=None, says=HOSTILE, at=samples.NOW) for n in range(count)
    )
    checklist = Checklist(deploy="D-7F3K2", rule=rule, ticks=ticks if ticked else (), checks=checks)
    rendered = harmless(accepted(checklist_card(checklist, Part.PRE, CHECKING)))
    if count > 30:
        assert "… and" in screen(rendered)


# ── Review ───────────────────────────────────────────────────────────────────────────────────────


def test_a_review_says_what_by_whom_and_until_when() -> None:
    """And whoever broke the glass is excluded."""
    rendered = accepted(review_card(samples.review()))
    assert screen(rendered).split("\n") == [
        "🔍 *Review needed*",
        f"<@{samples.SAM}> deployed api/production without approval.",
        "> The site is down.",
        "Somebody of *owners* or *sre* reviews it until 12:00.",
        f"Not <@{samples.SAM}>, who broke the glass.",
        "[I have reviewed it]",
    ]
    (button,) = buttons(rendered).values()
    assert (button["action_id"], button["value"]) == (Action.REVIEWED, "D-7F3K2")


def test_a_review_that_is_done_has_no_button() -> None:
    """It says who did it."""
    done = samples.review(
        reviewed_by=samples.OLIVIA, reviewed_at=samples.NOW + timedelta(minutes=30)
    )
    rendered = accepted(review_card(done))
    assert buttons(rendered) == {}
    assert f"by <@{samples.OLIVIA}> · 12:30" in screen(rendered)


def test_an_overdue_review_is_red_and_still_open() -> None:
    """Until somebody does it."""
    rendered = review_card(samples.review(overdue=True))
    assert "🔴 *Review overdue*" in screen(rendered)
    assert buttons(rendered)


def test_a_review_is_harmless_and_fits() -> None:
    """Whatever its reason, and of however many groups."""
    many = tuple(f"{HOSTILE}{n}" for n in range(100))
    harmless(accepted(review_card(samples.review(reason=HOSTILE, target=HOSTILE, groups=many))))


# ── All differences ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1, 100, 2000])
def test_all_differences_fit_into_a_modal(count: int) -> None:
    """Up to a thousand by name; beyond, they are counted."""
    found = tuple(
        Difference(kind="variable", name=f"NAME_{n}_{HOSTILE}", change=Change.CHANGED, before="1")
        for n in range(count)
    )
    deploy = samples.deploy(State.AWAITING_APPROVAL, plan=samples.plan(differences=found))
    view = accepted_view(all_differences(deploy))
    text = json.dumps(view)
    assert len(text) < 250_000
    assert f"{count} settings will be different." in text
    assert ("more, which the cloud's console shows" in text) == (count > 1080)
    assert f"NAME_{min(count, 1080) - 1}_" in text
