"""What people wrote, in files and in terminals: it does nothing there, and none is lost."""

import csv
import io
import re
from datetime import timedelta
from itertools import product

import pytest
from incident_samples import incident, incident_policy
from samples import DANA, NOW, SAM

from bot.domain.audit import ENGINE
from bot.domain.incidents.incident import Incident, Link
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.views.incidents.exports import as_csv
from bot.views.incidents.postmortem import postmortem
from bot.views.incidents.tables import incident_table, incident_text

NAMES = {DANA: "Dana [D] Reyes", SAM: "Sam Okafor"}
HOSTILE = (
    "[the fix](https://evil.example) ![x](https://track.example/p.png) `a` *b* "
    "<script>alert(1)</script> | &lt; \x1b[2J"
)
# What must not stand in the document but for what the document itself says: links and pictures,
# HTML, and control characters.
ACTS = re.compile(
    r"(?<!\\)!?(?<!\\)\[[^\]]*(?<!\\)\]\((?!<https://(?:ok|chat)\.example)|(?<![\\(])<|\x1b"
)


def written(subject: Incident, *lines: TimelineLine) -> str:
    """The document."""
    return postmortem(subject, lines, incident_policy(), NAMES.get, NOW + timedelta(hours=1))


def acting(text: str) -> list[str]:
    """The lines in which something acts. Nothing does between backticks."""
    without = re.sub(r"(?<!\\)`[^`\n]*`", "", text)
    return [each for each in without.splitlines() if ACTS.search(each)]


def line(kind: LineKind, **fields: object) -> TimelineLine:
    """Something that is in the record."""
    word = "P1" if kind in {LineKind.SEVERITY, LineKind.DECLARED} else ""
    base = TimelineLine(id="1", kind=kind, at=NOW, recorded=NOW, by=SAM, word=word)
    return base.model_copy(update=fields)


# Where a word of the bot stands, nobody writes anything.
OF_THE_BOT = {
    (LineKind.SEVERITY, "word"),
    (LineKind.DECLARED, "word"),
    (LineKind.CLOCK, "subject"),
}
CASES = sorted(set(product(LineKind, ("text", "subject", "word"))) - OF_THE_BOT)


@pytest.mark.parametrize(("kind", "field"), CASES)
def test_nothing_acts_in_the_timeline_of_a_post_mortem(kind: LineKind, field: str) -> None:
    text = written(incident(), line(kind, **{field: HOSTILE}))
    assert acting(text) == []
    row = next(each for each in text.splitlines() if each.startswith("| 2026-03-14 12:00 |"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


def test_nothing_acts_in_the_rest_of_a_post_mortem() -> None:
    link = Link(title=HOSTILE, url="https://ok.example/> <img src=x>", by=DANA, at=NOW)
    words = dict.fromkeys(("title", "summary", "impact", "root_cause", "resolution"), HOSTILE)
    text = written(incident(links=(link,), **words))
    assert acting(text) == []
    assert "(<https://ok.example/%3E%20%3Cimg%20src=x%3E>)" in text


def test_a_note_is_whole_and_leads_to_where_it_was_said() -> None:
    note = "The pool is full. " * 20
    text = written(
        incident(), line(LineKind.NOTE, text=note, permalink="https://chat.example/p1?a=1&b=2")
    )
    assert f"{note.strip()} [↗](<https://chat.example/p1?a=1&amp;b=2>) · Sam Okafor |" in text


def test_names_are_words_too_and_the_bot_has_one() -> None:
    text = written(
        incident(),
        line(LineKind.NOTE, text="x", by=DANA),
        line(LineKind.PAGE, word="Primary", text=f"{DANA}, {SAM}", by=ENGINE),
    )
    assert r"📌 x · Dana \[D\] Reyes" in text
    assert r"📟 Primary Dana \[D\] Reyes, Sam Okafor · Signalbox" in text


def test_a_terminal_is_told_nothing_to_do() -> None:
    hostile = "a\x1b[2J\x9b1m\u202eb\nc"
    named = incident(title=hostile, service=hostile, impact=hostile)
    shown = incident_text(named, (line(LineKind.LINK, subject=hostile, word=hostile, by=hostile),))
    for text in (shown, incident_table((named,))):
        assert all(each.isprintable() for each in text.replace("\n", ""))
    assert len(incident_table((named,)).splitlines()) == 2


@pytest.mark.parametrize("first", "=+-@\t\r\n＝＋－＠")
def test_a_spreadsheet_runs_nothing(first: str) -> None:
    wrote = f'{first}HYPERLINK("https://evil.example";"a")'
    (row,) = csv.DictReader(io.StringIO(as_csv([incident(impact=wrote)]), newline=""))
    assert row["impact"] == f"'{wrote}"
