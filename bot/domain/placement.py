"""Where something stands in the chat system."""

from bot.domain.base import Model


class MessageRef(Model):
    """Where a message stands in the chat system, and the picture in it, if it has one."""

    channel: str
    ts: str
    file: str | None = None
