"""What a person is told when something did not work: what is wrong, and what to do instead."""

from bot.domain.errors import (
    CloudRefused,
    ConcurrentUpdate,
    Elsewhere,
    IllegalTransition,
    NotFound,
    NotPermitted,
    Outcome,
    SignalboxError,
    SlackRefused,
    Unavailable,
    UsageError,
)
from bot.domain.worded import Worded, worded
from bot.views.blocks import Rendered, context, sentence
from bot.views.languages.saying import USUAL, in_turn, reworded
from bot.views.mrkdwn import code, escape

_UNDONE = worded("Nothing was done.")
_NOTHING = worded("Nothing was done; please try again in a moment.")
_UNKNOWN = worded("It is not known whether this was done. Look at the card before you try again.")
_FASTER = worded("Somebody else was faster. Look at the card as it stands now.")
_LATE = worded("This took too long.")
_BROKEN = worded("Something broke in Signalbox.")
_REFERENCE = worded("Reference")


def apology(error: BaseException, reference: str, language: str = USUAL) -> Rendered:
    """The answer to whoever caused an error; `reference` finds it in the logs.

    It is in the language of the reader, as far as that has words for it, else in English.
    """
    match error:
        case Elsewhere(channel=channel) if channel.isalnum():
            return sentence(f"🤔 {escape(refusal(error, language))} <#{channel}>")
        case UsageError():
            return sentence(f"🤔 {escape(refusal(error, language))}")
        case NotPermitted():
            return sentence(f"🚫 {escape(refusal(error, language))}")
        case NotFound() | IllegalTransition():
            return sentence(f"ℹ️ {escape(refusal(error, language))}")
        case ConcurrentUpdate():
            return sentence(f"ℹ️ {reworded(language, _FASTER)}")
        case _:
            below = context(f"{reworded(language, _REFERENCE)} {code(reference)}")
            return sentence(_failure(error, language), below)


def refusal(error: SignalboxError, language: str) -> str:
    """What does not work, and what to do instead, in the language of the reader; not escaped."""
    if isinstance(error, UsageError):
        return reworded(language, error.said, error.advice)
    return reworded(language, error.said)


def _failure(error: BaseException, language: str) -> str:
    """What a failure leaves behind: nothing, or a doubt."""
    match error:
        case SlackRefused() | CloudRefused():
            return f"⚠️ {_trouble(error, language, _UNDONE)}"
        case Unavailable(outcome=Outcome.UNKNOWN):
            return f"⚠️ {_trouble(error, language, _UNKNOWN)}"
        case Unavailable():
            return f"⚠️ {_trouble(error, language, _NOTHING)}"
        case TimeoutError():
            return f"⚠️ {reworded(language, _LATE, _UNKNOWN)}"
        case SignalboxError():
            return f"⚠️ {_trouble(error, language)}"
        case _:
            return f"💥 {reworded(language, _BROKEN, _UNKNOWN)}"


def _trouble(error: SignalboxError, language: str, *after: Worded) -> str:
    """What failed, and what that leaves behind, which every language says: a cause that only we
    have words for is no reason to hide whether something was done.
    """
    says = escape(reworded(language, error.said))
    return in_turn(says, reworded(language, *after))
