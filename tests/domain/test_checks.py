"""What a deploy answers for on its own checklist."""

import pytest
import samples

from bot.domain.checklist import Part
from bot.domain.checks import healthy, lines_now, slo_met, smoke_passed
from bot.domain.evidence import Verdict
from bot.domain.states import State


def test_a_smoke_test_has_passed_once_there_may_be_traffic() -> None:
    """Before, nothing is known; and without one there is nothing to know."""
    assert smoke_passed(samples.canary(State.OBSERVING))[0] is True
    assert smoke_passed(samples.canary(State.SMOKE)) == (None, "no answer yet")
    assert smoke_passed(samples.deploy(State.COMPLETED)) == (None, "there is no smoke test")
    assert smoke_passed(samples.deploy(State.REQUESTED)) == (None, "there is no smoke test")


@pytest.mark.parametrize(
    ("state", "passed"),
    [
        (State.STAGING, None),
        (State.OBSERVING, None),
        (State.COMPLETED, True),
        (State.RETAINING, True),
        (State.ROLLED_BACK, False),
    ],
)
def test_a_revision_is_healthy_when_the_cloud_confirms_all_of_its_traffic(
    state: State, passed: bool | None
) -> None:
    """What has a part of it so far is not known to be."""
    assert healthy(samples.canary(state))[0] is passed


@pytest.mark.parametrize(
    ("verdicts", "passed", "says"),
    [
        ({}, True, "4 gates hold"),
        ({"errors": Verdict.INCONCLUSIVE}, None, "3 gates hold, 1 unclear"),
        ({"errors": Verdict.UNHEALTHY}, False, "broken: errors"),
        (
            {
                "errors": Verdict.INCONCLUSIVE,
                "errors_vs_stable": Verdict.NOT_APPLICABLE,
                "p95_target": Verdict.INCONCLUSIVE,
                "p95_warning": Verdict.INCONCLUSIVE,
            },
            None,
            "too few requests to tell",
        ),
    ],
)
def test_objectives_are_met_by_the_newest_evidence(
    verdicts: dict[str, Verdict], passed: bool | None, says: str
) -> None:
    """One gate that is broken is enough; evidence that says nothing is not good news."""
    deploy = samples.canary(State.OBSERVING, readings=samples.readings(**verdicts))
    assert slo_met(deploy) == (passed, says)


def test_lines_of_later_parts_show_what_the_deploy_shows() -> None:
    """What was found before the start stays as it was agreed to."""
    checklist = samples.checklist()
    done = samples.canary(State.COMPLETED)
    found = {line.item.id: line.done for line in lines_now(checklist, Part.POST, done)}
    assert found == {"smoke": True, "slo": True, "told": False}
    assert lines_now(checklist, Part.PRE, done) == checklist.lines(Part.PRE)
    assert not checklist.lines(Part.POST)[0].done
