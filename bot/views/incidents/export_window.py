"""All of an incident as text in a window, to be copied: an answer holds no file."""

import json
from typing import Any

from bot.views.blocks import MAX_MODAL_TITLE, Block, context, plain, section
from bot.views.languages.phrases import Phrase
from bot.views.languages.saying import say
from bot.views.mrkdwn import escape

# A section takes 3,000 characters; a view takes 100 blocks and 250 kB, as the JSON that is sent: of
# that, a character of other scripts is up to twelve.
_ROOM = 2900
_MAX_PIECES = 80
_MAX_BYTES = 200_000


def export_window(ref: str, text: str, language: str) -> dict[str, Any]:
    """The text, piece by piece; what does not fit is said by its number of lines."""
    pieces, left = _pieces(text)
    blocks: list[Block] = [section(f"```{piece}```") for piece in pieces]
    if left:
        blocks.append(context(say(language, Phrase.MORE, count=left)))
    return {
        "type": "modal",
        "title": plain(ref, MAX_MODAL_TITLE),
        "close": plain("OK", MAX_MODAL_TITLE),
        "blocks": blocks,
    }


def _pieces(text: str) -> tuple[list[str], int]:
    """Whole lines, as many to a piece as it takes; and how many lines are left."""
    # A fence inside would end the one around it.
    lines = [part for line in text.splitlines() for part in _cut(line.replace("`", "'"))]
    pieces: list[str] = []
    size = 0
    for number, line in enumerate(lines):
        size += len(json.dumps(line))
        fits = bool(pieces) and len(pieces[-1]) + 1 + len(line) <= _ROOM
        if size > _MAX_BYTES or (not fits and len(pieces) == _MAX_PIECES):
            return pieces, len(lines) - number
        if fits:
            pieces[-1] = f"{pieces[-1]}\n{line}"
        else:
            pieces.append(line or " ")
    return pieces or [" "], 0


def _cut(line: str) -> list[str]:
    """A line, escaped, in parts that fit; no mark of Slack's is cut in two."""
    parts = [""]
    for sign in line:
        shown = escape(sign)
        if len(parts[-1]) + len(shown) > _ROOM:
            parts.append("")
        parts[-1] += shown
    return parts
