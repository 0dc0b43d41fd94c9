"""The form of the configuration file, as it is written; docs/catalog.md explains every key."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from bot.domain.base import Model

_DURATION = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> timedelta:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("is no duration: write 30s, 5m, 24h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
SlackUser = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{5,}$")]
SlackGroup = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{5,}$")]
Channel = Annotated[str, StringConstraints(pattern=r"^(#[a-z0-9_-]{1,80}|[CG][A-Z0-9]{5,})$")]
# Cloud Run: a service id is lower-case, shorter than 50 characters, and does not end in a hyphen.
RunService = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$")]
Project = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]+-[a-z]+\d+$")]
# A repository without tag and digest: those are what a deploy chooses.
Image = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+$")]


class Channels(Model):
    """Where Signalbox speaks."""

    deploys: Channel


class UserGroup(Model):
    """A group that is kept in Slack."""

    usergroup: SlackGroup


class GroupRule(Model):
    """A group that may approve, and how many of its members have to."""

    name: str
    min: int = Field(default=0, ge=0)


class Approvals(Model):
    """Who has to approve."""

    required: int = Field(default=0, ge=0)
    groups: tuple[GroupRule, ...] = ()
    allow_self: bool = False
    expires: Duration = timedelta(minutes=30)


class Place(Model):
    """A place in a cloud, in part or whole: what is missing comes from the environment's."""

    adapter: Literal["cloud_run"] | None = None
    project: Project | None = None
    region: Region | None = None
    service: RunService | None = None


class Stage(Model):
    """What holds in an environment; for a service, what is different there."""

    deployers: tuple[str, ...] | None = None
    approvals: Approvals | None = None
    target: Place = Place()


class ServiceEntry(Model):
    """One service."""

    image: Image
    owners: str | None = None
    target: Place = Place()
    environments: tuple[str, ...] | dict[str, Stage | None]


class File(Model):
    """The whole file."""

    version: Literal[1]
    channels: Channels
    people: dict[Name, SlackUser] = Field(default_factory=dict)
    groups: dict[Name, tuple[str, ...] | UserGroup]
    environments: dict[Name, Stage]
    services: dict[Name, ServiceEntry]
