"""How the room of an incident comes to be, wave by wave, and what is done when it does not."""

from datetime import timedelta

import incident_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_samples import MINUTE
from room_waves import after, ended, waves
from samples import DANA, MAX, NOW, OLIVIA, SAM

from bot.domain.errors import UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.events import (
    Joined,
    MadePrivate,
    Moved,
    RoomAdopted,
    RoomOpened,
    RoomRepaired,
    StepsBegun,
    StepsEnded,
)
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.room import Progress, RoomKind, Status, Step
from bot.domain.incidents.room_aims import wanted_people
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.room_leaving import LEAVING
from bot.domain.incidents.room_steps import back_off, next_steps, steps_of
from bot.domain.incidents.states import OVER, State
from bot.domain.placement import MessageRef

S = Step
DRILL, LATE = IncidentKind.DRILL, IncidentKind.BACKFILLED
SECOND = timedelta(seconds=1)


def fresh(room: RoomKind = RoomKind.CHANNEL, /, **changes: object) -> Incident:
    """An incident of whose room nothing is made yet."""
    return samples.incident(room=samples.new_room(room), **changes)


def made(step: Step) -> StepResult:
    """A step that went well."""
    if step is S.CHANNEL:
        return StepResult(step=step, channel=samples.ROOM_CHANNEL, name="inc-2026-001")
    place = MessageRef(channel=samples.CHANNEL, ts=f"1773489600.{list(Step).index(step):06}")
    return StepResult(step=step, posted=place)


def refused(incident: Incident, step: Step, final: bool = True) -> Incident:
    """The incident after a step failed."""
    return ended(incident, StepResult(step=step, problem="Slack said no.", final=final))


# ── When all goes well ───────────────────────────────────────────────────────────────────────────


def test_a_channel_takes_three_waves() -> None:
    assert waves(fresh(), made) == [
        {S.CHANNEL},
        {S.CARD, S.INVITE, S.BROADCAST, S.TOPIC, S.PURPOSE, S.BOOKMARKS},
        {S.PIN},
    ]


@pytest.mark.parametrize("changes", [{"private": True}, {"kind": DRILL}], ids=str)
def test_what_is_not_for_everybody_has_no_broadcast(changes: dict[str, object]) -> None:
    assert waves(fresh(**changes), made) == [
        {S.CHANNEL},
        {S.CARD, S.INVITE, S.TOPIC, S.PURPOSE, S.BOOKMARKS},
        {S.PIN},
    ]


def test_a_thread_hangs_below_its_alert() -> None:
    assert waves(fresh(RoomKind.THREAD), made) == [{S.BROADCAST}, {S.CARD}]


def test_an_adopted_channel_keeps_its_description() -> None:
    adopted = after(fresh(), RoomAdopted(channel="C0TEAM", channel_name="team-api"))
    assert waves(adopted, made) == [{S.CARD, S.INVITE, S.BROADCAST, S.BOOKMARKS}, {S.PIN}]


def test_what_is_written_down_afterwards_gets_a_room_only_if_it_is_given_one() -> None:
    assert waves(fresh(kind=LATE), made) == []
    adopted = after(fresh(kind=LATE), RoomAdopted(channel="C0TEAM", channel_name="team-api"))
    assert waves(adopted, made) == [{S.CARD, S.INVITE, S.BOOKMARKS}, {S.PIN}]


def test_what_was_made_is_remembered() -> None:
    room = ended(ended(fresh(), made(S.CHANNEL)), made(S.CARD), made(S.BROADCAST)).room
    assert (room.channel, room.name) == (samples.ROOM_CHANNEL, "inc-2026-001")
    assert (room.card, room.broadcast) == (made(S.CARD).posted, made(S.BROADCAST).posted)
    assert room.steps[S.CARD] == Progress(status=Status.DONE, begun=NOW)


@pytest.mark.parametrize("private", [True, False])
def test_a_channel_is_closed_when_it_was_made_so(private: bool) -> None:
    assert ended(fresh(private=private), made(S.CHANNEL)).room.closed is private


@pytest.mark.parametrize("state", sorted(OVER))
def test_nothing_is_made_for_what_is_over(state: State) -> None:
    assert next_steps(samples.incident(state, room=samples.new_room()), NOW) == ()


def test_the_topic_follows_the_incident_to_its_end() -> None:
    subject = samples.incident()
    assert next_steps(subject, NOW) == ()
    worse = subject.model_copy(update={"severity": Severity.P2})
    assert next_steps(worse, NOW) == (S.TOPIC,)
    begun = after(worse, StepsBegun(steps=(S.TOPIC,)))
    moved = begun.model_copy(update={"state": State.MONITORING})
    told = after(moved, StepsEnded(results=(made(S.TOPIC),)))
    assert next_steps(told, NOW) == (S.TOPIC,)
    over = told.model_copy(update={"state": State.CANCELLED})
    assert next_steps(over, NOW) == (S.TOPIC,)
    again = ended(after(over, StepsBegun(steps=(S.TOPIC,))), made(S.TOPIC))
    assert next_steps(again, NOW) == ()


# ── After a crash, and after failures ────────────────────────────────────────────────────────────


def test_a_step_that_was_begun_is_taken_up_again() -> None:
    begun = after(fresh(), StepsBegun(steps=(S.CHANNEL,)))
    assert next_steps(begun, NOW + MINUTE) == (S.CHANNEL,)
    again = after(begun, StepsBegun(steps=(S.CHANNEL,)), at=NOW + MINUTE)
    assert again.room.steps[S.CHANNEL] == Progress(status=Status.BEGUN, begun=NOW, tries=2)


def test_a_failure_waits_before_it_is_tried_again() -> None:
    failed = refused(fresh(), S.CHANNEL, final=False)
    progress = failed.room.steps[S.CHANNEL]
    assert (progress.status, progress.problem) == (Status.PENDING, "Slack said no.")
    assert S.CHANNEL not in next_steps(failed, NOW + 4 * SECOND)
    assert S.CHANNEL in next_steps(failed, NOW + 5 * SECOND)


def test_slack_names_its_own_time_to_wait() -> None:
    busy = StepResult(step=S.CHANNEL, problem="Too fast.", retry_after=90.0)
    assert ended(fresh(), busy).room.steps[S.CHANNEL].again_at == NOW + 90 * SECOND


def test_waits_double_up_to_five_minutes() -> None:
    assert [back_off(tries) // SECOND for tries in (0, 1, 2, 3, 7, 8, 10**6)] == [
        5,
        5,
        10,
        20,
        300,
        300,
        300,
    ]


def test_everybody_is_told_while_no_channel_can_be_made() -> None:
    """The alert does not wait for a channel, once that is known to be in trouble."""
    failed = refused(fresh(), S.CHANNEL, final=False)
    assert next_steps(failed, NOW) == (S.BROADCAST,)


def test_a_refused_channel_becomes_a_thread() -> None:
    fallen = refused(fresh(), S.CHANNEL)
    assert fallen.room.kind is RoomKind.THREAD
    assert fallen.room.steps[S.CHANNEL].problem == "Slack said no."
    assert waves(fallen, made) == [{S.BROADCAST}, {S.CARD}]


@pytest.mark.parametrize("changes", [{"private": True}, {"kind": DRILL}], ids=str)
def test_what_is_not_for_everybody_never_falls_back_to_a_thread(
    changes: dict[str, object],
) -> None:
    failed = refused(fresh(**changes), S.CHANNEL)
    assert (failed.room.kind, failed.room.channel) == (RoomKind.CHANNEL, None)
    assert failed.room.steps[S.CHANNEL].status is Status.REFUSED
    assert next_steps(failed, NOW + 60 * MINUTE) == ()


@pytest.mark.parametrize("step", sorted(set(Step) - LEAVING - {S.CHANNEL, S.CARD}))
def test_another_refused_step_is_left_to_a_person(step: Step) -> None:
    ready = ended(ended(fresh(), made(S.CHANNEL)), made(S.CARD))
    stuck = refused(ready, step)
    assert step not in next_steps(stuck, NOW + 60 * MINUTE)
    assert step in next_steps(after(stuck, RoomRepaired()), NOW)


# ── Repaired, opened, adopted, hidden ────────────────────────────────────────────────────────────


def test_a_repair_tries_a_refused_channel_again() -> None:
    repaired = after(refused(fresh(), S.CHANNEL), RoomRepaired())
    assert (repaired.room.kind, next_steps(repaired, NOW)) == (RoomKind.CHANNEL, (S.CHANNEL,))
    assert repaired.room.steps[S.CHANNEL].begun == NOW  # what may be there is looked for


def test_a_repair_looks_after_what_costs_nothing() -> None:
    repaired = after(samples.incident(), RoomRepaired())
    assert next_steps(repaired, NOW) == (S.INVITE, S.TOPIC, S.PURPOSE, S.BOOKMARKS, S.PIN)
    assert repaired.room.card == samples.incident().room.card
    assert after(repaired, RoomRepaired()) is repaired


def test_a_repair_leaves_what_is_under_way_alone() -> None:
    begun = after(fresh(), StepsBegun(steps=(S.CHANNEL,)))
    assert after(begun, RoomRepaired()) is begun


def test_a_thread_that_gets_a_channel_keeps_its_alert() -> None:
    opened = after(samples.incident(room=samples.thread_room()), RoomOpened())
    assert waves(opened, made) == [
        {S.CHANNEL},
        {S.CARD, S.INVITE, S.TOPIC, S.PURPOSE, S.BOOKMARKS},
        {S.PIN},
    ]
    assert opened.room.broadcast == samples.thread_room().broadcast


def test_a_channel_that_is_being_made_is_not_opened_twice() -> None:
    begun = after(fresh(), StepsBegun(steps=(S.CHANNEL,)))
    assert after(begun, RoomOpened()) is begun


def test_an_adopted_channel_is_the_room_from_then_on() -> None:
    event = RoomAdopted(channel="C0TEAM", channel_name="team-api", closed=True)
    adopted = after(samples.incident(), event)
    room = adopted.room
    assert (room.channel, room.name, room.adopted, room.closed) == (
        "C0TEAM",
        "team-api",
        True,
        True,
    )
    assert (room.card, room.people) == (None, frozenset())
    assert after(adopted, event) is adopted


def test_what_is_private_takes_no_channel_that_others_read() -> None:
    private = samples.incident(private=True)
    with pytest.raises(UsageError, match="everybody can read #team-api"):
        after(private, RoomAdopted(channel="C0TEAM", channel_name="team-api"))
    adopted = after(private, RoomAdopted(channel="C0T", channel_name="team-sec", closed=True))
    assert adopted.room.channel == "C0T"


def test_a_result_of_a_room_that_was_given_up_counts_nothing() -> None:
    """A channel that was being made for everybody while somebody hid it is not its room."""
    begun = after(fresh(), StepsBegun(steps=(S.CHANNEL,)), MadePrivate())
    late = after(begun, StepsEnded(results=(made(S.CHANNEL),)))
    assert late is begun
    assert next_steps(late, NOW) == (S.CHANNEL,)


def test_what_becomes_private_gets_a_closed_room_of_its_own() -> None:
    before = samples.incident()
    private = after(before, MadePrivate())
    assert next_steps(private, NOW) == (S.CHANNEL,)
    assert private.room.token != before.room.token
    assert private.room.people == frozenset()


def test_a_thread_that_becomes_private_becomes_a_channel() -> None:
    private = after(samples.incident(room=samples.thread_room()), MadePrivate())
    assert (private.room.kind, next_steps(private, NOW)) == (RoomKind.CHANNEL, (S.CHANNEL,))


def test_a_private_channel_of_a_team_is_no_room_of_what_becomes_private() -> None:
    before = samples.incident(room=samples.room(closed=True, adopted=True))
    private = after(before, MadePrivate())
    assert next_steps(private, NOW)[0] is S.CHANNEL
    assert (private.room.adopted, private.room.closed) == (False, False)


def test_results_are_taken_when_it_has_ended_meanwhile() -> None:
    begun = after(fresh(), StepsBegun(steps=(S.CHANNEL,)))
    over = after(begun, Moved(to=State.CANCELLED, reason="A probe."))
    assert after(over, StepsEnded(results=(made(S.CHANNEL),))).room.channel is not None


def test_steps_that_the_room_does_not_have_are_not_begun() -> None:
    drill = fresh(kind=DRILL)
    assert after(drill, StepsBegun(steps=(S.BROADCAST,))) is drill


# ── Who belongs into it ──────────────────────────────────────────────────────────────────────────


def test_whoever_comes_in_later_is_invited_as_well() -> None:
    complete = ended(samples.incident(), made(S.INVITE))
    assert next_steps(complete, NOW) == ()
    joined = after(complete, Joined(people=(OLIVIA,)))
    assert next_steps(joined, NOW) == (S.INVITE,)
    assert next_steps(ended(joined, made(S.INVITE)), NOW) == ()


def test_whoever_comes_in_while_others_are_invited_is_next() -> None:
    begun = after(samples.incident(), StepsBegun(steps=(S.INVITE,)), Joined(people=(OLIVIA,)))
    invited = after(begun, StepsEnded(results=(made(S.INVITE),)))
    assert next_steps(invited, NOW) == (S.INVITE,)


def test_whoever_cannot_be_invited_is_not_asked_for_ever() -> None:
    joined = after(samples.incident(), Joined(people=("U0GONE001",)))
    assert next_steps(ended(joined, made(S.INVITE)), NOW) == ()
    assert next_steps(refused(joined, S.INVITE), NOW) == ()


def test_people_of_a_suspect_under_way_are_called_in() -> None:
    running = samples.suspect(running=True, requested_by=MAX)
    assert wanted_people(samples.incident(suspects=(running,))) == {DANA, SAM, MAX}
    assert MAX not in wanted_people(samples.incident(suspects=(running,), private=True))
    assert MAX not in wanted_people(samples.incident(suspects=(running,), kind=DRILL))
    done = samples.suspect(requested_by=MAX)
    assert MAX not in wanted_people(samples.incident(suspects=(done,)))


def test_only_people_of_the_chat_system_are_invited() -> None:
    subject = samples.incident(declared_by="api:grafana", responders=frozenset({"cli:root", SAM}))
    assert wanted_people(subject) == {SAM}


# ── However it goes ──────────────────────────────────────────────────────────────────────────────

RESULTS = st.sampled_from(["made", "failed", "refused", "crashed", "repaired"])


@given(
    st.sampled_from(sorted(RoomKind)),
    st.booleans(),
    st.lists(RESULTS, max_size=12),
)
def test_a_room_is_complete_in_the_end_or_waits_for_a_person(
    kind: RoomKind, private: bool, course: list[str]
) -> None:
    """Whatever fails, nothing is made before what it needs, and nothing is made twice."""
    incident = fresh(RoomKind.CHANNEL if private else kind, private=private)
    now = NOW
    for happens in [*course, "repaired", *["made"] * 8]:
        now += 10 * MINUTE
        steps = next_steps(incident, now)
        assert set(steps) <= set(steps_of(incident))
        incident = after(incident, StepsBegun(steps=steps), at=now)
        results = tuple(
            made(step)
            if happens == "made"
            else StepResult(step=step, problem="No.", final=happens == "refused")
            for step in steps
        )
        if happens == "repaired":
            incident = after(incident, StepsEnded(results=results), RoomRepaired(), at=now)
        elif happens != "crashed":
            incident = after(incident, StepsEnded(results=results), at=now)
        assert not (private and incident.room.kind is RoomKind.THREAD)
        assert not (private and S.BROADCAST in incident.room.steps)
    assert next_steps(incident, now + 10 * MINUTE) == ()
    assert incident.room.card is not None
