"""State as the JSON of the Web API (https://docs.slack.dev/reference/objects)."""

from adapters.local.workspace.model import (
    Channel,
    Json,
    Message,
    Model,
    Note,
    User,
    UserGroup,
    View,
)


def user(model: Model, person: User) -> Json:
    """A user object; those of other organisations are strangers with less to see."""
    shape: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "color": person.color,
        "real_name": person.real_name,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "profile": {
            "title": person.title,
            "real_name": person.real_name,
            "real_name_normalized": person.real_name,
            "display_name": person.name,
            "display_name_normalized": person.name,
            "team": person.team_id,
        },
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if person.team_id != model.team.id:
        return shape | {"is_stranger": True}
    if person.is_bot:
        shape["profile"] |= {"bot_id": model.bot_id, "api_app_id": model.app_id}
    return shape | {
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
    }


def usergroup(model: Model, group: UserGroup, *, users: bool, count: bool) -> Json:
    """A user group object."""
    shape: Json = {
        "id": group.id,
        "team_id": model.team.id,
        "is_usergroup": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "auto_type": None,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
    }
    if users:
        shape["users"] = list(group.users)
    if count:
        shape["user_count"] = len(group.users)
    return shape


def _note(note: Note) -> Json:
    return {"value": note.value, "creator": note.creator, "last_set": note.last_set}


def channel(model: Model, place: Channel) -> Json:
    """A conversation object as the bot sees it."""
    if place.is_im:
        return {
            "id": place.id,
            "created": place.created,
            "is_archived": place.is_archived,
            "is_im": True,
            "is_org_shared": False,
            "user": place.im_user,
            "is_user_deleted": False,
        }
    shared = model.is_shared(place)
    return {
        "id": place.id,
        "name": place.name,
        "name_normalized": place.name,
        "is_channel": not place.is_private,
        "is_group": place.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": place.is_private,
        "created": place.created,
        "creator": place.creator,
        "is_archived": place.is_archived,
        "is_general": place.is_general,
        "is_member": model.bot_user in place.members,
        "is_shared": shared,
        "is_ext_shared": shared,
        "is_org_shared": False,
        "pending_shared": [],
        "unlinked": 0,
        "topic": _note(place.topic),
        "purpose": _note(place.purpose),
        "previous_names": list(place.previous_names),
    }


def message(model: Model, said: Message, *, metadata: bool = False) -> Json:
    """A message object."""
    shape: Json = {"type": "message", "user": said.user, "text": said.text, "ts": said.ts}
    shape["team"] = model.users[said.user].team_id
    if said.bot_id:
        shape |= {
            "bot_id": said.bot_id,
            "app_id": model.app_id,
            "bot_profile": {
                "id": said.bot_id,
                "app_id": model.app_id,
                "user_id": model.bot_user,
                "name": model.users[model.bot_user].real_name,
                "deleted": False,
                "team_id": model.team.id,
            },
        }
    optional = {
        "username": said.username,
        "blocks": said.blocks,
        "attachments": said.attachments,
        "subtype": said.subtype,
        "edited": said.edited,
        "thread_ts": said.thread_ts,
        "metadata": said.metadata if metadata else None,
        "files": said.files or None,
        "reactions": [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in said.reactions.items()
        ]
        or None,
    }
    shape |= {key: value for key, value in optional.items() if value is not None}
    place = model.channels[said.channel]
    if said.ts in place.pins:
        shape["pinned_to"] = [place.id]
    return shape | _thread(place, said)


def _thread(place: Channel, said: Message) -> Json:
    replies = [] if said.is_reply else place.replies(said.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": said.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
        "subscribed": False,
    }


def view(model: Model, opened: View) -> Json:
    """A view object as the app and the page see it."""
    body = opened.body
    shape: Json = {
        "id": opened.id,
        "team_id": model.team.id,
        "type": body["type"],
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata") or "",
        "callback_id": body.get("callback_id") or "",
        "external_id": opened.external_id,
        "state": {"values": opened.values},
        "hash": opened.hash,
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": bool(body.get("notify_on_close")),
        "root_view_id": opened.root_id,
        "previous_view_id": opened.previous_id,
        "app_id": model.app_id,
        "app_installed_team_id": model.team.id,
        "bot_id": model.bot_id,
    }
    for name in ("title", "submit", "close"):
        shape[name] = body.get(name)
    return shape
