"""A plan in words: what changes, how, and what it means for the way back."""

from collections.abc import Sequence
from datetime import timedelta
from types import MappingProxyType

from bot.domain.artifact import Migrations, short_digest
from bot.domain.deploy import Deploy
from bot.domain.history import Kind
from bot.domain.plan import Change, Difference, Plan
from bot.domain.policy import Comparison, Gate, GateAction, Metric, Strategy, StrategyKind
from bot.domain.rollout import needs_backup
from bot.views.mrkdwn import code, joined, link, span, words

# What a phone shows without scrolling; the rest is behind a button.
SHOWN_DIFFERENCES = 8
_SHOWN_VERSIONS = 3
_SHOWN_GATES = 3
_SHOWN_PHASES = 12
_NAME = 80

_SIGN = MappingProxyType({Change.ADDED: "+", Change.REMOVED: "−", Change.CHANGED: "~"})
_MIGRATIONS = MappingProxyType(
    {
        Migrations.NONE: "Migrations: none",
        Migrations.COMPATIBLE: "Migrations: backward compatible",
        Migrations.IRREVERSIBLE: "🛑 Migrations: *BLOCKS GOING BACK*",
        Migrations.UNKNOWN: "⚪ Migrations: unknown",
    }
)
_METRICS = MappingProxyType(
    {
        Metric.ERROR_RATE: "errors",
        Metric.P50: "P50",
        Metric.P95: "P95",
        Metric.P99: "P99",
    }
)


def change(plan: Plan, *, digests: bool = True, now: bool = False) -> str:
    """From which version to which, by name and digest, and who has the traffic (`now`)."""
    new = plan.artifact
    old = joined(_versions(plan)) or "nothing"
    lines = [f"{old}  →  *{code(new.version)}*"]
    if plan.compare:
        lines[0] += f"  ·  {link(plan.compare, 'what is new')}"
    if digests:
        before = plan.replaced.digest if plan.replaced else None
        shown = f"{code(short_digest(before))} → " if before else ""
        lines.append(f"{shown}{code(new.short_digest)}")
    if now or len(plan.replaces) > 1:
        pinned = ", pinned" if plan.pinned else ""
        lines.append(f"Now: {split(plan) or 'nothing'}{pinned}")
    return "\n".join(lines)


def _versions(plan: Plan) -> list[str]:
    known = list(dict.fromkeys(plan.replaces_versions))
    shown = [code(each, _NAME) for each in known[:_SHOWN_VERSIONS]]
    more = len(known) - len(shown)
    return [*shown, f"{more} more"] if more else shown


def split(plan: Plan) -> str:
    """The shares of the versions that serve before the change."""
    shares = list(zip(plan.replaces_versions, plan.replaces.values(), strict=False))
    shown = [f"{code(name, _NAME)} {share} %" for name, share in shares[:_SHOWN_VERSIONS]]
    more = len(shares) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def differences(found: Sequence[Difference], limit: int = SHOWN_DIFFERENCES) -> str:
    """The settings that will be different: names and versions, never values."""
    if not found:
        return ""
    lines = [difference(each) for each in found[:limit]]
    if len(found) > limit:
        lines.append(f"… and {len(found) - limit} more")
    return "\n".join(["*Configuration*", *lines])


def difference(found: Difference) -> str:
    """One setting on one line."""
    name = "" if found.name == found.kind else f" {code(found.name, _NAME)}"
    values = ""
    if found.before is not None or found.after is not None:
        before, after = (words(each or "none", 40) for each in (found.before, found.after))
        values = f"  {before} → {after}"
    return f"{_SIGN[found.change]} {words(found.kind, 40)}{name}{values}"


def terms(deploy: Deploy, plan: Plan) -> str:
    """How it is done: strategy, time, what takes it back by itself, schema and backup."""
    lines = [f"*How*  {strategy(plan)}"]
    takes = sum((phase.bake for phase in plan.phases), timedelta(0))
    if takes:
        lines[0] += f"  ·  about {span(takes)}"
    guard = _guard(plan.strategy)
    if guard:
        lines.append(guard)
    if deploy.kind is Kind.DEPLOY:
        lines.append(_MIGRATIONS[plan.migrations])
    if needs_backup(deploy, plan) and plan.database:
        waits = "" if plan.database.wait else " (it does not wait for the end)"
        lines.append(f"Backup of {code(plan.database.instance)} first{waits}")
    return "\n".join(lines)


def warnings(deploy: Deploy) -> list[str]:
    """What is said of a plan as long as it runs, not only while people decide."""
    risky = deploy.plan is not None and deploy.plan.migrations is Migrations.IRREVERSIBLE
    return [_MIGRATIONS[Migrations.IRREVERSIBLE]] if risky and deploy.kind is Kind.DEPLOY else []


def strategy(plan: Plan) -> str:
    """How the traffic moves, in one line without markup."""
    phases = plan.phases
    chosen = plan.strategy
    if len(phases) == 1:
        bake = phases[0].bake
        watched = f", watched for {span(bake)}" if bake else ""
        name = "blue-green, all" if chosen.kind is StrategyKind.BLUE_GREEN else "all"
        said = f"{name} traffic at once{watched}"
    elif len({phase.bake for phase in phases}) == 1:
        shares = "-".join(str(phase.percent) for phase in phases[:_SHOWN_PHASES])
        cut_off = "-…" if len(phases) > _SHOWN_PHASES else ""
        said = f"canary {shares}{cut_off} %, {span(phases[0].bake)} each"
    else:
        steps = [f"{phase.percent} % ({span(phase.bake)})" for phase in phases[:_SHOWN_PHASES]]
        said = f"canary {', '.join(steps)}" + (" …" if len(phases) > _SHOWN_PHASES else "")
    if chosen.smoke is not None:
        said += ", smoke test first"
    if chosen.keep_blue and plan.replaces:
        said += f", the old one kept for {span(chosen.keep_blue)}"
    return said


def _guard(chosen: Strategy) -> str:
    """What rolls it back by itself, in words; the exact gates are in the policy."""
    gates = chosen.analysis.gates if chosen.analysis else ()
    armed = [_gate(gate) for gate in gates if gate.action is GateAction.ROLLBACK]
    if not armed:
        return ""
    more = f" (and {len(armed) - _SHOWN_GATES} more)" if len(armed) > _SHOWN_GATES else ""
    return f"Rolls back by itself: {joined(armed[:_SHOWN_GATES], 'or')}{more}"


def _gate(gate: Gate) -> str:
    limit = _limit(gate)
    what = _METRICS[gate.metric]
    above = gate.op in {Comparison.ABOVE, Comparison.AT_MOST}
    if gate.vs_stable:
        reached = f"{limit} over stable" if above else f"{limit} or more over stable"
    else:
        reached = f"above {limit}" if above else f"at {limit} or more"
    return f"{what} {reached} for {span(gate.window)}"


def _limit(gate: Gate) -> str:
    if gate.metric is Metric.ERROR_RATE:
        return f"{gate.value * 100:g} %"
    return f"{gate.value:g} ms"
