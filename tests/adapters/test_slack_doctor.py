"""The check-up: every missing thing is named, with what to do about it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fakes import VirtualClock
from slack_clients import slack_client
from slack_wire import Wire, breaks, refuses, says, wire
from workspaces import stage

from adapters.slack.client import SlackClient
from adapters.slack.doctor import diagnose
from adapters.slack.manifest import SCOPES

CHANNELS = [{"id": "C0DEPLOYS", "name": "deploys"}]


@pytest.fixture
async def slack() -> AsyncIterator[Wire]:
    """A scripted Slack where all is well."""
    async with wire() as server:
        server.always("auth.test", signed_in(SCOPES))
        server.always("users.conversations", says(channels=CHANNELS))
        yield server


@pytest.fixture
async def client(slack: Wire) -> AsyncIterator[SlackClient]:
    """A client of it."""
    opened = slack_client(f"{slack.url}/api/", VirtualClock())
    async with opened:
        yield opened


def signed_in(scopes: Any) -> Any:
    """The answer to auth.test with these scopes."""
    return says(
        team_id="T0SIGNAL", user="deploybot", headers={"x-oauth-scopes": ",".join(sorted(scopes))}
    )


async def test_all_is_well(client: SlackClient) -> None:
    findings = await diagnose(client, "#deploys")

    assert {finding.ok for finding in findings} == {True}
    assert findings[0].says == "Signed in as deploybot."
    assert {f"Scope {scope}" for scope in SCOPES} <= {finding.subject for finding in findings}


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_missing_scope_is_named_with_its_reason(
    slack: Wire, client: SlackClient, scope: str
) -> None:
    slack.script("auth.test", signed_in(set(SCOPES) - {scope}))

    (wrong,) = [f for f in await diagnose(client, "#deploys") if not f.ok]

    assert wrong.ok is False
    assert wrong.subject == f"Scope {scope}"
    assert SCOPES[scope] in wrong.says
    assert "install the app again" in wrong.fix


async def test_scopes_that_slack_does_not_tell_are_unknown(
    slack: Wire, client: SlackClient
) -> None:
    slack.script("auth.test", says(team_id="T0SIGNAL"))

    (scopes,) = [f for f in await diagnose(client, "#deploys") if "scope" in f.subject.lower()]

    assert scopes.ok is None


async def test_a_refused_token_is_the_only_finding(slack: Wire, client: SlackClient) -> None:
    slack.script("auth.test", refuses("invalid_auth"))

    (token,) = await diagnose(client, "#deploys")

    assert token.ok is False
    assert "SLACK_BOT_TOKEN" in token.fix


async def test_when_slack_is_away_the_token_is_not_blamed(slack: Wire, client: SlackClient) -> None:
    slack.script("auth.test", breaks)

    (token,) = await diagnose(client, "#deploys")

    assert token.ok is None
    assert "SLACK_BOT_TOKEN" not in token.fix


@pytest.mark.parametrize("channel", ["#deploys", "deploys", "C0DEPLOYS"])
async def test_a_joined_channel_is_found_by_name_and_by_id(
    client: SlackClient, channel: str
) -> None:
    assert (await diagnose(client, channel))[-1].ok is True


@pytest.mark.parametrize("channel", ["#other", "C0OTHER01"])
async def test_a_channel_without_the_bot_comes_with_the_invitation_to_write(
    client: SlackClient, channel: str
) -> None:
    found = (await diagnose(client, channel))[-1]

    assert (found.subject, found.ok) == (f"Channel {channel}", False)
    assert found.fix == "Write /invite @deploybot there."


async def test_channels_beyond_the_first_page_are_found(slack: Wire, client: SlackClient) -> None:
    first = says(channels=[], response_metadata={"next_cursor": "more"})
    slack.script("users.conversations", first)

    assert (await diagnose(client, "#deploys"))[-1].ok is True
    first_page, second_page = (one.arguments for one in slack.received[1:])
    assert first_page["types"] == "public_channel,private_channel"
    assert first_page["exclude_archived"] == "1"
    assert second_page == {**first_page, "cursor": "more"}


async def test_channels_that_cannot_be_listed_are_unknown(slack: Wire, client: SlackClient) -> None:
    slack.script("users.conversations", refuses("missing_scope", needed="channels:read"))

    found = (await diagnose(client, "#deploys"))[-1]

    assert found.ok is None
    assert "channels:read" in found.says


async def test_the_local_workspace_is_healthy_as_far_as_it_tells() -> None:
    async with stage() as running:
        workspace = running.workspace
        async with slack_client(
            workspace.api_url, running.clock, token=workspace.bot_token
        ) as client:
            findings = await diagnose(client, "#deploys")

    assert {finding.ok for finding in findings} <= {True, None}
    assert findings[-1].ok is True


async def test_every_channel_is_looked_for_once(slack: Wire, client: SlackClient) -> None:
    findings = await diagnose(client, "#deploys", "#incidents", "#deploys")

    looked = {f.subject: f.ok for f in findings if f.subject.startswith("Channel")}
    assert looked == {"Channel #deploys": True, "Channel #incidents": False}
    assert slack.calls["users.conversations"] == 1
