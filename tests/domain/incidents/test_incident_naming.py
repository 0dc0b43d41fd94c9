"""References, names of rooms, and the words that incidents are found by."""

import re

import incident_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incidents.incident import IncidentKind
from bot.domain.incidents.naming import parse_reference, reference, room_name, words

# Text as people and machines send it; what cannot be encoded never arrives.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@pytest.mark.parametrize(
    ("number", "written"), [(1, "INC-2026-001"), (42, "INC-2026-042"), (1234, "INC-2026-1234")]
)
def test_a_reference_is_as_wide_as_it_has_to_be(number: int, written: str) -> None:
    assert reference(2026, number) == written
    assert parse_reference(written) == written


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("inc-2026-1", "INC-2026-001"),
        (" INC-2026-0042 ", "INC-2026-042"),
        ("INC-2026-000", None),
        ("INC-26-1", None),
        ("INC-2026-", None),
        ("INC-2026-1x", None),
        ("D-7F3K2", None),
        ("INC-2026-١", None),
        ("", None),
    ],
)
def test_a_reference_is_read_as_people_type_it(typed: str, read: str | None) -> None:
    assert parse_reference(typed) == read


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Checkout 500s", "inc-2026-001-checkout-500s"),
        ("  API:  P95 > 3 s!! ", "inc-2026-001-api-p95-3-s"),
        ("Café für Straße", "inc-2026-001-cafe-fur-strasse"),
        ("ﬁx the Ｌｏｇｉｎ", "inc-2026-001-fix-the-login"),
        ("<!channel> down_again", "inc-2026-001-channel-down-again"),
        ("<@U0SAM0001> #deploys `rm -rf`", "inc-2026-001-u0sam0001-deploys-rm-rf"),
        ("結帳壞了 checkout", "inc-2026-001-checkout"),
        ("結帳系統壞了", "inc-2026-001-api"),
        ("הקופה לא עובדת", "inc-2026-001-api"),
        ("الدفع لا يعمل", "inc-2026-001-api"),
        ("🔥🔥🔥", "inc-2026-001-api"),
        ("---", "inc-2026-001-api"),
    ],
)
def test_a_room_is_called_after_the_title_or_else_the_service(title: str, name: str) -> None:
    assert room_name(samples.incident(title=title), "inc") == name


def test_a_room_may_be_called_by_its_number_alone() -> None:
    assert room_name(samples.incident(title="🔥🔥🔥", service=None), "inc") == "inc-2026-001"


def test_the_name_of_a_private_room_says_nothing() -> None:
    assert room_name(samples.incident(private=True), "sec") == "sec-2026-001"


def test_a_drill_is_seen_by_its_name() -> None:
    drill = samples.incident(kind=IncidentKind.DRILL, title="Fire")
    assert room_name(drill, "inc") == "drill-2026-001-fire"


def test_a_long_title_is_cut_with_room_for_the_attempt() -> None:
    subject = samples.incident(title="a-b " * 60)
    first, tenth = room_name(subject, "inc"), room_name(subject, "inc", 10)
    assert len(first) <= 80
    assert len(tenth) <= 80
    assert tenth.endswith("-10")
    assert first.startswith(tenth.removesuffix("-10"))


def test_a_name_does_not_end_in_a_hyphen_where_it_is_cut() -> None:
    title = "x" * (79 - len("inc-2026-001-")) + " more"
    assert room_name(samples.incident(title=title), "inc") == f"inc-2026-001-{title[:-5]}"


@given(TEXT, TEXT, st.integers(1, 999), st.booleans())
def test_every_name_is_one_that_slack_takes(
    title: str, prefix: str, attempt: int, private: bool
) -> None:
    subject = samples.incident(title=title, private=private)
    name = room_name(subject, prefix, attempt)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,78}[a-z0-9]", name)
    assert "2026-001" in name
    assert name != room_name(subject, prefix, attempt + 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Checkout answers 500s!", {"checkout", "answers", "500s"}),
        ("Café CAFE café", {"cafe"}),
        ("snake_case and-kebab", {"snake", "case", "and", "kebab"}),
        ("結帳壞了", {"結帳", "帳壞", "壞了"}),
        ("結帳API壞", {"結帳", "api", "壞"}),
        ("한국어", {"한국", "국어"}),
        ("データ", {"テー", "ータ"}),
        ("הקופה לא", {"הקופה", "לא"}),
        ("الدَّفع", {"الدفع"}),
        ("🔥 <!channel> ---", {"channel"}),
        ("", set()),
    ],
)
def test_words_are_what_people_look_for(text: str, found: set[str]) -> None:
    assert words(text) == found


@given(TEXT)
def test_words_do_not_depend_on_case_and_are_short(text: str) -> None:
    assert words(text.upper().lower()) == words(text.upper())
    assert all(0 < len(word) <= 64 for word in words(text))


@given(st.text("結帳系統壞了", min_size=2, max_size=12), st.data())
def test_any_part_of_a_chinese_title_finds_it(title: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(title) - 2))
    end = data.draw(st.integers(start + 2, len(title)))
    assert words(title[start:end]) <= words(title)
