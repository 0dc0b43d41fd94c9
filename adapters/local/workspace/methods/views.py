"""views.*: modals and the home tab."""

from collections.abc import Mapping

from adapters.local.workspace import shapes, stack
from adapters.local.workspace.call import Call, Method, words
from adapters.local.workspace.errors import ApiError, invalid_arguments
from adapters.local.workspace.limits import check_view
from adapters.local.workspace.model import Json, View
from adapters.local.workspace.ratelimit import TIER_4
from adapters.local.workspace.tickets import Trigger


def _trigger(call: Call) -> Trigger:
    name = "trigger_id" if "trigger_id" in call.args else "interactivity_pointer"
    if name not in call.args:
        raise invalid_arguments("missing required field: trigger_id")
    return call.site.tickets.exchange(call.args.text(name), call.site.clock.now())


def _answer(call: Call, view: View) -> Json:
    return {"view": shapes.view(call.site.model, view)}


def _open(call: Call) -> Json:
    body = check_view(call.args.structure("view"), "modal")
    trigger = _trigger(call)
    return _answer(call, stack.show(call.site, trigger.user, body, trigger.channel))


def _push(call: Call) -> Json:
    body = check_view(call.args.structure("view"), "modal")
    trigger = _trigger(call)
    if trigger.view is None or not call.site.model.stacks.get(trigger.user):
        raise ApiError("not_found")
    return _answer(call, stack.push(call.site, trigger.user, body, trigger.channel))


def _update(call: Call) -> Json:
    args = call.args
    wanted = args.structure("view")
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    body = check_view(wanted, "home" if kind == "home" else "modal")
    if ("view_id" in args) == ("external_id" in args):
        raise invalid_arguments("either view_id or external_id must be given")
    view = next(
        (
            v
            for v in call.site.model.views()
            if v.id == args.text("view_id") or (v.external_id == args.text("external_id", "-"))
        ),
        None,
    )
    if view is None or view.body["type"] != body["type"]:
        raise ApiError("not_found")
    _check_hash(call, view)
    stack.replace(call.site, view, body)
    return _answer(call, view)


def _check_hash(call: Call, view: View) -> None:
    if "hash" in call.args and call.args.text("hash") != view.hash:
        raise ApiError("hash_conflict")


def _publish(call: Call) -> Json:
    if not call.site.app.home_tab:
        raise ApiError("not_enabled")
    body = check_view(call.args.structure("view"), "home")
    user = call.args.text("user_id")
    if user not in call.site.model.users:
        raise invalid_arguments("invalid `user_id`")
    known = call.site.model.homes.get(user)
    if known is not None:
        _check_hash(call, known)
    return _answer(call, stack.publish(call.site, user, body))


_COMMON = words("duplicate_external_id view_too_large")
_TRIGGER = words("exchanged_trigger_id expired_trigger_id invalid_trigger_id")
_HOW = ("trigger_id", "interactivity_pointer")

METHODS: Mapping[str, Method] = {
    "views.open": Method(
        serve=_open,
        per_minute=TIER_4,
        required=("view",),
        optional=_HOW,
        errors=_COMMON | _TRIGGER,
    ),
    "views.push": Method(
        serve=_push,
        per_minute=TIER_4,
        required=("view",),
        optional=_HOW,
        errors=_COMMON | _TRIGGER | words("not_found push_limit_reached"),
    ),
    "views.update": Method(
        serve=_update,
        per_minute=TIER_4,
        required=("view",),
        optional=("view_id", "external_id", "hash"),
        errors=_COMMON | words("hash_conflict not_found"),
    ),
    "views.publish": Method(
        serve=_publish,
        per_minute=TIER_4,
        required=("user_id", "view"),
        optional=("hash", "interactivity_pointer"),
        errors=_COMMON | words("hash_conflict not_enabled"),
    ),
}
