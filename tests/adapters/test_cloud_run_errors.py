"""Google's failures and reasons, in words."""

import pytest
from google.api_core import exceptions
from google.auth.exceptions import DefaultCredentialsError, RefreshError
from google.cloud.run_v2.types import Condition

from adapters.gcp.errors import translated
from adapters.gcp.reasons import problem_of
from bot.domain.errors import CloudRefused, CloudUnavailable, Outcome, StaleWrite

FAILED = Condition.State.CONDITION_FAILED
COMMON = Condition.CommonReason
REVISION = Condition.RevisionReason


def translation(error: Exception, *, write: bool = True) -> CloudUnavailable:
    """What an error of Google's becomes."""
    with (
        pytest.raises(CloudUnavailable) as raised,
        translated("Cloud Run service api", permission="run.services.update", write=write),
    ):
        raise error
    return raised.value


@pytest.mark.parametrize(
    "error",
    [
        exceptions.Aborted("etag"),
        exceptions.AlreadyExists("Revision named 'x'"),
        exceptions.Conflict(""),
    ],
)
def test_every_conflict_means_to_look_again(error: Exception) -> None:
    """A stale etag, and a revision that exists with a different configuration."""
    assert type(translation(error)) is StaleWrite


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ServiceUnavailable("down"),
        exceptions.DeadlineExceeded("late"),
        exceptions.InternalServerError("oops"),
        exceptions.BadGateway("oops"),
        exceptions.RetryError("gave up", cause=None),
        exceptions.GoogleAPICallError("something new"),
    ],
)
def test_a_call_without_an_answer_may_have_happened_if_it_wrote(error: Exception) -> None:
    """`RetryError` is of another family than the others, and no exception to the rule."""
    for write, outcome in ((True, Outcome.UNKNOWN), (False, Outcome.NOT_DONE)):
        found = translation(error, write=write)
        assert type(found) is CloudUnavailable
        assert found.outcome is outcome


@pytest.mark.parametrize(
    "error",
    [
        exceptions.Unauthenticated("no"),
        DefaultCredentialsError("none found"),
        RefreshError("expired"),
        exceptions.ServiceUnavailable("Getting metadata from plugin failed with error: Reauth"),
    ],
)
def test_without_an_identity_nothing_was_sent(error: Exception) -> None:
    """grpc reports a token that could not be had as an unavailable service."""
    found = translation(error)
    assert type(found) is CloudUnavailable
    assert found.outcome is Outcome.NOT_DONE
    assert "identity" in str(found)


@pytest.mark.parametrize(
    ("said", "permission", "role"),
    [
        (
            "Permission 'run.services.update' denied on resource",
            "run.services.update",
            "run.developer",
        ),
        (
            "Permission 'iam.serviceaccounts.actAs' denied on service account x.",
            "iam.serviceaccounts.actAs",
            "iam.serviceAccountUser on the service's own account",
        ),
        ("Permission 'run.revisions.list' denied", "run.revisions.list", "run.viewer"),
        ("The caller does not have permission", "run.services.update", "run.developer"),
    ],
)
def test_a_missing_permission_is_named_with_a_role(said: str, permission: str, role: str) -> None:
    """The one that Google names, or else the one that the call needs."""
    found = translation(exceptions.PermissionDenied(said))
    assert type(found) is CloudRefused
    assert f"the permission {permission} for" in str(found)
    assert f"roles/{role}." in str(found)


def test_a_permission_without_a_known_role_is_named_alone() -> None:
    """No role is made up."""
    found = translation(exceptions.PermissionDenied("Permission 'compute.networks.use' denied"))
    assert str(found).endswith(
        "lacks the permission compute.networks.use for Cloud Run service api."
    )


def test_a_refusal_carries_googles_words_on_one_short_line() -> None:
    """Whatever the API puts there, a card stays a card."""
    found = str(translation(exceptions.InvalidArgument("spec.bad:\n  " + "x" * 1000)))
    assert found.startswith("The cloud refused the call to Cloud Run service api: spec.bad: xxx")
    assert "\n" not in found
    assert found.endswith("…")
    assert len(found) < 400


@pytest.mark.parametrize(
    "error", [exceptions.FailedPrecondition("x"), exceptions.MethodNotImplemented("x")]
)
def test_what_will_not_work_next_time_either_is_a_refusal(error: Exception) -> None:
    """A wrong endpoint too."""
    assert type(translation(error)) is CloudRefused


def test_what_does_not_exist_is_a_refusal_that_names_it() -> None:
    """Repeating does not create it."""
    found = translation(exceptions.NotFound("gone"))
    assert type(found) is CloudRefused
    assert "service api does not exist" in str(found)


def test_an_exhausted_quota_without_a_time_names_none() -> None:
    """Only the neighbour's own figure is passed on."""
    found = translation(exceptions.ResourceExhausted("quota"))
    assert type(found) is CloudUnavailable
    assert (found.retry_after, found.outcome) == (None, Outcome.NOT_DONE)


def test_an_error_that_is_not_googles_passes() -> None:
    """A defect of ours is not the cloud's."""
    with pytest.raises(KeyError), translated("it", permission="p"):
        raise KeyError


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (Condition(state=FAILED, reason=COMMON.CONTAINER_MISSING), "image does not exist"),
        (Condition(state=FAILED, reason=COMMON.SECRETS_ACCESS_CHECK_FAILED), "secretAccessor"),
        (
            Condition(state=FAILED, reason=COMMON.CONTAINER_IMAGE_UNAUTHORIZED),
            "Binary Authorization",
        ),
        (Condition(state=FAILED, reason=COMMON.PROGRESS_DEADLINE_EXCEEDED), "in time"),
        (
            Condition(state=FAILED, revision_reason=REVISION.HEALTH_CHECK_CONTAINER_ERROR),
            "start-up health check",
        ),
        (Condition(state=FAILED, message="just so"), "just so"),
        (Condition(state=FAILED), "gives no reason"),
    ],
)
def test_a_failed_condition_is_put_into_words(condition: Condition, says: str) -> None:
    """With a way out where there is one."""
    assert says in (problem_of(condition) or "")


@pytest.mark.parametrize(
    "condition",
    [
        Condition(),
        Condition(state=Condition.State.CONDITION_SUCCEEDED, message="fine"),
        Condition(state=Condition.State.CONDITION_RECONCILING, reason=COMMON.CONTAINER_MISSING),
        Condition(state=FAILED, revision_reason=REVISION.MIN_INSTANCES_WARMING),
        Condition(state=FAILED, revision_reason=REVISION.MIN_INSTANCES_NOT_PROVISIONED),
    ],
)
def test_what_is_on_its_way_is_no_problem(condition: Condition) -> None:
    """Only what has failed has failed; instances that warm up are waited for."""
    assert problem_of(condition) is None


def test_the_two_kinds_of_reason_are_not_mixed_up() -> None:
    """Both count from one: 6 is a missing image in one, a failed health check in the other."""
    assert int(REVISION.HEALTH_CHECK_CONTAINER_ERROR) == COMMON.CONTAINER_MISSING
    image = problem_of(Condition(state=FAILED, reason=COMMON.CONTAINER_MISSING))
    health = problem_of(
        Condition(state=FAILED, revision_reason=REVISION.HEALTH_CHECK_CONTAINER_ERROR)
    )
    assert image != health
