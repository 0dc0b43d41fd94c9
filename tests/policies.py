"""Policies for tests: a canary, a switch from blue to green, and what may stand around them."""

from datetime import timedelta

import samples

from bot.domain.catalog import ApprovalRule, Catalog
from bot.domain.policy import (
    Analysis,
    Comparison,
    Gate,
    GateAction,
    Inconclusive,
    Metric,
    Phase,
    Policy,
    Profile,
    Smoke,
    Strategy,
    StrategyKind,
)

MINUTE = timedelta(minutes=1)
BAKE = 30 * MINUTE
ERRORS = Gate(
    name="errors-critical",
    metric=Metric.ERROR_RATE,
    op=Comparison.ABOVE,
    value=0.05,
    window=5 * MINUTE,
    action=GateAction.ROLLBACK,
)
BESIDE = ERRORS.model_copy(update={"name": "errors-vs-stable", "vs_stable": True, "value": 0.01})
SLOW = Gate(
    name="p95-warning",
    metric=Metric.P95,
    op=Comparison.ABOVE,
    value=500,
    window=10 * MINUTE,
    action=GateAction.WARN,
)
TARGET_RATE = Gate(
    name="errors-target",
    metric=Metric.ERROR_RATE,
    op=Comparison.AT_MOST,
    value=0.005,
    window=10 * MINUTE,
    action=GateAction.BLOCK,
)
SLO = Analysis(gates=(ERRORS, BESIDE, SLOW, TARGET_RATE), interval=3 * MINUTE)
SMOKE = Smoke(path="/healthz", expect=200, attempts=2)
CANARY = Strategy(
    kind=StrategyKind.CANARY,
    phases=tuple(Phase(percent=percent, bake=BAKE) for percent in (5, 25, 50, 100)),
    smoke=SMOKE,
    analysis=SLO,
)
BLUE_GREEN = Strategy(
    kind=StrategyKind.BLUE_GREEN,
    phases=(Phase(percent=100, bake=5 * MINUTE),),
    smoke=SMOKE,
    analysis=SLO,
    keep_blue=timedelta(hours=24),
)


def policy(strategy: Strategy = CANARY, **changes: object) -> Policy:
    """A policy with one strategy."""
    standard = Profile(name="standard", strategy=strategy)
    return Policy(profiles=(standard,)).model_copy(update=changes)


def inconclusive(rule: Inconclusive) -> Strategy:
    """The canary with another answer to too few requests."""
    analysis = SLO.model_copy(update={"on_inconclusive": rule})
    return CANARY.model_copy(update={"analysis": analysis})


def catalog(
    rules: Policy | None = None,
    *,
    rule: ApprovalRule | None = None,
    staging: Policy | None = None,
) -> Catalog:
    """The sample catalog with a policy for production; nobody is asked unless told otherwise."""
    found = samples.catalog(rule or ApprovalRule())
    services = {}
    for name, service in found.services.items():
        targets = dict(service.targets)
        for environment, given in (("production", rules or policy()), ("staging", staging)):
            if given is not None:
                targets[environment] = targets[environment].model_copy(update={"policy": given})
        services[name] = service.model_copy(update={"targets": targets})
    return found.model_copy(update={"services": services})
