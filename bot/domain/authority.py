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
from bot.domain.guardians import guarding, require_member


def require_undo(actor: Actor, target: Target) -> None:
    """Raise `NotPermitted` unless this person may abort, pause, resume or roll back here."""
    glass = target.policy.break_glass
    allowed = (*target.deployers, *guarding((target,)), *((glass.group,) if glass else ()))
    require_member(actor, tuple(dict.fromkeys(allowed)), f"steer deploys of {target.key}")


def require_promote(actor: Actor, target: Target, deploy: Deploy) -> None:
    """Raise `NotPermitted` unless this person may take a deploy on against missing evidence."""
    asked = target.approvals.required > 0
    if asked and actor.id == deploy.requested_by and not target.approvals.allow_self:
        raise NotPermitted(
            "You asked for this deploy, so somebody else has to promote it (four-eyes principle)."
        )
    require_member(actor, guarding((target,)), f"promote deploys of {target.key}")


def require_glass(actor: Actor, target: Target) -> None:
    """Raise `NotPermitted` unless this person may deploy here without approval."""
    glass = target.policy.break_glass
    if glass is None:
        raise NotPermitted(f"{target.key} has no break-glass: nobody may deploy without approval.")
    require_member(actor, (glass.group,), f"break the glass for {target.key}")


def not_voted(approval: Approval, members: frozenset[str]) -> tuple[str, ...]:
    """Who may still answer an approval: members of its groups who have not, not the requester."""
    voted = {vote.by for vote in approval.votes}
    own = set() if approval.rule.allow_self else {approval.requester}
    return tuple(sorted(members - voted - own))
