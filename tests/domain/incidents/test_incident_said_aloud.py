"""What is worse than before is told anew to everybody who reads the alerts."""

import incident_samples as made
import pytest
from incident_samples import CHANNEL, ROOM_CHANNEL
from samples import SAM

from bot.domain.incident_policy import Severity
from bot.domain.incidents import events as happened
from bot.domain.incidents.announcements import announcements
from bot.domain.incidents.events import Event
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.messages import IncidentNote, IncidentSaid
from bot.domain.incidents.room import RoomKind
from bot.domain.incidents.states import State

POLICY = made.incident_policy()
MINOR = made.incident(pages=(), severity=Severity.P3)
OVER = made.incident(pages=(), state=State.RESOLVED)
WORSE = happened.SeverityChanged(to=Severity.P1, reason="More and more fail")
AGAIN = happened.Moved(to=State.INVESTIGATING, reason="It is back")


def notes(before: Incident, event: Event, **after: object) -> list[tuple[str, bool, bool, str]]:
    """Where a note goes, whether below the alert, whether aloud, and what it says."""
    said = announcements(before, before.model_copy(update=after), event, SAM, POLICY)
    return [
        (each.channel, each.message.in_thread, each.message.aloud, each.message.said)
        for each in said
        if isinstance(each.message, IncidentNote)
    ]


@pytest.mark.parametrize(
    ("before", "event", "after", "said"),
    [
        (MINOR, WORSE, {"severity": Severity.P1}, IncidentSaid.SEVERITY),
        (OVER, AGAIN, {"state": State.INVESTIGATING}, IncidentSaid.REOPENED),
    ],
)
def test_what_is_worse_is_said_in_the_room_and_once_to_everybody(
    before: Incident, event: Event, after: dict[str, object], said: IncidentSaid
) -> None:
    everybody = (CHANNEL, True, True, said)
    assert notes(before, event, **after) == [(ROOM_CHANNEL, False, False, said), everybody]
    thread = before.model_copy(
        update={"room": before.room.model_copy(update={"kind": RoomKind.THREAD, "channel": None})}
    )
    assert notes(thread, event, **after) == [everybody]


@pytest.mark.parametrize("hidden", [{"kind": IncidentKind.DRILL}, {"private": True}])
def test_of_a_drill_and_of_what_is_private_nobody_hears_it(hidden: dict[str, object]) -> None:
    for before, event, after in (
        (MINOR, WORSE, {"severity": Severity.P1}),
        (OVER, AGAIN, {"state": State.INVESTIGATING}),
    ):
        found = notes(before.model_copy(update=hidden), event, **after)
        assert all(channel != CHANNEL and not aloud for channel, _, aloud, _ in found)


@pytest.mark.parametrize(
    ("before", "event", "after"),
    [
        (OVER, WORSE, {"severity": Severity.P1}),
        (made.incident(pages=()), WORSE, {"severity": Severity.P3}),
        (MINOR, happened.Moved(to=State.MITIGATING), {"state": State.MITIGATING}),
        (MINOR, happened.Acked(), {"reason": "x"}),
    ],
)
def test_what_is_not_worse_is_said_in_the_room_alone(
    before: Incident, event: Event, after: dict[str, object]
) -> None:
    if before is OVER:
        before = OVER.model_copy(update={"severity": Severity.P3})
    assert [channel for channel, *_ in notes(before, event, **after)] == [ROOM_CHANNEL]
