"""Incidents with real processes: declared by typing, answered by clicking, once on two replicas."""

from pathlib import Path

from desk import DANA, SAM, Desk, Json, desk, ready

from adapters.local.workspace.model import Channel
from adapters.local.workspace.seed import BOT

DECLARE = "/incident declare P1 service:api Checkout answers 500s"


def rooms(people: Desk) -> list[Channel]:
    """Every channel that the bots have made."""
    channels = people.stack.workspace.model.channels.values()
    return [each for each in channels if each.creator == BOT and not each.is_im]


async def pinned(people: Desk) -> Json:
    """Wait for the card of the only room, pinned; returns it as Dana sees it."""

    async def look() -> Json | None:
        made = rooms(people)
        if not made or not made[0].pins:
            return None
        seen = await people.messages(DANA, made[0].name)
        return next((each for each in seen if each["ts"] in made[0].pins), None)

    found: Json = await people.until(look)
    return found


async def test_an_incident_is_declared_and_answered(tmp_path: Path) -> None:
    async with desk(tmp_path) as people:
        await people.stack.start_bot()
        await ready(people)
        await people.say(DANA, DECLARE, "deploys")
        await people.private(DANA, "INC-")
        card = await pinned(people)
        assert "Checkout answers 500s" in str(card)
        (room,) = rooms(people)
        alert = await people.until(lambda: _with(people, "incidents", "INC-"))
        assert "Checkout answers 500s" in str(alert)
        ref = "INC-" + str(alert).partition("INC-")[2][:8]
        await people.say(SAM, f"/incident ack {ref}", "incidents")
        # The same card, with whoever leads by now, who has come into the room as well.
        await people.until(lambda: _with(people, room.name, SAM, ts=card["ts"]))
        await people.until(lambda: _entered(room, SAM))


async def test_two_bots_of_which_one_is_killed_make_one_room(tmp_path: Path) -> None:
    """Whichever of them was at it: the other one takes it over, and does nothing twice."""
    async with desk(tmp_path) as people:
        bots = [await people.stack.start_bot() for _ in range(2)]
        await ready(people)
        await people.say(DANA, DECLARE, "deploys")
        await people.until(lambda: _made(people))
        bots[0].kill()
        await bots[0].wait()
        card = await pinned(people)
        await people.until(lambda: _with(people, "incidents", "INC-"))
        (room,) = rooms(people)
        own = [m for m in room.messages.values() if m.user == BOT and not m.subtype]
        assert [m.ts for m in own if "Checkout answers 500s" in str(m.blocks)] == [card["ts"]]
        assert len(room.pins) == 1


async def _entered(room: Channel, who: str) -> bool:
    return who in room.members


async def _made(people: Desk) -> bool:
    return bool(rooms(people))


async def _with(people: Desk, channel: str, text: str, ts: str = "") -> Json | None:
    seen = await people.messages(DANA, channel)
    return next((m for m in seen if text in str(m) and ts in {"", m["ts"]}), None)
