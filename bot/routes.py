"""Which controller answers which command, button and form."""

from dataclasses import dataclass

from bot.composition import UseCases
from bot.domain.catalog import Catalog
from bot.views.names import Action, Callback
from commands.approvals import ApprovalController
from commands.checklists import ChecklistController
from commands.deploy import DeployController
from commands.deploy_verbs import DeployVerbs
from commands.guards import GuardController
from commands.history import HistoryController
from commands.mentions import MentionController
from commands.orders import OrderController
from commands.reviews import ReviewController
from commands.rollback import RollbackController
from commands.router import Router
from commands.status import StatusController


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandNames:
    """What the workspace calls the commands: names are shared by all apps of a workspace."""

    deploy: str
    rollback: str
    status: str


def build_router(catalog: Catalog, names: CommandNames, use_cases: UseCases) -> Router:
    """Every command, button and form with its controller."""
    deploys = DeployController(catalog=catalog, name=names.deploy, deploys=use_cases.deploys)
    orders = OrderController(orders=use_cases.orders, inquiries=use_cases.inquiries)
    approvals = ApprovalController(approvals=use_cases.approvals, inquiries=use_cases.inquiries)
    verbs = DeployVerbs(
        catalog=catalog,
        name=names.deploy,
        deploys=deploys,
        orders=orders,
        approvals=approvals,
        guards=GuardController(guards=use_cases.guards, name=names.deploy),
        history=HistoryController(history=use_cases.history),
    )
    rollbacks = RollbackController(
        catalog=catalog, rollbacks=use_cases.rollbacks, name=names.rollback
    )
    status = StatusController(
        catalog=catalog,
        status=use_cases.status,
        guards=use_cases.guards,
        name=names.status,
        deploy=names.deploy,
    )
    mentions = MentionController(
        greetings=use_cases.greetings,
        deploy=names.deploy,
        rollback=names.rollback,
        status=names.status,
    )
    return Router(
        commands={
            names.deploy: verbs.command,
            names.rollback: rollbacks.command,
            names.status: status.command,
        },
        clicks={
            Action.APPROVE: approvals.approve,
            Action.REJECT: approvals.reject,
            Action.ABORT: orders.abort,
            Action.PROMOTE: orders.promote,
            Action.PAUSE: orders.pause,
            Action.RESUME: orders.resume,
            Action.WAIT: orders.wait,
            Action.LEAVE: orders.leave,
            Action.SHOW_DIFF: orders.differences,
            Action.SWITCH_BACK: rollbacks.switch_back,
            Action.ROLL_BACK: rollbacks.take,
            Action.TICK: ChecklistController(checklists=use_cases.checklists).tick,
            Action.REVIEWED: ReviewController(reviews=use_cases.reviews).sign,
        },
        submissions={Callback.ASK_DEPLOY: deploys.submit, Callback.REJECT: approvals.submit},
        lookups={
            Action.PICK_SERVICE: deploys.lookup,
            Action.PICK_ENVIRONMENT: deploys.lookup,
        },
        mention=mentions.mention,
    )
