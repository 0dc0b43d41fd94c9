"""conversations.* that change who is in a channel."""

from collections.abc import Callable, Mapping

from adapters.local.workspace import changes, shapes
from adapters.local.workspace.call import Call, Method, words
from adapters.local.workspace.errors import ApiError, invalid_arguments
from adapters.local.workspace.model import Channel, Json
from adapters.local.workspace.ratelimit import TIER_3

MAX_INVITED = 100
_NOT_FOR_IM = "method_not_supported_for_channel_type"


def _invite_problem(call: Call, channel: Channel, user: str) -> str | None:
    model = call.site.model
    person = model.users.get(user)
    if person is None:
        return "user_not_found"
    if user == model.bot_user:
        return "cant_invite_self"
    if user in channel.members:
        return "already_in_channel"
    if person.team_id != model.team.id:
        return "no_external_invite_permission"
    if person.deleted:
        return "cant_invite"
    if person.is_ultra_restricted:
        return "ura_max_channels"
    return None


def _invite(call: Call) -> Json:
    channel = _managed_for_invite(call)
    users = [user.strip() for user in call.args.text("users").split(",") if user.strip()]
    if not users:
        raise ApiError("no_user")
    if len(users) > MAX_INVITED:
        raise invalid_arguments(f"no more than {MAX_INVITED} users allowed")
    problems = {user: _invite_problem(call, channel, user) for user in users}
    wrong = [{"user": user, "ok": False, "error": code} for user, code in problems.items() if code]
    # One problem refuses the whole call, unless `force` asks to invite those who can be invited.
    if wrong and (not call.args.flag("force") or len(wrong) == len(users)):
        raise ApiError(str(wrong[0]["error"]), errors=wrong)
    for user, code in problems.items():
        if code is None:
            changes.join(call.site, channel, user, call.site.model.bot_user)
    return {"channel": shapes.channel(call.site.model, channel)}


def _managed_for_invite(call: Call) -> Channel:
    channel = call.visible_channel()
    if channel.is_im:
        raise ApiError(_NOT_FOR_IM)
    if channel.is_private:
        call.need_scope("groups:write", "groups:write.invites")
    else:
        call.need_scope("channels:manage", "channels:write.invites")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    if channel.is_archived:
        raise ApiError("is_archived")
    return channel


def _join(call: Call) -> Json:
    channel = call.visible_channel()
    if channel.is_private or channel.is_im:
        raise ApiError(_NOT_FOR_IM)
    if channel.is_archived:
        raise ApiError("is_archived")
    answer: Json = {}
    if call.is_member(channel):
        answer = {
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    else:
        changes.join(call.site, channel, call.site.model.bot_user)
    return {"channel": shapes.channel(call.site.model, channel)} | answer


def _leave(call: Call) -> Json:
    channel = call.visible_channel()
    if channel.is_im:
        raise ApiError(_NOT_FOR_IM)
    call.need_kind_scope(channel, "write")
    if channel.is_general:
        raise ApiError("cant_leave_general")
    if channel.is_archived:
        raise ApiError("is_archived")
    if not call.is_member(channel):
        return {"not_in_channel": True}
    changes.leave(call.site, channel, call.site.model.bot_user)
    return {}


def _kick(call: Call) -> Json:
    channel = call.visible_channel()
    if channel.is_im:
        raise ApiError(_NOT_FOR_IM)
    call.need_kind_scope(channel, "write")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    user = call.args.text("user")
    if user not in call.site.model.users:
        raise ApiError("user_not_found")
    if user == call.site.model.bot_user:
        raise ApiError("cant_kick_self")
    if channel.is_general:
        raise ApiError("cant_kick_from_general")
    if user not in channel.members:
        raise ApiError("not_in_channel")
    changes.leave(call.site, channel, user)
    return {"errors": {}}


def _open(call: Call) -> Json:
    model = call.site.model
    if "channel" in call.args:
        channel = call.visible_channel()
        if not channel.is_im:
            raise ApiError(_NOT_FOR_IM)
    else:
        call.need_scope("im:write")
        users = [user for user in call.args.text("users").split(",") if user]
        if not users:
            raise ApiError("users_list_not_supplied")
        if len(users) > 1:
            # Group conversations with several people are outside of what this workspace has.
            raise ApiError("too_many_users")
        if users[0] not in model.users:
            raise ApiError("user_not_found")
        if model.users[users[0]].is_bot:
            raise ApiError("invalid_user_combination")
        if model.users[users[0]].deleted:
            raise ApiError("user_disabled")
        channel = changes.talk_with(call.site, users[0])
    whole = call.args.flag("return_im")
    return {"channel": shapes.channel(model, channel) if whole else {"id": channel.id}}


_WRITE = ("channels:manage", "groups:write", "im:write", "mpim:write")
_INVITES = (*_WRITE, "channels:write.invites", "groups:write.invites")
_PLACE_ERRORS = words(f"channel_not_found {_NOT_FOR_IM}")


def _method(
    serve: Callable[[Call], Json],
    errors: str,
    *optional: str,
    scopes: tuple[str, ...] = _WRITE,
) -> Method:
    return Method(
        serve=serve,
        scopes=scopes,
        per_minute=TIER_3,
        required=("channel",),
        optional=optional,
        errors=_PLACE_ERRORS | words(errors),
    )


METHODS: Mapping[str, Method] = {
    "conversations.invite": Method(
        serve=_invite,
        scopes=_INVITES,
        per_minute=TIER_3,
        required=("channel", "users"),
        optional=("force",),
        errors=_PLACE_ERRORS
        | words("already_in_channel cant_invite_self is_archived no_user not_in_channel")
        | words("no_external_invite_permission ura_max_channels user_not_found")
        | words("no_permission cant_invite user_is_restricted"),
    ),
    "conversations.join": _method(_join, "is_archived", scopes=("channels:join",)),
    "conversations.leave": _method(_leave, "cant_leave_general is_archived"),
    "conversations.kick": _method(
        _kick,
        "cant_kick_from_general cant_kick_self not_in_channel user_not_found",
        "user",
        scopes=("channels:manage", "groups:write"),
    ),
    "conversations.open": Method(
        serve=_open,
        scopes=_WRITE,
        per_minute=TIER_3,
        optional=("channel", "return_im", "users", "prevent_creation"),
        errors=_PLACE_ERRORS
        | words("invalid_user_combination too_many_users user_not_found users_list_not_supplied")
        | words("user_disabled"),
    ),
}
