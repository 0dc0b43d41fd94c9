"""What people do in stories of incidents, as the page of the workspace does it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from desk import DANA, Desk, Json

from adapters.local.workspace.model import Channel
from adapters.local.workspace.seed import BOT

CONFIG = Path(__file__).with_name("incidents.yaml")
_REF = re.compile(r"INC-\d{4}-\d{3,}")
_IN_NAME = re.compile(r"\d{4}-\d{3,}")
_BUILT_IN = frozenset({"general", "deploys", "incidents", "ops-alerts"})


def ref_in(message: Json | str) -> str:
    """The reference that a message names first."""
    found = _REF.search(str(message))
    assert found, f"no reference in {message}"
    return found.group()


def rooms(people: Desk) -> list[Channel]:
    """Every channel that the bot has made."""
    channels = people.stack.workspace.model.channels.values()
    return [each for each in channels if each.creator == BOT and not each.is_im]


def own(people: Desk, channel: str) -> list[Any]:
    """What the bot itself has said in a channel."""
    place = next(c for c in people.stack.workspace.model.channels.values() if c.name == channel)
    return [each for each in place.messages.values() if each.user == BOT and not each.subtype]


def pages(people: Desk, who: str) -> list[Any]:
    """The pages that somebody has had, each once however often it was brought up to date."""
    talks = people.stack.workspace.model.channels.values()
    talk = next((each for each in talks if each.im_user == who), None)
    said = talk.messages.values() if talk else ()
    return [each for each in said if each.text.startswith("📟")]


async def declare(people: Desk, words: str, who: str = DANA, channel: str = "general") -> str:
    """Type a declaration; returns the reference that is answered."""
    before = {each["ts"] for each in await people.messages(who, channel)}
    await people.say(who, f"/incident {words}", channel)

    async def answered() -> Json | None:
        seen = await people.messages(who, channel)
        fresh = [m for m in seen if m["ts"] not in before and m["ephemeral"]]
        return next((m for m in fresh if _REF.search(str(m))), None)

    return ref_in(await people.until(answered))


async def room_of(people: Desk, ref: str) -> Channel:
    """Wait for the room of an incident with its card pinned."""
    return await _pinned(people, ref[4:])


async def nth_room(people: Desk, number: int) -> Channel:
    """Wait for the room of the nth incident of this year, with its card pinned."""
    return await _pinned(people, f"-{number:03}")


async def _pinned(people: Desk, name: str) -> Channel:
    async def look() -> Channel | None:
        # One that it has left has no pin any more.
        named = (each for each in rooms(people) if name in each.name)
        return next((each for each in named if each.pins), None)

    found: Channel = await people.until(look)
    return found


def ref_of(room: Channel) -> str:
    """The reference of an incident, by the name of its room."""
    found = _IN_NAME.search(room.name)
    assert found, f"no reference in {room.name}"
    return f"INC-{found.group()}"


async def entered(people: Desk, room: Channel, who: str) -> None:
    """Wait until somebody is in a room: people are invited beside whatever else is done there."""

    async def look() -> bool:
        return who in room.members

    await people.until(look)


async def card_of(people: Desk, ref: str, text: str = "", who: str = DANA) -> Json:
    """Wait until the pinned card of an incident says something, as somebody sees it."""
    room = await room_of(people, ref)

    async def look() -> Json | None:
        seen = await people.messages(who, room.name)
        return next((m for m in seen if m["ts"] in room.pins and text in str(m)), None)

    card: Json = await people.until(look)
    return card


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Everything that can be pressed, with its block."""
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
            if element and "action_id" in element:
                yield block, element


async def press(people: Desk, who: str, message: Json, action: str, start: str = "") -> Json:
    """Press a button anywhere in a message; `start` is how its value begins."""
    place = {"channel": message["channel"], "ts": message["ts"]}
    return await _press(people, who, message["blocks"], action, start, place)


async def press_in_view(
    people: Desk, who: str, view: str, action: str, start: str = "", **more: Json
) -> Json:
    """Press a button of a form or of the home tab; `more` goes along, such as what is chosen."""
    found = people.stack.workspace.model.view(view)
    assert found is not None
    return await _press(people, who, found.body["blocks"], action, start, {"view_id": view, **more})


async def _press(
    people: Desk, who: str, blocks: list[Json], action: str, start: str, place: Json
) -> Json:
    block, element = next(
        (block, element)
        for block, element in elements(blocks)
        if element["action_id"] == action and str(element.get("value", "")).startswith(start)
    )
    body = {"block_id": block["block_id"], "action_id": action, "value": element.get("value", "")}
    return await people.post("/ui/click", **{"as": who, **body, **place})


async def fill(people: Desk, who: str, callback: str, **fields: str | bool) -> Json:
    """Wait for a form, fill it in and submit it: texts, choices by value, ticked boxes."""
    view = await people.form(who, callback)
    await people.until(lambda: _shown(people, view, set(fields)))
    found = people.stack.workspace.model.view(view)
    assert found is not None
    values = {}
    for block, element in elements(found.body["blocks"]):
        name = block.get("block_id", "")
        if name in fields:
            values[name] = {element["action_id"]: _state(element, fields[name])}
    assert values.keys() == fields.keys()
    return await people.submit(who, view, **values)


async def _shown(people: Desk, view: str, fields: set[str]) -> bool:
    """Whether a form has these fields by now: it may come up before what it shows is known."""
    found = people.stack.workspace.model.view(view)
    return found is not None and fields <= {each.get("block_id") for each in found.body["blocks"]}


def _state(element: Json, value: str | bool) -> Json:
    match element["type"]:
        case "plain_text_input":
            return {"value": value}
        case "users_select":
            return {"selected_user": value}
        case "checkboxes":
            return {"selected_options": element["options"]}
        case _:
            return {"selected_option": {"value": value}}


def everything(people: Desk, who: str) -> str:
    """All that somebody can see anywhere in the workspace, in one text."""
    model = people.stack.workspace.model
    seen = [
        f"{channel.name} {channel.topic.value} {channel.purpose.value} {channel.bookmarks}"
        + "".join(f"{m.text} {m.blocks} {m.files}" for m in channel.messages.values())
        + "".join(
            f"{m.text} {m.blocks}" for m in channel.ephemerals.values() if m.ephemeral_to == who
        )
        for channel in model.channels.values()
        if model.sees(who, channel)
    ]
    home = model.homes.get(who)
    return "\n".join([*seen, str(home.body if home else "")])


def made_since(people: Desk) -> list[str]:
    """The names of channels that were not there from the beginning."""
    channels = people.stack.workspace.model.channels.values()
    return [each.name for each in channels if each.name and each.name not in _BUILT_IN]
