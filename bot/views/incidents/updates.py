"""The status update and the resolution: templates of the operations guides, field for field."""

from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.incident import Incident, Update
from bot.views.blocks import Block, Rendered, actions, rendered, section, sentence
from bot.views.incidents.buttons import press
from bot.views.incidents.controls import post_mortem, reopening
from bot.views.incidents.lines import published, unfinished
from bot.views.incidents.names import IncidentAction
from bot.views.incidents.wording import (
    assessed,
    badges,
    field,
    length,
    moment,
    prose,
    room_link,
    short,
    state_name,
)
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import escape

A = IncidentAction
_PROSE = 2500
_ETA = 300


def incident_update(incident: Incident, number: int) -> Rendered:
    """Incident, status, progress, ETA and next update, as it was said in this one."""
    lang = incident.language
    found = next((each for each in incident.updates if each.number == number), None)
    if found is None:
        return sentence(escape(incident.ref))
    blocks = [
        section(
            say(lang, Phrase.UPDATE_HEADING, badges=badges(incident)),
            fields=update_fields(incident, found)[:2],
        ),
        section(field(lang, Term.PROGRESS, prose(found.progress, _PROSE))),
        {"type": "section", "fields": _pair(*update_fields(incident, found)[2:])},
        actions(
            f"update:{incident.ref}:{number}",
            press(lang, Term.SUBSCRIBE, A.SUBSCRIBE, incident.ref),
        ),
    ]
    text = f"{incident.ref} · {state_name(lang, found.state)}: {found.progress}"
    return rendered(escape(" ".join(text.split())[:3000]), blocks)


def update_fields(incident: Incident, update: Update) -> list[str]:
    """The short fields in their order: incident, status, then ETA and next update."""
    lang = incident.language
    promised = update.next_update
    return [
        field(lang, Term.INCIDENT, _incident(incident)),
        field(lang, Term.STATUS, state_name(lang, update.state)),
        field(lang, Term.ETA, short(update.eta, _ETA) or assessed(update.state, lang)),
        field(
            lang,
            Term.NEXT_UPDATE,
            moment(promised) if promised else say(lang, Phrase.NO_NEXT_UPDATE),
        ),
    ]


def incident_resolved(incident: Incident, policy: IncidentPolicy) -> Rendered:
    """Incident, duration, root cause, resolution, what is still to be done, and post-mortem."""
    lang = incident.language
    lasted = incident.lasted
    took = length(lang, lasted) if lasted is not None else say(lang, Phrase.NOT_KNOWN_YET)
    cause = prose(incident.root_cause, _PROSE) or say(lang, Phrase.NOT_KNOWN_YET)
    how = prose(incident.resolution, _PROSE) or say(lang, Phrase.NOT_KNOWN_YET)
    blocks = [
        section(
            say(lang, Phrase.RESOLVED_HEADING, badges=badges(incident)),
            fields=[
                field(lang, Term.INCIDENT, _incident(incident)),
                field(lang, Term.DURATION, took),
            ],
        ),
        section(field(lang, Term.ROOT_CAUSE, cause)),
        section(field(lang, Term.RESOLUTION, how)),
        *([section(left)] if (left := unfinished(incident, lang)) else []),
        section(field(lang, Term.POST_MORTEM, post_mortem_state(incident, policy))),
        actions(f"resolved:{incident.ref}", *_after(incident)),
    ]
    said = say(lang, Phrase.RESOLVED_TEXT, ref=incident.ref, took=took)
    return rendered(f"{said} {escape(incident.title)}", blocks)


def post_mortem_state(incident: Incident, policy: IncidentPolicy) -> str:
    """How far the looking back is, or by when it is due."""
    lang, how = incident.language, incident.postmortem
    if how.published is not None:
        return published(incident)
    if how.drafted is not None:
        return say(lang, Phrase.PM_DRAFTED)
    due = incident.clocks.postmortem_by
    if due is not None:
        return say(lang, Phrase.PM_DUE, at=moment(due))
    if policy.rule(incident.severity).postmortem and not incident.drill:
        return say(lang, Phrase.PM_NEEDED)
    return say(lang, Phrase.PM_NOT_NEEDED)


def _after(incident: Incident) -> list[Block]:
    lang, ref = incident.language, incident.ref
    shown = reopening(incident)
    if not incident.over:
        shown += [
            *post_mortem(incident)[:1],
            press(lang, Term.ADD_FOLLOW_UP, A.FOLLOW_UP, ref),
        ]
    return shown


def _incident(incident: Incident) -> str:
    """Which one: its reference, its title, and its room."""
    name = f"{escape(incident.ref)} · {short(incident.title, 1200)}"
    room = room_link(incident)
    return f"{name} {room}" if room else name


def _pair(*texts: str) -> list[Block]:
    return [{"type": "mrkdwn", "text": text} for text in texts]
