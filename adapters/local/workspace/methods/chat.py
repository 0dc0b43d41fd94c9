"""chat.*: posting, changing and deleting messages."""

from collections.abc import Mapping
from typing import Any

from adapters.local.workspace import changes, images, limits, shapes
from adapters.local.workspace.call import Call, Method, words
from adapters.local.workspace.changes import Content, Placement
from adapters.local.workspace.errors import ApiError, invalid_arguments
from adapters.local.workspace.model import Channel, Json
from adapters.local.workspace.ratelimit import SPECIAL, TIER_3, TIER_4


def _attachments(value: Any) -> list[Json] | None:
    if not value:
        return None
    if not isinstance(value, list):
        raise invalid_arguments("invalid `attachments`")
    if len(value) > limits.MAX_ATTACHMENTS:
        raise ApiError("too_many_attachments")
    return value


def read_content(call: Call, *, metadata: bool = True) -> Content:
    """What a call wants to say, within Slack's limits. Raises `ApiError`.

    Without `metadata` that argument is left aside: what only one person sees has none.
    """
    args = call.args
    blocks = limits.check_message_blocks(args.structure("blocks"))
    attachments = _attachments(args.structure("attachments"))
    text = args.text("text")
    if "markdown_text" in args:
        if "text" in args or blocks:
            raise ApiError("markdown_text_conflict")
        text = args.text("markdown_text")
        blocks = limits.check_message_blocks([{"type": "markdown", "text": text}])
    images.check_files(call.site.model, blocks)
    if not text and not blocks and not attachments:
        raise ApiError("no_text")
    return Content(
        text=text,
        blocks=limits.with_ids(call.site.model, blocks),
        attachments=attachments,
        metadata=limits.check_metadata(args.structure("metadata")) if metadata else None,
    )


def _destination(call: Call) -> Channel:
    """The channel of a post: by id, by name, or by a person for a direct message."""
    model = call.site.model
    wanted = call.args.text("channel")
    if wanted in model.users and not model.users[wanted].is_bot:
        if not call.site.app.messages_tab:
            raise ApiError("messages_tab_disabled")
        return changes.talk_with(call.site, wanted)
    channel = model.channels.get(wanted) or model.channel_named(wanted.removeprefix("#"))
    if channel is None or (channel.is_private and not call.is_member(channel)):
        raise ApiError("channel_not_found")
    return channel


def _may_write(call: Call, channel: Channel) -> None:
    if channel.is_archived:
        raise ApiError("is_archived")
    if not call.is_member(channel) and "chat:write.public" not in call.site.app.scopes:
        raise ApiError("not_in_channel")
    if channel.id in call.site.rules.read_only:
        raise ApiError("restricted_action_read_only_channel")


def _thread(call: Call, channel: Channel) -> str | None:
    """The thread of a post; a reply's timestamp means its parent's thread."""
    if "thread_ts" not in call.args:
        return None
    wanted = call.args.text("thread_ts")
    parent = channel.messages.get(wanted)
    if parent is None or parent.subtype in ("channel_join", "group_join"):
        raise ApiError("cannot_reply_to_message")
    return parent.thread_ts if parent.is_reply else wanted


def _post(call: Call) -> Json:
    channel = _destination(call)
    _may_write(call, channel)
    content = read_content(call)
    cut = Content(
        text=content.text[: limits.MAX_TEXT],
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
    )
    message = changes.post(
        call.site,
        channel,
        call.site.model.bot_user,
        cut,
        Placement(
            thread_ts=_thread(call, channel),
            broadcast=call.args.flag("reply_broadcast"),
            username=call.args.text("username") or None,
        ),
    )
    answer: Json = {
        "channel": channel.id,
        "ts": message.ts,
        "message": shapes.message(call.site.model, message, metadata=True),
    }
    if len(content.text) > limits.MAX_TEXT:
        answer["response_metadata"] = {"warnings": ["message_truncated"]}
    return answer


def _update(call: Call) -> Json:
    channel = call.visible_channel()
    message = call.message(channel)
    if message.user != call.site.model.bot_user or channel.is_archived:
        raise ApiError("cant_update_message")
    args = call.args
    if not any(name in args for name in ("text", "blocks", "attachments", "markdown_text")):
        raise ApiError("no_text")
    if len(args.text("text")) > limits.MAX_UPDATE_TEXT:
        raise ApiError("msg_too_long")
    content = _changed_content(call, message.blocks)
    changes.edit(call.site, channel, message, content)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": shapes.message(call.site.model, message, metadata=True),
    }


def _changed_content(call: Call, before: list[Json] | None) -> Content:
    """The new content; blocks that are not named at all stay, an empty list takes them away."""
    if call.args.values.get("blocks") == [] and "text" not in call.args:
        raise ApiError("no_text")
    content = read_content(call)
    if call.args.values.get("blocks") is None and content.blocks is None:
        return Content(
            text=content.text,
            blocks=before,
            attachments=content.attachments,
            metadata=content.metadata,
        )
    return content


def _delete(call: Call) -> Json:
    channel = call.visible_channel()
    message = call.message(channel)
    if message.user != call.site.model.bot_user:
        raise ApiError("cant_delete_message")
    changes.delete(call.site, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def _ephemeral(call: Call) -> Json:
    channel = call.visible_channel()
    if channel.is_archived:
        raise ApiError("is_archived")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    user = call.args.text("user")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    content = read_content(call, metadata=False)
    if len(content.text) > limits.MAX_TEXT:
        raise ApiError("msg_too_long")
    thread = _thread(call, channel)
    message = changes.whisper(call.site, channel, user, content, thread_ts=thread)
    return {"message_ts": message.ts}


def _permalink(call: Call) -> Json:
    channel = call.visible_channel()
    message = call.message(channel, "message_ts")
    place = f"{call.site.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {"channel": channel.id, "permalink": place + thread}


_CONTENT_ERRORS = words(
    "channel_not_found invalid_blocks invalid_blocks_format markdown_text_conflict no_text "
    "too_many_attachments"
)
_METADATA_ERRORS = words("invalid_metadata_format invalid_metadata_schema metadata_too_large")
_CONTENT = ("as_user", "attachments", "blocks", "link_names", "markdown_text", "metadata", "parse")
_LOOK = ("icon_emoji", "icon_url", "username", "text", "thread_ts")
_WRITE = ("chat:write",)

METHODS: Mapping[str, Method] = {
    "chat.postMessage": Method(
        serve=_post,
        scopes=_WRITE,
        per_minute=SPECIAL,
        required=("channel",),
        optional=(*_CONTENT, *_LOOK, "mrkdwn", "reply_broadcast", "unfurl_links", "unfurl_media"),
        errors=_CONTENT_ERRORS
        | _METADATA_ERRORS
        | words("is_archived not_in_channel msg_blocks_too_long cannot_reply_to_message")
        | words("messages_tab_disabled restricted_action_read_only_channel"),
    ),
    "chat.update": Method(
        serve=_update,
        scopes=_WRITE,
        per_minute=TIER_3,
        required=("channel", "ts"),
        optional=(*_CONTENT, "text", "reply_broadcast", "file_ids"),
        errors=_CONTENT_ERRORS
        | _METADATA_ERRORS
        | words("cant_update_message message_not_found msg_too_long msg_blocks_too_long"),
    ),
    "chat.delete": Method(
        serve=_delete,
        scopes=_WRITE,
        per_minute=TIER_3,
        required=("channel", "ts"),
        optional=("as_user",),
        errors=words("cant_delete_message channel_not_found message_not_found"),
    ),
    "chat.postEphemeral": Method(
        serve=_ephemeral,
        scopes=_WRITE,
        per_minute=TIER_4,
        required=("channel", "user"),
        optional=(*_CONTENT, *_LOOK),
        errors=_CONTENT_ERRORS
        | words("is_archived not_in_channel user_not_in_channel msg_too_long msg_blocks_too_long")
        | words("cannot_reply_to_message"),
    ),
    "chat.getPermalink": Method(
        serve=_permalink,
        per_minute=SPECIAL,
        required=("channel", "message_ts"),
        errors=words("channel_not_found message_not_found"),
    ),
}
