"""Buttons about incidents, in the language of whoever reads them."""

from bot.views.blocks import MAX_OPTION, Block, button, confirm, plain
from bot.views.incidents.names import IncidentAction
from bot.views.languages.hidings import Hiding
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.languages.terms import Term


def press(
    language: str,
    term: Term,
    action: IncidentAction,
    value: str,
    *,
    style: str | None = None,
    asks: Block | None = None,
) -> Block:
    """A button; `asks` is the question before its click is sent."""
    return button(say(language, term), action=action.value, value=value, style=style, confirm=asks)


def question(language: str, phrase: Phrase | Hiding, yes: Term, **values: object) -> Block:
    """The question before something that is not easily taken back."""
    return confirm(
        say(language, yes),
        say(language, phrase, **values),
        yes=say(language, Term.YES),
        no=say(language, Term.NO),
        style="danger",
    )


def menu(
    language: str, placeholder: Term, action: IncidentAction, choices: list[tuple[str, str]]
) -> Block:
    """A menu that acts as soon as something is chosen: labels, and the values that come back."""
    return {
        "type": "static_select",
        "action_id": action.value,
        "placeholder": plain(say(language, placeholder), 150),
        # A value comes back as it is or not at all: it must not be cut.
        "options": [{"text": plain(label, MAX_OPTION), "value": value} for label, value in choices],
    }
