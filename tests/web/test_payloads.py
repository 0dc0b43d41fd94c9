"""Slack's payloads, read into values: whatever kind of element, shortcut or event it is."""

from dataclasses import replace
from typing import Any

import pytest
from samples import DANA, SAM, TEAM

from bot.domain.actor import Identity
from bot.domain.audit import ENGINE
from bot.domain.errors import UsageError
from bot.domain.placement import MessageRef
from bot.event_payloads import event_of
from bot.payloads import click_of, shortcut_of, submission_of
from commands.incoming import (
    Entered,
    Event,
    HomeOpened,
    Mention,
    MessageDeleted,
    MessageEdited,
    MessageShortcut,
    Pin,
    Reaction,
    Shortcut,
)

US = "U0SIGNBOX"
NAMES = {SAM: "sam"}.get
SAID = MessageRef(channel="C1", ts="1.000100")
WHO = {"team": {"id": TEAM}, "user": {"id": DANA, "team_id": TEAM}, "trigger_id": "1.2.abc"}
IDENTITY = Identity(user=DANA, team=TEAM)

# What an element sends, and the text that it becomes.
ELEMENTS = {
    "text": ({"value": "typed"}, "typed"),
    "nothing typed": ({"value": None}, ""),
    "number": ({"value": "7"}, "7"),
    "select": ({"selected_option": {"value": "P1"}}, "P1"),
    "nothing selected": ({"selected_option": None}, ""),
    "several": ({"selected_options": [{"value": "a"}, {"value": "b"}]}, "a,b"),
    "none of several": ({"selected_options": []}, ""),
    "person": ({"selected_user": SAM}, SAM),
    "no person": ({"selected_user": None}, ""),
    "people": ({"selected_users": [DANA, SAM]}, f"{DANA},{SAM}"),
    "nobody": ({"selected_users": []}, ""),
    "channel": ({"selected_channel": "C1"}, "C1"),
    "channels": ({"selected_channels": ["C1", "C2"]}, "C1,C2"),
    "conversation": ({"selected_conversation": "C1"}, "C1"),
    "conversations": ({"selected_conversations": ["C1"]}, "C1"),
    "date": ({"selected_date": "2026-11-21"}, "2026-11-21"),
    "time": ({"selected_time": "14:05"}, "14:05"),
    "moment": ({"selected_date_time": 1773489600}, "1773489600"),
    "no moment": ({"selected_date_time": None}, ""),
    "unknown": ({}, ""),
}


@pytest.mark.parametrize(("state", "text"), ELEMENTS.values(), ids=ELEMENTS)
def test_what_was_filled_in_becomes_one_text(state: dict[str, Any], text: str) -> None:
    view = {
        "id": "V1",
        "callback_id": "ask",
        "state": {"values": {"block": {"action": {"type": "x", **state}}}},
    }
    assert submission_of({**WHO, "view": view}).values == {"block": text}


@pytest.mark.parametrize(("state", "text"), ELEMENTS.values(), ids=ELEMENTS)
def test_what_was_chosen_at_once_becomes_the_value_of_a_click(
    state: dict[str, Any], text: str
) -> None:
    action = {"action_id": "pick", "block_id": "b", **state}
    assert click_of({**WHO, "channel": {"id": "C1"}, "actions": [action]}).value == text


def clicked(**changes: Any) -> dict[str, Any]:
    """A click on a button."""
    return {**WHO, "actions": [{"action_id": "press", "value": "x"}], **changes}


def test_a_click_in_a_message_knows_where_it_stands() -> None:
    container = {"type": "message", "message_ts": SAID.ts}
    click = click_of(clicked(channel={"id": "C1"}, container=container))
    assert (click.channel, click.place, click.view, click.home) == ("C1", SAID, "", False)


@pytest.mark.parametrize(("kind", "home"), [("modal", False), ("home", True)])
def test_a_click_in_a_view_knows_which(kind: str, home: bool) -> None:
    view = {"id": "V1", "type": kind}
    click = click_of(clicked(view=view, container={"type": "view", "view_id": "V1"}))
    assert (click.channel, click.place, click.view, click.home) == ("", None, "V1", home)


def test_a_shortcut_from_anywhere() -> None:
    body = {**WHO, "type": "shortcut", "callback_id": "declare"}
    assert shortcut_of(body, NAMES) == Shortcut(
        identity=IDENTITY, callback="declare", trigger="1.2.abc"
    )


def on_message(**message: Any) -> dict[str, Any]:
    """A shortcut on a message."""
    return {
        **WHO,
        "type": "message_action",
        "callback_id": "note",
        "channel": {"id": "C1"},
        "message_ts": SAID.ts,
        "message": {"user": SAM, "text": "It is &lt;slow&gt;, <@U0SAM0001>", **message},
    }


def test_a_shortcut_on_a_message_has_what_it_says() -> None:
    assert shortcut_of(on_message(), NAMES) == MessageShortcut(
        identity=IDENTITY,
        callback="note",
        place=SAID,
        text="It is <slow>, @sam",
        trigger="1.2.abc",
    )


def test_a_message_of_another_app_is_read_as_well() -> None:
    found = shortcut_of(on_message(user=None, bot_id="B1", permalink="https://x"), NAMES)
    assert isinstance(found, MessageShortcut)
    assert found.permalink == "https://x"


@pytest.mark.parametrize(
    "lacks", ["user", "callback_id", "trigger_id", "message", "channel", "message_ts"]
)
def test_a_shortcut_that_lacks_something_cannot_be_read(lacks: str) -> None:
    body = {name: value for name, value in on_message().items() if name != lacks}
    with pytest.raises(UsageError, match=lacks):
        shortcut_of(body, NAMES)


# ── Events ───────────────────────────────────────────────────────────────────────────────────────


def happened(kind: str, **event: Any) -> dict[str, Any]:
    """An event in its envelope."""
    return {"team_id": TEAM, "event_id": "Ev1", "event": {"type": kind, **event}}


def reacted(kind: str = "reaction_added", emoji: str = "pushpin", **changes: Any) -> dict[str, Any]:
    """A reaction of Dana."""
    item = {"type": "message", "channel": "C1", "ts": SAID.ts}
    return happened(kind, **{"user": DANA, "reaction": emoji, "item": item, **changes})


def pinned(kind: str = "pin_added", **changes: Any) -> dict[str, Any]:
    """A pin of Dana."""
    message = {"ts": SAID.ts, "text": "It is <@U0SAM0001>", "user": SAM}
    item = {"type": "message", "channel": "C1", "message": message}
    return happened(kind, **{"user": DANA, "channel_id": "C1", "item": item, **changes})


def changed(subtype: str = "message_changed", **changes: Any) -> dict[str, Any]:
    """A message of Sam that was edited."""
    fields = {
        "subtype": subtype,
        "channel": "C1",
        "channel_type": "channel",
        "message": {"ts": SAID.ts, "user": SAM, "text": "now"},
        "previous_message": {"ts": SAID.ts, "user": SAM, "text": "before"},
        "deleted_ts": SAID.ts,
    }
    return happened("message", **{**fields, **changes})


def said_by(user: str | None, text: str = "x", **more: Any) -> dict[str, Any]:
    """A message."""
    return {"ts": SAID.ts, "user": user, "text": text, **more}


HEARD: dict[str, tuple[dict[str, Any], Event]] = {
    "reaction": (
        reacted(),
        Reaction(identity=IDENTITY, place=SAID, emoji="pushpin", added=True, event="Ev1"),
    ),
    "reaction taken back": (
        reacted("reaction_removed"),
        Reaction(identity=IDENTITY, place=SAID, emoji="pushpin", added=False, event="Ev1"),
    ),
    "reaction with a skin tone": (
        reacted(emoji="raised_hand::skin-tone-3"),
        Reaction(identity=IDENTITY, place=SAID, emoji="raised_hand", added=True, event="Ev1"),
    ),
    "pin": (
        pinned(),
        Pin(identity=IDENTITY, place=SAID, added=True, event="Ev1"),
    ),
    "pin taken away": (
        pinned("pin_removed"),
        Pin(identity=IDENTITY, place=SAID, added=False, event="Ev1"),
    ),
    "edited": (changed(), MessageEdited(place=SAID, text="now", event="Ev1")),
    "edited in a private channel": (
        changed(channel_type="group"),
        MessageEdited(place=SAID, text="now", event="Ev1"),
    ),
    "deleted": (changed("message_deleted"), MessageDeleted(place=SAID, event="Ev1")),
    "deleted with a thread below it": (
        changed(message=said_by("USLACKBOT", subtype="tombstone")),
        MessageDeleted(place=SAID, event="Ev1"),
    ),
    "home": (
        happened("app_home_opened", user=DANA, tab="home"),
        HomeOpened(identity=IDENTITY),
    ),
    "mention": (
        happened("app_mention", user=DANA, team=TEAM, channel="C1"),
        Mention(identity=IDENTITY, channel="C1", event="Ev1"),
    ),
    "mention by a stranger": (
        happened("app_mention", user=DANA, team=TEAM, user_team="T0OTHER1", channel="C1"),
        Mention(identity=Identity(user=DANA, team="T0OTHER1"), channel="C1", event="Ev1"),
    ),
}


@pytest.mark.parametrize(("body", "event"), HEARD.values(), ids=HEARD)
def test_an_event_is_read(body: dict[str, Any], event: Event) -> None:
    assert event_of(body, US, NAMES) == event


UNHEARD = {
    "our own reaction": reacted(user=US),
    "our own pin": pinned(user=US),
    "a reaction to a file": reacted(item={"type": "file", "file": "F1"}),
    "a pinned file": pinned(item={"type": "file"}),
    "our own card was edited": changed(message=said_by(US), previous_message=said_by(US, "y")),
    "our own card is gone": changed("message_deleted", previous_message=said_by(US)),
    "a link got its preview": changed(message=said_by(SAM), previous_message=said_by(SAM)),
    "in a direct message": changed(channel_type="im"),
    "a new message": changed(None),
    "somebody joined": changed("channel_join"),
    "the other tab": happened("app_home_opened", user=DANA, tab="messages"),
    "something else": happened("channel_created", channel={"id": "C1"}),
    "nobody's": changed(message={}, previous_message={}),
}


@pytest.mark.parametrize("body", UNHEARD.values(), ids=UNHEARD)
def test_what_nobody_needs_to_hear_is_left_aside(body: dict[str, Any]) -> None:
    assert event_of(body, US, NAMES) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event": {"type": "reaction_added", "user": DANA}},
        reacted(reaction=None),
        reacted(item={"type": "message", "channel": "C1"}),
        pinned(channel_id=""),
        pinned(item={"type": "message"}),
        changed("message_deleted", deleted_ts=None),
        happened("app_home_opened", tab="home"),
    ],
)
def test_an_event_that_lacks_something_cannot_be_read(body: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="has no"):
        event_of(body, US, NAMES)


def test_whoever_comes_into_a_channel_is_heard_of() -> None:
    """Of their own team, which need not be ours."""
    event = {"type": "member_joined_channel", "user": "U0MAX0001", "channel": "C1", "team": "T9"}
    body = {"team_id": "T0SIGNAL", "event_id": "Ev1", "event": event}
    heard = event_of(body, "U0SIGNBOX", lambda _user: None)
    alone = Entered(identity=Identity(user="U0MAX0001", team="T9"), channel="C1")
    assert heard == alone
    for inviter, known in (("U0SIGNBOX", ENGINE), ("U0DANA001", "U0DANA001"), ("", None)):
        asked = {**body, "event": {**event, "inviter": inviter}}
        assert event_of(asked, "U0SIGNBOX", str) == replace(alone, inviter=known)
    assert event_of({**body, "event": {**event, "user": "U0SIGNBOX"}}, "U0SIGNBOX", str) is None
