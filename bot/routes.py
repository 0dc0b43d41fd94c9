"""Which controller answers which command, button and form."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.composition import UseCases
from bot.domain.catalog import Catalog
from bot.incident_routes import incident_desks
from bot.ports import Languages
from bot.views.names import Action, Callback
from commands.approvals import ApprovalController
from commands.checklists import ChecklistController
from commands.deploy import DeployController
from commands.deploy_verbs import DeployVerbs
from commands.guards import GuardController
from commands.history import HistoryController
from commands.incoming import Click
from commands.mentions import MentionController
from commands.orders import OrderController
from commands.replies import Reply
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
    incident: str


def build_router(
    catalog: Catalog, names: CommandNames, use_cases: UseCases, languages: Languages
) -> Router:
    """Every command, button, form, shortcut and event with its controller."""
    incidents = incident_desks(catalog, names.incident, use_cases, languages)
    verbs = _verbs(catalog, names, use_cases)
    status = _status(catalog, names, use_cases)
    rollbacks = RollbackController(
        catalog=catalog, rollbacks=use_cases.rollbacks, name=names.rollback
    )
    mentions = MentionController(
        greetings=use_cases.greetings,
        deploy=names.deploy,
        rollback=names.rollback,
        status=names.status,
        incident=names.incident,
    )
    return Router(
        commands={
            names.deploy: verbs.command,
            names.rollback: rollbacks.command,
            names.status: status.command,
            names.incident: incidents.verbs.command,
        },
        clicks={
            **_orders(verbs),
            Action.SWITCH_BACK: rollbacks.switch_back,
            Action.ROLL_BACK: rollbacks.take,
            Action.TICK: ChecklistController(checklists=use_cases.checklists).tick,
            Action.REVIEWED: ReviewController(reviews=use_cases.reviews).sign,
            **incidents.clicks(),
        },
        submissions={
            Callback.ASK_DEPLOY: verbs.deploys.submit,
            Callback.REJECT: verbs.approvals.submit,
            **incidents.submissions(),
        },
        lookups={
            Action.PICK_SERVICE: verbs.deploys.lookup,
            Action.PICK_ENVIRONMENT: verbs.deploys.lookup,
            **incidents.lookups(),
        },
        mention=mentions.mention,
        shortcuts=incidents.shortcuts(),
        message_shortcuts=incidents.message_shortcuts(),
        listeners=incidents.listeners(),
    )


def _verbs(catalog: Catalog, names: CommandNames, use_cases: UseCases) -> DeployVerbs:
    """The deploy command with everything that can follow it."""
    inquiries = use_cases.inquiries
    return DeployVerbs(
        catalog=catalog,
        name=names.deploy,
        deploys=DeployController(catalog=catalog, name=names.deploy, deploys=use_cases.deploys),
        orders=OrderController(orders=use_cases.orders, inquiries=inquiries),
        approvals=ApprovalController(approvals=use_cases.approvals, inquiries=inquiries),
        guards=GuardController(guards=use_cases.guards, name=names.deploy),
        history=HistoryController(history=use_cases.history),
    )


def _status(catalog: Catalog, names: CommandNames, use_cases: UseCases) -> StatusController:
    """What is running where."""
    return StatusController(
        catalog=catalog,
        status=use_cases.status,
        guards=use_cases.guards,
        name=names.status,
        deploy=names.deploy,
    )


def _orders(verbs: DeployVerbs) -> dict[str, Callable[[Click], Awaitable[Reply]]]:
    """The buttons of a deploy's card."""
    return {
        Action.APPROVE: verbs.approvals.approve,
        Action.REJECT: verbs.approvals.reject,
        Action.ABORT: verbs.orders.abort,
        Action.PROMOTE: verbs.orders.promote,
        Action.PAUSE: verbs.orders.pause,
        Action.RESUME: verbs.orders.resume,
        Action.WAIT: verbs.orders.wait,
        Action.LEAVE: verbs.orders.leave,
        Action.SHOW_DIFF: verbs.orders.differences,
    }
