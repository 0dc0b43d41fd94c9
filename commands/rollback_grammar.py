"""What follows the rollback command: where to go back, and optionally to what."""

from bot.domain.artifact import parse_version
from bot.domain.catalog import Catalog, unknown
from bot.views.verbs import ROLLBACK
from commands.flags import sort
from commands.grammar import Help, ReturnWish, incident_of, place_of, wants_help
from commands.words import split

PREVIOUS = "previous"


def parse_rollback(text: str, command: str, catalog: Catalog) -> ReturnWish | Help:
    """Parse `SERVICE ENVIRONMENT` with its flags. Raises `UsageError`.

    The environment is never assumed, not even where there is only one that could be meant: whoever
    is in a hurry should read once what is about to be changed.
    """
    words = split(text)
    if not words or wants_help(words):
        return Help()
    asked = sort(words, command, ROLLBACK)
    if asked.words and asked.words[0].text.lower() not in catalog.services:
        raise unknown("service", asked.words[0].text, catalog.services)
    place = place_of(asked, catalog)
    to = asked.value("to") or PREVIOUS
    if to.lower() == PREVIOUS:
        to = PREVIOUS
    else:
        parse_version(to)
    return ReturnWish(
        place=place,
        to=to,
        reason=asked.value("reason"),
        accept_schema_risk=asked.has("accept-schema-risk"),
        incident=incident_of(asked),
    )
