"""The buttons of a card: what can be done in each state, and what is asked before."""

import pytest
import samples
from screens import buttons

from bot.domain.deploy import Deploy
from bot.domain.events import Cause
from bot.domain.history import Kind
from bot.domain.states import State
from bot.views.deploy import card
from bot.views.names import Action

S = State
EXPECTED = {
    S.REQUESTED: ["Cancel"],
    S.CHECKING: ["Cancel"],
    S.AWAITING_APPROVAL: ["Approve", "Reject …", "Cancel"],
    S.QUEUED: ["Cancel"],
    S.BACKING_UP: ["Cancel"],
    S.STAGING: ["Cancel"],
    S.TAGGING: ["Cancel"],
    S.SMOKE: ["Cancel"],
    S.ROUTING: ["Roll back"],
    S.OBSERVING: ["Pause", "Promote to 50 %", "Roll back"],
    S.HELD: ["Promote to 50 %", "Roll back", "Wait 30 min"],
    S.RETAINING: ["Switch back"],
}


@pytest.mark.parametrize("state", State)
def test_each_state_has_the_buttons_that_do_something_in_it(state: State) -> None:
    assert list(buttons(card(samples.canary(state, 1)))) == EXPECTED.get(state, [])


@pytest.mark.parametrize(
    ("cause", "labels"),
    [
        (Cause.CHANGED_OUTSIDE, ["Go on", "Roll back", "Leave it"]),
        (Cause.PAUSED, ["Go on", "Roll back"]),
        (Cause.INCONCLUSIVE, ["Promote to 50 %", "Roll back", "Wait 30 min"]),
        (Cause.BLOCKED, ["Promote to 50 %", "Roll back", "Wait 30 min"]),
        (Cause.NO_EVIDENCE, ["Promote to 50 %", "Roll back", "Wait 30 min"]),
    ],
)
def test_what_can_be_done_with_a_held_deploy_depends_on_why(
    cause: Cause, labels: list[str]
) -> None:
    deploy = samples.canary(S.HELD, 1, hold=samples.hold(cause))
    assert list(buttons(card(deploy))) == labels


def test_the_last_share_is_promoted_to_the_end() -> None:
    assert "Promote: done" in buttons(card(samples.canary(S.OBSERVING, 3)))


@pytest.mark.parametrize("kind", [Kind.ROLLBACK, Kind.UNPIN])
@pytest.mark.parametrize("state", [S.STAGING, S.ROUTING, S.HELD])
def test_a_way_back_under_way_is_not_undone(kind: Kind, state: State) -> None:
    hold = samples.hold(Cause.CHANGED_OUTSIDE) if state is S.HELD else None
    found = buttons(card(samples.back(state, kind, hold=hold)))
    assert not {"Roll back", "Cancel"} & set(found)
    assert "Cancel" in buttons(card(samples.back(S.QUEUED, kind)))


@pytest.mark.parametrize("state", State)
def test_every_order_names_the_deploy_and_nothing_else(state: State) -> None:
    found = buttons(card(samples.canary(state, 1))).values()
    orders = [each for each in found if each["action_id"] not in {Action.APPROVE, Action.REJECT}]
    assert all(each["value"] == "D-7F3K2" for each in orders)


@pytest.mark.parametrize(
    ("deploy", "label", "asks"),
    [
        (samples.canary(S.QUEUED), "Cancel", "will not go to production"),
        (samples.canary(S.OBSERVING), "Roll back", "goes back to v1.1.0 at once"),
        (samples.canary(S.HELD), "Promote to 25 %", "evidence is not complete"),
        (samples.deploy(S.RETAINING), "Switch back", "first answers are slow"),
        (
            samples.canary(S.HELD, hold=samples.hold(Cause.CHANGED_OUTSIDE)),
            "Go on",
            "whoever changed it",
        ),
    ],
)
def test_what_cannot_be_taken_back_is_asked_twice(deploy: Deploy, label: str, asks: str) -> None:
    question = buttons(card(deploy))[label]["confirm"]
    assert asks in question["text"]["text"]
    assert "api" in question["text"]["text"] + question["title"]["text"] or label == "Go on"


def test_a_question_names_the_old_version_as_it_is() -> None:
    """What Slack does not interpret is not escaped."""
    plan = samples.full_plan(replaces={"api-1": 100}, replaces_versions=("a&b",))
    question = buttons(card(samples.canary(State.OBSERVING, plan=plan)))["Roll back"]["confirm"]
    assert "goes back to a&b at once" in question["text"]["text"]
