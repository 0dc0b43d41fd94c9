"""Forms for what is written down: notes, tasks, the post-mortem; and for the way back."""

from bot.domain.incidents.declaring import MAX_NOTE, MAX_TASK
from bot.domain.incidents.incident import Incident, TaskKind
from bot.domain.incidents.linked import Suspect
from bot.views.blocks import context, section
from bot.views.incidents.forms.elements import (
    MAX_REASON,
    Asking,
    View,
    about,
    choice,
    form,
    person,
    point_in_time,
    text,
)
from bot.views.incidents.lines import suspect
from bot.views.incidents.names import IncidentCallback, IncidentField, reference
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term

C = IncidentCallback
F = IncidentField
MAX_URL = 2000
_SHOWN = 100


def note_form(incident: Incident, channel: str, *, language: str) -> View:
    """A line for the timeline, and when it was."""
    blocks = [
        about(incident),
        text(
            Asking(language=language, field=F.TEXT, label=Term.TEXT, optional=False),
            longest=MAX_NOTE,
            shortest=1,
            lines=True,
        ),
        point_in_time(Asking(language=language, field=F.AT, label=Term.AT, hint=Phrase.HINT_AT)),
    ]
    private = reference(incident.ref, channel)
    return form(language, C.NOTE, Phrase.FORM_NOTE, blocks, private=private, submit=Term.SAVE)


def task_form(incident: Incident, kind: TaskKind, channel: str, *, language: str) -> View:
    """Something to do now or afterwards, and who does it."""
    title = Phrase.FORM_TASK if kind is TaskKind.TASK else Phrase.FORM_FOLLOW_UP
    blocks = [
        about(incident),
        text(
            Asking(language=language, field=F.TEXT, label=Term.TEXT, optional=False),
            longest=MAX_TASK,
            shortest=1,
        ),
        person(Asking(language=language, field=F.PERSON, label=Term.OWNER)),
    ]
    private = reference(incident.ref, kind.value, channel)
    return form(language, C.TASK, title, blocks, private=private, submit=Term.SAVE)


def publish_form(incident: Incident, channel: str, *, language: str) -> View:
    """The team has agreed on the post-mortem; where it can be read."""
    asking = Asking(language=language, field=F.URL, label=Term.URL, hint=Phrase.HINT_URL)
    blocks = [
        about(incident),
        text(asking, longest=MAX_URL, initial=incident.postmortem.url or ""),
    ]
    private = reference(incident.ref, channel)
    return form(language, C.PUBLISH, Phrase.FORM_PUBLISH, blocks, private=private)


def roll_back_form(incident: Incident, channel: str, *, language: str, approvals: int) -> View:
    """Which of the suspects goes back, by how many `approvals`.

    Raises nothing without suspects: the form then says that there is none, and sends nothing.
    """
    own = incident.model_copy(update={"language": language})
    found = [each for each in own.suspects if each.previous and not each.undone][:_SHOWN]
    private = reference(own.ref, channel)
    if not found:
        nothing = section(say(language, Phrase.NO_SUSPECTS, ref=own.ref))
        view = form(language, C.ROLL_BACK, Phrase.FORM_ROLL_BACK, [nothing], private=private)
        return {name: part for name, part in view.items() if name != "submit"}
    asking = Asking(language=language, field=F.DEPLOY, label=Term.DEPLOY, optional=False)
    blocks = [
        about(own),
        section(suspect(own, found[0])),
        choice(
            asking, [(_goes_back(each), each.deploy) for each in found], initial=found[0].deploy
        ),
        text(
            Asking(language=language, field=F.REASON, label=Term.REASON, hint=Phrase.HINT_REASON),
            longest=MAX_REASON,
        ),
        context(say(language, Phrase.HINT_ROLL_BACK, count=approvals)),
    ]
    return form(language, C.ROLL_BACK, Phrase.FORM_ROLL_BACK, blocks, private=private)


def _goes_back(found: Suspect) -> str:
    """What serves now, and what would instead; plain text."""
    return f"{found.service} {found.version[:24]} → {(found.previous or '')[:24]}"
