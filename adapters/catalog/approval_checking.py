"""What the settings of an approval must be to each other, and to the people who are named.

Rules that nobody could meet are found here, as far as the file knows who is in a group.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adapters.catalog.document import KeyPath
from adapters.catalog.reading import File, Members
from adapters.catalog.report import Report
from adapters.catalog.shape import Approvals


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What one place says of deployers and approvals; `requesters` are those in force there."""

    path: KeyPath
    deployers: Sequence[str] | None
    approvals: Approvals | None
    requesters: Sequence[str] | None


def check_approvals(file: File, report: Report) -> None:
    """Note every contradiction in who may deploy and who approves."""
    for rule in _rules(file):
        _check_deployers(file, report, rule)
        _check_rule(file, report, rule)


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
    for service, name, override in file.overridden():
        shared = file.environments.get(name)
        fallback = shared.deployers if shared else None
        yield Spoken(
            path=("services", service, "environments", name),
            deployers=override.deployers,
            approvals=override.approvals,
            requesters=fallback if override.deployers is None else override.deployers,
        )


def _check_deployers(file: File, report: Report, rule: Spoken) -> None:
    if rule.deployers is None:
        return
    path = (*rule.path, "deployers")
    if not rule.deployers:
        report.add(path, "Nobody may deploy here.", "Name a group, or remove the environment.")
    report.names(path, rule.deployers, "group", file.groups)


def _check_rule(file: File, report: Report, rule: Spoken) -> None:
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
    _check_minimums(report, path, asked)
    _check_times(report, path, asked)
    if asked.required and names:
        requesters = None if asked.allow_self else _people(file, rule.requesters or ())
        _check_satisfiable(file, report, path, asked, requesters)


def _check_minimums(report: Report, path: KeyPath, asked: Approvals) -> None:
    """The minimums have to fit into the number of approvals, each and together."""
    if not asked.required:
        return
    total = 0
    for number, group in enumerate(asked.groups):
        total += group.min
        if group.min > asked.required:
            says = f"{group.min} approvals of {group.name} are more than all {asked.required}."
            hint = f"Write required: {group.min}, or lower the minimum."
            report.add((*path, "groups", number, "min"), says, hint)
        elif total > asked.required >= total - group.min:
            says = f"With this, the groups' minimums make {total}, more than all {asked.required}."
            hint = f"Write required: {total}, or lower a minimum."
            report.add((*path, "groups", number, "min"), says, hint)


def _check_times(report: Report, path: KeyPath, asked: Approvals) -> None:
    if asked.remind is not None and asked.remind >= asked.expires:
        says = "When this time is over, the answer is not awaited any more."
        report.add((*path, "remind"), says, "Write a time shorter than expires.")
    for number, each in enumerate(asked.invalidate_on):
        if each in asked.invalidate_on[:number]:
            here = (*path, "invalidate_on", number)
            report.add(here, f"“{each}” stands here twice.", "Keep one of them.")


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
