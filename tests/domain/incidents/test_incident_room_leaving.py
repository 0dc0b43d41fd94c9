"""What a private incident takes back of what everybody could read, and in which order."""

import incident_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_samples import MINUTE, ROOM_CHANNEL
from room_waves import after, ended, waves
from samples import NOW

from bot.domain.errors import IllegalTransition
from bot.domain.incidents.events import (
    Event,
    MadePrivate,
    RoomAdopted,
    RoomOpened,
    RoomRepaired,
    StepsBegun,
    StepsEnded,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.naming import left_name, room_name, telling
from bot.domain.incidents.room import Left, Progress, Room, RoomKind, Status, Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.room_leaving import LEAVING, leaving_steps
from bot.domain.incidents.room_steps import next_steps, steps_of
from bot.domain.incidents.states import OVER, State

S = Step
LATER = NOW + 60 * MINUTE
# Side by side, before the channel is archived.
TAKEN_BACK = {S.LEFT_WORDS, S.LEFT_TEXTS, S.LEFT_LINKS, S.LEFT_NAME}
PRIVATE_ROOM = "C0PRIVATE1"
# The room so far was private, and somebody has opened it to everybody.
OPENED = RoomAdopted(channel="C0SEC", channel_name="team-sec", closed=True, opened=True)


def result(step: Step, **changes: object) -> StepResult:
    """A step that went well, unless something else is said."""
    made = {"channel": PRIVATE_ROOM, "name": "inc-2026-001"} if step is S.CHANNEL else {}
    posted = samples.PLACES["card"].model_copy(update={"channel": PRIVATE_ROOM})
    card = {"posted": posted} if step is S.CARD else {}
    return StepResult(step=step, **{**made, **card, **changes})


def left(incident: Incident) -> list[tuple[str | None, bool]]:
    """Which channels it has left, and whether the bot made them."""
    return [(each.channel, each.made) for each in incident.room.left]


# ── Which channels ───────────────────────────────────────────────────────────────────────────────


def test_the_new_room_comes_first_and_the_old_one_is_retired_beside_it() -> None:
    private = after(samples.incident(), MadePrivate())
    assert left(private) == [(ROOM_CHANNEL, True)]
    assert private.room.left[0].card == samples.PLACES["card"]
    first, second, third = waves(private, result)
    assert first == {S.CHANNEL}
    assert second == {S.CARD, S.INVITE, S.TOPIC, S.PURPOSE, S.BOOKMARKS} | TAKEN_BACK
    assert third == {S.PIN, S.LEFT_ARCHIVE}


def test_nothing_is_taken_back_of_what_is_public() -> None:
    moved = after(samples.incident(), RoomAdopted(channel="C0TEAM", channel_name="team-api"))
    assert left(moved) == [(ROOM_CHANNEL, True)]
    assert leaving_steps(moved) == ()


def test_somebody_elses_channel_only_loses_what_the_bot_put_there() -> None:
    private = after(samples.incident(room=samples.room(adopted=True)), MadePrivate())
    assert left(private) == [(ROOM_CHANNEL, False)]
    assert leaving_steps(private) == (S.LEFT_WORDS, S.LEFT_LINKS)


def test_a_thread_leaves_its_words_and_no_channel() -> None:
    private = after(samples.incident(room=samples.thread_room()), MadePrivate())
    assert left(private) == []
    assert leaving_steps(private) == (S.LEFT_WORDS,)


def test_a_drill_in_a_thread_of_nobody_leaves_nothing() -> None:
    refused = Progress(status=Status.REFUSED, begun=NOW, problem="No.")
    room = samples.new_room(steps={S.CHANNEL: refused})
    private = after(samples.incident(room=room), MadePrivate())
    assert (left(private), leaving_steps(private)) == ([], ())


def test_what_was_private_from_the_start_leaves_nothing() -> None:
    secret = samples.incident(private=True, room=samples.room(closed=True, broadcast=None))
    secret = secret.model_copy(
        update={"room": secret.room.model_copy(update={"steps": {S.CHANNEL: Progress()}})}
    )
    moved = after(secret, RoomAdopted(channel="C0SEC", channel_name="team-sec", closed=True))
    assert (left(moved), leaving_steps(moved)) == ([], ())


def test_a_private_room_that_was_opened_is_retired_when_another_takes_its_place() -> None:
    secret = samples.incident(private=True, room=samples.room(closed=True, broadcast=None))
    moved = after(secret, OPENED)
    assert (moved.room.channel, moved.room.closed) == ("C0SEC", True)
    assert moved.room.left == (Left(channel=ROOM_CHANNEL, made=True, card=secret.room.card),)
    assert set(leaving_steps(moved)) == LEAVING
    first, second = waves(moved, result)
    assert first == {S.CARD, S.INVITE, S.BOOKMARKS} | TAKEN_BACK
    assert second == {S.PIN, S.LEFT_ARCHIVE}
    # Nothing is found by what everybody could read.
    assert (moved.room.open_token, moved.room.token) == (
        secret.room.token,
        f"{secret.room.token}p",
    )


def test_the_private_channel_of_a_team_that_was_opened_loses_what_the_bot_put_there() -> None:
    room = samples.room(adopted=True, closed=True, broadcast=None)
    moved = after(samples.incident(private=True, room=room), OPENED)
    assert left(moved) == [(ROOM_CHANNEL, False)]
    assert leaving_steps(moved) == (S.LEFT_WORDS, S.LEFT_LINKS)


def test_what_is_public_is_left_as_ever_whoever_can_read_it() -> None:
    moved = after(samples.incident(), OPENED)
    assert (left(moved), leaving_steps(moved)) == ([(ROOM_CHANNEL, True)], ())
    assert moved.room.token == samples.room().token


@pytest.mark.parametrize("adopted", [False, True])
def test_what_was_retired_before_is_not_retired_again(adopted: bool) -> None:
    """Nothing of an archived channel can be changed."""
    incident = after(samples.incident(room=samples.room(adopted=adopted)), MadePrivate())
    while steps := next_steps(incident, NOW):
        incident = ended(incident, *map(result, steps))
    moved = after(incident, OPENED)
    assert [(each.channel, each.retired) for each in moved.room.left] == [
        (ROOM_CHANNEL, True),
        (PRIVATE_ROOM, False),
    ]
    assert set(leaving_steps(moved)) == LEAVING
    assert all(moved.room.progress(step) == Progress() for step in LEAVING)


def test_what_was_not_retired_yet_is_retired_with_it() -> None:
    private = ended(after(samples.incident(), MadePrivate()), result(S.CHANNEL))
    begun = after(private, StepsBegun(steps=(S.LEFT_WORDS,)))
    moved = after(begun, OPENED)
    assert [(each.channel, each.retired) for each in moved.room.left] == [
        (ROOM_CHANNEL, False),
        (PRIVATE_ROOM, False),
    ]
    # What was under way did not know of the second one.
    assert moved.room.progress(S.LEFT_WORDS).status is Status.PENDING


def test_an_opened_channel_that_is_closed_and_its_room_again_is_not_retired() -> None:
    secret = samples.incident(private=True, room=samples.room(closed=True, broadcast=None))
    back = RoomAdopted(channel=ROOM_CHANNEL, channel_name="inc-2026-001", closed=True)
    assert left(after(secret, OPENED, back)) == []


def test_every_public_channel_that_it_had_is_retired() -> None:
    """The one that was made for it, although another was taken before it became private."""
    moved = after(samples.incident(), RoomAdopted(channel="C0TEAM", channel_name="team-api"))
    private = after(moved, MadePrivate())
    assert left(private) == [(ROOM_CHANNEL, True), ("C0TEAM", False)]
    assert set(leaving_steps(private)) == LEAVING


def test_a_private_channel_of_a_team_is_left_as_well_as_the_open_one_before_it() -> None:
    """Everybody of the team would read on."""
    event = RoomAdopted(channel="C0SEC", channel_name="team-sec", closed=True)
    private = after(samples.incident(), event, MadePrivate())
    assert (private.room.channel, private.room.closed) == (None, False)
    assert left(private) == [(ROOM_CHANNEL, True), ("C0SEC", False)]
    assert next_steps(private, NOW) == (S.CHANNEL,)
    # Whoever is in it may take it all the same.
    again = after(private, event)
    assert (again.room.channel, left(again)) == ("C0SEC", [(ROOM_CHANNEL, True)])


def test_going_private_twice_leaves_one_channel_once() -> None:
    private = after(samples.incident(), MadePrivate())
    assert after(private, MadePrivate()) is private
    moved = ended(private, result(S.CHANNEL))
    assert left(after(moved, MadePrivate())) == [(ROOM_CHANNEL, True)]


@pytest.mark.parametrize(
    "event",
    [
        RoomAdopted(channel="C0SEC", channel_name="team-sec", closed=True),
        RoomOpened(),
        RoomRepaired(),
    ],
    ids=lambda event: type(event).__name__,
)
def test_whatever_becomes_of_the_new_room_it_is_not_retired(event: Event) -> None:
    private = ended(after(samples.incident(), MadePrivate()), result(S.CHANNEL))
    begun = after(private, StepsBegun(steps=(S.LEFT_NAME,)))
    moved = after(begun, event)
    assert left(moved) == [(ROOM_CHANNEL, True)]
    # And what is under way in the old one is not forgotten.
    assert moved.room.steps[S.LEFT_NAME].status is Status.BEGUN


def test_a_channel_that_is_its_room_again_is_not_retired() -> None:
    """An administrator has closed it meanwhile."""
    private = after(samples.incident(), MadePrivate())
    back = RoomAdopted(channel=ROOM_CHANNEL, channel_name="inc-2026-001", closed=True)
    assert left(after(private, back)) == []


@pytest.mark.parametrize("status", [Status.BEGUN, Status.PENDING])
def test_a_channel_of_which_nobody_knows_whether_it_was_made_is_looked_for(status: Status) -> None:
    making = Progress(status=status, begun=NOW, tries=1)
    private = after(
        samples.incident(room=samples.new_room(steps={S.CHANNEL: making})), MadePrivate()
    )
    assert private.room.left == (Left(made=True, since=NOW),)
    assert private.room.open_token == samples.new_room().token


def test_a_card_of_which_nobody_knows_is_looked_for() -> None:
    steps = {**samples.room().steps, S.CARD: Progress(status=Status.BEGUN, begun=NOW)}
    room = samples.room(adopted=True, card=None, steps=steps)
    private = after(samples.incident(room=room), MadePrivate())
    assert private.room.left == (Left(channel=ROOM_CHANNEL, since=NOW),)


# ── In which order ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", sorted(OVER))
def test_it_is_retired_when_the_incident_is_over_and_no_room_is_made(state: State) -> None:
    private = after(samples.incident(state), MadePrivate())
    assert waves(private, result) == [TAKEN_BACK, {S.LEFT_ARCHIVE}]


def test_a_channel_that_cannot_be_made_keeps_nothing_public() -> None:
    failed = result(S.CHANNEL, channel=None, name=None, problem="No.")
    private = ended(after(samples.incident(), MadePrivate()), failed)
    assert set(next_steps(private, NOW)) == TAKEN_BACK


@pytest.mark.parametrize("step", sorted(TAKEN_BACK))
def test_it_is_archived_last(step: Step) -> None:
    private = ended(
        after(samples.incident(State.CLOSED), MadePrivate()), result(step, problem="No.")
    )
    rest = ended(private, *map(result, sorted(TAKEN_BACK - {step})))
    assert next_steps(rest, NOW) == ()
    assert next_steps(rest, LATER) == (step,)
    assert next_steps(ended(rest, result(step)), NOW) == (S.LEFT_ARCHIVE,)


@pytest.mark.parametrize("step", sorted(TAKEN_BACK))
def test_what_only_a_person_can_mend_keeps_no_channel_open(step: Step) -> None:
    others = [result(each) for each in sorted(TAKEN_BACK - {step})]
    private = after(samples.incident(State.CLOSED), MadePrivate())
    stuck = ended(private, result(step, problem="No.", final=True), *others)
    assert next_steps(stuck, NOW) == (S.LEFT_ARCHIVE,)


@pytest.mark.parametrize("state", [State.INVESTIGATING, State.CLOSED])
def test_a_repair_tries_again_what_was_refused(state: State) -> None:
    private = ended(after(samples.incident(state), MadePrivate()), result(S.CHANNEL))
    others = [result(each) for each in sorted(TAKEN_BACK - {S.LEFT_NAME})]
    stuck = ended(private, result(S.LEFT_NAME, problem="No.", final=True), *others)
    stuck = ended(stuck, result(S.LEFT_ARCHIVE, problem="No.", final=True))
    again = after(stuck, RoomRepaired())
    assert LEAVING.intersection(next_steps(again, NOW)) == {S.LEFT_NAME}
    archived = ended(ended(again, result(S.LEFT_NAME)), result(S.LEFT_ARCHIVE))
    assert LEAVING.isdisjoint(next_steps(archived, LATER))


def test_a_room_of_something_over_is_repaired_only_where_something_public_is_left() -> None:
    with pytest.raises(IllegalTransition):
        after(samples.incident(State.CLOSED), RoomRepaired())
    private = after(samples.incident(State.CLOSED), MadePrivate())
    assert after(private, RoomRepaired()) is private
    for wave in (sorted(TAKEN_BACK), [S.LEFT_ARCHIVE]):
        private = ended(private, *map(result, wave))
    with pytest.raises(IllegalTransition):
        after(private, RoomRepaired())


# ── Names ────────────────────────────────────────────────────────────────────────────────────────


def test_the_name_that_is_left_says_no_more_than_the_reference() -> None:
    subject = samples.incident()
    assert telling(room_name(subject, "inc"), subject, "inc")
    assert left_name(subject, "inc") == "inc-2026-001-closed"
    assert left_name(subject, "inc", 3) == "inc-2026-001-closed-3"
    private = subject.model_copy(update={"private": True})
    for name in (
        left_name(subject, "inc"),
        left_name(subject, "inc", 3),
        room_name(private, "inc"),
    ):
        assert not telling(name, subject, "inc")
    # A number may be of a name that was taken, or of the title: nobody knows any more.
    assert telling("inc-2026-001-500", subject, "inc")


# ── However it goes ──────────────────────────────────────────────────────────────────────────────


def rooms() -> st.SearchStrategy[Room]:
    """A room that everybody can read, however far it is."""
    return st.sampled_from(
        [
            samples.room(),
            samples.room(adopted=True),
            samples.thread_room(),
            samples.new_room(),
            samples.new_room(RoomKind.THREAD),
            samples.new_room(steps={S.CHANNEL: Progress(status=Status.BEGUN, begun=NOW)}),
        ]
    )


@given(
    rooms(),
    st.sampled_from([State.INVESTIGATING, State.CLOSED]),
    st.lists(st.sampled_from(["made", "failed", "refused", "crashed", "repaired"]), max_size=12),
)
def test_everything_is_taken_back_before_the_channel_is_archived(
    room: Room, state: State, course: list[str]
) -> None:
    """Whatever fails: nothing but what was refused for good is left when it is archived, nothing is
    done to a channel after that, and no step is done of a channel that is somebody else's.
    """
    incident = after(samples.incident(state, room=room), MadePrivate())
    was, now = incident.room.left, NOW
    for happens in [*course, "repaired", *["made"] * 10]:
        now += 10 * MINUTE
        steps = next_steps(incident, now)
        assert set(steps) <= {*steps_of(incident), *leaving_steps(incident)}
        if S.LEFT_ARCHIVE in steps:
            assert {incident.room.steps[each].status for each in TAKEN_BACK} <= {
                Status.DONE,
                Status.REFUSED,
            }
        incident = after(incident, StepsBegun(steps=steps), at=now)
        fails = {"problem": "No.", "final": happens == "refused"} if happens != "made" else {}
        results = tuple(
            result(
                step, **({"channel": None, "name": None, "posted": None} if fails else {}), **fails
            )
            for step in steps
        )
        if happens == "repaired":
            incident = after(incident, StepsEnded(results=results), at=now)
            if not incident.over or any(
                incident.room.steps.get(each, Progress()).status is not Status.DONE
                for each in leaving_steps(incident)
            ):
                incident = after(incident, RoomRepaired(), at=now)
        elif happens != "crashed":
            incident = after(incident, StepsEnded(results=results), at=now)
        assert incident.room.left == was
    assert next_steps(incident, now + 10 * MINUTE) == ()
    for step in leaving_steps(incident):
        assert incident.room.steps[step].status is Status.DONE
