"""English, which says what another language lacks."""

from bot.views.languages.en.calls import CALLS
from bot.views.languages.en.deeds import DEEDS
from bot.views.languages.en.headings import HEADINGS
from bot.views.languages.en.hidings import HIDINGS
from bot.views.languages.en.mending import MENDING
from bot.views.languages.en.sentences import SENTENCES
from bot.views.languages.en.terms import TERMS
from bot.views.languages.language import Language

ENGLISH = Language(
    locales=("en",),
    sentences={**SENTENCES, **MENDING},
    terms=TERMS,
    headings=HEADINGS,
    deeds=DEEDS,
    calls=CALLS,
    hidings=HIDINGS,
)
