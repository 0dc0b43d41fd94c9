"""One call of a Web API method, and what methods declare about themselves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from adapters.local.workspace.arguments import Arguments
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.model import Channel, Json, Message
from adapters.local.workspace.ratelimit import TIER_3
from adapters.local.workspace.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The arguments of a call and the workspace on which it acts, with the questions all ask."""

    site: Site
    args: Arguments

    def need_scope(self, *scopes: str) -> None:
        """Raise `missing_scope` unless the app was granted one of these scopes."""
        granted = self.site.app.scopes
        if scopes and not granted.intersection(scopes):
            raise ApiError(
                "missing_scope", needed=",".join(scopes), provided=",".join(sorted(granted))
            )

    def need_kind_scope(self, channel: Channel, verb: str) -> None:
        """Ask for the scope that fits the kind of a channel, such as groups:read for a private one.

        `verb` is what stands behind the colon. Public channels are managed with `channels:manage`.
        """
        if channel.is_im:
            self.need_scope(f"im:{verb}")
        elif channel.is_private:
            self.need_scope(f"groups:{verb}")
        elif verb == "write":
            self.need_scope("channels:manage")
        else:
            self.need_scope(f"channels:{verb}")

    def visible_channel(self, name: str = "channel") -> Channel:
        """The channel that an argument names by id, if the bot may know of it."""
        channel = self.site.model.channels.get(self.args.text(name))
        bot = self.site.model.bot_user
        if channel is None or (channel.is_private and bot not in channel.members):
            raise ApiError("channel_not_found")
        return channel

    def is_member(self, channel: Channel) -> bool:
        """Whether the bot is in a channel."""
        return self.site.model.bot_user in channel.members

    def joined_channel(self, name: str = "channel") -> Channel:
        """The channel that an argument names, of which the bot is a member."""
        channel = self.visible_channel(name)
        if not self.is_member(channel):
            raise ApiError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message that an argument names; what only one person sees is not found."""
        message = channel.messages.get(self.args.text(name))
        if message is None or message.subtype == "tombstone":
            raise ApiError("message_not_found")
        return message

    def page(
        self, items: list[Json], default: int = 100, maximum: int = 1000
    ) -> tuple[list[Json], str]:
        """The part of a list that `cursor` and `limit` ask for, and the next cursor."""
        limit = self.args.number("limit", default) or default
        if not 1 <= limit <= maximum:
            raise ApiError("invalid_limit")
        cursor = self.args.text("cursor", "0") or "0"
        if not cursor.isdigit():
            raise ApiError("invalid_cursor")
        start = int(cursor)
        following = str(start + limit) if start + limit < len(items) else ""
        return items[start : start + limit], following


class Credential(StrEnum):
    """The kind of token that a method wants."""

    BOT = "bot"
    APP = "app"
    ANY = "any"  # or none at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A Web API method: what serves it, and what the reference says about it.

    `scopes`: any of them is needed. `errors`: the words with which it may refuse, beside those that
    every method has.
    """

    serve: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    per_minute: int = TIER_3
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    errors: frozenset[str] = field(default_factory=frozenset)
    credential: Credential = Credential.BOT


def words(text: str) -> frozenset[str]:
    """Error words written one after the other."""
    return frozenset(text.split())


# Refusals that the reference lists on (nearly) every method's page.
COMMON_ERRORS = words(
    "invalid_arguments invalid_auth not_authed not_allowed_token_type missing_scope ratelimited "
    "fatal_error internal_error service_unavailable unknown_method invalid_json json_not_object "
    "invalid_limit invalid_cursor"
)
