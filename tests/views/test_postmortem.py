"""The post-mortem: what the record knows is in it, what it does not know is said to be so."""

from datetime import timedelta

import pytest
from incident_samples import incident, incident_policy
from samples import DANA, NOW, OLIVIA, SAM

from bot.domain.incidents.calls import Page
from bot.domain.incidents.incident import Incident, IncidentKind, Moment, Stamp, Task, TaskKind
from bot.domain.incidents.linked import Suspect
from bot.domain.incidents.states import State
from bot.domain.incidents.timeline import LineKind, TimelineLine
from bot.views.incidents.postmortem import postmortem
from bot.views.languages.headings import Heading
from bot.views.languages.saying import LANGUAGES

MINUTE = timedelta(minutes=1)
NAMES = {DANA: "Dana Reyes", SAM: "Sam Okafor", OLIVIA: "Olivia Lindqvist"}
POLICY = incident_policy()


def stamp(minutes: float, by: str = DANA) -> Stamp:
    """So many minutes after it was declared."""
    at = NOW + minutes * MINUTE
    return Stamp(at=at, recorded=at, by=by)


def resolved(**changes: object) -> Incident:
    """A P1 that took an hour and a half, and was acknowledged in time."""
    base = incident(
        State.RESOLVED,
        title="Checkout answers 500s",
        root_cause="The pool was exhausted.",
        resolution="Rolled back.",
        times={
            Moment.OCCURRED: stamp(-5),
            Moment.DECLARED: stamp(0),
            Moment.ACKED: stamp(3, SAM),
            Moment.RESOLVED: stamp(85, SAM),
        },
    )
    return base.model_copy(update=changes)


def written(subject: Incident, *lines: TimelineLine) -> str:
    """The document."""
    return postmortem(subject, lines, POLICY, NAMES.get, NOW + 100 * MINUTE)


def chapter(text: str, heading: Heading, language: str = "en") -> str:
    """What stands below a heading."""
    _, _, rest = text.partition(f"## {LANGUAGES[language].headings[heading]}\n")
    return rest.partition("\n## ")[0]


def test_targets_are_compared_with_what_was_needed() -> None:
    clocks = chapter(written(resolved()), Heading.CLOCKS)
    assert "| Response | 15 min | 3 min | Met |" in clocks
    assert "| Resolution | 1 h | 1 h 25 min | Missed |" in clocks


def test_what_was_written_down_afterwards_met_and_missed_nothing() -> None:
    text = postmortem(resolved(kind=IncidentKind.BACKFILLED), (), POLICY, NAMES.get, NOW)
    assert "- **🗒️ WRITTEN DOWN AFTERWARDS**" in text
    assert "| Response |" not in text
    assert "1 h 30 min" in text


def test_what_did_not_happen_is_not_known_rather_than_met() -> None:
    times = {Moment.DECLARED: stamp(0), Moment.RESOLVED: stamp(20)}
    clocks = chapter(written(resolved(times=times)), Heading.CLOCKS)
    assert "| Response | 15 min | — | Not known |" in clocks
    assert "| Resolution | 1 h | 20 min | Met |" in clocks


def test_suspects_tell_who_asked_who_approved_and_how_long_before() -> None:
    suspect = Suspect(
        deploy="D-7F3K2",
        service="api",
        environment="production",
        version="v1.2.0",
        revision="api-00042",
        previous="v1.1.0",
        requested_by=DANA,
        approved_by=(SAM,),
        at=NOW - 14 * MINUTE,
        undone=True,
    )
    deploys = chapter(written(resolved(suspects=(suspect,))), Heading.CHANGES_SEEN)
    for part in ("D-7F3K2", "api-00042", "9 min before it began", "Dana Reyes", "Sam Okafor"):
        assert part in deploys
    assert "serves no longer" in deploys


def test_pages_tell_who_answered_and_who_did_not() -> None:
    first = Page(
        id="p1", rung=0, epoch=0, name="Primary", people=(SAM,), at=NOW, by="signalbox",
        acked_by=SAM, acked_at=NOW + 3 * MINUTE,
    )  # fmt: skip
    second = Page(
        id="p2", rung=1, epoch=0, name="Secondary", people=(OLIVIA,), at=NOW, by="signalbox"
    )
    pages = chapter(written(resolved(pages=(first, second))), Heading.CALLED)
    assert "Primary: Sam Okafor; Sam Okafor after 3 min" in pages
    assert "Secondary: Olivia Lindqvist; no answer" in pages


def test_follow_ups_have_owners_and_tasks_of_the_incident_are_none() -> None:
    tasks = (
        Task(id="F1", kind=TaskKind.FOLLOW_UP, text="Raise the limit", by=SAM, at=NOW, owner=DANA),
        Task(id="F2", kind=TaskKind.FOLLOW_UP, text="Alert at 80 %", by=SAM, at=NOW, done_at=NOW),
        Task(id="T1", kind=TaskKind.TASK, text="Read the logs", by=SAM, at=NOW),
    )
    found = chapter(written(resolved(tasks=tasks)), Heading.FOLLOW_UPS)
    assert "- [ ] F1 Raise the limit (Dana Reyes)" in found
    assert "- [x] F2 Alert at 80 % (nobody yet)" in found
    assert "Read the logs" not in found


def test_the_timeline_has_names_and_no_token_of_the_chat() -> None:
    line = TimelineLine(
        id="1",
        kind=LineKind.NOTE,
        at=NOW,
        recorded=NOW,
        by=SAM,
        text="the pool | is *full*",
        permalink="https://olympus.example/archives/C1/p1",
    )
    whole = chapter(written(resolved(), line), Heading.WHOLE)
    assert "2026-03-14 12:00" in whole
    assert "Sam Okafor" in whole
    assert "[↗](<https://olympus.example/archives/C1/p1>)" in whole
    assert "<@" not in whole
    assert "<!date" not in whole
    # A bar in somebody's words does not end the cell.
    assert r"the pool \| is" in whole


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "# Heading", "[a](http://b)"])
def test_words_of_people_stay_words(hostile: str) -> None:
    text = written(resolved(title=hostile, root_cause=hostile, impact=hostile))
    assert hostile not in text.replace(f"\\{hostile}", "")


def test_what_nobody_wrote_is_left_to_be_written() -> None:
    text = written(resolved(root_cause="", resolution=""))
    assert "Not known yet." in chapter(text, Heading.WHY)
    assert "Not known yet." in chapter(text, Heading.HOW)
    assert "without blame" in chapter(text, Heading.LEARNT)


def test_a_chinese_room_gets_a_chinese_document() -> None:
    text = written(resolved(language="zh-TW"))
    assert "事後檢討" in text.splitlines()[0]
    assert "未達成" in chapter(text, Heading.CLOCKS, "zh-TW")


def test_every_time_that_it_was_opened_is_shown() -> None:
    first = {Moment.DECLARED: stamp(0), Moment.RESOLVED: stamp(30)}
    second = {Moment.DECLARED: stamp(60), Moment.RESOLVED: stamp(85)}
    times = chapter(written(resolved(earlier=(first,), times=second, epoch=1)), Heading.TIMES)
    assert times.count("Resolved") == 2
    assert "30 min" in times
