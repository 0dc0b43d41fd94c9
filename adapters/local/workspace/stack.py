"""The modals that a person has open, one above the other, and their home tab."""

from adapters.local.workspace import images, limits, page_shapes
from adapters.local.workspace.errors import ApiError
from adapters.local.workspace.form import initial_values
from adapters.local.workspace.model import Json, View
from adapters.local.workspace.site import Site

MAX_STACK = 3  # the one opened and two pushed (docs.slack.dev/reference/methods/views.push)


def _new_hash(site: Site) -> str:
    return f"{int(site.clock.now().timestamp())}.{site.ids.token().lower()}"


def _prepared(site: Site, body: Json) -> Json:
    return body | {"blocks": limits.with_ids(site.model, body["blocks"])}


def _check(site: Site, body: Json, known: View | None = None) -> None:
    """What only the workspace can know of a view: its files, and whether its name is free."""
    problems = images.file_problems(site.model, body["blocks"], "/view/blocks")
    if problems:
        raise ApiError("invalid_arguments", response_metadata={"messages": problems})
    wanted = body.get("external_id")
    if wanted and any(v.external_id == wanted and v is not known for v in site.model.views()):
        raise ApiError("duplicate_external_id")


def show(site: Site, user: str, body: Json, channel: str | None) -> View:
    """Open a modal in place of all that the person has open."""
    _check(site, body)
    for old in site.model.stacks.pop(user, []):
        site.tell_user(user, {"type": "view_close", "view_id": old.id})
    return _put(site, user, body, channel)


def push(site: Site, user: str, body: Json, channel: str | None) -> View:
    """Put a modal on top of the person's open ones. Raises `ApiError` when there are too many."""
    _check(site, body)
    if len(site.model.stacks.get(user, ())) >= MAX_STACK:
        raise ApiError("push_limit_reached")
    return _put(site, user, body, channel)


def _put(site: Site, user: str, body: Json, channel: str | None) -> View:
    stack = site.model.stacks.setdefault(user, [])
    prepared = _prepared(site, body)
    view_id = site.model.new_id("V")
    view = View(
        id=view_id,
        user=user,
        body=prepared,
        hash=_new_hash(site),
        root_id=stack[0].id if stack else view_id,
        previous_id=stack[-1].id if stack else None,
        values=initial_values(prepared["blocks"]),
        channel=channel,
    )
    stack.append(view)
    site.tell_user(user, {"type": "view_open", "view": page_shapes.view(site.model, view)})
    return view


def replace(site: Site, view: View, body: Json) -> None:
    """Give an open view new content; what was typed into inputs that stay is kept."""
    _check(site, body, view)
    before = view.values
    view.body = _prepared(site, body)
    view.hash = _new_hash(site)
    view.values = {
        block_id: {name: before.get(block_id, {}).get(name, value) for name, value in group.items()}
        for block_id, group in initial_values(view.body["blocks"]).items()
    }
    kind = "home" if view.body["type"] == "home" else "view_update"
    site.tell_user(view.user, {"type": kind, "view": page_shapes.view(site.model, view)})


def publish(site: Site, user: str, body: Json) -> View:
    """Set the person's home tab."""
    view = site.model.homes.get(user)
    if view is not None:
        replace(site, view, body)
        return view
    _check(site, body)
    view_id = site.model.new_id("V")
    prepared = _prepared(site, body)
    view = View(
        id=view_id,
        user=user,
        body=prepared,
        hash=_new_hash(site),
        root_id=view_id,
        values=initial_values(prepared["blocks"]),
    )
    site.model.homes[user] = view
    site.tell_user(user, {"type": "home", "view": page_shapes.view(site.model, view)})
    return view


def close(site: Site, view: View, *, whole: bool = False) -> list[View]:
    """Take a modal away with those above it, or the whole stack; returns what was closed."""
    stack = site.model.stacks.get(view.user, [])
    if view not in stack:
        return []
    start = 0 if whole else stack.index(view)
    closed = stack[start:]
    del stack[start:]
    for gone in reversed(closed):
        site.tell_user(view.user, {"type": "view_close", "view_id": gone.id})
    return closed
