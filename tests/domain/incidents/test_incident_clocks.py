"""What time does to an incident: each bell once, at its time, and none that a later one outdoes."""

from datetime import datetime, timedelta

import incident_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_samples import MINUTE
from samples import NOW

from bot.domain.incident_policy import Severity
from bot.domain.incidents.calls import Clocks
from bot.domain.incidents.clocks import next_due, rings
from bot.domain.incidents.events import Bell, Rang
from bot.domain.incidents.incident import Incident, IncidentKind, PostMortem
from bot.domain.incidents.states import ACTIVE, AFTER, OVER, State

S = State
POLICY = samples.incident_policy(ladder=())


def with_clocks(subject: Incident, **changes: object) -> Incident:
    """The incident with other clocks."""
    return subject.model_copy(update={"clocks": subject.clocks.model_copy(update=changes)})


def rung(subject: Incident, bells: tuple[Rang, ...]) -> Incident:
    """The incident after these bells have rung."""
    marks = subject.clocks.fired.union(bell.mark for bell in bells)
    return with_clocks(subject, fired=marks)


def quiet(state: State = S.INVESTIGATING, **clocks: object) -> Incident:
    """An incident with a lead, in which nothing is due but what is given."""
    subject = samples.incident(state)
    nothing = dict.fromkeys(("respond_by", "resolve_by", "update_by", "climb_at", "postmortem_by"))
    return with_clocks(subject, **{**nothing, **clocks})


def heard(subject: Incident, minutes: float) -> list[Bell]:
    """The bells that ring so long after the declaration."""
    return [each.bell for each in rings(subject, NOW + minutes * MINUTE, POLICY)]


def due_after(subject: Incident) -> timedelta | None:
    """How long after the declaration something is due."""
    due = next_due(subject, POLICY)
    return due - NOW if due is not None else None


# ── The deadlines ────────────────────────────────────────────────────────────────────────────────


def test_half_four_fifths_and_all_of_the_time_to_resolve() -> None:
    subject = quiet(resolve_by=NOW + 60 * MINUTE)
    told = []
    for minute in range(0, 90):
        bells = rings(subject, NOW + minute * MINUTE, POLICY)
        told += [(minute, bell.bell) for bell in bells]
        subject = rung(subject, bells)
    assert told == [
        (30, Bell.RESOLUTION_HALF),
        (48, Bell.RESOLUTION_NEAR),
        (60, Bell.RESOLUTION_BREACHED),
    ]


def test_after_a_pause_only_the_last_bell_of_a_deadline_rings() -> None:
    subject = quiet(resolve_by=NOW + 60 * MINUTE)
    assert heard(subject, 55) == [Bell.RESOLUTION_NEAR]
    assert heard(subject, 300) == [Bell.RESOLUTION_BREACHED]
    later = rung(subject, rings(subject, NOW + 300 * MINUTE, POLICY))
    assert heard(later, 301) == []
    assert next_due(later, POLICY) is None


def test_a_deadline_that_was_computed_anew_rings_anew() -> None:
    subject = quiet(resolve_by=NOW + 60 * MINUTE)
    breached = rung(subject, rings(subject, NOW + 60 * MINUTE, POLICY))
    moved = with_clocks(breached, resolve_by=NOW + 240 * MINUTE)
    assert heard(moved, 61) == []
    assert due_after(moved) == 120 * MINUTE
    assert heard(moved, 240) == [Bell.RESOLUTION_BREACHED]


def test_a_reopened_incident_rings_anew() -> None:
    subject = quiet(resolve_by=NOW + 60 * MINUTE)
    breached = rung(subject, rings(subject, NOW + 60 * MINUTE, POLICY))
    assert heard(breached.model_copy(update={"epoch": 1}), 60) == [Bell.RESOLUTION_BREACHED]


def test_nobody_has_answered_in_time() -> None:
    subject = quiet(respond_by=NOW + 15 * MINUTE)
    assert due_after(subject) == 15 * MINUTE
    assert heard(subject, 14) == []
    assert heard(subject, 15) == [Bell.RESPONSE_BREACHED]


def test_nobody_leads_after_five_minutes() -> None:
    subject = quiet(respond_by=NOW + 15 * MINUTE).model_copy(update={"roles": {}})
    assert due_after(subject) == 5 * MINUTE
    assert heard(subject, 5) == [Bell.UNCLAIMED]
    # Too late for that: that nobody answered says it all.
    assert heard(subject, 20) == [Bell.RESPONSE_BREACHED]
    told = rung(subject, rings(subject, NOW + 20 * MINUTE, POLICY))
    assert heard(told, 21) == []


def test_a_lead_in_time_is_not_called_missing() -> None:
    subject = quiet()
    assert subject.lead is not None
    assert heard(subject, 60) == []


# ── The promise ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("promised", "soon", "overdue"),
    [(30, 25, 40), (60, 55, 70), (8, 4, 12), (2, 1, 3)],
)
def test_an_update_comes_up_is_due_and_is_missing(promised: int, soon: int, overdue: int) -> None:
    """Never earlier than half of the time for which it was promised, however short that is."""
    subject = quiet(update_by=NOW + promised * MINUTE)
    assert due_after(subject) == soon * MINUTE
    assert heard(subject, soon) == [Bell.UPDATE_SOON]
    assert heard(subject, promised) == [Bell.UPDATE_DUE]
    assert heard(subject, overdue) == [Bell.UPDATE_OVERDUE]


def test_the_time_of_a_promise_counts_from_the_last_update() -> None:
    subject = quiet(update_by=NOW + 16 * MINUTE).model_copy(
        update={"updates": (samples.status_update(),)}
    )
    assert subject.last_update is not None
    assert subject.last_update.at == NOW + 10 * MINUTE
    assert due_after(subject) == 13 * MINUTE


def test_an_update_of_an_earlier_epoch_promises_nothing_in_this_one() -> None:
    subject = quiet(since=NOW + 100 * MINUTE, update_by=NOW + 104 * MINUTE)
    subject = subject.model_copy(update={"updates": (samples.status_update(),)})
    assert due_after(subject) == 102 * MINUTE


def test_a_promise_that_was_put_off_rings_at_its_new_time() -> None:
    subject = quiet(update_by=NOW + 30 * MINUTE)
    subject = rung(subject, rings(subject, NOW + 30 * MINUTE, POLICY))
    later = with_clocks(subject, update_by=NOW + 60 * MINUTE)
    assert heard(later, 41) == []
    assert heard(later, 55) == [Bell.UPDATE_SOON]


# ── Afterwards ───────────────────────────────────────────────────────────────────────────────────


def test_a_while_after_the_fix_somebody_is_asked() -> None:
    subject = quiet(S.MONITORING, quiet_until=NOW + 15 * MINUTE)
    assert due_after(subject) == 15 * MINUTE
    assert heard(subject, 14) == []
    assert heard(subject, 15) == [Bell.FIXED_AWHILE]


@pytest.mark.parametrize("state", sorted(AFTER))
def test_the_post_mortem_is_due(state: State) -> None:
    subject = quiet(state, postmortem_by=NOW + timedelta(days=5))
    assert due_after(subject) == timedelta(days=5)
    assert heard(subject, 5 * 24 * 60) == [Bell.POST_MORTEM_DUE]
    done = subject.model_copy(update={"postmortem": PostMortem(published=NOW)})
    assert next_due(done, POLICY) is None


ALL_DUE = Clocks(
    since=NOW,
    respond_by=NOW + MINUTE,
    resolve_by=NOW + MINUTE,
    update_by=NOW + MINUTE,
    climb_at=NOW,
    quiet_until=NOW + MINUTE,
    postmortem_by=NOW + MINUTE,
)


@pytest.mark.parametrize("state", sorted(OVER))
def test_nothing_is_due_when_it_is_over(state: State) -> None:
    subject = samples.incident(state, clocks=ALL_DUE)
    assert next_due(subject, samples.incident_policy()) is None
    assert rings(subject, NOW + timedelta(days=30), samples.incident_policy()) == ()


@pytest.mark.parametrize("state", sorted(AFTER))
def test_after_the_resolution_only_the_post_mortem_is_due(state: State) -> None:
    subject = samples.incident(state, clocks=ALL_DUE)
    bells = [each.bell for each in rings(subject, NOW + MINUTE, samples.incident_policy())]
    assert bells == [Bell.POST_MORTEM_DUE]


@pytest.mark.parametrize("state", sorted(ACTIVE))
def test_what_was_entered_afterwards_has_no_clocks(state: State) -> None:
    subject = samples.incident(state, kind=IncidentKind.BACKFILLED, clocks=ALL_DUE)
    assert next_due(subject, samples.incident_policy()) is None
    assert rings(subject, NOW + MINUTE, samples.incident_policy()) == ()


# ── The ladder ───────────────────────────────────────────────────────────────────────────────────


def test_the_next_rung_is_something_to_wake_up_for() -> None:
    subject = quiet(climb_at=NOW + 7 * MINUTE)
    assert next_due(subject, samples.incident_policy()) == NOW + 7 * MINUTE


def test_a_ladder_that_ended_without_an_answer_is_told_once() -> None:
    policy = samples.incident_policy()
    last = samples.page(id="P5", rung=4, name="CTO", acked_by=None, acked_at=None)
    subject = quiet(rung=4).model_copy(update={"pages": (last,), "times": {}})
    when = NOW + policy.rule(Severity.P1).ack_within
    assert next_due(subject, policy) == when
    assert rings(subject, when - MINUTE, policy) == ()
    bells = rings(subject, when, policy)
    assert [bell.bell for bell in bells] == [Bell.LADDER_ENDED]
    assert rings(rung(subject, bells), when + MINUTE, policy) == ()
    assert next_due(rung(subject, bells), policy) is None
    raised = with_clocks(rung(subject, bells), severity_epoch=1)
    again = raised.model_copy(update={"pages": (last, last.model_copy(update={"epoch": 1}))})
    assert [bell.bell for bell in rings(again, when, policy)] == [Bell.LADDER_ENDED]


# ── Whatever the clocks say ──────────────────────────────────────────────────────────────────────

minutes = st.integers(min_value=-30, max_value=600)
moments = st.none() | minutes.map(lambda count: NOW + count * MINUTE)
clocks = st.builds(
    Clocks,
    since=minutes.map(lambda count: NOW + count * MINUTE),
    respond_by=moments,
    resolve_by=moments,
    update_by=moments,
    quiet_until=moments,
    postmortem_by=moments,
    climb_at=st.none(),
    rung=st.just(-1),
    severity_epoch=st.integers(min_value=0, max_value=2),
    fired=st.just(frozenset()),
)
incidents = st.builds(
    lambda state, found, led: samples.incident(state).model_copy(
        update={"clocks": found, **({} if led else {"roles": {}})}
    ),
    st.sampled_from(sorted(State)),
    clocks,
    st.booleans(),
)


@given(subject=incidents, ticks=st.lists(minutes, max_size=12))
def test_every_mark_rings_once_and_never_early(subject: Incident, ticks: list[int]) -> None:
    """At whatever times somebody looks."""
    marks: list[str] = []
    for minute in sorted(ticks):
        now = NOW + minute * MINUTE
        due = next_due(subject, POLICY)
        bells = rings(subject, now, POLICY)
        assert bool(bells) == (due is not None and due <= now)
        marks += [bell.mark for bell in bells]
        subject = rung(subject, bells)
        assert later_than(next_due(subject, POLICY), now)
    assert len(marks) == len(set(marks))


@given(subject=incidents)
def test_waking_up_when_something_is_due_comes_to_an_end(subject: Incident) -> None:
    """Each time at least one bell rings, and there are only so many."""
    for _ in range(12 + 14):
        due = next_due(subject, POLICY)
        if due is None:
            return
        bells = rings(subject, due, POLICY)
        assert bells
        subject = rung(subject, bells)
    raise AssertionError("it rings for ever")


def later_than(due: datetime | None, now: datetime) -> bool:
    """Whether nothing is left to be done by now."""
    return due is None or due > now
