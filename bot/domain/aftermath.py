"""What remains of a deploy: its line in the ledger, and what a way back forbids afterwards."""

from datetime import datetime

from bot.domain.catalog import Target
from bot.domain.deploy import Deploy
from bot.domain.history import Ending, Kind, Record, Version
from bot.domain.locks import hold
from bot.domain.restrictions import Denial, Restrictions, deny
from bot.domain.states import FINAL, LANDED, State

S = State
_ENDINGS = {
    S.RETAINING: Ending.COMPLETED,
    S.COMPLETED: Ending.COMPLETED,
    S.ROLLED_BACK: Ending.ROLLED_BACK,
    S.CANCELLED: Ending.CANCELLED,
    S.REJECTED: Ending.CANCELLED,
    S.EXPIRED: Ending.CANCELLED,
    S.REFUSED: Ending.REFUSED,
    S.FAILED_SAFE: Ending.FAILED,
    S.FAILED_UNKNOWN: Ending.UNKNOWN,
}


def record_of(before: Deploy, after: Deploy, now: datetime) -> Record | None:
    """The line for the ledger when a deploy has just landed or ended; None otherwise.

    It has one line: what is kept for a while after landing adds no second one when that is over.
    """
    if before.state in LANDED or after.state not in FINAL | LANDED:
        return None
    plan = after.plan
    return Record(
        deploy=after.id,
        kind=after.kind,
        target=after.target,
        ending=_ENDINGS[after.state],
        version=plan.artifact.version if plan else after.version,
        digest=plan.artifact.digest if plan else None,
        revision=after.revision,
        requested_by=after.requested_by,
        approved_by=tuple(v.by for v in after.approval.votes) if after.approval else (),
        requested=after.requested_at,
        started=after.started,
        ended=now,
        built=plan.artifact.built if plan else None,
        migrations=plan.migrations if plan else Record.model_fields["migrations"].default,
        replaced=plan.replaced if plan else None,
        moved=after.moved,
        automatic=after.state is S.ROLLED_BACK and after.undone_by is None,
        break_glass=after.terms.break_glass,
        problem=(after.cause if after.started or after.undone_by else None) or after.problem,
    )


def forbidden(
    before: Restrictions, after: Deploy, target: Target | None, now: datetime
) -> Restrictions | None:
    """What is forbidden once the way back has been taken; None when nothing is.

    The version that was left is not deployed again anywhere, and the target is held for a while, so
    that neither people nor automation bring it back unawares. A target that is gone from the
    catalog (None) needs no holding.
    """
    left = _left(after)
    if left is None:
        return None
    reason = after.cause or after.terms.reason or f"rolled back by {after.id}"
    changed = hold(before, target, after.id, now, reason=reason) if target else before.at(now)
    if left.digest is None:
        return changed
    denial = Denial(
        digest=left.digest,
        version=left.version,
        service=after.service,
        deploy=after.id,
        reason=reason,
        since=now,
    )
    return deny(changed, denial)


def _left(deploy: Deploy) -> Version | None:
    """The version that a way back has left behind.

    Where the same image serves again, with other settings, there is none whose digest could be
    denied.
    """
    plan = deploy.plan
    if plan is None:
        return None
    same = plan.replaced is not None and plan.replaced.digest == plan.artifact.digest
    if deploy.kind is Kind.DEPLOY and deploy.state is S.ROLLED_BACK:
        digest = None if same else plan.artifact.digest
        revision = deploy.revision or ""
        return Version(version=plan.artifact.version, digest=digest, revision=revision)
    if deploy.kind is Kind.ROLLBACK and deploy.state is S.COMPLETED:
        return None if same else plan.replaced
    return None
