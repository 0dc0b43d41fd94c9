"""What the bot is sent: commands, interactions and events, in Slack's form.

https://docs.slack.dev/interactivity and https://docs.slack.dev/apis/events-api
"""

from adapters.local.workspace import shapes
from adapters.local.workspace.model import Channel, Json, Message, User, View
from adapters.local.workspace.site import Site

# Slack's old shared secret; still in every payload, and nothing may trust it.
VERIFICATION_TOKEN = "local-verification-token"  # noqa: S105 - public, see above


def command(site: Site, user: User, channel: Channel, name: str, text: str) -> Json:
    """The fields of a slash command."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": site.model.team.id,
        "team_domain": site.model.team.domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": site.model.app_id,
        "is_enterprise_install": "false",
        "response_url": site.new_response_url(user.id, channel.id),
        "trigger_id": site.new_trigger(user.id, channel.id, None),
    }


def _base(site: Site, kind: str, user: User) -> Json:
    team = site.model.team
    return {
        "type": kind,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": site.model.app_id,
        "token": VERIFICATION_TOKEN,
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _place(channel: Channel) -> Json:
    name = "directmessage" if channel.is_im else channel.name
    return {"id": channel.id, "name": "privategroup" if channel.is_private else name}


def message_action(
    site: Site, user: User, place: tuple[Channel, Message], action: Json, values: Json
) -> Json:
    """A click on an element of a message."""
    channel, message = place
    ephemeral = message.ephemeral_to is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    payload = _base(site, "block_actions", user) | {
        "container": container,
        "trigger_id": site.new_trigger(user.id, channel.id, None),
        "channel": _place(channel),
        "state": {"values": values},
        "response_url": site.new_response_url(
            user.id, channel.id, original=message.ts, thread_ts=message.thread_ts
        ),
        "actions": [action],
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    # The app knows its ephemeral message only by its place: Slack does not send it along.
    return payload if ephemeral else payload | {"message": shapes.message(site.model, message)}


def view_action(site: Site, user: User, view: View, action: Json) -> Json:
    """A click on an element of a modal or of the home tab."""
    return _base(site, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": site.new_trigger(user.id, view.channel, view.id),
        "view": shapes.view(site.model, view),
        "actions": [action],
    }


def submission(site: Site, user: User, view: View) -> Json:
    """A modal that was submitted."""
    return _base(site, "view_submission", user) | {
        "trigger_id": site.new_trigger(user.id, view.channel, view.id),
        "view": shapes.view(site.model, view),
        "response_urls": [],
    }


def closed(site: Site, user: User, view: View, *, cleared: bool) -> Json:
    """A modal that was closed without being submitted."""
    return _base(site, "view_closed", user) | {
        "view": shapes.view(site.model, view),
        "is_cleared": cleared,
    }


def global_shortcut(site: Site, user: User, callback_id: str) -> Json:
    """A shortcut from the menu."""
    return _base(site, "shortcut", user) | {
        "callback_id": callback_id,
        "trigger_id": site.new_trigger(user.id, None, None),
        "action_ts": site.next_ts(),
    }


def message_shortcut(
    site: Site, user: User, place: tuple[Channel, Message], callback_id: str
) -> Json:
    """A shortcut on a message."""
    channel, message = place
    return _base(site, "message_action", user) | {
        "callback_id": callback_id,
        "trigger_id": site.new_trigger(user.id, channel.id, None),
        "action_ts": site.next_ts(),
        "response_url": site.new_response_url(user.id, channel.id, thread_ts=message.thread_ts),
        "channel": _place(channel),
        "message_ts": message.ts,
        "message": shapes.message(site.model, message),
    }


def suggestion(
    site: Site, user: User, where: View | tuple[Channel, Message], action: Json, query: str
) -> Json:
    """A question for the options of a select."""
    payload = _base(site, "block_suggestion", user) | {
        "action_id": action["action_id"],
        "block_id": action["block_id"],
        "value": query,
    }
    if isinstance(where, View):
        container = {"type": "view", "view_id": where.id}
        return payload | {"container": container, "view": shapes.view(site.model, where)}
    channel, message = where
    return payload | {
        "container": {"type": "message", "message_ts": message.ts, "channel_id": channel.id},
        "channel": _place(channel),
        "message": shapes.message(site.model, message),
    }


def event(site: Site, event_id: str, happened: Json) -> Json:
    """The envelope of an event."""
    model = site.model
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": model.team.id,
        "context_team_id": model.team.id,
        "context_enterprise_id": None,
        "api_app_id": model.app_id,
        "event": happened,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(site.clock.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": model.team.id,
                "user_id": model.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": _is_shared(site, happened),
    }


def _is_shared(site: Site, happened: Json) -> bool:
    place = happened.get("channel")
    channel = site.model.channels.get(place) if isinstance(place, str) else None
    return channel is not None and site.model.is_shared(channel)
