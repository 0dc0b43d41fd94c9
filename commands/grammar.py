"""What people type after a command. Nothing is guessed: what is missing is asked for.

The words are in `words`, the flags in `flags`; what can be typed is the table `bot.views.verbs`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.catalog import Catalog
from bot.domain.errors import UsageError
from bot.domain.incidents.naming import parse_reference
from bot.domain.worded import worded
from bot.usecases.deploys import Wish
from bot.usecases.guards import AllowWish, FreezeWish, LockWish, ThawWish, UnlockWish
from bot.usecases.inquiries import Place, Subject
from bot.views.verbs import HELP_WORDS, STATUS
from commands.flags import Asked, at, sort
from commands.words import Word, split


@dataclass(frozen=True, slots=True)
class Help:
    """The person asked how the command is used, or one verb of it."""

    verb: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The person typed nothing: open the form."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Show what a wish would do."""

    wish: Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Steer:
    """Say something about a deploy; `verb` is one of the table's. `lasts` None: as planned."""

    verb: str
    subject: Subject
    reason: str = ""
    lasts: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWish:
    """Show what was deployed; `export` is "csv", "json" or ""."""

    service: str
    environment: str | None
    days: int
    export: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnWish:
    """Go back; `to` is a version, or "previous". `incident` is the one that this is to end."""

    place: Place
    to: str
    reason: str = ""
    accept_schema_risk: bool = False
    incident: str | None = None


GuardWish = LockWish | UnlockWish | FreezeWish | ThawWish | AllowWish
DeployWish = Wish | Preview | Steer | GuardWish | HistoryWish


def wants_help(words: Sequence[Word]) -> bool:
    """Whether these words only ask how something is used."""
    flagged = any(word.flag and word.text == "help" for word in words)
    return flagged or (
        len(words) > 0 and not words[0].quoted and words[0].text.lower() in HELP_WORDS
    )


def service_of(asked: Asked, catalog: Catalog) -> str:
    """The first word as a service. Raises `UsageError`, and `UnknownName` with the nearest."""
    if not asked.words:
        known = tuple(catalog.services)
        raise UsageError("Which service? There are {known}.", hint=asked.usage, known=known)
    return catalog.service(asked.words[0].text.lower()).name


def place_of(asked: Asked, catalog: Catalog) -> Place:
    """`SERVICE [in|to] ENVIRONMENT` and nothing more. Raises `UsageError`: the environment is never
    assumed.
    """
    service = service_of(asked, catalog)
    words = without_filler(asked, 1)
    if len(words) == 1:
        raise which_environment(service, asked, catalog)
    if len(words) > 2:  # noqa: PLR2004 - a service and an environment
        raise UsageError(
            "“{word}” {place} is one word too many.",
            hint=asked.usage,
            word=words[2].text,
            place=at(words[2]),
        )
    environment = words[1].text.lower()
    return Place(service, catalog.target(service, environment).environment)


def incident_of(asked: Asked) -> str | None:
    """The incident that something is to end, by its flag. Raises `UsageError` for no reference."""
    word = asked.flags.get("incident")
    if word is None:
        return None
    ref = parse_reference(word.text)
    if ref is None:
        raise UsageError(
            "“{word}” {place} is {what}.",
            hint="Its card shows it, for example: --incident INC-2026-001",
            word=word.text,
            place=at(word),
            what=worded("not the reference of an incident"),
        )
    return ref


def without_filler(asked: Asked, place: int) -> tuple[Word, ...]:
    """The words, without a “to” or “in” before the last one, where that stands at a place."""
    words = asked.words
    filled = len(words) == place + 2 and words[place].text.lower() in {"to", "in"}
    return (*words[:place], words[place + 1]) if filled else words


def which_environment(service: str, asked: Asked, catalog: Catalog, before: str = "") -> UsageError:
    """The question where to, with all that there are; `before` is what was typed in between."""
    environments = environments_of(service, catalog)
    verb = f"{asked.verb.name} " if asked.verb.name else ""
    between = f"{before} " if before else ""
    example = f"{asked.command} {verb}{service} {between}{environments[0]}"
    return UsageError(
        f"Which environment of {service}? There are {', '.join(environments)}.",
        hint=f"For example: {example}",
    )


def environments_of(service: str, catalog: Catalog) -> tuple[str, ...]:
    """Where a service runs, in the order of promotion."""
    return tuple(target.environment for target in catalog.targets(service))


def parse_status(text: str, command: str, catalog: Catalog) -> str | Help | None:
    """Parse `[SERVICE]`; None means all. Raises `UsageError`."""
    words = split(text)
    if wants_help(words):
        return Help()
    asked = sort(words, command, STATUS)
    asked.at_most(1)
    return service_of(asked, catalog) if asked.words else None
