"""Says a phrase in a language."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.en import EN
from bot.views.languages.en_headings import EN_HEADINGS
from bot.views.languages.en_terms import EN_TERMS
from bot.views.languages.language import Key, Language
from bot.views.languages.zh_tw import ZH_TW
from bot.views.languages.zh_tw_headings import ZH_TW_HEADINGS
from bot.views.languages.zh_tw_terms import ZH_TW_TERMS

USUAL = "en"
# By the name that the configuration file has for it. The Chinese is that of the traditional
# characters: whoever reads the simplified ones is better served by English.
LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        USUAL: Language(locales=("en",), sentences=EN, terms=EN_TERMS, headings=EN_HEADINGS),
        "zh-TW": Language(
            locales=("zh-tw", "zh-hant", "zh-hk", "zh-mo"),
            sentences=ZH_TW,
            terms=ZH_TW_TERMS,
            headings=ZH_TW_HEADINGS,
        ),
    }
)


def supported(locale: str) -> str:
    """The language to speak to somebody with this locale (BCP 47, as chat systems give it)."""
    asked = locale.lower().replace("_", "-")
    spoken = (name for name, each in LANGUAGES.items() if asked.startswith(each.locales))
    return next(spoken, USUAL)


def say(language: str, phrase: Key, **values: object) -> str:
    """A phrase with its placeholders filled in; values that people wrote are escaped already.

    What a language has no words for is said in English.
    """
    own, usual = LANGUAGES[supported(language)], LANGUAGES[USUAL]
    words = own.words(phrase) or usual.words(phrase) or phrase.value
    return words.format(**values) if values else words
