"""Small words of incidents: one mark a line, times that are said, names for people."""

from datetime import timedelta

import incident_samples as made
import pytest
from incident_screens import messages
from samples import NOW, SAM
from screens import accepted, accepted_view, screen

from adapters.slack.notifier import file_name
from bot.domain.incidents.chronicle import lines_of
from bot.domain.incidents.events import Bell, Rang
from bot.domain.incidents.incident import TaskKind
from bot.domain.incidents.messages import DirectWord, PostMortemFile, Word
from bot.domain.incidents.procedures import Procedure
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.domain.message import entry_of
from bot.views.blocks import Rendered
from bot.views.incidents.chapters import MARKS, told
from bot.views.incidents.direct import direct_word
from bot.views.incidents.forms.steer import reason_form
from bot.views.incidents.postmortem import nameless, postmortem
from bot.views.incidents.show import incident_details
from bot.views.incidents.topics import purpose
from bot.views.languages.saying import LANGUAGES
from bot.views.markdown import inline

POLICY = made.incident_policy()
DUE = NOW + timedelta(minutes=5)


@pytest.mark.parametrize("bell", sorted(Bell))
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_bell_in_the_record_has_one_mark(bell: Bell, language: str) -> None:
    line = TimelineLine(
        id="1", kind=LineKind.CLOCK, at=NOW, recorded=NOW, by="signalbox", word=bell
    )
    said = told(language, line).partition(MARKS[LineKind.CLOCK])[2].strip()
    assert said[0].isalnum() or said[0] in "“「"
    assert "⏰" not in said


def test_that_an_update_is_due_soon_says_when() -> None:
    """In the record, and to whoever owes it."""
    clocks = made.incident().clocks.model_copy(update={"update_by": DUE})
    before = made.incident(clocks=clocks)
    after = before.model_copy(
        update={"clocks": clocks.model_copy(update={"fired": frozenset({"x"})})}
    )
    (line,) = lines_of(before, after, Rang(bell=Bell.UPDATE_SOON, mark="x"), "signalbox", NOW, "t")
    assert "Next update due 12:05" in screen_of(told("en", line))
    word = DirectWord(incident=made.REF, to=SAM, word=Word.UPDATE_DUE, about=Bell.UPDATE_SOON)
    assert "is due 12:05" in screen(accepted(direct_word(word, before, POLICY, "en")))


def screen_of(text: str) -> str:
    """A line as it is read."""
    from_blocks = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return screen(Rendered(text="x", blocks=[from_blocks]))


def test_open_tasks_come_with_their_words_and_what_is_done_is_counted() -> None:
    tasks = (made.task("T1", text="Look at the pool"), made.task("T2", done_by=SAM, done_at=NOW))
    shown = screen(accepted(incident_details(made.incident(tasks=tasks), (), POLICY, "en")))
    assert "☐ T1 Look at the pool · ✅ 1" in shown
    assert "1/2" not in shown
    new = made.incident(tasks=tasks[:1])
    assert "☐ T1 Look at the pool\n" in screen(incident_details(new, (), POLICY, "en")) + "\n"


def test_a_room_says_what_it_is_about_and_shows_no_id_of_the_bot() -> None:
    own = made.incident()
    assert purpose(own) == f"{own.ref} · {own.title}"


def test_a_post_mortem_has_a_name_for_people_which_no_other_file_has() -> None:
    names = {
        file_name(entry_of(token, "C1", PostMortemFile(incident=made.REF, number=1)))
        for token in ("01M7ZGWSABCDEF", "01M7ZGWSABCDEG")
    }
    assert names == {
        "INC-2026-001-postmortem-abcdef.md",
        "INC-2026-001-postmortem-abcdeg.md",
    }


def test_tasks_that_are_open_are_in_the_post_mortem() -> None:
    tasks = (made.task("T1", text="Look at the pool"), made.task("F1", text="Raise it"))
    assert tasks[1].kind is TaskKind.FOLLOW_UP
    text = postmortem(made.incident(tasks=tasks), (), POLICY, nameless, NOW)
    now, later = text.split("## Follow-ups")
    assert "## Tasks of the time\n\n- [ ] T1 Look at the pool" in now
    assert "F1 Raise it" in later
    none = postmortem(made.incident(tasks=()), (), POLICY, nameless, NOW)
    assert "Tasks of the time" not in none


def test_what_is_in_fixed_width_in_a_list_stays_so_in_the_post_mortem() -> None:
    item = made.checklist_procedure().items[0].model_copy(update={"text": "Run `df -h` on *all*"})
    own = made.incident(procedures=(Procedure(id="disk", title="Disk", items=(item,)),))
    text = postmortem(own, (), POLICY, nameless, NOW)
    assert r"Run `df -h` on \*all\*" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`a|b` <x>", r"`a/b` \<x\>"),
        ("`open <x>", r"\`open \<x\>"),
        ("` `", r"\` \`"),
        ("``", r"\`\`"),
        ("- `x`", r"\- `x`"),
        ("`1`. no", "`1`. no"),
        ("a `b` c `d`", "a `b` c `d`"),
    ],
)
def test_only_whole_pairs_of_backticks_are_code(text: str, shown: str) -> None:
    assert inline(text) == shown


@pytest.mark.parametrize(
    ("to", "submit"),
    [(State.CANCELLED, "Cancel it"), (State.DECLINED, "Decline"), (State.CLOSED, "Close")],
)
def test_a_form_that_ends_it_says_which_button_does(to: State, submit: str) -> None:
    view = accepted_view(reason_form(made.incident(), to, "C1", language="en"))
    assert view["submit"]["text"] == submit
    assert view["close"]["text"] == "Back"


@pytest.mark.parametrize(("language", "title"), [("en", "All services: "), ("zh-TW", "所有服務：")])
def test_the_figures_of_all_services_are_called_so(language: str, title: str) -> None:
    assert screen(accepted(messages(1, "", language)["metrics"]())).startswith(f"*{title}")
