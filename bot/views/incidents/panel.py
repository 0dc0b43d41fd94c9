"""The control panel: what can be done about an incident, for whoever asked for it.

There are buttons, and the names of what has to be typed because it takes something else.
"""

from bot.domain.incident_policy import IncidentPolicy, Role
from bot.domain.incidents.incident import Incident, IncidentKind, Moment
from bot.domain.incidents.states import VOID, State
from bot.views.blocks import Block, Rendered, actions, context, rendered, section, titled
from bot.views.incidents.buttons import press, question
from bot.views.incidents.card import heading
from bot.views.incidents.controls import (
    acknowledge,
    controls,
    fitting,
    freezing,
    post_mortem,
    reopening,
    triage,
    way_back,
)
from bot.views.incidents.lines import people_line, sla_line, status_line, update_line
from bot.views.incidents.names import IncidentAction, reference
from bot.views.languages.hidings import Hiding
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import code, escape

A = IncidentAction
# Verbs without a button: they take another incident, an address, a time, people, or a name.
_TYPED = ("call", "sub", "merge", "relate", "link", "date", "checklist", "runbook")
_TYPED_AFTER = ("relate", "link", "date", "checklist")
_TITLE = 400


def control_panel(
    incident: Incident, person: str, policy: IncidentPolicy, language: str
) -> Rendered:
    """How it stands, a row of buttons for each kind of thing, and what is typed, for one person (an
    id).
    """
    own = incident.model_copy(update={"language": language})
    lines = (status_line(own), people_line(own), sla_line(own, policy), update_line(own))
    blocks: list[Block] = [
        titled(heading(own), _TITLE),
        section("\n".join(line for line in lines if line)),
    ]
    rows = (
        (Phrase.PANEL_STEER, _steer(own)),
        (Phrase.PANEL_PEOPLE, _people(own, person)),
        (Phrase.PANEL_RECORD, _record(own)),
        (Phrase.PANEL_DEPLOYS, [*way_back(own), *freezing(own)] if _touches_deploys(own) else []),
        (Phrase.PANEL_AFTER, _after(own)),
    )
    if own.state in VOID:
        return rendered(escape(heading(own)), [*blocks, controls(own, policy)])
    for phrase, buttons in rows:
        if buttons:
            blocks.append(section(f"*{say(language, phrase)}*"))
            blocks.append(actions(f"panel:{phrase.value}:{own.ref}", *buttons))
    blocks.append(context(say(language, Phrase.PANEL_TYPED, commands=_typed(own))))
    return rendered(escape(heading(own)), blocks)


def _typed(incident: Incident) -> str:
    """What is typed about it as it stands; its reference goes first wherever that is typed."""
    verbs = _TYPED if incident.active else _TYPED_AFTER
    return " ".join(code(f"/incident {verb} {incident.ref} …") for verb in verbs)


def _touches_deploys(incident: Incident) -> bool:
    return incident.active and incident.kind is IncidentKind.REAL


def _steer(incident: Incident) -> list[Block]:
    lang, ref = incident.language, incident.ref
    if not incident.active:
        return []
    acked = Moment.ACKED in incident.times or incident.afterwards
    shown = [] if acked else [acknowledge(incident)]
    doubted = [*triage(incident), press(lang, Term.DECLINE, A.DECLINE, ref)]
    ends = [press(lang, Term.RESOLVE, A.RESOLVE, ref)]
    return [
        *shown,
        press(lang, Term.GIVE_UPDATE, A.UPDATE, ref),
        press(lang, Term.SET_STATUS, A.STATUS, ref),
        press(lang, Term.SET_SEVERITY, A.SEVERITY, ref),
        press(lang, Term.EDIT, A.EDIT, ref),
        *(doubted if incident.state is State.TRIAGE else ends),
        press(lang, Term.CANCEL, A.CANCEL, ref),
    ]


def _people(incident: Incident, person: str) -> list[Block]:
    lang, ref = incident.language, incident.ref
    shown = []
    if incident.active:
        if incident.handoff is not None and incident.handoff.to == person:
            shown.append(press(lang, Term.ACCEPT, A.ACCEPT, ref, style="primary"))
        if incident.lead is None:
            value = reference(ref, Role.LEAD.value)
            shown.append(press(lang, Term.TAKE_LEAD, A.TAKE_ROLE, value))
        shown.append(press(lang, Term.GIVE_ROLE, A.ROLES, ref))
        shown.append(press(lang, Term.HAND_OFF, A.HANDOFF, ref))
        if incident.kind is IncidentKind.REAL:
            shown.append(press(lang, Term.PAGE, A.PAGE, ref))
            asks = question(lang, Phrase.ASK_ESCALATE, Term.ESCALATE)
            shown.append(press(lang, Term.ESCALATE, A.ESCALATE, ref, asks=asks))
    if person in incident.subscribers:
        shown.append(press(lang, Term.UNSUBSCRIBE, A.UNSUBSCRIBE, ref))
    elif not incident.over:
        shown.append(press(lang, Term.SUBSCRIBE, A.SUBSCRIBE, ref))
    if not incident.private:
        asks = question(lang, Hiding.ASK, Term.MAKE_PRIVATE, ref=ref)
        shown.append(press(lang, Term.MAKE_PRIVATE, A.MAKE_PRIVATE, ref, asks=asks))
    return shown


def _record(incident: Incident) -> list[Block]:
    lang, ref = incident.language, incident.ref
    return [
        press(lang, Term.SHOW, A.SHOW, ref),
        press(lang, Term.SHOW_TASKS, A.TASKS, ref),
        press(lang, Term.ADD_NOTE, A.NOTE, ref),
        press(lang, Term.ADD_TASK, A.TASK, ref),
        press(lang, Term.ADD_FOLLOW_UP, A.FOLLOW_UP, ref),
        press(lang, Term.EXPORT, A.EXPORT, ref),
        *(fitting(incident) if incident.active else []),
    ]


def _after(incident: Incident) -> list[Block]:
    lang, ref = incident.language, incident.ref
    if incident.active:
        return []
    shown = [*post_mortem(incident)]
    if not incident.over:
        shown.append(press(lang, Term.CLOSE, A.CLOSE, ref))
    return [*shown, *reopening(incident)]
