"""What people enter into blocks: initial values, the state that is sent, and what is refused."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from adapters.local.workspace.errors import Refused
from adapters.local.workspace.limits import elements, walk
from adapters.local.workspace.model import Json

# Under which key the state of an element stands.
_STATE_KEY = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}
_OPTION_KEYS = ("selected_option", "selected_options")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
REQUIRED = "Please complete this required field."


def _inputs(blocks: list[Json]) -> Iterator[tuple[Json, Json, str]]:
    """Each element that has a state, with its block and the key of the state."""
    for block in walk(blocks):
        for element in elements(block):
            key = _STATE_KEY.get(element.get("type", ""))
            if key is not None:
                yield block, element, key


def initial_values(blocks: list[Json]) -> Json:
    """The state of a view that was just opened."""
    values: Json = {}
    for block, element, key in _inputs(blocks):
        name = "initial_value" if key == "value" else key.replace("selected_", "initial_")
        empty: Any = [] if key.endswith("s") else None
        state = {"type": element["type"], key: element.get(name, empty)}
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def find_element(blocks: list[Json], block_id: str, action_id: str) -> Json:
    """The element of a message or view. Raises `Refused` when it is not there."""
    element = element_at(blocks, block_id, action_id)
    if element is None:
        raise Refused("This element is not there (any more).")
    return element


def element_at(blocks: list[Json], block_id: str, action_id: str) -> Json | None:
    """The element of a message or view, or None."""
    for block in walk(blocks):
        if block.get("block_id") == block_id:
            for element in elements(block):
                if element.get("action_id") == action_id:
                    return element
    return None


def _options(element: Json) -> list[Json]:
    groups = element.get("option_groups") or ()
    return [
        *(element.get("options") or ()),
        *(option for group in groups for option in group["options"]),
    ]


def _chosen(element: Json, key: str, given: Any) -> Any:
    """The options of the element that were chosen; what it does not offer is refused."""
    if element["type"].endswith("external_select"):
        return given
    offered = {option["value"]: option for option in _options(element)}
    wanted = given if isinstance(given, list) else [given]
    values = [entry.get("value") if isinstance(entry, dict) else entry for entry in wanted]
    if not all(value in offered for value in values):
        raise Refused("This option is not offered.")
    chosen = [offered[value] for value in values]
    return chosen if key == "selected_options" else chosen[0]


def read_state(element: Json, given: Json) -> Json:
    """The state of one element as the page sent it, without anything else in it."""
    key = _STATE_KEY[element["type"]]
    value = given.get(key)
    if value == "" or value is None:
        value = [] if key.endswith("s") else None
    elif key in _OPTION_KEYS:
        value = _chosen(element, key, value)
    return {"type": element["type"], key: value}


def merge_values(blocks: list[Json], values: Json, given: Json) -> Json:
    """The state of a view after the page has sent what was entered. Raises `Refused`."""
    merged = {block_id: dict(group) for block_id, group in values.items()}
    for block, element, _ in _inputs(blocks):
        entered = given.get(block["block_id"], {}).get(element["action_id"])
        if isinstance(entered, dict):
            merged[block["block_id"]][element["action_id"]] = read_state(element, entered)
    return merged


def input_errors(blocks: list[Json], values: Json) -> dict[str, str]:
    """What a client refuses before it submits: a sentence for each block that needs correction."""
    errors: dict[str, str] = {}
    for block, element, key in _inputs(blocks):
        if block["type"] != "input":
            continue
        value = values.get(block["block_id"], {}).get(element["action_id"], {}).get(key)
        if value in (None, "", []):
            problem = None if block.get("optional") else REQUIRED
        else:
            problem = _value_problem(element, value)
        if problem:
            errors[block["block_id"]] = problem
    return errors


def _value_problem(element: Json, value: Any) -> str | None:
    match element["type"]:
        case "plain_text_input":
            return _length_problem(element, str(value))
        case "email_text_input" if not _EMAIL.fullmatch(str(value)):
            return "Please enter a valid email address."
        case "url_text_input" if not urlsplit(str(value)).scheme.startswith("http"):
            return "Please enter a valid URL."
        case "number_input":
            return _number_problem(element, str(value))
        case _:
            return None


def _length_problem(element: Json, value: str) -> str | None:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < low:
        return f"Please enter at least {low} characters."
    return f"Please enter at most {high} characters." if len(value) > high else None


def _number_problem(element: Json, value: str) -> str | None:
    if not _NUMBER.fullmatch(value):
        return "Please enter a number."
    if "." in value and not element.get("is_decimal_allowed"):
        return "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def read_action(element: Json, block_id: str, given: Json, action_ts: str) -> Json:
    """One entry of a block_actions payload. Raises `Refused` for what is not offered."""
    kind = element["type"]
    action: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": action_ts,
    }
    if kind in _STATE_KEY:
        return action | read_state(element, given)
    if kind == "overflow":
        chosen = _chosen(element, "selected_option", given.get("selected_option"))
        return action | {"selected_option": chosen}
    if kind == "feedback_buttons":
        sides = (element["positive_button"], element["negative_button"])
        side = next((side for side in sides if side["value"] == given.get("value")), None)
        if side is None:
            raise Refused("This button is not offered.")
        return action | {"text": side["text"], "value": side["value"]}
    carried = {name: element[name] for name in ("text", "value", "style") if name in element}
    return action | carried
