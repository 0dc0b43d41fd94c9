"""What is answered about the course of an incident, whether somebody pressed or typed."""

from bot.domain.actor import Identity
from bot.domain.incidents.gates import lacking
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.states import TABLE, State
from bot.views.blocks import Rendered
from bot.views.incidents import answers
from bot.views.incidents.names import IncidentAction
from bot.views.incidents.told import acknowledged
from commands.incidents.desk import Desk
from commands.replies import Say

# The states that take a reason, and the form that asks for it.
NEED_REASON = {
    State.DECLINED: IncidentAction.DECLINE,
    State.CANCELLED: IncidentAction.CANCEL,
}


def first(desk: Desk, identity: Identity, incident: Incident) -> Rendered:
    """Who was the first to acknowledge it."""
    return acknowledged(incident, identity.user, desk.clock.now(), desk.language(identity))


def missing(desk: Desk, identity: Identity, incident: Incident, to: State) -> Say | None:
    """What is missing before it may have a state, each with its button; None: nothing is."""
    if to not in TABLE[incident.state]:
        return None
    found = lacking(incident, to, desk.policy)
    if not found:
        return None
    return Say(rendered=answers.lacking(incident, to, found, desk.language(identity)))
