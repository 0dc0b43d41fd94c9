"""The names that belong to one incident at most: its channel, those that it has left, and its key
against duplicates.
"""

from bot.domain.base import Model
from bot.domain.incidents.incident import Incident


class Binding(Model):
    """A name that belongs to one incident at most: see `room_key`, `left_key`, `alert_key` and
    `names_of`.
    """

    key: str
    incident: str | None = None


def room_key(channel: str) -> str:
    """The name that a channel gives to the incident whose room it is."""
    return f"channel:{channel}"


def left_key(channel: str) -> str:
    """The name that a channel gives to the incident that has left it last."""
    return f"left:{channel}"


def alert_key(dedup_key: str) -> str:
    """The name that a key against duplicates gives."""
    return f"dedup:{dedup_key}"


def names_of(incident: Incident) -> frozenset[str]:
    """The names that an incident has: its channel's, those of channels that it has left, and that
    of its key against duplicates.

    The key is its own while customers may be hurt: what comes back after that is news.
    """
    channel, key = incident.room.channel, incident.dedup_key
    names = {left_key(each.channel) for each in incident.room.left if each.channel}
    if channel:
        names.add(room_key(channel))
    return frozenset(names | {alert_key(key)} if key and incident.active else names)
