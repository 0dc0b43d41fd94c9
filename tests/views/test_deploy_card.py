"""The deploy card in every state: what people must be able to see, within Slack's limits."""

import json
from datetime import timedelta

import pytest
import samples
from incident_samples import incident
from screens import HOSTILE, accepted, buttons, harmless, screen

from bot.domain.approval import Approval, Vote, rule_for
from bot.domain.artifact import Migrations
from bot.domain.catalog import ApprovalRule, GroupMinimum
from bot.domain.checklist import Tick
from bot.domain.deploy import Deploy, Shift
from bot.domain.events import Cause
from bot.domain.evidence import Verdict
from bot.domain.history import Kind
from bot.domain.plan import Change, Difference, Terms
from bot.domain.policy import ChecklistItem, ChecklistRule, Phase
from bot.domain.states import FINAL, State
from bot.views.blocks import Rendered
from bot.views.deploy import card
from bot.views.names import Action

PICTURE = "F0CHART001"
INCIDENT = incident()
SUBJECTS = {
    "all at once": samples.deploy,
    "canary": lambda state: samples.canary(state, 1),
    "blue-green": lambda state: samples.deploy(
        state, plan=None if state in PLANLESS else samples.full_plan(samples.BLUE_GREEN)
    ),
    "break-glass": lambda state: samples.canary(
        state, terms=Terms(break_glass=True, reason="The site is down."), approval=None
    ),
    "rollback": samples.back,
    "unpin": lambda state: samples.back(state, Kind.UNPIN),
}
PLANLESS = {State.REQUESTED, State.REFUSED}


def whole(deploy: Deploy) -> Rendered:
    """The card with all that can be on it."""
    return card(deploy, checklist=samples.checklist(("plan",)), picture=PICTURE)


@pytest.mark.parametrize("kind", SUBJECTS)
@pytest.mark.parametrize("state", State)
def test_every_state_of_every_kind_is_taken_by_slack(state: State, kind: str) -> None:
    """Also without a checklist or a picture, and with a failure that is being repeated."""
    deploy = SUBJECTS[kind](state)
    accepted(whole(deploy))
    accepted(card(deploy))
    accepted(card(deploy.model_copy(update={"problem": "Slow.", "attempt": 2})))


@pytest.mark.parametrize("kind", SUBJECTS)
@pytest.mark.parametrize("state", State)
def test_every_state_survives_hostile_texts(state: State, kind: str) -> None:
    """What looks like markup is shown, rings no bell, and does not crowd out the rest."""
    deploy = SUBJECTS[kind](state)
    changes: dict[str, object] = {
        "version": HOSTILE,
        "problem": HOSTILE,
        "cause": HOSTILE,
        "blocked": HOSTILE,
        "attempt": 2,
        "terms": deploy.terms.model_copy(update={"reason": HOSTILE, "profile": HOSTILE}),
        "waiting_for": (HOSTILE,) * 9,
    }
    if deploy.plan is not None:
        artifact = deploy.plan.artifact.model_copy(update={"version": HOSTILE})
        changes["plan"] = deploy.plan.model_copy(
            update={"artifact": artifact, "replaces_versions": (HOSTILE,), "compare": HOSTILE}
        )
    if deploy.hold is not None:
        changes["hold"] = samples.hold(reason=HOSTILE)
    changes["readings"] = tuple(
        samples.reading(gate=samples.GATES[0], says=HOSTILE) for _ in range(20)
    )
    harmless(accepted(whole(deploy.model_copy(update=changes))))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("count", [1, 100, 1000])
def test_every_state_fits_whatever_its_size(state: State, count: int) -> None:
    """Differences, gates, shares, questions, voters, mentions: the rest is counted."""
    phases = tuple(
        Phase(percent=min(number + 1, 100), bake=timedelta(minutes=number % 7 + 1))
        for number in range(count)
    )
    plan = samples.full_plan(samples.CANARY.model_copy(update={"phases": phases})).model_copy(
        update={
            "differences": tuple(
                Difference(kind="variable", name=f"NAME_{n}" * 20, change=Change.CHANGED)
                for n in range(count)
            ),
            "replaces": {f"api-{n:05d}": 1 for n in range(count)},
            "replaces_versions": tuple(f"v1.{n}.0" for n in range(count)),
        }
    )
    rule = ApprovalRule(
        required=count,
        groups=tuple(GroupMinimum(name=f"group-{n}" * 9, min=1) for n in range(count)),
    )
    votes = tuple(
        Vote(by=f"U{n:08d}", groups=frozenset({f"group-{n}" * 9}), at=samples.NOW)
        for n in range(count)
    )
    asked = tuple(ChecklistItem(id=f"item-{n}", ask=f"Question {n}? " * 30) for n in range(count))
    checklist = samples.checklist().model_copy(
        update={"rule": ChecklistRule(pre=asked, during=asked, post=asked)}
    )
    deploy = samples.deploy(state).model_copy(
        update={
            "plan": None if state in PLANLESS else plan,
            "approval": samples.approval(rule).model_copy(update={"votes": votes}),
            "phase": count // 2,
            "trail": tuple(Shift(percent=p.percent, at=samples.NOW) for p in phases),
            "readings": tuple(samples.reading() for _ in range(count)),
            "waiting_for": tuple(f"D-{n:05d}" for n in range(count)),
        }
    )
    accepted(card(deploy, checklist=checklist, picture=PICTURE))


# ── Deciding ─────────────────────────────────────────────────────────────────────────────────────


def test_an_approver_sees_all_that_matters_before_the_button() -> None:
    """Versions, digests, differences by name, the way, schema, backup, checklist, votes, time."""
    checklist = samples.checklist(("evaluation", "plan"))
    shown = screen(card(samples.canary(State.AWAITING_APPROVAL), checklist=checklist))
    assert shown == "\n".join(
        [
            "# api v1.2.0 → production",
            "*🔶 Waiting for approval*",
            "`v1.1.0`  →  *`v1.2.0`*  ·  "
            "<https://git.example/olympus/api/compare/v1.1.0...v1.2.0|what is new>",
            "`sha256:1f1f1f1f1f1f` → `sha256:9a9a9a9a9a9a`",
            "Now: `v1.1.0` 100 %",
            "*How*  canary 5-25-50-100 %, 30 min each, smoke test first  ·  about 2 h",
            "Rolls back by itself: errors above 5 % for 5 min or errors 1 % over stable for 5 min",
            "Migrations: backward compatible",
            "Backup of `olympus-prod/main` first",
            "*Configuration*",
            "+ variable `FEATURE_X`",
            "~ memory  512Mi → 1Gi",
            "~ secret `DB_PASS`  3 → 4",
            "− variable `OLD_FLAG`",
            "*Checklist* 4 of 4",
            "🟢 `staging` the same image ran well in staging",
            "*Approvals 0 of 1* · until 12:30",
            "⏳ somebody of *sre* or *owners*",
            f"Not <@{samples.DANA}>, who asked for it (four eyes).",
            "[Approve] [Reject …] [Cancel]",
            f"`D-7F3K2` · Asked by <@{samples.DANA}> · 12:00",
        ]
    )


def test_the_button_carries_the_deploy_and_the_plan_and_nothing_else() -> None:
    """What is approved is one exact plan; authority is never in the button."""
    found = buttons(card(samples.deploy(State.AWAITING_APPROVAL)))
    value = f"D-7F3K2:{samples.plan().hash}"
    assert {found[label]["value"] for label in ("Approve", "Reject …")} == {value}
    assert found["Cancel"]["value"] == "D-7F3K2"


def test_the_question_before_an_approval_repeats_what_and_how() -> None:
    """Service, environment, digest and strategy stand in it."""
    question = buttons(card(samples.canary(State.AWAITING_APPROVAL)))["Approve"]["confirm"]
    asked = json.dumps(question, ensure_ascii=False)
    for needed in ("api", "production", "sha256:9a9a9a9a9a9a", "canary 5-25-50-100 %"):
        assert needed in asked


def of(rule: ApprovalRule, *votes: Vote) -> Approval:
    """An approval by that rule, with these votes."""
    return samples.approval(rule).model_copy(update={"votes": votes})


def test_every_group_that_must_approve_has_a_line() -> None:
    """With who did, and who is awaited."""
    rule = ApprovalRule(
        required=2, groups=(GroupMinimum(name="sre", min=1), GroupMinimum(name="owners", min=1))
    )
    vote = Vote(by=samples.SAM, groups=frozenset({"sre"}), at=samples.NOW)
    shown = screen(card(samples.deploy(State.AWAITING_APPROVAL, approval=of(rule, vote))))
    assert "*Approvals 1 of 2*" in shown
    assert f"✅ *sre* <@{samples.SAM}>" in shown
    assert "⏳ *owners* waiting" in shown
    assert "somebody of" not in shown


def test_a_group_that_is_short_of_people_says_by_how_many() -> None:
    """One of two is not enough."""
    rule = ApprovalRule(required=2, groups=(GroupMinimum(name="sre", min=2),))
    vote = Vote(by=samples.SAM, groups=frozenset({"sre"}), at=samples.NOW)
    shown = screen(card(samples.deploy(State.AWAITING_APPROVAL, approval=of(rule, vote))))
    assert f"⏳ *sre* <@{samples.SAM}> (1 of 2)" in shown


def test_where_the_requester_may_approve_nobody_is_excluded() -> None:
    """The sentence about four eyes is left out."""
    rule = samples.FOUR_EYES.model_copy(update={"allow_self": True})
    shown = screen(card(samples.deploy(State.AWAITING_APPROVAL, approval=of(rule))))
    assert "four eyes" not in shown


@pytest.mark.parametrize(
    ("migrations", "says"),
    [
        (Migrations.NONE, "Migrations: none"),
        (Migrations.COMPATIBLE, "Migrations: backward compatible"),
        (Migrations.IRREVERSIBLE, "🛑 Migrations: *BLOCKS GOING BACK*"),
        (Migrations.UNKNOWN, "⚪ Migrations: unknown"),
    ],
)
def test_migrations_are_never_passed_over(migrations: Migrations, says: str) -> None:
    """Unknown is said to be unknown."""
    plan = samples.plan(migrations=migrations)
    assert says in screen(card(samples.deploy(State.AWAITING_APPROVAL, plan=plan)))


def test_what_blocks_the_way_back_is_said_to_the_end() -> None:
    """Also while it rolls out, and when it is done."""
    plan = samples.plan(migrations=Migrations.IRREVERSIBLE)
    for state in (State.QUEUED, State.ROUTING, State.HELD, State.COMPLETED):
        assert "BLOCKS GOING BACK" in screen(card(samples.deploy(state, plan=plan)))


def test_of_many_differences_eight_are_shown_and_the_rest_is_behind_a_button() -> None:
    """A phone shows no more."""
    found = tuple(
        Difference(kind="variable", name=f"NAME_{n}", change=Change.ADDED) for n in range(20)
    )
    rendered = card(samples.deploy(State.AWAITING_APPROVAL, plan=samples.plan(differences=found)))
    shown = screen(rendered)
    assert shown.count("+ variable") == 8
    assert "… and 12 more" in shown
    assert buttons(rendered)["Show full diff"]["action_id"] == Action.SHOW_DIFF
    few = card(samples.deploy(State.AWAITING_APPROVAL, plan=samples.plan(differences=found[:8])))
    assert "Show full diff" not in buttons(few)


def test_open_questions_are_on_the_card() -> None:
    """With how many are settled."""
    shown = screen(
        card(samples.canary(State.CHECKING), checklist=samples.checklist(("evaluation",)))
    )
    assert "*Checklist* 3 of 4" in shown
    assert "☐ Is the rollback plan ready?" in shown
    assert "evaluated" not in shown


def test_special_terms_are_on_the_card() -> None:
    """Profile, reason, an exception to a freeze, a risk that was accepted."""
    terms = Terms(profile="hotfix", reason="Checkout is broken.", exception=True)
    shown = screen(card(samples.deploy(State.AWAITING_APPROVAL, terms=terms)))
    assert "Profile *hotfix*" in shown
    assert "> Checkout is broken." in shown
    assert "*Exception to a freeze*" in shown
    risky = samples.back(State.AWAITING_APPROVAL)
    terms = risky.terms.model_copy(update={"accept_schema_risk": True})
    assert "Schema risk accepted" in screen(card(risky.model_copy(update={"terms": terms})))


@pytest.mark.parametrize("state", State)
def test_break_glass_is_loud_in_every_state(state: State) -> None:
    """Right below the title, with the reason."""
    terms = Terms(break_glass=True, reason="The site is down.")
    lines = screen(card(samples.deploy(state, terms=terms, approval=None))).split("\n")
    assert "BREAK-GLASS" in lines[1]
    assert lines[2] == "> The site is down."


def test_a_plan_that_was_made_anew_says_why() -> None:
    """Those who approved before see what is different."""
    deploy = samples.deploy(State.AWAITING_APPROVAL, edition=1, cause="v1.1.1 is serving by now")
    shown = screen(card(deploy, edition=1))
    assert "🔁 A new plan: v1.1.1 is serving by now. Earlier approvals do not count." in shown


def test_the_card_of_an_older_plan_is_struck_out_and_has_no_buttons() -> None:
    """It says that a new card follows."""
    deploy = samples.deploy(State.AWAITING_APPROVAL, edition=1, cause="the policy was changed")
    rendered = accepted(card(deploy, edition=0))
    assert buttons(rendered) == {}
    assert "~api v1.2.0 → production~" in screen(rendered)
    assert "The plan changed: the policy was changed." in screen(rendered)
    harmless(card(deploy.model_copy(update={"version": HOSTILE, "cause": HOSTILE}), edition=0))


def test_what_serves_now_is_on_the_card_with_its_shares() -> None:
    """Also when it is several versions, or nothing at all."""
    plan = samples.plan(
        replaces={"api-1": 90, "api-2": 10}, replaces_versions=("v1.1.0", "v1.0.9"), replaced=None
    )
    shown = screen(card(samples.deploy(State.AWAITING_APPROVAL, plan=plan)))
    assert "Now: `v1.1.0` 90 %, `v1.0.9` 10 %" in shown
    first = samples.plan(replaces={}, replaces_versions=(), replaced=None)
    shown = screen(card(samples.deploy(State.AWAITING_APPROVAL, plan=first)))
    assert "nothing  →  *`v1.2.0`*" in shown
    assert "Now: nothing" in shown
    pinned = samples.plan(pinned=True)
    shown = screen(card(samples.deploy(State.AWAITING_APPROVAL, plan=pinned)))
    assert "Now: `v1.1.0` 100 %, pinned" in shown


# ── How it ends ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [State.COMPLETED, State.RETAINING])
def test_a_finished_deploy_names_version_and_whole_digest(state: State) -> None:
    """“Deployed” alone would not say what is serving."""
    assert f"Serving `v1.2.0`, `{samples.NEW_DIGEST}`" in screen(card(samples.deploy(state)))


@pytest.mark.parametrize("state", sorted(set(State) - {State.COMPLETED, State.RETAINING}))
def test_nothing_else_claims_that_it_serves(state: State) -> None:
    """The word stands on a card only when the cloud has confirmed it."""
    for deploy in (samples.deploy(state), samples.canary(state, 1)):
        assert "Serving" not in screen(whole(deploy))


def test_a_kept_version_says_until_when_and_how_it_comes_back() -> None:
    """It has no traffic, so it is cold."""
    shown = screen(card(samples.deploy(State.RETAINING)))
    assert "`v1.1.0` is kept until 12:00." in shown
    assert "comes back cold" in shown


def test_a_rolled_back_deploy_says_what_serves_why_and_what_is_forbidden_now() -> None:
    """And how that is lifted."""
    shown = screen(card(samples.canary(State.ROLLED_BACK, 1)))
    assert "`v1.1.0` serves again." in shown
    assert "Why: errors: 9.00 %" in shown
    assert "🔒 `v1.2.0` (`sha256:9a9a9a9a9a9a`) is denied everywhere" in shown
    assert "deploy allow" in shown
    assert "deploy unlock" in shown
    several = samples.canary(State.ROLLED_BACK, 1, cause="errors: 9 < 10; p95: bad")
    assert "Why: errors: 9 < 10\np95: bad\n" in screen(card(several))
    by_hand = samples.canary(State.ROLLED_BACK, 1, undone_by=samples.SAM, cause=None)
    assert f"Undone by <@{samples.SAM}>." in screen(card(by_hand))


def test_a_way_back_says_what_is_forbidden_only_when_something_is() -> None:
    """The version that was left is denied, unless it is the very same image."""
    back = samples.back(State.COMPLETED)
    assert "🔒 `v1.2.0` is denied everywhere" in screen(card(back))
    same = back.agreed.artifact.digest
    replaced = back.agreed.replaced
    assert replaced is not None
    plan = back.agreed.model_copy(update={"replaced": replaced.model_copy(update={"digest": same})})
    assert "denied" not in screen(card(back.model_copy(update={"plan": plan})))


@pytest.mark.parametrize(
    ("deploy", "says"),
    [
        (samples.deploy(State.REFUSED), "Not today. Nothing was changed."),
        (samples.deploy(State.REJECTED), f"by <@{samples.SAM}>: Not today."),
        (samples.deploy(State.EXPIRED), "Nobody decided in time. Nothing was changed"),
        (samples.deploy(State.EXPIRED, approval=None), "Nobody answered the checklist in time."),
        (samples.deploy(State.CANCELLED), f"by <@{samples.SAM}>. No traffic was moved."),
        (samples.deploy(State.FAILED_SAFE), "Not today. No traffic was moved."),
        (samples.deploy(State.FAILED_UNKNOWN), "Look at `api` in the cloud console"),
    ],
)
def test_what_did_not_happen_says_why_and_what_became_of_the_traffic(
    deploy: Deploy, says: str
) -> None:
    """One sentence."""
    assert says in screen(card(deploy))


def test_traffic_that_was_left_as_it_was_is_not_said_to_be_untouched() -> None:
    """Somebody ended it after the first share."""
    deploy = samples.deploy(
        State.CANCELLED, cause="The traffic was left as it is.", moved=True, undone_by=samples.SAM
    )
    shown = screen(card(deploy))
    assert "The traffic was left as it is." in shown
    assert "No traffic was moved" not in shown


def test_an_unknown_outcome_is_never_green() -> None:
    """Nothing on the card claims success or that the old version is serving."""
    rendered = card(samples.canary(State.FAILED_UNKNOWN, 1, moved=True, turn=1, revision="api-2"))
    assert "not known" in rendered.text
    assert "❓" in screen(rendered)
    assert "serv" not in screen(rendered).lower()


# ── What is measured ─────────────────────────────────────────────────────────────────────────────


def test_gates_are_green_only_when_they_were_found_good() -> None:
    """What is wrong comes first; what cannot be told is white."""
    readings = samples.readings(
        p95_target=Verdict.INCONCLUSIVE,
        p95_warning=Verdict.UNHEALTHY,
        errors_vs_stable=Verdict.NOT_APPLICABLE,
    )
    shown = screen(card(samples.canary(State.OBSERVING, 1, readings=readings))).split("\n")
    found = [line for line in shown if line[0] in "🟢🔴⚪"]
    assert found == [
        "🔴 p95-warning: 600 ms (limit > 300 ms), 240 requests – only warns",
        "⚪ p95-target: 12 of 100 requests to the new version",
        "🟢 errors: 2.50 % (limit > 5.00 %), 240 requests",
        "⚪ errors-vs-stable: nothing to compare with",
    ]


@pytest.mark.parametrize("state", State)
def test_a_picture_stands_where_one_looks_back(state: State) -> None:
    """Held, undone, or done; it has a description for those who hear it."""
    images = [block for block in whole(samples.deploy(state)).blocks if block["type"] == "image"]
    wanted = {State.HELD, State.ROLLED_BACK, State.RETAINING, State.COMPLETED}
    assert bool(images) == (state in wanted)
    for image in images:
        assert image["slack_file"] == {"id": PICTURE}
        assert "v1.2.0" in image["alt_text"]


@pytest.mark.parametrize("cause", Cause)
def test_a_held_deploy_says_why_and_who_is_called_when(cause: Cause) -> None:
    """And afterwards, that they were."""
    deploy = samples.canary(State.HELD, 1, hold=samples.hold(cause))
    shown = screen(card(deploy))
    assert "✋ Held at 25 %" in shown
    assert samples.hold(cause).reason in shown
    assert "approvers are called at 14:00" in shown
    paged = samples.canary(State.HELD, 1, hold=samples.hold(cause, paged=True))
    assert "Approvers were called" in screen(card(paged))


def test_a_step_that_is_repeated_says_why() -> None:
    """Once it is over, the reason stands in the headline only."""
    slow = {"problem": "The cloud is slow.", "attempt": 2}
    assert "The cloud is slow. Trying again (attempt 2)." in screen(
        card(samples.deploy(State.STAGING, **slow))
    )
    for state in FINAL:
        assert "Trying again" not in screen(card(samples.deploy(state, **slow)))


@pytest.mark.parametrize("state", [State.QUEUED, State.BACKING_UP])
def test_what_blocks_the_queue_is_said(state: State) -> None:
    """It goes on by itself; a rule may also come to forbid it while the database is saved."""
    deploy = samples.deploy(state, blocked="production is frozen: weekend.")
    assert "⛔ production is frozen: weekend. It goes on by itself" in screen(card(deploy))


def test_a_tick_is_counted_on_the_card() -> None:
    """The part of the list is the one whose time it is."""
    ticked = samples.checklist().model_copy(
        update={"ticks": (Tick(item="watch", by=samples.SAM, at=samples.NOW),)}
    )
    assert "*Checklist* 1 of 1" in screen(card(samples.canary(State.ROUTING), checklist=ticked))
    assert "*Checklist* 2 of 3" in screen(card(samples.canary(State.COMPLETED), checklist=ticked))
    assert "Checklist" not in screen(card(samples.canary(State.ROLLED_BACK), checklist=ticked))


def test_the_card_shows_what_is_broken_where_it_goes_and_what_it_is_to_end() -> None:
    """Until it is over; of the incident that it ends itself nothing is said twice."""
    fix = samples.deploy(State.AWAITING_APPROVAL, terms=Terms(incident=INCIDENT.ref))
    other = INCIDENT.model_copy(update={"ref": "INC-2026-002"})
    said = screen(accepted(card(fix, incidents=(INCIDENT, other))))
    assert f"To end `{INCIDENT.ref}`" in said
    assert "INC-2026-002" in said
    assert f"*P1 {INCIDENT.ref}" not in said
    assert "one approval is enough" not in said
    over = screen(card(samples.deploy(State.COMPLETED), incidents=(INCIDENT,)))
    assert INCIDENT.ref not in over
    secret = INCIDENT.model_copy(update={"private": True})
    hidden = screen(card(samples.deploy(State.AWAITING_APPROVAL), incidents=(secret,)))
    assert secret.ref not in hidden


def test_the_card_says_why_the_lead_may_approve() -> None:
    terms = Terms(incident=INCIDENT.ref)
    rule = rule_for(samples.target(), terms, urgent=True)
    fix = samples.deploy(State.AWAITING_APPROVAL, terms=terms, approval=samples.approval(rule))
    said = screen(accepted(card(fix)))
    assert "one approval is enough, also that of whoever leads it" in said
    assert f"*lead of {INCIDENT.ref}*" in said
