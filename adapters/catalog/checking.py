"""What the settings of a file must be to each other: names that exist, rules that can be met."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.catalog.document import KeyPath
from adapters.catalog.reading import File, Members
from adapters.catalog.report import Report
from adapters.catalog.shape import Approvals, Environment, Override, Service, TargetFields
from bot.domain.catalog import CloudRunPlace

# Of a target: the service's name and the environment's.
Places = Mapping[tuple[str, str], CloudRunPlace]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What one place says of deployers and approvals; `requesters` are those in force there."""

    path: KeyPath
    deployers: Sequence[str] | None
    approvals: Approvals | None
    requesters: Sequence[str] | None


def check(file: File, report: Report) -> Places:
    """Note every contradiction; returns where each target runs, as far as that can be said."""
    _check_people(file, report)
    _check_names(file, report)
    for rule in _rules(file):
        _check_deployers(file, report, rule)
        _check_approvals(file, report, rule)
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
            _check_list(report, ("groups", name), group.people, "person", file.people)
    for name, service in file.services.items():
        if service and service.owners and service.owners not in file.groups:
            report.unknown(("services", name, "owners"), "group", file.groups)
    for name, overrides in file.overrides.items():
        path: KeyPath = ("services", name, "environments")
        listed = _listed(report, path)
        if listed is not None:
            _check_list(report, path, listed, "environment", file.environments)
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


def _check_list(
    report: Report, path: KeyPath, names: Sequence[object], kind: str, known: Iterable[str]
) -> None:
    """Note the names that do not exist, and those that stand here twice."""
    existing = list(known)
    for number, name in enumerate(names):
        if not isinstance(name, str):
            continue
        if name not in existing:
            report.unknown((*path, number), kind, existing)
        elif name in names[:number]:
            report.add((*path, number), f"“{name}” stands here twice.", "Keep one of them.")


def _rules(file: File) -> Iterator[Spoken]:
    """Everything that is said about who may deploy and who approves."""
    for name, usual in file.environments.items():
        if usual is not None:
            yield Spoken(
                path=("environments", name),
                deployers=usual.deployers,
                approvals=usual.approvals,
                requesters=usual.deployers,
            )
    for service, name, override in _overridden(file):
        shared = file.environments.get(name)
        fallback = shared.deployers if shared else None
        yield Spoken(
            path=("services", service, "environments", name),
            deployers=override.deployers,
            approvals=override.approvals,
            requesters=fallback if override.deployers is None else override.deployers,
        )


def _overridden(file: File) -> Iterator[tuple[str, str, Override]]:
    for service, overrides in file.overrides.items():
        for environment, override in overrides.items():
            if override is not None:
                yield service, environment, override


def _check_deployers(file: File, report: Report, rule: Spoken) -> None:
    if rule.deployers is None:
        return
    path = (*rule.path, "deployers")
    if not rule.deployers:
        report.add(path, "Nobody may deploy here.", "Name a group, or remove the environment.")
    _check_list(report, path, rule.deployers, "group", file.groups)


def _check_approvals(file: File, report: Report, rule: Spoken) -> None:
    """Note approvals that nobody could give, and those that say two things."""
    asked = rule.approvals
    if asked is None:
        return
    path: KeyPath = (*rule.path, "approvals")
    names = [group.name for group in asked.groups]
    for number, name in enumerate(names):
        if name not in file.groups:
            report.unknown((*path, "groups", number, "name"), "group", file.groups)
        elif name in names[:number]:
            here = (*path, "groups", number, "name")
            report.add(here, f"“{name}” stands here twice.", "Keep one of them.")
    if asked.required and not names:
        says = "Nobody may give these approvals, because no group is named."
        report.add((*path, "required"), says, "Add: groups: [{name: …}]")
    if names and not asked.required:
        says = "Groups are named, and yet nobody is asked."
        report.add((*path, "required"), says, "Write required: 1, or remove the groups.")
    for number, group in enumerate(asked.groups):
        if asked.required and group.min > asked.required:
            says = f"{group.min} approvals of {group.name} are more than all {asked.required}."
            hint = f"Write required: {group.min}, or lower the minimum."
            report.add((*path, "groups", number, "min"), says, hint)
    if asked.required and names:
        requesters = None if asked.allow_self else _people(file, rule.requesters or ())
        _check_satisfiable(file, report, path, asked, requesters)


def _check_satisfiable(
    file: File,
    report: Report,
    path: KeyPath,
    asked: Approvals,
    requesters: frozenset[str] | None,
) -> None:
    """Note more approvals than there are people to give them, as far as the file knows these.

    Without `allow_self` the requester cannot approve. It is enough that one deployer could find
    enough others; a group that Slack keeps may hold anybody.
    """
    wanted = [(asked.required, [g.name for g in asked.groups], (*path, "required"))]
    wanted += [
        (group.min, [group.name], (*path, "groups", number, "min"))
        for number, group in enumerate(asked.groups)
        if group.min <= asked.required
    ]
    for number, groups, where in wanted:
        people = _people(file, groups)
        if people is None or not number:
            continue
        most = len(people)
        if requesters and requesters <= people:
            most -= 1
        if number > most:
            who = ", ".join(sorted(people))
            own = "; nobody may approve a deploy of their own" if most < len(people) else ""
            says = f"{number} approvals cannot be had from {len(people)} ({who}){own}."
            report.add(where, says, "Lower the number, or name more people or groups.")


def _people(file: File, groups: Iterable[str]) -> frozenset[str] | None:
    """Everybody in some groups by name; None when the file does not know them all."""
    everybody: set[str] = set()
    for name in groups:
        group = file.groups.get(name)
        if not isinstance(group, Members):
            return None
        everybody.update(group.people)
    return frozenset(everybody)


def _places(file: File, report: Report) -> Places:
    """Where each target runs; what is said closer to the target wins."""
    places: dict[tuple[str, str], CloudRunPlace] = {}
    taken: dict[str, tuple[str, str]] = {}
    for service, name, override in _overridden(file):
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
