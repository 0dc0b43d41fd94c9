"""Looking for a message that an earlier attempt may have posted."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from adapters.slack.channels import next_cursor
from adapters.slack.client import SlackClient

# Slack's clock and ours may differ; a look-up begins this much earlier.
CLOCK_MARGIN = timedelta(seconds=30)
# Slack recommends pages of up to 200; a thousand messages since the attempt are looked through.
PAGE = 200
MAX_PAGES = 5

T = TypeVar("T")

_log = logging.getLogger(__name__)


async def look_for(
    client: SlackClient,
    channel: str,
    thread_ts: str | None,
    since: datetime,
    pick: Callable[[Mapping[str, Any]], T | None],
) -> T | None:
    """What `pick` makes of the first message that it takes, in a channel (by id) or a thread.

    Messages come with their metadata; more than `MAX_PAGES` are not looked through, which is
    logged. Raises as `SlackClient.call`.
    """
    method = "conversations.replies" if thread_ts else "conversations.history"
    asked: dict[str, Any] = {
        "oldest": f"{(since - CLOCK_MARGIN).timestamp():.6f}",
        "inclusive": True,
        "include_all_metadata": True,
        "limit": PAGE,
        **({"ts": thread_ts} if thread_ts else {}),
    }
    for _ in range(MAX_PAGES):
        answer = await client.call(method, channel=channel, **asked)
        for message in answer.get("messages") or ():
            picked = pick(message)
            if picked is not None:
                return picked
        asked["cursor"] = next_cursor(answer)
        if not asked["cursor"]:
            return None
    _log.warning("%s: too many messages to look through", channel)
    return None
