"""Modals and the home tab in the workspace."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from workspaces import Stage, stage

from adapters.local.workspace import seed

TITLE = {"type": "plain_text", "text": "Deploy"}
TROUBLE = "We had some trouble connecting. Try again?"


@pytest.fixture
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


def text_input(block_id: str = "version", **element: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": TITLE,
        "element": {"type": "plain_text_input", "action_id": "v", **element},
    }


def modal(*blocks: Any, **fields: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "deploy",
        "title": TITLE,
        "submit": TITLE,
        "blocks": list(blocks) or [text_input()],
        **fields,
    }


async def code(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def trigger(running: Stage, user: str = seed.DANA) -> str:
    """A trigger id, from a command that was just typed."""
    await running.page(user).do("send", channel=seed.DEPLOYS, text="/deploy")
    _, payload, _ = await running.bot.next()
    return str(payload["trigger_id"])


async def opened(running: Stage, view: dict[str, Any] | None = None) -> dict[str, Any]:
    """A modal that Dana has open."""
    answer = await running.client().views_open(
        trigger_id=await trigger(running), view=view or modal()
    )
    found: dict[str, Any] = answer["view"]
    return found


async def submit(running: Stage, view: dict[str, Any], text: str = "v1") -> dict[str, Any]:
    values = {"version": {"v": {"type": "plain_text_input", "value": text}}}
    return await running.page(seed.DANA).do("submit", view_id=view["id"], values=values)


def stack(running: Stage) -> list[str]:
    return [view.id for view in running.workspace.model.stacks.get(seed.DANA, [])]


async def test_a_trigger_opens_one_view_within_three_seconds(running: Stage) -> None:
    client = running.client()
    used, late = await trigger(running), await trigger(running)
    await client.views_open(trigger_id=used, view=modal())
    running.clock.move(timedelta(seconds=3))

    assert await code(client.views_open(trigger_id=used, view=modal())) == "exchanged_trigger_id"
    assert await code(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert await code(client.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"


async def test_a_trigger_just_before_its_end_is_good(running: Stage) -> None:
    good = await trigger(running)
    running.clock.move(timedelta(seconds=2.999))

    assert (await running.client().views_open(trigger_id=good, view=modal()))["ok"]


async def test_a_wrong_view_is_refused_with_the_place_and_spares_the_trigger(
    running: Stage,
) -> None:
    client, good = running.client(), await trigger(running)

    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=good, view=modal(title={**TITLE, "text": "x" * 25}))

    assert caught.value.response["error"] == "invalid_arguments"
    assert "json-pointer:/view/title/text" in str(caught.value.response["response_metadata"])
    assert (await client.views_open(trigger_id=good, view=modal()))["ok"]


async def test_the_page_of_the_person_is_told(running: Stage) -> None:
    async with running.page(seed.DANA).events() as following:
        view = await opened(running)
        event = await following("view_open")

    assert (event["view"]["id"], event["view"]["callback_id"]) == (view["id"], "deploy")


async def test_three_views_are_stacked_at_most(running: Stage) -> None:
    client = running.client()
    root = await opened(running)
    pushed = root
    for _ in range(2):
        pushed = await push(running, pushed)

    assert pushed["root_view_id"] == root["id"]
    assert len(stack(running)) == 3
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await push(running, pushed)
    wrong = client.views_push(trigger_id=await trigger(running), view=modal())
    assert await code(wrong) == "not_found"


async def push(running: Stage, view: dict[str, Any]) -> dict[str, Any]:
    """Push a view with the trigger of a click in another."""
    button = {"type": "button", "action_id": "more", "text": TITLE}
    with_button = modal(text_input(), {"type": "actions", "block_id": "x", "elements": [button]})
    await running.client().views_update(view_id=view["id"], view=with_button)
    page = running.page(seed.DANA)
    click, (_, payload, _) = await asyncio.gather(
        page.do("click", view_id=view["id"], block_id="x", action_id="more"), running.bot.next()
    )
    assert click == {"ok": True}
    answer = await running.client().views_push(trigger_id=payload["trigger_id"], view=modal())
    found: dict[str, Any] = answer["view"]
    return found


async def test_an_update_with_an_old_hash_conflicts(running: Stage) -> None:
    client = running.client()
    view = await opened(running)

    fresh = await client.views_update(view_id=view["id"], hash=view["hash"], view=modal())

    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await code(stale) == "hash_conflict"
    assert fresh["view"]["hash"] != view["hash"]
    assert await code(client.views_update(view_id="V0", view=modal())) == "not_found"


async def test_an_external_id_names_one_view(running: Stage) -> None:
    client = running.client()
    await opened(running, modal(external_id="mine"))

    assert (await client.views_update(external_id="mine", view=modal(external_id="mine")))["ok"]
    other = await trigger(running, seed.SAM)
    twice = client.views_open(trigger_id=other, view=modal(external_id="mine"))
    assert await code(twice) == "duplicate_external_id"


async def test_a_submission_carries_what_was_entered(running: Stage) -> None:
    view = await opened(running, modal(private_metadata="D-1"))

    answer, (kind, payload, _) = await asyncio.gather(submit(running, view), running.bot.next())

    assert (kind, payload["user"]["id"], payload["user"]["team_id"]) == (
        "view_submission",
        seed.DANA,
        seed.TEAM,
    )
    assert payload["view"]["private_metadata"] == "D-1"
    state = payload["view"]["state"]["values"]
    assert state == {"version": {"v": {"type": "plain_text_input", "value": "v1"}}}
    assert (answer, stack(running)) == ({"ok": True}, [])


async def test_errors_of_the_bot_are_shown_and_the_modal_stays(running: Stage) -> None:
    view = await opened(running)
    errors = {"version": "There is no such version."}
    running.bot.says({"response_action": "errors", "errors": errors})

    assert await submit(running, view) == {"errors": errors}
    assert stack(running) == [view["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {"response_action": "errors", "errors": {"elsewhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "shout"},
        {"response_action": "update", "view": {"type": "modal"}},
        {"ok": True},
        "thanks",
    ],
)
async def test_an_answer_that_slack_does_not_understand_shows_as_trouble(
    running: Stage, body: Any
) -> None:
    view = await opened(running)
    running.bot.says(body)

    assert await submit(running, view) == {"failure": TROUBLE}
    assert stack(running) == [view["id"]]


async def test_an_answer_may_update_push_or_clear(running: Stage) -> None:
    view = await opened(running)
    running.bot.says({"response_action": "update", "view": modal(callback_id="second")})
    assert await submit(running, view) == {"ok": True}
    assert running.workspace.model.stacks[seed.DANA][0].body["callback_id"] == "second"

    running.bot.says({"response_action": "push", "view": modal(callback_id="third")})
    await submit(running, view)
    assert len(stack(running)) == 2

    running.bot.says({"response_action": "clear"})
    top = {"id": stack(running)[-1]}
    await submit(running, top)
    assert stack(running) == []


async def test_closing_the_top_shows_the_one_below(running: Stage) -> None:
    view = await opened(running)
    running.bot.says({"response_action": "push", "view": modal()}, "")
    await submit(running, view)

    await submit(running, {"id": stack(running)[-1]})

    assert stack(running) == [view["id"]]


@pytest.mark.parametrize(
    ("element", "entered", "error"),
    [
        ({}, "", "Please complete this required field."),
        ({"min_length": 3}, "v1", "Please enter at least 3 characters."),
        ({"max_length": 3}, "v1.2", "Please enter at most 3 characters."),
        ({"type": "email_text_input"}, "sam", "Please enter a valid email address."),
        ({"type": "url_text_input"}, "sam", "Please enter a valid URL."),
        (
            {"type": "number_input", "is_decimal_allowed": False},
            "1.5",
            "Please enter a whole number.",
        ),
        (
            {"type": "number_input", "is_decimal_allowed": True, "max_value": "100"},
            "101",
            "Please enter a number of at most 100.",
        ),
    ],
)
async def test_what_a_client_refuses_never_reaches_the_bot(
    running: Stage, element: dict[str, Any], entered: str, error: str
) -> None:
    view = await opened(running, modal(text_input(**element)))

    assert await submit(running, view, entered) == {"errors": {"version": error}}
    assert running.bot.received.empty()


async def test_only_offered_options_can_be_chosen(running: Stage) -> None:
    options = [{"text": TITLE, "value": "api"}]
    select = {"type": "static_select", "action_id": "v", "options": options}
    block = {"type": "input", "block_id": "version", "label": TITLE, "element": select}
    view = await opened(running, modal(block))
    values = {"version": {"v": {"selected_option": {"value": "other"}}}}

    status, answer = await running.page(seed.DANA).post("submit", view_id=view["id"], values=values)

    assert (status, answer) == (400, {"error": "This option is not offered."})


async def test_closing_is_told_to_who_asked_for_it(running: Stage) -> None:
    silent = await opened(running)
    await running.page(seed.DANA).do("close", view_id=silent["id"])
    view = await opened(running, modal(notify_on_close=True))

    await running.page(seed.DANA).do("close", view_id=view["id"])
    kind, payload, _ = await running.bot.next()

    assert (kind, payload["view"]["id"], payload["is_cleared"]) == (
        "view_closed",
        view["id"],
        False,
    )


async def test_nobody_uses_anothers_modal(running: Stage) -> None:
    view = await opened(running)

    status, answer = await running.page(seed.SAM).post("submit", view_id=view["id"])
    assert (status, answer["error"]) == (400, "This view is not open (any more).")
    await running.page(seed.SAM).do("close", view_id=view["id"])
    assert stack(running) == [view["id"]]


async def test_the_home_tab_is_published_and_opened(running: Stage) -> None:
    client = running.client()
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    page = running.page(seed.SAM)
    await page.do("open_home")
    kind, payload, _ = await running.bot.next()

    async with page.events() as following:
        published = await client.views_publish(user_id=seed.SAM, view=home)
        event = await following("home")

    assert (kind, payload["event"]["type"], payload["event"]["user"]) == (
        "event",
        "app_home_opened",
        seed.SAM,
    )
    assert event["view"]["id"] == published["view"]["id"]
    assert (await page.get("state"))["home"]["type"] == "home"
    stale = client.views_publish(user_id=seed.SAM, view=home, hash="old")
    assert await code(stale) == "hash_conflict"
    modal_there = client.views_publish(user_id=seed.SAM, view=modal())
    assert await code(modal_there) == "invalid_arguments"


async def test_options_are_asked_from_the_bot(running: Stage) -> None:
    select = {"type": "external_select", "action_id": "v", "min_query_length": 0}
    block = {"type": "input", "block_id": "version", "label": TITLE, "element": select}
    view = await opened(running, modal(block))
    options = [{"text": TITLE, "value": str(n)} for n in range(120)]
    running.bot.says({"options": options})

    answer = await running.page(seed.DANA).do(
        "options", view_id=view["id"], block_id="version", action_id="v", query="ap"
    )
    kind, payload, _ = await running.bot.next()

    assert (kind, payload["value"], payload["action_id"]) == ("block_suggestion", "ap", "v")
    assert answer["options"] == options[:100]
