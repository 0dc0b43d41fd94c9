"""The app as its manifest describes it: scopes, commands, shortcuts, events and the transport."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import UsageError

# Names that Slack keeps for itself; one of them voids all commands of a manifest. The list is the
# one that app authors found by trial, as the manifest's JSON schema does not say it.
RESERVED_COMMANDS = frozenset(
    (
        *("archive", "away", "collapse", "dnd", "expand", "feed", "join", "leave", "me", "msg"),
        *(
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
        ),
    )
)
_MAX_COMMANDS = 50
_MAX_COMMAND_NAME = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand:
    """A command of the app; with `should_escape` mentions arrive as ids."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A global shortcut, or one on messages."""

    name: str
    type: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What the workspace knows of the installed app.

    `home_tab` and `messages_tab` are the two halves of its home; into one that is `read_only`
    nobody but the app writes.
    """

    scopes: frozenset[str]
    commands: Mapping[str, SlashCommand]
    shortcuts: tuple[Shortcut, ...]
    events: frozenset[str]
    socket_mode: bool
    home_tab: bool = False
    messages_tab: bool = True
    messages_read_only: bool = False


def _command(entry: Mapping[str, Any]) -> SlashCommand:
    return SlashCommand(
        command=entry["command"],
        description=entry.get("description", ""),
        usage_hint=entry.get("usage_hint", ""),
        should_escape=bool(entry.get("should_escape", False)),
    )


def _check_command(command: SlashCommand) -> None:
    name = command.command
    if not name.startswith("/") or name != name.lower() or len(name) > _MAX_COMMAND_NAME:
        raise UsageError(
            f"The slash command {name} has an invalid name.",
            hint=f"Use lower case, a / in front, and at most {_MAX_COMMAND_NAME} characters.",
        )
    if name.removeprefix("/") in RESERVED_COMMANDS:
        raise UsageError(
            f"The slash command {name} is one of Slack's own.", hint="Choose another name."
        )


def read_manifest(
    manifest: Mapping[str, Any], extra_commands: Iterable[Mapping[str, Any]] = ()
) -> App:
    """The app of a manifest.

    `extra_commands` are of the manifest's form, but may have names that real Slack refuses. Raises
    `UsageError` for commands of the manifest that Slack would not accept.
    """
    features = manifest.get("features", {})
    settings = manifest.get("settings", {})
    home = features.get("app_home", {})
    commands = [_command(entry) for entry in features.get("slash_commands", ())]
    for command in commands:
        _check_command(command)
    if len(commands) > _MAX_COMMANDS:
        raise UsageError(f"An app may have {_MAX_COMMANDS} slash commands at most.")
    commands += [_command(entry) for entry in extra_commands]
    return App(
        scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
        commands={command.command: command for command in commands},
        shortcuts=tuple(
            Shortcut(
                name=entry["name"],
                type=entry["type"],
                callback_id=entry["callback_id"],
                description=entry.get("description", ""),
            )
            for entry in features.get("shortcuts", ())
        ),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
        socket_mode=bool(settings.get("socket_mode_enabled", False)),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
    )
