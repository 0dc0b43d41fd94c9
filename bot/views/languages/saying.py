"""Says a phrase in a language."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.en import ENGLISH
from bot.views.languages.language import Key, Language
from bot.views.languages.zh_tw import TRADITIONAL_CHINESE

USUAL = "en"
# By the names that the configuration file has for them.
LANGUAGES: Mapping[str, Language] = MappingProxyType({USUAL: ENGLISH, "zh-TW": TRADITIONAL_CHINESE})


def supported(locale: str) -> str:
    """The language to speak to somebody with this locale (BCP 47, as chat systems give it)."""
    asked = locale.lower().replace("_", "-")
    spoken = (name for name, each in LANGUAGES.items() if asked.startswith(each.locales))
    return next(spoken, USUAL)


def say(language: str, phrase: Key, **values: object) -> str:
    """A phrase with its placeholders filled in; values that people wrote are escaped already.

    What a language has no words for is said in English.
    """
    words = LANGUAGES[supported(language)].words(phrase) or ENGLISH.words(phrase) or phrase.value
    return words.format(**values) if values else words
