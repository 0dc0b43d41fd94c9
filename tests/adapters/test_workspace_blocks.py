"""The workspace accepts the blocks and views that Slack accepts, and refuses the others."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import workspaces
from jsonschema import Draft7Validator
from slack_sdk.errors import SlackApiError
from workspaces import Stage, stage

from adapters.local.workspace import limits
from adapters.local.workspace.errors import ApiError


@pytest.fixture
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


def plain(text: str = "text") -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "text") -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(**fields: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(), **fields}


def button(**fields: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "go", "text": plain(), **fields}


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def option(text: str = "one", value: str = "1") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def select(count: int = 1, **fields: Any) -> dict[str, Any]:
    options = [option(value=str(n)) for n in range(count)]
    return {"type": "static_select", "action_id": "pick", "options": options, **fields}


def text_input(**fields: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "a"}
    return {"type": "input", "block_id": "b", "label": plain(), "element": element, **fields}


def rich(*elements: Any) -> dict[str, Any]:
    part = {"type": "rich_text_section", "elements": list(elements)}
    return {"type": "rich_text", "elements": [part]}


def table(rows: int = 1, columns: int = 1) -> dict[str, Any]:
    cell = {"type": "raw_text", "text": "x"}
    return {"type": "table", "rows": [[cell] * columns for _ in range(rows)]}


def task(status: str = "complete") -> dict[str, Any]:
    return {"type": "task_card", "task_id": "t", "title": "Stage", "status": status}


CONFIRM = {"title": plain(), "text": plain(), "confirm": plain("Yes"), "deny": plain("No")}

GOOD: dict[str, list[Any]] = {
    "header": [{"type": "header", "text": plain("x" * 150)}],
    "section": [section(fields=[mrkdwn("x" * 2000)] * 10, accessory=button(confirm=CONFIRM))],
    "a text at its limit": [section(text=mrkdwn("x" * 3000))],
    "25 buttons": [actions(*(button(action_id=str(n)) for n in range(25)))],
    "a select": [actions(select(100))],
    "context": [{"type": "context", "elements": [mrkdwn()] * 10}],
    "rich text": [rich({"type": "text", "text": "a"}, {"type": "user", "user_id": "U1"})],
    "table": [table(100, 20)],
    "plan": [{"type": "plan", "title": "Deploy", "tasks": [task()]}],
    "markdown": [{"type": "markdown", "text": "x" * 12_000}],
    "divider": [{"type": "divider", "block_id": "d"}],
    "container": [{"type": "container", "title": plain(), "child_blocks": [section()]}],
    "50 blocks": [{"type": "divider"}] * 50,
    "input": [text_input()],
}

BAD: dict[str, tuple[list[Any], str]] = {
    "unknown block": ([{"type": "marquee"}], "unsupported type: marquee"),
    "no object": (["x"], "must provide an object"),
    "51 blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed"),
    "long section": ([section(text=mrkdwn("x" * 3001))], "must be less than 3001 characters"),
    "empty section": ([section(text=mrkdwn(""))], "must be more than 0 characters"),
    "section without text": ([{"type": "section"}], "either text or fields must be given"),
    "long field": ([section(fields=[mrkdwn("x" * 2001)])], "must be less than 2001 characters"),
    "11 fields": ([section(fields=[mrkdwn()] * 11)], "no more than 10 items allowed"),
    "long header": ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151"),
    "mrkdwn header": ([{"type": "header", "text": mrkdwn()}], "unsupported type: mrkdwn"),
    "26 buttons": (
        [actions(*(button(action_id=str(n)) for n in range(26)))],
        "no more than 25 items allowed",
    ),
    "no buttons": ([actions()], "no less than 1 items allowed"),
    "long label": ([actions(button(text=plain("x" * 76)))], "must be less than 76 characters"),
    "long value": ([actions(button(value="x" * 2001))], "must be less than 2001 characters"),
    "mrkdwn label": ([actions(button(text=mrkdwn()))], "unsupported type: mrkdwn"),
    "wrong style": ([actions(button(style="warning"))], "must be one of primary, danger"),
    "long action id": ([actions(button(action_id="x" * 256))], "must be less than 256"),
    "long url": (
        [actions(button(url="https://e.com/" + "x" * 3000))],
        "must be less than 3001 characters",
    ),
    "unsafe url": ([actions(button(url="javascript:alert(1)"))], "has an invalid format"),
    "same action twice": ([actions(button(), button())], "action_id already exists: go"),
    "same block twice": (
        [section(block_id="a"), section(block_id="a")],
        "block_id already exists: a",
    ),
    "unknown key": ([section(colour="red")], "invalid additional property: colour"),
    "image in actions": (
        [actions({"type": "image", "image_url": "https://e.com/a.png", "alt_text": "a"})],
        "unsupported type: image",
    ),
    "text input in actions": (
        [actions({"type": "plain_text_input", "action_id": "a"})],
        "unsupported type: plain_text_input",
    ),
    "101 options": ([actions(select(101))], "no more than 100 items allowed"),
    "long option value": (
        [actions(select(options=[option(value="x" * 151)]))],
        "must be less than 151 characters",
    ),
    "options and groups": (
        [actions(select(option_groups=[{"label": plain(), "options": [option()]}]))],
        "either options or option_groups must be given",
    ),
    "long confirmation": (
        [actions(button(confirm={**CONFIRM, "text": plain("x" * 301)}))],
        "must be less than 301 characters",
    ),
    "11 in context": ([{"type": "context", "elements": [mrkdwn()] * 11}], "no more than 10"),
    "101 rows": ([table(101)], "no more than 100 items allowed"),
    "21 columns": ([table(1, 21)], "no more than 20 items allowed"),
    "two tables": ([table(), table()], "only one table is allowed"),
    "long markdown": ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001"),
    "markdown in sum": (
        [{"type": "markdown", "text": "x" * 6_001}] * 2,
        "markdown must be less than 12001 characters",
    ),
    "alert in a message": ([{"type": "alert", "text": plain()}], "unsupported type: alert"),
    "wrong task status": ([task("done")], "must be one of pending"),
    "label of an input": ([text_input(label=mrkdwn())], "unsupported type: mrkdwn"),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_blocks_are_accepted(name: str) -> None:
    assert limits.message_problems(GOOD[name]) == []


@pytest.mark.parametrize("name", GOOD)
def test_good_blocks_are_good_by_the_published_schema(name: str) -> None:
    schema = workspaces.reference("block-kit", "blocks.schema.json")

    assert Draft7Validator(schema).is_valid(GOOD[name])


@pytest.mark.parametrize("name", BAD)
def test_bad_blocks_are_refused_with_the_reason(name: str) -> None:
    blocks, reason = BAD[name]

    problems = limits.message_problems(blocks)

    assert any(reason in problem for problem in problems), problems


async def test_a_refusal_points_to_the_place(running: Stage) -> None:
    blocks = [section(), section(text=mrkdwn("x" * 3001))]

    with pytest.raises(SlackApiError) as caught:
        await running.client().chat_postMessage(channel="#deploys", text="x", blocks=blocks)

    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]


@pytest.mark.parametrize("length", [13_200, 13_201])
def test_all_texts_together_have_a_limit(length: int) -> None:
    texts = ["x" * 3000] * 4 + ["x" * (length - 12_000)]
    blocks = [section(text=mrkdwn(text)) for text in texts]

    if length <= 13_200:
        assert limits.check_message_blocks(blocks) == blocks
    else:
        with pytest.raises(ApiError, match="msg_blocks_too_long"):
            limits.check_message_blocks(blocks)


def test_blocks_that_are_no_list_are_refused() -> None:
    with pytest.raises(ApiError, match="invalid_blocks_format"):
        limits.check_message_blocks({"type": "divider"})


def modal(**fields: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Deploy"), "blocks": [section()], **fields}


BAD_VIEWS: dict[str, tuple[Any, str]] = {
    "no type": ({"blocks": []}, "unsupported type"),
    "no title": ({"type": "modal", "blocks": []}, "missing required field: title"),
    "long title": (modal(title=plain("x" * 25)), "must be less than 25 characters"),
    "long submit": (modal(submit=plain("x" * 25)), "must be less than 25 characters"),
    "101 blocks": (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed"),
    "long metadata": (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
    "long callback": (modal(callback_id="x" * 256), "must be less than 256 characters"),
    "input without submit": (modal(blocks=[text_input()]), "missing required field: submit"),
    "container": (
        modal(blocks=[{"type": "container", "child_blocks": [section()]}]),
        "unsupported type: container",
    ),
    "blocks are no list": (modal(blocks={}), "must be an array"),
    "alert on the home tab": (
        {"type": "home", "blocks": [{"type": "alert", "text": plain()}]},
        "unsupported type: alert",
    ),
    "unknown key": (modal(colour="red"), "invalid additional property: colour"),
    "lengths the wrong way round": (
        modal(
            submit=plain("Go"),
            blocks=[
                text_input(
                    element={
                        "type": "plain_text_input",
                        "action_id": "a",
                        "min_length": 5,
                        "max_length": 2,
                    }
                )
            ],
        ),
        "min_length must not be greater than max_length",
    ),
}


@pytest.mark.parametrize("name", BAD_VIEWS)
def test_bad_views_are_refused_with_the_reason(name: str) -> None:
    view, reason = BAD_VIEWS[name]

    problems = limits.view_problems(view)

    assert any(reason in problem for problem in problems), problems


def test_a_modal_may_have_inputs_an_alert_and_a_hundred_blocks() -> None:
    alert = {"type": "alert", "level": "warning", "text": plain()}
    blocks = [alert, text_input(), *({"type": "divider"} for _ in range(98))]

    assert limits.view_problems(modal(blocks=blocks, submit=plain("Go"))) == []


def test_a_view_has_a_size() -> None:
    blocks = [section(text=mrkdwn("x" * 3000)) for _ in range(90)]

    with pytest.raises(ApiError, match="view_too_large"):
        limits.check_view(modal(blocks=blocks), "modal")


def test_a_home_tab_is_no_modal() -> None:
    with pytest.raises(ApiError, match="invalid_arguments"):
        limits.check_view({"type": "home", "blocks": []}, "modal")
