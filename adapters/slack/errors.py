"""From Slack's errors and aiohttp's to our own, in words that say what to do. The only such place.

Error words are those of the method reference at https://docs.slack.dev/reference/methods.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import aiohttp

from adapters.slack.methods import Method
from bot.domain.errors import Outcome, SlackRefused, SlackUnavailable
from bot.domain.worded import Worded, worded

# When Slack says 429 without a Retry-After; it always sends one, so the number hardly matters.
DEFAULT_RETRY_AFTER = timedelta(seconds=30)
BUSY = frozenset({"ratelimited", "rate_limited"})
# Slack's own failures. Of fatal_error its reference says that part of the operation may be done.
BROKEN = frozenset(
    {"fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)

_REINSTALL = worded("check SLACK_BOT_TOKEN, or install the app again and use its new bot token")
# What each says has the gaps {needed}, {channel}, {bot} and {reinstall}.
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "invalid_auth": "Slack does not accept the bot's token; {reinstall}.",
        "not_authed": "Slack got no token from the bot; {reinstall}.",
        "account_inactive": "The app was removed from the workspace; {reinstall}.",
        "token_revoked": "The bot's token was revoked; {reinstall}.",
        "token_expired": "The bot's token has expired; {reinstall}.",
        "not_allowed_token_type": "This is not a bot token; SLACK_BOT_TOKEN starts with xoxb-.",
        "missing_scope": (
            "The app lacks the scope {needed}; add it under OAuth & Permissions in the app's "
            "settings and install the app again."
        ),
        "not_in_channel": "The bot is not in {channel}; invite the bot: /invite @{bot}",
        "channel_not_found": (
            "Slack has no channel {channel}, or it is private and the bot is not in it; check the "
            "name, then invite the bot: /invite @{bot}"
        ),
        "is_archived": "{channel} is archived; unarchive it or configure another channel.",
        "user_not_in_channel": "That person is not in {channel}, so Slack shows them nothing.",
        "user_not_found": "Slack does not know this person.",
        "user_not_visible": "Slack does not show this person to the bot.",
        "no_such_subteam": "Slack has no such user group; check its id (S…) in the configuration.",
        "plan_upgrade_required": (
            "This workspace's Slack plan has no user groups; list people by id instead."
        ),
        "restricted_action": "An administrator does not let the bot post in {channel}.",
        "expired_trigger_id": "Slack waits three seconds for a dialog and that passed; try again.",
        "exchanged_trigger_id": "This dialog was opened already.",
        "message_not_found": "The message is not there any more.",
        "file_uploads_disabled": "This workspace does not allow files to be uploaded.",
        "file_type_not_allowed": "This workspace does not allow files of this type.",
        "storage_limit_reached": "This workspace has no room for another file.",
        "posting_to_channel_denied": "The bot may not post in {channel}.",
    }
)
_WORD = re.compile(r"[a-z][a-z0-9_:]{0,63}")
_POINTER = re.compile(r"\[json-pointer:([\w/.-]{1,200})\]")


def retry_after(headers: Mapping[str, str]) -> timedelta:
    """The time that Slack wants to be left alone for."""
    given = headers.get("Retry-After", "")
    return timedelta(seconds=int(given)) if given.isdecimal() else DEFAULT_RETRY_AFTER


def error_word(body: object) -> str:
    """Slack's error word from an answer's body; empty when there is none that looks like one."""
    word = body.get("error") if isinstance(body, Mapping) else body
    return word if isinstance(word, str) and _WORD.fullmatch(word) else ""


def refused(
    word: str, body: Mapping[str, Any], method: Method, *, channel: str | None, bot: str
) -> SlackRefused:
    """The refusal for an error word, in a sentence for a person."""
    needed = str(body.get("needed") or " or ".join(method.scopes) or "that this call needs")
    if word not in _WORDS:
        return SlackRefused(
            "Slack refused this ({word}){places}.", code=word, word=word, places=_places(body)
        )
    gaps = {
        "needed": needed,
        "channel": channel or worded("this channel"),
        "bot": bot,
        "reinstall": _REINSTALL,
    }
    return SlackRefused(Worded(_WORDS[word], gaps), code=word)


def broken(message: str | Worded, *, repeatable: bool) -> SlackUnavailable:
    """The error when the answer is missing or worthless: the call may have had its effect."""
    outcome = Outcome.NOT_DONE if repeatable else Outcome.UNKNOWN
    return SlackUnavailable(message, outcome=outcome)


@contextmanager
def translated(*, repeatable: bool) -> Iterator[None]:
    """Turn what goes wrong on the way into `SlackUnavailable`.

    Not connected means not done. Anything later means that Slack may have done it. The cause of the
    latter is left out on purpose: some of aiohttp's errors carry the request's headers.
    """
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise SlackUnavailable("Slack cannot be reached.") from error
    except TimeoutError:
        raise broken("Slack did not answer in time.", repeatable=repeatable) from None
    except aiohttp.ClientError as error:
        says = worded("The connection to Slack broke ({error}).", error=type(error).__name__)
        raise broken(says, repeatable=repeatable) from None


def _places(body: Mapping[str, Any]) -> str:
    """Where in the message Slack sees a fault, without what stands there."""
    metadata = body.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
    found = _POINTER.findall(" ".join(map(str, messages))) if isinstance(messages, list) else []
    return f" at {', '.join(found[:3])}" if found else ""
