"""Which channels the bot is in, and their ids.

The configuration may name a channel; its history can be read by id only.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from adapters.slack.client import SlackClient
from adapters.slack.fresh import Fresh
from bot.domain.errors import SlackRefused
from bot.ports import Clock

# Slack recommends pages of up to 200 (https://docs.slack.dev/apis/web-api/pagination). A bot that
# is in more than 4,000 channels is beyond what Signalbox looks through.
PAGE = 200
MAX_PAGES = 20
CHANNELS_TTL = timedelta(seconds=60)

# Decision of this project: names beyond this are taken on purpose.
MAX_NAMES = 20

# Ids are upper-case; channel names never are.
_ID = re.compile(r"[CDG][A-Z0-9]{2,}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")


def is_channel_id(channel: str) -> bool:
    """Whether this is an id, not a name."""
    return _ID.fullmatch(channel) is not None


def is_person_id(channel: str) -> bool:
    """Whether this is a person, where a channel is expected: the direct messages with them."""
    return _PERSON.fullmatch(channel) is not None


async def memberships(client: SlackClient) -> Sequence[Mapping[str, Any]]:
    """The channels that the bot is in, as Slack describes them. Raises as `SlackClient.call`."""
    found: list[Mapping[str, Any]] = []
    cursor = ""
    for _ in range(MAX_PAGES):
        answer = await client.call(
            "users.conversations",
            types="public_channel,private_channel",
            exclude_archived=True,
            limit=PAGE,
            **({"cursor": cursor} if cursor else {}),
        )
        found += answer.get("channels") or ()
        cursor = next_cursor(answer)
        if not cursor:
            break
    return found


async def joined_channels(client: SlackClient) -> Mapping[str, str]:
    """The channels that the bot is in: id by name (without #). Raises as `SlackClient.call`."""
    return {str(one["name"]): str(one["id"]) for one in await memberships(client)}


def next_cursor(answer: Mapping[str, object]) -> str:
    """Where the next page begins; empty on the last one."""
    metadata = answer.get("response_metadata")
    return str(metadata.get("next_cursor") or "") if isinstance(metadata, Mapping) else ""


class SlackChannels:
    """Ids of channels by name, remembered for a minute."""

    def __init__(self, *, client: SlackClient, clock: Clock) -> None:
        """No request is made before the first question."""

        async def load(_: None) -> Mapping[str, str]:
            return await joined_channels(client)

        self._joined = Fresh(load, clock=clock, ttl=CHANNELS_TTL, size=1)

    async def id_of(self, channel: str) -> str:
        """The id of a channel given by name or id. Raises `SlackRefused` for an unknown name."""
        if is_channel_id(channel):
            return channel
        joined = await self._joined.get(None)
        found = joined.get(channel.removeprefix("#"))
        if found is None:
            raise SlackRefused(
                f"The bot is not in {channel}, or there is no such channel; invite the bot there.",
                code="not_in_channel",
            )
        return found
