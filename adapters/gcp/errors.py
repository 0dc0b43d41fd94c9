"""Google's failures in Signalbox' words; the one place that knows google.api_core's exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError

from bot.domain.errors import CloudRefused, CloudUnavailable, Outcome, StaleWrite

_QUOTA_REST = timedelta(seconds=60)


@contextmanager
def translated(subject: str, *, write: bool = False, permission: str = "") -> Iterator[None]:
    """Turn a failure of a call about `subject` into an error that a person understands.

    A write that was not answered may have happened: its outcome is unknown. `RetryError` is no
    GoogleAPICallError, so the common base is caught.
    """
    try:
        yield
    except exceptions.Aborted as error:
        raise StaleWrite(f"{subject} was changed by somebody else meanwhile.") from error
    except exceptions.NotFound as error:
        raise CloudRefused(f"{subject} does not exist in the cloud. {_words(error)}") from error
    except (exceptions.PermissionDenied, exceptions.Forbidden) as error:
        need = f" It needs {permission}." if permission else ""
        raise CloudRefused(f"The bot's account may not do this to {subject}.{need}") from error
    except (exceptions.Unauthenticated, GoogleAuthError) as error:
        raise CloudUnavailable(
            "The bot has no usable Google identity. Give it a service account."
        ) from error
    except exceptions.ResourceExhausted as error:
        raise CloudUnavailable(
            f"Google's quota for {subject} is used up for now.", retry_after=_QUOTA_REST
        ) from error
    except (exceptions.Conflict, exceptions.BadRequest) as error:
        raise CloudRefused(f"The cloud refused the change of {subject}: {_words(error)}") from error
    except exceptions.GoogleAPIError as error:
        outcome = Outcome.UNKNOWN if write else Outcome.NOT_DONE
        raise CloudUnavailable(
            f"The cloud does not answer about {subject}.", outcome=outcome
        ) from error


def _words(error: exceptions.GoogleAPICallError) -> str:
    return str(error.message).strip()[:300]
