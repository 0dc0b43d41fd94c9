"""Whoever is refused reads why in their own language, wherever the refusal comes up."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import samples
from fakes import CountingIds, Recorded
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.background import BackgroundTasks
from bot.domain.errors import NotFound, SlackUnavailable, UsageError
from bot.inbound import Inbound
from bot.views.blocks import sentence
from commands.incoming import Incoming
from commands.replies import Later, OpenModal, PublishHome, Reply
from commands.router import Listeners, Router

URL = "https://hooks.slack.com/x"
CHINESE = "zh-TW"
READERS = {samples.OLIVIA: CHINESE}
LOST = NotFound("There is no incident {ref}.", ref="INC-2026-009")
FOUND_IN = {CHINESE: "找不到事件 INC-2026-009。", "en": "There is no incident INC-2026-009."}


class Shown:
    """A responder that keeps what people read; no form can be opened while it is `shut`."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.shut = False

    async def respond(self, response_url: str, reply: object) -> None:
        """Note an answer."""
        self.said.append(str(reply))

    async def ephemeral(self, channel: str, user: str, text: str, blocks: object) -> None:
        """Note a message."""
        self.said.append(text)

    async def open_view(self, trigger_id: str, view: object) -> str:
        """Note a form."""
        if self.shut:
            raise SlackUnavailable("Slack did not answer.")
        return "V1"

    async def push_view(self, trigger_id: str, view: object) -> str:
        """Note a form on top of another."""
        return await self.open_view(trigger_id, view)

    async def update_view(self, view_id: str, view: object) -> None:
        """Note what a form shows now."""
        self.said.append(str(view))

    async def publish_home(self, user: str, view: object) -> None:
        """Note a home tab."""
        self.said.append(str(view))


class Place:
    """A bot whose controllers answer as they are told to: with a reply, or a refusal."""

    def __init__(self) -> None:
        self.answer: Reply | Exception = LOST
        self.shown = Shown()

    async def take(self, _incoming: Incoming) -> Reply:
        """Answer."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def hear(self, body: dict[str, Any]) -> str:
        """What Slack sends, and what somebody reads of it in the end."""
        async with BackgroundTasks() as background:
            response = await self._app(background).async_dispatch(
                AsyncBoltRequest(mode="socket_mode", body=body)
            )
        return str(json.loads(response.body or "null")) + "".join(self.shown.said)

    def _app(self, background: BackgroundTasks) -> AsyncApp:
        router = Router(
            commands={"/incident": self.take},
            clicks={"press": self.take},
            submissions={"fill": self.take},
            lookups={},
            mention=self.take,
            listeners=Listeners(home=self.take),
        )
        inbound = Inbound(
            router=router,
            responder=self.shown,
            background=background,
            ids=CountingIds(),
            team=samples.TEAM,
            observe=Recorded(),
            language=lambda user: READERS.get(user, "en"),
        )
        return inbound.bolt("xoxb-test", "B1", "U1")


@pytest.fixture
def place() -> Place:
    """A bot that refuses."""
    return Place()


def command(who: str) -> dict[str, Any]:
    """Something typed."""
    return {
        "command": "/incident",
        "text": "show INC-2026-009",
        "user_id": who,
        "team_id": samples.TEAM,
        "channel_id": "C1",
        "trigger_id": "1.2.abc",
        "response_url": URL,
    }


def click(who: str) -> dict[str, Any]:
    """Something pressed."""
    return {
        "type": "block_actions",
        "team": {"id": samples.TEAM},
        "user": {"id": who, "team_id": samples.TEAM},
        "channel": {"id": "C1"},
        "trigger_id": "1.2.abc",
        "response_url": URL,
        "actions": [{"type": "button", "action_id": "press", "block_id": "b", "value": "x"}],
    }


def submission(who: str) -> dict[str, Any]:
    """A form that is sent."""
    state = {"values": {"title": {"input": {"type": "plain_text_input", "value": "x"}}}}
    return {
        "type": "view_submission",
        "team": {"id": samples.TEAM},
        "user": {"id": who, "team_id": samples.TEAM},
        "view": {"id": "V1", "type": "modal", "callback_id": "fill", "state": state},
    }


def mention(who: str) -> dict[str, Any]:
    """The bot is called."""
    return event(who, {"type": "app_mention", "channel": "C1", "ts": "1.1", "text": "<@U1>"})


def home(who: str) -> dict[str, Any]:
    """The home tab is opened."""
    return event(who, {"type": "app_home_opened", "tab": "home", "channel": "D1"})


def event(who: str, what: dict[str, Any]) -> dict[str, Any]:
    """Something that Slack tells."""
    return {
        "type": "event_callback",
        "team_id": samples.TEAM,
        "event_id": "Ev1",
        "event": {**what, "user": who, "team": samples.TEAM},
    }


async def refuse() -> Any:
    """What is looked up later is refused."""
    raise LOST


@pytest.mark.parametrize("who", [samples.OLIVIA, samples.DANA])
@pytest.mark.parametrize("sent", [command, click, submission, mention])
async def test_a_refusal_is_in_the_language_of_whoever_asked(
    place: Place, sent: Callable[[str], dict[str, Any]], who: str
) -> None:
    assert FOUND_IN[READERS.get(who, "en")] in await place.hear(sent(who))


@pytest.mark.parametrize(
    ("sent", "reply"),
    [
        (command, Later(first=sentence("…"), job=refuse)),
        (click, OpenModal(view={}, fill=refuse)),
        (home, PublishHome(job=refuse)),
    ],
)
async def test_what_is_refused_later_is_too(
    place: Place, sent: Callable[[str], dict[str, Any]], reply: Reply
) -> None:
    place.answer = reply
    assert FOUND_IN[CHINESE] in await place.hear(sent(samples.OLIVIA))


async def test_a_form_that_does_not_open_is_too(place: Place) -> None:
    place.answer, place.shown.shut = OpenModal(view={}), True
    assert "參考編號" in await place.hear(command(samples.OLIVIA))


async def test_what_nobody_can_read_is_said_in_english(place: Place) -> None:
    """A request that lacks who sent it has no reader that is known."""
    place.answer = UsageError("Never reached.")
    assert "參考編號" not in await place.hear({**command(samples.OLIVIA), "user_id": ""})
