"""Building and checking the messages of the simulated Cloud Run. Pure."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from google.cloud.run_v2.types import (
    Condition,
    Revision,
    Service,
    TrafficTarget,
    TrafficTargetStatus,
)
from google.cloud.run_v2.types import TrafficTargetAllocationType as Allocation

LATEST = Allocation.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
_ALL = 100


class Reject(StrEnum):
    """gRPC's status names, and one for a call that is never answered."""

    NOT_FOUND = "NOT_FOUND"
    ABORTED = "ABORTED"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    UNAVAILABLE = "UNAVAILABLE"
    HANG = "HANG"


class Refusal(Exception):
    """The API refuses a call."""

    def __init__(self, reject: Reject, message: str) -> None:
        super().__init__(message)
        self.reject = reject


def short(name: str) -> str:
    """The last part of a resource name."""
    return name.rpartition("/")[2]


def pending() -> Condition:
    """Under way."""
    return Condition(type_="Ready", state=Condition.State.CONDITION_RECONCILING)


def succeeded() -> Condition:
    """Done and well."""
    return Condition(type_="Ready", state=Condition.State.CONDITION_SUCCEEDED)


def failed(
    message: str,
    *,
    reason: int | None = None,
    revision_reason: int | None = None,
) -> Condition:
    """Done and broken, for a reason."""
    why: dict[str, object] = {}
    if reason is not None:
        why["reason"] = reason
    if revision_reason is not None:
        why["revision_reason"] = revision_reason
    state = Condition.State.CONDITION_FAILED
    return Condition(type_="Ready", state=state, message=message, **why)


def new_revision(service: Service, number: int, now: datetime) -> Revision:
    """A revision of the service's present template, not ready yet."""
    template = service.template
    name = template.revision or f"{short(service.name)}-{number:05d}"
    return Revision(
        name=f"{service.name}/revisions/{name}",
        service=service.name,
        create_time=now,
        labels=dict(template.labels),
        annotations=dict(template.annotations),
        containers=list(template.containers),
        reconciling=True,
        conditions=[pending()],
    )


def checked_traffic(wanted: Service, known: Collection[str]) -> list[TrafficTarget]:
    """The traffic that was asked for. Raises `Refusal` as the API does for what makes no sense."""
    targets = list(wanted.traffic)
    if targets and sum(target.percent for target in targets) != _ALL:
        raise Refusal(Reject.INVALID_ARGUMENT, "Traffic percentages must sum to 100")
    tags = [target.tag for target in targets if target.tag]
    if len(tags) != len(set(tags)):
        raise Refusal(Reject.INVALID_ARGUMENT, "Traffic tags must be unique")
    for target in targets:
        if target.type_ != LATEST and short(target.revision) not in known:
            raise Refusal(
                Reject.INVALID_ARGUMENT, f"Revision '{target.revision}' could not be found"
            )
    return targets


def statuses_of(service: Service) -> list[TrafficTargetStatus]:
    """What the traffic is once it has settled: entries that only carry a tag come first."""
    targets = list(service.traffic) or [TrafficTarget(type_=LATEST, percent=_ALL)]
    latest = short(service.latest_ready_revision)
    found = [
        TrafficTargetStatus(
            type_=target.type_,
            revision=latest if target.type_ == LATEST else short(target.revision),
            percent=target.percent,
            tag=target.tag,
            uri=f"https://{target.tag}---{short(service.name)}.run.example" if target.tag else "",
        )
        for target in targets
    ]
    return sorted(found, key=lambda status: status.percent > 0)
