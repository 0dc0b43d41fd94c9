"""What can be deployed, where to, and by whom: the configuration file as a value.

A *target* is one service in one environment; everything that a deploy needs to know about it is on
it.
"""

import difflib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field

from bot.domain.base import Model
from bot.domain.errors import UnknownName
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.policy import Policy


class CloudRunPlace(Model):
    """A Cloud Run service: projects/{project}/locations/{region}/services/{service}."""

    adapter: Literal["cloud_run"] = "cloud_run"
    project: str
    region: str
    service: str

    @property
    def resource(self) -> str:
        """The full resource name in Google's Cloud Run Admin API v2."""
        return f"projects/{self.project}/locations/{self.region}/services/{self.service}"


class GroupMinimum(Model):
    """At least `min` of the approvals have to come from members of group `name`."""

    name: str
    min: int = Field(default=0, ge=0)


class Voids(StrEnum):
    """What voids approvals when it changes; another digest or another target always does."""

    TEMPLATE = "template"
    POLICY = "policy"
    SERVING = "target_etag"


class ApprovalRule(Model):
    """How many people of which groups must approve, and for how long their answer is awaited.

    `required` = 0 means that nobody has to be asked. Without `allow_self` the requester's own vote
    is refused (four-eyes principle). Those who have not voted are reminded after `remind` (None:
    after half the time).
    """

    required: int = Field(default=0, ge=0)
    groups: tuple[GroupMinimum, ...] = ()
    allow_self: bool = False
    expires: timedelta = timedelta(minutes=30)
    remind: timedelta | None = None
    invalidate_on: tuple[Voids, ...] = tuple(Voids)


class Target(Model):
    """One service in one environment."""

    service: str
    environment: str
    place: CloudRunPlace
    image: str
    deployers: tuple[str, ...]
    approvals: ApprovalRule
    policy: Policy = Policy()

    @property
    def key(self) -> str:
        """The target's name in keys and logs: `service/environment`."""
        return f"{self.service}/{self.environment}"


class Group(Model):
    """People who share an authority: listed by user id, or kept as a Slack user group."""

    name: str
    members: frozenset[str] = frozenset()
    usergroup: str | None = None


class Service(Model):
    """One thing that one deploys, with its target in each environment that it has.

    `repository` is the web address of its source, for links that compare two versions.
    """

    name: str
    owners: str | None = None
    repository: str | None = None
    targets: Mapping[str, Target]


class Catalog(Model):
    """The whole configuration file: environments in the order of promotion, services by name."""

    environments: tuple[str, ...]
    services: Mapping[str, Service]
    groups: Mapping[str, Group]
    deploys_channel: str
    incidents: IncidentPolicy = Field(default_factory=IncidentPolicy)

    def target(self, service: str, environment: str) -> Target:
        """Find a target. Raises `UnknownName` with the nearest names that exist."""
        found = self.service(service)
        target = found.targets.get(environment)
        if target is None:
            raise unknown(
                "environment", environment, [e for e in self.environments if e in found.targets]
            )
        return target

    def service(self, name: str) -> Service:
        """Find a service. Raises `UnknownName` with the nearest names that exist."""
        service = self.services.get(name)
        if service is None:
            raise unknown("service", name, self.services)
        return service

    def targets(self, service: str | None = None) -> tuple[Target, ...]:
        """All targets, or those of one service: by service, then in the order of environments."""
        chosen = [self.service(service)] if service else list(self.services.values())
        return tuple(
            found.targets[environment]
            for found in chosen
            for environment in self.environments
            if environment in found.targets
        )


def unknown(kind: str, given: str, known: Iterable[str]) -> UnknownName:
    """The error for a name that does not exist: up to three near misses, else all there are."""
    names = tuple(known)
    near = difflib.get_close_matches(given.lower(), names, n=3, cutoff=0.5)
    return UnknownName(kind, given, nearest=tuple(near), known=names)
