"""What a form showed when it opened, so that only what somebody changed in it is a wish.

Others may have changed the incident since. What a form carries has a limit of 3,000 characters, as
long as one text: it therefore carries a mark of each value, and not the value.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from bot.views.blocks import Block

_LENGTH = 12
_APART, _IS = ",", "="


def marks(blocks: Iterable[Block]) -> str:
    """A mark of what each input of a form begins with, as part of its metadata."""
    inputs = (block for block in blocks if block["type"] == "input")
    return _APART.join(f"{each['block_id']}{_IS}{_mark(_begins(each))}" for each in inputs)


def touched(marked: str, field: str, value: str) -> bool:
    """Whether a value is another one than the input of this name began with."""
    return f"{field}{_IS}{_mark(value)}" not in marked.split(_APART)


def _begins(block: dict[str, Any]) -> str:
    element = block["element"]
    chosen = element.get("initial_option", {}).get("value", "")
    return str(chosen or element.get("initial_value", ""))


def _mark(value: str) -> str:
    """Blanks around a text, and the kind of its line ends, are no change of it."""
    plain = "\n".join(value.strip().splitlines())
    return sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]
