"""Every surface of incidents, at every size and with every text, is one that Slack takes."""

import json
import re

import incident_samples as made
import pytest
from incident_screens import LANGUAGES, POLICY, SIZES, full, messages, views
from screens import HOSTILE, accepted, accepted_view, harmless, markup, screen
from slack_sdk.models.blocks import Block as SlackBlock

from adapters.local.workspace.limits import MAX_VIEW_BYTES
from bot.domain.incidents.states import State
from bot.views.blocks import MAX_SECTION
from bot.views.incidents.card import incident_card

RTL = "\u202eעברית\u202c العربية 🧑🏽‍🚒 日本語 "
TEXTS = {
    "empty": "",
    "plain": "Checkout answers 500s. ",
    "long": "abc " * 750,
    "hostile": HOSTILE[:3000],
    "right to left": RTL * 60,
    "ampersands": "&" * 3000,
}
SHAPES = [
    (count, name, language)
    for count in SIZES
    for name in TEXTS
    for language in LANGUAGES
    if (count in {1, 100} or name in {"plain", "hostile"}) and (language == "en" or name == "plain")
]


@pytest.mark.parametrize(("count", "name", "language"), SHAPES)
def test_every_message_is_taken_and_harmless(count: int, name: str, language: str) -> None:
    """Whatever people write, and however much there is of it."""
    for what, draw in messages(count, TEXTS[name], language).items():
        try:
            shown = draw()
            harmless(accepted(shown))
        except Exception as problem:  # of whatever kind: it is raised again, and says of what it is
            problem.add_note(f"in: {what}")
            raise
        for text in markup(shown.blocks):
            # A token that is cut in two is shown as it is written.
            assert text.count("<!date") == len(re.findall(r"<!date[^>]*>", text)), what
            assert not re.search(r"&(?!amp;|lt;|gt;)", text), what


@pytest.mark.parametrize("count", SIZES)
def test_no_sentence_of_chinese_has_a_gap_behind_its_stop(count: int) -> None:
    """The sign is as wide as a letter, and has the gap in it; only marks of Slack need another."""
    gaps = [
        (what, text)
        for what, draw in messages(count, "甲乙丙", "zh-TW").items()
        for text in markup(draw().blocks)
        if re.search(r"[。！？] (?![*_~`])", text)
    ]
    assert gaps == []


@pytest.mark.parametrize(("count", "name", "language"), SHAPES)
def test_every_view_is_taken(count: int, name: str, language: str) -> None:
    for what, draw in views(count, TEXTS[name], language).items():
        view = draw()
        assert accepted_view(view), what
        assert len(json.dumps(view)) <= MAX_VIEW_BYTES, what
        for block in view["blocks"]:
            parsed = SlackBlock.parse(block)
            assert parsed is not None
            assert parsed.to_dict() == block, what
        for text in markup(view):
            assert "<!channel" not in text
            assert "<https://evil" not in text


@pytest.mark.parametrize("state", sorted(State))
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_card_is_one_section_of_at_most_six_lines(state: State, name: str) -> None:
    """It is read at a glance, whatever there is."""
    shown = incident_card(full(state, 100, TEXTS[name]), POLICY)
    assert shown.blocks[0]["type"] == "header"
    text = shown.blocks[1]["text"]["text"]
    assert len(text.splitlines()) <= 6
    assert len(text) < MAX_SECTION
    assert not text.endswith("…")


def test_right_to_left_titles_stay_whole() -> None:
    title = f"{RTL}is down"
    shown = screen(incident_card(made.incident(title=title), POLICY))
    assert title in shown.splitlines()[0]
