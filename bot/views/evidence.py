"""What is measured while a new version gets traffic. Green is only what was found to be good."""

from collections.abc import Sequence
from types import MappingProxyType

from bot.domain.bake import describe
from bot.domain.deploy import Deploy
from bot.domain.events import Cause
from bot.domain.evidence import Reading, Verdict
from bot.domain.policy import ALL, GateAction
from bot.domain.states import State
from bot.views.mrkdwn import code, words

GOOD, BAD, UNCLEAR = "🟢", "🔴", "⚪"
_SHOWN = 8
_CELLS = 10
_NAME = 40

MARKS = MappingProxyType(
    {
        Verdict.HEALTHY: GOOD,
        Verdict.UNHEALTHY: BAD,
        Verdict.INCONCLUSIVE: UNCLEAR,
        Verdict.NOT_APPLICABLE: UNCLEAR,
    }
)
_ORDER = (Verdict.UNHEALTHY, Verdict.INCONCLUSIVE, Verdict.HEALTHY, Verdict.NOT_APPLICABLE)
# Where it is certain which share the new version has.
_KNOWN = frozenset({State.ROUTING, State.OBSERVING, State.HELD})


def gates(readings: Sequence[Reading]) -> str:
    """One line a gate, what is wrong first."""
    ordered = sorted(readings, key=lambda each: _ORDER.index(each.verdict))
    lines = [_line(each) for each in ordered[:_SHOWN]]
    if len(ordered) > _SHOWN:
        lines.append(f"… and {len(ordered) - _SHOWN} more")
    return "\n".join(lines)


def _line(reading: Reading) -> str:
    if reading.verdict is Verdict.NOT_APPLICABLE:
        return f"{UNCLEAR} {words(reading.gate, _NAME)}: nothing to compare with"
    only = reading.verdict is Verdict.UNHEALTHY and reading.action is GateAction.WARN
    return f"{MARKS[reading.verdict]} {words(describe(reading))}{' – only warns' if only else ''}"


def tally(readings: Sequence[Reading]) -> str:
    """The readings as one short line: how many of each kind."""
    said = (
        (Verdict.HEALTHY, "good"),
        (Verdict.UNHEALTHY, "bad"),
        (Verdict.INCONCLUSIVE, "unclear"),
    )
    counts = [(MARKS[v], sum(each.verdict is v for each in readings), name) for v, name in said]
    return "  ".join(f"{mark} {count} {name}" for mark, count, name in counts if count)


def share_bar(deploy: Deploy) -> str:
    """The confirmed split as a bar, such as `▓▓░░░░░░░░ 5 % v1.3.0 / 95 % v1.2.0`.

    Empty where the split is not certain: before the first share, and where others changed it.
    """
    plan = deploy.plan
    if plan is None or not deploy.trail or deploy.state not in _KNOWN or not plan.replaces:
        return ""
    if deploy.hold is not None and deploy.hold.cause is Cause.CHANGED_OUTSIDE:
        return ""
    percent = deploy.trail[-1].percent
    versions = plan.replaces_versions
    shares = f"{cells(percent)} {percent} % {plan.artifact.version[:_NAME]}"
    if percent < ALL and versions:
        others = f" + {len(versions) - 1} more" if len(versions) > 1 else ""
        shares += f" / {ALL - percent} % {versions[0][:_NAME]}{others}"
    return code(shares, 3 * _NAME)


def cells(percent: int) -> str:
    """A bar of ten cells. It is full only at 100 %, and empty only at 0 %."""
    full = (percent * _CELLS + ALL // 2) // ALL
    if 0 < percent < ALL:
        full = max(1, min(full, _CELLS - 1))
    return "▓" * full + "░" * (_CELLS - full)
