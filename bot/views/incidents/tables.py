"""Incidents as plain text for a terminal."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.domain.incidents.figures import IncidentFigures
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.timeline import TimelineLine
from bot.domain.measures import Share
from bot.views.mrkdwn import span

_UNKNOWN = "-"
_CUT = "There were more incidents than were looked at; fewer --days have all of them."
_TITLE = 60
_HEADINGS = ("INCIDENT", "SEV", "STATE", "SERVICE", "LEAD", "BEGAN (UTC)", "TITLE")
_FIGURES = ("", "INCIDENTS", "MTTD", "MTTA", "MTTR", "MTBF", "RESPONSE", "RESOLUTION")


def incident_table(incidents: Sequence[Incident]) -> str:
    """One line an incident, in columns."""
    return _columns(_HEADINGS, *(_row(each) for each in incidents))


def incident_text(incident: Incident, lines: Sequence[TimelineLine]) -> str:
    """One incident with its timeline."""
    facts = (
        ("kind", "" if incident.kind is IncidentKind.REAL else incident.kind.value),
        ("severity", incident.severity.value),
        ("state", incident.state.value),
        ("service", flat(incident.service or "")),
        ("in", flat(incident.environment or "")),
        ("lead", flat(incident.lead or _UNKNOWN)),
        ("impact", flat(incident.impact)),
        ("root cause", flat(incident.root_cause)),
        ("resolution", flat(incident.resolution)),
    )
    head = [f"{incident.ref}  {flat(incident.title)}"]
    head += [f"  {name:<11}{value}" for name, value in facts if value]
    told = (
        f"  {_when(line.at)}  {line.kind.value:<11} "
        + " ".join(filter(None, map(flat, (line.word, line.subject, line.text, f"({line.by})"))))
        for line in lines
    )
    return "\n".join([*head, "", *told]) + "\n"


def figures_text(
    whole: IncidentFigures, groups: Mapping[str, IncidentFigures], *, cut: bool = False
) -> str:
    """The figures of all, and of each group below; `cut`: there were more than were looked at."""
    table = _columns(
        _FIGURES, _figures("all", whole), *(_figures(name, each) for name, each in groups.items())
    )
    return f"{table}{_CUT}\n" if cut else table


def _columns(*cells: tuple[str, ...]) -> str:
    rows = [tuple(map(flat, row)) for row in cells]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines) + "\n"


def _row(incident: Incident) -> tuple[str, ...]:
    return (
        incident.ref,
        incident.severity.value,
        incident.state.value,
        incident.service or _UNKNOWN,
        incident.lead or _UNKNOWN,
        _when(incident.began),
        f"{_kind(incident)}{flat(incident.title)[:_TITLE]}",
    )


def _kind(incident: Incident) -> str:
    return "" if incident.kind is IncidentKind.REAL else f"({incident.kind}) "


def _figures(name: str, found: IncidentFigures) -> tuple[str, ...]:
    return (
        name,
        str(found.count),
        *(_took(each) for each in (found.mttd, found.mtta, found.mttr, found.mtbf)),
        _share(found.response),
        _share(found.resolution),
    )


def _took(duration: timedelta | None) -> str:
    return _UNKNOWN if duration is None else span(duration)


def _share(share: Share) -> str:
    return _UNKNOWN if share.value is None else f"{share.count} of {share.total}"


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def flat(text: str) -> str:
    """What somebody wrote, on one line, and without what a terminal would act on."""
    return "".join(sign if sign.isprintable() else " " for sign in " ".join(text.split()))
