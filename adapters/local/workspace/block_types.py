"""The blocks themselves (https://docs.slack.dev/reference/block-kit/blocks)."""

from typing import Any

from adapters.local.workspace.block_elements import (
    ACCESSORY,
    ACTIONS_ELEMENT,
    CONTEXT_ACTION,
    CONTEXT_ELEMENT,
    ELEMENTS,
    ID,
    IMAGE,
    IMAGE_SOURCE,
    INPUT_ELEMENT,
    URL,
    plain,
    text,
)
from adapters.local.workspace.block_kit import (
    Check,
    Shape,
    Union,
    anything,
    array,
    boolean,
    choice,
    number,
    report,
    string,
)

_STYLE = Shape(optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))


def _inline(
    required: dict[str, Check] | None = None, optional: dict[str, Check] | None = None
) -> Shape:
    return Shape(required, {"style": _STYLE, **(optional or {})})


_INLINE = Union(
    {
        "text": _inline({"text": string(minimum=1)}),
        "link": _inline({"url": string(minimum=1)}, {"text": string(), "unsafe": boolean}),
        "emoji": _inline({"name": string(minimum=1)}, {"unicode": string(), "url": string()}),
        "user": _inline({"user_id": string(minimum=1)}),
        "channel": _inline({"channel_id": string(minimum=1)}),
        "usergroup": _inline({"usergroup_id": string(minimum=1)}),
        "team": _inline({"team_id": string(minimum=1)}),
        "broadcast": _inline({"range": choice("here", "channel", "everyone")}),
        "color": _inline({"value": string(minimum=1)}),
        "date": _inline(
            {"timestamp": number(), "format": string(minimum=1)},
            {"url": string(), "fallback": string()},
        ),
    }
)
_SECTION = Shape({"elements": array(_INLINE, minimum=0)})
_BORDER: dict[str, Check] = {"border": number(0, 1)}
_RICH_PART = Union(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": Shape(
            {
                "elements": array(Union({"rich_text_section": _SECTION})),
                "style": choice("bullet", "ordered"),
            },
            {"indent": number(0, 8), "offset": number(0), **_BORDER},
        ),
        "rich_text_preformatted": Shape(
            {"elements": array(_INLINE.only("text", "link"), minimum=0)}, _BORDER
        ),
        "rich_text_quote": Shape({"elements": array(_INLINE, minimum=0)}, _BORDER),
    }
)


def _block(
    required: dict[str, Check] | None = None,
    optional: dict[str, Check] | None = None,
    *,
    also: Check | None = None,
) -> Shape:
    return Shape(required, {"block_id": ID, **(optional or {})}, also=also)


def _says_something(value: Any, pointer: str, problems: list[str]) -> None:
    if "text" not in value and "fields" not in value:
        report(problems, "either text or fields must be given", pointer)


def _image_source(value: Any, pointer: str, problems: list[str]) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        report(problems, "either image_url or slack_file must be given", pointer)


RICH_TEXT = _block({"elements": array(_RICH_PART)})
_IN_CELL = Union({"rich_text": RICH_TEXT})
_CELL = Union(
    {
        "raw_text": Shape({"text": string()}),
        "raw_number": Shape({"text": string(), "value": number()}),
        "rich_text": RICH_TEXT,
    }
)
_SOURCE = Union({"url": Shape({"url": string(minimum=1), "text": string(minimum=1)})})
_TASK = _block(
    {
        "task_id": string(minimum=1),
        "title": string(minimum=1),
        "status": choice("pending", "in_progress", "complete", "error"),
    },
    {"details": _IN_CELL, "output": _IN_CELL, "sources": array(_SOURCE, minimum=0)},
)
_CARD = _block(
    optional={
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "hero_image": Union({"image": IMAGE}),
        "icon": Union({"image": IMAGE}),
        "actions": array(ELEMENTS.only("button"), 5),
    }
)

_CLASSIC: dict[str, Shape] = {
    "header": _block({"text": plain(150)}),
    "section": _block(
        optional={
            "text": text(3000),
            "fields": array(text(2000), 10),
            "accessory": ACCESSORY,
            "expand": boolean,
        },
        also=_says_something,
    ),
    "divider": _block(),
    "context": _block({"elements": array(CONTEXT_ELEMENT, 10)}),
    "actions": _block({"elements": array(ACTIONS_ELEMENT, 25)}),
    "image": _block(
        {"alt_text": string(2000)}, {**IMAGE_SOURCE, "title": plain(2000)}, also=_image_source
    ),
    "input": _block(
        {"label": plain(2000), "element": INPUT_ELEMENT},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
    "table": _block(
        {"rows": array(array(_CELL, 20), 100)},
        {
            "column_settings": array(
                Shape(
                    optional={
                        "align": choice("left", "center", "right"),
                        "is_wrapped": boolean,
                    }
                ),
                20,
            )
        },
    ),
    "video": _block(
        {
            "alt_text": string(),
            "title": plain(200),
            "thumbnail_url": URL,
            "video_url": URL,
        },
        {
            "title_url": URL,
            "description": plain(200),
            "author_name": string(50),
            "provider_name": string(),
            "provider_icon_url": URL,
        },
    ),
    "file": _block({"external_id": string(minimum=1), "source": string(minimum=1)}),
}

_NEW: dict[str, Shape] = {
    "markdown": _block({"text": string(12_000, minimum=1)}),
    "context_actions": _block({"elements": array(CONTEXT_ACTION, 5)}),
    "alert": _block(
        {"text": text(3000)},
        {"level": choice("default", "info", "warning", "error", "success")},
    ),
    "task_card": _TASK,
    "plan": _block(
        {"title": string(minimum=1)},
        {"tasks": array(Union({"task_card": _TASK}), minimum=0)},
    ),
    "card": _CARD,
    "carousel": _block({"elements": array(Union({"card": _CARD}), 10)}),
    "data_table": _block(
        {"caption": string(minimum=1), "rows": array(array(_CELL, 20))},
        {"page_size": number(1, 100), "row_header_column_index": number(0)},
    ),
    "container": _block(
        {"child_blocks": array(Union(_CLASSIC), 10)},
        {
            "title": plain(150),
            "subtitle": text(150),
            "rich_text_title": _IN_CELL,
            "icon": Union({"image": IMAGE}),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
            "width": choice("narrow", "standard", "wide", "full"),
        },
    ),
}

BLOCKS = Union(_CLASSIC | _NEW)

# Which surfaces refuse which blocks; everything else is welcome everywhere.
NOT_IN_MESSAGES = frozenset({"alert"})
NOT_IN_MODALS = frozenset({"container", "carousel", "file"})
NOT_IN_HOME = frozenset({"alert", "container", "file"})

MODAL = Shape(
    {"title": plain(24), "blocks": anything},
    {
        "submit": plain(24),
        "close": plain(24),
        "private_metadata": string(3000),
        "callback_id": string(255),
        "external_id": string(255),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
HOME = Shape(
    {"blocks": anything},
    {
        "private_metadata": string(3000),
        "callback_id": string(255),
        "external_id": string(255),
        # Slack takes these on a home tab too, and leaves them without effect.
        "title": plain(24),
        "submit": plain(24),
        "close": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
)
