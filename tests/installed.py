"""The local workspace with the bot installed in it, as its manifest describes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_clients import slack_client

from adapters.local.workspace.seed import olympus
from adapters.local.workspace.server import Workspace
from adapters.slack.client import SlackClient
from adapters.slack.manifest import build_manifest
from adapters.system import RandomIds
from bot.ports import Clock


def workspace_of(clock: Clock, without: frozenset[str] = frozenset()) -> Workspace:
    """A workspace that is to be opened; `without` are permissions that it has not granted."""
    manifest = build_manifest(
        socket=False,
        url="https://bot.example.com",
        deploy="/deploy",
        rollback="/rollback",
        status="/svc-status",
    )
    granted = manifest["oauth_config"]["scopes"]
    granted["bot"] = [scope for scope in granted["bot"] if scope not in without]
    return Workspace(olympus(clock.now()), manifest, clock, RandomIds())


@asynccontextmanager
async def installed(
    clock: Clock, without: frozenset[str] = frozenset()
) -> AsyncIterator[tuple[Workspace, SlackClient]]:
    """Such a workspace, running, and the bot's client."""
    async with (
        workspace_of(clock, without) as workspace,
        slack_client(workspace.api_url, clock, token=workspace.bot_token) as client,
    ):
        yield workspace, client
