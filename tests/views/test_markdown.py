"""Markdown: what people wrote stays words, wherever it stands in a file."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.markdown import code, link, plain

# A sign that Markdown acts on, without a backslash in front of it.
BARE = re.compile(r"(?<!\\)(?:\\\\)*[`*_\[\]<>|#~&$]")


@pytest.mark.parametrize(
    ("wrote", "shown"),
    [
        ("It is slow.", "It is slow."),
        ("  a\nb\t c ", "a b c"),
        ("a *b* _c_ `d` ~e~", r"a \*b\* \_c\_ \`d\` \~e\~"),
        ("[x](https://evil.example)", r"\[x\](https://evil.example)"),
        ("![x](https://track.example/p.png)", r"!\[x\](https://track.example/p.png)"),
        ("<img src=x onerror=alert(1)>", r"\<img src=x onerror=alert(1)\>"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("a | b", r"a \| b"),
        (r"a \| b", r"a \\\| b"),
        ("# Title", r"\# Title"),
        ("- one", r"\- one"),
        ("+ one", r"\+ one"),
        ("--- ", r"\---"),
        ("=== ", r"\==="),
        ("1. one", r"1\. one"),
        ("23) one", r"23\) one"),
        ("3 of 5", "3 of 5"),
        ("\x1b[31mred\x9b0m\x00", r"\[31mred 0m"),
        ("", ""),
    ],
)
def test_signs_mean_themselves(wrote: str, shown: str) -> None:
    assert plain(wrote) == shown


@given(st.text())
def test_nothing_that_anybody_writes_is_acted_on(wrote: str) -> None:
    shown = plain(wrote)
    assert not BARE.search(shown)
    assert "\n" not in shown
    assert not re.match(r"[-+=]|\d+[.)]", shown)


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example/b?c=1&d=(2)", "https://a.example/b?c=1&amp;d=(2)"),
        ("https://a.example/> <img src=x>", "https://a.example/%3E%20%3Cimg%20src=x%3E"),
        ("https://a.example/a|b\\`c`\n", "https://a.example/a%7Cb%5C%60c%60%0A"),
        ("https://a.example/故障", "https://a.example/故障"),
    ],
)
def test_an_address_ends_where_it_ends(url: str, written: str) -> None:
    assert link(url, "a [b]") == rf"[a \[b\]](<{written}>)"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//a.example"])
def test_only_pages_are_linked(url: str) -> None:
    assert link(url, "the *fix*") == r"the \*fix\*"


def test_an_id_is_not_ended_by_itself() -> None:
    assert code("D-7F3K2") == "`D-7F3K2`"
    assert code("a`b|c\nd") == "`a'b/c d`"
