"""How well incidents are answered, in a few figures; what is not known is said to be so."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.base import Model
from bot.domain.incident_policy import Severity
from bot.domain.incidents.figures import IncidentFigures
from bot.domain.measures import Share
from bot.views.blocks import Block, Rendered, context, rendered, section, stacked
from bot.views.incidents.lines import DOT
from bot.views.incidents.wording import SEVERITY_MARKS, length, short
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.mrkdwn import escape

_SHOWN_SERVICES = 20
_SHOWN_WEEKS = 8
_NAME = 80


class Period(Model):
    """What the figures are of; `cut`: there were more incidents than were looked at."""

    since: datetime
    until: datetime
    service: str | None = None
    cut: bool = False


def metrics(
    period: Period,
    whole: IncidentFigures,
    severities: Mapping[Severity, IncidentFigures],
    services: Mapping[str, IncidentFigures],
    weeks: Sequence[tuple[datetime, timedelta | None]],
    language: str,
) -> Rendered:
    """Mean times and kept targets: of all, of each severity, of each service, week by week."""
    days = max((period.until - period.since).days, 1)
    what = period.service or say(language, Phrase.FIGURES_ALL)
    title = say(language, Phrase.FIGURES_OF, what=short(what, _NAME), days=days)
    blocks: list[Block] = [section(f"*{title}*\n{_whole(language, whole)}")]
    by_severity = [
        f"{SEVERITY_MARKS[each]} *{each.value}* {_short(language, found)}"
        for each, found in severities.items()
    ]
    by_service = [
        f"*{escape(name)}* {_short(language, found)}"
        for name, found in list(services.items())[:_SHOWN_SERVICES]
    ]
    blocks += [section(stacked(lines)) for lines in (by_severity, by_service) if lines]
    trend = [_span(language, each) for _, each in weeks[-_SHOWN_WEEKS:]]
    if any(each is not None for _, each in weeks):
        blocks.append(context(say(language, Phrase.FIGURES_WEEKS, trend=" → ".join(trend))))
    if period.cut:
        blocks.append(context(say(language, Phrase.FIGURES_CUT)))
    return rendered(title, blocks)


def _whole(language: str, found: IncidentFigures) -> str:
    values = {
        "count": found.count,
        "open": found.open,
        "reopened": found.reopened,
        "mttd": _span(language, found.mttd),
        "mtta": _span(language, found.mtta),
        "mttr": _span(language, found.mttr),
        "mtbf": _span(language, found.mtbf),
        "response": _share(found.response),
        "resolution": _share(found.resolution),
    }
    phrases = (Phrase.FIGURES_COUNT, Phrase.FIGURES_MEANS, Phrase.FIGURES_TARGETS)
    return "\n".join(say(language, phrase, **values) for phrase in phrases)


def _short(language: str, found: IncidentFigures) -> str:
    return DOT.join(
        (
            str(found.count),
            f"MTTA {_span(language, found.mtta)}",
            f"MTTR {_span(language, found.mttr)}",
            f"SLA {_share(found.resolution)}",
        )
    )


def _span(language: str, duration: timedelta | None) -> str:
    return "–" if duration is None else length(language, duration)


def _share(found: Share) -> str:
    return "–" if found.value is None else f"{found.count}/{found.total} ({found.value:.0%})"
