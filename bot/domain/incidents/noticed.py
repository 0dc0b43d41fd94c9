"""Lines of the incident checklist that the record itself proves: nobody has to tick them.

Which line is which is known by its id, as the usual checklist has them; a team that has others
loses nothing but the convenience. What nobody can see from the record stays to be ticked by hand.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.linked import Part
from bot.domain.incidents.procedures import Procedure

CHECKLIST = "checklist"

_PROVED: Mapping[str, Callable[[Incident], bool]] = MappingProxyType(
    {
        "acknowledged": lambda incident: Moment.ACKED in incident.times,
        "stakeholders": lambda incident: bool(incident.updates),
        "cause": lambda incident: bool(incident.root_cause),
        "fix": lambda incident: any(
            deploy.landed and deploy.part in {Part.FIX, Part.ROLLBACK}
            for deploy in incident.deploys
        ),
        "communication": lambda incident: bool(incident.resolution),
        "postmortem": lambda incident: incident.postmortem.drafted is not None,
    }
)


def noticed(before: Incident, after: Incident, by: str, now: datetime) -> tuple[Procedure, ...]:
    """Its lists, with what has become true ticked by whoever brought it about.

    What was true before stays as people left it: a tick that was taken back does not come again.
    """
    return tuple(
        _ticked(each, before, after, by, now) if each.id == CHECKLIST else each
        for each in after.procedures
    )


def _ticked(
    procedure: Procedure, before: Incident, after: Incident, by: str, now: datetime
) -> Procedure:
    for item in procedure.items:
        proved = _PROVED.get(item.id)
        if proved and proved(after) and not proved(before):
            procedure = procedure.tick(item.id, by, now)
    return procedure
