"""What an event does to an incident, in every state; and what it refuses."""

import typing
from datetime import timedelta

import incident_samples as samples
import pytest
from incident_samples import ACKED_AT, MINUTE, RESOLVED_AT
from samples import DANA, MAX, NOW, OLIVIA, SAM

from bot.domain.audit import ENGINE
from bot.domain.errors import IllegalTransition, NotFound, UsageError
from bot.domain.incident_policy import Role, Severity
from bot.domain.incidents import events as happened
from bot.domain.incidents.calls import BY_HAND
from bot.domain.incidents.declaring import Wish, declare
from bot.domain.incidents.events import Bell, Event
from bot.domain.incidents.incident import (
    Incident,
    IncidentKind,
    Interest,
    Link,
    Moment,
    PostMortem,
    Related,
    Relation,
    TaskKind,
)
from bot.domain.incidents.linked import FreezeLink, Part
from bot.domain.incidents.room import RoomKind, Step
from bot.domain.incidents.room_events import StepResult
from bot.domain.incidents.states import State
from bot.domain.incidents.transition import WHEN, advance

S = State
POLICY = samples.incident_policy()
# An hour after everything that the samples have, so that nothing is too late for an undo.
LATER = NOW + timedelta(days=2, hours=1)
WHY = "Because it is so."
UNANSWERED = samples.page(id="P0", people=(DANA,), acked_by=None, acked_at=None)


def sample(state: State = S.INVESTIGATING, **changes: object) -> Incident:
    """An incident with a task that nobody does, and a page that nobody answered."""
    had: dict[str, object] = {"tasks": (samples.task(),), "pages": (UNANSWERED,)}
    return samples.incident(state, **(had | changes))


def after(before: Incident, *events: Event, by: str = OLIVIA, minutes: float = 0) -> Incident:
    """The incident once these have happened, some minutes later than everything in it."""
    for event in events:
        before = advance(before, event, by, LATER + minutes * MINUTE, POLICY)
    return before


# ── Every event in every state ───────────────────────────────────────────────────────────────────

# One letter for each state, in their order: triage, investigating, identified, mitigating,
# monitoring, resolved, post-mortem, closed; declined, cancelled, merged.
# . it changes something   = it changes nothing   x the table has no arrow   u a UsageError says why
ANY = "..........."
ON_ACTIVE, ON_OPEN, ON_REAL = ".....xxxxxx", ".......xxxx", "........xxx"
FREEZE = FreezeLink(service="api", environment=None, until=LATER + 4 * timedelta(hours=1))
LINK = Link(title="Alert", url="https://alerts.example/1", by=SAM, at=LATER)
MATRIX: tuple[tuple[Event, str], ...] = (
    (happened.Acked(), ON_ACTIVE),
    (happened.Moved(to=S.TRIAGE, reason=WHY), "=xxxxxxx..."),
    (happened.Moved(to=S.INVESTIGATING, reason=WHY), ".=......xxx"),
    (happened.Moved(to=S.IDENTIFIED), "x.=..xxxxxx"),
    (happened.Moved(to=S.MITIGATING), "x..=.xxxxxx"),
    (happened.Moved(to=S.MONITORING), "x...=xxxxxx"),
    (happened.Moved(to=S.RESOLVED), "xuuuu=xxxxx"),
    (happened.Moved(to=S.POST_MORTEM), "xxxxx.=xxxx"),
    (happened.Moved(to=S.CLOSED), "xxxxxuu=xxx"),
    (happened.Moved(to=S.DECLINED, reason=WHY), ".xxxxxxx=xx"),
    (happened.Moved(to=S.CANCELLED, reason=WHY), ".....xxxx=x"),
    (happened.Moved(to=S.MERGED, reason=WHY), "uuuuuxxxxx="),
    (happened.Settled(root_cause="A leak.", resolution="Fixed."), "u......xxxx"),
    (happened.SeverityChanged(to=Severity.P2, reason=WHY), ON_OPEN),
    (happened.Described(impact="Nobody can pay."), ANY),
    (happened.Dated(moment=Moment.OCCURRED, at=NOW - 60 * MINUTE), ANY),
    (happened.Informed(progress="We look.", eta="", next_update=None), ON_OPEN),
    (happened.Snoozed(until=LATER + 60 * MINUTE), ON_ACTIVE),
    (happened.Merged(into="INC-2026-002"), ON_ACTIVE),
    (happened.MadePrivate(), ANY),
    (happened.RoleGiven(role=Role.COMMS, to=OLIVIA), ON_OPEN),
    (happened.HandoffOffered(to=OLIVIA), ON_OPEN),
    (happened.HandoffAccepted(), "uuuuuuuxxxx"),
    (happened.Joined(people=(OLIVIA,)), ANY),
    (happened.Visited(person=OLIVIA), ANY),
    (happened.Subscribed(interest=Interest.ALL), ANY),
    (happened.Paged(page=samples.page(id="P2", rung=1, at=LATER)), ON_ACTIVE),
    (happened.PageAcked(page="P0"), ANY),
    (happened.Rang(bell=Bell.UPDATE_DUE, mark="m"), ON_OPEN),
    (happened.TaskAdded(kind=TaskKind.TASK, text="Look at the pool"), ON_REAL),
    (happened.TaskOwned(task="T1", owner=OLIVIA), ON_REAL),
    (happened.TaskDone(task="T1"), ON_REAL),
    (happened.ProcedureAdded(procedure=samples.checklist_procedure(id="runbook-cpu")), ON_OPEN),
    (happened.LineTicked(procedure="checklist", item="cause"), ON_REAL),
    (happened.Linked(link=LINK), ANY),
    (happened.RelatedTo(incident="INC-2026-002", relation=Relation.RELATED), ANY),
    (happened.Parted(incident="INC-2026-002"), "==========="),
    (happened.SuspectsFound(suspects=(samples.suspect(),)), ON_OPEN),
    (happened.DeployLinked(deploy=samples.linked_deploy()), ANY),
    (happened.FreezeSet(freeze=FREEZE), ON_ACTIVE),
    (happened.FreezeLifted(), "==========="),
    (happened.PostMortemDrafted(), "uuuuu...xxx"),
    (happened.PostMortemPublished(), "uuuuu..=xxx"),
    (happened.StepsBegun(steps=(Step.TOPIC,)), ANY),
    (happened.StepsEnded(results=(StepResult(step=Step.PIN),)), "==========="),
    (happened.RoomRepaired(), ON_OPEN),
    (happened.RoomAdopted(channel="C0TEAM", channel_name="team-api"), ON_OPEN),
    (happened.RoomOpened(), "=======xxxx"),
)


def outcome(before: Incident, event: Event) -> str:
    """The letter for what an event does."""
    try:
        result = advance(before, event, OLIVIA, LATER, POLICY)
    except IllegalTransition:
        return "x"
    except UsageError as refused:
        return "u" if refused.hint else "?"
    return "=" if result is before else "."


@pytest.mark.parametrize(
    ("event", "row"), MATRIX, ids=lambda value: value.name if isinstance(value, Event) else ""
)
def test_every_event_in_every_state(event: Event, row: str) -> None:
    assert "".join(outcome(sample(state), event) for state in State) == row


def test_the_matrix_has_every_event_and_every_goal() -> None:
    assert {type(event) for event, _ in MATRIX} == set(typing.get_args(Event)) == set(WHEN)
    goals = {event.to for event, _ in MATRIX if isinstance(event, happened.Moved)}
    assert goals == set(State)


@pytest.mark.parametrize("state", State)
def test_what_is_said_twice_counts_once(state: State) -> None:
    """A second click gives back the very same incident, or is refused; it never does harm."""
    # A task has no name of its own; steps are begun as often as they are tried.
    repeated = happened.StepsBegun | happened.TaskAdded
    counted = []
    for event, row in MATRIX:
        if row[list(State).index(state)] != "." or isinstance(event, repeated):
            continue
        once = advance(sample(state), event, OLIVIA, LATER, POLICY)
        try:
            twice = advance(once, event, OLIVIA, LATER + MINUTE / 6, POLICY)
        except IllegalTransition:
            continue
        if twice is not once:
            counted.append(event)
    assert counted == []


@pytest.mark.parametrize("state", State)
def test_no_event_but_those_of_the_course_moves_it(state: State) -> None:
    movers = happened.Moved | happened.Settled | happened.Merged | happened.Informed
    for event, row in MATRIX:
        if isinstance(event, movers) or row[list(State).index(state)] != ".":
            continue
        moved = after(sample(state), event).state
        accepted = state is S.TRIAGE and isinstance(event, happened.SeverityChanged)
        assert moved is (S.INVESTIGATING if accepted else state)


def test_a_refusal_says_what_is_not_possible() -> None:
    with pytest.raises(IllegalTransition, match="INC-2026-001 is post-mortem; paging somebody"):
        after(sample(S.POST_MORTEM), happened.Paged(page=samples.page(id="P9")))
    with pytest.raises(IllegalTransition, match="is closed; moving to monitoring"):
        after(sample(S.CLOSED), happened.Moved(to=S.MONITORING))


# ── Its course ───────────────────────────────────────────────────────────────────────────────────


def test_whoever_acknowledges_first_leads_and_stops_the_response_clock() -> None:
    waiting = samples.incident(S.TRIAGE)
    acked = after(waiting, happened.Acked())
    assert (acked.lead, acked.at(Moment.ACKED)) == (OLIVIA, LATER)
    assert acked.clocks.respond_by is None
    assert OLIVIA in acked.responders
    assert after(acked, happened.Acked()) is acked


def test_an_acknowledgement_takes_the_lead_from_nobody() -> None:
    led = after(samples.incident(S.TRIAGE), happened.RoleGiven(role=Role.LEAD, to=SAM))
    assert after(led, happened.Acked()).lead == SAM


def test_signalbox_acknowledges_without_leading() -> None:
    acked = after(samples.incident(S.TRIAGE), happened.Acked(), by=ENGINE)
    assert (acked.lead, ENGINE in acked.responders) == (None, False)
    assert acked.at(Moment.ACKED) == LATER


def test_monitoring_is_mitigated_and_watched_for_a_while() -> None:
    watched = after(samples.incident(S.MITIGATING), happened.Moved(to=S.MONITORING))
    assert watched.at(Moment.MITIGATED) == LATER
    assert watched.clocks.quiet_until == LATER + POLICY.bake
    back = after(watched, happened.Moved(to=S.INVESTIGATING))
    assert (back.at(Moment.MITIGATED), back.clocks.quiet_until) == (None, None)


def test_settling_resolves_it_with_everything_that_is_asked_for() -> None:
    event = happened.Settled(root_cause=" A leak. ", resolution="Fixed.", ended=NOW + 40 * MINUTE)
    settled = after(samples.incident(S.MITIGATING), event)
    assert (settled.state, settled.root_cause, settled.resolution) == (
        S.RESOLVED,
        "A leak.",
        "Fixed.",
    )
    assert settled.at(Moment.MITIGATED) == NOW + 40 * MINUTE
    assert settled.at(Moment.RESOLVED) == LATER
    assert settled.clocks.postmortem_by == LATER + POLICY.postmortem_within


def test_once_resolved_its_words_can_be_corrected() -> None:
    before = samples.incident(S.POST_MORTEM)
    event = happened.Settled(root_cause="A leak, after all.", resolution=samples.RESOLUTION)
    corrected = after(before, event)
    assert (corrected.state, corrected.root_cause) == (S.POST_MORTEM, "A leak, after all.")
    assert (corrected.times, corrected.clocks) == (before.times, before.clocks)


def test_what_is_grave_after_all_is_no_longer_doubted() -> None:
    grave = after(samples.incident(S.TRIAGE), happened.SeverityChanged(to=Severity.P1))
    assert (grave.state, grave.severity) == (S.INVESTIGATING, Severity.P1)
    assert grave.clocks.climb_at == LATER


def test_a_severity_that_is_corrected_afterwards_asks_for_its_post_mortem() -> None:
    minor = samples.incident(S.RESOLVED, severity=Severity.P3)
    grave = after(minor, happened.SeverityChanged(to=Severity.P2))
    assert grave.clocks.postmortem_by == RESOLVED_AT + POLICY.postmortem_within
    lowered = after(grave, happened.SeverityChanged(to=Severity.P4, reason=WHY))
    assert (lowered.clocks.postmortem_by, lowered.reason) == (None, WHY)


def test_an_update_is_kept_with_its_promise_and_may_move_it() -> None:
    promised = LATER + 20 * MINUTE
    told = after(
        sample(),
        happened.Informed(progress="Found it.", eta="1 h", next_update=promised, to=S.IDENTIFIED),
    )
    (update,) = told.updates
    assert (update.number, update.state, update.next_update) == (1, S.IDENTIFIED, promised)
    assert (told.state, told.clocks.update_by) == (S.IDENTIFIED, promised)


def test_an_update_without_a_promise_promises_what_the_severity_asks_for() -> None:
    told = after(sample(), happened.Informed(progress="We look.", eta="", next_update=None))
    assert told.clocks.update_by == LATER + POLICY.rule(Severity.P1).update_every


def test_an_update_after_the_end_promises_nothing() -> None:
    told = after(
        sample(S.RESOLVED),
        happened.Informed(progress="All well.", eta="", next_update=LATER + MINUTE),
    )
    assert (told.last_update and told.last_update.next_update, told.clocks.update_by) == (
        None,
        None,
    )


def test_the_same_update_half_an_hour_later_is_another_one() -> None:
    event = happened.Informed(progress="No change.", eta="", next_update=None)
    once = after(sample(), event)
    assert len(after(once, event, minutes=30).updates) == 2
    assert len(after(once, event, by=SAM).updates) == 2


@pytest.mark.parametrize(
    "event",
    [
        happened.Informed(progress=" ", eta="", next_update=None),
        happened.Informed(progress="We look.", eta="", next_update=LATER),
        happened.Informed(progress="We look.", eta="", next_update=None, to=S.RESOLVED),
        happened.Informed(progress="We look.", eta="", next_update=None, to=S.CANCELLED),
        happened.Snoozed(until=LATER),
        happened.Merged(into=samples.REF),
        happened.RelatedTo(incident=samples.REF, relation=Relation.RELATED),
        happened.TaskAdded(kind=TaskKind.TASK, text="  "),
        happened.Described(title="x"),
        happened.Described(summary="x" * 3001),
        happened.HandoffOffered(to=SAM),
        happened.Dated(moment=Moment.DECLARED, at=NOW - MINUTE),
        happened.Dated(moment=Moment.RESOLVED, at=NOW + MINUTE),
        happened.Dated(moment=Moment.OCCURRED, at=LATER + MINUTE, override="A time machine."),
        happened.Dated(moment=Moment.OCCURRED, at=NOW - 3 * MINUTE),
    ],
    ids=str,
)
def test_what_cannot_be_so_is_refused_with_what_to_do(event: Event) -> None:
    with pytest.raises(UsageError) as refused:
        after(sample(), event)
    assert refused.value.hint


def test_a_promise_is_not_put_off_to_an_earlier_time() -> None:
    promised = after(
        sample(), happened.Informed(progress="We look.", eta="", next_update=LATER + 60 * MINUTE)
    )
    with pytest.raises(UsageError, match="later than that"):
        after(promised, happened.Snoozed(until=LATER + 50 * MINUTE))


def test_an_update_does_not_accept_what_is_doubted() -> None:
    event = happened.Informed(progress="We look.", eta="", next_update=None, to=S.INVESTIGATING)
    with pytest.raises(UsageError, match="does not move"):
        after(sample(S.TRIAGE), event)


def test_a_merged_one_is_a_duplicate_until_that_is_taken_back() -> None:
    link = Related(incident="INC-2026-002", relation=Relation.DUPLICATE_OF)
    merged = after(sample(), happened.Merged(into="INC-2026-002"))
    assert (merged.state, merged.related) == (S.MERGED, (link,))
    assert after(merged, happened.Merged(into="INC-2026-002")) is merged
    back = after(merged, happened.Moved(to=S.TRIAGE))
    assert (back.state, back.related) == (S.TRIAGE, ())
    assert Moment.CLOSED not in back.times


def test_what_is_taken_back_has_deadlines_of_its_own() -> None:
    cancelled = after(sample(), happened.Moved(to=S.CANCELLED, reason=WHY))
    assert cancelled.reason == WHY
    back = after(cancelled, happened.Moved(to=S.TRIAGE), minutes=60)
    assert (back.epoch, back.at(Moment.ACKED)) == (0, ACKED_AT)
    assert (back.clocks.since, back.clocks.respond_by) == (LATER + 60 * MINUTE, None)


def test_a_reopened_one_begins_a_new_epoch() -> None:
    before = samples.incident(S.CLOSED, postmortem=samples.published())
    event = happened.Moved(to=S.INVESTIGATING, reason="It is all back again.")
    reopened = after(before, event)
    assert (reopened.epoch, reopened.earlier) == (1, (before.times,))
    assert {moment: stamp.at for moment, stamp in reopened.times.items()} == {
        Moment.DECLARED: LATER
    }
    rule = POLICY.rule(Severity.P1)
    assert reopened.clocks.respond_by == LATER + rule.response
    assert (reopened.clocks.rung, reopened.clocks.severity_epoch) == (-1, 1)
    assert (reopened.lead, reopened.reason) == (SAM, "It is all back again.")
    assert reopened.postmortem == PostMortem(url=before.postmortem.url)


# ── Its facts ────────────────────────────────────────────────────────────────────────────────────


def test_only_what_is_given_is_described_anew() -> None:
    changed = after(sample(), happened.Described(title="  Checkout\nis  down ", service=""))
    assert (changed.title, changed.service) == ("Checkout is down", None)
    assert changed.summary == sample().summary


def test_a_moment_out_of_order_takes_a_reason() -> None:
    event = happened.Dated(moment=Moment.ACKED, at=NOW - 20 * MINUTE)
    with pytest.raises(UsageError, match=r"does not fit: it was occurred at 2026-03-14 11:50 UTC"):
        after(sample(), event)
    dated = after(sample(), event.model_copy(update={"override": "They called by phone."}))
    assert dated.times[Moment.ACKED].override == "They called by phone."
    assert dated.times[Moment.ACKED].recorded == LATER


def test_mitigation_may_come_before_the_acknowledgement() -> None:
    dated = after(sample(), happened.Dated(moment=Moment.MITIGATED, at=NOW + MINUTE))
    assert dated.at(Moment.MITIGATED) == NOW + MINUTE


def test_what_was_over_before_it_was_declared_takes_a_reason() -> None:
    event = happened.Settled(root_cause="A leak.", resolution="It passed.", ended=NOW - MINUTE)
    with pytest.raises(UsageError, match="does not fit"):
        after(sample(), event)
    settled = after(sample(), event.model_copy(update={"override": "It was over by itself."}))
    assert settled.at(Moment.MITIGATED) == NOW - MINUTE


def test_what_was_written_down_afterwards_was_over_when_its_impact_was() -> None:
    late = samples.incident(kind=IncidentKind.BACKFILLED)
    event = happened.Settled(root_cause="A leak.", resolution="Fixed.", ended=NOW + 40 * MINUTE)
    assert after(late, event).at(Moment.RESOLVED) == NOW + 40 * MINUTE


def written_later(**changes: object) -> Incident:
    """An hour of trouble, as it was written down an hour after it had begun."""
    wish = Wish(title="Checkout answers 500s", kind=IncidentKind.BACKFILLED, occurred=NOW)
    late = declare("INC-2026-007", "T", wish, DANA, "en", NOW + 120 * MINUTE, POLICY)
    return late.model_copy(update=changes)


def dated_later(incident: Incident, *moments: tuple[Moment, int]) -> Incident:
    """The incident with moments so many minutes after the beginning."""
    for moment, minutes in moments:
        event = happened.Dated(moment=moment, at=NOW + minutes * MINUTE)
        incident = advance(incident, event, OLIVIA, NOW + 130 * MINUTE, POLICY)
    return incident


def test_what_was_written_down_afterwards_counts_as_declared_when_it_was_noticed() -> None:
    late = written_later()
    assert late.at(Moment.DECLARED) == NOW
    noticed = dated_later(late, (Moment.DETECTED, 10), (Moment.OCCURRED, 5))
    assert noticed.at(Moment.DECLARED) == NOW + 10 * MINUTE
    began = dated_later(late, (Moment.OCCURRED, 20))
    assert began.at(Moment.DECLARED) == NOW + 20 * MINUTE


def test_when_it_was_declared_stays_as_a_person_has_dated_it() -> None:
    said = dated_later(written_later(), (Moment.DECLARED, 30), (Moment.DETECTED, 10))
    assert said.at(Moment.DECLARED) == NOW + 30 * MINUTE
    with pytest.raises(UsageError, match="declared"):
        dated_later(said, (Moment.DETECTED, 40))


def test_nobody_answers_what_was_written_down_afterwards_but_somebody_may_have() -> None:
    late = written_later()
    with pytest.raises(UsageError, match="nothing is left"):
        after(late, happened.Acked())
    assert dated_later(late, (Moment.ACKED, 15)).at(Moment.ACKED) == NOW + 15 * MINUTE


def test_no_update_is_promised_of_what_was_written_down_afterwards() -> None:
    later = LATER + 30 * MINUTE
    update = happened.Informed(progress="It was the pool.", eta="", next_update=later)
    told = after(written_later(), update)
    assert (told.clocks.update_by, told.updates[-1].next_update) == (None, None)
    with pytest.raises(UsageError, match="no update is due"):
        after(written_later(), happened.Snoozed(until=later))


def test_what_was_written_down_afterwards_is_not_opened_again() -> None:
    """It would go on without a page, and without a clock."""
    over = written_later(state=S.RESOLVED)
    with pytest.raises(UsageError, match="nobody would be paged"):
        after(over, happened.Moved(to=S.INVESTIGATING, reason="The errors are back."))


def test_moments_never_go_backwards_when_clocks_differ() -> None:
    before = samples.incident(S.TRIAGE)
    acked = advance(before, happened.Acked(), SAM, NOW - MINUTE, POLICY)
    assert (acked.at(Moment.ACKED), acked.times[Moment.ACKED].recorded) == (NOW, NOW - MINUTE)


def test_a_deploy_that_goes_on_takes_its_own_place() -> None:
    running = samples.linked_deploy()
    landed = samples.linked_deploy(running=False, landed=True)
    other = samples.linked_deploy(deploy="D-9")
    events = [happened.DeployLinked(deploy=each) for each in (running, other, landed)]
    assert after(sample(), *events).deploys == (landed, other)


@pytest.mark.parametrize("part", [Part.FIX, Part.ROLLBACK])
def test_what_another_version_took_the_place_of_serves_no_longer(part: Part) -> None:
    here, there = samples.suspect(), samples.suspect(deploy="D-9", service="auth")
    before = sample(suspects=(here, there), deploys=())
    back = samples.linked_deploy(
        service=here.service, environment=here.environment, version="v0.9", part=part
    )
    running = after(before, happened.DeployLinked(deploy=back))
    assert running.suspects == (here, there)
    landed = back.model_copy(update={"running": False, "landed": True})
    done = after(running, happened.DeployLinked(deploy=landed))
    assert [each.undone for each in done.suspects] == [True, False]


def test_a_deploy_may_be_the_cause_and_the_fix() -> None:
    cause, fix = (samples.linked_deploy(part=part) for part in (Part.CAUSE, Part.FIX))
    events = [happened.DeployLinked(deploy=each) for each in (cause, fix)]
    assert after(sample(), *events).deploys == (cause, fix)


def test_an_incident_is_part_of_one_other_at_most() -> None:
    part = after(sample(), happened.RelatedTo(incident="INC-2026-002", relation=Relation.PARENT))
    with pytest.raises(UsageError, match="part of INC-2026-002"):
        after(part, happened.RelatedTo(incident="INC-2026-003", relation=Relation.PARENT))


def test_a_freeze_is_lifted_once() -> None:
    frozen = after(sample(), happened.FreezeSet(freeze=FREEZE))
    lifted = after(frozen, happened.FreezeLifted())
    assert lifted.freeze == FREEZE.model_copy(update={"lifted_by": OLIVIA})
    assert after(lifted, happened.FreezeLifted(), by=SAM) is lifted


def test_a_private_one_stays_private_and_leaves_the_room_that_others_read() -> None:
    hidden = after(sample(), happened.MadePrivate())
    assert (hidden.private, hidden.room.channel, hidden.room.card) == (True, None, None)
    assert hidden.room.broadcast == sample().room.broadcast


@pytest.mark.parametrize("kind", [IncidentKind.DRILL, IncidentKind.BACKFILLED])
def test_nobody_is_paged_for_what_is_not_happening(kind: IncidentKind) -> None:
    with pytest.raises(UsageError, match="nobody is paged"):
        after(samples.incident(kind=kind), happened.Paged(page=samples.page(id="P7", rung=BY_HAND)))


def test_a_drill_freezes_nothing() -> None:
    drill = samples.incident(kind=IncidentKind.DRILL)
    with pytest.raises(UsageError, match="freezes nothing"):
        after(drill, happened.FreezeSet(freeze=FREEZE))


# ── Its people, and pages ────────────────────────────────────────────────────────────────────────


def test_a_role_brings_somebody_in() -> None:
    given = after(sample(), happened.RoleGiven(role=Role.SCRIBE, to=MAX))
    assert (given.roles[Role.SCRIBE], MAX in given.responders) == (MAX, True)


def test_the_lead_goes_over_when_the_other_one_takes_it() -> None:
    offered = after(sample(), happened.HandoffOffered(to=OLIVIA), by=SAM)
    assert (offered.lead, offered.handoff and offered.handoff.to) == (SAM, OLIVIA)
    taken = after(offered, happened.HandoffAccepted())
    assert (taken.lead, taken.handoff) == (OLIVIA, None)
    assert OLIVIA in taken.responders
    assert SAM in taken.responders


def test_nobody_else_takes_what_was_offered() -> None:
    offered = after(sample(), happened.HandoffOffered(to=OLIVIA), by=SAM)
    with pytest.raises(UsageError, match="not offered to you"):
        after(offered, happened.HandoffAccepted(), by=MAX)


def test_whoever_no_longer_wants_to_hear_is_left_in_peace() -> None:
    listening = after(sample(), happened.Subscribed(interest=Interest.ALL))
    assert after(listening, happened.Subscribed(interest=None)).subscribers == {}


def test_a_page_of_the_ladder_raises_the_rung_and_waits_for_an_answer() -> None:
    page = samples.page(id="P2", rung=1, at=LATER, acked_by=None, acked_at=None)
    paged = after(sample(), happened.Paged(page=page))
    assert paged.clocks.rung == 1
    assert paged.clocks.climb_at == LATER + POLICY.rule(Severity.P1).ack_within


def test_a_page_by_hand_leaves_the_ladder_alone() -> None:
    paged = after(sample(), happened.Paged(page=samples.page(id="P2", rung=BY_HAND, at=LATER)))
    assert paged.clocks == sample().clocks
    assert len(paged.pages) == 2


@pytest.mark.parametrize(
    "page",
    [
        samples.page(id="P2", rung=0),
        samples.page(id="P2", rung=1, epoch=7),
        samples.page(id="P0", rung=1),
    ],
    ids=("a rung that was paged", "of another severity epoch", "a page that is known"),
)
def test_a_page_that_comes_twice_is_one(page: samples.Page) -> None:
    before = sample()
    assert after(before, happened.Paged(page=page)) is before


def test_an_answer_stops_the_next_rung_until_it_takes_too_long() -> None:
    fresh = samples.incident(clocks=samples.clocks(S.INVESTIGATING, acked=False), roles={})
    fresh = fresh.model_copy(update={"times": samples.incident(S.TRIAGE).times, "pages": ()})
    page = samples.page(acked_by=None, acked_at=None)
    paged = advance(fresh, happened.Paged(page=page), ENGINE, NOW, POLICY)
    answered = advance(paged, happened.PageAcked(page="P1"), SAM, NOW + 2 * MINUTE, POLICY)
    assert (answered.pages[0].acked_by, answered.pages[0].acked_at) == (SAM, NOW + 2 * MINUTE)
    assert answered.clocks.climb_at == NOW + 30 * MINUTE
    assert (answered.lead, answered.clocks.respond_by) == (SAM, None)


def test_whoever_was_called_by_hand_answers_without_leading() -> None:
    page = samples.page(id="P9", rung=BY_HAND, acked_by=None, acked_at=None, people=(OLIVIA,))
    called = after(samples.incident(S.TRIAGE), happened.Paged(page=page))
    answered = after(called, happened.PageAcked(page="P9"))
    assert (answered.lead, answered.at(Moment.ACKED)) == (None, LATER)
    assert OLIVIA in answered.responders


def test_to_acknowledge_again_answers_ones_own_page() -> None:
    page = samples.page(id="P2", rung=1, at=LATER, people=(MAX,), acked_by=None, acked_at=None)
    paged = after(samples.incident(), happened.Paged(page=page))
    answered = after(paged, happened.Acked(), by=MAX, minutes=1)
    assert answered.pages[-1].acked_by == MAX
    assert answered.clocks.climb_at == LATER + 30 * MINUTE
    assert answered.lead == SAM


def test_an_answer_that_comes_when_all_is_over_is_only_written_down() -> None:
    closed = sample(S.CLOSED)
    answered = after(closed, happened.PageAcked(page="P0"))
    assert answered.pages[0].acked_by == OLIVIA
    assert (answered.times, answered.clocks) == (closed.times, closed.clocks)


@pytest.mark.parametrize(
    "event",
    [
        happened.PageAcked(page="nobody's"),
        happened.TaskOwned(task="T9", owner=SAM),
        happened.TaskDone(task="T9"),
        happened.LineTicked(procedure="nothing", item="cause"),
        happened.LineTicked(procedure="checklist", item="nothing"),
    ],
    ids=str,
)
def test_what_there_is_not_is_not_found(event: Event) -> None:
    with pytest.raises(NotFound):
        after(sample(), event)


def test_the_first_answer_of_all_answers_the_rung_that_was_called() -> None:
    page = samples.page(at=LATER, people=(MAX,), acked_by=None, acked_at=None)
    doubted = samples.incident(S.TRIAGE, severity=Severity.P1)
    paged = after(doubted, happened.Paged(page=page))
    acked = after(paged, happened.Acked(), minutes=2)
    assert acked.pages[0].acked_by == OLIVIA
    assert acked.clocks.climb_at == LATER + 30 * MINUTE


def test_an_answer_after_the_end_is_no_acknowledgement() -> None:
    page = samples.page(people=(MAX,), acked_by=None, acked_at=None)
    merged = after(samples.incident(S.TRIAGE, pages=(page,)), happened.Merged(into="INC-2026-002"))
    answered = after(merged, happened.PageAcked(page=page.id), by=MAX)
    assert (answered.times, answered.lead) == (merged.times, None)


@pytest.mark.parametrize(
    "event",
    [
        happened.Moved(to=S.CANCELLED, reason=WHY),
        happened.Settled(root_cause="A leak.", resolution="Fixed."),
    ],
    ids=str,
)
def test_nobody_takes_over_what_has_ended(event: Event) -> None:
    assert after(sample(), happened.HandoffOffered(to=OLIVIA), event, by=SAM).handoff is None


# ── Its work ─────────────────────────────────────────────────────────────────────────────────────


def test_tasks_are_numbered_by_their_kind() -> None:
    more = [
        happened.TaskAdded(kind=TaskKind.FOLLOW_UP, text="Write a test"),
        happened.TaskAdded(kind=TaskKind.TASK, text="Look", owner=MAX),
    ]
    added = after(sample(), *more)
    assert [task.id for task in added.tasks] == ["T1", "F1", "T2"]
    assert added.tasks[-1].owner == MAX
    assert MAX in added.responders


def test_a_task_is_ended_by_whoever_says_so_first() -> None:
    done = after(sample(), happened.TaskDone(task="T1"), by=SAM)
    assert (done.tasks[0].done_by, done.tasks[0].done_at) == (SAM, LATER)
    assert after(done, happened.TaskDone(task="T1"), by=MAX) is done


def test_a_tick_can_be_taken_back() -> None:
    ticked = after(sample(), happened.LineTicked(procedure="checklist", item="cause"))
    undone = after(ticked, happened.LineTicked(procedure="checklist", item="cause", undone=True))
    assert undone.procedures == sample().procedures


def test_a_post_mortem_is_published_once_and_may_move() -> None:
    drafted = after(sample(S.POST_MORTEM), happened.PostMortemDrafted())
    assert after(drafted, happened.PostMortemDrafted(), minutes=5).postmortem.drafted == (
        LATER + 5 * MINUTE
    )
    published = after(drafted, happened.PostMortemPublished(url="https://wiki.example/1"))
    moved = after(published, happened.PostMortemPublished(url="https://wiki.example/2"), by=SAM)
    record = moved.postmortem
    assert (record.published, record.published_by, record.url) == (
        LATER,
        OLIVIA,
        "https://wiki.example/2",
    )


def test_a_bell_leaves_its_mark() -> None:
    rang = after(sample(), happened.Rang(bell=Bell.UPDATE_DUE, mark="update due/0"))
    assert rang.clocks.fired == {"update due/0"}


def test_what_is_over_owes_nothing() -> None:
    cancelled = after(sample(), happened.Moved(to=S.CANCELLED, reason=WHY))
    clocks = cancelled.clocks
    assert [clocks.respond_by, clocks.resolve_by, clocks.update_by, clocks.climb_at] == [None] * 4
    assert clocks.postmortem_by is None


def test_an_opened_channel_ends_the_thread() -> None:
    thread = samples.incident(room=samples.thread_room())
    opened = after(thread, happened.RoomOpened())
    assert (opened.room.kind, opened.room.card) == (RoomKind.CHANNEL, None)
