"""From plain values to settings, entry by entry, so that one bad entry hides no other problem."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter

from adapters.catalog.document import KeyPath
from adapters.catalog.incident_shape import Incidents, SeveritySettings
from adapters.catalog.policy_shape import Analysis, Checklist
from adapters.catalog.report import Report
from adapters.catalog.shape import Channels, Environment, Override, Service, Top, Usergroup
from adapters.catalog.values import UserId, name_problem
from bot.domain.incident_policy import Severity

# The version of the file's format that this release reads.
VERSION = 1

_USER_ID: TypeAdapter[str] = TypeAdapter(UserId, config=ConfigDict(strict=True))
_NAMES = TypeAdapter(list[str], config=ConfigDict(strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """The people of a group, by their names in the file."""

    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """All entries by name. None stands for an entry with a problem of its own, noted already, and
    for incidents of which nothing is said.

    `overrides` has for each service its environments, with what it says differently there.
    """

    channels: Channels | None
    people: Mapping[str, str | None]
    groups: Mapping[str, Members | Usergroup | None]
    analyses: Mapping[str, Analysis | None]
    checklists: Mapping[str, Checklist | None]
    incidents: Incidents | None
    severities: Mapping[Severity, SeveritySettings | None]
    environments: Mapping[str, Environment | None]
    services: Mapping[str, Service | None]
    overrides: Mapping[str, Mapping[str, Override | None]]

    def overridden(self) -> Iterator[tuple[str, str, Override]]:
        """Service, environment, and what the service says there, of all that is sound."""
        for service, overrides in self.overrides.items():
            for environment, override in overrides.items():
                if override is not None:
                    yield service, environment, override


def read_file(report: Report) -> File:
    """Read the whole document, noting every problem of a single setting."""
    root = report.document.root
    top = report.shape(Top, root, ())
    found = root if isinstance(root, Mapping) else {}
    if isinstance(found.get("version"), int) and found["version"] != VERSION:
        says = f"This release reads version {VERSION} of the file only."
        report.add(("version",), says, f"Write: {VERSION}")
    services = _section(report, found, "services", "service")
    return File(
        channels=top.channels if top else None,
        people={
            name: report.value(_USER_ID, plain, ("people", name))
            for name, plain in _section(report, found, "people", "person").items()
        },
        groups={
            name: _group(report, plain, ("groups", name))
            for name, plain in _section(report, found, "groups", "group").items()
        },
        analyses={
            name: report.shape(Analysis, plain, ("analyses", name))
            for name, plain in _section(report, found, "analyses", "analysis").items()
        },
        checklists={
            name: report.shape(Checklist, plain, ("checklists", name))
            for name, plain in _section(report, found, "checklists", "checklist").items()
        },
        incidents=_incidents(report, found),
        severities=_severities(report, found.get("incidents")),
        environments={
            name: report.shape(Environment, plain, ("environments", name))
            for name, plain in _section(report, found, "environments", "environment").items()
        },
        services={
            name: report.shape(Service, plain, ("services", name))
            for name, plain in services.items()
        },
        overrides={
            name: _overrides(report, plain["environments"], ("services", name, "environments"))
            for name, plain in services.items()
            if isinstance(plain, Mapping) and "environments" in plain
        },
    )


def _section(
    report: Report, found: Mapping[str, object], section: str, kind: str
) -> Mapping[str, object]:
    """The entries of a section, those with an unusable name included."""
    entries = found.get(section)
    if section not in found:
        return {}
    if not isinstance(entries, Mapping):
        says = f"One entry for each {kind} is needed here."
        report.add((section,), says, "Write them as “name: …”, indented below.")
        return {}
    if not entries:
        report.add((section,), f"There is no {kind} in it.", f"Add a {kind}.")
    for name in entries:
        wrong = name_problem(name, kind=kind)
        if wrong:
            report.add((section, name), *wrong, key=True)
    return entries


def _incidents(report: Report, found: Mapping[str, object]) -> Incidents | None:
    """What is said of incidents as a whole."""
    if "incidents" not in found:
        return None
    return report.shape(Incidents, found["incidents"], ("incidents",))


def _severities(report: Report, incidents: object) -> Mapping[Severity, SeveritySettings | None]:
    """What is said of each severity."""
    if not isinstance(incidents, Mapping) or "severities" not in incidents:
        return {}
    path: KeyPath = ("incidents", "severities")
    entries = incidents["severities"]
    if not isinstance(entries, Mapping):
        says = "One entry for each severity is needed here."
        report.add(path, says, "Write them as “P1: {…}”, indented below.")
        return {}
    known = [severity.value for severity in Severity]
    for name in entries:
        if name not in known:
            report.unknown((*path, name), "severity", known, key=True)
    return {
        Severity(name): report.shape(SeveritySettings, plain, (*path, name))
        for name, plain in entries.items()
        if name in known
    }


def _group(report: Report, plain: object, path: KeyPath) -> Members | Usergroup | None:
    """A list of people, or the user group that Slack keeps."""
    if isinstance(plain, Mapping):
        return report.shape(Usergroup, plain, path)
    if not isinstance(plain, list):
        hint = "Write [name, name] or {usergroup: S…}."
        report.add(path, "A list of people or a Slack user group is needed.", hint)
        return None
    if not plain:
        report.add(path, "Nobody is in this group.", "Name somebody, or remove the group.")
        return None
    people = report.value(_NAMES, plain, path)
    return Members(people=tuple(people)) if people is not None else None


def _overrides(report: Report, plain: object, path: KeyPath) -> Mapping[str, Override | None]:
    """A service's environments: a list of names, or overrides by name."""
    if not plain or not isinstance(plain, Mapping | list):
        hint = "Write [name, name], or “name: {target: …}” for what is different there."
        report.add(path, "The environments that the service has are needed.", hint)
        return {}
    if isinstance(plain, list):
        names = report.value(_NAMES, plain, path) or []
        return dict.fromkeys(names, Override())
    return {
        name: Override() if value is None else report.shape(Override, value, (*path, name))
        for name, value in plain.items()
    }
