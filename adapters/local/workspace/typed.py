"""What people type, as Slack's own composer sends it."""

import re

from adapters.local.workspace.model import Model

_PARTS = re.compile(
    r"(?P<url>https?://[^\s<>|]+)|(?<![\w@])@(?P<at>[a-z0-9._-]*[a-z0-9])|(?<![\w#])#(?P<hash>[\w-]+)"
)
_RANGES = frozenset({"here", "channel", "everyone"})


def escape(text: str) -> str:
    """The three characters that mean something in mrkdwn, made literal."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def compose(model: Model, text: str, *, labels: bool = False) -> str:
    """Escape a text and turn mentions and addresses into mrkdwn's links.

    With `labels` a mention carries the name behind the id, as in slash commands. An address ends at
    a bar: nobody types a link whose label hides where it leads.
    """
    parts: list[str] = []
    end = 0
    for match in _PARTS.finditer(text):
        parts += escape(text[end : match.start()]), _link(model, match, labels=labels)
        end = match.end()
    return "".join(parts) + escape(text[end:])


def _link(model: Model, match: re.Match[str], *, labels: bool) -> str:
    whole = match.group()
    if match["url"]:
        return f"<{escape(whole)}>"
    if match["at"]:
        return _at(model, match["at"], labels=labels) or whole
    channel = model.channel_named(match["hash"])
    if channel is None or channel.is_private:
        return whole
    return f"<#{channel.id}|{channel.name if labels else ''}>"


def _at(model: Model, name: str, *, labels: bool) -> str | None:
    if name in _RANGES:
        return f"<!{name}>"
    for group in model.usergroups.values():
        if group.handle == name:
            return f"<!subteam^{group.id}|@{name}>" if labels else f"<!subteam^{group.id}>"
    for person in model.users.values():
        if person.name == name:
            return f"<@{person.id}|{name}>" if labels else f"<@{person.id}>"
    return None
