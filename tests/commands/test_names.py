"""Every name that is rendered has a handler, and every handler has something that renders it."""

from collections.abc import Iterator
from typing import Any

import samples

from adapters.gcp.lazy import LazyCloudRunTargets
from adapters.redis.connection import Connections
from adapters.redis.store import RedisStore
from adapters.slack.client import Identity, SlackClient
from adapters.slack.directory import SlackDirectory
from adapters.system import RandomIds, SystemClock
from adapters.telemetry.metrics import Metrics
from bot.bootstrap import Parts, build_router
from bot.domain.deploy import Pace, State
from bot.settings import Settings
from bot.usecases.transitions import Transitions
from bot.views import modals
from bot.views.deploy import card
from commands.router import Router

# Fields of a form are read when it is sent; only a menu that searches asks while it is open.
SEARCHED = samples.catalog(services=tuple(f"service-{number}" for number in range(101)))


def the_router() -> Router:
    """The production router; nothing of it is called, so nothing has to be there."""
    clock, ids = SystemClock(), RandomIds()
    settings = Settings.model_validate(
        {"slack_bot_token": "x", "slack_signing_secret": "x", "redis_url": "redis://127.0.0.1:9"}
    )
    connections = Connections("redis://127.0.0.1:9")
    store = RedisStore(connections)
    slack = SlackClient(token="x", api_url="http://127.0.0.1:9/", clock=clock)
    return build_router(
        Parts(
            settings=settings,
            catalog=SEARCHED,
            clock=clock,
            ids=ids,
            connections=connections,
            store=store,
            slack=slack,
            us=Identity(team="T", user="U", bot="B", name="signalbox", scopes=None),
            directory=SlackDirectory(client=slack, groups={}, team="T", clock=clock),
            targets=LazyCloudRunTargets(None),
            metrics=Metrics("0"),
            transitions=Transitions(
                catalog=SEARCHED, store=store, clock=clock, ids=ids, pace=Pace()
            ),
        )
    )


def found(rendered: Any, key: str, **having: str) -> Iterator[str]:
    """Every value of a key, wherever it stands in blocks that have certain other values."""
    if isinstance(rendered, dict):
        if key in rendered and having.items() <= rendered.items():
            yield rendered[key]
        for part in rendered.values():
            yield from found(part, key, **having)
    if isinstance(rendered, list):
        for part in rendered:
            yield from found(part, key, **having)


FORMS = [
    modals.ask_deploy(SEARCHED, "C1"),
    modals.ask_reason(samples.deploy(), "hash", "C1"),
]
CARDS = [card(samples.deploy(state)).blocks for state in State]


def test_every_button_has_a_handler_and_every_handler_a_button() -> None:
    """A button that nobody answers would leave a person waiting."""
    assert set(the_router().clicks) == set(found(CARDS, "action_id", type="button"))


def test_every_form_has_a_handler_and_every_handler_a_form() -> None:
    """What was filled in arrives."""
    assert set(the_router().submissions) == set(found(FORMS, "callback_id"))


def test_every_searching_menu_has_a_handler() -> None:
    """Services become a search when there are many; environments could."""
    assert set(found(FORMS, "action_id", type="external_select")) <= set(the_router().lookups)
    assert set(the_router().lookups) <= set(found(FORMS, "action_id"))


def test_both_commands_have_a_handler() -> None:
    """Under the names that the settings give them."""
    assert set(the_router().commands) == {"/deploy", "/svc-status"}
