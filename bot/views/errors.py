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
from bot.views.blocks import Rendered, context, sentence
from bot.views.mrkdwn import code, escape

_NOTHING = "Nothing was done; please try again in a moment."
_UNKNOWN = "It is not known whether this was done. Look at the card before you try again."


def apology(error: BaseException, reference: str) -> Rendered:
    """The answer to whoever caused an error; `reference` finds it in the logs."""
    match error:
        case Elsewhere(hint=hint, channel=channel) if channel.isalnum():
            return sentence(f"🤔 {escape(str(error))} {escape(hint)} <#{channel}>")
        case UsageError(hint=hint):
            return sentence(f"🤔 {escape(str(error))} {escape(hint)}".rstrip())
        case NotPermitted():
            return sentence(f"🚫 {escape(str(error))}")
        case NotFound() | IllegalTransition():
            return sentence(f"ℹ️ {escape(str(error))}")
        case ConcurrentUpdate():
            return sentence("ℹ️ Somebody else was faster. Look at the card as it stands now.")
        case _:
            return sentence(_failure(error), context(f"Reference {code(reference)}"))


def _failure(error: BaseException) -> str:
    """What a failure leaves behind: nothing, or a doubt."""
    match error:
        case SlackRefused() | CloudRefused():
            return f"⚠️ {escape(str(error))} Nothing was done."
        case Unavailable(outcome=Outcome.UNKNOWN):
            return f"⚠️ {escape(str(error))} {_UNKNOWN}"
        case Unavailable():
            return f"⚠️ {escape(str(error))} {_NOTHING}"
        case TimeoutError():
            return f"⚠️ This took too long. {_UNKNOWN}"
        case SignalboxError():
            return f"⚠️ {escape(str(error))}"
        case _:
            return f"💥 Something broke in Signalbox. {_UNKNOWN}"
