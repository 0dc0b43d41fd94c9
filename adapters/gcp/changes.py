"""What is sent to Cloud Run to change a service, built from a fresh read of it. Pure.

Everything that is not ours stays: labels, annotations, environment variables, tags.
`template.revision` is emptied, because the API refuses a change under the name of an earlier
revision.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from google.cloud.run_v2.types import (
    RevisionTemplate,
    Service,
    TrafficTarget,
    TrafficTargetAllocationType,
)

from adapters.gcp import reading
from adapters.gcp.template import (
    DEPLOY_LABEL,
    DIGEST_ANNOTATION,
    VERSION_ANNOTATION,
    container_of,
)
from bot.domain.artifact import Artifact
from bot.domain.errors import CloudRefused, CloudUnavailable, StaleWrite
from bot.domain.observation import Fence

_REVISION = TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION
# The form that `bot.domain.rollout.tag_of` gives: nobody else's tag is ever taken for ours.
_OUR_TAG = re.compile(r"c-d-[0-9a-z]{5}")


def was_staged(service: Service, deploy: str) -> bool:
    """Whether a service shows that the staging of a deploy has been accepted already."""
    if service.annotations.get(reading.DEPLOY_ANNOTATION) == deploy:
        return True
    template = service.template
    return template.labels.get(DEPLOY_LABEL) == deploy.lower() and reading.is_genuine(template)


def staged(service: Service, deploy: str, artifact: Artifact, fence: Fence) -> Service:
    """A new template, and traffic by name: what follows the latest revision would move by itself.

    Raises `StaleWrite`, `CloudRefused` when it is not clear which container to change, and
    `CloudUnavailable` while somebody else's change is under way: what serves, and so what must
    stay, is not known then.
    """
    _check_fence(service, fence)
    if service.reconciling:
        who = service.last_modifier or "somebody"
        name = reading.short(service.name)
        raise CloudUnavailable(f"Cloud Run service {name} is being changed by {who} at the moment.")
    template = RevisionTemplate(service.template)
    template.revision = ""
    template.labels[DEPLOY_LABEL] = deploy.lower()
    template.annotations[VERSION_ANNOTATION] = artifact.version
    template.annotations[DIGEST_ANNOTATION] = artifact.digest
    container = container_of(template.containers, artifact.image)
    if container is None:
        raise CloudRefused(
            f"The service has {len(template.containers)} containers, and it is not clear which one "
            f"runs {artifact.image}. Deploy that image to it by hand once."
        )
    container.image = artifact.reference
    serving = reading.serving_of(service)
    # Where nothing serves there is nothing to protect, and no percentages that would sum to 100.
    # A tag that an earlier deploy left behind may name a revision that is not there any more.
    tags = [each for each in _tag_entries(service) if not _is_left_over(service, each, serving)]
    traffic = [*_by_name(serving), *tags] if serving else list(service.traffic)
    return Service(
        name=service.name,
        etag=service.etag,
        template=template,
        traffic=traffic,
        annotations=_signed(service, deploy, fence),
    )


def routed(
    service: Service, split: Mapping[str, int], tags: Mapping[str, str | None], fence: Fence
) -> Service | None:
    """Traffic and tags, where a tag for None is removed; None when the service has them already
    by this write or a later one of the same turn.

    Who sets a tag also clears those of earlier deploys away. Raises `StaleWrite`.
    """
    shares = _by_name(split) if split else _share_entries(service)
    used = {
        *(reading.resolved(service, entry) for entry in shares),
        *reading.serving_of(service),
    }
    wanted = {tag: name for tag, name in tags.items() if name is not None}
    kept = [
        entry
        for entry in _tag_entries(service)
        if entry.tag not in tags and not (wanted and _is_left_over(service, entry, used))
    ]
    named = [TrafficTarget(type_=_REVISION, revision=name, tag=tag) for tag, name in wanted.items()]
    return _with_traffic(service, shares, [*kept, *named], fence)


def following(service: Service, fence: Fence) -> Service | None:
    """All traffic to whatever is the latest ready revision, and every tag as it is; None and
    errors as `routed`.
    """
    latest = TrafficTarget(type_=reading.LATEST, percent=reading.ALL)
    return _with_traffic(service, [latest], _tag_entries(service), fence)


def _with_traffic(
    service: Service,
    shares: Sequence[TrafficTarget],
    tags: Iterable[TrafficTarget],
    fence: Fence,
) -> Service | None:
    traffic = [*shares, *sorted(tags, key=lambda entry: entry.tag)]
    seen = reading.fence_of(service)
    if seen.turn == fence.turn and not seen < fence and _same(service.traffic, traffic):
        return None
    _check_fence(service, fence)
    deploy = service.annotations.get(reading.DEPLOY_ANNOTATION, "")
    return Service(
        name=service.name,
        etag=service.etag,
        traffic=traffic,
        annotations=_signed(service, deploy, fence),
    )


def _check_fence(service: Service, fence: Fence) -> None:
    """Refuse to write to a service that carries a higher fence."""
    seen = reading.fence_of(service)
    if fence < seen:
        raise StaleWrite(
            f"Cloud Run service {reading.short(service.name)} was written by a newer step ({seen}) "
            f"than this one ({fence})."
        )


def _by_name(split: Mapping[str, int]) -> list[TrafficTarget]:
    return [
        TrafficTarget(type_=_REVISION, revision=name, percent=percent)
        for name, percent in sorted(split.items())
        if percent > 0
    ]


def _share_entries(service: Service) -> list[TrafficTarget]:
    """The entries that carry traffic, as they are."""
    entries = [
        TrafficTarget(type_=entry.type_, revision=entry.revision, percent=entry.percent)
        for entry in service.traffic
        if entry.percent > 0
    ]
    return entries or [TrafficTarget(type_=reading.LATEST, percent=reading.ALL)]


def _tag_entries(service: Service) -> list[TrafficTarget]:
    """The entries that carry a tag, without traffic; one that follows the latest goes on to."""
    return [
        TrafficTarget(type_=entry.type_, revision=entry.revision, tag=entry.tag)
        for entry in service.traffic
        if entry.tag
    ]


def _is_left_over(service: Service, entry: TrafficTarget, used: Iterable[str]) -> bool:
    """Whether a tag is that of an earlier deploy whose revision gets no traffic."""
    ours = _OUR_TAG.fullmatch(entry.tag) is not None
    return ours and reading.resolved(service, entry) not in used


def _same(left: Sequence[TrafficTarget], right: Sequence[TrafficTarget]) -> bool:
    """Whether two lists share the traffic and name the tags alike, however they are cut up."""

    def form(targets: Sequence[TrafficTarget]) -> tuple[dict[str, int], dict[str, str]]:
        shares: dict[str, int] = {}
        tags: dict[str, str] = {}
        for target in targets:
            name = reading.short(target.revision)  # empty for the latest
            if target.percent:
                shares[name] = shares.get(name, 0) + target.percent
            if target.tag:
                tags[target.tag] = name
        return shares, tags

    return form(left) == form(right)


def _signed(service: Service, deploy: str, fence: Fence) -> dict[str, str]:
    """The service's annotations with ours: who wrote last, and under which fence."""
    ours = {reading.FENCE_ANNOTATION: str(fence), reading.DEPLOY_ANNOTATION: deploy}
    return {**service.annotations, **ours}
