"""What is left of a private incident for those who may not see it: that there is one."""

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Room


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
