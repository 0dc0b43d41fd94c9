"""Who was in a group of the catalog when the chat system was asked last."""

from bot.domain.base import Model


class Roster(Model):
    """The members of a group, by id, and the user group of the chat system that some came from.

    It is for calling people while that cannot be asked. It grants nothing.
    """

    group: str
    usergroup: str | None = None
    people: frozenset[str] = frozenset()
