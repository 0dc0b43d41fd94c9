"""A title with signs of Slack's own shows as it was typed, and breaks no heading around it."""

from collections.abc import Callable
from typing import Any

import incident_samples as made
import pytest
from incident_screens import POLICY, word_of
from samples import DANA, SAM
from screens import accepted, accepted_view, markup

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.messages import Word
from bot.domain.incidents.states import State
from bot.views.incidents import lists
from bot.views.incidents.card import incident_card
from bot.views.incidents.deploys import open_incidents_line
from bot.views.incidents.direct import direct_word
from bot.views.incidents.forms import people, records, steer
from bot.views.incidents.panel import control_panel
from bot.views.incidents.show import incident_details

TITLES = ("*checkout* is _slow_", "~api~ says `500 *bad*`", "2 * 3 * 4 = `24", "* slow", "a_b *c")
NEAR = {"channel": "C1", "language": "en"}
TOLD = sorted({*Word} - {Word.UPDATE, Word.RESOLVED, Word.CHANGED, Word.LEFT})
Drawn = Callable[[Incident], list[dict[str, Any]]]


def _told(word: Word) -> Drawn:
    return lambda each: accepted(direct_word(word_of(word), each, POLICY, "en")).blocks


MESSAGES: dict[str, Drawn] = {
    "card": lambda each: accepted(incident_card(each, POLICY)).blocks,
    "panel": lambda each: accepted(control_panel(each, SAM, POLICY, "en")).blocks,
    "details": lambda each: accepted(incident_details(each, (), POLICY, "en")).blocks,
    **{f"word {word}": _told(word) for word in TOLD},
}
FORMS: dict[str, Drawn] = {
    "resolve": lambda each: accepted_view(steer.resolve_form(each, **NEAR))["blocks"],
    "update": lambda each: accepted_view(steer.update_form(each, POLICY, **NEAR))["blocks"],
    "role": lambda each: accepted_view(people.role_form(each, **NEAR))["blocks"],
    "note": lambda each: accepted_view(records.note_form(each, **NEAR))["blocks"],
}


def as_typed(blocks: list[dict[str, Any]]) -> str:
    """What Slack does not interpret."""
    texts = [block["text"] for block in blocks if block["type"] in {"header", "section"}]
    return "\n".join(each["text"] for each in texts if each["type"] == "plain_text")


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("name", [*MESSAGES, *FORMS])
def test_a_title_stands_where_nothing_is_interpreted(name: str, title: str) -> None:
    tasks = (made.task(owner=DANA),)
    incident = made.incident(title=title, tasks=tasks)
    blocks = {**MESSAGES, **FORMS}[name](incident)
    assert title in as_typed(blocks)
    assert not any(title in text for text in markup(blocks))


@pytest.mark.parametrize("title", TITLES)
def test_what_was_decided_names_it_as_it_was_typed(title: str) -> None:
    tasks = (made.task(owner=DANA, done_by=SAM),)
    incident = made.incident(State.RESOLVED, title=title, tasks=tasks)
    for word in (Word.TASK, Word.HANDOFF, Word.PAGED):
        blocks = accepted(direct_word(word_of(word), incident, POLICY, "en")).blocks
        assert title in as_typed(blocks)
        assert not any(title in text for text in markup(blocks))


@pytest.mark.parametrize("title", TITLES)
def test_what_was_searched_for_heads_the_list_as_it_was_typed(title: str) -> None:
    for found in ([], [made.incident()]):
        shown = accepted(lists.search_results(found, title, "en"))
        assert title in as_typed(shown.blocks)


def test_in_a_line_of_a_deploy_the_title_is_not_in_bold() -> None:
    line = open_incidents_line([made.incident(title="*checkout* is slow")])
    assert "*P1 INC-2026-001* *checkout* is slow (" in line


def test_a_very_long_title_is_whole() -> None:
    """Slack's headings have 150 characters."""
    title = "*slow* " * 28
    for name in ("panel", "details", "word paged", "resolve"):
        blocks = {**MESSAGES, **FORMS}[name](made.incident(title=title))
        assert title.strip() in as_typed(blocks)
