"""Declaring an incident: how it begins, what cannot be declared, and what it may repeat."""

from datetime import timedelta

import incident_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_samples import MINUTE
from samples import DANA, NOW

from bot.domain.audit import ENGINE
from bot.domain.errors import UsageError
from bot.domain.incident_policy import IncidentPolicy, Severity
from bot.domain.incidents.declaring import Wish, declare, kind_of, likely_duplicates
from bot.domain.incidents.incident import Incident, IncidentKind, Moment, Source
from bot.domain.incidents.room import RoomKind
from bot.domain.incidents.states import ACTIVE, State

POLICY = samples.incident_policy()
DRILL, LATE = IncidentKind.DRILL, IncidentKind.BACKFILLED
TITLE = "Checkout answers 500s"


def declared(title: str = TITLE, by: str = DANA, **wished: object) -> Incident:
    """An incident that Dana has just declared."""
    wish = Wish(title=title).model_copy(update=wished)
    return declare("INC-2026-007", "TOKEN", wish, by, "zh-TW", NOW, POLICY)


def test_it_begins_with_everything_that_is_known() -> None:
    incident = declared(
        severity=Severity.P1,
        service="api",
        summary=" Since noon. ",
        impact="No payments.",
        source=Source.API,
        dedup_key="alert-1",
        occurred=NOW - 10 * MINUTE,
        detected=NOW - 5 * MINUTE,
    )
    assert (incident.ref, incident.title, incident.language) == ("INC-2026-007", TITLE, "zh-TW")
    assert (incident.summary, incident.impact) == ("Since noon.", "No payments.")
    assert (incident.service, incident.environment) == ("api", "production")
    assert (incident.source, incident.dedup_key) == (Source.API, "alert-1")
    assert {moment: stamp.at for moment, stamp in incident.times.items()} == {
        Moment.OCCURRED: NOW - 10 * MINUTE,
        Moment.DETECTED: NOW - 5 * MINUTE,
        Moment.DECLARED: NOW,
    }
    assert {stamp.recorded for stamp in incident.times.values()} == {NOW}
    assert (incident.declared_by, incident.responders) == (DANA, {DANA})
    assert (incident.lead, incident.room.token) == (None, "TOKEN")


def test_what_nobody_knows_is_not_made_up() -> None:
    assert set(declared().times) == {Moment.DECLARED}


def test_signalbox_takes_no_part_in_what_it_declares() -> None:
    assert declared(by=ENGINE).responders == frozenset()


@pytest.mark.parametrize(
    ("severity", "accepted", "state"),
    [
        (Severity.P1, False, State.INVESTIGATING),
        (Severity.P2, False, State.INVESTIGATING),
        (Severity.P3, False, State.TRIAGE),
        (Severity.P4, False, State.TRIAGE),
        (Severity.P4, True, State.INVESTIGATING),
    ],
)
@pytest.mark.parametrize("kind", [IncidentKind.REAL, DRILL])
def test_what_is_grave_is_not_doubted(
    severity: Severity, accepted: bool, state: State, kind: IncidentKind
) -> None:
    assert declared(severity=severity, accepted=accepted, kind=kind).state is state


def test_a_checklist_comes_with_what_is_done_by_then() -> None:
    (checklist,) = declared().procedures
    assert checklist.ticked("created")
    assert len(checklist.open) == len(POLICY.checklist) - 1
    assert declare("R", "T", Wish(title=TITLE), DANA, "en", NOW, IncidentPolicy(checklist=())) == (
        declared().model_copy(
            update={
                "ref": "R",
                "language": "en",
                "environment": None,
                "procedures": (),
                "room": declared().room.model_copy(update={"token": "T"}),
            }
        )
    )


@pytest.mark.parametrize(
    ("wished", "kind"),
    [
        ({}, RoomKind.CHANNEL),
        ({"room": RoomKind.THREAD}, RoomKind.THREAD),
        ({"room": RoomKind.THREAD, "private": True}, RoomKind.CHANNEL),
        ({"room": RoomKind.THREAD, "kind": DRILL}, RoomKind.CHANNEL),
        ({"room": RoomKind.THREAD, "kind": LATE, "occurred": NOW}, RoomKind.CHANNEL),
    ],
    ids=str,
)
def test_what_is_not_for_everybody_is_no_thread(wished: dict[str, object], kind: RoomKind) -> None:
    assert declared(**wished).room.kind is kind


def test_what_is_written_down_afterwards_was_declared_when_it_was_noticed() -> None:
    incident = declared(kind=LATE, occurred=NOW - 3 * MINUTE, detected=NOW - MINUTE)
    assert incident.at(Moment.DECLARED) == NOW - MINUTE
    assert incident.state is State.INVESTIGATING
    assert incident.clocks.resolve_by is None


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("  a  b\nc\t ", "a b c"),
        ("x" * 200, "x" * 200),
        ("👩‍👩‍👧 🔥 🔥", "👩‍👩‍👧 🔥 🔥"),
        ("結帳壞", "結帳壞"),
        ("הקופה לא עובדת", "הקופה לא עובדת"),
        ("abc\u202edcba", "abcdcba"),
        ("a\x00b\x07c d", "a b c d"),
        ("<!channel> is down", "<!channel> is down"),
    ],
    ids=ascii,
)
def test_a_title_is_one_line_as_it_was_typed(title: str, kept: str) -> None:
    assert declared(title).title == kept


@pytest.mark.parametrize(
    ("wished", "named"),
    [
        ({"title": "ab"}, "title"),
        ({"title": "  \n "}, "title"),
        ({"title": "\u200b\u200b\u200b"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"summary": "x" * 3001}, "summary"),
        ({"impact": "x" * 3001}, "impact"),
        ({"occurred": NOW + MINUTE}, "Occurred"),
        ({"detected": NOW + MINUTE}, "Detected"),
        ({"occurred": NOW - MINUTE, "detected": NOW - 2 * MINUTE}, "detected"),
        ({"kind": LATE}, "time at which it began"),
        ({"kind": LATE, "occurred": NOW, "dedup_key": "alert-1"}, "key"),
    ],
    ids=ascii,
)
def test_what_cannot_be_declared_is_named(wished: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError, match=named) as refused:
        declared(**wished)
    assert refused.value.hint


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=210))
def test_every_title_is_taken_or_refused(title: str) -> None:
    try:
        kept = declared(title).title
    except UsageError:
        return
    assert 3 <= len(kept) <= 200
    assert kept == " ".join(kept.split())
    assert declared(kept).title == kept


def test_what_is_asked_for_has_one_kind() -> None:
    assert kind_of(drill=False, afterwards=False) is IncidentKind.REAL
    assert kind_of(drill=True, afterwards=False) is DRILL
    assert kind_of(drill=False, afterwards=True) is LATE
    with pytest.raises(UsageError, match="drill"):
        kind_of(drill=True, afterwards=True)


# ── What it may repeat ───────────────────────────────────────────────────────────────────────────


def alike(wish: Wish, *known: Incident, late: timedelta = timedelta(0)) -> list[str]:
    """The references of what a wish may repeat."""
    return [each.ref for each in likely_duplicates(wish, known, NOW + late)]


def test_what_happens_now_is_not_what_was_written_down_afterwards() -> None:
    """But that may be what goes on, or what somebody else has written down."""
    going, late = samples.incident(), samples.incident(kind=LATE)
    now, later = Wish(title=TITLE, service="api"), Wish(title=TITLE, service="api", kind=LATE)
    assert alike(now, late) == []
    assert alike(later, late) == alike(later, going) == [going.ref]


def test_the_same_service_is_likely_the_same_incident() -> None:
    other = samples.incident(title="Something else")
    assert alike(Wish(title="All is red", service="api"), other) == [other.ref]
    assert alike(Wish(title="All is red", service="auth"), other) == []
    assert alike(Wish(title="All is red"), samples.incident(service=None)) == []


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Checkout is broken", False),
        ("checkout ANSWERS slowly", True),
        ("CHECKOUT down", True),
        ("Login fails", False),
        ("🔥🔥🔥", False),
    ],
)
def test_half_of_the_words_are_likely_the_same_incident(title: str, found: bool) -> None:
    assert bool(alike(Wish(title=title), samples.incident())) is found


def test_another_environment_is_another_incident() -> None:
    wish = Wish(title=TITLE, service="api", environment="staging")
    assert alike(wish, samples.incident()) == []
    assert alike(wish, samples.incident(environment=None)) == [samples.REF]


def test_drills_are_compared_with_drills() -> None:
    drill = samples.incident(kind=DRILL)
    assert alike(Wish(title=TITLE), drill) == []
    assert alike(Wish(title=TITLE, kind=DRILL), drill) == [drill.ref]


@pytest.mark.parametrize("state", sorted(State))
def test_what_is_over_is_not_repeated_unless_it_was_just_resolved(state: State) -> None:
    wish, known = Wish(title=TITLE), samples.incident(state)
    resolved = known.at(Moment.RESOLVED)
    after = (resolved - NOW if resolved else timedelta(0)) + timedelta(hours=2)
    assert bool(alike(wish, known, late=after)) is (state in ACTIVE or resolved is not None)
    assert bool(alike(wish, known, late=after + MINUTE)) is (state in ACTIVE)


def test_the_likeliest_comes_first() -> None:
    same_service = samples.incident(ref="INC-2026-003", title="Something else")
    both = samples.incident(ref="INC-2026-002")
    words_only = samples.incident(ref="INC-2026-004", service="auth")
    wish = Wish(title=TITLE, service="api")
    assert alike(wish, words_only, same_service, both) == [
        "INC-2026-002",
        "INC-2026-003",
        "INC-2026-004",
    ]
