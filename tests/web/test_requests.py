"""What is not Slack's, or not whole, gets no further than the door."""

import asyncio
import hashlib
import hmac
import io
import json
import logging
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
import pytest
import samples
from aiohttp import web
from fakes import CountingIds, Recorded, VirtualClock

from adapters.telemetry import logs
from bot.background import BackgroundTasks
from bot.domain.errors import (
    CloudUnavailable,
    IllegalTransition,
    NotFound,
    NotPermitted,
    SignalboxError,
)
from bot.inbound import Inbound
from bot.views.blocks import Rendered, sentence
from bot.web import MAX_BODY, Web
from commands.incoming import Click, Command, Incoming, Submission
from commands.replies import Later, Reply, Say
from commands.router import Router

SECRET = "a-signing-secret"
COMMAND = {
    "command": "/deploy",
    "text": "api v1.2.0 production",
    "user_id": samples.DANA,
    "team_id": samples.TEAM,
    "channel_id": "C1",
    "trigger_id": "1.2.abc",
    "response_url": "https://hooks.slack.com/x",
}


class Desk:
    """Controllers that note what reaches them, and may fail."""

    def __init__(self) -> None:
        self.came: list[Incoming] = []
        self.error: Exception | None = None
        self.reply: Reply = Say(rendered=sentence("Heard you."))

    async def take(self, incoming: Incoming) -> Reply:
        """Note it, and answer."""
        self.came.append(incoming)
        if self.error:
            raise self.error
        return self.reply


class Told:
    """A responder that keeps what it was given."""

    def __init__(self) -> None:
        self.said: list[object] = []
        self.spoken = asyncio.Event()

    async def respond(self, response_url: str, reply: object) -> None:
        """Note an answer."""
        self.said.append(reply)
        self.spoken.set()

    async def ephemeral(self, channel: str, user: str, text: str, blocks: object) -> None:
        """Note a message."""
        self.said.append(text)

    async def open_view(self, trigger_id: str, view: object) -> str:
        """Note a form."""
        self.said.append(view)
        return "V1"

    async def push_view(self, trigger_id: str, view: object) -> str:
        """Note a form on top of another."""
        return await self.open_view(trigger_id, view)

    async def update_view(self, view_id: str, view: object) -> None:
        """Note what a form shows now."""
        self.said.append(view)

    async def publish_home(self, user: str, view: object) -> None:
        """Note a home tab."""
        self.said.append(view)


class Door:
    """The running web side."""

    def __init__(self, url: str, desk: Desk, told: Told, clock: VirtualClock) -> None:
        self.url = url
        self.desk = desk
        self.told = told
        self.clock = clock

    async def knock(
        self,
        body: bytes | io.BytesIO,
        *,
        signature: str | None = None,
        timestamp: str | None = None,
    ) -> tuple[int, str]:
        """Send a request; signed as Slack would, unless told otherwise."""
        stamp = timestamp or str(int(self.clock.now().timestamp()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature or sign(body, stamp),
        }
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.url}/slack/events", data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.text()


def sign(body: bytes | io.BytesIO, stamp: str) -> str:
    """Slack's signature."""
    raw = body if isinstance(body, bytes) else body.getvalue()
    material = f"v0:{stamp}:".encode() + raw
    return "v0=" + hmac.new(SECRET.encode(), material, hashlib.sha256).hexdigest()


def form(**fields: object) -> bytes:
    """A form-encoded body."""
    return urlencode(fields).encode()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """A web side with a signing secret, and nothing behind it but a note pad."""
    desk, told, clock, seen = Desk(), Told(), VirtualClock(), Recorded()
    router = Router(
        commands={"/deploy": desk.take},
        clicks={"deploy.approve": desk.take},
        submissions={"deploy.ask": desk.take},
        lookups={},
        mention=desk.take,
    )
    async with BackgroundTasks() as background:
        inbound = Inbound(
            router=router,
            responder=told,
            background=background,
            ids=CountingIds(),
            team=samples.TEAM,
            observe=seen,
        )

        async def fine() -> str | None:
            return None

        site = Web(
            clock=clock, checks={"all": fine}, metrics=lambda: (b"", "text/plain"), observe=seen
        )
        bolt = inbound.bolt("xoxb-test", "B1", "U1")
        runner = web.AppRunner(site.application(bolt, SECRET), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield Door(f"http://127.0.0.1:{runner.addresses[0][1]}", desk, told, clock)
        await runner.cleanup()


async def test_a_genuine_command_is_answered(door: Door) -> None:
    """The acknowledgement carries the answer, for this person only."""
    status, body = await door.knock(form(**COMMAND))
    assert status == 200
    assert json.loads(body)["response_type"] == "ephemeral"
    assert json.loads(body)["text"] == "Heard you."
    came = door.desk.came[0]
    assert isinstance(came, Command)
    assert (came.text, came.trigger) == ("api v1.2.0 production", "1.2.abc")


@pytest.mark.parametrize(
    ("signature", "timestamp"),
    [
        ("v0=" + "0" * 64, None),
        ("", None),
        ("v0=ü", None),
        (None, "abc"),
        (None, "-1"),
        (None, "1" * 400),
        (None, "٣"),
        (None, str(int(samples.NOW.timestamp()) - 301)),
        (None, str(int(samples.NOW.timestamp()) + 301)),
    ],
)
async def test_what_is_not_genuine_is_refused(
    door: Door, signature: str | None, timestamp: str | None
) -> None:
    """Forged, unsigned, replayed and garbled requests are 401, and reach nobody."""
    body = form(**COMMAND)
    status, text = (
        await door.knock(body, signature=signature or " ", timestamp=timestamp)
        if (signature is not None)
        else await door.knock(body, timestamp=timestamp)
    )
    assert status == 401
    assert "Traceback" not in text
    assert door.desk.came == []


@pytest.mark.parametrize(
    "body",
    [
        b"payload={bad",
        b"payload=%7B%22type%22%3A",
        b"{bad json",
        b"\xff\xfe\x00",
        b"payload=[]",
        b"payload=null",
        b"",
        b"=&=&&&",
    ],
)
async def test_signed_garbage_is_a_client_error(door: Door, body: bytes) -> None:
    """Never a 500, and never a traceback."""
    status, text = await door.knock(body)
    assert 400 <= status < 500
    assert "Traceback" not in text
    assert door.desk.came == []


async def test_a_body_that_is_too_large_is_refused(door: Door) -> None:
    """Before it is read whole."""
    status, _ = await door.knock(io.BytesIO(b"x" * (MAX_BODY + 1)), signature="v0=unsigned")
    assert status == 413


@pytest.mark.parametrize("team", ["T0OTHER1", ""])
async def test_another_workspace_is_refused(door: Door, team: str) -> None:
    """Commands and interactions alike, although the signature is right."""
    status, _ = await door.knock(form(**{**COMMAND, "team_id": team}))
    assert status == 403
    payload = {"type": "block_actions", "team": {"id": team}, "user": {"id": "U1"}}
    status, _ = await door.knock(form(payload=json.dumps(payload)))
    assert status == 403
    assert door.desk.came == []


async def test_nothing_of_a_request_is_logged(door: Door) -> None:
    """Neither of a forged one, nor of one that breaks the bot."""
    stream = io.StringIO()
    before = logging.getLogger().handlers, logging.getLogger().level
    logs.configure(json_lines=False, level="DEBUG", stream=stream)
    try:
        door.desk.error = ValueError("a bug")
        body = form(**{**COMMAND, "text": "hush-hush"})
        await door.knock(body)
        await door.knock(body, signature="v0=forged")
        await door.knock(b"payload={hush-hush")
    finally:
        logging.getLogger().handlers, level = before
        logging.getLogger().setLevel(level)
    written = stream.getvalue()
    assert "a bug" in written
    assert "hush-hush" not in written
    assert "xoxb" not in written
    assert SECRET not in written


async def test_a_bug_is_answered_with_a_reference(door: Door) -> None:
    """The person is not left with Slack's time-out, and reads nothing of our insides."""
    door.desk.error = ValueError("secret detail")
    status, body = await door.knock(form(**COMMAND))
    assert status == 200
    assert "Reference" in body
    assert "secret detail" not in body


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (CloudUnavailable("Cloud Run did not answer."), "Cloud Run did not answer."),
        (ValueError("secret detail"), "Something broke in Signalbox."),
    ],
    ids=["a neighbour", "a bug"],
)
async def test_what_is_looked_up_after_the_answer_fails_in_words(
    door: Door, error: Exception, says: str
) -> None:
    """Its place is not left with “looking …” for ever, and the reference is one of the log."""

    async def look() -> Rendered:
        raise error

    door.desk.reply = Later(first=sentence("Looking …"), job=look)
    _, body = await door.knock(form(**COMMAND))
    assert json.loads(body)["text"] == "Looking …"
    async with asyncio.timeout(60):
        await door.told.spoken.wait()
    (reply,) = door.told.said
    assert isinstance(reply, dict)
    assert reply["replace_original"]
    assert says in reply["text"]
    assert "Reference" in str(reply["blocks"])
    assert "secret detail" not in str(reply)


async def test_an_unknown_button_is_answered(door: Door) -> None:
    """One of another release, pressed late."""
    payload = {
        "type": "block_actions",
        "team": {"id": samples.TEAM},
        "user": {"id": samples.SAM, "team_id": samples.TEAM},
        "channel": {"id": "C1"},
        "trigger_id": "1.2.abc",
        "response_url": "https://hooks.slack.com/x",
        "actions": [{"type": "button", "action_id": "gone", "block_id": "b", "value": "x"}],
    }
    status, _ = await door.knock(form(payload=json.dumps(payload)))
    assert status == 200
    assert "does not know" in str(door.told.said)
    payload["actions"] = [
        {"type": "button", "action_id": "deploy.approve", "block_id": "b", "value": "D-1:h"}
    ]
    await door.knock(form(payload=json.dumps(payload)))
    assert isinstance(door.desk.came[0], Click)


async def test_a_form_that_fails_keeps_what_was_typed(door: Door) -> None:
    """The error stands below the last field, and the form stays open."""
    door.desk.error = ValueError("a bug")
    assert set(await refused_fields(door)) == {"reason"}
    assert isinstance(door.desk.came[0], Submission)


@pytest.mark.parametrize(
    "error",
    [
        IllegalTransition("INC-2026-001", "merged", "resolving it"),
        NotPermitted("To hide it takes its lead."),
        NotFound("There is no such incident."),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_no_field_can_mend_stands_on_top(door: Door, error: SignalboxError) -> None:
    door.desk.error = error
    (said,) = (await refused_fields(door)).items()
    assert said[0] == "version"
    assert error.args[0] in said[1]


async def refused_fields(door: Door) -> dict[str, str]:
    """What is said below the fields of a form that was sent."""
    payload = {
        "type": "view_submission",
        "team": {"id": samples.TEAM},
        "user": {"id": samples.SAM, "team_id": samples.TEAM},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": "deploy.ask",
            "private_metadata": "C1",
            "state": {
                "values": {
                    "version": {"a": {"type": "x", "value": "v1"}},
                    "reason": {"a": {"type": "x", "value": "it is good"}},
                }
            },
        },
    }
    status, body = await door.knock(form(payload=json.dumps(payload)))
    assert status == 200
    answer = json.loads(body)
    assert answer["response_action"] == "errors"
    return dict(answer["errors"])


async def test_slacks_address_check_is_answered(door: Door) -> None:
    """When the app is installed, Slack asks whether the address is ours."""
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    status, text = await door.knock(body)
    assert (status, "abc" in text) == (200, True)


async def test_other_addresses_do_not_exist(door: Door) -> None:
    """And say so without a traceback."""
    async with aiohttp.ClientSession() as http, http.get(f"{door.url}/admin") as answer:
        assert answer.status == 404
