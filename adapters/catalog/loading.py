"""The configuration file: read, checked as a whole, and turned into the domain's catalog.

Everything that is wrong is found at the start and said at once, with line and column; a process
with a wrong file does not start.
"""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from adapters.catalog.form import Approvals, File, Place, ServiceEntry, Stage, UserGroup
from adapters.catalog.located import ConfigError, Located, Path_, Problem, dotted, load
from bot.domain.catalog import (
    ApprovalRule,
    Catalog,
    CloudRunPlace,
    Group,
    GroupMinimum,
    Service,
    Target,
)

_PATTERNS = {
    "people": "is no Slack member id: it looks like U0123ABCD",
    "usergroup": "is no Slack user group id: it looks like S0123ABCD",
    "deploys": "is no channel: write “#deploys” or a channel id such as C0123ABCD",
    "image": "is no image repository: write it without tag and digest, such as host/project/name",
    "region": "is no region: it looks like us-central1",
    "project": "is no project id: 6 to 30 lower-case letters, digits and hyphens",
    "service": "is no Cloud Run service name: lower-case letters, digits and hyphens, up to 49",
}


def load_catalog(path: Path) -> Catalog:
    """Load the configuration file. Raises `ConfigError` with every problem in it."""
    located = load(path)
    try:
        file = File.model_validate(located.value)
    except ValidationError as error:
        problems = _distinct(_problem(detail, located) for detail in error.errors())
        raise ConfigError(path, problems, located.source) from error
    builder = _Builder(file, located)
    catalog = builder.build()
    if builder.problems:
        raise ConfigError(path, builder.problems, located.source)
    return catalog


def _distinct(problems: Iterable[Problem]) -> list[Problem]:
    """One problem a place: a value that could be one of two forms fails both."""
    found: dict[tuple[int, int], Problem] = {}
    for problem in problems:
        found.setdefault((problem.line, problem.column), problem)
    return sorted(found.values(), key=lambda problem: (problem.line, problem.column))


def _problem(detail: ErrorDetails, located: Located) -> Problem:
    """A pydantic complaint in words; parts of its path that only name a form are left out."""
    path: Path_ = ()
    for part in detail["loc"]:
        if (*path, part) in located.marks or detail["type"] in {"missing", "extra_forbidden"}:
            path = (*path, part)
    return _at(located, path, _says(detail, path))


def _says(detail: ErrorDetails, path: Path_) -> str:
    last = str(path[-1]) if path else ""
    match detail["type"]:
        case "missing":
            return "is missing"
        case "tuple_type":
            return "is no list: write [a, b]"
        case "extra_forbidden":
            return f"is not a key here{_near(last, _KEYS)}"
        case "string_pattern_mismatch":
            for name in reversed([str(part) for part in path]):
                if name in _PATTERNS:
                    return _PATTERNS[name]
            return "is no name: lower-case letters, digits and hyphens, beginning with a letter"
        case "literal_error":
            return f"must be {detail.get('ctx', {}).get('expected', 'another value')}"
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case _:
            return detail["msg"][:1].lower() + detail["msg"][1:]


_KEYS = sorted(
    {
        name
        for model in (File, Stage, Approvals, Place, ServiceEntry, UserGroup)
        for name in model.model_fields
    }
)


def _near(given: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(given, names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean “{near[0]}”?"
    return f"; known are {', '.join(names)}" if names else ""


def _at(located: Located, path: Path_, says: str) -> Problem:
    """A problem at the nearest place that the file really has."""
    place = path
    while place and place not in located.marks:
        place = place[:-1]
    mark = located.marks[place]
    return Problem(line=mark.line + 1, column=mark.column + 1, key=dotted(path), says=says)


class _Builder:
    """Joins what the file says in several places, and collects what does not fit together."""

    def __init__(self, file: File, located: Located) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._located = located
        self._places: dict[str, str] = {}

    def build(self) -> Catalog:
        """The catalog; only usable when there are no problems."""
        file = self._file
        if not file.environments:
            self._note(("environments",), "has no environment")
        groups = {name: self._group(name, entry) for name, entry in file.groups.items()}
        for name, stage in file.environments.items():
            self._check_stage(("environments", name), stage, groups)
        services = {
            name: self._service(name, entry, groups) for name, entry in file.services.items()
        }
        return Catalog(
            environments=tuple(file.environments),
            services=services,
            groups=groups,
            deploys_channel=file.channels.deploys,
        )

    def _group(self, name: str, entry: tuple[str, ...] | UserGroup) -> Group:
        if isinstance(entry, UserGroup):
            return Group(name=name, usergroup=entry.usergroup)
        for place, person in enumerate(entry):
            self._known(("groups", name, place), "person", person, self._file.people)
        members = {self._file.people[person] for person in entry if person in self._file.people}
        return Group(name=name, members=frozenset(members))

    def _check_stage(self, path: Path_, stage: Stage, groups: Mapping[str, Group]) -> None:
        for place, group in enumerate(stage.deployers or ()):
            self._known((*path, "deployers", place), "group", group, groups)
        rule = stage.approvals
        if rule is None:
            return
        at = (*path, "approvals")
        for place, minimum in enumerate(rule.groups):
            self._known((*at, "groups", place, "name"), "group", minimum.name, groups)
        self._check_rule(at, rule, groups)

    def _check_rule(self, at: Path_, rule: Approvals, groups: Mapping[str, Group]) -> None:
        """A rule that nobody can satisfy would only be found out when it is needed."""
        if rule.required > 0 and not rule.groups:
            self._note((*at, "required"), "asks for approvals, but no group may give them")
        if sum(minimum.min for minimum in rule.groups) > rule.required:
            self._note((*at, "groups"), "have minimums that sum to more than “required”")
        named = [groups[minimum.name] for minimum in rule.groups if minimum.name in groups]
        if not named or any(group.usergroup for group in named):
            return  # who is in a Slack group is only known when it is asked
        people = frozenset[str]().union(*(group.members for group in named))
        if len(people) < rule.required:
            self._note(
                (*at, "required"),
                f"asks for {rule.required} approvals, but the groups have {len(people)} people",
            )

    def _service(self, name: str, entry: ServiceEntry, groups: Mapping[str, Group]) -> Service:
        path: Path_ = ("services", name)
        if entry.owners is not None:
            self._known((*path, "owners"), "group", entry.owners, groups)
        written = entry.environments
        stages = written if isinstance(written, dict) else dict.fromkeys(written)
        targets = {}
        for place, (environment, own) in enumerate(stages.items()):
            key = environment if isinstance(written, dict) else place
            at = (*path, "environments", key)
            if not self._known(at, "environment", environment, self._file.environments):
                continue
            self._check_stage(at, own or Stage(), groups)
            target = self._target(at, (name, environment), entry, own or Stage())
            if target is not None:
                targets[environment] = target
        return Service(name=name, owners=entry.owners, targets=targets)

    def _target(
        self, at: Path_, key: tuple[str, str], entry: ServiceEntry, own: Stage
    ) -> Target | None:
        shared = self._file.environments[key[1]]
        layers = (shared.target, entry.target, own.target)
        place = {
            field: value
            for layer in layers
            for field, value in layer.model_dump(exclude_none=True).items()
        }
        missing = [field for field in ("project", "region", "service") if field not in place]
        if missing:
            self._note(at, f"has no {' and no '.join(missing)} in its target")
            return None
        found = CloudRunPlace(**place)
        taken = self._places.setdefault(found.resource, "/".join(key))
        if taken != "/".join(key):
            self._note(at, f"is the same Cloud Run service as {taken}")
        rule = own.approvals or shared.approvals or Approvals()
        return Target(
            service=key[0],
            environment=key[1],
            place=found,
            image=entry.image,
            deployers=own.deployers or shared.deployers or (),
            approvals=ApprovalRule(
                required=rule.required,
                groups=tuple(GroupMinimum(name=g.name, min=g.min) for g in rule.groups),
                allow_self=rule.allow_self,
                expires=rule.expires,
            ),
        )

    def _known(self, path: Path_, kind: str, name: str, known: Iterable[str]) -> bool:
        names = list(known)
        if name in names:
            return True
        self._note(path, f"“{name}” is no {kind} of this file{_near(name, names)}")
        return False

    def _note(self, path: Path_, says: str) -> None:
        self.problems.append(_at(self._located, path, says))
