"""What people type after a command. Nothing is guessed: what is missing is asked for."""

from dataclasses import dataclass

from bot.domain.catalog import Catalog
from bot.domain.errors import UsageError
from bot.usecases.deploys import Wish

HELP = frozenset({"help", "?", "--help", "-h"})
_WORDS = 3


@dataclass(frozen=True, slots=True)
class Help:
    """The person asked how the command is used."""


@dataclass(frozen=True, slots=True)
class Form:
    """The person typed nothing: open the form."""


def parse_deploy(text: str, command: str, catalog: Catalog) -> Wish | Help | Form:
    """Parse `SERVICE VERSION [to] ENVIRONMENT`. Raises `UsageError` naming what is missing."""
    words = text.split()
    if not words:
        return Form()
    if words[0].lower() in HELP:
        return Help()
    if len(words) == _WORDS + 1 and words[2].lower() == "to":
        words.pop(2)
    usage = f"Type {command} SERVICE VERSION ENVIRONMENT."
    if len(words) > _WORDS:
        raise UsageError(f"“{words[_WORDS]}” is one word too many.", hint=usage)
    service = catalog.service(words[0].lower()).name
    if len(words) == 1:
        raise UsageError(f"Which version of {service}, and where to?", hint=usage)
    if len(words) < _WORDS:
        known = ", ".join(catalog.environments)
        example = f"{command} {service} {words[1]} {catalog.environments[0]}"
        raise UsageError(f"Where to? Environments are {known}.", hint=f"For example: {example}")
    return Wish(service=service, version=words[1], environment=words[2].lower())


def parse_status(text: str, catalog: Catalog) -> str | Help | None:
    """Parse `[SERVICE]`; None means all. Raises `UsageError`."""
    words = text.split()
    if not words:
        return None
    if words[0].lower() in HELP:
        return Help()
    if len(words) > 1:
        raise UsageError(f"“{words[1]}” is one word too many.", hint="Name one service, or none.")
    return catalog.service(words[0].lower()).name
