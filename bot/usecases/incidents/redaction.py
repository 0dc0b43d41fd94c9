"""What is left of a private incident for those who may not see it: that there is one."""

from datetime import UTC, datetime

from bot.domain.audit import ENGINE
from bot.domain.incident_policy import Severity
from bot.domain.incidents.calls import Clocks
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Room
from bot.domain.incidents.states import State

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def redacted(incident: Incident) -> Incident:
    """An incident without anything that somebody wrote or that tells what it is about.

    The name of a room that was public once is made of the title, so nothing of the room is left.
    """
    return Incident(
        ref=incident.ref,
        title=incident.ref,
        severity=incident.severity,
        state=incident.state,
        declared_by=incident.declared_by,
        kind=incident.kind,
        private=True,
        language=incident.language,
        epoch=incident.epoch,
        times=incident.times,
        clocks=incident.clocks,
        room=Room(kind=incident.room.kind),
    )


def reference_only(incident: Incident) -> Incident:
    """An incident of which nothing is said but its reference: whatever else is in it is the same
    for every incident.
    """
    return Incident(
        ref=incident.ref,
        title=incident.ref,
        severity=Severity.P4,
        state=State.TRIAGE,
        declared_by=ENGINE,
        private=True,
        times={},
        clocks=Clocks(since=_NEVER, respond_by=None, resolve_by=None, update_by=None),
    )
