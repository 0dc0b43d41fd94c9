"""Cloud Run's reasons, in words that say what to do (Cloud Run Admin API v2, Condition)."""

from google.cloud.run_v2.types import Condition

from adapters.gcp.errors import words

_COMMON = Condition.CommonReason
_REVISION = Condition.RevisionReason

_COMMON_WORDS: dict[int, str] = {
    _COMMON.REVISION_FAILED: "The revision could not be created.",
    _COMMON.PROGRESS_DEADLINE_EXCEEDED: (
        "The revision did not become ready in time. Look at its start-up logs."
    ),
    _COMMON.CONTAINER_MISSING: "The image does not exist. Check the version and the registry.",
    _COMMON.CONTAINER_PERMISSION_DENIED: (
        "Cloud Run may not read the image. Grant its service agent roles/artifactregistry.reader."
    ),
    _COMMON.CONTAINER_IMAGE_UNAUTHORIZED: (
        "Binary Authorization refuses this image. Have it attested, or correct the policy."
    ),
    _COMMON.CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED: (
        "Binary Authorization could not be asked about this image. Try again."
    ),
    _COMMON.ENCRYPTION_KEY_PERMISSION_DENIED: (
        "Cloud Run may not use the service's encryption key. Grant its service agent the key."
    ),
    _COMMON.ENCRYPTION_KEY_CHECK_FAILED: "The service's encryption key could not be checked.",
    _COMMON.SECRETS_ACCESS_CHECK_FAILED: (
        "The service's account may not read one of its secrets. Grant it "
        "roles/secretmanager.secretAccessor on that secret."
    ),
    _COMMON.VPC_NETWORK_NOT_FOUND: "The VPC network of the service does not exist.",
    _COMMON.INTERNAL: "Cloud Run itself failed. Try again.",
}
_REVISION_WORDS: dict[int, str] = {
    _REVISION.HEALTH_CHECK_CONTAINER_ERROR: (
        "The container did not pass its start-up health check. Look at its logs."
    ),
    _REVISION.ACTIVE_REVISION_LIMIT_REACHED: (
        "The service has too many active revisions. Remove tags and traffic from old ones."
    ),
}
# Not failures: the revision is on its way.
_ON_ITS_WAY = frozenset({_REVISION.MIN_INSTANCES_WARMING, _REVISION.MIN_INSTANCES_NOT_PROVISIONED})


def problem_of(condition: Condition) -> str | None:
    """What a failed condition means; None when it has not failed.

    Both kinds of reason are read through tables of their own: their numbers overlap.
    """
    if condition.state != Condition.State.CONDITION_FAILED:
        return None
    if condition.revision_reason in _ON_ITS_WAY:
        return None
    known = _REVISION_WORDS.get(condition.revision_reason) or _COMMON_WORDS.get(condition.reason)
    said = words(condition.message)
    return f"{known} ({said})" if known and said else known or said or "The cloud gives no reason."
