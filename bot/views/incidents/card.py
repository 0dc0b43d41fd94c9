"""The pinned card of an incident: one message in its room, edited in place, at most six lines."""

from collections.abc import Sequence

from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident
from bot.views.blocks import Rendered, header, rendered, section
from bot.views.incidents.controls import controls
from bot.views.incidents.lines import (
    DOT,
    deploys_line,
    ending_line,
    left_line,
    people_line,
    runbook_line,
    sla_line,
    status_line,
    suspect_line,
    update_line,
)
from bot.views.incidents.troubles import problems
from bot.views.incidents.wording import badges, mark, state_name
from bot.views.mrkdwn import escape


def incident_card(
    incident: Incident, policy: IncidentPolicy, others: Sequence[Incident] = ()
) -> Rendered:
    """How it stands, what is due, what may have caused it, and what can be done now. `others` are
    those that everybody may know of.
    """
    lines = (
        status_line(incident),
        people_line(incident),
        sla_line(incident, policy),
        update_line(incident) or ending_line(incident, others),
        suspect_line(incident) or left_line(incident),
        DOT.join(filter(None, (deploys_line(incident), runbook_line(incident)))),
    )
    blocks = [
        header(heading(incident)),
        section("\n".join(line for line in lines if line)),
        *problems(incident),
        controls(incident, policy),
    ]
    said = f"{badges(incident)}{state_name(incident.language, incident.state)}"
    return rendered(escape(f"{said}: {incident.ref} {incident.title}"), blocks)


def heading(incident: Incident) -> str:
    """How bad, which one, and what about, in plain text."""
    name = f"{incident.severity.value} · {incident.ref}"
    title = " ".join(incident.title.split())
    return f"{mark(incident)} {name} · {badges(incident)}{title}"
