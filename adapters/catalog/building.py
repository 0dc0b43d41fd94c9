"""From checked settings to the catalog that everything else works with."""

from typing import TypeVar

from adapters.catalog.checking import Places
from adapters.catalog.incident_building import incident_policy_of
from adapters.catalog.policy_building import policy_of
from adapters.catalog.reading import File
from adapters.catalog.shape import Approvals, Usergroup
from bot.domain.catalog import (
    ApprovalRule,
    Catalog,
    Group,
    GroupMinimum,
    Service,
    Target,
)

T = TypeVar("T")


def build(file: File, places: Places) -> Catalog:
    """Make the catalog of a file in which no problem was found."""
    return Catalog(
        environments=tuple(file.environments),
        services={name: _service(file, places, name) for name in file.services},
        groups={name: _group(file, name) for name in file.groups},
        deploys_channel=_sound(file.channels).deploys,
        incidents=incident_policy_of(file),
    )


def _sound(entry: T | None) -> T:
    """An entry of a file without problems, which is always there."""
    if entry is None:
        raise AssertionError("a catalog is built only of a file without problems")
    return entry


def _group(file: File, name: str) -> Group:
    entry = file.groups[name]
    if isinstance(entry, Usergroup):
        return Group(name=name, usergroup=entry.usergroup)
    people = _sound(entry).people
    return Group(name=name, members=frozenset(_sound(file.people[who]) for who in people))


def _service(file: File, places: Places, name: str) -> Service:
    entry = _sound(file.services[name])
    return Service(
        name=name,
        owners=entry.owners,
        repository=entry.repository,
        targets={
            environment: _target(file, places, name, environment)
            for environment in file.environments
            if environment in file.overrides[name]
        },
    )


def _target(file: File, places: Places, service: str, environment: str) -> Target:
    """What the environment says, unless the service says otherwise for it."""
    usual = _sound(file.environments[environment])
    override = _sound(file.overrides[service][environment])
    deployers = usual.deployers if override.deployers is None else override.deployers
    return Target(
        service=service,
        environment=environment,
        place=places[service, environment],
        image=_sound(file.services[service]).image,
        deployers=tuple(deployers),
        approvals=_rule(override.approvals or usual.approvals),
        policy=policy_of(usual.overridden(override), file),
    )


def _rule(approvals: Approvals) -> ApprovalRule:
    return ApprovalRule(
        required=approvals.required,
        groups=tuple(GroupMinimum(name=each.name, min=each.min) for each in approvals.groups),
        allow_self=approvals.allow_self,
        expires=approvals.expires,
        remind=approvals.remind,
        invalidate_on=tuple(approvals.invalidate_on),
    )
