"""What Slack says of our token, scopes and channels, and how to mend what is missing."""

from collections.abc import Iterable, Mapping

from adapters.slack.channels import is_channel_id, joined_channels
from adapters.slack.client import Identity, SlackClient
from adapters.slack.manifest import SCOPES
from bot.domain.errors import SlackRefused, SlackUnavailable
from bot.domain.finding import Finding


async def diagnose(client: SlackClient, *channels: str) -> list[Finding]:
    """Check the token, its scopes, and that the bot is in these channels.

    Without an accepted token nothing else can be asked, so that it is the only finding then.
    """
    subject = "Slack token"
    try:
        us = await client.auth_test()
    except SlackRefused as error:
        fix = "Copy the Bot User OAuth Token (xoxb-…) into SLACK_BOT_TOKEN."
        return [Finding(subject=subject, ok=False, says=str(error), fix=fix)]
    except SlackUnavailable as error:
        fix = "Check SLACK_API_URL and the way out to the network, then try again."
        return [Finding(subject=subject, ok=None, says=str(error), fix=fix)]
    return [
        Finding(subject=subject, ok=True, says=f"Signed in as {us.name}."),
        *_scopes(us.scopes),
        *await _channels(client, us, channels),
    ]


def _scopes(granted: frozenset[str] | None) -> list[Finding]:
    if granted is None:
        return [Finding(subject="Slack scopes", ok=None, says="Slack does not tell the scopes.")]
    return [
        Finding(
            subject=f"Scope {scope}",
            ok=scope in granted,
            says="Granted." if scope in granted else f"Missing; it is needed {why}.",
            fix="" if scope in granted else "Update the app's manifest and install the app again.",
        )
        for scope, why in SCOPES.items()
    ]


async def _channels(client: SlackClient, us: Identity, channels: Iterable[str]) -> list[Finding]:
    wanted = list(dict.fromkeys(channels))
    try:
        joined = await joined_channels(client)
    except SlackUnavailable as error:
        return [Finding(subject=f"Channel {each}", ok=None, says=str(error)) for each in wanted]
    return [_channel(joined, us, each) for each in wanted]


def _channel(joined: Mapping[str, str], us: Identity, channel: str) -> Finding:
    subject = f"Channel {channel}"
    known = (
        channel in joined.values()
        if is_channel_id(channel)
        else channel.removeprefix("#") in joined
    )
    if known:
        return Finding(subject=subject, ok=True, says="The bot is a member.")
    return Finding(
        subject=subject,
        ok=False,
        says="The bot is not a member, or the channel does not exist.",
        fix=f"Write /invite @{us.name} there.",
    )
