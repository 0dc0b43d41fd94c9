"""Everything that happens in channels: it changes the model, tells the pages and emits events.

Rules of the Web API (scopes, limits, membership) have been checked before by the caller.
"""

from dataclasses import dataclass

from adapters.local.workspace import page_shapes, shapes
from adapters.local.workspace.model import Channel, Json, Message, Note
from adapters.local.workspace.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says."""

    text: str
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a message goes below its channel, and under which name."""

    thread_ts: str | None = None
    broadcast: bool = False
    username: str | None = None
    subtype: str | None = None
    files: tuple[Json, ...] = ()


def _message_event(site: Site, channel: Channel, event: Json) -> None:
    if site.model.bot_user not in channel.members:
        return
    kind, name = (
        ("im", "message.im")
        if channel.is_im
        else ("group", "message.groups")
        if channel.is_private
        else ("channel", "message.channels")
    )
    site.emit(name, event | {"type": "message", "channel": channel.id, "channel_type": kind})


def _show(site: Site, channel: Channel, message: Message, kind: str) -> None:
    site.tell(channel, {"type": kind, "message": page_shapes.message(site.model, message)})


def _show_parent(site: Site, channel: Channel, message: Message) -> None:
    if message.is_reply and message.thread_ts in channel.messages:
        _show(site, channel, channel.messages[message.thread_ts], "message_changed")


def post(
    site: Site,
    channel: Channel,
    user: str,
    content: Content,
    placement: Placement = Placement(),
) -> Message:
    """Say something in a channel, as a person or as the bot."""
    model = site.model
    message = Message(
        channel=channel.id,
        ts=site.next_ts(),
        user=user,
        bot_id=model.bot_id if user == model.bot_user else None,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
        thread_ts=placement.thread_ts,
        broadcast=placement.broadcast,
        username=placement.username,
        subtype=placement.subtype,
        files=list(placement.files),
    )
    channel.messages[message.ts] = message
    channel.last_read[user] = message.ts
    _show(site, channel, message, "message")
    _show_parent(site, channel, message)
    event = shapes.message(model, message) | {"event_ts": message.ts}
    _message_event(site, channel, event)
    mentioned = f"<@{model.bot_user}>" in message.text and user != model.bot_user
    if mentioned and model.bot_user in channel.members and not channel.is_im:
        site.emit("app_mention", event | {"type": "app_mention", "channel": channel.id})
    return message


def edit(site: Site, channel: Channel, message: Message, content: Content) -> None:
    """Replace what a message says; it is marked as edited."""
    previous = shapes.message(site.model, message)
    message.text = content.text
    message.blocks = content.blocks
    message.attachments = content.attachments
    if content.metadata is not None:
        message.metadata = content.metadata
    if message.ephemeral_to is not None:
        _tell_ephemeral(site, message, "message_changed")
        return
    ts = site.next_ts()
    message.edited = {"user": message.user, "ts": ts}
    _show(site, channel, message, "message_changed")
    _message_event(
        site,
        channel,
        {
            "subtype": "message_changed",
            "message": shapes.message(site.model, message),
            "previous_message": previous,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
        },
    )


def delete(site: Site, channel: Channel, message: Message) -> None:
    """Take a message away; one with a thread below it leaves a marker in its place."""
    previous = shapes.message(site.model, message)
    gone = {"type": "message_deleted", "channel": channel.id, "ts": message.ts}
    if message.ephemeral_to is not None:
        del channel.ephemerals[message.ts]
        site.tell_user(message.ephemeral_to, gone)
        return
    if not message.is_reply and channel.replies(message.ts):
        message.text, message.subtype = "This message was deleted.", "tombstone"
        message.blocks = message.attachments = message.metadata = None
        _show(site, channel, message, "message_changed")
    else:
        del channel.messages[message.ts]
        site.tell(channel, gone)
        _show_parent(site, channel, message)
    channel.pins.pop(message.ts, None)
    ts = site.next_ts()
    _message_event(
        site,
        channel,
        {
            "subtype": "message_deleted",
            "previous_message": previous,
            "deleted_ts": message.ts,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
        },
    )


def _tell_ephemeral(site: Site, message: Message, kind: str) -> None:
    if message.ephemeral_to is not None:
        shape = page_shapes.message(site.model, message)
        site.tell_user(message.ephemeral_to, {"type": kind, "message": shape})


def whisper(
    site: Site,
    channel: Channel,
    user: str,
    content: Content,
    *,
    thread_ts: str | None = None,
    failure: bool = False,
) -> Message:
    """Say something that only one person sees; it is in no history and causes no event."""
    message = Message(
        channel=channel.id,
        ts=site.next_ts(),
        user=site.model.bot_user,
        bot_id=site.model.bot_id,
        text=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        thread_ts=thread_ts,
        ephemeral_to=user,
        failure=failure,
    )
    channel.ephemerals[message.ts] = message
    _tell_ephemeral(site, message, "message")
    return message


def channel_changed(site: Site, channel: Channel) -> None:
    """Tell the pages that a channel is new or different; each sees its own unread count."""
    for user in site.model.users:
        if site.model.sees(user, channel):
            shape = page_shapes.channel(channel, user)
            site.tell_user(user, {"type": "channel", "channel": shape})


def talk_with(site: Site, user: str) -> Channel:
    """The bot's direct conversation with somebody; their page hears of one that is new."""
    known = len(site.model.channels)
    channel = site.model.im_with(user, site.clock.now())
    if len(site.model.channels) > known:
        channel_changed(site, channel)
    return channel


def join(site: Site, channel: Channel, user: str, inviter: str | None = None) -> None:
    """Make somebody a member, with the line that says so."""
    channel.members.append(user)
    channel_changed(site, channel)
    subtype = "group_join" if channel.is_private else "channel_join"
    text = f"<@{user}> has joined the channel"
    post(site, channel, user, Content(text=text), Placement(subtype=subtype))
    if site.model.bot_user in channel.members:
        event: Json = {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": site.model.team.id,
        }
        site.emit("member_joined_channel", event | ({"inviter": inviter} if inviter else {}))


def leave(site: Site, channel: Channel, user: str) -> None:
    """Take somebody out of a channel."""
    channel.members.remove(user)
    channel.last_read.pop(user, None)
    channel_changed(site, channel)
    site.tell_user(user, {"type": "state"})


def describe(site: Site, channel: Channel, what: str, value: str, user: str) -> None:
    """Set the topic or the purpose (`what`), with the line that says so."""
    now = int(site.clock.now().timestamp())
    setattr(channel, what, Note(value=value, creator=user, last_set=now))
    channel_changed(site, channel)
    text = f"<@{user}> set the channel {what}: {value}"
    post(site, channel, user, Content(text=text), Placement(subtype=f"channel_{what}"))


def pin(site: Site, channel: Channel, message: Message, user: str) -> None:
    """Pin a message."""
    created = int(site.clock.now().timestamp())
    channel.pins[message.ts] = {"created": created, "created_by": user}
    _pin_event(site, channel, message, user, "pin_added")


def unpin(site: Site, channel: Channel, message: Message, user: str) -> None:
    """Take a pin away."""
    del channel.pins[message.ts]
    _pin_event(site, channel, message, user, "pin_removed")


def _pin_event(site: Site, channel: Channel, message: Message, user: str, name: str) -> None:
    _show(site, channel, message, "message_changed")
    channel_changed(site, channel)
    if site.model.bot_user in channel.members:
        item = {
            "type": "message",
            "channel": channel.id,
            "message": shapes.message(site.model, message),
        }
        event = {"type": name, "user": user, "channel_id": channel.id, "item": item}
        site.emit(name, event | {"event_ts": site.next_ts()})


def react(site: Site, channel: Channel, message: Message, user: str, name: str) -> None:
    """Add a reaction."""
    message.reactions.setdefault(name, []).append(user)
    _reaction_event(site, channel, message, "reaction_added", (user, name))


def unreact(site: Site, channel: Channel, message: Message, user: str, name: str) -> None:
    """Take a reaction back."""
    message.reactions[name].remove(user)
    if not message.reactions[name]:
        del message.reactions[name]
    _reaction_event(site, channel, message, "reaction_removed", (user, name))


def _reaction_event(
    site: Site, channel: Channel, message: Message, kind: str, reaction: tuple[str, str]
) -> None:
    _show(site, channel, message, "message_changed")
    if site.model.bot_user in channel.members:
        event = {
            "type": kind,
            "user": reaction[0],
            "reaction": reaction[1],
            "item_user": message.user,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
            "event_ts": site.next_ts(),
        }
        site.emit(kind, event)
