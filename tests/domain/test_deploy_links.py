"""Where deploys and incidents meet: fixes, freezes, suspects, and what follows from a deploy."""

from datetime import timedelta

import pytest
import samples
from incident_samples import incident, incident_policy, linked_deploy, suspect
from ledgers import record, version
from samples import DANA, ENGINEER, NOW, OUTSIDER, SAM, target

from bot.domain.actor import Actor
from bot.domain.admission import Rule, obstacles
from bot.domain.approval import lead_of, rule_for
from bot.domain.catalog import ApprovalRule, GroupMinimum
from bot.domain.deploy import Deploy
from bot.domain.deploy_links import (
    concerns,
    consequences,
    failed,
    known_part,
    suspect_recorded,
    suspect_running,
    took_traffic,
    wish_of,
)
from bot.domain.errors import NotFound, NotPermitted, UsageError
from bot.domain.fixes import expedites, led_by, no_open_sev12, require_nameable
from bot.domain.history import Kind
from bot.domain.incident_policy import FailedDeploys, Role, Severity
from bot.domain.incidents.events import DeployLinked, Moved
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.linked import Part
from bot.domain.incidents.states import ACTIVE, OPEN
from bot.domain.incidents.states import State as IncidentState
from bot.domain.incidents.suspects import MOST, WITHIN, nearest
from bot.domain.message import DeployFact, Said
from bot.domain.overview import guarded
from bot.domain.plan import Terms
from bot.domain.restrictions import Freeze, Restrictions, freeze, thaw
from bot.domain.states import State

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
REF = incident().ref
API = target()
POLICY = incident_policy(
    failed_deploys=FailedDeploys(severity=Severity.P2, environments=frozenset({"production"}))
)
STRICT = ApprovalRule(
    required=3, groups=(GroupMinimum(name="sre", min=1), GroupMinimum(name="owners", min=2))
)


def by_incident(**changes: object) -> Freeze:
    """The freeze of the sample incident."""
    base = Freeze(
        environment="production",
        service="api",
        incident=REF,
        by=DANA,
        reason=REF,
        since=NOW,
        until=NOW + 4 * HOUR,
    )
    return base.model_copy(update=changes)


# ── The freeze of an incident ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("service", "environment", "stopped"),
    [
        ("api", "production", True),
        ("auth", "production", False),
        ("api", "staging", False),
    ],
)
def test_a_freeze_of_a_service_stops_that_one_only(
    service: str, environment: str, stopped: bool
) -> None:
    held = Restrictions(freezes=(by_incident(),))
    place = target(service, environment)
    assert bool(obstacles(place, held, NOW)) is stopped
    assert bool(guarded(place, held, NOW).frozen) is stopped
    soon = Restrictions(freezes=(by_incident(since=NOW + HOUR),))
    assert bool(guarded(place, soon, NOW).upcoming) is stopped


def test_the_obstacle_names_the_incident_who_declared_it_and_until_when() -> None:
    (found,) = obstacles(API, Restrictions(freezes=(by_incident(),)), NOW)
    assert found.rule is Rule.FREEZE
    assert found.says == f"api/production is frozen: {REF}."
    assert (found.until, found.holder, found.incident) == (NOW + 4 * HOUR, DANA, REF)


def test_what_ends_an_incident_passes_its_own_freeze_and_no_other() -> None:
    other = by_incident(incident="INC-2026-002")
    hand = by_incident(incident=None, service=None)
    assert obstacles(API, Restrictions(freezes=(by_incident(),)), NOW, incident=REF) == ()
    for standing in (other, hand):
        held = Restrictions(freezes=(by_incident(), standing))
        (found,) = obstacles(API, held, NOW, incident=REF)
        assert found.incident == standing.incident
        (both,) = obstacles(API, held, NOW)
        assert both.incident is None


def test_a_freeze_by_hand_leaves_that_of_an_incident_alone() -> None:
    hand = by_incident(incident=None, service=None, reason="sale")
    held = freeze(Restrictions(freezes=(by_incident(),)), hand)
    assert held.freezes == (by_incident(), hand)
    assert freeze(held, by_incident(reason="worse")).freezes == (hand, by_incident(reason="worse"))


def test_to_have_declared_it_is_not_to_guard_what_it_froze() -> None:
    held = Restrictions(freezes=(by_incident(),))
    catalog = samples.catalog()
    with pytest.raises(NotPermitted):
        thaw(held, catalog, "production", samples.DEVELOPER, NOW, incident=REF)
    assert thaw(held, catalog, "production", ENGINEER, NOW, incident=REF).freezes == ()
    with pytest.raises(NotFound):
        thaw(held, catalog, "staging", ENGINEER, NOW, incident=REF)


# ── Fixes ────────────────────────────────────────────────────────────────────────────────────────


def test_one_approval_is_enough_for_what_ends_an_incident_also_of_its_lead() -> None:
    strict = target(rule=STRICT)
    found = rule_for(strict, Terms(incident=REF), urgent=True)
    assert found.required == 1
    names = ("sre", "owners", lead_of(REF))
    assert found.groups == tuple(GroupMinimum(name=name) for name in names)
    assert found.allow_self is False
    assert rule_for(strict, Terms(incident=REF)) == STRICT
    assert rule_for(strict, Terms(), urgent=True) == STRICT


def test_an_incident_takes_nobody_where_nobody_was_asked_and_no_other_rule_away() -> None:
    assert rule_for(target("api", "staging"), Terms(incident=REF), urgent=True).required == 0
    back = Terms(kind=Kind.ROLLBACK, incident=REF)
    assert rule_for(target(), back, urgent=True).required == 0
    risky = rule_for(target(), back.model_copy(update={"accept_schema_risk": True}), urgent=True)
    assert risky.required == 1
    assert risky.groups[-1].name == lead_of(REF)
    policy = target().policy.model_copy(update={"freeze_exception": "sre"})
    excepted = target().model_copy(update={"policy": policy})
    asked = rule_for(excepted, Terms(incident=REF, exception=True), urgent=True)
    assert GroupMinimum(name="sre", min=1) in asked.groups


@pytest.mark.parametrize(
    ("changes", "urgent"),
    [
        ({}, True),
        ({"environment": None}, True),
        ({"service": None}, False),
        ({"service": "auth"}, False),
        ({"environment": "staging"}, False),
        ({"kind": IncidentKind.DRILL}, False),
        ({"kind": IncidentKind.BACKFILLED}, False),
        ({"state": IncidentState.RESOLVED}, False),
    ],
)
def test_only_an_incident_about_this_very_service_makes_it_urgent(
    changes: dict[str, object], urgent: bool
) -> None:
    assert expedites(incident().model_copy(update=changes), API) is urgent


def test_whoever_leads_now_has_the_authority_of_the_lead() -> None:
    led = incident(roles={Role.LEAD: OUTSIDER.id})
    assert led_by(OUTSIDER, led).groups == OUTSIDER.groups | {lead_of(REF)}
    nothing: tuple[tuple[Actor, Incident], ...] = (
        (ENGINEER, led),
        (OUTSIDER, incident(IncidentState.RESOLVED, roles={Role.LEAD: OUTSIDER.id})),
        (OUTSIDER, led.model_copy(update={"kind": IncidentKind.DRILL})),
        (OUTSIDER, incident(roles={})),
    )
    for actor, about in nothing:
        assert led_by(actor, about) == actor


@pytest.mark.parametrize("state", sorted(IncidentState))
def test_a_fix_is_for_what_still_hurts(state: IncidentState) -> None:
    about = incident(state)
    if state in ACTIVE:
        require_nameable(about)
        return
    with pytest.raises(UsageError, match=REF):
        require_nameable(about)


def test_a_grave_incident_fails_the_check_unless_it_is_what_the_deploy_ends() -> None:
    assert no_open_sev12((), None)[0] is True
    assert no_open_sev12((incident(severity=Severity.P3),), None)[0] is True
    assert no_open_sev12((incident(),), REF)[0] is True
    assert no_open_sev12((incident(),), None) == (False, f"open: {REF} (P1)")
    passed, says = no_open_sev12((incident(private=True),), None)
    assert (passed, REF in says) == (False, False)


# ── What a deploy means to an incident ───────────────────────────────────────────────────────────


def fix(state: State = State.COMPLETED, **changes: object) -> Deploy:
    """A deploy that is to end the sample incident."""
    return samples.deploy(state, terms=Terms(incident=REF), **changes)


def test_a_deploy_is_what_it_was_linked_as_else_what_it_says_itself() -> None:
    assert known_part(incident(), samples.deploy()) is None
    assert known_part(incident(), fix()) is Part.FIX
    back = samples.back(State.COMPLETED)
    ending = back.model_copy(update={"terms": back.terms.model_copy(update={"incident": REF})})
    assert known_part(incident(), ending) is Part.ROLLBACK
    linked = incident(deploys=(linked_deploy(deploy="D-7F3K2", part=Part.CAUSE),))
    assert known_part(linked, fix()) is Part.CAUSE


@pytest.mark.parametrize("state", sorted(OPEN))
def test_an_incident_hears_of_its_service_while_it_hurts_and_of_its_own_deploys_after(
    state: IncidentState,
) -> None:
    about = incident(state)
    assert concerns(about, samples.deploy()) is (state in ACTIVE)
    assert concerns(about, fix())
    assert not concerns(about, samples.deploy(service="auth"))
    assert not concerns(about.model_copy(update={"kind": IncidentKind.DRILL}), fix())


@pytest.mark.parametrize("state", sorted(OPEN))
def test_a_fix_that_has_landed_moves_the_incident_to_monitoring(state: IncidentState) -> None:
    events = list(consequences(incident(state), fix(), Said.COMPLETED, POLICY))
    moved = [each.to for each in events if isinstance(each, Moved)]
    on = {IncidentState.INVESTIGATING, IncidentState.IDENTIFIED, IncidentState.MITIGATING}
    if state is IncidentState.TRIAGE:
        assert moved == [IncidentState.INVESTIGATING, IncidentState.MONITORING]
    else:
        assert moved == ([IncidentState.MONITORING] if state in on else [])
    (linked,) = [each.deploy for each in events if isinstance(each, DeployLinked)]
    assert (linked.part, linked.landed, linked.running) == (Part.FIX, True, False)


def test_what_has_landed_before_moves_nothing_again() -> None:
    known = incident(deploys=(linked_deploy(deploy="D-7F3K2", part=Part.FIX, landed=True),))
    events = list(consequences(known, fix(), Said.ALARMED, POLICY))
    assert [type(each) for each in events] == [DeployLinked]


def test_a_fix_that_failed_ends_and_stays_a_fix() -> None:
    (event,) = consequences(incident(), fix(State.FAILED_SAFE), Said.FAILED, POLICY)
    assert isinstance(event, DeployLinked)
    assert (event.deploy.part, event.deploy.running, event.deploy.landed) == (
        Part.FIX,
        False,
        False,
    )


def test_a_failure_is_called_a_cause_only_where_it_may_be_one() -> None:
    bad = samples.deploy(State.ROLLED_BACK)
    took = took_traffic(bad)
    assert took is not None
    # The sample incident began after the deploy had taken traffic, or before it.
    for began, causes in ((took - MINUTE, False), (took, True)):
        about = incident()
        stamps = {
            moment: stamp.model_copy(update={"at": began}) for moment, stamp in about.times.items()
        }
        events = list(
            consequences(about.model_copy(update={"times": stamps}), bad, Said.ROLLED_BACK, POLICY)
        )
        assert bool(events) is causes
    series = incident(dedup_key="deploy:api/production")
    assert list(consequences(series, bad, Said.ROLLED_BACK, POLICY))
    assert not list(consequences(incident(), bad, Said.SHIFTED, POLICY))


@pytest.mark.parametrize(
    ("deploy", "said", "fails"),
    [
        (samples.deploy(State.ROLLED_BACK), Said.ROLLED_BACK, True),
        (samples.deploy(State.ROLLED_BACK, undone_by=SAM), Said.ROLLED_BACK, False),
        (samples.deploy(State.FAILED_UNKNOWN, started=NOW), Said.FAILED, True),
        (samples.deploy(State.FAILED_SAFE), Said.FAILED, False),
        (samples.deploy(State.FAILED_SAFE, started=NOW, environment="staging"), Said.FAILED, False),
        (samples.deploy(State.ROLLING_BACK), Said.ROLLING_BACK, False),
        (samples.deploy(State.COMPLETED), Said.COMPLETED, False),
    ],
)
def test_what_counts_as_a_failure(deploy: Deploy, said: Said, fails: bool) -> None:
    """Of its own accord, after it was begun, and where the policy asks for that."""
    assert failed(deploy, said, POLICY) is fails
    assert failed(deploy, said, incident_policy()) is False


def test_the_incident_of_a_failure_says_what_failed_where_and_since_when() -> None:
    bad = samples.deploy(State.ROLLED_BACK)
    fact = DeployFact(deploy=bad.id, said=Said.ROLLED_BACK, at=NOW + HOUR, detail="errors: 9.00 %")
    wish = wish_of(bad, fact, POLICY)
    assert wish.title == "api v1.2.0 rolled itself back in production"
    assert (wish.severity, wish.summary) == (Severity.P2, "errors: 9.00 %")
    assert (wish.occurred, wish.detected) == (took_traffic(bad), NOW + HOUR)
    with pytest.raises(AssertionError):
        wish_of(bad, fact, incident_policy())


# ── Suspects ─────────────────────────────────────────────────────────────────────────────────────


def test_the_nearest_deploys_before_the_onset_are_suspects() -> None:
    found = [
        suspect(deploy=f"D-{hours}", at=NOW - hours * HOUR) for hours in (-1, 30, 3, 0, 24, 1, 2, 5)
    ]
    near = nearest([*found, found[2]], NOW)
    assert [each.deploy for each in near] == ["D-0", "D-1", "D-2", "D-3", "D-5"]
    assert len(near) == MOST
    edge = suspect(at=NOW - WITHIN)
    assert nearest([edge], NOW) == (edge,)
    assert nearest([edge], NOW + MINUTE) == ()


def test_a_record_is_a_suspect_when_it_had_traffic() -> None:
    landed = record("B", 0, replaced=version("A"), approved_by=(SAM,))
    found = suspect_recorded(landed, (), NOW - MINUTE, "https://git.example/api")
    assert found is not None
    assert (found.service, found.environment) == ("api", "staging")
    assert (found.version, found.previous, found.revision) == ("B", "A", "api-b")
    assert (found.requested_by, found.approved_by, found.at) == (DANA, (SAM,), NOW - MINUTE)
    assert found.compare == "https://git.example/api/compare/A...B"
    assert found.undone is False
    assert suspect_recorded(landed.model_copy(update={"moved": False}), (), NOW, None) is None
    known = suspect_recorded(landed, (), None, None)
    assert known is not None
    assert known.at == landed.started


def test_a_suspect_is_undone_by_a_rollback_of_that_very_version() -> None:
    landed = record("B", 0)
    back = record("A", 10, kind=Kind.ROLLBACK, replaced=version("B"))
    other = record("A", 10, kind=Kind.ROLLBACK, replaced=version("C"))
    for since, undone in (((back,), True), ((other,), False)):
        found = suspect_recorded(landed, since, NOW, None)
        assert found is not None
        assert found.undone is undone


def test_what_is_under_way_is_a_suspect_as_soon_as_it_has_traffic() -> None:
    assert suspect_running(samples.canary(State.SMOKE, moved=False, trail=())) is None
    found = suspect_running(samples.canary(State.OBSERVING))
    assert found is not None
    assert (found.running, found.previous, found.at) == (True, "v1.1.0", NOW)
    assert suspect_running(samples.deploy()) is None
