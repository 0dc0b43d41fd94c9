"""Runbooks: what to do about a symptom, step by step, and how one is found. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from difflib import get_close_matches

from bot.domain.base import Model
from bot.domain.errors import NotFound
from bot.domain.incident_policy import ProcedureItem, Severity
from bot.domain.incidents.linked import SuggestedRunbook
from bot.domain.incidents.naming import words
from bot.domain.incidents.procedures import Procedure
from bot.domain.worded import Worded, worded

# Decisions of this project: a word of the title says more than one of the symptoms, and that more
# than one of the text. Two suggestions are looked at, ten are not.
_TITLE, _SYMPTOM, _TEXT, _SERVICE = 5, 3, 1, 4
_SUGGESTED = 2
_NEAR, _SHOWN_NEAR = 0.5, 3
# What is followed in an emergency is looked through once a year, at least.
REVIEWED_EVERY = timedelta(days=365)
# Words that say nothing of what a text is about.
_EMPTY = words(
    "a about above after all an and are as at be before below but by can do for from has have in is"
    " it its no not of on or our that the this to too was we what when with"
)


class Runbook(Model):
    """One runbook. `slug` is its name in commands; `services` are empty when it is for any.

    `severity` is what such an incident usually is. `steps` are ticked off one by one; `text` is all
    of it, in Markdown. `url` is where to read it with its pictures. `reviewed` is the day on which
    somebody last saw to it that it is true.
    """

    slug: str
    title: str
    steps: tuple[ProcedureItem, ...]
    services: frozenset[str] = frozenset()
    symptoms: tuple[str, ...] = ()
    severity: Severity | None = None
    url: str | None = None
    reviewed: date | None = None
    text: str = ""

    @property
    def suggestion(self) -> SuggestedRunbook:
        """What an incident that it fits keeps of it."""
        return SuggestedRunbook(slug=self.slug, title=self.title, url=self.url)

    @property
    def procedure(self) -> Procedure:
        """It as a list to tick off."""
        name = self.suggestion.procedure
        return Procedure(id=name, title=self.title, items=self.steps, url=self.url)


class Found(Model):
    """A runbook that fits, and how well."""

    runbook: Runbook
    score: int


def search(runbooks: Iterable[Runbook], text: str, service: str | None = None) -> tuple[Found, ...]:
    """Those that have words of a text, the best first; those of other services are left out.

    Of equally good ones the first by name. Words such as “the” do not count.
    """
    wanted = _telling(text)
    found = [
        Found(runbook=each, score=_score(each, wanted, service))
        for each in runbooks
        if _serves(each, service) and wanted & _all_words(each)
    ]
    return tuple(sorted(found, key=lambda each: (-each.score, each.runbook.slug)))


def suggested(runbooks: Iterable[Runbook], title: str, service: str | None) -> tuple[Runbook, ...]:
    """The runbooks worth a look for an incident of this title: two at most, the best first.

    One is not far-fetched when the incident's title has more than half of the words of one of its
    symptoms, or of its own title.
    """
    wanted = _telling(title)
    found = (each.runbook for each in search(runbooks, title, service))
    return tuple(each for each in found if _speaks_of(each, wanted))[:_SUGGESTED]


def suggestions(
    runbooks: Iterable[Runbook], title: str, service: str | None
) -> tuple[SuggestedRunbook, ...]:
    """What an incident of this title keeps of the runbooks that are worth a look."""
    return tuple(each.suggestion for each in suggested(runbooks, title, service))


def named(runbooks: Sequence[Runbook], text: str) -> tuple[Runbook, ...]:
    """The runbook of this name or title, else the best for these words: several when they fit
    equally well.

    Raises `NotFound` naming what is near, or all there are.
    """
    slug = _slug(text)
    for each in runbooks:
        if slug in {each.slug, _slug(each.title)}:
            return (each,)
    found = search(runbooks, text)
    if found:
        return tuple(each.runbook for each in found if each.score == found[0].score)
    raise NotFound("No runbook fits “{name}”. {known}", name=text, known=_known(runbooks, slug))


def of_slug(runbooks: Sequence[Runbook], slug: str) -> Runbook:
    """The runbook of exactly this name. Raises `NotFound` naming what is near, or all there are."""
    found = next((each for each in runbooks if each.slug == slug), None)
    if found is None:
        raise NotFound(
            "There is no runbook “{name}”. {known}", name=slug, known=_known(runbooks, slug)
        )
    return found


def doubts(runbooks: Iterable[Runbook], services: Iterable[str], today: date) -> tuple[str, ...]:
    """What may be wrong with runbooks that can be read: each a sentence that names the runbook.

    Services that there are not, and a review that was more than a year ago, or is yet to come. One
    that was never reviewed is not doubted: not every team writes that down.
    """
    return tuple(doubt for each in runbooks for doubt in _doubts(each, tuple(services), today))


def _doubts(runbook: Runbook, services: tuple[str, ...], today: date) -> Iterator[str]:
    for service in sorted(runbook.services.difference(services)):
        near = get_close_matches(service, services, n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        says = f"{runbook.slug} is for the service “{service}”, which the catalog does not have."
        yield says + meant
    if runbook.reviewed is None:
        return
    if runbook.reviewed > today:
        yield f"{runbook.slug} was reviewed on {runbook.reviewed}, which is yet to come."
    elif today - runbook.reviewed > REVIEWED_EVERY:
        yield f"{runbook.slug} was last reviewed on {runbook.reviewed}: look whether it is true."


def _known(runbooks: Sequence[Runbook], slug: str) -> Worded:
    """What there is instead of a name that nothing has."""
    known = [each.slug for each in runbooks]
    listed = get_close_matches(slug, known, n=_SHOWN_NEAR, cutoff=_NEAR) or known
    if not listed:
        return worded("There are none.")
    if len(listed) == 1:
        return worded("There is: {one}.", one=listed[0])
    return worded("There are: {options}.", options=tuple(listed))


def _slug(text: str) -> str:
    return "-".join(text.lower().split())


def _serves(runbook: Runbook, service: str | None) -> bool:
    return service is None or not runbook.services or service in runbook.services


def _telling(text: str) -> frozenset[str]:
    return words(text) - _EMPTY


def _speaks_of(runbook: Runbook, wanted: frozenset[str]) -> bool:
    phrases = (_telling(each) for each in (runbook.title, *runbook.symptoms))
    return any(2 * len(phrase & wanted) > len(phrase) for phrase in phrases)


def _all_words(runbook: Runbook) -> frozenset[str]:
    return words(" ".join((runbook.title, *runbook.symptoms, runbook.text)))


def _score(runbook: Runbook, wanted: frozenset[str], service: str | None) -> int:
    symptoms = words(" ".join(runbook.symptoms))
    of_service = _SERVICE if service and service in runbook.services else 0
    return (
        _TITLE * len(wanted & words(runbook.title))
        + _SYMPTOM * len(wanted & symptoms)
        + _TEXT * len(wanted & words(runbook.text))
        + of_service
    )
