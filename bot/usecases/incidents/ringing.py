"""The clocks of incidents: whatever is due is said, and whoever has to come is called, once."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.audit import ENGINE
from bot.domain.incidents.clocks import next_due, rings
from bot.ports import Change, Incidents
from bot.usecases.incidents.paging import Paging
from bot.usecases.incidents.transitions import IncidentTransitions

# How soon Slack is asked again who stands on a rung (a decision of this project): the members of a
# user group may be read 20 times a minute, and whoever has to come should come soon.
_ASK_AGAIN = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """Does what is due for an incident. Any number of workers may look: each thing happens once."""

    incidents: Incidents
    transitions: IncidentTransitions
    paging: Paging

    async def tick(self, ref: str) -> int:
        """Ring every bell and page every rung that is due now; returns how many there were.

        Raises `NotFound`, and `ConcurrentUpdate` when somebody changed the incident meanwhile.
        """
        stored = await self.incidents.incident(ref)
        bells = rings(stored.value, self.transitions.clock.now(), self.transitions.policy)
        happened = self.transitions.fold(stored.value, bells, by=ENGINE)
        present = happened[-1].after if happened else stored.value
        pages = await self.paging.due(present)
        events = (*bells, *pages)
        if events:
            await self.transitions.apply(stored, *events)
            return len(events)
        # Nothing yet, or not any more: say when to look again.
        due, now = next_due(stored.value, self.transitions.policy), self.transitions.clock.now()
        if due is not None and due <= now:
            due = now + _ASK_AGAIN
        await self.transitions.commit(Change(writes=(), unchanged=(stored,), wake={ref: due}))
        return 0
