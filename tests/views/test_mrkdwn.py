"""User text can never become markup."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.views.blocks import stacked
from bot.views.mrkdwn import clock, code, escape, joined, link, span, user, users, when, words


@pytest.mark.parametrize("text", ["<!channel>", "<@U123>", "<https://evil|https://good>", "a & b"])
def test_escaped_text_has_no_angle_bracket_and_no_bare_ampersand(text: str) -> None:
    """Mentions, disguised links and entities typed by people stay what they look like."""
    safe = escape(text)
    assert "<" not in safe
    assert ">" not in safe
    assert safe.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">") == text


def test_code_cannot_be_left_by_a_backtick() -> None:
    """A backtick in the text would end the code span, so there is none."""
    assert code("a`b") == "`a'b`"
    assert code("two\nlines") == "`two lines`"
    assert code("") == "` `"


def test_only_slack_ids_become_mentions() -> None:
    """The engine's own name, or an id with markup in it, is shown as words."""
    assert user("U0DANA001") == "<@U0DANA001>"
    assert user("signalbox") == "Signalbox"
    assert user("U<!here>") == "U&lt;!here&gt;"


def test_links_are_http_only() -> None:
    """Anything but http and https is shown as its label."""
    assert link("https://a.example/x?y=1&z=2", "here") == "<https://a.example/x?y=1&amp;z=2|here>"
    assert link("javascript:alert(1)", "here") == "here"
    assert link("https://a.example", "a|b>c") == "<https://a.example|a/b&gt;c>"


def test_a_moment_is_shown_in_the_readers_time_zone_with_utc_as_fallback() -> None:
    """Slack's date token carries the epoch and a fallback."""
    moment = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
    assert when(moment) == (
        f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|2026-11-21 14:05 UTC>"
    )


def test_names_are_joined_as_one_says_them() -> None:
    """Nothing, one, two, three."""
    assert [joined(()), joined(("a",)), joined(("a", "b")), joined(("a", "b", "c"), "or")] == [
        "",
        "a",
        "a and b",
        "a, b or c",
    ]


def test_what_somebody_wrote_is_one_short_harmless_line() -> None:
    """It is cut before it is escaped, so that no entity is torn."""
    assert words("a\n <b>") == "a &lt;b&gt;"
    assert words("&" * 1000, 3) == "&amp;&amp;…"


def test_very_many_people_are_counted() -> None:
    """A message that mentions everybody reaches nobody."""
    assert users(("U0DANA001", "U0SAM0001")) == "<@U0DANA001> and <@U0SAM0001>"
    many = users([f"U{number:08d}" for number in range(25)])
    assert many.count("<@") == 20
    assert many.endswith(" and 5 more")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (90, "1 min 30 s"),
        (1800, "30 min"),
        (5400, "1 h 30 min"),
        (86_400, "1 d"),
        (90_061, "1 d 1 h"),
    ],
)
def test_a_length_of_time_has_at_most_two_units(seconds: int, said: str) -> None:
    """The smaller one only where there is a rest."""
    assert span(timedelta(seconds=seconds)) == said


def test_a_time_of_the_day_has_seconds_where_they_matter() -> None:
    """Slack's tokens for both."""
    moment = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
    assert "^{time}|" in clock(moment)
    assert "^{time_secs}|" in clock(moment, seconds=True)


def test_lines_that_do_not_fit_are_counted() -> None:
    """No line is torn."""
    lines = [f"line {number}" for number in range(100)]
    shown = stacked(lines, 120)
    assert len(shown) <= 120
    assert shown.split("\n")[-1] == f"… and {100 - shown.count('line')} more"
    assert stacked(lines[:3]) == "line 0\nline 1\nline 2"
