"""auth.*, team.*, bots.*, users.* and usergroups.*: who is who. Also `api.test`."""

from collections.abc import Mapping

from adapters.local.workspace import shapes
from adapters.local.workspace.call import Call, Credential, Method, words
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.model import Json, User
from adapters.local.workspace.ratelimit import SPECIAL, TIER_2, TIER_3, TIER_4


def _api_test(call: Call) -> Json:
    if "error" in call.args:
        raise ApiError(call.args.text("error"), args=call.args.values)
    return {"args": call.args.values}


def _auth_test(call: Call) -> Json:
    model = call.site.model
    return {
        "url": f"https://{model.team.domain}.slack.local/",
        "team": model.team.name,
        "user": model.users[model.bot_user].name,
        "team_id": model.team.id,
        "user_id": model.bot_user,
        "bot_id": model.bot_id,
        "is_enterprise_install": False,
    }


def _team_info(call: Call) -> Json:
    team = call.site.model.team
    if call.args.text("team", team.id) != team.id:
        raise ApiError("team_not_found")
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "email_domain": "example.com",
            "icon": {"image_default": True},
        }
    }


def _bots_info(call: Call) -> Json:
    model = call.site.model
    if call.args.text("bot", model.bot_id) != model.bot_id:
        raise ApiError("bot_not_found")
    return {
        "bot": {
            "id": model.bot_id,
            "deleted": False,
            "name": model.users[model.bot_user].real_name,
            "updated": 0,
            "app_id": model.app_id,
            "user_id": model.bot_user,
            "icons": {},
        }
    }


def _shape(call: Call, person: User) -> Json:
    shape = shapes.user(call.site.model, person)
    if "users:read.email" in call.site.app.scopes and not person.is_bot:
        shape["profile"]["email"] = person.email
    if call.args.flag("include_locale"):
        shape["locale"] = person.locale
    return shape


def _users_info(call: Call) -> Json:
    person = call.site.model.users.get(call.args.text("user"))
    if person is None:
        raise ApiError("user_not_found")
    return {"user": _shape(call, person)}


def _users_list(call: Call) -> Json:
    people = [_shape(call, person) for person in call.site.model.users.values()]
    page, following = call.page(people)
    return {
        "members": page,
        "cache_ts": int(call.site.clock.now().timestamp()),
        "response_metadata": {"next_cursor": following},
    }


def _users_by_email(call: Call) -> Json:
    wanted = call.args.text("email").lower()
    for person in call.site.model.users.values():
        if person.email == wanted and not person.deleted and not person.is_bot:
            return {"user": _shape(call, person)}
    raise ApiError("users_not_found")


def _usergroups(call: Call) -> Json:
    users, count = call.args.flag("include_users"), call.args.flag("include_count")
    model = call.site.model
    groups = model.usergroups.values()
    return {"usergroups": [shapes.usergroup(model, g, users=users, count=count) for g in groups]}


def _usergroup_users(call: Call) -> Json:
    group = call.site.model.usergroups.get(call.args.text("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}


_PAGE = ("cursor", "limit", "team_id")

METHODS: Mapping[str, Method] = {
    # Called without a token it only tells whether Slack answers.
    "api.test": Method(
        serve=_api_test, per_minute=TIER_4, optional=("error", "foo"), credential=Credential.ANY
    ),
    "auth.test": Method(serve=_auth_test, per_minute=SPECIAL),
    "team.info": Method(
        serve=_team_info,
        scopes=("team:read",),
        per_minute=TIER_3,
        optional=("team", "domain"),
        errors=words("team_not_found"),
    ),
    "bots.info": Method(
        serve=_bots_info,
        scopes=("users:read",),
        per_minute=TIER_3,
        optional=("bot", "team_id"),
        errors=words("bot_not_found"),
    ),
    "users.info": Method(
        serve=_users_info,
        scopes=("users:read",),
        per_minute=TIER_4,
        required=("user",),
        optional=("include_locale",),
        errors=words("user_not_found"),
    ),
    "users.list": Method(
        serve=_users_list,
        scopes=("users:read",),
        per_minute=TIER_2,
        optional=("include_locale", *_PAGE),
    ),
    "users.lookupByEmail": Method(
        serve=_users_by_email,
        scopes=("users:read.email",),
        per_minute=TIER_3,
        required=("email",),
        errors=words("users_not_found"),
    ),
    "usergroups.list": Method(
        serve=_usergroups,
        scopes=("usergroups:read",),
        per_minute=TIER_2,
        optional=("include_count", "include_disabled", "include_users", "team_id"),
    ),
    "usergroups.users.list": Method(
        serve=_usergroup_users,
        scopes=("usergroups:read",),
        per_minute=TIER_2,
        required=("usergroup",),
        optional=("include_disabled", "team_id"),
        errors=words("no_such_subteam"),
    ),
}
