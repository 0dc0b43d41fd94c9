"""What of an incident a card or an alert may show; while that is the same, none is edited. Pure."""

from bot.domain.incidents.calls import FLOOR, Clocks
from bot.domain.incidents.clocks import bell_of
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Progress, Room, Status

# Bells that can be seen on a card after they rang.
_SHOWN = frozenset(
    {
        Bell.RESPONSE_BREACHED,
        Bell.RESOLUTION_NEAR,
        Bell.RESOLUTION_BREACHED,
        Bell.UPDATE_DUE,
        Bell.UPDATE_OVERDUE,
        Bell.FIXED_AWHILE,
        Bell.POST_MORTEM_DUE,
    }
)


def face(incident: Incident) -> Incident:
    """Everything that a card may show."""
    room = incident.room
    return incident.model_copy(
        update={
            "subscribers": {},
            "visitors": frozenset(),
            "clocks": _clock_face(incident.clocks),
            "room": Room(
                kind=room.kind,
                channel=room.channel,
                name=room.name,
                steps={
                    step: Progress(status=each.status, problem=each.problem)
                    for step, each in room.steps.items()
                    if each.status is Status.REFUSED
                },
            ),
        }
    )


def alert_face(incident: Incident) -> Incident:
    """Everything that the alert may show: what a card does, but for the work on it."""
    shown = face(incident)
    return shown.model_copy(
        update={
            "procedures": (),
            "tasks": (),
            "suspects": (),
            "runbooks": (),
            "links": (),
            "handoff": None,
            "responders": frozenset(),
            "room": shown.room.model_copy(update={"steps": {}}),
        }
    )


def _clock_face(clocks: Clocks) -> Clocks:
    """Deadlines, and which of them were missed; not what is only counted."""
    shown = frozenset(mark for mark in clocks.fired if bell_of(mark) in _SHOWN)
    return clocks.model_copy(
        update={
            "fired": shown,
            "climb_at": None,
            "rung": FLOOR,
            "severity_epoch": 0,
            "present": frozenset(),
        }
    )
