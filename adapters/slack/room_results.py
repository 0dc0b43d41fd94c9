"""How a step of a room went wrong, and whether it is tried again by itself."""

from collections.abc import Sequence

from bot.domain.errors import SignalboxError, SlackRefused, SlackUnavailable
from bot.domain.incidents.room import Step
from bot.domain.incidents.room_events import StepResult

# Refusals that pass, or that concern the whole app: nobody could press “try again” before they are
# mended, so that the step is tried again by itself.
_PASSING = frozenset(
    {
        "account_inactive",
        "external_channel_migrating",
        "invalid_auth",
        "not_authed",
        "token_expired",
        "token_revoked",
        "too_many_requests",
    }
)
_FORBIDDEN = frozenset(
    {
        "cannot_create_channel",
        "no_permission",
        "not_authorized",
        "restricted_action",
        "user_is_restricted",
    }
)
# What an administrator may not let the bot do, beside posting.
_DEEDS = {
    Step.CHANNEL: "make channels",
    Step.LEFT_WORDS: "delete its messages",
    Step.LEFT_TEXTS: "describe channels",
    Step.LEFT_LINKS: "take its pin and bookmarks away",
    Step.LEFT_NAME: "rename channels",
    Step.LEFT_ARCHIVE: "archive channels",
}


def failed(step: Step, error: SignalboxError) -> StepResult:
    """A step that was not done, or of which nobody knows; refusals wait for a person."""
    refusal = error if isinstance(error, SlackRefused) else None
    problem = str(error)
    if refusal is not None and step in _DEEDS and refusal.code in _FORBIDDEN:
        problem = f"An administrator does not let the bot {_DEEDS[step]}."
    wait = error.retry_after if isinstance(error, SlackUnavailable) else None
    return StepResult(
        step=step,
        problem=problem,
        final=refusal is not None and refusal.code not in _PASSING,
        retry_after=wait.total_seconds() if wait else None,
    )


def together(step: Step, troubles: Sequence[SignalboxError]) -> StepResult:
    """A step of several parts: done when none of them failed, and refused when nothing that went
    wrong passes by itself.
    """
    results = [failed(step, trouble) for trouble in troubles]
    if not results:
        return StepResult(step=step)
    waits = [each.retry_after for each in results if each.retry_after is not None]
    return StepResult(
        step=step,
        problem=" ".join(dict.fromkeys(each.problem or "" for each in results)),
        final=all(each.final for each in results),
        retry_after=max(waits, default=None),
    )
