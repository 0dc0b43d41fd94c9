"""Who may steer a deploy that is under way."""

import pytest
import samples
from samples import DANA, DEVELOPER, ENGINEER, FOUR_EYES, OUTSIDER, OWNER, target

from bot.domain.actor import Actor
from bot.domain.approval import Vote
from bot.domain.authority import not_voted, require_glass, require_promote, require_undo
from bot.domain.catalog import ApprovalRule, Target
from bot.domain.errors import NotPermitted
from bot.domain.policy import BreakGlass, Policy
from bot.domain.states import State

COMMANDER = Actor(id="U0CMD0001", name="Cleo", groups=frozenset({"commanders"}))
HELD = samples.canary(State.HELD)


def ruled(rule: ApprovalRule = FOUR_EYES, *, glass: bool = False) -> Target:
    """A target, with or without a glass to break."""
    policy = Policy(break_glass=BreakGlass(group="commanders") if glass else None)
    return target(rule=rule).model_copy(update={"policy": policy})


# ── Back ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("person", [DEVELOPER, ENGINEER, OWNER])
def test_whoever_may_deploy_or_approve_may_undo(person: Actor) -> None:
    """Also alone, and also their own."""
    require_undo(person, ruled())


def test_whoever_may_break_the_glass_may_undo() -> None:
    require_undo(COMMANDER, ruled(glass=True))
    with pytest.raises(NotPermitted):
        require_undo(COMMANDER, ruled())


def test_others_may_not_undo() -> None:
    with pytest.raises(NotPermitted, match="You may not steer deploys of api/production"):
        require_undo(OUTSIDER, ruled(glass=True))


# ── On ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("person", [ENGINEER, OWNER])
def test_an_approver_may_promote(person: Actor) -> None:
    require_promote(person, ruled(), HELD)


@pytest.mark.parametrize("person", [DEVELOPER, OUTSIDER, COMMANDER])
def test_going_on_against_missing_evidence_takes_an_approver(person: Actor) -> None:
    somebody_elses = HELD.model_copy(update={"requested_by": "U0OTHER01"})
    with pytest.raises(NotPermitted, match="that takes a member of sre or owners"):
        require_promote(person, ruled(glass=True), somebody_elses)


def test_the_requester_does_not_promote_their_own_where_others_approve() -> None:
    requester = Actor(id=DANA, name="Dana", groups=frozenset({"sre"}))
    with pytest.raises(NotPermitted, match="four-eyes"):
        require_promote(requester, ruled(), HELD)
    alone = FOUR_EYES.model_copy(update={"allow_self": True})
    require_promote(requester, ruled(alone), HELD)


def test_where_nobody_approves_deployers_promote_their_own() -> None:
    require_promote(DEVELOPER, ruled(ApprovalRule()), HELD)
    with pytest.raises(NotPermitted):
        require_promote(OUTSIDER, ruled(ApprovalRule()), HELD)


# ── Past the rules ───────────────────────────────────────────────────────────────────────────────


def test_the_glass_is_broken_by_its_group_only() -> None:
    require_glass(COMMANDER, ruled(glass=True))
    for person in (DEVELOPER, ENGINEER, OWNER):
        with pytest.raises(NotPermitted, match="that takes a member of commanders"):
            require_glass(person, ruled(glass=True))


def test_where_there_is_no_glass_nobody_breaks_it() -> None:
    with pytest.raises(NotPermitted, match="has no break-glass"):
        require_glass(COMMANDER, ruled())


# ── Reminders ────────────────────────────────────────────────────────────────────────────────────

EVERYBODY = frozenset({DANA, samples.SAM, samples.OLIVIA})


def test_reminded_is_who_may_still_answer() -> None:
    asked = samples.approval()
    assert not_voted(asked, EVERYBODY) == (samples.OLIVIA, samples.SAM)
    given = Vote(by=samples.SAM, groups=frozenset({"sre"}), at=samples.NOW)
    voted = asked.model_copy(update={"votes": (given,)})
    assert not_voted(voted, EVERYBODY) == (samples.OLIVIA,)
    alone = samples.approval(FOUR_EYES.model_copy(update={"allow_self": True}))
    assert not_voted(alone, EVERYBODY) == (DANA, samples.OLIVIA, samples.SAM)
