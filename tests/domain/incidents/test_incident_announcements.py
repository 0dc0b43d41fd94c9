"""What people are told about a transition: each thing once, to those whom it concerns."""

from collections.abc import Iterable
from typing import get_args

import incident_samples as samples
import pytest
from incident_samples import CHANNEL, MINUTE, ROOM_CHANNEL
from samples import DANA, MAX, NOW, OLIVIA, SAM

from bot.domain.audit import ENGINE
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents import events as happened
from bot.domain.incidents.announcements import Addressed, announcements
from bot.domain.incidents.events import Bell, Event
from bot.domain.incidents.incident import (
    Handoff,
    Incident,
    IncidentKind,
    Interest,
    Moment,
    PostMortem,
    Relation,
    Stamp,
    TaskKind,
)
from bot.domain.incidents.linked import FreezeLink, Part
from bot.domain.incidents.messages import (
    PAGER,
    DirectWord,
    IncidentBroadcast,
    IncidentCard,
    IncidentMessage,
    IncidentNote,
    IncidentResolved,
    IncidentSaid,
    IncidentUpdate,
    OutsidePage,
    PostMortemFile,
    ProcedureCard,
    Word,
)
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.room import Progress, Room, Status, Step
from bot.domain.incidents.states import ACTIVE, State

S, Said = State, IncidentSaid
POLICY = samples.incident_policy()
LATER = NOW + 20 * MINUTE
BEFORE = samples.incident(pages=())
FREEZE = FreezeLink(service="api", environment="production", until=LATER)
PAGE = samples.page(acked_by=None, acked_at=None)
REFUSED = Progress(status=Status.REFUSED, problem="No.")
CHECKLIST = samples.checklist_procedure()
DUTIES = Procedure(id="duties-lead", title="Duties", items=CHECKLIST.items)


def changed(before: Incident = BEFORE, **changes: object) -> Incident:
    """The incident afterwards."""
    return before.model_copy(update=changes)


def told(
    event: Event | None, after: Incident, before: Incident | None = BEFORE, *, by: str | None = SAM
) -> list[Addressed]:
    """Everything that is said."""
    return list(announcements(before, after, event, by, POLICY))


def to(channel: str, said: Iterable[Addressed]) -> list[IncidentMessage]:
    """What goes to one place."""
    return [each.message for each in said if each.channel == channel]


def notes(said: Iterable[Addressed]) -> list[IncidentNote]:
    """The notes among it."""
    return [each.message for each in said if isinstance(each.message, IncidentNote)]


def words(said: Iterable[Addressed]) -> list[tuple[str, Word, str]]:
    """What single persons are told."""
    found = [each for each in said if isinstance(each.message, DirectWord)]
    assert all(
        isinstance(each.message, DirectWord) and each.channel == each.message.to for each in found
    )
    return [
        (each.message.to, each.message.word, each.message.about)
        for each in found
        if isinstance(each.message, DirectWord)
    ]


def cards(said: Iterable[Addressed]) -> list[type[IncidentMessage]]:
    """The cards that are refreshed."""
    kinds = (IncidentCard, IncidentBroadcast)
    return [type(each.message) for each in said if isinstance(each.message, kinds)]


def rung(bell: Bell, before: Incident = BEFORE) -> Incident:
    """The incident after a bell."""
    fired = before.clocks.fired | {f"{bell}/0/x"}
    return changed(before, clocks=before.clocks.model_copy(update={"fired": fired}))


# ── Notes ────────────────────────────────────────────────────────────────────────────────────────

Note = tuple[IncidentSaid, str, str, tuple[str, ...]]
SAID: list[tuple[Event, Incident, Note | None]] = [
    (happened.Acked(), changed(reason="x"), (Said.ACKED, "too", "", ())),
    (
        happened.Moved(to=S.MITIGATING, reason="Rolling back"),
        changed(state=S.MITIGATING),
        (Said.MOVED, "mitigating", "Rolling back", ()),
    ),
    (
        happened.Moved(to=S.CANCELLED, reason="A test"),
        changed(state=S.CANCELLED),
        (Said.CANCELLED, "cancelled", "A test", ()),
    ),
    (happened.Settled(root_cause="x", resolution="y"), changed(state=S.RESOLVED), None),
    (
        happened.SeverityChanged(to=Severity.P2, reason="Only some"),
        changed(severity=Severity.P2),
        (Said.SEVERITY, "P2", "Only some", ()),
    ),
    (happened.Described(title="Other"), changed(title="Other"), None),
    (happened.Dated(moment=Moment.OCCURRED, at=NOW), changed(reason="x"), None),
    (
        happened.Informed(progress="We roll back.", eta="soon", next_update=LATER),
        changed(updates=(samples.status_update(),)),
        None,
    ),
    (
        happened.Snoozed(until=LATER),
        changed(reason="x"),
        (Said.SNOOZED, "", LATER.isoformat(), ()),
    ),
    (
        happened.Merged(into="INC-2026-002"),
        changed(state=S.MERGED),
        (Said.MERGED, "", "INC-2026-002", ()),
    ),
    (happened.MadePrivate(), changed(private=True, room=samples.new_room()), None),
    (
        happened.RoleGiven(role=Role.COMMS, to=OLIVIA),
        changed(roles={Role.LEAD: SAM, Role.COMMS: OLIVIA}),
        (Said.ROLE, "comms", "", (OLIVIA,)),
    ),
    (
        happened.HandoffOffered(to=DANA),
        changed(handoff=Handoff(to=DANA, by=SAM, at=LATER)),
        (Said.HANDOFF, "", "", (DANA,)),
    ),
    (
        happened.HandoffAccepted(),
        changed(roles={Role.LEAD: DANA}),
        (Said.HANDED_OVER, "", "", (DANA,)),
    ),
    # The channel says itself who comes in.
    (happened.Joined(people=(OLIVIA,)), changed(responders=frozenset({OLIVIA})), None),
    (happened.Visited(person=OLIVIA), changed(visitors=frozenset({OLIVIA})), None),
    (happened.Subscribed(interest=Interest.ALL), changed(subscribers={SAM: Interest.ALL}), None),
    (happened.Paged(page=PAGE), changed(pages=(PAGE,)), (Said.PAGED, "Primary", "", (SAM,))),
    (
        happened.Paged(page=samples.page(people=())),
        changed(pages=(samples.page(people=()),)),
        (Said.PAGED, "Primary", "nobody", ()),
    ),
    (
        happened.PageAcked(page="P1"),
        changed(pages=(samples.page(),)),
        (Said.PAGE_ACKED, "Primary", "", ()),
    ),
    (
        happened.TaskAdded(kind=TaskKind.TASK, text=samples.task().text),
        changed(tasks=(samples.task(),)),
        (Said.TASK_ADDED, "T1", samples.task().text, ()),
    ),
    (happened.TaskOwned(task="T1", owner=SAM), changed(tasks=(samples.task(owner=SAM),)), None),
    (
        happened.TaskDone(task="T1"),
        changed(tasks=(samples.task(done_by=SAM),)),
        (Said.TASK_DONE, "T1", samples.task().text, ()),
    ),
    (happened.ProcedureAdded(procedure=CHECKLIST), changed(reason="x"), None),
    (happened.LineTicked(procedure="checklist", item="fix"), changed(reason="x"), None),
    (
        happened.Linked(link={"title": "x", "url": "https://x.example", "by": SAM, "at": NOW}),
        changed(reason="x"),
        None,
    ),
    (
        happened.RelatedTo(incident="INC-2026-002", relation=Relation.SUB),
        changed(reason="x"),
        (Said.RELATED, "sub", "INC-2026-002", ()),
    ),
    (
        happened.Parted(incident="INC-2026-002"),
        changed(reason="x"),
        (Said.RELATED, "parted", "INC-2026-002", ()),
    ),
    (
        happened.SuspectsFound(suspects=(samples.suspect(),)),
        changed(suspects=(samples.suspect(),)),
        None,
    ),
    (
        happened.DeployLinked(deploy=samples.linked_deploy()),
        changed(deploys=(samples.linked_deploy(),)),
        (Said.DEPLOY, "rollback", "D-8G4L3", ()),
    ),
    (
        happened.FreezeSet(freeze=FREEZE),
        changed(freeze=FREEZE),
        (Said.FROZEN, "api production", LATER.isoformat(), ()),
    ),
    (happened.FreezeLifted(), changed(reason="x"), (Said.THAWED, "", "", ())),
    (happened.PostMortemDrafted(), changed(postmortem=PostMortem(drafted=LATER)), None),
    (
        happened.PostMortemPublished(url="https://wiki.example/1"),
        changed(postmortem=PostMortem(published=LATER)),
        (Said.POST_MORTEM, "published", "https://wiki.example/1", ()),
    ),
    (happened.StepsBegun(steps=(Step.PIN,)), changed(reason="x"), None),
    (happened.StepsEnded(results=()), changed(reason="x"), None),
    (happened.RoomRepaired(), changed(reason="x"), None),
    (happened.RoomAdopted(channel="C9", channel_name="war-room"), changed(reason="x"), None),
    (happened.RoomOpened(), changed(reason="x"), None),
    (happened.Rang(bell=Bell.UPDATE_SOON, mark="m"), rung(Bell.UPDATE_SOON), None),
]


@pytest.mark.parametrize(
    ("event", "after", "expected"), SAID, ids=[type(event).__name__ for event, _, _ in SAID]
)
def test_each_happening_is_said_once_in_the_room(
    event: Event, after: Incident, expected: Note | None
) -> None:
    found = notes(told(event, after))
    assert [(note.said, note.word, note.detail, note.people) for note in found] == (
        [expected] if expected else []
    )
    assert all(each.by == SAM and not each.in_thread for each in found)


def test_every_event_is_accounted_for() -> None:
    assert {type(event) for event, _, _ in SAID} == set(get_args(Event))


def test_what_changed_nothing_is_not_told() -> None:
    assert [event for event, _, _ in SAID if told(event, BEFORE)] == []


def test_what_signalbox_does_itself_has_no_author() -> None:
    said = told(happened.Moved(to=S.MONITORING), changed(state=S.MONITORING), by=ENGINE)
    assert [note.by for note in notes(said)] == [None]


@pytest.mark.parametrize("state", [S.RESOLVED, S.POST_MORTEM, S.CLOSED, S.CANCELLED])
def test_a_reopening_is_called_that(state: State) -> None:
    before = samples.incident(state)
    target = S.TRIAGE if state is S.CANCELLED else S.INVESTIGATING
    said = told(
        happened.Moved(to=target, reason="It is back"), changed(before, state=target), before
    )
    # In its room, and below the alert for everybody.
    assert [(note.said, note.detail, note.aloud) for note in notes(said)] == [
        (Said.REOPENED, "It is back", False),
        (Said.REOPENED, "It is back", True),
    ]


def test_how_a_linked_deploy_ended_is_said() -> None:
    running = samples.linked_deploy()
    before = changed(deploys=(running,))
    for landed, word in ((True, "landed"), (False, "failed")):
        ended = samples.linked_deploy(running=False, landed=landed)
        said = told(happened.DeployLinked(deploy=ended), changed(deploys=(ended,)), before)
        assert [(note.word, note.detail) for note in notes(said)] == [(word, "D-8G4L3")]
    cause = samples.linked_deploy(part=Part.CAUSE)
    said = told(happened.DeployLinked(deploy=cause), changed(deploys=(cause,)), before)
    assert [note.word for note in notes(said)] == ["cause"]
    onward = samples.linked_deploy(version="v1.1.1")
    assert (
        notes(told(happened.DeployLinked(deploy=onward), changed(deploys=(onward,)), before)) == []
    )


# ── Bells ────────────────────────────────────────────────────────────────────────────────────────

CREW = {Role.LEAD: SAM, Role.COMMS: OLIVIA}


@pytest.mark.parametrize(
    ("bell", "said", "people"),
    [
        (Bell.UNCLAIMED, Said.BELL, (SAM,)),
        (Bell.RESPONSE_BREACHED, Said.BELL, (SAM,)),
        (Bell.RESOLUTION_HALF, Said.BELL, ()),
        (Bell.RESOLUTION_NEAR, Said.BELL, (SAM,)),
        (Bell.RESOLUTION_BREACHED, Said.BELL, (SAM,)),
        (Bell.UPDATE_DUE, Said.BELL, (OLIVIA,)),
        (Bell.UPDATE_OVERDUE, Said.BELL, (OLIVIA, SAM, DANA)),
        (Bell.LADDER_ENDED, Said.BELL, (SAM,)),
        (Bell.FIXED_AWHILE, Said.SUGGEST_RESOLVE, (SAM,)),
        (Bell.POST_MORTEM_DUE, Said.BELL, (SAM,)),
    ],
)
def test_a_bell_calls_those_who_can_do_something(
    bell: Bell, said: IncidentSaid, people: tuple[str, ...]
) -> None:
    before = changed(roles=CREW)
    found = to(ROOM_CHANNEL, told(happened.Rang(bell=bell, mark="m"), rung(bell, before), before))
    (note,) = [each for each in found if isinstance(each, IncidentNote)]
    assert (note.said, note.people) == (said, people)
    assert note.word == (bell if said is Said.BELL else "")


@pytest.mark.parametrize(("roles", "keeper"), [(CREW, OLIVIA), ({Role.LEAD: SAM}, SAM), ({}, DANA)])
def test_whoever_owes_the_update_is_reminded_in_private(
    roles: dict[Role, str], keeper: str
) -> None:
    before = changed(roles=roles)
    said = told(
        happened.Rang(bell=Bell.UPDATE_SOON, mark="m"), rung(Bell.UPDATE_SOON, before), before
    )
    assert words(said) == [(keeper, Word.UPDATE_DUE, "update due soon")]
    assert len(said) == 1


def test_without_a_room_a_late_update_is_told_in_private() -> None:
    before = changed(roles=CREW, room=samples.new_room())
    for bell, people in ((Bell.UPDATE_DUE, [OLIVIA]), (Bell.UPDATE_OVERDUE, [OLIVIA, SAM])):
        said = told(happened.Rang(bell=bell, mark="m"), rung(bell, before), before)
        assert words(said) == [(person, Word.UPDATE_DUE, bell) for person in people]


def test_that_the_time_to_resolve_is_over_is_told_to_everybody() -> None:
    bell = Bell.RESOLUTION_BREACHED
    said = told(happened.Rang(bell=bell, mark="m"), rung(bell))
    assert [
        (each.channel, each.message.in_thread)
        for each in said
        if isinstance(each.message, IncidentNote)
    ] == [
        (ROOM_CHANNEL, False),
        (CHANNEL, True),
    ]
    assert cards(said) == [IncidentCard, IncidentBroadcast]


def test_half_of_the_time_changes_no_card() -> None:
    bell = Bell.RESOLUTION_HALF
    assert cards(told(happened.Rang(bell=bell, mark="m"), rung(bell))) == []


# ── Updates and the resolution ───────────────────────────────────────────────────────────────────

UPDATE = happened.Informed(progress="We roll back.", eta="soon", next_update=LATER)
UPDATED = changed(updates=(samples.status_update(1), samples.status_update(2)))
SETTLED = happened.Settled(root_cause="x", resolution="y")


def test_an_update_goes_to_the_room_and_below_the_alert() -> None:
    said = told(UPDATE, UPDATED)
    update = IncidentUpdate(incident=samples.REF, number=2)
    assert to(ROOM_CHANNEL, said)[0] == update
    assert to(CHANNEL, said)[0] == update.model_copy(update={"in_thread": True})


def test_the_resolution_goes_to_the_room_and_below_the_alert() -> None:
    said = told(SETTLED, changed(state=S.RESOLVED))
    assert to(ROOM_CHANNEL, said)[0] == IncidentResolved(incident=samples.REF)
    assert to(CHANNEL, said)[0] == IncidentResolved(incident=samples.REF, in_thread=True)


def test_a_thread_is_told_once() -> None:
    before = changed(room=samples.thread_room())
    said = told(UPDATE, changed(UPDATED, room=samples.thread_room()), before)
    updates = [each for each in said if isinstance(each.message, IncidentUpdate)]
    assert [(each.channel, each.message.thread) for each in updates] == [
        (CHANNEL, f"{samples.REF}/broadcast")
    ]
    note = notes(told(happened.Acked(), changed(before, reason="x"), before))
    assert [each.in_thread for each in note] == [True]
    (joined,) = notes(
        told(
            happened.Joined(people=(OLIVIA,)),
            changed(before, responders=before.responders | {OLIVIA}),
            before,
        )
    )
    assert (joined.said, joined.people) == (Said.JOINED, (OLIVIA,))


def test_a_corrected_resolution_only_changes_the_cards() -> None:
    before = samples.incident(S.RESOLVED)
    said = told(SETTLED, changed(before, resolution="y"), before)
    assert [type(each.message) for each in said] == [IncidentCard, IncidentBroadcast]


@pytest.mark.parametrize("room", [samples.room(), samples.thread_room()], ids=["channel", "thread"])
def test_the_draft_of_the_post_mortem_is_a_file_in_the_room(room: object) -> None:
    before = samples.incident(S.POST_MORTEM, room=room)
    after = changed(before, postmortem=PostMortem(drafted=LATER))
    said = told(happened.PostMortemDrafted(), after, before)
    files = [each for each in said if isinstance(each.message, PostMortemFile)]
    assert len(files) == 1


# ── Subscribers ──────────────────────────────────────────────────────────────────────────────────

SUBSCRIBED = changed(
    subscribers={DANA: Interest.UPDATES, OLIVIA: Interest.ALL, MAX: Interest.RESOLVED}
)


@pytest.mark.parametrize(
    ("event", "changes", "expected"),
    [
        (
            UPDATE,
            {"updates": (samples.status_update(),)},
            [(DANA, Word.UPDATE, "1"), (OLIVIA, Word.UPDATE, "1")],
        ),
        (
            SETTLED,
            {"state": S.RESOLVED},
            [(DANA, Word.RESOLVED, ""), (MAX, Word.RESOLVED, ""), (OLIVIA, Word.RESOLVED, "")],
        ),
        (
            happened.SeverityChanged(to=Severity.P2),
            {"severity": Severity.P2},
            [(OLIVIA, Word.CHANGED, "severity")],
        ),
        (
            happened.Moved(to=S.CANCELLED),
            {"state": S.CANCELLED},
            [
                (DANA, Word.CHANGED, "cancelled"),
                (MAX, Word.CHANGED, "cancelled"),
                (OLIVIA, Word.CHANGED, "cancelled"),
            ],
        ),
        (happened.Acked(), {"reason": "x"}, []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_subscribers_hear_what_they_want_to_hear(
    event: Event, changes: dict[str, object], expected: list[tuple[str, Word, str]]
) -> None:
    said = told(event, changed(SUBSCRIBED, **changes), SUBSCRIBED)
    assert sorted(words(said)) == sorted(expected)


def test_nobody_is_told_what_they_did_themselves() -> None:
    said = told(UPDATE, changed(SUBSCRIBED, updates=UPDATED.updates), SUBSCRIBED, by=DANA)
    assert [person for person, _, _ in words(said)] == [OLIVIA]


def test_of_what_is_private_only_its_own_people_hear() -> None:
    before = changed(SUBSCRIBED, private=True, room=samples.room(closed=True))
    said = told(UPDATE, changed(before, updates=UPDATED.updates), before)
    assert DANA in before.responders
    assert [person for person, _, _ in words(said)] == [DANA]


# ── Single persons ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("event", "after"),
    [
        (happened.RoleGiven(role=Role.COMMS, to=OLIVIA), changed(roles=CREW)),
        (happened.Acked(), changed(roles=CREW)),
    ],
    ids=["given", "taken with the acknowledgement"],
)
def test_whoever_gets_a_role_hears_its_duties(event: Event, after: Incident) -> None:
    assert words(told(event, after)) == [(OLIVIA, Word.DUTIES, "comms")]


def test_whoever_has_a_role_from_the_start_hears_its_duties() -> None:
    assert words(told(None, BEFORE, None, by=DANA)) == [(SAM, Word.DUTIES, "lead")]


def test_duties_that_are_ticked_are_shown_to_whoever_has_them() -> None:
    before = changed(procedures=(DUTIES,))
    after = changed(procedures=(DUTIES.tick("fix", SAM, LATER),))
    said = told(happened.LineTicked(procedure="duties-lead", item="fix"), after, before)
    assert words(said) == [(SAM, Word.DUTIES, "lead")]
    assert [each for each in said if isinstance(each.message, ProcedureCard)] == []


def test_the_lead_is_offered_in_private() -> None:
    after = changed(handoff=Handoff(to=DANA, by=SAM, at=LATER))
    assert words(told(happened.HandoffOffered(to=DANA), after)) == [(DANA, Word.HANDOFF, "")]


@pytest.mark.parametrize(("owner", "expected"), [(DANA, [(DANA, Word.TASK, "T1")]), (SAM, [])])
def test_a_task_is_told_to_whoever_has_to_do_it(
    owner: str, expected: list[tuple[str, Word, str]]
) -> None:
    after = changed(tasks=(samples.task(owner=owner),))
    added = happened.TaskAdded(kind=TaskKind.TASK, text="x", owner=owner)
    assert words(told(added, after)) == expected
    owned = happened.TaskOwned(task="T1", owner=owner)
    assert words(told(owned, after, changed(tasks=(samples.task(),)))) == expected


def test_a_task_of_something_private_is_told_to_its_people_only() -> None:
    before = changed(private=True, room=samples.room(closed=True))
    after = changed(before, tasks=(samples.task(owner=MAX),))
    assert (
        words(told(happened.TaskAdded(kind=TaskKind.TASK, text="x", owner=MAX), after, before))
        == []
    )


def test_whoever_is_called_in_hears_so_and_whoever_comes_by_themselves_does_not() -> None:
    after = changed(responders=BEFORE.responders | {OLIVIA, SAM})
    before = changed(responders=frozenset({DANA}))
    said = told(happened.Joined(people=(OLIVIA, SAM, DANA)), after, before)
    assert words(said) == [(OLIVIA, Word.CALLED_IN, "")]


@pytest.mark.parametrize(
    ("before", "step", "homeless"),
    [
        (samples.incident(private=True, room=samples.new_room()), Step.CHANNEL, True),
        (samples.incident(room=samples.new_room(samples.RoomKind.THREAD)), Step.BROADCAST, True),
        (samples.incident(room=samples.new_room()), Step.BROADCAST, False),
    ],
)
def test_the_declarer_hears_that_there_is_no_room(
    before: Incident, step: Step, homeless: bool
) -> None:
    room = before.room.model_copy(update={"steps": {step: REFUSED}})
    said = told(happened.StepsEnded(results=()), changed(before, room=room), before, by=ENGINE)
    assert words(said) == ([(DANA, Word.NO_ROOM, step)] if homeless else [])


@pytest.mark.parametrize(
    ("before", "told_so"),
    [
        (samples.incident(S.CLOSED, private=True, room=samples.new_room()), True),
        (samples.incident(private=True, room=samples.new_room()), False),
        (samples.incident(private=True, room=samples.room(closed=True)), False),
    ],
    ids=["over", "card to come", "card there"],
)
def test_where_no_card_says_it_the_declarer_hears_what_is_left_in_public(
    before: Incident, told_so: bool
) -> None:
    steps = {**before.room.steps, Step.LEFT_NAME: REFUSED}
    after = changed(before, room=before.room.model_copy(update={"steps": steps}))
    said = told(happened.StepsEnded(results=()), after, before, by=ENGINE)
    assert words(said) == ([(DANA, Word.LEFT, "")] if told_so else [])
    assert words(told(happened.StepsEnded(results=()), changed(after, reason="x"), after)) == []


def test_a_key_of_the_api_is_told_nothing() -> None:
    before = changed(declared_by="api:grafana", roles={})
    bell = Bell.UPDATE_OVERDUE
    said = told(happened.Rang(bell=bell, mark="m"), rung(bell, before), before)
    assert [note.people for note in notes(said)] == [()]
    soon = told(
        happened.Rang(bell=Bell.UPDATE_SOON, mark="m"), rung(Bell.UPDATE_SOON, before), before
    )
    assert words(soon) == []


# ── Paging ───────────────────────────────────────────────────────────────────────────────────────


def paged(said: Iterable[Addressed]) -> list[IncidentMessage]:
    """What the paging service is told."""
    return to(PAGER, said)


def test_a_page_goes_to_each_person_and_to_the_paging_service() -> None:
    page = samples.page(people=(DANA, SAM), acked_by=None)
    said = told(happened.Paged(page=page), changed(pages=(page,)), by=ENGINE)
    assert words(said) == [(DANA, Word.PAGED, "P1"), (SAM, Word.PAGED, "P1")]
    assert paged(said) == [OutsidePage(incident=samples.REF, page="P1")]


def test_paging_waits_for_no_room() -> None:
    before = changed(room=samples.new_room())
    said = told(happened.Paged(page=PAGE), changed(before, pages=(PAGE,)), before, by=ENGINE)
    assert {each.channel for each in said} == {SAM, PAGER}


def test_a_rung_without_people_calls_outside_only_when_it_is_the_last() -> None:
    first = samples.page(people=(), acked_by=None)
    assert paged(told(happened.Paged(page=first), changed(pages=(first,)))) == []
    last = first.model_copy(update={"rung": 4})
    top = BEFORE.clocks.model_copy(update={"rung": 4})
    said = told(happened.Paged(page=last), changed(pages=(last,), clocks=top))
    assert len(paged(said)) == 1


def test_everybody_who_was_paged_sees_who_has_answered() -> None:
    page = samples.page(people=(DANA, SAM), acked_by=None)
    answered = page.model_copy(update={"acked_by": SAM})
    said = told(happened.PageAcked(page="P1"), changed(pages=(answered,)), changed(pages=(page,)))
    assert words(said) == [(DANA, Word.PAGED, "P1"), (SAM, Word.PAGED, "P1")]
    assert len(paged(said)) == 1


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        (
            happened.Acked(),
            {"times": {Moment.ACKED: Stamp(at=LATER, recorded=LATER, by=SAM)}},
        ),
        (SETTLED, {"state": S.RESOLVED}),
        (happened.Merged(into="INC-2026-002"), {"state": S.MERGED}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_page_that_is_of_no_more_use_is_put_out(event: Event, changes: dict[str, object]) -> None:
    before = changed(pages=(PAGE,), times={})
    said = told(event, changed(before, **changes), before)
    assert words(said) == [(SAM, Word.PAGED, "P1")]
    assert len(paged(said)) == 1


def test_whoever_was_called_first_learns_where_to_go_and_that_somebody_is_on_it() -> None:
    other = samples.page(id="P2", people=(DANA,), acked_by=None)
    before = changed(pages=(PAGE, other), times={}, room=samples.new_room())
    found = told(None, changed(before, room=samples.room()), before)
    assert words(found) == [(SAM, Word.PAGED, "P1"), (DANA, Word.PAGED, "P2")]
    answered = other.model_copy(update={"acked_by": DANA})
    acked = {Moment.ACKED: Stamp(at=LATER, recorded=LATER, by=DANA)}
    taken = changed(before, pages=(PAGE, answered), times=acked)
    said = told(happened.PageAcked(page="P2"), taken, before, by=DANA)
    assert words(said) == [(SAM, Word.PAGED, "P1"), (DANA, Word.PAGED, "P2")]


@pytest.mark.parametrize("kind", [IncidentKind.DRILL, IncidentKind.BACKFILLED])
def test_what_is_not_real_pages_nobody(kind: IncidentKind) -> None:
    before = changed(kind=kind)
    said = told(happened.Paged(page=PAGE), changed(before, pages=(PAGE,)), before)
    assert words(said) == []
    assert paged(said) == []
    if kind is IncidentKind.DRILL:
        assert [note.people for note in notes(said)] == [()]


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────


def lists(said: Iterable[Addressed]) -> list[str]:
    """The lists that are shown in the room."""
    return [each.message.procedure for each in said if isinstance(each.message, ProcedureCard)]


def test_lists_are_shown_when_the_room_has_its_card() -> None:
    ended = happened.StepsEnded(results=())
    waiting = changed(procedures=(CHECKLIST, DUTIES), room=samples.room(card=None, steps={}))
    assert lists(told(ended, changed(waiting, room=samples.room()), waiting)) == ["checklist"]
    refused = samples.room(card=None, steps={Step.CARD: REFUSED})
    said = told(ended, changed(waiting, room=refused), waiting)
    assert lists(said) == ["checklist"]
    assert [(note.said, note.word, note.detail) for note in notes(said)] == [
        (Said.ROOM_PROBLEM, "card", "No.")
    ]
    assert lists(told(ended, changed(reason="x"))) == []


def test_a_list_that_comes_in_or_is_ticked_is_shown() -> None:
    runbook = Procedure(id="runbook-cpu", title="High CPU", items=CHECKLIST.items)
    came = happened.ProcedureAdded(procedure=runbook)
    assert lists(told(came, changed(procedures=(CHECKLIST, runbook)))) == ["runbook-cpu"]
    ticked = happened.LineTicked(procedure="checklist", item="fix")
    after = changed(procedures=(CHECKLIST.tick("fix", SAM, LATER),))
    assert lists(told(ticked, after)) == ["checklist"]
    waiting = changed(room=samples.room(card=None, steps={}))
    assert lists(told(came, changed(waiting, procedures=(runbook,)), waiting)) == []


# ── Cards ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "Other"}, [IncidentCard, IncidentBroadcast]),
        ({"state": S.MITIGATING}, [IncidentCard, IncidentBroadcast]),
        ({"roles": CREW}, [IncidentCard, IncidentBroadcast]),
        ({"tasks": (samples.task(),)}, [IncidentCard]),
        ({"suspects": (samples.suspect(),)}, [IncidentCard]),
        ({"subscribers": {SAM: Interest.ALL}}, []),
        ({"clocks": BEFORE.clocks.model_copy(update={"climb_at": LATER})}, []),
        (
            {"clocks": BEFORE.clocks.model_copy(update={"update_by": LATER})},
            [IncidentCard, IncidentBroadcast],
        ),
        ({"room": samples.room(people=frozenset({MAX}))}, []),
        ({"room": samples.room(steps={Step.PIN: REFUSED})}, [IncidentCard]),
    ],
)
def test_a_card_is_refreshed_when_it_would_look_different(
    changes: dict[str, object], expected: list[type[IncidentMessage]]
) -> None:
    assert cards(told(happened.Described(), changed(**changes))) == expected


def test_a_card_whose_place_is_not_known_is_left_to_who_posts_it() -> None:
    before = changed(room=samples.room(card=None, broadcast=None))
    assert cards(told(happened.Described(), changed(before, title="Other"), before)) == []


def test_a_card_that_was_just_posted_shows_how_things_stand_by_now() -> None:
    before = changed(room=samples.room(card=None, broadcast=None))
    said = told(happened.StepsEnded(results=()), changed(room=samples.room()), before)
    assert cards(said) == [IncidentCard, IncidentBroadcast]


# ── Privacy and drills ───────────────────────────────────────────────────────────────────────────


def test_card_and_alert_are_blotted_out_when_it_becomes_private_and_never_shown_again() -> None:
    private = changed(private=True, room=samples.new_room(broadcast=samples.PLACES["broadcast"]))
    assert cards(told(happened.MadePrivate(), private)) == [IncidentCard, IncidentBroadcast]
    after = changed(private, title="Other")
    assert told(happened.Described(title="Other"), after, private) == []


def test_a_channel_that_is_closed_anyway_is_told_nothing() -> None:
    private = changed(private=True, room=samples.new_room())
    said = told(happened.MadePrivate(), private)
    assert [(each.channel, type(each.message)) for each in said] == [(ROOM_CHANNEL, IncidentCard)]


def test_whose_channel_it_was_hears_that_it_goes_on_elsewhere() -> None:
    before = changed(room=samples.room(adopted=True))
    private = changed(before, private=True, room=samples.new_room())
    said = told(happened.MadePrivate(), private, before)
    assert [(each.channel, type(each.message)) for each in said] == [
        (ROOM_CHANNEL, IncidentNote),
        (ROOM_CHANNEL, IncidentCard),
    ]


@pytest.mark.parametrize(
    "room",
    [samples.room(), samples.room(closed=True), samples.thread_room()],
    ids=["open", "closed", "thread"],
)
def test_nothing_private_goes_where_others_can_read_it(room: Room) -> None:
    before = changed(private=True, room=room)
    public = {CHANNEL} if room == samples.room(closed=True) else {CHANNEL, ROOM_CHANNEL}
    leaks = [
        (event, each)
        for event, after, _ in SAID
        if not isinstance(event, happened.MadePrivate)
        for each in told(event, changed(after, private=True, room=room), before)
        if each.channel in public
    ]
    assert leaks == []


def test_nothing_of_a_drill_leaves_its_room() -> None:
    before = changed(kind=IncidentKind.DRILL)
    leaks = []
    for event, after, _ in SAID:
        said = told(event, changed(after, kind=IncidentKind.DRILL), before)
        leaks += [(event, each) for each in said if each.channel in {CHANNEL, PAGER}]
        leaks += [(event, each) for each in words(said) if each[1] is Word.PAGED]
    assert leaks == []


@pytest.mark.parametrize("state", sorted(ACTIVE))
def test_without_a_room_nothing_is_said_in_one(state: State) -> None:
    before = samples.incident(state, room=samples.new_room())
    for event, after, _ in SAID:
        if isinstance(event, happened.StepsEnded | happened.MadePrivate):
            continue
        said = told(event, changed(after, room=samples.new_room()), before)
        assert {CHANNEL, ROOM_CHANNEL}.isdisjoint({each.channel for each in said})
