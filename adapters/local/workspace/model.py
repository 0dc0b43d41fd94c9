"""The state of a workspace: people, channels, messages and views, without a rule of the API.

Mutable on purpose: it is the one memory of a running emulator, changed only between two awaits.
Everything that leaves it as JSON is built in `shapes`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The workspace itself."""

    id: str
    name: str
    domain: str


@dataclass(slots=True, kw_only=True)
class User:
    """A person or the bot; with another `team_id` than the workspace's a Slack Connect stranger."""

    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    color: str = "4a7a8c"
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    locale: str = "en-US"

    @property
    def email(self) -> str:
        """An address in the reserved domain `example.com`."""
        return f"{self.name}@example.com"


@dataclass(slots=True, kw_only=True)
class UserGroup:
    """A group that can be mentioned, such as @sre."""

    id: str
    handle: str
    name: str
    users: list[str]


@dataclass(slots=True, kw_only=True)
class Note:
    """A topic or a purpose, and who wrote it when (seconds)."""

    value: str = ""
    creator: str = ""
    last_set: int = 0


@dataclass(slots=True, kw_only=True)
class Message:
    """What somebody said; `ephemeral_to` names the only person who sees it, if not all do."""

    channel: str
    ts: str
    user: str
    text: str
    bot_id: str | None = None
    username: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    subtype: str | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    ephemeral_to: str | None = None
    failure: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True, kw_only=True)
class Channel:
    """A public or private channel, or a direct conversation of the bot with `im_user`."""

    id: str
    name: str
    created: int
    creator: str
    is_private: bool = False
    is_general: bool = False
    is_archived: bool = False
    im_user: str | None = None
    topic: Note = field(default_factory=Note)
    purpose: Note = field(default_factory=Note)
    members: list[str] = field(default_factory=list)
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: dict[str, Message] = field(default_factory=dict)
    pins: dict[str, Json] = field(default_factory=dict)
    bookmarks: list[Json] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)

    @property
    def is_im(self) -> bool:
        """Whether it is a direct conversation."""
        return self.im_user is not None

    def find(self, ts: str) -> Message | None:
        """The message of a timestamp, one only some people see included."""
        return self.messages.get(ts) or self.ephemerals.get(ts)

    def replies(self, ts: str) -> list[Message]:
        """The answers below a message, oldest first."""
        return [m for m in self.messages.values() if m.is_reply and m.thread_ts == ts]

    def timeline(self) -> list[Message]:
        """What the channel itself shows, oldest first: no thread replies unless broadcast."""
        return [m for m in self.messages.values() if not m.is_reply or m.broadcast]


@dataclass(slots=True, kw_only=True)
class View:
    """A modal of one user, or their home tab; `body` is the view as the app gave it."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: Json = field(default_factory=dict)
    channel: str | None = None

    @property
    def external_id(self) -> str:
        """The app's own name for the view, or an empty text."""
        return str(self.body.get("external_id") or "")


@dataclass(slots=True, kw_only=True)
class Model:
    """Everything that the workspace knows."""

    team: Team
    bot_user: str
    bot_id: str
    app_id: str
    users: dict[str, User] = field(default_factory=dict)
    usergroups: dict[str, UserGroup] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    last_ts: int = 0
    last_number: int = 0

    def next_ts(self, now: datetime) -> str:
        """A timestamp that no message has, in Slack's form: seconds, a dot, six digits."""
        self.last_ts = max(self.last_ts + 1, int(now.timestamp() * 1_000_000))
        return f"{self.last_ts // 1_000_000}.{self.last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """An id that nothing has, such as C0LOCAL007."""
        self.last_number += 1
        return f"{prefix}0LOCAL{self.last_number:03d}"

    def channel_named(self, name: str) -> Channel | None:
        """The channel of this name; archived ones keep theirs, as in Slack."""
        return next((c for c in self.channels.values() if c.name == name and not c.is_im), None)

    def im_with(self, user: str, now: datetime) -> Channel:
        """The direct conversation of the bot and a user, opened when it is not there yet."""
        for channel in self.channels.values():
            if channel.im_user == user:
                return channel
        channel = Channel(
            id=self.new_id("D"),
            name="",
            created=int(now.timestamp()),
            creator=self.bot_user,
            im_user=user,
            members=[self.bot_user, user],
        )
        self.channels[channel.id] = channel
        return channel

    def sees(self, user: str, channel: Channel) -> bool:
        """Whether somebody may look into a channel: members, and full members into public ones."""
        person = self.users[user]
        full = person.team_id == self.team.id and not person.is_restricted
        return user in channel.members or (full and not channel.is_private and not channel.is_im)

    def is_shared(self, channel: Channel) -> bool:
        """Whether people of another organisation are in it (Slack Connect)."""
        return any(self.users[user].team_id != self.team.id for user in channel.members)

    def views(self) -> list[View]:
        """All views that exist: open modals and home tabs."""
        return [view for stack in self.stacks.values() for view in stack] + [*self.homes.values()]

    def view(self, view_id: str) -> View | None:
        """The view of an id."""
        return next((view for view in self.views() if view.id == view_id), None)
