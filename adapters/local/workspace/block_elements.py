"""The parts inside blocks: texts, options, buttons, selects, inputs.

Limits: https://docs.slack.dev/reference/block-kit (composition objects and block elements).
"""

from typing import Any

from adapters.local.workspace.block_kit import (
    Check,
    Shape,
    Union,
    array,
    boolean,
    choice,
    number,
    report,
    string,
)

ID = string(255, minimum=1)
URL = string(3000, minimum=1, pattern=r"(?s)(?:https?|mailto|slack)\S*:\S+|https?://\S+")
DATE = string(pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(pattern=r"[0-2]\d:[0-5]\d")


def plain(maximum: int) -> Union:
    """A plain text of at most so many characters."""
    return Union({"plain_text": Shape({"text": string(maximum, minimum=1)}, {"emoji": boolean})})


def text(maximum: int) -> Union:
    """A plain or mrkdwn text of at most so many characters."""
    mrkdwn = Shape({"text": string(maximum, minimum=1)}, {"verbatim": boolean})
    return Union(plain(maximum).shapes | {"mrkdwn": mrkdwn})


STYLE = choice("primary", "danger")
CONFIRM = Shape(
    {"text": text(300)},
    {"title": plain(100), "confirm": plain(30), "deny": plain(30), "style": STYLE},
)
_OPTION_EXTRA: dict[str, Check] = {"description": plain(75), "url": URL}
PLAIN_OPTION = Shape({"text": plain(75), "value": string(150)}, _OPTION_EXTRA)
OPTION = Shape({"text": text(75), "value": string(150)}, _OPTION_EXTRA)
_GROUP = Shape({"label": plain(75), "options": array(PLAIN_OPTION, 100)})
_DISPATCH = Shape(
    optional={"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 2)}
)
_FILTER = Shape(
    optional={
        "include": array(choice("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)


def _options_or_groups(value: Any, pointer: str, problems: list[str]) -> None:
    if ("options" in value) == ("option_groups" in value):
        report(problems, "either options or option_groups must be given", pointer)


def _length_order(value: Any, pointer: str, problems: list[str]) -> None:
    low, high = value.get("min_length"), value.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        report(problems, "min_length must not be greater than max_length", pointer)


def _image_source(value: Any, pointer: str, problems: list[str]) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        report(problems, "either image_url or slack_file must be given", pointer)


def _one_of_both(value: Any, pointer: str, problems: list[str]) -> None:
    if ("url" in value) == ("id" in value):
        report(problems, "either url or id must be given", pointer)


IMAGE_SOURCE: dict[str, Check] = {
    "image_url": URL,
    "slack_file": Shape(
        optional={"url": string(minimum=1), "id": string(pattern=r"F[A-Z0-9]{8,}")},
        also=_one_of_both,
    ),
}
IMAGE = Shape({"alt_text": string(2000)}, IMAGE_SOURCE, also=_image_source)

_ACT: dict[str, Check] = {"action_id": ID}
_PICK: dict[str, Check] = {**_ACT, "confirm": CONFIRM, "focus_on_load": boolean}
_SELECT: dict[str, Check] = {**_PICK, "placeholder": plain(150)}
_MULTI: dict[str, Check] = {**_SELECT, "max_selected_items": number(1)}
_TYPE: dict[str, Check] = {
    **_ACT,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": _DISPATCH,
}
_STATIC: dict[str, Check] = {
    "options": array(PLAIN_OPTION, 100),
    "option_groups": array(_GROUP, 100),
}
_FEEDBACK = Shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
_LABEL: dict[str, Check] = {"accessibility_label": string(75), "confirm": CONFIRM}

ELEMENTS = Union(
    {
        "button": Shape(
            {"text": plain(75)},
            {**_ACT, **_LABEL, "value": string(2000), "url": URL, "style": STYLE},
        ),
        "workflow_button": Shape(
            {"text": plain(75), "workflow": Shape({"trigger": Shape({"url": URL})})},
            {**_ACT, **_LABEL, "style": STYLE},
        ),
        "icon_button": Shape(
            {"text": plain(75), "icon": string(minimum=1)},
            {**_ACT, **_LABEL, "value": string(2000), "visible_to_user_ids": array(string())},
        ),
        "feedback_buttons": Shape(
            {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ACT
        ),
        "overflow": Shape({"options": array(PLAIN_OPTION, 5)}, {**_ACT, "confirm": CONFIRM}),
        "checkboxes": Shape(
            {"options": array(OPTION, 10)}, {**_PICK, "initial_options": array(OPTION, 10)}
        ),
        "radio_buttons": Shape({"options": array(OPTION, 10)}, {**_PICK, "initial_option": OPTION}),
        "datepicker": Shape(optional={**_SELECT, "initial_date": DATE}),
        "timepicker": Shape(optional={**_SELECT, "initial_time": TIME, "timezone": string()}),
        "datetimepicker": Shape(
            optional={**_PICK, "initial_date_time": number(1_000_000_000, 9_999_999_999)}
        ),
        "static_select": Shape(
            optional={**_SELECT, **_STATIC, "initial_option": PLAIN_OPTION},
            also=_options_or_groups,
        ),
        "external_select": Shape(
            optional={**_SELECT, "initial_option": PLAIN_OPTION, "min_query_length": number(0)}
        ),
        "users_select": Shape(optional={**_SELECT, "initial_user": string()}),
        "channels_select": Shape(
            optional={**_SELECT, "initial_channel": string(), "response_url_enabled": boolean}
        ),
        "conversations_select": Shape(
            optional={
                **_SELECT,
                "initial_conversation": string(),
                "default_to_current_conversation": boolean,
                "response_url_enabled": boolean,
                "filter": _FILTER,
            }
        ),
        "multi_static_select": Shape(
            optional={**_MULTI, **_STATIC, "initial_options": array(PLAIN_OPTION)},
            also=_options_or_groups,
        ),
        "multi_external_select": Shape(
            optional={
                **_MULTI,
                "initial_options": array(PLAIN_OPTION),
                "min_query_length": number(0),
            }
        ),
        "multi_users_select": Shape(optional={**_MULTI, "initial_users": array(string())}),
        "multi_channels_select": Shape(optional={**_MULTI, "initial_channels": array(string())}),
        "multi_conversations_select": Shape(
            optional={
                **_MULTI,
                "initial_conversations": array(string()),
                "default_to_current_conversation": boolean,
                "filter": _FILTER,
            }
        ),
        "plain_text_input": Shape(
            optional={
                **_TYPE,
                "initial_value": string(3000),
                "multiline": boolean,
                "min_length": number(0, 3000),
                "max_length": number(1, 3000),
            },
            also=_length_order,
        ),
        "email_text_input": Shape(optional={**_TYPE, "initial_value": string()}),
        "url_text_input": Shape(optional={**_TYPE, "initial_value": string()}),
        "number_input": Shape(
            {"is_decimal_allowed": boolean},
            {
                **_TYPE,
                "initial_value": string(),
                "min_value": string(),
                "max_value": string(),
            },
        ),
        "file_input": Shape(
            optional={**_ACT, "filetypes": array(string()), "max_files": number(1, 10)}
        ),
    }
)

_SELECTS = tuple(kind for kind in ELEMENTS.shapes if kind.endswith("_select"))
_PICKERS = ("datepicker", "timepicker", "checkboxes", "radio_buttons")
_TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input")

ACTIONS_ELEMENT = ELEMENTS.only(
    "button", "workflow_button", "overflow", "datetimepicker", *_PICKERS, *_SELECTS
)
ACCESSORY = Union(
    ELEMENTS.only("button", "workflow_button", "overflow", *_PICKERS, *_SELECTS).shapes
    | {"image": IMAGE}
)
INPUT_ELEMENT = ELEMENTS.only("datetimepicker", *_PICKERS, *_SELECTS, *_TYPED)
CONTEXT_ELEMENT = Union(text(2000).shapes | {"image": IMAGE})
CONTEXT_ACTION = ELEMENTS.only("feedback_buttons", "icon_button")
