"""The manifest from which a workspace creates the app
(https://docs.slack.dev/reference/app-manifest).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import yaml

from bot.domain.errors import UsageError
from bot.views.incidents.names import IncidentShortcut

# Why each permission is asked for; docs and the doctor say the same.
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "app_mentions:read": "to answer when somebody speaks to the bot",
        "bookmarks:read": "to add no bookmark to an incident's channel twice, and to find its own",
        "bookmarks:write": "to put an incident's links at the top of its channel",
        "channels:history": (
            "to find a message whose posting was interrupted, before repeating it, and to keep an "
            "incident's timeline in step with the messages that were taken onto it; and to find "
            "what the bot itself has said of an incident that became private"
        ),
        "channels:manage": (
            "to make, describe and fill the channels of incidents, and to rename and archive one "
            "whose incident became private"
        ),
        "channels:read": "to find the channel of a name",
        "chat:write": "to post cards and notes, to edit the cards, and to delete its own messages",
        "commands": "to receive its slash commands and shortcuts",
        "files:write": "to show the chart of a canary below its card, and post-mortems as files",
        "groups:history": "as channels:history, in private channels",
        "groups:read": "as channels:read, for private channels",
        "groups:write": "as channels:manage, for private incidents",
        "im:history": "to find a private word whose sending was interrupted, before repeating it",
        "im:write": "to open the conversation in which that word is looked for",
        "pins:read": "to take what people pin in an incident's channel onto its timeline",
        "pins:write": "to pin an incident's card, and to take that pin away",
        "reactions:read": "to take a message onto a timeline when somebody marks it with an emoji",
        "reactions:write": "to mark a message that was taken onto a timeline",
        "usergroups:read": "to see who is in the groups that may approve",
        "users:read": "to refuse guests, bots and people of other workspaces",
    }
)
# What the bot hears of, with the permission that this takes (docs.slack.dev/reference/events).
EVENTS: Mapping[str, str | None] = MappingProxyType(
    {
        "app_home_opened": None,
        "app_mention": "app_mentions:read",
        "member_joined_channel": "channels:read",
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "pin_added": "pins:read",
        "pin_removed": "pins:read",
        "reaction_added": "reactions:read",
        "reaction_removed": "reactions:read",
    }
)
# What the commands do, and what follows them: deploy, rollback, status, incident.
_COMMANDS = (
    (
        "Deploy a version, steer a deploy, lock and freeze, look back",
        "SERVICE VERSION ENVIRONMENT, or help",
    ),
    ("Go back to a version that ran well", "SERVICE ENVIRONMENT [--to VERSION]"),
    ("Show what is running where", "[SERVICE]"),
    ("Declare an incident, lead it, look back on it", "[TITLE], or help"),
)
# Name (24 characters at most), whether it is on a message, and what it does.
_SHORTCUTS: Mapping[IncidentShortcut, tuple[str, bool, str]] = MappingProxyType(
    {
        IncidentShortcut.DECLARE: ("Declare an incident", False, "Open the form for an incident"),
        IncidentShortcut.DECLARE_FROM: (
            "Declare from message",
            True,
            "Declare an incident that begins with this message",
        ),
        IncidentShortcut.NOTE_FROM: (
            "Add to timeline",
            True,
            "Take this message onto the timeline of the incident here",
        ),
        IncidentShortcut.TASK_FROM: (
            "Make task",
            True,
            "Make this message a task of the incident here",
        ),
    }
)
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
    *,
    socket: bool,
    url: str,
    deploy: str,
    rollback: str,
    status: str,
    incident: str = "/incident",
) -> dict[str, Any]:
    """The manifest as a value; `url` is the bot's public address, which Socket Mode does without.

    Raises `UsageError` for names and addresses that Slack would refuse.
    """
    if not socket and not url.startswith("https://"):
        raise UsageError(f"“{url}” cannot be the bot's address.", hint="Slack calls https:// only.")
    events = f"{url.rstrip('/')}/slack/events"
    address: dict[str, Any] = {} if socket else {"request_url": events}
    names = (deploy, rollback, status, incident)
    _require_different(*names)
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Signalbox",
            "description": "Deploys with approval, incidents, and what is running where",
            "background_color": "#1f3a4d",
        },
        "features": _features(
            [
                _command(name, description, usage, events, socket=socket)
                for name, (description, usage) in zip(names, _COMMANDS, strict=True)
            ]
        ),
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


def manifest_yaml(
    *,
    socket: bool,
    url: str,
    deploy: str,
    rollback: str,
    status: str,
    incident: str = "/incident",
) -> str:
    """The manifest as YAML, ready to paste into Slack."""
    manifest = build_manifest(
        socket=socket, url=url, deploy=deploy, rollback=rollback, status=status, incident=incident
    )
    head = "# Made by `signalbox manifest`; replace the host name by that of your bot.\n"
    return head + yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=100)


def _features(commands: list[dict[str, Any]]) -> dict[str, Any]:
    """What people see of the app."""
    return {
        "app_home": {
            "home_tab_enabled": True,
            # Where people read what is for them alone; there is nobody to write to.
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": "Signalbox", "always_online": True},
        "shortcuts": [
            {
                "name": name,
                "type": "message" if on_message else "global",
                "callback_id": callback.value,
                "description": description,
            }
            for callback, (name, on_message, description) in _SHORTCUTS.items()
        ],
        "slash_commands": commands,
    }


def _require_different(*names: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"Two commands cannot both be called “{name}”.")


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
