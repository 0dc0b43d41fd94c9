"""State as the JSON of the browser page (the `/ui/…` endpoints)."""

from typing import Any

from adapters.local.workspace import images, shapes
from adapters.local.workspace.app import App
from adapters.local.workspace.model import Channel, Json, Message, Model, View

# Lines that Slack itself writes; they make no channel unread.
_QUIET = frozenset(
    ("channel_join", "group_join", "channel_topic", "channel_purpose", "channel_name", "tombstone")
)


def message(model: Model, said: Message) -> Json:
    """A message as the page shows it."""
    place = model.channels[said.channel]
    author = model.users[said.user]
    shape: Json = {
        "ts": said.ts,
        "channel": said.channel,
        "user": said.user,
        "bot_id": said.bot_id,
        "username": said.username or (author.real_name if author.is_bot else author.name),
        "text": said.text,
        "edited": said.edited is not None,
        "reply_count": 0 if said.is_reply else len(place.replies(said.ts)),
        "reactions": [{"name": name, "users": u} for name, u in said.reactions.items()],
        "ephemeral": said.ephemeral_to is not None,
        "failure": said.failure,
        "pinned": said.ts in place.pins,
    }
    optional: dict[str, Any] = {
        "blocks": images.shown(model, said.blocks),
        "thread_ts": said.thread_ts,
        "subtype": said.subtype,
        "files": [_file(file) for file in said.files] or None,
    }
    return shape | {key: value for key, value in optional.items() if value is not None}


def _file(file: Json) -> Json:
    return {
        "name": file["name"],
        "title": file["title"],
        "alt": file["alt_txt"],
        "mimetype": file["mimetype"],
        "size": file["size"],
        "url": file["url_private"],
        "width": file["original_w"],
        "height": file["original_h"],
    }


def view(model: Model, opened: View) -> Json:
    """A view as the page shows it."""
    shape = shapes.view(model, opened)
    return shape | {"blocks": images.shown(model, shape["blocks"])}


def messages(model: Model, place: Channel, user: str, thread_ts: str | None) -> list[Json]:
    """What one person sees of a channel or of a thread in it, oldest first."""
    if thread_ts is None:
        shown = place.timeline()
    else:
        parent = place.messages.get(thread_ts)
        shown = ([parent] if parent else []) + place.replies(thread_ts)
    private = [
        m
        for m in place.ephemerals.values()
        if m.ephemeral_to == user and (m.thread_ts == thread_ts)
    ]
    return [message(model, m) for m in sorted([*shown, *private], key=lambda m: m.ts)]


def _unread(place: Channel, user: str) -> int:
    read = place.last_read.get(user, "0")
    return sum(m.ts > read and m.user != user and m.subtype not in _QUIET for m in place.timeline())


def channel(place: Channel, user: str) -> Json:
    """A channel as the page lists it for one person."""
    return {
        "id": place.id,
        "name": place.name,
        "is_private": place.is_private,
        "is_general": place.is_general,
        "is_im": place.is_im,
        "is_archived": place.is_archived,
        "topic": place.topic.value,
        "purpose": place.purpose.value,
        "members": list(place.members),
        "unread": _unread(place, user) if user in place.members else 0,
        "bookmarks": [{"title": b["title"], "link": b["link"]} for b in place.bookmarks],
        "pins": list(place.pins),
        "im_user": place.im_user,
    }


def _bot(model: Model, app: App, *, connected: bool) -> Json:
    return {
        "user_id": model.bot_user,
        "name": model.users[model.bot_user].real_name,
        "connected": connected,
        "mode": "socket" if app.socket_mode else "http",
        "home_tab": app.home_tab,
        "messages_read_only": app.messages_read_only,
    }


def state(model: Model, app: App, user: str, *, connected: bool) -> Json:
    """Everything but messages, as one person sees it."""
    home = model.homes.get(user)
    return {
        "team": {"id": model.team.id, "name": model.team.name},
        "me": user,
        "bot": _bot(model, app, connected=connected),
        "users": [
            {
                "id": person.id,
                "name": person.name,
                "real_name": person.real_name,
                "title": person.title,
                "color": person.color,
                "is_bot": person.is_bot,
                "is_restricted": person.is_restricted,
                "team_id": person.team_id,
            }
            for person in model.users.values()
        ],
        "usergroups": [
            {"id": group.id, "handle": group.handle, "users": list(group.users)}
            for group in model.usergroups.values()
        ],
        "channels": [channel(c, user) for c in model.channels.values() if model.sees(user, c)],
        "commands": [
            {
                "command": command.command,
                "usage_hint": command.usage_hint,
                "description": command.description,
            }
            for command in app.commands.values()
        ],
        "shortcuts": [
            {
                "name": shortcut.name,
                "type": shortcut.type,
                "callback_id": shortcut.callback_id,
                "description": shortcut.description,
            }
            for shortcut in app.shortcuts
        ],
        "home": view(model, home) if home else None,
    }
