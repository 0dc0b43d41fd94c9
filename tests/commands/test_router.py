"""Each thing that comes in reaches the one who answers it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from samples import DANA, TEAM

from bot.domain.actor import Identity
from bot.domain.errors import NotFound
from bot.domain.placement import MessageRef
from bot.views.blocks import sentence
from commands.incoming import (
    Click,
    Command,
    Event,
    HomeOpened,
    Incoming,
    Lookup,
    Mention,
    MessageDeleted,
    MessageEdited,
    MessageShortcut,
    Pin,
    Reaction,
    Shortcut,
    Submission,
)
from commands.replies import Nothing, Reply, Say
from commands.router import Listeners, Router

WHO = Identity(user=DANA, team=TEAM)
PLACE = MessageRef(channel="C1", ts="1.000100")


def answers(name: str) -> Callable[[Any], Awaitable[Reply]]:
    """A controller that says who it is."""

    async def answer(_: object) -> Reply:
        return Say(rendered=sentence(name))

    return answer


async def nothing(_: object) -> Reply:
    """A controller that says nothing."""
    return Nothing()


ROUTER = Router(
    commands={"name": answers("command")},
    clicks={"name": answers("click")},
    submissions={"name": answers("submission")},
    lookups={"name": answers("lookup")},
    mention=answers("mention"),
    shortcuts={"name": answers("shortcut")},
    message_shortcuts={"name": answers("message shortcut")},
    listeners=Listeners(
        reaction=answers("reaction"),
        pin=answers("pin"),
        changed=answers("changed"),
        home=answers("home"),
    ),
)


def named(name: str) -> dict[str, Incoming]:
    """Everything that is looked up by a name."""
    return {
        "command": Command(identity=WHO, channel="C1", name=name, text="", trigger="1"),
        "click": Click(identity=WHO, channel="C1", action=name, value="", trigger="1"),
        "submission": Submission(identity=WHO, callback=name, private=""),
        "lookup": Lookup(identity=WHO, action=name, typed=""),
        "shortcut": Shortcut(identity=WHO, callback=name, trigger="1"),
        "message shortcut": MessageShortcut(
            identity=WHO, callback=name, place=PLACE, text="", trigger="1"
        ),
    }


EVENTS: dict[str, Event] = {
    "mention": Mention(identity=WHO, channel="C1", event="Ev1"),
    "reaction": Reaction(identity=WHO, place=PLACE, emoji="x", added=True, event="E1"),
    "pin": Pin(identity=WHO, place=PLACE, added=True, event="E1"),
    "edited": MessageEdited(place=PLACE, text="", event="E1"),
    "deleted": MessageDeleted(place=PLACE, event="E1"),
    "home": HomeOpened(identity=WHO),
}


@pytest.mark.parametrize("kind", named("name"))
async def test_a_name_leads_to_its_controller(kind: str) -> None:
    assert await ROUTER.answer(named("name")[kind]) == Say(rendered=sentence(kind))


@pytest.mark.parametrize("kind", named("gone"))
async def test_a_name_of_another_release_is_not_found(kind: str) -> None:
    with pytest.raises(NotFound, match="gone"):
        await ROUTER.answer(named("gone")[kind])


@pytest.mark.parametrize("kind", EVENTS)
async def test_an_event_leads_to_who_listens(kind: str) -> None:
    listener = "changed" if kind in {"edited", "deleted"} else kind
    assert await ROUTER.answer(EVENTS[kind]) == Say(rendered=sentence(listener))


@pytest.mark.parametrize("kind", sorted(EVENTS.keys() - {"mention"}))
async def test_an_event_that_nobody_listens_to_is_let_go(kind: str) -> None:
    deaf = Router(commands={}, clicks={}, submissions={}, lookups={}, mention=nothing)
    assert await deaf.answer(EVENTS[kind]) == Nothing()
