"""From the name of a command, button or form to its controller: one look-up in a table.

The tables are built once; a name that is not in them was never rendered by this release.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, assert_never

from bot.domain.errors import NotFound
from commands.incoming import Click, Command, Incoming, Lookup, Mention, Submission
from commands.replies import Reply

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """Which controller answers what."""

    commands: Mapping[str, Callable[[Command], Awaitable[Reply]]]
    clicks: Mapping[str, Callable[[Click], Awaitable[Reply]]]
    submissions: Mapping[str, Callable[[Submission], Awaitable[Reply]]]
    lookups: Mapping[str, Callable[[Lookup], Awaitable[Reply]]]
    mention: Callable[[Mention], Awaitable[Reply]]

    async def answer(self, incoming: Incoming) -> Reply:
        """Answer what came in. Raises `NotFound` for a name of another release, and what the use
        case raises.
        """
        match incoming:
            case Command():
                return await _find(self.commands, incoming.name)(incoming)
            case Click():
                return await _find(self.clicks, incoming.action)(incoming)
            case Submission():
                return await _find(self.submissions, incoming.callback)(incoming)
            case Lookup():
                return await _find(self.lookups, incoming.action)(incoming)
            case Mention():
                return await self.mention(incoming)
            case _:
                assert_never(incoming)


def _find(table: Mapping[str, T], name: str) -> T:
    found = table.get(name)
    if found is None:
        raise NotFound(f"This version of Signalbox does not know “{name}”.")
    return found
