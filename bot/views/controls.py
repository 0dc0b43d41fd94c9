"""The buttons of a deploy's card. Whether somebody may press one is decided on the server."""

from bot.domain.deploy import Deploy
from bot.domain.events import Cause
from bot.domain.history import Kind
from bot.domain.plan import Plan
from bot.domain.states import State
from bot.views.blocks import Block, actions, button, confirm
from bot.views.names import Action
from bot.views.plan import SHOWN_DIFFERENCES, strategy
from bot.views.steps import plainly_before

S = State
_EARLY = frozenset({S.REQUESTED, S.CHECKING, S.AWAITING_APPROVAL, S.QUEUED, S.BACKING_UP})
_WRITING = frozenset({S.STAGING, S.TAGGING, S.SMOKE, S.ROUTING})
# Where people decide, the card shows all that will be different.
DETAILED = frozenset({S.CHECKING, S.AWAITING_APPROVAL})


def controls(deploy: Deploy) -> list[Block]:
    """One row of buttons, or none."""
    buttons = [*_decision(deploy), *_orders(deploy), *_more(deploy)]
    return [actions(f"orders:{deploy.id}", *buttons)] if buttons else []


def _decision(deploy: Deploy) -> list[Block]:
    plan = deploy.plan
    if deploy.state is not S.AWAITING_APPROVAL or plan is None:
        return []
    value = f"{deploy.id}:{plan.hash}"
    return [
        button(
            "Approve",
            action=Action.APPROVE,
            value=value,
            style="primary",
            confirm=_approving(deploy, plan),
        ),
        button("Reject …", action=Action.REJECT, value=value, style="danger"),
    ]


def _approving(deploy: Deploy, plan: Plan) -> Block:
    where, what = deploy.environment, f"{deploy.service} {plan.artifact.version[:60]}"
    return confirm(
        f"{'Deploy' if deploy.kind is Kind.DEPLOY else 'Change'} {deploy.service} in {where}?",
        f"{what} ({plan.artifact.short_digest}) goes to {where} once enough people have approved: "
        f"{strategy(plan)}.",
        yes="Approve",
        no="Not yet",
    )


def _orders(deploy: Deploy) -> list[Block]:
    """How it can be steered from here."""
    match deploy.state:
        case state if state in _EARLY:
            return [_cancel(deploy)]
        case state if state in _WRITING:
            if deploy.kind is not Kind.DEPLOY:
                return []  # a way back that is under way is not undone
            return [_back(deploy)] if deploy.moved else [_cancel(deploy)]
        case S.OBSERVING:
            pause = button("Pause", action=Action.PAUSE, value=deploy.id)
            return [pause, _promote(deploy), *_undo(deploy)]
        case S.HELD:
            return _held(deploy)
        case S.RETAINING:
            return [_switch_back(deploy)]
        case _:
            return []


def _held(deploy: Deploy) -> list[Block]:
    go_on = button("Go on", action=Action.RESUME, value=deploy.id, style="primary")
    cause = deploy.hold.cause if deploy.hold else Cause.PAUSED
    match cause:
        case Cause.CHANGED_OUTSIDE:
            return [
                button(
                    "Go on",
                    action=Action.RESUME,
                    value=deploy.id,
                    confirm=confirm(
                        "Overrule what was changed?",
                        "The traffic is set again as this deploy has it, whoever changed it.",
                        yes="Go on",
                        no="Not yet",
                    ),
                ),
                *_undo(deploy),
                button("Leave it", action=Action.LEAVE, value=deploy.id),
            ]
        case Cause.PAUSED:
            return [go_on, *_undo(deploy)]
        case _:
            wait = button("Wait 30 min", action=Action.WAIT, value=deploy.id)
            return [_promote(deploy), *_undo(deploy), wait]


def _undo(deploy: Deploy) -> list[Block]:
    return [_back(deploy)] if deploy.kind is Kind.DEPLOY else []


def _promote(deploy: Deploy) -> Block:
    phases = deploy.agreed.phases
    goal = (
        "Promote: done" if deploy.last_phase else f"Promote to {phases[deploy.phase + 1].percent} %"
    )
    return button(
        goal,
        action=Action.PROMOTE,
        value=deploy.id,
        confirm=confirm(
            "Promote without waiting?",
            f"{deploy.service} {deploy.version[:60]} in {deploy.environment} goes on although the "
            "evidence is not complete.",
            yes="Promote",
            no="Not yet",
        ),
    )


def _back(deploy: Deploy) -> Block:
    old = plainly_before(deploy.agreed)
    return button(
        "Roll back",
        action=Action.ABORT,
        value=deploy.id,
        style="danger",
        confirm=confirm(
            f"Roll {deploy.service} back?",
            f"All traffic of {deploy.service} in {deploy.environment} goes back to {old} at once.",
            yes="Roll back",
            no="Not yet",
            style="danger",
        ),
    )


def _cancel(deploy: Deploy) -> Block:
    return button(
        "Cancel",
        action=Action.ABORT,
        value=deploy.id,
        confirm=confirm(
            "Cancel this deploy?",
            f"{deploy.service} {deploy.version[:60]} will not go to {deploy.environment}. "
            "It gets no traffic.",
            yes="Cancel it",
            no="Keep it",
            style="danger",
        ),
    )


def _switch_back(deploy: Deploy) -> Block:
    old = plainly_before(deploy.agreed)
    return button(
        "Switch back",
        action=Action.SWITCH_BACK,
        value=deploy.id,
        style="danger",
        confirm=confirm(
            f"Switch {deploy.service} back?",
            f"All traffic of {deploy.service} in {deploy.environment} goes back to {old}. "
            "It has been idle, so its first answers are slow.",
            yes="Switch back",
            no="Not yet",
            style="danger",
        ),
    )


def _more(deploy: Deploy) -> list[Block]:
    plan = deploy.plan
    if plan is None or deploy.state not in DETAILED or len(plan.differences) <= SHOWN_DIFFERENCES:
        return []
    return [button("Show full diff", action=Action.SHOW_DIFF, value=deploy.id)]
