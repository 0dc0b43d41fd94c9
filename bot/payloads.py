"""Slack's payloads, read into values. A payload that lacks what it must have raises `UsageError`.

Field names are those of docs.slack.dev ("Slash commands", "Block actions payload", "View submission
payload", "Shortcuts payload"). Events are read in `bot.event_payloads`.
"""

from collections.abc import Mapping
from typing import Any

from adapters.slack.wording import Names, as_read
from bot.domain.actor import Identity
from bot.domain.errors import UsageError
from bot.domain.placement import MessageRef
from commands.incoming import Click, Command, Lookup, MessageShortcut, Shortcut, Submission

Body = Mapping[str, Any]

# Under which key the kinds of elements have what was typed or chosen.
_ONE = (
    "value",
    "selected_user",
    "selected_channel",
    "selected_conversation",
    "selected_date",
    "selected_time",
    "selected_date_time",
)
_MANY = ("selected_users", "selected_channels", "selected_conversations")


def command_of(body: Body) -> Command:
    """A slash command's form fields."""
    return Command(
        identity=Identity(user=text_in(body, "user_id"), team=text_in(body, "team_id")),
        channel=text_in(body, "channel_id"),
        name=text_in(body, "command"),
        text=str(body.get("text") or ""),
        trigger=text_in(body, "trigger_id"),
    )


def click_of(body: Body) -> Click:
    """A `block_actions` payload; Slack sends one action at a time."""
    action = body["actions"][0]
    channel, view = body.get("channel"), body.get("view")
    where = text_in(channel, "id") if isinstance(channel, Mapping) else ""
    container = body.get("container")
    ts = container.get("message_ts") if isinstance(container, Mapping) else None
    viewed: Body = view if isinstance(view, Mapping) else {}
    return Click(
        identity=_person(body),
        channel=where,
        action=text_in(action, "action_id"),
        value=_value(action),
        trigger=text_in(body, "trigger_id"),
        place=MessageRef(channel=where, ts=str(ts)) if where and ts else None,
        view=str(viewed.get("id") or ""),
        home=viewed.get("type") == "home",
        private=str(viewed.get("private_metadata") or ""),
        values=_values(viewed),
    )


def submission_of(body: Body) -> Submission:
    """A `view_submission` payload, its inputs flattened to one text a block."""
    view = part_of(body, "view")
    return Submission(
        identity=_person(body),
        callback=text_in(view, "callback_id"),
        private=str(view.get("private_metadata") or ""),
        values=_values(view),
        view=text_in(view, "id"),
    )


def lookup_of(body: Body) -> Lookup:
    """A `block_suggestion` payload."""
    return Lookup(
        identity=_person(body),
        action=text_in(body, "action_id"),
        typed=str(body.get("value") or ""),
    )


def shortcut_of(body: Body, names: Names) -> Shortcut | MessageShortcut:
    """A `shortcut` payload, or a `message_action`; `names` knows people who are mentioned."""
    identity = _person(body)
    callback, trigger = text_in(body, "callback_id"), text_in(body, "trigger_id")
    if body.get("type") != "message_action":
        return Shortcut(identity=identity, callback=callback, trigger=trigger)
    message = part_of(body, "message")
    return MessageShortcut(
        identity=identity,
        callback=callback,
        place=MessageRef(
            channel=text_in(part_of(body, "channel"), "id"), ts=text_in(body, "message_ts")
        ),
        text=as_read(str(message.get("text") or ""), names),
        trigger=trigger,
        permalink=str(message["permalink"]) if message.get("permalink") else None,
    )


def part_of(body: Body, name: str) -> Body:
    """A part of a payload. Raises `UsageError` when it is not there."""
    part = body.get(name)
    if not isinstance(part, Mapping):
        raise UsageError(f"Slack's request has no “{name}”.")
    return part


def text_in(body: Body, name: str) -> str:
    """A text of a payload. Raises `UsageError` when it is not there, or empty."""
    text = body.get(name)
    if not isinstance(text, str) or not text:
        raise UsageError(f"Slack's request has no “{name}”.")
    return text


def _person(body: Body) -> Identity:
    """Who acted. In a shared channel this can be somebody of another team than the payload's."""
    user = part_of(body, "user")
    team = user.get("team_id") or part_of(body, "team").get("id")
    return Identity(user=text_in(user, "id"), team=str(team))


def _values(view: Body) -> Mapping[str, str]:
    """What is filled into a view, one text a block."""
    state = view.get("state") or {}
    inputs: Mapping[str, Mapping[str, Body]] = state.get("values") or {}
    return {block: _value(next(iter(inputs[block].values()), {})) for block in inputs}


def _value(element: Body) -> str:
    """What was typed or chosen, as one text: see `Submission`."""
    chosen = element.get("selected_option")
    if isinstance(chosen, Mapping):
        return str(chosen.get("value") or "")
    options = element.get("selected_options")
    if isinstance(options, list):
        return ",".join(str(each.get("value") or "") for each in options)
    for key in _MANY:
        if isinstance(element.get(key), list):
            return ",".join(map(str, element[key]))
    return next((str(element[key]) for key in _ONE if element.get(key) is not None), "")
