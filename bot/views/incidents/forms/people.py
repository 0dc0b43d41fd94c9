"""Forms about the people of an incident: roles, the handoff of the lead, pages."""

from bot.domain.incident_policy import IncidentPolicy, Role
from bot.domain.incidents.incident import Incident
from bot.views.incidents.forms.elements import Asking, View, about, choice, form, person
from bot.views.incidents.names import IncidentCallback, IncidentField, reference
from bot.views.incidents.wording import role_name
from bot.views.languages.phrases import Phrase
from bot.views.languages.terms import Term

C = IncidentCallback
F = IncidentField
_MAX_RUNGS = 100


def role_form(incident: Incident, channel: str, *, language: str, role: Role | None = None) -> View:
    """Which role, and who has it from now on; nobody named: whoever fills this in."""
    missing = next((each for each in Role if each not in incident.roles), Role.LEAD)
    blocks = [
        about(incident),
        choice(
            Asking(language=language, field=F.ROLE, label=Term.ROLE, optional=False),
            [(role_name(language, each), each.value) for each in Role],
            initial=(role or missing).value,
        ),
        person(Asking(language=language, field=F.PERSON, label=Term.PERSON)),
    ]
    private = reference(incident.ref, channel)
    return form(language, C.ROLE, Phrase.FORM_ROLE, blocks, private=private, submit=Term.SAVE)


def handoff_form(incident: Incident, channel: str, *, language: str) -> View:
    """Whom the lead is offered to."""
    asking = Asking(
        language=language,
        field=F.PERSON,
        label=Term.PERSON,
        hint=Phrase.HINT_HANDOFF,
        optional=False,
    )
    private = reference(incident.ref, channel)
    blocks = [about(incident), person(asking)]
    return form(language, C.HANDOFF, Phrase.FORM_HANDOFF, blocks, private=private)


def page_form(incident: Incident, policy: IncidentPolicy, channel: str, *, language: str) -> View:
    """A rung of the ladder, a person, or both."""
    rungs = [
        (f"{number + 1}. {rung.name}", str(number))
        for number, rung in enumerate(policy.ladder[:_MAX_RUNGS])
    ]
    blocks = [about(incident)]
    if rungs:
        asking = Asking(language=language, field=F.RUNG, label=Term.RUNG, hint=Phrase.HINT_RUNG)
        blocks.append(choice(asking, rungs))
    blocks.append(
        person(Asking(language=language, field=F.PERSON, label=Term.PERSON, optional=bool(rungs)))
    )
    private = reference(incident.ref, channel)
    return form(language, C.PAGE, Phrase.FORM_PAGE, blocks, private=private)
