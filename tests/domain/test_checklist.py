"""A checklist: what was checked, who answered for what, and what is still open."""

import pytest
import samples
from samples import CHECKS, NOW, OLIVIA, SAM

from bot.domain.checklist import Check, Checklist, Part, Tick, checklist_key, items_of
from bot.domain.checks import lines_now, slo_met, smoke_passed
from bot.domain.errors import IllegalTransition, NotFound
from bot.domain.evidence import Verdict
from bot.domain.policy import ChecklistRule
from bot.domain.states import State

EMPTY = Checklist(deploy="D-7F3K2", rule=CHECKS)


def check(item: str, passed: bool | None) -> Check:
    """A finding."""
    return Check(item=item, passed=passed, says="so", at=NOW)


def test_each_part_has_its_items_in_order() -> None:
    assert items_of(CHECKS, Part.PRE) == CHECKS.pre
    assert items_of(CHECKS, Part.DURING) == CHECKS.during
    assert items_of(CHECKS, Part.POST) == CHECKS.post
    assert [line.item.id for line in EMPTY.lines(Part.PRE)] == [
        "image",
        "staging",
        "evaluation",
        "plan",
    ]


def test_a_new_plan_starts_a_new_list() -> None:
    assert EMPTY.key == checklist_key("D-7F3K2", 0) == "D-7F3K2.0"
    assert EMPTY.model_copy(update={"edition": 2}).key == "D-7F3K2.2"


def test_a_question_is_open_until_somebody_answers_for_it() -> None:
    questions = ("Was the model evaluated on the newest data?", "Is the rollback plan ready?")
    assert EMPTY.unanswered(Part.PRE) == questions
    once = EMPTY.tick("evaluation", SAM, NOW)
    assert once.unanswered(Part.PRE) == questions[1:]
    assert once.ticks == (Tick(item="evaluation", by=SAM, at=NOW),)
    both = once.tick("plan", OLIVIA, NOW)
    assert both.unanswered(Part.PRE) == ()
    assert both.unanswered(Part.DURING) == ("Is somebody watching the dashboard?",)
    assert EMPTY.ticks == ()


def test_an_answer_is_given_once() -> None:
    once = EMPTY.tick("evaluation", SAM, NOW)
    with pytest.raises(IllegalTransition, match="answered already"):
        once.tick("evaluation", OLIVIA, NOW)


@pytest.mark.parametrize("item", ["image", "none"])
def test_what_is_not_asked_cannot_be_answered(item: str) -> None:
    """Least of all what Signalbox finds out by itself."""
    with pytest.raises(NotFound, match=f"does not ask “{item}”"):
        EMPTY.tick(item, SAM, NOW)


@pytest.mark.parametrize(("passed", "done"), [(True, True), (False, False), (None, False)])
def test_what_is_checked_is_done_when_it_was_found_so(
    passed: bool | None,
    *,
    done: bool,
) -> None:
    """What is not known is not done."""
    line = EMPTY.checked((check("image", passed),)).lines(Part.PRE)[0]
    assert (line.item.id, line.done) == ("image", done)


def test_what_is_asked_is_done_when_it_is_ticked_whatever_was_found() -> None:
    found = EMPTY.checked((check("evaluation", True),))
    assert not found.lines(Part.PRE)[2].done
    assert found.tick("evaluation", SAM, NOW).lines(Part.PRE)[2].done


def test_a_newer_finding_replaces_an_older_one() -> None:
    first = EMPTY.checked((check("image", False), check("staging", True)))
    second = first.checked((check("image", True),))
    assert {each.item: each.passed for each in second.checks} == {"image": True, "staging": True}


def test_a_rule_without_items_has_nothing_open() -> None:
    bare = Checklist(deploy="D-7F3K2", rule=ChecklistRule())
    assert all(bare.lines(part) == () and bare.unanswered(part) == () for part in Part)


# ── What the deploy answers for itself ───────────────────────────────────────────────────────────


def test_a_smoke_test_is_met_once_the_revision_has_answered() -> None:
    assert smoke_passed(samples.deploy())[0] is None
    assert smoke_passed(samples.deploy(State.SMOKE))[0] is None, "there is none in this plan"
    assert smoke_passed(samples.canary(State.SMOKE, moved=False))[0] is not True
    assert smoke_passed(samples.canary(State.ROUTING))[0] is True


@pytest.mark.parametrize(
    ("said", "passed"),
    [
        (samples.readings(), True),
        (samples.readings(errors=Verdict.UNHEALTHY), False),
        (samples.readings(errors=Verdict.INCONCLUSIVE), None),
        ((), None),
        ((samples.reading(verdict=Verdict.INCONCLUSIVE),), None),
    ],
)
def test_the_slo_is_met_as_far_as_it_was_measured(said: tuple[object, ...], passed: object) -> None:
    assert slo_met(samples.canary(State.COMPLETED, readings=said))[0] is passed


def test_after_the_start_the_deploy_itself_is_asked() -> None:
    stale = EMPTY.checked((check("slo", False), check("image", True)))
    landed = samples.canary(State.COMPLETED)
    now = {line.item.id: line.done for line in lines_now(stale, Part.POST, landed)}
    assert now == {"smoke": True, "slo": True, "told": False}
    before = lines_now(stale, Part.PRE, landed)
    assert [line.check for line in before] == [line.check for line in stale.lines(Part.PRE)]
