"""What an incident keeps of the ladder: who was called, how far it was climbed, and what is due.

`escalation` and `clocks` read these values; transitions make them.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.base import Model

# The rung of a page outside of the ladder.
BY_HAND = -1
# Where whoever climbs the ladder stands at first: below its lowest rung.
FLOOR = -1


class Because(StrEnum):
    """Why somebody is called: the severity asks for it at once, the rung below has not answered, it
    takes too long, or somebody has asked for it.
    """

    AT_ONCE = "at once"
    UNANSWERED = "unanswered"
    UNRESOLVED = "unresolved"
    ASKED = "asked"


class Page(Model):
    """Somebody was called. `rung` is the place in the ladder, or `BY_HAND`: outside of it.

    `epoch` is the severity epoch in which it was; `name` is the rung's, or what whoever called
    typed. `people` are empty when the rung had nobody, or (`unknown`) as long as nobody can say who
    stands on it. Those of the rung who were in already are `present`, and not called. `waited` is
    for how long there was no answer, or no end.
    """

    id: str
    rung: int
    epoch: int
    name: str
    people: tuple[str, ...]
    unknown: bool = False
    present: tuple[str, ...] = ()
    at: datetime
    by: str
    because: Because = Because.AT_ONCE
    waited: timedelta | None = None
    acked_by: str | None = None
    acked_at: datetime | None = None

    @property
    def by_hand(self) -> bool:
        """Whether a person called, outside of the ladder."""
        return self.rung == BY_HAND

    @property
    def title(self) -> str:
        """The name of those whom it calls; nothing where that is one person, called by id."""
        return "" if self.by_hand and self.name in self.people else self.name

    @property
    def empty(self) -> bool:
        """Whether it is certain that nobody stands on its rung."""
        return self.silent and not self.present

    @property
    def silent(self) -> bool:
        """Whether it is certain that nobody is called by it."""
        return not self.people and not self.unknown


class Clocks(Model):
    """What is due, and what was said about it already.

    Deadlines are None when nothing is owed any more. `respond_by` and `resolve_by` count from
    `since`, the beginning of the epoch (declaration or reopening). `update_by` is the promise; it
    was put off last at `snoozed` (None: it is as it was made). `climb_at` is when the next rung is
    paged; `rung` was paged last. `first_epoch` is the severity epoch that began at `since`.
    `present` are those who are in since then: who have a role or have acknowledged, and have done
    something themselves. `quiet_until` is when people are asked whether a fix has helped; nothing
    is measured until then. `fired` are marks of clock events that happened, so that each happens
    once.
    """

    since: datetime
    respond_by: datetime | None
    resolve_by: datetime | None
    update_by: datetime | None
    snoozed: datetime | None = None
    climb_at: datetime | None = None
    rung: int = FLOOR
    severity_epoch: int = 0
    first_epoch: int = 0
    present: frozenset[str] = frozenset()
    quiet_until: datetime | None = None
    postmortem_by: datetime | None = None
    fired: frozenset[str] = frozenset()
