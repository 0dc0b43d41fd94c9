"""What holds for bells and rungs on any number of replicas, whatever people do meanwhile."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import incident_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incident_samples import LADDER, MINUTE, ON_LADDER
from samples import DANA, NOW, SAM

from bot.domain.audit import ENGINE
from bot.domain.errors import SignalboxError
from bot.domain.incident_policy import IncidentPolicy, Rung, Severity
from bot.domain.incidents.announcements import announcements
from bot.domain.incidents.clocks import next_due, rings
from bot.domain.incidents.declaring import Wish, declare
from bot.domain.incidents.escalation import due_page, next_rung
from bot.domain.incidents.events import (
    Acked,
    Bell,
    Event,
    Informed,
    MadePrivate,
    Moved,
    PageAcked,
    Paged,
    Rang,
    Settled,
    SeverityChanged,
    Snoozed,
)
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.messages import DirectWord, IncidentNote, OutsidePage
from bot.domain.incidents.states import State
from bot.domain.incidents.transition import advance

POLICY = samples.incident_policy()


def declared(severity: Severity, **wish: object) -> Incident:
    """An incident that was just declared."""
    wanted = Wish(
        title="Checkout answers 500s", severity=severity, service="api", occurred=NOW, **wish
    )
    return declare("INC-2026-001", "TOKEN", wanted, DANA, "en", NOW, POLICY)


class Kept:
    """A document that is written only by whoever read its present version."""

    def __init__(
        self,
        value: Incident,
        policy: IncidentPolicy = POLICY,
        members: Mapping[int, frozenset[str]] = ON_LADDER,
    ) -> None:
        self.value = value
        self.members = members
        self.version = 1
        self.policy = policy
        self.happened: list[tuple[Event, Incident]] = []
        self._pages = 0

    def tick(self, seen: Incident, now: datetime) -> list[tuple[Event, Incident]]:
        """What a replica would do that read this: every bell, and rungs until one has people."""
        done: list[tuple[Event, Incident]] = []
        present = seen
        for bell in rings(present, now, self.policy):
            present = advance(present, bell, ENGINE, now, self.policy)
            done.append((bell, present))
        while True:
            self._pages += 1
            page = due_page(present, now, self.policy, self.members, f"P{self._pages}")
            if page is None:
                return done
            present = advance(present, page, ENGINE, now, self.policy)
            done.append((page, present))

    def commit(self, version: int, done: Sequence[tuple[Event, Incident]]) -> None:
        """Write what was done, unless somebody else has written meanwhile."""
        if version == self.version and done:
            self.version += 1
            self.value = done[-1][1]
            self.happened += done

    def person(self, event: Event, by: str, now: datetime) -> None:
        """Somebody says something; what does not fit is refused."""
        try:
            after = advance(self.value, event, by, now, self.policy)
        except SignalboxError:
            return
        self.commit(self.version, [(event, after)] if after != self.value else [])

    @property
    def bells(self) -> list[Rang]:
        """The bells that rang, in order."""
        return [event for event, _ in self.happened if isinstance(event, Rang)]

    @property
    def climbed(self) -> list[tuple[int, int]]:
        """The severity epoch and the rung of every page of the ladder, in order."""
        return [
            (each.page.epoch, each.page.rung)
            for each, _ in self.happened
            if isinstance(each, Paged)
        ]


# ── Scripts ──────────────────────────────────────────────────────────────────────────────────────


class Look(NamedTuple):
    """A replica reads the document."""

    replica: int


class Do(NamedTuple):
    """A replica writes what it has decided on what it read."""

    replica: int


class Promise(NamedTuple):
    """An update, and so many minutes until the next one."""

    minutes: int


class Snooze(NamedTuple):
    """Quiet for so many minutes."""

    minutes: int


PEOPLE: tuple[Event, ...] = (
    Acked(),
    PageAcked(page="P1"),
    PageAcked(page="P2"),
    *(SeverityChanged(to=severity, reason="As it turns out") for severity in Severity),
    *(Moved(to=state, reason="It is back again") for state in State),
    Settled(root_cause="The pool", resolution="Rolled back"),
    MadePrivate(),
)
# Before, at and after the times that the policy and the ladder are made of.
MINUTES = (0, 1, 4, 5, 6, 10, 14, 15, 16, 20, 29, 30, 31, 45, 60, 61, 90)
Act = Look | Do | Promise | Snooze | timedelta | Event
# Made once; each kind as often as it takes to be chosen about as often as the others.
ACTS: tuple[Act, ...] = (
    *(Look(0), Look(1), Do(0), Do(1)) * 10,
    *(minutes * MINUTE for minutes in MINUTES),
    *PEOPLE,
    *(Promise(minutes + 1) for minutes in MINUTES[::3]),
    *(Snooze(minutes + 1) for minutes in MINUTES[::3]),
)
scripts = st.lists(st.sampled_from(ACTS), max_size=60)


def play(kept: Kept, script: Sequence[Act]) -> datetime:
    """Run a script of two replicas and of people; returns the time at its end."""
    now = NOW
    seen: dict[int, tuple[int, list[tuple[Event, Incident]]]] = {}
    for act in script:
        match act:
            case timedelta():
                now += act
            case Look(replica):
                seen[replica] = (kept.version, kept.tick(kept.value, now))
            case Do(replica):
                if replica in seen:
                    kept.commit(*seen.pop(replica))
            case Promise(minutes):
                then = now + minutes * MINUTE
                update = Informed(progress="Still at it.", eta="soon", next_update=then)
                kept.person(update, SAM, now)
            case Snooze(minutes):
                kept.person(Snoozed(until=now + minutes * MINUTE), SAM, now)
            case _:
                kept.person(act, SAM, now)
    return now


severities = st.sampled_from(sorted(Severity))
kinds = st.sampled_from(sorted(IncidentKind))


# ── However it goes ──────────────────────────────────────────────────────────────────────────────


def check_that_each_rang_once(kept: Kept) -> None:
    """Each mark once, and each rung once in a severity epoch, from below."""
    marks = Counter(bell.mark for bell in kept.bells)
    assert [mark for mark, count in marks.items() if count > 1] == []
    assert len(set(kept.climbed)) == len(kept.climbed)
    for epoch in {epoch for epoch, _ in kept.climbed}:
        rungs = [rung for each, rung in kept.climbed if each == epoch]
        assert rungs == sorted(rungs)


def check_that_nobody_is_called_in_vain(kept: Kept) -> None:
    """Nobody is called or reminded of what is over, or not real."""
    if kept.value.kind is not IncidentKind.REAL:
        assert kept.climbed == []
    for event, after in kept.happened:
        if isinstance(event, Paged):
            assert after.active
        if isinstance(event, Rang) and not after.active:
            assert event.bell is Bell.POST_MORTEM_DUE
    if kept.value.over:
        assert next_due(kept.value, POLICY) is None


def check_that_a_tick_leaves_nothing_due(kept: Kept, now: datetime) -> None:
    """Else a worker would come back for it at once, and for ever."""
    kept.commit(kept.version, kept.tick(kept.value, now))
    due = next_due(kept.value, POLICY)
    assert due is None or due > now
    assert kept.tick(kept.value, now) == []


@settings(max_examples=300)
@given(severity=severities, kind=kinds, script=scripts)
def test_bells_and_rungs_come_once_and_in_time_and_to_whom_it_concerns(
    severity: Severity, kind: IncidentKind, script: list[Act]
) -> None:
    kept = Kept(declared(severity, kind=kind))
    now = play(kept, script)
    check_that_each_rang_once(kept)
    check_that_nobody_is_called_in_vain(kept)
    check_that_a_tick_leaves_nothing_due(kept, now)
    check_that_each_rang_once(kept)


def left_alone(kept: Kept, lasts: timedelta, every: timedelta = MINUTE) -> None:
    """Nobody does anything, for so long, and a replica looks every so often."""
    now = NOW
    while now <= NOW + lasts:
        kept.commit(kept.version, kept.tick(kept.value, now))
        now += every


CLIMBS = [severity for severity in sorted(Severity) if POLICY.rule(severity).escalate_after]


@pytest.mark.parametrize("severity", CLIMBS)
def test_with_nobody_answering_the_ladder_reaches_its_top(severity: Severity) -> None:
    kept = Kept(declared(severity))
    left_alone(kept, timedelta(hours=2))
    meant = [place for place, rung in enumerate(LADDER) if severity in rung.severities]
    assert kept.climbed == [(0, place) for place in meant]
    assert [bell.bell for bell in kept.bells].count(Bell.LADDER_ENDED) == 1


def test_the_rungs_come_one_answering_time_after_the_other() -> None:
    kept = Kept(declared(Severity.P1))
    left_alone(kept, timedelta(hours=1))
    times = [each.page.at - NOW for each, _ in kept.happened if isinstance(each, Paged)]
    assert times == [minutes * MINUTE for minutes in (0, 5, 10, 15, 20)]


def test_whoever_answers_has_until_the_incident_is_half_an_hour_old() -> None:
    kept = Kept(declared(Severity.P1))
    kept.commit(1, kept.tick(kept.value, NOW))
    kept.person(Acked(), SAM, NOW + MINUTE)
    left_alone(kept, timedelta(minutes=29))
    assert kept.climbed == [(0, 0)]
    left_alone(kept, timedelta(minutes=30))
    assert kept.climbed == [(0, 0), (0, 1)]


@given(
    people=st.lists(st.booleans(), min_size=1, max_size=6),
    every=st.integers(min_value=1, max_value=40),
)
def test_empty_rungs_are_passed_by_in_the_same_breath(people: list[bool], every: int) -> None:
    """Whoever is there is called as if the empty rungs were not; the end is told all the same."""
    ladder = tuple(
        Rung(name=f"Rung {place}", group="sre", rotation=LADDER[0].rotation if there else None)
        for place, there in enumerate(people)
    )
    kept = Kept(declared(Severity.P1), samples.incident_policy(ladder=ladder), members={})
    empty = {place for place, there in enumerate(people) if not there}
    # Each rung has its five minutes, and is looked for once every so often; so has the bell.
    left_alone(kept, (len(people) + 2) * (5 + every) * MINUTE, every * MINUTE)
    assert [rung for _, rung in kept.climbed] == list(range(len(people)))
    pages = [each.page for each, _ in kept.happened if isinstance(each, Paged)]
    assert {page.rung for page in pages if not page.people} == empty
    for page, following in pairwise(pages):
        if not page.people:
            assert following.at == page.at
    assert next_rung(kept.value, kept.policy) is None
    assert [bell.bell for bell in kept.bells].count(Bell.LADDER_ENDED) == 1


@settings(max_examples=150)
@given(severity=severities, kind=kinds, private=st.booleans(), script=scripts)
def test_nothing_is_said_twice_and_nothing_private_is_said_to_all(
    severity: Severity, kind: IncidentKind, private: bool, script: list[Act]
) -> None:
    """One note in the room for each event at most; a drill calls nobody outside."""
    room = samples.room(closed=private)
    fresh = declared(severity, kind=kind, private=private).model_copy(update={"room": room})
    kept = Kept(fresh)
    play(kept, script)
    before = fresh
    for event, after in kept.happened:
        told = list(announcements(before, after, event, SAM, POLICY))
        in_room = [
            each
            for each in told
            if isinstance(each.message, IncidentNote) and each.channel == samples.ROOM_CHANNEL
        ]
        assert len(in_room) <= 1
        words = [
            (each.channel, each.message) for each in told if isinstance(each.message, DirectWord)
        ]
        assert len(words) == len(set(words))
        if before.private or kind is IncidentKind.DRILL:
            assert all(each.channel != samples.CHANNEL for each in told)
        if kind is not IncidentKind.REAL:
            assert not [each for each in told if isinstance(each.message, OutsidePage)]
        before = after
