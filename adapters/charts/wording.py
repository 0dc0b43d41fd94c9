"""Texts in the signs that the picture's font has, and in the width that there is. Pure.

Pillow's built-in font is a part of Aileron: ASCII, some quotation marks, `·`, `±`, `°` and `…`.
A sign that it lacks would become an empty box.
"""

import unicodedata
from collections.abc import Callable

_KEPT = frozenset("·±°…‘’“”«»©™")
_SPELLED = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "→": ">",
        "←": "<",
        "≥": ">=",
        "≤": "<=",
        "≈": "~",
        "×": "x",
        "•": "·",
        "µ": "u",
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "æ": "ae",
        "Æ": "Ae",
    }
)


def spelled(text: str) -> str:
    """The text with accents taken off and signs spelled out; what cannot be is a question mark."""
    parts: list[str] = []
    for sign in " ".join(text.split()).translate(_SPELLED):
        if sign in _KEPT:
            parts.append(sign)
            continue
        plain = unicodedata.normalize("NFKD", sign).translate(_SPELLED)
        bare = "".join(one for one in plain if not unicodedata.combining(one))
        parts += [one if one.isascii() and one.isprintable() else "?" for one in bare]
    return "".join(parts)


def fitted(text: str, width: float, measure: Callable[[str], float]) -> str:
    """The text, cut with an ellipsis where it is wider than there is room for."""
    if measure(text) <= width:
        return text
    for length in range(len(text) - 1, 0, -1):
        cut = f"{text[:length].rstrip()}…"
        if measure(cut) <= width:
            return cut
    return "…"


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones, in the same order, at least `gap` apart, between two bounds.

    When there is not room for all of them, they stand as far apart as there is.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    found = [min(max(wanted[place], low), high) for place in order]
    for index in range(1, len(found)):
        found[index] = max(found[index], found[index - 1] + gap)
    limit = high
    for index in range(len(found) - 1, -1, -1):
        found[index] = min(found[index], limit)
        limit = found[index] - gap
    result = [0.0] * len(wanted)
    for place, position in zip(order, found, strict=True):
        result[place] = position
    return result
