"""files.*: uploading in two steps, with the bytes sent to an address in between."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from mimetypes import guess_type
from typing import Any

from adapters.local.workspace import changes, images, limits
from adapters.local.workspace.call import Call, Method, words
from adapters.local.workspace.changes import Content, Placement
from adapters.local.workspace.errors import ApiError, invalid_arguments
from adapters.local.workspace.model import Channel, Json
from adapters.local.workspace.ratelimit import TIER_4

# Real Slack takes 1 GB; a local memory does not need to.
MAX_BYTES = 10_000_000
MAX_ALT = 1_000
MAX_CHANNELS = 100
MAX_HIGHLIGHT_TYPE = 10
# What a file object does not show: how it came here, and what is in it.
_HIDDEN = frozenset({"secret", "content", "completed", "processed"})


def _get_url(call: Call) -> Json:
    length = call.args.number("length", 0)
    if length == 0:
        raise ApiError("missing_argument")
    if length < 0:
        raise invalid_arguments("must be greater than 0: length")
    if length > MAX_BYTES:
        raise ApiError("file_upload_size_restricted")
    name, alt = call.args.text("filename"), call.args.text("alt_txt")
    if not name:
        raise ApiError("missing_argument")
    if len(alt) > MAX_ALT:
        raise ApiError("alt_txt_too_large")
    record = _begun(call, name, length, alt)
    call.site.model.files[record["id"]] = record
    upload_url = f"{call.site.url}/upload/{record['secret']}"
    return {"upload_url": upload_url, "file_id": record["id"]}


def _begun(call: Call, name: str, length: int, alt: str) -> Json:
    site = call.site
    file_id, secret, now = (
        site.model.new_id("F"),
        site.ids.token(),
        int(site.clock.now().timestamp()),
    )
    address = f"{site.url}/files/{file_id}/{secret}"
    return {
        "id": file_id,
        "created": now,
        "timestamp": now,
        "name": name,
        "title": name,
        "mimetype": guess_type(name)[0] or "application/octet-stream",
        "size": length,
        "mode": "hosted",
        "user": site.model.bot_user,
        "alt_txt": alt,
        "url_private": address,
        "permalink": address,
        "original_w": None,
        "original_h": None,
        "secret": secret,
        "content": None,
        "completed": False,
        "processed": False,
    }


def receive(record: Json, content: bytes) -> str | None:
    """Keep the bytes of a file; returns why they are refused.

    What a file is, its first bytes say: a name cannot turn a text into a picture.
    """
    if len(content) != record["size"]:
        return f"{record['size']} bytes were announced, and {len(content)} came."
    kind = images.kind(content)
    if kind is None and record["mimetype"].startswith("image/"):
        kind = "application/octet-stream"
    record["mimetype"] = kind or record["mimetype"]
    record["original_w"], record["original_h"] = images.size(content) or (None, None)
    record["content"] = content
    return None


def _complete(call: Call) -> Json:
    wanted = call.args.structure("files")
    if not isinstance(wanted, list) or not wanted:
        raise invalid_arguments("invalid `files`")
    records = [_uploaded(call, entry) for entry in wanted]
    channels = _channels(call)
    thread = _thread(call, channels)
    content = _content(call)
    for record, entry in zip(records, wanted, strict=True):
        record["title"] = entry.get("title") or record["name"]
        record["completed"] = True

    def share() -> None:
        for record in records:
            record["processed"] = True
        for channel in channels:
            files = tuple(public(record) for record in records)
            placement = Placement(thread_ts=thread, files=files)
            changes.post(call.site, channel, call.site.model.bot_user, content, placement)

    delay = call.site.faults.slow_files
    if delay:
        call.site.spawn(_later(call, delay, share))
    else:
        share()
    return {"files": [public(record) for record in records]}


async def _later(call: Call, delay: timedelta, share: Callable[[], None]) -> None:
    """Real Slack scans and shares in the background, some seconds after its answer."""
    await call.site.clock.sleep(delay)
    share()


def _uploaded(call: Call, entry: Any) -> Json:
    """The file of an entry, when its bytes are there and it was not completed before."""
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise invalid_arguments("missing required field: id")
    if len(str(entry.get("highlight_type") or "")) > MAX_HIGHLIGHT_TYPE:
        raise invalid_arguments(f"must be less than {MAX_HIGHLIGHT_TYPE + 1} characters")
    record = call.site.model.files.get(entry["id"])
    # The method can be called once for an upload: the ticket is gone afterwards.
    if record is None or record["content"] is None or record["completed"]:
        raise ApiError("file_not_found")
    return record


def _channels(call: Call) -> list[Channel]:
    """Where the files are shared; nowhere when no channel is named."""
    ids = [one.strip() for one in call.args.text("channels").split(",") if one.strip()]
    if "channel_id" in call.args:
        ids.insert(0, call.args.text("channel_id"))
    if len(ids) > MAX_CHANNELS:
        raise ApiError("channels_limit_exceeded")
    return [_channel(call, one) for one in dict.fromkeys(ids)]


def _channel(call: Call, channel_id: str) -> Channel:
    """A channel by id only: a name is not found here, other than for chat.postMessage."""
    channel = call.site.model.channels.get(channel_id)
    if channel is None or (channel.is_private and not call.is_member(channel)):
        raise ApiError("channel_not_found")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    if channel.is_archived:
        raise ApiError("posting_to_channel_denied")
    return channel


def _thread(call: Call, channels: list[Channel]) -> str | None:
    """The thread in which the files are shown.

    The reference wants one channel and a message that is no reply itself; it has no error word for
    anything else.
    """
    thread = call.args.text("thread_ts")
    if not thread:
        return None
    parents = [channel.messages.get(thread) for channel in channels]
    if len(parents) != 1 or parents[0] is None or parents[0].is_reply:
        raise invalid_arguments("invalid `thread_ts`")
    return thread


def _content(call: Call) -> Content:
    """What is said with the files: blocks count only where there is no comment."""
    comment = call.args.text("initial_comment")
    if comment:
        return Content(text=comment)
    model = call.site.model
    try:
        blocks = limits.check_message_blocks(call.args.structure("blocks"))
    except ApiError as refusal:
        # The reference has one word for all that can be wrong with them here.
        raise ApiError("invalid_blocks", **refusal.extra) from None
    images.check_files(model, blocks)
    return Content(text="", blocks=limits.with_ids(model, blocks))


def public(record: Json) -> Json:
    """A file object without its content and secrets."""
    return {name: entry for name, entry in record.items() if name not in _HIDDEN}


METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": Method(
        serve=_get_url,
        scopes=("files:write",),
        per_minute=TIER_4,
        required=("length", "filename"),
        optional=("snippet_type", "alt_txt"),
        errors=words("alt_txt_too_large file_upload_size_restricted missing_argument"),
    ),
    "files.completeUploadExternal": Method(
        serve=_complete,
        scopes=("files:write",),
        per_minute=TIER_4,
        required=("files",),
        optional=("channel_id", "thread_ts", "channels", "initial_comment", "blocks"),
        errors=words(
            "channel_not_found channels_limit_exceeded file_not_found invalid_blocks "
            "not_in_channel posting_to_channel_denied"
        ),
    ),
}
