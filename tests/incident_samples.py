"""Incidents for tests: one in every state, with what it would have by then.

Dana declares, Sam leads. Everything happens at or after `NOW` of the other samples.
"""

from datetime import timedelta

from samples import DANA, MAX, NOW, OLIVIA, SAM

from bot.domain.incident_policy import (
    USUAL_RULES,
    Dashboard,
    IncidentPolicy,
    Role,
    Rotation,
    Rung,
    Severity,
)
from bot.domain.incidents.calls import Clocks, Page
from bot.domain.incidents.incident import (
    Incident,
    IncidentKind,
    Moment,
    PostMortem,
    Stamp,
    Task,
    TaskKind,
    Update,
)
from bot.domain.incidents.linked import LinkedDeploy, Part, SuggestedRunbook, Suspect
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.room import Progress, Room, RoomKind, Status, Step
from bot.domain.incidents.room_aims import topic_of
from bot.domain.incidents.room_leaving import LEAVING
from bot.domain.incidents.states import ACTIVE, AFTER, OVER, State
from bot.domain.placement import MessageRef

MINUTE = timedelta(minutes=1)
REF = "INC-2026-001"
TITLE = "Checkout answers 500s"
CHANNEL, ROOM_CHANNEL = "C0INCIDENTS", "C0ROOM0001"
ACKED_AT = NOW + 3 * MINUTE
MITIGATED_AT = NOW + 45 * MINUTE
RESOLVED_AT = NOW + 50 * MINUTE
CLOSED_AT = NOW + timedelta(days=2)
ROOT_CAUSE = "The connection pool was too small for the new release."
RESOLUTION = "Rolled back to v1.1.0."
PLACES = {
    "card": MessageRef(channel=ROOM_CHANNEL, ts="1773489600.000100"),
    "broadcast": MessageRef(channel=CHANNEL, ts="1773489600.000200"),
}


def _turn(*people: str) -> Rotation:
    return Rotation(people=people, every=timedelta(days=7), since=NOW - timedelta(days=1))


# Two rungs that take turns, and three that are groups of the catalog.
LADDER = (
    Rung(name="Primary", rotation=_turn(SAM, DANA)),
    Rung(name="Secondary", rotation=_turn(DANA, SAM)),
    Rung(name="Team lead", group="sre"),
    Rung(name="Architect", group="owners"),
    Rung(name="CTO", group="finance", severities=frozenset({Severity.P1})),
)
# Who is in the groups of those rungs, by place.
ON_LADDER = {2: frozenset({SAM}), 3: frozenset({OLIVIA}), 4: frozenset({MAX})}


def incident_policy(**changes: object) -> IncidentPolicy:
    """The usual rules, a ladder of five rungs; sre commands, owners are confidants."""
    base = IncidentPolicy(
        channel=CHANNEL,
        environment="production",
        commanders="sre",
        confidants="owners",
        ladder=LADDER,
        dashboards=(
            Dashboard(title="Grafana", url="https://grafana.example/all"),
            Dashboard(title="API", url="https://grafana.example/api", service="api"),
        ),
    )
    return base.model_copy(update=changes)


def room(**changes: object) -> Room:
    """A room that is made: channel, card, alert and everything else."""
    done = Progress(status=Status.DONE, begun=NOW, tries=1)
    base = Room(
        token="01ROOMTOKEN000000000000001",
        channel=ROOM_CHANNEL,
        name="inc-2026-001-checkout-answers-500s",
        people=frozenset({DANA, SAM}),
        steps=dict.fromkeys((step for step in Step if step not in LEAVING), done),
        **PLACES,
    )
    return base.model_copy(update=changes)


def new_room(kind: RoomKind = RoomKind.CHANNEL, **changes: object) -> Room:
    """A room of which nothing is made yet."""
    return Room(kind=kind, token="01ROOMTOKEN000000000000001").model_copy(update=changes)


def thread_room(**changes: object) -> Room:
    """A room that is a thread below the alert in the channel for all incidents."""
    done = Progress(status=Status.DONE, begun=NOW, tries=1)
    base = room(kind=RoomKind.THREAD, channel=None, name=None, people=frozenset()).model_copy(
        update={
            "card": MessageRef(channel=CHANNEL, ts="1773489600.000300"),
            "steps": {Step.BROADCAST: done, Step.CARD: done},
        }
    )
    return base.model_copy(update=changes)


# ── Incidents ────────────────────────────────────────────────────────────────────────────────────


def incident(state: State = State.INVESTIGATING, **changes: object) -> Incident:
    """An incident of api in production, as it would stand in a state.

    In triage, and declined there, it is a P3 that nobody has acknowledged; otherwise a P1 that Sam
    has acknowledged, and leads. Deadlines follow the severity, also one that `changes` bring.
    """
    waits = state in {State.TRIAGE, State.DECLINED}
    severity = changes.get("severity") or (Severity.P3 if waits else Severity.P1)
    kind = changes.get("kind") or IncidentKind.REAL
    assert isinstance(severity, Severity)
    assert isinstance(kind, IncidentKind)
    base = Incident(
        ref=REF,
        title=TITLE,
        severity=severity,
        state=state,
        kind=kind,
        declared_by=DANA,
        summary="Since the release, payments fail.",
        impact="One in five customers cannot pay.",
        service="api",
        environment="production",
        times=_times(state, acked=not waits),
        clocks=clocks(state, severity, kind, acked=not waits),
        roles={} if waits else {Role.LEAD: SAM},
        responders=frozenset({DANA} if waits else {DANA, SAM}),
        room=room(),
        pages=() if waits or kind is IncidentKind.DRILL else (page(),),
        procedures=(checklist_procedure(),),
    )
    made = base.model_copy(update={**_ended(state, severity), **changes})
    if made.room.topic or Step.TOPIC not in made.room.steps:
        return made
    # Its topic says what is so.
    told = made.room.model_copy(update={"topic": topic_of(made)})
    return made.model_copy(update={"room": told})


def _stamp(minutes: float, by: str = SAM) -> Stamp:
    at = NOW + minutes * MINUTE
    return Stamp(at=at, recorded=max(at, NOW), by=by)


def _times(state: State, *, acked: bool) -> dict[Moment, Stamp]:
    times = {
        Moment.OCCURRED: _stamp(-10, DANA),
        Moment.DETECTED: _stamp(-5, DANA),
        Moment.DECLARED: _stamp(0, DANA),
    }
    if acked:
        times[Moment.ACKED] = _stamp(3)
    if state in AFTER | {State.CLOSED}:
        times |= {Moment.MITIGATED: _stamp(45), Moment.RESOLVED: _stamp(50)}
    if state in OVER:
        times[Moment.CLOSED] = Stamp(at=CLOSED_AT, recorded=CLOSED_AT, by=SAM)
    return times


def clocks(
    state: State,
    severity: Severity = Severity.P1,
    kind: IncidentKind = IncidentKind.REAL,
    *,
    acked: bool = True,
) -> Clocks:
    """What is due in a state, by the usual rules: once over, nothing; before that, the rest."""
    rule = USUAL_RULES[severity]
    base = Clocks(since=NOW, respond_by=None, resolve_by=None, update_by=None)
    if state in AFTER and rule.postmortem and kind is IncidentKind.REAL:
        return base.model_copy(update={"rung": 0, "postmortem_by": RESOLVED_AT + timedelta(days=5)})
    if state not in ACTIVE:
        return base
    climbs = rule.escalate_after is not None and kind is IncidentKind.REAL
    paged = climbs and rule.page and acked
    climb_at = NOW if rule.page and not acked else NOW + (rule.escalate_after or timedelta(0))
    return base.model_copy(
        update={
            "respond_by": None if acked else NOW + rule.response,
            "resolve_by": NOW + rule.resolution,
            "update_by": NOW + rule.update_every,
            "climb_at": climb_at if climbs else None,
            "rung": 0 if paged else -1,
        }
    )


def _ended(state: State, severity: Severity) -> dict[str, object]:
    if state in AFTER | {State.CLOSED}:
        fields: dict[str, object] = {"root_cause": ROOT_CAUSE, "resolution": RESOLUTION}
        if state is State.CLOSED and USUAL_RULES[severity].postmortem:
            fields["postmortem"] = published()
        return fields
    if state in {State.DECLINED, State.CANCELLED}:
        return {"reason": "A false alarm of the probe."}
    return {}


# ── What belongs to them ─────────────────────────────────────────────────────────────────────────


def page(**changes: object) -> Page:
    """The first page of the ladder, which Sam has answered."""
    base = Page(
        id="P1",
        rung=0,
        epoch=0,
        name="Primary",
        people=(SAM,),
        at=NOW,
        by="signalbox",
        acked_by=SAM,
        acked_at=ACKED_AT,
    )
    return base.model_copy(update=changes)


def status_update(number: int = 1, **changes: object) -> Update:
    """A status update ten minutes after the declaration, and every half hour from then on."""
    at = NOW + (10 + 30 * (number - 1)) * MINUTE
    base = Update(
        number=number,
        at=at,
        by=SAM,
        state=State.INVESTIGATING,
        progress="The pool is exhausted; we look for what holds its connections.",
        eta="30 minutes",
        next_update=at + 30 * MINUTE,
    )
    return base.model_copy(update=changes)


def task(name: str = "T1", **changes: object) -> Task:
    """Something to do, which nobody does yet; a name that begins with F is a follow-up."""
    base = Task(
        id=name,
        kind=TaskKind.FOLLOW_UP if name.startswith("F") else TaskKind.TASK,
        text="Alert on the size of the pool",
        by=SAM,
        at=NOW + 10 * MINUTE,
    )
    return base.model_copy(update=changes)


def checklist_procedure(**changes: object) -> Procedure:
    """The checklist of the incident, with nothing done."""
    base = Procedure(id="checklist", title="Checklist", items=IncidentPolicy().checklist)
    return base.model_copy(update=changes)


def suspect(**changes: object) -> Suspect:
    """The deploy of api v1.2.0, a quarter of an hour before it began."""
    base = Suspect(
        deploy="D-7F3K2",
        service="api",
        environment="production",
        version="v1.2.0",
        revision="api-00002",
        previous="v1.1.0",
        requested_by=DANA,
        approved_by=(SAM,),
        at=NOW - 25 * MINUTE,
        compare="https://git.example/olympus/api/compare/v1.1.0...v1.2.0",
    )
    return base.model_copy(update=changes)


def fitting_runbook(**changes: object) -> SuggestedRunbook:
    """A runbook about what is wrong, which nobody has brought in yet."""
    base = SuggestedRunbook(slug="error-rate", title="High error rate")
    return base.model_copy(update=changes)


def linked_deploy(**changes: object) -> LinkedDeploy:
    """The way back to v1.1.0, under way."""
    base = LinkedDeploy(
        deploy="D-8G4L3",
        service="api",
        environment="production",
        version="v1.1.0",
        part=Part.ROLLBACK,
        running=True,
    )
    return base.model_copy(update=changes)


def published(**changes: object) -> PostMortem:
    """A post-mortem that the team has agreed on."""
    base = PostMortem(
        drafted=RESOLVED_AT,
        published=CLOSED_AT,
        published_by=SAM,
        url="https://wiki.example/pm/1",
    )
    return base.model_copy(update=changes)
