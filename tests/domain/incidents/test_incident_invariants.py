"""What holds of every incident, whatever happens to it, in whatever order.

Each property walks through random courses: people of all kinds say what they can say, bells ring,
rungs are paged, steps of the room succeed and fail. What is refused changes nothing.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from random import Random
from typing import NamedTuple, TypeVar, get_args

import incident_samples as samples
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from incident_samples import MINUTE, ON_LADDER
from samples import DANA, MAX, NOW, OLIVIA, SAM

from bot.domain.audit import ENGINE
from bot.domain.errors import SignalboxError
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents import events as happened
from bot.domain.incidents.announcements import announcements
from bot.domain.incidents.chronicle import lines_of
from bot.domain.incidents.clocks import next_due, rings
from bot.domain.incidents.declaring import Wish, declare
from bot.domain.incidents.escalation import due_page
from bot.domain.incidents.events import Event
from bot.domain.incidents.incident import (
    Incident,
    IncidentKind,
    Interest,
    Link,
    Moment,
    Relation,
    TaskKind,
)
from bot.domain.incidents.linked import FreezeLink
from bot.domain.incidents.messages import PAGER
from bot.domain.incidents.moments import misfit_of
from bot.domain.incidents.naming import parse_reference, reference
from bot.domain.incidents.room import RoomKind, Status, Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.room_steps import next_steps, steps_of
from bot.domain.incidents.states import TABLE, State
from bot.domain.incidents.transition import advance
from bot.domain.placement import MessageRef

T = TypeVar("T")
POLICY = samples.incident_policy()
PEOPLE = (DANA, SAM, OLIVIA, MAX, ENGINE)
# How many things are said in a course.
LENGTH = 120
TEXTS = ("", "Because it is so.", "<!channel> 結帳 🔥", "x" * 40)


class Passed(NamedTuple):
    """One thing that has happened."""

    before: Incident
    event: Event
    by: str
    now: datetime
    after: Incident


# ── Random courses ───────────────────────────────────────────────────────────────────────────────


class Chance(NamedTuple):
    """What something that is said is made from: all as it is by then, and a number to choose by."""

    incident: Incident
    number: int
    now: datetime


Say = Callable[[Chance], Event | None]


def one_of(options: tuple[T, ...], number: int) -> T:
    """One of several, by a number."""
    return options[number % len(options)]


def _result(step: Step, number: int) -> StepResult:
    if number % 3:
        return StepResult(step=step, problem="No.", final=number % 3 == 1)
    place = MessageRef(channel="C0ANY", ts=f"{number}.{list(Step).index(step)}")
    channel = f"C0MADE{number}" if step is Step.CHANNEL else None
    return StepResult(step=step, channel=channel, name="inc-1", posted=place)


def _ended(incident: Incident, number: int) -> Event:
    begun = (step for step, each in incident.room.steps.items() if each.status is Status.BEGUN)
    results = tuple(_result(step, number + at) for at, step in enumerate(begun))
    return happened.StepsEnded(results=results)


def _page(chance: Chance) -> Event:
    """A page of the ladder, wanted or not: whoever lost a race pages what was paged before."""
    incident, number, now = chance
    page = samples.page(
        id=f"P{number % 50}",
        rung=number % 6 - 1,
        epoch=max(incident.clocks.severity_epoch - number % 2, 0),
        at=now,
        acked_by=None,
        acked_at=None,
    )
    return happened.Paged(page=page)


def _rang(chance: Chance) -> Event | None:
    incident, number, now = chance
    bells = rings(incident, now, POLICY)
    return one_of(bells, number) if bells else None


def _due(chance: Chance) -> Event | None:
    incident, number, now = chance
    return due_page(incident, now, POLICY, ON_LADDER, f"D{number}{now.isoformat()}")


def _answer(chance: Chance) -> Event | None:
    pages = chance.incident.pages
    return happened.PageAcked(page=one_of(pages, chance.number).id) if pages else None


SAYINGS: tuple[Event | Say, ...] = (
    happened.Acked(),
    lambda c: happened.Moved(
        to=one_of(tuple(State), c.number), reason=one_of(TEXTS, c.number // 16)
    ),
    lambda c: happened.Moved(
        to=one_of(tuple(sorted(TABLE[c.incident.state])), c.number), reason="Because it is so."
    ),
    happened.Settled(root_cause="A leak.", resolution="Fixed.", override="It only cleans up."),
    lambda c: happened.Settled(
        root_cause=one_of(TEXTS, c.number),
        resolution="Fixed.",
        ended=one_of((None, c.now, c.now - 5 * MINUTE, c.now - 90 * MINUTE), c.number // 4),
        override=one_of(("", "Because it is so."), c.number // 16),
    ),
    lambda c: happened.SeverityChanged(
        to=one_of(tuple(Severity), c.number), reason=one_of(TEXTS, c.number // 4)
    ),
    lambda c: happened.Described(title=one_of((*TEXTS, None), c.number), service="auth"),
    lambda c: happened.Dated(
        moment=one_of(tuple(Moment), c.number),
        at=c.now + (c.number % 400 - 380) * MINUTE,
        override=one_of(("", "Because it is so."), c.number // 2),
    ),
    lambda c: happened.Informed(
        progress=one_of(TEXTS, c.number),
        eta="",
        next_update=one_of((None, c.now + 20 * MINUTE, c.now - MINUTE), c.number // 4),
        to=one_of((None, *State), c.number // 12),
    ),
    lambda c: happened.Snoozed(until=c.now + (c.number % 90 - 20) * MINUTE),
    lambda c: happened.Merged(into=one_of(("INC-2026-002", samples.REF), c.number)),
    lambda c: happened.MadePrivate() if c.number % 5 == 0 else None,
    lambda c: happened.RoleGiven(
        role=one_of(tuple(Role), c.number), to=one_of(PEOPLE, c.number // 3)
    ),
    lambda c: happened.HandoffOffered(to=one_of(PEOPLE, c.number)),
    happened.HandoffAccepted(),
    lambda c: happened.Joined(people=(one_of(PEOPLE, c.number),)),
    lambda c: happened.Visited(person=one_of(PEOPLE, c.number)),
    lambda c: happened.Subscribed(interest=one_of((None, *Interest), c.number)),
    _page,
    _due,
    _due,
    _answer,
    _rang,
    _rang,
    lambda c: happened.TaskAdded(
        kind=one_of(tuple(TaskKind), c.number), text=one_of(TEXTS, c.number)
    ),
    lambda c: happened.TaskOwned(
        task=one_of(("T1", "F1"), c.number), owner=one_of(PEOPLE, c.number)
    ),
    lambda c: happened.TaskDone(task=one_of(("T1", "F1"), c.number)),
    lambda c: happened.ProcedureAdded(procedure=samples.checklist_procedure(id=f"r{c.number % 2}")),
    lambda c: happened.LineTicked(procedure="checklist", item="cause", undone=c.number % 2 == 0),
    lambda c: happened.Linked(
        link=Link(title="A", url=f"https://{c.number % 3}", by=SAM, at=c.now)
    ),
    lambda c: happened.RelatedTo(
        incident="INC-2026-003", relation=one_of(tuple(Relation), c.number)
    ),
    lambda _: happened.Parted(incident="INC-2026-003"),
    lambda c: happened.SuspectsFound(suspects=(samples.suspect(running=c.number % 2 == 0),)),
    lambda c: happened.DeployLinked(deploy=samples.linked_deploy(running=c.number % 2 == 0)),
    lambda c: happened.FreezeSet(
        freeze=FreezeLink(service="api", environment=None, until=c.now + 60 * MINUTE)
    ),
    happened.FreezeLifted(),
    happened.PostMortemDrafted(),
    lambda c: happened.PostMortemPublished(url=one_of((None, "https://w.example"), c.number)),
    lambda c: happened.StepsBegun(steps=next_steps(c.incident, c.now)),
    lambda c: happened.StepsBegun(steps=(one_of(tuple(Step), c.number),)),
    lambda c: _ended(c.incident, c.number),
    lambda c: _ended(c.incident, 3 * c.number),
    lambda _: happened.RoomRepaired(),
    lambda c: happened.RoomAdopted(
        channel=f"C0OLD{c.number % 2}",
        channel_name="team",
        closed=c.number % 2 == 0,
    ),
    happened.RoomOpened(),
)
WISHES = st.builds(
    Wish,
    title=st.just("Checkout answers 500s"),
    severity=st.sampled_from(Severity),
    kind=st.sampled_from(IncidentKind),
    private=st.booleans(),
    room=st.sampled_from([None, *RoomKind]),
    dedup_key=st.sampled_from([None, "alert-1"]),
    occurred=st.just(NOW),
).filter(lambda wish: wish.dedup_key is None or wish.kind is not IncidentKind.BACKFILLED)


@cache
def walk(wish: Wish, number: int) -> tuple[Passed, ...]:
    """What happens to an incident that is declared so, in the course of this number; what is
    refused is left out.
    """
    return tuple(_passed(wish, Random(number)))  # noqa: S311 - no secret is made of it


def _passed(wish: Wish, chances: Random) -> Iterator[Passed]:
    incident, now = declare(samples.REF, "TOKEN", wish, DANA, "en", NOW, POLICY), NOW
    for say in chances.choices(SAYINGS, k=LENGTH):
        number = chances.randrange(1000)
        now += chances.choice((0, 1, 5, 45)) * MINUTE
        event = say(Chance(incident, number, now)) if callable(say) else say
        by = one_of(PEOPLE, number)
        if event is None:
            continue
        try:
            after = advance(incident, event, by, now, POLICY)
        except SignalboxError:
            continue
        yield Passed(incident, event, by, now, after)
        incident = after


def on_every_course(check: Callable[[Wish, int], None]) -> Callable[[], None]:
    """Let a property look at the courses: the same for each, so that they are walked once."""
    examined = given(WISHES, st.integers(min_value=0, max_value=2**32 - 1))(check)
    return seed(1)(settings(max_examples=40)(examined))


def test_0_the_courses_go_everywhere() -> None:
    """Else what follows would prove little."""
    states, said = set(), set()

    @on_every_course
    def look(wish: Wish, number: int) -> None:
        for passed in walk(wish, number):
            states.add(passed.after.state)
            if passed.after is not passed.before:
                said.add(type(passed.event))

    look()
    assert states == set(State)
    assert said == set(get_args(Event))


# ── The ten invariants ───────────────────────────────────────────────────────────────────────────


@on_every_course
def test_1_a_state_follows_another_only_by_the_table(wish: Wish, number: int) -> None:
    for passed in walk(wish, number):
        before, after = passed.before.state, passed.after.state
        assert after is before or after in TABLE[before]


@given(
    st.integers(2000, 9999), st.integers(1, 10**6), st.integers(2000, 9999), st.integers(1, 10**6)
)
def test_2_no_two_incidents_have_one_reference(year: int, one: int, other: int, two: int) -> None:
    assert (reference(year, one) == reference(other, two)) is ((year, one) == (other, two))
    assert parse_reference(reference(year, one)) == reference(year, one)


@on_every_course
def test_3_what_it_is_known_by_stays_the_same(wish: Wish, number: int) -> None:
    """Reference and key never change; its channel does so only when one was made, taken or lost."""
    channels = (
        happened.StepsEnded
        | happened.RoomAdopted
        | happened.RoomRepaired
        | happened.RoomOpened
        | happened.MadePrivate
    )
    for passed in walk(wish, number):
        before, after = passed.before, passed.after
        assert (after.ref, after.dedup_key, after.kind) == (samples.REF, wish.dedup_key, wish.kind)
        assert after.room.channel == before.room.channel or isinstance(passed.event, channels)


@on_every_course
def test_4_what_is_private_stays_so_and_is_said_to_nobody_else(wish: Wish, number: int) -> None:
    for passed in walk(wish, number):
        before, after = passed.before, passed.after
        assert after.private or not before.private
        if not after.private:
            continue
        assert after.room.kind is RoomKind.CHANNEL
        assert after.room.channel is None or after.room.closed
        assert Step.BROADCAST not in next_steps(after, passed.now)
        if before.private:
            said = announcements(before, after, passed.event, passed.by, POLICY)
            assert POLICY.channel not in {each.channel for each in said}


@on_every_course
def test_5_what_changes_nothing_leaves_nothing(wish: Wish, number: int) -> None:
    """And what changes something is, applied once more in the same instant, never a surprise."""
    for before, event, by, now, after in walk(wish, number):
        assert (after == before) is (after is before)
        if after is before:
            assert lines_of(before, after, event, by, now, "token") == ()
            assert list(announcements(before, after, event, by, POLICY)) == []
        lines = lines_of(before, after, event, by, now, "token")
        assert len({line.id for line in lines}) == len(lines)
        assert {line.by for line in lines} <= {by}


@on_every_course
def test_6_an_update_is_promised_as_long_as_customers_are_hurt(wish: Wish, number: int) -> None:
    for passed in walk(wish, number):
        after = passed.after
        clocks = after.clocks
        if after.active:
            assert (clocks.update_by is not None) or after.kind is IncidentKind.BACKFILLED
            assert clocks.postmortem_by is None
            continue
        owed = (clocks.respond_by, clocks.resolve_by, clocks.update_by, clocks.climb_at)
        assert (*owed, clocks.quiet_until) == (None,) * 5
        assert next_due(after, POLICY) in {None, clocks.postmortem_by}
        assert not (after.over and clocks.postmortem_by)


@on_every_course
def test_7_moments_come_in_order_or_say_why_not(wish: Wish, number: int) -> None:
    for passed in walk(wish, number):
        times = passed.after.times
        for moment, stamp in times.items():
            other = misfit_of(times, moment, stamp.at)
            reasons = (stamp.override, times[other].override if other else "")
            assert other is None or any(reasons)
        if passed.after.epoch != passed.before.epoch:
            assert set(times) == {Moment.DECLARED}
            assert passed.after.earlier[-1] == passed.before.times


@on_every_course
def test_8_the_ladder_only_rises_and_pages_each_rung_once(wish: Wish, number: int) -> None:
    for passed in walk(wish, number):
        before, after = passed.before.clocks, passed.after.clocks
        assert after.severity_epoch >= before.severity_epoch
        assert after.rung >= before.rung or after.severity_epoch > before.severity_epoch
        rungs = [(page.epoch, page.rung) for page in passed.after.pages if not page.by_hand]
        assert len(set(rungs)) == len(rungs)
        assert rungs == sorted(rungs)
        if len(passed.after.pages) > len(passed.before.pages):
            assert passed.before.active


@on_every_course
def test_9_a_drill_pages_publishes_and_freezes_nothing(wish: Wish, number: int) -> None:
    drill = wish.model_copy(update={"kind": IncidentKind.DRILL})
    for passed in walk(drill, number):
        after = passed.after
        assert (after.pages, after.freeze, after.clocks.climb_at) == ((), None, None)
        assert Step.BROADCAST not in next_steps(after, passed.now)
        said = announcements(passed.before, after, passed.event, passed.by, POLICY)
        assert {POLICY.channel, PAGER}.isdisjoint(each.channel for each in said)


@on_every_course
def test_10_a_room_can_always_be_made_again(wish: Wish, number: int) -> None:
    """Everything that stands in the chat system follows from what is kept."""
    *_, last = [
        Passed(
            each := declare(samples.REF, "T", wish, DANA, "en", NOW, POLICY),
            happened.Acked(),
            DANA,
            NOW,
            each,
        ),
        *walk(wish, number),
    ]
    incident, now = last.after, last.now + 60 * MINUTE
    if incident.over:
        return
    for event in (_ended(incident, 1), happened.RoomRepaired()):
        incident = advance(incident, event, SAM, now, POLICY)
    for _ in range(4):
        steps = next_steps(incident, now)
        incident = advance(incident, happened.StepsBegun(steps=steps), ENGINE, now, POLICY)
        good = tuple(_result(step, 0) for step in steps)
        incident = advance(incident, happened.StepsEnded(results=good), ENGINE, now, POLICY)
    assert next_steps(incident, now) == ()
    done = {step for step, each in incident.room.steps.items() if each.status is Status.DONE}
    assert set(steps_of(incident)) <= done | {Step.CHANNEL}
