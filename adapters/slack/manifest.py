"""The manifest from which a workspace creates the app
(https://docs.slack.dev/reference/app-manifest).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import yaml

from bot.domain.errors import UsageError

# Why each permission is asked for; docs and the doctor say the same.
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "app_mentions:read": "to answer when somebody speaks to the bot",
        "channels:history": "to find a message whose posting was interrupted, before repeating it",
        "channels:read": "to find the channel of a name",
        "chat:write": "to post cards and notes, and to edit the cards",
        "commands": "to receive its slash commands",
        "files:write": "to show the chart of a canary below its card",
        "groups:history": "as channels:history, where cards go to a private channel",
        "groups:read": "as channels:read, where cards go to a private channel",
        "usergroups:read": "to see who is in the groups that may approve",
        "users:read": "to refuse guests, bots and people of other workspaces",
    }
)
EVENTS = ("app_mention",)
# Slack keeps these for itself, and one of them makes it drop all commands of a manifest.
RESERVED = frozenset(
    [
        "archive",
        "away",
        "collapse",
        "dnd",
        "expand",
        "feed",
        "join",
        "leave",
        "me",
        "msg",
        "mute",
        "open",
        "pro",
        "remind",
        "search",
        "shortcuts",
        "shrug",
        "status",
        "topic",
        "who",
    ]
)
_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")


def build_manifest(
    *, socket: bool, url: str, deploy: str, rollback: str, status: str
) -> dict[str, Any]:
    """The manifest as a value; `url` is the bot's public address, which Socket Mode does without.

    Raises `UsageError` for names and addresses that Slack would refuse.
    """
    if not socket and not url.startswith("https://"):
        raise UsageError(f"“{url}” cannot be the bot's address.", hint="Slack calls https:// only.")
    events = f"{url.rstrip('/')}/slack/events"
    address: dict[str, Any] = {} if socket else {"request_url": events}
    commands = _commands(events, socket=socket, deploy=deploy, rollback=rollback, status=status)
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Signalbox",
            "description": "Deploys with approval, the way back, and what is running where",
            "background_color": "#1f3a4d",
        },
        "features": {
            "bot_user": {"display_name": "Signalbox", "always_online": True},
            "slash_commands": commands,
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": list(EVENTS)},
            "interactivity": {
                "is_enabled": True,
                **address,
                **({} if socket else {"message_menu_options_url": events}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(*, socket: bool, url: str, deploy: str, rollback: str, status: str) -> str:
    """The manifest as YAML, ready to paste into Slack."""
    manifest = build_manifest(
        socket=socket, url=url, deploy=deploy, rollback=rollback, status=status
    )
    head = "# Made by `signalbox manifest`; replace the host name by that of your bot.\n"
    return head + yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=100)


def _commands(
    url: str, *, socket: bool, deploy: str, rollback: str, status: str
) -> list[dict[str, Any]]:
    known = {
        deploy: (
            "Deploy a version, steer a deploy, lock and freeze, look back",
            "SERVICE VERSION ENVIRONMENT, or help",
        ),
        rollback: ("Go back to a version that ran well", "SERVICE ENVIRONMENT [--to VERSION]"),
        status: ("Show what is running where", "[SERVICE]"),
    }
    names = [deploy, rollback, status]
    for name in known:
        if names.count(name) > 1:
            raise UsageError(f"Two commands cannot both be called “{name}”.")
    return [
        _command(name, description, usage, url, socket=socket)
        for name, (description, usage) in known.items()
    ]


def _command(name: str, description: str, usage: str, url: str, *, socket: bool) -> dict[str, Any]:
    if not _COMMAND.fullmatch(name):
        raise UsageError(
            f"“{name}” cannot be a command.",
            hint="A command is a slash and up to 31 lower-case letters, digits, - and _.",
        )
    if name[1:] in RESERVED:
        raise UsageError(
            f"“{name}” belongs to Slack itself, which would refuse the whole manifest.",
            hint=f"Choose another name, such as /svc-{name[1:]}.",
        )
    command = {
        "command": name,
        "description": description,
        "usage_hint": usage,
        # People and channels then arrive as ids, which cannot be forged by typing a name.
        "should_escape": True,
    }
    return command if socket else {**command, "url": url}
