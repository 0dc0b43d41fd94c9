"""pins.*, bookmarks.* and reactions.*: what is put onto messages and channels."""

import re
from collections.abc import Mapping

from adapters.local.workspace import changes, shapes
from adapters.local.workspace.call import Call, Method, words
from adapters.local.workspace.errors import ApiError, invalid_arguments
from adapters.local.workspace.model import Json
from adapters.local.workspace.ratelimit import TIER_2, TIER_3

MAX_PINS = 100
MAX_BOOKMARKS = 100
MAX_TITLE = 256
MAX_LINK = 2048
MAX_REACTIONS = 50  # different emoji on one message (Slack's limit was 23 before 2022)
_TS = re.compile(r"\d+\.\d{6}")
EMOJI = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def _pins_add(call: Call) -> Json:
    channel = call.joined_channel()
    if "timestamp" not in call.args:
        raise ApiError("no_item_specified")
    if not _TS.fullmatch(call.args.text("timestamp")):
        raise ApiError("bad_timestamp")
    message = call.message(channel, "timestamp")
    if not call.site.rules.pins:
        raise ApiError("restricted_action")
    if message.ts in channel.pins:
        raise ApiError("already_pinned")
    if len(channel.pins) >= MAX_PINS:
        raise ApiError("too_many_pins")
    changes.pin(call.site, channel, message, call.site.model.bot_user)
    return {}


def _pins_remove(call: Call) -> Json:
    channel = call.visible_channel()
    if not call.is_member(channel):
        raise ApiError("channel_not_found")
    if "timestamp" not in call.args:
        raise ApiError("no_item_specified")
    if not _TS.fullmatch(call.args.text("timestamp")):
        raise ApiError("bad_timestamp")
    message = call.message(channel, "timestamp")
    if not call.site.rules.pins:
        raise ApiError("restricted_action")
    if message.ts not in channel.pins:
        raise ApiError("no_pin")
    changes.unpin(call.site, channel, message, call.site.model.bot_user)
    return {}


def _pins_list(call: Call) -> Json:
    channel = call.visible_channel()
    if not call.is_member(channel):
        raise ApiError("channel_not_found")
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "created": pin["created"],
            "created_by": pin["created_by"],
            "message": shapes.message(call.site.model, channel.messages[ts]),
        }
        for ts, pin in channel.pins.items()
    ]
    return {"items": items[::-1]}


def _bookmarks_add(call: Call) -> Json:
    channel = call.visible_channel("channel_id")
    if not call.is_member(channel):
        raise ApiError("permission_denied")
    args = call.args
    if args.text("type") != "link":
        raise ApiError("invalid_bookmark_type")
    link, title = args.text("link"), args.text("title")
    if not link.startswith(("https://", "http://")) or len(link) > MAX_LINK:
        raise ApiError("invalid_link")
    if len(title) > MAX_TITLE:
        raise invalid_arguments(f"must be less than {MAX_TITLE + 1} characters: title")
    if len(channel.bookmarks) >= MAX_BOOKMARKS:
        raise ApiError("too_many_bookmarks")
    model = call.site.model
    bookmark: Json = {
        "id": model.new_id("Bk"),
        "channel_id": channel.id,
        "title": title,
        "link": link,
        "emoji": args.text("emoji"),
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": int(call.site.clock.now().timestamp()),
        "date_updated": 0,
        "rank": "g",
        "last_updated_by_user_id": model.bot_user,
        "last_updated_by_team_id": model.team.id,
        "shortcut_id": None,
        "app_id": None,
    }
    channel.bookmarks.append(bookmark)
    changes.channel_changed(call.site, channel)
    return {"bookmark": bookmark}


def _bookmarks_remove(call: Call) -> Json:
    channel = call.visible_channel("channel_id")
    if not call.is_member(channel):
        raise ApiError("permission_denied")
    wanted = call.args.text("bookmark_id")
    kept = [each for each in channel.bookmarks if each["id"] != wanted]
    if len(kept) == len(channel.bookmarks):
        raise ApiError("not_found")
    channel.bookmarks = kept
    changes.channel_changed(call.site, channel)
    return {}


def _bookmarks_list(call: Call) -> Json:
    channel = call.visible_channel("channel_id")
    if not call.is_member(channel):
        raise ApiError("access_denied")
    return {"bookmarks": [dict(bookmark) for bookmark in channel.bookmarks]}


def _reactions_add(call: Call) -> Json:
    channel = call.visible_channel()
    if not call.is_member(channel):
        raise ApiError("no_access")
    if channel.is_archived:
        raise ApiError("is_archived")
    if not _TS.fullmatch(call.args.text("timestamp")):
        raise ApiError("bad_timestamp")
    message = call.message(channel, "timestamp")
    name = call.args.text("name").strip(":")
    if not EMOJI.fullmatch(name):
        raise ApiError("invalid_name")
    bot = call.site.model.bot_user
    if bot in message.reactions.get(name, ()):
        raise ApiError("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MAX_REACTIONS:
        raise ApiError("too_many_emoji")
    changes.react(call.site, channel, message, bot, name)
    return {}


METHODS: Mapping[str, Method] = {
    "pins.add": Method(
        serve=_pins_add,
        scopes=("pins:write",),
        per_minute=TIER_2,
        required=("channel",),
        optional=("timestamp",),
        errors=words("already_pinned bad_timestamp channel_not_found message_not_found")
        | words("no_item_specified not_in_channel restricted_action too_many_pins"),
    ),
    "pins.remove": Method(
        serve=_pins_remove,
        scopes=("pins:write",),
        per_minute=TIER_2,
        required=("channel",),
        optional=("timestamp",),
        errors=words("bad_timestamp channel_not_found message_not_found no_item_specified no_pin")
        | words("not_pinned restricted_action"),
    ),
    "pins.list": Method(
        serve=_pins_list,
        scopes=("pins:read",),
        per_minute=TIER_2,
        required=("channel",),
        errors=words("channel_not_found"),
    ),
    "bookmarks.add": Method(
        serve=_bookmarks_add,
        scopes=("bookmarks:write",),
        per_minute=TIER_2,
        required=("title", "type"),
        optional=("channel_id", "link", "emoji", "entity_id", "access_level", "parent_id"),
        errors=words("channel_not_found invalid_bookmark_type invalid_link permission_denied")
        | words("too_many_bookmarks"),
    ),
    "bookmarks.remove": Method(
        serve=_bookmarks_remove,
        scopes=("bookmarks:write",),
        per_minute=TIER_2,
        optional=("channel_id", "bookmark_id", "quip_section_id"),
        errors=words("channel_not_found not_found permission_denied"),
    ),
    "bookmarks.list": Method(
        serve=_bookmarks_list,
        scopes=("bookmarks:read",),
        per_minute=TIER_3,
        optional=("channel_id",),
        errors=words("channel_not_found access_denied"),
    ),
    "reactions.add": Method(
        serve=_reactions_add,
        scopes=("reactions:write",),
        per_minute=TIER_3,
        required=("channel", "name", "timestamp"),
        errors=words("already_reacted bad_timestamp channel_not_found invalid_name is_archived")
        | words("message_not_found no_access too_many_emoji"),
    ),
}
