"""From Google's Service and Revision messages to an observation. Pure."""

from collections.abc import Iterable, Mapping

from google.cloud.run_v2.types import (
    Condition,
    Revision,
    Service,
    TrafficTargetAllocationType,
    TrafficTargetStatus,
)

from adapters.gcp.reasons import problem_of
from bot.domain import observation as domain

DEPLOY_LABEL = "signalbox-deploy"
VERSION_ANNOTATION = "signalbox.dev/version"
FENCE_ANNOTATION = "signalbox.dev/fence"
DEPLOY_ANNOTATION = "signalbox.dev/deploy"
_LATEST = TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST


def short(name: str) -> str:
    """`projects/…/revisions/api-00001` → `api-00001`."""
    return name.rpartition("/")[2]


def serving_of(service: Service) -> dict[str, int]:
    """Percent by revision, from what the cloud does rather than from what it was asked to do.

    Entries with a tag and no traffic come first at times, so every entry counts for what it has.
    """
    serving: dict[str, int] = {}
    for status in service.traffic_statuses:
        if status.percent > 0:
            name = _resolved(service, status)
            serving[name] = serving.get(name, 0) + status.percent
    return serving


def _resolved(service: Service, status: TrafficTargetStatus) -> str:
    latest = short(service.latest_ready_revision)
    return latest if status.type_ == _LATEST else short(status.revision) or latest


def follows_latest(service: Service) -> bool:
    """Whether a new revision would get traffic by itself: an empty list means all to the latest."""
    return not service.traffic or any(
        target.type_ == _LATEST and target.percent > 0 for target in service.traffic
    )


def fence_of(service: Service) -> domain.Fence:
    """The fence of the last write that was ours; zero when none was, or when it is garbled."""
    turn, _, step = service.annotations.get(FENCE_ANNOTATION, "").partition(".")
    if not (turn.isdigit() and step.isdigit()):
        return domain.Fence(turn=0, step=0)
    return domain.Fence(turn=int(turn), step=int(step))


def observation_of(service: Service, revisions: Iterable[Revision]) -> domain.Observation:
    """Everything that Signalbox knows of a service."""
    serving = serving_of(service)
    tagged = [status for status in service.traffic_statuses if status.tag]
    return domain.Observation(
        serving=serving,
        tags={status.tag: _resolved(service, status) for status in tagged},
        previews={status.tag: status.uri for status in tagged if status.uri},
        revisions={found.name: found for found in map(_revision, revisions)},
        newest=short(service.latest_created_revision) or None,
        health=_health(service, serving),
        pinned=not follows_latest(service),
        problem=problem_of(service.terminal_condition),
        fence=fence_of(service),
        last_modifier=service.last_modifier or None,
    )


def _health(service: Service, serving: Mapping[str, int]) -> domain.Health:
    state = service.terminal_condition.state
    if service.reconciling or service.observed_generation != service.generation:
        return domain.Health.CHANGING
    if state == Condition.State.CONDITION_FAILED:
        return domain.Health.FAILING
    if state == Condition.State.CONDITION_SUCCEEDED and sum(serving.values()) == 100:  # noqa: PLR2004 - percent
        return domain.Health.READY
    return domain.Health.UNKNOWN


def _revision(revision: Revision) -> domain.Revision:
    image = revision.containers[0].image if revision.containers else ""
    repository, _, digest = image.partition("@")
    tag = repository.rpartition(":")[2] if ":" in short(repository) else None
    deploy = revision.labels.get(DEPLOY_LABEL)
    ready = _ready(revision)
    return domain.Revision(
        name=short(revision.name),
        image=image,
        digest=digest or None,
        version=revision.annotations.get(VERSION_ANNOTATION) or tag,
        deploy=deploy.upper() if deploy else None,
        ready=ready.state == Condition.State.CONDITION_SUCCEEDED,
        problem=problem_of(ready),
    )


def _ready(revision: Revision) -> Condition:
    found = (condition for condition in revision.conditions if condition.type_ == "Ready")
    return next(found, Condition())
