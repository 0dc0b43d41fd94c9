"""What has to be there before an incident may have another state. Pure.

The table of states says what may follow what; this says what is missing, and how to add it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from types import MappingProxyType

from bot.domain.errors import Need, NeedsReason, UsageError
from bot.domain.incident_policy import IncidentPolicy, Severity
from bot.domain.incidents.incident import Incident, Moment, TaskKind
from bot.domain.incidents.states import AFTER, VOID, State
from bot.domain.worded import Worded, worded

# How long a word of why has to be, to say anything, when an incident is opened again; and for how
# long one that was called off can be taken back (decisions of this project).
MIN_REASON = 10
UNDO_WITHIN = timedelta(hours=24)
_NEED_REASON = frozenset({State.DECLINED, State.CANCELLED})


class Lack(StrEnum):
    """What is missing."""

    ROOT_CAUSE = "root cause"
    RESOLUTION = "resolution"
    DEPLOY_RUNNING = "deploy running"
    REVIEW_SKIPPED = "review skipped"
    POST_MORTEM = "post-mortem"
    FOLLOW_UP_OWNER = "follow-up owner"

    @property
    def says(self) -> Worded:
        """What is missing, as part of a sentence."""
        return _SAYS[self]

    @property
    def remedy(self) -> Worded:
        """How to add it."""
        return _REMEDIES[self]


_SAYS: Mapping[Lack, Worded] = MappingProxyType(
    {
        Lack.ROOT_CAUSE: worded("its root cause is not known"),
        Lack.RESOLUTION: worded("nobody said how it was resolved"),
        Lack.DEPLOY_RUNNING: worded("a deploy that belongs to it is still running"),
        Lack.REVIEW_SKIPPED: worded("its severity asks for a post-mortem first"),
        Lack.POST_MORTEM: worded("its post-mortem is not published"),
        Lack.FOLLOW_UP_OWNER: worded("a follow-up has no owner"),
    }
)
_REMEDIES: Mapping[Lack, Worded] = MappingProxyType(
    {
        Lack.ROOT_CAUSE: worded("Name it with /incident resolve."),
        Lack.RESOLUTION: worded("Tell it with /incident resolve."),
        Lack.DEPLOY_RUNNING: worded("Wait for it, or say in /incident resolve why you do not."),
        Lack.REVIEW_SKIPPED: worded("Go on with /incident status post-mortem."),
        Lack.POST_MORTEM: worded("Publish it with /incident postmortem."),
        Lack.FOLLOW_UP_OWNER: worded("Give each one an owner: /incident followup."),
    }
)


def lacking(incident: Incident, to: State, policy: IncidentPolicy) -> tuple[Lack, ...]:
    """What is missing before an incident may have a state that the table lets it have."""
    if to is State.RESOLVED:
        return _before_resolved(incident)
    if to is State.CLOSED:
        return _before_closed(incident, policy)
    return ()


def require_complete(
    incident: Incident, to: State, policy: IncidentPolicy, *, override: str = ""
) -> None:
    """Raise `UsageError` when something is missing; a reason to go on all the same (`override`)
    passes a deploy that still runs, and nothing else.
    """
    missing = [
        lack
        for lack in lacking(incident, to, policy)
        if not (lack is Lack.DEPLOY_RUNNING and override.strip())
    ]
    if not missing:
        return
    lacks = reduce(_and, (lack.says for lack in missing))
    says = worded("{ref} cannot be {state} yet: {lacks}.", ref=incident.ref, state=to, lacks=lacks)
    hint = reduce(_then, dict.fromkeys(lack.remedy for lack in missing))
    if missing == [Lack.DEPLOY_RUNNING]:
        raise NeedsReason(says, hint=hint, need=Need.UNFINISHED)
    raise UsageError(says, hint=hint)


def _and(one: Worded, other: Worded) -> Worded:
    return worded("{one}, and {other}", one=one, other=other)


def _then(one: Worded, other: Worded) -> Worded:
    return worded("{one} {other}", one=one, other=other)


def require_reason(incident: Incident, to: State, reason: str) -> None:
    """Raise `UsageError` when calling an incident off, or opening it again, lacks a reason."""
    if to in _NEED_REASON and not reason.strip():
        raise UsageError(
            "{ref} is not {state} without a reason.",
            hint="Say in a few words why.",
            ref=incident.ref,
            state=to,
        )
    if reopens(incident.state, to) and len(reason.strip()) < MIN_REASON:
        raise NeedsReason(
            "To reopen {ref} takes a reason of {count} characters or more.",
            hint="Say what is wrong again: /incident reopen <reason>.",
            need=Need.REOPENING,
            ref=incident.ref,
            count=MIN_REASON,
        )


def require_in_time(incident: Incident, to: State, now: datetime, policy: IncidentPolicy) -> None:
    """Raise `UsageError` when it is too late to open an incident again, or to take an end back.

    What was over when it was written down goes on as a new one, which has clocks and pages.
    """
    if incident.afterwards and reopens(incident.state, to):
        raise UsageError(
            "{ref} was written down afterwards: nobody would be paged for it.",
            hint="Declare what happens now, and relate it: /incident relate {ref}.",
            ref=incident.ref,
        )
    resolved, ended = incident.at(Moment.RESOLVED), incident.at(Moment.CLOSED)
    if (
        reopens(incident.state, to)
        and resolved is not None
        and now - resolved > policy.reopen_within
    ):
        raise UsageError(
            "{ref} was resolved more than {days} days ago, and stays as it is.",
            hint="Declare a new one, and relate it: /incident relate {ref}.",
            ref=incident.ref,
            days=policy.reopen_within.days,
        )
    if incident.state in VOID and ended is not None and now - ended > UNDO_WITHIN:
        raise UsageError(
            "{ref} was {state} more than a day ago, and stays as it is.",
            hint="Declare a new one, and relate it: /incident relate {ref}.",
            ref=incident.ref,
            state=incident.state,
        )


def downgrades(severity: Severity, to: Severity) -> bool:
    """Whether this calls less bad what is grave."""
    return severity.grave and severity.worse_than(to)


def require_downgrade_reason(incident: Incident, to: Severity, reason: str) -> None:
    """Raise `UsageError` when what is grave is called less bad without a reason."""
    if downgrades(incident.severity, to) and not reason.strip():
        raise NeedsReason(
            "{ref} is a {severity}: to call it a {to} takes a reason.",
            hint="/incident severity {to} <reason>",
            need=Need.LOWERING,
            ref=incident.ref,
            severity=incident.severity,
            to=to,
        )


def reopens(state: State, to: State) -> bool:
    """Whether this opens an incident again whose customers were fine."""
    return to is State.INVESTIGATING and state in AFTER | {State.CLOSED}


def _before_resolved(incident: Incident) -> tuple[Lack, ...]:
    found = {
        Lack.ROOT_CAUSE: not incident.root_cause.strip(),
        Lack.RESOLUTION: not incident.resolution.strip(),
        Lack.DEPLOY_RUNNING: any(deploy.running for deploy in incident.deploys),
    }
    return tuple(lack for lack, missing in found.items() if missing)


def _before_closed(incident: Incident, policy: IncidentPolicy) -> tuple[Lack, ...]:
    """Only what is grave enough for a post-mortem waits for one; a drill never does."""
    if incident.drill or not policy.rule(incident.severity).postmortem:
        return ()
    open_ended = (
        task.kind is TaskKind.FOLLOW_UP and task.owner is None and task.done_at is None
        for task in incident.tasks
    )
    found = {
        Lack.REVIEW_SKIPPED: incident.state is State.RESOLVED,
        Lack.POST_MORTEM: incident.postmortem.published is None,
        Lack.FOLLOW_UP_OWNER: any(open_ended),
    }
    return tuple(lack for lack, missing in found.items() if missing)
