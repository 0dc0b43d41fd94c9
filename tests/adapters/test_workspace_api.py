"""The workspace's Web API is as strict as Slack's, seen through Slack's own client."""

from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import Any

import pytest
import workspaces
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from workspaces import Stage, stage

from adapters.local.workspace import seed
from adapters.local.workspace.app import read_manifest
from adapters.local.workspace.model import Channel
from bot.domain.errors import UsageError

BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
METADATA = {"event_type": "deploy", "event_payload": {"id": "D-1"}}


@pytest.fixture
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


@pytest.fixture
def client(running: Stage) -> AsyncWebClient:
    return running.client()


async def refusal(call: Awaitable[Any]) -> Any:
    """The answer with which a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def code(call: Awaitable[Any]) -> str:
    """The error word with which a call is refused."""
    return str((await refusal(call))["error"])


def private_channel(running: Stage, *members: str) -> Channel:
    channel = Channel(id="C0SECRET1", name="secret", created=0, creator=seed.SAM, is_private=True)
    channel.members.extend(members)
    running.workspace.model.channels[channel.id] = channel
    return channel


# ── Tokens and scopes ────────────────────────────────────────────────────────────────────────────


async def test_a_call_without_a_token_is_not_authed(running: Stage) -> None:
    url = f"{running.workspace.api_url}auth.test"
    async with running.session.post(url) as response:
        assert (await response.json()) == {"ok": False, "error": "not_authed"}


@pytest.mark.parametrize("token", ["xoxb-1234567890-1234567890-AbCdEf", "xoxb-local-guess", "x"])
async def test_only_its_own_tokens_are_valid(running: Stage, token: str) -> None:
    assert await code(running.client(token).auth_test()) == "invalid_auth"


async def test_an_app_token_is_for_no_other_method(running: Stage) -> None:
    client = running.client(running.workspace.app_token)

    assert await code(client.auth_test()) == "not_allowed_token_type"


async def test_a_bot_token_opens_no_socket(running: Stage, client: AsyncWebClient) -> None:
    call = client.apps_connections_open(app_token=running.workspace.bot_token)

    assert await code(call) == "not_allowed_token_type"


async def test_a_missing_scope_is_named_with_those_that_are_there() -> None:
    async with stage(scopes=["users:read"]) as running:
        answer = await refusal(running.client().chat_postMessage(channel="#deploys", text="x"))

    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "chat:write",
        "users:read",
    )


async def test_a_private_channel_needs_the_scope_of_private_channels() -> None:
    async with stage(scopes=["channels:history", "channels:read"]) as running:
        private_channel(running, seed.BOT)
        client = running.client()

        assert await code(client.conversations_history(channel="C0SECRET1")) == "missing_scope"
        assert await code(client.conversations_list(types="private_channel")) == "missing_scope"
        assert await code(client.conversations_info(channel="C0SECRET1")) == "missing_scope"


async def test_an_unknown_method_is_told(client: AsyncWebClient) -> None:
    assert await code(client.api_call("chat.shout")) == "unknown_method"


async def test_api_test_echoes_and_fails_as_asked(client: AsyncWebClient) -> None:
    assert (await client.api_test(foo="bar"))["args"]["foo"] == "bar"
    assert await code(client.api_test(error="my_error")) == "my_error"


# ── Arguments ────────────────────────────────────────────────────────────────────────────────────


async def test_query_form_and_json_arguments_mean_the_same(running: Stage) -> None:
    url = f"{running.workspace.api_url}users.info"
    headers = {"Authorization": f"Bearer {running.workspace.bot_token}"}
    ways: list[dict[str, Any]] = [
        {"params": {"user": seed.SAM}},
        {"data": {"user": seed.SAM}},
        {"json": {"user": seed.SAM, "team_id": "T0SIGNAL", "unknown": 1}},
    ]
    for way in ways:
        async with running.session.post(url, headers=headers, **way) as response:
            assert (await response.json())["user"]["name"] == "sam"
    async with running.session.get(url, headers=headers, params={"user": seed.SAM}) as response:
        assert (await response.json())["user"]["name"] == "sam"


async def test_a_token_may_be_a_form_field(running: Stage) -> None:
    url = f"{running.workspace.api_url}auth.test"
    async with running.session.post(url, data={"token": running.workspace.bot_token}) as response:
        assert (await response.json())["ok"] is True


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
async def test_malformed_json_is_named(running: Stage, body: str, error: str) -> None:
    url = f"{running.workspace.api_url}auth.test"
    headers = {
        "Authorization": f"Bearer {running.workspace.bot_token}",
        "Content-Type": "application/json",
    }
    async with running.session.post(url, headers=headers, data=body) as response:
        assert (await response.json())["error"] == error


async def test_blocks_in_a_form_are_decoded(running: Stage) -> None:
    url = f"{running.workspace.api_url}chat.postMessage"
    headers = {"Authorization": f"Bearer {running.workspace.bot_token}"}
    form = {"channel": "#deploys", "blocks": '[{"type": "divider"}]'}
    async with running.session.post(url, headers=headers, data=form) as response:
        assert (await response.json())["message"]["blocks"][0]["type"] == "divider"
    form["blocks"] = "[{"
    async with running.session.post(url, headers=headers, data=form) as response:
        assert (await response.json())["error"] == "invalid_blocks_format"


async def test_missing_arguments_are_named(client: AsyncWebClient) -> None:
    answer = await refusal(client.api_call("conversations.setTopic", params={"channel": "C1"}))

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: topic"]


# ── People ───────────────────────────────────────────────────────────────────────────────────────


async def test_guests_and_strangers_can_be_told_apart(client: AsyncWebClient) -> None:
    guest = (await client.users_info(user=seed.GUEST))["user"]
    stranger = (await client.users_info(user=seed.STRANGER))["user"]
    member = (await client.users_info(user=seed.SAM))["user"]

    assert (guest["is_restricted"], guest["is_ultra_restricted"]) == (True, True)
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, seed.OTHER_TEAM)
    assert (member["is_restricted"], member["is_bot"]) == (False, False)
    assert await code(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_the_directory_is_read(client: AsyncWebClient) -> None:
    assert (await client.auth_test())["bot_id"] == "B0SIGNBOX"
    assert (await client.team_info())["team"]["name"] == "Olympus"
    assert (await client.bots_info(bot="B0SIGNBOX"))["bot"]["user_id"] == seed.BOT
    assert await code(client.bots_info(bot="B1")) == "bot_not_found"
    assert len((await client.users_list(limit=3))["members"]) == 3
    assert (await client.users_lookupByEmail(email="sam@example.com"))["user"]["id"] == seed.SAM
    assert await code(client.users_lookupByEmail(email="x@example.com")) == "users_not_found"
    groups = (await client.usergroups_list(include_users=True))["usergroups"]
    sre = [seed.SAM, seed.MEI_LING]
    assert [(group["handle"], group["users"]) for group in groups] == [("sre", sre)]
    assert (await client.usergroups_users_list(usergroup="S0SRE0001"))["users"] == sre
    assert await code(client.usergroups_users_list(usergroup="S1")) == "no_such_subteam"


async def test_addresses_are_shown_to_who_may_read_them() -> None:
    async with stage(scopes=["users:read"]) as running:
        profile = (await running.client().users_info(user=seed.SAM))["user"]["profile"]

        assert "email" not in profile
        lookup = running.client().users_lookupByEmail(email="sam@example.com")
        assert await code(lookup) == "missing_scope"


# ── Messages ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_long_text_is_cut_when_posted_and_refused_when_changed(
    client: AsyncWebClient,
) -> None:
    posted = await client.chat_postMessage(channel="#deploys", text="x" * 40_001)

    assert len(posted["message"]["text"]) == 40_000
    place = {"channel": posted["channel"], "ts": posted["ts"]}
    assert await code(client.chat_update(**place, text="x" * 4_001)) == "msg_too_long"
    assert (await client.chat_update(**place, text="x" * 4_000))["ok"]


async def test_a_message_has_to_say_something(client: AsyncWebClient) -> None:
    assert (
        await code(client.api_call("chat.postMessage", json={"channel": "#deploys"})) == "no_text"
    )


@pytest.mark.parametrize("channel", ["C0NOWHERE", "#nowhere", "C0SECRET1"])
async def test_posting_needs_a_channel_that_the_bot_knows(running: Stage, channel: str) -> None:
    private_channel(running, seed.SAM)

    call = running.client().chat_postMessage(channel=channel, text="x")

    assert await code(call) == "channel_not_found"


async def test_posting_to_a_channel_without_joining_needs_a_scope_of_its_own() -> None:
    scopes = [scope for scope in workspaces.SCOPES if scope != "chat:write.public"]
    async with stage(scopes=scopes) as running:
        running.workspace.model.channels[seed.ALERTS].members.remove(seed.BOT)
        call = running.client().chat_postMessage(channel=seed.ALERTS, text="x")
        assert await code(call) == "not_in_channel"
    async with stage() as running:
        running.workspace.model.channels[seed.ALERTS].members.remove(seed.BOT)
        assert (await running.client().chat_postMessage(channel=seed.ALERTS, text="x"))["ok"]


async def test_an_archived_channel_takes_no_messages(client: AsyncWebClient) -> None:
    await client.conversations_archive(channel=seed.ALERTS)

    assert await code(client.chat_postMessage(channel=seed.ALERTS, text="x")) == "is_archived"
    whisper = client.chat_postEphemeral(channel=seed.ALERTS, user=seed.SAM, text="x")
    assert await code(whisper) == "is_archived"


async def test_a_message_to_a_person_opens_a_direct_conversation(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=seed.SAM, text="psst")

    assert posted["channel"].startswith("D")
    opened = await client.conversations_open(users=seed.SAM)
    assert opened["channel"]["id"] == posted["channel"]


async def test_only_ones_own_messages_can_be_changed(running: Stage) -> None:
    client = running.client()
    theirs = next(iter(running.workspace.model.channels[seed.DEPLOYS].messages))
    place = {"channel": seed.DEPLOYS, "ts": theirs}

    assert await code(client.chat_update(**place, text="x")) == "cant_update_message"
    assert await code(client.chat_delete(**place)) == "cant_delete_message"
    nothing = {"channel": seed.DEPLOYS, "ts": "1.000000"}
    assert await code(client.chat_update(**nothing, text="x")) == "message_not_found"
    assert await code(client.chat_delete(**nothing)) == "message_not_found"
    lost = client.chat_getPermalink(channel=seed.DEPLOYS, message_ts="1.000000")
    assert await code(lost) == "message_not_found"


async def test_a_permalink_leads_to_the_page(running: Stage) -> None:
    ts = next(iter(running.workspace.model.channels[seed.DEPLOYS].messages))
    link = await running.client().chat_getPermalink(channel=seed.DEPLOYS, message_ts=ts)

    async with running.session.get(link["permalink"], allow_redirects=False) as response:
        place = f"/#{seed.DEPLOYS}/p{ts.replace('.', '')}"
        assert (response.status, response.headers["Location"]) == (302, place)


async def test_leaving_out_blocks_keeps_them_and_an_empty_list_removes_them(
    client: AsyncWebClient,
) -> None:
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    posted = await client.chat_postMessage(channel="#deploys", text="a", blocks=blocks)
    place = {"channel": posted["channel"], "ts": posted["ts"]}

    kept = await client.chat_update(**place, text="b")
    gone = await client.chat_update(**place, text="c", blocks=[])

    assert kept["message"]["blocks"][0]["elements"][0]["action_id"] == "go"
    assert "blocks" not in gone["message"]
    assert gone["message"]["edited"]["user"] == seed.BOT


async def test_metadata_is_given_back_to_who_asks_for_it(client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="#deploys", text="a", metadata=METADATA)

    plain = await client.conversations_history(channel=seed.DEPLOYS, limit=1)
    full = await client.conversations_history(
        channel=seed.DEPLOYS, limit=1, include_all_metadata=True
    )

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == METADATA


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ([], "invalid_metadata_format"),
        ({"event_type": "x"}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": {"a": "b" * 10_000}}, "metadata_too_large"),
    ],
)
async def test_wrong_metadata_is_refused(client: AsyncWebClient, metadata: Any, error: str) -> None:
    call = client.api_call(
        "chat.postMessage", json={"channel": "#deploys", "text": "x", "metadata": metadata}
    )

    assert await code(call) == error


async def test_replies_stand_in_the_thread_and_not_in_the_channel(client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="#deploys", text="card")
    reply = await client.chat_postMessage(channel="#deploys", text="note", thread_ts=parent["ts"])
    nested = await client.chat_postMessage(channel="#deploys", text="n2", thread_ts=reply["ts"])

    history = await client.conversations_history(channel=seed.DEPLOYS, limit=1)
    thread = await client.conversations_replies(channel=seed.DEPLOYS, ts=parent["ts"])

    assert history["messages"][0]["ts"] == parent["ts"]
    assert history["messages"][0]["reply_count"] == 2
    assert [m["text"] for m in thread["messages"]] == ["card", "note", "n2"]
    assert nested["message"]["thread_ts"] == parent["ts"]
    lost = client.conversations_replies(channel=seed.DEPLOYS, ts="1.000000")
    assert await code(lost) == "thread_not_found"
    wrong = client.chat_postMessage(channel="#deploys", text="x", thread_ts="1.000000")
    assert await code(wrong) == "cannot_reply_to_message"


async def test_deleting_a_message_leaves_its_thread(client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="#deploys", text="card")
    place = {"channel": parent["channel"], "ts": parent["ts"]}
    await client.chat_postMessage(channel="#deploys", text="note", thread_ts=parent["ts"])

    await client.chat_delete(**place)

    thread = await client.conversations_replies(**place)
    assert [m.get("subtype") for m in thread["messages"]] == ["tombstone", None]
    assert await code(client.chat_update(**place, text="x")) == "message_not_found"


async def test_history_is_bounded_and_paged(client: AsyncWebClient) -> None:
    stamps = [
        (await client.chat_postMessage(channel=seed.ALERTS, text=str(n)))["ts"] for n in range(4)
    ]

    between = await client.conversations_history(
        channel=seed.ALERTS, oldest=stamps[0], latest=stamps[3]
    )
    inclusive = await client.conversations_history(
        channel=seed.ALERTS, oldest=stamps[0], latest=stamps[3], inclusive=True
    )
    first = await client.conversations_history(channel=seed.ALERTS, limit=3)
    second = await client.conversations_history(
        channel=seed.ALERTS, limit=3, cursor=first["response_metadata"]["next_cursor"]
    )

    assert [m["text"] for m in between["messages"]] == ["2", "1"]
    assert [m["text"] for m in inclusive["messages"]] == ["3", "2", "1", "0"]
    assert [m["text"] for m in first["messages"]] == ["3", "2", "1"]
    assert (second["messages"][0]["text"], second["has_more"]) == ("0", False)
    wrong = client.conversations_history(channel=seed.ALERTS, oldest="yesterday")
    assert await code(wrong) == "invalid_ts_oldest"


async def test_history_needs_membership(running: Stage) -> None:
    running.workspace.model.channels[seed.ALERTS].members.remove(seed.BOT)

    call = running.client().conversations_history(channel=seed.ALERTS)

    assert await code(call) == "not_in_channel"


async def test_an_ephemeral_message_is_seen_by_one_person_and_in_no_history(
    running: Stage,
) -> None:
    client = running.client()
    said = await client.chat_postEphemeral(channel=seed.DEPLOYS, user=seed.SAM, text="only you")

    assert (await running.page(seed.SAM).last(seed.DEPLOYS))["ephemeral"] is True
    assert (await running.page(seed.DANA).last(seed.DEPLOYS))["text"] != "only you"
    history = await client.conversations_history(channel=seed.DEPLOYS)
    assert all(m["text"] != "only you" for m in history["messages"])
    update = client.chat_update(channel=seed.DEPLOYS, ts=said["message_ts"], text="x")
    assert await code(update) == "message_not_found"


async def test_an_ephemeral_message_needs_both_in_the_channel(running: Stage) -> None:
    client = running.client()
    absent = client.chat_postEphemeral(channel=seed.ALERTS, user=seed.GUEST, text="x")
    assert await code(absent) == "user_not_in_channel"
    running.workspace.model.channels[seed.ALERTS].members.remove(seed.BOT)
    outside = client.chat_postEphemeral(channel=seed.ALERTS, user=seed.SAM, text="x")
    assert await code(outside) == "not_in_channel"


# ── Channels ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Inc-1", "invalid_name_specials"),
        ("inc 1", "invalid_name_specials"),
        ("inc.1", "invalid_name_specials"),
        ("--_", "invalid_name_punctuation"),
        ("deploys", "name_taken"),
    ],
)
async def test_channel_names_follow_the_rules(
    client: AsyncWebClient, name: str, error: str
) -> None:
    assert await code(client.conversations_create(name=name)) == error


async def test_an_archived_channel_keeps_its_name(client: AsyncWebClient) -> None:
    made = await client.conversations_create(name="inc-42")
    await client.conversations_archive(channel=made["channel"]["id"])

    assert await code(client.conversations_create(name="inc-42")) == "name_taken"
    again = client.conversations_archive(channel=made["channel"]["id"])
    assert await code(again) == "already_archived"
    topic = client.conversations_setTopic(channel=made["channel"]["id"], topic="x")
    assert await code(topic) == "is_archived"
    assert (await client.conversations_unarchive(channel=made["channel"]["id"]))["ok"]
    twice = client.conversations_unarchive(channel=made["channel"]["id"])
    assert await code(twice) == "not_archived"


async def test_a_channel_is_created_described_and_renamed(client: AsyncWebClient) -> None:
    place = (await client.conversations_create(name="inc-7"))["channel"]["id"]

    await client.conversations_setTopic(channel=place, topic="t" * 250)
    await client.conversations_setPurpose(channel=place, purpose="why")
    await client.conversations_rename(channel=place, name="inc-8")
    info = (await client.conversations_info(channel=place, include_num_members=True))["channel"]

    assert (info["name"], info["topic"]["value"]) == ("inc-8", "t" * 250)
    assert (info["purpose"]["value"], info["previous_names"]) == ("why", ["inc-7"])
    assert (info["num_members"], info["is_member"], info["is_ext_shared"]) == (1, True, False)
    long = client.conversations_setTopic(channel=place, topic="t" * 251)
    assert await code(long) == "too_long"
    assert await code(client.conversations_rename(channel=place, name="deploys")) == "name_taken"


@pytest.mark.parametrize(
    ("user", "error"),
    [
        ("U0NOBODY", "user_not_found"),
        (seed.BOT, "cant_invite_self"),
        (seed.STRANGER, "no_external_invite_permission"),
        (seed.GUEST, "ura_max_channels"),
        ("", "no_user"),
    ],
)
async def test_invitations_are_checked(client: AsyncWebClient, user: str, error: str) -> None:
    place = (await client.conversations_create(name="inc-1"))["channel"]["id"]

    assert await code(client.conversations_invite(channel=place, users=user)) == error


async def test_one_wrong_name_refuses_all_invitations_unless_forced(
    client: AsyncWebClient,
) -> None:
    place = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    both = [seed.SAM, seed.STRANGER]

    answer = await refusal(client.conversations_invite(channel=place, users=both))
    before = (await client.conversations_members(channel=place))["members"]
    await client.conversations_invite(channel=place, users=both, force=True)
    after = (await client.conversations_members(channel=place))["members"]

    assert [entry["user"] for entry in answer["errors"]] == [seed.STRANGER]
    assert (before, after) == ([seed.BOT], [seed.BOT, seed.SAM])
    twice = client.conversations_invite(channel=place, users=seed.SAM)
    assert await code(twice) == "already_in_channel"
    crowd = client.conversations_invite(channel=place, users=["U1"] * 101)
    assert await code(crowd) == "invalid_arguments"


async def test_people_are_taken_out_and_the_bot_comes_and_goes(client: AsyncWebClient) -> None:
    assert (await client.conversations_kick(channel=seed.ALERTS, user=seed.SAM))["ok"]
    assert seed.SAM not in (await client.conversations_members(channel=seed.ALERTS))["members"]
    again = client.conversations_kick(channel=seed.ALERTS, user=seed.SAM)
    assert await code(again) == "not_in_channel"
    oneself = client.conversations_kick(channel=seed.ALERTS, user=seed.BOT)
    assert await code(oneself) == "cant_kick_self"
    await client.conversations_leave(channel=seed.ALERTS)
    assert await code(client.conversations_setTopic(channel=seed.ALERTS, topic="x")) == (
        "not_in_channel"
    )
    await client.conversations_join(channel=seed.ALERTS)
    joined = await client.conversations_join(channel=seed.ALERTS)
    assert joined["warning"] == "already_in_channel"
    assert await code(client.conversations_leave(channel=seed.GENERAL)) == "cant_leave_general"


async def test_channels_are_listed_by_type(running: Stage) -> None:
    client = running.client()
    private_channel(running, seed.BOT)

    public = await client.conversations_list()
    private = await client.conversations_list(types="private_channel")
    sams = await client.users_conversations(user=seed.SAM, types="public_channel,private_channel")

    assert [c["name"] for c in public["channels"]] == [
        "general",
        "deploys",
        "incidents",
        "ops-alerts",
    ]
    assert [c["name"] for c in private["channels"]] == ["secret"]
    assert len(sams["channels"]) == 4
    assert await code(client.conversations_list(types="all")) == "invalid_types"
    assert await code(client.conversations_list(cursor="x")) == "invalid_cursor"
    assert await code(client.conversations_list(limit=1001)) == "invalid_limit"


async def test_a_channel_with_strangers_is_marked_as_shared(client: AsyncWebClient) -> None:
    shared = (await client.conversations_info(channel=seed.DEPLOYS))["channel"]
    own = (await client.conversations_info(channel=seed.ALERTS))["channel"]

    assert (shared["is_ext_shared"], own["is_ext_shared"]) == (True, False)


async def test_a_private_channel_of_others_does_not_exist(running: Stage) -> None:
    private_channel(running, seed.SAM)

    call = running.client().conversations_info(channel="C0SECRET1")

    assert await code(call) == "channel_not_found"


async def test_a_direct_conversation_is_no_channel(client: AsyncWebClient) -> None:
    place = (await client.conversations_open(users=seed.SAM, return_im=True))["channel"]

    assert place["user"] == seed.SAM
    topic = client.conversations_setTopic(channel=place["id"], topic="x")
    assert await code(topic) == "method_not_supported_for_channel_type"
    assert await code(client.conversations_open(users="U0NOBODY")) == "user_not_found"
    assert await code(client.conversations_open(users="")) == "users_list_not_supplied"


# ── Marks and files ──────────────────────────────────────────────────────────────────────────────


async def test_pins_and_reactions_are_set_once(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=seed.DEPLOYS, text="x")
    place = {"channel": posted["channel"], "timestamp": posted["ts"]}

    await client.pins_add(**place)
    await client.reactions_add(**place, name="eyes")

    items = (await client.pins_list(channel=seed.DEPLOYS))["items"]
    assert [item["message"]["ts"] for item in items] == [posted["ts"]]
    assert items[0]["message"]["reactions"][0]["users"] == [seed.BOT]
    assert await code(client.pins_add(**place)) == "already_pinned"
    assert await code(client.reactions_add(**place, name="eyes")) == "already_reacted"
    assert await code(client.reactions_add(**place, name="No!")) == "invalid_name"
    wrong = {"channel": seed.DEPLOYS, "timestamp": "x"}
    assert await code(client.pins_add(**wrong)) == "bad_timestamp"
    assert await code(client.reactions_add(**wrong, name="eyes")) == "bad_timestamp"


async def test_a_pin_is_taken_away_once(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=seed.DEPLOYS, text="x")
    place = {"channel": posted["channel"], "timestamp": posted["ts"]}
    await client.pins_add(**place)

    await client.pins_remove(**place)

    assert (await client.pins_list(channel=seed.DEPLOYS))["items"] == []
    assert await code(client.pins_remove(**place)) == "no_pin"
    assert await code(client.pins_remove(channel=seed.DEPLOYS)) == "no_item_specified"
    wrong = {"channel": seed.DEPLOYS, "timestamp": "x"}
    assert await code(client.pins_remove(**wrong)) == "bad_timestamp"
    gone = {"channel": seed.DEPLOYS, "timestamp": "1.000000"}
    assert await code(client.pins_remove(**gone)) == "message_not_found"


async def test_a_bookmark_is_taken_away_once(client: AsyncWebClient) -> None:
    fields = {"title": "Runbook", "type": "link", "link": "https://example.com"}
    added = await client.bookmarks_add(channel_id=seed.DEPLOYS, **fields)
    place = {"channel_id": seed.DEPLOYS, "bookmark_id": added["bookmark"]["id"]}

    await client.bookmarks_remove(**place)

    assert (await client.bookmarks_list(channel_id=seed.DEPLOYS))["bookmarks"] == []
    assert await code(client.bookmarks_remove(**place)) == "not_found"
    elsewhere = place | {"channel_id": "C0NOWHERE"}
    assert await code(client.bookmarks_remove(**elsewhere)) == "channel_not_found"


async def test_no_more_than_a_hundred_pins(running: Stage) -> None:
    channel = running.workspace.model.channels[seed.DEPLOYS]
    posted = await running.client().chat_postMessage(channel=seed.DEPLOYS, text="x")
    channel.pins = {str(n): {"created": 0, "created_by": seed.SAM} for n in range(100)}

    call = running.client().pins_add(channel=seed.DEPLOYS, timestamp=posted["ts"])

    assert await code(call) == "too_many_pins"


async def test_bookmarks_are_links_within_limits(client: AsyncWebClient) -> None:
    def add(**changed: str) -> Awaitable[Any]:
        fields = {"title": "Runbook", "type": "link", "link": "https://example.com"} | changed
        return client.bookmarks_add(channel_id=seed.DEPLOYS, **fields)

    await add()

    bookmarks = (await client.bookmarks_list(channel_id=seed.DEPLOYS))["bookmarks"]
    assert [bookmark["title"] for bookmark in bookmarks] == ["Runbook"]
    assert await code(add(type="folder")) == "invalid_bookmark_type"
    assert await code(add(link="javascript:alert(1)")) == "invalid_link"
    assert await code(add(link="https://example.com/" + "x" * 2048)) == "invalid_link"
    assert await code(add(title="x" * 257)) == "invalid_arguments"


async def test_a_file_is_uploaded_in_two_steps(running: Stage) -> None:
    client = running.client()

    await client.files_upload_v2(
        channel=seed.DEPLOYS, filename="log.txt", content="hello", initial_comment="the log"
    )

    message = (await running.page(seed.SAM).messages(seed.DEPLOYS))[-1]
    assert (message["text"], message["files"][0]["name"]) == ("the log", "log.txt")
    async with running.session.get(message["files"][0]["url"]) as response:
        assert (await response.text(), response.headers["Content-Disposition"]) == (
            "hello",
            "inline",
        )


async def test_a_file_without_bytes_cannot_be_shared(client: AsyncWebClient) -> None:
    begun = await client.files_getUploadURLExternal(filename="a.txt", length=3)

    call = client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "a"}])

    assert await code(call) == "file_not_found"


# ── Rate limits ──────────────────────────────────────────────────────────────────────────────────


async def test_a_tier_is_enforced_and_refills(running: Stage) -> None:
    client = running.client()
    for _ in range(20):
        await client.usergroups_users_list(usergroup="S0SRE0001")

    answer = await refusal(client.usergroups_users_list(usergroup="S0SRE0001"))
    wait = int(answer.headers["Retry-After"])
    running.clock.move(timedelta(seconds=wait))

    assert (answer.status_code, answer["error"], wait) == (429, "ratelimited", 3)
    assert (await client.usergroups_users_list(usergroup="S0SRE0001"))["ok"]


async def test_posting_is_limited_by_channel(running: Stage) -> None:
    client = running.client()
    for _ in range(5):
        await client.chat_postMessage(channel=seed.DEPLOYS, text="x")

    answer = await refusal(client.chat_postMessage(channel=seed.DEPLOYS, text="x"))
    elsewhere = await client.chat_postMessage(channel=seed.ALERTS, text="x")
    running.clock.move(timedelta(seconds=1))
    later = await client.chat_postMessage(channel=seed.DEPLOYS, text="x")

    assert (answer.headers["Retry-After"], elsewhere["ok"], later["ok"]) == ("1", True, True)


async def test_a_channel_has_one_limit_whatever_it_is_called(running: Stage) -> None:
    client = running.client()
    for _ in range(5):
        await client.chat_postMessage(channel=seed.DEPLOYS, text="x")

    assert await code(client.chat_postMessage(channel="#deploys", text="x")) == "ratelimited"


# ── The manifest ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["/status", "/archive", "deploy", "/Deploy", "/" + "x" * 32])
def test_a_command_that_slack_refuses_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        read_manifest({"features": {"slash_commands": [{"command": name}]}})


def test_an_extra_command_may_have_a_reserved_name() -> None:
    app = read_manifest({}, [{"command": "/status", "description": "What runs"}])

    assert app.commands["/status"].description == "What runs"
