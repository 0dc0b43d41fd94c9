"""An answer that lacks something is completed where the person reads it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest
from fakes import CountingIds

from bot.background import BackgroundTasks
from bot.domain.errors import Outcome, StoreUnavailable
from bot.replying import Asker, Replying
from bot.views.blocks import Rendered, sentence
from commands.replies import Say, Then

URL = "https://hooks.slack.com/commands/1"


class Patient(BackgroundTasks):
    """Waits in the end for what comes later, too."""

    def watch(self, begin: Callable[[], Awaitable[None]]) -> None:
        """Run it."""
        self.start(begin())


class Slack:
    """Notes what is said, and how."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    async def respond(self, response_url: str, reply: Mapping[str, Any]) -> None:
        """Beside what stands there, or in its place."""
        self.said.append(("instead" if reply["replace_original"] else "beside", reply["text"]))

    async def ephemeral(
        self, channel: str, user: str, text: str, blocks: Sequence[Mapping[str, Any]]
    ) -> None:
        """In a channel."""
        self.said.append((channel, text))

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """A window."""
        self.said.append(("window", str(view["blocks"])))
        return "V1"

    async def push_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """A window on another."""
        return await self.open_view(trigger_id, view)

    async def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        """A window that is there."""
        self.said.append((view_id, str(view["blocks"][0]["text"]["text"])))

    async def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """A home tab."""
        self.said.append(("home", str(view)))


async def link() -> Rendered | None:
    """What was missing."""
    return sentence("Go there.")


async def nothing() -> Rendered | None:
    """It does not come."""
    return None


async def away() -> Rendered | None:
    """It cannot be looked up."""
    raise StoreUnavailable("Redis is away.", outcome=Outcome.NOT_DONE)


@pytest.mark.parametrize(
    ("asker", "channel", "where"),
    [
        (Asker(user="U1", url=URL), "C1", "instead"),
        (Asker(user="U1"), "C1", "C1"),
        (Asker(user="U1", view="V7"), "", "V7"),
    ],
)
async def test_what_was_missing_follows_where_the_answer_is(
    asker: Asker, channel: str, where: str
) -> None:
    assert await told(link, asker, channel) == [(where, "Go there.")]


@pytest.mark.parametrize("then", [nothing, away])
async def test_an_answer_stands_when_nothing_follows(then: Then) -> None:
    assert await told(then, Asker(user="U1", url=URL), "") == []


async def test_a_form_in_a_channel_is_answered_at_once_and_then_completed() -> None:
    slack = Slack()
    async with Patient() as background:
        replying = Replying(responder=slack, background=background, ids=CountingIds())
        said = Say(rendered=sentence("Declared."), channel="C1", then=link)
        replying.start(said, Asker(user="U1"))
    assert slack.said == [("C1", "Declared."), ("C1", "Go there.")]


@pytest.mark.parametrize(
    ("asker", "channel", "where"),
    [
        (Asker(user="U1", url=URL, trigger="1.2"), "C1", "instead"),
        (Asker(user="U1", trigger="1.2"), "C1", "C1"),
        (Asker(user="U1", trigger="1.2", view="V7"), "", "V7"),
    ],
)
async def test_what_takes_the_place_of_an_answer_does_so_where_that_can_be(
    asker: Asker, channel: str, where: str
) -> None:
    slack = Slack()
    async with Patient() as background:
        replying = Replying(responder=slack, background=background, ids=CountingIds())
        replying.start(Say(rendered=sentence("Page 2"), channel=channel, instead=True), asker)
    assert slack.said == [(where, "Page 2")]


async def told(then: Then, asker: Asker, channel: str) -> list[tuple[str, str]]:
    """What follows an answer that was given already."""
    slack = Slack()
    async with Patient() as background:
        replying = Replying(responder=slack, background=background, ids=CountingIds())
        replying.follow(Say(rendered=sentence("Declared."), channel=channel, then=then), asker)
    return slack.said
