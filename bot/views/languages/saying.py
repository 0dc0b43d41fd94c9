"""Says a phrase in a language."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.incident_policy import Role
from bot.domain.incidents.incident import Moment
from bot.domain.incidents.states import State
from bot.domain.worded import Leading, Worded, in_english
from bot.views.languages.en import ENGLISH
from bot.views.languages.language import Key, Language
from bot.views.languages.phrases import Phrase
from bot.views.languages.terms import Term
from bot.views.languages.zh_tw import TRADITIONAL_CHINESE

USUAL = "en"
# By the names that the configuration file has for them.
LANGUAGES: Mapping[str, Language] = MappingProxyType({USUAL: ENGLISH, "zh-TW": TRADITIONAL_CHINESE})


def supported(locale: str) -> str:
    """The language to speak to somebody with this locale (BCP 47, as chat systems give it)."""
    asked = locale.lower().replace("_", "-")
    spoken = (name for name, each in LANGUAGES.items() if asked.startswith(each.locales))
    return next(spoken, USUAL)


def spoken(known: str | None, usual: str | None) -> str:
    """The language to speak to somebody in whose own is `known`, in a team with a `usual` one."""
    return supported(known or usual or USUAL)


def say(language: str, phrase: Key, **values: object) -> str:
    """A phrase with its placeholders filled in; values that people wrote are escaped already.

    What a language has no words for is said in English.
    """
    words = LANGUAGES[supported(language)].words(phrase) or ENGLISH.words(phrase) or phrase.value
    return words.format(**values) if values else words


def in_turn(*sentences: str) -> str:
    """Sentences one after the other; a full-width stop has its gap in it already. Empty ones are
    left away.
    """
    shown = ""
    for each in filter(None, sentences):
        apart = "" if not shown or shown.endswith("。") else " "
        shown += apart + each
    return shown


def reworded(language: str, *texts: Worded) -> str:
    """English texts one after the other, as a language says them, with what fills their gaps in its
    words too; empty ones are left away. Nothing is escaped.

    When it lacks one of them, or of those in their gaps, all are said in English, for nobody reads
    a mixture with ease.
    """
    words = LANGUAGES[supported(language)].refusals
    said = [each for each in texts if each]
    if not all(_known(words, each) for each in said):
        return " ".join(map(str, said))
    return in_turn(
        *(each.filled(words[each.template], lambda value: _named(language, value)) for each in said)
    )


def _known(words: Mapping[str, str], text: Worded) -> bool:
    """Whether a language says a text, and the texts in its gaps."""
    inner = (value for value in text.values.values() if isinstance(value, Worded) and value)
    return text.template in words and all(_known(words, each) for each in inner)


def _named(language: str, value: object) -> str:
    """What fills a gap, in the words of a language if it has any."""
    match value:
        case Worded():
            return reworded(language, value)
        case Leading(value=inner):
            return _named(language, inner)
        case State():
            return say(language, Term(f"state.{value.value}"))
        case Role():
            return say(language, Term(f"role.{value.value}"))
        case Moment():
            return say(language, Term(f"moment.{value.value}"))
        case tuple():
            return say(language, Phrase.LIST_COMMA).join(_named(language, each) for each in value)
        case _:
            return in_english(value)
