"""What follows the deploy command: a version to deploy, or a verb of the table of verbs."""

import difflib
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.domain.artifact import Migrations
from bot.domain.catalog import Catalog, Target, unknown
from bot.domain.errors import UnknownName, UsageError
from bot.domain.history import Kind
from bot.domain.period import MOST_DAYS
from bot.domain.plan import Terms
from bot.domain.policy import StrategyKind
from bot.usecases.deploys import Wish
from bot.usecases.guards import AllowWish, FreezeWish, LockWish, ThawWish, UnlockWish
from bot.usecases.inquiries import Place, Subject
from bot.views.verbs import DEPLOY, DEPLOY_VERBS
from commands.flags import Asked, at, nearest, sort
from commands.grammar import (
    DeployWish,
    Form,
    Help,
    HistoryWish,
    Preview,
    Steer,
    environments_of,
    incident_of,
    place_of,
    service_of,
    wants_help,
    which_environment,
    without_filler,
)
from commands.moments import parse_duration, parse_moment, parse_number
from commands.words import Word, split

# As ids are made: Crockford's base 32, without I, L, O and U.
_ID = re.compile(r"[Dd]-[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{5}")
_USUAL_DAYS = 30
_ONE_OF_THEM = "Leave one of them away."
_ALL = (DEPLOY, *DEPLOY_VERBS.values())


def parse_deploy(text: str, command: str, catalog: Catalog) -> DeployWish | Help | Form:
    """Parse everything that may follow the deploy command.

    Raises `UsageError` for what cannot be understood, with its place and what to type instead.
    """
    words = split(text)
    if not words:
        return Form()
    verb = None if words[0].quoted else DEPLOY_VERBS.get(words[0].text.lower())
    if verb is not None and not words[0].flag:
        if wants_help(words[1:]):
            return Help(verb.name)
        return _PARSERS[verb.name](sort(words[1:], command, verb, _ALL), catalog)
    if wants_help(words):
        return Help(_topic(words))
    if not words[0].flag and words[0].text.lower() not in catalog.services:
        raise _unknown_first(words[0].text, catalog)
    return _wish(sort(words, command, DEPLOY, _ALL), catalog)


def _unknown_first(given: str, catalog: Catalog) -> UnknownName:
    """The error for a first word that is neither a service nor a verb, with what is near."""
    services = unknown("service", given, catalog.services).nearest
    verbs = difflib.get_close_matches(given.lower(), DEPLOY_VERBS, n=1, cutoff=0.75)
    known = tuple(catalog.services)
    return UnknownName("service or verb", given, nearest=(*services, *verbs), known=known)


def _topic(words: tuple[Word, ...]) -> str:
    """What help is asked about; "" for everything."""
    named = [word.text.lower() for word in words[1:] if not word.flag]
    return named[0] if named and named[0] in DEPLOY_VERBS else ""


def _wish(asked: Asked, catalog: Catalog) -> Wish:
    """`SERVICE [VERSION] [to] ENVIRONMENT` with its flags."""
    service = service_of(asked, catalog)
    words = without_filler(asked, 2 if len(asked.words) > 3 else 1)  # noqa: PLR2004 - with a version
    if len(words) > 3:  # noqa: PLR2004 - service, version and environment
        extra = words[3]
        raise UsageError(f"“{extra.text}” {at(extra)} is one word too many.", hint=asked.usage)
    version = words[1].text if len(words) > 1 else ""
    if len(words) == 3:  # noqa: PLR2004 - all of them
        environment = words[2].text.lower()
    elif version.lower() in catalog.environments:
        version, environment = "", version.lower()
    else:
        raise _where_to(service, version, asked, catalog)
    target = catalog.target(service, environment)
    return Wish(
        service=service, version=version, environment=environment, terms=_terms(asked, target)
    )


def _where_to(service: str, version: str, asked: Asked, catalog: Catalog) -> UsageError:
    error = which_environment(service, asked, catalog, version or "v1.2.0")
    guess = nearest(version, environments_of(service, catalog)) if version else ""
    asks = str(error)
    if not version:
        known = ", ".join(environments_of(service, catalog))
        asks = f"Which version of {service}, and where to? There are {known}."
    return UsageError(asks, hint=f"{guess} {error.hint}".strip())


def _terms(asked: Asked, target: Target) -> Terms:
    declared = asked.value("migrations").lower()
    return Terms(
        profile=_profile(asked, target),
        reason=asked.value("reason"),
        break_glass=asked.has("break-glass"),
        exception=asked.has("exception"),
        declared=Migrations(declared) if declared else None,
        incident=incident_of(asked),
    )


def _profile(asked: Asked, target: Target) -> str:
    """The profile by its name, or the only one of a kind. Raises `UsageError`."""
    profiles = target.policy.profiles
    known = ", ".join(f"{each.name} ({_kind(each.strategy.kind)})" for each in profiles)
    if asked.has("profile"):
        if asked.has("strategy"):
            raise UsageError("--profile and --strategy say the same.", hint=_ONE_OF_THEM)
        named = asked.value("profile").lower()
        if target.policy.profile(named) is None:
            raise UsageError(
                f"{target.key} has no profile “{named}” {at(asked.flags['profile'])}.",
                hint=nearest(named, (each.name for each in profiles)) or f"There are: {known}.",
            )
        return named
    if not asked.has("strategy"):
        return target.policy.standard.name
    wanted = asked.value("strategy").lower()
    fitting = [each.name for each in profiles if _kind(each.strategy.kind) == wanted]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise UsageError(
            f"{target.key} has no profile that is {wanted} {at(asked.flags['strategy'])}.",
            hint=f"There are: {known}.",
        )
    raise UsageError(
        f"{target.key} has several profiles that are {wanted} {at(asked.flags['strategy'])}.",
        hint=f"Choose one with --profile: {', '.join(fitting)}.",
    )


def _kind(kind: StrategyKind) -> str:
    """A strategy as people type it."""
    return kind.value.replace("_", "-")


def _plan(asked: Asked, catalog: Catalog) -> Preview:
    return Preview(_wish(asked, catalog))


def _steer(asked: Asked, catalog: Catalog) -> Steer:
    return Steer(
        verb=asked.verb.name,
        subject=_subject(asked, catalog),
        reason=asked.value("reason"),
        lasts=parse_duration(asked.flags["for"]) if asked.has("for") else None,
    )


def _subject(asked: Asked, catalog: Catalog) -> Subject:
    """The id of a deploy, or the place where one is under way."""
    if not asked.words:
        raise UsageError(
            f"Which deploy? “{asked.verb.name}” needs its id, or a service and an environment.",
            hint=f"For example: {asked.command} {asked.verb.name} D-7F3K2",
        )
    first = asked.words[0]
    if _ID.fullmatch(first.text):
        asked.at_most(1)
        return first.text.upper()
    if first.text.lower() not in catalog.services:
        raise UsageError(
            f"“{first.text}” {at(first)} is neither the id of a deploy nor a service.",
            hint=nearest(first.text, catalog.services)
            or f"For example: {asked.command} {asked.verb.name} D-7F3K2",
        )
    return place_of(asked, catalog)


def _lock(asked: Asked, catalog: Catalog) -> LockWish:
    place = place_of(asked, catalog)
    return LockWish(
        service=place.service,
        environment=place.environment,
        reason=asked.value("reason"),
        lasts=parse_duration(asked.flags["for"]) if asked.has("for") else None,
    )


def _unlock(asked: Asked, catalog: Catalog) -> UnlockWish:
    place = place_of(asked, catalog)
    return UnlockWish(
        service=place.service, environment=place.environment, reason=asked.value("reason")
    )


def _freeze(asked: Asked, catalog: Catalog) -> FreezeWish:
    if asked.has("for") and asked.has("until"):
        raise UsageError("--for and --until say the same.", hint=_ONE_OF_THEM)
    return FreezeWish(
        environment=_environment(asked, catalog),
        reason=asked.value("reason"),
        lasts=parse_duration(asked.flags["for"]) if asked.has("for") else None,
        until=parse_moment(asked.flags["until"]) if asked.has("until") else None,
    )


def _thaw(asked: Asked, catalog: Catalog) -> ThawWish:
    return ThawWish(
        environment=_environment(asked, catalog),
        reason=asked.value("reason"),
        incident=incident_of(asked),
    )


def _environment(asked: Asked, catalog: Catalog) -> str | None:
    """One environment, or None for `--all`; exactly one of both is said."""
    asked.at_most(1)
    if asked.has("all"):
        if asked.words:
            raise UsageError(
                f"“{asked.words[0].text}” and --all say different things.",
                hint=_ONE_OF_THEM,
            )
        return None
    known = ", ".join(catalog.environments)
    if not asked.words:
        example = f"{asked.command} {asked.verb.name} {catalog.environments[0]}"
        raise UsageError(
            f"Which environment? There are {known}, and --all for every one.",
            hint=f'For example: {example} --reason "…"',
        )
    environment = asked.words[0].text.lower()
    if environment not in catalog.environments:
        raise unknown("environment", asked.words[0].text, catalog.environments)
    return environment


def _allow(asked: Asked, catalog: Catalog) -> AllowWish:
    service = service_of(asked, catalog)
    asked.at_most(2)
    if len(asked.words) == 1:
        raise UsageError(f"Which version of {service}?", hint=asked.usage)
    version = asked.words[1].text
    return AllowWish(service=service, version=version, reason=asked.value("reason"))


def _unpin(asked: Asked, catalog: Catalog) -> Wish:
    place: Place = place_of(asked, catalog)
    terms = Terms(kind=Kind.UNPIN, reason=asked.value("reason"))
    return Wish(service=place.service, version="", environment=place.environment, terms=terms)


def _history(asked: Asked, catalog: Catalog) -> HistoryWish:
    service, environment = service_of(asked, catalog), None
    if len(asked.words) > 1:
        environment = place_of(asked, catalog).environment
    days = parse_number(asked.flags["days"], most=MOST_DAYS) if asked.has("days") else _USUAL_DAYS
    export = asked.value("export").lower()
    return HistoryWish(service=service, environment=environment, days=days, export=export)


_PARSERS: Mapping[str, Callable[[Asked, Catalog], DeployWish]] = MappingProxyType(
    {
        "plan": _plan,
        **dict.fromkeys(
            ("status", "approve", "reject", "pause", "resume", "promote", "abort"), _steer
        ),
        "lock": _lock,
        "unlock": _unlock,
        "freeze": _freeze,
        "thaw": _thaw,
        "allow": _allow,
        "unpin": _unpin,
        "history": _history,
    }
)
