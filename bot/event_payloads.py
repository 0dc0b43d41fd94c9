"""Slack's events, read into values; what nobody needs to hear of is None.

Field names are those of docs.slack.dev/reference/events. A payload that lacks what it must have
raises `UsageError`.
"""

from collections.abc import Mapping

from adapters.slack.wording import Names, as_read
from bot.domain.actor import Identity
from bot.domain.audit import ENGINE
from bot.domain.placement import MessageRef
from bot.payloads import Body, part_of, text_in
from commands.incoming import (
    Entered,
    Event,
    HomeOpened,
    Mention,
    MessageDeleted,
    MessageEdited,
    Pin,
    Reaction,
)

_CHANNELS = frozenset({"channel", "group"})
# What is left of a deleted message that has a thread below it.
_TOMBSTONE = "tombstone"


def event_of(body: Body, us: str | None, names: Names) -> Event | None:
    """An event with its envelope. `us` is the bot's user, whose own doings are left aside."""
    event = part_of(body, "event")
    if event.get("user") is not None and event.get("user") == us:
        return None
    match event.get("type"):
        case "app_mention":
            return _mention(body, event)
        case "reaction_added" | "reaction_removed":
            return _reaction(body, event)
        case "pin_added" | "pin_removed":
            return _pin(body, event)
        case "message":
            return _change(body, event, us, names)
        case "app_home_opened" if event.get("tab", "home") == "home":
            return HomeOpened(identity=_identity(body, event))
        case "member_joined_channel":
            return _entered(body, event, us)
        case _:
            return None


def _identity(body: Body, event: Body) -> Identity:
    return Identity(user=text_in(event, "user"), team=text_in(body, "team_id"))


def _entered(body: Body, event: Body, us: str | None) -> Entered:
    team = str(event.get("team") or text_in(body, "team_id"))
    return Entered(
        identity=Identity(user=text_in(event, "user"), team=team),
        channel=text_in(event, "channel"),
        inviter=_inviter(event.get("inviter"), us),
    )


def _inviter(user: object, us: str | None) -> str | None:
    if not isinstance(user, str) or not user:
        return None
    return ENGINE if user == us else user


def _mention(body: Body, event: Body) -> Mention:
    team = str(event.get("user_team") or event.get("team") or text_in(body, "team_id"))
    return Mention(
        identity=Identity(user=text_in(event, "user"), team=team),
        channel=text_in(event, "channel"),
        event=text_in(body, "event_id"),
    )


def _reaction(body: Body, event: Body) -> Reaction | None:
    item = part_of(event, "item")
    if item.get("type") != "message":
        return None
    emoji, _, _ = text_in(event, "reaction").partition("::")
    return Reaction(
        identity=_identity(body, event),
        place=MessageRef(channel=text_in(item, "channel"), ts=text_in(item, "ts")),
        emoji=emoji,
        added=event["type"] == "reaction_added",
        event=text_in(body, "event_id"),
    )


def _pin(body: Body, event: Body) -> Pin | None:
    item = part_of(event, "item")
    if item.get("type") != "message":
        return None
    message = part_of(item, "message")
    return Pin(
        identity=_identity(body, event),
        place=MessageRef(channel=text_in(event, "channel_id"), ts=text_in(message, "ts")),
        added=event["type"] == "pin_added",
        event=text_in(body, "event_id"),
    )


def _change(
    body: Body, event: Body, us: str | None, names: Names
) -> MessageEdited | MessageDeleted | None:
    """A message in a channel that was changed. The bot edits its own all the time, and Slack calls
    it a change when a link gets its preview: neither is one.
    """
    subtype = event.get("subtype")
    if event.get("channel_type") not in _CHANNELS:
        return None
    before, now = _message(event, "previous_message"), _message(event, "message")
    if _author(before or now) in {us, ""}:
        return None
    channel, name = text_in(event, "channel"), text_in(body, "event_id")
    if subtype == "message_deleted":
        place = MessageRef(channel=channel, ts=text_in(event, "deleted_ts"))
        return MessageDeleted(place=place, event=name)
    if subtype != "message_changed":
        return None
    place = MessageRef(channel=channel, ts=text_in(now, "ts"))
    if now.get("subtype") == _TOMBSTONE:
        return MessageDeleted(place=place, event=name)
    if now.get("text") == before.get("text"):
        return None
    text = as_read(str(now.get("text") or ""), names)
    return MessageEdited(place=place, text=text, event=name)


def _author(message: Body) -> str:
    """Who wrote a message: a person's id, or a bot's where it has no user."""
    return str(message.get("user") or message.get("bot_id") or "")


def _message(event: Body, name: str) -> Body:
    found = event.get(name)
    return found if isinstance(found, Mapping) else {}
