"""From the checked settings of a policy to the domain's policy."""

from datetime import timedelta

from adapters.catalog import policy_shape as shape
from adapters.catalog.reading import File
from bot.domain.policy import (
    ALL,
    Analysis,
    AutoCheck,
    BreakGlass,
    ChecklistItem,
    ChecklistRule,
    DatabaseRule,
    FreezeWindow,
    Gate,
    Phase,
    Policy,
    Profile,
    PromoteFrom,
    Smoke,
    Strategy,
    StrategyKind,
)

# The numbers of blue-green deployments in the operations guides: watch the switch for five minutes,
# keep what was before for a day.
MONITOR = timedelta(minutes=5)
KEEP_BLUE = timedelta(hours=24)
# A decision of this project: as old as the hourly backups of the operations guides may be.
FRESH = timedelta(hours=1)


def analysis_of(settings: shape.Analysis) -> Analysis:
    """How the evidence is read."""
    return Analysis(
        gates=tuple(_gate(gate) for gate in settings.gates),
        metric_delay=settings.metric_delay,
        min_requests=settings.min_requests,
        on_inconclusive=settings.on_inconclusive,
        max_hold=settings.max_hold,
        interval=settings.interval,
    )


def _gate(settings: shape.Gate) -> Gate:
    return Gate(
        name=settings.name,
        metric=settings.metric,
        op=settings.op,
        value=settings.value,
        window=settings.window,
        action=settings.action,
        vs_stable=settings.vs is not None,
    )


def strategy_of(settings: shape.Strategy, file: File) -> Strategy:
    """The phases of a strategy, with the analysis that it names (if that one is sound)."""
    analysis = file.analyses.get(settings.analysis or "")
    smoke = settings.smoke
    return Strategy(
        kind=settings.kind,
        phases=_phases(settings),
        smoke=Smoke.model_validate(smoke.model_dump()) if smoke else None,
        analysis=analysis_of(analysis) if analysis else None,
        keep_blue=_kept(settings),
    )


def _phases(settings: shape.Strategy) -> tuple[Phase, ...]:
    match settings.kind:
        case StrategyKind.CANARY:
            steps = settings.steps or ()
            return tuple(Phase(percent=step.percent, bake=step.monitor) for step in steps)
        case StrategyKind.BLUE_GREEN:
            return (Phase(percent=ALL, bake=settings.monitor or MONITOR),)
        case StrategyKind.ROLLING:
            return (Phase(percent=ALL),)


def _kept(settings: shape.Strategy) -> timedelta:
    if settings.kind is not StrategyKind.BLUE_GREEN:
        return timedelta(0)
    return settings.keep_blue or KEEP_BLUE


def policy_of(settings: shape.PolicySettings, file: File) -> Policy:
    """The policy of a target, from the settings that are in force there."""
    checklist = file.checklists.get(settings.checklist or "")
    promote, glass, database = settings.promote_from, settings.break_glass, settings.database
    return Policy(
        profiles=_profiles(settings, file),
        promote_from=PromoteFrom(environment=promote.env, soak=promote.soak) if promote else None,
        freeze=tuple(FreezeWindow.model_validate(each.model_dump()) for each in settings.freeze),
        freeze_exception=settings.freeze_exception,
        break_glass=BreakGlass.model_validate(glass.model_dump()) if glass else None,
        database=DatabaseRule.model_validate(database.model_dump()) if database else None,
        checklist=_checklist(checklist) if checklist else ChecklistRule(),
        hold_after_rollback=settings.hold_after_rollback or timedelta(0),
    )


def _profiles(settings: shape.PolicySettings, file: File) -> tuple[Profile, ...]:
    """The standard one first."""
    others = settings.profiles.items()
    return (
        Profile(name=shape.STANDARD, strategy=strategy_of(settings.strategy, file)),
        *(
            Profile(
                name=name,
                strategy=strategy_of(profile.strategy, file),
                needs_reason=profile.reason == "required",
            )
            for name, profile in others
        ),
    )


def _checklist(settings: shape.Checklist) -> ChecklistRule:
    return ChecklistRule(
        pre=tuple(_item(item) for item in settings.pre),
        during=tuple(_item(item) for item in settings.during),
        post=tuple(_item(item) for item in settings.post),
    )


def _item(settings: shape.Item) -> ChecklistItem:
    """Only a backup ages, and what is not said of it is not “any age”."""
    ages = settings.auto is AutoCheck.BACKUP_FRESH
    return ChecklistItem(
        id=settings.id,
        auto=settings.auto,
        ask=settings.ask,
        max_age=(settings.max_age or FRESH) if ages else None,
    )
