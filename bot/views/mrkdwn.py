"""Slack's mrkdwn: the only place where user text is made safe for it.

Slack's text formatting rules: `&`, `<` and `>` are escaped and nothing else can be; a backtick
cannot be escaped inside code at all, so it is replaced.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.audit import ENGINE
from bot.views.blocks import cut

# A reason or a name is cut here, so that no text of one person crowds out the rest of a card.
MAX_WORDS = 300
MAX_CODE = 100
MAX_PEOPLE = 20


def escape(text: str) -> str:
    """Make text harmless: no mention, channel link or disguised address can come out of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def words(text: str, limit: int = MAX_WORDS) -> str:
    """What somebody wrote: on one line, no longer than that, and harmless."""
    return escape(cut(" ".join(text.split()), limit))


def code(text: str, limit: int = MAX_CODE) -> str:
    """Text in fixed width, on one line."""
    flat = cut(" ".join(text.split()), limit).replace("`", "'")
    return f"`{escape(flat)}`" if flat else "` `"


def user(user_id: str) -> str:
    """A mention of a person; ids that are not Slack's stay words, and the engine has its name."""
    if user_id == ENGINE:
        return "Signalbox"
    return f"<@{user_id}>" if user_id[:1] in {"U", "W"} and user_id.isalnum() else escape(user_id)


def users(user_ids: Sequence[str]) -> str:
    """Mentions of several people; of very many, the first ones."""
    shown = [user(each) for each in user_ids[:MAX_PEOPLE]]
    more = len(user_ids) - len(shown)
    return f"{', '.join(shown)} and {more} more" if more else joined(shown)


def link(url: str, label: str) -> str:
    """A link. Only http and https are linked; anything else is shown as its label."""
    if not url.startswith(("https://", "http://")):
        return escape(label)
    return f"<{escape(url).replace('|', '%7C')}|{escape(label).replace('|', '/')}>"


def when(moment: datetime, *, form: str = "{date_short_pretty} {time}") -> str:
    """A moment in the reader's own time zone, in UTC where it cannot be converted."""
    return f"<!date^{int(moment.timestamp())}^{form}|{moment:%Y-%m-%d %H:%M} UTC>"


def clock(moment: datetime, *, seconds: bool = False) -> str:
    """A time of the day in the reader's own time zone, where the day goes without saying."""
    return when(moment, form="{time_secs}" if seconds else "{time}")


def span(duration: timedelta) -> str:
    """A length of time in at most two units: `45 s`, `30 min`, `1 h 30 min`, `2 d`."""
    seconds = round(duration.total_seconds())
    if not seconds // 60:
        return f"{seconds} s"
    units = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
    place = next(number for number, (_, size) in enumerate(units) if seconds >= size)
    (name, size), (small, smaller) = units[place], units[place + 1]
    rest = seconds % size // smaller
    return f"{seconds // size} {name}" + (f" {rest} {small}" if rest else "")


def joined(names: list[str] | tuple[str, ...], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *rest, last = names or ("",)
    return f"{', '.join(rest)} {word} {last}" if rest else last
