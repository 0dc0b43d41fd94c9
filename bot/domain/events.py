"""What can happen to a deploy, in the past tense. Each event is a frozen value."""

from datetime import timedelta

from bot.domain.approval import Approval
from bot.domain.base import Model
from bot.domain.errors import Outcome
from bot.domain.plan import Plan


class _Event(Model):
    @property
    def name(self) -> str:
        """The event's name in messages and in the audit log."""
        return type(self).__name__


class Planned(_Event):
    """The plan is made and people have to approve it."""

    plan: Plan
    approval: Approval


class VoteCast(_Event):
    """Somebody approved, and more approvals are needed."""

    approval: Approval


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


class TargetChanged(_Event):
    """What serves is not what the approvers saw: the plan is void and made anew."""


class Waiting(_Event):
    """Nothing to do yet. `behind` names the deploys that go first, when it waits for those."""

    behind: tuple[str, ...] = ()


class TurnTaken(_Event):
    """The lane is free: the deploy may write with this turn, from what serves by now."""

    turn: int
    plan: Plan


class Started(_Event):
    """A write was accepted; the cloud works on it as this operation ("" when it is done)."""

    operation: str


class RevisionReady(_Event):
    """The new revision exists, carries this deploy's mark, and is ready at 0 % of the traffic."""

    revision: str


class Tagged(_Event):
    """The new revision can be reached under its own address, when the cloud offers one."""

    preview: str | None


class TrafficShifted(_Event):
    """The cloud confirms that all traffic goes to the new revision."""


class Unreached(_Event):
    """A neighbour could not be reached; the step is repeated, up to a limit.

    `retry_after` is the time that the neighbour itself asked for.
    """

    reason: str
    outcome: Outcome
    retry_after: timedelta | None = None


class Failed(_Event):
    """The step failed for good; no traffic was moved."""

    reason: str


class Lost(_Event):
    """The step failed for good, and it is not known what serves now."""

    reason: str


# What a person or the clock decides.
Decision = Planned | VoteCast | Cleared | Rejected | Expired | TargetChanged
# What a performed step reports.
Report = (
    Waiting
    | TurnTaken
    | Started
    | RevisionReady
    | Tagged
    | TrafficShifted
    | Unreached
    | Failed
    | Lost
)
Event = Decision | Report
