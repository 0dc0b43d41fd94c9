"""What the logs show, and above all what they never show."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.telemetry import logs
from bot.domain.errors import SignalboxError

log = logging.getLogger("bot.test")
SECRETS = [
    "xoxb-0000-0000-abcDEF",
    "xoxp-0000-0000-abcDEF",
    "xoxe.xoxp-1-abcDEF",
    "xapp-1-A0000-000-abcdef",
    "https://hooks.slack.com/commands/T0/1/abcDEF",
    "wss://wss.example/link/?ticket=abcDEF&app_id=1",
    "v0=" + "ab12" * 16,
    "Authorization: Bearer abcDEF",
    "{'authorization': 'Bearer abcDEF'}",
    "Authorization: Basic YWJjREVGYWJj",
    "authorization: abcDEF",
    "redis://:abcDEF@redis.example:6379/0",
    "rediss://default:abc/DEF@redis.example:6379/0",
    "token ya29.a0abcDEF",
    "eyJabc.eyJDEF.sig",
]
TRACES = ("abcDEF", "abcdef", "ab12", "YWJj", "abc/DEF", "eyJDEF")


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """The root logger is everybody's: give it back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    root.setLevel(level)


def configured(*, json_lines: bool = True, level: str = "DEBUG") -> io.StringIO:
    """Where the logs go."""
    stream = io.StringIO()
    logs.configure(json_lines=json_lines, level=level, stream=stream)
    return stream


def only(stream: io.StringIO) -> dict[str, str]:
    """The one line that was written."""
    (line,) = stream.getvalue().splitlines()
    entry: dict[str, str] = json.loads(line)
    return entry


def test_a_json_line_has_the_names_that_cloud_logging_reads() -> None:
    stream = configured()
    log.warning("woke %d deploys", 3)
    entry = only(stream)
    assert datetime.fromisoformat(entry.pop("time")).utcoffset() is not None
    assert entry == {"severity": "WARNING", "logger": "bot.test", "message": "woke 3 deploys"}


def test_a_text_line_is_for_reading() -> None:
    stream = configured(json_lines=False)
    with logs.bind(deploy="D-7F3K2"):
        log.info("staged")
    assert stream.getvalue()[8:] == " INFO bot.test: staged  deploy=D-7F3K2\n"


def test_the_level_is_kept() -> None:
    stream = configured(level="warning")
    log.info("quiet")
    assert not stream.getvalue()


def test_a_strange_level_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(SignalboxError, match=r"SIGNALBOX_LOG_LEVEL is “LOUD”.*DEBUG, INFO"):
        configured(level="LOUD")


# ── Ids ──────────────────────────────────────────────────────────────────────────────────────────


def test_ids_are_on_every_line_of_their_block_and_on_no_other() -> None:
    stream = configured()
    with logs.bind(request="r1"), logs.bind(deploy="D-1"):
        log.info("inside")
    log.info("outside")
    inside, outside = map(json.loads, stream.getvalue().splitlines())
    assert (inside["request"], inside["deploy"]) == ("r1", "D-1")
    assert "request" not in outside
    assert "deploy" not in outside


def test_ids_are_put_back_when_a_block_fails() -> None:
    stream = configured()
    with pytest.raises(ValueError, match="x"), logs.bind(deploy="D-1"):
        raise ValueError("x")
    log.info("after")
    assert "deploy" not in only(stream)


async def test_tasks_side_by_side_keep_their_own_ids() -> None:
    stream = configured()
    inside = asyncio.Barrier(2)

    async def work(deploy: str) -> None:
        with logs.bind(deploy=deploy):
            await inside.wait()
            log.info("of %s", deploy)

    await asyncio.gather(work("D-1"), work("D-2"))
    entries = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {(entry["message"], entry["deploy"]) for entry in entries} == {
        ("of D-1", "D-1"),
        ("of D-2", "D-2"),
    }


def test_an_id_cannot_pretend_to_be_the_message() -> None:
    stream = configured()
    with logs.bind(message="forged", severity="DEBUG"):
        log.error("true")
    assert (only(stream)["message"], only(stream)["severity"]) == ("true", "ERROR")


# ── What does not appear ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("json_lines", [True, False])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_masked_wherever_it_slips_in(secret: str, *, json_lines: bool) -> None:
    stream = configured(json_lines=json_lines)
    with logs.bind(deploy=secret):
        try:
            int(secret)
        except ValueError:
            log.exception("sent %s", secret, extra={"reference": secret})
    text = stream.getvalue()
    assert text.count(logs.MASK) >= 4
    assert not [trace for trace in TRACES if trace in text]


def test_ordinary_words_are_left_alone() -> None:
    plain = (
        "Deploy D-7F3K2 of api@sha256:1f1f to https://api-00001---x.run.app/path, basic checks, "
        "12:00, bearers of news, redis://redis.example:6379/0"
    )
    assert logs.masked(plain) == plain


def test_only_listed_fields_are_shown() -> None:
    stream = configured()
    log.info("x", extra={"reference": "AB12", "body": "what somebody typed", "token": "t"})
    entry = only(stream)
    assert entry["reference"] == "AB12"
    assert "body" not in entry
    assert "token" not in entry


def test_a_text_line_cannot_be_forged() -> None:
    stream = configured(json_lines=False)
    log.info("asked for %s", "x\n12:00:00 INFO bot.web: approved\r\x1b[2J")
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


# ── Other libraries ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "level", "heard"),
    [
        ("bot.worker", logging.DEBUG, True),
        ("commands.deploy", logging.DEBUG, True),
        ("adapters.slack.client", logging.DEBUG, True),
        ("botany", logging.INFO, False),
        ("aiohttp.access", logging.INFO, False),
        ("google.auth", logging.DEBUG, False),
        ("redis", logging.INFO, False),
        ("asyncio", logging.WARNING, True),
        ("slack_bolt.AsyncApp", logging.WARNING, False),
        ("slack_bolt.AsyncApp", logging.ERROR, True),
        ("signalbox:listener", logging.WARNING, False),
        ("slack_sdk.web.async_client", logging.WARNING, False),
    ],
)
def test_libraries_are_heard_only_when_they_warn(name: str, level: int, *, heard: bool) -> None:
    stream = configured()
    logging.getLogger(name).log(level, "something")
    assert bool(stream.getvalue()) is heard


@pytest.mark.parametrize("order", ["app first", "logs first"])
async def test_bolt_never_shows_a_request(order: str) -> None:
    """A bad signature and an unhandled request are logged by Bolt with the whole body."""
    stream = configured() if order == "logs first" else io.StringIO()
    app = AsyncApp(name="signalbox", signing_secret="x" * 32, token="xoxb-1-a")
    if order == "app first":
        stream = configured()
    log.info("begin")
    body = "command=%2Fdeploy&text=what+somebody+typed&team_id=T0"
    for signature in ("v0=" + "0" * 64, ""):
        response = await app.async_dispatch(
            AsyncBoltRequest(
                body=body,
                headers={
                    "x-slack-signature": [signature],
                    "x-slack-request-timestamp": ["1"],
                    "content-type": ["application/x-www-form-urlencoded"],
                },
            )
        )
        assert response.status == 401
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["begin"]


async def test_bolt_never_shows_a_request_that_nobody_handles() -> None:
    stream = configured()

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0", bot_token="xoxb-1-a")

    app = AsyncApp(name="signalbox", authorize=authorize, request_verification_enabled=False)
    request = AsyncBoltRequest(
        body="command=%2Fnobody&text=what+somebody+typed&team_id=T0&user_id=U0",
        headers={"content-type": ["application/x-www-form-urlencoded"]},
    )
    assert (await app.async_dispatch(request)).status == 404
    assert not stream.getvalue()
