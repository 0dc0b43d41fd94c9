"""The life of an incident: one table. No other place decides what may follow what.

`triage` may be a false alarm. `investigating`, `identified`, `mitigating` and `monitoring` are the
work; it may go back and forth among them. `resolved` is when customers are fine again, and
`post_mortem` when the team looks back.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where an incident stands; the values are stored."""

    TRIAGE = "triage"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POST_MORTEM = "post_mortem"
    CLOSED = "closed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    MERGED = "merged"

    @property
    def said(self) -> str:
        """The state as people read and type it."""
        return self.value.replace("_", "-")


S = State
TABLE: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        S.TRIAGE: frozenset({S.INVESTIGATING, S.DECLINED, S.MERGED, S.CANCELLED}),
        S.INVESTIGATING: frozenset(
            {S.IDENTIFIED, S.MITIGATING, S.MONITORING, S.RESOLVED, S.MERGED, S.CANCELLED}
        ),
        S.IDENTIFIED: frozenset(
            {S.INVESTIGATING, S.MITIGATING, S.MONITORING, S.RESOLVED, S.MERGED, S.CANCELLED}
        ),
        S.MITIGATING: frozenset(
            {S.INVESTIGATING, S.IDENTIFIED, S.MONITORING, S.RESOLVED, S.MERGED, S.CANCELLED}
        ),
        S.MONITORING: frozenset(
            {S.INVESTIGATING, S.IDENTIFIED, S.MITIGATING, S.RESOLVED, S.MERGED, S.CANCELLED}
        ),
        S.RESOLVED: frozenset({S.POST_MORTEM, S.CLOSED, S.INVESTIGATING}),
        S.POST_MORTEM: frozenset({S.CLOSED, S.INVESTIGATING}),
        S.CLOSED: frozenset({S.INVESTIGATING}),
        # Taken back within a day.
        S.DECLINED: frozenset({S.TRIAGE}),
        S.CANCELLED: frozenset({S.TRIAGE}),
        S.MERGED: frozenset({S.TRIAGE}),
    }
)
# Customers may be hurt: clocks run, updates are promised, people are paged.
ACTIVE = frozenset({S.TRIAGE, S.INVESTIGATING, S.IDENTIFIED, S.MITIGATING, S.MONITORING})
# Customers are fine again, and the team is not done.
AFTER = frozenset({S.RESOLVED, S.POST_MORTEM})
# It turned out to be nothing of its own; no figure counts it.
VOID = frozenset({S.DECLINED, S.CANCELLED, S.MERGED})
# Nothing is due any more.
OVER = VOID | {S.CLOSED}
OPEN = ACTIVE | AFTER
