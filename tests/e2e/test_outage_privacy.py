"""What is hidden from whom, who is let in, and what becomes of a room that Slack refuses."""

from desk import DANA, MAX, OLIVIA, SAM, Desk
from outages import card_of, declare, everything, made_since, own, press, room_of, rooms

from adapters.local.workspace.seed import BOT
from bot.views.incidents.names import IncidentAction as A
from bot.views.incidents.names import IncidentShortcut as S

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
    asked = await people.private(DANA, "There is no way back", "general")
    await press(people, DANA, asked, A.MAKE_PRIVATE)
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


async def test_what_was_told_to_everybody_is_taken_back(people: Desk) -> None:
    """Declared for everybody under a telling title, talked about, then made private: by the hand of
    the bot nobody outside finds it in any channel, and the one that was made for it is archived.
    """
    ref = await declare(people, f"P3 service:api {SECRET}")
    left = await room_of(people, ref)
    assert "tokens-leaked" in left.name
    alert = await people.said(SAM, "incidents", SECRET)
    await people.say(DANA, f"/incident accept {ref}", "general")
    await people.private(DANA, "It is an incident", "general")
    await people.say(DANA, f"/incident update {ref} {SECRET}: we turn them off", "general")
    await people.until(lambda: _below(people, alert["ts"], SECRET))
    await people.say(DANA, "Tokens? Which tokens?", left.name)
    asking = await people.said(DANA, left.name, "Which tokens?")
    await people.say(DANA, f"/incident private {ref}", "general")
    asked = await people.private(DANA, "There is no way back", "general")
    await press(people, DANA, asked, A.MAKE_PRIVATE)

    async def archived() -> bool:
        return left.is_archived

    await people.until(archived)
    assert left.name == f"{ref.lower()}-closed"
    closed = f"{ref} is private now. This channel is closed: write nothing here."
    assert left.topic.value == left.purpose.value
    assert left.topic.value.startswith(closed)
    await people.until(lambda: _untold(people))
    # What people wrote is theirs: an archived channel can still be read.
    assert any(each.text == "Tokens? Which tokens?" for each in left.messages.values())
    room = await room_of(people, ref)
    assert (room.is_private, room.name) == (True, ref.lower())
    assert not people.stack.workspace.model.sees(SAM, room)
    await people.shortcut(DANA, S.NOTE_FROM, asking)
    await people.private(DANA, f"It goes on in <#{room.id}>", left.name)
    await people.shortcut(SAM, S.NOTE_FROM, asking)
    await people.private(SAM, "This is not the channel of an incident.", left.name)


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
    await people.told(DANA, "No room could be made", secret)
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


async def _untold(people: Desk) -> bool:
    """Whether no public channel tells it any more, but in the words of people."""
    for channel in people.stack.workspace.model.channels.values():
        if channel.is_private or channel.is_im:
            continue
        said = [each for each in channel.messages.values() if each.user == BOT]
        shown = f"{channel.name} {channel.topic} {channel.purpose} {channel.bookmarks} {said}"
        if SECRET in shown or "tokens-leaked" in shown:
            return False
    return True


async def _below(people: Desk, ts: str, text: str) -> bool:
    """Whether something is said below a message of the channel for all incidents."""
    thread = await people.messages(DANA, "incidents", ts)
    return any(text in str(each) for each in thread[1:])
