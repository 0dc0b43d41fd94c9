"""What a person sent, free of the wire it came on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.actor import Identity
from bot.domain.placement import MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command. `trigger` is unique for each time that it is typed."""

    identity: Identity
    channel: str
    name: str
    text: str
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A pressed button, or a choice in a menu; `value` is what it was rendered with.

    What was chosen is flattened as in a `Submission`. `place` is the message that it stands in, and
    `view` the form or the home tab (`home`); a click in a view knows no channel. `private` and
    `values` are of the form, as in a `Submission`: what has been filled in by then.
    """

    identity: Identity
    channel: str
    action: str
    value: str
    trigger: str
    place: MessageRef | None = None
    view: str = ""
    home: bool = False
    private: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A filled-in form. `values` maps block ids to what was typed or chosen.

    Several choices are separated by commas; a moment is in seconds since 1970. Nothing chosen is
    an empty text.
    """

    identity: Identity
    callback: str
    private: str
    values: Mapping[str, str] = field(default_factory=dict)
    view: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Letters typed into a searching menu."""

    identity: Identity
    action: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Somebody wrote to the bot in a channel. `event` is unique for each message, and the same when
    it comes again.
    """

    identity: Identity
    channel: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A shortcut that was chosen anywhere in the workspace."""

    identity: Identity
    callback: str
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageShortcut:
    """A shortcut that was chosen on a message, which says `text`."""

    identity: Identity
    callback: str
    place: MessageRef
    text: str
    trigger: str
    permalink: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """Somebody put an emoji on a message, or took it back.

    `emoji` is its name, without colons and skin tone. `event` is as in a `Mention`.
    """

    identity: Identity
    place: MessageRef
    emoji: str
    added: bool
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Somebody pinned a message, or took the pin away; `event` is as in a `Mention`."""

    identity: Identity
    place: MessageRef
    added: bool
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """A message of a person says something else now; `event` is as in a `Mention`."""

    place: MessageRef
    text: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted:
    """A message of a person is gone; `event` is as in a `Mention`."""

    place: MessageRef
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened:
    """Somebody looks at the bot's home tab."""

    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Somebody came into a channel that the bot is in; None has invited whoever came alone, and
    `ENGINE` is the bot itself.
    """

    identity: Identity
    channel: str
    inviter: str | None = None


Event = Mention | Reaction | Pin | MessageEdited | MessageDeleted | HomeOpened | Entered
Incoming = Command | Click | Submission | Lookup | Shortcut | MessageShortcut | Event
