"""What a transition leaves on the timeline: what happened, when it did, and nothing about cards."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import get_args

import incident_samples as samples
import pytest
from incident_samples import MINUTE
from samples import DANA, NOW, OLIVIA, SAM

from bot.domain.audit import ENGINE
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents import events as happened
from bot.domain.incidents.chronicle import lines_of
from bot.domain.incidents.events import Bell, Event
from bot.domain.incidents.incident import (
    Incident,
    Interest,
    Link,
    Moment,
    Relation,
    Stamp,
    TaskKind,
)
from bot.domain.incidents.linked import FreezeLink, Part
from bot.domain.incidents.room import Progress, Status, Step
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind, TimelineLine

K, S = LineKind, State
LATER = NOW + 20 * MINUTE
THEN = NOW - 30 * MINUTE
FREEZE = FreezeLink(service="api", environment="production", until=LATER)
LINK = Link(title="The alert", url="https://alerts.example/1", by=SAM, at=THEN)
BEFORE = samples.incident(roles={}, pages=())
Line = tuple[LineKind, str, str, str]


def changed(**changes: object) -> Incident:
    """The incident afterwards."""
    return BEFORE.model_copy(update=changes)


def told(lines: Iterable[TimelineLine]) -> list[Line]:
    """What lines say."""
    return [(line.kind, line.word, line.text, line.subject) for line in lines]


def lines(event: Event, after: Incident, before: Incident = BEFORE) -> tuple[TimelineLine, ...]:
    """The lines about an event, by Sam, twenty minutes after the declaration."""
    return lines_of(before, after, event, SAM, LATER, "T")


def stamped(moment: Moment, at: datetime) -> dict[Moment, Stamp]:
    """The times with another moment."""
    return {**BEFORE.times, moment: Stamp(at=at, recorded=LATER, by=SAM)}


def with_steps(**steps: Progress) -> Incident:
    """The incident without a channel, its steps so far along."""
    found = {Step(name): step for name, step in steps.items()}
    return changed(room=samples.new_room(steps=found))


PAGE = samples.page(acked_by=None, acked_at=None)
TASK = samples.task()
CHECKLIST = samples.checklist_procedure()
SUSPECT = samples.suspect()
DEPLOY = samples.linked_deploy()
REFUSED = Progress(status=Status.REFUSED, problem="The bot may not create channels.")

# An event, what it makes of the incident, and the lines.
TOLD: list[tuple[Event, Incident, list[Line]]] = [
    (
        happened.Acked(),
        changed(roles={Role.LEAD: SAM}),
        [(K.ACK, "", "", "too"), (K.ROLE, "lead", "", SAM)],
    ),
    (
        happened.Moved(to=S.CANCELLED, reason="A test"),
        changed(state=S.CANCELLED),
        [(K.STATE, "cancelled", "A test", "")],
    ),
    (
        happened.Settled(root_cause="The pool", resolution="Rolled back"),
        changed(state=S.RESOLVED),
        [(K.STATE, "resolved", "Rolled back", "")],
    ),
    (
        happened.SeverityChanged(to=Severity.P2, reason="Only some"),
        changed(severity=Severity.P2),
        [(K.SEVERITY, "P2", "Only some", "P1")],
    ),
    (
        happened.Described(impact="Nobody can pay.", service=None),
        changed(impact="Nobody can pay.", environment=None),
        [(K.DETAIL, "impact", "Nobody can pay.", ""), (K.DETAIL, "environment", "", "")],
    ),
    (
        happened.Dated(moment=Moment.OCCURRED, at=THEN, override="The logs say so"),
        changed(times=stamped(Moment.OCCURRED, THEN)),
        [(K.DETAIL, "occurred", "The logs say so", "")],
    ),
    (
        happened.Informed(progress="We roll back.", eta="soon", next_update=None, to=S.MITIGATING),
        changed(state=S.MITIGATING, updates=(samples.status_update(),)),
        [(K.STATE, "mitigating", "", ""), (K.UPDATE, "mitigating", "We roll back.", "1")],
    ),
    (
        happened.Snoozed(until=LATER),
        changed(clocks=BEFORE.clocks.model_copy(update={"update_by": LATER})),
        [(K.CLOCK, "snoozed", "", LATER.isoformat())],
    ),
    (
        happened.Merged(into="INC-2026-002"),
        changed(state=S.MERGED),
        [(K.STATE, "merged", "", "INC-2026-002")],
    ),
    (happened.MadePrivate(), changed(private=True), [(K.PRIVACY, "private", "", "")]),
    (
        happened.RoleGiven(role=Role.COMMS, to=OLIVIA),
        changed(roles={Role.COMMS: OLIVIA}),
        [(K.ROLE, "comms", "", OLIVIA)],
    ),
    (
        happened.HandoffOffered(to=DANA),
        changed(reason="x"),
        [(K.ROLE, "handoff offered", "", DANA)],
    ),
    (
        happened.HandoffAccepted(),
        changed(roles={Role.LEAD: DANA}),
        [(K.ROLE, "lead", "", DANA)],
    ),
    (
        happened.Joined(people=(OLIVIA, SAM)),
        changed(responders=BEFORE.responders | {OLIVIA}),
        [(K.ROLE, "invited", "", OLIVIA)],
    ),
    (happened.Visited(person=OLIVIA), changed(visitors=frozenset({OLIVIA})), []),
    (
        happened.Paged(page=PAGE),
        changed(pages=(PAGE,)),
        [(K.PAGE, "Primary", SAM, "P1")],
    ),
    (
        happened.PageAcked(page="P1"),
        changed(pages=(samples.page(),)),
        [(K.ACK, "Primary", "", "P1")],
    ),
    (
        happened.Rang(bell=Bell.RESOLUTION_BREACHED, mark="m"),
        changed(clocks=BEFORE.clocks.model_copy(update={"fired": frozenset({"m"})})),
        [(K.CLOCK, "resolution breached", "", "")],
    ),
    (
        happened.TaskAdded(kind=TaskKind.TASK, text=TASK.text),
        changed(tasks=(TASK,)),
        [(K.TASK, "task", TASK.text, "T1")],
    ),
    (
        happened.TaskOwned(task="T1", owner=DANA),
        changed(tasks=(samples.task(owner=DANA),)),
        [(K.TASK, "owner", DANA, "T1")],
    ),
    (
        happened.TaskDone(task="T1"),
        changed(tasks=(samples.task(done_by=SAM),)),
        [(K.TASK, "done", TASK.text, "T1")],
    ),
    (
        happened.ProcedureAdded(procedure=CHECKLIST),
        changed(procedures=(CHECKLIST, CHECKLIST)),
        [(K.CHECK, "added", "Checklist", "checklist")],
    ),
    (
        happened.LineTicked(procedure="checklist", item="fix"),
        changed(procedures=(CHECKLIST.tick("fix", SAM, LATER),)),
        [(K.CHECK, "done", "Fix implemented", "checklist/fix")],
    ),
    (
        happened.LineTicked(procedure="checklist", item="fix", undone=True),
        changed(reason="x"),
        [(K.CHECK, "undone", "Fix implemented", "checklist/fix")],
    ),
    (
        happened.Linked(link=LINK),
        changed(links=(LINK,)),
        [(K.LINK, "", "The alert", "https://alerts.example/1")],
    ),
    (
        happened.RelatedTo(incident="INC-2026-002", relation=Relation.PARENT),
        changed(reason="x"),
        [(K.LINK, "parent", "", "INC-2026-002")],
    ),
    (
        happened.Parted(incident="INC-2026-002"),
        changed(reason="x"),
        [(K.LINK, "parted", "", "INC-2026-002")],
    ),
    (
        happened.SuspectsFound(suspects=(SUSPECT,)),
        changed(suspects=(SUSPECT,)),
        [(K.DEPLOY, "suspect", "api v1.2.0 production", "D-7F3K2")],
    ),
    (
        happened.DeployLinked(deploy=DEPLOY),
        changed(deploys=(DEPLOY,)),
        [(K.DEPLOY, "rollback", "api v1.1.0 production", "D-8G4L3")],
    ),
    (
        happened.FreezeSet(freeze=FREEZE),
        changed(freeze=FREEZE),
        [(K.FREEZE, "frozen", "api production", LATER.isoformat())],
    ),
    (happened.FreezeLifted(), changed(reason="x"), [(K.FREEZE, "thawed", "", "")]),
    (
        happened.PostMortemDrafted(),
        changed(reason="x"),
        [(K.POST_MORTEM, "drafted", "", "")],
    ),
    (
        happened.PostMortemPublished(url="https://wiki.example/1"),
        changed(reason="x"),
        [(K.POST_MORTEM, "published", "", "https://wiki.example/1")],
    ),
    (
        happened.RoomAdopted(channel="C9", channel_name="war-room"),
        changed(room=samples.room(channel="C9", name="war-room", adopted=True)),
        [(K.ROOM, "adopted", "war-room", "C9")],
    ),
]
# Events that leave nothing, whatever they change.
SILENT: list[Event] = [
    happened.Subscribed(interest=Interest.ALL),
    happened.StepsBegun(steps=(Step.CHANNEL,)),
    happened.StepsEnded(results=()),
    happened.RoomRepaired(),
    happened.RoomOpened(),
]


@pytest.mark.parametrize(
    ("event", "after", "expected"), TOLD, ids=[type(event).__name__ for event, _, _ in TOLD]
)
def test_an_event_leaves_its_lines(event: Event, after: Incident, expected: list[Line]) -> None:
    assert told(lines(event, after)) == expected


@pytest.mark.parametrize("event", SILENT, ids=lambda event: type(event).__name__)
def test_what_is_only_about_showing_leaves_nothing(event: Event) -> None:
    assert lines(event, changed(subscribers={SAM: Interest.ALL})) == ()


def test_every_event_is_accounted_for() -> None:
    known = {type(event) for event, _, _ in TOLD} | {type(event) for event in SILENT}
    assert known == set(get_args(Event))


def test_what_changed_nothing_leaves_nothing() -> None:
    assert [event for event, _, _ in TOLD if lines(event, BEFORE) != ()] == []


# ── The declaration ──────────────────────────────────────────────────────────────────────────────


def test_the_declaration_is_the_first_line() -> None:
    fresh = samples.incident(times={Moment.DECLARED: Stamp(at=NOW, recorded=NOW, by=DANA)})
    found = lines_of(None, fresh, None, DANA, NOW, "T")
    assert told(found) == [
        (K.DECLARED, "P1", "Checkout answers 500s", "command"),
        (K.ROLE, "lead", "", SAM),
    ]
    assert {line.by for line in found} == {DANA}


def test_what_was_before_the_declaration_stands_at_its_own_time() -> None:
    found = lines_of(None, samples.incident(roles={}), None, DANA, NOW, "T")
    assert [(line.word, line.at) for line in found] == [
        ("occurred", NOW - 10 * MINUTE),
        ("detected", NOW - 5 * MINUTE),
        ("P1", NOW),
    ]
    assert {line.recorded for line in found} == {NOW}


# ── When, and who ────────────────────────────────────────────────────────────────────────────────


def test_a_line_knows_when_it_was_written_and_by_whom() -> None:
    (line,) = lines_of(
        BEFORE, changed(private=True), happened.MadePrivate(), ENGINE, LATER, "01TOKEN"
    )
    assert (line.at, line.recorded, line.by, line.id) == (LATER, LATER, ENGINE, "01TOKEN.0")


@pytest.mark.parametrize(
    ("event", "after", "at"),
    [
        (
            happened.Dated(moment=Moment.OCCURRED, at=THEN),
            changed(times=stamped(Moment.OCCURRED, THEN)),
            THEN,
        ),
        (happened.Paged(page=PAGE), changed(pages=(PAGE,)), NOW),
        (happened.Linked(link=LINK), changed(links=(LINK,)), THEN),
        (
            happened.SuspectsFound(suspects=(SUSPECT,)),
            changed(suspects=(SUSPECT,)),
            NOW - 25 * MINUTE,
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_a_time_of_its_own_stands_there(
    event: Event, after: Incident, at: datetime
) -> None:
    assert [line.at for line in lines(event, after)] == [at]


def test_the_end_of_the_impact_is_told_where_it_was() -> None:
    ended = NOW + 5 * MINUTE
    event = happened.Settled(root_cause="x", resolution="y", ended=ended)
    after = changed(state=S.RESOLVED, times=stamped(Moment.RESOLVED, LATER))
    assert [(line.word, line.at) for line in lines(event, after)] == [
        ("mitigated", ended),
        ("resolved", LATER),
    ]


def test_a_resolution_that_is_corrected_is_no_second_one() -> None:
    before = samples.incident(S.RESOLVED)
    event = happened.Settled(root_cause=samples.ROOT_CAUSE, resolution="Scaled up")
    after = before.model_copy(update={"resolution": "Scaled up"})
    assert told(lines(event, after, before)) == [(K.DETAIL, "resolution", "Scaled up", "")]


def test_lines_of_one_transition_have_ids_of_their_own() -> None:
    found = lines(happened.Acked(), changed(roles={Role.LEAD: SAM}))
    assert [line.id for line in found] == ["T.0", "T.1"]


# ── Once, and not again ──────────────────────────────────────────────────────────────────────────


def test_a_suspect_is_named_once() -> None:
    other = samples.suspect(deploy="D-2", at=NOW - timedelta(hours=1))
    before = changed(suspects=(SUSPECT,))
    after = changed(suspects=(SUSPECT, other))
    event = happened.SuspectsFound(suspects=(SUSPECT, other))
    assert [line.subject for line in lines(event, after, before)] == ["D-2"]


def test_how_a_linked_deploy_goes_on_is_told_by_the_deploy() -> None:
    landed = samples.linked_deploy(running=False, landed=True)
    event = happened.DeployLinked(deploy=landed)
    assert lines(event, changed(deploys=(landed,)), changed(deploys=(DEPLOY,))) == ()
    cause = samples.linked_deploy(part=Part.CAUSE)
    again = happened.DeployLinked(deploy=cause)
    found = lines(again, changed(deploys=(cause,)), changed(deploys=(DEPLOY,)))
    assert [line.word for line in found] == ["cause"]


def test_a_freeze_that_is_lifted_says_what_it_froze() -> None:
    found = lines(happened.FreezeLifted(), BEFORE, changed(freeze=FREEZE))
    assert told(found) == [(K.FREEZE, "thawed", "api production", "")]


# ── The room ─────────────────────────────────────────────────────────────────────────────────────


def test_of_the_room_only_the_channel_is_part_of_the_story() -> None:
    ended = happened.StepsEnded(results=())
    before = with_steps(channel=Progress(status=Status.BEGUN))
    made = changed(room=samples.room(steps={}))
    found = lines(ended, made, before)
    assert told(found) == [
        (K.ROOM, "made", "inc-2026-001-checkout-answers-500s", samples.ROOM_CHANNEL)
    ]
    refused = with_steps(channel=REFUSED)
    assert told(lines(ended, refused, before)) == [
        (K.ROOM, "refused", "The bot may not create channels.", "")
    ]
    retired = with_steps(left_archive=Progress(status=Status.DONE))
    assert told(lines(ended, retired, with_steps(left_archive=Progress()))) == [
        (K.ROOM, "retired", "", "")
    ]
    stuck = with_steps(left_archive=REFUSED)
    assert told(lines(ended, stuck, with_steps(left_archive=Progress()))) == [
        (K.ROOM, "left_open", "The bot may not create channels.", "")
    ]
    # Trying again what is refused already, and every other step.
    assert lines(ended, with_steps(channel=REFUSED, card=REFUSED), refused) == ()
