"""Forms about the course of an incident: an update, its state, its severity, its end."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.catalog import Catalog
from bot.domain.incident_policy import IncidentPolicy
from bot.domain.incidents.declaring import MAX_TEXT, MAX_TITLE, MIN_TITLE
from bot.domain.incidents.gates import MIN_REASON, Lack
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.states import ACTIVE, TABLE, State
from bot.views.blocks import Block, section
from bot.views.incidents.answers import lack_name
from bot.views.incidents.forms.declare import severities
from bot.views.incidents.forms.elements import (
    MAX_REASON,
    View,
    about,
    asks,
    choice,
    form,
    point_in_time,
    text,
)
from bot.views.incidents.forms.untouched import marks
from bot.views.incidents.lines import unfinished
from bot.views.incidents.names import IncidentAction, IncidentCallback, IncidentField, reference
from bot.views.incidents.wording import length, state_name
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term

C = IncidentCallback
F = IncidentField
MAX_ETA = 200
_MINUTE = timedelta(minutes=1)
# How long until the next update, to choose from, in minutes.
INTERVALS = (15, 30, 60, 120, 240, 480, 1440)
# States that a form of their own leads to, because they ask for more than a reason.
_APART = frozenset({State.RESOLVED, State.MERGED})


def update_form(
    incident: Incident, policy: IncidentPolicy, channel: str, *, language: str, progress: str = ""
) -> View:
    """Status, progress, ETA and next update, filled in with what was said last; `progress` is what
    was typed already. It carries the state that it shows: only another one is a wish.
    """
    last = incident.last_update
    every = policy.rule(incident.severity).update_every // _MINUTE
    minutes = sorted({*INTERVALS, every})
    blocks = [
        about(incident),
        choice(
            asks(language, F.STATE, Term.STATUS),
            _states(incident, language, own=True),
            initial=incident.state.value,
        ),
        text(
            asks(language, F.PROGRESS, Term.PROGRESS, Phrase.HINT_PROGRESS, needed=True),
            longest=MAX_TEXT,
            initial=progress or (last.progress if last else ""),
            lines=True,
        ),
        text(
            asks(language, F.ETA, Term.ETA, Phrase.HINT_ETA),
            longest=MAX_ETA,
            initial=last.eta if last else "",
        ),
        choice(
            asks(language, F.NEXT_UPDATE, Term.NEXT_UPDATE, needed=True),
            [(length(language, count * _MINUTE), str(count)) for count in minutes],
            initial=str(every),
        ),
    ]
    private = reference(incident.ref, incident.state.value, channel)
    return form(language, C.UPDATE, Phrase.FORM_UPDATE, blocks, private=private)


def status_form(
    incident: Incident, channel: str, *, language: str, to: State | None = None
) -> View:
    """The states that may follow, and why."""
    blocks = [
        about(incident),
        choice(
            asks(language, F.STATE, Term.STATUS, needed=True),
            _states(incident, language),
            initial=to.value if to else None,
        ),
        _why(language),
    ]
    private = reference(incident.ref, channel)
    return form(language, C.STATUS, Phrase.FORM_STATUS, blocks, private=private, submit=Term.SAVE)


def severity_form(incident: Incident, channel: str, *, language: str) -> View:
    """How bad it is, and why it is not as bad as was thought. Only another severity is a wish."""
    blocks = [
        about(incident),
        choice(
            asks(language, F.SEVERITY, Term.SEVERITY, needed=True),
            severities(language),
            initial=incident.severity.value,
        ),
        text(
            asks(language, F.REASON, Term.REASON, Phrase.HINT_DOWNGRADE),
            longest=MAX_REASON,
            lines=True,
        ),
    ]
    private = reference(incident.ref, marks(blocks), channel)
    return form(
        language, C.SEVERITY, Phrase.FORM_SEVERITY, blocks, private=private, submit=Term.SAVE
    )


def edit_form(incident: Incident, catalog: Catalog, channel: str, *, language: str) -> View:
    """What it is about, to be corrected. It carries marks of what it shows: only what is changed in
    it is a wish.
    """
    blocks = [
        text(
            asks(language, F.TITLE, Term.TITLE, Phrase.HINT_TITLE, needed=True),
            longest=MAX_TITLE,
            shortest=MIN_TITLE,
            initial=incident.title,
        ),
        choice(
            asks(language, F.SERVICE, Term.SERVICE),
            [(name, name) for name in catalog.services],
            initial=incident.service,
            action=IncidentAction.PICK_SERVICE,
        ),
        choice(
            asks(language, F.ENVIRONMENT, Term.ENVIRONMENT),
            [(name, name) for name in catalog.environments],
            initial=incident.environment,
        ),
        text(
            asks(language, F.SUMMARY, Term.SUMMARY, Phrase.HINT_SUMMARY),
            longest=MAX_TEXT,
            initial=incident.summary,
            lines=True,
        ),
        text(
            asks(language, F.IMPACT, Term.IMPACT, Phrase.HINT_IMPACT),
            longest=MAX_TEXT,
            initial=incident.impact,
        ),
    ]
    private = reference(incident.ref, marks(blocks), channel)
    return form(language, C.EDIT, Phrase.FORM_EDIT, blocks, private=private, submit=Term.SAVE)


def resolve_form(
    incident: Incident, channel: str, *, language: str, lacks: Sequence[Lack] = ()
) -> View:
    """Root cause, resolution and when the impact ended; with what is missing, and how to add it,
    and the tasks that are still open.

    It takes a reason to go on all the same, and needs it where a deploy still runs. It asks for the
    impact, where nobody has said so yet.
    """
    blocks = [about(incident)]
    beyond = [each for each in lacks if each not in {Lack.ROOT_CAUSE, Lack.RESOLUTION}]
    if beyond:
        names = "\n".join(f"• {lack_name(language, each)}" for each in beyond)
        blocks.append(section(f"⚠️ {say(language, Phrase.MISSING)}\n{names}"))
    blocks += _unfinished(incident, language)
    blocks += [
        text(
            asks(language, F.ROOT_CAUSE, Term.ROOT_CAUSE, Phrase.HINT_ROOT_CAUSE, needed=True),
            longest=MAX_TEXT,
            initial=incident.root_cause,
            lines=True,
        ),
        text(
            asks(language, F.RESOLUTION, Term.RESOLUTION, Phrase.HINT_RESOLUTION, needed=True),
            longest=MAX_TEXT,
            initial=incident.resolution,
            lines=True,
        ),
        *_impact(incident, language),
        point_in_time(asks(language, F.ENDED, Term.ENDED, Phrase.HINT_ENDED)),
    ]
    running = Lack.DEPLOY_RUNNING in lacks
    hint = Phrase.HINT_OVERRIDE if running else Phrase.HINT_ALL_THE_SAME
    blocks.append(
        text(asks(language, F.OVERRIDE, Term.OVERRIDE, hint, needed=running), longest=MAX_REASON)
    )
    private = reference(incident.ref, channel)
    return form(language, C.RESOLVE, Phrase.FORM_RESOLVE, blocks, private=private)


def _unfinished(incident: Incident, language: str) -> list[Block]:
    """What is still to be done, which hinders nobody."""
    left = unfinished(incident, language)
    return [section(left)] if left else []


def _impact(incident: Incident, language: str) -> list[Block]:
    """What customers have noticed, while nobody has said it."""
    if incident.impact:
        return []
    return [text(asks(language, F.IMPACT, Term.IMPACT, Phrase.HINT_IMPACT), longest=MAX_TEXT)]


def reopen_form(incident: Incident, channel: str, *, language: str) -> View:
    """Why it is taken up again."""
    blocks = [about(incident), _why(language, shortest=MIN_REASON)]
    private = reference(incident.ref, channel)
    return form(language, C.REOPEN, Phrase.FORM_REOPEN, blocks, private=private)


_ENDS = {State.DECLINED: Term.DECLINE, State.CANCELLED: Term.CANCEL, State.CLOSED: Term.CLOSE}


def reason_form(incident: Incident, to: State, channel: str, *, language: str) -> View:
    """Why it is no incident, called off, or closed; only the last needs no reason."""
    closing = to is State.CLOSED
    left = _unfinished(incident, language) if closing else []
    blocks = [about(incident), *left, _why(language, shortest=0 if closing else 1)]
    private = reference(incident.ref, to.value, channel)
    ending = _ENDS.get(to, Term.SET_STATUS)
    return form(language, C.REASON, ending, blocks, private=private, submit=ending)


def _why(language: str, *, shortest: int = 0) -> Block:
    asking = asks(language, F.REASON, Term.REASON, Phrase.HINT_REASON, needed=shortest > 0)
    return text(asking, longest=MAX_REASON, shortest=shortest, lines=True)


def _states(incident: Incident, language: str, *, own: bool = False) -> list[tuple[str, str]]:
    """The states that may follow, in the order of the table; with `own`, also the present one.

    An update goes with the work, and so leads to no end.
    """
    following = TABLE[incident.state] - _APART
    if own:
        following = (following & ACTIVE) | {incident.state}
    return [(state_name(language, each), each.value) for each in State if each in following]
