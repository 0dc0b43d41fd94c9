"""The buttons of an incident's card: those that apply in its state, and no others.

Whether somebody may press one is decided on the server. What is not easily taken back opens a form
or asks first.
"""

from bot.domain.incident_policy import IncidentPolicy, Role
from bot.domain.incidents.incident import Incident, IncidentKind, Moment
from bot.domain.incidents.linked import LinkedDeploy, Part, Suspect
from bot.domain.incidents.states import OPEN, VOID, State
from bot.views.blocks import MAX_BUTTON, Block, actions, plain
from bot.views.incidents.buttons import press, question
from bot.views.incidents.names import IncidentAction, reference
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term

A = IncidentAction
S = State


def controls(incident: Incident, policy: IncidentPolicy) -> Block:
    """One row of buttons; the last one leads to everything else."""
    lang, ref = incident.language, incident.ref
    if incident.active:
        shown = _working(incident)
    elif incident.state in VOID:
        asks = question(lang, Phrase.ASK_UNDO, Term.UNDO, ref=ref)
        shown = [press(lang, Term.UNDO, A.UNDO, ref, asks=asks)]
    else:
        shown = _afterwards(incident, policy)
    shown.append(press(lang, Term.MORE, A.PANEL, ref))
    return actions(f"incident:{ref}", *shown)


def _working(incident: Incident) -> list[Block]:
    """While customers may be hurt."""
    lang, ref = incident.language, incident.ref
    acked = incident.at(Moment.ACKED) is not None or incident.afterwards
    calm, doubted = incident.state is S.MONITORING, incident.state is S.TRIAGE
    shown = [] if acked else [acknowledge(incident)]
    shown += triage(incident, style="primary" if acked else None)
    style = "primary" if acked and not calm and not doubted else None
    shown.append(press(lang, Term.GIVE_UPDATE, A.UPDATE, ref, style=style))
    shown.append(press(lang, Term.SET_STATUS, A.STATUS, ref))
    shown += missing_role(incident)
    if doubted:
        return [*shown, *fitting(incident), press(lang, Term.DECLINE, A.DECLINE, ref)]
    if incident.kind is IncidentKind.REAL:
        shown += [press(lang, Term.PAGE, A.PAGE, ref), *way_back(incident), *freezing(incident)]
    shown += fitting(incident)
    shown.append(press(lang, Term.RESOLVE, A.RESOLVE, ref, style="primary" if calm else None))
    return shown


def fitting(incident: Incident) -> list[Block]:
    """Bring in the runbook that fits best; it is named where several fit."""
    lang, unused = incident.language, incident.unused_runbooks
    if not unused:
        return []
    value = reference(incident.ref, unused[0].slug)
    block = press(lang, Term.USE_RUNBOOK, A.RUNBOOK, value)
    if len(unused) > 1:
        label = say(lang, Phrase.USE_THIS_RUNBOOK, title=unused[0].title)
        block["text"] = plain(label, MAX_BUTTON)
    return [block]


def acknowledge(incident: Incident) -> Block:
    """Say that one is on it."""
    return press(incident.language, Term.ACKNOWLEDGE, A.ACK, incident.ref, style="primary")


def triage(incident: Incident, *, style: str | None = None) -> list[Block]:
    """Say that it is no false alarm; nothing once somebody has."""
    if incident.state is not S.TRIAGE:
        return []
    return [press(incident.language, Term.CONFIRM, A.CONFIRM, incident.ref, style=style)]


def missing_role(incident: Incident) -> list[Block]:
    """The role that is missed most, for whoever reads this to take."""
    for role, term in ((Role.LEAD, Term.TAKE_LEAD), (Role.COMMS, Term.TAKE_COMMS)):
        if role not in incident.roles:
            value = reference(incident.ref, role.value)
            return [press(incident.language, term, A.TAKE_ROLE, value)]
    return []


def way_back(incident: Incident) -> list[Block]:
    """Roll the nearest suspect back; a window shows to what exactly, and asks.

    Not while a way back of the same service is under way.
    """
    found = suspect_to_undo(incident)
    if found is None or any(_goes_back(each, found) for each in incident.deploys):
        return []
    label = say(incident.language, Phrase.ROLL_BACK_THIS, version=found.version[:40])
    block = press(
        incident.language,
        Term.ROLL_BACK,
        A.ROLL_BACK,
        reference(incident.ref, found.deploy),
        style="danger",
    )
    block["text"]["text"] = label
    return [block]


def _goes_back(deploy: LinkedDeploy, found: Suspect) -> bool:
    same = (deploy.service, deploy.environment) == (found.service, found.environment)
    return same and deploy.running and deploy.part is Part.ROLLBACK


def suspect_to_undo(incident: Incident) -> Suspect | None:
    """The nearest suspect that serves still, and has something before it."""
    return next((each for each in incident.suspects if each.previous and not each.undone), None)


def freezing(incident: Incident) -> list[Block]:
    """Stop deploys of what is affected, or let them go again."""
    lang, ref = incident.language, incident.ref
    freeze = incident.freeze
    if freeze is not None and not freeze.lifted:
        asks = question(lang, Phrase.ASK_THAW, Term.THAW_DEPLOYS)
        return [press(lang, Term.THAW_DEPLOYS, A.THAW, ref, asks=asks)]
    if incident.state not in OPEN or not (incident.service or incident.environment):
        return []
    scope = " ".join(filter(None, (incident.service, incident.environment)))
    asks = question(lang, Phrase.ASK_FREEZE, Term.FREEZE_DEPLOYS, scope=scope[:120])
    return [press(lang, Term.FREEZE_DEPLOYS, A.FREEZE, ref, asks=asks)]


def _afterwards(incident: Incident, policy: IncidentPolicy) -> list[Block]:
    """When customers are fine again."""
    lang, ref = incident.language, incident.ref
    shown = [] if incident.state is S.CLOSED else post_mortem(incident)
    if incident.state in OPEN:
        ready = (
            incident.postmortem.published is not None
            or not policy.rule(incident.severity).postmortem
        )
        style = "primary" if ready else None
        shown.append(press(lang, Term.CLOSE, A.CLOSE, ref, style=style))
        shown.append(press(lang, Term.ADD_FOLLOW_UP, A.FOLLOW_UP, ref))
        if incident.freeze is not None and not incident.drill and not incident.freeze.lifted:
            shown += freezing(incident)
    return [*shown, *reopening(incident)]


def reopening(incident: Incident) -> list[Block]:
    """Take it up again; what was written down afterwards goes on as a new one."""
    if incident.afterwards:
        return []
    return [press(incident.language, Term.REOPEN, A.REOPEN, incident.ref)]


def post_mortem(incident: Incident) -> list[Block]:
    """The next step of looking back; nothing once it is published."""
    lang, ref, how = incident.language, incident.ref, incident.postmortem
    if how.published is not None:
        return []
    if how.drafted is None:
        return [press(lang, Term.START_POST_MORTEM, A.POST_MORTEM, ref, style="primary")]
    return [
        press(lang, Term.PUBLISH, A.PUBLISH, ref, style="primary"),
        press(lang, Term.DRAFT_AGAIN, A.POST_MORTEM, ref),
    ]
