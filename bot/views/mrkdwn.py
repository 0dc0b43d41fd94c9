"""Slack's mrkdwn: the only place where user text is made safe for it.

Slack's text formatting rules: `&`, `<` and `>` are escaped and nothing else can be; a backtick
cannot be escaped inside code at all, so it is replaced.
"""

from datetime import datetime


def escape(text: str) -> str:
    """Make text harmless: no mention, channel link or disguised address can come out of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Text in fixed width, on one line."""
    flat = " ".join(text.split()).replace("`", "'")
    return f"`{escape(flat)}`" if flat else "` `"


def user(user_id: str) -> str:
    """A mention of a person; ids that are not Slack's (such as the engine's own) stay words."""
    return f"<@{user_id}>" if user_id[:1] in {"U", "W"} and user_id.isalnum() else escape(user_id)


def link(url: str, label: str) -> str:
    """A link. Only http and https are linked; anything else is shown as its label."""
    if not url.startswith(("https://", "http://")):
        return escape(label)
    return f"<{escape(url).replace('|', '%7C')}|{escape(label).replace('|', '/')}>"


def when(moment: datetime, *, form: str = "{date_short_pretty} {time}") -> str:
    """A moment in the reader's own time zone, in UTC where it cannot be converted."""
    return f"<!date^{int(moment.timestamp())}^{form}|{moment:%Y-%m-%d %H:%M} UTC>"


def joined(names: list[str] | tuple[str, ...], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *rest, last = names or ("",)
    return f"{', '.join(rest)} {word} {last}" if rest else last
