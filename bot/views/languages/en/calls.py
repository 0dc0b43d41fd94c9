"""Who is called, in English."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.views.languages.calls import Call

CALLS: Mapping[Call, str] = MappingProxyType(
    {
        Call.OFFER_GONE: "🤝 The lead is not offered to {who} any more.",
        Call.OUTLIVED: (
            "♻️ It was over, and is open again since. Whoever is needed now has a page of its own."
        ),
        Call.PASSED: "📟 {word}: in already, and not paged: {people}",
        Call.PRESENT: "in already: {people}",
        Call.INVITED: "invited",
        Call.BROUGHT_IN: "👋 {who} brought in {people}.",
        Call.PERSON: "📟 {who} paged {people}.",
        Call.PERSON_ANSWERED: "📟 {who} answered the page.",
        Call.TOO: "is on it as well",
        Call.NOTE_TOO: "✋ {who} is on it as well.",
        Call.UNANSWERED: "no answer within {time}",
        Call.UNRESOLVED: "not resolved after {time}",
        Call.BESIDE: "{text} ({more})",
        Call.APART: "; ",
        Call.ASKED: "{who} asked",
    }
)
