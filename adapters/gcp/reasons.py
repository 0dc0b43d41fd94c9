"""Cloud Run's reasons, in words that say what to do (Cloud Run Admin API v2, Condition)."""

from google.cloud.run_v2.types import Condition

_COMMON = Condition.CommonReason
_REVISION = Condition.RevisionReason

_WORDS: dict[object, str] = {
    _COMMON.CONTAINER_MISSING: "The image does not exist. Check the version and the registry.",
    _COMMON.CONTAINER_PERMISSION_DENIED: (
        "Cloud Run may not read the image. Grant its service agent roles/artifactregistry.reader."
    ),
    _COMMON.CONTAINER_IMAGE_UNAUTHORIZED: "Binary Authorization refuses this image.",
    _COMMON.SECRETS_ACCESS_CHECK_FAILED: (
        "The service's account may not read one of its secrets. Grant secretAccessor on it."
    ),
    _COMMON.PROGRESS_DEADLINE_EXCEEDED: (
        "The revision did not become ready in time. Look at its start-up logs."
    ),
    _COMMON.VPC_NETWORK_NOT_FOUND: "The VPC network of the service does not exist.",
    _REVISION.HEALTH_CHECK_CONTAINER_ERROR: (
        "The container did not pass its start-up health check. Look at its logs."
    ),
    _REVISION.ACTIVE_REVISION_LIMIT_REACHED: "The service has too many revisions that serve.",
}
# Not failures: the revision is on its way.
_ON_ITS_WAY = {_REVISION.MIN_INSTANCES_WARMING, _REVISION.MIN_INSTANCES_NOT_PROVISIONED}


def problem_of(condition: Condition) -> str | None:
    """What a failed condition means; None when it has not failed."""
    if condition.state != Condition.State.CONDITION_FAILED:
        return None
    if condition.revision_reason in _ON_ITS_WAY:
        return None
    known = _WORDS.get(condition.revision_reason) or _WORDS.get(condition.reason)
    said = condition.message.strip()[:300]
    return f"{known} ({said})" if known and said else known or said or "The cloud gives no reason."
