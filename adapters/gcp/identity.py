"""The bot's Google identity: application default credentials."""

import logging
from collections.abc import Callable

import google.auth
import google.auth.exceptions
import google.auth.transport.requests
import google.oauth2.id_token
from google.auth.credentials import Credentials

from bot.domain.errors import CloudUnavailable

log = logging.getLogger(__name__)

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"


def default_credentials() -> Credentials:
    """The credentials that the environment offers; may block. Raises `CloudUnavailable`."""
    try:
        credentials, _ = google.auth.default(
            scopes=[_SCOPE], request=google.auth.transport.requests.Request()
        )
    except google.auth.exceptions.GoogleAuthError as error:
        raise CloudUnavailable(
            "The bot has no usable Google identity. Give it a service account."
        ) from error
    return credentials


def token_source() -> Callable[[], str]:
    """A function that returns a valid access token; both may block. Raises `CloudUnavailable`."""
    request = google.auth.transport.requests.Request()
    credentials = default_credentials()

    def fetch() -> str:
        try:
            if not credentials.valid:
                # google-auth has no types here.
                credentials.refresh(request)  # type: ignore[no-untyped-call]
        except google.auth.exceptions.GoogleAuthError as error:
            raise CloudUnavailable("Google refused to renew the bot's identity.") from error
        return str(credentials.token)

    return fetch


def id_token(audience: str) -> str | None:
    """An OpenID Connect token of the bot's account for a service; None when there is none to be
    had. May block.

    Google's own search is used: a service account's key, or else the metadata server. A person's
    credentials give no such token.
    """
    request = google.auth.transport.requests.Request()
    try:
        # google-auth has no types here.
        token = google.oauth2.id_token.fetch_id_token(request, audience)  # type: ignore[no-untyped-call]
    except (google.auth.exceptions.GoogleAuthError, ValueError) as error:
        log.info("no identity token for %s: %s", audience, error)
        return None
    return str(token)
