"""The names under which Slack sends back what people press and fill in about incidents.

The value of a button is `reference`: the reference of the incident, and what else it needs, parted
by colons (`INC-2026-001`, `INC-2026-001:T3`). A choice of a menu has the same as its value. The
`private_metadata` of a form is such a value as well. Names that are rendered and have no handler,
or the other way round, fail a test.
"""

from enum import StrEnum


class IncidentAction(StrEnum):
    """`action_id` of a button or a menu. The comment says what follows the reference."""

    DECLARE = "incident.declare"  # `NEW` instead of a reference
    ACK = "incident.ack"
    UPDATE = "incident.update"
    NO_CHANGE = "incident.no_change"
    SNOOZE = "incident.snooze"  # a menu; minutes
    STATUS = "incident.status"
    SEVERITY = "incident.severity"
    EDIT = "incident.edit"
    TAKE_ROLE = "incident.take_role"  # the role
    ROLES = "incident.roles"
    HANDOFF = "incident.handoff"
    ACCEPT = "incident.accept"
    CONFIRM = "incident.confirm"  # it is an incident, out of triage
    PAGE = "incident.page"
    ESCALATE = "incident.escalate"
    ANSWER = "incident.answer"  # the id of the page
    ROLL_BACK = "incident.roll_back"  # the id of the suspect deploy, or nothing: choose one
    FREEZE = "incident.freeze"
    THAW = "incident.thaw"
    RESOLVE = "incident.resolve"
    REOPEN = "incident.reopen"
    DECLINE = "incident.decline"
    CANCEL = "incident.cancel"
    CLOSE = "incident.close"
    UNDO = "incident.undo"  # back to triage after it was declined, cancelled or merged
    JOIN = "incident.join"
    SUBSCRIBE = "incident.subscribe"
    UNSUBSCRIBE = "incident.unsubscribe"
    ASK_ACCESS = "incident.ask_access"
    LET_IN = "incident.let_in"  # the id of who asks
    MAKE_PRIVATE = "incident.make_private"
    PANEL = "incident.panel"
    SHOW = "incident.show"  # the number of a page of its timeline, from 1; nothing: the newest
    NOTE = "incident.note"
    TASK = "incident.task"
    FOLLOW_UP = "incident.follow_up"
    TASKS = "incident.tasks"  # the number of a page, from 1; nothing: the first
    TASK_TAKEN = "incident.task_taken"  # the id of the task
    TASK_DONE = "incident.task_done"  # the id of the task
    TICK = "incident.tick"  # the id of the list, the id of the line
    UNTICK = "incident.untick"  # a menu; the id of the list, the id of the line
    RUNBOOK = "incident.runbook"  # the name of the runbook
    REPAIR = "incident.repair"
    OPEN_CHANNEL = "incident.open_channel"
    POST_MORTEM = "incident.post_mortem"
    PUBLISH = "incident.publish"
    EXPORT = "incident.export"
    # Not about one incident.
    LIST_PAGE = "incidents.page"  # what the controller gave: where to go on
    HOME_PAGE = "incidents.home_page"  # the number of a page of the home tab, from 1
    MAINTENANCE_TICK = "maintenance.tick"  # the id of the run, the id of the line
    MAINTENANCE_UNTICK = "maintenance.untick"  # a menu; the same
    # Inputs. Only a menu that searches, and the service in the form for a declaration, ask at once.
    PICK_SERVICE = "incident.service"
    INPUT = "incident.input"


class IncidentCallback(StrEnum):
    """`callback_id` of a form. The comment says what follows the reference in its metadata; last is
    always the channel in which the answer is shown, which may be empty.
    """

    DECLARE = "incident.declare"  # no reference: the channel only
    UPDATE = "incident.update"  # the state that it began with
    STATUS = "incident.status"
    SEVERITY = "incident.severity"  # marks of what it began with
    EDIT = "incident.edit"  # the same
    RESOLVE = "incident.resolve"
    REOPEN = "incident.reopen"
    REASON = "incident.reason"  # the state to go to: declined, cancelled, closed
    ROLE = "incident.role"
    HANDOFF = "incident.handoff"
    PAGE = "incident.page"
    NOTE = "incident.note"
    TASK = "incident.task"  # the kind: task, follow-up
    ROLL_BACK = "incident.roll_back"
    PUBLISH = "incident.publish"


class IncidentShortcut(StrEnum):
    """`callback_id` of a shortcut, as the manifest declares it."""

    DECLARE = "incident.declare"  # anywhere
    DECLARE_FROM = "incident.declare_from"  # on a message, as are the following
    NOTE_FROM = "incident.note_from"
    TASK_FROM = "incident.task_from"


class IncidentField(StrEnum):
    """`block_id` of an input: also where its error is shown."""

    TITLE = "title"
    SEVERITY = "severity"
    SERVICE = "service"
    ENVIRONMENT = "environment"
    SUMMARY = "summary"
    IMPACT = "impact"
    PRIVATE = "private"
    STATE = "state"
    PROGRESS = "progress"
    ETA = "eta"
    NEXT_UPDATE = "next_update"
    REASON = "reason"
    ROOT_CAUSE = "root_cause"
    RESOLUTION = "resolution"
    ENDED = "ended"
    OVERRIDE = "override"
    ROLE = "role"
    PERSON = "person"
    RUNG = "rung"
    TEXT = "text"
    AT = "at"
    DEPLOY = "deploy"
    URL = "url"


# The value of a button that is about no incident yet.
NEW = "new"


def reference(ref: str, *more: str) -> str:
    """The value of a button, or the metadata of a form."""
    return ":".join((ref, *more))
