"""What exactly is sent to Slack for a message, and what happens when Slack does not take it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fakes import VirtualClock
from pictures import png
from samples import NOW, SAM, checklist, deploy, review
from slack_clients import slack_client
from slack_wire import Wire, breaks, refuses, says, wire

from adapters.slack.channels import SlackChannels
from adapters.slack.history import MAX_PAGES
from adapters.slack.notifier import LOOKS, SlackNotifier
from bot.domain.checklist import Part
from bot.domain.deploy import Deploy
from bot.domain.errors import NotFound, Outcome, SlackRefused, SlackUnavailable
from bot.domain.message import (
    ChecklistCard,
    DeployCard,
    DeployChart,
    DeployNote,
    Entry,
    Notice,
    Posted,
    ReviewCard,
    Said,
    entry_of,
)
from bot.domain.picture import Picture
from bot.domain.placement import MessageRef
from bot.domain.states import State
from bot.ports import Scene

D = deploy(State.AWAITING_APPROVAL)
CARD = entry_of("01CARD", "#deploys", DeployCard(deploy=D.id))
NOTE = entry_of("01NOTE", "#deploys", DeployNote(deploy=D.id, said=Said.APPROVED, by=SAM))
CHECKS = entry_of("01CHECKS", "#deploys", ChecklistCard(deploy=D.id, part=Part.PRE))
REVIEW = entry_of("01REVIEW", "#deploys", ReviewCard(deploy=D.id))
CHART = entry_of("01CHART", "#deploys", DeployChart(deploy=D.id, number=1))
PICTURE = Picture(name=f"{D.id}-01CHART.png", title="Canary of api", alt="All well.", png=png())
PLACE = MessageRef(channel="C0DEPLOYS", ts="1700000000.000100")
NEW_PLACE = MessageRef(channel="C0DEPLOYS", ts="1700000009.000100")
POSTED = says(channel=NEW_PLACE.channel, ts=NEW_PLACE.ts)
SINCE = NOW + timedelta(minutes=1)


def scene(deploy: Deploy = D, picture: str | None = None) -> Scene:
    """Everything that a message can be about."""
    return Scene(deploy=deploy, checklist=checklist(), review=review(), picture=picture)


def message(ts: str, token: str | None = None, **changes: Any) -> dict[str, Any]:
    """A message as history shows it."""
    metadata = {"event_type": "signalbox_message", "event_payload": {"token": token}}
    return {"ts": ts, "text": "…", **({"metadata": metadata} if token else {}), **changes}


@pytest.fixture
async def slack() -> AsyncIterator[Wire]:
    """A scripted Slack in which the bot is in #deploys."""
    async with wire() as server:
        server.always("chat.postMessage", POSTED)
        server.always(
            "users.conversations", says(channels=[{"id": "C0DEPLOYS", "name": "deploys"}])
        )
        yield server


@pytest.fixture
async def notifier(slack: Wire) -> AsyncIterator[SlackNotifier]:
    """The notifier under test."""
    clock = VirtualClock()
    async with slack_client(f"{slack.url}/api/", clock) as client:
        channels = SlackChannels(client=client, clock=clock)
        yield SlackNotifier(client=client, channels=channels, clock=clock)


def sent(slack: Wire, method: str) -> list[dict[str, Any]]:
    """The arguments of the calls of a method."""
    return [one.arguments for one in slack.received if one.method == method]


# ── What is sent ─────────────────────────────────────────────────────────────────────────────────


async def test_a_card_is_posted_with_its_token_and_without_previews(
    slack: Wire, notifier: SlackNotifier
) -> None:
    assert await notifier.show(CARD, scene(), None, None) == NEW_PLACE

    (arguments,) = sent(slack, "chat.postMessage")
    assert arguments["channel"] == "#deploys"
    assert arguments["metadata"] == {
        "event_type": "signalbox_message",
        "event_payload": {"token": "01CARD"},
    }
    assert arguments["unfurl_links"] is False
    assert arguments["unfurl_media"] is False
    assert arguments["text"]
    assert arguments["blocks"]
    assert "thread_ts" not in arguments


async def test_a_card_is_edited_with_both_text_and_blocks_so_that_no_button_stays(
    slack: Wire, notifier: SlackNotifier
) -> None:
    assert await notifier.show(CARD, scene(deploy(State.REJECTED)), PLACE, None) == PLACE

    (arguments,) = sent(slack, "chat.update")
    assert (arguments["channel"], arguments["ts"]) == (PLACE.channel, PLACE.ts)
    assert 0 < len(arguments["text"]) <= 4000
    assert arguments["blocks"]
    assert "actions" not in {block["type"] for block in arguments["blocks"]}
    assert slack.calls == {"chat.update": 1}


async def test_a_very_long_text_fits_into_an_update(slack: Wire, notifier: SlackNotifier) -> None:
    long = D.model_copy(update={"service": "s" * 9000})
    await notifier.show(CARD, scene(long), PLACE, None)

    (arguments,) = sent(slack, "chat.update")
    assert len(arguments["text"]) == 4000


async def test_a_note_goes_into_the_card_s_thread(slack: Wire, notifier: SlackNotifier) -> None:
    assert await notifier.show(NOTE, scene(), None, PLACE) == NEW_PLACE

    (arguments,) = sent(slack, "chat.postMessage")
    assert (arguments["channel"], arguments["thread_ts"]) == (PLACE.channel, PLACE.ts)
    assert arguments["metadata"]["event_payload"] == {"token": "01NOTE"}


async def test_a_note_without_a_card_is_said_in_the_channel(
    slack: Wire, notifier: SlackNotifier
) -> None:
    await notifier.show(NOTE, scene(), None, None)

    (arguments,) = sent(slack, "chat.postMessage")
    assert arguments["channel"] == "#deploys"
    assert "thread_ts" not in arguments


async def test_a_note_that_fits_into_no_thread_is_said_in_the_channel(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.postMessage", refuses("cannot_reply_to_message"))

    assert await notifier.show(NOTE, scene(), None, PLACE) == NEW_PLACE

    first, second = sent(slack, "chat.postMessage")
    assert first["thread_ts"] == PLACE.ts
    assert "thread_ts" not in second


@pytest.mark.parametrize("entry", [CHECKS, REVIEW], ids=["checklist", "review"])
async def test_a_card_of_a_thread_is_posted_there_and_then_edited(
    slack: Wire, notifier: SlackNotifier, entry: Entry
) -> None:
    assert await notifier.show(entry, scene(), None, PLACE) == NEW_PLACE
    assert await notifier.show(entry, scene(), NEW_PLACE, PLACE) == NEW_PLACE

    (posted,) = sent(slack, "chat.postMessage")
    assert (posted["channel"], posted["thread_ts"]) == (PLACE.channel, PLACE.ts)
    (edited,) = sent(slack, "chat.update")
    assert (edited["channel"], edited["ts"]) == (NEW_PLACE.channel, NEW_PLACE.ts)
    assert edited["blocks"] == posted["blocks"]


async def test_a_notice_is_posted_in_the_channel(slack: Wire, notifier: SlackNotifier) -> None:
    message = Notice(said=Posted.LOCKED, subject="api/production", by=SAM)

    await notifier.show(entry_of("01NOTICE", "#deploys", message), Scene(), None, None)

    (arguments,) = sent(slack, "chat.postMessage")
    assert arguments["channel"] == "#deploys"
    assert "api/production" in str(arguments["blocks"])


async def test_the_card_of_an_older_plan_is_struck_out(
    slack: Wire, notifier: SlackNotifier
) -> None:
    newer = deploy(State.AWAITING_APPROVAL, edition=1)

    await notifier.show(CARD, scene(newer), PLACE, None)

    (arguments,) = sent(slack, "chat.update")
    assert "~" in str(arguments["blocks"])
    assert "actions" not in {block["type"] for block in arguments["blocks"]}


@pytest.mark.parametrize("entry", [CARD, NOTE, CHECKS, REVIEW])
async def test_what_is_gone_cannot_be_shown(notifier: SlackNotifier, entry: Entry) -> None:
    with pytest.raises(NotFound, match=D.id):
        await notifier.show(entry, Scene(), None, PLACE)


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_card_whose_picture_slack_does_not_show_is_shown_without_it(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.update", refuses("invalid_blocks"))
    done = scene(deploy(State.COMPLETED), picture="F0CHART001")

    assert await notifier.show(CARD, done, PLACE, None) == PLACE

    first, second = sent(slack, "chat.update")
    assert "F0CHART001" in str(first["blocks"])
    assert "F0CHART001" not in str(second["blocks"])


async def test_with_a_picture_any_other_refusal_is_the_caller_s(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.update", refuses("not_in_channel"))

    with pytest.raises(SlackRefused):
        await notifier.show(CARD, scene(deploy(State.COMPLETED), "F0CHART001"), PLACE, None)

    assert slack.calls["chat.update"] == 1


@pytest.fixture
async def uploads(slack: Wire) -> Wire:
    """The same Slack, which takes files."""
    address = f"{slack.url}/api/upload"
    slack.always("files.getUploadURLExternal", says(file_id="F0CHART001", upload_url=address))
    slack.always("files.completeUploadExternal", says(files=[{"id": "F0CHART001"}]))
    return slack


def with_file(ts: str) -> Any:
    """A thread in which the picture stands."""
    shown = {"ts": ts, "files": [{"id": "F0CHART001", "name": PICTURE.name}]}
    return says(messages=[message(PLACE.ts), shown])


async def test_a_picture_is_posted_into_the_thread_and_awaited(
    uploads: Wire, notifier: SlackNotifier
) -> None:
    uploads.script("conversations.replies", says(messages=[]), with_file("9.0"))

    place = await notifier.attach(CHART, PICTURE, PLACE)

    assert place == MessageRef(channel=PLACE.channel, ts="9.0", file="F0CHART001")
    (arguments,) = sent(uploads, "files.completeUploadExternal")
    assert (arguments["channel_id"], arguments["thread_ts"]) == (PLACE.channel, PLACE.ts)
    assert "Canary of api" in arguments["initial_comment"]


async def test_a_picture_without_a_card_goes_into_the_channel_by_its_id(
    uploads: Wire, notifier: SlackNotifier
) -> None:
    await notifier.attach(CHART, PICTURE, None)

    (arguments,) = sent(uploads, "files.completeUploadExternal")
    assert arguments["channel_id"] == "C0DEPLOYS"
    assert "thread_ts" not in arguments


@pytest.mark.parametrize("trouble", [refuses("missing_scope"), breaks, says(messages=[])])
async def test_a_picture_that_is_up_is_up_whether_or_not_it_is_seen(
    uploads: Wire, notifier: SlackNotifier, trouble: Any
) -> None:
    uploads.always("conversations.replies", trouble)

    place = await notifier.attach(CHART, PICTURE, PLACE)

    assert place == MessageRef(channel=PLACE.channel, ts=PLACE.ts, file="F0CHART001")
    assert uploads.calls["conversations.replies"] <= LOOKS
    assert uploads.calls["files.completeUploadExternal"] == 1


async def test_a_picture_is_looked_for_by_its_name(uploads: Wire, notifier: SlackNotifier) -> None:
    uploads.script("conversations.replies", with_file("9.0"))

    found = await notifier.find(CHART, PLACE, SINCE)

    assert found == MessageRef(channel=PLACE.channel, ts="9.0", file="F0CHART001")


# ── A card that cannot be edited any more ────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", ["message_not_found", "edit_window_closed", "cant_update_message"])
async def test_a_card_that_cannot_be_edited_is_posted_anew(
    slack: Wire, notifier: SlackNotifier, word: str
) -> None:
    slack.script("chat.update", refuses(word))

    assert await notifier.show(CARD, scene(), PLACE, None) == NEW_PLACE

    (arguments,) = sent(slack, "chat.postMessage")
    assert arguments["channel"] == PLACE.channel


async def test_a_card_of_a_thread_is_posted_anew_in_its_thread(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.update", refuses("message_not_found"))

    await notifier.show(CHECKS, scene(), MessageRef(channel=PLACE.channel, ts="5.0"), PLACE)

    (arguments,) = sent(slack, "chat.postMessage")
    assert arguments["thread_ts"] == PLACE.ts


async def test_a_card_posted_anew_whose_answer_was_lost_is_not_posted_a_third_time(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.update", *[refuses("message_not_found")] * 2)
    slack.script("chat.postMessage", breaks)
    with pytest.raises(SlackUnavailable) as caught:
        await notifier.show(CARD, scene(), PLACE, None)
    assert caught.value.outcome is Outcome.UNKNOWN
    slack.script("conversations.history", says(messages=[message(NEW_PLACE.ts, "01CARD")]))

    assert await notifier.show(CARD, scene(), PLACE, None) == NEW_PLACE

    assert slack.calls["chat.postMessage"] == 1


async def test_a_card_is_posted_anew_also_where_the_bot_may_not_read(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.update", refuses("message_not_found"))
    slack.script("conversations.history", refuses("not_in_channel"))

    assert await notifier.show(CARD, scene(), PLACE, None) == NEW_PLACE


async def test_any_other_refusal_of_an_edit_is_the_caller_s(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.update", refuses("invalid_blocks"))

    with pytest.raises(SlackRefused):
        await notifier.show(CARD, scene(), PLACE, None)

    assert slack.calls["chat.postMessage"] == 0


async def test_any_other_refusal_of_a_note_is_the_caller_s(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.postMessage", refuses("not_in_channel"))

    with pytest.raises(SlackRefused):
        await notifier.show(NOTE, scene(), None, PLACE)

    assert slack.calls["chat.postMessage"] == 1


# ── Looking for a message ────────────────────────────────────────────────────────────────────────


async def test_a_card_is_looked_for_by_the_id_of_the_named_channel(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script(
        "conversations.history", says(messages=[message("9.0"), message(NEW_PLACE.ts, "01CARD")])
    )

    assert await notifier.find(CARD, None, SINCE) == NEW_PLACE

    (arguments,) = sent(slack, "conversations.history")
    assert arguments["channel"] == "C0DEPLOYS"
    assert arguments["include_all_metadata"] == "1"
    assert arguments["inclusive"] == "1"
    assert float(arguments["oldest"]) == (SINCE - timedelta(seconds=30)).timestamp()


async def test_a_channel_given_by_id_needs_no_look_up(slack: Wire, notifier: SlackNotifier) -> None:
    entry = CARD.model_copy(update={"channel": "C0DEPLOYS"})

    assert await notifier.find(entry, None, SINCE) is None

    assert slack.calls == {"conversations.history": 1}


async def test_a_channel_s_id_is_looked_up_once(slack: Wire, notifier: SlackNotifier) -> None:
    for _ in range(3):
        await notifier.find(CARD, None, SINCE)

    assert slack.calls["users.conversations"] == 1


async def test_a_channel_that_the_bot_is_not_in_is_said_and_not_searched(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.always("users.conversations", says(channels=[]))

    with pytest.raises(SlackRefused, match="not in #deploys") as caught:
        await notifier.find(CARD, None, SINCE)

    assert caught.value.code == "not_in_channel"


async def test_a_note_is_looked_for_in_its_thread(slack: Wire, notifier: SlackNotifier) -> None:
    replies = [message(PLACE.ts, "01CARD"), message(NEW_PLACE.ts, "01NOTE")]
    slack.script("conversations.replies", says(messages=replies))

    assert await notifier.find(NOTE, PLACE, SINCE) == NEW_PLACE

    (arguments,) = sent(slack, "conversations.replies")
    assert (arguments["channel"], arguments["ts"]) == (PLACE.channel, PLACE.ts)
    assert slack.calls["conversations.history"] == 0


async def test_a_note_is_looked_for_in_the_channel_where_it_may_have_gone_instead(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("conversations.replies", refuses("thread_not_found"))
    slack.script("conversations.history", says(messages=[message(NEW_PLACE.ts, "01NOTE")]))

    assert await notifier.find(NOTE, PLACE, SINCE) == NEW_PLACE


async def test_a_search_that_is_refused_does_not_pass_for_not_found(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("conversations.replies", refuses("missing_scope"))

    with pytest.raises(SlackRefused):
        await notifier.find(NOTE, PLACE, SINCE)


async def test_later_pages_are_searched_too(slack: Wire, notifier: SlackNotifier) -> None:
    slack.script(
        "conversations.history",
        says(messages=[message("9.0")], response_metadata={"next_cursor": "more"}),
        says(messages=[message(NEW_PLACE.ts, "01CARD")]),
    )

    assert await notifier.find(CARD, None, SINCE) == NEW_PLACE

    first, second = sent(slack, "conversations.history")
    assert "cursor" not in first
    assert second == {**first, "cursor": "more"}


async def test_the_search_ends_even_if_the_pages_do_not(
    slack: Wire, notifier: SlackNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    endless = says(messages=[message("9.0")], response_metadata={"next_cursor": "more"})
    slack.always("conversations.history", endless)

    assert await notifier.find(CARD, None, SINCE) is None

    assert slack.calls["conversations.history"] == MAX_PAGES
    assert "too many messages" in caplog.text


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        "text",
        {},
        {"event_type": "other_app", "event_payload": {"token": "01CARD"}},
        {"event_type": "signalbox_message"},
        {"event_type": "signalbox_message", "event_payload": "01CARD"},
        {"event_type": "signalbox_message", "event_payload": {"token": "01OTHER"}},
    ],
)
async def test_other_messages_are_not_taken_for_ours(
    slack: Wire, notifier: SlackNotifier, metadata: object
) -> None:
    slack.script("conversations.history", says(messages=[message("9.0", metadata=metadata)]))

    assert await notifier.find(CARD, None, SINCE) is None
