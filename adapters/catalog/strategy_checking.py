"""What the settings of an analysis and of a strategy must be to each other."""

import itertools
import math
from collections.abc import Mapping
from datetime import timedelta

from adapters.catalog.document import KeyPath
from adapters.catalog.policy_building import KEEP_BLUE, MONITOR, analysis_of
from adapters.catalog.policy_shape import Analysis, Gate, Step, Strategy
from adapters.catalog.report import Report
from bot.domain.policy import ALL, GateAction, Inconclusive, Metric, StrategyKind

# What each type has besides its type.
_HAS = {
    StrategyKind.ROLLING: ("smoke",),
    StrategyKind.BLUE_GREEN: ("smoke", "monitor", "keep_blue", "analysis"),
    StrategyKind.CANARY: ("steps", "smoke", "analysis"),
}
_STOPS = {GateAction.ROLLBACK, GateAction.BLOCK}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))

Analyses = Mapping[str, Analysis | None]


def written(duration: timedelta) -> str:
    """A duration of whole seconds as the file has it: `13m`."""
    seconds = int(duration.total_seconds())
    return next(f"{seconds // size}{unit}" for size, unit in _UNITS if seconds % size == 0)


def check_analysis(report: Report, path: KeyPath, analysis: Analysis) -> None:
    """Note gates that cannot tell good from bad, and names that stand for two of them."""
    if not analysis.gates:
        hint = (
            'Add {name: errors, metric: error_rate, op: ">", value: 5%, for: 5m, action: rollback}'
        )
        report.add((*path, "gates"), "There is no gate in it.", hint)
    names = [gate.name for gate in analysis.gates]
    for number, gate in enumerate(analysis.gates):
        here = (*path, "gates", number)
        if gate.name in names[:number]:
            says = f"“{gate.name}” stands here twice."
            report.add((*here, "name"), says, "Give each gate a name of its own.")
        lowest, highest = (gate.op.breached(value, gate.value) for value in _extremes(gate))
        if lowest == highest:
            says = "Every measurement breaks" if lowest else "No measurement can break"
            report.add((*here, "value"), f"{says} this gate.", "Change op or value.")


def _extremes(gate: Gate) -> tuple[float, float]:
    """The lowest and the highest that can be measured; with `vs`, of the difference."""
    most = 1.0 if gate.metric is Metric.ERROR_RATE else math.inf
    return (-most if gate.vs else 0.0), most


def check_strategy(report: Report, path: KeyPath, strategy: Strategy, analyses: Analyses) -> None:
    """Note what a type of strategy does not have, lacks, or could not decide by."""
    _check_settings(report, path, strategy)
    analysis = None
    if strategy.analysis is not None and "analysis" in _HAS[strategy.kind]:
        if strategy.analysis not in analyses:
            report.unknown((*path, "analysis"), "analysis", analyses)
        analysis = analyses.get(strategy.analysis)
    if analysis and analysis.on_inconclusive is Inconclusive.PROCEED and not strategy.smoke:
        says = f"“{strategy.analysis}” goes on when it cannot tell, with no smoke test to go by."
        hint = "Add smoke: {path: /…}, or write on_inconclusive: hold there."
        report.add((*path, "analysis"), says, hint)
    match strategy.kind:
        case StrategyKind.CANARY:
            _check_canary(report, path, strategy, analysis)
        case StrategyKind.BLUE_GREEN:
            _check_blue_green(report, path, strategy, analysis)
        case StrategyKind.ROLLING:
            pass


def _check_settings(report: Report, path: KeyPath, strategy: Strategy) -> None:
    for name in ("steps", "smoke", "monitor", "keep_blue", "analysis"):
        if getattr(strategy, name) is None or name in _HAS[strategy.kind]:
            continue
        others = " or ".join(f"type: {kind}" for kind, has in _HAS.items() if name in has)
        hint = f"Remove it, or write {others}."
        if name == "monitor" and strategy.kind is StrategyKind.CANARY:
            hint = "Write it into each step: {percent: 5, monitor: 30m}"
        report.add((*path, name), f"{strategy.kind} has no {name}.", hint, key=True)


def _check_canary(
    report: Report, path: KeyPath, strategy: Strategy, analysis: Analysis | None
) -> None:
    if strategy.analysis is None:
        says = "A canary needs an analysis: without gates nobody looks at its steps."
        report.add(path, says, "Add analysis: NAME, of one below analyses.", key=True)
    if analysis and analysis.gates and not _STOPS & {gate.action for gate in analysis.gates}:
        says = f"No gate of “{strategy.analysis}” could stop a canary: all of them only warn."
        hint = "Give one of them action: rollback or action: block_promotion."
        report.add((*path, "analysis"), says, hint)
    if not strategy.steps:
        hint = "Add steps: [{percent: 5, monitor: 30m}, {percent: 100, monitor: 30m}]"
        report.add((*path, "steps"), "A canary needs steps.", hint, key=True)
        return
    _check_steps(report, (*path, "steps"), strategy.steps)
    for number, step in enumerate(strategy.steps if analysis else ()):
        if analysis and step.monitor < analysis_of(analysis).reach:
            says = f"{written(step.monitor)} is too short for the gates of “{strategy.analysis}”."
            here = (*path, "steps", number, "monitor")
            report.add(here, says, _reasoned(analysis))


def _reasoned(analysis: Analysis) -> str:
    """The reach with where it comes from."""
    longest = max(analysis.gates, key=lambda gate: gate.window)
    reach = written(analysis_of(analysis).reach)
    late = written(analysis.metric_delay)
    return (
        f"Write {reach} or more: “{longest.name}” looks at {written(longest.window)}, "
        f"and measurements are up to {late} late."
    )


def _check_steps(report: Report, path: KeyPath, steps: list[Step]) -> None:
    for number, (before, step) in enumerate(itertools.pairwise(steps), start=1):
        if step.percent <= before.percent:
            says = f"{step.percent} % is not more than the {before.percent} % before it."
            report.add((*path, number, "percent"), says, "Let the steps rise.")
    if steps[-1].percent != ALL:
        says = f"The last step is {steps[-1].percent} %, and 100 % are never reached."
        report.add((*path, len(steps) - 1, "percent"), says, "End with {percent: 100, monitor: …}.")
    elif len(steps) == 1:
        hint = "Put one before it, such as {percent: 5, monitor: 30m}, or write type: rolling."
        report.add(path, "There is no step below 100 %.", hint)


def _check_blue_green(
    report: Report, path: KeyPath, strategy: Strategy, analysis: Analysis | None
) -> None:
    """Gates that do not fit into the monitoring stay armed while blue is kept."""
    if strategy.smoke is None and strategy.analysis is None:
        says = "Nothing is looked at after the switch."
        report.add(path, says, "Add smoke: {path: /…} or analysis: NAME.", key=True)
    kept, monitored = strategy.keep_blue or KEEP_BLUE, strategy.monitor or MONITOR
    if analysis and analysis_of(analysis).reach > max(kept, monitored):
        says = (
            f"Blue is kept for {written(kept)}, too short for the gates of “{strategy.analysis}”."
        )
        report.add((*path, "keep_blue"), says, _reasoned(analysis))
