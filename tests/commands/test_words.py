"""Words, quotes and flags, as people and Slack's composer type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UsageError
from commands.words import split, typed


def texts(typed_text: str) -> list[str]:
    """The words with a mark for what they are."""
    return [
        ("--" if word.flag else "=" if word.glued else "") + word.text for word in split(typed_text)
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \t\n", []),
        ("api  v1 \t production", ["api", "v1", "production"]),
        ('--reason "two words"', ["--reason", "two words"]),
        ("--reason “two words”", ["--reason", "two words"]),
        ("--reason „two words“", ["--reason", "two words"]),
        ("--reason «two words»", ["--reason", "two words"]),
        ("--reason 'it isn't up'", ["--reason", "it isn't up"]),
        ("--reason ‘two words’", ["--reason", "two words"]),
        ("—reason x", ["--reason", "x"]),
        ("–reason x", ["--reason", "x"]),
        ("−−reason x", ["--reason", "x"]),
        ("-–Reason x", ["--reason", "x"]),
        ('--reason="two words" api', ["--reason", "=two words", "api"]),
        ("--for=2h", ["--for", "=2h"]),
        ("--for=", ["--for", "="]),
        ('"--for" 2h', ["--for", "2h"]),
        ("a-b v1-2 --", ["a-b", "v1-2", "--"]),
        ("'tis so", ["'tis", "so"]),
        ('"" x', ["", "x"]),
        ('"line\nbreak"', ["line break"]),
    ],
)
def test_words_are_what_was_meant(text: str, words: list[str]) -> None:
    """Curly quotes and long dashes are what a composer makes of straight ones."""
    assert texts(text) == words


def test_a_quoted_word_is_no_flag() -> None:
    """So that a reason may begin with two hyphens."""
    (word,) = split('"--for"')
    assert word.quoted
    assert not word.flag


def test_a_word_knows_its_place() -> None:
    """Counted from 1, in what the person typed rather than in what Slack sent."""
    assert [word.column for word in split("api --for=2h “a b” x")] == [1, 5, 11, 14, 20]
    assert [word.column for word in split("a&amp;b <@U1|bob> x")] == [1, 5, 10]


def test_a_quote_that_is_not_closed_is_refused_with_its_place() -> None:
    """What follows it would otherwise be lost in silence."""
    with pytest.raises(UsageError) as error:
        split('api --reason "two words')
    assert str(error.value) == "The quote at character 14 is not closed."
    assert error.value.hint == 'Close it with " at the end, or leave it away.'


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("a &amp;&lt;b&gt; &amp;lt;", "a &<b> &lt;"),
        ("<@U0DANA001|dana> <@U0DANA001>", "@dana <@U0DANA001>"),
        ("<#C1|deploys> <!here> <!subteam^S1|@sre>", "#deploys @here @sre"),
        ("<https://a.example/x> <http://a.example|a.example>", "https://a.example/x a.example"),
    ],
)
def test_what_slack_sends_is_read_as_it_was_typed(sent: str, meant: str) -> None:
    """Slack escapes three characters and sends mentions and addresses as links."""
    assert typed(sent) == meant


@given(st.text(alphabet="ab =-—–\"'“”<>|@&;\n", max_size=40))
def test_no_text_breaks_the_words(text: str) -> None:
    """Every word has a place in the text, in order; a quote that is open is a person's mistake."""
    try:
        words = split(text)
    except UsageError:
        return
    columns = [word.column for word in words]
    assert columns == sorted(columns)
    assert all(1 <= column <= len(typed(text)) + 1 for column in columns)
