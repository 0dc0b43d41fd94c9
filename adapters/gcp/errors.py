"""Google's failures in Signalbox' words; the one place that knows google.api_core's exceptions."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.rpc.error_details_pb2 import RetryInfo

from bot.domain.errors import CloudRefused, CloudUnavailable, Outcome, StaleWrite

_PERMISSION = re.compile(r"'([a-z]+(?:\.[A-Za-z]+){1,3})'")
# The narrowest predefined role that holds a permission (Google's list of IAM roles), by the
# permission in small letters: Google itself writes them in more than one way.
_ROLES = (
    ("iam.serviceaccounts.actas", "roles/iam.serviceAccountUser on the service's own account"),
    ("run.services.update", "roles/run.developer"),
    ("run.operations.", "roles/run.viewer"),
    ("run.", "roles/run.viewer"),
    ("monitoring.", "roles/monitoring.viewer"),
    ("artifactregistry.", "roles/artifactregistry.reader"),
    (
        "cloudsql.backupruns.create",
        "roles/cloudsql.editor, or a role of your own with just this permission",
    ),
    ("cloudsql.", "roles/cloudsql.viewer"),
)
_NO_IDENTITY = "The bot has no usable Google identity. Give it a service account."
# grpc's words when google-auth could not get a token: the call itself was never sent.
_PLUGIN_FAILED = "Getting metadata from plugin failed"
_LONGEST = 300


@contextmanager
def translated(subject: str, *, permission: str, write: bool = False) -> Iterator[None]:
    """Turn a failure of a call about `subject` into an error that a person understands.

    `permission` is the one that the call needs, for when Google does not name it. A write that was
    not answered may have happened: its outcome is unknown.
    """
    try:
        yield
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        raise _translation(error, subject, permission, write=write) from error


def _translation(
    error: exceptions.GoogleAPIError | GoogleAuthError,
    subject: str,
    permission: str,
    *,
    write: bool,
) -> CloudUnavailable:
    match error:
        case exceptions.Conflict():  # Aborted (a stale etag) and AlreadyExists among them
            return StaleWrite(f"{subject} was changed by somebody else meanwhile.")
        case exceptions.NotFound():
            return CloudRefused(f"{subject} does not exist in the cloud. {words(error.message)}")
        case exceptions.Unauthorized() | GoogleAuthError():  # Unauthenticated among them
            return CloudUnavailable(_NO_IDENTITY)
        case exceptions.Forbidden():  # PermissionDenied among them
            return CloudRefused(_missing(error.message, subject, permission))
        case exceptions.TooManyRequests():  # ResourceExhausted among them
            return CloudUnavailable(
                f"Google's quota for {subject} is used up for now.", retry_after=_named_rest(error)
            )
        case exceptions.BadRequest() | exceptions.MethodNotImplemented():
            return CloudRefused(f"The cloud refused the call to {subject}: {words(error.message)}")
        case exceptions.ServiceUnavailable() if _PLUGIN_FAILED in str(error.message):
            return CloudUnavailable(_NO_IDENTITY)
        case _:  # not answered, or answered with the cloud's own trouble; RetryError among them
            outcome = Outcome.UNKNOWN if write else Outcome.NOT_DONE
            return CloudUnavailable(f"The cloud does not answer about {subject}.", outcome=outcome)


def words(text: object) -> str:
    """What the cloud says, on one line and not longer than a person reads."""
    line = " ".join(str(text or "").split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _missing(text: object, subject: str, permission: str) -> str:
    named = _PERMISSION.search(str(text or ""))
    needed = named.group(1) if named else permission
    role = next((role for prefix, role in _ROLES if needed.lower().startswith(prefix)), "")
    grant = f" Grant it {role}." if role else ""
    return f"The bot's account lacks the permission {needed} for {subject}.{grant}"


def _named_rest(error: exceptions.GoogleAPICallError) -> timedelta | None:
    """How long Google asks to wait, when it does."""
    for detail in error.details:
        if isinstance(detail, RetryInfo):
            return timedelta(seconds=detail.retry_delay.seconds)
    return None
