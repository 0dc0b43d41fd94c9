"""Items of a checklist that the deploy itself answers: smoke test, health, evidence. Pure."""

from bot.domain.checklist import Check, Checklist, Line, Part
from bot.domain.deploy import Deploy
from bot.domain.evidence import Verdict
from bot.domain.policy import AutoCheck
from bot.domain.states import State

_GONE_BACK = frozenset({State.ROLLING_BACK, State.ROLLED_BACK})
# What is said about an item, and whether it holds; None: not known.
Found = tuple[bool | None, str]


def smoke_passed(deploy: Deploy) -> Found:
    """Whether the new revision answered before it got traffic."""
    if deploy.plan is None or deploy.plan.strategy.smoke is None:
        return None, "there is no smoke test"
    return (True, "the new revision answered") if deploy.moved else (None, "no answer yet")


def healthy(deploy: Deploy) -> Found:
    """Whether the cloud says that the new revision is well: it confirms each share of traffic."""
    if deploy.landed:
        return True, "the cloud confirms that it serves everything"
    if deploy.state in _GONE_BACK:
        return False, "it was taken back"
    share = deploy.trail[-1].percent if deploy.trail else None
    return None, f"{share} % of the traffic so far" if share else "it has no traffic yet"


def slo_met(deploy: Deploy) -> Found:
    """Whether the newest evidence was good, as far as there was any.

    That the revision answers a probe says nothing of an objective, so the probe alone is no yes.
    """
    broken = [each.gate for each in deploy.readings if each.verdict is Verdict.UNHEALTHY]
    if broken:
        return False, f"broken: {', '.join(broken)}"
    measured = [each for each in deploy.readings if each.metric is not None]
    judged = sum(each.verdict is Verdict.HEALTHY for each in measured)
    if not judged:
        return None, "too few requests to tell"
    holds = f"{judged} gate{'s hold' if judged > 1 else ' holds'}"
    unclear = sum(each.verdict is Verdict.INCONCLUSIVE for each in measured)
    return (None, f"{holds}, {unclear} unclear") if unclear else (True, holds)


def lines_now(checklist: Checklist, part: Part, deploy: Deploy) -> tuple[Line, ...]:
    """The items of a part as they stand, with what the deploy shows of itself at the moment.

    Before the start that is nothing: what was found then was part of what people agreed to.
    """
    lines = checklist.lines(part)
    if part is Part.PRE:
        return lines
    return tuple(_answered(line, deploy) for line in lines)


def _answered(line: Line, deploy: Deploy) -> Line:
    match line.item.auto:
        case AutoCheck.SMOKE_PASSED:
            passed, says = smoke_passed(deploy)
        case AutoCheck.SLO_MET:
            passed, says = slo_met(deploy)
        case AutoCheck.HEALTHY:
            passed, says = healthy(deploy)
        case _:
            return line
    found = Check(item=line.item.id, passed=passed, says=says, at=deploy.since)
    return line.model_copy(update={"check": found})
