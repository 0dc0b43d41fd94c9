"""The alert in the channel for all incidents: the template of the operations guides, field for
field, kept up to date in place.
"""

from collections.abc import Sequence

from bot.domain.incident_policy import IncidentPolicy, Role
from bot.domain.incidents.incident import Incident, Moment
from bot.domain.incidents.states import VOID
from bot.views.blocks import Block, Rendered, actions, context, header, rendered, section
from bot.views.incidents.buttons import press
from bot.views.incidents.controls import acknowledge, triage
from bot.views.incidents.lines import DOT, ending_line, standing
from bot.views.incidents.names import IncidentAction, reference
from bot.views.incidents.wording import (
    assessed,
    badges,
    field,
    length,
    mark,
    moment,
    people,
    room_link,
    severity_name,
    short,
    state_name,
    where,
)
from bot.views.languages.hidings import Hiding
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import escape, user

A = IncidentAction
_IMPACT = 500
_ETA = 100


def incident_broadcast(
    incident: Incident, policy: IncidentPolicy, others: Sequence[Incident] = ()
) -> Rendered:
    """What everybody is told: how bad, what, since when, whom to ask, and where to go.

    Of an incident that was made private only that is left. `others` as for a card.
    """
    lang = incident.language
    if incident.private:
        return _redacted(incident)
    blocks: list[Block] = [
        header(f"{mark(incident)} {badges(incident)}{_name(incident)}"),
        {"type": "section", "fields": _template(incident, policy)},
        context(_small_print(incident, others)),
    ]
    buttons = _buttons(incident)
    if buttons:
        blocks.append(actions(f"alert:{incident.ref}", *buttons))
    said = f"{badges(incident)}{_name(incident)} ({state_name(lang, incident.state)})"
    return rendered(escape(f"{said}: {incident.severity.value} {incident.title}"), blocks)


def _name(incident: Incident) -> str:
    """Plain text: an alert while it lasts, its end afterwards."""
    if incident.active:
        return say(incident.language, Phrase.ALERT, ref=incident.ref)
    return f"{incident.ref} · {state_name(incident.language, incident.state)}"


def _template(incident: Incident, policy: IncidentPolicy) -> list[Block]:
    """Severity, service, issue, impact, ETA and on-call, in two columns read line by line."""
    lang = incident.language
    fields = [
        field(lang, Term.SEVERITY, severity_name(lang, incident.severity)),
        field(lang, Term.SERVICE, _affected(incident)),
        field(lang, Term.ISSUE, short(incident.title, 1200)),
        field(
            lang,
            Term.IMPACT,
            short(incident.impact, _IMPACT) or assessed(incident.state, lang),
        ),
        _end(incident, policy),
        field(lang, Term.ON_CALL, on_call(incident, policy)),
    ]
    return [{"type": "mrkdwn", "text": text} for text in fields]


def _affected(incident: Incident) -> str:
    """The service, and where; that an environment is known makes it no service."""
    place = where(incident)
    if incident.service:
        return place
    unknown = say(incident.language, Phrase.NOT_KNOWN_YET)
    return f"{unknown} ({place})" if place else unknown


def _end(incident: Incident, policy: IncidentPolicy) -> str:
    """When it will be over; afterwards, how long it was."""
    lasted = incident.lasted
    if incident.active or lasted is None:
        return field(incident.language, Term.ETA, eta(incident, policy))
    return field(incident.language, Term.DURATION, length(incident.language, lasted))


def eta(incident: Incident, policy: IncidentPolicy) -> str:
    """What somebody said, and when, for “15 minutes” is over some day; until then the target, which
    is called one.
    """
    last = incident.last_update
    if incident.state in VOID:
        return "–"
    if last is not None and last.eta:
        said = {"eta": short(last.eta, _ETA), "at": moment(last.at)}
        return say(incident.language, Phrase.ETA_SAID, **said)
    by = incident.clocks.resolve_by
    if by is None:
        by = incident.clocks.since + policy.rule(incident.severity).resolution
    return say(incident.language, Phrase.TARGET, at=moment(by))


def on_call(incident: Incident, policy: IncidentPolicy) -> str:
    """Who answers for it: the lead, whoever was paged by the ladder, or who stands at its foot."""
    lang = incident.language
    if incident.lead is not None:
        return user(incident.lead)
    paged = [page for page in incident.pages if not page.by_hand and page.people]
    if paged:
        return people(lang, paged[-1].people)
    declared = incident.at(Moment.DECLARED)
    for rung in policy.ladder:
        if incident.severity not in rung.severities:
            continue
        if rung.rotation is not None and declared is not None:
            return f"{user(rung.rotation.on_duty(declared))} ({short(rung.name, 60)})"
        return short(rung.name, 60)
    return say(lang, Phrase.NOBODY_YET)


def _small_print(incident: Incident, others: Sequence[Incident]) -> str:
    """Its state and since when, its room, and who declared it."""
    lang = incident.language
    parts = [standing(incident, bold=True)]
    room = room_link(incident)
    if room and not incident.over:
        parts.append(say(lang, Phrase.IN_ROOM, room=room))
    if incident.state in VOID and (ending := ending_line(incident, others)):
        parts.append(ending)
    parts.append(say(lang, Phrase.DECLARED_BY, who=user(incident.declared_by)))
    return DOT.join(parts)


def _buttons(incident: Incident) -> list[Block]:
    lang, ref = incident.language, incident.ref
    subscribe = press(lang, Term.SUBSCRIBE, A.SUBSCRIBE, ref)
    if not incident.active:
        return [] if incident.over else [subscribe]
    shown = []
    if room_link(incident):
        shown.append(press(lang, Term.JOIN, A.JOIN, ref))
    if incident.at(Moment.ACKED) is None:
        shown.append(acknowledge(incident))
    shown += triage(incident)
    if incident.lead is None:
        shown.append(press(lang, Term.TAKE_LEAD, A.TAKE_ROLE, reference(ref, Role.LEAD.value)))
    return [*shown, subscribe]


def _redacted(incident: Incident) -> Rendered:
    """What is left for everybody of one that was made private: that it is one."""
    lang = incident.language
    text = say(lang, Hiding.REDACTED, ref=incident.ref)
    ask = press(lang, Term.ASK_ACCESS, A.ASK_ACCESS, incident.ref)
    return rendered(text, [section(text, accessory=ask)])
