"""What is read of pages: who is called, why, and who was in already."""

from datetime import timedelta

import incident_samples as made
import pytest
from incident_samples import MINUTE
from incident_screens import LANGUAGES
from samples import DANA, MAX, NOW, SAM
from screens import accepted, screen

from bot.domain.audit import ENGINE
from bot.domain.incidents.calls import Because, Page
from bot.domain.incidents.chronicle import lines_of
from bot.domain.incidents.events import Paged
from bot.domain.incidents.messages import IncidentNote, IncidentSaid
from bot.domain.incidents.remarks import remark
from bot.views.incidents.chapters import told
from bot.views.incidents.notes import incident_note
from bot.views.incidents.postmortem import nameless, postmortem

UNASKED = made.page(id="P2", rung=1, name="Secondary", people=(DANA,), acked_by=None, acked_at=None)


def noted(page: Page, language: str = "en", *, by: str = ENGINE) -> str:
    """The note in the room about a page that was just made."""
    before = made.incident(language=language)
    after = before.model_copy(update={"pages": (*before.pages, page)})
    said = remark(before, after, Paged(page=page))
    assert said is not None
    note = IncidentNote(
        incident=made.REF,
        said=IncidentSaid.PAGED,
        by=None if by == ENGINE else by,
        word=said.word,
        detail=said.detail,
        people=said.people,
        page=said.page,
    )
    return screen(accepted(incident_note(note, after)))


def page(**changes: object) -> Page:
    """Dana is called as the second rung."""
    return UNASKED.model_copy(update=changes)


@pytest.mark.parametrize(
    ("because", "waited", "by", "why"),
    [
        (Because.AT_ONCE, None, ENGINE, ""),
        (Because.UNANSWERED, 5 * MINUTE, ENGINE, " (no answer within 5 min)"),
        (Because.UNRESOLVED, 30 * MINUTE, ENGINE, " (not resolved after 30 min)"),
        (Because.ASKED, None, MAX, f" (<@{MAX}> asked)"),
    ],
)
def test_a_note_says_why_the_rung_is_called(
    because: Because, waited: timedelta | None, by: str, why: str
) -> None:
    shown = noted(page(because=because, waited=waited, by=by), by=by)
    assert shown == f"📟 Paged Secondary: <@{DANA}>{why}"


def test_whoever_is_in_is_named_beside_those_who_are_called() -> None:
    shown = noted(page(present=(SAM,), because=Because.UNRESOLVED, waited=30 * MINUTE))
    assert shown == (
        f"📟 Paged Secondary: <@{DANA}> (not resolved after 30 min; in already: <@{SAM}>)"
    )


def test_a_rung_that_is_passed_calls_nobody() -> None:
    shown = noted(page(people=(), present=(SAM,), because=Because.UNRESOLVED, waited=30 * MINUTE))
    assert shown == (
        f"📟 Secondary: in already, and not paged: <@{SAM}> (not resolved after 30 min)"
    )


@pytest.mark.parametrize("because", sorted(Because))
@pytest.mark.parametrize("people", [(), (DANA,)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_every_language(
    because: Because, people: tuple[str, ...], language: str
) -> None:
    shown = noted(page(people=people, present=(SAM,), because=because, waited=MINUTE), language)
    assert f"<@{SAM}>" in shown
    assert "{" not in shown


def test_in_chinese_more_is_said_in_chinese_brackets() -> None:
    called = page(present=(SAM,), because=Because.UNANSWERED, waited=5 * MINUTE)
    shown = noted(called, "zh-TW")
    assert shown == (f"📟 已呼叫 Secondary：<@{DANA}>（5 分鐘內無人回應；已參與處理：<@{SAM}>）")


def test_a_note_of_a_page_that_is_not_known_says_who_was_called() -> None:
    """As they were kept by an earlier release."""
    note = IncidentNote(incident=made.REF, said=IncidentSaid.PAGED, word="Lead", people=(MAX,))
    assert screen(accepted(incident_note(note, made.incident()))) == f"📟 Paged Lead: <@{MAX}>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_timeline_names_who_was_in(language: str) -> None:
    before = made.incident()
    passed = page(people=(), present=(SAM,))
    after = before.model_copy(update={"pages": (*before.pages, passed)})
    (line,) = lines_of(before, after, Paged(page=passed), ENGINE, NOW, "T")
    shown = told(language, line)
    assert f"<@{SAM}>" in shown
    assert "present:" not in shown


@pytest.mark.parametrize(
    ("people", "present", "says"),
    [
        ((DANA,), (), f"Secondary: {DANA}; no answer"),
        ((), (SAM,), f"Secondary: in already: {SAM}"),
        ((DANA,), (SAM,), f"Secondary: {DANA}; no answer; in already: {SAM}"),
        ((), (), "Secondary: —; no answer"),
    ],
)
def test_the_post_mortem_tells_silence_from_being_in_already(
    people: tuple[str, ...], present: tuple[str, ...], says: str
) -> None:
    own = made.incident(pages=(made.page(), page(people=people, present=present)))
    text = postmortem(own, (), made.incident_policy(), nameless, NOW)
    assert [line for line in text.splitlines() if line.endswith(says)]
