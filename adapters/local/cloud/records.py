"""What the simulated Cloud Run remembers of changes: those under way, and all it accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from google.cloud.run_v2.types import Service

from adapters.local.cloud.states import short


@dataclass(slots=True, kw_only=True)
class Operation:
    """A change under way. `ends` is None while it is stuck."""

    name: str
    service: str
    ends: datetime | None
    revision: str | None = None
    unhealthy: bool = False
    done: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One accepted change, for whoever wants to count."""

    at: datetime
    project: str
    service: str
    paths: tuple[str, ...]
    etag: str
    traffic: Mapping[str, int]
    tags: Mapping[str, str]
    by: str


def write_of(service: Service, paths: tuple[str, ...], etag: str, now: datetime) -> Write:
    """The note of a change that a service has just taken."""
    traffic: dict[str, int] = {}
    for target in service.traffic:
        name = short(target.revision)
        traffic[name] = traffic.get(name, 0) + target.percent
    return Write(
        at=now,
        project=service.name.split("/")[1],
        service=short(service.name),
        paths=paths,
        etag=etag,
        traffic=traffic,
        tags={each.tag: short(each.revision) for each in service.traffic if each.tag},
        by=service.last_modifier,
    )
