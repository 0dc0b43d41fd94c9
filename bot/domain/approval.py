"""Approval of one exact plan by N people: pure rules, decided at the moment of the click.

The votes belong to a plan hash. A plan that changes starts with no votes.
"""

from datetime import datetime
from enum import StrEnum

from bot.domain.actor import Actor
from bot.domain.base import Model
from bot.domain.catalog import ApprovalRule, GroupMinimum, Target
from bot.domain.errors import NotPermitted
from bot.domain.history import Kind
from bot.domain.plan import Terms


class Vote(Model):
    """One person's yes to one plan, with the groups they were in when they gave it."""

    by: str
    groups: frozenset[str]
    at: datetime


class Approval(Model):
    """An approval that is being collected: for which plan, of whom, until when."""

    plan_hash: str
    requester: str
    rule: ApprovalRule
    expires_at: datetime
    votes: tuple[Vote, ...] = ()

    @property
    def remind_at(self) -> datetime:
        """When those who have not voted are reminded: by rule, or after half of the time."""
        asked = self.expires_at - self.rule.expires
        return asked + (self.rule.remind or self.rule.expires / 2)

    @property
    def granted(self) -> bool:
        """Whether enough people of the right groups have approved."""
        return len(self.votes) >= self.rule.required and not self.missing_groups

    @property
    def missing_groups(self) -> tuple[str, ...]:
        """Groups whose minimum is not reached yet. A person of two groups counts for both."""
        return tuple(
            group.name
            for group in self.rule.groups
            if sum(group.name in vote.groups for vote in self.votes) < group.min
        )


def lead_of(incident: str) -> str:
    """The group that the present lead of an incident is in, for its fixes. The catalog cannot have
    one of that name.
    """
    return f"lead of {incident}"


def rule_for(target: Target, terms: Terms, *, urgent: bool = False) -> ApprovalRule:
    """Whose approval a deploy needs, by its target and the terms on which it was asked for.

    `urgent`: it is to end an incident that hurts people here at the moment. Then one approval is
    enough where there have to be any, of those who approve anyway or of the incident's lead; that
    nobody approves their own stays.

    Break-glass needs none beforehand. An exception to a freeze takes a member of the group that may
    grant one. Going back takes nobody, unless the schema is at risk: then a second person.
    """
    rule = target.approvals
    nobody = rule.model_copy(update={"required": 0, "groups": ()})
    if terms.break_glass:
        return nobody
    if terms.kind is not Kind.DEPLOY:
        if not terms.accept_schema_risk:
            return nobody
        groups = rule.groups or tuple(GroupMinimum(name=name) for name in target.deployers)
        at_large = tuple(GroupMinimum(name=group.name) for group in groups)
        risky = rule.model_copy(update={"required": 1, "groups": at_large, "allow_self": False})
        return _expedited(risky, terms.incident) if terms.incident and urgent else risky
    granting = target.policy.freeze_exception
    if terms.exception and granting:
        others = tuple(group for group in rule.groups if group.name != granting)
        groups = (*others, GroupMinimum(name=granting, min=1))
        needed = max(rule.required, 1, sum(group.min for group in groups))
        return rule.model_copy(update={"required": needed, "groups": groups})
    if terms.incident and urgent:
        return _expedited(rule, terms.incident)
    return rule


def _expedited(rule: ApprovalRule, incident: str) -> ApprovalRule:
    """One approval, also that of the incident's lead; nobody is asked where nobody was."""
    if not rule.required:
        return rule
    at_large = tuple(GroupMinimum(name=group.name) for group in rule.groups)
    lead = GroupMinimum(name=lead_of(incident))
    return rule.model_copy(update={"required": 1, "groups": (*at_large, lead)})


class Verb(StrEnum):
    """What a person can answer to an approval."""

    APPROVE = "approve"
    REJECT = "reject"


def require_approver(approval: Approval, actor: Actor, plan_hash: str, now: datetime) -> None:
    """Raise `NotPermitted`, naming the rule, unless this person may answer this plan now.

    Checked on the server at click time: a button is not an authority. The requester is refused even
    when in an approving group (four-eyes principle), unless the rule says otherwise.
    """
    if plan_hash != approval.plan_hash:
        raise NotPermitted(
            "This card shows an older plan; the plan has changed since. Use the newest card."
        )
    if now >= approval.expires_at:
        raise NotPermitted("This approval has expired. Ask for the deploy again.")
    if actor.id == approval.requester and not approval.rule.allow_self:
        raise NotPermitted(
            "You asked for this deploy, so somebody else has to approve it (four-eyes principle)."
        )
    eligible = {group.name for group in approval.rule.groups}
    if not actor.groups & eligible:
        raise NotPermitted(
            f"Only members of {' or '.join(sorted(eligible)) or 'nobody'} may answer this approval."
        )


def vote(approval: Approval, actor: Actor, now: datetime) -> Approval:
    """Count the actor's yes. Raises `NotPermitted` when this person has voted already."""
    if any(given.by == actor.id for given in approval.votes):
        raise NotPermitted("You have approved this already; one person has one vote.")
    cast = Vote(by=actor.id, groups=actor.groups, at=now)
    return approval.model_copy(update={"votes": (*approval.votes, cast)})
