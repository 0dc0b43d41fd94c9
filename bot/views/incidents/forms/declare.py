"""The form for a declaration: one screen, of which only the title is needed."""

from collections.abc import Iterable, Sequence

from bot.domain.base import Model
from bot.domain.catalog import Catalog
from bot.domain.incident_policy import Severity
from bot.domain.incidents.declaring import MAX_TEXT, MAX_TITLE, MIN_TITLE
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.linked import Suspect
from bot.views.blocks import Block, context, section
from bot.views.incidents.buttons import press
from bot.views.incidents.forms.elements import (
    View,
    asks,
    choice,
    form,
    text,
    tick_box,
)
from bot.views.incidents.lists import listed
from bot.views.incidents.names import (
    IncidentAction,
    IncidentCallback,
    IncidentField,
    reference,
)
from bot.views.incidents.wording import SEVERITY_MARKS, moment, severity_name, short
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term
from bot.views.mrkdwn import code, user

F = IncidentField
PRIVATE = "private"  # the value of the box that was ticked
_SHOWN_SAME = 3
_SHOWN_RECENT = 3


class DeclareFields(Model):
    """What is filled in beforehand."""

    title: str = ""
    severity: Severity = Severity.P3
    service: str | None = None
    environment: str | None = None
    summary: str = ""
    impact: str = ""
    private: bool = False


class Hints(Model):
    """What somebody should know before declaring: open incidents that may be the same, and what
    was deployed shortly before.
    """

    duplicates: tuple[Incident, ...] = ()
    suspects: tuple[Suspect, ...] = ()


def declare_form(
    fields: DeclareFields,
    catalog: Catalog,
    private: str,
    *,
    language: str,
    hints: Hints | None = None,
) -> View:
    """Title, severity, service, environment, summary, impact and privacy, below what is known.

    `private` comes back as it is: the channel in which the answer is shown, and where it came from.
    """
    return form(
        language,
        IncidentCallback.DECLARE,
        Phrase.FORM_DECLARE,
        [*_hints(hints or Hints(), language), *_inputs(fields, catalog, language)],
        private=private,
        submit=Term.DECLARE_NOW,
    )


def _inputs(fields: DeclareFields, catalog: Catalog, language: str) -> list[Block]:
    return [
        text(
            asks(language, F.TITLE, Term.TITLE, Phrase.HINT_TITLE, needed=True),
            longest=MAX_TITLE,
            shortest=MIN_TITLE,
            initial=fields.title,
        ),
        choice(
            asks(language, F.SEVERITY, Term.SEVERITY, needed=True),
            severities(language),
            initial=fields.severity.value,
        ),
        choice(
            asks(language, F.SERVICE, Term.SERVICE),
            _names(catalog.services),
            initial=fields.service,
            action=IncidentAction.PICK_SERVICE,
            at_once=True,
        ),
        choice(
            asks(language, F.ENVIRONMENT, Term.ENVIRONMENT),
            _names(catalog.environments),
            initial=fields.environment,
        ),
        text(
            asks(language, F.SUMMARY, Term.SUMMARY, Phrase.HINT_SUMMARY),
            longest=MAX_TEXT,
            initial=fields.summary,
            lines=True,
        ),
        text(
            asks(language, F.IMPACT, Term.IMPACT, Phrase.HINT_IMPACT),
            longest=MAX_TEXT,
            initial=fields.impact,
        ),
        tick_box(
            asks(language, F.PRIVATE, Term.PRIVACY, Phrase.HINT_PRIVATE),
            Phrase.MAKE_IT_PRIVATE,
            PRIVATE,
            ticked=fields.private,
        ),
    ]


def _names(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


def severities(language: str) -> list[tuple[str, str]]:
    """The severities as choices, the worst first."""
    return [(severity_name(language, each), each.value) for each in SEVERITY_MARKS]


def _hints(hints: Hints, language: str) -> list[Block]:
    blocks: list[Block] = []
    if hints.duplicates:
        blocks.append(section(f"👀 *{say(language, Phrase.HINT_SAME)}*"))
        blocks += [_same(each, language) for each in hints.duplicates[:_SHOWN_SAME]]
    if hints.suspects:
        lines = _recent(hints.suspects)
        blocks.append(context(f"🚀 {say(language, Phrase.HINT_RECENT)}\n{lines}"))
    return blocks


def _same(incident: Incident, language: str) -> Block:
    """An open incident, with a button to join it instead of declaring another one."""
    block = listed(incident, language)
    value = reference(incident.ref)
    block["accessory"] = press(language, Term.JOIN, IncidentAction.JOIN, value, style="primary")
    return block


def _recent(suspects: Sequence[Suspect]) -> str:
    return "\n".join(_one(each) for each in suspects[:_SHOWN_RECENT])


def _one(found: Suspect) -> str:
    name = code(f"{found.service} {found.version[:60]}", 160)
    where = short(found.environment, 60)
    return f"{name} → {where} · {user(found.requested_by)} · {moment(found.at)}"
