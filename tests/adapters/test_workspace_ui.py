"""What the browser page is told, and who is kept out."""

import json
import re
from collections.abc import AsyncIterator
from os.path import relpath
from pathlib import Path

import pytest
import workspaces
from workspaces import Stage, stage
from yarl import URL

from adapters.local.workspace import seed, server
from adapters.local.workspace.seed import olympus
from adapters.local.workspace.server import Workspace
from adapters.local.workspace.traffic import redact
from adapters.system import RandomIds
from bot.domain.errors import UsageError


@pytest.fixture
async def running() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


# ── What is shown ────────────────────────────────────────────────────────────────────────────────


async def test_the_console_of_a_cloud_is_linked_where_there_is_one(running: Stage) -> None:
    assert (await running.page(seed.DANA).get("state"))["cloud_url"] == ""
    console = "http://127.0.0.1:1/console"
    workspace = Workspace(
        olympus(running.clock.now()),
        workspaces.manifest(),
        running.clock,
        RandomIds(),
        cloud_url=console,
    )
    async with workspace, running.session.get(f"{workspace.url}/ui/state") as response:
        assert (await response.json())["cloud_url"] == console


async def test_the_state_is_that_of_the_person(running: Stage) -> None:
    state = await running.page(seed.DANA).get("state")
    guest = await running.page(seed.GUEST).get("state")

    assert (state["me"], state["team"]["name"]) == (seed.DANA, "Olympus")
    assert state["bot"] == {
        "user_id": seed.BOT,
        "name": "Signalbox",
        "connected": True,
        "mode": "http",
        "home_tab": True,
        "messages_read_only": False,
    }
    assert [c["name"] for c in state["channels"]] == [
        "general",
        "deploys",
        "incidents",
        "ops-alerts",
    ]
    assert [c["name"] for c in guest["channels"]] == ["deploys"]
    assert [c["command"] for c in state["commands"]] == ["/deploy", "/raw"]
    assert [s["type"] for s in state["shortcuts"]] == ["global", "message"]
    assert state["usergroups"] == [
        {"id": "S0SRE0001", "handle": "sre", "users": [seed.SAM, seed.MEI_LING]}
    ]


async def test_unknown_people_and_the_bot_cannot_be_acted_as(running: Stage) -> None:
    for user in ("U0NOBODY", seed.BOT):
        async with running.session.get(f"{running.workspace.url}/ui/state?as={user}") as response:
            assert response.status == 400
            assert (await response.json())["error"] == "There is no such person here."


async def test_messages_are_told_to_those_who_may_see_them(running: Stage) -> None:
    async with (
        running.page(seed.SAM).events() as to_sam,
        running.page(seed.GUEST).events() as to_guest,
    ):
        await running.page(seed.DANA).do("send", channel=seed.ALERTS, text="not for guests")
        await running.page(seed.DANA).do("send", channel=seed.DEPLOYS, text="for @sam")
        first, second = await to_sam("message"), await to_sam("message")
        only = await to_guest("message")

    assert [first["message"]["text"], second["message"]["text"]] == [
        "not for guests",
        "for <@U0SAM0001>",
    ]
    assert only["message"]["text"] == "for <@U0SAM0001>"


async def test_what_people_type_is_escaped(running: Stage) -> None:
    page = running.page(seed.DANA)
    await page.do("send", channel=seed.DEPLOYS, text="<!channel> & <https://evil|ok> @here")

    assert (await page.last(seed.DEPLOYS))["text"] == (
        "&lt;!channel&gt; &amp; &lt;<https://evil>|ok&gt; <!here>"
    )


async def test_unread_messages_are_counted_until_they_are_read(running: Stage) -> None:
    async def unread() -> int:
        state = await running.page(seed.SAM).get("state")
        return int(next(c["unread"] for c in state["channels"] if c["id"] == seed.DEPLOYS))

    await running.page(seed.DANA).do("send", channel=seed.DEPLOYS, text="one")
    before = await unread()
    await running.page(seed.SAM).do("read", channel=seed.DEPLOYS)

    assert (before, await unread()) == (1, 0)


async def test_what_was_seen_is_not_held_against_whoever_has_left_since(running: Stage) -> None:
    """The page says it a moment late; of a private channel it learns nothing by asking."""
    made = await running.client().conversations_create(name="inc-1", is_private=True)
    private = made["channel"]["id"]
    await running.client().conversations_invite(channel=private, users=seed.DANA)
    page = running.page(seed.DANA)
    await page.do("leave", channel=private)

    after = await page.do("read", channel=private)

    assert after == await page.do("read", channel="C0UNKNOWN") == {"ok": True}
    assert seed.DANA not in running.workspace.model.channels[private].last_read


async def test_threads_are_read_on_their_own(running: Stage) -> None:
    page = running.page(seed.DANA)
    await page.do("send", channel=seed.DEPLOYS, text="parent")
    parent = await page.last(seed.DEPLOYS)
    await page.do("send", channel=seed.DEPLOYS, text="child", thread_ts=parent["ts"])

    thread = await page.messages(seed.DEPLOYS, thread_ts=parent["ts"])

    assert [m["text"] for m in thread] == ["parent", "child"]
    shown = await page.last(seed.DEPLOYS)
    assert (shown["text"], shown["reply_count"]) == ("parent", 1)


async def test_reactions_and_pins_are_toggled(running: Stage) -> None:
    page = running.page(seed.DANA)
    place = {"channel": seed.DEPLOYS, "ts": (await page.last(seed.DEPLOYS))["ts"]}

    await page.do("react", **place, name="eyes")
    await page.do("pin", **place)
    on = await page.last(seed.DEPLOYS)
    await page.do("react", **place, name="eyes")
    await page.do("pin", **place)
    off = await page.last(seed.DEPLOYS)

    assert (on["reactions"], on["pinned"]) == ([{"name": "eyes", "users": [seed.DANA]}], True)
    assert (off["reactions"], off["pinned"]) == ([], False)


async def test_a_public_channel_is_joined_before_speaking_in_it(running: Stage) -> None:
    made = await running.client().conversations_create(name="inc-1")
    place = made["channel"]["id"]
    page = running.page(seed.DANA)

    status, answer = await page.post("send", channel=place, text="hi")
    await page.do("join", channel=place)
    await page.do("send", channel=place, text="hi")

    assert (status, answer["error"]) == (400, "Join the channel first.")
    assert [m.get("subtype") for m in await page.messages(place)] == ["channel_join", None]


async def test_guests_do_not_join_other_channels(running: Stage) -> None:
    for user in (seed.GUEST, seed.STRANGER):
        status, _ = await running.page(user).post("join", channel=seed.ALERTS)
        assert status == 400


# ── Traffic ──────────────────────────────────────────────────────────────────────────────────────


async def test_traffic_shows_both_directions_and_no_secrets(running: Stage) -> None:
    await running.page(seed.DANA).do("send", channel=seed.DEPLOYS, text="/deploy api")
    _, payload, _ = await running.bot.next()
    await running.workspace.settled()
    await running.session.post(payload["response_url"], json={"text": "hello"})
    await running.session.post(
        f"{running.workspace.api_url}auth.test", data={"token": running.workspace.bot_token}
    )

    entries = (await running.page(seed.DANA).get("traffic"))["entries"]

    newest = [(e["direction"], e["kind"], e["name"], e["status"]) for e in entries]
    assert newest == [
        ("from_bot", "api", "auth.test", "ok"),
        ("from_bot", "response_url", "response_url", "200"),
        ("to_bot", "command", "/deploy", "200"),
    ]
    text = json.dumps(entries)
    secret = payload["response_url"].rsplit("/", 1)[1]
    for hidden in (running.workspace.bot_token, running.workspace.signing_secret, secret):
        assert hidden not in text
    assert running.workspace.traffic.calls["auth.test"] == 1


async def test_two_hundred_exchanges_are_kept(running: Stage) -> None:
    running.workspace.limiter.enabled = False
    for _ in range(201):
        await running.client().auth_test()

    entries = (await running.page(seed.DANA).get("traffic"))["entries"]

    assert (len(entries), entries[0]["id"], entries[-1]["id"]) == (200, 201, 2)


def test_secrets_are_found_wherever_they_stand() -> None:
    value = {"a": [{"token": "t"}], "url": "ws://x/link?ticket=abc&app_id=A1", "b": "xoxb-1-2"}

    assert redact(value) == {
        "a": [{"token": "(hidden)"}],
        "url": "ws://x/link?ticket=(hidden)&app_id=A1",
        "b": "(hidden)",
    }


# ── Who is kept out ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/", "/ui/state?as=U0DANA001", "/api/auth.test"])
async def test_a_foreign_host_name_is_refused(running: Stage, path: str) -> None:
    headers = {"Host": "evil.example:80"}
    async with running.session.get(running.workspace.url + path, headers=headers) as response:
        assert response.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Workspace": "1", "Origin": "https://evil.example"},
        {"X-Workspace": "1", "Origin": "null"},
        {"X-Workspace": "1", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_another_site_cannot_act(running: Stage, headers: dict[str, str]) -> None:
    body = {"as": seed.DANA, "channel": seed.DEPLOYS, "text": "forged"}
    url = f"{running.workspace.url}/ui/send"
    async with running.session.post(url, json=body, headers=headers) as response:
        assert response.status == 403
    assert (await running.page(seed.DANA).last(seed.DEPLOYS))["text"] != "forged"


async def test_the_workspaces_own_page_can_act(running: Stage) -> None:
    headers = {
        "X-Workspace": "1",
        "Origin": running.workspace.url,
        "Sec-Fetch-Site": "same-origin",
    }
    body = {"as": seed.DANA, "channel": seed.DEPLOYS, "text": "own"}
    url = f"{running.workspace.url}/ui/send"
    async with running.session.post(url, json=body, headers=headers) as response:
        assert response.status == 200


@pytest.mark.parametrize("body", ["{", "[]", '{"as": "U0DANA001"}', '{"as": 7}'])
async def test_a_malformed_request_is_explained(running: Stage, body: str) -> None:
    url = f"{running.workspace.url}/ui/send"
    headers = {"X-Workspace": "1"}
    async with running.session.post(url, data=body, headers=headers) as response:
        assert (response.status, "error" in await response.json()) == (400, True)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com"])  # noqa: S104 - refused
async def test_it_listens_on_this_machine_only(host: str) -> None:
    clock = workspaces.ManualClock()
    workspace = Workspace(olympus(clock.now()), workspaces.manifest(), clock, RandomIds())

    with pytest.raises(UsageError):
        await workspace.start(host)


async def test_a_port_in_use_is_told_and_leaves_nothing_behind(running: Stage) -> None:
    port = int(running.workspace.url.rsplit(":", 1)[1])
    clock = workspaces.ManualClock()
    workspace = Workspace(olympus(clock.now()), workspaces.manifest(), clock, RandomIds())

    with pytest.raises(OSError, match="in use"):
        await workspace.start(port=port)
    await workspace.start()
    await workspace.stop()


async def test_the_page_may_load_only_from_here(running: Stage) -> None:
    async with running.session.get(running.workspace.url) as response:
        policy = response.headers["Content-Security-Policy"]
        html = await response.text()

    assert response.status == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for name in re.findall(r'(?:src|href)="/assets/([^"]+)"', html):
        async with running.session.get(f"{running.workspace.url}/assets/{name}") as asset:
            assert asset.status == 200, name


@pytest.mark.parametrize("name", ["../server.py", "%2e%2e/server.py", "index.html", "none.js"])
async def test_nothing_but_the_pages_parts_is_served(running: Stage, name: str) -> None:
    async with running.session.get(f"{running.workspace.url}/assets/{name}") as response:
        assert response.status == 404


@pytest.fixture
def outside(tmp_path: Path) -> str:
    """The way from the page's folder to a script that is none of its parts."""
    (tmp_path / "secret.js").write_text("secret")
    return relpath(tmp_path / "secret.js", Path(server.__file__).parent / "ui")


async def test_scripts_from_elsewhere_are_not_served(running: Stage, outside: str) -> None:
    address = f"{running.workspace.url}/assets/{outside.replace('..', '%2e%2e')}"

    async with running.session.get(URL(address, encoded=True)) as response:
        assert response.status == 404
