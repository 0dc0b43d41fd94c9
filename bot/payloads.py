"""Slack's payloads, read into values. A payload that lacks what it must have raises `UsageError`.

Field names are those of docs.slack.dev ("Slash commands", "Block actions payload", "View submission
payload", "app_mention").
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.actor import Identity
from bot.domain.errors import UsageError
from commands.incoming import Click, Command, Lookup, Mention, Submission

Body = Mapping[str, Any]


def command_of(body: Body) -> Command:
    """A slash command's form fields."""
    return Command(
        identity=Identity(user=_text(body, "user_id"), team=_text(body, "team_id")),
        channel=_text(body, "channel_id"),
        name=_text(body, "command"),
        text=str(body.get("text") or ""),
        trigger=_text(body, "trigger_id"),
    )


def click_of(body: Body) -> Click:
    """A `block_actions` payload; Slack sends one action at a time."""
    action = body["actions"][0]
    channel = body.get("channel")
    return Click(
        identity=_person(body),
        channel=_text(channel, "id") if isinstance(channel, Mapping) else "",
        action=_text(action, "action_id"),
        value=str(action.get("value") or ""),
        trigger=_text(body, "trigger_id"),
    )


def submission_of(body: Body) -> Submission:
    """A `view_submission` payload, its inputs flattened to one text a block."""
    view = _part(body, "view")
    state = view.get("state") or {}
    inputs: Mapping[str, Mapping[str, Body]] = state.get("values") or {}
    return Submission(
        identity=_person(body),
        callback=_text(view, "callback_id"),
        private=str(view.get("private_metadata") or ""),
        values={block: _value(next(iter(inputs[block].values()), {})) for block in inputs},
        view=_text(view, "id"),
    )


def lookup_of(body: Body) -> Lookup:
    """A `block_suggestion` payload."""
    return Lookup(
        identity=_person(body),
        action=_text(body, "action_id"),
        typed=str(body.get("value") or ""),
    )


def mention_of(body: Body) -> Mention:
    """An `app_mention` event with its envelope."""
    event = _part(body, "event")
    team = str(event.get("user_team") or event.get("team") or _text(body, "team_id"))
    return Mention(
        identity=Identity(user=_text(event, "user"), team=team),
        channel=_text(event, "channel"),
        event=_text(body, "event_id"),
    )


def _person(body: Body) -> Identity:
    """Who acted. In a shared channel this can be somebody of another team than the payload's."""
    user = _part(body, "user")
    team = user.get("team_id") or _part(body, "team").get("id")
    return Identity(user=_text(user, "id"), team=str(team))


def _value(element: Body) -> str:
    chosen = element.get("selected_option")
    if isinstance(chosen, Mapping):
        return str(chosen.get("value") or "")
    return str(element.get("value") or "")


def _part(body: Body, name: str) -> Body:
    part = body.get(name)
    if not isinstance(part, Mapping):
        raise UsageError(f"Slack's request has no “{name}”.")
    return part


def _text(body: Body, name: str) -> str:
    text = body.get(name)
    if not isinstance(text, str) or not text:
        raise UsageError(f"Slack's request has no “{name}”.")
    return text
