"""Block Kit's building blocks, cut to Slack's limits (https://docs.slack.dev/reference/block-kit).

Lengths are those of the Block Kit reference; a text that is too long ends in an ellipsis rather
than making Slack refuse the whole message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Block = dict[str, Any]

MAX_FALLBACK = 4000  # chat.update refuses a longer `text` (msg_too_long)
MAX_BLOCKS = 50
MAX_SECTION = 3000
MAX_FIELD = 2000  # also of a text in a context block
MAX_HEADER = 150
MAX_BUTTON = 75
MAX_BUTTON_VALUE = 2000
MAX_CONTEXT = 10
MAX_OPTION = 75
MAX_OPTIONS = 100
MAX_CONFIRM_TITLE = 100
MAX_CONFIRM_TEXT = 300
MAX_CONFIRM_BUTTON = 30
MAX_MODAL_TITLE = 24
MAX_TABLE_ROWS = 100
MAX_ALT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message ready to send: `text` for notifications and screen readers, and blocks."""

    text: str
    blocks: list[Block] = field(default_factory=list)


def cut(text: str, limit: int) -> str:
    """The text, at most `limit` characters long."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def stacked(lines: Sequence[str], limit: int = MAX_SECTION) -> str:
    """As many whole lines as fit, and how many more there are."""
    shown: list[str] = []
    room = limit - len("… and 1000000 more")
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*shown, f"… and {len(lines) - len(shown)} more"])
        shown.append(line)
    return "\n".join(shown)


def plain(text: str, limit: int) -> Block:
    """A text that Slack does not interpret."""
    return {"type": "plain_text", "text": cut(text, limit), "emoji": True}


def mrkdwn(text: str, limit: int = MAX_SECTION) -> Block:
    """A text in mrkdwn; user text in it has been escaped by `bot.views.mrkdwn`."""
    return {"type": "mrkdwn", "text": cut(text, limit)}


def header(text: str) -> Block:
    """A large heading."""
    return {"type": "header", "text": plain(text, MAX_HEADER)}


def as_typed(text: str, limit: int = MAX_SECTION) -> Block:
    """A line in which nothing is interpreted: marks that people typed stay what they are. Slack
    takes no empty one.
    """
    return {"type": "section", "text": plain(" ".join(text.split()) or "–", limit)}


def titled(text: str, limit: int = MAX_SECTION) -> Block:
    """A heading as it was typed; one that is too long for Slack's is an ordinary line."""
    flat = " ".join(text.split())
    return header(flat) if 0 < len(flat) <= MAX_HEADER else as_typed(flat, limit)


def section(text: str, *, fields: Sequence[str] = (), accessory: Block | None = None) -> Block:
    """A paragraph, with up to ten fields in two columns below it."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if fields:
        block["fields"] = [mrkdwn(entry, MAX_FIELD) for entry in fields[:10]]
    if accessory:
        block["accessory"] = accessory
    return block


def context(*parts: str) -> Block:
    """Small print."""
    shown = [mrkdwn(part, MAX_FIELD) for part in parts[:MAX_CONTEXT]]
    return {"type": "context", "elements": shown}


def image(file: str, alt: str) -> Block:
    """A picture that was uploaded before, by its id."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": cut(alt, MAX_ALT)}


def actions(block_id: str, *elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(
    label: str, *, action: str, value: str, style: str | None = None, confirm: Block | None = None
) -> Block:
    """A button; `value` comes back with the click, where it is checked as if it had been typed."""
    block: Block = {
        "type": "button",
        "action_id": action,
        "text": plain(label, MAX_BUTTON),
        "value": cut(value, MAX_BUTTON_VALUE),
    }
    if style:
        block["style"] = style
    if confirm:
        block["confirm"] = confirm
    return block


def confirm(title: str, text: str, *, yes: str, no: str, style: str = "primary") -> Block:
    """The question asked before a button's click is sent."""
    return {
        "title": plain(title, MAX_CONFIRM_TITLE),
        "text": plain(text, MAX_CONFIRM_TEXT),
        "confirm": plain(yes, MAX_CONFIRM_BUTTON),
        "deny": plain(no, MAX_CONFIRM_BUTTON),
        "style": style,
    }


def option(label: str, value: str) -> Block:
    """One choice of a select."""
    return {"text": plain(label, MAX_OPTION), "value": cut(value, MAX_OPTION)}


def rendered(text: str, blocks: Sequence[Block]) -> Rendered:
    """A message whose fallback text and number of blocks fit."""
    return Rendered(text=cut(text, MAX_FALLBACK), blocks=list(blocks[:MAX_BLOCKS]))


def sentence(text: str, *more: Block) -> Rendered:
    """A message of one paragraph of mrkdwn, with further blocks below it."""
    return rendered(text, [section(text), *more])
