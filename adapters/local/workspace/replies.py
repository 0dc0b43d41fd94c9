"""What the bot says in answer to an interaction: in the acknowledgement, or at the response URL."""

from dataclasses import dataclass

from adapters.local.workspace import changes, images, limits
from adapters.local.workspace.changes import Content, Placement
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.model import Json, Message
from adapters.local.workspace.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whom and where an answer reaches; `original` is the message that carried the button."""

    user: str
    channel: str
    original: str | None = None
    thread_ts: str | None = None


def _content(site: Site, body: Json) -> Content:
    text = body.get("text") or ""
    blocks = limits.check_message_blocks(body.get("blocks"))
    images.check_files(site.model, blocks)
    attachments = body.get("attachments") or None
    if not isinstance(text, str) or not (text or blocks or attachments):
        raise ApiError("no_text")
    return Content(
        text=text[: limits.MAX_TEXT],
        blocks=limits.with_ids(site.model, blocks),
        attachments=attachments,
    )


def _original(site: Site, place: Place) -> Message | None:
    return site.model.channels[place.channel].find(place.original) if place.original else None


def reply(site: Site, place: Place, body: Json) -> None:
    """Do what an answer asks for. Raises `ApiError`.

    It needs no membership of the bot. Without `replace_original` or `delete_original` it is a new
    message, seen by the one person unless `response_type` is in_channel.
    """
    channel = site.model.channels[place.channel]
    original = _original(site, place)
    if body.get("delete_original") is True:
        if original is not None:
            changes.delete(site, channel, original)
        return
    content = _content(site, body)
    if body.get("replace_original") is True and original is not None:
        changes.edit(site, channel, original, content)
        return
    thread = body.get("thread_ts")
    thread = thread if isinstance(thread, str) and thread in channel.messages else place.thread_ts
    if body.get("response_type") == "in_channel":
        bot = site.model.bot_user
        changes.post(site, channel, bot, content, Placement(thread_ts=thread))
    else:
        changes.whisper(site, channel, place.user, content, thread_ts=thread)
