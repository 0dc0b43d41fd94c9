"""conversations.* that only read, and users.conversations."""

import re
from collections.abc import Mapping

from adapters.local.workspace import shapes
from adapters.local.workspace.call import Call, Method, words
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.model import Channel, Json, Message
from adapters.local.workspace.ratelimit import TIER_2, TIER_3, TIER_4

_TYPES = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
_TS = re.compile(r"\d{1,12}(\.\d{1,6})?")
_HISTORY_PAGE, _HISTORY_MAXIMUM = 100, 999
_MAXIMUM_PAGE = 1000


def _kind(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "private_channel" if channel.is_private else "public_channel"


def _listed(call: Call) -> list[Channel]:
    """The channels of the wanted types that the bot may know of."""
    wanted = call.args.text("types", "public_channel").split(",")
    if not set(wanted) <= _TYPES.keys():
        raise ApiError("invalid_types")
    for kind in wanted:
        call.need_scope(_TYPES[kind])
    hide_archived = call.args.flag("exclude_archived")
    return [
        channel
        for channel in call.site.model.channels.values()
        if _kind(channel) in wanted
        and (not channel.is_private or call.is_member(channel))
        and not (channel.is_archived and hide_archived)
    ]


def _list(call: Call) -> Json:
    model = call.site.model
    found = [
        shapes.channel(model, c) | ({} if c.is_im else {"num_members": len(c.members)})
        for c in _listed(call)
    ]
    page, following = call.page(found, maximum=_MAXIMUM_PAGE)
    return {"channels": page, "response_metadata": {"next_cursor": following}}


def _of_user(call: Call) -> Json:
    model = call.site.model
    user = call.args.text("user") or model.bot_user
    found = [shapes.channel(model, c) for c in _listed(call) if user in c.members]
    page, following = call.page(found, maximum=_MAXIMUM_PAGE)
    return {"channels": page, "response_metadata": {"next_cursor": following}}


def _info(call: Call) -> Json:
    channel = call.visible_channel()
    call.need_kind_scope(channel, "read")
    shape = shapes.channel(call.site.model, channel)
    if call.args.flag("include_num_members"):
        shape["num_members"] = len(channel.members)
    return {"channel": shape}


def _members(call: Call) -> Json:
    channel = call.visible_channel()
    call.need_kind_scope(channel, "read")
    page, following = call.page([{"id": user} for user in channel.members])
    return {
        "members": [entry["id"] for entry in page],
        "response_metadata": {"next_cursor": following},
    }


def _bound(call: Call, name: str, default: str) -> str:
    """`latest` or `oldest` in the form that compares as text does."""
    value = call.args.text(name) or default
    if value == "now":
        value = default
    if not _TS.fullmatch(value):
        raise ApiError(f"invalid_ts_{name}")
    seconds, _, fraction = value.partition(".")
    return f"{int(seconds):012d}.{fraction:0<6}"


def _between(call: Call, messages: list[Message]) -> list[Message]:
    latest = _bound(call, "latest", "9" * 11)
    oldest = _bound(call, "oldest", "0")
    inclusive = call.args.flag("inclusive")

    def inside(message: Message) -> bool:
        ts = f"{message.ts:0>19}"
        return oldest < ts < latest or (inclusive and ts in (oldest, latest))

    return [message for message in messages if inside(message)]


def _readable(call: Call) -> Channel:
    channel = call.visible_channel()
    call.need_kind_scope(channel, "history")
    if not call.is_member(channel):
        raise ApiError("not_in_channel" if not channel.is_im else "channel_not_found")
    return channel


def _paged(call: Call, messages: list[Message]) -> Json:
    metadata = call.args.flag("include_all_metadata")
    shown = [shapes.message(call.site.model, m, metadata=metadata) for m in messages]
    limit = call.args.number("limit", _HISTORY_PAGE)
    call.args.values["limit"] = max(1, min(limit, _HISTORY_MAXIMUM))
    page, following = call.page(shown)
    answer: Json = {"messages": page, "has_more": bool(following)}
    if following:
        answer["response_metadata"] = {"next_cursor": following}
    return answer


def _history(call: Call) -> Json:
    channel = _readable(call)
    newest_first = _between(call, channel.timeline())[::-1]
    return _paged(call, newest_first) | {"pin_count": len(channel.pins)}


def _replies(call: Call) -> Json:
    # A thread has no not_in_channel of its own: who is not in the channel does not find it.
    channel = call.visible_channel()
    call.need_kind_scope(channel, "history")
    if not call.is_member(channel):
        raise ApiError("channel_not_found")
    parent = channel.messages.get(call.args.text("ts"))
    if parent is None:
        raise ApiError("thread_not_found")
    if parent.is_reply:
        return _paged(call, [parent])
    # The parent leads every page's first part, whatever the bounds are.
    return _paged(call, [parent, *_between(call, channel.replies(parent.ts))])


_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_PAGE = ("cursor", "limit")
_RANGE = (*_PAGE, "include_all_metadata", "inclusive", "latest", "oldest")
_RANGE_ERRORS = words("channel_not_found invalid_ts_latest invalid_ts_oldest")

METHODS: Mapping[str, Method] = {
    "conversations.list": Method(
        serve=_list,
        scopes=_READ,
        per_minute=TIER_2,
        optional=(*_PAGE, "exclude_archived", "team_id", "types"),
        errors=words("invalid_types"),
    ),
    "users.conversations": Method(
        serve=_of_user,
        scopes=_READ,
        per_minute=TIER_3,
        optional=(*_PAGE, "exclude_archived", "team_id", "types", "user"),
        errors=words("invalid_types"),
    ),
    "conversations.info": Method(
        serve=_info,
        scopes=_READ,
        per_minute=TIER_3,
        required=("channel",),
        optional=("include_locale", "include_num_members"),
        errors=words("channel_not_found"),
    ),
    "conversations.members": Method(
        serve=_members,
        scopes=_READ,
        per_minute=TIER_4,
        required=("channel",),
        optional=_PAGE,
        errors=words("channel_not_found"),
    ),
    "conversations.history": Method(
        serve=_history,
        scopes=_HISTORY,
        per_minute=TIER_3,
        required=("channel",),
        optional=_RANGE,
        errors=_RANGE_ERRORS | words("not_in_channel"),
    ),
    "conversations.replies": Method(
        serve=_replies,
        scopes=_HISTORY,
        per_minute=TIER_3,
        required=("channel", "ts"),
        optional=_RANGE,
        errors=_RANGE_ERRORS | words("thread_not_found"),
    ),
}
