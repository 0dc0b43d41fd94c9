"""The settings that a configuration file may hold, those of a policy apart.

What several settings must be to each other is in `adapters.catalog.checking`.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from adapters.catalog.policy_shape import Given, PolicySettings
from adapters.catalog.values import (
    Channel,
    CloudRunName,
    Count,
    Duration,
    Image,
    ProjectId,
    Region,
    Repository,
    Shape,
    UsergroupId,
)
from bot.domain.catalog import Voids


class Channels(Shape):
    """Where the bot speaks."""

    deploys: Channel
    incidents: Annotated[Channel | None, Given] = None


class Usergroup(Shape):
    """A group whose members Slack keeps."""

    usergroup: UsergroupId


class Minimum(Shape):
    """A group that may approve, and how many approvals must come from it."""

    name: str
    min: Count = 0


class Approvals(Shape):
    """Who has to agree; `required` is always said, so that no approval is a decision."""

    required: Count
    groups: list[Minimum] = Field(default_factory=list)
    allow_self: bool = False
    expires: Duration = timedelta(minutes=30)
    remind: Annotated[Duration | None, Given] = None
    invalidate_on: list[Annotated[Voids, Field(strict=False)]] = Field(
        default_factory=lambda: list(Voids)
    )


class TargetFields(Shape):
    """Where something runs, or a part of that."""

    adapter: Literal["cloud_run"] | None = None
    project: ProjectId | None = None
    region: Region | None = None
    service: CloudRunName | None = None


class Environment(PolicySettings):
    """What holds for an environment."""

    deployers: list[str]
    approvals: Approvals
    target: TargetFields = TargetFields()


class Override(PolicySettings):
    """What a service says differently for one environment."""

    deployers: list[str] | None = None
    approvals: Approvals | None = None
    target: TargetFields = TargetFields()


class Service(Shape):
    """A service. `environments` is checked apart: a list of names, or overrides by name."""

    image: Image
    owners: str | None = None
    repository: Repository | None = None
    target: TargetFields = TargetFields()
    environments: object


class Top(Shape):
    """The first level. What stands below the others than channels is checked entry by entry."""

    version: int
    channels: Channels
    people: object = None
    groups: object
    analyses: object = None
    checklists: object = None
    incidents: object = None
    environments: object
    services: object
