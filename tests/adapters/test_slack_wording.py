"""What people wrote, without Slack's marks."""

import pytest

from adapters.slack.wording import as_read, mentioned

NAMES = {"U0SAM0001": "Sam"}.get


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a &lt;b&gt; &amp; &amp;lt;", "a <b> & &lt;"),
        ("<@U0SAM0001> and <@U0SAM0001|sammy>", "@Sam and @Sam"),
        ("<@U0NOBODY> and <@U0NOBODY|nora>", "@U0NOBODY and @nora"),
        ("<#C0DEPLOYS|deploys> <#C0DEPLOYS>", "#deploys #C0DEPLOYS"),
        ("<!here> <!channel> <!subteam^S1|@sre> <!subteam^S1>", "@here @channel @sre @subteam"),
        ("<!date^1|{date}^https://x|today>", "{date}^https://x|today"),
        ("<!date^1^{date}|today>", "today"),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("<https://x.example|x.example>", "https://x.example"),
        (
            "<https://evil.example|https://good.example>",
            "https://good.example (https://evil.example)",
        ),
        ("<mailto:a@x.example|a@x.example> <tel:112|112>", "a@x.example 112"),
        ("<> <-- a -->", "<> <-- a -->"),
        ("a < b and c > d", "a < b and c > d"),
    ],
)
def test_a_text_is_read_as_people_see_it(text: str, read: str) -> None:
    assert as_read(text, NAMES) == read


def test_people_who_are_mentioned_are_known_by_id() -> None:
    text = "<@U0SAM0001> <@W0ORG0001|x> <#C0DEPLOYS> <!here> @U0PLAIN01"
    assert mentioned(text) == {"U0SAM0001", "W0ORG0001"}
