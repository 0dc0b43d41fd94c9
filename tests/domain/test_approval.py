"""Who may approve what, and when that is enough."""

from datetime import datetime, timedelta

import pytest
from samples import DANA, DEVELOPER, ENGINEER, FOUR_EYES, NOW, OUTSIDER, OWNER, approval, target

from bot.domain.actor import Actor
from bot.domain.approval import Approval, require_approver, rule_for, vote
from bot.domain.catalog import ApprovalRule, GroupMinimum, Target
from bot.domain.errors import NotPermitted
from bot.domain.history import Kind
from bot.domain.plan import Terms
from bot.domain.policy import BreakGlass, Policy

BOTH = Actor(id="U0BOTH001", name="Bo", groups=frozenset({"sre", "owners"}))


def rule(required: int, *groups: GroupMinimum, allow_self: bool = False) -> ApprovalRule:
    return ApprovalRule(required=required, groups=groups, allow_self=allow_self)


SRE, OWNERS = GroupMinimum(name="sre"), GroupMinimum(name="owners")
ONE_SRE, ONE_OWNER = GroupMinimum(name="sre", min=1), GroupMinimum(name="owners", min=1)


def answered(asked: Approval, *people: Actor) -> Approval:
    """The approval after these people said yes."""
    for person in people:
        require_approver(asked, person, asked.plan_hash, NOW)
        asked = vote(asked, person, NOW)
    return asked


@pytest.mark.parametrize("person", [ENGINEER, OWNER])
def test_a_member_of_any_named_group_may_approve(person: Actor) -> None:
    assert answered(approval(), person).granted


@pytest.mark.parametrize("person", [OUTSIDER, Actor(id="U0NOBODY1", name="Nobody")])
def test_others_may_not(person: Actor) -> None:
    with pytest.raises(NotPermitted, match="Only members of owners or sre may answer"):
        require_approver(approval(), person, approval().plan_hash, NOW)


def test_nobody_may_approve_when_no_group_may() -> None:
    with pytest.raises(NotPermitted, match="Only members of nobody"):
        require_approver(approval(rule(1)), ENGINEER, approval().plan_hash, NOW)


def requester_in_sre() -> Actor:
    return Actor(id=DANA, name="Dana", groups=frozenset({"sre"}))


def test_the_requester_may_not_approve_even_as_a_member() -> None:
    with pytest.raises(NotPermitted, match="four-eyes"):
        require_approver(approval(), requester_in_sre(), approval().plan_hash, NOW)


def test_the_requester_may_approve_where_the_rule_says_so() -> None:
    assert answered(approval(rule(1, SRE, allow_self=True)), requester_in_sre()).granted


def test_allow_self_gives_no_authority_by_itself() -> None:
    asked = approval(rule(1, SRE, allow_self=True))
    with pytest.raises(NotPermitted, match="Only members of sre"):
        require_approver(asked, DEVELOPER, asked.plan_hash, NOW)


def test_an_answer_to_another_plan_is_refused() -> None:
    """Before anything else, because what the person saw is not what would be done."""
    with pytest.raises(NotPermitted, match="older plan"):
        require_approver(approval(), ENGINEER, "0" * 16, NOW)


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (approval().expires_at - timedelta(microseconds=1), False),
        (approval().expires_at, True),
        (approval().expires_at + timedelta(days=1), True),
    ],
)
def test_an_answer_counts_until_the_approval_expires(moment: datetime, *, late: bool) -> None:
    if late:
        with pytest.raises(NotPermitted, match="expired"):
            require_approver(approval(), ENGINEER, approval().plan_hash, moment)
    else:
        require_approver(approval(), ENGINEER, approval().plan_hash, moment)


def test_one_person_has_one_vote() -> None:
    once = answered(approval(rule(2, SRE)), ENGINEER)
    with pytest.raises(NotPermitted, match="one person has one vote"):
        vote(once, ENGINEER, NOW)
    assert not once.granted


def test_a_name_or_a_group_that_changed_gives_no_second_vote() -> None:
    once = answered(approval(rule(2, SRE, OWNERS)), ENGINEER)
    renamed = ENGINEER.model_copy(update={"name": "Samuel", "groups": frozenset({"owners"})})
    with pytest.raises(NotPermitted):
        vote(once, renamed, NOW)


@pytest.mark.parametrize(
    ("asked", "people", "granted", "missing"),
    [
        (rule(2, SRE, OWNERS), (ENGINEER,), False, ()),
        (rule(2, SRE, OWNERS), (ENGINEER, OWNER), True, ()),
        (rule(1, SRE, ONE_OWNER), (ENGINEER,), False, ("owners",)),
        (rule(1, SRE, ONE_OWNER), (OWNER,), True, ()),
        (rule(1, SRE, ONE_OWNER), (ENGINEER, OWNER), True, ()),
        (rule(2, ONE_SRE, ONE_OWNER), (), False, ("sre", "owners")),
        (rule(2, ONE_SRE, ONE_OWNER), (BOTH,), False, ()),
        (rule(1, ONE_SRE, ONE_OWNER), (BOTH,), True, ()),
        (rule(2, ONE_SRE, ONE_OWNER), (BOTH, OWNER), True, ()),
        (rule(0), (), True, ()),
    ],
)
def test_an_approval_is_granted_by_number_and_by_groups(
    asked: ApprovalRule, people: tuple[Actor, ...], *, granted: bool, missing: tuple[str, ...]
) -> None:
    """A person of two groups counts for both of them, and once."""
    after = answered(approval(asked), *people)
    assert (after.granted, after.missing_groups) == (granted, missing)


def test_a_vote_keeps_the_groups_of_its_moment() -> None:
    """Leaving a group later takes no vote back, and joining one adds none."""
    (given,) = answered(approval(), ENGINEER).votes
    assert (given.by, given.groups, given.at) == (ENGINEER.id, ENGINEER.groups, NOW)


# ── Whose approval is needed ─────────────────────────────────────────────────────────────────────


def ruled(asked: ApprovalRule = FOUR_EYES, **policy: object) -> Target:
    """A target with these rules."""
    return target(rule=asked).model_copy(update={"policy": Policy().model_copy(update=policy)})


GLASS = BreakGlass(group="commanders")


def test_a_deploy_needs_what_the_target_says() -> None:
    assert rule_for(ruled(), Terms()) == FOUR_EYES


def test_whoever_breaks_the_glass_asks_nobody_beforehand() -> None:
    found = rule_for(ruled(break_glass=GLASS), Terms(break_glass=True))
    assert (found.required, found.groups) == (0, ())


@pytest.mark.parametrize("kind", [Kind.ROLLBACK, Kind.UNPIN])
def test_going_back_asks_nobody(kind: Kind) -> None:
    found = rule_for(ruled(rule(3, ONE_SRE, ONE_OWNER)), Terms(kind=kind))
    assert (found.required, found.groups) == (0, ())


def test_a_schema_at_risk_takes_a_second_person() -> None:
    """Of any group that approves there, and never the one who asked."""
    risky = Terms(kind=Kind.ROLLBACK, accept_schema_risk=True)
    found = rule_for(ruled(rule(3, ONE_SRE, ONE_OWNER, allow_self=True)), risky)
    assert (found.required, found.groups) == (1, (SRE, OWNERS))
    assert not found.allow_self
    nobody = rule_for(ruled(ApprovalRule()), risky)
    assert (nobody.required, nobody.groups) == (1, (GroupMinimum(name="developers"), SRE))


@pytest.mark.parametrize(
    ("asked", "groups", "required"),
    [
        (FOUR_EYES, (SRE, OWNERS, GroupMinimum(name="release", min=1)), 1),
        (ApprovalRule(), (GroupMinimum(name="release", min=1),), 1),
        (rule(1, ONE_SRE), (ONE_SRE, GroupMinimum(name="release", min=1)), 2),
        (
            rule(2, ONE_SRE, GroupMinimum(name="release")),
            (ONE_SRE, GroupMinimum(name="release", min=1)),
            2,
        ),
        (rule(3, SRE), (SRE, GroupMinimum(name="release", min=1)), 3),
    ],
)
def test_an_exception_to_a_freeze_takes_a_member_of_the_group_that_grants_it(
    asked: ApprovalRule, groups: tuple[GroupMinimum, ...], required: int
) -> None:
    """Beside those whose approval is needed anyway."""
    found = rule_for(ruled(asked, freeze_exception="release"), Terms(exception=True))
    assert (found.groups, found.required) == (groups, required)


def test_without_a_group_that_grants_exceptions_the_rule_is_the_usual_one() -> None:
    assert rule_for(ruled(), Terms(exception=True)) == FOUR_EYES


# ── Reminders ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("remind", "after"),
    [(None, timedelta(minutes=15)), (timedelta(minutes=5), timedelta(minutes=5))],
)
def test_people_are_reminded_by_rule_or_half_way(
    remind: timedelta | None, after: timedelta
) -> None:
    asked = approval(FOUR_EYES.model_copy(update={"remind": remind}))
    assert asked.remind_at == NOW + after
