"""Where incidents meet deploys, and each other: freezes, failed deploys, the same thing twice."""

from pathlib import Path

import aiohttp
from desk import DANA, MAX, OLIVIA, SAM, Desk, Json, desk, ready
from outages import (
    CONFIG,
    card_of,
    declare,
    entered,
    fill,
    own,
    press,
    press_in_view,
    room_of,
    rooms,
)

from adapters.local.workspace.model import Channel
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentCallback as C
from bot.views.incidents.names import IncidentShortcut as S

TOKEN = "a-token-of-this-test-only-0123456789"
BEARER = f"Bearer {TOKEN}"


async def test_a_freeze_refuses_deploys_and_the_fix_passes_with_the_leads_word(
    people: Desk,
) -> None:
    """It says why, who and until when. Max may approve nothing else, but he leads."""
    ref = await declare(people, "P1 service:api Checkout answers 500s")
    card = await card_of(people, ref, "frozen until")
    await people.say(OLIVIA, "/deploy api v1.2.0 production", "deploys")
    refused = str(await people.private(OLIVIA, "frozen"))
    assert ref in refused
    assert "Checkout answers 500s" in refused
    assert f"<@{DANA}>" in refused
    assert "<!date^" in refused
    assert people.writes() == []
    await press(people, MAX, await people.said(MAX, "incidents", "Incident alert"), A.ACK)
    await card_of(people, ref, f"<@{MAX}>")
    await people.say(DANA, f"/deploy api v1.3.0 production --incident {ref}", "deploys")
    asked = await people.card("Waiting for approval")
    assert ref in str(asked)
    await press(people, MAX, asked, "deploy.approve")
    served = await people.card("Deployed")
    assert served["ts"] == asked["ts"]
    # The fix has landed: a while later, the lead is asked whether it has helped.
    watched = await card_of(people, ref, "Monitoring")
    room = await room_of(people, ref)
    await people.until(lambda: _topic(room, "Monitoring"))
    assert watched["ts"] == card["ts"]
    await people.said(DANA, room.name, "Is it resolved?")


async def test_what_two_people_declare_is_offered_and_made_one(people: Desk) -> None:
    """The form shows the open one with a button to join it; who did not look merges later."""
    first = await declare(people, "P3 service:api Checkout answers 500s")
    await room_of(people, first)
    await people.say(OLIVIA, "/incident", "general")
    view = await people.form(OLIVIA, C.DECLARE)

    async def offered() -> bool:
        found = people.stack.workspace.model.view(view)
        return found is not None and first in str(found.body)

    await people.until(offered)
    await press_in_view(people, OLIVIA, view, A.JOIN, first)
    room = await room_of(people, first)
    await entered(people, room, OLIVIA)
    await people.post("/ui/close", **{"as": OLIVIA, "view_id": view})
    second = await declare(people, "P3 service:api 500s at the checkout", SAM, "deploys")
    answer = await people.private(SAM, first)
    assert "May be the same" in str(answer)
    other = await room_of(people, second)  # nothing is said in a room that is not there yet
    await people.say(SAM, f"/incident merge {second} {first}", "deploys")
    await people.said(SAM, other.name, "which goes on")
    await people.said(DANA, room.name, second)
    await people.say(DANA, "/incident list", "deploys")
    listed = str(await people.private(DANA, "Open incidents"))
    assert first in listed
    assert second not in listed


async def test_a_failed_canary_declares_an_incident_and_the_next_one_belongs_to_it(
    people: Desk,
) -> None:
    """In a thread below its alert, without anybody typing anything."""
    await _ship(people, "v1.4.0-bad")
    await people.until(lambda: _card_with(people, "v1.4.0-bad", "Rolled back"))
    alert = await people.said(DANA, "incidents", "rolled itself back")
    assert "v1.4.0-bad" in str(alert)
    await people.say(SAM, '/deploy unlock platform production --reason "Again"', "deploys")
    await people.card("unlocked")
    await _ship(people, "v1.4.0-crash")
    await people.until(lambda: _card_with(people, "v1.4.0-crash", "Failed"))

    async def belongs() -> bool:
        return "v1.4.0-crash" in str(await people.messages(DANA, "incidents", alert["ts"]))

    await people.until(belongs)
    assert len([m for m in own(people, "incidents") if "Incident alert" in str(m.blocks)]) == 1
    assert rooms(people) == []


async def test_messages_become_incidents_lines_and_tasks(people: Desk) -> None:
    """By shortcuts; what is edited or deleted afterwards is so on the timeline as well."""
    await people.say(OLIVIA, "Nobody can log in since ten past two", "ops-alerts")
    seen = await people.said(DANA, "ops-alerts", "Nobody can log in")
    await people.shortcut(DANA, S.DECLARE_FROM, seen)
    assert "errors" not in await fill(people, DANA, C.DECLARE, severity="P3", service="auth")
    alert = await people.said(DANA, "incidents", "Nobody can log in")
    ref = str(alert).partition("INC-")[1] + str(alert).partition("INC-")[2][:8]
    room = await room_of(people, ref)
    for text in ("The certificate has expired", "Renew it by hand", "Wrong guess"):
        await people.say(DANA, text, room.name)
    line, task, guess = [
        await people.said(DANA, room.name, text) for text in ("expired", "Renew", "guess")
    ]
    await people.shortcut(DANA, S.NOTE_FROM, line)
    await people.shortcut(DANA, S.TASK_FROM, task)
    await people.react(DANA, guess, "pushpin")
    await _marked(people, room.name, "white_check_mark", 3)
    await people.edit(DANA, line, "The certificate of auth has expired")
    await people.delete(DANA, guess)
    shown = await people.until(lambda: _timeline(people, ref, room.name))
    assert "Renew it by hand" in shown
    # Where it came from leads back to what Olivia said.
    assert "archives" in shown


async def _ship(people: Desk, version: str) -> None:
    """Dana deploys it to production, and Sam approves."""
    await people.say(DANA, f"/deploy platform {version} production", "deploys")
    asked = await people.until(lambda: _card_with(people, version, "Waiting"))
    await press(people, SAM, asked, "deploy.approve")


async def _topic(room: Channel, text: str) -> bool:
    return text in room.topic.value


async def test_what_an_alert_declares_is_met_in_slack_and_declared_once(tmp_path: Path) -> None:
    """Over HTTP with a key of its own; the same alert again is the same incident."""
    async with desk(tmp_path, config=CONFIG) as people, aiohttp.ClientSession() as http:
        people.stack.more["SIGNALBOX_API_TOKEN"] = TOKEN
        await people.stack.start_bot()
        await ready(people)
        address = (people.stack.workspace.bot_url or "").replace("/slack/events", "/api/incidents")
        alert = {"title": "Disk is full", "service": "api", "severity": "P1", "dedup_key": "disk-7"}
        found = []
        for _ in range(2):
            answer = await http.post(address, json=alert, headers={"Authorization": BEARER})
            found.append((answer.status, (await answer.json())["ref"]))
        ref = found[0][1]
        assert found == [(201, ref), (200, ref)]
        await people.told(SAM, "Disk is full")
        room = await room_of(people, ref)
        await entered(people, room, SAM)
        await people.said(DANA, "incidents", "Disk is full")
        await people.say(SAM, "/incident ack", room.name)
        await card_of(people, ref, f"<@{SAM}>")
        answer = await http.get(f"{address}/{ref}", headers={"Authorization": BEARER})
        assert SAM in await answer.text()
        assert (await http.get(address)).status == 401


async def _timeline(people: Desk, ref: str, channel: str) -> str | None:
    """What `show` says, once it has followed the messages."""
    await people.say(DANA, f"/incident show {ref}", channel)
    shown = str(await people.private(DANA, "Timeline", channel))
    followed = "The certificate of auth has expired" in shown and "Wrong guess" not in shown
    return shown if followed else None


async def _marked(people: Desk, channel: str, emoji: str, count: int) -> None:
    async def look() -> bool:
        seen = await people.messages(DANA, channel)
        return sum(any(r["name"] == emoji for r in m["reactions"]) for m in seen) == count

    await people.until(look)


async def _card_with(people: Desk, version: str, text: str) -> Json | None:
    seen = await people.messages(SAM)
    found = [m for m in seen if f"{version} → production" in str(m) and text in str(m)]
    return found[-1] if found else None
