"""What exactly is sent to Slack for a message, and what happens when Slack does not take it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fakes import VirtualClock
from samples import NOW, SAM, deploy
from slack_wire import Wire, breaks, refuses, says, wire

from adapters.slack.channels import SlackChannels
from adapters.slack.client import SlackClient
from adapters.slack.notifier import MAX_PAGES, SlackNotifier
from bot.domain.deploy import State
from bot.domain.errors import Outcome, SlackRefused, SlackUnavailable
from bot.domain.message import DeployCard, DeployNote, Entry, MessageRef, Said

D = deploy(State.AWAITING_APPROVAL)
CARD = Entry(id="01CARD", channel="#deploys", message=DeployCard(deploy=D.id))
NOTE = Entry(
    id="01NOTE", channel="#deploys", message=DeployNote(deploy=D.id, said=Said.APPROVED, by=SAM)
)
PLACE = MessageRef(channel="C0DEPLOYS", ts="1700000000.000100")
NEW_PLACE = MessageRef(channel="C0DEPLOYS", ts="1700000009.000100")
POSTED = says(channel=NEW_PLACE.channel, ts=NEW_PLACE.ts)
SINCE = NOW + timedelta(minutes=1)


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
    async with SlackClient(token="xoxb-local", api_url=f"{slack.url}/api/", clock=clock) as client:
        yield SlackNotifier(client=client, channels=SlackChannels(client=client, clock=clock))


def sent(slack: Wire, method: str) -> list[dict[str, Any]]:
    """The arguments of the calls of a method."""
    return [one.arguments for one in slack.received if one.method == method]


# ── What is sent ─────────────────────────────────────────────────────────────────────────────────


async def test_a_card_is_posted_with_its_token_and_without_previews(
    slack: Wire, notifier: SlackNotifier
) -> None:
    assert await notifier.show(CARD, D, None) == NEW_PLACE

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
    assert await notifier.show(CARD, deploy(State.REJECTED), PLACE) == PLACE

    (arguments,) = sent(slack, "chat.update")
    assert (arguments["channel"], arguments["ts"]) == (PLACE.channel, PLACE.ts)
    assert 0 < len(arguments["text"]) <= 4000
    assert arguments["blocks"]
    assert "actions" not in {block["type"] for block in arguments["blocks"]}
    assert slack.calls == {"chat.update": 1}


async def test_a_very_long_text_fits_into_an_update(slack: Wire, notifier: SlackNotifier) -> None:
    await notifier.show(CARD, D.model_copy(update={"version": "v" * 9000}), PLACE)

    (arguments,) = sent(slack, "chat.update")
    assert len(arguments["text"]) == 4000


async def test_a_note_goes_into_the_card_s_thread(slack: Wire, notifier: SlackNotifier) -> None:
    assert await notifier.show(NOTE, D, PLACE) == NEW_PLACE

    (arguments,) = sent(slack, "chat.postMessage")
    assert (arguments["channel"], arguments["thread_ts"]) == (PLACE.channel, PLACE.ts)
    assert arguments["metadata"]["event_payload"] == {"token": "01NOTE"}


async def test_a_note_without_a_card_is_said_in_the_channel(
    slack: Wire, notifier: SlackNotifier
) -> None:
    await notifier.show(NOTE, D, None)

    (arguments,) = sent(slack, "chat.postMessage")
    assert arguments["channel"] == "#deploys"
    assert "thread_ts" not in arguments


async def test_a_note_that_fits_into_no_thread_is_said_in_the_channel(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.postMessage", refuses("cannot_reply_to_message"))

    assert await notifier.show(NOTE, D, PLACE) == NEW_PLACE

    first, second = sent(slack, "chat.postMessage")
    assert first["thread_ts"] == PLACE.ts
    assert "thread_ts" not in second


# ── A card that cannot be edited any more ────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", ["message_not_found", "edit_window_closed", "cant_update_message"])
async def test_a_card_that_cannot_be_edited_is_posted_anew(
    slack: Wire, notifier: SlackNotifier, word: str
) -> None:
    slack.script("chat.update", refuses(word))

    assert await notifier.show(CARD, D, PLACE) == NEW_PLACE

    (arguments,) = sent(slack, "chat.postMessage")
    assert arguments["channel"] == PLACE.channel


async def test_a_card_posted_anew_whose_answer_was_lost_is_not_posted_a_third_time(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.update", *[refuses("message_not_found")] * 2)
    slack.script("chat.postMessage", breaks)
    with pytest.raises(SlackUnavailable) as caught:
        await notifier.show(CARD, D, PLACE)
    assert caught.value.outcome is Outcome.UNKNOWN
    slack.script("conversations.history", says(messages=[message(NEW_PLACE.ts, "01CARD")]))

    assert await notifier.show(CARD, D, PLACE) == NEW_PLACE

    assert slack.calls["chat.postMessage"] == 1


async def test_a_card_is_posted_anew_also_where_the_bot_may_not_read(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.update", refuses("message_not_found"))
    slack.script("conversations.history", refuses("not_in_channel"))

    assert await notifier.show(CARD, D, PLACE) == NEW_PLACE


async def test_any_other_refusal_of_an_edit_is_the_caller_s(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.update", refuses("invalid_blocks"))

    with pytest.raises(SlackRefused):
        await notifier.show(CARD, D, PLACE)

    assert slack.calls["chat.postMessage"] == 0


async def test_any_other_refusal_of_a_note_is_the_caller_s(
    slack: Wire, notifier: SlackNotifier
) -> None:
    slack.script("chat.postMessage", refuses("not_in_channel"))

    with pytest.raises(SlackRefused):
        await notifier.show(NOTE, D, PLACE)

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
