"""The inputs that forms are made of, and the form around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.views.blocks import MAX_MODAL_TITLE, MAX_OPTION, MAX_OPTIONS, Block, option, plain, titled
from bot.views.incidents.names import IncidentAction, IncidentCallback, IncidentField
from bot.views.incidents.wording import shown_ref
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term

View = dict[str, Any]
# Slack takes 3,000 characters as what an input begins with, and 150 as a placeholder.
MAX_INITIAL = 3000
_MAX_HINT = 2000
_MAX_PLACEHOLDER = 150
_MAX_LABEL = 2000
# Decision of this project: a reason is a sentence or two.
MAX_REASON = 500
_TITLE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One input: where it comes back, what it is called, and what is said below it."""

    language: str
    field: IncidentField
    label: Term
    hint: Phrase | None = None
    optional: bool = True


def asks(
    language: str,
    field: IncidentField,
    label: Term,
    hint: Phrase | None = None,
    *,
    needed: bool = False,
) -> Asking:
    """An input that can be left empty, unless it is `needed`."""
    return Asking(language=language, field=field, label=label, hint=hint, optional=not needed)


def about(incident: Incident) -> Block:
    """Which incident a form is about, so that nobody ends another one."""
    return titled(shown_ref(incident), _TITLE)


def asked(asking: Asking, element: Block, *, at_once: bool = False) -> Block:
    """An input; with `at_once` its choice is sent before the form is."""
    block: Block = {
        "type": "input",
        "block_id": asking.field.value,
        "label": plain(say(asking.language, asking.label), _MAX_LABEL),
        "element": element,
        "optional": asking.optional,
    }
    if asking.hint is not None:
        block["hint"] = plain(say(asking.language, asking.hint), _MAX_HINT)
    if at_once:
        block["dispatch_action"] = True
    return block


def text(
    asking: Asking, *, longest: int, shortest: int = 0, initial: str = "", lines: bool = False
) -> Block:
    """A text of a limited length; `lines`: of several lines."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": IncidentAction.INPUT.value,
        "max_length": longest,
        "multiline": lines,
    }
    if shortest and not asking.optional:
        element["min_length"] = shortest
    if initial:
        element["initial_value"] = initial[: min(longest, MAX_INITIAL)]
    return asked(asking, element)


def choice(
    asking: Asking,
    choices: Sequence[tuple[str, str]],
    *,
    initial: str | None = None,
    action: IncidentAction = IncidentAction.INPUT,
    at_once: bool = False,
) -> Block:
    """A menu of labels and values. Of more than Slack takes at once it becomes a search where there
    is an `action` that answers one; else it has the first ones.
    """
    element: Block = {
        "action_id": action.value,
        "placeholder": plain(say(asking.language, Phrase.CHOOSE), _MAX_PLACEHOLDER),
    }
    chosen = next((each for each in choices if each[1] == initial), None)
    if len(choices) <= MAX_OPTIONS or action is IncidentAction.INPUT:
        element |= {
            "type": "static_select",
            "options": [option(label, value) for label, value in choices[:MAX_OPTIONS]],
        }
    else:
        element |= {"type": "external_select", "min_query_length": 0}
    if chosen is not None:
        element["initial_option"] = option(*chosen)
    return asked(asking, element, at_once=at_once)


def person(asking: Asking) -> Block:
    """Somebody of the workspace."""
    element: Block = {
        "type": "users_select",
        "action_id": IncidentAction.INPUT.value,
        "placeholder": plain(say(asking.language, Phrase.CHOOSE), _MAX_PLACEHOLDER),
    }
    return asked(asking, element)


def point_in_time(asking: Asking) -> Block:
    """A day and a time, in the time zone of whoever fills it in."""
    return asked(asking, {"type": "datetimepicker", "action_id": IncidentAction.INPUT.value})


def tick_box(asking: Asking, label: Phrase, value: str, *, ticked: bool = False) -> Block:
    """One box to tick."""
    box = {"text": plain(say(asking.language, label), MAX_OPTION), "value": value}
    element: Block = {
        "type": "checkboxes",
        "action_id": IncidentAction.INPUT.value,
        "options": [box],
    }
    if ticked:
        element["initial_options"] = [box]
    return asked(asking, element)


def form(
    language: str,
    callback: IncidentCallback,
    title: Phrase | Term,
    blocks: Sequence[Block],
    *,
    private: str,
    submit: Term = Term.SEND,
) -> View:
    """A form; `private` comes back with what was filled in."""
    return {
        "type": "modal",
        "callback_id": callback.value,
        "title": plain(say(language, title).rstrip("…"), MAX_MODAL_TITLE),
        "submit": plain(say(language, submit).rstrip("…"), MAX_MODAL_TITLE),
        "close": plain(say(language, Term.BACK), MAX_MODAL_TITLE),
        "private_metadata": private,
        "blocks": list(blocks),
    }
