"""The buttons of an approval card, and the form for the reason of a rejection."""

from dataclasses import dataclass

from bot.domain.errors import NotFound
from bot.usecases.approvals import Approvals
from bot.views import deploy as view
from bot.views.modals import ask_reason
from bot.views.names import Field
from commands.incoming import Click, Submission
from commands.replies import FieldErrors, OpenModal, Reply, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalController:
    """Takes the answers of approvers. Whether somebody may answer is decided by the use case."""

    approvals: Approvals

    async def approve(self, click: Click) -> Reply:
        """The Approve button."""
        deploy_id, plan_hash = _parts(click.value, 2)
        deploy = await self.approvals.approve(click.identity, deploy_id, plan_hash)
        return Say(rendered=view.voted(deploy))

    async def reject(self, click: Click) -> Reply:
        """The Reject button: ask for the reason, when this person may reject at all."""
        deploy_id, plan_hash = _parts(click.value, 2)
        deploy = await self.approvals.check(click.identity, deploy_id, plan_hash)
        return OpenModal(view=ask_reason(deploy, plan_hash, click.channel))

    async def submit(self, submission: Submission) -> Reply:
        """The reason, filled in: reject for good."""
        deploy_id, plan_hash, channel = _parts(submission.private, 3)
        reason = submission.values.get(Field.REASON, "").strip()
        if not reason:
            return FieldErrors(errors={Field.REASON.value: "Say why, in a few words."})
        deploy = await self.approvals.reject(submission.identity, deploy_id, plan_hash, reason)
        return Say(rendered=view.rejected(deploy), channel=channel)


def _parts(value: str, count: int) -> tuple[str, ...]:
    """Take apart what a button or a form carried. Raises `NotFound` for what we never rendered."""
    parts = tuple(value.split(":"))
    if len(parts) != count or not all(parts):
        raise NotFound("This button belongs to something that does not exist any more.")
    return parts
