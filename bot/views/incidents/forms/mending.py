"""What is wrong with a form, in its own words: what its fields are called, not what to type."""

from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType

from bot.domain.errors import Need, NeedsReason, UsageError, WrongMoment
from bot.domain.incidents.gates import MIN_REASON
from bot.views.errors import refusal
from bot.views.incidents.names import IncidentField
from bot.views.incidents.wording import length, named
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term

F = IncidentField
_FIELDS: Mapping[Need, IncidentField] = MappingProxyType(
    {Need.LOWERING: F.REASON, Need.REOPENING: F.REASON, Need.UNFINISHED: F.OVERRIDE}
)
_NEEDS: Mapping[Need, Phrase] = MappingProxyType(
    {
        Need.LOWERING: Phrase.WRONG_LOWERED,
        Need.REOPENING: Phrase.WRONG_REOPENED,
        Need.UNFINISHED: Phrase.HINT_OVERRIDE,
    }
)


def mended(error: UsageError, field: IncidentField, language: str) -> tuple[IncidentField, str]:
    """The field below which an error is shown, else that given, and what is said there."""
    match error:
        case NeedsReason(need=need):
            return _FIELDS[need], say(language, _NEEDS[need], count=MIN_REASON)
        case WrongMoment() if field is F.ENDED:
            return field, _misfit(error, language)
        case _:
            return field, refusal(error, language)


def _misfit(error: WrongMoment, language: str) -> str:
    """How far off a time is, which holds in every time zone: a form shows that of its reader, which
    is not known here.
    """
    name, away = say(language, Term.ENDED), length(language, abs(error.off))
    if error.other is None or error.at is None:
        return say(language, Phrase.WRONG_AHEAD, field=name, length=away)
    return say(
        language,
        Phrase.WRONG_BEFORE if error.off.total_seconds() < 0 else Phrase.WRONG_AFTER,
        field=name,
        length=away,
        moment=named(language, "moment", error.other),
        at=f"{error.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        why=say(language, Term.OVERRIDE),
    )
