"""What admins forbid, what a workspace does not have, and what people do over its addresses."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from workspaces import Stage, manifest, stage

from adapters.local.workspace import app, seed
from adapters.local.workspace.faults import Fault, Kind


@pytest.fixture
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


async def word(call: Any) -> str:
    """The error word of a call that is refused."""
    with pytest.raises(SlackApiError) as refused:
        await call
    found: str = refused.value.response["error"]
    return found


# ── Apps are forbidden things ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("private", [False, True])
async def test_admins_may_keep_apps_from_making_channels(running: Stage, private: bool) -> None:
    client, rules = running.client(), running.workspace.rules
    if private:
        rules.private_channels = False
    else:
        rules.public_channels = False

    assert await word(client.conversations_create(name="a", is_private=private)) == (
        "restricted_action"
    )
    assert (await client.conversations_create(name="a", is_private=not private))["ok"]


async def test_admins_may_keep_apps_from_pinning_and_posting(running: Stage) -> None:
    client, rules = running.client(), running.workspace.rules
    posted = await client.chat_postMessage(channel=seed.DEPLOYS, text="hi")
    rules.pins, rules.read_only = False, {seed.DEPLOYS}

    pinned = client.pins_add(channel=seed.DEPLOYS, timestamp=posted["ts"])
    assert await word(pinned) == "restricted_action"
    said = client.chat_postMessage(channel=seed.DEPLOYS, text="again")
    assert await word(said) == "restricted_action_read_only_channel"


async def test_a_fault_refuses_with_any_word_that_the_method_knows(running: Stage) -> None:
    faults, client = running.workspace.faults, running.client()
    faults.add("conversations.create", Fault(kind=Kind.REFUSED, word="name_taken"))

    assert await word(client.conversations_create(name="free")) == "name_taken"
    assert (await client.conversations_create(name="free"))["ok"]
    assert await word(client.conversations_create(name="free")) == "name_taken"


async def test_people_who_have_left_are_not_invited_or_written_to(running: Stage) -> None:
    client = running.client()
    running.workspace.model.users[seed.MAX].deleted = True
    made = (await client.conversations_create(name="room"))["channel"]["id"]

    assert await word(client.conversations_invite(channel=made, users=seed.MAX)) == "cant_invite"
    assert await word(client.conversations_open(users=seed.MAX)) == "user_disabled"


async def test_an_app_without_a_home_publishes_and_sends_nothing() -> None:
    async with stage() as running:
        bare = {**manifest(), "features": {"app_home": {"messages_tab_enabled": False}}}
        running.workspace._site.app = app.read_manifest(bare)
        client = running.client()
        home = {"type": "home", "blocks": [{"type": "divider"}]}

        assert await word(client.views_publish(user_id=seed.SAM, view=home)) == "not_enabled"
        said = client.chat_postMessage(channel=seed.SAM, text="hi")
        assert await word(said) == "messages_tab_disabled"


async def test_into_read_only_messages_nobody_writes(running: Stage) -> None:
    features = {"app_home": {"messages_tab_read_only_enabled": True}}
    running.workspace._site.app = app.read_manifest({**manifest(), "features": features})
    page = running.page(seed.SAM)
    await page.do("open_home")
    state = await page.get("state")
    talk = next(c["id"] for c in state["channels"] if c["is_im"])

    status, answer = await page.post("send", channel=talk, text="hello?")

    assert state["bot"]["messages_read_only"]
    assert (status, answer["error"]) == (400, "Sending messages to this app has been turned off.")


async def test_a_person_s_language_is_told_to_who_asks_for_it(running: Stage) -> None:
    client = running.client()

    asked = [
        (await client.users_info(user=user, include_locale=True))["user"]["locale"]
        for user in (seed.SAM, seed.MEI_LING)
    ]

    assert asked == ["en-US", "zh-TW"]
    assert "locale" not in (await client.users_info(user=seed.MEI_LING))["user"]


# ── People mark, edit and delete ─────────────────────────────────────────────────────────────────


async def last(running: Stage, who: str, channel: str = seed.DEPLOYS) -> dict[str, str]:
    """Where the newest message is."""
    return {"channel": channel, "ts": (await running.page(who).last(channel))["ts"]}


async def test_an_edit_and_a_deletion_are_events_with_what_was_before(running: Stage) -> None:
    page = running.page(seed.DANA)
    await page.do("send", channel=seed.DEPLOYS, text="first")
    place = await last(running, seed.DANA)
    await page.do("edit", **place, text="second @sam")
    await page.do("edit", **place, text="second @sam")
    await page.do("delete", **place)

    events = [(await running.bot.next())[1]["event"] for _ in range(3)]

    assert [event.get("subtype") for event in events] == [
        None,
        "message_changed",
        "message_deleted",
    ]
    assert events[1]["message"]["text"] == "second <@U0SAM0001>"
    assert events[1]["previous_message"]["text"] == "first"
    assert events[2]["deleted_ts"] == place["ts"]


@pytest.mark.parametrize("path", ["edit", "delete"])
async def test_nobody_changes_what_another_one_said(running: Stage, path: str) -> None:
    await running.page(seed.DANA).do("send", channel=seed.DEPLOYS, text="mine")
    place = await last(running, seed.DANA)

    status, answer = await running.page(seed.SAM).post(path, **place, text="yours")

    assert (status, answer["error"]) == (400, "You can change only what you said yourself.")
    assert (await running.page(seed.SAM).last(seed.DEPLOYS))["text"] == "mine"


@pytest.mark.parametrize("name", ["", "two words", "<b>"])
async def test_only_emoji_are_reactions(running: Stage, name: str) -> None:
    place = await last(running, seed.DANA)

    status, _ = await running.page(seed.DANA).post("react", **place, name=name)

    assert status == 400


async def test_whoever_is_not_in_a_channel_marks_nothing_there(running: Stage) -> None:
    client = running.client()
    made = (await client.conversations_create(name="room"))["channel"]["id"]
    await client.chat_postMessage(channel=made, text="hi")
    place = await last(running, seed.DANA, made)

    for path, more in (("react", {"name": "eyes"}), ("pin", {})):
        status, answer = await running.page(seed.DANA).post(path, **place, **more)
        assert (status, answer["error"]) == (400, "Join the channel first.")


async def test_pins_are_listed_newest_first_for_those_who_may_look(running: Stage) -> None:
    page = running.page(seed.DANA)
    for said in ("one", "two"):
        await page.do("send", channel=seed.ALERTS, text=said)
        await page.do("pin", **await last(running, seed.DANA, seed.ALERTS))

    pinned = (await page.get("pins", channel=seed.ALERTS))["messages"]

    assert [message["text"] for message in pinned] == ["two", "one"]
    for path in ("pins", "messages"):
        assert await running.page(seed.GUEST).get(path, channel=seed.ALERTS) == {"messages": []}


async def test_lines_of_the_workspace_itself_make_nothing_unread(running: Stage) -> None:
    client = running.client()
    made = (await client.conversations_create(name="room"))["channel"]["id"]
    await client.chat_postMessage(channel=made, text="before anybody came")

    async def unread() -> int:
        channels = (await running.page(seed.SAM).get("state"))["channels"]
        return int(next(c["unread"] for c in channels if c["id"] == made))

    outside = await unread()
    await client.conversations_invite(channel=made, users=seed.SAM)
    await running.page(seed.SAM).do("read", channel=made)
    await client.conversations_setTopic(channel=made, topic="P1")
    await client.conversations_invite(channel=made, users=seed.DANA)
    quiet = await unread()
    await client.chat_postMessage(channel=made, text="news")

    assert (outside, quiet, await unread()) == (0, 0, 1)


async def test_a_private_word_brings_its_conversation_to_the_page(running: Stage) -> None:
    async with running.page(seed.SAM).events() as following:
        await running.client().chat_postMessage(channel=seed.SAM, text="for you")
        shown = await following("channel")
        said = await following("message")

    assert (shown["channel"]["is_im"], shown["channel"]["im_user"]) == (True, seed.SAM)
    assert said["message"]["text"] == "for you"
