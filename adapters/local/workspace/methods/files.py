"""files.*: uploading in two steps, with the bytes sent to an address in between."""

from collections.abc import Mapping
from mimetypes import guess_type

from adapters.local.workspace import changes
from adapters.local.workspace.call import Call, Method, words
from adapters.local.workspace.changes import Content, Placement
from adapters.local.workspace.errors import ApiError, invalid_arguments
from adapters.local.workspace.model import Json
from adapters.local.workspace.ratelimit import TIER_4

# Real Slack takes 1 GB; a local memory does not need to.
MAX_BYTES = 10_000_000


def _get_url(call: Call) -> Json:
    length = call.args.number("length", 0)
    if length <= 0:
        raise invalid_arguments("must be a valid integer: length")
    if length > MAX_BYTES:
        raise ApiError("file_upload_size_restricted")
    model = call.site.model
    file_id = model.new_id("F")
    secret = call.site.ids.token()
    name = call.args.text("filename")
    model.files[file_id] = {
        "id": file_id,
        "name": name,
        "title": name,
        "mimetype": guess_type(name)[0] or "application/octet-stream",
        "size": length,
        "user": model.bot_user,
        "url_private": f"{call.site.url}/files/{file_id}/{secret}",
        "secret": secret,
        "content": None,
    }
    return {"upload_url": f"{call.site.url}/upload/{secret}", "file_id": file_id}


def _complete(call: Call) -> Json:
    wanted = call.args.structure("files")
    if not isinstance(wanted, list) or not wanted:
        raise invalid_arguments("invalid `files`")
    done: list[Json] = []
    for entry in wanted:
        record = (
            call.site.model.files.get(str(entry.get("id"))) if isinstance(entry, dict) else None
        )
        if record is None or record["content"] is None:
            raise ApiError("file_not_found")
        record["title"] = entry.get("title") or record["name"]
        done.append(record)
    if "channel_id" in call.args:
        _share(call, done)
    return {"files": [public(record) for record in done]}


def public(record: Json) -> Json:
    """A file object without its content and secret."""
    return {name: entry for name, entry in record.items() if name not in ("secret", "content")}


def _share(call: Call, records: list[Json]) -> None:
    channel = call.visible_channel("channel_id")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    text = call.args.text("initial_comment")
    thread = call.args.text("thread_ts") or None
    changes.post(
        call.site,
        channel,
        call.site.model.bot_user,
        Content(text=text),
        Placement(thread_ts=thread, files=tuple(public(record) for record in records)),
    )


METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": Method(
        serve=_get_url,
        scopes=("files:write",),
        per_minute=TIER_4,
        required=("length", "filename"),
        optional=("snippet_type", "alt_txt"),
        errors=words("file_upload_size_restricted"),
    ),
    "files.completeUploadExternal": Method(
        serve=_complete,
        scopes=("files:write",),
        per_minute=TIER_4,
        required=("files",),
        optional=("channel_id", "thread_ts", "channels", "initial_comment", "blocks"),
        errors=words("channel_not_found file_not_found not_in_channel"),
    ),
}
