"""What is answered to whoever has just done something: what it was, and what follows from it."""

from datetime import datetime

from bot.domain.incident_policy import Role
from bot.domain.incidents.incident import Incident, Moment
from bot.views.blocks import Rendered
from bot.views.incidents.answers import done, where_it_goes_on
from bot.views.incidents.lines import left_line
from bot.views.incidents.wording import (
    length,
    moment,
    named,
    people,
    role_name,
    severity_name,
    short,
    state_name,
    where,
)
from bot.views.languages.deeds import Deed
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.mrkdwn import escape, user

# A person is given by id, under the name `who`.
Value = str | datetime | Role | Moment
_WHO = "who"
# After these nobody may be left who sees to what is still to be done.
_ENDS = frozenset({Deed.SETTLED, Deed.MOVED})
_TEXT = 200


def told(incident: Incident, deed: Deed, person: str, language: str, **values: Value) -> Rendered:
    """A deed of a person (an id), and how the incident stands after it.

    `values` fill what the deed leaves open, and are made harmless; the rest is known of the
    incident.
    """
    given = {name: _shown(name, value, language) for name, value in values.items()}
    said = say(language, deed, **_standing(incident, person, language) | given)
    left = _left(incident, language) if deed in _ENDS else ""
    return done(incident, f"{said}\n{left}" if left else said)


def acknowledged(incident: Incident, person: str, now: datetime, language: str) -> Rendered:
    """Whoever was faster is named, so that two do not both believe that they are on it."""
    stamp = incident.times.get(Moment.ACKED)
    if stamp is None or stamp.by == person:
        return told(incident, Deed.ACKED, person, language)
    before = length(language, now - stamp.recorded)
    return told(incident, Deed.ACKED_BEFORE, person, language, who=stamp.by, length=before)


def _standing(incident: Incident, person: str, language: str) -> dict[str, str]:
    """What a deed can say of its incident."""
    lasted, freeze = incident.lasted, incident.freeze
    called = incident.pages[-1].people if incident.pages else ()
    scope = " ".join(filter(None, (freeze.service, freeze.environment))) if freeze else ""
    about = (incident.title, where(incident), incident.impact)
    return {
        "ref": escape(incident.ref),
        "state": state_name(language, incident.state),
        "severity": severity_name(language, incident.severity),
        "lead": _lead(incident, person, language),
        "next": _next(incident, language),
        "room": where_it_goes_on(incident, language),
        "took": length(language, lasted) if lasted is not None else "–",
        "paged": people(language, called) or say(language, Phrase.NOBODY),
        "about": " · ".join(short(each, _TEXT) for each in about if each),
        "task": incident.tasks[-1].id if incident.tasks else "",
        "scope": short(scope, _TEXT) or say(language, Phrase.EVERYTHING),
        "at": moment(freeze.until) if freeze else "",
    }


def _lead(incident: Incident, person: str, language: str) -> str:
    if incident.lead is None:
        return say(language, Deed.NOBODY_LEADS)
    if incident.lead == person:
        return say(language, Deed.YOU_LEAD)
    return say(language, Deed.LEADS, who=user(incident.lead))


def _left(incident: Incident, language: str) -> str:
    return left_line(incident.model_copy(update={"language": language}))


def _next(incident: Incident, language: str) -> str:
    due = incident.clocks.update_by
    if due is None:
        return say(language, Deed.NONE_DUE)
    return say(language, Deed.NEXT_DUE, at=moment(due))


def _shown(name: str, value: Value, language: str) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Role):
        return role_name(language, value)
    if isinstance(value, Moment):
        return named(language, "moment", value.value)
    return people(language, value.split()) if name == _WHO else short(value, _TEXT)
