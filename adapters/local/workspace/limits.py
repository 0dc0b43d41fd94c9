"""What Slack accepts as the text and blocks of a message and as a view.

Sources: the Block Kit reference; the total of about 13,200 characters over all blocks is not
documented but reported by app authors (`msg_blocks_too_long`).
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from adapters.local.workspace.block_elements import ELEMENTS
from adapters.local.workspace.block_kit import report
from adapters.local.workspace.block_types import (
    BLOCKS,
    HOME,
    MODAL,
    NOT_IN_HOME,
    NOT_IN_MESSAGES,
    NOT_IN_MODALS,
)
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.model import Json, Model

MAX_TEXT = 40_000  # chat.postMessage cuts here
MAX_UPDATE_TEXT = 4_000  # chat.update refuses here
MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_TOTAL = 13_200
MAX_MARKDOWN = 12_000
MAX_VIEW_BYTES = 250_000
MAX_ATTACHMENTS = 100
MAX_METADATA_BYTES = 10_000

_INTERACTIVE = ("element", "accessory")
_WITH_ACTION = frozenset(ELEMENTS.shapes)


def elements(block: Json) -> Iterator[Json]:
    """The interactive elements of a block, those inside containers and cards included."""
    for name in _INTERACTIVE:
        if isinstance(block.get(name), dict):
            yield block[name]
    for name in ("elements", "actions"):
        for entry in block.get(name) or ():
            if not isinstance(entry, dict):
                continue
            if entry.get("type") == "card":
                yield from elements(entry)
            elif "action_id" in entry or block.get("type") != "rich_text":
                yield entry


def walk(blocks: list[Json]) -> Iterator[Json]:
    """All blocks, those inside containers and carousels included."""
    for block in blocks:
        yield block
        for name in ("child_blocks", "elements"):
            children = block.get(name) or ()
            if block.get("type") in ("container", "carousel"):
                yield from walk([child for child in children if isinstance(child, dict)])


def _repeated(values: list[Any]) -> list[Any]:
    return [value for value, count in Counter(values).items() if count > 1]


def _check_ids(blocks: list[Json], pointer: str, problems: list[str]) -> None:
    every = list(walk(blocks))
    for block_id in _repeated([b["block_id"] for b in every if "block_id" in b]):
        report(problems, f"block_id already exists: {block_id}", pointer)
    for block in every:
        actions = [e["action_id"] for e in elements(block) if "action_id" in e]
        for action_id in _repeated(actions):
            report(problems, f"action_id already exists: {action_id}", pointer)


def _check_blocks(
    blocks: list[Any], maximum: int, refused: frozenset[str], pointer: str
) -> list[str]:
    problems: list[str] = []
    if len(blocks) > maximum:
        report(problems, f"no more than {maximum} items allowed", pointer)
    for index, block in enumerate(blocks):
        place = f"{pointer}/{index}"
        BLOCKS(block, place, problems)
        if isinstance(block, dict) and block.get("type") in refused:
            report(problems, f"unsupported type: {block['type']}", f"{place}/type")
    if not problems:
        _check_ids(blocks, pointer, problems)
    return problems


def texts(value: Any) -> Iterator[str]:
    """Every text that is shown somewhere inside a value."""
    match value:
        case dict():
            for name, entry in value.items():
                if name in ("text", "title") and isinstance(entry, str):
                    yield entry
                else:
                    yield from texts(entry)
        case list():
            for entry in value:
                yield from texts(entry)
        case _:
            return


def message_problems(blocks: list[Any]) -> list[str]:
    """What is wrong with the blocks of a message, apart from their total size."""
    problems = _check_blocks(blocks, MAX_MESSAGE_BLOCKS, NOT_IN_MESSAGES, "/blocks")
    if problems:
        return problems
    if sum(b["type"] in ("table", "data_table") for b in walk(blocks)) > 1:
        report(problems, "only one table is allowed", "/blocks")
    markdown = sum(len(b["text"]) for b in walk(blocks) if b["type"] == "markdown")
    if markdown > MAX_MARKDOWN:
        report(problems, f"markdown must be less than {MAX_MARKDOWN + 1} characters", "/blocks")
    if any(e["type"] == "file_input" for b in walk(blocks) for e in elements(b) if "type" in e):
        report(problems, "unsupported type: file_input", "/blocks")
    return problems


def check_message_blocks(blocks: Any) -> list[Json] | None:
    """The blocks of a message, or None when there are none. Raises `ApiError`."""
    if blocks is None or blocks == []:
        return None
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    problems = message_problems(blocks)
    if problems:
        raise ApiError(
            "invalid_blocks",
            errors=[problem.removeprefix("[ERROR] ") for problem in problems],
            response_metadata={"messages": problems},
        )
    if sum(map(len, texts(blocks))) > MAX_TOTAL:
        raise ApiError("msg_blocks_too_long")
    return blocks


def check_metadata(metadata: Any) -> Json | None:
    """The metadata of a message. Raises `ApiError`."""
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise ApiError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > MAX_METADATA_BYTES:
        raise ApiError("metadata_too_large")
    return metadata


def view_problems(view: Any) -> list[str]:
    """What is wrong with a view."""
    problems: list[str] = []
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        report(problems, "unsupported type", "/view/type")
        return problems
    modal = view["type"] == "modal"
    (MODAL if modal else HOME)(view, "/view", problems)
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        report(problems, "must be an array", "/view/blocks")
        return problems
    refused = NOT_IN_MODALS if modal else NOT_IN_HOME
    problems += _check_blocks(blocks, MAX_VIEW_BLOCKS, refused, "/view/blocks")
    has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if modal and has_input and "submit" not in view:
        report(problems, "missing required field: submit", "/view")
    return problems


def check_view(view: Any, kind: str) -> Json:
    """A view of the wanted kind. Raises `ApiError`."""
    problems = view_problems(view)
    if not problems and view["type"] != kind:
        report(problems, f"unsupported type: {view['type']}", "/view/type")
    if problems:
        raise ApiError("invalid_arguments", response_metadata={"messages": problems})
    if len(json.dumps(view)) > MAX_VIEW_BYTES:
        raise ApiError("view_too_large")
    body: Json = view
    return body


def with_ids(model: Model, blocks: list[Json] | None) -> list[Json] | None:
    """The blocks with ids for those blocks and elements to which the app gave none."""
    if blocks is None:
        return None
    named: list[Json] = json.loads(json.dumps(blocks))
    for block in walk(named):
        block.setdefault("block_id", model.new_id("b").lower())
        for element in elements(block):
            if element.get("type") in _WITH_ACTION:
                element.setdefault("action_id", model.new_id("a").lower())
    return named
