"""Runbooks: what to do about a symptom, step by step, and how one is found. Pure."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from bot.domain.base import Model
from bot.domain.errors import NotFound
from bot.domain.incident_policy import ProcedureItem, Severity
from bot.domain.incidents.naming import words
from bot.domain.incidents.procedures import Procedure

# Decisions of this project: a word of the title says more than one of the symptoms, and that more
# than one of the text. A suggestion takes more than one word that happens to be in a text.
_TITLE, _SYMPTOM, _TEXT, _SERVICE = 5, 3, 1, 4
_ENOUGH = 3
_SUGGESTED = 2
_PREFIX = "runbook-"


class Runbook(Model):
    """One runbook. `slug` is its name in commands; `services` are empty when it is for any.

    `severity` is what such an incident usually is. `steps` are ticked off one by one; `text` is all
    of it, in Markdown. `url` is where to read it with its pictures.
    """

    slug: str
    title: str
    steps: tuple[ProcedureItem, ...]
    services: frozenset[str] = frozenset()
    symptoms: tuple[str, ...] = ()
    severity: Severity | None = None
    url: str | None = None
    text: str = ""

    @property
    def procedure(self) -> Procedure:
        """It as a list to tick off."""
        return Procedure(
            id=f"{_PREFIX}{self.slug}", title=self.title, items=self.steps, url=self.url
        )


class Found(Model):
    """A runbook that fits, and how well."""

    runbook: Runbook
    score: int


def search(runbooks: Iterable[Runbook], text: str, service: str | None = None) -> tuple[Found, ...]:
    """Those that have words of a text, the best first; those of other services are left out.

    Of equally good ones the first by name.
    """
    wanted = words(text)
    found = [
        Found(runbook=each, score=_score(each, wanted, service))
        for each in runbooks
        if service is None or not each.services or service in each.services
    ]
    fitting = [each for each in found if each.score > 0 and _matches(each.runbook, wanted)]
    return tuple(sorted(fitting, key=lambda each: (-each.score, each.runbook.slug)))


def suggested(runbooks: Iterable[Runbook], title: str, service: str | None) -> tuple[Runbook, ...]:
    """The runbooks worth a look for an incident of this title; none that is far-fetched."""
    found = search(runbooks, title, service)
    worthy = [each.runbook for each in found if _named(each.runbook, words(title)) >= _ENOUGH]
    return tuple(worthy[:_SUGGESTED])


def named(runbooks: Sequence[Runbook], text: str) -> Runbook:
    """The runbook of this name, else the best one for these words.

    Raises `NotFound` naming what is near, or all there are.
    """
    slug = "-".join(text.lower().split())
    for each in runbooks:
        if slug in {each.slug, each.title.lower().replace(" ", "-")}:
            return each
    found = search(runbooks, text)
    if found:
        return found[0].runbook
    known = [each.slug for each in runbooks]
    near = get_close_matches(slug, known, n=3, cutoff=0.5)
    listed = ", ".join(near or known)
    raise NotFound(
        f"No runbook fits “{text}”. There {'are' if known else 'is'}: {listed or 'none'}."
    )


def _matches(runbook: Runbook, wanted: frozenset[str]) -> bool:
    return bool(wanted & _all_words(runbook))


def _all_words(runbook: Runbook) -> frozenset[str]:
    return words(" ".join((runbook.title, *runbook.symptoms, runbook.text)))


def _named(runbook: Runbook, wanted: frozenset[str]) -> int:
    """What title and symptoms alone are worth."""
    symptoms = words(" ".join(runbook.symptoms))
    return _TITLE * len(wanted & words(runbook.title)) + _SYMPTOM * len(wanted & symptoms)


def _score(runbook: Runbook, wanted: frozenset[str], service: str | None) -> int:
    of_service = _SERVICE if service and service in runbook.services else 0
    return _named(runbook, wanted) + _TEXT * len(wanted & words(runbook.text)) + of_service
