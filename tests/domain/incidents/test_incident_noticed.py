"""What the record proves is ticked by itself, once, by whoever brought it about."""

from incident_samples import incident, incident_policy
from samples import NOW, SAM

from bot.domain.incident_policy import USUAL_CHECKLIST
from bot.domain.incidents.events import (
    Acked,
    DeployLinked,
    Event,
    Informed,
    LineTicked,
    PostMortemDrafted,
    Settled,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.linked import LinkedDeploy, Part
from bot.domain.incidents.noticed import CHECKLIST
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.states import State
from bot.domain.incidents.transition import advance

POLICY = incident_policy()
FIX = LinkedDeploy(
    deploy="D-7F3K2",
    service="api",
    environment="production",
    version="v1.2.1",
    part=Part.FIX,
    running=False,
    landed=True,
)


def begun(state: State = State.INVESTIGATING, **changes: object) -> Incident:
    """With the usual checklist, of which nothing is ticked."""
    usual = Procedure(id=CHECKLIST, title="Checklist", items=USUAL_CHECKLIST)
    return incident(state, procedures=(usual,), **changes)


def ticks(before: Incident, *events: Event) -> list[str]:
    """What is ticked after these events."""
    for event in events:
        before = advance(before, event, SAM, NOW, POLICY)
    (procedure,) = before.procedures
    assert {tick.by for tick in procedure.ticks} <= {SAM}
    return [tick.item for tick in procedure.ticks]


def test_what_happens_ticks_its_line() -> None:
    unanswered = begun(times={k: v for k, v in begun().times.items() if k != "acked"})
    told = Informed(progress="Looking.", eta="", next_update=None)
    done = Settled(root_cause="The pool.", resolution="Rolled back.")
    assert ticks(unanswered, Acked()) == ["acknowledged"]
    assert ticks(begun(updates=()), told) == ["stakeholders"]
    assert ticks(begun(deploys=()), DeployLinked(deploy=FIX)) == ["fix"]
    assert ticks(begun(updates=()), done) == ["cause", "communication"]
    assert ticks(begun(State.RESOLVED), PostMortemDrafted()) == ["postmortem"]


def test_a_deploy_that_is_still_running_is_no_fix_yet() -> None:
    running = FIX.model_copy(update={"running": True, "landed": False})
    assert ticks(begun(deploys=()), DeployLinked(deploy=running)) == []


def test_a_tick_that_was_taken_back_does_not_come_again() -> None:
    told = Informed(progress="Looking.", eta="", next_update=None)
    back = LineTicked(procedure=CHECKLIST, item="stakeholders", undone=True)
    again = Informed(progress="Still looking.", eta="", next_update=None)
    assert ticks(begun(updates=()), told, back, again) == []


def test_other_lists_are_left_alone() -> None:
    mine = Procedure(id="runbook-x", title="X", items=USUAL_CHECKLIST)
    before = incident(State.INVESTIGATING, procedures=(mine,), updates=())
    after = advance(
        before, Informed(progress="Looking.", eta="", next_update=None), SAM, NOW, POLICY
    )
    assert after.procedures == (mine,)
