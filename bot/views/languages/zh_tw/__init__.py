"""The Chinese of Taiwan, for everybody who reads the traditional characters."""

from bot.views.languages.language import Language
from bot.views.languages.zh_tw.calls import CALLS
from bot.views.languages.zh_tw.deeds import DEEDS
from bot.views.languages.zh_tw.headings import HEADINGS
from bot.views.languages.zh_tw.hidings import HIDINGS
from bot.views.languages.zh_tw.mending import MENDING
from bot.views.languages.zh_tw.refusals import REFUSALS
from bot.views.languages.zh_tw.sentences import SENTENCES
from bot.views.languages.zh_tw.terms import TERMS

TRADITIONAL_CHINESE = Language(
    locales=("zh-tw", "zh-hant", "zh-hk", "zh-mo"),
    sentences={**SENTENCES, **MENDING},
    terms=TERMS,
    headings=HEADINGS,
    deeds=DEEDS,
    calls=CALLS,
    hidings=HIDINGS,
    refusals=REFUSALS,
)
