"""The states of a deploy and the arrows between them: all that can change a state is here."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.events import (
    Abandoned,
    Aborted,
    BackedUp,
    BackupDue,
    Broke,
    ChecksOpened,
    Cleared,
    Completed,
    Event,
    Expired,
    Failed,
    GateTripped,
    Held,
    HoldOverdue,
    Lost,
    Observed,
    PhasePassed,
    Planned,
    Promoted,
    Refused,
    Rejected,
    Reminded,
    Resumed,
    Retained,
    RevisionFound,
    RevisionReady,
    RolledBack,
    SmokeDue,
    SmokePassed,
    Started,
    Tagged,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Unreached,
    VoteCast,
    Waiting,
    Withdrawn,
)


class State(StrEnum):
    """Where a deploy stands. The last eight are final."""

    REQUESTED = "requested"
    CHECKING = "waiting for the checklist"
    AWAITING_APPROVAL = "awaiting approval"
    QUEUED = "queued"
    BACKING_UP = "backing up the database"
    STAGING = "staging"
    TAGGING = "tagging"
    SMOKE = "smoke testing"
    ROUTING = "routing"
    OBSERVING = "observing"
    HELD = "held"
    ROLLING_BACK = "rolling back"
    RETAINING = "completed, old version kept"
    COMPLETED = "completed"
    ROLLED_BACK = "rolled back"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED_SAFE = "failed, old version serving"
    FAILED_UNKNOWN = "failed, outcome unknown"


S = State
FINAL = frozenset(
    {
        S.COMPLETED,
        S.ROLLED_BACK,
        S.CANCELLED,
        S.REFUSED,
        S.REJECTED,
        S.EXPIRED,
        S.FAILED_SAFE,
        S.FAILED_UNKNOWN,
    }
)
# The new version serves everything and was found good.
LANDED = frozenset({S.RETAINING, S.COMPLETED})
# People decide whether it happens at all; nothing was written yet.
DECIDING = frozenset({S.REQUESTED, S.CHECKING, S.AWAITING_APPROVAL})
# The deploy stands in its target's lane: it has been cleared and is not over.
IN_LANE = frozenset(set(State) - FINAL - DECIDING - {S.RETAINING})
# A write to the cloud is under way, or about to be.
WRITING = frozenset({S.STAGING, S.TAGGING, S.ROUTING, S.ROLLING_BACK})
# The new version may have traffic, and it is watched.
WATCHING = frozenset({S.OBSERVING, S.HELD, S.RETAINING})

_WORKING: Mapping[type[Event], None] = dict.fromkeys((Started, Waiting, Unreached))


def _stays(state: State) -> Mapping[type[Event], State]:
    """A step under way: it is polled, and repeated when a neighbour cannot be reached."""
    return dict.fromkeys(_WORKING, state)


TABLE: Mapping[State, Mapping[type[Event], State]] = MappingProxyType(
    {
        S.REQUESTED: {
            ChecksOpened: S.CHECKING,
            Planned: S.AWAITING_APPROVAL,
            Cleared: S.QUEUED,
            Refused: S.REFUSED,
            Aborted: S.CANCELLED,
            Unreached: S.REQUESTED,
            Failed: S.FAILED_SAFE,
        },
        S.CHECKING: {
            Planned: S.AWAITING_APPROVAL,
            Cleared: S.QUEUED,
            Expired: S.EXPIRED,
            Aborted: S.CANCELLED,
        },
        S.AWAITING_APPROVAL: {
            VoteCast: S.AWAITING_APPROVAL,
            Reminded: S.AWAITING_APPROVAL,
            Cleared: S.QUEUED,
            Rejected: S.REJECTED,
            Expired: S.EXPIRED,
            Aborted: S.CANCELLED,
        },
        S.QUEUED: {
            Waiting: S.QUEUED,
            TurnTaken: S.STAGING,
            BackupDue: S.BACKING_UP,
            TargetChanged: S.REQUESTED,
            Refused: S.REFUSED,
            Aborted: S.CANCELLED,
            Unreached: S.QUEUED,
            Failed: S.FAILED_SAFE,
        },
        S.BACKING_UP: {
            **_stays(S.BACKING_UP),
            BackedUp: S.STAGING,
            Aborted: S.CANCELLED,
            Failed: S.FAILED_SAFE,
        },
        S.STAGING: {
            **_stays(S.STAGING),
            RevisionReady: S.TAGGING,
            RevisionFound: S.ROUTING,
            Aborted: S.ROLLING_BACK,
            Broke: S.ROLLING_BACK,
            Failed: S.FAILED_SAFE,
            Lost: S.FAILED_UNKNOWN,
        },
        S.TAGGING: {
            **_stays(S.TAGGING),
            SmokeDue: S.SMOKE,
            Tagged: S.ROUTING,
            Aborted: S.ROLLING_BACK,
            Broke: S.ROLLING_BACK,
            Failed: S.FAILED_SAFE,
            Lost: S.FAILED_UNKNOWN,
        },
        S.SMOKE: {
            SmokePassed: S.ROUTING,
            Unreached: S.SMOKE,
            Aborted: S.ROLLING_BACK,
            Broke: S.ROLLING_BACK,
            Lost: S.FAILED_UNKNOWN,
        },
        S.ROUTING: {
            **_stays(S.ROUTING),
            TrafficShifted: S.OBSERVING,
            Retained: S.RETAINING,
            Completed: S.COMPLETED,
            Held: S.HELD,
            Aborted: S.ROLLING_BACK,
            Broke: S.ROLLING_BACK,
            Failed: S.FAILED_SAFE,
            Lost: S.FAILED_UNKNOWN,
        },
        S.OBSERVING: {
            Observed: S.OBSERVING,
            Unreached: S.OBSERVING,
            PhasePassed: S.ROUTING,
            Promoted: S.ROUTING,
            Retained: S.RETAINING,
            Completed: S.COMPLETED,
            Held: S.HELD,
            GateTripped: S.ROLLING_BACK,
            Aborted: S.ROLLING_BACK,
            Lost: S.FAILED_UNKNOWN,
        },
        S.HELD: {
            Observed: S.HELD,
            Held: S.HELD,
            Unreached: S.HELD,
            HoldOverdue: S.HELD,
            Resumed: S.ROUTING,
            Promoted: S.ROUTING,
            GateTripped: S.ROLLING_BACK,
            Aborted: S.ROLLING_BACK,
            Abandoned: S.CANCELLED,
            Lost: S.FAILED_UNKNOWN,
        },
        S.ROLLING_BACK: {
            **_stays(S.ROLLING_BACK),
            RolledBack: S.ROLLED_BACK,
            Withdrawn: S.CANCELLED,
            Held: S.HELD,
            Failed: S.FAILED_SAFE,
            Lost: S.FAILED_UNKNOWN,
        },
        S.RETAINING: {
            Observed: S.RETAINING,
            Unreached: S.RETAINING,
            Completed: S.COMPLETED,
        },
        **{state: {} for state in FINAL},
    }
)
