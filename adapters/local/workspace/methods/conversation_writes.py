"""conversations.* that make, rename, describe and archive channels."""

import re
from collections.abc import Callable, Mapping

from adapters.local.workspace import changes, shapes
from adapters.local.workspace.call import Call, Method, words
from adapters.local.workspace.changes import Content, Placement
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.model import Channel, Json, Model
from adapters.local.workspace.ratelimit import TIER_2, TIER_3

MAX_NAME = 80
MAX_NOTE = 250
_NOT_FOR_IM = "method_not_supported_for_channel_type"


def check_name(model: Model, name: str) -> str:
    """A name that a new channel may have. Raises `ApiError`.

    Letters of any script are welcome as long as they are not capitals; of the punctuation only
    hyphens and underscores are.
    """
    if not name:
        raise ApiError("invalid_name_required")
    if len(name) > MAX_NAME:
        raise ApiError("invalid_name_maxlength")
    if name != name.lower() or not re.fullmatch(r"[\w-]+", name):
        raise ApiError("invalid_name_specials")
    if not re.search(r"[^\W_]", name):
        raise ApiError("invalid_name_punctuation")
    if model.channel_named(name):
        raise ApiError("name_taken")
    return name


def _create(call: Call) -> Json:
    model = call.site.model
    private = call.args.flag("is_private")
    call.need_scope("groups:write" if private else "channels:manage")
    allowed = call.site.rules.private_channels if private else call.site.rules.public_channels
    if not allowed:
        raise ApiError("restricted_action")
    name = check_name(model, call.args.text("name"))
    channel = Channel(
        id=model.new_id("C"),
        name=name,
        created=int(call.site.clock.now().timestamp()),
        creator=model.bot_user,
        is_private=private,
        members=[model.bot_user],
    )
    model.channels[channel.id] = channel
    changes.channel_changed(call.site, channel)
    shape = shapes.channel(model, channel)
    if not private:
        created = {"id": channel.id, "name": name, "created": channel.created}
        event = {"type": "channel_created", "channel": created | {"creator": channel.creator}}
        call.site.emit("channel_created", event)
    return {"channel": shape}


def _managed(call: Call, *, archived_ok: bool = False) -> Channel:
    """The channel to change: no direct conversation, the bot in it, not archived."""
    channel = call.visible_channel()
    if channel.is_im:
        raise ApiError(_NOT_FOR_IM)
    call.need_kind_scope(channel, "write")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    if channel.is_archived and not archived_ok:
        raise ApiError("is_archived")
    return channel


def _archive(call: Call) -> Json:
    channel = _managed(call, archived_ok=True)
    if channel.is_archived:
        raise ApiError("already_archived")
    if channel.is_general:
        raise ApiError("cant_archive_general")
    channel.is_archived = True
    changes.channel_changed(call.site, channel)
    event = {"channel": channel.id, "user": call.site.model.bot_user}
    call.site.emit("channel_archive", {"type": "channel_archive", **event})
    return {}


def _unarchive(call: Call) -> Json:
    channel = call.visible_channel()
    if channel.is_im:
        raise ApiError(_NOT_FOR_IM)
    call.need_kind_scope(channel, "write")
    if not channel.is_archived:
        raise ApiError("not_archived")
    if not call.is_member(channel):
        raise ApiError("channel_not_found")
    channel.is_archived = False
    changes.channel_changed(call.site, channel)
    event = {"channel": channel.id, "user": call.site.model.bot_user}
    call.site.emit("channel_unarchive", {"type": "channel_unarchive", **event})
    return {}


def _rename(call: Call) -> Json:
    channel = _managed(call)
    name = call.args.text("name")
    if name != channel.name:
        before = channel.name
        channel.name = check_name(call.site.model, name)
        channel.previous_names.insert(0, before)
        changes.channel_changed(call.site, channel)
        bot = call.site.model.bot_user
        text = f"<@{bot}> has renamed the channel from “{before}” to “{name}”"
        said = Content(text=text)
        changes.post(call.site, channel, bot, said, Placement(subtype="channel_name"))
        renamed = {"id": channel.id, "name": name, "created": channel.created}
        call.site.emit("channel_rename", {"type": "channel_rename", "channel": renamed})
    return {"channel": shapes.channel(call.site.model, channel)}


def _setter(what: str) -> Callable[[Call], Json]:
    def serve(call: Call) -> Json:
        channel = call.visible_channel()
        if channel.is_im:
            raise ApiError(_NOT_FOR_IM)
        prefix = "groups" if channel.is_private else "channels"
        manage = "groups:write" if channel.is_private else "channels:manage"
        call.need_scope(manage, f"{prefix}:write.topic")
        if not call.is_member(channel):
            raise ApiError("not_in_channel")
        if channel.is_archived:
            raise ApiError("is_archived")
        value = call.args.text(what)
        if len(value) > MAX_NOTE:
            raise ApiError("too_long")
        changes.describe(call.site, channel, what, value, call.site.model.bot_user)
        return {"channel": shapes.channel(call.site.model, channel)}

    return serve


_WRITE = ("channels:manage", "groups:write", "im:write", "mpim:write")
_NOTE = (*_WRITE, "channels:write.topic", "groups:write.topic")
_PLACE_ERRORS = words(f"channel_not_found {_NOT_FOR_IM}")
_NOTE_ERRORS = _PLACE_ERRORS | words("is_archived not_in_channel too_long")
_NAME_ERRORS = words(
    "invalid_name_required invalid_name_maxlength invalid_name_specials invalid_name_punctuation "
    "name_taken"
)


def _method(
    serve: Callable[[Call], Json],
    errors: str,
    *optional: str,
    per_minute: int = TIER_3,
    scopes: tuple[str, ...] = _WRITE,
) -> Method:
    return Method(
        serve=serve,
        scopes=scopes,
        per_minute=per_minute,
        required=("channel",),
        optional=optional,
        errors=_PLACE_ERRORS | words(errors),
    )


METHODS: Mapping[str, Method] = {
    "conversations.create": Method(
        serve=_create,
        scopes=_WRITE,
        per_minute=TIER_2,
        required=("name",),
        optional=("is_private", "team_id"),
        errors=_NAME_ERRORS | words("restricted_action cannot_create_channel"),
    ),
    "conversations.archive": _method(
        _archive,
        "already_archived cant_archive_general not_in_channel restricted_action",
        per_minute=TIER_2,
    ),
    "conversations.unarchive": _method(_unarchive, "not_archived", per_minute=TIER_2),
    "conversations.rename": Method(
        serve=_rename,
        scopes=_WRITE,
        per_minute=TIER_2,
        required=("channel", "name"),
        errors=_PLACE_ERRORS | _NAME_ERRORS | words("is_archived not_authorized not_in_channel"),
    ),
    "conversations.setTopic": Method(
        serve=_setter("topic"),
        scopes=_NOTE,
        per_minute=TIER_2,
        required=("channel", "topic"),
        errors=_NOTE_ERRORS,
    ),
    "conversations.setPurpose": Method(
        serve=_setter("purpose"),
        scopes=_NOTE,
        per_minute=TIER_2,
        required=("channel", "purpose"),
        errors=_NOTE_ERRORS,
    ),
}
