"""The buttons of an approval card, the form for the reason of a rejection, and both as verbs."""

from dataclasses import dataclass

from bot.domain.actor import Identity
from bot.domain.deploy import Deploy
from bot.domain.errors import IllegalTransition
from bot.domain.states import State
from bot.usecases.approvals import Approvals
from bot.usecases.inquiries import Inquiries
from bot.views import deploy as view
from bot.views.modals import ask_reason
from bot.views.names import Field
from commands.grammar import Steer
from commands.incoming import Click, Command, Submission
from commands.replies import FieldErrors, OpenModal, Reply, Say, parts


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalController:
    """Takes the answers of approvers. Whether somebody may answer is decided by the use case."""

    approvals: Approvals
    inquiries: Inquiries

    async def approve(self, click: Click) -> Reply:
        """The Approve button."""
        deploy_id, plan_hash = parts(click.value, 2)
        deploy = await self.approvals.approve(click.identity, deploy_id, plan_hash)
        return Say(rendered=view.voted(deploy))

    async def reject(self, click: Click) -> Reply:
        """The Reject button: ask for the reason, when this person may reject at all."""
        deploy_id, plan_hash = parts(click.value, 2)
        deploy = await self.approvals.check(click.identity, deploy_id, plan_hash)
        return OpenModal(view=ask_reason(deploy, plan_hash, click.channel))

    async def submit(self, submission: Submission) -> Reply:
        """The reason, filled in: reject for good."""
        deploy_id, plan_hash, channel = parts(submission.private, 3)
        reason = submission.values.get(Field.REASON, "").strip()
        if not reason:
            return FieldErrors(errors={Field.REASON.value: "Say why, in a few words."})
        deploy = await self.approvals.reject(submission.identity, deploy_id, plan_hash, reason)
        return Say(rendered=view.rejected(deploy), channel=channel)

    async def show(self, identity: Identity, steer: Steer) -> Reply:
        """`approve` as a verb: show the plan with its button.

        The words alone approve nothing. Whoever types them has not necessarily seen the plan as it
        is by now; the button carries the hash of the one that is shown with it.
        """
        deploy, _ = await self._waiting(identity, steer)
        return Say(rendered=view.card(deploy))

    async def refuse(self, command: Command, steer: Steer) -> Reply:
        """`reject` as a verb: at once with a reason, by the form without one."""
        deploy, plan_hash = await self._waiting(command.identity, steer)
        if not steer.reason:
            asked = await self.approvals.check(command.identity, deploy.id, plan_hash)
            return OpenModal(view=ask_reason(asked, plan_hash, command.channel))
        rejected = await self.approvals.reject(command.identity, deploy.id, plan_hash, steer.reason)
        return Say(rendered=view.rejected(rejected))

    async def _waiting(self, identity: Identity, steer: Steer) -> tuple[Deploy, str]:
        """The deploy that waits for approval, and the hash of its plan as it is stored now."""
        deploy = await self.inquiries.find(identity, steer.subject)
        if deploy.state is not State.AWAITING_APPROVAL or deploy.plan is None:
            raise IllegalTransition(f"Deploy {deploy.id}", deploy.state.value, f"“{steer.verb}”")
        return deploy, deploy.plan.hash
