"""What a bell asks of people, and until when: a reminder that is answered asks nobody. Pure."""

from collections.abc import Iterator

from bot.domain.incidents.clocks import bell_of, mark_of
from bot.domain.incidents.events import Bell
from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.remarks import foremost, keeper
from bot.domain.incidents.states import AFTER

UPDATE_BELLS = frozenset({Bell.UPDATE_SOON, Bell.UPDATE_DUE, Bell.UPDATE_OVERDUE})
# Whoever is called then may be of use for as long as it lasts.
_CALLS = frozenset({Bell.RESOLUTION_NEAR, Bell.RESOLUTION_BREACHED, Bell.LADDER_ENDED})


def waits(incident: Incident, mark: str) -> bool:
    """Whether what a bell asked for, by the mark that it left, is still to be done.

    A bell of before it was opened again asks for nothing, and neither does one that only tells.
    """
    bell = Bell(bell_of(mark))
    if not mark.startswith(f"{bell}/{incident.epoch}/"):
        return False
    if bell is Bell.POST_MORTEM_DUE:
        return incident.state in AFTER and incident.postmortem.published is None
    return incident.active and _needed(incident, bell, mark)


def _needed(incident: Incident, bell: Bell, mark: str) -> bool:
    """Whether it is still to be done while customers may be hurt."""
    due = incident.clocks.update_by
    match bell:
        case Bell.UNCLAIMED:
            return incident.lead is None
        case Bell.RESPONSE_BREACHED:
            return incident.at(Moment.ACKED) is None
        case Bell.UPDATE_SOON | Bell.UPDATE_DUE | Bell.UPDATE_OVERDUE:
            return due is not None and f"{mark}/".startswith(f"{mark_of(incident, bell, due)}/")
        case Bell.FIXED_AWHILE:
            return incident.clocks.quiet_until is not None
        case _:
            return bell in _CALLS


def answered(before: Incident, after: Incident) -> Iterator[tuple[Bell, str]]:
    """The bells that asked for something which is done by now or needless, with their marks."""
    for mark in sorted(before.clocks.fired):
        if waits(before, mark) and not waits(after, mark):
            yield Bell(bell_of(mark)), mark


def reminded(incident: Incident, bell: str) -> tuple[str, ...]:
    """Who is told in private of an update that they owe; whom to turn to, too, when it is late."""
    late = (foremost(incident),) if bell == Bell.UPDATE_OVERDUE else ()
    return tuple(dict.fromkeys((keeper(incident), *late)))
