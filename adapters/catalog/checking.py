"""What the settings of a file must be to each other: names that exist, rules that can be met."""

from collections.abc import Mapping

from adapters.catalog.approval_checking import check_approvals
from adapters.catalog.document import KeyPath
from adapters.catalog.reading import File, Members
from adapters.catalog.report import Report
from adapters.catalog.shape import Environment, Override, Service, TargetFields
from bot.domain.catalog import CloudRunPlace

# Of a target: the service's name and the environment's.
Places = Mapping[tuple[str, str], CloudRunPlace]


def check(file: File, report: Report) -> Places:
    """Note every contradiction; returns where each target runs, as far as that can be said."""
    _check_people(file, report)
    _check_names(file, report)
    check_approvals(file, report)
    return _places(file, report)


def _check_people(file: File, report: Report) -> None:
    """Two names for one person would count as two people."""
    first: dict[str, str] = {}
    for name, user in file.people.items():
        if user is not None and first.setdefault(user, name) != name:
            says = f"{user} is {first[user]} already, and one person must not count twice."
            report.add(("people", name), says, "Keep one of the two names.")


def _check_names(file: File, report: Report) -> None:
    """Every name that is mentioned has to exist, and stands once in a list."""
    for name, group in file.groups.items():
        if isinstance(group, Members):
            report.names(("groups", name), group.people, "person", file.people)
    for name, service in file.services.items():
        if service and service.owners and service.owners not in file.groups:
            report.unknown(("services", name, "owners"), "group", file.groups)
    for name, overrides in file.overrides.items():
        path: KeyPath = ("services", name, "environments")
        listed = _listed(report, path)
        if listed is not None:
            report.names(path, listed, "environment", file.environments)
            continue
        for environment in overrides:
            if environment not in file.environments:
                report.unknown((*path, environment), "environment", file.environments, key=True)


def _listed(report: Report, path: KeyPath) -> list[str] | None:
    """The names of a list as they stand in the file; None when it is not a list."""
    plain: object = report.document.root
    for key in path:
        plain = plain.get(key) if isinstance(plain, Mapping) else None
    return plain if isinstance(plain, list) else None


def _places(file: File, report: Report) -> Places:
    """Where each target runs; what is said closer to the target wins."""
    places: dict[tuple[str, str], CloudRunPlace] = {}
    taken: dict[str, tuple[str, str]] = {}
    for service, name, override in file.overridden():
        whole, usual = file.services.get(service), file.environments.get(name)
        if whole is None or usual is None:
            continue
        path = _path_of(report, service, name)
        place = _place(report, path, (service, name), _merged(usual, whole, override))
        if place is None:
            continue
        other = taken.setdefault(place.resource, (service, name))
        if other != (service, name):
            line = report.document.spot(_path_of(report, *other), key=True).line
            says = f"{name} runs at the same place as {'/'.join(other)} (line {line}): "
            hint = "Give each its own project, region or service."
            report.add(path, says + f"{place.resource}.", hint, key=True)
        places[service, name] = place
    return places


def _path_of(report: Report, service: str, environment: str) -> KeyPath:
    """Where a service says that it has an environment."""
    path: KeyPath = ("services", service, "environments")
    listed = _listed(report, path)
    return (*path, environment if listed is None else listed.index(environment))


def _merged(usual: Environment, service: Service, override: Override) -> dict[str, str]:
    layers: tuple[TargetFields, ...] = (usual.target, service.target, override.target)
    return {
        name: value
        for layer in layers
        for name, value in layer.model_dump().items()
        if value is not None
    }


def _place(
    report: Report, path: KeyPath, target: tuple[str, str], fields: Mapping[str, str]
) -> CloudRunPlace | None:
    missing = [name for name in ("project", "region", "service") if name not in fields]
    if missing:
        service, environment = target
        says = f"Where {service} runs in {environment} is not said: {', '.join(missing)}."
        hint = (
            f"Add it below services.{service}.target, or below environments.{environment}.target."
        )
        report.add(path, says, hint, key=True)
        return None
    return CloudRunPlace.model_validate(dict(fields))
