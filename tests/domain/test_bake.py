"""What evidence leads to, in every combination of gates, verdicts, rules, strategies and states."""

from datetime import datetime, timedelta
from itertools import product

import pytest
import samples
from rollouts import ANALYSIS, MINUTE, judged_by, seen_with, split, watched
from samples import GATES, NOW, reading

from bot.domain.bake import PROBE, describe, judge_bake, onward, read_probe
from bot.domain.deploy import Deploy
from bot.domain.events import (
    Cause,
    Completed,
    Event,
    GateTripped,
    Held,
    Observed,
    PhasePassed,
    Retained,
)
from bot.domain.evidence import Probe, Reading, Verdict
from bot.domain.plan import Plan
from bot.domain.policy import (
    GateAction,
    Inconclusive,
    Metric,
    Phase,
    Strategy,
    StrategyKind,
)
from bot.domain.setbacks import hold_limit
from bot.domain.states import LANDED, TABLE, State

S, V, A = State, Verdict, GateAction
ERRORS, VERSUS, P95, WARNING = GATES
END = NOW + 30 * MINUTE
BEFORE_END = END - timedelta(microseconds=1)
WELL = read_probe(Probe(passed=True, status=200, milliseconds=12), NOW)
DOWN = read_probe(Probe(passed=False, problem="503 instead of 200"), NOW)


def at(phase: int = 0, state: State = S.OBSERVING, **changes: object) -> Deploy:
    """A canary whose bake ends at `END`."""
    usual: dict[str, object] = {"bake": END}
    if state is S.HELD:
        usual["hold"] = samples.hold()
    return watched(state, phase, **(usual | changes))


def judged(subject: Deploy, *read: Reading, now: datetime = END) -> Event:
    """The judgement while the traffic is as it has to be."""
    return judge_bake(subject, seen_with(subject.split), read, now)


# ── The truth table ──────────────────────────────────────────────────────────────────────────────


def expected(
    said: tuple[Verdict, Verdict], *, probed: bool, rule: Inconclusive, over: bool, state: State
) -> type[Event] | tuple[type[Event], Cause]:
    """The rules in the order in which they hold, written down a second time."""
    rollback, block = said
    if rollback is V.UNHEALTHY:
        return GateTripped  # at any time, also while it is held
    if state is S.HELD or not over:
        return Observed  # no timer promotes, and what is held waits for a person
    if block is V.UNHEALTHY:
        return Held, Cause.BLOCKED
    if V.INCONCLUSIVE in said:
        if rule is Inconclusive.ROLLBACK:
            return GateTripped
        if rule is Inconclusive.PROCEED and probed:
            return PhasePassed
        return Held, Cause.INCONCLUSIVE
    if V.HEALTHY in said or probed:
        return PhasePassed
    return Held, Cause.NO_EVIDENCE


@pytest.mark.parametrize("kind", [StrategyKind.CANARY, StrategyKind.ROLLING])
@pytest.mark.parametrize("state", [S.OBSERVING, S.HELD])
@pytest.mark.parametrize("rule", list(Inconclusive))
def test_the_truth_table(rule: Inconclusive, state: State, kind: StrategyKind) -> None:
    """Every verdict with every other, for each state in which gates are read, and each strategy
    that has shares.
    """
    strategy = samples.CANARY.model_copy(update={"kind": kind})
    subject = at(0, state, plan=judged_by(strategy, on_inconclusive=rule))
    wrong = {}
    for rollback, block, probed, over in product(V, V, (False, True), (False, True)):
        read = (reading(ERRORS, rollback), reading(P95, block), *([WELL] if probed else []))
        event = judged(subject, *read, now=END if over else BEFORE_END)
        found = (type(event), event.cause) if isinstance(event, Held) else type(event)
        wanted = expected((rollback, block), probed=probed, rule=rule, over=over, state=state)
        kept = getattr(event, "readings", ()) == read
        if found != wanted or not kept or type(event) not in TABLE[state]:
            cell = f"rollback {rollback}, block {block}, probed {probed}, over {over}"
            wrong[cell] = (event, wanted)
    assert wrong == {}


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("rule", list(Inconclusive))
@pytest.mark.parametrize("state", [S.OBSERVING, S.HELD])
def test_a_warning_decides_nothing(verdict: Verdict, rule: Inconclusive, state: State) -> None:
    """It is told, whatever the rest says."""
    subject = at(0, state, plan=judged_by(on_inconclusive=rule))
    with_it = judged(subject, reading(ERRORS), reading(WARNING, verdict))
    assert type(with_it) is type(judged(subject, reading(ERRORS)))
    early = judged(subject, reading(WARNING, verdict), now=BEFORE_END)
    assert isinstance(early, Observed)
    assert early.warned == (("p95-warning",) if verdict is V.UNHEALTHY else ())


@pytest.mark.parametrize("warned", list(Verdict))
def test_a_warning_alone_is_no_evidence_to_go_on_by(warned: Verdict) -> None:
    event = judged(at(), reading(WARNING, warned))
    assert isinstance(event, Held)
    assert (event.cause, event.reason) == (Cause.NO_EVIDENCE, "There is nothing to judge it by.")


def test_without_any_evidence_nothing_goes_on() -> None:
    event = judged(at(plan=samples.full_plan(Strategy(phases=samples.CANARY.phases))))
    assert isinstance(event, Held)
    assert event.cause is Cause.NO_EVIDENCE


@pytest.mark.parametrize("state", [S.OBSERVING, S.HELD])
@pytest.mark.parametrize("now", [NOW, BEFORE_END, END])
def test_a_revision_that_does_not_answer_goes_back(state: State, now: datetime) -> None:
    event = judged(at(0, state), reading(ERRORS), DOWN, now=now)
    assert event == GateTripped(
        reason="health probe: 503 instead of 200", readings=(reading(ERRORS), DOWN)
    )


@pytest.mark.parametrize("state", [S.OBSERVING, S.HELD])
def test_a_revision_that_the_cloud_calls_broken_goes_back(state: State) -> None:
    subject = at(0, state)
    seen = seen_with(subject.split, problem="It crashed.")
    assert judge_bake(subject, seen, (), NOW) == GateTripped(reason="It crashed.", readings=())


def test_every_reason_is_named_when_it_goes_back() -> None:
    event = judged(at(), reading(ERRORS, V.UNHEALTHY), reading(VERSUS, V.UNHEALTHY))
    assert isinstance(event, GateTripped)
    assert event.reason == (
        "errors: 10.00 % (limit > 5.00 %), 240 requests; "
        "errors-vs-stable: 2.00 % (limit > 1.00 %), 240 requests"
    )


def test_a_hold_names_its_reasons_and_its_end() -> None:
    event = judged(at(), reading(ERRORS), reading(P95, V.UNHEALTHY))
    assert isinstance(event, Held)
    assert event.reason == "p95-target: 1000 ms (limit <= 500 ms), 240 requests"
    assert event.until == END + hold_limit(at())


def test_a_bake_without_an_end_does_not_end() -> None:
    """A share that is not confirmed is not watched long enough, however late it is."""
    event = judged(at(bake=None), *samples.readings(), now=END + timedelta(days=3))
    assert isinstance(event, Observed)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
def test_only_what_was_read_just_now_counts(late: timedelta) -> None:
    """Readings that the deploy remembers are not evidence."""
    subject = at(readings=samples.readings())
    event = judged(subject, *samples.readings(errors=V.INCONCLUSIVE), now=END + late)
    assert isinstance(event, Held)


# ── Onward ───────────────────────────────────────────────────────────────────────────────────────


def test_the_last_share_ends_the_way() -> None:
    read = samples.readings()
    assert judged(at(2), *read) == PhasePassed(readings=read)
    assert judged(at(3), *read) == Completed(readings=read)
    assert onward(at(3), read, END) == Completed(readings=read)


def test_what_replaced_is_kept_where_the_strategy_says_so() -> None:
    kept = Strategy(
        phases=(Phase(percent=100, bake=30 * MINUTE),),
        analysis=ANALYSIS,
        keep_blue=timedelta(hours=24),
    )
    event = judged(at(plan=samples.full_plan(kept)), *samples.readings())
    assert event == Retained(until=END + timedelta(hours=24), readings=samples.readings())


# ── Blue-green ───────────────────────────────────────────────────────────────────────────────────


def switched(bake: timedelta) -> Plan:
    """A switch all at once that is monitored for a time."""
    phases = (Phase(percent=100, bake=bake),)
    return samples.full_plan(samples.BLUE_GREEN.model_copy(update={"phases": phases}))


@pytest.mark.parametrize(
    ("bake", "probe", "event"),
    [
        # The probe is all that can tell in 5 minutes; the gates stay armed afterwards.
        (5 * MINUTE, (WELL,), Retained),
        (5 * MINUTE, (), Held),
        # Windows of 5 minutes and a delay of 3 fit into 8, those of 10 do not.
        (8 * MINUTE, (WELL,), Held),
        (13 * MINUTE, (WELL,), Held),
    ],
)
def test_gates_that_reach_beyond_the_switch_have_no_say_yet(
    bake: timedelta, probe: tuple[Reading, ...], event: type[Event]
) -> None:
    unclear = samples.readings(errors=V.INCONCLUSIVE, p95_target=V.INCONCLUSIVE)
    assert type(judged(at(plan=switched(bake)), *unclear, *probe)) is event


def test_a_gate_that_trips_counts_however_long_its_window_is() -> None:
    tripped = samples.readings(errors=V.UNHEALTHY)
    assert isinstance(judged(at(plan=switched(5 * MINUTE)), *tripped, WELL), GateTripped)


KEPT = samples.deploy(S.RETAINING, plan=samples.full_plan(samples.BLUE_GREEN), keep_until=END)


@pytest.mark.parametrize("now", [NOW, BEFORE_END])
def test_while_the_old_version_is_kept_a_bad_reading_calls_people(now: datetime) -> None:
    """And changes nothing by itself: another deploy may be under way."""
    bad = samples.readings(errors=V.UNHEALTHY, p95_warning=V.UNHEALTHY)
    event = judge_bake(KEPT, seen_with(split(100)), bad, now)
    assert event == Observed(readings=bad, warned=("p95-warning", "errors"))


@pytest.mark.parametrize(
    ("serving", "now", "event"),
    [
        (split(100), BEFORE_END, Observed()),
        (split(100), END, Completed()),
        # Another deploy, or a person, has moved the traffic: what is kept is not the old one.
        (split(50), NOW, Completed()),
        ({"api-00009": 100}, NOW, Completed()),
    ],
)
def test_the_old_version_is_kept_until_a_time_or_until_others_deploy(
    serving: dict[str, int], now: datetime, event: Event
) -> None:
    assert judge_bake(KEPT, seen_with(serving), (), now) == event


# ── Somebody else's traffic ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [S.OBSERVING, S.HELD])
@pytest.mark.parametrize(
    "serving", [{"api-00001": 100}, split(25), {"api-00009": 100}, {}, split(100)]
)
@pytest.mark.parametrize("read", [(), samples.readings(), samples.readings(errors=V.UNHEALTHY)])
def test_traffic_that_is_not_as_it_has_to_be_is_held(
    state: State, serving: dict[str, int], read: tuple[Reading, ...]
) -> None:
    """Before anything that was measured: it may speak of another share."""
    event = judge_bake(at(0, state), seen_with(serving), read, END)
    assert isinstance(event, Held)
    assert event.cause is Cause.CHANGED_OUTSIDE


@pytest.mark.parametrize("serving", [{"api-00009": 100}, split(5), split(100)])
@pytest.mark.parametrize("problem", [None, "It crashed."])
@pytest.mark.parametrize("read", [(), samples.readings(errors=V.UNHEALTHY), (DOWN,)])
def test_what_is_held_for_a_change_outside_waits_for_a_person(
    serving: dict[str, int], problem: str | None, read: tuple[Reading, ...]
) -> None:
    """It does not go back by itself either: that would overrule the change, or be held at once."""
    subject = at(0, S.HELD, hold=samples.hold(Cause.CHANGED_OUTSIDE))
    event = judge_bake(subject, seen_with(serving, problem=problem), read, END)
    assert isinstance(event, Observed)


@pytest.mark.parametrize("cause", sorted(set(Cause) - {Cause.CHANGED_OUTSIDE}))
def test_what_is_held_for_anything_else_is_still_protected(cause: Cause) -> None:
    subject = at(0, S.HELD, hold=samples.hold(cause))
    assert isinstance(judged(subject, reading(ERRORS, V.UNHEALTHY), now=NOW), GateTripped)
    assert isinstance(judged(subject, *samples.readings()), Observed)


@pytest.mark.parametrize("state", sorted(LANDED - {S.RETAINING}))
def test_what_has_landed_is_over(state: State) -> None:
    assert not TABLE[state]


# ── Words ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (reading(ERRORS), "errors: 2.50 % (limit > 5.00 %), 240 requests"),
        (
            reading(VERSUS, V.UNHEALTHY, value=0.031, stable=0.004),
            "errors-vs-stable: 3.10 % (limit > 1.00 %), stable 0.40 %, 240 requests",
        ),
        (reading(P95, value=612.4), "p95-target: 612 ms (limit <= 500 ms), 240 requests"),
        (reading(ERRORS, V.INCONCLUSIVE), "errors: 12 of 100 requests to the new version"),
        (
            reading(ERRORS, value=None, requests=None),
            "errors: no data (limit > 5.00 %)",
        ),
        (WELL, "health probe: healthy"),
        (DOWN, "health probe: 503 instead of 200"),
    ],
)
def test_a_reading_is_told_with_its_numbers(subject: Reading, words: str) -> None:
    assert describe(subject) == words


def test_a_probe_is_a_gate_that_goes_back() -> None:
    assert (WELL.gate, WELL.action, WELL.verdict) == (PROBE, A.ROLLBACK, V.HEALTHY)
    assert (WELL.metric, WELL.value, WELL.at) == (None, 12, NOW)
    assert (DOWN.verdict, DOWN.says) == (V.UNHEALTHY, "503 instead of 200")


def test_latencies_are_told_in_milliseconds() -> None:
    for metric in Metric:
        words = describe(reading(ERRORS.model_copy(update={"metric": metric})))
        assert ("%" in words) == (metric is Metric.ERROR_RATE)
        assert (" ms" in words) == (metric is not Metric.ERROR_RATE)
