"""What people are told about a transition: each thing once, and no card without a change."""

import pytest
import samples
from rollouts import ARROWS, EVENTS, LATER, MINUTE, PACE, watched
from samples import SAM

from bot.domain.announcements import announcements
from bot.domain.approval import Vote
from bot.domain.checklist import Part
from bot.domain.deploy import Deploy
from bot.domain.events import (
    Aborted,
    BackupDue,
    Broke,
    Cause,
    ChecksOpened,
    Cleared,
    Completed,
    Event,
    GateTripped,
    Held,
    HoldOverdue,
    Observed,
    PhasePassed,
    Promoted,
    Reminded,
    Resumed,
    Retained,
    RevisionReady,
    RolledBack,
    Started,
    TargetChanged,
    TrafficShifted,
    TurnTaken,
    Unreached,
    VoteCast,
    Waiting,
)
from bot.domain.message import ChecklistCard, DeployCard, DeployChart, DeployNote, Message, Said
from bot.domain.plan import Terms
from bot.domain.states import FINAL, TABLE, State
from bot.domain.transition import advance

S = State
BY_ITSELF: tuple[str, ...] = ()


def told(
    before: Deploy, event: Event, *, by: str | None = None, people: tuple[str, ...] = BY_ITSELF
) -> list[Message]:
    """The messages about an event."""
    after = advance(before, event, LATER, PACE)
    return list(announcements(before, after, event, by, people))


def notes(messages: list[Message]) -> list[DeployNote]:
    """Those that are said in the thread."""
    return [each for each in messages if isinstance(each, DeployNote)]


def note(before: Deploy, event: Event, *, by: str | None = None) -> tuple[Said, str | None] | None:
    """What is said, and its detail; None when nothing is."""
    found = notes(told(before, event, by=by))
    assert len(found) <= 1
    return (found[0].said, found[0].detail) if found else None


# ── The thread ───────────────────────────────────────────────────────────────────────────────────

SAID: list[tuple[Deploy, Event, Said, str | None]] = [
    (samples.deploy(S.AWAITING_APPROVAL), EVENTS[VoteCast], Said.APPROVED, None),
    (samples.deploy(S.AWAITING_APPROVAL), Reminded(), Said.REMINDED, None),
    (samples.deploy(S.AWAITING_APPROVAL), EVENTS[Cleared], Said.CLEARED, None),
    (
        samples.deploy(S.QUEUED),
        TargetChanged(what="the policy was changed"),
        Said.REPLANNED,
        "the policy was changed",
    ),
    (samples.canary(S.STAGING), RevisionReady(revision="api-2"), Said.STAGED, "api-2"),
    (samples.canary(S.ROUTING), EVENTS[TrafficShifted], Said.SHIFTED, "5"),
    (watched(), Promoted(by=SAM), Said.PROMOTED, "25"),
    (samples.canary(S.HELD, phase=1), Resumed(by=SAM, bake=MINUTE), Said.RESUMED, "25"),
    (
        watched(),
        Held(cause=Cause.BLOCKED, reason="p95", until=LATER),
        Said.HELD,
        "p95",
    ),
    (samples.canary(S.HELD), HoldOverdue(), Said.CALLED, samples.hold().reason),
    (watched(), GateTripped(reason="errors", readings=()), Said.ROLLING_BACK, "errors"),
    (samples.canary(S.SMOKE), Broke(reason="503"), Said.ROLLING_BACK, "503"),
    (watched(), Aborted(by=SAM, reason="Bad."), Said.ROLLING_BACK, "Bad."),
    (samples.canary(S.ROLLING_BACK, cause="errors"), RolledBack(), Said.ROLLED_BACK, "errors"),
    (watched(phase=3), Completed(), Said.COMPLETED, samples.NEW_DIGEST),
    (watched(phase=3), Retained(until=LATER), Said.COMPLETED, samples.NEW_DIGEST),
]


@pytest.mark.parametrize(("before", "event", "said", "detail"), SAID)
def test_the_thread_tells_the_story(
    before: Deploy, event: Event, said: Said, detail: str | None
) -> None:
    assert note(before, event) == (said, detail)


QUIET: list[tuple[Deploy, Event]] = [
    (samples.deploy(S.QUEUED), EVENTS[Waiting]),
    (samples.deploy(S.QUEUED), EVENTS[TurnTaken]),
    (samples.deploy(S.QUEUED), EVENTS[BackupDue]),
    (samples.deploy(S.STAGING), EVENTS[Started]),
    (samples.deploy(S.STAGING), EVENTS[Unreached]),
    (watched(), EVENTS[PhasePassed]),
    (watched(), Observed()),
    # Nobody was asked, so nobody has agreed.
    (samples.deploy(), Cleared(plan=samples.plan(), approval=None)),
    # It was told when it landed.
    (samples.deploy(S.RETAINING), Completed()),
]


@pytest.mark.parametrize(("before", "event"), QUIET)
def test_most_events_only_move_the_card(before: Deploy, event: Event) -> None:
    assert note(before, event) is None


def test_every_end_is_told() -> None:
    for state, event in ARROWS:
        before = samples.canary(state)
        after = advance(before, EVENTS[event], LATER, PACE)
        if after.state in FINAL and state is not S.RETAINING:
            assert note(before, EVENTS[event]) is not None, (state, event)


def test_a_note_names_who_caused_it_and_whom_it_calls() -> None:
    (found,) = notes(told(samples.canary(S.HELD), HoldOverdue(), by=SAM, people=("U1", "U2")))
    assert (found.by, found.people) == (SAM, ("U1", "U2"))
    (found,) = notes(told(samples.canary(S.HELD), HoldOverdue()))
    assert (found.by, found.people) == (None, ())


def test_whoever_breaks_the_glass_is_heard() -> None:
    terms = Terms(break_glass=True, reason="The site is down.")
    before = samples.deploy(terms=terms)
    found = note(before, Cleared(plan=samples.plan(), approval=None))
    assert found == (Said.BROKE_GLASS, "The site is down.")


def test_another_reason_to_hold_is_told() -> None:
    """A canary that waits for evidence, and is then moved by somebody else."""
    held = samples.canary(S.HELD)
    outside = Held(cause=Cause.CHANGED_OUTSIDE, reason="by eve", until=LATER)
    assert note(held, outside) == (Said.HELD, "by eve")


# ── Evidence ─────────────────────────────────────────────────────────────────────────────────────


def test_a_warning_is_told_once() -> None:
    warned = Observed(warned=("slow", "p95-warning"))
    assert note(watched(), warned) == (Said.WARNED, "slow, p95-warning")
    assert note(watched(warned=("slow",)), warned) == (Said.WARNED, "p95-warning")
    assert note(watched(warned=("slow", "p95-warning")), warned) is None


def test_a_warning_while_the_old_version_is_kept_is_an_alarm() -> None:
    kept = samples.deploy(S.RETAINING, plan=samples.full_plan(samples.BLUE_GREEN))
    assert note(kept, Observed(warned=("errors",))) == (Said.ALARMED, "errors")


def test_a_share_that_is_confirmed_again_is_not_told_again() -> None:
    again = watched(S.ROUTING, phase=1)
    assert note(again, EVENTS[TrafficShifted]) is None


# ── Cards ────────────────────────────────────────────────────────────────────────────────────────


# What changes in a deploy and is not on its card.
UNSEEN = {"due", "since", "operation", "begun", "step", "vain", "reclaim"}


@pytest.mark.parametrize("state", sorted(set(State) - FINAL))
def test_a_change_that_can_be_seen_is_shown(state: State) -> None:
    """Last, so that it shows what the notes before it speak of."""
    before = samples.canary(state)
    wrong = {}
    for event in TABLE[state]:
        after = advance(before, EVENTS[event], LATER, PACE)
        card = DeployCard(deploy=after.id, edition=after.edition)
        found = told(before, EVENTS[event])
        changed = before.model_dump(exclude=UNSEEN) != after.model_dump(exclude=UNSEEN)
        if (found[-1:] == [card]) is not changed or (card in found) is not changed:
            wrong[event.__name__] = found
    assert wrong == {}


def test_a_running_operation_shows_nothing_new() -> None:
    """Else Slack would be asked to edit a card every few seconds."""
    assert told(samples.deploy(S.ROUTING, operation="operations/1"), EVENTS[Started]) == []
    waiting = samples.deploy(S.QUEUED, waiting_for=("D-1",))
    assert told(waiting, Waiting(behind=("D-1",))) == []


def test_a_new_plan_strikes_the_old_card_out_and_tells_the_voters() -> None:
    voted = samples.approval().model_copy(update={"votes": votes()})
    found = told(samples.deploy(S.QUEUED, approval=voted, edition=1), TargetChanged(what="x"))
    assert [each for each in found if isinstance(each, DeployCard)] == [
        DeployCard(deploy="D-7F3K2", edition=1),
        DeployCard(deploy="D-7F3K2", edition=2),
    ]
    assert found[0] == DeployCard(deploy="D-7F3K2", edition=1)
    (said,) = notes(found)
    assert (said.said, said.edition, said.people) == (Said.REPLANNED, 1, (SAM, samples.OLIVIA))


def votes() -> tuple[Vote, ...]:
    """Two people have approved."""
    return tuple(Vote(by=who, groups=frozenset({"sre"}), at=LATER) for who in (SAM, samples.OLIVIA))


# ── Lists and pictures ───────────────────────────────────────────────────────────────────────────


def lists(messages: list[Message]) -> list[Part]:
    """The parts of the checklist that are put up."""
    return [each.part for each in messages if isinstance(each, ChecklistCard)]


def test_each_part_of_the_checklist_has_its_time() -> None:
    assert lists(told(samples.deploy(), EVENTS[ChecksOpened])) == [Part.PRE]
    assert lists(told(samples.canary(S.QUEUED), EVENTS[TurnTaken])) == [Part.DURING]
    assert lists(told(watched(phase=3), Completed())) == [Part.POST]
    assert lists(told(watched(phase=3), Retained(until=LATER))) == [Part.POST]
    assert lists(told(samples.deploy(S.RETAINING), Completed())) == []


def test_without_questions_no_list_is_put_up() -> None:
    plain = TurnTaken(turn=4, plan=samples.plan())
    assert lists(told(samples.deploy(S.QUEUED), plain)) == []
    assert lists(told(samples.deploy(S.ROUTING), Completed())) == []


def charts(before: Deploy, event: Event) -> list[int]:
    """The pictures that are drawn, by their number."""
    return [each.number for each in told(before, event) if isinstance(each, DeployChart)]


@pytest.mark.parametrize(
    ("before", "event", "numbers"),
    [
        (watched(phase=1), EVENTS[PhasePassed], [2]),
        (watched(phase=1), Promoted(by=SAM), [2]),
        (watched(phase=1), EVENTS[Held], [2]),
        (watched(phase=3), Completed(), [4]),
        # The picture of what went wrong is drawn when it is over.
        (watched(phase=1), EVENTS[GateTripped], []),
        (watched(S.ROLLING_BACK, phase=1), RolledBack(), [2]),
        (watched(phase=1), Observed(), []),
        (samples.canary(S.ROUTING), EVENTS[TrafficShifted], []),
        # Nothing was measured.
        (samples.deploy(S.OBSERVING), EVENTS[PhasePassed], []),
        (samples.canary(S.ROLLING_BACK).model_copy(update={"trail": ()}), RolledBack(), []),
    ],
)
def test_the_end_of_each_stretch_is_drawn(before: Deploy, event: Event, numbers: list[int]) -> None:
    assert charts(before, event) == numbers
