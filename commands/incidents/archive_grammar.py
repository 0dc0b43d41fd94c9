"""Verbs that look at incidents, and at what was learned from them."""

from bot.domain.incident_policy import Severity
from bot.domain.period import MOST_DAYS
from bot.domain.worded import worded
from commands.flags import nearest
from commands.incidents.archive_wishes import (
    ExportWish,
    Format,
    ListWish,
    MetricsWish,
    PostMortemWish,
    Review,
    SearchWish,
)
from commands.incidents.heard import ADDRESS, Heard, known_name, service_named
from commands.moments import parse_number

_WHICH = {"open": True, "closed": False, "all": None}
_USUAL_DAYS = 30


def listed(said: Heard) -> ListWish:
    """`[open|closed|all] [--service X] [--severity P1]`."""
    said.at_most(1)
    which = said.words[0].text.lower() if said.words else "open"
    if which not in _WHICH:
        hint = nearest(which, _WHICH)
        raise said.wrong(said.words[0], worded("nothing that can be listed"), hint)
    service, severity = said.asked.flags.get("service"), said.asked.value("severity")
    services = said.source.catalog.services
    return ListWish(
        open=_WHICH[which],
        service=known_name("service", service, service.text, services) if service else None,
        severity=Severity(severity.upper()) if severity else None,
    )


def search(said: Heard) -> SearchWish:
    """`WORDS`."""
    if not said.words:
        raise said.missing(worded("Which words are to be looked for?"))
    return SearchWish(text=said.text())


def postmortem(said: Heard) -> PostMortemWish:
    """`[draft|publish [URL]]`."""
    if not said.words:
        return PostMortemWish(ref=said.ref)
    do, rest = said.words[0], said.words[1:]
    verb = do.text.lower()
    if verb == Review.DRAFT:
        said.at_most(1)
        return PostMortemWish(ref=said.ref)
    if verb != Review.PUBLISH:
        hint = nearest(verb, Review)
        raise said.wrong(do, worded("nothing that can be done with a post-mortem"), hint)
    said.at_most(2)
    url = (rest[0].goal or rest[0].text) if rest else ""
    if url and not ADDRESS.fullmatch(url):
        raise said.wrong(rest[0], worded("no address"), worded("An address begins with https://."))
    return PostMortemWish(ref=said.ref, do=Review.PUBLISH, url=url)


def export(said: Heard) -> ExportWish:
    """`[--format md|json|csv]`."""
    said.at_most(0)
    return ExportWish(ref=said.ref, format=Format(said.asked.value("format").lower() or "md"))


def metrics(said: Heard) -> MetricsWish:
    """`[SERVICE] [--days NUMBER] [--chart]`."""
    said.at_most(1)
    days = said.asked.flags.get("days")
    return MetricsWish(
        service=service_named(said.words[0], said) if said.words else None,
        days=parse_number(days, most=MOST_DAYS) if days else _USUAL_DAYS,
        chart=said.asked.has("chart"),
    )
