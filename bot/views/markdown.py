"""Markdown: the only place where user text is made safe for it.

Any sign of ASCII punctuation may stand behind a backslash and then means itself (CommonMark,
“Backslash escapes”); what is of no line of its own here needs no more. A bar would end a cell of a
table, also within code and addresses (GitHub Flavored Markdown, “Tables”). Files are read in
terminals, too, so control characters are left out.
"""

import re
from datetime import UTC, datetime
from urllib.parse import quote

# What Markdown, or the HTML within it, would read as something else.
_SIGNS = re.compile(r"([\\`*_\[\]<>|#~&$])")
# What stands in fixed width, with something in it.
_CODE = re.compile(r"(`[^`]*[^`\s][^`]*`)")
# What begins a list or a heading where it begins a line.
_BEGINS = re.compile(r"^([-+=]|\d+(?=[.)]))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
# What would end the address, or stand for something else in it.
_IN_ADDRESS = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"`\\|{}^]")


def plain(text: str) -> str:
    """What somebody wrote: on one line, without a sign that Markdown would act on."""
    return _BEGINS.sub(_harmless, _escaped(_flat(text)))


def inline(text: str) -> str:
    """As `plain`, but what somebody put between backticks stays in fixed width."""
    parts = _CODE.split(_flat(text))
    shown = (code(part[1:-1]) if _CODE.fullmatch(part) else _escaped(part) for part in parts)
    return _BEGINS.sub(_harmless, "".join(shown))


def code(text: str) -> str:
    """Text in fixed width, on one line. Nothing can be escaped there, so it is replaced."""
    return f"`{_flat(text).replace('`', chr(39)).replace('|', '/')}`"


def link(url: str, label: str) -> str:
    """A link. Only http and https are linked; anything else is shown as its label."""
    if not url.startswith(("https://", "http://")):
        return plain(label)
    return f"[{plain(label)}](<{_address(url)}>)"


def moment(at: datetime) -> str:
    """A time in UTC, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _address(url: str) -> str:
    """An address as it may stand between angle brackets."""
    safe = _IN_ADDRESS.sub(lambda found: quote(found[0], safe=""), url)
    return safe.replace("&", "&amp;")


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)


def _flat(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _harmless(found: re.Match[str]) -> str:
    """A number is not what makes a list, but the sign behind it."""
    return f"{found[1]}\\" if found[1].isdecimal() else f"\\{found[1]}"
