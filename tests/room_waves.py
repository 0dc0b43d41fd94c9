"""What becomes of the room of an incident in tests: events, waves of steps, and all of them."""

from collections.abc import Callable
from datetime import datetime

import incident_samples as samples
from samples import NOW, SAM

from bot.domain.incidents.events import Event, StepsBegun, StepsEnded
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.room import Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.room_steps import next_steps
from bot.domain.incidents.transition import advance

POLICY = samples.incident_policy()


def after(incident: Incident, *events: Event, at: datetime = NOW) -> Incident:
    """The incident once these have happened."""
    for event in events:
        incident = advance(incident, event, SAM, at, POLICY)
    return incident


def ended(incident: Incident, *results: StepResult, at: datetime = NOW) -> Incident:
    """The incident after these steps were begun, and ended so."""
    begun = StepsBegun(steps=tuple(result.step for result in results))
    return after(incident, begun, StepsEnded(results=results), at=at)


def waves(incident: Incident, made: Callable[[Step], StepResult]) -> list[set[Step]]:
    """The steps as they are done side by side when all goes well; `made` is how one then ends."""
    found: list[set[Step]] = []
    while steps := next_steps(incident, NOW):
        assert len(found) < 10, found
        found.append(set(steps))
        incident = ended(incident, *map(made, steps))
    return found
