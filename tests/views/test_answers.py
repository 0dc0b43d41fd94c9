"""Answers to what was asked for: short, true, harmless, and with what to type next."""

import csv
import io
import json
from datetime import timedelta

import pytest
import samples
from ledgers import record
from samples import DANA, NOW, SAM
from screens import HOSTILE, accepted, buttons, harmless, screen

from bot.domain.admission import Obstacle, Rule
from bot.domain.delivery_figures import COLUMNS, by_target
from bot.domain.events import Cause
from bot.domain.evidence import Window
from bot.domain.freezes import Frozen, NextFreeze
from bot.domain.history import Ending, Kind, Version
from bot.domain.overview import Guarded, TargetStatus
from bot.domain.plan import Change, Difference, Plan
from bot.domain.restrictions import Denial, Freeze, Lock
from bot.domain.states import State
from bot.views import answers, guards, history, rollback, status
from bot.views import help as help_view
from bot.views.blocks import Rendered
from bot.views.exports import as_csv, as_json
from bot.views.verbs import DEPLOY_VERBS
from commands.deploy_grammar import parse_deploy

HOUR = timedelta(hours=1)
LOCK = Lock(target="api/production", owner=DANA, reason="looking", since=NOW, until=NOW + 2 * HOUR)
HOLD = LOCK.model_copy(update={"owner": "D-7F3K2", "by_deploy": True})
FREEZE = Freeze(environment="production", by=SAM, reason="sale", since=NOW, until=NOW + HOUR)
OBSTACLES = (
    Obstacle(
        rule=Rule.LOCK,
        says="api/production is locked: looking.",
        until=NOW + HOUR,
        way_out="unlock api production",
        holder=DANA,
    ),
    Obstacle(rule=Rule.FREEZE, says="production is frozen: sale.", way_out="thaw --all"),
    Obstacle(rule=Rule.FREEZE, says="production is frozen: weekend.", waivable=True),
    Obstacle(rule=Rule.DENIED, says="v1 is denied since D-1: x.", way_out="allow api v1.2.0"),
    Obstacle(
        rule=Rule.NOT_VERIFIED,
        says="This version has not landed there (staging).",
        way_out=f"api {samples.NEW_DIGEST} staging",
    ),
)


def test_obstacles_say_until_when_and_what_to_type() -> None:
    """The command as this workspace calls it; a reason where one is needed, and only there."""
    said = screen(accepted(answers.forbidden(OBSTACLES, "/ship")))
    assert "• api/production is locked: looking. (<@U0DANA001>) Until 13:00." in said
    assert 'Way out: `/ship unlock api production --reason "…"`' in said
    assert 'Way out: `/ship thaw --all --reason "…"`' in said
    assert f"Way out: `/ship api {samples.NEW_DIGEST} staging`" in said
    assert 'Or ask for an exception: add `--exception --reason "…"`' in said


@pytest.mark.parametrize("obstacle", [each for each in OBSTACLES if each.way_out])
def test_every_way_out_can_be_typed(obstacle: Obstacle) -> None:
    """As it stands in the answer."""
    typed = answers.way_out(obstacle, "/ship").removeprefix("/ship ")
    assert parse_deploy(typed, "/ship", samples.catalog()) is not None


def test_a_freeze_by_an_incident_says_what_passes_it() -> None:
    found = Obstacle(
        rule=Rule.FREEZE,
        says="api/production is frozen: INC-2026-001.",
        until=NOW + HOUR,
        incident="INC-2026-001",
        holder=SAM,
        waivable=True,
    )
    said = screen(accepted(answers.forbidden([found], "/ship")))
    assert "INC-2026-001. (<@U0SAM0001>) Until 13:00." in said
    assert "when it is to end that incident: add `--incident INC-2026-001`" in said
    assert "ask for an exception" in said
    plain = answers.in_plain_text([found], "/ship")
    assert plain.endswith("To end the incident: --incident INC-2026-001")


def test_below_a_field_obstacles_have_no_markup() -> None:
    """Moments in UTC, since nothing converts them there."""
    said = answers.in_plain_text(OBSTACLES[:1], "/ship")
    assert said == (
        "api/production is locked: looking. Until 2026-03-14 13:00 UTC. "
        'Way out: /ship unlock api production --reason "…"'
    )


@pytest.mark.parametrize("verb", ["pause", "resume", "wait", "promote", "abort", "leave"])
@pytest.mark.parametrize("state", list(State))
def test_every_order_has_an_answer_in_every_state(verb: str, state: State) -> None:
    """Whatever became of the deploy meanwhile."""
    said = screen(harmless(accepted(answers.steered(samples.canary(state), verb))))
    assert "D-7F3K2" in said
    assert "{" not in said


def test_an_answer_says_what_comes_next() -> None:
    """Where it waits, and until when."""
    held = samples.canary(State.HELD, hold=samples.hold(Cause.PAUSED))
    assert "approvers are called at 14:00" in screen(answers.steered(held, "pause"))
    done = samples.canary(State.COMPLETED)
    assert "serves everything" in screen(answers.steered(done, "promote"))
    off = samples.deploy(State.CANCELLED)
    assert "No traffic was moved" in screen(answers.steered(off, "abort"))


def test_a_way_back_says_who_else_is_asked() -> None:
    """Where the schema is at risk, and only there."""
    back = samples.back(State.REQUESTED)
    assert "approve" not in screen(accepted(answers.going_back(back, "#deploys")))
    terms = back.terms.model_copy(update={"accept_schema_risk": True})
    risky = back.model_copy(update={"terms": terms})
    assert "Somebody else has to approve it" in screen(answers.going_back(risky, "#deploys"))


def test_a_preview_fits_however_much_is_different() -> None:
    """With the names only."""
    many = tuple(
        Difference(kind="variable", name=f"{'X' * 70}{number}", change=Change.ADDED)
        for number in range(500)
    )
    plan = samples.full_plan(differences=many)
    rendered = answers.preview(
        "api v1.2.0 → production",
        plan,
        OBSTACLES,
        approval=answers.approvers(2, ["sre", "owners"], allow_self=False),
        refusal="The image is not there.",
        command="/deploy",
    )
    said = screen(accepted(rendered))
    assert "475 more" in said
    assert "canary 5-25-50-100 %" in said
    assert "2 of *sre* or *owners*, not who asks for it" in said
    assert "nobody has to be asked" in answers.approvers(0, [], allow_self=False)


def test_a_preview_calls_nothing_equal_that_was_not_compared() -> None:
    """A cloud that refuses has compared nothing, and a first deploy has nothing to compare with."""

    def shown(plan: Plan, refusal: str | None = None) -> str:
        """What is said when no difference is known."""
        rendered = answers.preview("api", plan, (), approval="", refusal=refusal, command="/deploy")
        return screen(accepted(rendered))

    alike = samples.full_plan(differences=())
    assert "only the image is different" in shown(alike)
    assert "only the image" not in shown(alike, refusal="The image is not there.")
    assert "only the image" not in shown(samples.full_plan(differences=(), replaces={}))


# ── Guards ───────────────────────────────────────────────────────────────────────────────────────


def test_who_sets_or_lifts_something_learns_how_to_undo_it() -> None:
    """And what still holds."""
    assert "`/ship unlock api production --reason" in screen(guards.locked(LOCK, "/ship"))
    assert "`/ship thaw production --reason" in screen(guards.frozen(FREEZE, "/ship"))
    everything = FREEZE.model_copy(update={"environment": None, "until": None})
    said = screen(guards.frozen(everything, "/ship"))
    assert "until somebody thaws it" in said
    assert "`/ship thaw --all --reason" in said
    left = screen(guards.unlocked("api/production", [LOCK], [HOLD]))
    assert "the lock of <@U0DANA001>" in left
    assert "still held: the hold after D-7F3K2" in left
    assert "Still frozen: everything" in screen(guards.thawed("production", [FREEZE], [everything]))


def test_somebody_else_s_lock_is_said_with_a_mention() -> None:
    """The rule's own sentence has an id in it."""
    said = screen(guards.taken(LOCK, f"api/production is locked by {DANA} until later."))
    assert f"locked by <@{DANA}> until" in said


# ── Rollback ─────────────────────────────────────────────────────────────────────────────────────

GOAL = Version(version="v1.1.0", digest=samples.OLD_DIGEST, revision="api-00001")


def test_a_way_back_is_confirmed_twice_at_most() -> None:
    """By the button and its question; where it may not be taken there is no button."""
    shown = rollback.proposal(
        samples.target(), GOAL, serving=("v1.2.0 100 %",), notes=["note"], button_value="x:y"
    )
    button = buttons(accepted(shown))["Roll back"]
    assert button["value"] == "x:y"
    assert "api to v1.1.0 in production" in button["confirm"]["text"]["text"]
    refused = rollback.proposal(samples.target(), GOAL, serving=(), notes=(), button_value=None)
    assert buttons(accepted(refused)) == {}
    assert "Now: nothing serves" in screen(refused)


def test_a_schema_risk_names_the_deploys() -> None:
    """And what to add to go back all the same."""
    blocking = [record("A", minute) for minute in range(9)]
    said = rollback.schema_risk(blocking, accepted=False)
    assert "`D-0`" in said
    assert "and 4 more" in said
    assert "`--accept-schema-risk`" in said
    assert "somebody else has to approve" in rollback.schema_risk(blocking, accepted=True)


# ── History ──────────────────────────────────────────────────────────────────────────────────────


def the_history(count: int, **changes: object) -> Rendered:
    """The records of half an hour."""
    records = [record("A", minute, **changes) for minute in range(count)]
    period = Window(start=NOW - HOUR, end=NOW + 24 * HOUR)
    return history.table("api", 30, records[::-1], by_target(records, period))


def test_the_history_shows_unknown_as_unknown() -> None:
    """Nothing that is not known looks like a number."""
    said = screen(accepted(the_history(3)))
    assert "Deployed 3 times" in said
    assert "lead time unknown" in said
    assert "restored in – (none)" in said
    assert "⚪ objective > 99 %: unknown, too few deploys to tell (97 more)" in said
    nothing = screen(accepted(history.table("api", 30, [], {})))
    assert "has not deployed anything" in nothing


@pytest.mark.parametrize(
    ("failures", "says"), [(0, "🟢 objective > 99 % met"), (5, "🔴 objective > 99 % missed")]
)
def test_the_success_rate_is_judged_when_there_are_enough(failures: int, says: str) -> None:
    """Against the objective of the operations guides."""
    good = [record("A", minute) for minute in range(200 - failures)]
    bad = [record("B", 300 + n, ending=Ending.FAILED) for n in range(failures)]
    period = Window(start=NOW - HOUR, end=NOW + 24 * HOUR)
    figures = by_target([*good, *bad], period)
    assert says in screen(history.table("api", 30, good, figures))


def test_the_history_is_short_and_says_what_it_leaves_out() -> None:
    """Newest first; records that are gone are owned up to."""
    rendered = accepted(the_history(50))
    table = next(block for block in rendered.blocks if block["type"] == "table")
    assert len(table["rows"]) == 21
    assert "30 more" in screen(rendered)
    period = Window(start=NOW - HOUR, end=NOW + HOUR)
    records = [record("A", 1)]
    figures = by_target(records, period)
    cut = history.table("api", 30, records, figures, cut=["api/staging"])
    assert "not kept any more" in screen(accepted(cut))


def test_a_way_back_and_a_failure_are_told_apart() -> None:
    """In words and not by a colour alone."""
    records = [
        record("A", 1, kind=Kind.ROLLBACK),
        record("B", 2, ending=Ending.FAILED, problem="It broke."),
    ]
    period = Window(start=NOW - HOUR, end=NOW + HOUR)
    table = history.table("api", 30, records, by_target(records, period)).blocks[-1]
    assert [row[2].get("text") for row in table["rows"][1:]] == ["back to A", "B"]
    assert [row[3].get("text") for row in table["rows"][1:]] == [
        "✅ completed",
        "❌ failed: It broke.",
    ]


def test_an_export_is_a_table_for_programs() -> None:
    """Both forms have the same columns; not known is empty, or null."""
    records = [record("A", 1), record("B", 2, problem='=HYPERLINK("https://evil")')]
    lines = list(csv.DictReader(io.StringIO(as_csv(records))))
    assert tuple(lines[0]) == COLUMNS
    assert lines[0]["built"] == ""
    assert lines[1]["problem"] == '\'=HYPERLINK("https://evil")'
    objects = json.loads(as_json(records))
    assert tuple(objects[0]) == COLUMNS
    assert objects[0]["built"] is None
    assert objects[1]["problem"] == '=HYPERLINK("https://evil")'


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_in_a_chat_is_the_beginning_and_where_to_get_the_rest(form: str) -> None:
    """An answer that only one person sees holds no file."""
    records = [record("A", minute, problem=f"```{HOSTILE}") for minute in range(50)]
    rendered = history.exported(records, form, "api", "staging", 90)
    said = screen(harmless(accepted(rendered)))
    assert f"`signalbox history api staging --days 90 --format {form}`" in said
    assert said.count("```") == 2


# ── Status ───────────────────────────────────────────────────────────────────────────────────────


def one_status(**seen: object) -> TargetStatus:
    """api in production."""
    return TargetStatus(target=samples.target(), seen=samples.observed(**seen))


def test_the_status_has_locks_freezes_and_what_is_to_come() -> None:
    """An environment's freeze is said once, however many services are in it."""
    both = [one_status(), one_status()]
    frozen = Frozen(environment="production", until=None, by_hand=(FREEZE,))
    now = {"api/production": Guarded(locks=(LOCK, HOLD), frozen=frozen)}
    said = screen(accepted(status.table(both, now, "/ship")))
    assert said.count("*production* frozen until it is thawed: sale") == 1
    assert "locked by <@U0DANA001> until 14:00: looking" in said
    assert "held after D-7F3K2" in said
    coming = NextFreeze(begins=NOW + HOUR, until=None, reason="weekend")
    soon = {"api/production": Guarded(upcoming=coming)}
    assert "*production* freezes 13:00: weekend" in screen(status.table(both, soon, "/ship"))


def test_the_status_says_how_pinned_traffic_is_let_go() -> None:
    """Where it matters already always; where it would, only for one service."""
    calm = one_status(pinned=True)
    assert "`/ship unpin api production`" in screen(accepted(status.table([calm], {}, "/ship")))
    other = calm.model_copy(update={"target": samples.target("auth")})
    assert "unpin" not in screen(status.table([calm, other], {}, "/ship"))
    stuck = one_status(pinned=True, newest="api-00002")
    said = screen(accepted(status.table([stuck, other], {}, "/ship")))
    assert "api/production stays on `v1.1.0`" in said
    assert "unpin" not in said


# ── Harm ─────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_s_words_do_harm() -> None:
    """Reasons, versions and problems come from people and from clouds."""
    lock = LOCK.model_copy(update={"reason": HOSTILE})
    freeze = FREEZE.model_copy(update={"reason": HOSTILE})
    obstacle = Obstacle(rule=Rule.LOCK, says=HOSTILE, way_out="unlock api production")
    denial = Denial(
        digest=samples.NEW_DIGEST,
        version=HOSTILE,
        service="api",
        deploy="D-1",
        reason=HOSTILE,
        since=NOW,
    )
    goal = GOAL.model_copy(update={"version": HOSTILE})
    held = {"api/production": Guarded(locks=(lock,))}
    odd = Difference(kind="variable", name=HOSTILE, change=Change.ADDED)
    rows = [record("A", 1, version=HOSTILE, problem=HOSTILE, ending=Ending.FAILED)]
    period = Window(start=NOW - HOUR, end=NOW + HOUR)
    for rendered in (
        answers.forbidden((obstacle,) * 20, "/deploy"),
        guards.taken(lock, HOSTILE),
        guards.unlocked("api/production", [lock], [lock]),
        guards.thawed("production", [freeze], [freeze]),
        guards.allowed([denial]),
        status.table([one_status()], held, "/deploy"),
        history.table("api", 30, rows, by_target(rows, period)),
        rollback.proposal(
            samples.target(),
            goal,
            serving=(HOSTILE,),
            notes=[rollback.because(HOSTILE), rollback.others([goal] * 5)],
            button_value="x",
        ),
        answers.preview(
            f"api {HOSTILE} → production",
            samples.full_plan(differences=(odd,)),
            (obstacle,),
            approval="",
            refusal=HOSTILE,
            command="/deploy",
        ),
    ):
        harmless(accepted(rendered))


# ── Help ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("verb", ["", *DEPLOY_VERBS])
def test_every_verb_is_explained_with_its_flags_and_examples(verb: str) -> None:
    """From the table that the grammar reads."""
    names = [f"service-{number}" for number in range(1000)]
    said = screen(accepted(help_view.deploy("/ship", names, ["staging", "production"], verb)))
    for flag in DEPLOY_VERBS[verb].flags if verb else ():
        assert f"--{flag.name}" in said
    assert f"/ship {verb}".rstrip() in said
    if not verb:
        assert all(f"*{each}*" in said for each in DEPLOY_VERBS)
