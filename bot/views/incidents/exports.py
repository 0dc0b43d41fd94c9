"""Incidents as text for other programs and for reading: CSV, JSON, and a Markdown file of each."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.domain.incidents.incident import Incident, Moment, TaskKind
from bot.domain.incidents.timeline import TimelineLine
from bot.views.exports import harmless

COLUMNS = (
    "ref",
    "title",
    "severity",
    "state",
    "kind",
    "service",
    "environment",
    "private",
    "source",
    "declared_by",
    "lead",
    *(moment.value for moment in Moment),
    "seconds_to_ack",
    "seconds_to_resolve",
    "reopened",
    "impact",
    "root_cause",
    "resolution",
    "deploys",
    "related",
    "follow_ups",
    "follow_ups_open",
)
Cell = str | int | bool | None
Whole = tuple[Incident, Sequence[TimelineLine]]


def as_csv(incidents: Iterable[Incident]) -> str:
    """One line an incident below a line of headings, as in RFC 4180; not known is an empty cell.

    A text that a spreadsheet would run gets an apostrophe in front: people's words are in it.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for each in incidents:
        writer.writerow({column: harmless(cell) for column, cell in _row(each).items()})
    return text.getvalue()


def as_json(records: Iterable[Whole]) -> str:
    """An array of objects: the whole incident as it is stored, and its timeline."""
    found = [
        {
            "incident": incident.model_dump(mode="json"),
            "timeline": [line.model_dump(mode="json") for line in lines],
        }
        for incident, lines in records
    ]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _row(incident: Incident) -> dict[str, Cell]:
    """The cells by their column. Times are ISO 8601, durations whole seconds."""
    acked, lasted = incident.at(Moment.ACKED), incident.lasted
    # Nobody waited for the answer to what was written down afterwards.
    declared = None if incident.afterwards else incident.at(Moment.DECLARED)
    follow_ups = [task for task in incident.tasks if task.kind is TaskKind.FOLLOW_UP]
    times = {moment.value: incident.at(moment) for moment in Moment}
    return {
        "ref": incident.ref,
        "title": incident.title,
        "severity": incident.severity.value,
        "state": incident.state.value,
        "kind": incident.kind.value,
        "service": incident.service,
        "environment": incident.environment,
        "private": incident.private,
        "source": incident.source.value,
        "declared_by": incident.declared_by,
        "lead": incident.lead,
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "seconds_to_ack": _seconds(acked - declared) if acked and declared else None,
        "seconds_to_resolve": _seconds(lasted) if lasted is not None else None,
        "reopened": incident.epoch,
        "impact": incident.impact,
        "root_cause": incident.root_cause,
        "resolution": incident.resolution,
        "deploys": " ".join(each.deploy for each in incident.deploys),
        "related": " ".join(each.incident for each in incident.related),
        "follow_ups": len(follow_ups),
        "follow_ups_open": sum(task.done_at is None for task in follow_ups),
    }


def _seconds(duration: timedelta) -> int:
    return duration // timedelta(seconds=1)
