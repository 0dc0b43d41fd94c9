"""Who may steer a deploy that is under way. Checked on the server at the moment of the click.

Going back needs no quorum: whoever may deploy, approve or break the glass may undo. Going on
against missing evidence is an approval, so it takes an approver, and by default somebody other than
the requester.
"""

from bot.domain.actor import Actor
from bot.domain.approval import Approval
from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.errors import NotPermitted


def approvers(target: Target) -> frozenset[str]:
    """The groups whose members have a say about a target; its deployers where nobody approves."""
    groups = frozenset(group.name for group in target.approvals.groups)
    return groups or frozenset(target.deployers)


def require_undo(actor: Actor, target: Target) -> None:
    """Raise `NotPermitted` unless this person may abort, pause, resume or roll back here."""
    glass = target.policy.break_glass
    allowed = {*target.deployers, *approvers(target), *((glass.group,) if glass else ())}
    _require(actor, allowed, f"steer deploys of {target.key}")


def require_promote(actor: Actor, target: Target, deploy: Deploy) -> None:
    """Raise `NotPermitted` unless this person may take a deploy on against missing evidence."""
    asked = target.approvals.required > 0
    if asked and actor.id == deploy.requested_by and not target.approvals.allow_self:
        raise NotPermitted(
            "You asked for this deploy, so somebody else has to promote it (four-eyes principle)."
        )
    _require(actor, approvers(target), f"promote deploys of {target.key}")


def require_guard(actor: Actor, target: Target) -> None:
    """Raise `NotPermitted` unless this person may lock this target, or lift what holds it."""
    _require(actor, {*target.deployers, *approvers(target)}, f"lock {target.key}")


def require_glass(actor: Actor, target: Target) -> None:
    """Raise `NotPermitted` unless this person may deploy here without approval."""
    glass = target.policy.break_glass
    if glass is None:
        raise NotPermitted(f"{target.key} has no break-glass: nobody may deploy without approval.")
    _require(actor, {glass.group}, f"break the glass for {target.key}")


def not_voted(approval: Approval, members: frozenset[str]) -> tuple[str, ...]:
    """Who may still answer an approval: members of its groups who have not, not the requester."""
    voted = {vote.by for vote in approval.votes}
    own = set() if approval.rule.allow_self else {approval.requester}
    return tuple(sorted(members - voted - own))


def _require(actor: Actor, groups: frozenset[str] | set[str], what: str) -> None:
    if not actor.groups.intersection(groups):
        allowed = " or ".join(sorted(groups)) or "nobody"
        raise NotPermitted(f"You may not {what}: that takes a member of {allowed}.")
