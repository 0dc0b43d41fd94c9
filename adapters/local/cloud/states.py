"""Building and checking the messages of the simulated Cloud Run. Pure.

What is refused, and with which status, follows the comments in Google's own message definitions;
no real project was asked.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from google.cloud.run_v2.types import (
    Condition,
    Revision,
    RevisionTemplate,
    Service,
    TrafficTarget,
    TrafficTargetStatus,
)
from google.cloud.run_v2.types import TrafficTargetAllocationType as Allocation

from adapters.local.cloud.faults import Fault
from adapters.local.cloud.templates import with_defaults

LATEST = Allocation.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
_ALL = 100
# No tag is called this: it has to begin with a letter.
UNTAGGED = "-"
_PATHS = frozenset({"template", "traffic", "annotations", "labels"})
# Namespaces that the v2 API refuses in labels and annotations.
_RESERVED = re.compile(
    r"(.*\.)?(run\.googleapis\.com|cloud\.googleapis\.com|serving\.knative\.dev|"
    r"autoscaling\.knative\.dev)/"
)
# A tag becomes a part of a host name.
_TAG = re.compile(r"[a-z]([a-z0-9-]{0,44}[a-z0-9])?")


class Reject(StrEnum):
    """gRPC's status names, and one for a call that is never answered."""

    NOT_FOUND = "NOT_FOUND"
    ABORTED = "ABORTED"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    RESOURCE_EXHAUSTED = "RESOURCE_EXHAUSTED"
    UNAVAILABLE = "UNAVAILABLE"
    UNIMPLEMENTED = "UNIMPLEMENTED"
    HANG = "HANG"


class Refusal(Exception):
    """The API refuses a call."""

    def __init__(self, reject: Reject, message: str) -> None:
        super().__init__(message)
        self.reject = reject


UNAVAILABLE = (Reject.UNAVAILABLE, "The service is currently unavailable.")
STALE = (Reject.ABORTED, "The etag does not match; the resource has changed")


def refuse(fault: Fault | None, permission: str) -> None:
    """Raise the `Refusal` of a planned fault, if it is one that keeps a call from being done."""
    match fault:
        case Fault.PERMISSION_DENIED:
            said = f"Permission '{permission}' denied on resource (or resource may not exist)."
            raise Refusal(Reject.PERMISSION_DENIED, said)
        case Fault.QUOTA:
            raise Refusal(Reject.RESOURCE_EXHAUSTED, "Quota exceeded for requests per minute")
        case Fault.UNAVAILABLE_BEFORE:
            raise Refusal(*UNAVAILABLE)
        case Fault.HANGS:
            raise Refusal(Reject.HANG, "")
        case Fault.STALE:
            raise Refusal(*STALE)
        case _:
            pass


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


def is_failed(revision: Revision) -> bool:
    """Whether a revision can never serve."""
    return any(each.state == Condition.State.CONDITION_FAILED for each in revision.conditions)


def is_ready(revision: Revision) -> bool:
    """Whether a revision can serve."""
    return any(each.state == Condition.State.CONDITION_SUCCEEDED for each in revision.conditions)


def main_image(revision: Revision) -> str:
    """The image of the container that takes the requests: others are its sidecars."""
    containers = list(revision.containers)
    chosen = [each for each in containers if each.ports] or containers
    return chosen[0].image if chosen else ""


def shares_of(service: Service) -> dict[str, int]:
    """Percent by revision as it is now, without those that get nothing."""
    shares: dict[str, int] = {}
    for status in service.traffic_statuses:
        if status.percent:
            shares[status.revision] = shares.get(status.revision, 0) + status.percent
    return shares


def entry(name: str, *, percent: int = 0, tag: str = "") -> TrafficTarget:
    """A traffic entry for a revision; the name "" stands for whatever is the latest."""
    kind = Allocation.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION if name else LATEST
    return TrafficTarget(type_=kind, revision=name, percent=percent, tag=tag)


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
        scaling=template.scaling,
        service_account=template.service_account,
        timeout=template.timeout,
        max_instance_request_concurrency=template.max_instance_request_concurrency,
        reconciling=True,
        conditions=[pending()],
    )


def checked_template(service: Service, wanted: Service, known: Collection[str]) -> RevisionTemplate:
    """The template that was asked for, with defaults; the present one when it comes to the same.

    Raises `Refusal` for the name of a revision that has another configuration.
    """
    project = service.name.split("/")[1]
    full = with_defaults(wanted.template, project)
    name, full.revision = full.revision, ""
    present = with_defaults(service.template, project)
    present.revision = ""
    if full == present:
        return service.template
    if name and name in known:
        raise Refusal(
            Reject.ALREADY_EXISTS,
            f"Revision named '{name}' with different configuration already exists.",
        )
    full.revision = name
    return full


def check_request(wanted: Service, paths: Collection[str]) -> None:
    """Raise `Refusal` for a mask or annotations that the API does not take.

    A call without a mask replaces everything; nobody should, so it is refused here.
    """
    if not paths or not _PATHS.issuperset(paths):
        raise Refusal(Reject.INVALID_ARGUMENT, f"Invalid update mask: {', '.join(paths)}")
    names: list[Mapping[str, str]] = []
    if "annotations" in paths:
        names.append(wanted.annotations)
    if "labels" in paths:
        names.append(wanted.labels)
    if "template" in paths:
        names += [wanted.template.annotations, wanted.template.labels]
    reserved = next((key for each in names for key in each if _RESERVED.match(key)), None)
    if reserved:
        raise Refusal(Reject.INVALID_ARGUMENT, f"The key '{reserved}' is reserved")


def checked_traffic(wanted: Service, known: Collection[str]) -> list[TrafficTarget]:
    """The traffic that was asked for. Raises `Refusal` as the API does for what makes no sense."""
    targets = list(wanted.traffic)
    if targets and sum(target.percent for target in targets) != _ALL:
        raise Refusal(Reject.INVALID_ARGUMENT, "Traffic percentages must sum to 100")
    tags = [target.tag for target in targets if target.tag]
    if len(tags) != len(set(tags)):
        raise Refusal(Reject.INVALID_ARGUMENT, "Traffic tags must be unique")
    malformed = next((tag for tag in tags if not _TAG.fullmatch(tag)), None)
    if malformed:
        raise Refusal(Reject.INVALID_ARGUMENT, f"Traffic tag '{malformed}' is malformed")
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
        )
        for target in targets
    ]
    found = [with_uri(service, status) for status in found]
    return sorted(found, key=lambda status: status.percent > 0)


def broken_by(service: Service, revisions: Iterable[Revision]) -> Condition | None:
    """Why the traffic cannot be as asked: it names a revision that never became ready."""
    lost = {short(each.name) for each in revisions if is_failed(each)}
    named = (short(each.revision) for each in service.traffic if each.percent)
    name = next((each for each in named if each in lost), None)
    if name is None:
        return None
    return failed(
        f"Revision '{name}' is not ready and cannot serve traffic.",
        reason=Condition.CommonReason.REVISION_FAILED,
    )


def uri_of(web_url: str, resource: str) -> str:
    """The address of a service. Its last part stands where that of a preview has the tag."""
    _, project, _, region, _, service = resource.split("/")
    return f"{web_url}/run/{project}/{region}/{service}/{UNTAGGED}"


def with_uri(service: Service, status: TrafficTargetStatus) -> TrafficTargetStatus:
    """A status with the address of its tag, if it has one."""
    full = TrafficTargetStatus(status)
    full.uri = service.uri.removesuffix(UNTAGGED) + status.tag if status.tag else ""
    return full
