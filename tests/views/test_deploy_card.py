"""The deploy card in every state: what people must be able to see, within Slack's limits."""

import json
from datetime import timedelta

import pytest
import samples
from slack_sdk.models.blocks import Block as SlackBlock

from bot.domain.approval import Vote
from bot.domain.catalog import ApprovalRule, GroupMinimum
from bot.domain.deploy import State
from bot.domain.message import DeployNote, Said
from bot.views import deploy as view
from bot.views.blocks import MAX_BLOCKS, MAX_FALLBACK, Rendered
from bot.views.names import Action


def texts(rendered: Rendered) -> str:
    """Everything that can be read on a message."""
    return json.dumps(rendered.blocks, ensure_ascii=False)


def action_ids(rendered: Rendered) -> set[str]:
    """The buttons of a message."""
    return {
        element["action_id"]
        for block in rendered.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    }


@pytest.mark.parametrize("state", list(State))
def test_every_state_renders_within_slacks_limits(state: State) -> None:
    """Each block is accepted by Slack's own model of it and comes back unchanged."""
    rendered = view.card(samples.deploy(state))
    assert 0 < len(rendered.text) <= MAX_FALLBACK
    assert 0 < len(rendered.blocks) <= MAX_BLOCKS
    for block in rendered.blocks:
        parsed = SlackBlock.parse(block)
        assert parsed is not None, block["type"]
        assert parsed.to_dict() == block


@pytest.mark.parametrize("state", list(State))
def test_every_state_survives_hostile_names(state: State) -> None:
    """A version or a reason that looks like markup is shown, and rings no bell."""
    hostile = "<!channel> & <https://evil|good>" * 200
    deploy = samples.deploy(state).model_copy(
        update={"version": hostile, "problem": hostile, "attempt": 2}
    )
    rendered = view.card(deploy)
    for block in rendered.blocks:
        if block["type"] == "section":
            assert "<!channel>" not in block["text"]["text"]
            assert len(block["text"]["text"]) <= 3000
    assert "<!channel>" not in "".join(
        element["text"]
        for block in rendered.blocks
        if block["type"] == "context"
        for element in block["elements"]
    )


def test_only_an_open_approval_has_buttons() -> None:
    """Once it is decided, there is nothing to press."""
    for state in State:
        expected = {Action.APPROVE, Action.REJECT} if state is State.AWAITING_APPROVAL else set()
        assert action_ids(view.card(samples.deploy(state))) == expected


def test_an_open_approval_says_what_changes_and_who_may_answer_until_when() -> None:
    """The approver sees versions, digest, groups, deadline and who asked."""
    rendered = view.card(samples.deploy(State.AWAITING_APPROVAL))
    shown = texts(rendered)
    for needed in ("v1.1.0", "v1.2.0", "sha256:9a9a9a9a9a9a", "sre", "owners", samples.DANA):
        assert needed in shown
    expires = samples.NOW + timedelta(minutes=30)
    assert str(int(expires.timestamp())) in shown
    assert "0 of 1" in shown


def test_the_button_carries_the_deploy_and_the_plan_and_nothing_else() -> None:
    """What is approved is one exact plan; authority is never in the button."""
    rendered = view.card(samples.deploy(State.AWAITING_APPROVAL))
    buttons = next(block for block in rendered.blocks if block["type"] == "actions")
    values = {element["value"] for element in buttons["elements"]}
    assert values == {f"D-7F3K2:{samples.plan().hash}"}


def test_a_missing_group_is_named() -> None:
    """With a minimum per group, the card says which group is still missing."""
    rule = ApprovalRule(
        required=2, groups=(GroupMinimum(name="sre", min=1), GroupMinimum(name="qa"))
    )
    vote = Vote(by=samples.OLIVIA, groups=frozenset({"qa"}), at=samples.NOW)
    approval = samples.approval(rule).model_copy(update={"votes": (vote,)})
    shown = texts(view.card(samples.deploy(State.AWAITING_APPROVAL, approval=approval)))
    assert "1 of 2" in shown
    assert "sre is still missing" in shown


def test_a_finished_deploy_names_version_and_whole_digest() -> None:
    """“Deployed” alone would not say what is serving."""
    shown = texts(view.card(samples.deploy(State.COMPLETED)))
    assert "Serving" in shown
    assert samples.NEW_DIGEST in shown


def test_an_unknown_outcome_is_never_green() -> None:
    """Nothing on the card claims success or that the old version is serving."""
    rendered = view.card(samples.deploy(State.FAILED_UNKNOWN, turn=1, step=3, revision="api-00002"))
    assert "not known" in rendered.text
    assert "Serving" not in texts(rendered)


@pytest.mark.parametrize(
    ("state", "done", "running"),
    [
        (State.REQUESTED, 0, "Plan"),
        (State.QUEUED, 1, "turn"),
        (State.STAGING, 2, "New revision"),
        (State.TAGGING, 3, "Private address"),
        (State.ROUTING, 4, "All traffic"),
    ],
)
def test_progress_shows_the_steps_done_and_the_one_running(
    state: State, done: int, running: str
) -> None:
    """The list fills up from the top."""
    lines = next(
        block["text"]["text"]
        for block in view.card(samples.deploy(state)).blocks
        if block["type"] == "section"
        and "▫️" in block["text"]["text"] + "▫️" * (done == 4)
        and ("⏳" in block["text"]["text"] and "\n" in block["text"]["text"])
    ).split("\n")
    assert [line[0] for line in lines].count("✅") == done
    assert next(line for line in lines if line.startswith("⏳")).find(running) > 0


@pytest.mark.parametrize("said", list(Said))
def test_every_note_renders(said: Said) -> None:
    """A note is one line with the person who did it, or the one who asked."""
    note = DeployNote(deploy="D-7F3K2", said=said, by=samples.SAM, detail="<!here> because")
    rendered = view.note(samples.deploy(State.COMPLETED), note)
    assert rendered.text
    assert "<!here>" not in rendered.text
    assert all(SlackBlock.parse(block) is not None for block in rendered.blocks)
