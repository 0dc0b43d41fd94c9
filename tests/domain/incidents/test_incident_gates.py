"""What is missing before an incident may go on, and what is told about it."""

from datetime import timedelta

import incident_samples as samples
import pytest
from incident_samples import CLOSED_AT, MINUTE, RESOLVED_AT
from samples import NOW, OLIVIA, SAM

from bot.domain.errors import UsageError
from bot.domain.incident_policy import Severity
from bot.domain.incidents.events import Event, Moved, Settled, SeverityChanged
from bot.domain.incidents.gates import Lack, lacking
from bot.domain.incidents.incident import Incident, IncidentKind
from bot.domain.incidents.states import State
from bot.domain.incidents.transition import advance
from bot.domain.worded import in_english

S = State
POLICY = samples.incident_policy()
RUNNING = samples.linked_deploy()
DAY = timedelta(days=1)


def after(before: Incident, event: Event, late: timedelta = 3 * DAY) -> Incident:
    """The incident once this has happened, `late` after the declaration."""
    return advance(before, event, OLIVIA, NOW + late, POLICY)


def test_every_lack_says_what_it_is_and_what_to_do() -> None:
    assert all(lack.says and in_english(lack.remedy).endswith(".") for lack in Lack)


def test_resolving_lacks_what_nobody_has_told() -> None:
    bare = samples.incident(deploys=(RUNNING,))
    assert lacking(bare, S.RESOLVED, POLICY) == (
        Lack.ROOT_CAUSE,
        Lack.RESOLUTION,
        Lack.DEPLOY_RUNNING,
    )
    told = samples.incident(root_cause="A leak.", resolution="Fixed.")
    assert lacking(told, S.RESOLVED, POLICY) == ()


@pytest.mark.parametrize("lack", ["root_cause", "resolution"])
def test_nothing_is_resolved_without_words(lack: str) -> None:
    event = Settled(root_cause="A leak.", resolution="Fixed.").model_copy(update={lack: "  "})
    with pytest.raises(UsageError, match="cannot be resolved yet") as refused:
        after(samples.incident(), event)
    assert "/incident resolve" in refused.value.hint


def test_a_reason_to_go_on_does_not_stand_for_words() -> None:
    event = Settled(root_cause="", resolution="Fixed.", override="Nobody knows.")
    with pytest.raises(UsageError, match="root cause is not known"):
        after(samples.incident(), event)


def test_resolving_by_moving_says_how_it_is_done() -> None:
    with pytest.raises(UsageError, match="takes its root cause") as refused:
        after(samples.incident(), Moved(to=S.RESOLVED, reason="Fixed it."))
    assert refused.value.hint == "/incident resolve"


def test_a_running_deploy_is_waited_for_unless_somebody_says_why_not() -> None:
    before = samples.incident(deploys=(RUNNING,))
    event = Settled(root_cause="A leak.", resolution="Fixed.")
    with pytest.raises(UsageError, match="still running"):
        after(before, event)
    with pytest.raises(UsageError, match="still running"):
        after(before, event.model_copy(update={"override": " "}))
    settled = after(before, event.model_copy(update={"override": "It only cleans up."}))
    assert settled.state is S.RESOLVED
    ended = samples.incident(deploys=(samples.linked_deploy(running=False),))
    assert after(ended, event).state is S.RESOLVED


@pytest.mark.parametrize("severity", [Severity.P1, Severity.P2])
def test_what_is_grave_is_looked_back_on_before_it_closes(severity: Severity) -> None:
    resolved = samples.incident(S.RESOLVED, severity=severity)
    assert lacking(resolved, S.CLOSED, POLICY) == (Lack.REVIEW_SKIPPED, Lack.POST_MORTEM)
    with pytest.raises(UsageError, match="asks for a post-mortem first"):
        after(resolved, Moved(to=S.CLOSED))
    reviewed = samples.incident(S.POST_MORTEM, severity=severity, postmortem=samples.published())
    assert after(reviewed, Moved(to=S.CLOSED)).state is S.CLOSED


def test_a_published_post_mortem_does_not_make_the_review_needless() -> None:
    resolved = samples.incident(S.RESOLVED, postmortem=samples.published())
    assert lacking(resolved, S.CLOSED, POLICY) == (Lack.REVIEW_SKIPPED,)


@pytest.mark.parametrize("severity", [Severity.P3, Severity.P4])
def test_what_is_not_grave_closes_at_once(severity: Severity) -> None:
    resolved = samples.incident(S.RESOLVED, severity=severity)
    assert after(resolved, Moved(to=S.CLOSED)).state is S.CLOSED


def test_a_drill_closes_at_once() -> None:
    drill = samples.incident(S.RESOLVED, kind=IncidentKind.DRILL)
    closed = after(drill, Moved(to=S.CLOSED))
    assert (closed.state, closed.clocks.postmortem_by) == (S.CLOSED, None)


def test_every_follow_up_has_an_owner_before_it_closes() -> None:
    def reviewed(**follow_up: object) -> Incident:
        tasks = (samples.task("T1"), samples.task("F1", **follow_up))
        return samples.incident(S.POST_MORTEM, postmortem=samples.published(), tasks=tasks)

    with pytest.raises(UsageError, match="a follow-up has no owner"):
        after(reviewed(), Moved(to=S.CLOSED))
    assert after(reviewed(owner=SAM), Moved(to=S.CLOSED)).state is S.CLOSED
    done = reviewed(done_by=SAM, done_at=CLOSED_AT)
    assert after(done, Moved(to=S.CLOSED)).state is S.CLOSED


@pytest.mark.parametrize(
    ("state", "to"), [(S.TRIAGE, S.DECLINED), (S.TRIAGE, S.CANCELLED), (S.MITIGATING, S.CANCELLED)]
)
def test_nothing_is_called_off_without_a_reason(state: State, to: State) -> None:
    with pytest.raises(UsageError, match="without a reason"):
        after(samples.incident(state), Moved(to=to, reason=" \n"))
    assert after(samples.incident(state), Moved(to=to, reason="A probe.")).reason == "A probe."


def test_merging_by_moving_asks_into_which_one() -> None:
    with pytest.raises(UsageError, match="into another incident"):
        after(samples.incident(), Moved(to=S.MERGED, reason="The same thing."))


@pytest.mark.parametrize("state", [S.RESOLVED, S.POST_MORTEM, S.CLOSED])
def test_reopening_takes_ten_characters(state: State) -> None:
    with pytest.raises(UsageError, match="10 characters"):
        after(samples.incident(state), Moved(to=S.INVESTIGATING, reason=" 123456789  "))
    event = Moved(to=S.INVESTIGATING, reason="1234567890")
    assert after(samples.incident(state), event).state is S.INVESTIGATING


@pytest.mark.parametrize("state", [S.RESOLVED, S.POST_MORTEM, S.CLOSED])
def test_nothing_is_reopened_after_the_time_for_it(state: State) -> None:
    event = Moved(to=S.INVESTIGATING, reason="It is back again.")
    last = RESOLVED_AT - NOW + POLICY.reopen_within
    assert after(samples.incident(state), event, last).state is S.INVESTIGATING
    with pytest.raises(UsageError, match="more than 30 days ago") as refused:
        after(samples.incident(state), event, last + MINUTE)
    assert "Declare a new one" in refused.value.hint
    assert samples.REF in refused.value.hint


@pytest.mark.parametrize("state", [S.DECLINED, S.CANCELLED, S.MERGED])
def test_an_end_is_taken_back_within_a_day(state: State) -> None:
    last = CLOSED_AT - NOW + DAY
    assert after(samples.incident(state), Moved(to=S.TRIAGE), last).state is S.TRIAGE
    with pytest.raises(UsageError, match="more than a day ago") as refused:
        after(samples.incident(state), Moved(to=S.TRIAGE), last + MINUTE)
    assert "Declare a new one" in refused.value.hint


@pytest.mark.parametrize("severity", [Severity.P1, Severity.P2])
def test_to_call_what_is_grave_less_bad_takes_a_reason(severity: Severity) -> None:
    before = samples.incident(severity=severity)
    with pytest.raises(UsageError, match=f"is a {severity}: to call it a P3"):
        after(before, SeverityChanged(to=Severity.P3, reason=" "))
    lowered = after(before, SeverityChanged(to=Severity.P3, reason="One test user only."))
    assert (lowered.severity, lowered.reason) == (Severity.P3, "One test user only.")


def test_other_changes_of_severity_take_none() -> None:
    raised = after(samples.incident(severity=Severity.P2), SeverityChanged(to=Severity.P1))
    assert raised.severity is Severity.P1
    lowered = after(samples.incident(severity=Severity.P3), SeverityChanged(to=Severity.P4))
    assert lowered.severity is Severity.P4
