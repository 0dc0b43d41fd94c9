"""The names under which Slack sends back what people press and fill in.

A rendered name without a handler, or a handler without a rendered name, fails a test.
"""

from enum import StrEnum


class Action(StrEnum):
    """`action_id` of a button or a menu.

    The value of a button is an opaque reference: `deploy:plan hash` of APPROVE and REJECT,
    `deploy:edition:item` of TICK, what `commands.rollback` wrote of ROLL_BACK, and the id of the
    deploy of all others.
    """

    APPROVE = "deploy.approve"
    REJECT = "deploy.reject"
    ABORT = "deploy.abort"
    PROMOTE = "deploy.promote"
    PAUSE = "deploy.pause"
    RESUME = "deploy.resume"
    WAIT = "deploy.wait"
    LEAVE = "deploy.leave"
    SWITCH_BACK = "deploy.switch_back"
    SHOW_DIFF = "deploy.differences"
    TICK = "deploy.tick"
    REVIEWED = "deploy.reviewed"
    ROLL_BACK = "rollback.take"
    PICK_SERVICE = "deploy.service"
    PICK_ENVIRONMENT = "deploy.environment"
    TYPE_VERSION = "deploy.version"
    TYPE_REASON = "deploy.reason"


class Callback(StrEnum):
    """`callback_id` of a modal."""

    ASK_DEPLOY = "deploy.ask"
    REJECT = "deploy.reject"


class Field(StrEnum):
    """`block_id` of an input: also where its error is shown."""

    SERVICE = "service"
    VERSION = "version"
    ENVIRONMENT = "environment"
    REASON = "reason"
