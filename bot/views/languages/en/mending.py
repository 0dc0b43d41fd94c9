"""What is wrong with a form, in English."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.phrases import Phrase

MENDING: Mapping[Phrase, str] = MappingProxyType(
    {
        Phrase.WRONG_AHEAD: "“{field}” is {length} from now. Choose a time that is over, or none.",
        Phrase.WRONG_BEFORE: (
            "“{field}” is {length} before “{moment}” ({at}). Choose a later time, or say below, at "
            "“{why}”, how that can be."
        ),
        Phrase.WRONG_AFTER: (
            "“{field}” is {length} after “{moment}” ({at}). Choose an earlier time, or say below, "
            "at “{why}”, how that can be."
        ),
        Phrase.WRONG_LOWERED: "A P1 or P2 becomes less bad with a reason only. Give it here.",
        Phrase.WRONG_REOPENED: "Say here what is wrong again, in {count} characters or more.",
    }
)
