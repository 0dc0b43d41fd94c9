"""What a person sees of a rendered message, and whether Slack would take it."""

import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block as SlackBlock

from adapters.local.workspace.limits import MAX_UPDATE_TEXT, check_message_blocks, view_problems
from bot.views.blocks import Rendered

HOSTILE = "<!channel> & <https://evil|good> `*_~ <@U0DANA001>" * 200
_DATE = re.compile(r"<!date\^(\d+)\^[^|>]*\|[^>]* (\d\d:\d\d) UTC>")
# What may stand between angle brackets in mrkdwn that we write.
_OURS = re.compile(
    r"<(?:#C[A-Z0-9]+|@[UW][A-Z0-9]+|!date\^\d+\^[^|>]*\|[^<>]*|https?://[^<>|\s]+\|[^<>|]*)>"
)


def accepted(rendered: Rendered) -> Rendered:
    """The message, which Slack takes: by its own models, and by the local workspace's rules."""
    assert 0 < len(rendered.text) <= MAX_UPDATE_TEXT
    assert check_message_blocks(rendered.blocks) == rendered.blocks
    for block in rendered.blocks:
        parsed = SlackBlock.parse(block)
        assert parsed is not None, block["type"]
        assert parsed.to_dict() == block
    return rendered


def accepted_view(view: dict[str, Any]) -> dict[str, Any]:
    """The modal, which Slack takes."""
    assert view_problems(view) == []
    return view


def markup(value: Any) -> Iterator[str]:
    """Every text that Slack interprets."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for part in value.values():
            yield from markup(part)
    if isinstance(value, list):
        for part in value:
            yield from markup(part)


def harmless(rendered: Rendered) -> Rendered:
    """The message, in which every mention, link and date was written by us."""
    for text in (rendered.text, *markup(rendered.blocks)):
        assert not re.search(r"<(?![@!h])|<!(?!date)|<@(?![UW])", _OURS.sub("", text)), text
        assert "<!channel" not in text
        assert "<https://evil" not in text
    return rendered


def screen(rendered: Rendered) -> str:
    """The message as lines of text: moments as their time in UTC, buttons in brackets."""
    lines = []
    for block in rendered.blocks:
        match block["type"]:
            case "header":
                lines.append(f"# {block['text']['text']}")
            case "section":
                button = f"  [{_label(block['accessory'])}]" if "accessory" in block else ""
                if "text" in block:
                    lines.append(f"{block['text']['text']}{button}")
                lines += [each["text"].replace("\n", ": ") for each in block.get("fields", ())]
            case "context":
                lines.append(" ".join(each["text"] for each in block["elements"]))
            case "actions":
                lines.append(" ".join(f"[{_label(each)}]" for each in block["elements"]))
            case "image":
                lines.append(f"({block['alt_text']})")
    shown = _DATE.sub(r"\2", "\n".join(lines))
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _label(element: dict[str, Any]) -> str:
    """What stands on a button, or in a menu in which nothing is chosen."""
    return str(element.get("text", element.get("placeholder"))["text"])


def buttons(rendered: Rendered) -> dict[str, dict[str, Any]]:
    """The buttons of a message by their label."""
    found = [
        element
        for block in rendered.blocks
        for element in (*block.get("elements", ()), block.get("accessory", {}))
        if element.get("type") == "button"
    ]
    return {element["text"]["text"]: element for element in found}
