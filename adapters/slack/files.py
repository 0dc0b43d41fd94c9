"""Files in threads: uploaded in three steps, of which only the last one shows something.

1. `files.getUploadURLExternal` gives an id and an address; what is begun and not completed, Slack
   throws away (https://docs.slack.dev/reference/methods/files.completeUploadExternal).
2. The bytes go to that address.
3. `files.completeUploadExternal` shares the file, once. When its answer is lost, the file may be in
   the thread or not. It is never sent again from here: whoever tries again asks `find` first.

Slack shares a file in the background: it may stand in the thread some seconds after the answer.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from yarl import URL

from adapters.slack.budget import busy
from adapters.slack.client import SlackClient, is_this_machine
from adapters.slack.errors import broken, retry_after, translated
from adapters.slack.history import look_for
from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.domain.picture import Picture
from bot.domain.placement import MessageRef

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file to be shown. Its `name` is given to no other, so that it is found again by it."""

    name: str
    title: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackFiles:
    """Shows files over the connection pool of one client."""

    client: SlackClient

    async def upload(
        self,
        channel: str,
        thread_ts: str | None,
        shown: Picture | Attachment,
        comment: str,
    ) -> str:
        """Show a file in a channel (by id) or in one of its threads; returns the file's id.

        `thread_ts` is the message that the thread belongs to, never a reply in it; `comment` is
        mrkdwn. Raises `SlackRefused` and `SlackUnavailable`. Only with `outcome` unknown may the
        file be there all the same: see `find`.
        """
        sent = shown.png if isinstance(shown, Picture) else shown.content
        ticket = await self.client.call(
            "files.getUploadURLExternal",
            filename=shown.name,
            length=len(sent),
            **({"alt_txt": shown.alt} if shown.alt else {}),
        )
        file, address = ticket.get("file_id"), ticket.get("upload_url")
        if not isinstance(file, str) or not isinstance(address, str):
            raise broken("Slack gave no address for the file.", repeatable=True)
        await self._send(self._checked(address), sent)
        await self.client.call(
            "files.completeUploadExternal",
            files=[{"id": file, "title": shown.title}],
            channel_id=channel,
            initial_comment=comment,
            **({"thread_ts": thread_ts} if thread_ts else {}),
        )
        return file

    async def find(
        self, channel: str, thread_ts: str | None, name: str, since: datetime
    ) -> MessageRef | None:
        """The message with the file of this name, from `since` (the first attempt) on; it is looked
        for in a channel or a thread, and the place has the file's id.

        None means "not there" only when the last attempt is some seconds old, because Slack shares
        late. A thread that is gone has no files. Raises as `SlackClient.call`.
        """

        def pick(message: Mapping[str, Any]) -> MessageRef | None:
            file = _file_named(message, name)
            return MessageRef(channel=channel, ts=str(message["ts"]), file=file) if file else None

        try:
            return await look_for(self.client, channel, thread_ts, since, pick)
        except SlackRefused as refusal:
            if refusal.code != "thread_not_found":
                raise
            return None

    async def _send(self, url: URL, content: bytes) -> None:
        """Post the bytes. Whatever goes wrong, nothing is shown yet."""
        with translated(repeatable=True):
            async with self.client.http.post(
                url,
                data=content,
                headers={"Content-Type": "application/octet-stream"},
                allow_redirects=False,
                # The SDK reads the proxy from the environment; it leads nowhere on this machine.
                proxy=None if is_this_machine(url) else self.client.web.proxy,
            ) as response:
                status, headers = response.status, response.headers
        if status == HTTPStatus.OK:
            return
        _log.warning("upload of a file: status %d", status)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise busy(retry_after(headers))
        raise SlackUnavailable(f"Slack did not take the file (status {status}).")

    def _checked(self, address: str) -> URL:
        """The address if nobody on the way can read what is sent there. No token goes along."""
        try:
            url = URL(address)
            local = is_this_machine(url) and is_this_machine(self.client.api_url)
            if url.host and (url.scheme == "https" or (url.scheme == "http" and local)):
                return url
        except ValueError:
            pass
        raise SlackUnavailable("Slack gave an address for the file that is not https.")


def _file_named(message: Mapping[str, Any], name: str) -> str | None:
    files = message.get("files")
    for file in files if isinstance(files, list) else ():
        if isinstance(file, Mapping) and file.get("name") == name and file.get("id"):
            return str(file["id"])
    return None
