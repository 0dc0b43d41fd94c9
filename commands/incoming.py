"""What a person sent, free of the wire it came on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.actor import Identity


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
    """A pressed button; `value` is the opaque id that it was rendered with."""

    identity: Identity
    channel: str
    action: str
    value: str
    trigger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A filled-in form. `values` maps block ids to what was typed or chosen."""

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
    """Somebody wrote to the bot in a channel. `event` is unique for each message."""

    identity: Identity
    channel: str
    event: str


Incoming = Command | Click | Submission | Lookup | Mention
