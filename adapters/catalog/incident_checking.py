"""What the settings of incidents must be to each other, and to what they name."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from adapters.catalog.document import KeyPath
from adapters.catalog.incident_building import rule_of
from adapters.catalog.incident_shape import Incidents, Item, Maintenance, Rung, SeveritySettings
from adapters.catalog.reading import File
from adapters.catalog.report import Report
from adapters.catalog.strategy_checking import written
from bot.domain.cron import parse_cron
from bot.domain.incident_policy import Severity

_HERE: KeyPath = ("incidents",)
# From when on a schedule is looked at, and how many of its times: a leap year of days.
_NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
_TIMES = 366


def check_incidents(file: File, report: Report) -> None:
    """Note every contradiction in what is said of incidents."""
    for severity, rule in file.severities.items():
        if rule is not None:
            _check_severity(file, report, severity, rule)
    settings = file.incidents
    if settings is None:
        return
    _check_names(file, report, settings)
    _check_ladder(file, report, settings.ladder)
    _check_items(report, (*_HERE, "checklist"), settings.checklist or [])
    for role, items in settings.duties.said().items():
        _check_items(report, (*_HERE, "duties", role.value), items)
    _check_emoji(report, settings)
    _check_maintenance(report, settings.maintenance)


def _check_names(file: File, report: Report, settings: Incidents) -> None:
    """Groups, environments and services that are named have to exist."""
    for key in ("commanders", "confidants"):
        group = getattr(settings, key)
        if group is not None and group not in file.groups:
            report.unknown((*_HERE, key), "group", file.groups)
    if settings.environment is not None and settings.environment not in file.environments:
        report.unknown((*_HERE, "environment"), "environment", file.environments)
    for number, dashboard in enumerate(settings.dashboards):
        if dashboard.service is not None and dashboard.service not in file.services:
            report.unknown((*_HERE, "dashboards", number, "service"), "service", file.services)
    if settings.failed_deploys is not None:
        path = (*_HERE, "failed_deploys", "environments")
        if not settings.failed_deploys.environments:
            hint = "Name one, or remove failed_deploys."
            report.add(path, "No environment is named.", hint)
        named = settings.failed_deploys.environments
        report.names(path, named, "environment", file.environments)


def _check_severity(file: File, report: Report, severity: Severity, said: SeveritySettings) -> None:
    """Times that fit each other, and somebody to page where that is asked for."""
    path: KeyPath = (*_HERE, "severities", severity.value)
    rule = rule_of(severity, said)
    if rule.resolution < rule.response:
        key = "resolution" if "resolution" in said.model_fields_set else "response"
        says = (
            f"It would have to be resolved ({written(rule.resolution)}) before anybody has to "
            f"respond ({written(rule.response)})."
        )
        report.add((*path, key), says, "Let resolution be the longer one.")
    rungs = file.incidents.ladder if file.incidents else []
    climbs = any(severity in rung.severities for rung in rungs)
    if file.incidents is None or climbs:
        return
    for key in ("page", "escalate_after"):
        if getattr(said, key):
            says = f"There is nobody to page for a {severity}: no rung of the ladder is for it."
            report.add((*path, key), says, "Add to ladder: {name: …, group: …}, or remove this.")


# ── The ladder ───────────────────────────────────────────────────────────────────────────────────


def _check_ladder(file: File, report: Report, ladder: Sequence[Rung]) -> None:
    _check_unique(report, (*_HERE, "ladder"), "name", [rung.name.lower() for rung in ladder])
    for number, rung in enumerate(ladder):
        path: KeyPath = (*_HERE, "ladder", number)
        if (rung.group is None) is (rung.rotation is None):
            both = rung.group is not None
            says = f"“{rung.name}” is {'a group and a rotation' if both else 'nobody'}."
            hint = "Write group: NAME, or rotation: {people: […], every: 7d, since: 2026-01-05}."
            report.add(path, says, hint)
        if rung.group is not None and rung.group not in file.groups:
            report.unknown((*path, "group"), "group", file.groups)
        if rung.rotation is not None:
            people = (*path, "rotation", "people")
            report.names(people, rung.rotation.people, "person", file.people)
            if not rung.rotation.people:
                report.add(people, "Nobody takes turns here.", "Name somebody of people.")
        if not rung.severities:
            says = f"“{rung.name}” is for no severity, so nobody gets there."
            report.add((*path, "severities"), says, "Name one, or leave the key away for all.")
        _check_unique(report, (*path, "severities"), None, rung.severities)


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────


def _check_items(report: Report, path: KeyPath, items: Sequence[Item]) -> None:
    _check_unique(report, path, "id", [item.id for item in items])


def _check_maintenance(report: Report, rules: Sequence[Maintenance]) -> None:
    _check_unique(report, (*_HERE, "maintenance"), "name", [rule.name for rule in rules])
    for number, rule in enumerate(rules):
        path: KeyPath = (*_HERE, "maintenance", number)
        if not rule.items:
            hint = 'Add {id: backups, text: "Verify backup completion"}.'
            report.add((*path, "items"), "There is nothing to do in it.", hint)
        _check_items(report, (*path, "items"), rule.items)
        gap = _shortest_gap(rule)
        if gap is not None and rule.within > gap:
            says = f"After {written(gap)} the same list may come up again, before this one is due."
            report.add((*path, "within"), says, f"Write {written(gap)} or less.")


def _shortest_gap(rule: Maintenance) -> timedelta | None:
    """The shortest time between two times of a schedule; None for one that comes once at most."""
    cron = parse_cron(rule.cron)
    gap: timedelta | None = None
    last = cron.next_after(_NEW_YEAR, rule.tz)
    for _ in range(_TIMES):
        following = cron.next_after(last, rule.tz) if last else None
        if last is None or following is None:
            break
        gap = min(gap or following - last, following - last)
        last = following
    return gap


def _check_emoji(report: Report, settings: Incidents) -> None:
    named = settings.emoji.model_dump()
    for number, (key, name) in enumerate(named.items()):
        if name in list(named.values())[:number]:
            says = f"“{name}” would do two things at once."
            report.add((*_HERE, "emoji", key), says, "Take another emoji.")


def _check_unique(report: Report, path: KeyPath, key: str | None, names: Iterable[str]) -> None:
    """Note what stands in a list twice, at the second place."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            here = (*path, number) if key is None else (*path, number, key)
            report.add(here, f"“{name}” stands here twice.", "Keep one of them.")
        seen.add(name)
