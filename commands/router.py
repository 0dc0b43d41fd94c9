"""From the name of a command, button or form to its controller: one look-up in a table.

The tables are built once; a name that is not in them was never rendered by this release.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, assert_never

from bot.domain.errors import NotFound
from commands.incoming import (
    Click,
    Command,
    Entered,
    Event,
    HomeOpened,
    Incoming,
    Lookup,
    Mention,
    MessageDeleted,
    MessageEdited,
    MessageShortcut,
    Pin,
    Reaction,
    Shortcut,
    Submission,
)
from commands.replies import Nothing, Reply

T = TypeVar("T")
Changed = MessageEdited | MessageDeleted


async def _nothing(_: object) -> Reply:
    """What happens to events that nobody listens to."""
    return Nothing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """What listens to each kind of event; nothing, unless it is said."""

    reaction: Callable[[Reaction], Awaitable[Reply]] = _nothing
    pin: Callable[[Pin], Awaitable[Reply]] = _nothing
    changed: Callable[[Changed], Awaitable[Reply]] = _nothing
    home: Callable[[HomeOpened], Awaitable[Reply]] = _nothing
    entered: Callable[[Entered], Awaitable[Reply]] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """Which controller answers what."""

    commands: Mapping[str, Callable[[Command], Awaitable[Reply]]]
    clicks: Mapping[str, Callable[[Click], Awaitable[Reply]]]
    submissions: Mapping[str, Callable[[Submission], Awaitable[Reply]]]
    lookups: Mapping[str, Callable[[Lookup], Awaitable[Reply]]]
    mention: Callable[[Mention], Awaitable[Reply]]
    shortcuts: Mapping[str, Callable[[Shortcut], Awaitable[Reply]]] = field(default_factory=dict)
    message_shortcuts: Mapping[str, Callable[[MessageShortcut], Awaitable[Reply]]] = field(
        default_factory=dict
    )
    listeners: Listeners = field(default_factory=Listeners)

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
            case Shortcut():
                return await _find(self.shortcuts, incoming.callback)(incoming)
            case MessageShortcut():
                return await _find(self.message_shortcuts, incoming.callback)(incoming)
            case _:
                return await self._hear(incoming)

    async def _hear(self, event: Event) -> Reply:
        match event:
            case Mention():
                return await self.mention(event)
            case Reaction():
                return await self.listeners.reaction(event)
            case Pin():
                return await self.listeners.pin(event)
            case MessageEdited() | MessageDeleted():
                return await self.listeners.changed(event)
            case HomeOpened():
                return await self.listeners.home(event)
            case Entered():
                return await self.listeners.entered(event)
            case _:
                assert_never(event)


def _find(table: Mapping[str, T], name: str) -> T:
    found = table.get(name)
    if found is None:
        raise NotFound("This version of Signalbox does not know “{name}”.", name=name)
    return found
