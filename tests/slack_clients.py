"""The bot's client of Slack, where a test is not about how long Slack may take."""

from datetime import timedelta

import servers

from adapters.slack.client import SlackClient
from bot.ports import Clock

_PATIENCE = timedelta(seconds=servers.PATIENCE)


def slack_client(api_url: str, clock: Clock, *, token: str = "xoxb-local") -> SlackClient:  # noqa: S107 - of no workspace
    """A client that waits for as long as a busy machine takes."""
    return SlackClient(
        token=token, api_url=api_url, clock=clock, timeout=_PATIENCE, connect_timeout=_PATIENCE
    )
