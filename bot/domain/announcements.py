"""What people are told about a transition: cards that change, and what is said below them. Pure."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bot.domain.checklist import Part, items_of
from bot.domain.deploy import Deploy
from bot.domain.events import (
    BackedUp,
    ChecksOpened,
    Cleared,
    Event,
    Held,
    HoldOverdue,
    Promoted,
    Reminded,
    Resumed,
    RevisionReady,
    SmokePassed,
    TargetChanged,
    VoteCast,
)
from bot.domain.message import ChecklistCard, DeployCard, DeployChart, DeployNote, Message, Said
from bot.domain.states import LANDED, WATCHING, State

S = State
# What changes without anybody needing to see it at once.
_UNSEEN = {"due", "since", "operation", "begun", "step", "vain", "reclaim"}


def announcements(
    before: Deploy, after: Deploy, event: Event, by: str | None, people: tuple[str, ...] = ()
) -> Iterator[Message]:
    """The messages about a transition, in order; a card that would look the same is not sent again.

    `by` is the person who caused it (None: the engine); `people` are those to mention.
    """
    if before.edition != after.edition:
        yield DeployCard(deploy=after.id, edition=before.edition)
    note = _note(before, after, event)
    if note is not None:
        said, detail = note
        edition = before.edition if isinstance(event, TargetChanged) else after.edition
        mentioned = people or (_voters(before) if said is Said.REPLANNED else ())
        yield DeployNote(
            deploy=after.id, edition=edition, said=said, by=by, detail=detail, people=mentioned
        )
    yield from _lists(before, after, event)
    if _worth_a_picture(before, after):
        yield DeployChart(deploy=after.id, edition=after.edition, number=len(after.trail))
    if before.model_dump(exclude=_UNSEEN) != after.model_dump(exclude=_UNSEEN):
        yield DeployCard(deploy=after.id, edition=after.edition)


def _voters(deploy: Deploy) -> tuple[str, ...]:
    return tuple(vote.by for vote in deploy.approval.votes) if deploy.approval else ()


def _lists(before: Deploy, after: Deploy, event: Event) -> Iterator[Message]:
    """The parts of the checklist whose time has come."""
    if isinstance(event, ChecksOpened):
        yield ChecklistCard(deploy=after.id, edition=after.edition, part=Part.PRE)
    if after.plan is None:
        return
    rule = after.plan.checklist
    if before.started is None and after.started is not None and items_of(rule, Part.DURING):
        yield ChecklistCard(deploy=after.id, edition=after.edition, part=Part.DURING)
    landed = before.state not in LANDED and after.state in LANDED
    if landed and items_of(rule, Part.POST):
        yield ChecklistCard(deploy=after.id, edition=after.edition, part=Part.POST)


def _worth_a_picture(before: Deploy, after: Deploy) -> bool:
    """When something was measured and a stretch of it has come to an end."""
    if after.plan is None or after.plan.strategy.analysis is None or not after.trail:
        return False
    left = before.state is S.OBSERVING and after.state is not S.OBSERVING
    undone = before.state is S.ROLLING_BACK and after.state is S.ROLLED_BACK
    return undone or (left and after.state is not S.ROLLING_BACK)


def _note(before: Deploy, after: Deploy, event: Event) -> tuple[Said, str | None] | None:
    """What the thread says; most events only move the card."""
    reached = before.state is not after.state and after.state in _REACHED
    if reached and before.state not in LANDED:
        return _REACHED[after.state], _reason(after)
    if isinstance(event, Cleared):
        return _cleared(after, event)
    said = _HAPPENED.get(type(event))
    if said is not None:
        return said, _detail(after, event)
    return _watched(before, after)


# What is said about a state, however it was reached.
_REACHED: Mapping[State, Said] = MappingProxyType(
    {
        S.REJECTED: Said.REJECTED,
        S.EXPIRED: Said.EXPIRED,
        S.REFUSED: Said.REFUSED,
        S.HELD: Said.HELD,
        S.ROLLING_BACK: Said.ROLLING_BACK,
        S.ROLLED_BACK: Said.ROLLED_BACK,
        S.CANCELLED: Said.CANCELLED,
        S.RETAINING: Said.COMPLETED,
        S.COMPLETED: Said.COMPLETED,
        S.FAILED_SAFE: Said.FAILED,
        S.FAILED_UNKNOWN: Said.FAILED,
    }
)
# What is said about an event that leads to none of these.
_HAPPENED: Mapping[type[Event], Said] = MappingProxyType(
    {
        VoteCast: Said.APPROVED,
        Reminded: Said.REMINDED,
        TargetChanged: Said.REPLANNED,
        BackedUp: Said.BACKED_UP,
        RevisionReady: Said.STAGED,
        SmokePassed: Said.SMOKE_PASSED,
        Promoted: Said.PROMOTED,
        Resumed: Said.RESUMED,
        Held: Said.HELD,  # anew, for another reason
        HoldOverdue: Said.CALLED,
    }
)


def _reason(after: Deploy) -> str | None:
    """Why it is in the state that it has reached; the digest, when all went well."""
    match after.state:
        case S.RETAINING | S.COMPLETED:
            return after.agreed.artifact.digest
        case S.HELD:
            return after.hold.reason if after.hold else None
        case S.ROLLING_BACK | S.ROLLED_BACK | S.CANCELLED:
            return after.cause
        case _:
            return after.problem


def _detail(after: Deploy, event: Event) -> str | None:
    match event:
        case TargetChanged(what=what):
            return what
        case RevisionReady(revision=revision):
            return revision
        case Promoted() | Resumed():
            return str(after.present_phase.percent)
        case Held() | HoldOverdue():
            return after.hold.reason if after.hold else None
        case _:
            return None


def _cleared(after: Deploy, event: Cleared) -> tuple[Said, str | None] | None:
    if after.terms.break_glass:
        return Said.BROKE_GLASS, after.terms.reason
    return (Said.CLEARED, None) if event.approval is not None else None


def _watched(before: Deploy, after: Deploy) -> tuple[Said, str | None] | None:
    """What is said about evidence: a new warning once, and each share that is confirmed."""
    if len(after.trail) > len(before.trail):
        return Said.SHIFTED, str(after.trail[-1].percent)
    fresh = [gate for gate in after.warned if gate not in before.warned]
    if not fresh or after.state not in WATCHING:
        return None
    said = Said.ALARMED if after.state is S.RETAINING else Said.WARNED
    return said, ", ".join(fresh)
