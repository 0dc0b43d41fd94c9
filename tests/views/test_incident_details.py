"""All of an incident for whoever asks: it opens on the newest lines, and has the last update."""

import re
from datetime import timedelta

import incident_samples as made
import pytest
from samples import DANA, NOW, SAM
from screens import accepted, screen

from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.views.incidents.show import LINES, incident_details

POLICY = made.incident_policy()


def lines(count: int) -> list[TimelineLine]:
    """Notes with a number each, a minute apart."""
    return [
        TimelineLine(
            id=f"{number}",
            kind=LineKind.NOTE,
            at=NOW + timedelta(minutes=number),
            recorded=NOW,
            by=SAM,
            text=f"line-{number}",
        )
        for number in range(count)
    ]


def numbers(count: int, page: int | None = None) -> list[int]:
    """Which of so many lines a page has, from top to bottom."""
    shown = screen(accepted(incident_details(made.incident(), lines(count), POLICY, "en", page)))
    return [int(found) for found in re.findall(r"line-(\d+)", shown)]


@pytest.mark.parametrize("more", [1, 2, 7, LINES])
def test_the_first_page_is_full_and_ends_with_the_newest(more: int) -> None:
    count = 2 * LINES + more
    assert numbers(count) == list(range(count - LINES, count))


@pytest.mark.parametrize("count", [1, LINES, LINES + 2, 4 * LINES + 7])
def test_older_pages_lead_back_to_the_first_line_without_a_gap(count: int) -> None:
    pages = -(-count // LINES)
    found = [numbers(count, page) for page in range(1, pages + 1)]
    assert [each for page in reversed(found) for each in page] == list(range(count))
    assert numbers(count, pages + 5) == found[-1]


def test_a_record_of_nothing_has_one_page() -> None:
    shown = screen(accepted(incident_details(made.incident(), (), POLICY, "en")))
    assert "page 1 of 1" in shown


def test_the_last_update_is_shown_as_on_the_card() -> None:
    own = made.incident(updates=(made.status_update(progress="We roll back."),))
    assert "We roll back." in screen(accepted(incident_details(own, (), POLICY, "en")))
    over = own.model_copy(update={"state": State.CANCELLED, "reason": "A false alarm."})
    assert "A false alarm." in screen(accepted(incident_details(over, (), POLICY, "en")))


def test_what_is_left_to_do_is_shown_with_who_does_it() -> None:
    tasks = (made.task("F1", owner=DANA), made.task("F2"))
    shown = screen(accepted(incident_details(made.incident(tasks=tasks), (), POLICY, "en")))
    assert re.search(rf"☐ F1 [^☐]+ \(<@{DANA}>\) · ☐ F2 [^(]+\n", shown)
