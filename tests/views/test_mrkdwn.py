"""User text can never become markup."""

from datetime import UTC, datetime

import pytest

from bot.views.mrkdwn import code, escape, joined, link, user, when


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
    assert user("signalbox") == "signalbox"
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
