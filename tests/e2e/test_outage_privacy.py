"""What is hidden from whom, who is let in, and what becomes of a room that Slack refuses."""

from desk import DANA, MAX, OLIVIA, SAM, Desk
from outages import card_of, declare, everything, made_since, own, press, room_of, rooms

from bot.views.incidents.names import IncidentAction as A

SECRET = "Tokens leaked into a log"


async def test_others_see_nothing_of_what_is_private(people: Desk) -> None:
    """Not in lists, searches, the home tab, the channel for all incidents, nor as a channel."""
    ref = await declare(people, f"P3 private service:api {SECRET}")
    room = await room_of(people, ref)
    assert room.is_private
    for words in ("list", "list all", "search tokens", f"show {ref}", f"join {ref}"):
        await people.say(SAM, f"/incident {words}", "general")
    await people.private(SAM, "Incidents with", "general")
    # What is answered about it is what is answered about one that there is not.
    unknown = str(await people.private(SAM, f"There is no incident {ref}", "general"))
    await people.say(SAM, "/incident show INC-2026-999", "general")
    nothing = str(await people.private(SAM, "INC-2026-999", "general"))
    assert nothing.count("INC-2026-999") == unknown.count(ref)
    await people.home(SAM, "Incidents")
    await people.say(SAM, "/deploy api v1.2.0 staging", "deploys")
    await people.card("v1.2.0 → staging")
    state = await people.get("/ui/state", **{"as": SAM})
    assert room.name not in [each["name"] for each in state["channels"]]
    for who in (SAM, MAX):
        seen = everything(people, who)
        assert "okens" not in seen.replace("search tokens", "").replace("“tokens”", "")
    assert own(people, "incidents") == []


async def test_who_asks_is_let_in(people: Desk) -> None:
    """The alert of what has become private says no more than that; its button asks the lead."""
    ref = await declare(people, f"P3 service:api {SECRET}")
    left = await room_of(people, ref)
    await people.said(SAM, "incidents", SECRET)
    await people.say(DANA, f"/incident private {ref}", "general")
    alert = await people.said(SAM, "incidents", "is private now")
    await people.until(lambda: _unsaid(people, left.name))
    await press(people, SAM, alert, A.ASK_ACCESS)
    asked = await people.told(DANA, "asks to see")
    await press(people, DANA, asked, A.LET_IN)
    invited = await people.told(SAM, "brought you into")
    assert SECRET in str(invited)

    async def entered() -> bool:
        return any(SAM in each.members for each in rooms(people) if each.is_private)

    await people.until(entered)
    assert len([each for each in rooms(people) if each.is_private]) == 1
    await people.say(SAM, f"/incident show {ref}", "general")
    await people.private(SAM, "Timeline", "general")
    await people.say(OLIVIA, f"/incident show {ref}", "general")
    await people.private(OLIVIA, f"There is no incident {ref}", "general")


async def test_without_channels_the_public_goes_on_in_a_thread_and_the_private_nowhere(
    people: Desk,
) -> None:
    """It never falls back to where others can read it; whoever declared it is told."""
    rules = people.stack.workspace.rules
    rules.public_channels = rules.private_channels = False
    ref = await declare(people, "P3 service:auth Logins are slow")
    alert = await people.said(DANA, "incidents", "Logins are slow")

    async def below() -> bool:
        thread = await people.messages(DANA, "incidents", alert["ts"])
        return any("incident.update" in str(each) for each in thread[1:])

    await people.until(below)
    secret = await declare(people, f"P3 private service:api {SECRET}")
    told = await people.told(DANA, "No room could be made")
    assert secret in str(told)
    assert made_since(people) == []
    assert SECRET not in everything(people, SAM)
    # When it is allowed again, a button makes up for it.
    rules.public_channels = True
    await people.say(DANA, f"/incident room {ref}", "general")
    await card_of(people, ref, "Logins are slow")


async def _unsaid(people: Desk, left: str) -> bool:
    """Whether the bot's own messages do not tell it any more, where others can read them."""
    seen = [*own(people, left), *own(people, "incidents"), *own(people, "deploys")]
    return not any(SECRET in f"{each.text}{each.blocks}" for each in seen)
