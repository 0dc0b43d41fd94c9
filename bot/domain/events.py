"""What can happen to a deploy, in the past tense. Each event is a frozen value.

Which event is possible when, and where it leads, is the table in `bot.domain.states`.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.approval import Approval
from bot.domain.base import Model
from bot.domain.errors import Outcome
from bot.domain.evidence import Reading
from bot.domain.plan import Plan


class _Event(Model):
    @property
    def name(self) -> str:
        """The event's name in messages and in the audit log."""
        return type(self).__name__


class ChecksOpened(_Event):
    """The plan is made, and people have to answer the questions of the checklist until a time."""

    plan: Plan
    until: datetime


class Planned(_Event):
    """The plan is made and people have to approve it."""

    plan: Plan
    approval: Approval


class VoteCast(_Event):
    """Somebody approved, and more approvals are needed."""

    approval: Approval


class Reminded(_Event):
    """Those who have not voted were reminded."""


class Cleared(_Event):
    """Nothing more is needed to go: enough people approved, or nobody has to be asked."""

    plan: Plan
    approval: Approval | None


class Rejected(_Event):
    """Somebody who may approve said no; one no is final."""

    by: str
    reason: str


class Expired(_Event):
    """Nobody decided in time."""


class Refused(_Event):
    """A rule forbids it; nothing was changed."""

    reason: str


class TargetChanged(_Event):
    """What serves, or what was agreed on, is not what the approvers saw: the plan is void.

    `what` says what changed, in words.
    """

    what: str = ""


class Aborted(_Event):
    """Somebody wants it undone; no quorum is needed to go back."""

    by: str
    reason: str = ""


class Promoted(_Event):
    """Somebody who may approve takes it to the next share of traffic on their own judgement."""

    by: str


class Resumed(_Event):
    """Somebody lets it go on from where it was held; the share is watched anew for `bake`."""

    by: str
    bake: timedelta


class Abandoned(_Event):
    """Somebody ends it and leaves the traffic as it is."""

    by: str


class Waiting(_Event):
    """Nothing to do yet. `behind` names the deploys that go first, when it waits for those, and
    `blocked` says what else keeps it in the queue.
    """

    behind: tuple[str, ...] = ()
    blocked: str = ""


class TurnTaken(_Event):
    """The lane is free: the deploy may write with this turn, from what serves by now."""

    turn: int
    plan: Plan


class BackupDue(TurnTaken):
    """The lane is free, and the database is backed up before anything else."""


class BackedUp(_Event):
    """The database has a backup from just now (or one is being made, where that is enough)."""


class Started(_Event):
    """A write was accepted; the cloud works on it as this operation ("" when it is done)."""

    operation: str


class RevisionReady(_Event):
    """The new revision exists, carries this deploy's mark, and is ready at 0 % of the traffic."""

    revision: str


class RevisionFound(_Event):
    """The revision to go back to is still there; nothing has to be made."""

    revision: str


class Tagged(_Event):
    """The new revision can be reached under its own address, when the cloud offers one."""

    preview: str | None


class SmokeDue(Tagged):
    """As above, and it has to answer there before it gets traffic."""


class SmokePassed(_Event):
    """The new revision answered as it should."""


class TrafficShifted(_Event):
    """The cloud confirms the new share of traffic; it is watched until a time."""

    until: datetime


class Observed(_Event):
    """Looked at: nothing to decide yet. `warned` names gates that were broken and only warn."""

    readings: tuple[Reading, ...] = ()
    warned: tuple[str, ...] = ()


class PhasePassed(_Event):
    """A whole bake with fresh, healthy evidence: on to the next share of traffic."""

    readings: tuple[Reading, ...]


class Cause(StrEnum):
    """Why a deploy is held."""

    INCONCLUSIVE = "too little evidence"
    BLOCKED = "a gate blocks it"
    NO_EVIDENCE = "the evidence cannot be read"
    CHANGED_OUTSIDE = "changed outside"
    PAUSED = "paused"


class Held(_Event):
    """It stays where it is until a person decides; after `until` somebody is called."""

    cause: Cause
    reason: str
    until: datetime
    readings: tuple[Reading, ...] = ()


class HoldOverdue(_Event):
    """Nobody decided about a held deploy in time; people are called, and it stays held."""


class GateTripped(_Event):
    """The evidence says that the new version is bad."""

    reason: str
    readings: tuple[Reading, ...]


class Broke(_Event):
    """A step failed and something may have been written: back to what served before."""

    reason: str


class RolledBack(_Event):
    """The cloud confirms that what served before serves again."""


class Withdrawn(_Event):
    """It was undone before it had any traffic."""


class Retained(_Event):
    """All traffic is on the new version and it is good; the old one is kept until a time."""

    until: datetime
    readings: tuple[Reading, ...] = ()


class Completed(_Event):
    """All traffic is on the new version, confirmed by the cloud, and it is good."""

    readings: tuple[Reading, ...] = ()


class Unreached(_Event):
    """A neighbour could not be reached; the step is repeated, up to a limit.

    `retry_after` is the time that the neighbour itself asked for. `anew`: what was begun has ended
    in vain, so the step is begun anew rather than looked at again.
    """

    reason: str
    outcome: Outcome
    retry_after: timedelta | None = None
    anew: bool = False


class Failed(_Event):
    """The step failed for good; no traffic was moved."""

    reason: str


class Lost(_Event):
    """The step failed for good, and it is not known what serves now."""

    reason: str


# Whether it happens at all, and what people say on the way.
Decision = ChecksOpened | Planned | VoteCast | Reminded | Cleared | Rejected | Expired | Refused
Order = TargetChanged | Aborted | Promoted | Resumed | Abandoned
# What a performed step reports, of itself and of the new revision.
Report = Waiting | TurnTaken | BackedUp | Started | Unreached
Progress = RevisionReady | RevisionFound | Tagged | SmokePassed | TrafficShifted
# What the evidence came to, and how it ended.
Finding = Observed | PhasePassed | Held | HoldOverdue | GateTripped | Broke
Ending = RolledBack | Withdrawn | Retained | Completed | Failed | Lost
Event = Decision | Order | Report | Progress | Finding | Ending
