"""What the settings of a policy must be to each other, and to what they name.

A key is checked where it stands, once. Keys that need each other are checked for each target, as
they are in force there; what is wrong for several services is said once, at the key in force.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from adapters.catalog.document import KeyPath
from adapters.catalog.policy_shape import NONE, STANDARD, Checklist, FreezeWindow, PolicySettings
from adapters.catalog.reading import File
from adapters.catalog.report import Report
from adapters.catalog.strategy_checking import check_analysis, check_strategy, written
from adapters.catalog.values import name_problem
from bot.domain.cron import parse_cron
from bot.domain.policy import AutoCheck

# Where the windows of a schedule begin to be laid beside each other, for how long, and how many of
# them at most: one a minute for a week.
_NEW_YEAR = datetime(2023, 1, 1, tzinfo=UTC)
_YEAR = timedelta(days=366)
_MOST_WINDOWS = 7 * 24 * 60
# What is known only when the new version runs.
_LATE = {AutoCheck.SMOKE_PASSED, AutoCheck.SLO_MET}
_EARLY = {AutoCheck.IMAGE_PRESENT, AutoCheck.STAGING_VERIFIED, AutoCheck.BACKUP_FRESH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The policy settings that stand at one place, and of which environment they are."""

    path: KeyPath
    environment: str
    settings: PolicySettings

    def says(self, key: str) -> bool:
        """Whether a key stands here, rather than being inherited or left out."""
        return key in self.settings.model_fields_set


def check_policies(file: File, report: Report) -> None:
    """Note every contradiction in what is said of policies."""
    for name, analysis in file.analyses.items():
        if analysis is not None:
            check_analysis(report, ("analyses", name), analysis)
    for name, checklist in file.checklists.items():
        if name == NONE:
            says = f"“{NONE}” means that there is no checklist."
            report.add(("checklists", name), says, "Choose another name.", key=True)
        if checklist is not None:
            _check_checklist(report, ("checklists", name), checklist)
    for stated in _stated(file):
        _check_strategies(file, report, stated)
        _check_names(file, report, stated)
        _check_order(file, report, stated)
        _check_freezes(report, (*stated.path, "freeze"), stated.settings.freeze)
    needs = Needs()
    for service, name, override in file.overridden():
        usual = file.environments.get(name)
        if usual is not None:
            shared = Stated(path=("environments", name), environment=name, settings=usual)
            path: KeyPath = ("services", service, "environments", name)
            own = Stated(path=path, environment=name, settings=override)
            _check_target(file, needs, service, shared, own)
    needs.report(report)


def _stated(file: File) -> Iterator[Stated]:
    """Every place that may say something of a policy."""
    for name, usual in file.environments.items():
        if usual is not None:
            yield Stated(path=("environments", name), environment=name, settings=usual)
    for service, name, override in file.overridden():
        path = ("services", service, "environments", name)
        yield Stated(path=path, environment=name, settings=override)


# ── Sections ─────────────────────────────────────────────────────────────────────────────────────


def _check_checklist(report: Report, path: KeyPath, checklist: Checklist) -> None:
    first: dict[str, KeyPath] = {}
    for part, items in checklist.parts().items():
        for number, item in enumerate(items):
            here = (*path, part, number)
            if first.setdefault(item.id, here) != here:
                line = report.document.spot((*first[item.id], "id")).line
                says = f"“{item.id}” is here twice; the first one is in line {line}."
                report.add((*here, "id"), says, "Give each item an id of its own.")
            if item.auto is None and item.ask is None:
                hint = "Write auto: … for what Signalbox checks, or ask: … for a question."
                report.add(here, f"What “{item.id}” checks is not said.", hint)
            if item.auto is not None and item.ask is not None:
                says = "An item is either checked or asked."
                report.add((*here, "ask"), says, "Make two items of it.", key=True)
            if item.max_age is not None and item.auto is not AutoCheck.BACKUP_FRESH:
                says = f"Only {AutoCheck.BACKUP_FRESH} looks at an age."
                report.add((*here, "max_age"), says, "Remove max_age.", key=True)
            if item.auto in _LATE and part == "pre":
                says = f"{item.auto} cannot be told before the new version runs."
                report.add((*here, "auto"), says, "Move it to during or to post.")
            if item.auto in _EARLY and part != "pre":
                says = f"{item.auto} is looked at before the deploy only."
                report.add((*here, "auto"), says, "Move it to pre.")


# ── What stands at one place ─────────────────────────────────────────────────────────────────────


def _check_strategies(file: File, report: Report, stated: Stated) -> None:
    settings = stated.settings
    if stated.says("strategy"):
        check_strategy(report, (*stated.path, "strategy"), settings.strategy, file.analyses)
    for name, profile in settings.profiles.items():
        here = (*stated.path, "profiles", name)
        problem = name_problem(name, kind="profile")
        if problem:
            report.add(here, *problem, key=True)
        if name == STANDARD:
            says = f"“{STANDARD}” is the name of what stands below strategy."
            report.add(here, says, "Choose another name.", key=True)
        check_strategy(report, (*here, "strategy"), profile.strategy, file.analyses)


def _check_names(file: File, report: Report, stated: Stated) -> None:
    settings = stated.settings
    if settings.freeze_exception and settings.freeze_exception not in file.groups:
        report.unknown((*stated.path, "freeze_exception"), "group", file.groups)
    if settings.break_glass and settings.break_glass.group not in file.groups:
        report.unknown((*stated.path, "break_glass", "group"), "group", file.groups)
    if settings.checklist and settings.checklist not in file.checklists:
        report.unknown((*stated.path, "checklist"), "checklist", file.checklists)


def _check_order(file: File, report: Report, stated: Stated) -> None:
    """Promotion follows the order of environments, so it cannot run in a circle."""
    if stated.settings.promote_from is None:
        return
    here = (*stated.path, "promote_from", "env")
    source = stated.settings.promote_from.env
    order = list(file.environments)
    if source not in order:
        report.unknown(here, "environment", order)
        return
    if stated.environment not in order or source in order[: order.index(stated.environment)]:
        return
    earlier = order[: order.index(stated.environment)]
    says = f"{source} does not come before {stated.environment} in the order of promotion."
    hint = f"Name one that does: {', '.join(earlier)}." if earlier else "Remove promote_from."
    report.add(here, says, hint)


def _check_freezes(report: Report, path: KeyPath, windows: list[FreezeWindow]) -> None:
    for number, window in enumerate(windows):
        if _never_thaws(window):
            says = f"After {written(window.duration)} the next window has begun: this never ends."
            hint = "Write a shorter duration, or a cron that fires less often."
            report.add((*path, number, "duration"), says, hint)


def _never_thaws(window: FreezeWindow) -> bool:
    """Whether each window lasts until the next one begins, for a year on end."""
    cron = parse_cron(window.cron)
    start = first = cron.next_after(_NEW_YEAR, "UTC")
    for _ in range(_MOST_WINDOWS):
        last = cron.last_before(start + window.duration, "UTC") if start else None
        if first is None or last is None or last == start:
            return False
        if last > first + _YEAR:
            break
        start = last
    return True


# ── What is in force for a target ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What is needed and not there: by place, words and hint, with the services concerned."""

    missing: dict[tuple[KeyPath, str, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, path: KeyPath, says: str, hint: str, service: str) -> None:
        """Note it for a service; `says` ends with what stands before the services' names."""
        services = self.missing[path, says, hint]
        if service not in services:
            services.append(service)

    def report(self, report: Report) -> None:
        """Say each once."""
        for (path, says, hint), services in self.missing.items():
            report.add(path, f"{says} {', '.join(services)}.", hint)


def _check_target(file: File, needs: Needs, service: str, shared: Stated, own: Stated) -> None:
    """Note what some key in force needs of another one."""
    settings = shared.settings.overridden(own.settings)

    def path_of(key: str) -> KeyPath:
        return (*(own if own.says(key) else shared).path, key)

    source = settings.promote_from.env if settings.promote_from else None
    if source in file.environments and source not in file.overrides[service]:
        says = f"{own.environment} is promoted from {source}, which is not an environment of"
        hint = f"Add {source} to the service, or write promote_from: {NONE} for it."
        needs.add((*path_of("promote_from"), "env"), says, hint, service)
    checklist = file.checklists.get(settings.checklist or "")
    for check in _checks(checklist) if checklist else ():
        lacking = _lacking(settings, check)
        if lacking is not None:
            what, hint = lacking
            says = f"“{settings.checklist}” has {check}, which needs {what}; there is none for"
            needs.add(path_of("checklist"), says, hint, service)


def _checks(checklist: Checklist) -> set[AutoCheck]:
    items = (item for part in checklist.parts().values() for item in part)
    return {item.auto for item in items if item.auto is not None}


def _lacking(settings: PolicySettings, check: AutoCheck) -> tuple[str, str] | None:
    """What a check needs and does not have, and what to write; None when it has all of it."""
    match check:
        case AutoCheck.BACKUP_FRESH if settings.database is None:
            return "a database", "Add database: {instance: project/name}."
        case AutoCheck.STAGING_VERIFIED if settings.promote_from is None:
            return "promote_from", "Add promote_from: {env: …}."
        case AutoCheck.SMOKE_PASSED:
            missing = [name for name, each in settings.strategies().items() if not each.smoke]
            what, hint = "a smoke test", "Add smoke: {path: /…} to the strategy"
        case AutoCheck.SLO_MET:
            missing = [name for name, each in settings.strategies().items() if not each.analysis]
            what, hint = "an analysis", "Add analysis: NAME to the strategy"
        case _:
            return None
    if not missing:
        return None
    profile = "" if missing[0] == STANDARD else f" of the profile {missing[0]}"
    return f"{what} in the strategy{profile}", f"{hint}{profile}, or take the item out."
