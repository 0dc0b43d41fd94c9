"""Says a phrase in a language."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.en import EN
from bot.views.languages.en_headings import EN_HEADINGS
from bot.views.languages.en_terms import EN_TERMS
from bot.views.languages.headings import Heading
from bot.views.languages.phrases import Phrase
from bot.views.languages.terms import Term
from bot.views.languages.zh_tw import ZH_TW
from bot.views.languages.zh_tw_headings import ZH_TW_HEADINGS
from bot.views.languages.zh_tw_terms import ZH_TW_TERMS

USUAL = "en"
SENTENCES: Mapping[str, Mapping[Phrase, str]] = MappingProxyType({USUAL: EN, "zh-TW": ZH_TW})
NAMES: Mapping[str, Mapping[Term, str]] = MappingProxyType({USUAL: EN_TERMS, "zh-TW": ZH_TW_TERMS})
HEADINGS: Mapping[str, Mapping[Heading, str]] = MappingProxyType(
    {USUAL: EN_HEADINGS, "zh-TW": ZH_TW_HEADINGS}
)
# Chinese that is written with the traditional characters.
_TRADITIONAL = ("zh-tw", "zh-hant", "zh-hk", "zh-mo")


def supported(locale: str) -> str:
    """The language to speak to somebody with this locale (BCP 47, as chat systems give it)."""
    name = locale.lower().replace("_", "-")
    return "zh-TW" if name.startswith(_TRADITIONAL) else USUAL


def say(language: str, phrase: Phrase | Term | Heading, **values: object) -> str:
    """A phrase with its placeholders filled in; values that people wrote are escaped already.

    What a language has no words for is said in English.
    """
    own = supported(language)
    words = _words(own, phrase) or _words(USUAL, phrase) or phrase.value
    return words.format(**values) if values else words


def _words(language: str, phrase: Phrase | Term | Heading) -> str | None:
    if isinstance(phrase, Phrase):
        return SENTENCES[language].get(phrase)
    if isinstance(phrase, Heading):
        return HEADINGS[language].get(phrase)
    return NAMES[language].get(phrase)
