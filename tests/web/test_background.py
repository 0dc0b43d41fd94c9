"""What still runs when a process ends: what was begun is finished, what only waits is left."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from fakes import CountingIds

from bot.background import BackgroundTasks
from bot.replying import Asker, Replying
from bot.views.blocks import Rendered, sentence
from commands.replies import Say

URL = "https://hooks.slack.com/commands/1"
# Only what waits for ever is still there after this long.
PATIENCE = 60.0


class Slack:
    """Takes a while to hear anything, and then notes it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.heard = asyncio.Event()

    async def respond(self, response_url: str, reply: Mapping[str, Any]) -> None:
        """An answer."""
        await asyncio.sleep(0)
        self.said.append(str(reply["text"]))
        self.heard.set()

    async def ephemeral(
        self, channel: str, user: str, text: str, blocks: Sequence[Mapping[str, Any]]
    ) -> None:
        """A word in a channel."""
        await asyncio.sleep(0)
        self.said.append(text)

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """No test opens one."""
        raise AssertionError

    async def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """No test opens one."""
        raise AssertionError

    async def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        """No test has one."""
        raise AssertionError

    async def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """No test shows one."""
        raise AssertionError


async def never() -> Rendered | None:
    """A room that nobody makes."""
    await asyncio.Event().wait()
    return None


DECLARED = Say(rendered=sentence("Declared."), channel="C1", then=never)


@pytest.mark.parametrize("asker", [Asker(user="U1", url=URL), Asker(user="U1")])
async def test_a_process_that_ends_gives_its_answers_and_waits_for_no_room(asker: Asker) -> None:
    slack = Slack()
    async with asyncio.timeout(PATIENCE), BackgroundTasks() as background:
        replying = Replying(responder=slack, background=background, ids=CountingIds())
        replying.start(DECLARED, asker)
    assert slack.said == ["Declared."]


async def test_a_room_that_is_waited_for_already_is_left_as_well() -> None:
    """The answer was the acknowledgement."""
    slack, waiting = Slack(), asyncio.Event()

    async def seen() -> Rendered | None:
        waiting.set()
        return await never()

    said = Say(rendered=sentence("Declared."), then=seen)
    async with asyncio.timeout(PATIENCE), BackgroundTasks() as background:
        replying = Replying(responder=slack, background=background, ids=CountingIds())
        replying.follow(said, Asker(user="U1", url=URL))
        await waiting.wait()
    assert slack.said == []


async def test_what_comes_in_time_is_said() -> None:
    slack = Slack()

    async def room() -> Rendered | None:
        return sentence("Go there.")

    said = Say(rendered=sentence("Declared."), then=room)
    async with asyncio.timeout(PATIENCE), BackgroundTasks() as background:
        replying = Replying(responder=slack, background=background, ids=CountingIds())
        replying.follow(said, Asker(user="U1", url=URL))
        await slack.heard.wait()
    assert slack.said == ["Go there."]
