"""What a language has to bring."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.views.languages.calls import Call
from bot.views.languages.deeds import Deed
from bot.views.languages.headings import Heading
from bot.views.languages.hidings import Hiding
from bot.views.languages.phrases import Phrase
from bot.views.languages.terms import Term

Key = Phrase | Term | Heading | Deed | Call | Hiding


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language with its words: sentences, names of things, what stands in a post-mortem, what is
    answered to whoever did something, what is said of those who are called, and of what is hidden.

    `refusals` has what is said when something does not work, by the English of it: texts with the
    same gaps. English needs none. `locales` are the beginnings of the locales (BCP 47, in small
    letters) of those who read it.
    """

    locales: tuple[str, ...]
    sentences: Mapping[Phrase, str]
    terms: Mapping[Term, str]
    headings: Mapping[Heading, str]
    deeds: Mapping[Deed, str]
    calls: Mapping[Call, str]
    hidings: Mapping[Hiding, str]
    refusals: Mapping[str, str] = field(default_factory=dict)

    def words(self, key: Key) -> str | None:
        """How it says something; None for what it has no words for."""
        if isinstance(key, Phrase):
            return self.sentences.get(key)
        if isinstance(key, Heading):
            return self.headings.get(key)
        if isinstance(key, Deed):
            return self.deeds.get(key)
        if isinstance(key, Call):
            return self.calls.get(key)
        if isinstance(key, Hiding):
            return self.hidings.get(key)
        return self.terms.get(key)
