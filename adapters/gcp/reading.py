"""From Google's Service and Revision messages to an observation. Pure."""

from collections.abc import Collection, Iterable, Mapping

from google.cloud.run_v2.types import (
    Condition,
    Revision,
    RevisionTemplate,
    Service,
    TrafficTarget,
    TrafficTargetAllocationType,
    TrafficTargetStatus,
)

from adapters.gcp.reasons import problem_of
from adapters.gcp.template import (
    DEPLOY_LABEL,
    DIGEST_ANNOTATION,
    VERSION_ANNOTATION,
    fingerprint_of,
)
from bot.domain import observation as domain

# On the service.
FENCE_ANNOTATION = "signalbox.dev/fence"
DEPLOY_ANNOTATION = "signalbox.dev/deploy"
LATEST = TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
ALL = 100


def short(name: str) -> str:
    """`projects/…/revisions/api-00001` → `api-00001`."""
    return name.rpartition("/")[2]


def digest_of(image: str) -> str | None:
    """The digest in an image reference."""
    _, _, digest = image.partition("@")
    return digest if digest.startswith("sha256:") else None


def serving_of(service: Service) -> dict[str, int]:
    """Percent by revision, from what the cloud does rather than from what it was asked to do.

    Entries with a tag and no traffic come first at times, so every entry counts for what it has.
    """
    return _shares(service, service.traffic_statuses)


def _shares(
    service: Service, targets: Iterable[TrafficTarget] | Iterable[TrafficTargetStatus]
) -> dict[str, int]:
    shares: dict[str, int] = {}
    for target in targets:
        if target.percent > 0:
            name = resolved(service, target)
            shares[name] = shares.get(name, 0) + target.percent
    return shares


def resolved(service: Service, target: TrafficTarget | TrafficTargetStatus) -> str:
    """The revision that a traffic entry means."""
    latest = short(service.latest_ready_revision)
    return latest if target.type_ == LATEST else short(target.revision) or latest


def follows_latest(service: Service) -> bool:
    """Whether a new revision would get traffic by itself: an empty list means all to the latest."""
    return not service.traffic or any(
        target.type_ == LATEST and target.percent > 0 for target in service.traffic
    )


def fence_of(service: Service) -> domain.Fence:
    """The fence of the last write that was ours; zero when none was, or when it is garbled."""
    turn, _, step = service.annotations.get(FENCE_ANNOTATION, "").partition(".")
    if not (turn.isdecimal() and step.isdecimal()):
        return domain.Fence(turn=0, step=0)
    return domain.Fence(turn=int(turn), step=int(step))


def is_genuine(made: Revision | RevisionTemplate) -> bool:
    """Whether our marks speak of the image that is really there.

    Who changes the image by other means starts from our template, and so carries our marks along.
    """
    noted = made.annotations.get(DIGEST_ANNOTATION)
    return noted is None or any(digest_of(each.image) == noted for each in made.containers)


def deploys_of(revisions: Iterable[Revision]) -> dict[str, str]:
    """Which revision belongs to which deploy (its label), by revision.

    A change of settings by other means copies our label to a later revision: of several that
    carry the same one, the first is ours.
    """
    marked = [each for each in revisions if each.labels.get(DEPLOY_LABEL) and is_genuine(each)]
    first: dict[str, str] = {}
    for revision in sorted(marked, key=_age):
        first.setdefault(revision.labels[DEPLOY_LABEL], short(revision.name))
    return {name: label for label, name in first.items()}


def _age(revision: Revision) -> tuple[float, str]:
    created = revision.create_time
    return (created.timestamp() if created else 0.0, revision.name)


def observation_of(
    service: Service, revisions: Collection[Revision], image: str
) -> domain.Observation:
    """Everything that Signalbox knows of a service that runs an image."""
    serving = serving_of(service)
    tagged = [status for status in service.traffic_statuses if status.tag]
    deploys = deploys_of(revisions)
    found = {short(each.name): _revision(each, deploys) for each in revisions}
    newest = short(service.latest_created_revision) or None
    broken = found[newest].problem if newest in found else None
    return domain.Observation(
        serving=serving,
        tags={status.tag: resolved(service, status) for status in tagged},
        previews={status.tag: status.uri for status in tagged if status.uri},
        revisions=found,
        newest=newest,
        health=_health(service, serving),
        pinned=not follows_latest(service),
        problem=broken or problem_of(service.terminal_condition),
        fence=fence_of(service),
        last_modifier=service.last_modifier or None,
        address=service.uri or None,
        template=fingerprint_of(service.template, image),
    )


def _health(service: Service, serving: Mapping[str, int]) -> domain.Health:
    """A failed change keeps the generation of what serves, so failure is looked for first."""
    state = service.terminal_condition.state
    if service.reconciling:
        return domain.Health.CHANGING
    if state == Condition.State.CONDITION_FAILED:
        return domain.Health.FAILING
    if service.observed_generation != service.generation or serving != _asked(service):
        return domain.Health.CHANGING
    if state == Condition.State.CONDITION_SUCCEEDED and serving:
        return domain.Health.READY
    return domain.Health.UNKNOWN


def _asked(service: Service) -> dict[str, int]:
    targets = list(service.traffic) or [TrafficTarget(type_=LATEST, percent=ALL)]
    return _shares(service, targets)


def _revision(revision: Revision, deploys: Mapping[str, str]) -> domain.Revision:
    image = _image(revision)
    name = short(revision.name)
    ready = _ready(revision)
    deploy = deploys.get(name)
    return domain.Revision(
        name=name,
        image=image,
        digest=digest_of(image),
        version=_version(revision, image),
        deploy=deploy.upper() if deploy else None,
        ready=ready.state == Condition.State.CONDITION_SUCCEEDED,
        problem=problem_of(ready),
    )


def _image(revision: Revision) -> str:
    """The image of the container that counts: the one we set, or the one that takes requests."""
    noted = revision.annotations.get(DIGEST_ANNOTATION)
    containers = list(revision.containers)
    chosen = [each for each in containers if noted and digest_of(each.image) == noted]
    chosen = chosen or [each for each in containers if each.ports] or containers
    return chosen[0].image if chosen else ""


def _version(revision: Revision, image: str) -> str | None:
    """What we noted when we made it; otherwise the tag by which others named the image, if any."""
    noted = revision.annotations.get(VERSION_ANNOTATION)
    if noted and is_genuine(revision):
        return noted
    _, _, tag = image.partition("@")[0].rpartition("/")[2].partition(":")
    return tag or None


def _ready(revision: Revision) -> Condition:
    found = (condition for condition in revision.conditions if condition.type_ == "Ready")
    return next(found, Condition())
